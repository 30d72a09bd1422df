package dev.telltale.analyze.quic;

import dev.telltale.analyze.tls.Kdf;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Packet protection (<a href="https://www.rfc-editor.org/rfc/rfc9001#section-5">RFC 9001 5</a>):
 * ciphers of the JDK and buffers, shared by all connections of one thread. Heap arrays throughout:
 * the JDK is fastest on them.
 */
final class Protection {
    /** The cipher suites that QUIC may use, but for CCM, which nobody does. */
    enum Suite {
        AES_128_GCM(0x1301, 16, false),
        AES_256_GCM(0x1302, 32, true),
        CHACHA20_POLY1305(0x1303, 32, false);

        final int id;
        final int key;

        /** Secrets have 48 bytes and not 32. */
        final boolean sha384;

        Suite(int id, int key, boolean sha384) {
            this.id = id;
            this.key = key;
            this.sha384 = sha384;
        }

        static Optional<Suite> of(int id) {
            for (Suite s : values()) if (s.id == id) return Optional.of(s);
            return Optional.empty();
        }
    }

    static final int TAG = 16;

    /** Most bytes that a datagram has. */
    private static final int MOST = 1 << 16;

    private static final int SAMPLE = 16;

    /** Plaintext of the packet opened last. */
    final byte[] plain = new byte[MOST];

    /** Its header without protection. */
    private final byte[] header = new byte[MOST];

    private final byte[] mask = new byte[SAMPLE];
    private final Cipher aes = cipher("AES/ECB/NoPadding");
    private final Cipher gcm = cipher("AES/GCM/NoPadding");
    private Cipher chacha = cipher("ChaCha20-Poly1305");
    private Cipher stream = cipher("ChaCha20");
    private final Mac hmac = mac();
    private @Nullable SecretKeySpec aesKey;
    private final byte[] nonce = new byte[12];

    // What unmask() found.
    int first;
    int numberLength;
    long truncated;

    /** Keys of one direction under one secret. */
    static final class Keys {
        final Suite suite;
        final byte[] secret;
        private final SecretKeySpec key;
        private final byte[] iv;
        private final SecretKeySpec headerKey;

        private Keys(
                Suite suite, byte[] secret, SecretKeySpec key, byte[] iv, SecretKeySpec headerKey) {
            this.suite = suite;
            this.secret = secret;
            this.key = key;
            this.iv = iv;
            this.headerKey = headerKey;
        }
    }

