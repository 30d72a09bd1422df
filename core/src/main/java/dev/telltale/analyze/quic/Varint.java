package dev.telltale.analyze.quic;

/**
 * Variable-length integers (<a href="https://www.rfc-editor.org/rfc/rfc9000#section-16">RFC 9000
 * 16</a>): the two high bits of the first byte say whether there are 1, 2, 4 or 8 bytes.
 */
public final class Varint {
    private Varint() {}

    /** Bytes of the integer that begins with {@code first}. */
    public static int size(byte first) {
        return 1 << (first >> 6 & 3);
    }

    /** The integer at {@code i}, or -1 where it does not end before {@code to}. */
    public static long read(byte[] b, int i, int to) {
        if (i < 0 || i >= to) return -1;
        int n = size(b[i]);
        if (n > to - i) return -1;
        long v = b[i] & 0x3f;
        for (int k = 1; k < n; k++) v = v << 8 | b[i + k] & 0xff;
        return v;
    }
}
