package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class TlsTest {
    /** The first flight of the JDK's own client. */
    static byte[] clientHello(String name) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters p = engine.getSSLParameters();
            if (!name.isEmpty()) p.setServerNames(List.of(new SNIHostName(name)));
            p.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            engine.setSSLParameters(p);
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), out);
            return Arrays.copyOf(out.array(), out.position());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] record(int type, byte[] fragment) {
        return ByteBuffer.allocate(5 + fragment.length)
                .put((byte) type)
                .putShort((short) 0x303)
                .putShort((short) fragment.length)
                .put(fragment)
                .array();
    }

    /**
     * By hand: version, random, empty session id, one suite, no compression, and supported_versions
     * for 1.3.
     */
    static byte[] serverHello(int version) {
        boolean v13 = version == 0x304;
        ByteBuffer b = ByteBuffer.allocate(128);
        b.put((byte) 2).put((byte) 0).putShort((short) (v13 ? 46 : 38));
        b.putShort((short) Math.min(version, 0x303)).put(new byte[32]).put((byte) 0);
        b.putShort((short) (v13 ? 0x1301 : 0xc02f)).put((byte) 0);
        if (v13)
            b.putShort((short) 6)
                    .putShort((short) 43)
                    .putShort((short) 2)
                    .putShort((short) version);
        return record(22, Arrays.copyOf(b.array(), b.position()));
    }

    @Test
    void helloTellsNameAndVersion() {
        byte[] hello = clientHello("api.example.org");
        Transcript t =
                Transcript.tcp()
                        .port(443)
                        .sent(hello)
                        .answered(serverHello(0x304))
                        .answered(record(20, new byte[] {1}))
                        .answered(record(23, new byte[50]))
                        .sent(record(20, new byte[] {1}))
                        .sent(record(23, new byte[70]))
                        .play();
        assertThat(t.text())
                .isEqualTo(
                        """
                        tls HELLO ://api.example.org:443 api.example.org
                          >
                            name[]=api.example.org
                            frame[alpn]=\u0002h2\u0008http/1.1
                        """);
        assertThat(t.identified)
                .containsExactly("tls api.example.org TLS ", "tls api.example.org TLS 1.3");
        assertThat(t.accounted.get(Side.INITIATOR))
                .containsEntry("api.example.org ENCRYPTED NO_KEYS", 70L)
                .containsEntry("api.example.org READABLE NONE", hello.length + 6 + 5L);
        assertThat(t.accounted.get(Side.RESPONDER))
                .containsEntry("api.example.org ENCRYPTED NO_KEYS", 50L);
    }

    @Test
    void handshakeAfterChangeCipherSpecIsClosedInTls12() {
        Transcript t =
                Transcript.tcp()
                        .port(443)
                        .sent(clientHello(""))
                        .answered(serverHello(0x303))
                        .sent(record(20, new byte[] {1}))
                        .sent(record(22, new byte[40]))
                        .play();
        assertThat(t.exchanges).hasSize(1); // for its ALPN alone
        assertThat(t.identified).last().isEqualTo("tls  TLS 1.2");
        assertThat(t.accounted.get(Side.INITIATOR)).containsEntry(" ENCRYPTED NO_KEYS", 40L);
    }

    @Test
    void helloAcrossRecordsAndChunks() {
        byte[] hello = clientHello("split.example.org");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 5; i < hello.length; i += 50)
            out.writeBytes(
                    record(22, Arrays.copyOfRange(hello, i, Math.min(hello.length, i + 50))));
        Transcript t = Transcript.tcp().port(443).sent(out.toByteArray());
        // The name may be cut by a record header; its first byte must be right.
        t.identityNames = false;
        t.play();
        assertThat(t.text()).startsWith("tls HELLO ://split.example.org:443");
        assertThat(t.again().play(new Random(3), 2).canonical()).isEqualTo(t.canonical());
    }

    @Test
    void gaps() {
        byte[] hello = clientHello("a.example.org");
        byte[] data = record(23, new byte[100]);
        Transcript covered =
                Transcript.tcp()
                        .port(443)
                        .sent(hello)
                        .sent(Arrays.copyOf(data, 50))
                        .lost(Side.INITIATOR, 20)
                        .sent(Arrays.copyOfRange(data, 70, data.length))
                        .sent(data)
                        .play();
        assertThat(covered.accounted.get(Side.INITIATOR))
                .containsEntry("a.example.org ENCRYPTED NO_KEYS", 180L)
                .containsEntry("a.example.org MISSING GAP", 20L);
        Transcript beyond =
                Transcript.tcp()
                        .port(443)
                        .sent(hello)
                        .sent(data)
                        .lost(Side.INITIATOR, 20)
                        .sent(data)
                        .play();
        assertThat(beyond.accounted.get(Side.INITIATOR))
                .containsEntry("a.example.org ENCRYPTED NO_KEYS", 205L);
        assertThat(beyond.anomalies).hasSize(1);
    }

    @Test
    void whatIsNoRecordIsSearched() {
        Transcript t =
                Transcript.tcp()
                        .port(443)
                        .sent(clientHello("a.example.org"))
                        .sent("imei=867345021234563")
                        .play();
        assertThat(t.parts(Side.INITIATOR)).contains("frame[]=imei=867345021234563");
        assertThat(Transcript.tcp().port(443).sent("imei=867345021234563").play().text())
                .startsWith("tcp DATA");
        byte[] v2 = HexFormat.of().parseHex("802e0100020015000000100100800200");
        assertThat(Transcript.tcp().port(443).sent(v2).play().text()).startsWith("tcp DATA");
    }

    @Test
    void joinedMidway() {
        byte[] data = record(23, new byte[100]);
        Transcript t = Transcript.tcp().port(443).midway().sent(data).answered(data).play();
        assertThat(t.identified).containsExactly("tls  TLS ");
        assertThat(t.accounted.get(Side.INITIATOR)).containsEntry(" ENCRYPTED NO_KEYS", 100L);
    }

    @Test
    void startTlsIsFoundAtTheTurn() {
        Transcript t =
                Transcript.tcp()
                        .port(25)
                        .answered("220 hi\n")
                        .sent("STARTTLS\n")
                        .answered("220 go\n")
                        .sent(clientHello("mx.example.org"))
                        .answered(serverHello(0x302))
                        .play();
        assertThat(t.text()).contains("smtp STARTTLS").contains("tls HELLO ://mx.example.org:25");
        assertThat(t.identified).last().isEqualTo("tls mx.example.org TLS 1.1");
    }

    @Test
    void insideAConnectTunnelTheNameOfTheTunnelStands() {
        Transcript t =
                Transcript.tcp()
                        .port(3128)
                        .sent("CONNECT in.example:443 HTTP/1.1\n\n")
                        .answered("HTTP/1.1 200 OK\n\n")
                        .sent(clientHello(""))
                        .answered(serverHello(0x303))
                        .sent(record(23, new byte[9]))
                        .play();
        assertThat(t.identified).contains("tls in.example TLS 1.2");
        assertThat(t.accounted.get(Side.INITIATOR))
                .containsEntry("in.example ENCRYPTED NO_KEYS", 9L);
    }

    @Test
    void dtlsAndQuic() {
        byte[] handshake = HexFormat.of().parseHex("16fefd0000000000000000000401020304");
        byte[] sealed = HexFormat.of().parseHex("17fefd0001000000000000000401020304");
        byte[] stun = HexFormat.of().parseHex("000100002112a442010203040506070809101112");
        Transcript dtls =
                Transcript.udp(3478).sent(stun).sent(handshake).sent(sealed).answered(stun).play();
        assertThat(dtls.identified).containsExactly("stun  NONE ", "dtls  DTLS 1.2");
        assertThat(dtls.accounted.get(Side.INITIATOR))
                .containsEntry(" READABLE NONE", 20 + 17 + 13L)
                .containsEntry(" ENCRYPTED NO_KEYS", 4L);
        assertThat(dtls.exchanges)
                .extracting(e -> e.exchange.operation())
                .containsExactly("BINDING", "BINDING");

        byte[] initial =
                HexFormat.of().parseHex("c300000001080102030405060708000026" + "5a".repeat(38));
        byte[] oneRtt = "A short header".getBytes(StandardCharsets.US_ASCII);
        Transcript quic = Transcript.udp(443).sent(initial).answered(oneRtt).play();
        assertThat(quic.identified).containsExactly("quic  QUIC 1");
        assertThat(quic.accounted.get(Side.INITIATOR))
                .containsEntry(" READABLE NONE", 17L)
                .containsEntry(" ENCRYPTED QUIC_NO_KEYS", 38L);
        assertThat(quic.exchanges).isEmpty();
    }

    @Test
    void quicOfBeforeTheStandard() {
        byte[] q039 =
                HexFormat.of().parseHex("0d0102030405060708" + "51303339" + "01" + "a0".repeat(30));
        Transcript t = Transcript.udp(443).sent(q039).answered(new byte[] {0x0c, 1, 2}).play();
        assertThat(t.identified).containsExactly("quic  QUIC Q039");
        assertThat(t.accounted.get(Side.RESPONDER)).containsEntry(" ENCRYPTED QUIC_NO_KEYS", 3L);
    }
}
