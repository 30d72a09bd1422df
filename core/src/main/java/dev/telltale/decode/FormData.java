package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Form data: {@code name=value&name=value}, <a
 * href="https://url.spec.whatwg.org/#application/x-www-form-urlencoded">application/x-www-form-urlencoded</a>.
 * Names and values become leaves; their percent-encoding is a step of its own.
 */
final class FormData implements InPlace, KeySource {
    private static final int NAME = 256;

    private final Layer layer;
    private final byte[] path = new byte[NAME + 1];
    private int pathLength;
    private boolean inValue;

    FormData(Layer layer) {
        this.layer = layer;
    }

    /**
     * Form data by its look: names of letters, digits and a few signs, an equals sign in each, no
     * space or bracket anywhere.
     *
     * @param single one pair is enough
     */
    static boolean begins(byte[] b, int s, int e, boolean complete, boolean single) {
        int pairs = 0;
        int p = s;
        while (p < e) {
            int name = p;
            while (p < e && nameByte(b[p])) p++;
            if (p == e) return pairs > (single ? 0 : 1) && !complete;
            if (p == name || b[p] != '=' || p - name > 128) return false;
            int value = ++p;
            while (p < e && b[p] != '&') {
                int c = b[p];
                if (c <= ' ' && c >= 0 || c == '"' || c == '<' || c == '{' || c == 0x7f)
                    return false;
                p++;
            }
            // The padding of a base64 text is not a pair.
            if (pairs == 0 && (p == value || b[value] == '=') && p == e) return false;
            pairs++;
            p++;
        }
        return pairs > (single ? 0 : 1);
    }

    /** Form data by its media type, unless it is JSON or XML sent under it, or by its look. */
    static boolean begins(
            byte[] b, int s, int e, boolean complete, boolean single, String mediaType) {
        if (mediaType.regionMatches(true, 0, "application/x-www-form-urlencoded", 0, 33)) {
            int eq = indexOf(b, s, e, (byte) '=');
            return eq > s
                    && b[s] != '<'
                    && b[s] != '{'
                    && (eq == e ? !complete : eq + 1 < e && b[eq + 1] != '=');
        }
        return begins(b, s, e, complete, single);
    }

    private static boolean nameByte(byte c) {
        return (Chars.of(c)
                                & (Chars.DIGIT
                                        | Chars.HEX_LETTER
                                        | Chars.LETTER
                                        | Chars.URL
                                        | Chars.PERCENT))
                        != 0
                || c == '.'
                || c == '['
                || c == ']'
                || c == '$'
                || c == ':'
                || c == '*'
                || c == '~';
    }

    @Override
    public void begin() {
        inValue = false;
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, pathLength);
    }

    /** The byte not taken begins a pair or goes on with a long value. */
    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (i < to || inValue && last) {
            int amp = indexOf(b, i, to, (byte) '&');
            if (inValue) {
                layer.feedLong(b, i, amp - i, base + i, false);
                i = amp;
                if (amp == to && !last) return to;
                layer.closeLong(base + amp);
                inValue = false;
                if (amp == to) return to;
                i = amp + 1;
                continue;
            }
            int eq = indexOf(b, i, Math.min(amp, i + Layer.SEGMENT), (byte) '=');
            if (amp == to && !last) {
                if (to - i <= Layer.SEGMENT) return i;
                if (eq < amp && b[eq] == '=') {
                    name(b, i, eq, base);
                    inValue = true;
                    layer.openLong("form", base + eq + 1, this, Layer.PLUS);
                    i = eq + 1;
                    continue;
                }
            }
            if (amp - i > Layer.SEGMENT) {
                // Whole before us and yet long: taken as it would have been in pieces.
                if (eq < amp && b[eq] == '=') {
                    name(b, i, eq, base);
                    inValue = true;
                    layer.openLong("form", base + eq + 1, this, Layer.PLUS);
                    i = eq + 1;
                } else {
                    pathLength = 0;
                    inValue = true;
                    layer.openLong("form", base + i, this, Layer.PLUS);
                }
                continue;
            }
            if (eq < amp && b[eq] == '=') {
                name(b, i, eq, base);
                layer.leaf("form", b, eq + 1, amp - eq - 1, base + eq + 1, this, Layer.PLUS);
            } else {
                pathLength = 0;
                layer.leaf("form", b, i, amp - i, base + i, this, Layer.PLUS);
            }
            i = amp + 1;
        }
        return Math.min(i, to);
    }

    private void name(byte[] b, int s, int e, long base) {
        int n = Math.min(e - s, NAME);
        int m = Percent.decode(b, s, s + n, true, path);
        if (m < 0) {
            System.arraycopy(b, s, path, 0, n);
            m = n;
        }
        for (int i = 0; i < m; i++) if (path[i] == 0) path[i] = '?';
        path[m] = 0;
        pathLength = m + 1;
        layer.key("form", b, s, e - s, base + s, this, Layer.PLUS);
    }

    /** What a query parameter or form field is called. */
    static String name(byte[] b, int s, int e) {
        byte[] out = new byte[e - s];
        int m = Percent.decode(b, s, e, true, out);
        return m < 0 ? new String(b, s, e - s, UTF_8) : new String(out, 0, m, UTF_8);
    }

    static int indexOf(byte[] b, int i, int to, byte c) {
        while (i < to && b[i] != c) i++;
        return i;
    }
}
