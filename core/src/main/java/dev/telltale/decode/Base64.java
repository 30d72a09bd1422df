package dev.telltale.decode;

import java.util.Arrays;

/**
 * Base 64 with either alphabet, padded or not, <a
 * href="https://www.rfc-editor.org/rfc/rfc4648#section-4">RFC 4648 sections 4 and 5</a>; white
 * space between groups (RFC 2045 section 6.8) is passed over.
 */
final class Base64 extends Codec {
    /** Shorter texts are not tried. */
    static final int SHORTEST = 8;

    private static final byte OTHER = -1, BREAK = -2, PAD = -3;

    /** Both alphabets in one table: no text mixes them, and the caller has seen which it is. */
    private static final byte[] VALUE = new byte[256];

    static {
        Arrays.fill(VALUE, OTHER);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < 64; i++) VALUE[alphabet.charAt(i)] = (byte) i;
        VALUE['-'] = 62;
        VALUE['_'] = 63;
        VALUE['\r'] = VALUE['\n'] = VALUE['\t'] = VALUE[' '] = BREAK;
        VALUE['='] = PAD;
    }

    /** Padding ends a text and another may follow: each was encoded for itself. */
    private final boolean joined;

    private int bits;
    private int held;
    private boolean padded;

    Base64(boolean joined) {
        this.joined = joined;
    }

    @Override
    void begin() {
        super.begin();
        bits = held = 0;
        padded = false;
    }

    /**
     * Bytes written to {@code out} from 0. {@code [from, to)} holds letters of the alphabet and
     * line breaks only, without padding. Bits left over at the end are not looked at: encoders
     * leave rubbish there.
     */
    static int decode(byte[] b, int from, int to, byte[] out) {
        int o = 0;
        int p = from;
        int x = 0;
        int n = 0;
        while (p < to) {
            if (n == 0) {
                while (to - p >= 4) {
                    int v =
                            VALUE[b[p] & 0xff] << 18
                                    | VALUE[b[p + 1] & 0xff] << 12
                                    | VALUE[b[p + 2] & 0xff] << 6
                                    | VALUE[b[p + 3] & 0xff];
                    if (v < 0) break;
                    out[o] = (byte) (v >> 16);
                    out[o + 1] = (byte) (v >> 8);
                    out[o + 2] = (byte) v;
                    o += 3;
                    p += 4;
                }
                if (p == to) break;
            }
            int v = VALUE[b[p++] & 0xff];
            if (v < 0) continue;
            x = x << 6 | v;
            if (++n == 4) {
                out[o++] = (byte) (x >> 16);
                out[o++] = (byte) (x >> 8);
                out[o++] = (byte) x;
                n = 0;
            }
        }
        if (n >= 2) out[o++] = (byte) (x << 6 * (4 - n) >> 16);
        if (n == 3) out[o++] = (byte) (x << 6 >> 8);
        return o;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int o = offset;
        int end = offset + length;
        while (o < end && at < to) {
            int v = VALUE[in[at] & 0xff];
            if (joined && padded && v >= 0) {
                padded = false;
                bits = 0;
            }
            if (v >= 0 && !padded) {
                held = held << 6 | v;
                bits += 6;
                if (bits >= 8) {
                    bits -= 8;
                    out[o++] = (byte) (held >> bits);
                }
            } else if (v == PAD) {
                padded = true;
            } else if (v != BREAK || padded) {
                return o > offset ? o - offset : finish();
            }
            at++;
        }
        if (o > offset) return o - offset;
        return last && at == to ? finish() : 0;
    }
}
