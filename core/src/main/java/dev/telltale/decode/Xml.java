package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * XML and HTML, as far as it takes to name texts and attributes by the elements around them ({@code
 * a.b}, {@code a.b.@id}): tags need not match, and what is no tag is text. Character references are
 * undone by {@link Entities}. In a property list (root {@code plist}) a value is named by the
 * {@code key} before it.
 */
final class Xml implements InPlace, KeySource {
    /** Elements within elements that have a name in paths. */
    private static final int NESTING = 64;

    /** Of longer names only so much is kept. */
    private static final int NAME = 64;

    /** HTML elements that never end. */
    private static final Set<String> VOID =
            Set.of(
                    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
                    "source", "track", "wbr");

    private static final byte[] COMMENT_END = "-->".getBytes(ISO_8859_1);
    private static final byte[] CDATA = "<![CDATA[".getBytes(ISO_8859_1);
    private static final byte[] CDATA_END = "]]>".getBytes(ISO_8859_1);
    private static final byte[] INSTRUCTION_END = "?>".getBytes(ISO_8859_1);
    private static final byte[] TAG_END = ">".getBytes(ISO_8859_1);
    private static final byte[] TEXT_END = "<".getBytes(ISO_8859_1);

    private final Layer layer;
    private final byte[] path = new byte[(NESTING + 2) * (NAME + 2)];
    private int pathLength;
    private final int[] outside = new int[NESTING];
    private final String[] open = new String[NESTING];
    private int depth;

    /** Elements open beyond those. */
    private int deeper;

    /** What ends the text or comment that goes on; empty where none does. */
    private byte[] until = {};

    private boolean searched;
    private boolean plist;
    private String key = "";

    Xml(Layer layer) {
        this.layer = layer;
    }

    static boolean mayBeginWith(int c) {
        return c == '<' || c == 0xef || c <= ' ';
    }

    /** A declaration, a comment, or a tag of a name. */
    static boolean begins(byte[] b, int s, int e) {
        int p = s;
        if (e - p >= 3 && b[p] == (byte) 0xef && b[p + 1] == (byte) 0xbb && b[p + 2] == (byte) 0xbf)
            p += 3;
        while (p < e && (Chars.of(b[p]) & (Chars.SPACE | Chars.BREAK)) != 0) p++;
        if (e - p < 4 || b[p] != '<') return false;
        if (is(b, p, e, "<?xml") || is(b, p, e, "<!doctype") || is(b, p, e, "<!--")) return true;
        if (!nameStart(b[p + 1])) return false;
        int n = p + 1;
        while (n < e && nameByte(b[n])) n++;
        return n < e && (b[n] == '>' || b[n] == '/' || b[n] <= ' ');
    }

    /** As the text {@code small}, whatever the case of its letters. */
    private static boolean is(byte[] b, int p, int to, String small) {
        if (to - p < small.length()) return false;
        for (int i = 0; i < small.length(); i++) {
            int c = b[p + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != small.charAt(i)) return false;
        }
        return true;
    }

    private static boolean nameStart(byte c) {
        return (Chars.of(c) & (Chars.LETTER | Chars.HEX_LETTER | Chars.HIGH)) != 0
                || c == '_'
                || c == ':';
    }

    private static boolean nameByte(byte c) {
        return nameStart(c) || (Chars.of(c) & (Chars.DIGIT | Chars.URL)) != 0 || c == '.';
    }

