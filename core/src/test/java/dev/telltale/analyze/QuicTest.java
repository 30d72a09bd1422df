package dev.telltale.analyze;

import static dev.telltale.analyze.H2Writer.ascii;
import static dev.telltale.analyze.H2Writer.join;
import static dev.telltale.analyze.QuicWriter.crypto;
import static dev.telltale.analyze.QuicWriter.encryptedExtensions;
import static dev.telltale.analyze.QuicWriter.h3;
import static dev.telltale.analyze.QuicWriter.headers;
import static dev.telltale.analyze.QuicWriter.section;
import static dev.telltale.analyze.QuicWriter.stream;
import static dev.telltale.analyze.QuicWriter.varint;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** What clients and servers at hand do not do on demand, in packets written for it. */
class QuicTest {
    private static final String HOST = "api.vendor.example";

    private final QuicWriter quic = new QuicWriter();

    private Transcript flow() {
        Transcript t = Transcript.udp(443);
        t.identityNames = false;
        t.secrets = Secrets.none();
        KeyLog.read(quic.keyLog().getBytes(StandardCharsets.US_ASCII), t.secrets);
        return t;
    }

    private Transcript connected(String alpn) {
        return answered(
                flow().sent(quic.clientInitial(crypto(quic.clientHello(HOST, alpn)))), alpn);
    }

    private Transcript answered(Transcript t, String alpn) {
        return t.answered(
                        join(
                                quic.serverInitial(crypto(quic.serverHello())),
                                quic.serverHandshake(crypto(encryptedExtensions(alpn)))))
                .sent(quic.clientHandshake(new byte[] {1}));
    }

    private static byte[] get(String path) {
        return headers(":method", "GET", ":scheme", "https", ":authority", HOST, ":path", path);
    }

    private static byte[] asks(int id, String path) {
        return stream(id, 0, true, get(path));
    }

    private static byte[] says(int id, String body) {
        byte[] answer = join(headers(":status", "200"), h3(0, ascii(body)));
        return stream(id, 0, true, answer);
    }

    private static long encrypted(Transcript t, Side side) {
        return t.accounted.getOrDefault(side, new java.util.TreeMap<>()).entrySet().stream()
                .filter(e -> e.getKey().contains("ENCRYPTED"))
                .mapToLong(java.util.Map.Entry::getValue)
                .sum();
    }

    private static void allOpen(Transcript t) {
        assertThat(encrypted(t, Side.INITIATOR)).isZero();
        assertThat(encrypted(t, Side.RESPONDER)).isZero();
        assertThat(t.anomalies).isEmpty();
    }

    @Test
    void updatesKeysMoreThanOnceAndReadsWhatComesLate() {
        Transcript t = connected("h3");
        t.sent(quic.client(asks(0, "/0?imei=867345021234563")));
        byte[] late = quic.client(asks(4, "/late"));
        quic.updateClient();
        t.sent(quic.client(asks(8, "/second?imsi=404450123456789")));
        t.sent(late);
        t.answered(quic.server(says(0, "zero")));
        quic.updateServer();
        t.answered(quic.server(says(8, "second")));
        quic.updateClient();
        t.sent(quic.client(asks(12, "/third")));
        quic.updateServer();
        t.answered(quic.server(says(12, "third")));
        t.play();
        assertThat(t.text())
                .contains("http/3 GET https://api.vendor.example:443 /0?imei=867345021234563\n")
                .contains(" /second?imsi=404450123456789\n")
                .contains(" /late\n")
                .contains(" /third\n")
                .contains("=zero")
                .contains("=second")
                .contains("=third");
        allOpen(t);
    }

    /** The coding of gRPC messages is said in the head, as over HTTP/2. */
    @Test
    void saysHowTheMessagesInABodyAreCoded() {
        byte[] call =
                join(
                        headers(
                                ":method",
                                "POST",
                                ":scheme",
                                "https",
                                ":authority",
                                HOST,
                                ":path",
                                "/a.B/Up",
                                "content-type",
                                "application/grpc",
                                "grpc-encoding",
                                "gzip"),
                        h3(0, ascii("imei=867345021234563")));
        Transcript t = connected("h3").sent(quic.client(stream(0, 0, true, call))).play();
        assertThat(t.text())
                .contains(" /a.B/Up\n")
                .contains("body[] application/grpc [] -1 gzip=imei=867345021234563");
        allOpen(t);
    }

    /** Two updates of which the packets between were not captured. */
    @Test
    void findsTheKeysAfterAnUpdateThatWasNotSeen() {
        Transcript t = connected("h3");
        t.sent(quic.client(asks(0, "/0")));
        quic.updateClient();
        quic.client(asks(4, "/never-captured"));
        quic.updateClient();
        t.sent(quic.client(asks(8, "/after?imei=867345021234563")));
        t.play();
        assertThat(t.text()).contains(" /after?imei=867345021234563\n");
        assertThat(t.text()).doesNotContain("/never-captured");
        allOpen(t);
    }

