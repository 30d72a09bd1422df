package dev.telltale.analyze.tls;

/**
 * Records closed by an AEAD cipher.
 *
 * <pre>
 * TLS 1.2, GCM and CCM (RFC 5288 3, RFC 6655 3):  explicit nonce (8 bytes), ciphertext, tag;  nonce = salt (4) + explicit nonce
 * TLS 1.2, ChaCha20-Poly1305 (RFC 7905 2):        ciphertext, tag;  nonce = IV (12) xor sequence
 * TLS 1.3 (RFC 8446 5.2, 5.3):                    ciphertext, tag;  nonce = IV (12) xor sequence
 *
 * additional data of 1.2 (RFC 5246 6.2.3.3): sequence (64), type (8), version (16), plaintext length (16)
 * of 1.3: the record header; of its drafts before 25: none
 * </pre>
 */
final class AeadOpener extends Opener {
    /** Decrypts and authenticates; -1 where that fails. */
    interface Cipher {
        /**
         * @param aad additional data; empty for none
         * @param length of ciphertext and tag
         * @return length of the plaintext, at {@code out[0]}
         */
        int open(byte[] nonce, byte[] aad, byte[] b, int from, int length, byte[] out);
    }

    private final Cipher cipher;
    private final byte[] iv;
    private final int explicit;
    private final int tag;
    private final byte[] nonce = new byte[12];
    private final byte[] aad;
    private final boolean header;

    /**
     * Explicit nonce less sequence: most write the one as the other, or begin elsewhere and count.
     */
    private long drift;

    private AeadOpener(
            Cipher cipher, byte[] iv, int explicit, int tag, byte[] aad, boolean header) {
        this.cipher = cipher;
        this.iv = iv;
        this.explicit = explicit;
        this.tag = tag;
        this.aad = aad;
        this.header = header;
    }

    /**
     * @param iv 4 bytes of salt for GCM and CCM, else 12
     */
    static AeadOpener tls12(Cipher cipher, byte[] iv, int tag) {
        return new AeadOpener(cipher, iv, 12 - iv.length, tag, new byte[13], false);
    }

    /**
     * @param header whether the record header is authenticated
     */
    static AeadOpener tls13(Cipher cipher, byte[] iv, int tag, boolean header) {
        return new AeadOpener(cipher, iv, 0, tag, new byte[header ? 5 : 0], header);
    }

    @Override
    int open(long at, int type, int version, byte[] b, int from, int length, byte[] out) {
        int plain = length - explicit - tag;
        if (plain < 0) return -1;
        System.arraycopy(iv, 0, nonce, 0, iv.length);
        if (explicit > 0) System.arraycopy(b, from, nonce, iv.length, explicit);
        else for (int i = 0; i < 8; i++) nonce[4 + i] ^= (byte) (at >>> 56 - 8 * i);
        if (header) header(0, type, version, length);
        else if (aad.length > 0) {
            put64(aad, 0, at);
            header(8, type, version, plain);
        }
        return cipher.open(nonce, aad, b, from + explicit, length - explicit, out);
    }

    private void header(int i, int type, int version, int length) {
        aad[i] = (byte) type;
        aad[i + 1] = (byte) (version >>> 8);
        aad[i + 2] = (byte) version;
        aad[i + 3] = (byte) (length >>> 8);
        aad[i + 4] = (byte) length;
    }

    @Override
    int head() {
        return explicit;
    }

    @Override
    int overhead() {
        return explicit + tag;
    }

    @Override
    long guess(byte[] b, int from, int length) {
        if (explicit != 8 || length < 8) return -1;
        long at = int64(b, from) - drift;
        return at > sequence ? at : -1;
    }

    @Override
    void opened(long at, byte[] b, int from, int length) {
        super.opened(at, b, from, length);
        if (explicit == 8) drift = int64(b, from) - at;
    }
}
