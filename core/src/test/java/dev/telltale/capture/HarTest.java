package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.ByteSource;
import dev.telltale.model.Anomaly;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** HAR as its many writers write it; the files are made by Jackson and by hand. */
class HarTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static String har(String... entries) {
        return "{\"log\":{\"version\":\"1.2\",\"entries\":[" + String.join(",", entries) + "]}}";
    }

    private static String get(String url) {
        return "{\"request\":{\"method\":\"GET\",\"url\":"
                + quote(url)
                + ",\"httpVersion\":\"HTTP/1.1\",\"headers\":[]}}";
    }

    /**
     * @param members of {@code request}, after method and URL
     */
    private static String post(String members) {
        return "{\"request\":{\"method\":\"POST\",\"url\":\"https://api.example.org/v1\","
                + members
                + "}}";
    }

    private static String quote(String s) {
        return JSON.writeValueAsString(s);
    }

    private static Told.Entry one(String entry) {
        Told told = Told.read(har(entry));
        assertThat(told.anomalies).isEmpty();
        assertThat(told.entries).hasSize(1);
        return told.entries.getFirst();
    }

    private static byte[] bytes(int... values) {
        byte[] b = new byte[values.length];
        for (int i = 0; i < b.length; i++) b[i] = (byte) values[i];
        return b;
    }

    private static byte[] gzip(byte[] b) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(out)) {
            z.write(b);
        }
        return out.toByteArray();
    }

    // --- request lines

    @Test
    void takesUrlsApartWithoutChangingThem() {
        Map<String, String> urls = new LinkedHashMap<>();
        urls.put(
                "https://example.org/a%20b/?q=%C3%A9&x=1#top",
                "https://example.org:443/a%20b/?q=%C3%A9&x=1");
        urls.put("http://example.org", "http://example.org:80/");
        urls.put("http://example.org?imei=1", "http://example.org:80/?imei=1");
        urls.put("https://user:pa:ss@example.org:8443//x", "https://example.org:8443//x");
        urls.put("https://[2001:db8::7]:444/x", "https://2001:db8::7:444/x");
        urls.put("https://[2001:db8::7]/x", "https://2001:db8::7:443/x");
        urls.put("wss://example.org/s?t=1", "https://example.org:443/s?t=1");
        urls.put("ws://example.org:81/s", "http://example.org:81/s");
        urls.put(
                "https://example.org/?u=http://a@b:1/#f",
                "https://example.org:443/?u=http://a@b:1/");
        urls.put("https://example.org/ü?ß", "https://example.org:443/ü?ß");
        urls.put("HTTPS://Example.org:0/", "https://Example.org:443/");
        urls.forEach((given, told) -> assertThat(one(get(given)).url()).as(given).isEqualTo(told));
    }

    @Test
    void saysWhatProtectedTheExchange() {
        assertThat(one(get("http://example.org/")).exchange().secured().protection())
                .isEqualTo(Protection.NONE);
        assertThat(one(get("https://example.org/")).exchange().secured().protection())
                .isEqualTo(Protection.TLS);
        assertThat(one(get("https://example.org/")).exchange().secured().version()).isEmpty();
        Told.Entry playwright =
                one(
                        "{\"_securityDetails\":{\"protocol\":\"TLS 1.3\"},\"request\":{\"method\":\"GET\","
                                + "\"url\":\"https://example.org/\",\"httpVersion\":\"h2\"}}");
        assertThat(playwright.exchange().secured().version()).isEqualTo("1.3");
        assertThat(playwright.exchange().protocol()).isEqualTo("http/2");
        Told.Entry h3 =
                one(
                        "{\"request\":{\"method\":\"GET\",\"url\":\"https://example.org/\",\"httpVersion\":\"h3\"}}");
        assertThat(h3.exchange().secured().protection()).isEqualTo(Protection.QUIC);
        Told.Entry weak =
                one(
                        "{\"_securityState\":\"weak\",\"request\":{\"method\":\"GET\",\"url\":\"https://example.org/\"}}");
        assertThat(weak.exchange().secured().weak()).isNotEmpty();
    }

    @Test
    void namesTheProtocol() {
        Map<String, String> versions =
                Map.of(
                        "HTTP/1.0",
                        "http/1.0",
                        "http/1.1",
                        "http/1.1",
                        "HTTP/2.0",
                        "http/2",
                        "h2",
                        "http/2",
                        "HTTP/2",
                        "http/2",
                        "HTTP/3",
                        "http/3",
                        "h3-29",
                        "http/3",
                        "http/2+quic/46",
                        "http/3",
                        "quic/1",
                        "http/3",
                        "unknown",
                        "http");
        versions.forEach((given, told) ->
                assertThat(
                                one("{\"request\":{\"method\":\"GET\",\"url\":\"http://example.org/\","
                                                + "\"httpVersion\":"
                                                + quote(given)
                                                + "}}")
                                        .exchange()
                                        .protocol())
                        .as(given)
                        .isEqualTo(told));
        assertThat(
                        one("{\"request\":{\"url\":\"http://example.org/\"},\"response\":{\"httpVersion\":\"HTTP/2\"}}")
                                .exchange()
                                .protocol())
                .isEqualTo("http/2");
    }

    @Test
    void readsConnect() {
        Told.Entry bare =
                one("{\"request\":{\"method\":\"CONNECT\",\"url\":\"example.org:8443\"}}");
        assertThat(new String(bare.exchange().target(), StandardCharsets.US_ASCII))
                .isEqualTo("example.org:8443");
        assertThat(bare.exchange().host()).isEqualTo("example.org");
        assertThat(bare.exchange().port()).isEqualTo(8443);
        assertThat(bare.exchange().secured().protection()).isEqualTo(Protection.NONE);
        Told.Entry full =
                one("{\"request\":{\"method\":\"CONNECT\",\"url\":\"https://example.org/\"}}");
        assertThat(new String(full.exchange().target(), StandardCharsets.US_ASCII))
                .isEqualTo("example.org:443");
    }

    @Test
    void findsTheHostInTheFieldsWhereTheUrlHasNone() {
        Told.Entry e =
                one(
                        "{\"request\":{\"method\":\"GET\",\"url\":\"/p?q=1\",\"headers\":[{\"name\":\"Host\",\"value\":\"example.org:81\"}]}}");
        assertThat(e.url()).isEqualTo("http://example.org:81/p?q=1");
        Told.Entry byAddress =
                one(
                        "{\"request\":{\"method\":\"GET\",\"url\":\"https://192.0.2.7/p\",\"headers\":[{\"name\":\":authority\",\"value\":\"example.org\"}]}}");
        assertThat(byAddress.exchange().host()).isEqualTo("example.org");
        Told.Entry none =
                Told.read(har("{\"request\":{\"method\":\"GET\",\"url\":\"/p\"}}"))
                        .entries
                        .getFirst();
        assertThat(none.exchange().host()).isEmpty();
        assertThat(none.anomalies).hasSize(1);
    }

    @Test
    void leavesOutWhatNeverWentOverANetwork() {
        for (String url :
                List.of(
                        "data:image/png;base64,AAAA",
                        "blob:https://example.org/1",
                        "chrome-extension://a/b.js")) {
            Told.Entry e = one(get(url));
            assertThat(e.exchanges).as(url).isEmpty();
            assertThat(e.accounts).isEmpty();
        }
    }

    @Test
    void takesServerAddressesWithoutBracketsAndPorts() {
        Map<String, String> addresses =
                Map.of(
                        "192.0.2.1",
                        "192.0.2.1",
                        "[2001:DB8::1]",
                        "2001:db8::1",
                        "2001:db8::1",
                        "2001:db8::1",
                        "192.0.2.1:443",
                        "192.0.2.1",
                        "fe80::1%wlan0",
                        "fe80::1",
                        "example.org",
                        "",
                        "",
                        "",
                        "[",
                        "",
                        "]",
                        "");
        addresses.forEach((given, told) ->
                assertThat(
                                one("{\"serverIPAddress\":"
                                                + quote(given)
                                                + ",\"request\":{\"method\":\"GET\",\"url\":\"https://example.org/\"}}")
                                        .flow
                                        .responder()
                                        .ip())
                        .as(given)
                        .isEqualTo(told));
    }

    // --- heads

    @Test
    void tellsTargetThenFieldsAndAccountsForThem() {
        Told.Entry e =
                one(
                        "{\"request\":{\"method\":\"GET\",\"url\":\"https://example.org/p?q\",\"headers\":["
                                + "{\"name\":\":method\",\"value\":\"GET\"},{\"name\":\":path\",\"value\":\"/p?q\"},"
                                + "{\"name\":\"Accept\",\"value\":\"*/*\"},{\"name\":\"X-Empty\",\"value\":\"\"},{\"name\":\"Accept\",\"value\":\"\\u00e9\"}]},"
                                + "\"response\":{\"status\":200,\"headers\":[{\"value\":\"b\",\"name\":\"A\"}],\"cookies\":[{\"name\":\"c\",\"value\":\"d\"}],"
                                + "\"content\":{\"size\":0}}}");
        assertThat(e.parts(Side.INITIATOR, PartKind.TARGET)).containsExactly("=/p?q");
        assertThat(e.parts(Side.INITIATOR, PartKind.HEADER))
                .containsExactly("Accept=*/*", "X-Empty=", "Accept=é");
        assertThat(e.parts(Side.RESPONDER, PartKind.HEADER)).containsExactly("A=b");
        assertThat(e.parts(Side.RESPONDER, PartKind.COOKIE)).containsExactly("c=d");
        int head = "GET/p?qAccept*/*X-EmptyAccept".length() + 2;
        assertThat(e.accounts)
                .containsExactly(
                        "INITIATOR example.org READABLE " + head + " NONE",
                        "RESPONDER example.org READABLE 4 NONE");
    }

    @Test
    void tellsCookiesWhereTheFieldsLackThem() {
        String cookies = "\"cookies\":[{\"name\":\"sid\",\"value\":\"867345021234563\"}]";
        assertThat(one(post(cookies)).parts(Side.INITIATOR, PartKind.COOKIE))
                .containsExactly("sid=867345021234563");
        assertThat(
                        one(post(
                                        cookies
                                                + ",\"headers\":[{\"name\":\"cookie\",\"value\":\"sid=1\"}]"))
                                .parts(Side.INITIATOR, PartKind.COOKIE))
                .isEmpty();
    }

    @Test
    void tellsTheQueryWhereTheUrlLacksIt() {
        String query = "\"queryString\":[{\"name\":\"imei\",\"value\":\"1\"}]";
        assertThat(one(post(query)).parts(Side.INITIATOR, PartKind.QUERY))
                .containsExactly("imei=1");
        String both = "{\"request\":{" + query + ",\"url\":\"https://example.org/?imei=1\"}}";
        assertThat(one(both).parts(Side.INITIATOR, PartKind.QUERY)).isEmpty();
    }

    @Test
    void takesFieldsWrittenAsAnObject() {
        Told told =
                Told.read(
                        har(
                                post(
                                        "\"headers\":{\"Host\":\"example.org\",\"X-Id\":7,\"X-Odd\":[1],\"X-None\":null}")));
        assertThat(told.entries.getFirst().parts(Side.INITIATOR, PartKind.HEADER))
                .containsExactly("Host=example.org", "X-Id=7", "X-Odd=", "X-None=");
        assertThat(told.anomalies).isNotEmpty();
    }

    // --- bodies

    @Test
    void undoesEscapesInBodies() {
        String text = "{\"a\":\"b\\\\\n\t/\u0001\"} é € \uD83D\uDE00";
        for (boolean ascii : new boolean[] {false, true}) {
            String quoted = quote(text);
            if (ascii) {
                StringBuilder s = new StringBuilder();
                for (char c : quoted.toCharArray())
                    s.append(c < 0x80 ? String.valueOf(c) : String.format("\\u%04x", (int) c));
                quoted = s.toString();
            }
            Told.Entry e =
                    one(
                            post(
                                    "\"postData\":{\"mimeType\":\"application/json\",\"text\":"
                                            + quoted
                                            + "}"));
            assertThat(e.body(Side.INITIATOR).text()).isEqualTo(text);
            assertThat(e.body(Side.INITIATOR).hint.mediaType()).isEqualTo("application/json");
        }
    }

    @Test
    void readsBase64WhereverItIsFlagged() {
        byte[] body = new byte[1000];
        new Random(5).nextBytes(body);
        String plain = Base64.getEncoder().encodeToString(body);
        String lines = Base64.getMimeEncoder().encodeToString(body);
        String url = Base64.getUrlEncoder().withoutPadding().encodeToString(body);
        for (String text : List.of(plain, lines, url)) {
            for (String flag :
                    List.of(
                            "\"encoding\":\"base64\"",
                            "\"_encoding\":\"BASE64\"",
                            "\"comment\":\"base64\"")) {
                Told.Entry e =
                        one(post("\"postData\":{\"text\":" + quote(text) + "," + flag + "}"));
                assertThat(e.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(body);
                assertThat(e.anomalies).isEmpty();
            }
        }
        Told.Entry content =
                one(
                        post(
                                "\"bodySize\":5,\"_requestBodyStatus\":\"discarded:not-representable\","
                                        + "\"_content\":{\"text\":\""
                                        + plain
                                        + "\",\"size\":1000,\"encoding\":\"base64\"}"));
        assertThat(content.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(body);
        assertThat(content.accounts).noneMatch(a -> a.contains("MISSING"));
    }

    @Test
    void usesWhatIsNoBase64AsItStands() {
        Told.Entry e =
                one(
                        post(
                                "\"postData\":{\"text\":\"imei=867345021234563\",\"encoding\":\"base64\"}"));
        assertThat(e.body(Side.INITIATOR).text()).isEqualTo("imei=867345021234563");
        assertThat(e.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LYING_METADATA);
    }

    @Test
    void readsBytesThatMitmproxyWroteAsText() {
        // Bytes decoded as UTF-8 with surrogateescape, json.dumps: é, then 8b 80 ff.
        Told.Entry surrogates =
                one(
                        post(
                                "\"bodySize\":6,\"postData\":{\"text\":\"\\u001f\\udc8bA\\u00e9\\udc80\\udcff\"}"));
        assertThat(surrogates.body(Side.INITIATOR).bytes.toByteArray())
                .isEqualTo(bytes(0x1f, 0x8b, 'A', 0xc3, 0xa9, 0x80, 0xff));
        // Bytes decoded as Latin-1.
        byte[] binary = bytes(0x1f, 0x8b, 0, 0xff, 0x80, 'a', 0xe9);
        String latin1 = quote(new String(binary, StandardCharsets.ISO_8859_1));
        Told.Entry bySize = one(post("\"bodySize\":7,\"postData\":{\"text\":" + latin1 + "}"));
        assertThat(bySize.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(binary);
        Told.Entry byLook = one(post("\"postData\":{\"text\":" + latin1 + "}"));
        assertThat(byLook.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(binary);
        // UTF-8 text decoded as Latin-1.
        byte[] name = "name=Zoë".getBytes(StandardCharsets.UTF_8);
        String mojibake = quote(new String(name, StandardCharsets.ISO_8859_1));
        Told.Entry utf8 = one(post("\"postData\":{\"text\":" + mojibake + "}"));
        assertThat(utf8.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(name);
    }

    @Test
    void leavesTextAlone() {
        for (String text : List.of("Zoë", "naïve café", "日本", "Ã", "x\u0001é")) {
            int size = text.getBytes(StandardCharsets.UTF_8).length;
            for (String declared : List.of("", "\"bodySize\":" + size + ",", "\"bodySize\":-1,")) {
                Told.Entry e = one(post(declared + "\"postData\":{\"text\":" + quote(text) + "}"));
                assertThat(e.body(Side.INITIATOR).text()).isEqualTo(text);
                assertThat(e.body(Side.INITIATOR).gaps).isEmpty();
            }
        }
    }

    @Test
    void passesCodingsOnlyWhereTheBytesStillShowThem() throws Exception {
        String header = "\"headers\":[{\"name\":\"Content-Encoding\",\"value\":\"GZIP\"}],";
        Told.Entry decoded = one(post(header + "\"postData\":{\"text\":\"a=1\"}"));
        assertThat(decoded.body(Side.INITIATOR).hint.codings()).isEmpty();
        byte[] packed = gzip("a=1".getBytes(StandardCharsets.US_ASCII));
        String text = Base64.getEncoder().encodeToString(packed);
        Told.Entry raw =
                one(
                        post(
                                header
                                        + "\"postData\":{\"encoding\":\"base64\",\"text\":\""
                                        + text
                                        + "\"}"));
        assertThat(raw.body(Side.INITIATOR).hint.codings()).containsExactly("gzip");
        assertThat(raw.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(packed);
        Told.Entry latin1 =
                one(
                        post(
                                header
                                        + "\"bodySize\":"
                                        + packed.length
                                        + ",\"postData\":{\"text\":"
                                        + quote(new String(packed, StandardCharsets.ISO_8859_1))
                                        + "}"));
        assertThat(latin1.body(Side.INITIATOR).hint.codings()).containsExactly("gzip");
        assertThat(latin1.body(Side.INITIATOR).bytes.toByteArray()).isEqualTo(packed);

        String br = "\"headers\":[{\"name\":\"content-encoding\",\"value\":\"br\"}],";
        String bin = Base64.getEncoder().encodeToString(bytes(0x8b, 3, 0x80, 1, 2, 3));
        Told.Entry coded =
                one(
                        post(
                                br
                                        + "\"bodySize\":6,\"postData\":{\"encoding\":\"base64\",\"text\":\""
                                        + bin
                                        + "\"}"));
        assertThat(coded.body(Side.INITIATOR).hint.codings()).containsExactly("br");
        Told.Entry undone =
                one(
                        post(
                                br
                                        + "\"bodySize\":5,\"postData\":{\"encoding\":\"base64\",\"text\":\""
                                        + bin
                                        + "\"}"));
        assertThat(undone.body(Side.INITIATOR).hint.codings()).isEmpty();
    }

    @Test
    void buildsFormsAgainFromParams() {
        Told.Entry form =
                one(
                        post(
                                "\"postData\":{\"mimeType\":\"application/x-www-form-urlencoded\",\"params\":["
                                        + "{\"name\":\"a%20b\",\"value\":\"1+2\"},{\"name\":\"c\",\"value\":\"x&y\"},{\"name\":\"d\"}]}"));
        assertThat(form.body(Side.INITIATOR).text()).isEqualTo("a%20b=1+2&c=x%26y&d=");
        Told.Entry multipart =
                one(
                        post(
                                "\"postData\":{\"mimeType\":\"multipart/form-data; boundary=\\\"xx\\\"\",\"params\":["
                                        + "{\"name\":\"imei\",\"value\":\"1\"},"
                                        + "{\"value\":\"BEGIN:VCARD\",\"contentType\":\"text/vcard\",\"fileName\":\"c.vcf\",\"name\":\"file\"}]}"));
        assertThat(multipart.body(Side.INITIATOR).text())
                .isEqualTo(
                        "--xx\r\nContent-Disposition: form-data; name=\"imei\"\r\n\r\n1\r\n"
                                + "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.vcf\"\r\n"
                                + "Content-Type: text/vcard\r\n\r\nBEGIN:VCARD\r\n--xx--\r\n");
        Told.Entry unbound =
                one(
                        post(
                                "\"postData\":{\"mimeType\":\"multipart/form-data\",\"params\":[{\"name\":\"a\",\"value\":\"1\"}]}"));
        String boundary =
                unbound.body(Side.INITIATOR).hint.mediaType().replaceFirst(".*boundary=", "");
        assertThat(unbound.body(Side.INITIATOR).text())
                .startsWith("--" + boundary + "\r\n")
                .endsWith("--" + boundary + "--\r\n");
        Told.Entry text =
                one(
                        post(
                                "\"postData\":{\"params\":[{\"name\":\"a\",\"value\":\"1\"}],\"text\":\"a=2\"}"));
        assertThat(text.body(Side.INITIATOR).text()).isEqualTo("a=2");
    }

    @Test
    void accountsForBodiesThatAreNotThere() {
        Map<String, String> sent = new LinkedHashMap<>();
        sent.put("\"bodySize\":77", "77");
        sent.put("\"bodySize\":77,\"postData\":{\"mimeType\":\"x/y\",\"text\":\"\"}", "77");
        sent.put("\"bodySize\":77.0,\"postData\":{\"text\":null}", "77");
        sent.put(
                "\"bodySize\":-1,\"headers\":[{\"name\":\"content-length\",\"value\":\"12\"}]",
                "12");
        sent.put("\"_requestBodyStatus\":\"discarded:too-large\"", "1");
        sent.put(
                "\"bodySize\":-1,\"headers\":[{\"name\":\"transfer-encoding\",\"value\":\"chunked\"}]",
                "1");
        sent.forEach((members, bytes) ->
                assertThat(one(post(members)).accounts)
                        .as(members)
                        .contains("INITIATOR api.example.org MISSING " + bytes + " BODY_ABSENT"));
        for (String members :
                List.of(
                        "\"bodySize\":0",
                        "\"bodySize\":-1",
                        "\"bodySize\":null",
                        "\"headersSize\":5")) {
            assertThat(one(post(members)).accounts).as(members).hasSize(1);
        }
        String answer =
                "{\"request\":{\"method\":\"%s\",\"url\":\"https://example.org/\"},\"response\":{\"status\":%d,"
                        + "\"bodySize\":9,\"content\":{\"size\":20,\"mimeType\":\"text/html\"}}}";
        assertThat(one(answer.formatted("GET", 200)).accounts)
                .contains("RESPONDER example.org MISSING 20 BODY_ABSENT");
        assertThat(one(answer.formatted("HEAD", 200)).accounts)
                .noneMatch(a -> a.contains("MISSING"));
        assertThat(one(answer.formatted("GET", 304)).accounts)
                .noneMatch(a -> a.contains("MISSING"));
    }

    @Test
    void tellsABodyThatTheRecorderCutOff() {
        Told.Entry cut =
                one(post("\"bodySize\":1100,\"postData\":{\"text\":\"" + "x".repeat(500) + "\"}"));
        assertThat(cut.body(Side.INITIATOR).gaps).containsExactly("600 TRUNCATED");
        Told.Entry edited =
                one(post("\"bodySize\":504,\"postData\":{\"text\":\"" + "x".repeat(500) + "\"}"));
        assertThat(edited.body(Side.INITIATOR).gaps).isEmpty();
        assertThat(edited.anomalies).hasSize(1);
        Told.Entry lines =
                one(post("\"bodySize\":40,\"postData\":{\"text\":\"" + "x\\n".repeat(12) + "\"}"));
        assertThat(lines.body(Side.INITIATOR).gaps)
                .as("16 bytes short with 12 line ends")
                .isNotEmpty();
        Told.Entry crlf =
                one(post("\"bodySize\":36,\"postData\":{\"text\":\"" + "x\\n".repeat(12) + "\"}"));
        assertThat(crlf.body(Side.INITIATOR).gaps).isEmpty();
        assertThat(crlf.anomalies).isEmpty();
    }

    @Test
    void readsWebSocketMessages() {
        Told.Entry e =
                one(
                        "{\"_webSocketMessages\":[{\"type\":\"send\",\"opcode\":1,\"data\":\"hé\"},"
                                + "{\"data\":\"AAEC\",\"opcode\":2,\"type\":\"receive\"},{\"type\":\"error\",\"data\":\"net::ERR\"},"
                                + "{\"type\":\"send\",\"opcode\":2,\"data\":\"no base64!\"}],"
                                + "\"request\":{\"method\":\"GET\",\"url\":\"wss://example.org/s\"},\"response\":{\"status\":101}}");
        assertThat(e.messages).hasSize(5);
        assertThat(e.parts(Side.INITIATOR, PartKind.FRAME)).hasSize(2).first().isEqualTo("=hé");
        assertThat(e.messages.get(3).side()).isEqualTo(Side.RESPONDER);
        assertThat(e.messages.get(3).parts().getFirst().bytes.toByteArray())
                .isEqualTo(bytes(0, 1, 2));
        assertThat(e.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LYING_METADATA);
    }

    // --- times

    @Test
    void readsTimesAsJavaTimeDoes() {
        for (String time :
                List.of(
                        "2023-04-07T13:04:57.078662+00:00",
                        "2023-03-29T17:37:42.482-07:00",
                        "2023-03-30T00:00:54.250Z",
                        "2024-02-29T23:59:59Z",
                        "1969-12-31T23:59:59.999999999Z",
                        "2014-08-07T10:00:00.1+05:30")) {
            Instant at = java.time.OffsetDateTime.parse(time).toInstant();
            assertThat(nanos(time))
                    .as(time)
                    .isEqualTo(at.getEpochSecond() * 1_000_000_000L + at.getNano());
        }
        assertThat(nanos("2023-04-07T13:04:57.1234567891234Z"))
                .isEqualTo(nanos("2023-04-07T13:04:57.123456789Z"));
        assertThat(nanos("2023-04-07 13:04:57,5")).isEqualTo(nanos("2023-04-07T13:04:57.5Z"));
        assertThat(nanos("2023-04-07T13:04+0530")).isEqualTo(nanos("2023-04-07T07:34:00Z"));
        assertThat(nanos("2023-04-07T13:04:57+02")).isEqualTo(nanos("2023-04-07T11:04:57Z"));
        for (String bad :
                List.of(
                        "",
                        "now",
                        "2023-13-01T00:00:00Z",
                        "2023-02-30T00:00:00Z",
                        "9999-01-01T00:00:00Z",
                        "2023-04-07T13:04:57.078Q",
                        "2023-04-07T13:04:57+",
                        "2023-04-07T13:04:5",
                        "1680000000000000")) {
            assertThat(nanos(bad)).as(bad).isEqualTo(HarTime.NONE);
        }
    }

    private static long nanos(String s) {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        return HarTime.nanos(b, 0, b.length);
    }

    @Test
    void givesTheSpanOfTimes() {
        String e =
                "{\"startedDateTime\":\"%s\",\"request\":{\"method\":\"GET\",\"url\":\"https://example.org/\"}}";
        Told told =
                Told.read(
                        har(
                                e.formatted("2024-01-02T00:00:00Z"),
                                e.formatted("2024-01-01T00:00:00Z"),
                                get("https://example.org/"),
                                e.formatted("soon")));
        assertThat(told.totals.exchanges()).isEqualTo(4);
        assertThat(told.totals.start()).contains(Instant.parse("2024-01-01T00:00:00Z"));
        assertThat(told.totals.end()).contains(Instant.parse("2024-01-02T00:00:00Z"));
        assertThat(told.entries.get(2).flow.sent().time(0)).isZero();
        assertThat(told.anomalies).hasSize(1);
    }

    // --- what is not as it should be

    @Test
    void goesOnAfterMembersOfWrongTypes() {
        Told told =
                Told.read(
                        har(
                                "7",
                                "null",
                                "[1,[2]]",
                                "{}",
                                "{\"request\":[{\"url\":1}],\"response\":3}",
                                post(
                                        "\"headers\":3,\"cookies\":\"x\",\"bodySize\":{\"a\":[]},\"postData\":[\"x\"]"),
                                post(
                                        "\"headers\":[1,\"x\",{\"name\":{\"a\":1},\"value\":5},[{}]],\"postData\":{\"text\":{\"a\":1}},\"httpVersion\":1.1"),
                                get("https://example.org/last")));
        assertThat(told.entries).hasSize(8);
        assertThat(told.entries.get(7).url()).isEqualTo("https://example.org:443/last");
        assertThat(told.entries.get(6).parts(Side.INITIATOR, PartKind.HEADER))
                .containsExactly("=5");
        assertThat(told.anomalies).hasSizeGreaterThan(8);
        assertThat(told.entries.get(3).anomalies).hasSize(1);
        assertThat(told.entries.get(3).exchanges).isEmpty();
    }

    @Test
    void boundsItsComplaints() {
        Told told = Told.read(har("7,".repeat(5000) + "8"));
        assertThat(told.entries).hasSize(5001);
        assertThat(told.anomalies).hasSizeLessThan(110);
        assertThat(told.anomalies.getLast().kind()).isEqualTo(Anomaly.Kind.LIMIT);
    }

    @Test
    void saysWhereThereIsNoLog() {
        for (String json :
                List.of("{}", "{\"log\":{}}", "{\"log\":{\"entries\":{}}}", "{\"a\":[]}")) {
            Told told = Told.read(json);
            assertThat(told.entries).isEmpty();
            assertThat(told.anomalies).as(json).isNotEmpty();
        }
        assertThat(Told.read("{\"log\":{\"entries\":[]}}").anomalies).isEmpty();
    }

    @Test
    void takesEscapedKeysAndByteOrderMarks() {
        String json =
                "\uFEFF"
                        + har("{\"r\\u0065quest\":{\"\\u0075rl\":\"https:\\/\\/example.org\\/\"}}");
        Told told = Told.read(json);
        assertThat(told.anomalies).isEmpty();
        assertThat(told.entries.getFirst().url()).isEqualTo("https://example.org:443/");
    }

    @Test
    void usesEverythingBeforeACut() {
        String body = "imei=867345021234563&x=" + "y".repeat(100);
        String file =
                har(
                        "{\"startedDateTime\":\"2024-01-02T00:00:00Z\",\"request\":{\"method\":\"POST\",\"url\":\"https://one.example.org/a\","
                                + "\"headers\":[{\"name\":\"A\",\"value\":\"b\"}],\"bodySize\":123,\"postData\":{\"mimeType\":\"a/b\",\"text\":\""
                                + body
                                + "\"}},"
                                + "\"response\":{\"status\":200,\"content\":{\"size\":2,\"text\":\"ok\"}}}",
                        "{\"request\":{\"method\":\"GET\",\"url\":\"https://two.example.org/\",\"headers\":[]},\"_webSocketMessages\":[{\"type\":\"send\",\"data\":\"x\"}]}");
        byte[] whole = file.getBytes(StandardCharsets.UTF_8);
        List<Told.Entry> all = Told.read(whole).entries;
        int firstEnds = file.indexOf(",{\"request\":{\"method\":\"GET\"");
        int bodyAt = file.indexOf("imei=");
        for (int n = 1; n < whole.length; n++) {
            Told told =
                    Told.read(Told.pieces(Arrays.copyOf(whole, n), 0, n), n % 2 == 0 ? 50 : 1000);
            assertThat(told.anomalies).as("cut at " + n).isNotEmpty();
            assertThat(told.anomalies.getLast().kind()).isEqualTo(Anomaly.Kind.CAPTURE_TRUNCATED);
            if (n >= firstEnds)
                assertThat(told.entries.getFirst().all()).isEqualTo(all.getFirst().all());
            if (n > bodyAt && n < bodyAt + body.length()) {
                Told.Part part = told.entries.getFirst().body(Side.INITIATOR);
                assertThat(part.text()).isEqualTo(body.substring(0, n - bodyAt));
                assertThat(part.gaps)
                        .as("cut at " + n)
                        .containsExactly(body.length() - (n - bodyAt) + " TRUNCATED");
            }
        }
    }

    @Test
    void usesEverythingBeforeABreak() {
        String file = har(get("https://one.example.org/"), get("https://two.example.org/"));
        int at = file.indexOf("two.") + 20;
        Told told = Told.read(file.substring(0, at) + "\n}}}" + file.substring(at));
        assertThat(told.entries).hasSizeGreaterThanOrEqualTo(1);
        assertThat(told.entries.getFirst().url()).isEqualTo("https://one.example.org:443/");
        Told broken =
                Told.read(
                        har(get("https://one.example.org/"))
                                .replace("]}}", ",,]}}")
                                .replace("[],,]}}", "[]}}"));
        assertThat(broken.entries).isNotEmpty();
    }

    @Test
    void takesTheLastOfMembersOfOneName() {
        String e =
                "{\"request\":{\"url\":\"https://a.example.org/\",\"url\":\"https://b.example.org/\",\"method\":\"POST\","
                        + "\"postData\":{\"text\":\""
                        + "1".repeat(200)
                        + "\",\"text\":\""
                        + "2".repeat(150)
                        + "\"}}}";
        for (int limit : new int[] {16, 1 << 20}) {
            Told told = Told.read(ByteSource.of(har(e).getBytes(StandardCharsets.UTF_8)), limit);
            assertThat(told.entries.getFirst().exchange().host()).isEqualTo("b.example.org");
            assertThat(told.entries.getFirst().body(Side.INITIATOR).text())
                    .isEqualTo("2".repeat(150));
        }
    }

    @Test
    void saysWhatItCouldNotKeepOfAPipe() {
        String e = post("\"postData\":{\"text\":\"" + "z".repeat(1000) + "\"}");
        Told told = Told.read(Told.once(har(e).getBytes(StandardCharsets.UTF_8)), 2000);
        assertThat(told.entries.getFirst().body(Side.INITIATOR).text()).hasSize(1000);
        byte[] longer =
                har(post("\"postData\":{\"text\":\"" + "z".repeat(200_000) + "\"}"))
                        .getBytes(StandardCharsets.UTF_8);
        Told lost = Told.read(Told.once(longer), 100_000);
        Told.Part part = lost.entries.getFirst().body(Side.INITIATOR);
        assertThat(part.gaps).containsExactly(200_000 - part.bytes.size() + " BUDGET");
        assertThat(lost.entries.getFirst().anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LIMIT);
        String ws =
                "{\"request\":{\"url\":\"wss://example.org/\"},\"_webSocketMessages\":[{\"type\":\"send\",\"data\":\""
                        + "w".repeat(300)
                        + "\"}]}";
        Told frames = Told.read(Told.once(har(ws).getBytes(StandardCharsets.UTF_8)), 100);
        assertThat(frames.entries.getFirst().accounts)
                .anyMatch(a -> a.matches("INITIATOR example.org OPAQUE 30\\d BUDGET"));
    }

    // --- any order, any chunks, any limit

    @Test
    void tellsTheSameForAnyOrderOfMembersAnyChunksAndAnyLimit() {
        Random random = new Random(20240611);
        for (int i = 0; i < 1000; i++) {
            Object har = randomHar(random);
            String expected = all(Told.read(JSON.writeValueAsString(har)));
            byte[] shuffled =
                    JSON.writeValueAsString(shuffle(har, random)).getBytes(StandardCharsets.UTF_8);
            int limit = List.of(0, 1, 7, 40, 1 << 20).get(random.nextInt(5));
            assertThat(all(Told.read(Told.pieces(shuffled, 0, i), limit)))
                    .as("case %d limit %d", i, limit)
                    .isEqualTo(expected);
        }
    }

    private static String all(Told told) {
        assertThat(told.anomalies).isEmpty();
        StringBuilder s = new StringBuilder().append(told.totals).append('\n');
        for (Told.Entry e : told.entries) s.append(e.all()).append('\n');
        return s.toString();
    }

    /** Members of objects in another order; arrays keep theirs. */
    private static Object shuffle(Object o, Random random) {
        if (o instanceof Map<?, ?> m) {
            List<Map.Entry<?, ?>> members = new ArrayList<>(m.entrySet());
            Collections.shuffle(members, random);
            Map<Object, Object> other = new LinkedHashMap<>();
            for (Map.Entry<?, ?> e : members) other.put(e.getKey(), shuffle(e.getValue(), random));
            return other;
        }
        if (o instanceof List<?> l) return l.stream().map(x -> shuffle(x, random)).toList();
        return o;
    }

    private static Object randomHar(Random random) {
        List<Object> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("method", random.nextBoolean() ? "POST" : "GET");
            request.put(
                    "url",
                    "https://h"
                            + random.nextInt(9)
                            + ".example.org/p"
                            + (random.nextBoolean() ? "?q=" + random.nextInt() : ""));
            request.put("httpVersion", random.nextBoolean() ? "h2" : "HTTP/1.1");
            request.put("headers", pairs(random, "Content-Encoding"));
            request.put("cookies", pairs(random, "c"));
            request.put("queryString", pairs(random, "q"));
            request.put(
                    "_other",
                    Map.of(
                            "url",
                            "http://no.example.org/",
                            "headers",
                            List.of(1, Map.of("text", "x"))));
            Map<String, Object> post = new LinkedHashMap<>();
            if (random.nextInt(3) > 0) body(post, random);
            post.put("mimeType", random.nextBoolean() ? "a/b" : "multipart/form-data; boundary=q");
            List<Object> params = new ArrayList<>();
            for (int k = random.nextInt(4); k > 0; k--) {
                params.add(
                        Map.of(
                                "name",
                                text(random, 9),
                                "value",
                                text(random, 99),
                                "fileName",
                                "f" + k,
                                "contentType",
                                "t"));
            }
            post.put("params", params);
            if (random.nextInt(4) > 0) request.put("postData", post);
            if (random.nextInt(6) == 0) {
                Map<String, Object> content = new LinkedHashMap<>();
                body(content, random);
                request.put("_content", content);
            }
            Map<String, Object> content = new LinkedHashMap<>();
            if (random.nextBoolean()) body(content, random);
            content.put("mimeType", "c/d");
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("status", 200);
            response.put("headers", pairs(random, "Set-Cookie"));
            response.put("content", content);
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("startedDateTime", "2024-06-11T10:00:0" + random.nextInt(9) + ".5Z");
            entry.put("serverIPAddress", "192.0.2." + random.nextInt(250));
            entry.put("request", request);
            entry.put("response", response);
            List<Object> frames = new ArrayList<>();
            for (int k = random.nextInt(5); k > 0; k--) {
                boolean binary = random.nextBoolean();
                String data = text(random, 99);
                if (binary)
                    data =
                            Base64.getEncoder()
                                    .encodeToString(data.getBytes(StandardCharsets.UTF_8));
                frames.add(
                        Map.of(
                                "type",
                                random.nextBoolean() ? "send" : "receive",
                                "opcode",
                                binary ? 2 : 1,
                                "data",
                                data));
            }
            if (!frames.isEmpty()) entry.put("_webSocketMessages", frames);
            entries.add(entry);
        }
        return Map.of(
                "log", Map.of("entries", entries, "pages", List.of(Map.of("entries", List.of()))));
    }

    private static List<Object> pairs(Random random, String name) {
        List<Object> pairs = new ArrayList<>();
        for (int k = random.nextInt(4); k > 0; k--) {
            pairs.add(
                    Map.of(
                            "name",
                            random.nextInt(3) == 0 ? name : "n" + k,
                            "value",
                            text(random, 30)));
        }
        return pairs;
    }

    private static void body(Map<String, Object> into, Random random) {
        String text = text(random, 300);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(3)) {
            case 0 -> into.put("text", text);
            case 1 -> {
                into.put("text", Base64.getEncoder().encodeToString(utf8));
                into.put("encoding", "base64");
            }
            default -> {
                into.put("text", new String(utf8, StandardCharsets.ISO_8859_1));
                into.put("size", utf8.length);
            }
        }
    }

    private static String text(Random random, int longest) {
        StringBuilder s = new StringBuilder();
        for (int k = 1 + random.nextInt(longest); k > 0; k--) {
            switch (random.nextInt(12)) {
                case 0 -> s.append((char) random.nextInt(32));
                case 1 -> s.append("\"\\/&".charAt(random.nextInt(4)));
                case 2 -> s.appendCodePoint(0xA0 + random.nextInt(0x500));
                case 3 -> s.appendCodePoint(0x1F600 + random.nextInt(50));
                default -> s.append((char) ('a' + random.nextInt(26)));
            }
        }
        return s.toString();
    }

    @Test
    void survivesAnyDamage() {
        Random random = new Random(99);
        for (int i = 0; i < 3000; i++) {
            byte[] file = JSON.writeValueAsBytes(randomHar(random));
            for (int k = 1 + random.nextInt(6); k > 0; k--) {
                int at = random.nextInt(file.length);
                String syntax = "{}[]\",:\\u0n7-";
                if (random.nextBoolean()) {
                    file[at] = (byte) syntax.charAt(random.nextInt(syntax.length()));
                } else {
                    int from = random.nextInt(file.length);
                    int n = Math.min(random.nextInt(60), file.length - Math.max(at, from));
                    System.arraycopy(file, from, file, at, n);
                }
            }
            // Told holds the order of the calls to its contract; nothing may be thrown.
            Told told = Told.read(ByteSource.of(file), random.nextInt(100));
            assertThat(told.entries).allMatch(e -> e.closed);
        }
    }

    @Test
    void undoesEscapesAsJacksonDoes() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            String text = text(random, 200);
            StringBuilder json = new StringBuilder("\"");
            text.codePoints()
                    .forEach(p -> {
                        String s = Character.toString(p);
                        boolean escape = p < ' ' || p == '"' || p == '\\' || random.nextInt(4) == 0;
                        for (char c : s.toCharArray())
                            if (escape) json.append(String.format("\\u%04X", (int) c));
                        if (!escape) json.append(s);
                    });
            JsonNode node = JSON.readTree(json.append('"').toString());
            byte[] content = json.substring(1, json.length() - 1).getBytes(StandardCharsets.UTF_8);
            byte[] out = new byte[content.length + 6];
            JsonText undo = new JsonText();
            int n = undo.undo(content, 0, content.length, true, out, 0);
            n = undo.flush(out, n);
            assertThat(new String(out, 0, n, StandardCharsets.UTF_8)).isEqualTo(node.stringValue());
        }
    }
}
