package dev.telltale.analyze.quic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.analyze.tls.Kdf;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The examples of <a href="https://www.rfc-editor.org/rfc/rfc9001#appendix-A">RFC 9001 appendix
 * A</a> and <a href="https://www.rfc-editor.org/rfc/rfc9369#appendix-A">RFC 9369 appendix A</a>.
 */
class ProtectionTest {
    private static final byte[] DCID = hex("8394c8f03e515708");
    private static final String CRYPTO =
            """
            060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868
            04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578
            616d706c652e636f6dff01000100000a00080006001d00170018001000070005
            04616c706e000500050100000000003300260024001d00209370b2c9caa47fba
            baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400
            0d0010000e0403050306030203080408050806002d00020101001c0002400100
            3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000
            75300901100f088394c8f03e51570806048000ffff
            """;
    private static final String SERVER_PAYLOAD =
            """
            02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf739
            88cfc79825df566dc5430b9a045a1200130100002e00330024001d00209d3c94
            0d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00
            020304
            """;

    private final Kdf kdf = new Kdf();
    private final Protection protection = new Protection();

    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replaceAll("\\s", ""));
    }

    private Protection.Keys keys(Version v, boolean client) {
        return Protection.keys(
                kdf,
                v,
                Protection.Suite.AES_128_GCM,
                protection.initialSecret(kdf, v, DCID, client));
    }

    /**
     * A.2: the packet is made here, of its plaintext, with the keys that A.1 lists, and is the
     * RFC's: its first bytes are, and its authentication tag.
     */
    private static byte[] clientInitial(
            String header, String key, String iv, String hp, String begins, String ends)
            throws Exception {
        byte[] head = hex(header);
        byte[] plain = Arrays.copyOf(hex(CRYPTO), 1162);
        byte[] nonce = hex(iv);
        nonce[11] ^= 2;
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(hex(key), "AES"),
                new GCMParameterSpec(128, nonce));
        gcm.updateAAD(head);
        byte[] closed = gcm.doFinal(plain);
        byte[] packet = Arrays.copyOf(head, head.length + closed.length);
        System.arraycopy(closed, 0, packet, head.length, closed.length);
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(hex(hp), "AES"));
        byte[] mask = aes.doFinal(packet, 22, 16);
        packet[0] ^= mask[0] & 0x0f;
        for (int i = 0; i < 4; i++) packet[18 + i] ^= mask[1 + i];
        String all = HexFormat.of().formatHex(packet);
        assertThat(all).hasSize(2400).startsWith(begins).endsWith(ends);
        return packet;
    }

    @Test
    void opensTheClientsInitial() throws Exception {
        byte[] one =
                clientInitial(
                        "c300000001088394c8f03e5157080000449e00000002",
                        "1f369613dd76d5467730efcbe3b1a22d",
                        "fa044b2f42a3fd3b46fb255c",
                        "9f50449e04a0e810283a1e9933adedd2",
                        "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11",
                        "e221af44860018ab0856972e194cd934");
        byte[] two =
                clientInitial(
                        "d36b3343cf088394c8f03e5157080000449e00000002",
                        "8b1a0bc121284290a29e0971b5cd045d",
                        "91f73e2351d8fa91660e909f",
                        "45b95e15235d6f45a6b19cbcb0294ba9",
                        "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485",
                        "a18b2faa745b6fe189cf772a9f84cbfc");
        assertThat(opened(keys(Version.ONE, true), one, 2))
                .isEqualTo(Arrays.copyOf(hex(CRYPTO), 1162));
        assertThat(opened(keys(Version.TWO, true), two, 2))
                .isEqualTo(Arrays.copyOf(hex(CRYPTO), 1162));
        assertThat(opened(keys(Version.ONE, false), one, 2)).isEmpty();
        one[700] ^= 1;
        assertThat(opened(keys(Version.ONE, true), one, 2)).isEmpty();
    }

    @Test
    void opensTheServersInitial() {
        byte[] one =
                hex(
                        """
                        cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a
                        5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3
                        dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84
                        022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc4
                        2158407dd074ee
                        """);
        byte[] two =
                hex(
                        """
                        dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698
                        baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17
                        f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2
                        c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca8
                        4bed8521e2e140
                        """);
        assertThat(opened(keys(Version.ONE, false), one, 1)).isEqualTo(hex(SERVER_PAYLOAD));
        assertThat(opened(keys(Version.TWO, false), two, 1)).isEqualTo(hex(SERVER_PAYLOAD));
    }

    private byte[] opened(Protection.Keys keys, byte[] b, long number) {
        Packet p = new Packet();
        assertThat(p.read(b, 0, b.length, -1)).isTrue();
        assertThat(p.type).isEqualTo(Packet.Type.INITIAL);
        assertThat(p.end).isEqualTo(b.length);
        assertThat(protection.unmask(keys, b, 0, p.number, p.end)).isTrue();
        long n = Protection.number(-1, protection.truncated, protection.numberLength);
        int plain = protection.open(keys, b, 0, p.number, p.end, n);
        if (plain < 0) return new byte[0];
        assertThat(n).isEqualTo(number);
        return Arrays.copyOf(protection.plain, plain);
    }

    @Test
    void tellsARetryFromAForgedOne() {
        byte[] one =
                hex("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba");
        byte[] two =
                hex("cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6");
        Packet p = new Packet();
        for (byte[] b : new byte[][] {one, two}) {
            assertThat(p.read(b, 0, b.length, -1)).isTrue();
            assertThat(p.type).isEqualTo(Packet.Type.RETRY);
        }
        assertThat(protection.retryHolds(Version.ONE, DCID, one, 0, one.length)).isTrue();
        assertThat(protection.retryHolds(Version.TWO, DCID, two, 0, two.length)).isTrue();
        assertThat(protection.retryHolds(Version.ONE, DCID, two, 0, two.length)).isFalse();
        one[15] ^= 1;
        assertThat(protection.retryHolds(Version.ONE, DCID, one, 0, one.length)).isFalse();
    }

    /** A.5. */
    @ParameterizedTest
    @CsvSource({
        "1, 4cfe4189655e5cd55c41f69080575d7999c25a5bfb,"
                + " 1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9",
        "1798521807, 5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba,"
                + " c69374c49e3d2a9466fa689e49d476db5d0dfbc87d32ceeaa6343fd0ae4c7d88"
    })
    void opensAShortHeaderOfChaCha20(int version, String packet, String updated) {
        Version v = Version.of(version).orElseThrow();
        byte[] secret = hex("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b");
        Protection.Keys k = Protection.keys(kdf, v, Protection.Suite.CHACHA20_POLY1305, secret);
        byte[] b = hex(packet);
        for (int twice = 0; twice < 2; twice++) {
            assertThat(protection.unmask(k, b, 0, 1, b.length)).isTrue();
            assertThat(protection.first).isEqualTo(0x42);
            assertThat(protection.truncated).isEqualTo(0x00bff4);
            long n = Protection.number(654_360_563, protection.truncated, 3);
            assertThat(n).isEqualTo(654_360_564);
            assertThat(protection.open(k, b, 0, 1, b.length, n)).isEqualTo(1);
            assertThat(protection.plain[0]).isEqualTo((byte) 1);
        }
        assertThat(Protection.updated(kdf, v, k).secret).isEqualTo(hex(updated));
    }

    /** RFC 9000 A.3. */
    @Test
    void decodesPacketNumbers() {
        assertThat(Protection.number(0xa82f30eaL, 0x9b32, 2)).isEqualTo(0xa82f9b32L);
        assertThat(Protection.number(-1, 0, 1)).isZero();
        assertThat(Protection.number(255, 0, 1)).isEqualTo(256);
        assertThat(Protection.number(300, 0xff, 1)).isEqualTo(255);
    }

    @Test
    void namesVersions() {
        assertThat(Version.of(0xfaceb002).map(Version::label)).isEqualTo(Optional.of("mvfst"));
        assertThat(Version.of(0x51303436).map(Version::label)).isEqualTo(Optional.of("Q046"));
        assertThat(Version.of(0xff00001d).map(Version::readable)).isEqualTo(Optional.of(true));
        assertThat(Version.of(0x0a1a2a3a)).isEmpty();
    }
}
