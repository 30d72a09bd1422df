package dev.telltale.lab;

import dev.telltale.model.Run;
import dev.telltale.tap.CertificateAuthority;
import dev.telltale.tap.KeyLog;
import dev.telltale.tap.PcapngWriter;
import dev.telltale.tap.RunText;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Lets handsets and the vendor cloud play a test plan, and writes down what passed. */
final class Lab {
    /** Where the vendor's own protocol is spoken. */
    static final int RAW_PORT = 5228;

    /** The phone's name server, which is the access point. */
    private static final Ip4.Port NAME_SERVER = new Ip4.Port(Ip4.of("192.168.43.1"), 53);

    private static final String APPLICATION = "telltale lab";
    private static final Instant CERTIFIED_FROM = Instant.parse("2014-01-01T00:00:00Z");
    private static final Instant CERTIFIED_TO = Instant.parse("2034-01-01T00:00:00Z");

    private Lab() {}

    /**
     * What is played.
     *
     * @param name of the run
     * @param about remarks for all files
     * @param build the handset says it runs; the run names it
     */
    record Scenario(
            String name,
            String about,
            LabPersona persona,
            Firmware firmware,
            TestPlan plan,
            String build,
            long seed) {}

    /** What a run left in memory, beside its files. */
    record Played(
            Scenario scenario,
            Recording recording,
            List<VendorCloud.Ledger> ledgers,
            List<Frames.Frame> frames,
            KeyLog keys,
            String authority,
            Run run,
            Cloud cloud,
            List<Handset> handsets,
            List<Operator.Sms> sms) {}