    @Test
    void opensEarlyDataBeforeAndBehindTheHelloItNeeds() {
        byte[] hello = quic.clientInitial(crypto(quic.clientHello(HOST, "h3")));
        byte[] one = quic.early(asks(0, "/early?imei=867345021234563"));
        byte[] two = quic.early(asks(4, "/earlier"));
        Transcript t = flow().sent(hello).sent(one).sent(two);
        answered(t, "h3").sent(quic.client(asks(8, "/then")));
        t.play();
        assertThat(t.text())
                .contains(" /early?imei=867345021234563\n")
                .contains(" /earlier\n")
                .contains(" /then\n");
        allOpen(t);
        // Coalesced, and ahead of the hello.
        Transcript swapped = flow().sent(two).sent(join(hello, one));
        answered(swapped, "h3").sent(quic.client(new byte[] {1, 0, 0, 0}));
        swapped.play();
        assertThat(swapped.text()).contains(" /early?imei=867345021234563\n");
        assertThat(swapped.text()).contains(" /earlier\n");
        allOpen(swapped);
    }

    @Test
    void searchesDatagrams() {
        byte[] payload = ascii("imei=867345021234563 as it is, in a datagram");
        Transcript h3 =
                connected("h3")
                        .sent(quic.client(QuicWriter.datagram(join(varint(0), payload))))
                        .play();
        assertThat(h3.parts(Side.INITIATOR))
                .contains("frame[datagram]=imei=867345021234563 as it is, in a datagram");
        allOpen(h3);
        QuicTest other = new QuicTest();
        Transcript t =
                other.connected("vendor-push")
                        .sent(other.quic.client(QuicWriter.datagram(payload)))
                        .play();
        assertThat(t.text()).contains("imei=867345021234563 as it is, in a datagram");
        allOpen(t);
    }

    @Test
    void beginsAnewAfterVersionNegotiation() {
        byte[] refused = quic.clientInitial(crypto(quic.clientHello(HOST, "h3")));
        Transcript t = flow().sent(refused);
        t.answered(
                QuicWriter.versionNegotiation(
                        quic.clientId, quic.original, 0x6b3343cf, 0x0a1a2a3a));
        quic.original = QuicWriter.hex("0102030405060708090a");
        t.sent(quic.clientInitial(crypto(quic.clientHello(HOST, "h3"))));
        answered(t, "h3").sent(quic.client(asks(0, "/agreed?imei=867345021234563"))).play();
        assertThat(t.text()).contains(" /agreed?imei=867345021234563\n");
        allOpen(t);
    }

    @Test
    void tellsAPushAsWhatTheServerSaid() {
        byte[] promise =
                h3(
                        5,
                        join(
                                varint(0),
                                section(
                                        ":method",
                                        "GET",
                                        ":scheme",
                                        "https",
                                        ":authority",
                                        HOST,
                                        ":path",
                                        "/pushed.js")));
        byte[] pushed = join(varint(1), varint(0), headers(":status", "200"), h3(0, ascii("push")));
        Transcript t =
                connected("h3")
                        .sent(quic.client(asks(0, "/page")))
                        .answered(
                                quic.server(
                                        stream(
                                                0,
                                                0,
                                                true,
                                                join(
                                                        promise,
                                                        headers(":status", "200"),
                                                        h3(0, ascii("page"))))))
                        .answered(quic.server(stream(15, 0, true, pushed)))
                        .play();
        assertThat(t.parts(Side.RESPONDER)).anyMatch(p -> p.endsWith("=push"));
        assertThat(t.parts(Side.RESPONDER)).anyMatch(p -> p.endsWith("=page"));
        assertThat(t.text()).contains("GET https://api.vendor.example:443 /pushed.js\n");
        assertThat(t.parts(Side.INITIATOR)).noneMatch(p -> p.contains("/pushed.js"));
        allOpen(t);
    }

    private static byte[] connect(String... more) {
        String[] all = Arrays.copyOf(new String[] {":method", "CONNECT"}, 2 + more.length);
        System.arraycopy(more, 0, all, 2, more.length);
        return headers(all);
    }

    @Test
    void readsOnInsideAConnect() {
        byte[] asked = connect(":authority", "inner.example:80");
        byte[] inside =
                Transcript.bytes("GET /in?imei=867345021234563 HTTP/1.1\nHost: inner.example\n\n");
        byte[] request = join(asked, h3(0, inside));
        byte[] answer =
                join(
                        headers(":status", "200"),
                        h3(0, Transcript.bytes("HTTP/1.1 200 OK\nContent-Length: 2\n\nok")));
        Transcript t =
                connected("h3")
                        .sent(quic.client(stream(0, 0, false, asked)))
                        .answered(quic.server(stream(0, 0, true, answer)))
                        .sent(
                                quic.client(
                                        stream(
                                                0,
                                                asked.length,
                                                true,
                                                Arrays.copyOfRange(
                                                        request, asked.length, request.length))))
                        .play();
        assertThat(t.text())
                .contains("http/3 CONNECT https://inner.example:80 inner.example:80\n")
                .contains(" /in?imei=867345021234563\n");
        assertThat(t.exchanges)
                .anyMatch(e ->
                        e.exchange.protocol().equals("http/1.1")
                                && e.exchange.host().equals("inner.example"));
        allOpen(t);
    }

