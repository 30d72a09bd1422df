package dev.telltale.identify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.bouncycastle.crypto.digests.Blake2sDigest;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.digests.RIPEMD160Digest;
import org.bouncycastle.crypto.digests.SM3Digest;

/** Digests that software makes of identifiers, unsalted. */
enum Digest {
    MD5("md5", "MD5", platform("MD5")),
    SHA1("sha1", "SHA-1", platform("SHA-1")),
    SHA256("sha256", "SHA-256", platform("SHA-256")),
    SHA512("sha512", "SHA-512", platform("SHA-512")),
    SHA224("sha224", "SHA-224", platform("SHA-224")),
    SHA384("sha384", "SHA-384", platform("SHA-384")),
    SHA512_256("sha512-256", "SHA-512/256", platform("SHA-512/256")),
    SHA512_224("sha512-224", "SHA-512/224", platform("SHA-512/224")),
    SHA3_224("sha3-224", "SHA3-224", platform("SHA3-224")),
    SHA3_256("sha3-256", "SHA3-256", platform("SHA3-256")),
    SHA3_384("sha3-384", "SHA3-384", platform("SHA3-384")),
    SHA3_512("sha3-512", "SHA3-512", platform("SHA3-512")),
    /** The padding of before FIPS 202, as blockchains use it. */
    KECCAK_256("keccak-256", "Keccak-256", b -> bouncy(new KeccakDigest(256), b)),
    MD2("md2", "MD2", platform("MD2")),
    MD4("md4", "MD4", b -> bouncy(new MD4Digest(), b)),
    RIPEMD160("ripemd160", "RIPEMD-160", b -> bouncy(new RIPEMD160Digest(), b)),
    SM3("sm3", "SM3", b -> bouncy(new SM3Digest(), b)),
    BLAKE2B_160("blake2b-160", "BLAKE2b-160", b -> bouncy(new Blake2bDigest(160), b)),
    BLAKE2B_256("blake2b-256", "BLAKE2b-256", b -> bouncy(new Blake2bDigest(256), b)),
    BLAKE2B_384("blake2b-384", "BLAKE2b-384", b -> bouncy(new Blake2bDigest(384), b)),
    BLAKE2B_512("blake2b-512", "BLAKE2b-512", b -> bouncy(new Blake2bDigest(512), b)),
    BLAKE2S_128("blake2s-128", "BLAKE2s-128", b -> bouncy(new Blake2sDigest(128), b)),
    BLAKE2S_256("blake2s-256", "BLAKE2s-256", b -> bouncy(new Blake2sDigest(256), b)),
    MURMUR3_128("murmur3-128", "MurmurHash3 (x64, 128)", Digest::murmur3x128),
    XXHASH64("xxh64", "xxHash64", b -> big(XxHash64.of(b, 0), 8)),
    MURMUR3_32("murmur3-32", "MurmurHash3 (32)", b -> big(Murmur3.x86of32(b), 4)),
    CRC32("crc32", "CRC-32", Digest::crc32),
    /** {@code String.hashCode()}, JLS of the platform: what Android code has at hand. */
    JAVA("java-hash", "Java's hashCode", b -> big(javaHash(b), 4));

    /** All of them: no kind is known that only some are made of. */
    static final List<Digest> ALL = List.of(values());

    /** Those that are made of digests and of encoded values, too. */
    static final List<Digest> COMMON = List.of(MD5, SHA1, SHA256, SHA512);

    /** Those that most software knows. */
    static final List<Digest> USUAL = List.of(MD5, SHA1, SHA256);

    /** Digest of some bytes. */
    @FunctionalInterface
    private interface Function {
        byte[] of(byte[] input);
    }

    private final String label;
    private final String title;
    private final Function function;

    Digest(String label, String title, Function function) {
        this.label = label;
        this.title = title;
        this.function = function;
    }

    /** As forms name it. */
    String label() {
        return label;
    }

    /** As sentences name it. */
    String title() {
        return title;
    }

    /** The digest of {@code input}; numbers in network byte order. */
    byte[] of(byte[] input) {
        return function.of(input);
    }

    private static Function platform(String algorithm) {
        MessageDigest blank;
        try {
            blank = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no " + algorithm, e);
        }
        return b -> {
            try {
                return ((MessageDigest) blank.clone()).digest(b);
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static byte[] bouncy(org.bouncycastle.crypto.Digest d, byte[] input) {
        byte[] out = new byte[d.getDigestSize()];
        d.update(input, 0, input.length);
        d.doFinal(out, 0);
        return out;
    }

    private static byte[] murmur3x128(byte[] b) {
        long[] h = Murmur3.x64of128(b);
        return ByteBuffer.allocate(16).putLong(h[0]).putLong(h[1]).array();
    }

    private static byte[] crc32(byte[] b) {
        CRC32 crc = new CRC32();
        crc.update(b);
        return big(crc.getValue(), 4);
    }

    private static int javaHash(byte[] b) {
        return new String(b, StandardCharsets.UTF_8).hashCode();
    }

    private static byte[] big(long number, int bytes) {
        byte[] all = ByteBuffer.allocate(8).order(ByteOrder.BIG_ENDIAN).putLong(number).array();
        return Arrays.copyOfRange(all, 8 - bytes, 8);
    }
}
