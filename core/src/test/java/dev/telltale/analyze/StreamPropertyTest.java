package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What holds of every conversation: chunking changes nothing, every byte is accounted for once,
 * nothing throws. {@link Transcript} checks sums, offsets and the order of calls on each play.
 */
class StreamPropertyTest {
    private static final String[] METHODS = {
        "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "BREW"
    };

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] random(Random r, int n) {
        byte[] b = new byte[n];
        r.nextBytes(b);
        return b;
    }

    /** A conversation of a few requests and responses, some of them wrong. */
    static Transcript conversation(Random r) {
        Transcript t = Transcript.tcp();
        if (r.nextInt(6) == 0) t.midway();
        if (r.nextBoolean()) t.endingWith(StreamEvent.How.END_OF_CAPTURE);
        boolean pipelined = r.nextInt(3) == 0;
        List<byte[]> requests = new ArrayList<>();
        List<byte[]> responses = new ArrayList<>();
        int n = 1 + r.nextInt(4);
        for (int i = 0; i < n; i++) {
            String method = METHODS[r.nextInt(METHODS.length)];
            String eol = r.nextInt(5) == 0 ? "\n" : "\r\n";
            requests.add(
                    message(
                            r,
                            method + " /" + i + "?q=" + r.nextInt(1000) + " HTTP/1.1",
                            eol,
                            true,
                            method.equals("HEAD")));
            String status =
                    switch (r.nextInt(8)) {
                        case 0 -> "204 No Content";
                        case 1 -> "304 Not Modified";
                        case 2 -> "x";
                        default -> "200 OK";
                    };
            byte[] response =
                    message(
                            r,
                            "HTTP/1.1 " + status,
                            eol,
                            false,
                            method.equals("HEAD")
                                    || status.startsWith("204")
                                    || status.startsWith("304"));
            if (r.nextInt(5) == 0)
                response = concat(ascii("HTTP/1.1 100 Continue\r\n\r\n"), response);
            responses.add(response);
        }
        if (r.nextInt(6) == 0) {
            requests.add(ascii("CONNECT b.example:443 HTTP/1.1\r\n\r\n"));
            responses.add(ascii("HTTP/1.1 200 OK\r\n\r\n"));
            requests.add(
                    r.nextBoolean()
                            ? ascii("GET /inner HTTP/1.1\r\nHost: in\r\n\r\n")
                            : random(r, 40));
            responses.add(ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        }
        if (pipelined) {
            requests.forEach(t::sent);
            responses.forEach(t::answered);
        } else {
            for (int i = 0; i < requests.size(); i++)
                t.sent(requests.get(i)).answered(responses.get(i));
        }
        return t;
    }

    private static byte[] message(
            Random r, String start, String eol, boolean request, boolean bodiless) {
        StringBuilder head = new StringBuilder(start).append(eol);
        if (request) head.append("Host: example.org").append(eol);
        if (r.nextInt(4) == 0) head.append("X-Fold: a").append(eol).append(" b").append(eol);
        if (r.nextInt(8) == 0) head.append("no colon").append(eol);
        if (request && r.nextInt(5) == 0) head.append("Expect: 100-continue").append(eol);
        byte[] body =
                r.nextInt(3) == 0
                        ? ascii("GET /not HTTP/1.1\r\nHTTP/1.1 200 OK\r\n\r\n")
                        : random(r, r.nextInt(300));
        if (bodiless) return concat(ascii(head + eol));
        switch (r.nextInt(4)) {
            case 0 -> {
                int lie = r.nextInt(6) == 0 ? r.nextInt(9) - 4 : 0;
                head.append("Content-Length: ")
                        .append(Math.max(0, body.length + lie))
                        .append(eol)
                        .append(eol);
                return concat(ascii(head.toString()), body);
            }
            case 1 -> {
                head.append("Transfer-Encoding: chunked").append(eol).append(eol);
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.writeBytes(ascii(head.toString()));
                for (int i = 0; i < body.length; ) {
                    int n = Math.min(1 + r.nextInt(100), body.length - i);
                    out.writeBytes(
                            ascii(
                                    Integer.toHexString(n)
                                            + (r.nextInt(4) == 0 ? ";x=y" : "")
                                            + eol));
                    out.write(body, i, n);
                    out.writeBytes(ascii(r.nextInt(60) == 0 ? "!" : eol));
                    i += n;
                }
                out.writeBytes(
                        ascii("0" + eol + (r.nextInt(3) == 0 ? "X-Trailer: 1" + eol : "") + eol));
                return out.toByteArray();
            }
            default -> {
                return concat(ascii(head + (request ? "" : "Content-Length: 0" + eol) + eol));
            }
        }
    }

    private static byte[] concat(byte[]... all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] b : all) out.writeBytes(b);
        return out.toByteArray();
    }

    @Test
    void anyChunkingOfAConversationGivesTheSameExchanges() {
        for (int seed = 0; seed < 1000; seed++) {
            Transcript t = conversation(new Random(seed)).play();
            String expected = t.canonical();
            for (int longest : new int[] {1, 7, 100}) {
                assertThat(t.again().play(new Random(seed + 1), longest).canonical())
                        .as("seed " + seed + ", pieces up to " + longest)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void anyChunkingWithGapsGivesTheSameExchanges() {
        for (int seed = 0; seed < 1000; seed++) {
            Random r = new Random(seed);
            Transcript t = withGap(conversation(r), r).play();
            String expected = t.canonical();
            for (int longest : new int[] {1, 50})
                assertThat(t.again().play(new Random(seed + 1), longest).canonical())
                        .as("seed " + seed + ", pieces up to " + longest)
                        .isEqualTo(expected);
        }
    }

    private static Transcript withGap(Transcript t, Random r) {
        Transcript g = t.again();
        List<Transcript.Event> script = new ArrayList<>(g.script);
        g.script.clear();
        int where = r.nextInt(script.size());
        for (int i = 0; i < script.size(); i++) {
            Transcript.Event e = script.get(i);
            if (i != where) {
                g.script.add(e);
                continue;
            }
            int from = r.nextInt(e.bytes().length + 1);
            int to = Math.min(e.bytes().length, from + r.nextInt(200));
            cut(g, e, from, to);
        }
        return g;
    }

    /** The event without {@code [from, to)}, at least a byte of which is lost. */
    private static void cut(Transcript g, Transcript.Event e, int from, int to) {
        byte[] b = e.bytes();
        g.script.add(new Transcript.Event(e.side(), java.util.Arrays.copyOf(b, from), 0));
        g.script.add(new Transcript.Event(e.side(), new byte[0], Math.max(1, to - from)));
        g.script.add(
                new Transcript.Event(e.side(), java.util.Arrays.copyOfRange(b, to, b.length), 0));
    }

    @Test
    void gapsAtEveryPositionAreAccountedForAndTheNextRequestIsFound() {
        byte[] request =
                Transcript.bytes(
                        "POST /1 HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n5\nhello\n0\nX-T: 1\n\n");
        byte[] response = Transcript.bytes("HTTP/1.1 200 OK\nContent-Length: 4\n\nbody");
        byte[] next = Transcript.bytes("GET /2 HTTP/1.1\nHost: a\n\n");
        byte[] last = Transcript.bytes("HTTP/1.1 200 OK\nContent-Length: 3\n\nend");
        for (int size : new int[] {1, 3, 20}) {
            for (int at = 0; at < request.length; at++) {
                Transcript t = Transcript.tcp();
                cut(
                        t,
                        new Transcript.Event(Side.INITIATOR, request, 0),
                        at,
                        Math.min(request.length, at + size));
                t.answered(response).sent(next).answered(last);
                assertThat(t.play().text()).as("gap at " + at).contains("GET http://a:80 /2\n");
            }
            for (int at = 0; at < response.length; at++) {
                Transcript t = Transcript.tcp().sent(request);
                cut(
                        t,
                        new Transcript.Event(Side.RESPONDER, response, 0),
                        at,
                        Math.min(response.length, at + size));
                t.sent(next).answered(last);
                assertThat(t.play().text()).as("gap at " + at).contains("=end\n");
            }
        }
    }

    @Test
    void truncationAtEveryByteKeepsWhatCameBefore() {
        for (int seed = 0; seed < 25; seed++) {
            Transcript whole = conversation(new Random(seed));
            int total = whole.script.stream().mapToInt(e -> e.bytes().length).sum();
            for (int keep = 0; keep < total; keep++) {
                Transcript t = whole.again();
                t.script.clear();
                int left = keep;
                for (Transcript.Event e : whole.script) {
                    int n = Math.min(left, e.bytes().length);
                    t.script.add(
                            new Transcript.Event(
                                    e.side(), java.util.Arrays.copyOf(e.bytes(), n), 0));
                    left -= n;
                }
                t.play();
            }
        }
    }

    @Test
    void corruptionNeverThrowsAndChunkingStillChangesNothing() {
        for (int seed = 0; seed < 3000; seed++) {
            Random r = new Random(seed);
            Transcript t = seed % 3 == 0 ? others(r) : conversation(r);
            for (Transcript.Event e : t.script)
                for (int k = r.nextInt(4); k > 0 && e.bytes().length > 0; k--)
                    e.bytes()[r.nextInt(e.bytes().length)] =
                            (byte)
                                    (r.nextBoolean()
                                            ? r.nextInt(256)
                                            : " \r\n:/;".charAt(r.nextInt(6)));
            t.identityNames = false;
            if (r.nextInt(3) == 0) t = withGap(t, r);
            String expected = t.play().canonical();
            assertThat(t.again().play(new Random(seed), 1 + r.nextInt(40)).canonical())
                    .as("seed " + seed)
                    .isEqualTo(expected);
        }
    }

    /** TLS, DNS over TCP and over UDP, DTLS and QUIC. */
    private static Transcript others(Random r) {
        byte[] dns = HexFormat.of().parseHex(DnsTest.ANSWER);
        return switch (r.nextInt(5)) {
            case 0 ->
                    Transcript.tcp()
                            .port(443)
                            .sent(TlsTest.clientHello("a.example"))
                            .answered(TlsTest.serverHello(0x303))
                            .sent(TlsTest.record(23, random(r, 100)));
            case 1 ->
                    Transcript.tcp().port(53).sent(concat(new byte[] {0, (byte) dns.length}, dns));
            case 2 -> Transcript.udp(53).sent(HexFormat.of().parseHex(DnsTest.QUERY)).answered(dns);
            case 3 ->
                    Transcript.udp(443)
                            .sent(
                                    concat(
                                            HexFormat.of().parseHex("c300000001080102030405060708"),
                                            random(r, 60)));
            default ->
                    Transcript.udp(5684)
                            .sent(
                                    concat(
                                            HexFormat.of()
                                                    .parseHex("16fefd0000000000000000000401020304"),
                                            random(r, 3)));
        };
    }

    @Test
    void noiseIsSearchedAsData() {
        for (int seed = 0; seed < 300; seed++) {
            Random r = new Random(seed);
            Transcript t = r.nextBoolean() ? Transcript.tcp() : Transcript.udp(9999);
            for (int i = 0; i < 6; i++) {
                byte[] b = random(r, 1 + r.nextInt(60));
                if (r.nextBoolean()) t.sent(b);
                else t.answered(b);
            }
            String expected = t.play().canonical();
            assertThat(t.again().play(new Random(seed), 3).canonical()).isEqualTo(expected);
        }
    }
}
