package dev.telltale.analyze;

import java.util.Arrays;

/** Bytes of one side that are kept until what they begin is whole. */
final class Kept {
    private static final byte[] NOTHING = {};

    byte[] b = NOTHING;
    int size;

    /** Where the first of them stands in the stream. */
    long at;

    void add(byte[] from, int i, int n, long where) {
        if (size == 0) at = where;
        if (b.length - size < n)
            b = Arrays.copyOf(b, Math.max(Math.max(64, size + n), 2 * b.length));
        System.arraycopy(from, i, b, size, n);
        size += n;
    }

    void add(byte v, long where) {
        if (size == 0) at = where;
        if (b.length == size) b = Arrays.copyOf(b, Math.max(64, 2 * size));
        b[size++] = v;
    }

    /** Hands the array over: idle flows hold none. */
    byte[] take() {
        byte[] all = b;
        b = NOTHING;
        size = 0;
        return all;
    }
}
