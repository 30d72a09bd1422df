package dev.telltale.decode;

/**
 * UTF-32 of either order to UTF-8: with its mark, or where all that is there to tell by are
 * characters. Ends before four bytes that are none.
 */
final class Utf32 extends Codec {
    private static final int SHORTEST = 16;

    private boolean little;
    private boolean begun;

    @Override
    void begin() {
        super.begin();
        begun = false;
    }

    static boolean begins(byte[] b, int s, int e, boolean complete) {
        if (e - s < SHORTEST || b[s + 1] != 0 && b[s + 2] != 0) return false;
        if (complete && (e - s) % 4 != 0) return false;
        boolean lower = little(b, s);
        for (int p = mark(b, s) ? s + 4 : s; e - p >= 4; p += 4)
            if (!character(unit(b, p, lower))) return false;
        return true;
    }

    private static boolean little(byte[] b, int p) {
        return b[p] != 0;
    }

    private static boolean mark(byte[] b, int p) {
        return unit(b, p, little(b, p)) == 0xfeff;
    }

    private static int unit(byte[] b, int p, boolean little) {
        int v = 0;
        for (int k = 0; k < 4; k++) v = v << 8 | b[little ? p + 3 - k : p + k] & 0xff;
        return v;
    }

    private static boolean character(int c) {
        if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
        return c <= Character.MAX_CODE_POINT
                && Character.isDefined(c)
                && (c < 0xd800 || c > 0xdfff);
    }

    @Override
    int output(byte[] out, int offset, int length) {
        if (!begun) {
            if (to - at < 4) return last ? finish() : 0;
            little = little(in, at);
            if (mark(in, at)) at += 4;
            begun = true;
        }
        int o = offset;
        while (offset + length - o >= 4 && to - at >= 4) {
            int c = unit(in, at, little);
            if (!character(c)) {
                if (o > offset) break;
                return finish();
            }
            at += 4;
            o += Utf16.utf8(c, out, o);
        }
        if (o == offset && last) return finish();
        return o - offset;
    }
}
