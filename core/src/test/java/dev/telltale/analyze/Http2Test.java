package dev.telltale.analyze;

import static dev.telltale.analyze.H2Writer.CONTINUATION;
import static dev.telltale.analyze.H2Writer.DATA;
import static dev.telltale.analyze.H2Writer.END_HEADERS;
import static dev.telltale.analyze.H2Writer.END_STREAM;
import static dev.telltale.analyze.H2Writer.HEADERS;
import static dev.telltale.analyze.H2Writer.PADDED;
import static dev.telltale.analyze.H2Writer.PING;
import static dev.telltale.analyze.H2Writer.PRIORITY;
import static dev.telltale.analyze.H2Writer.PUSH_PROMISE;
import static dev.telltale.analyze.H2Writer.RST_STREAM;
import static dev.telltale.analyze.H2Writer.SETTINGS;
import static dev.telltale.analyze.H2Writer.ascii;
import static dev.telltale.analyze.H2Writer.fields;
import static dev.telltale.analyze.H2Writer.frame;
import static dev.telltale.analyze.H2Writer.indexed;
import static dev.telltale.analyze.H2Writer.join;
import static dev.telltale.analyze.H2Writer.padded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Frames as RFC 9113 has them, and as losses leave them. */
class Http2Test {
    private static final int WHOLE = END_HEADERS | END_STREAM;

    private static byte[] get(int stream, String path) {
        return frame(
                HEADERS,
                WHOLE,
                stream,
                fields(
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "a.example",
                        ":path",
                        path));
    }

    private static byte[] ok(int stream, String body) {
        return join(
                frame(HEADERS, END_HEADERS, stream, fields(":status", "200", "x-n", "" + stream)),
                frame(DATA, END_STREAM, stream, ascii(body)));
    }

    private static final byte[] SERVER = frame(SETTINGS, 0, 0, new byte[0]);

    private static Transcript priorKnowledge() {
        return Transcript.tcp().sent(new H2Writer().preface().bytes()).answered(SERVER);
    }

    @Test
    void requestsAndAnswersInAnyOrder() {
        Transcript t =
                priorKnowledge()
                        .sent(join(get(1, "/1?imei=867345021234563"), get(3, "/3"), get(5, "/5")))
                        .answered(join(ok(5, "five"), ok(1, "one"), ok(3, "three")))
                        .play();
        assertThat(t.text())
                .contains("http/2 GET http://a.example:80 /1?imei=867345021234563\n")
                .contains("GET http://a.example:80 /3\n")
                .contains("=five")
                .contains("=one");
        assertThat(t.identified).contains("http/2 a.example NONE ");
        assertThat(t.anomalies).isEmpty();
    }

    @Test
    void continuationPaddingPriorityAndTrailers() {
        byte[] block =
                fields(
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":authority",
                        "a.example",
                        ":path",
                        "/up",
                        "content-type",
                        "application/grpc",
                        "grpc-encoding",
                        "gzip");
        byte[] priority = {0, 0, 0, 0, 16};
        Transcript t =
                priorKnowledge()
                        .sent(
                                new H2Writer()
                                        .add(
                                                HEADERS,
                                                PADDED | PRIORITY,
                                                1,
                                                padded(7, join(priority, Arrays.copyOf(block, 11))))
                                        .add(CONTINUATION, 0, 1, Arrays.copyOfRange(block, 11, 30))
                                        .add(
                                                CONTINUATION,
                                                END_HEADERS,
                                                1,
                                                Arrays.copyOfRange(block, 30, block.length))
                                        .add(DATA, PADDED, 1, padded(200, ascii("imei=8673")))
                                        .add(PING, 0, 0, new byte[8])
                                        .add(DATA, PADDED, 1, padded(0, ascii("45021234563")))
                                        .add(
                                                HEADERS,
                                                WHOLE,
                                                1,
                                                fields("x-checksum", "404450123456789"))
                                        .bytes())
                        .answered(ok(1, "thanks"))
                        .play();
        assertThat(t.text()).contains("POST http://a.example:80 /up\n");
        assertThat(t.parts(Side.INITIATOR))
                .contains("body[] application/grpc [] -1 gzip=imei=867345021234563")
                .contains("header[x-checksum]=404450123456789");
        assertThat(t.anomalies).isEmpty();
    }

