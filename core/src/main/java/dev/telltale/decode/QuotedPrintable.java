package dev.telltale.decode;

/**
 * Quoted-printable, <a href="https://www.rfc-editor.org/rfc/rfc2045#section-6.7">RFC 2045 section
 * 6.7</a>: {@code =} and two hex digits for a byte, and at the end of a line that goes on.
 */
final class QuotedPrintable extends Codec {
    /** Bytes in a row, none of which had to be quoted, that tell it all the same. */
    private static final int RUN = 4;

    /**
     * Whether a text that nobody announced is one: a line that goes on, two bytes that had to be
     * quoted, or several quoted ones in a row.
     */
    static boolean any(byte[] b, int from, int to) {
        int needed = 0;
        int run = 0;
        int behind = -1;
        for (int p = from; p + 2 < to; p++) {
            if (b[p] != '=') continue;
            if (b[p + 1] == '\r' && b[p + 2] == '\n' && p + 3 < to) return true;
            int v = capital(b[p + 1]) << 4 | capital(b[p + 2]);
            if (v < 0) continue;
            run = p == behind ? run + 1 : 1;
            behind = p + 3;
            if (v < ' ' && v != '\t' && v != '\n' && v != '\r') continue;
            if (v == '=' || v > '~' || v < ' ') needed++;
            if (needed > 1 || run >= RUN) return true;
        }
        return false;
    }

    private static int capital(byte c) {
        return c >= 'a' ? -1 : Hex.value(c);
    }

    /** Bytes written to {@code out}, which has room for as many as {@code [from, to)} has. */
    static int decode(byte[] b, int from, int to, byte[] out) {
        QuotedPrintable q = new QuotedPrintable();
        q.begin();
        q.input(b, from, to, true);
        return to == from ? 0 : q.output(out, 0, to - from);
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int o = offset;
        while (o < offset + length && at < to) {
            byte c = in[at];
            if (c == '=') {
                if (to - at < 3 && !last) break;
                if (to - at >= 2 && in[at + 1] == '\n') {
                    at += 2;
                    continue;
                }
                if (to - at >= 3) {
                    if (in[at + 1] == '\r' && in[at + 2] == '\n') {
                        at += 3;
                        continue;
                    }
                    int v = Hex.value(in[at + 1]) << 4 | Hex.value(in[at + 2]);
                    if (v >= 0) {
                        c = (byte) v;
                        at += 2;
                    }
                }
            }
            out[o++] = c;
            at++;
        }
        if (o == offset && at == to && last) return finish();
        return o - offset;
    }
}
