package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * Detached Ed25519 signatures (RFC 8032), 64 raw bytes, keys in PEM (PKCS #8, X.509), as other
 * programs make and check them.
 */
public final class Signing {
    static final String FILE = "manifest.sig";
    static final String SIGNER = "signer.pem";

    /** RFC 8410: what stands before the 32 bytes of a public key. */
    private static final byte[] PUBLIC_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int LARGEST = 10_000;

    private Signing() {}

    /** A key that cannot be used; the message is one line. */
    public static final class BadKey extends Exception {
        private static final long serialVersionUID = 1;

        BadKey(String message) {
            super(message);
        }
    }

    /** A private key and the public one that belongs to it. */
    public record Key(PrivateKey secret, byte[] publicKey) {}

    /** Makes a pair: the private key readable by its owner alone, the public one beside it. */
    public static Path generate(Path secret) throws IOException {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has Ed25519", e);
        }
        Salt.create(secret);
        Files.writeString(
                secret,
                pem("PRIVATE KEY", pair.getPrivate().getEncoded()),
                StandardOpenOption.WRITE);
        Path open = secret.resolveSibling(secret.getFileName() + ".pub");
        Files.writeString(
                open,
                pem("PUBLIC KEY", pair.getPublic().getEncoded()),
                StandardOpenOption.CREATE_NEW);
        return open;
    }

    /** Reads a PKCS #8 key in PEM. */
    public static Key read(Path file) throws IOException, BadKey {
        byte[] der = der(file, "PRIVATE KEY");
        try {
            PrivateKey key =
                    KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
            if (!(key instanceof EdECPrivateKey ed)) throw new BadKey(file + " is no Ed25519 key");
            byte[] seed = ed.getBytes().orElseThrow(() -> new BadKey(file + " hides its key"));
            byte[] open = new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded();
            return new Key(key, open);
        } catch (GeneralSecurityException e) {
            throw new BadKey(
                    file + " is no Ed25519 private key (PKCS #8 in PEM); telltale key makes one");
        }
    }

    static byte[] sign(Key key, byte[] message) {
        try {
            Signature s = Signature.getInstance("Ed25519");
            s.initSign(key.secret());
            s.update(message);
            return s.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    static byte[] publicPem(Key key) {
        return pem("PUBLIC KEY", concatenated(PUBLIC_HEAD, key.publicKey())).getBytes(US_ASCII);
    }

    /** Reads an X.509 public key in PEM. */
    static byte[] readPublic(Path file) throws IOException, BadKey {
        byte[] der = der(file, "PUBLIC KEY");
        if (der.length != PUBLIC_HEAD.length + 32
                || !Arrays.equals(PUBLIC_HEAD, Arrays.copyOf(der, PUBLIC_HEAD.length)))
            throw new BadKey(file + " is no Ed25519 public key in PEM");
        return Arrays.copyOfRange(der, PUBLIC_HEAD.length, der.length);
    }

    static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        try {
            PublicKey key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(
                                    new X509EncodedKeySpec(concatenated(PUBLIC_HEAD, publicKey)));
            Signature s = Signature.getInstance("Ed25519");
            s.initVerify(key);
            s.update(message);
            return s.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * What people compare: SHA-256 of the DER form, as {@code openssl pkey -pubin -outform DER}.
     */
    static String fingerprint(byte[] publicKey) {
        return Hashing.sha256(concatenated(PUBLIC_HEAD, publicKey));
    }

    /** Of the public key in that file. */
    public static String fingerprintOf(Path file) throws IOException {
        try {
            return fingerprint(readPublic(file));
        } catch (BadKey e) {
            throw new IOException(e);
        }
    }

    private static byte[] concatenated(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN "
                + what
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + what
                + "-----\n";
    }

    /** Nothing but the key and its frame: a file with more in it is not what was written. */
    private static byte[] der(Path file, String what) throws IOException, BadKey {
        if (Files.size(file) > LARGEST) throw new BadKey(file + " is too large for a key");
        String text = new String(Files.readAllBytes(file), US_ASCII).replace("\r", "");
        String begin = "-----BEGIN " + what + "-----\n";
        String end = "\n-----END " + what + "-----\n";
        if (!text.startsWith(begin) || !text.endsWith(end))
            throw new BadKey(file + " is no " + what.toLowerCase(Locale.ROOT) + " in PEM");
        String inside = text.substring(begin.length(), text.length() - end.length());
        try {
            byte[] der = Base64.getDecoder().decode(inside.replace("\n", ""));
            if (!Base64.getEncoder().encodeToString(der).equals(inside.replace("\n", "")))
                throw new BadKey(file + " is not as keys are written");
            return der;
        } catch (IllegalArgumentException e) {
            throw new BadKey(file + " is no PEM");
        }
    }
}
