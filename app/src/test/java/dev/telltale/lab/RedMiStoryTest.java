package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedMiStoryTest {
    private static final LabPersona PERSONA = LabPersona.redmi();
    private static final TestPlan PLAN = TestPlan.published2014();

    @TempDir Path dir;

    private static Lab.Played play(long seed) throws IOException {
        return play(Firmwares.JULY_2014, seed);
    }

    private static Lab.Played play(Firmware firmware, long seed) throws IOException {
        return Lab.play(
                new Lab.Scenario("r", RedMiStory.ABOUT, PERSONA, firmware, PLAN, "B", seed));
    }

    private static Firmware doing(Firmware.Behaviour behaviour) {
        return new Firmware("test", "", Tls.Version.TLS_1_2, "", Map.of(), List.of(behaviour));
    }

    /** Played once: most tests only look. */
    @TempDir static Path told;

    private static List<RedMiStory.Scene> scenes = List.of();

    @BeforeAll
    static void tell() throws IOException {
        scenes = RedMiStory.play(told);
    }

    private static Path capture() {
        return scenes.getFirst().capture();
    }

    @Test
    void sameSeedSameBytes() throws IOException {
        List<RedMiStory.Scene> again = RedMiStory.play(dir);
        for (int i = 0; i < again.size(); i++) {
            for (String file : List.of("capture.pcapng", "run.yaml", "persona.yaml", "ca.pem")) {
                assertThat(again.get(i).folder().resolve(file))
                        .hasSameBinaryContentAs(scenes.get(i).folder().resolve(file));
            }
        }
        Lab.write(dir.resolve("c"), play(1));
        assertThat(Files.readAllBytes(dir.resolve("c/capture.pcapng")))
                .isNotEqualTo(Files.readAllBytes(capture()));
    }

    @Test
    void recordingHoldsWhatTheServersSocketsSaw() throws IOException {
        Lab.Played played = play(Firmwares.AUGUST_2014, 7);
        Lab.write(dir, played);
        Map<String, byte[]> streams = Pcap.streams(Pcap.read(dir.resolve("capture.pcapng")));
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
        assertThat(Files.readString(told.resolve("1/run.yaml")))
                .startsWith("# Re-enactment")
                .contains("consents: []", "{name: insert SIM, at: 2014-08-07T10:01:00Z}");
        assertThat(told.resolve("1/persona.yaml")).hasContent(PERSONA.yaml());
    }

    @Test
    void leadsNowhereButToItself() {
        Firmware stray =
                doing((step, handset) -> handset.get("www.example.org", "/", Map.of(), Map.of()));
        assertThatThrownBy(() -> play(stray, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not know the host www.example.org");
    }

    @Test
    void aLongUploadIsCutIntoSegments() throws IOException {
        String text = "lorem ipsum ".repeat(1000);
        Firmware talkative =
                doing((step, handset) -> {
                    if (step instanceof Step.JoinWifi) {
                        handset.post(
                                Hosts.UPDATE, "/updates/v1/check", Map.of("text", text), Map.of());
                    }
                });
        Lab.Played played = play(talkative, 3);
        Lab.write(dir, played);
        Map<String, byte[]> streams = Pcap.streams(Pcap.read(dir.resolve("capture.pcapng")));
        assertThat(streams.values().iterator().next())
                .isEqualTo(played.ledgers().getFirst().received())
                .hasSizeGreaterThan(12_000);
    }

    @Test
    void tsharkFindsNothingWrong() throws Exception {
        assumeTrue(onPath("tshark"), "tshark is not installed");
        for (RedMiStory.Scene scene : scenes) {
            assertThat(
                            tshark(
                                    scene.capture(),
                                    "-o",
                                    "ip.check_checksum:TRUE",
                                    "-o",
                                    "tcp.check_checksum:TRUE",
                                    "-o",
                                    "udp.check_checksum:TRUE",
                                    "-Y",
                                    "_ws.malformed || tcp.analysis.flags || ip.checksum.status != 1"
                                            + " || tcp.checksum.status != 1"
                                            + " || udp.checksum.status != 1"))
                    .isEmpty();
        }
    }

    @Test
    void tsharkReadsTheLabsQuic() throws Exception {
        assumeTrue(onPath("tshark"), "tshark is not installed");
        LabRun.of("quic-user").play(dir);
        LabRun.of("quic-user").play(dir.resolve("again"));
        Path capture = dir.resolve("capture.pcapng");
        assertThat(capture).hasSameBinaryContentAs(dir.resolve("again/capture.pcapng"));
        assertThat(tshark(capture, "-Y", "_ws.malformed || quic.decryption_failed")).isEmpty();
        assertThat(
                        tshark(
                                capture,
                                "-Y",
                                "quic.long.packet_type == 0",
                                "-T",
                                "fields",
                                "-e",
                                "udp.length"))
                .as("datagrams that hold an Initial")
                .hasSize(3)
                .allMatch(l -> Integer.parseInt(l.split(",")[0]) >= 1208);
        // HEADERS, then DATA, which needs every key of the connection.
        assertThat(
                        tshark(
                                capture,
                                "-Y",
                                "http3 && ip.src == 192.168.43.27",
                                "-T",
                                "fields",
                                "-e",
                                "http3.frame_type"))
                .anyMatch(l -> l.contains("1,0"));
        String imei = HexFormat.of().formatHex("imei=001073155084219".getBytes(UTF_8));
        assertThat(tshark(capture, "-Y", "http3", "-T", "fields", "-e", "http3.frame_payload"))
                .anyMatch(l -> l.contains(imei));
    }

    /** Decrypted by the secrets in the recording itself. */
    @Test
    void tsharkReadsWhatWasSentOnceOptedIn() throws Exception {
        assumeTrue(onPath("tshark"), "tshark is not installed");
        List<String> requests =
                tshark(
                        scenes.getLast().capture(),
                        "-Y",
                        "tls && http.request",
                        "-T",
                        "fields",
                        "-e",
                        "http.host",
                        "-e",
                        "http.request.uri",
                        "-e",
                        "urlencoded-form.value");
        String told =
                "{\"imei\":\"001072145093124\",\"imsi\":\"001017305629418\",\"phone\":\"+12025550143\"}";
        assertThat(requests)
                .contains(
                        "api.account.xiaomi.com\t/pass/activate/report\t"
                                + Base64.getEncoder().encodeToString(told.getBytes(UTF_8)))
                .anyMatch(r ->
                        r.startsWith(
                                "api.account.xiaomi.com"
                                        + "\t/pass/activate/dev/jyUsRlJIfUbS1NLA/activating?imsi="));
        assertThat(tshark(scenes.getLast().capture(), "-Y", "http2.headers.method == \"GET\""))
                .as("controls by HTTP/2")
                .isNotEmpty();
    }

    @Test
    void tsharkAgrees() throws Exception {
        assumeTrue(onPath("tshark"), "tshark is not installed");
        Path capture = capture();
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
                        "api.account.xiaomi.com"
                                + "\t/pass/v3/user@id?type=MXPH&externalId=%2B12025550143",
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