    @Test
    void pushIsNoRequestOfThePhone() {
        Transcript t =
                priorKnowledge()
                        .sent(get(1, "/page"))
                        .answered(
                                join(
                                        frame(
                                                PUSH_PROMISE,
                                                END_HEADERS,
                                                1,
                                                join(
                                                        new byte[] {0, 0, 0, 2},
                                                        fields(
                                                                ":method",
                                                                "GET",
                                                                ":scheme",
                                                                "http",
                                                                ":authority",
                                                                "a.example",
                                                                ":path",
                                                                "/pushed"))),
                                        ok(1, "page"),
                                        ok(2, "pushed too")))
                        .play();
        assertThat(t.text()).contains("=pushed too");
        assertThat(t.parts(Side.INITIATOR)).noneMatch(p -> p.contains("/pushed"));
    }

    @Test
    void upgradedFromHttp1() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "GET /first HTTP/1.1\nHost: a.example\nConnection: Upgrade, HTTP2-Settings\n"
                                        + "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n\n")
                        .answered(
                                "HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: h2c\n\n")
                        .answered(join(SERVER, ok(1, "to the first")))
                        .sent(new H2Writer().preface().bytes())
                        .sent(get(3, "/second"))
                        .answered(ok(3, "to the second"))
                        .play();
        assertThat(t.text())
                .contains("http/1.1 GET http://a.example:80 /first\n")
                .contains("http/2 GET http://a.example:80 /second\n")
                .contains("=to the first")
                .contains("=to the second");
    }

    /** RFC 8441: what is inside is read as a connection of its own. */
    @Test
    void connectedStreamsAreReadOn() {
        byte[] open =
                frame(
                        HEADERS,
                        END_HEADERS,
                        1,
                        fields(
                                ":method",
                                "CONNECT",
                                ":protocol",
                                "websocket",
                                ":scheme",
                                "https",
                                ":authority",
                                "chat.example",
                                ":path",
                                "/chat"));
        byte[] inside = Transcript.bytes("GET /inner?imei=867345021234563 HTTP/1.1\nHost: in\n\n");
        byte[] answer = Transcript.bytes("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
        Transcript t =
                priorKnowledge()
                        .sent(join(open, get(3, "/beside")))
                        .answered(frame(HEADERS, END_HEADERS, 1, fields(":status", "200")))
                        .sent(
                                join(
                                        frame(DATA, 0, 1, Arrays.copyOf(inside, 20)),
                                        get(5, "/between"),
                                        frame(
                                                DATA,
                                                PADDED,
                                                1,
                                                padded(
                                                        3,
                                                        Arrays.copyOfRange(
                                                                inside, 20, inside.length)))))
                        .answered(join(ok(3, "three"), frame(DATA, 0, 1, answer)))
                        .sent(frame(DATA, END_STREAM, 1, new byte[0]))
                        .answered(frame(DATA, END_STREAM, 1, new byte[0]))
                        .play();
        assertThat(t.text())
                .contains("CONNECT https://chat.example:80 /chat\n")
                .contains("http/1.1 GET http://in:80 /inner?imei=867345021234563\n")
                .contains("GET http://a.example:80 /beside\n")
                .contains("GET http://a.example:80 /between\n");
        assertThat(t.parts(Side.RESPONDER)).anyMatch(p -> p.endsWith("=ok"));
        for (int longest : new int[] {1, 9})
            assertThat(t.again().play(new Random(1), longest).canonical()).isEqualTo(t.canonical());
    }

    /** RFC 8441: the messages belong to the request that opened the stream. */
    @Test
    void webSocketMessagesBelongToTheConnect() {
        byte[] open =
                frame(
                        HEADERS,
                        END_HEADERS,
                        1,
                        fields(
                                ":method",
                                "CONNECT",
                                ":protocol",
                                "websocket",
                                ":scheme",
                                "https",
                                ":authority",
                                "push.example",
                                ":path",
                                "/chat?room=7",
                                "sec-websocket-extensions",
                                "permessage-deflate"));
        Deflater d = new Deflater(9, true);
        byte[] plain = WebSocketTest.text(true, "imei=490154203237518");
        byte[] first =
                WebSocketTest.frame(
                        0xc1,
                        true,
                        WebSocketTest.deflated(d, "{\"seq\":1,\"imsi\":\"404450123456789\"}"));
        byte[] second =
                WebSocketTest.frame(
                        0xc1,
                        true,
                        WebSocketTest.deflated(d, "{\"seq\":2,\"imsi\":\"404450123456789\"}"));
        byte[] ping = WebSocketTest.frame(0x89, true, ascii("are you there"));
        byte[] pong = WebSocketTest.frame(0x8a, false, ascii("are you there"));
        Transcript t =
                priorKnowledge()
                        .sent(open)
                        .answered(frame(HEADERS, END_HEADERS, 1, fields(":status", "200")))
                        // A message in two frames of HTTP/2, between them another stream's.
                        .sent(frame(DATA, 0, 1, Arrays.copyOf(plain, 11)))
                        .sent(get(3, "/beside"))
                        .sent(frame(DATA, 0, 1, Arrays.copyOfRange(plain, 11, plain.length)))
                        .sent(frame(DATA, 0, 1, join(first, Arrays.copyOf(second, 9))))
                        .sent(
                                frame(
                                        DATA,
                                        PADDED,
                                        1,
                                        padded(5, Arrays.copyOfRange(second, 9, second.length))))
                        .sent(frame(DATA, 0, 1, Arrays.copyOf(ping, 9)))
                        .sent(frame(DATA, 0, 1, Arrays.copyOfRange(ping, 9, ping.length)))
                        .answered(frame(DATA, 0, 1, Arrays.copyOf(pong, 8)))
                        .answered(ok(3, "three"))
                        .answered(frame(DATA, 0, 1, Arrays.copyOfRange(pong, 8, pong.length)))
                        .answered(frame(DATA, 0, 1, WebSocketTest.text(false, "hello, phone")))
                        .sent(frame(DATA, END_STREAM, 1, new byte[0]))
                        .answered(frame(DATA, END_STREAM, 1, new byte[0]));
        Transcript whole = Damage.check(t, 60);
        assertThat(whole.anomalies).isEmpty();
        assertThat(whole.exchanges).hasSize(2);
        Transcript.Exchanged e = whole.exchanges.getFirst();
        assertThat(e.exchange.operation()).isEqualTo("CONNECT");
        assertThat(new String(e.exchange.target(), StandardCharsets.ISO_8859_1))
                .isEqualTo("/chat?room=7");
        List<String> all = new ArrayList<>();
        for (Transcript.Told m : e.messages)
            for (String p : m.parts) if (p.startsWith("frame")) all.add(m.side + " " + p);
        assertThat(all)
                .containsExactlyInAnyOrder(
                        "INITIATOR frame[]=imei=490154203237518",
                        "INITIATOR frame[]={\"seq\":1,\"imsi\":\"404450123456789\"}",
                        "INITIATOR frame[]={\"seq\":2,\"imsi\":\"404450123456789\"}",
                        "INITIATOR frame[ping]=are you there",
                        "RESPONDER frame[pong]=are you there",
                        "RESPONDER frame[]=hello, phone");
        assertThat(whole.identified).anyMatch(i -> i.startsWith("websocket push.example"));
    }

    /** A gap inside a header block: no request is told that was never made. */
    @Test
    void aFieldThatAGapCutsMakesNoOtherRequest() {
        String path = "/v1/activate?imei=867345021234563&end";
        byte[] request = get(1, path);
        int told = 0;
        for (int at = 9; at < request.length; at++) {
            Transcript t =
                    priorKnowledge()
                            .sent(Arrays.copyOf(request, at))
                            .lost(Side.INITIATOR, request.length - at)
                            .sent(get(3, "/next"))
                            .answered(ok(1, "one"))
                            .play();
            for (Transcript.Exchanged e : t.exchanges)
                assertThat(new String(e.exchange.target(), StandardCharsets.ISO_8859_1))
                        .as("cut at " + at)
                        .isIn("", path, "/next");
            assertThat(t.exchanges).allMatch(e -> e.exchange.host().matches("a\\.example|"));
            if (t.parts(Side.INITIATOR)
                    .contains("header[:path\u2026]=/v1/activate?imei=867345021234563")) {
                told++;
                assertThat(t.anomalies)
                        .anyMatch(a -> a.text().contains("is not whole; it is told"));
            }
        }
        assertThat(told).isEqualTo(1);
    }

    /**
     * A table that was filled before the capture: what refers to it is unknown and nothing more.
     */
    @Test
    void joinedMidway() {
        byte[] head =
                join(
                        new byte[] {(byte) 0xbe, (byte) 0x82, (byte) 0x86, (byte) 0xc5},
                        indexed(":path", "/known?imei=867345021234563"));
        Transcript t =
                Transcript.tcp()
                        .midway()
                        .sent(
                                join(
                                        frame(HEADERS, WHOLE, 7, head),
                                        // The same, by the entry just seen.
                                        frame(
                                                HEADERS,
                                                WHOLE,
                                                9,
                                                new byte[] {(byte) 0x82, (byte) 0xbe})))
                        .answered(join(ok(7, "seven"), ok(9, "nine")))
                        .play();
        assertThat(t.exchanges.stream().map(e -> new String(e.exchange.target())))
                .filteredOn(x -> x.equals("/known?imei=867345021234563"))
                .hasSize(2);
        assertThat(t.anomalies.toString()).contains("not seen");
        assertThat(t.accounted.get(Side.INITIATOR).toString()).contains("MISSING");
    }

    @Test
    void gapsAnywhereAndTheNextRequestIsFound() {
        byte[] requests =
                join(
                        get(1, "/1"),
                        frame(
                                HEADERS,
                                END_HEADERS,
                                3,
                                fields(
                                        ":method",
                                        "POST",
                                        ":scheme",
                                        "http",
                                        ":authority",
                                        "a.example",
                                        ":path",
                                        "/3")),
                        frame(DATA, END_STREAM, 3, ascii("some body of a request")));
        byte[] next = join(get(5, "/5"), get(7, "/7"), get(9, "/9"));
        for (int size : new int[] {1, 9, 60}) {
            for (int at = 0; at + size <= requests.length; at++) {
                Transcript t = priorKnowledge();
                t.sent(Arrays.copyOf(requests, at))
                        .lost(Side.INITIATOR, size)
                        .sent(Arrays.copyOfRange(requests, at + size, requests.length))
                        .sent(next)
                        .answered(join(ok(1, "one"), ok(3, "three"), ok(5, "five"), ok(9, "nine")));
                assertThat(t.play().text())
                        .as("gap of " + size + " at " + at)
                        .contains("/9\n")
                        .contains("=nine");
                String expected = t.canonical();
                assertThat(t.again().play(new Random(at), 5).canonical()).isEqualTo(expected);
            }
        }
    }

    /** Streams that interleave, with everything that frames may have. */
    static Transcript conversation(Random r) {
        Transcript t = r.nextInt(4) == 0 ? Transcript.tcp().midway() : priorKnowledge();
        List<byte[]> up = new ArrayList<>();
        List<byte[]> down = new ArrayList<>();
        int n = 1 + r.nextInt(5);
        for (int k = 0; k < n; k++) {
            int id = 2 * k + 1;
            String[] head = {
                ":method",
                r.nextBoolean() ? "GET" : "POST",
                ":scheme",
                "https",
                ":authority",
                "h" + r.nextInt(3) + ".example",
                ":path",
                "/" + k + "?q=" + r.nextInt(99)
            };
            byte[] block = r.nextBoolean() ? fields(head) : indexed(head);
            boolean body = head[1].equals("POST");
            up.add(split(r, id, block, body ? 0 : END_STREAM));
            if (body) {
                for (int p = r.nextInt(4); p > 0; p--) up.add(data(r, id, 0));
                up.add(
                        r.nextBoolean()
                                ? data(r, id, END_STREAM)
                                : frame(HEADERS, WHOLE, id, fields("x-trailer", "1")));
            }
            down.add(split(r, id, fields(":status", "200"), 0));
            for (int p = r.nextInt(4); p > 0; p--) down.add(data(r, id, 0));
            down.add(
                    r.nextInt(6) == 0
                            ? frame(RST_STREAM, 0, id, new byte[4])
                            : data(r, id, END_STREAM));
        }
        if (r.nextBoolean()) up.add(frame(0x7f, r.nextInt(256), 0, new byte[r.nextInt(30)]));
        if (r.nextBoolean()) {
            up.forEach(t::sent);
            down.forEach(t::answered);
        } else {
            for (int i = 0; i < Math.max(up.size(), down.size()); i++) {
                if (i < up.size()) t.sent(up.get(i));
                if (i < down.size()) t.answered(down.get(i));
            }
        }
        return t;
    }

    private static byte[] split(Random r, int id, byte[] block, int flags) {
        if (r.nextInt(3) > 0) return frame(HEADERS, flags | END_HEADERS, id, block);
        int cut = r.nextInt(block.length);
        return join(
                frame(HEADERS, flags | PADDED, id, padded(r.nextInt(9), Arrays.copyOf(block, cut))),
                frame(CONTINUATION, END_HEADERS, id, Arrays.copyOfRange(block, cut, block.length)));
    }

    private static byte[] data(Random r, int id, int flags) {
        byte[] b = new byte[r.nextInt(80)];
        r.nextBytes(b);
        return r.nextBoolean()
                ? frame(DATA, flags, id, b)
                : frame(DATA, flags | PADDED, id, padded(r.nextInt(20), b));
    }

    @Test
    void anyChunkingGivesTheSameExchanges() {
        for (int seed = 0; seed < 400; seed++) {
            Transcript t = conversation(new Random(seed)).play();
            for (int longest : new int[] {1, 7, 100})
                assertThat(t.again().play(new Random(seed + 1), longest).canonical())
                        .as("seed " + seed + ", pieces up to " + longest)
                        .isEqualTo(t.canonical());
        }
    }

    @Test
    void corruptedTruncatedAndGappedItNeitherThrowsNorLosesCount() {
        for (int seed = 0; seed < 3000; seed++) {
            Random r = new Random(seed);
            Transcript t = conversation(r);
            t.identityNames = false;
            int which = r.nextInt(t.script.size());
            Transcript.Event e = t.script.get(which);
            byte[] b = e.bytes().clone();
            switch (r.nextInt(3)) {
                case 0 -> {
                    for (int k = 0; k < 3; k++) b[r.nextInt(b.length)] = (byte) r.nextInt();
                    t.script.set(which, new Transcript.Event(e.side(), b, 0));
                }
                case 1 -> {
                    int n = 1 + r.nextInt(b.length);
                    t.script.set(which, new Transcript.Event(e.side(), new byte[0], n));
                    t.script.add(
                            which + 1,
                            new Transcript.Event(e.side(), Arrays.copyOfRange(b, n, b.length), 0));
                }
                default -> {
                    while (t.script.size() > which + 1) t.script.removeLast();
                    t.script.set(
                            which,
                            new Transcript.Event(
                                    e.side(), Arrays.copyOf(b, r.nextInt(b.length)), 0));
                }
            }
            List<String> expected = exchanges(t.play());
            assertThat(exchanges(t.again().play(new Random(seed), 1 + r.nextInt(30))))
                    .as("seed " + seed)
                    .isEqualTo(expected);
        }
    }

    /** In no order: where frames are damaged, when an exchange shows depends on what came. */
    private static List<String> exchanges(Transcript t) {
        return Arrays.stream(t.canonical().split("(?m)^(?=http/2)")).sorted().toList();
    }
}