    /** A server that will not connect answers with a page, which is no stream of its own. */
    @Test
    void readsTheAnswerOfOneThatWasRefused() {
        byte[] page =
                join(headers(":status", "403", "content-type", "text/plain"), h3(0, ascii("no")));
        Transcript t =
                connected("h3")
                        .sent(
                                quic.client(
                                        stream(0, 0, true, connect(":authority", "in.example:80"))))
                        .answered(quic.server(stream(0, 0, true, page)))
                        .play();
        assertThat(t.parts(Side.RESPONDER)).contains("body[] text/plain [] -1=no");
        allOpen(t);
    }

    /** RFC 9220: the messages belong to the request that opened the stream. */
    @Test
    void webSocketMessagesBelongToTheConnect() {
        byte[] open =
                connect(
                        ":protocol",
                        "websocket",
                        ":scheme",
                        "https",
                        ":authority",
                        HOST,
                        ":path",
                        "/chat",
                        "sec-websocket-extensions",
                        "permessage-deflate");
        Deflater d = new Deflater(9, true);
        byte[] said = WebSocketTest.text(true, "imei=867345021234563");
        String json = "{\"seq\":1,\"imsi\":\"404450123456789\"}";
        byte[] closed = WebSocketTest.frame(0xc1, true, WebSocketTest.deflated(d, json));
        byte[] frames =
                join(
                        said,
                        closed,
                        WebSocketTest.frame(0xc1, true, WebSocketTest.deflated(d, json)));
        // Cut into DATA frames in the middle of messages.
        byte[] all =
                join(
                        open,
                        h3(0, Arrays.copyOf(frames, 9)),
                        h3(0, Arrays.copyOfRange(frames, 9, said.length + 7)),
                        h3(0, Arrays.copyOfRange(frames, said.length + 7, frames.length)));
        byte[] answer = join(headers(":status", "200"), h3(0, WebSocketTest.text(false, "hello")));
        int cut = open.length + 20;
        Transcript t =
                connected("h3")
                        .sent(quic.client(stream(0, 0, false, Arrays.copyOf(all, cut))))
                        .answered(quic.server(stream(0, 0, true, answer)))
                        .sent(
                                quic.client(
                                        stream(
                                                0,
                                                cut,
                                                true,
                                                Arrays.copyOfRange(all, cut, all.length))))
                        .play();
        List<Transcript.Exchanged> http =
                t.exchanges.stream().filter(e -> e.exchange.protocol().equals("http/3")).toList();
        assertThat(http).hasSize(1);
        assertThat(http.getFirst().exchange.operation()).isEqualTo("CONNECT");
        List<String> told = new ArrayList<>();
        for (Transcript.Told m : http.getFirst().messages)
            for (String p : m.parts) if (p.startsWith("frame")) told.add(m.side + " " + p);
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "INITIATOR frame[]=imei=867345021234563",
                        "INITIATOR frame[]=" + json,
                        "INITIATOR frame[]=" + json,
                        "RESPONDER frame[]=hello");
        assertThat(t.exchanges).noneMatch(e -> e.exchange.protocol().equals("websocket"));
        allOpen(t);
    }

    /** RFC 9250: a query a stream, behind its length. */
    @Test
    void readsDnsOverQuic() {
        byte[] query =
                join(
                        QuicWriter.hex("000001000001000000000000"),
                        QuicWriter.hex("04"),
                        ascii("imei"),
                        QuicWriter.hex("07"),
                        ascii("example"),
                        QuicWriter.hex("0000010001"));
        byte[] answer =
                join(
                        QuicWriter.hex("000081800001000100000000"),
                        Arrays.copyOfRange(query, 12, query.length),
                        QuicWriter.hex("c00c000100010000003c0004c6336407"));
        Transcript t =
                connected("doq")
                        .sent(quic.client(stream(0, 0, true, behindLength(query))))
                        .answered(quic.server(stream(0, 0, true, behindLength(answer))))
                        .play();
        assertThat(t.exchanges).anyMatch(e -> e.exchange.protocol().equals("dns"));
        assertThat(t.text()).contains("imei.example");
        assertThat(t.names).contains("198.51.100.7=imei.example");
        allOpen(t);
    }

    private static byte[] behindLength(byte[] b) {
        return join(new byte[] {(byte) (b.length >> 8), (byte) b.length}, b);
    }

    @Test
    void damagedItNeitherThrowsNorLosesCount() {
        Transcript t = connected("h3");
        for (int id = 0; id < 40; id += 4) {
            if (id % 12 == 8) quic.updateClient();
            t.sent(quic.client(asks(id, "/" + id + "?imei=867345021234563")));
            t.answered(quic.server(says(id, "answer " + id)));
        }
        Damage.check(t, 60);
        t.play();
        for (int id = 0; id < 40; id += 4) assertThat(t.text()).contains(" /" + id + "?imei=");
    }
}
