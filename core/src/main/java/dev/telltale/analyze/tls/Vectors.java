package dev.telltale.analyze.tls;

import java.util.HexFormat;

/** Vectors of the presentation language (RFC 8446 3.4): a length, then so many bytes. */
final class Vectors {
    private Vectors() {}

    /** End of a vector whose length byte stands at {@code i}, -1 where it does not fit. */
    static int end8(byte[] b, int i, int to) {
        if (i < 0 || i >= to) return -1;
        int end = i + 1 + (b[i] & 0xff);
        return end > to ? -1 : end;
    }

    static int end16(byte[] b, int i, int to) {
        if (i < 0 || i + 2 > to) return -1;
        int end = i + 2 + int16(b, i);
        return end > to ? -1 : end;
    }

    static int int16(byte[] b, int i) {
        return (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
    }

    static int int24(byte[] b, int i) {
        return (b[i] & 0xff) << 16 | int16(b, i + 1);
    }

    /** RFC 8701: values sent to be ignored. */
    static boolean grease(int v) {
        return (v & 0x0f0f) == 0x0a0a && v >>> 8 == (v & 0xff);
    }

    static String hex(byte[] b, int from, int length) {
        return HexFormat.of().formatHex(b, from, from + length);
    }
}
