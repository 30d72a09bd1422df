package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.digests.SM3Digest;

/** Digests by the names that forms give them, of the platform's and other people's making. */
final class Digests {
    private static final Map<String, UnaryOperator<byte[]>> ALL = new HashMap<>();

    static {
        platform("md5", "MD5");
        platform("sha1", "SHA-1");
        platform("sha224", "SHA-224");
        platform("sha256", "SHA-256");
        platform("sha384", "SHA-384");
        platform("sha512", "SHA-512");
        platform("sha512-224", "SHA-512/224");
        platform("sha512-256", "SHA-512/256");
        platform("sha3-224", "SHA3-224");
        platform("sha3-256", "SHA3-256");
        platform("sha3-384", "SHA3-384");
        platform("sha3-512", "SHA3-512");
        platform("md2", "MD2");
        bouncy("keccak-256", () -> new KeccakDigest(256));
        bouncy("md4", MD4Digest::new);
        bouncy("ripemd160", RIPEMD160Digest::new);
        bouncy("sm3", SM3Digest::new);
        for (int bits : new int[] {160, 256, 384, 512})
            bouncy("blake2b-" + bits, () -> new Blake2bDigest(bits));
        for (int bits : new int[] {128, 256})
            bouncy("blake2s-" + bits, () -> new Blake2sDigest(bits));
        // Guava gives little-endian bytes, forms are numbers in network order.
        ALL.put("murmur3-128", b -> halves(Hashing.murmur3_128().hashBytes(b).asBytes()));
        ALL.put("murmur3-32", b -> four(Hashing.murmur3_32_fixed().hashBytes(b).asInt()));
        ALL.put("crc32", Digests::crc32);
        ALL.put("java-hash", b -> four(new String(b, UTF_8).hashCode()));
    }

    private Digests() {}

    static boolean known(String label) {
        return ALL.containsKey(label);
    }

    static Optional<byte[]> of(String label, byte[] input) {
        return Optional.ofNullable(ALL.get(label)).map(f -> f.apply(input));
    }

    private static void platform(String label, String algorithm) {
        ALL.put(
                label,
                b -> {
                    try {
                        return MessageDigest.getInstance(algorithm).digest(b);
                    } catch (NoSuchAlgorithmException e) {
                        throw new IllegalStateException("This Java has no " + algorithm, e);
                    }
                });
    }

    private static void bouncy(String label, Supplier<Digest> made) {
        ALL.put(
                label,
                b -> {
                    Digest d = made.get();
                    byte[] out = new byte[d.getDigestSize()];
                    d.update(b, 0, b.length);
                    d.doFinal(out, 0);
                    return out;
                });
    }

    private static byte[] crc32(byte[] b) {
        CRC32 crc = new CRC32();
        crc.update(b);
        return four((int) crc.getValue());
    }

    private static byte[] four(int v) {
        return ByteBuffer.allocate(4).putInt(v).array();
    }

    private static byte[] halves(byte[] b) {
        ByteBuffer in = ByteBuffer.wrap(b);
        return ByteBuffer.allocate(16)
                .putLong(Long.reverseBytes(in.getLong()))
                .putLong(Long.reverseBytes(in.getLong()))
                .array();
    }
}
