package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Conversations of every protocol, changed at random: nothing throws, every byte is accounted for
 * once, and any chunking tells the same. {@code -Dtelltale.fuzz.seconds} says how long.
 */
@Tag("fuzz")
class ProtocolFuzzTest {
    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Transcript> scripts() {
        List<Transcript> all = new ArrayList<>();
        Deflater d = new Deflater(9, true);
        Transcript ws = WebSocketTest.opened();
        for (int i = 0; i < 3; i++) {
            ws.sent(
                    WebSocketTest.frame(
                            0xc1,
                            true,
                            WebSocketTest.deflated(d, "{\"n\":" + i + ",\"x\":\"abcabc\"}")));
            ws.answered(WebSocketTest.text(false, "answer " + i));
            ws.sent(WebSocketTest.frame(0x02, true, utf8("one")));
            ws.sent(WebSocketTest.frame(0x89, true, utf8("ping")));
            ws.sent(WebSocketTest.frame(0x80, true, utf8("two")));
        }
        all.add(ws);
        all.add(
                WebSocketTest.opened()
                        .sent(WebSocketTest.frame(0x82, true, MqttTest.connect(5, "a", "b", "c")))
                        .answered(WebSocketTest.frame(0x82, false, new byte[] {0x20, 3, 0, 0, 0}))
                        .sent(WebSocketTest.frame(0x82, true, MqttTest.publish(5, "t/x", "y"))));
        for (int level : new int[] {3, 4, 5})
            all.add(
                    Transcript.tcp()
                            .port(1883)
                            .sent(MqttTest.connect(level, "id", "user", "password"))
                            .answered(new byte[] {0x20, 2, 0, 0})
                            .sent(MqttTest.publish(level, "a/b", "payload"))
                            .answered(MqttTest.publish(level, "c/d", "payload"))
                            .sent(new byte[] {(byte) 0xc0, 0}));
        all.add(
                Transcript.tcp()
                        .port(25)
                        .answered("220 mail ESMTP\n")
                        .sent("EHLO a\n")
                        .answered("250-x\n250 y\n")
                        .sent("AUTH LOGIN\n")
                        .answered("334 a\n")
                        .sent("YQ==\n")
                        .answered("235 b\n")
                        .sent("MAIL FROM:<a>\nDATA\n")
                        .answered("250 a\n354 go\n")
                        .sent("A: b\n c\n\n..x\n.\nBDAT 3\nabcSTARTTLS\n")
                        .answered("250 a\n250 b\n220 go\n")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0}));
        all.add(
                Transcript.tcp()
                        .port(143)
                        .answered("* OK IMAP\n")
                        .sent("a LOGIN {3}\n")
                        .answered("+ go\n")
                        .sent("abc {2+}\nde\nb FETCH 1 BODY[]\n")
                        .answered("a OK\n* 1 FETCH (BODY[] {9}\nA: b\n\nxyz)\nb OK\n* BYE\n")
                        .sent("c IDLE\n")
                        .answered("+ idling\n")
                        .sent("DONE\nd STARTTLS\n")
                        .answered("c OK\nd OK\n")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0}));
        all.add(
                Transcript.tcp()
                        .port(110)
                        .answered("+OK POP3\n")
                        .sent("CAPA\nRETR 1\n")
                        .answered("+OK\nUSER\n.\n+OK\nA: b\n\nx\n..\n.\n")
                        .sent("QUIT\n")
                        .answered("+OK\n"));
        all.add(
                Transcript.tcp()
                        .port(21)
                        .answered("220 ftp\n")
                        .sent("USER a\nPASS b\n")
                        .answered("331 x\n230-a\nb\n230 c\n")
                        .sent("STOR x\n")
                        .answered("150 a\n226 b\n"));
        all.add(
                Transcript.tcp()
                        .port(5222)
                        .sent(TextProtocolsTest.STREAM)
                        .answered(TextProtocolsTest.STREAM + "<stream:features/>")
                        .sent(
                                "<message to='a' x=\"b\"><body>&lt;c&#65;</body><!-- d --><![CDATA[e]]></message><iq/>")
                        .answered("<proceed/>")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0}));
        all.add(
                Transcript.tcp()
                        .port(5060)
                        .sent(TextProtocolsTest.REGISTER)
                        .answered(TextProtocolsTest.response(200, 1, "REGISTER"))
                        .sent(TextProtocolsTest.MESSAGE)
                        .answered(TextProtocolsTest.response(200, 2, "MESSAGE")));
        all.add(
                Transcript.tcp()
                        .port(5228)
                        .sent(new byte[] {41, 2, 4, 0x0a, 2, 'i', 'd', 0, 0, 8, 3, 'x', 'y', 'z'})
                        .answered(new byte[] {41, 3, 4, 0x0a, 2, 'i', 'd', 8, 1, 'x'}));
        all.add(
                Transcript.tcp()
                        .sent("GET /e HTTP/1.1\nHost: a\n\n")
                        .answered(
                                "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\nid: 1\ndata: a\ndata: b\n\n: c\nevent: x\ndata\n\n"));
        all.add(
                Transcript.tcp()
                        .sent(
                                "POST /q HTTP/1.1\nHost: a\nContent-Type: application/dns-message\nContent-Length: 33\n\n")
                        .sent(java.util.HexFormat.of().parseHex(DnsTest.QUERY)));
        for (int port : new int[] {67, 547, 1900, 137, 3478, 123, 5060})
            all.add(
                    Transcript.udp(port)
                            .clientPort(port == 67 ? 68 : port)
                            .sent(DatagramProtocolsTest.dhcp(1, "host", "vendor"))
                            .sent(
                                    java.util.HexFormat.of()
                                            .parseHex(
                                                    "01aabbcc0001000a00030001a45046129fc30027000700057068"))
                            .sent(Transcript.bytes("NOTIFY * HTTP/1.1\nNT: x\n\nbody"))
                            .sent(
                                    java.util.HexFormat.of()
                                            .parseHex(
                                                    "0001000c2112a442000102030405060708090a0b000600056162636465000000"))
                            .sent(Transcript.bytes(TextProtocolsTest.MESSAGE)));
        return all;
    }

    private static byte[] changed(byte[] b, Random r) {
        byte[] c = b.clone();
        if (c.length == 0) return c;
        switch (r.nextInt(6)) {
            case 0 -> c[r.nextInt(c.length)] ^= (byte) (1 << r.nextInt(8));
            case 1 -> c[r.nextInt(c.length)] = (byte) r.nextInt();
            case 2 -> c = Arrays.copyOf(c, r.nextInt(c.length + 1));
            case 3 -> {
                int i = r.nextInt(c.length);
                int n = r.nextInt(c.length - i + 1);
                byte[] out = Arrays.copyOf(c, c.length + n);
                System.arraycopy(c, i, out, i + n, c.length - i);
                c = out;
            }
            case 4 -> {
                int i = r.nextInt(c.length);
                byte[] with = {0, -1, '\n', '\r', ' ', ':', '<', '{', '.', '0', 127, -128};
                for (int k = i; k < Math.min(c.length, i + 1 + r.nextInt(4)); k++)
                    c[k] = with[r.nextInt(with.length)];
            }
            default -> {
                int i = r.nextInt(c.length);
                byte[] out = new byte[c.length - 1];
                System.arraycopy(c, 0, out, 0, i);
                System.arraycopy(c, i + 1, out, i, c.length - i - 1);
                c = out;
            }
        }
        return c;
    }

    private static String shown(Transcript t) {
        StringBuilder s = new StringBuilder("\n");
        for (Transcript.Event e : t.script) {
            s.append(e.side() == Side.INITIATOR ? "> " : "< ").append(e.gap()).append(' ');
            for (byte b : e.bytes())
                if (b >= ' ' && b < 127) s.append((char) b);
                else s.append("\\x%02x".formatted(b));
            s.append('\n');
        }
        return s.toString();
    }

    @Test
    void changed() {
        long seconds = Long.getLong("telltale.fuzz.seconds", 60);
        long seed = Long.getLong("telltale.fuzz.seed", System.nanoTime());
        List<Transcript> all = scripts();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long rounds = 0;
        for (; System.nanoTime() < end; rounds++) {
            Random r = new Random(seed + rounds);
            Transcript t = all.get(r.nextInt(all.size())).again();
            t.identityNames = false;
            if (r.nextInt(4) == 0) t.midway();
            for (int n = 1 + r.nextInt(4); n > 0 && !t.script.isEmpty(); n--) {
                int i = r.nextInt(t.script.size());
                Transcript.Event e = t.script.get(i);
                switch (r.nextInt(8)) {
                    case 0 -> t.script.remove(i);
                    case 1 -> t.script.add(i, e);
                    case 2 ->
                            t.lost(
                                    r.nextBoolean() ? Side.INITIATOR : Side.RESPONDER,
                                    1 + r.nextInt(50));
                    case 3 ->
                            t.script.add(
                                    i,
                                    new Transcript.Event(e.side(), new byte[0], 1 + r.nextInt(30)));
                    default ->
                            t.script.set(
                                    i,
                                    new Transcript.Event(e.side(), changed(e.bytes(), r), e.gap()));
                }
            }
            try {
                String once = t.again().play().canonical();
                assertThat(t.again().play(r, 1 + r.nextInt(30)).canonical()).isEqualTo(once);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + (seed + rounds) + shown(t) + e, e);
            }
        }
        System.out.println("fuzzed " + rounds + " conversations from seed " + seed);
        assertThat(rounds).isPositive();
    }
}
