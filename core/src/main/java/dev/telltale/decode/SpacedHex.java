package dev.telltale.decode;

/**
 * Hex in pairs of digits with something between them: one sign ({@code a4:50}), {@code 0xa4, 0x50},
 * {@code \\xa4\\x50}. Brackets around it are passed over.
 */
final class SpacedHex {
    private SpacedHex() {}

    /** Fewer pairs are not tried. */
    private static final int SHORTEST = 8;

    static boolean mayBe(byte[] b, int s, int e) {
        if (e - s < 3 * SHORTEST - 1) return false;
        int p = pair(b, start(b, s), e);
        return p >= 0 && Hex.value(b[p]) < 0 && pair(b, past(b, p, e), e) >= 0;
    }

    private static int start(byte[] b, int s) {
        return b[s] == '{' || b[s] == '[' ? s + 1 : s;
    }

    /**
     * Index of the first digit of a pair at {@code p}, after what announces it, plus two; or -1.
     */
    private static int pair(byte[] b, int p, int e) {
        if (e - p >= 4 && (b[p] == '0' || b[p] == '\\') && (b[p + 1] | 0x20) == 'x') p += 2;
        if (e - p < 2 || (Hex.value(b[p]) | Hex.value(b[p + 1])) < 0) return -1;
        return e - p == 2 ? e - 1 : p + 2;
    }

    /** Index behind what stands between two pairs. */
    private static int past(byte[] b, int p, int e) {
        int q = p;
        if (q < e && between(b[q])) q++;
        while (q < e && q - p < 3 && (b[q] == ' ' || b[q] == '\n' || b[q] == '\r')) q++;
        return q;
    }

    private static boolean between(byte c) {
        return c == ':' || c == '-' || c == ' ' || c == ',' || c == '.' || c == '_' || c == ';';
    }

    /** Bytes written to {@code out}, or -1 where it is something else. */
    static int decode(byte[] b, int s, int e, byte[] out) {
        int p = start(b, s);
        if (p > s) e--;
        while (e > p && b[e - 1] <= ' ') e--;
        int n = 0;
        byte sign = 0;
        boolean announced = false;
        while (p < e) {
            int q = p;
            if (e - q >= 4 && (b[q] == '0' || b[q] == '\\') && (b[q + 1] | 0x20) == 'x') q += 2;
            if (n > 0 && announced != q > p) return -1;
            announced = q > p;
            if (e - q < 2) return -1;
            int v = Hex.value(b[q]) << 4 | Hex.value(b[q + 1]);
            if (v < 0) return -1;
            out[n++] = (byte) v;
            p = q + 2;
            if (p == e) break;
            q = past(b, p, e);
            byte now = q == p ? 0 : b[p];
            // The same sign all along, or a break of the line.
            if (n > 1 && now != sign && now != '\n' && now != '\r') return -1;
            if (q == p && !announced) return -1;
            if (n == 1) sign = now;
            p = q;
        }
        return n < SHORTEST ? -1 : n;
    }
}
