package dev.telltale.decode;

import java.util.zip.Adler32;

/**
 * zlib, <a href="https://www.rfc-editor.org/rfc/rfc1950#section-2.2">RFC 1950 section 2.2</a>.
 *
 * <pre>
 *   0   1
 * +---+---+=====================+---+---+---+---+
 * |CMF|FLG|...compressed data...|    ADLER32    |
 * +---+---+=====================+---+---+---+---+
 * </pre>
 */
final class Zlib extends Deflate {
    private final Adler32 adler = new Adler32();
    private int header;
    private int trailer;
    private int sum;

    /** CM 8, a window of at most 32 KB, a true check, no preset dictionary. */
    static boolean begins(byte[] b, int from, int to) {
        if (to - from < 2) return false;
        int cmf = b[from] & 0xff;
        int flg = b[from + 1] & 0xff;
        return (cmf & 15) == 8 && cmf >> 4 <= 7 && (cmf << 8 | flg) % 31 == 0 && (flg & 0x20) == 0;
    }

    @Override
    void begin() {
        super.begin();
        adler.reset();
        header = trailer = sum = 0;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        if (header == 0) {
            if (to - at < 2) return 0;
            if (!begins(in, at, to)) return fail("no zlib header");
            header = 2;
            at += 2;
        }
        if (!inflated()) {
            int n = inflate(out, offset, length);
            if (n > 0) {
                adler.update(out, offset, n);
                return n;
            }
            if (!inflated()) return 0;
        }
        while (trailer < 4 && at < to) {
            sum = sum << 8 | in[at++] & 0xff;
            trailer++;
        }
        if (trailer < 4) return 0;
        return sum == (int) adler.getValue() ? finish() : fail("wrong Adler-32");
    }
}
