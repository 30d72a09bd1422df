package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Frames made by hand after RFC 6455 and, compressed by the JDK's Deflater, RFC 7692. */
class WebSocketTest {
    static final String UPGRADE =
            """
            GET /chat?room=7 HTTP/1.1
            Host: push.example.org
            Connection: Upgrade
            Upgrade: websocket

            """;
    static final String SWITCHED =
            """
            HTTP/1.1 101 Switching Protocols
            Connection: Upgrade
            Upgrade: websocket

            """;

    private static final Random KEYS = new Random(3);

    static byte[] frame(int first, boolean masked, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int n = payload.length;
        int mask = masked ? 0x80 : 0;
        out.write(first);
        if (n < 126) {
            out.write(mask | n);
        } else if (n < 1 << 16) {
            out.write(mask | 126);
            out.write(n >> 8);
            out.write(n);
        } else {
            out.write(mask | 127);
            for (int shift = 56; shift >= 0; shift -= 8) out.write((int) ((long) n >> shift));
        }
        byte[] key = new byte[4];
        if (masked) {
            KEYS.nextBytes(key);
            out.writeBytes(key);
        }
        for (int i = 0; i < n; i++) out.write(payload[i] ^ key[i & 3]);
        return out.toByteArray();
    }

    static byte[] text(boolean masked, String s) {
        return frame(0x81, masked, s.getBytes(StandardCharsets.UTF_8));
    }

    /** One message of a permessage-deflate stream. */
    static byte[] deflated(Deflater d, String s) {
        d.setInput(s.getBytes(StandardCharsets.UTF_8));
        byte[] out = new byte[2 * s.length() + 100];
        int n = d.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        assertThat(Arrays.copyOfRange(out, n - 4, n)).containsExactly(0, 0, -1, -1);
        return Arrays.copyOf(out, n - 4);
    }

    static Transcript opened() {
        return Transcript.tcp().sent(UPGRADE).answered(SWITCHED);
    }

    static List<String> frames(Transcript t, Side side) {
        return t.parts(side).stream().filter(p -> p.startsWith("frame")).toList();
    }

    @Test
    void messagesBelongToTheExchangeThatOpenedThem() {
        Transcript t =
                opened().sent(text(true, "hello from the phone"))
                        .answered(text(false, "hello, phone"))
                        .sent(frame(0x89, true, "are you there".getBytes(StandardCharsets.UTF_8)))
                        .answered(
                                frame(
                                        0x8a,
                                        false,
                                        "are you there".getBytes(StandardCharsets.UTF_8)))
                        .sent(
                                frame(
                                        0x88,
                                        true,
                                        "\u0003\u00e8bye".getBytes(StandardCharsets.ISO_8859_1)))
                        .play();
        assertThat(t.exchanges).hasSize(1);
        assertThat(t.exchanges.getFirst().exchange.operation()).isEqualTo("GET");
        assertThat(frames(t, Side.INITIATOR))
                .containsExactly(
                        "frame[]=hello from the phone",
                        "frame[ping]=are you there",
                        "frame[close]=bye");
        assertThat(frames(t, Side.RESPONDER))
                .containsExactly("frame[]=hello, phone", "frame[pong]=are you there");
        assertThat(t.identified).contains("websocket push.example.org NONE ");
        assertThat(t.anomalies).isEmpty();
    }

    @Test
    void fragmentsAreOneMessageAndControlFramesStandBetweenThem() {
        Transcript t =
                opened().sent(frame(0x01, true, "4901542".getBytes(StandardCharsets.UTF_8)))
                        .sent(frame(0x89, true, "p".getBytes(StandardCharsets.UTF_8)))
                        .sent(frame(0x00, true, "0323".getBytes(StandardCharsets.UTF_8)))
                        .sent(frame(0x80, true, "7518".getBytes(StandardCharsets.UTF_8)))
                        .play();
        assertThat(frames(t, Side.INITIATOR))
                .containsExactlyInAnyOrder("frame[]=490154203237518", "frame[ping]=p");
    }

