package dev.telltale.decode;

import java.util.Arrays;

/**
 * Base 32 and its extended hex alphabet, <a
 * href="https://www.rfc-editor.org/rfc/rfc4648#section-6">RFC 4648 sections 6 and 7</a>, in either
 * case but not in both.
 */
final class Base32 extends Codec {
    private final boolean extended;
    private int bits;
    private int held;

    Base32(boolean extended) {
        this.extended = extended;
    }

    @Override
    void begin() {
        super.begin();
        bits = held = 0;
    }

    /** What a letter stands for, by its code; -1 for those of no alphabet. */
    private static final byte[] ALPHABET = values("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");

    private static final byte[] EXTENDED = values("0123456789ABCDEFGHIJKLMNOPQRSTUV");

    private static byte[] values(String letters) {
        byte[] v = new byte[256];
        Arrays.fill(v, (byte) -1);
        for (int i = 0; i < letters.length(); i++)
            v[letters.charAt(i)] = v[Character.toLowerCase(letters.charAt(i))] = (byte) i;
        return v;
    }

    private static int value(byte c, boolean extended) {
        return (extended ? EXTENDED : ALPHABET)[c & 0xff];
    }

    /**
     * Whether all of it is of the alphabet, of a length that bytes have, and leaves no bits over.
     */
    static boolean fits(byte[] b, int from, int to, boolean extended) {
        int over =
                switch ((to - from) % 8) {
                    case 0 -> 0;
                    case 2 -> 2;
                    case 4 -> 4;
                    case 5 -> 1;
                    case 7 -> 3;
                    default -> -1;
                };
        if (over < 0) return false;
        int cases = 0;
        byte[] values = extended ? EXTENDED : ALPHABET;
        for (int p = from; p < to; p++) {
            if (values[b[p] & 0xff] < 0) return false;
            if (b[p] >= 'A') cases |= b[p] >= 'a' ? 1 : 2;
            if (cases == 3) return false;
        }
        return (value(b[to - 1], extended) & (1 << over) - 1) == 0;
    }

    /** Bytes written to {@code out} of what {@link #fits}. */
    static int decode(byte[] b, int from, int to, boolean extended, byte[] out) {
        byte[] values = extended ? EXTENDED : ALPHABET;
        int o = 0;
        int v = 0;
        int n = 0;
        for (int p = from; p < to; p++) {
            v = (v & 0xff) << 5 | values[b[p] & 0xff];
            n += 5;
            if (n >= 8) out[o++] = (byte) (v >> (n -= 8));
        }
        return o;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int o = offset;
        while (o < offset + length && at < to) {
            int v = value(in[at], extended);
            if (v < 0) break;
            at++;
            held = (held & 0xff) << 5 | v;
            bits += 5;
            if (bits >= 8) out[o++] = (byte) (held >> (bits -= 8));
        }
        if (o > offset) return o - offset;
        return at < to || last ? finish() : 0;
    }
}
