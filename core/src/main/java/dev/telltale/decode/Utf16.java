package dev.telltale.decode;

/**
 * UTF-16 of either order to UTF-8: with its mark, or where all that is there to tell by reads as
 * text, at least half of it, and four letters, with a zero byte in each pair. Ends before a pair
 * that is no character, so that what follows is searched as it stands.
 */
final class Utf16 extends Codec {
    private static final int SHORTEST = 8;

    private boolean little;
    private boolean begun;

    @Override
    void begin() {
        super.begin();
        begun = false;
    }

    static boolean mayBeginWith(int c) {
        return c == 0 || c >= 0xa0 || c >= 0x20 && c < 0x7f || c == '\t' || c == '\n' || c == '\r';
    }

    static boolean begins(byte[] b, int s, int e, boolean complete) {
        // Text in ASCII is ruled out by its second byte.
        if (e - s < SHORTEST || b[s] > 0 && b[s + 1] != 0) return false;
        int mark = (b[s] & 0xff) << 8 | b[s + 1] & 0xff;
        boolean marked = mark == 0xfeff || mark == 0xfffe;
        if (!marked && b[s] != 0 && b[s + 1] != 0) return false;
        if (complete && (e - s) % 2 != 0) return false;
        boolean lower = marked ? mark == 0xfffe : b[s + 1] == 0;
        int zeros = 0;
        int p = marked ? s + 2 : s;
        int units = (e - p) / 2;
        while (e - p >= 2) {
            int n = taken(b, p, e, lower);
            if (n < 0) return false;
            if (n == 0) return !complete && zeros >= 4 && 2 * zeros >= units;
            if (unit(b, p, lower) < 0x100) zeros++;
            p += n;
        }
        return 2 * zeros >= units && (zeros >= 4 || marked) || marked && units >= 8;
    }

    private static int unit(byte[] b, int p, boolean little) {
        return little ? (b[p + 1] & 0xff) << 8 | b[p] & 0xff : (b[p] & 0xff) << 8 | b[p + 1] & 0xff;
    }

    /** Bytes of the character at {@code p}, 0 where it is cut, -1 where there is none. */
    private static int taken(byte[] b, int p, int e, boolean little) {
        if (e - p < 2) return 0;
        int c = unit(b, p, little);
        if (c < 0x20) return c == '\t' || c == '\n' || c == '\r' ? 2 : -1;
        if (Character.isLowSurrogate((char) c)) return -1;
        if (Character.isHighSurrogate((char) c)) {
            if (e - p < 4) return 0;
            return Character.isLowSurrogate((char) unit(b, p + 2, little)) ? 4 : -1;
        }
        return Character.isDefined(c) && (c < 0x7f || c >= 0xa0) ? 2 : -1;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        if (!begun) {
            if (to - at < 2) return last ? finish() : 0;
            int mark = (in[at] & 0xff) << 8 | in[at + 1] & 0xff;
            boolean marked = mark == 0xfeff || mark == 0xfffe;
            little = marked ? mark == 0xfffe : in[at + 1] == 0;
            if (marked) at += 2;
            begun = true;
        }
        int o = offset;
        while (offset + length - o >= 4) {
            int n = taken(in, at, to, little);
            if (n <= 0) {
                if (o > offset) break;
                return n < 0 || last ? finish() : 0;
            }
            int c = unit(in, at, little);
            if (n == 4) c = Character.toCodePoint((char) c, (char) unit(in, at + 2, little));
            at += n;
            o += utf8(c, out, o);
        }
        return o - offset;
    }

    static int utf8(int c, byte[] out, int o) {
        if (c < 0x80) {
            out[o] = (byte) c;
            return 1;
        }
        int n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        for (int k = n - 1; k > 0; k--) {
            out[o + k] = (byte) (0x80 | c & 0x3f);
            c >>= 6;
        }
        out[o] = (byte) (0xf00 >> n | c);
        return n;
    }
}
