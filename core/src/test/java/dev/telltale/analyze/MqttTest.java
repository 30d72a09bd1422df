package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Packets made by hand after MQTT 3.1, 3.1.1 and 5.0. */
class MqttTest {
    private static void string(ByteArrayOutputStream out, String s) {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        out.write(b.length >> 8);
        out.write(b.length);
        out.writeBytes(b);
    }

    static byte[] packet(int first, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        int n = body.length;
        do {
            out.write(n > 127 ? n & 127 | 128 : n);
            n >>= 7;
        } while (n > 0);
        out.writeBytes(body);
        return out.toByteArray();
    }

    static byte[] connect(int level, String id, String user, String password) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        string(b, level == 3 ? "MQIsdp" : "MQTT");
        b.write(level);
        b.write(0xc2);
        b.write(0);
        b.write(60);
        if (level == 5) b.write(0);
        string(b, id);
        string(b, user);
        string(b, password);
        return packet(0x10, b.toByteArray());
    }

    static byte[] publish(int level, String topic, String payload) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        string(b, topic);
        if (level == 5) b.write(0);
        b.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
        return packet(0x30, b.toByteArray());
    }

    private static byte[] subscribe(int level, String... topics) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        b.write(0);
        b.write(1);
        if (level == 5) b.write(0);
        for (String t : topics) {
            string(b, t);
            b.write(0);
        }
        return packet(0x82, b.toByteArray());
    }

    @Test
    void allVersions() {
        for (int level : new int[] {3, 4, 5}) {
            String label = level == 3 ? "mqtt/3.1" : level == 4 ? "mqtt/3.1.1" : "mqtt/5";
            Transcript t =
                    Transcript.tcp()
                            .port(1883)
                            .sent(connect(level, "phone-7", "asha", "s3cret"))
                            .answered(
                                    level == 5
                                            ? new byte[] {0x20, 3, 0, 0, 0}
                                            : new byte[] {0x20, 2, 0, 0})
                            .sent(subscribe(level, "to/phone-7", "all"))
                            .answered(
                                    level == 5
                                            ? new byte[] {(byte) 0x90, 5, 0, 1, 0, 0, 0}
                                            : new byte[] {(byte) 0x90, 4, 0, 1, 0, 0})
                            .sent(publish(level, "from/phone-7", "490154203237518"))
                            .answered(publish(level, "to/phone-7", "hello"))
                            .sent(new byte[] {(byte) 0xc0, 0})
                            .answered(new byte[] {(byte) 0xd0, 0})
                            .sent(new byte[] {(byte) 0xe0, 0});
            Transcript whole = Damage.check(t, 90);
            assertThat(whole.text())
                    .isEqualTo(
                            """
                            LABEL CONNECT ://:1883\040
                              >
                                frame[client-id]=phone-7
                                frame[username]=asha
                                frame[password]=s3cret
                            LABEL SUBSCRIBE ://:1883 to/phone-7
                              >
                                target[]=to/phone-7
                                frame[topic]=all
                            LABEL PUBLISH ://:1883 from/phone-7
                              >
                                target[]=from/phone-7
                                body[]  [] 15=490154203237518
                            LABEL PUBLISH ://:1883 to/phone-7
                              <
                                target[]=to/phone-7
                                body[]  [] 5=hello
                            """
                                    .replace("LABEL", label));
            assertThat(whole.identified).containsExactly(label + "  NONE ");
            assertThat(whole.anomalies).isEmpty();
        }
    }

    @Test
    void propertiesWillAndAliases() {
        ByteArrayOutputStream c = new ByteArrayOutputStream();
        string(c, "MQTT");
        c.write(5);
        c.write(0x06);
        c.write(0);
        c.write(60);
        ByteArrayOutputStream p = new ByteArrayOutputStream();
        p.write(0x26);
        string(p, "device");
        string(p, "490154203237518");
        c.write(p.size());
        c.writeBytes(p.toByteArray());
        string(c, "id");
        ByteArrayOutputStream w = new ByteArrayOutputStream();
        w.write(0x03);
        string(w, "text/plain");
        c.write(w.size());
        c.writeBytes(w.toByteArray());
        string(c, "gone/id");
        string(c, "left");
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        string(first, "up/json");
        first.write(3 + 3 + 16);
        first.writeBytes(new byte[] {0x23, 0, 7, 0x03});
        string(first, "application/json");
        first.writeBytes("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        byte[] second = {0x30, 9, 0, 0, 3, 0x23, 0, 7, 'x', 'y', 'z'};
        Transcript t =
                Transcript.tcp()
                        .port(2000)
                        .sent(packet(0x10, c.toByteArray()))
                        .answered(new byte[] {0x20, 3, 0, 0, 0})
                        .sent(packet(0x30, first.toByteArray()))
                        .sent(second);
        Transcript whole = Damage.check(t, 60);
        assertThat(whole.text())
                .contains("frame[user-property]=device\n    frame[device]=490154203237518")
                .contains("frame[will-content-type]=text/plain")
                .contains("frame[will-topic]=gone/id\n    frame[will]=left")
                .contains("frame[content-type]=application/json")
                .contains("body[] application/json [] 7={\"a\":1}")
                .contains("PUBLISH ://:2000 up/json\n  >\n    body[]  [] 3=xyz");
    }

    @Test
    void aLongPayloadIsNotKept() {
        String payload = "x".repeat(3 << 20);
        Transcript t =
                Transcript.tcp()
                        .port(1883)
                        .sent(connect(4, "a", "b", "c"))
                        .sent(publish(4, "big", payload))
                        .sent(publish(4, "small", "y"))
                        .play();
        assertThat(t.parts(Side.INITIATOR))
                .contains("body[]  [] " + payload.length() + "=" + payload);
        assertThat(t.text()).contains("small");
    }

    @Test
    void whatCannotBeReadIsToldAndTheNextPacketFound() {
        Transcript t =
                Transcript.tcp()
                        .port(1883)
                        .sent(connect(4, "a", "b", "c"))
                        .sent(packet(0x30, new byte[] {0, 99, 'x'}))
                        .sent(publish(4, "next", "y"));
        Transcript whole = Damage.check(t, 60);
        assertThat(whole.text()).contains("PUBLISH ://:1883 next").contains("frame[]=0\u0003\0cx");
        assertThat(whole.anomalies).hasSize(1);
    }

    @Test
    void otherTrafficOnItsPortIsNotTaken() {
        Transcript t =
                Transcript.tcp()
                        .port(1883)
                        .sent("GET / HTTP/1.1\nHost: a\n\n")
                        .answered("HTTP/1.1 204 No\n\n")
                        .play();
        assertThat(t.text()).startsWith("http/1.1 GET");
    }
}
