package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * 256 secret random bits. What is hashed with them gives nothing away, however few values it could
 * have; they lie in a file of their own, for nobody but its owner to read, and go into no output.
 */
public final class Salt {
    public static final String FILE = "persona.salt";

    /** What a keyed hash begins with. */
    static final String KEYED = "hmac-sha256:";

    private static final int BYTES = 32;
    private final byte[] bytes;

    private Salt(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The folder's own, made where there is none yet: an audit made again stays the same. */
    public static Salt in(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Optional<Salt> there = read(file);
        if (there.isPresent()) return there.get();
        byte[] fresh = new byte[BYTES];
        new SecureRandom().nextBytes(fresh);
        Files.createDirectories(folder);
        try {
            create(file);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file + " holds no salt (64 hex digits); move it away", e);
        }
        Files.write(
                file,
                (HexFormat.of().formatHex(fresh) + "\n").getBytes(US_ASCII),
                StandardOpenOption.WRITE);
        return new Salt(fresh);
    }

    /** Empty, and readable by its owner alone from the first moment where the system knows that. */
    static void create(Path file) throws IOException {
        try {
            FileAttribute<?> owner =
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"));
            Files.createFile(file, owner);
        } catch (UnsupportedOperationException e) {
            Files.createFile(file);
        }
    }

    /** Empty where there is no such file, or none that holds a salt. */
    public static Optional<Salt> read(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > 1_000) return Optional.empty();
        String text = new String(Files.readAllBytes(file), US_ASCII);
        if (!text.matches("[0-9a-f]{" + 2 * BYTES + "}\n")) return Optional.empty();
        return Optional.of(new Salt(HexFormat.of().parseHex(text.strip())));
    }

    String keyed(byte[] message) {
        Mac mac = mac();
        return KEYED + HexFormat.of().formatHex(mac.doFinal(message));
    }

    String keyed(Path file) throws IOException {
        Mac mac = mac();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) mac.update(buffer, 0, n);
        }
        return KEYED + HexFormat.of().formatHex(mac.doFinal());
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }
}
