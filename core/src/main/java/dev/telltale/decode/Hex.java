package dev.telltale.decode;

import java.util.Arrays;

/**
 * Base16, <a href="https://www.rfc-editor.org/rfc/rfc4648#section-8">RFC 4648 section 8</a>, either
 * case.
 */
final class Hex extends Codec {
    /** Shorter texts are not tried. */
    static final int SHORTEST = 8;

    private static final byte[] VALUE = new byte[256];

    static {
        Arrays.fill(VALUE, (byte) -1);
        for (int i = 0; i < 10; i++) VALUE['0' + i] = (byte) i;
        for (int i = 0; i < 6; i++) VALUE['a' + i] = VALUE['A' + i] = (byte) (10 + i);
    }

    /** Value of a digit; negative for other bytes, and so is any such value shifted or OR-ed. */
    static int value(byte c) {
        return VALUE[c & 0xff];
    }

    /** Bytes written to {@code out}; {@code [from, to)} must be an even number of hex digits. */
    static int decode(byte[] b, int from, int to, byte[] out) {
        int o = 0;
        for (int p = from; p < to; p += 2) out[o++] = (byte) (value(b[p]) << 4 | value(b[p + 1]));
        return o;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int o = offset;
        int end = offset + length;
        while (o < end) {
            if (to - at < 2)
                return o > offset
                        ? o - offset
                        : last || at < to && value(in[at]) < 0 ? finish() : 0;
            int v = value(in[at]) << 4 | value(in[at + 1]);
            if (v < 0) return o > offset ? o - offset : finish();
            out[o++] = (byte) v;
            at += 2;
        }
        return o - offset;
    }
}
