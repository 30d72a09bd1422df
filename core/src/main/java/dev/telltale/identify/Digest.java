package dev.telltale.identify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Digests that software makes of identifiers, unsalted. */
enum Digest {
    MD5("md5", "MD5"),
    SHA1("sha1", "SHA-1"),
    SHA256("sha256", "SHA-256"),
    SHA512("sha512", "SHA-512");

    /** All of them: no kind is known that only some are made of. */
    static final List<Digest> COMMON = List.of(values());

    private final String label;
    private final String algorithm;

    Digest(String label, String algorithm) {
        this.label = label;
        this.algorithm = algorithm;
    }

    String label() {
        return label;
    }

    MessageDigest instance() {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no " + algorithm, e);
        }
    }
}
