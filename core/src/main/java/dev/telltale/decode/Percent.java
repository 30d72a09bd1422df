package dev.telltale.decode;

/**
 * Percent-encoding, <a href="https://www.rfc-editor.org/rfc/rfc3986#section-2.1">RFC 3986 section
 * 2.1</a>, and, in forms and queries, {@code +} for space (application/x-www-form-urlencoded). A
 * percent sign that no two hex digits follow stands for itself.
 */
final class Percent extends Codec {
    private final boolean plus;

    Percent(boolean plus) {
        this.plus = plus;
    }

    /** Decoded length, written to {@code out} from 0; -1 where nothing would change. */
    static int decode(byte[] b, int from, int to, boolean plus, byte[] out) {
        boolean changed = false;
        int o = 0;
        for (int p = from; p < to; p++) {
            byte c = b[p];
            if (c == '%' && p + 2 < to) {
                int v = Hex.value(b[p + 1]) << 4 | Hex.value(b[p + 2]);
                if (v >= 0) {
                    c = (byte) v;
                    p += 2;
                    changed = true;
                }
            } else if (c == '+' && plus) {
                c = ' ';
                changed = true;
            }
            out[o++] = c;
        }
        return changed ? o : -1;
    }

    /** True where there is something to decode. */
    static boolean any(byte[] b, int from, int to) {
        for (int p = from; p + 2 < to; p++) {
            if (b[p] == '%' && (Hex.value(b[p + 1]) | Hex.value(b[p + 2])) >= 0) return true;
        }
        return false;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int o = offset;
        int end = offset + length;
        while (o < end && at < to) {
            byte c = in[at];
            if (c == '%') {
                if (to - at < 3 && !last) break;
                int v = to - at < 3 ? -1 : Hex.value(in[at + 1]) << 4 | Hex.value(in[at + 2]);
                if (v >= 0) {
                    c = (byte) v;
                    at += 2;
                }
            } else if (c == '+' && plus) {
                c = ' ';
            }
            out[o++] = c;
            at++;
        }
        return o - offset;
    }
}