    private static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(transformation + " is part of every JDK", e);
        }
    }

    private static Mac mac() {
        try {
            return Mac.getInstance("HmacSHA256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
        }
    }

    // --- Keys

    /** The secret of Initial packets of one side (RFC 9001 5.2). */
    byte[] initialSecret(Kdf kdf, Version v, byte[] dcid, boolean client) {
        byte[] secret;
        try {
            hmac.init(new SecretKeySpec(v.salt(), "HMAC"));
            secret = hmac.doFinal(dcid);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC takes every key", e);
        }
        return kdf.expandLabel(false, secret, "tls13 ", client ? "client in" : "server in", 32);
    }

    /** Keys of a secret (5.1). */
    static Keys keys(Kdf kdf, Version v, Suite suite, byte[] secret) {
        byte[] hp = kdf.expandLabel(suite.sha384, secret, "tls13 ", v.prefix() + "hp", suite.key);
        return keys(kdf, v, suite, secret, new SecretKeySpec(hp, algorithm(suite)));
    }

    /** Keys after an update (6.1): the header's stays. */
    static Keys updated(Kdf kdf, Version v, Keys old) {
        byte[] next =
                kdf.expandLabel(
                        old.suite.sha384,
                        old.secret,
                        "tls13 ",
                        v.prefix() + "ku",
                        old.secret.length);
        return keys(kdf, v, old.suite, next, old.headerKey);
    }

    private static Keys keys(
            Kdf kdf, Version v, Suite suite, byte[] secret, SecretKeySpec headerKey) {
        byte[] key = kdf.expandLabel(suite.sha384, secret, "tls13 ", v.prefix() + "key", suite.key);
        byte[] iv = kdf.expandLabel(suite.sha384, secret, "tls13 ", v.prefix() + "iv", 12);
        return new Keys(suite, secret, new SecretKeySpec(key, algorithm(suite)), iv, headerKey);
    }

    private static String algorithm(Suite suite) {
        return suite == Suite.CHACHA20_POLY1305 ? "ChaCha20" : "AES";
    }

    // --- Opening

    /**
     * Takes the protection off the header (5.4) of the packet {@code [from, end)} whose number
     * stands at {@code number}; false where it is too short.
     */
    boolean unmask(Keys k, byte[] b, int from, int number, int end) {
        if (end - number < 4 + SAMPLE) return false;
        if (k.suite == Suite.CHACHA20_POLY1305) chachaMask(k.headerKey, b, number + 4);
        else aesMask(k.headerKey, b, number + 4);
        first = (b[from] ^ mask[0] & (b[from] < 0 ? 0x0f : 0x1f)) & 0xff;
        numberLength = 1 + (first & 3);
        long n = 0;
        for (int i = 0; i < numberLength; i++) n = n << 8 | (b[number + i] ^ mask[1 + i]) & 0xff;
        truncated = n;
        return true;
    }

    private void aesMask(SecretKeySpec key, byte[] b, int sample) {
        try {
            if (aesKey != key) {
                aes.init(Cipher.ENCRYPT_MODE, key);
                aesKey = key;
            }
            aes.update(b, sample, SAMPLE, mask, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("one block under a key of the right length", e);
        }
    }

    private void chachaMask(SecretKeySpec key, byte[] b, int sample) {
        int counter =
                (b[sample] & 0xff)
                        | (b[sample + 1] & 0xff) << 8
                        | (b[sample + 2] & 0xff) << 16
                        | (b[sample + 3] & 0xff) << 24;
        byte[] n = Arrays.copyOfRange(b, sample + 4, sample + 16);
        try {
            try {
                stream.init(Cipher.ENCRYPT_MODE, key, new ChaCha20ParameterSpec(n, counter));
            } catch (InvalidKeyException e) {
                // It refuses the nonce it had last, as a second trial has it.
                stream = cipher("ChaCha20");
                stream.init(Cipher.ENCRYPT_MODE, key, new ChaCha20ParameterSpec(n, counter));
            }
            Arrays.fill(mask, (byte) 0);
            stream.doFinal(mask, 0, 5, mask, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key and a nonce of the right length", e);
        }
    }

    /**
     * Opens what {@link #unmask} was last asked about, as packet {@code n} (5.3).
     *
     * @return length of the plaintext, which begins at {@code plain[0]}; -1 where it is not that
     *     packet
     */
    int open(Keys k, byte[] b, int from, int number, int end, long n) {
        int payload = number + numberLength;
        if (end - payload < TAG || payload - from > header.length) return -1;
        System.arraycopy(b, from, header, 0, payload - from);
        header[0] = (byte) first;
        for (int i = 0; i < numberLength; i++)
            header[number - from + i] = (byte) (truncated >>> 8 * (numberLength - 1 - i));
        return open(k, n, header, payload - from, b, payload, end - payload);
    }

    private int open(Keys k, long n, byte[] aad, int aadLength, byte[] b, int from, int length) {
        System.arraycopy(k.iv, 0, nonce, 0, 12);
        for (int i = 0; i < 8; i++) nonce[4 + i] ^= (byte) (n >>> 56 - 8 * i);
        try {
            Cipher c = k.suite == Suite.CHACHA20_POLY1305 ? chacha(k) : gcm(k);
            c.updateAAD(aad, 0, aadLength);
            return c.doFinal(b, from, length, plain, 0);
        } catch (GeneralSecurityException e) {
            return -1;
        }
    }

    private Cipher gcm(Keys k) throws GeneralSecurityException {
        gcm.init(Cipher.DECRYPT_MODE, k.key, new GCMParameterSpec(8 * TAG, nonce));
        return gcm;
    }

    private Cipher chacha(Keys k) throws GeneralSecurityException {
        try {
            chacha.init(Cipher.DECRYPT_MODE, k.key, new IvParameterSpec(nonce));
        } catch (InvalidKeyException e) {
            chacha = cipher("ChaCha20-Poly1305");
            chacha.init(Cipher.DECRYPT_MODE, k.key, new IvParameterSpec(nonce));
        }
        return chacha;
    }

    /**
     * Whether a Retry packet {@code [from, end)} answers a client that called {@code original} (RFC
     * 9001 5.8): its tag is that of an empty plaintext.
     */
    boolean retryHolds(Version v, byte[] original, byte[] b, int from, int end) {
        int tag = end - TAG;
        int length = 1 + original.length + tag - from;
        if (length > header.length) return false;
        header[0] = (byte) original.length;
        System.arraycopy(original, 0, header, 1, original.length);
        System.arraycopy(b, from, header, 1 + original.length, tag - from);
        try {
            gcm.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(v.retryKey(), "AES"),
                    new GCMParameterSpec(8 * TAG, v.retryNonce()));
            gcm.updateAAD(header, 0, length);
            return gcm.doFinal(b, tag, TAG, plain, 0) == 0;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** The packet number meant by its low bits, by what was received so far (RFC 9000 A.3). */
    static long number(long largest, long truncated, int bytes) {
        long expected = largest + 1;
        long window = 1L << 8 * bytes;
        long candidate = expected & -window | truncated;
        if (candidate <= expected - window / 2 && candidate < (1L << 62) - window)
            return candidate + window;
        if (candidate > expected + window / 2 && candidate >= window) return candidate - window;
        return candidate;
    }
}
