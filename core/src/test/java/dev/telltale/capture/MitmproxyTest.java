package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.ByteSource;
import dev.telltale.bytes.DigestSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MitmproxyTest {
    private static byte[] b(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> m = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) m.put((String) pairs[i], pairs[i + 1]);
        return m;
    }

    private static List<Object> header(String name, String value) {
        return List.of(b(name), b(value));
    }

    private static Map<String, Object> request(String body) {
        return map(
                "host", "api.example.org",
                "port", 443,
                "method", b("POST"),
                "scheme", b("https"),
                "authority", b("api.example.org"),
                "path", b("/v1/register?imei=867345021234563"),
                "http_version", b("HTTP/2.0"),
                "headers",
                        List.of(
                                header("content-type", "application/json"),
                                header("Content-Encoding", "gzip, br")),
                "content", body == null ? null : b(body),
                "trailers", List.of(header("x-checksum", "7")),
                "timestamp_start", 1700000000.25,
                "timestamp_end", 1700000000.5);
    }

    private static Map<String, Object> response(byte[] body) {
        return map(
                "http_version",
                b("HTTP/2.0"),
                "status_code",
                200,
                "reason",
                b(""),
                "headers",
                List.of(header("content-type", "text/plain")),
                "content",
                body,
                "trailers",
                null,
                "timestamp_start",
                1700000001.125,
                "timestamp_end",
                1700000002.0);
    }

    private static Map<String, Object> flow(Object... more) {
        Map<String, Object> f =
                map(
                        "version",
                        21,
                        "type",
                        "http",
                        "id",
                        "f-1",
                        "client_conn",
                        map(
                                "peername",
                                List.of("192.0.2.7", 41000),
                                "tls_version",
                                "TLSv1.2",
                                "tls",
                                true,
                                "cipher",
                                "ECDHE-RSA-AES128-GCM-SHA256"),
                        "server_conn",
                        map(
                                "address",
                                List.of("api.example.org", 443),
                                "peername",
                                List.of("198.51.100.9", 443),
                                "tls",
                                true,
                                "sni",
                                "api.example.org",
                                "tls_version",
                                "TLSv1.3"),
                        "request",
                        request("{}"),
                        "response",
                        response(b("welcome")));
        f.putAll(map(more));
        return f;
    }

    private static byte[] file(Object... flows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object f : flows) out.writeBytes(TnetWriter.dump(f));
        return out.toByteArray();
    }

    private static Told read(byte[] file) {
        return read(ByteSource.of(file), 4 << 20);
    }

    private static Told read(ByteSource source, int keep) {
        DigestSource raw = new DigestSource(source, false);
        try (Mitmproxy m = new Mitmproxy(new CaptureInput("test", raw, raw), keep)) {
            return Told.read(m);
        }
    }

    /** Runs of a letter as their length. */
    private static String shortened(String s) {
        return java.util.regex.Pattern.compile("(\\w)\\1{20,}")
                .matcher(s)
                .replaceAll(m -> m.group().length() + m.group(1));
    }

    private static String all(Told told) {
        StringBuilder s = new StringBuilder();
        told.entries.forEach(e -> s.append(e.all()));
        return s.append(told.anomalies).append(told.totals).toString();
    }

    @Test
    void tellsARequestAsItWasSent() {
        Told told = read(file(flow()));
        assertThat(told.anomalies).isEmpty();
        Told.Entry e = told.entries.getFirst();
        assertThat(e.url())
                .isEqualTo("https://api.example.org:443/v1/register?imei=867345021234563");
        assertThat(e.exchange().operation()).isEqualTo("POST");
        assertThat(e.exchange().protocol()).isEqualTo("http/2");
        assertThat(e.exchange().secured().protection()).isEqualTo(Protection.TLS);
        assertThat(e.exchange().secured().version()).as("the lower of both legs").isEqualTo("1.2");
        assertThat(e.flow.initiator().ip()).isEqualTo("192.0.2.7");
        assertThat(e.flow.responder().ip()).isEqualTo("198.51.100.9");
        assertThat(e.flow.sent().time(0)).isEqualTo(1_700_000_000_250_000_000L);
        assertThat(e.flow.answered().time(0)).isEqualTo(1_700_000_001_125_000_000L);
        assertThat(e.parts(Side.INITIATOR, PartKind.HEADER))
                .containsExactly(
                        "content-type=application/json",
                        "Content-Encoding=gzip, br",
                        "x-checksum=7");
        assertThat(e.body(Side.INITIATOR).text()).isEqualTo("{}");
        assertThat(e.body(Side.INITIATOR).hint.codings()).containsExactly("gzip", "br");
        assertThat(e.body(Side.INITIATOR).hint.mediaType()).isEqualTo("application/json");
        assertThat(e.body(Side.RESPONDER).text()).isEqualTo("welcome");
        assertThat(told.totals.exchanges()).isEqualTo(1);
    }

    @Test
    void isTheSameWhateverIsKeptAndHoweverItComes() {
        byte[] file =
                file(
                        flow(
                                "request",
                                request("a".repeat(3000)),
                                "response",
                                response(b("b".repeat(9000)))),
                        flow(),
                        flow(
                                "websocket",
                                map(
                                        "messages",
                                        List.of(
                                                List.of(
                                                        1,
                                                        true,
                                                        b("c".repeat(700)),
                                                        1700000005.0,
                                                        false,
                                                        false),
                                                List.of(
                                                        1,
                                                        true,
                                                        b("d".repeat(70)),
                                                        1700000000.25,
                                                        false,
                                                        false),
                                                List.of(
                                                        2,
                                                        false,
                                                        b("e".repeat(1700)),
                                                        1700000005.0,
                                                        false,
                                                        false)))));
        String whole = shortened(all(read(file)));
        for (int keep : new int[] {100, 300, 1000, 1100, 2000, 4000, 12000}) {
            for (int seed = 0; seed < 5; seed++) {
                assertThat(shortened(all(read(Told.pieces(file, 0, seed), keep))))
                        .as("keep %s seed %s", keep, seed)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void saysWhatItCannotReadAgain() {
        Told told = read(Told.once(file(flow("response", response(new byte[5000])))), 1000);
        assertThat(told.entries.getFirst().body(Side.RESPONDER).gaps)
                .containsExactly("5000 BUDGET");
        assertThat(told.entries.getFirst().anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LIMIT);
    }

    @Test
    void namesTheHostOfTheRequestAndThePortItWentTo() {
        Map<String, Object> q = request("");
        q.put("authority", b(""));
        q.put("headers", List.of(header("Host", "named.example.org")));
        q.put("host", "203.0.113.5");
        q.put("port", 8443);
        Told.Entry e = read(file(flow("request", q))).entries.getFirst();
        assertThat(e.url()).startsWith("https://named.example.org:8443/");
        q.put("headers", List.of());
        e = read(file(flow("request", q))).entries.getFirst();
        assertThat(e.exchange().host())
                .as("server name instead of an address")
                .isEqualTo("api.example.org");
        q.put("headers", List.of(header("Host", "[2001:db8::1]:99")));
        e = read(file(flow("request", q, "server_conn", map()))).entries.getFirst();
        assertThat(e.exchange().host()).isEqualTo("2001:db8::1");
        assertThat(e.exchange().port()).isEqualTo(99);
    }

    @Test
    void tellsBodiesThatTheProxyDidNotKeepAsMissing() {
        Map<String, Object> q = request(null);
        q.put("headers", List.of(header("Content-Length", "4711")));
        Told.Entry e = read(file(flow("request", q))).entries.getFirst();
        assertThat(e.accounts).contains("INITIATOR api.example.org MISSING 4711 BODY_ABSENT");
        assertThat(e.hasBody(Side.INITIATOR)).isFalse();
    }

    @Test
    void tellsWhatThePhoneSentNotWhatWasMadeOfIt() {
        Map<String, Object> edited = request("edited");
        Told told = read(file(flow("request", edited, "backup", flow())));
        assertThat(told.entries.getFirst().body(Side.INITIATOR).text()).isEqualTo("{}");
        told = read(file(flow("is_replay", "request"), flow("is_replay", "response")));
        assertThat(told.entries.get(0).exchanges).isEmpty();
        assertThat(told.entries.get(0).anomalies).hasSize(1);
        assertThat(told.entries.get(1).exchanges).hasSize(1);
    }

    @Test
    void tellsWebSocketMessagesWithTheirTimes() {
        Told.Entry e =
                read(file(
                                flow(
                                        "websocket",
                                        map(
                                                "messages",
                                                List.of(
                                                        List.of(
                                                                1,
                                                                true,
                                                                b("imei=867345021234563"),
                                                                1700000005.0,
                                                                true,
                                                                false),
                                                        List.of(
                                                                1,
                                                                true,
                                                                b("put in at the proxy"),
                                                                1700000005.5,
                                                                false,
                                                                true),
                                                        List.of(
                                                                2,
                                                                false,
                                                                "ok",
                                                                1700000006.0,
                                                                false,
                                                                false))))))
                        .entries
                        .getFirst();
        assertThat(e.parts(Side.INITIATOR, PartKind.FRAME))
                .containsExactly("=imei=867345021234563");
        assertThat(e.parts(Side.RESPONDER, PartKind.FRAME)).containsExactly("=ok");
        assertThat(e.flow.sent().time(0)).isEqualTo(1_700_000_005_000_000_000L);
    }

    @Test
    void findsTheHandshakeOfAnOldWebSocketFlow() {
        Map<String, Object> handshake =
                flow("version", 7, "id", "h-1", "metadata", map("websocket", true));
        Map<String, Object> messages =
                map(
                        "version",
                        7,
                        "type",
                        "websocket",
                        "id",
                        "w-1",
                        "metadata",
                        map("websocket_handshake", "h-1"),
                        "messages",
                        List.of(
                                List.of(1, true, "one", 1700000005, false),
                                List.of(1, true, "two", 1700000006, false)));
        Told told = read(file(handshake, messages));
        Told.Entry e = told.entries.get(1);
        assertThat(e.exchange().operation()).isEqualTo("POST");
        assertThat(e.url())
                .isEqualTo("https://api.example.org:443/v1/register?imei=867345021234563");
        assertThat(e.parts(Side.INITIATOR, PartKind.TARGET))
                .as("was told with the handshake")
                .isEmpty();
        assertThat(e.parts(Side.INITIATOR, PartKind.FRAME)).containsExactly("=one", "=two");
    }

    @Test
    void joinsPiecesOfAStreamButNotDatagrams() {
        List<Object> pieces =
                List.of(
                        List.of(true, b("35694"), 1700000001.0),
                        List.of(true, b("2012"), 1700000002.0),
                        List.of(false, b("ok"), 1700000003.0),
                        List.of(true, b("bye"), 1700000004.0));
        Told.Entry tcp = read(file(flow("type", "tcp", "messages", pieces))).entries.getFirst();
        assertThat(tcp.exchange().operation()).isEqualTo("DATA");
        assertThat(tcp.exchange().protocol()).isEqualTo("tcp");
        assertThat(tcp.exchange().host()).isEqualTo("api.example.org");
        assertThat(tcp.parts(Side.INITIATOR, PartKind.FRAME)).containsExactly("=356942012", "=bye");
        Told.Entry udp = read(file(flow("type", "udp", "messages", pieces))).entries.getFirst();
        assertThat(udp.parts(Side.INITIATOR, PartKind.FRAME))
                .containsExactly("=35694", "=2012", "=bye");
    }

    @Test
    void tellsDnsQuestionsAndAnswers() {
        Map<String, Object> question =
                map("name", "imei-867345021234563.example.org", "type", 28, "class", 1);
        Map<String, Object> answer =
                map(
                        "name",
                        "imei-867345021234563.example.org",
                        "type",
                        28,
                        "class",
                        1,
                        "ttl",
                        60,
                        "data",
                        new byte[16]);
        Told.Entry e =
                read(file(
                                flow(
                                        "type", "dns",
                                        "request",
                                                map(
                                                        "op_code",
                                                        0,
                                                        "query",
                                                        true,
                                                        "questions",
                                                        List.of(question),
                                                        "timestamp",
                                                        1700000001.5),
                                        "response",
                                                map(
                                                        "answers",
                                                        List.of(answer),
                                                        "questions",
                                                        List.of(question),
                                                        "timestamp",
                                                        1700000002.5))))
                        .entries
                        .getFirst();
        assertThat(e.exchange().operation()).isEqualTo("QUERY AAAA");
        assertThat(e.exchange().protocol()).isEqualTo("dns");
        assertThat(e.parts(Side.INITIATOR, PartKind.NAME))
                .containsExactly("=imei-867345021234563.example.org");
        assertThat(e.parts(Side.RESPONDER, PartKind.NAME))
                .containsExactly("=imei-867345021234563.example.org");
        assertThat(e.flow.sent().time(0)).isEqualTo(1_700_000_001_500_000_000L);
    }

    @Test
    void readsTheShapesOfTheFirstVersions() {
        Map<String, Object> old =
                map(
                        "version", List.of(0, 10, 1),
                        "request",
                                map(
                                        "client_conn",
                                                map("address", List.of(b("192.0.2.7"), 5000)),
                                        "host", b("old.example.org"),
                                        "port", 80,
                                        "scheme", b("http"),
                                        "path", b("/a"),
                                        "method", b("GET"),
                                        "httpversion", List.of(1, 1),
                                        "headers", List.of(header("Host", "old.example.org")),
                                        "content", b(""),
                                        "timestamp_start", 1400000000.5),
                        "response",
                                map(
                                        "code",
                                        200,
                                        "httpversion",
                                        List.of(1, 1),
                                        "headers",
                                        List.of(),
                                        "content",
                                        b("hi")));
        Told.Entry e = read(file(old)).entries.getFirst();
        assertThat(e.url()).isEqualTo("http://old.example.org:80/a");
        assertThat(e.flow.initiator().ip()).isEqualTo("192.0.2.7");
        assertThat(e.body(Side.RESPONDER).text()).isEqualTo("hi");
        Map<String, Object> next =
                flow(
                        "version", List.of(0, 18, 2),
                        "server_conn",
                                map(
                                        "address",
                                                map(
                                                        "address",
                                                        List.of("api.example.org", 443),
                                                        "use_ipv6",
                                                        false),
                                        "ip_address",
                                                map(
                                                        "address",
                                                        List.of("198.51.100.9", 443),
                                                        "use_ipv6",
                                                        false),
                                        "ssl_established", true));
        assertThat(read(file(next)).entries.getFirst().flow.responder().ip())
                .isEqualTo("198.51.100.9");
    }

    @Test
    void usesAllBeforeACut() {
        byte[] file = file(flow(), flow("id", "f-2"), flow("id", "f-3"));
        int one = file(flow()).length;
        String first = read(file(flow())).entries.getFirst().all();
        for (int cut = 1; cut < file.length; cut++) {
            Told told = read(Arrays.copyOf(file, cut));
            boolean between = cut == one || cut == 2 * one;
            assertThat(told.anomalies).as("cut at %s", cut).hasSize(between ? 0 : 1);
            if (!between)
                assertThat(told.anomalies.getFirst().kind())
                        .as("cut at %s", cut)
                        .isEqualTo(Anomaly.Kind.CAPTURE_TRUNCATED);
            if (cut >= one) assertThat(told.entries.getFirst().all()).isEqualTo(first);
        }
        // The answer stands first in a dump: cut inside it, what there is of it is still told.
        Told told =
                read(
                        Arrays.copyOf(
                                file,
                                new String(file, StandardCharsets.ISO_8859_1).indexOf("welcome")
                                        + 4));
        assertThat(told.entries.getFirst().body(Side.RESPONDER).text()).isEqualTo("welc");
        assertThat(told.entries.getFirst().body(Side.RESPONDER).gaps)
                .containsExactly("3 TRUNCATED");
    }

    @Test
    void survivesDamageAnywhereAndGoesOnBehindIt() {
        Random random = new Random(20260301);
        byte[] file =
                file(
                        flow(),
                        flow(
                                "websocket",
                                map(
                                        "messages",
                                        List.of(List.of(1, true, b("x"), 1.5, false, false)))),
                        flow());
        for (int i = 0; i < 4000; i++) {
            byte[] bad = file.clone();
            for (int k = random.nextInt(3); k >= 0; k--)
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            for (int keep : new int[] {64, 4 << 20}) read(ByteSource.of(bad), keep);
        }
        byte[] bad = file.clone();
        int at = new String(bad, StandardCharsets.ISO_8859_1).indexOf("content-type");
        bad[at - 3] = 'x';
        Told told = read(bad);
        assertThat(told.entries).hasSize(3);
        assertThat(told.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.CAPTURE_MALFORMED);
    }

    @Test
    void boundsWhatLengthsClaim() {
        assertThat(read(b("999999999999:7:version;2:21#")).anomalies).hasSize(1);
        assertThat(read(b("20:7:version;999999999999:21#")).anomalies).hasSize(1);
        assertThat(read(b("9999999999999:7:version;")).anomalies).hasSize(1);
        assertThat(read(b("26:7:version;-1:21#")).anomalies).hasSize(1);
        StringBuilder deep = new StringBuilder("0:~");
        for (int i = 0; i < 2000; i++)
            deep = new StringBuilder().append(deep.length()).append(':').append(deep).append(']');
        assertThat(read(TnetWriter.dump(map("type", "http"))).anomalies).isEmpty();
        String flow = "4:deep;" + deep;
        assertThat(read(b(flow.length() + ":" + flow + "}")).anomalies).hasSize(1);
    }

    /** A dump of 3 GB that is never there as a whole: one answer of 1.5 GB in each of two flows. */
    @Test
    void streamsBodiesOfAnyLength() {
        long body = 1500L << 20;
        byte[] head = b("7:version;2:21#4:type;4:http;");
        byte[] request = TnetWriter.dump(map("request", request("x")));
        // The payload of a dictionary of one entry.
        int from = 1 + new String(request, StandardCharsets.ISO_8859_1).indexOf(':');
        byte[] inner = Arrays.copyOfRange(request, from, request.length - 1);
        byte[] before = b("7:content;" + body + ":");
        byte[] after = b(",");
        long response = before.length + body + after.length;
        byte[] open = b("8:response;" + response + ":");
        long flow = open.length + response + 1 + inner.length + head.length;
        List<Object> layout = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            layout.addAll(
                    List.of(b(flow + ":"), open, before, body, after, b("}"), inner, head, b("}")));
        }
        DigestSource raw = new DigestSource(virtual(layout, 0), false);
        long[] fed = {0};
        try (Mitmproxy m = new Mitmproxy(new CaptureInput("test", raw, raw))) {
            List<Anomaly> anomalies = new ArrayList<>();
            CaptureTotals totals = m.read(new Counting(fed), anomalies::add);
            assertThat(anomalies).isEmpty();
            assertThat(totals.exchanges()).isEqualTo(2);
        }
        assertThat(fed[0]).isEqualTo(2 * (body + 1));
    }

    /** Bytes as laid out: arrays, and numbers for so many zeros. */
    private static ByteSource virtual(List<Object> layout, long from) {
        return new ByteSource() {
            private long at = from;

            @Override
            public int read(MemorySegment into, long start, int length) {
                long base = 0;
                for (Object o : layout) {
                    long size = o instanceof byte[] a ? a.length : (Long) o;
                    if (at < base + size) {
                        int n = (int) Math.min(length, base + size - at);
                        if (o instanceof byte[] a)
                            MemorySegment.copy(MemorySegment.ofArray(a), at - base, into, start, n);
                        else into.asSlice(start, n).fill((byte) 0);
                        at += n;
                        return n;
                    }
                    base += size;
                }
                return -1;
            }

            @Override
            public void skip(long length) {
                at += length;
            }

            @Override
            public long length() {
                return -1;
            }

            @Override
            public Optional<Damage> damage() {
                return Optional.empty();
            }

            @Override
            public Optional<ByteSource> again(long offset) {
                return Optional.of(virtual(layout, offset));
            }

            @Override
            public void close() {}
        };
    }
}
