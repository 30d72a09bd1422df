package dev.telltale.analyze.tls;

import org.jspecify.annotations.Nullable;

/**
 * Records closed by RC4, or by a MAC alone.
 *
 * <pre>
 * GenericStreamCipher (RFC 5246 6.2.3.1):  encrypted: content, MAC
 * </pre>
 *
 * RC4 has no records: its key stream goes on from one to the next. After a loss it is moved on by
 * the bytes lost, less five for each record header that was among them.
 */
final class StreamOpener extends Opener {
    /** A longer loss is not run through. */
    private static final long MOST_SKIPPED = 16 << 20;

    private final @Nullable Rc4 cipher;
    private final @Nullable Rc4 trial;
    private final RecordMac mac;

    StreamOpener(byte @Nullable [] key, RecordMac mac) {
        this.cipher = key == null ? null : new Rc4(key);
        this.trial = key == null ? null : new Rc4(key);
        this.mac = mac;
    }

    @Override
    int open(long at, int type, int version, byte[] b, int from, int length, byte[] out) {
        int n = length - mac.length();
        if (n < 0) return -1;
        Rc4 t = trial;
        Rc4 c = cipher;
        if (t == null || c == null) {
            System.arraycopy(b, from, out, 0, length);
        } else {
            t.set(c);
            long skip = dark - 5 * (at - sequence);
            if (skip < 0 || skip > MOST_SKIPPED) return -1;
            t.skip(skip);
            t.decrypt(b, from, length, out);
        }
        return mac.fits(at, type, version, out, 0, n, out, n) ? n : -1;
    }

    @Override
    void opened(long at, byte[] b, int from, int length) {
        // The trial before stands just behind this record.
        if (cipher != null && trial != null) cipher.set(trial);
        super.opened(at, b, from, length);
    }

    @Override
    int head() {
        return 0;
    }

    @Override
    int overhead() {
        return mac.length();
    }

    /** The cipher known as RC4: a permutation of 256 bytes, and two indexes that walk it. */
    private static final class Rc4 {
        private final byte[] s = new byte[256];
        private int i;
        private int j;

        Rc4(byte[] key) {
            for (int k = 0; k < 256; k++) s[k] = (byte) k;
            for (int k = 0, m = 0; k < 256; k++) {
                m = m + s[k] + key[k % key.length] & 0xff;
                byte t = s[k];
                s[k] = s[m];
                s[m] = t;
            }
        }

        void set(Rc4 o) {
            System.arraycopy(o.s, 0, s, 0, 256);
            i = o.i;
            j = o.j;
        }

        private byte next() {
            i = i + 1 & 0xff;
            byte a = s[i];
            j = j + a & 0xff;
            byte b = s[j];
            s[i] = b;
            s[j] = a;
            return s[a + b & 0xff];
        }

        void skip(long n) {
            for (long k = 0; k < n; k++) next();
        }

        void decrypt(byte[] b, int from, int n, byte[] out) {
            for (int k = 0; k < n; k++) out[k] = (byte) (b[from + k] ^ next());
        }
    }
}
