package dev.telltale.analyze;

import static dev.telltale.analyze.H2Writer.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.analyze.TlsWriter.Suite;
import dev.telltale.model.Side;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/**
 * Suites that no TLS library offers any more: the records are written here, their ciphers are those
 * of the openssl command. And one session within another.
 */
class TlsOldCiphersTest {
    private static final byte[] GET =
            ascii("GET /old?imei=867345021234563 HTTP/1.1\r\nHost: old.example.org\r\n\r\n");
    private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    /** A cipher of openssl's legacy provider. */
    private static TlsWriter.Cbc openssl(String cipher) {
        assumeTrue(Openssl.present(), "no OpenSSL 3 on this machine");
        return (key, iv, plain) -> {
            HexFormat h = HexFormat.of();
            Process p =
                    new ProcessBuilder(
                                    List.of(
                                            "openssl",
                                            "enc",
                                            "-e",
                                            "-" + cipher,
                                            "-K",
                                            h.formatHex(key),
                                            "-iv",
                                            h.formatHex(iv),
                                            "-nopad",
                                            "-provider",
                                            "legacy",
                                            "-provider",
                                            "default"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var in = p.getOutputStream()) {
                in.write(plain);
            }
            byte[] out = p.getInputStream().readAllBytes();
            assumeTrue(
                    p.waitFor() == 0 && out.length == plain.length,
                    () -> "this openssl has no " + cipher);
            return out;
        };
    }

    private static byte[] aes(byte[] key, byte[] iv, byte[] plain) throws Exception {
        Cipher c = Cipher.getInstance("AES/CBC/NoPadding");
        c.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
        return c.doFinal(plain);
    }

    private static void holds(int version, Suite suite, String name) throws Exception {
        TlsWriter w = new TlsWriter(version, suite, 7);
        byte[][] hand = w.handshake("old.example.org");
        Transcript t =
                Transcript.tcp()
                        .port(443)
                        .sent(hand[0])
                        .answered(hand[1])
                        .sent(hand[2])
                        .answered(hand[3])
                        .sent(w.sent(GET))
                        .answered(w.answered(OK))
                        .sent(w.sent(GET))
                        .answered(w.answered(OK));
        t.secrets = Secrets.none();
        t.identityNames = false;
        KeyLog.read(w.keyLog().getBytes(StandardCharsets.US_ASCII), t.secrets);
        t.play();
        assertThat(t.text())
                .as(name)
                .contains("GET https://old.example.org:443 /old?imei=867345021234563\n");
        assertThat(t.parts(Side.RESPONDER)).contains("body[]  [] 2=ok");
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED").doesNotContain("MISSING");
        assertThat(t.handshakes.getFirst().cipher()).isEqualTo(name);
        assertThat(t.again().play(new Random(3), 30).canonical()).isEqualTo(t.canonical());
    }

    @Test
    void seed() throws Exception {
        Suite s = new Suite(0x96, 16, 16, 16, "HmacSHA1", openssl("seed-cbc"));
        holds(0x301, s, "TLS_RSA_WITH_SEED_CBC_SHA");
        holds(0x303, s, "TLS_RSA_WITH_SEED_CBC_SHA");
    }

    /** IDEA (Lai, Massey 1991), which the openssl of most systems is built without. */
    private static byte[] idea(byte[] key, byte[] iv, byte[] plain) {
        BigInteger k = new BigInteger(1, key);
        BigInteger all = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);
        int[] sub = new int[56];
        for (int i = 0; i < 56; i++) {
            sub[i] = k.shiftRight(112 - 16 * (i % 8)).intValue() & 0xffff;
            if (i % 8 == 7) k = k.shiftLeft(25).or(k.shiftRight(103)).and(all);
        }
        byte[] out = new byte[plain.length];
        byte[] last = iv;
        for (int at = 0; at < plain.length; at += 8) {
            int[] x = new int[4];
            for (int i = 0; i < 4; i++) {
                int high = plain[at + 2 * i] ^ last[2 * i];
                int low = plain[at + 2 * i + 1] ^ last[2 * i + 1];
                x[i] = (high & 0xff) << 8 | low & 0xff;
            }
            for (int r = 0; r < 8; r++) {
                int s = 6 * r;
                int a = times(x[0], sub[s]);
                int b = x[1] + sub[s + 1] & 0xffff;
                int c = x[2] + sub[s + 2] & 0xffff;
                int d = times(x[3], sub[s + 3]);
                int e = times(a ^ c, sub[s + 4]);
                int f = times((b ^ d) + e & 0xffff, sub[s + 5]);
                int g = e + f & 0xffff;
                x = new int[] {a ^ f, c ^ f, b ^ g, d ^ g};
            }
            int[] y = {
                times(x[0], sub[48]),
                x[2] + sub[49] & 0xffff,
                x[1] + sub[50] & 0xffff,
                times(x[3], sub[51])
            };
            for (int i = 0; i < 4; i++) {
                out[at + 2 * i] = (byte) (y[i] >> 8);
                out[at + 2 * i + 1] = (byte) y[i];
            }
            last = Arrays.copyOfRange(out, at, at + 8);
        }
        return out;
    }