    @Override
    public void begin() {
        pathLength = 0;
        depth = 0;
        deeper = 0;
        until = new byte[0];
        plist = false;
        key = "";
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, pathLength);
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (i < to || until.length > 0) {
            int next = until.length > 0 ? goOn(b, i, to, base, last) : one(b, i, to, base, last);
            if (next < 0) return -1 - next;
            i = next;
        }
        return i;
    }

    /** A long text or comment; {@code -1 - index} where more must come. */
    private int goOn(byte[] b, int i, int to, long base, boolean last) {
        int end = indexOf(b, i, to, until);
        boolean over = end < to || last;
        if (end == to && !last) end = Math.max(i, to - until.length + 1);
        if (searched) layer.feedLong(b, i, end - i, base + i, false);
        if (!over) return -1 - end;
        if (searched) layer.closeLong(base + end);
        // A tag is read as such.
        int n = until[0] == '<' ? 0 : until.length;
        until = new byte[0];
        return Math.min(to, end + n);
    }

    private int one(byte[] b, int i, int to, long base, boolean last) {
        if (b[i] != '<') return text(b, i, i, to, TEXT_END, base, last);
        if (to - i < 10 && !last) return -1 - i;
        if (is(b, i, to, "<!--")) return text(b, i, i + 4, to, COMMENT_END, base, last);
        if (is(b, i, to, "<![cdata["))
            return text(b, i, i + CDATA.length, to, CDATA_END, base, last);
        byte[] ends = is(b, i, to, "<?") ? INSTRUCTION_END : TAG_END;
        boolean tag = to - i > 1 && (nameStart(b[i + 1]) || b[i + 1] == '/');
        if (!tag && !is(b, i, to, "<?") && !is(b, i, to, "<!"))
            return text(b, i, i, to, TEXT_END, base, last);
        int end = tag ? tagEnd(b, i, to) : indexOf(b, i, to, ends);
        if (end == to) {
            if (!last && to - i <= Layer.SEGMENT) return -1 - i;
            return text(b, i, i, to, TEXT_END, base, last);
        }
        if (end - i > Layer.SEGMENT) return text(b, i, i, to, TEXT_END, base, last);
        if (!tag) return end + ends.length;
        return b[i + 1] == '/' ? close(b, i, end) : element(b, i, end, to, base, last);
    }

    /**
     * A text whose content begins at {@code from} and goes on to {@code ends}; one that begins with
     * a bracket that is no tag includes it.
     */
    private int text(byte[] b, int i, int from, int to, byte[] ends, long base, boolean last) {
        boolean plain = ends == TEXT_END;
        int end = indexOf(b, plain ? Math.min(to, i + 1) : from, to, ends);
        if (end - from > Layer.SEGMENT || end == to && !last) {
            if (to - i <= Layer.SEGMENT) return -1 - i;
            int s = plain && b[from] == '<' ? from + 1 : from;
            layer.openLong("xml", base + s, this, Layer.PLAIN);
            searched = true;
            until = ends;
            return s;
        }
        // A bracket that begins no tag is left out, so that nobody looks for one again.
        int s = plain && b[from] == '<' ? from + 1 : from;
        int e = end;
        while (s < e && space(b[s])) s++;
        while (e > s && space(b[e - 1])) e--;
        if (plist && depth > 0 && "key".equals(open[depth - 1]) && ends != COMMENT_END) {
            key = new String(b, s, Math.min(e - s, NAME), ISO_8859_1);
            layer.key("xml", b, s, e - s, base + s, this, Layer.PLAIN);
        } else if (plist && depth > 0 && "data".equals(open[depth - 1])) {
            if (e > s) layer.wholePart("xml", b, s, e, base + s, this, "", List.of("base64"));
        } else {
            layer.leaf("xml", b, s, e - s, base + s, this, Layer.PLAIN);
        }
        return Math.min(to, plain ? end : end + ends.length);
    }

    private int element(byte[] b, int i, int end, int to, long base, boolean last) {
        int p = i + 1;
        while (p < end && nameByte(b[p])) p++;
        String name = new String(b, i + 1, Math.min(p - i - 1, NAME), ISO_8859_1);
        boolean script = name.equalsIgnoreCase("script") || name.equalsIgnoreCase("style");
        if (depth == 0 && name.equals("plist")) plist = true;
        boolean empty = b[end - 1] == '/' || VOID.contains(name.toLowerCase(Locale.ROOT)) && !plist;
        enter(name);
        while (p < end) {
            while (p < end && (space(b[p]) || b[p] == '/')) p++;
            int s = p;
            while (p < end && b[p] != '=' && b[p] != '>' && !space(b[p])) p++;
            int named = p;
            while (p < end && space(b[p])) p++;
            if (p >= end || b[p] != '=') {
                if (p == s) p++;
                continue;
            }
            p++;
            while (p < end && space(b[p])) p++;
            int v = p;
            int stop;
            if (p < end && (b[p] == '"' || b[p] == '\'')) {
                byte quote = b[p];
                v++;
                stop = FormData.indexOf(b, v, end, quote);
                p = Math.min(end, stop + 1);
            } else {
                while (p < end && !space(b[p])) p++;
                stop = p;
                if (p == end && stop > v && b[stop - 1] == '/') stop--;
            }
            int before = pathLength;
            add((byte) '@', b, s, named);
            layer.leaf("xml", b, v, stop - v, base + v, this, Layer.PLAIN);
            pathLength = before;
        }
        if (empty) leave();
        if (!script || empty) return end + 1;
        // What a script holds is no markup, up to its end tag.
        int from = end + 1;
        if (to == from && !last) return from;
        until = ("</" + name).getBytes(ISO_8859_1);
        searched = true;
        layer.openLong("xml", base + from, this, Layer.PLAIN);
        return from;
    }

    private int close(byte[] b, int i, int end) {
        int p = i + 2;
        while (p < end && nameByte(b[p])) p++;
        String name = new String(b, i + 2, Math.min(p - i - 2, NAME), ISO_8859_1);
        if (deeper > 0) {
            deeper--;
            return end + 1;
        }
        // One that was left open ends with the one around it.
        int d = depth;
        while (d > 0 && !name.equalsIgnoreCase(open[d - 1])) d--;
        if (d > 0) {
            while (depth >= d) leave();
        }
        return end + 1;
    }

    private void enter(String name) {
        if (depth == NESTING) {
            deeper++;
            return;
        }
        outside[depth] = pathLength;
        open[depth++] = name;
        byte[] n = name.getBytes(ISO_8859_1);
        if (!plist) {
            add((byte) 0, n, 0, n.length);
        } else if (depth > 1 && "array".equals(open[depth - 2])) {
            add((byte) 0, new byte[] {'[', ']'}, 0, 2);
        } else if (!key.isEmpty() && !name.equals("key")) {
            byte[] k = key.getBytes(ISO_8859_1);
            add((byte) 0, k, 0, k.length);
            key = "";
        }
    }

    private void leave() {
        if (deeper > 0) deeper--;
        else pathLength = outside[--depth];
    }

    private void add(byte first, byte[] b, int from, int to) {
        if (pathLength + NAME + 2 > path.length) return;
        if (first != 0) path[pathLength++] = first;
        for (int k = from; k < Math.min(to, from + NAME); k++)
            if (b[k] != 0) path[pathLength++] = b[k];
        path[pathLength++] = 0;
    }

    private static boolean space(byte c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /**
     * Index of the bracket that ends the tag at {@code i}, not counting quoted ones, or {@code to}.
     */
    private static int tagEnd(byte[] b, int i, int to) {
        byte quote = 0;
        for (int p = i + 1; p < to; p++) {
            byte c = b[p];
            if (quote != 0) {
                if (c == quote) quote = 0;
            } else if (c == '>') {
                return p;
            } else if ((c == '"' || c == '\'') && b[p - 1] == '=') {
                quote = c;
            }
        }
        return to;
    }

    private static int indexOf(byte[] b, int i, int to, byte[] what) {
        for (int p = i; p <= to - what.length; p++) {
            int k = 0;
            while (k < what.length && b[p + k] == what[k]) k++;
            if (k == what.length) return p;
        }
        return to;
    }
}
