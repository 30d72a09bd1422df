package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashFunction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Digests by the JDK, BouncyCastle's provider, Guava and xxhsum. */
final class Hashing {
    private static final Provider BOUNCY = new BouncyCastleProvider();

    @FunctionalInterface
    interface Function {
        byte[] of(byte[] input);
    }

    /** By the name that forms give them; xxHash64 apart, because a program has to be asked. */
    static final Map<String, Function> ALL = new LinkedHashMap<>();

    static {
        for (String[] d :
                new String[][] {
                    {"md5", "MD5"},
                    {"sha1", "SHA-1"},
                    {"sha256", "SHA-256"},
                    {"sha512", "SHA-512"},
                    {"sha224", "SHA-224"},
                    {"sha384", "SHA-384"},
                    {"sha512-256", "SHA-512/256"},
                    {"sha512-224", "SHA-512/224"},
                    {"sha3-224", "SHA3-224"},
                    {"sha3-256", "SHA3-256"},
                    {"sha3-384", "SHA3-384"},
                    {"sha3-512", "SHA3-512"},
                    {"keccak-256", "KECCAK-256"},
                    {"md2", "MD2"},
                    {"md4", "MD4"},
                    {"ripemd160", "RIPEMD160"},
                    {"sm3", "SM3"},
                    {"blake2b-160", "BLAKE2B-160"},
                    {"blake2b-256", "BLAKE2B-256"},
                    {"blake2b-384", "BLAKE2B-384"},
                    {"blake2b-512", "BLAKE2B-512"},
                    {"blake2s-128", "BLAKE2S-128"},
                    {"blake2s-256", "BLAKE2S-256"}
                }) ALL.put(d[0], provided(d[1]));
        // Guava writes its hashes with the lowest byte first, as no printed hash has them.
        ALL.put(
                "murmur3-128",
                b -> {
                    ByteBuffer h =
                            ByteBuffer.wrap(guava(com.google.common.hash.Hashing.murmur3_128(), b));
                    return ByteBuffer.allocate(16)
                            .putLong(Long.reverseBytes(h.getLong()))
                            .putLong(Long.reverseBytes(h.getLong()))
                            .array();
                });
        ALL.put("murmur3-32", b -> number(com.google.common.hash.Hashing.murmur3_32_fixed(), b));
        ALL.put("crc32", b -> number(com.google.common.hash.Hashing.crc32(), b));
        ALL.put(
                "java-hash",
                b -> ByteBuffer.allocate(4).putInt(new String(b, UTF_8).hashCode()).array());
    }

    private Hashing() {}

    private static Function provided(String algorithm) {
        return b -> {
            try {
                return MessageDigest.getInstance(algorithm, BOUNCY).digest(b);
            } catch (NoSuchAlgorithmException e) {
                try {
                    return MessageDigest.getInstance(algorithm).digest(b);
                } catch (NoSuchAlgorithmException again) {
                    throw new AssertionError(again);
                }
            }
        };
    }

    private static byte[] guava(HashFunction f, byte[] b) {
        return f.hashBytes(b).asBytes();
    }

    private static byte[] number(HashFunction f, byte[] b) {
        return ByteBuffer.allocate(4).putInt(f.hashBytes(b).asInt()).array();
    }

    /** xxHash64 of each; empty where there is no xxhsum. */
    static Map<ByteBuffer, byte[]> xxh64(List<byte[]> inputs) throws IOException {
        Map<ByteBuffer, byte[]> all = new HashMap<>();
        // Without a name it would read what is typed.
        if (inputs.isEmpty()) return all;
        Path folder = Files.createTempDirectory("xxh");
        try {
            List<String> command = new ArrayList<>(List.of("xxhsum", "-H1"));
            for (int i = 0; i < inputs.size(); i++) {
                Files.write(folder.resolve("f" + i), inputs.get(i));
                command.add(folder.resolve("f" + i).toString());
            }
            Process p = new ProcessBuilder(command).start();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            p.getInputStream().transferTo(out);
            String[] lines = out.toString(UTF_8).split("\n");
            for (int i = 0; i < inputs.size() && lines.length == inputs.size(); i++)
                all.put(
                        ByteBuffer.wrap(inputs.get(i)),
                        HexFormat.of().parseHex(lines[i].substring(0, 16)));
        } catch (IOException e) {
            // Not installed: these digests are left out, and the run says how many cases it had.
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path f : files.sorted(java.util.Comparator.reverseOrder()).toList())
                    Files.delete(f);
            }
        }
        return all;
    }
}
