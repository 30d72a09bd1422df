package dev.telltale.decode;

import java.util.Arrays;

/**
 * Reads the heads of items that say what they are and how long (CBOR, MessagePack): an item is a
 * head, then the bytes of its text or the items within it.
 */
abstract class ItemHead {
    enum Kind {
        INTEGER,
        REAL,
        TEXT,
        BYTES,
        /** A text or bytes in chunks, up to {@link #BREAK}. */
        CHUNKS,
        LIST,
        MAP,
        /** Says something of the item that follows. */
        TAG,
        BREAK,
        /** True, false, null and the like. */
        NOTHING
    }

    /** What {@link #read} gives where the head is cut, or is none. */
    static final int CUT = -1, BAD = -2;

    /** {@link #value} of what goes on up to {@link Kind#BREAK}. */
    static final long ENDLESS = -1;

    /** Items within items; what is deeper is not taken apart. */
    static final int NESTING = 64;

    Kind kind = Kind.NOTHING;

    /** The number; or how many bytes, items or pairs follow. */
    long value;

    /** The number is negative only as a signed one. */
    boolean unsigned;

    double real;

    /** Bytes of the number, which end the head. */
    int width;

    /** Index behind the head at {@code i < to}, {@link #CUT} or {@link #BAD}. */
    abstract int read(byte[] b, int i, int to);

    /** A number of {@code n} bytes, the highest first. */
    static long bigEndian(byte[] b, int p, int n) {
        long v = 0;
        for (int k = 0; k < n; k++) v = v << 8 | b[p + k] & 0xff;
        return v;
    }

    /**
     * Whether {@code [s, e)}, of which nothing is announced, reads as one item with items in it, to
     * its end, with some text and little that is neither text nor number.
     */
    boolean convinces(byte[] b, int s, int e, boolean complete) {
        if (e - s < 6) return false;
        // Most of what is asked about is no item at all, and of few levels where it is one.
        long[] left = {};
        boolean[] maps = {};
        int depth = 0;
        long text = 0;
        long names = 0;
        long other = 0;
        int at = s;
        do {
            int p = at == e ? CUT : read(b, at, e);
            if (p == BAD) return false;
            if (p == CUT) break;
            at = p;
            if (depth == left.length && depth < NESTING) {
                left = Arrays.copyOf(left, Math.min(NESTING, 2 * depth + 4));
                maps = Arrays.copyOf(maps, left.length);
            }
            boolean inside = depth > 0;
            boolean name = inside && maps[depth - 1] && (left[depth - 1] & 1) == 0;
            boolean done = true;
            switch (kind) {
                case TEXT, BYTES -> {
                    if (value > e - at && complete) return false;
                    boolean whole = value <= e - at;
                    int end = whole ? (int) (at + value) : e;
                    if (kind == Kind.TEXT) {
                        if (!Chars.isText(b, at, end, whole)) return false;
                        text += end - at;
                        if (name) names += end - at;
                    } else {
                        other += end - at;
                    }
                    at = end;
                    if (!whole) return tells(text, names, other, e - s);
                }
                case LIST, MAP -> {
                    if (name || depth == NESTING || value > e - at && complete) return false;
                    if (value != 0) {
                        maps[depth] = kind == Kind.MAP;
                        left[depth++] =
                                value < 0 ? Long.MIN_VALUE : value * (maps[depth - 1] ? 2 : 1);
                        done = false;
                    }
                }
                case CHUNKS -> {
                    if (depth == NESTING) return false;
                    maps[depth] = false;
                    left[depth++] = Long.MIN_VALUE;
                    done = false;
                }
                case TAG -> done = false;
                case BREAK -> {
                    if (!inside || left[depth - 1] >= 0 || maps[depth - 1] && !name) return false;
                    depth--;
                }
                case INTEGER, REAL, NOTHING -> {}
            }
            while (done && depth > 0) {
                // Endless ones count up from an even number.
                if (left[depth - 1] < 0) left[depth - 1]++;
                else left[depth - 1]--;
                done = left[depth - 1] == 0;
                if (done) depth--;
            }
        } while (depth > 0 || at == s || kind == Kind.TAG);
        boolean ended = depth == 0 && at == e;
        return (ended || !complete && depth > 0) && tells(text, names, other, e - s);
    }

    private static boolean tells(long text, long names, long other, int n) {
        return text >= 4 && (4 * other <= n || names >= 8);
    }
}
