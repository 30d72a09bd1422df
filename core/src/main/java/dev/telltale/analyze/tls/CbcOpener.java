package dev.telltale.analyze.tls;

import org.jspecify.annotations.Nullable;

/**
 * Records closed by a block cipher in CBC mode.
 *
 * <pre>
 * GenericBlockCipher (RFC 5246 6.2.3.2):  IV (from TLS 1.1 on), encrypted: content, MAC, padding, padding length (8)
 * encrypt_then_mac (RFC 7366 3):          IV (from TLS 1.1 on), encrypted: content, padding, padding length (8); MAC
 * </pre>
 *
 * Before TLS 1.1 the IV is the last block of the record before.
 */
final class CbcOpener extends Opener {
    /** Decrypts whole blocks. */
    interface Cipher {
        void decrypt(byte[] iv, byte[] b, int from, int length, byte[] out);
    }

    private final Cipher cipher;
    private final int block;
    private final RecordMac mac;
    private final boolean explicit;
    private final boolean macLast;
    private final boolean ssl3;
    private final byte[] iv;
    private boolean chained;

    /**
     * @param iv of the first record, where none is in the records
     */
    CbcOpener(
            Cipher cipher,
            int block,
            RecordMac mac,
            byte @Nullable [] iv,
            boolean macLast,
            boolean ssl3) {
        this.cipher = cipher;
        this.block = block;
        this.mac = mac;
        this.explicit = iv == null;
        this.iv = iv == null ? new byte[block] : iv.clone();
        this.chained = !explicit;
        this.macLast = macLast;
        this.ssl3 = ssl3;
    }

    @Override
    int open(long at, int type, int version, byte[] b, int from, int length, byte[] out) {
        int head = head();
        int sealed = length - head - (macLast ? mac.length() : 0);
        if (sealed < block || sealed % block != 0 || !explicit && !chained) return -1;
        if (macLast
                && !mac.fits(at, type, version, b, from, head + sealed, b, from + head + sealed))
            return -1;
        if (explicit) System.arraycopy(b, from, iv, 0, block);
        cipher.decrypt(iv, b, from + head, sealed, out);
        int padding = out[sealed - 1] & 0xff;
        int content = sealed - 1 - padding - (macLast ? 0 : mac.length());
        if (content < 0) return -1;
        // SSL 3.0 leaves the bytes of the padding open.
        if (!ssl3)
            for (int i = sealed - 1 - padding; i < sealed; i++)
                if (out[i] != (byte) padding) return -1;
        if (!macLast && !mac.fits(at, type, version, out, 0, content, out, content)) return -1;
        return content;
    }

    @Override
    int head() {
        return explicit ? block : 0;
    }

    @Override
    int overhead() {
        return head() + mac.length() + 1;
    }

    @Override
    void opened(long at, byte[] b, int from, int length) {
        super.opened(at, b, from, length);
        chain(b, from, length);
    }

    @Override
    void lost(byte[] b, int from, int length) {
        super.lost(b, from, length);
        chain(b, from, length);
    }

    @Override
    void missed(long bytes) {
        super.missed(bytes);
        chained = false;
    }

    @Override
    void before(byte[] b, int from, int end) {
        if (explicit) return;
        chained = false;
        chain(b, from, end - from);
    }

    private void chain(byte[] b, int from, int length) {
        int end = from + length - (macLast ? mac.length() : 0);
        if (explicit || end - block < from) return;
        System.arraycopy(b, end - block, iv, 0, block);
        chained = true;
    }
}
