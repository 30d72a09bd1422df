package dev.telltale.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Lets a handset and the vendor cloud play a test plan, and writes down what passed. */
final class Lab {
    /** The phone's name server, which is the access point. */
    private static final Ip4.Port NAME_SERVER = new Ip4.Port(Ip4.of("192.168.43.1"), 53);

    /** Where the cloud stands: blocks kept for documentation (RFC 5737), nobody's. */
    private static final Map<String, Ip4> ZONE = zone();

    private Lab() {}

    private static Map<String, Ip4> zone() {
        Map<String, Ip4> zone = new LinkedHashMap<>();
        zone.put(Hosts.ACCOUNT, Ip4.of("203.0.113.20"));
        zone.put(Hosts.UPDATE, Ip4.of("198.51.100.14"));
        zone.put(Hosts.CONNECTIVITY, Ip4.of("198.51.100.80"));
        zone.put(Hosts.GREETINGS, Ip4.of("198.51.100.33"));
        return zone;
    }

    /** What a run left in memory, beside its files. */
    record Played(
            Recording recording, List<VendorCloud.Ledger> ledgers, List<Frames.Frame> frames) {}

    /**
     * Plays a plan; the same arguments give the same frames.
     *
     * @throws IOException where handset and cloud did not understand each other
     */
    static Played play(LabPersona persona, Firmware firmware, TestPlan plan, long seed)
            throws IOException {
        LabClock clock = new LabClock(plan.start());
        RandomGenerator random = new SplittableRandom(seed);
        Recording recording = new Recording();
        try (VendorCloud cloud = new VendorCloud(Service.july2014(), clock);
                Resolver resolver = new Resolver(ZONE)) {
            Map<Ip4.Port, InetSocketAddress> servers = new HashMap<>();
            for (Ip4 ip : ZONE.values()) servers.put(new Ip4.Port(ip, 80), cloud.address());
            Uplink uplink =
                    new Uplink(
                            persona.localIp(),
                            NAME_SERVER,
                            resolver.address(),
                            servers,
                            clock,
                            random,
                            recording);
            Handset handset = new Handset(persona, firmware, clock, uplink);
            Instant phase = plan.start();
            for (TestPlan.Phase p : plan.phases()) {
                for (TestPlan.At at : p.steps()) {
                    clock.advanceTo(phase.plus(at.offset()));
                    handset.perform(at.step());
                }
                phase = phase.plus(p.length());
                clock.advanceTo(phase);
            }
            cloud.check();
            List<Frames.Frame> frames =
                    Frames.of(
                            recording,
                            random,
                            persona.localIp(),
                            persona.wifiMac(),
                            persona.bssid());
            return new Played(recording, cloud.ledgers(), frames);
        }
    }

    /** Writes capture.pcap, run.yaml and persona.yaml. */
    static void write(
            Path folder, Played played, String run, String about, LabPersona persona, TestPlan plan)
            throws IOException {
        Files.createDirectories(folder);
        PcapWriter.write(folder.resolve("capture.pcap"), played.frames());
        Files.writeString(folder.resolve("run.yaml"), RunFile.yaml(run, about, persona, plan));
        Files.writeString(folder.resolve("persona.yaml"), persona.yaml());
    }
}
