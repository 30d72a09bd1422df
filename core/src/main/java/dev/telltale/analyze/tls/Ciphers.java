package dev.telltale.analyze.tls;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.ArrayDeque;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Ciphers of the JDK and buffers, shared by all flows of one thread: a cipher object is far larger
 * than what a flow need keep. They are given a key and a nonce for every record anyway.
 */
public final class Ciphers {
    /** The longest record with its header, as generous as old implementations were. */
    static final int LONGEST = 5 + (1 << 14) + 2048;

    /** Bytes kept before a record that is looked for: a block of ciphertext and a MAC. */
    static final int HISTORY = 128;

    private static final int FULL = LONGEST + HISTORY + 1;
    private static final int MOST_IDLE = 64;
    private static final int MOST_LENT = 512;

    /** Bytes kept for all flows whose one side waits for the other. */
    private static final long MOST_HELD = 32 << 20;

    final Kdf kdf = new Kdf();
    private @Nullable Cipher gcm;
    private @Nullable Cipher chacha;
    private final ArrayDeque<byte[]> idle = new ArrayDeque<>();
    private int lent;
    private long held;

    /** Sessions that may be resumed, by id or ticket, where an RSA key told their secret. */
    final Resumable resumable = new Resumable();

    public Kdf kdf() {
        return kdf;
    }

    /** A buffer for one record; {@link #give} it back. */
    byte[] take() {
        lent++;
        byte[] b = idle.pollLast();
        return b == null ? new byte[FULL] : b;
    }

    /**
     * As {@link #take}, to be kept while a record comes in; once many are, only as long as is
     * needed at once: flows that begin a record and never end it must not cost more than they sent.
     */
    byte[] takeForLong(int needed) {
        if (lent < MOST_LENT) return take();
        return new byte[Math.min(FULL, Math.max(64, needed))];
    }

    void give(byte[] b) {
        if (b.length != FULL) return;
        lent--;
        if (idle.size() < MOST_IDLE) idle.addLast(b);
    }

    /** A buffer with room for {@code needed} bytes, holding the {@code size} bytes of {@code b}. */
    static byte[] grown(byte[] b, int size, int needed) {
        if (needed <= b.length) return b;
        byte[] more = new byte[Math.min(FULL - 1, Math.max(needed, 2 * b.length))];
        System.arraycopy(b, 0, more, 0, size);
        return more;
    }

    /** Asks to keep {@code bytes} more for flows that wait; negative to give back. */
    boolean hold(long bytes) {
        if (bytes > 0 && held + bytes > MOST_HELD) return false;
        held += bytes;
        return true;
    }

    static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(transformation + " is part of every JDK", e);
        }
    }

    AeadOpener.Cipher aead(Suite.Bulk bulk, byte[] key) {
        return switch (bulk) {
            case AES_128_GCM, AES_256_GCM -> {
                SecretKeySpec k = new SecretKeySpec(key, "AES");
                yield (nonce, aad, b, from, length, out) ->
                        gcm(k, nonce, aad, b, from, length, out);
            }
            case CHACHA20_POLY1305 -> {
                SecretKeySpec k = new SecretKeySpec(key, "ChaCha20");
                yield (nonce, aad, b, from, length, out) ->
                        chacha(k, nonce, aad, b, from, length, out);
            }
            default -> OtherCiphers.aead(bulk, key);
        };
    }

    private int gcm(
            SecretKeySpec key,
            byte[] nonce,
            byte[] aad,
            byte[] b,
            int from,
            int length,
            byte[] out) {
        Cipher c = gcm;
        if (c == null) c = gcm = cipher("AES/GCM/NoPadding");
        try {
            c.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, nonce));
            if (aad.length > 0) c.updateAAD(aad);
            return c.doFinal(b, from, length, out, 0);
        } catch (GeneralSecurityException e) {
            return -1;
        }
    }

    private int chacha(
            SecretKeySpec key,
            byte[] nonce,
            byte[] aad,
            byte[] b,
            int from,
            int length,
            byte[] out) {
        Cipher c = chacha;
        if (c == null) c = chacha = cipher("ChaCha20-Poly1305");
        try {
            try {
                c.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(nonce));
            } catch (InvalidKeyException e) {
                // It refuses the nonce it had last, as a second trial has it.
                c = chacha = cipher("ChaCha20-Poly1305");
                c.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(nonce));
            }
            if (aad.length > 0) c.updateAAD(aad);
            return c.doFinal(b, from, length, out, 0);
        } catch (GeneralSecurityException e) {
            return -1;
        }
    }

    CbcOpener.Cipher cbc(Suite.Bulk bulk, byte[] key) {
        return switch (bulk) {
            case AES_128_CBC, AES_256_CBC -> jdk("AES", key);
            case DES, DES_40 -> jdk("DES", key);
            case TRIPLE_DES -> jdk("DESede", key);
            default -> OtherCiphers.cbc(bulk, key);
        };
    }

    /**
     * One object a flow and side: it keeps its key, which costs more to set than a short record to
     * decrypt.
     */
    private static CbcOpener.Cipher jdk(String algorithm, byte[] key) {
        Cipher c = cipher(algorithm + "/CBC/NoPadding");
        SecretKeySpec k = new SecretKeySpec(key, algorithm);
        return (iv, b, from, length, out) -> {
            try {
                c.init(Cipher.DECRYPT_MODE, k, new IvParameterSpec(iv));
                c.doFinal(b, from, length, out, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("whole blocks under a key of the right length", e);
            }
        };
    }
}
