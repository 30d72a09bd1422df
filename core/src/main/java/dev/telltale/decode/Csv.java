package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Comma-separated values, <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180</a>, also
 * separated by semicolons, tabs or bars: values are called by the first line where that looks like
 * names, else by nothing. A quote within quotes stands twice, which is left so.
 */
final class Csv implements InPlace, KeySource {
    private static final int COLUMNS = 256;
    private static final int NAME = 64;

    private final Layer layer;
    private final List<byte[]> names = new ArrayList<>();
    private byte[] path = {};
    private byte separator;
    private boolean first;
    private int column;

    /** A value that goes on, and whether it is quoted. */
    private boolean open;

    private boolean quoted;

    Csv(Layer layer) {
        this.layer = layer;
    }

    private static boolean isNamed(String type) {
        return type.regionMatches(true, 0, "text/csv", 0, 8)
                || type.regionMatches(true, 0, "text/tab-separated-values", 0, 25)
                || type.regionMatches(true, 0, "application/csv", 0, 15);
    }

    /** By its type; or two lines of names and of as many values, three and more. */
    static boolean begins(byte[] b, int s, int e, String type) {
        if (isNamed(type)) return Chars.isText(b, s, e, false);
        int end = FormData.indexOf(b, s, e, (byte) '\n');
        byte sign = separator(b, s, end);
        if (end == e || sign == 0 || end - s < 8) return false;
        int columns = 0;
        for (int p = s; p < end; ) {
            int q = Math.min(end, FormData.indexOf(b, p, end, sign));
            if (!isName(b, p, q)) return false;
            columns++;
            p = q + 1;
        }
        int next = FormData.indexOf(b, end + 1, e, (byte) '\n');
        if (columns < 3 || next == e) return false;
        int values = 1;
        boolean quote = false;
        for (int p = end + 1; p < next; p++) {
            if (b[p] == '"') quote = !quote;
            if (b[p] == sign && !quote) values++;
        }
        return values == columns;
    }

    private static boolean isName(byte[] b, int from, int to) {
        while (to > from && (b[to - 1] == '\r' || b[to - 1] == ' ')) to--;
        while (from < to && b[from] == ' ') from++;
        if (to - from >= 2 && b[from] == '"' && b[to - 1] == '"') {
            from++;
            to--;
        }
        if (from >= to || to - from > NAME) return false;
        if ((Chars.of(b[from]) & (Chars.LETTER | Chars.HEX_LETTER)) == 0 && b[from] != '_')
            return false;
        for (int p = from; p < to; p++) {
            int c = Chars.of(b[p]);
            boolean letter = (c & (Chars.LETTER | Chars.HEX_LETTER | Chars.DIGIT | Chars.URL)) != 0;
            if (!letter && b[p] != ' ' && b[p] != '.') return false;
        }
        return true;
    }

    /** The sign that occurs most in a line, or 0. */
    private static byte separator(byte[] b, int from, int to) {
        byte best = 0;
        int most = 0;
        for (byte sign : new byte[] {',', ';', '\t', '|'}) {
            int n = 0;
            for (int p = from; p < to; p++) if (b[p] == sign) n++;
            if (n > most) {
                most = n;
                best = sign;
            }
        }
        return best;
    }

    @Override
    public void begin() {
        names.clear();
        path = new byte[0];
        separator = 0;
        first = true;
        column = 0;
        open = false;
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, path.length);
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (i < to || open && last) {
            if (first) {
                int end = FormData.indexOf(b, i, to, (byte) '\n');
                if (end == to && !last && to - i < Layer.SEGMENT / 2) return i;
                first = false;
                separator = separator(b, i, end);
                if (separator == 0) separator = ',';
                i = Math.min(to, header(b, i, end, base));
                continue;
            }
            int end = valueEnd(b, i, to);
            boolean more = end == to && !last;
            if (open || end - i > Layer.SEGMENT || more && to - i > Layer.SEGMENT) {
                if (!open) layer.openLong("csv", base + i, this, Layer.PLAIN);
                open = true;
                layer.feedLong(b, i, end - i, base + i, false);
                if (more) return end;
                layer.closeLong(base + end);
                open = false;
            } else if (more) {
                return i;
            } else {
                int s = i;
                int e = end;
                while (e > s && (b[e - 1] == '\r' || b[e - 1] == ' ')) e--;
                while (s < e && b[s] == ' ') s++;
                if (e - s >= 2 && b[s] == '"' && b[e - 1] == '"') {
                    s++;
                    e--;
                }
                layer.leaf("csv", b, s, e - s, base + s, this, Layer.PLAIN);
            }
            quoted = false;
            boolean line = end < to && b[end] == '\n';
            column = line ? 0 : column + 1;
            path = column < names.size() ? names.get(column) : new byte[0];
            i = Math.min(to, end + 1);
        }
        return i;
    }

    /** Takes the first line's names, where they are such; index of the first value. */
    private int header(byte[] b, int from, int to, long base) {
        List<byte[]> found = new ArrayList<>();
        for (int p = from; p < to && found.size() < COLUMNS; ) {
            int q = Math.min(to, FormData.indexOf(b, p, to, separator));
            if (!isName(b, p, q)) return from;
            String name = new String(b, p, q - p, UTF_8).strip().replace("\"", "");
            found.add(Arrays.copyOf(name.getBytes(UTF_8), name.getBytes(UTF_8).length + 1));
            p = q + 1;
        }
        layer.leaf("csv", b, from, to - from, base + from, KeySource.NONE, Layer.PLAIN);
        names.addAll(found);
        if (!names.isEmpty()) path = names.getFirst();
        return to + 1;
    }

    private int valueEnd(byte[] b, int i, int to) {
        boolean within = quoted;
        for (int p = i; p < to; p++) {
            if (b[p] == '"' && (within || p == i || open)) within = !within;
            else if (!within && (b[p] == separator || b[p] == '\n')) return p;
        }
        if (open || to - i > Layer.SEGMENT) quoted = within;
        return to;
    }
}
