package dev.telltale.audit;

import static dev.telltale.audit.Traffic.Turn.client;
import static dev.telltale.audit.Traffic.Turn.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Run;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose traffic a capture holds, and what time it was on the clock of the test. */
class AuditorWhoTest {
    private static final String IMEI = "490154203237518";

    @TempDir Path dir;

    private Audit audit(Optional<String> device, Optional<Run> run, Traffic traffic)
            throws Exception {
        Persona persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("persona.yaml"),
                                        "persona: unit\nregion: IN\nidentifiers:\n  imei: \""
                                                + IMEI
                                                + "\"\n"))
                        .persona();
        Auditor.Options options = new Auditor.Options(device, 100, false);
        return Auditor.conclude(
                Auditor.observe(
                        List.of(traffic.write(dir.resolve("c.pcap"))),
                        persona,
                        run,
                        options,
                        Workers.CALLER,
                        Progress.NONE),
                Policies.DEFAULT,
                options,
                Auditor.InputHashes.NONE);
    }

    private static Traffic tells(Traffic t, String phone, int port, String server) {
        return t.tcp(
                phone,
                port,
                server,
                80,
                400,
                null,
                client("GET /a?imei=" + IMEI + " HTTP/1.1\r\nHost: " + port + ".example\r\n\r\n"),
                server("HTTP/1.1 204 No Content\r\n\r\n"));
    }

    /** The recorder's clock was an hour slow: by its own time nothing was consented to yet. */
    @Test
    void theClockOffsetOfTheRunDecidesWhatCameBeforeConsent() throws Exception {
        for (long offset : new long[] {0, 3_600_000}) {
            Path file =
                    Files.writeString(
                            dir.resolve("run.yaml"),
                            """
                            run: r
                            device: {brand: B, model: M, build: "1", region: IN, unit: 1}
                            clock: {offset_ms: %d, zone: Asia/Kolkata}
                            consents:
                              - {service: s, given: 2014-08-07T10:30:00Z, covers: {domains: [40001.example], identifiers: [imei]}}
                            """
                                    .formatted(offset));
            Audit a =
                    audit(
                            Optional.empty(),
                            Optional.of(Runs.read(file).run()),
                            tells(new Traffic(), "192.0.2.7", 40_001, "203.0.113.10"));
            Finding imei = a.findings().getFirst();
            assertThat(imei.worst().consented()).as("offset " + offset).contains(offset > 0);
        }
    }

    @Test
    void ofSeveralPhonesOnlyTheOneThatWasAskedFor() throws Exception {
        Traffic t = tells(new Traffic(), "192.0.2.7", 40_001, "203.0.113.10");
        tells(t, "192.0.2.8", 40_002, "203.0.113.11");
        Audit both = audit(Optional.empty(), Optional.empty(), t);
        assertThat(both.findings()).hasSize(2);
        // By address, and by the hardware address that a gateway's own side still shows.
        for (String device : List.of("192.0.2.8", "02:00:c0:00:02:08")) {
            Audit one = audit(Optional.of(device), Optional.empty(), t);
            assertThat(one.findings()).as(device).hasSize(1);
            Finding f = one.findings().getFirst();
            assertThat(f.destination().host()).isEqualTo("40002.example");
            assertThat(f.direction()).isEqualTo(Direction.SENT);
        }
    }

    /** Outside of a NAT every phone has the gateway's address: the flows are all of "the phone". */
    @Test
    void behindAGatewayTheInitiatorIsThePhone() throws Exception {
        Traffic t = tells(new Traffic(), "198.51.100.1", 40_001, "203.0.113.10");
        tells(t, "198.51.100.1", 40_002, "203.0.113.11");
        Audit a = audit(Optional.empty(), Optional.empty(), t);
        assertThat(a.findings()).hasSize(2);
        assertThat(a.inputs().captures().getFirst().device())
                .extracting(Audit.DeviceAddress::ip)
                .containsExactly("198.51.100.1");
    }
}
