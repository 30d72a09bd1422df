package dev.telltale.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedMiStoryTest {
    private static final LabPersona PERSONA = LabPersona.redmi();
    private static final TestPlan PLAN = TestPlan.published2014();

    @TempDir Path dir;

    private static Lab.Played play(long seed) throws IOException {
        return Lab.play(PERSONA, Firmware.JULY_2014, PLAN, seed);
    }

    private Path capture() throws IOException {
        return RedMiStory.play(dir).getFirst().capture();
    }

    @Test
    void sameSeedSameBytes() throws IOException {
        Path first = RedMiStory.play(dir.resolve("a")).getFirst().folder();
        Path second = RedMiStory.play(dir.resolve("b")).getFirst().folder();
        for (String file : List.of("capture.pcap", "run.yaml", "persona.yaml")) {
            assertThat(first.resolve(file)).hasSameBinaryContentAs(second.resolve(file));
        }
        Lab.write(dir.resolve("c"), play(1), "r", RedMiStory.ABOUT, PERSONA, PLAN);
        Lab.write(dir.resolve("d"), play(2), "r", RedMiStory.ABOUT, PERSONA, PLAN);
        assertThat(Files.readAllBytes(dir.resolve("c/capture.pcap")))
                .isNotEqualTo(Files.readAllBytes(dir.resolve("d/capture.pcap")));
    }

    @Test
    void recordingHoldsWhatTheServersSocketsSaw() throws IOException {
        Lab.Played played = play(7);
        Lab.write(dir, played, "r", RedMiStory.ABOUT, PERSONA, PLAN);
        Map<String, byte[]> streams = Pcap.streams(Pcap.read(dir.resolve("capture.pcap")));
        List<byte[]> up =
                streams.entrySet().stream()
                        .filter(e -> e.getKey().startsWith("192.168.43.17:"))
                        .map(Map.Entry::getValue)
                        .toList();
        List<byte[]> down =
                streams.entrySet().stream()
                        .filter(e -> !e.getKey().startsWith("192.168.43.17:"))
                        .map(Map.Entry::getValue)
                        .toList();
        assertThat(played.ledgers()).hasSizeGreaterThan(5);
        assertThat(up)
                .containsExactlyElementsOf(
                        played.ledgers().stream().map(VendorCloud.Ledger::received).toList());
        assertThat(down)
                .containsExactlyElementsOf(
                        played.ledgers().stream().map(VendorCloud.Ledger::sent).toList());
    }

    @Test
    void everyConnectionOpensAndClosesProperly() throws IOException {
        List<Pcap.Packet> packets = Pcap.read(capture());
        long connections = packets.stream().filter(p -> p.protocol() == 6 && syn(p)).count();
        assertThat(packets.stream().filter(p -> p.protocol() == 6 && p.has(1)).count())
                .isEqualTo(2 * connections);
        assertThat(packets).isSortedAccordingTo((a, b) -> Long.compare(a.micros(), b.micros()));
        assertThat(packets).allMatch(p -> p.frame().length <= 1514);
        assertThat(packets).anyMatch(p -> p.frame().length == 1514);
        assertThat(packets).allMatch(p -> sum(p.frame(), 14, 20, 0) == 0xffff);
        assertThat(packets).allMatch(p -> sum(p.frame(), 34, p.u16(16) - 20, pseudo(p)) == 0xffff);
    }

    private static boolean syn(Pcap.Packet p) {
        return p.has(2) && !p.has(16);
    }

    private static int pseudo(Pcap.Packet p) {
        return sum(p.frame(), 26, 8, p.protocol() + p.u16(16) - 20);
    }

    private static int sum(byte[] bytes, int from, int length, int start) {
        int sum = start;
        for (int i = 0; i < length; i++) sum += (bytes[from + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
        return sum;
    }

    @Test
    void sendsWhatWasPublishedAndToThatHostAlone() throws IOException {
        List<String> sent =
                Pcap.streams(Pcap.read(capture())).entrySet().stream()
                        .filter(e -> e.getKey().startsWith("192.168.43.17:"))
                        .map(e -> new String(e.getValue(), StandardCharsets.US_ASCII))
                        .toList();
        List<String> account = sent.stream().filter(s -> s.contains("Host: api.account.")).toList();
        List<String> others = sent.stream().filter(s -> !s.contains("Host: api.account.")).toList();
        assertThat(others).isNotEmpty();
        for (String published :
                List.of(
                        "operator=Airtel",
                        "deviceId=001072145093124",
                        "externalId=%2B12025550143",
                        "externalId=%2B12025550117",
                        "externalId=%2B12025550162",
                        "externalId=%2B12025550178")) {
            assertThat(account).as(published).anyMatch(s -> s.contains(published));
            String value = published.substring(published.indexOf('=') + 1).replace("%2B", "");
            assertThat(others).as(published).noneMatch(s -> s.contains(value));
        }
        String all = String.join("\n", sent);
        assertThat(all)
                .doesNotContain(
                        PERSONA.imsi(),
                        "12025550129",
                        "12025550194",
                        "Vikram",
                        "gate 4",
                        "19.07",
                        "Asha");
    }

    @Test
    void stepsLieInTheirPhasesAndTrafficFollowsThem() throws IOException {
        List<Pcap.Packet> packets = Pcap.read(capture());
        Instant start = PLAN.start();
        assertThat(packets.getFirst().micros())
                .isEqualTo(Frames.micros(start.plus(Duration.ofMinutes(3))));
        Instant end = start;
        for (TestPlan.Phase p : PLAN.phases()) end = end.plus(p.length());
        assertThat(packets.getLast().micros()).isLessThan(Frames.micros(end));
        assertThat(Files.readString(dir.resolve("1/run.yaml")))
                .startsWith("# Re-enactment")
                .contains("consents: []", "{name: insert SIM, at: 2014-08-07T10:01:00Z}");
        assertThat(dir.resolve("1/persona.yaml")).hasContent(PERSONA.yaml());
    }

    @Test
    void leadsNowhereButToItself() {
        Firmware stray =
                new Firmware(
                        "stray",
                        List.of((step, handset) ->
                                handset.get("www.example.org", "/", Map.of(), Map.of())));
        assertThatThrownBy(() -> Lab.play(PERSONA, stray, PLAN, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not know the host www.example.org");
    }

    @Test
    void aLongUploadIsCutIntoSegments() throws IOException {
        String text = "lorem ipsum ".repeat(1000);
        Firmware talkative =
                new Firmware(
                        "talkative",
                        List.of((step, handset) -> {
                            if (step instanceof Step.JoinWifi) {
                                handset.post(
                                        Hosts.UPDATE,
                                        "/updates/v1/check",
                                        Map.of("text", text),
                                        Map.of());
                            }
                        }));
        Lab.Played played = Lab.play(PERSONA, talkative, PLAN, 3);
        Lab.write(dir, played, "r", RedMiStory.ABOUT, PERSONA, PLAN);
        Map<String, byte[]> streams = Pcap.streams(Pcap.read(dir.resolve("capture.pcap")));
        assertThat(streams.values().iterator().next())
                .isEqualTo(played.ledgers().getFirst().received())
                .hasSizeGreaterThan(12_000);
    }

    @Test
    void tsharkAgrees() throws Exception {
        assumeTrue(onPath("tshark"), "tshark is not installed");
        Path capture = capture();
        assertThat(tshark(capture, "-Y", "_ws.malformed || tcp.analysis.flags")).isEmpty();
        assertThat(
                        tshark(
                                capture,
                                "-o",
                                "ip.check_checksum:TRUE",
                                "-o",
                                "tcp.check_checksum:TRUE",
                                "-o",
                                "udp.check_checksum:TRUE",
                                "-Y",
                                "ip.checksum.status != 1 || tcp.checksum.status != 1"
                                        + " || udp.checksum.status != 1"))
                .isEmpty();
        List<String> requests =
                tshark(
                        capture,
                        "-Y",
                        "http.request",
                        "-T",
                        "fields",
                        "-e",
                        "http.host",
                        "-e",
                        "http.request.uri");
        assertThat(requests)
                .contains(
                        "api.account.xiaomi.com\t/pass/config?key=sms_gw&operator=Airtel",
                        "api.account.xiaomi.com\t/pass/v3/user@id?type=MXPH&externalId=%2B12025550143",
                        "update.miui.com\t/updates/v1/check");
        assertThat(
                        tshark(
                                capture,
                                "-Y",
                                "http.response",
                                "-T",
                                "fields",
                                "-e",
                                "http.response.code"))
                .hasSameSizeAs(requests)
                .allMatch(code -> code.equals("200") || code.equals("204"));
        assertThat(tshark(capture, "-Y", "dns.flags.response == 1", "-T", "fields", "-e", "dns.a"))
                .contains("203.0.113.20", "198.51.100.14");
    }

    private static boolean onPath(String tool) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(d -> Files.isExecutable(Path.of(d, tool)));
    }

    private static List<String> tshark(Path capture, String... more) throws Exception {
        List<String> command =
                new java.util.ArrayList<>(List.of("tshark", "-n", "-r", capture.toString()));
        command.addAll(List.of(more));
        Process p =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines;
        try (var out = p.inputReader()) {
            lines = out.lines().toList();
        }
        assertThat(p.waitFor()).isZero();
        return lines;
    }
}