    @Test
    void compressedWithAndWithoutContextTakeover() {
        for (boolean takeover : List.of(true, false)) {
            Transcript t = opened();
            Deflater d = new Deflater(9, true);
            for (int i = 0; i < 5; i++) {
                byte[] message = deflated(d, "{\"seq\":" + i + ",\"imei\":\"490154203237518\"}");
                if (i == 3) {
                    t.sent(frame(0x41, true, Arrays.copyOf(message, 5)));
                    t.sent(frame(0x80, true, Arrays.copyOfRange(message, 5, message.length)));
                } else {
                    t.sent(frame(0xc1, true, message));
                }
                t.answered(frame(0xc1, false, deflated(new Deflater(9, true), "ok " + i)));
                if (!takeover) d = new Deflater(9, true);
            }
            Damage.check(t, 60);
            t.play();
            assertThat(frames(t, Side.INITIATOR))
                    .hasSize(5)
                    .contains("frame[]={\"seq\":3,\"imei\":\"490154203237518\"}");
            assertThat(frames(t, Side.RESPONDER)).hasSize(5).contains("frame[]=ok 4");
            assertThat(t.anomalies).isEmpty();
        }
    }

    @Test
    void aFinalBlockDoesNotEndTheStream() {
        // RFC 7692 7.2.3.4: "Hello" in a block with BFINAL, then a byte 0.
        byte[] hello = {(byte) 0xf3, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00, 0x00};
        // 7.2.3.2: the second "Hello" refers to the first.
        byte[] again = {(byte) 0xf2, 0x00, 0x11, 0x00, 0x00};
        Transcript t =
                opened().answered(frame(0xc1, false, hello))
                        .answered(frame(0xc1, false, again))
                        .play();
        assertThat(frames(t, Side.RESPONDER)).containsExactly("frame[]=Hello", "frame[]=Hello");
    }

    @Test
    void joinedMidwayTellsWhatDoesNotReferToWhatWasNotSeen() {
        Deflater d = new Deflater(9, true);
        deflated(d, "{\"user\":\"asha\",\"kind\":\"report\"}");
        byte[] second = deflated(d, "{\"user\":\"asha\",\"imei\":\"490154203237518\"}");
        Transcript t =
                Transcript.tcp()
                        .midway()
                        .sent(text(true, "plain words"))
                        .sent(frame(0xc1, true, second))
                        .play();
        assertThat(t.exchanges.getFirst().exchange.protocol()).isEqualTo("websocket");
        String told = frames(t, Side.INITIATOR).get(1);
        assertThat(told).contains("490154203237518").doesNotContain("asha").contains("\0");
        assertThat(t.accounted.get(Side.INITIATOR)).containsKey(" MISSING GAP");
    }

    @Test
    void bombsEnd() {
        byte[] zeros = new byte[64 << 20];
        Deflater d = new Deflater(9, true);
        d.setInput(zeros);
        byte[] out = new byte[1 << 20];
        int n = d.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        Transcript t =
                opened().sent(frame(0xc2, true, Arrays.copyOf(out, n - 4)))
                        .sent(text(true, "after"));
        t.play();
        assertThat(t.anomalies).anyMatch(a -> a.text().contains("more of their bytes"));
        assertThat(frames(t, Side.INITIATOR)).contains("frame[]=after");
    }

    @Test
    void whatIsNoFrameIsData() {
        Transcript t = opened().sent(text(true, "one")).sent("GET / HTTP/1.1\n\n").play();
        assertThat(t.text()).contains("frame[]=one").contains("tcp DATA");
        assertThat(t.anomalies).hasSize(1);
    }

    @Test
    void damaged() {
        Transcript t =
                opened().sent(text(true, "{\"imei\":\"490154203237518\"}"))
                        .answered(text(false, "{\"ok\":true}"))
                        .sent(frame(0x82, true, new byte[300]))
                        .answered(frame(0x82, false, new byte[70_000]))
                        .sent(text(true, "last words of the phone"));
        Damage.check(t, 200);
    }

    @Test
    void mqttInBinaryMessagesIsReadAcrossThem() {
        byte[] connect = MqttTest.connect(4, "phone-490154203237518", "asha", "secret");
        byte[] publish = MqttTest.publish(4, "dev/490154203237518/up", "battery 80");
        Transcript t =
                opened().sent(frame(0x82, true, Arrays.copyOf(connect, 10)))
                        .sent(frame(0x82, true, Arrays.copyOfRange(connect, 10, connect.length)))
                        .answered(frame(0x82, false, new byte[] {0x20, 2, 0, 0}))
                        .sent(frame(0x82, true, publish));
        Damage.check(t, 60);
        t.play();
        assertThat(t.text())
                .contains("mqtt/3.1.1 PUBLISH")
                .contains("target[]=dev/490154203237518/up")
                .contains("=battery 80")
                .contains("frame[username]=asha");
    }
}
