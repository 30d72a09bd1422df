package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Multipart bodies, <a href="https://www.rfc-editor.org/rfc/rfc2046#section-5.1">RFC 2046 section
 * 5.1</a> and <a href="https://www.rfc-editor.org/rfc/rfc7578">RFC 7578</a> (form data). Each inner
 * part is a layer of its own, called by its name or, without one, its file name; heads, preamble
 * and epilogue are text.
 *
 * <pre>
 * --boundary CRLF  field: value CRLF ... CRLF CRLF  content CRLF  --boundary ... --boundary--
 * </pre>
 */
final class Multipart implements KeySource {
    /** RFC 2046 allows 70; some senders take more. */
    private static final int BOUNDARY = 200;

    static final int HEAD = 1 << 14;

    private enum State {
        PREAMBLE,
        HEAD,
        CONTENT,
        EPILOGUE
    }

    private final Layer layer;
    private byte[] delimiter = {};
    private final int[] skip = new int[256];
    private State state = State.PREAMBLE;
    private boolean any;
    private boolean open;
    private List<String> keys = List.of();
    private String mediaType = "";
    private List<String> codings = List.of();

    /** Set by {@link #delimiterEnd}. */
    private boolean closing;

    Multipart(Layer layer) {
        this.layer = layer;
    }

    /** The boundary that a media type names, or empty. */
    static String boundary(String mediaType) {
        if (!mediaType.regionMatches(true, 0, "multipart/", 0, 10)) return "";
        String b = parameter(mediaType, "boundary");
        return b.length() > BOUNDARY ? "" : b;
    }

    /** The boundary of a body that begins with a delimiter line and a head field, or empty. */
    static String sniff(byte[] b, int s, int e) {
        if (e - s < 12 || b[s] != '-' || b[s + 1] != '-') return "";
        int p = s + 2;
        while (p < e && b[p] > ' ' && b[p] < 0x7f && p - s <= BOUNDARY) p++;
        int end = p;
        if (p + 1 < e && b[p] == '\r') p++;
        if (p >= e || b[p] != '\n' || end == s + 2) return "";
        p++;
        String field = "content-";
        if (e - p < field.length()) return "";
        for (int i = 0; i < field.length(); i++)
            if ((b[p + i] | 0x20) != (field.charAt(i) | 0x20)) return "";
        return new String(b, s + 2, end - s - 2, ISO_8859_1);
    }

    void begin(String boundary) {
        delimiter = ("--" + boundary).getBytes(ISO_8859_1);
        int n = delimiter.length;
        Arrays.fill(skip, n);
        for (int i = 0; i < n - 1; i++) skip[delimiter[i] & 0xff] = n - 1 - i;
        state = State.PREAMBLE;
        any = false;
        open = false;
    }

