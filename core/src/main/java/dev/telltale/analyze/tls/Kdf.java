package dev.telltale.analyze.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How TLS makes keys of secrets. One thread; keeps its digests. */
public final class Kdf {
    private final Mac hmacMd5 = hmac("HmacMD5");
    private final Mac hmacSha1 = hmac("HmacSHA1");
    private final Mac hmacSha256 = hmac("HmacSHA256");
    private final Mac hmacSha384 = hmac("HmacSHA384");

    static Mac hmac(String algorithm) {
        try {
            return Mac.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is part of every JDK", e);
        }
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is part of every JDK", e);
        }
    }

    /**
     * The PRF of a version (0x300 SSL 3.0 to 0x303 TLS 1.2); for SSL 3.0 the label says nothing.
     */
    byte[] prf(int version, boolean sha384, byte[] secret, String label, byte[] seed, int length) {
        if (version == 0x300) return ssl3(secret, seed, length);
        byte[] name = label.getBytes(StandardCharsets.US_ASCII);
        byte[] full = Arrays.copyOf(name, name.length + seed.length);
        System.arraycopy(seed, 0, full, name.length, seed.length);
        byte[] out = new byte[length];
        if (version >= 0x303) {
            pHash(sha384 ? hmacSha384 : hmacSha256, secret, 0, secret.length, full, out);
        } else {
            // RFC 2246 5: the halves of the secret share the middle byte of an odd length.
            int half = (secret.length + 1) / 2;
            pHash(hmacMd5, secret, 0, half, full, out);
            pHash(hmacSha1, secret, secret.length - half, half, full, out);
        }
        return out;
    }

    /** P_hash (RFC 5246 5), added to {@code out} by exclusive or. */
    private static void pHash(Mac mac, byte[] secret, int from, int n, byte[] seed, byte[] out) {
        init(mac, Arrays.copyOfRange(secret, from, from + n));
        byte[] a = mac.doFinal(seed);
        for (int done = 0; done < out.length; ) {
            mac.update(a);
            byte[] block = mac.doFinal(seed);
            int k = Math.min(block.length, out.length - done);
            for (int i = 0; i < k; i++) out[done + i] ^= block[i];
            done += k;
            a = mac.doFinal(a);
        }
    }

    /**
     * RFC 6101 6.2.2: MD5(secret + SHA('A' + secret + seed)) + MD5(secret + SHA('BB' + secret +
     * seed)) + ...
     */
    private static byte[] ssl3(byte[] secret, byte[] seed, int length) {
        MessageDigest md5 = digest("MD5");
        MessageDigest sha = digest("SHA-1");
        byte[] out = new byte[length];
        for (int i = 0, done = 0; done < length; i++) {
            for (int k = 0; k <= i; k++) sha.update((byte) ('A' + i));
            sha.update(secret);
            byte[] inner = sha.digest(seed);
            md5.update(secret);
            byte[] block = md5.digest(inner);
            int n = Math.min(block.length, length - done);
            System.arraycopy(block, 0, out, done, n);
            done += n;
        }
        return out;
    }

    /**
     * HKDF-Expand-Label with an empty context (RFC 8446 7.1).
     *
     * @param prefix {@code "tls13 "}, or as old drafts have it
     */
    public byte[] expandLabel(
            boolean sha384, byte[] secret, String prefix, String label, int length) {
        byte[] name = (prefix + label).getBytes(StandardCharsets.US_ASCII);
        Mac mac = sha384 ? hmacSha384 : hmacSha256;
        init(mac, secret);
        byte[] out = new byte[length];
        byte[] t = {};
        for (int i = 1, done = 0; done < length; i++) {
            mac.update(t);
            mac.update((byte) (length >>> 8));
            mac.update((byte) length);
            mac.update((byte) name.length);
            mac.update(name);
            mac.update((byte) 0);
            mac.update((byte) i);
            t = mac.doFinal();
            int n = Math.min(t.length, length - done);
            System.arraycopy(t, 0, out, done, n);
            done += n;
        }
        return out;
    }

    private static void init(Mac mac, byte[] key) {
        try {
            // HMAC pads a key with zeros, so that an empty one is a zero.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HMAC"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC takes every key", e);
        }
    }
}
