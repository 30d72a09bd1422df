package dev.telltale.record.tape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.model.Audit;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recording on disk: whole at any time, by the audit and by tshark. */
class TapeTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("198.51.100.9", 80);
    private static final InetSocketAddress SERVER6 = new InetSocketAddress("2001:db8::9", 80);
    private static final String PERSONA =
            """
            persona: taped
            identifiers:
              imei: ["867345021234563"]
              local_ip: 192.0.2.7
            """;

    @TempDir Path dir;

    private final List<String> trouble = new ArrayList<>();
    private int port = 40_000;

    private InetSocketAddress phone() {
        return new InetSocketAddress("192.0.2.7", port++);
    }

    private Tape tape(Path folder, Rotation rotation, SteadyClock clock) throws IOException {
        return new Tape(folder, rotation, List.of("a test"), clock, trouble::add, r -> {});
    }

    private static ByteBuffer request(String query) {
        String text = "GET /x?" + query + " HTTP/1.1\r\nHost: server.example\r\n\r\n";
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void talk(Tape tape, InetSocketAddress server, String query) {
        Track t = tape.track(phone(), server);
        t.opened(List.of());
        t.bytes(true, request(query));
        t.bytes(
                false,
                ByteBuffer.wrap(
                        "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
        t.finished(true);
        t.finished(false);
        t.end();
    }

    private Audit audit(List<Path> captures) throws Exception {
        Path file = Files.writeString(dir.resolve("persona.yaml"), PERSONA);
        Persona persona = Personas.read(file).persona();
        return Auditor.conclude(
                Auditor.observe(
                        captures,
                        persona,
                        Optional.empty(),
                        Auditor.Options.DEFAULT,
                        Workers.CALLER,
                        Progress.NONE),
                Policies.load("no-personal-data").policy(),
                Auditor.Options.DEFAULT,
                Auditor.InputHashes.NONE);
    }

    private static String tshark(Path file) throws Exception {
        Process p =
                new ProcessBuilder(
                                "tshark",
                                "-r",
                                file.toString(),
                                "-Y",
                                "http.request",
                                "-T",
                                "fields",
                                "-e",
                                "http.request.uri")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(p.exitValue()).isZero();
        return out;
    }

    private static boolean there(String... command) throws InterruptedException {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getInputStream().readAllBytes();
            return p.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aPhoneThatReachesIpv6ThroughUsIsStillOnePhone() throws Exception {
        try (Tape tape = tape(dir, Rotation.NEVER, new SteadyClock())) {
            talk(tape, SERVER, "a=1");
            talk(tape, SERVER6, "imei=867345021234563");
        }
        Audit audit = audit(List.of(dir.resolve("capture.pcapng")));
        assertThat(audit.anomalies()).isEmpty();
        assertThat(audit.findings())
                .singleElement()
                .satisfies(f -> assertThat(f.destination().ips()).containsExactly("2001:db8::9"));
        assertThat(audit.inputs().captures().getFirst().device().toString())
                .contains("how=persona")
                .doesNotContain("ffff");
    }

    @Test
    void whatHasPassedIsOnDiskAfterEachSecondAndEndsWithAWholeBlock() throws Exception {
        Path file = dir.resolve("capture.pcapng");
        Tape tape = tape(dir, Rotation.NEVER, new SteadyClock());
        long before = Files.size(file);
        talk(tape, SERVER, "imei=867345021234563");
        assertThat(Files.size(file)).isEqualTo(before);
        tape.tick();
        // As a process that is killed leaves it.
        assertThat(audit(List.of(file)).findings()).hasSize(1);
        if (there("tshark", "--version")) assertThat(tshark(file)).contains("/x?imei=");
        tape.close();
    }

    @Test
    void eachFileOfARotationCanBeReadForItself() throws Exception {
        List<Path> files;
        try (Tape tape = tape(dir, Rotation.of("1kB"), new SteadyClock())) {
            Track longOne = tape.track(phone(), SERVER);
            longOne.opened(List.of());
            for (int i = 0; i < 20; i++) talk(tape, SERVER, "n=" + i);
            longOne.bytes(true, request("imei=867345021234563"));
            longOne.finished(true);
            longOne.end();
            files = tape.files();
        }
        assertThat(files).hasSizeGreaterThan(3);
        Audit audit = audit(files);
        assertThat(audit.anomalies()).isEmpty();
        assertThat(audit.findings())
                .singleElement()
                .satisfies(f ->
                        assertThat(f.evidence())
                                .singleElement()
                                .satisfies(e -> assertThat(e.capture()).isZero()));
        assertThat(audit.inputs().captures().stream().mapToLong(c -> c.exchanges()).sum())
                .isEqualTo(21);
        assertThatThrownBy(() -> Rotation.of("soon")).hasMessageContaining("500MB");
    }

    @Test
    void aClockThatIsSetDoesNotTurnTimeAround() throws Exception {
        Instant[] wall = {Instant.parse("2026-03-01T12:00:00Z")};
        long[] nanos = {0};
        Clock clock =
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return wall[0];
                    }
                };
        SteadyClock steady = new SteadyClock(clock, () -> nanos[0]);
        try (Tape tape = tape(dir, Rotation.NEVER, steady)) {
            talk(tape, SERVER, "a=1");
            nanos[0] = Duration.ofSeconds(5).toNanos();
            wall[0] = Instant.parse("2026-03-01T10:00:05Z");
            assertThat(steady.now()).isEqualTo("2026-03-01T12:00:05Z");
            tape.tick();
            tape.tick();
            talk(tape, SERVER, "imei=867345021234563");
        }
        Audit audit = audit(List.of(dir.resolve("capture.pcapng")));
        assertThat(audit.findings().getFirst().firstSeen()).isEqualTo("2026-03-01T12:00:05Z");
        assertThat(Files.readString(dir.resolve("capture.pcapng"), StandardCharsets.ISO_8859_1))
                .containsOnlyOnce("clock was set by -7200000 ms");
    }

    @Test
    void aFullDiskIsSaidAndWhatIsOnItIsWholeAndGoesOnOnceThereIsRoom() throws Exception {
        Path small = Files.createDirectory(dir.resolve("small"));
        assumeTrue(
                there("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString()),
                "no small file system can be made here (needs root)");
        try {
            Path file = small.resolve("capture.pcapng");
            Path filler = small.resolve("filler");
            Tape tape = tape(small, Rotation.NEVER, new SteadyClock());
            talk(tape, SERVER, "imei=867345021234563&before");
            tape.tick();
            assertThatThrownBy(() -> Files.write(filler, new byte[2 << 20]));
            Track lost = tape.track(phone(), SERVER);
            lost.opened(List.of());
            for (int i = 0; i < 300; i++) lost.bytes(true, ByteBuffer.wrap(new byte[4 << 10]));
            tape.tick();
            lost.keys("CLIENT_RANDOM " + "ab".repeat(32) + " " + "cd".repeat(48));
            assertThat(trouble).singleElement().asString().contains("cannot be written");
            assertThat(audit(List.of(file)).findings()).hasSize(1);
            if (there("tshark", "--version")) assertThat(tshark(file)).contains("before");
            Files.delete(filler);
            tape.tick();
            lost.bytes(true, ByteBuffer.wrap(new byte[100]));
            lost.finished(true);
            lost.end();
            talk(tape, SERVER, "imei=867345021234563&after");
            tape.close();
            assertThat(trouble).hasSize(2).last().asString().contains("is written again");
            Audit audit = audit(List.of(file));
            assertThat(audit.findings().getFirst().sightings()).isEqualTo(2);
            // What was lost is missing, and not as if it had not been.
            assertThat(audit.coverage().sent().missing()).isGreaterThan(500_000);
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .contains("The disk took no more for a while", "CLIENT_RANDOM abab");
        } finally {
            there("umount", small.toString());
        }
    }
}
