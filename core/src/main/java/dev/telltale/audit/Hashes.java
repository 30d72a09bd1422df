package dev.telltale.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of inputs, lower-case hex. */
final class Hashes {
    private Hashes() {}

    record Hashed(String sha256, long bytes) {}

    static Hashed sha256(InputStream in) throws IOException {
        MessageDigest d = digest();
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            d.update(buffer, 0, n);
            total += n;
        }
        return new Hashed(HexFormat.of().formatHex(d.digest()), total);
    }

    static String sha256(Path file) throws UnreadableInput {
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in).sha256();
        } catch (IOException e) {
            throw new UnreadableInput(
                    file + " cannot be read. Give a file that exists and that you may read.");
        }
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
