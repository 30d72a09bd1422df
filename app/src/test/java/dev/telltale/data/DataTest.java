package dev.telltale.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.telltale.audit.Reference;
import dev.telltale.model.Attribution;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 28);

    @TempDir private Path temp;
    private final Map<String, byte[]> published = new TreeMap<>();
    private HttpServer server;
    private DataFolder folder;
    private Updates updates;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = published.get(exchange.getRequestURI().getPath().substring(1));
                    exchange.sendResponseHeaders(
                            body == null ? 404 : 200, body == null ? -1 : body.length);
                    if (body != null) exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        folder = DataFolder.of(Map.of("XDG_DATA_HOME", temp.toString()));
        updates = new Updates(folder, TODAY);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Optional<String> here() {
        return Optional.of("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private Attribution ask(String host, String... ips) throws IOException {
        return Updates.reference(folder).of(host, List.of(ips), List.of());
    }

    private void csv(String text) throws IOException {
        Path file = temp.resolve("file.csv");
        Files.writeString(file, text);
        updates.take(file, "ours", "internal", Optional.of("2026-11-01"));
    }

    @Test
    void nothingIsThereUntilItIsPut() throws IOException {
        assertThat(folder.list()).isEmpty();
        assertThat(folder.path()).isEqualTo(temp.resolve("telltale/data"));
        assertThat(ask("unheard.example", "198.51.100.7")).isEqualTo(Attribution.NONE);
    }

    @Test
    void fetchesAListAndLabelsWithIt() throws Exception {
        published.put(
                "services.json",
                """
                {"license":"x","categories":{"Advertising":[{"Adwares":{"https://adwares.example/":["adwares.example","cdn.adwares.example"]}}],
                 "Analytics":[{"Xiaomi copy":{"https://x/":["xiaomi.com"]}}]}}
                """
                        .getBytes(UTF_8));
        DataFolder.Stored s = updates.fetch("disconnect", here());
        assertThat(s.date()).isEqualTo("2026-11-28");
        assertThat(s.originSha256()).hasSize(64);
        Attribution a = ask("t.adwares.example");
        assertThat(a.company()).isEqualTo("Adwares");
        assertThat(a.category()).isEqualTo("advertising");
        assertThat(a.sources().get("company"))
                .contains("Disconnect", "2026-11-28", "CC BY-NC-SA 4.0");
        assertThat(ask("xiaomi.com").company()).as("ours come first").isEqualTo("Xiaomi");
    }

    @Test
    void readsAdguardAndExodus() throws Exception {
        published.put(
                "trackers.json",
                """
                {"categories":{"4":"advertising"},"trackers":{"a":{"name":"A Ads","categoryId":4,"companyId":"acme"}},
                 "trackerDomains":{"a-ads.example":"a"}}
                """
                        .getBytes(UTF_8));
        published.put(
                "companies.json", "{\"companies\":{\"acme\":{\"name\":\"Acme\"}}}".getBytes(UTF_8));
        published.put(
                "trackers",
                """
                {"trackers":{"1":{"name":"Spy","categories":["Analytics"],"network_signature":"\\\\.spy\\\\.example|spy2\\\\.example"}}}
                """
                        .getBytes(UTF_8));
        updates.fetch("adguard-companies", here());
        updates.fetch("exodus", here());
        assertThat(ask("x.a-ads.example").company()).isEqualTo("Acme");
        assertThat(ask("x.a-ads.example").category()).isEqualTo("advertising");
        assertThat(ask("a.spy.example").company()).isEqualTo("Spy");
        assertThat(ask("spy2.example").category()).isEqualTo("analytics");
    }

    @Test
    void whatCannotBeFetchedIsOneLineAndChangesNothing() throws Exception {
        assertThatThrownBy(() -> updates.fetch("disconnect", here()))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(
                        "cannot fetch http://127\\.0\\.0\\.1:\\d+/services\\.json: the server"
                                + " answered 404");
        int port = server.getAddress().getPort();
        server.stop(0);
        assertThatThrownBy(
                        () -> updates.fetch("disconnect", Optional.of("http://127.0.0.1:" + port)))
                .hasMessageContaining("no connection; is there a network?");
        assertThatThrownBy(
                        () -> updates.fetch("disconnect", Optional.of("http://lists.example.org/")))
                .hasMessage("only https is fetched: http://lists.example.org/services.json");
        assertThatThrownBy(() -> updates.fetch("nonsense", here()))
                .hasMessage("no source is named nonsense");
        assertThat(folder.list()).isEmpty();
    }

    @Test
    void whatIsSomethingElseIsRefused() {
        published.put("services.json", "<html>captive portal</html>".getBytes(UTF_8));
        assertThatThrownBy(() -> updates.fetch("disconnect", here()))
                .hasMessageContaining(
                        "is not Disconnect tracker protection lists: services.json is no JSON");
        published.put("server-country.mmdb", "no".getBytes(UTF_8));
        assertThatThrownBy(() -> updates.fetch("ip-country-daily", here()))
                .hasMessageContaining("not a MaxMind DB");
    }

    @Test
    void takesAddressRanges() throws IOException {
        csv(
                "start,end,country\n"
                        + "198.51.100.0,198.51.100.127,SG\n"
                        + "2001:db8::,2001:db8:0:1:ffff:ffff:ffff:ffff,KE\n");
        Attribution a = ask("", "198.51.100.127");
        assertThat(a.country()).isEqualTo("SG");
        assertThat(a.sources().get("country")).endsWith("file.csv, 2026-11-01, internal");
        assertThat(ask("", "198.51.100.128").country()).isEmpty();
        assertThat(ask("", "2001:db8:0:1::9").country()).isEqualTo("KE");
        assertThat(ask("", "116.224.0.1").country())
                .as("bundled data still answers")
                .isEqualTo("CN");
    }

    @Test
    void takesNetworksWithCountryAndSystem() throws IOException {
        csv("203.0.113.0/24,CN,AS64500\n116.224.0.0/16,JP,64501\n");
        assertThat(ask("", "203.0.113.20").country()).isEqualTo("CN");
        assertThat(ask("", "203.0.113.20").asn()).hasValue(64500);
        assertThat(ask("", "116.224.0.1").country())
                .as("counts before the bundled")
                .isEqualTo("JP");
    }

    @Test
    void takesHosts() throws IOException {
        csv(
                "host,company,headquarters,category\n"
                        + "vendor.example,Vendor,IN,phone maker\n"
                        + "miui.com,Someone,,\n");
        assertThat(ask("api.vendor.example").company()).isEqualTo("Vendor");
        assertThat(ask("api.vendor.example").headquarters()).isEqualTo("IN");
        assertThat(ask("miui.com").company()).as("counts before the bundled").isEqualTo("Someone");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "1.2.3.4,oops",
                "1.2.3.400,1.2.3.4,CN",
                "9.9.9.9,1.1.1.1,CN",
                "1.1.1.0/40,CN",
                "a.example",
                "x y,Company"
            })
    void nonsenseIsRefused(String text) {
        assertThatThrownBy(() -> csv(text)).isInstanceOf(IOException.class);
        assertThat(temp.resolve("telltale/data/ours")).doesNotExist();
    }

    /**
     * Written here by hand from MaxMind's format description: one record of a country and its AS.
     */
    @Test
    void takesAMaxMindDb() throws IOException {
        Path file = temp.resolve("test.mmdb");
        Files.write(file, mmdb());
        updates.take(file, "mm", "ours", Optional.empty());
        assertThat(ask("", "100.0.0.1").country()).isEqualTo("SG");
        assertThat(ask("", "100.0.0.1").asn()).hasValue(64500);
        assertThat(ask("", "200.0.0.1").sources().toString()).doesNotContain("test.mmdb");
    }

    /** A tree of one bit: 0... -> {country: {iso_code: SG}, autonomous_system_number: 64500}. */
    private static byte[] mmdb() throws IOException {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(b);
        // Node 0, records of 24 bits: left = node count (1) + 16 + offset 0, right = nothing (1).
        out.write(new byte[] {0, 0, 17, 0, 0, 1});
        out.write(new byte[16]);
        map(out, 2);
        text(out, "country");
        map(out, 1);
        text(out, "iso_code");
        text(out, "SG");
        text(out, "autonomous_system_number");
        out.write(0xc2); // uint32 of two bytes
        out.writeShort(64500);
        out.write(new byte[] {(byte) 0xab, (byte) 0xcd, (byte) 0xef});
        out.writeBytes("MaxMind.com");
        map(out, 9);
        text(out, "node_count");
        out.write(new byte[] {(byte) 0xc1, 1});
        text(out, "record_size");
        out.write(new byte[] {(byte) 0xa1, 24});
        text(out, "ip_version");
        out.write(new byte[] {(byte) 0xa1, 4});
        text(out, "database_type");
        text(out, "Test");
        text(out, "languages");
        out.write(new byte[] {0x00, 0x04}); // an empty array
        text(out, "binary_format_major_version");
        out.write(new byte[] {(byte) 0xa1, 2});
        text(out, "binary_format_minor_version");
        out.write(new byte[] {(byte) 0xa0});
        text(out, "build_epoch");
        out.write(new byte[] {0x01, 0x02, 1}); // uint64 of one byte
        text(out, "description");
        map(out, 0);
        return b.toByteArray();
    }

    private static void map(DataOutputStream out, int size) throws IOException {
        out.write(0xe0 | size);
    }

    private static void text(DataOutputStream out, String s) throws IOException {
        if (s.length() < 29) {
            out.write(0x40 | s.length());
        } else {
            out.write(0x40 | 29);
            out.write(s.length() - 29);
        }
        out.writeBytes(s);
    }

    @Test
    void whatWasChangedBehindOurBackIsRefused() throws IOException {
        csv("203.0.113.0/24,CN\n");
        Files.write(temp.resolve("telltale/data/ours/pack"), new byte[] {1});
        assertThatThrownBy(() -> Updates.reference(folder))
                .hasMessageContaining("is not what was stored there");
    }

    /** Against a plain scan of the ranges as they were given. */
    @Test
    void packedIntervalsSayWhatTheRangesSaid() throws IOException {
        Random random = new Random(11);
        StringBuilder csv = new StringBuilder();
        long at = 1L << 24;
        TreeMap<Long, String> starts = new TreeMap<>();
        while (at < (1L << 32) - (1 << 20) && starts.size() < 30_000) {
            long length = 1L << random.nextInt(17);
            String cc = List.of("CN", "IN", "SG", "US", "DE").get(random.nextInt(5));
            csv.append(at).append(',').append(at + length - 1).append(',').append(cc).append('\n');
            starts.put(at, cc);
            at += length;
            if (random.nextInt(4) == 0) {
                starts.put(at, "");
                at += 1 + random.nextInt(5_000);
            }
        }
        starts.put(at, "");
        AddressPack pack = new AddressPack();
        AddressRanges.Both both =
                AddressRanges.csv(
                        new BufferedReader(new StringReader(csv.toString())),
                        c -> pack.code(c.getFirst()));
        byte[] packed = pack.pack(both, new AddressRanges.Both());
        Reference reference =
                Reference.with(
                        List.of(
                                new Reference.Extra(
                                        "t",
                                        "t",
                                        "2026-01-01",
                                        "",
                                        "",
                                        90,
                                        Reference.Kind.ADDRESSES,
                                        packed)));
        int named = 0;
        for (int i = 0; i < 4_000; i++) {
            long a =
                    i % 2 == 0
                            ? starts.floorKey(
                                            (1L << 24)
                                                    + (long)
                                                            (random.nextDouble()
                                                                    * (at - (1L << 24))))
                                    - i % 4 / 2
                            : (1L << 24) + (long) (random.nextDouble() * (at - (1L << 24)));
            if (a < 1L << 24) continue;
            String expected = starts.floorEntry(a).getValue();
            if (expected.isEmpty()) continue; // the bundled data would answer
            named++;
            byte[] four = BigInteger.valueOf(a).toByteArray();
            byte[] ip = new byte[4];
            for (int k = 0; k < 4; k++) ip[3 - k] = four[four.length - 1 - k];
            Attribution w =
                    reference.of(
                            "", List.of(InetAddress.getByAddress(ip).getHostAddress()), List.of());
            if (!w.anycast()) assertThat(w.country()).as(Long.toString(a)).isEqualTo(expected);
        }
        assertThat(named).isGreaterThan(2_000);
    }
}