    /**
     * Plays a scenario; the same arguments give the same frames.
     *
     * @throws IOException where handset and cloud did not understand each other
     */
    static Played play(Scenario scenario) throws IOException {
        LabPersona persona = scenario.persona();
        TestPlan plan = scenario.plan();
        LabClock clock = new LabClock(plan.start());
        RandomGenerator random = new SplittableRandom(scenario.seed());
        Recording recording = new Recording();
        Operator operator = new Operator();
        KeyLog keys = new KeyLog();
        Consents consents = new Consents();
        Controls controls = new Controls(scenario.seed());
        CertificateAuthority authority = authority(scenario.seed());
        Cloud cloud = new Cloud(clock, scenario.seed() + 1);
        VendorCloud.Identity identity =
                new VendorCloud.Identity(authority, scenario.seed() + 1_000_000);
        try (VendorCloud servers = new VendorCloud(cloud.services(), clock, Optional.of(identity));
                Resolver resolver = new Resolver(Hosts.ZONE)) {
            Map<Ip4.Port, InetSocketAddress> listening = listening(servers);
            Uplink uplink =
                    new Uplink(
                            persona.localIp(),
                            NAME_SERVER,
                            resolver.address(),
                            listening,
                            clock,
                            random,
                            recording);
            List<Handset> handsets = new ArrayList<>();
            handsets.add(
                    new Handset(
                            persona,
                            scenario.firmware(),
                            clock,
                            new Handset.Surroundings(
                                    uplink,
                                    operator,
                                    authority.certificate(),
                                    keys,
                                    consents,
                                    controls,
                                    new SeededRandom(scenario.seed() + 2))));
            if (plan.peer().isPresent()) {
                // Nobody records the second one.
                LabPersona second = LabPersona.shipped(plan.peer().get());
                Uplink elsewhere =
                        new Uplink(
                                second.localIp(),
                                NAME_SERVER,
                                resolver.address(),
                                listening,
                                clock,
                                random,
                                new Recording());
                handsets.add(
                        new Handset(
                                second,
                                Firmwares.AUGUST_2014,
                                clock,
                                new Handset.Surroundings(
                                        elsewhere,
                                        operator,
                                        authority.certificate(),
                                        new KeyLog(),
                                        new Consents(),
                                        new Controls(scenario.seed() + 3),
                                        new SeededRandom(scenario.seed() + 4))));
            }
            List<Run.Phase> phases = play(plan, handsets, clock);
            servers.check();
            return new Played(
                    scenario,
                    recording,
                    servers.ledgers(),
                    Frames.of(
                            recording,
                            random,
                            persona.localIp(),
                            persona.wifiMac(),
                            persona.bssid()),
                    keys,
                    authority.pem(),
                    run(scenario, phases, consents, controls, operator),
                    cloud,
                    List.copyOf(handsets),
                    operator.carried());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static CertificateAuthority authority(long seed) throws IOException {
        try {
            return new CertificateAuthority(
                    "Telltale lab (re-enactment)",
                    CERTIFIED_FROM,
                    CERTIFIED_TO,
                    new SeededRandom(seed));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static Map<Ip4.Port, InetSocketAddress> listening(VendorCloud servers) {
        Map<Ip4.Port, InetSocketAddress> listening = new HashMap<>();
        for (Ip4 ip : Hosts.ZONE.values()) {
            listening.put(new Ip4.Port(ip, 80), servers.address());
            listening.put(new Ip4.Port(ip, 443), servers.secureAddress());
            listening.put(new Ip4.Port(ip, RAW_PORT), servers.rawAddress());
        }
        return listening;
    }

    /** Performs the steps at their times; returns the phases as they came about. */
    private static List<Run.Phase> play(TestPlan plan, List<Handset> handsets, LabClock clock)
            throws IOException {
        List<Run.Phase> phases = new ArrayList<>();
        Instant from = plan.start();
        for (TestPlan.Phase p : plan.phases()) {
            List<Run.Step> steps = new ArrayList<>();
            for (TestPlan.At at : p.steps()) {
                clock.advanceTo(from.plus(at.offset()));
                String who = at.byPeer() ? "peer: " : "";
                steps.add(new Run.Step(who + at.step().name(), clock.now()));
                handsets.get(at.byPeer() ? 1 : 0).perform(at.step());
            }
            Instant to = from.plus(p.length());
            clock.advanceTo(to);
            phases.add(new Run.Phase(p.name(), from, to, List.copyOf(steps)));
            from = to;
        }
        return phases;
    }

    private static Run run(
            Scenario scenario,
            List<Run.Phase> phases,
            Consents consents,
            Controls controls,
            Operator operator) {
        LabPersona p = scenario.persona();
        return new Run(
                scenario.name(),
                Optional.of(
                        new Run.Device(
                                "Xiaomi", p.model(), scenario.build(), p.region(), "simulated")),
                Map.of(
                        "wifi",
                        "full",
                        "cellular",
                        "none",
                        "sms",
                        logsSms(scenario) ? "log" : "none",
                        "bluetooth",
                        "none"),
                0,
                "Asia/Kolkata",
                phases,
                consents.list(),
                controls.list(),
                List.of());
    }

    /** Only where a firmware of its own accord sends some: all else is the tester's own writing. */
    private static boolean logsSms(Scenario scenario) {
        return scenario.firmware().name().equals("sms-activator");
    }

    /** The captures of a folder that {@link #write} filled. */
    static List<Path> captures(Path folder) {
        List<Path> captures = new ArrayList<>(List.of(folder.resolve("capture.pcapng")));
        Path sms = folder.resolve("sms.xml");
        if (Files.exists(sms)) captures.add(sms);
        return captures;
    }

    /** Writes capture.pcapng, run.yaml, persona.yaml, ca.pem, and sms.xml where there is one. */
    static void write(Path folder, Played played) throws IOException {
        Files.createDirectories(folder);
        Scenario scenario = played.scenario();
        List<String> comments = new ArrayList<>(scenario.about().lines().toList());
        comments.addAll(RunText.comments(played.run()));
        OutputStream out =
                new BufferedOutputStream(
                        Files.newOutputStream(folder.resolve("capture.pcapng")), 1 << 16);
        try (PcapngWriter pcapng = new PcapngWriter(out, APPLICATION, comments)) {
            pcapng.keys(played.keys());
            for (Frames.Frame f : played.frames()) pcapng.packet(f.at(), f.bytes(), List.of());
        }
        write(folder, "run.yaml", RunText.yaml(played.run(), scenario.about()));
        write(folder, "persona.yaml", scenario.persona().yaml());
        write(folder, "ca.pem", played.authority());
        if (logsSms(scenario))
            write(folder, "sms.xml", SmsLog.xml(played.sms(), scenario.persona().msisdn()));
    }

    private static void write(Path folder, String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }
}