    /** True once a delimiter line was seen. */
    boolean any() {
        return any;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    /**
     * As {@link Form#feed}; returns -1 where the first bytes hold no delimiter line, so that this
     * is no multipart body.
     */
    int feed(byte[] b, int lo, int i, int to, long base, boolean last) {
        while (true) {
            switch (state) {
                case PREAMBLE -> {
                    int d = delimiterLine(b, lo, i, to, base, last);
                    if (d < 0) {
                        if (!any && (last || to - i > Layer.SEGMENT)) return -1;
                        return i;
                    }
                    if (d - i > Layer.SEGMENT) return -1;
                    any = true;
                    layer.aside(b, i, d, base + i);
                    i = afterDelimiter(b, d, to, last);
                }
                case HEAD -> {
                    int h = headEnd(b, i, to);
                    if (h < 0 && !last && to - i < HEAD) return i;
                    if (h < 0 || h - i > HEAD) {
                        head("");
                        state = State.CONTENT;
                        if (last && i == to) return i;
                        continue;
                    }
                    layer.aside(b, i, h, base + i);
                    head(new String(b, i, h - i, UTF_8));
                    i = h;
                    state = State.CONTENT;
                }
                case CONTENT -> {
                    int d = delimiterLine(b, lo, i, to, base, last);
                    if (d >= 0) {
                        int end = d;
                        if (end > i && b[end - 1] == '\n') end--;
                        if (end > i && b[end - 1] == '\r') end--;
                        if (open) layer.feedPart(b, i, end);
                        else
                            layer.wholePart(
                                    "multipart", b, i, end, base + i, this, mediaType, codings);
                        if (open) layer.closePart(base + end);
                        open = false;
                        i = afterDelimiter(b, d, to, last);
                        continue;
                    }
                    int safe = last ? to : to - delimiter.length - 8;
                    if (last && !open) {
                        layer.wholePart("multipart", b, i, to, base + i, this, mediaType, codings);
                        state = State.EPILOGUE;
                        return to;
                    }
                    if (safe > i) {
                        if (!open) layer.openPart("multipart", base + i, this, mediaType, codings);
                        open = true;
                        layer.feedPart(b, i, safe);
                        i = safe;
                    }
                    if (last) {
                        layer.closePart(base + to);
                        open = false;
                        state = State.EPILOGUE;
                    }
                    return i;
                }
                case EPILOGUE -> {
                    if (!last && to - i < Layer.SEGMENT) return i;
                    int end = Math.min(to, i + Layer.SEGMENT);
                    layer.aside(b, i, end, base + i);
                    i = end;
                    if (i == to) return i;
                }
            }
        }
    }

    /**
     * What was held back, because it might begin a delimiter line or go on with a head, is neither:
     * a gap follows.
     */
    void flush(byte[] b, int i, int to, long base) {
        if (state == State.CONTENT && i < to) {
            if (!open) layer.openPart("multipart", base + i, this, mediaType, codings);
            open = true;
            layer.feedPart(b, i, to);
        } else {
            layer.aside(b, i, to, base + i);
        }
        if (state == State.HEAD) {
            head("");
            state = State.CONTENT;
        }
    }

    /** {@code length} bytes are missing before what is fed next. */
    void gap(long length) {
        if (open) layer.gapPart(length);
    }

    /**
     * Index of the next delimiter line, or -1; where its end is not there yet (and more comes), -1
     * too.
     */
    private int delimiterLine(byte[] b, int lo, int i, int to, long base, boolean last) {
        int n = delimiter.length;
        int p = i;
        while (to - p >= n) {
            int c = b[p + n - 1];
            if (c == delimiter[n - 1] && Arrays.equals(b, p, p + n, delimiter, 0, n)) {
                boolean lineStart = p > lo ? b[p - 1] == '\n' : base + p == 0;
                if (lineStart) {
                    int end = delimiterEnd(b, p + n, to, last);
                    if (end > 0) return p;
                    if (end == 0) return -1;
                }
            }
            p += skip[c & 0xff];
        }
        return -1;
    }

    /**
     * Index after the delimiter line whose name ends at {@code p}; 0 where more is needed, -1 where
     * it is none.
     */
    private int delimiterEnd(byte[] b, int p, int to, boolean last) {
        closing = false;
        if (to - p < 6 && !last) return 0;
        if (to - p >= 2 && b[p] == '-' && b[p + 1] == '-') {
            closing = true;
            p += 2;
        }
        int limit = Math.min(to, p + 2);
        while (p < limit && (b[p] == ' ' || b[p] == '\t')) p++;
        if (p == to) return to;
        if (b[p] == '\n') return p + 1;
        if (b[p] == '\r' && (p + 1 == to || b[p + 1] == '\n')) return Math.min(to, p + 2);
        return closing ? p : -1;
    }

    private int afterDelimiter(byte[] b, int d, int to, boolean last) {
        int end = delimiterEnd(b, d + delimiter.length, to, last);
        state = closing ? State.EPILOGUE : State.HEAD;
        return end;
    }

    /** Index after the empty line that ends a head, or -1. */
    static int headEnd(byte[] b, int i, int to) {
        int lineStart = i;
        for (int p = i; p < to && p - i <= HEAD; p++) {
            if (b[p] != '\n') continue;
            int length = p - lineStart;
            if (length == 0 || length == 1 && b[lineStart] == '\r') return p + 1;
            lineStart = p + 1;
        }
        return -1;
    }

    private void head(String text) {
        Head h = Head.of(text);
        mediaType = h.mediaType;
        codings = h.codings;
        keys = h.name.isEmpty() ? List.of() : List.of(h.name);
    }

    /**
     * What header fields say of what follows them.
     *
     * @param name of a field of a form, else of a file, or empty
     * @param codings the last is to be undone first
     */
    record Head(String name, String mediaType, List<String> codings) {
        static Head of(String text) {
            String mediaType = "";
            List<String> codings = List.of();
            String name = "";
            String transfer = "";
            // A line that begins with a blank goes on with the field before.
            for (String line : text.replaceAll("\r?\n[ \t]+", " ").split("\r?\n", 64)) {
                int colon = line.indexOf(':');
                if (colon < 0) continue;
                String value = line.substring(colon + 1).strip();
                switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
                    case "content-disposition" -> {
                        name = parameter(value, "name");
                        if (name.isEmpty()) name = parameter(value, "filename");
                    }
                    case "content-type" -> mediaType = value;
                    case "content-encoding" ->
                            codings = List.of(value.toLowerCase(Locale.ROOT).split("\\s*,\\s*"));
                    case "content-transfer-encoding" -> transfer = value.toLowerCase(Locale.ROOT);
                    default -> {}
                }
            }
            if (transfer.equals("base64") || transfer.equals("quoted-printable")) {
                String[] all = Arrays.copyOf(codings.toArray(String[]::new), codings.size() + 1);
                all[codings.size()] = transfer;
                codings = List.of(all);
            }
            return new Head(name, mediaType, codings);
        }
    }

    /** Value of a parameter ({@code ; name=value} or {@code name="value"}), or empty. */
    static String parameter(String field, String name) {
        int p = 0;
        while ((p = field.indexOf(';', p)) >= 0) {
            p++;
            while (p < field.length() && (field.charAt(p) == ' ' || field.charAt(p) == '\t')) p++;
            if (!field.regionMatches(true, p, name, 0, name.length())) continue;
            int q = p + name.length();
            while (q < field.length() && field.charAt(q) == ' ') q++;
            if (q >= field.length() || field.charAt(q) != '=') continue;
            q++;
            while (q < field.length() && field.charAt(q) == ' ') q++;
            if (q < field.length() && field.charAt(q) == '"') {
                StringBuilder s = new StringBuilder();
                for (q++; q < field.length() && field.charAt(q) != '"'; q++) {
                    if (field.charAt(q) == '\\' && q + 1 < field.length()) q++;
                    s.append(field.charAt(q));
                }
                return s.toString();
            }
            int end = field.indexOf(';', q);
            return field.substring(q, end < 0 ? field.length() : end).strip();
        }
        return "";
    }
}
