package dev.telltale.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.telltale.tap.CertificateAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The certificate authority of this installation: made once, kept in a file that its owner alone
 * reads. Whoever has that file can read the traffic of every phone that trusts it.
 */
public final class Authority {
    private static final String FILE = "recorder-ca.pem";
    private static final String KEY = "PRIVATE KEY";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final Duration LIFE = Duration.ofDays(3650);

    /** Clocks of phones are off. */
    private static final Duration BEFORE = Duration.ofDays(2);

    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private final CertificateAuthority authority;

    private Authority(CertificateAuthority authority) {
        this.authority = authority;
    }

    CertificateAuthority authority() {
        return authority;
    }

    /** Its certificate, to install on a phone (RFC 7468). */
    public String pem() {
        try {
            return authority.pem();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where it is kept: {@code XDG_DATA_HOME/telltale}, else {@code ~/.local/share/telltale}. */
    public static Path folder(Map<String, String> environment) {
        String data = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base =
                data.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".local", "share")
                        : Path.of(data);
        return base.resolve("telltale");
    }

    /**
     * The one that is kept in {@code folder}; made where there is none.
     *
     * @throws IOException where it cannot be kept or what is there is none; the message says what
     *     to do
     */
    public static Authority in(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.exists(file)) make(folder, file);
            return new Authority(read(file));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    file
                            + " holds no key and certificate ("
                            + e.getMessage()
                            + "); remove it to have a new authority made",
                    e);
        }
    }

    /** The SHA-256 of its certificate, as phones show it. */
    public String fingerprint() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(authority.certificate().getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One that no phone trusts, for clients that should refuse it. */
    static CertificateAuthority untrusted() throws GeneralSecurityException {
        Instant now = Instant.now();
        return new CertificateAuthority(
                "Telltale untrusted", now.minus(BEFORE), now.plus(LIFE), new SecureRandom());
    }

    private static void make(Path folder, Path file) throws IOException, GeneralSecurityException {
        Instant now = Instant.now();
        SecureRandom random = new SecureRandom();
        // Each with a name of its own: phones tell authorities apart by name.
        byte[] some = new byte[3];
        random.nextBytes(some);
        CertificateAuthority made =
                new CertificateAuthority(
                        "Telltale recorder " + HexFormat.of().formatHex(some),
                        now.minus(BEFORE),
                        now.plus(LIFE),
                        random);
        Files.createDirectories(folder);
        String pem = pem(KEY, made.key().getEncoded()) + made.pem();
        // Whole or not at all, and never readable by others, not even for a moment.
        Path part = folder.resolve("." + FILE + "." + UUID.randomUUID());
        try {
            Files.createFile(part, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (UnsupportedOperationException e) {
            // A file system without such modes; the user's folder has to do.
            Files.createFile(part);
        }
        try {
            Files.writeString(part, pem, US_ASCII);
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            // Another recorder was quicker.
            return;
        } catch (UnsupportedOperationException e) {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static CertificateAuthority read(Path file)
            throws IOException, GeneralSecurityException {
        String pem = Files.readString(file, US_ASCII);
        X509Certificate certificate =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(
                                        new ByteArrayInputStream(bytes(pem, CERTIFICATE)));
        KeyPair keys =
                new KeyPair(
                        certificate.getPublicKey(),
                        KeyFactory.getInstance("EC")
                                .generatePrivate(new PKCS8EncodedKeySpec(bytes(pem, KEY))));
        return new CertificateAuthority(keys, certificate, new SecureRandom());
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END "
                + label
                + "-----\n";
    }

    private static byte[] bytes(String pem, String label) {
        String begin = "-----BEGIN " + label + "-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) throw new IllegalArgumentException("no " + label);
        return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to).strip());
    }
}