    /** Modulo 65537, 0 standing for 65536. */
    private static int times(int a, int b) {
        long p = (a == 0 ? 65536L : a) * (b == 0 ? 65536L : b) % 65537;
        return (int) (p & 0xffff);
    }

    @Test
    void idea() throws Exception {
        HexFormat h = HexFormat.of();
        assertThat(
                        h.formatHex(
                                idea(
                                        h.parseHex("00010002000300040005000600070008"),
                                        new byte[8],
                                        h.parseHex("0000000100020003"))))
                .isEqualTo("11fbed2b01986de5");
        Suite s = new Suite(0x07, 16, 16, 8, "HmacSHA1", TlsOldCiphersTest::idea);
        holds(0x301, s, "TLS_RSA_WITH_IDEA_CBC_SHA");
        holds(0x303, s, "TLS_RSA_WITH_IDEA_CBC_SHA");
    }

    @Test
    void rc2OfExportGrade() throws Exception {
        Suite forty = new Suite(0x06, 5, 16, 8, "HmacMD5", openssl("rc2-cbc"));
        holds(0x301, forty, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5");
        Suite more = new Suite(0x61, 7, 16, 8, "HmacMD5", openssl("rc2-cbc"));
        holds(0x301, more, "TLS_RSA_EXPORT1024_WITH_RC2_CBC_56_MD5");
    }

    /** What is spoken inside TLS may be TLS, with keys of its own. */
    @Test
    void tlsInTls() throws Exception {
        Suite suite = new Suite(0x2f, 16, 16, 16, "HmacSHA1", TlsOldCiphersTest::aes);
        TlsWriter outer = new TlsWriter(0x303, suite, 7);
        TlsWriter inner = new TlsWriter(0x303, suite, 70);
        byte[][] first = outer.handshake("proxy.example.org");
        byte[][] second = inner.handshake("inner.example.org");
        Transcript t =
                Transcript.tcp()
                        .port(443)
                        .sent(first[0])
                        .answered(first[1])
                        .sent(first[2])
                        .answered(first[3])
                        .sent(outer.sent(second[0]))
                        .answered(outer.answered(second[1]))
                        .sent(outer.sent(second[2]))
                        .answered(outer.answered(second[3]))
                        .sent(outer.sent(inner.sent(GET)))
                        .answered(outer.answered(inner.answered(OK)));
        t.secrets = Secrets.none();
        t.identityNames = false;
        Transcript closed = t.again();
        KeyLog.read(outer.keyLog().getBytes(StandardCharsets.US_ASCII), closed.secrets);
        closed.play();
        assertThat(closed.text()).doesNotContain("GET");
        assertThat(closed.accounted.get(Side.INITIATOR))
                .containsKey("inner.example.org ENCRYPTED NO_KEYS");
        assertThat(closed.handshakes.stream().map(h -> h.serverName()))
                .containsExactlyInAnyOrder("proxy.example.org", "inner.example.org");
        KeyLog.read(inner.keyLog().getBytes(StandardCharsets.US_ASCII), t.secrets);
        KeyLog.read(outer.keyLog().getBytes(StandardCharsets.US_ASCII), t.secrets);
        t.play();
        assertThat(t.text())
                .contains("GET https://old.example.org:443 /old?imei=867345021234563\n");
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        assertThat(t.anomalies).isEmpty();
        Damage.check(t, 30);
    }
}
