package dev.telltale.decode;

import dev.telltale.bytes.codec.JsonHandler;
import dev.telltale.bytes.codec.JsonTokens;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * JSON text, <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>: names and values of a
 * layer become leaves under their path; array positions are {@code []}.
 */
final class Json implements JsonHandler, KeySource {
    /** Of a longer name only so much is kept for the path. */
    private static final int NAME = 256;

    private final Layer layer;
    private final JsonTokens tokens = new JsonTokens(this);

    /** Layer offset where the text begins. */
    private long origin;

    private byte[] path = new byte[256];
    private int pathLength;

    /** Length of the path at each open container: outside, and for its members. */
    private final int[] outside = new int[JsonTokens.NESTING + 1];

    private final int[] inside = new int[JsonTokens.NESTING + 1];
    private int depth;
    private long failedAt;
    private String why = "";
    private boolean inPieces;

    Json(Layer layer) {
        this.layer = layer;
    }

    static boolean named(String mediaType) {
        return !mediaType.isEmpty() && mediaType.toLowerCase(Locale.ROOT).contains("json");
    }

    /** What {@link #begins} may say yes to. */
    static boolean mayBeginWith(int c) {
        return c == '{' || c == '[' || c == '"' || c == 0x1e || c == 0xef || c <= ' ';
    }

    /** JSON by its first letters: a container with something that may stand in it. */
    static boolean begins(byte[] b, int s, int e, boolean declared) {
        int p = s;
        if (e - p >= 3 && b[p] == (byte) 0xEF && b[p + 1] == (byte) 0xBB && b[p + 2] == (byte) 0xBF)
            p += 3;
        p = pastSpace(b, p, e);
        if (p == e) return false;
        byte c = b[p];
        p = pastSpace(b, p + 1, e);
        return switch (c) {
            case '{' -> p == e || b[p] == '"' || b[p] == '}';
            case '[' ->
                    p == e
                            || b[p] == '{'
                            || b[p] == '['
                            || b[p] == '"'
                            || b[p] == ']'
                            || b[p] == '-'
                            || b[p] >= '0' && b[p] <= '9'
                            || word(b, p, e, "true")
                            || word(b, p, e, "false")
                            || word(b, p, e, "null");
            case '"' -> declared;
            case 0x1E -> p < e && b[p] == '{';
            default -> false;
        };
    }

    private static boolean word(byte[] b, int p, int e, String word) {
        for (int i = 0; i < word.length() && p + i < e; i++)
            if (b[p + i] != word.charAt(i)) return false;
        return true;
    }

    private static int pastSpace(byte[] b, int p, int e) {
        while (p < e && (b[p] == ' ' || b[p] == '\n' || b[p] == '\r' || b[p] == '\t')) p++;
        return p;
    }

    /** The text begins at {@code at} of the layer. */
    void begin(long at) {
        tokens.reset();
        origin = at;
        pathLength = 0;
        depth = 0;
        failedAt = -1;
        inPieces = false;
    }

    void feed(byte[] b, int from, int length) {
        tokens.feed(b, from, length);
    }

    void end() {
        tokens.end();
    }

    /** Layer offset at which it stopped being JSON, or -1. */
    long failedAt() {
        return failedAt;
    }

    String why() {
        return why;
    }

    /** Layer offset from which bytes are still needed. */
    long keptFrom() {
        return origin + tokens.handed();
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, pathLength);
    }

    @Override
    public void startObject(long at) {
        outside[depth] = pathLength;
        inside[depth++] = pathLength;
    }

    @Override
    public void startArray(long at) {
        outside[depth] = pathLength;
        room(3);
        path[pathLength++] = '[';
        path[pathLength++] = ']';
        path[pathLength++] = 0;
        inside[depth++] = pathLength;
    }

    @Override
    public void endObject(long at) {
        pathLength = outside[--depth];
    }

    @Override
    public void endArray(long at) {
        pathLength = outside[--depth];
    }

    @Override
    public void key(byte[] b, int from, int length, boolean escaped, long at) {
        pathLength = inside[depth - 1];
        int n = Math.min(length, NAME);
        room(n + 1);
        if (escaped) {
            byte[] plain = new byte[length];
            n = Math.min(unescape(b, from, from + length, plain), NAME);
            System.arraycopy(plain, 0, path, pathLength, n);
        } else {
            System.arraycopy(b, from, path, pathLength, n);
        }
        for (int i = pathLength; i < pathLength + n; i++) if (path[i] == 0) path[i] = '?';
        pathLength += n;
        path[pathLength++] = 0;
        layer.key(
                "json", b, from, length, origin + at, this, escaped ? Layer.ESCAPED : Layer.PLAIN);
    }

    private void room(int n) {
        if (pathLength + n > path.length)
            path = Arrays.copyOf(path, Math.max(path.length * 2, pathLength + n));
    }

    @Override
    public void string(byte[] b, int from, int length, boolean escaped, long at) {
        layer.leaf(
                "json", b, from, length, origin + at, this, escaped ? Layer.ESCAPED : Layer.PLAIN);
    }

    @Override
    public void stringPiece(
            byte[] b, int from, int length, boolean escaped, long at, boolean last) {
        if (!inPieces) layer.openLong("json", origin + at, this, Layer.PLAIN);
        inPieces = !last;
        layer.feedLong(b, from, length, origin + at, escaped);
        if (last) layer.closeLong(origin + at + length);
    }

    @Override
    public void literal(byte[] b, int from, int length, long at) {
        layer.number("json", b, from, length, origin + at, this);
    }

    @Override
    public void malformed(long at, String reason) {
        failedAt = origin + at;
        why = reason;
    }

    /**
     * Undoes the escapes of <a href="https://www.rfc-editor.org/rfc/rfc8259#section-7">section
     * 7</a>; what is none stands for itself. Returns the length written to {@code out} from 0,
     * never more than was read.
     */
    static int unescape(byte[] b, int from, int to, byte[] out) {
        int o = 0;
        int p = from;
        while (p < to) {
            byte c = b[p++];
            if (c != '\\' || p == to) {
                out[o++] = c;
                continue;
            }
            c = b[p++];
            switch (c) {
                case 'n' -> out[o++] = '\n';
                case 't' -> out[o++] = '\t';
                case 'r' -> out[o++] = '\r';
                case 'b' -> out[o++] = '\b';
                case 'f' -> out[o++] = '\f';
                case 'u' -> {
                    int v = hex4(b, p, to);
                    if (v < 0) {
                        out[o++] = '\\';
                        out[o++] = 'u';
                        continue;
                    }
                    p += 4;
                    if (v >= 0xd800
                            && v < 0xdc00
                            && p + 6 <= to
                            && b[p] == '\\'
                            && b[p + 1] == 'u') {
                        int low = hex4(b, p + 2, to);
                        if (low >= 0xdc00 && low < 0xe000) {
                            v = 0x10000 + (v - 0xd800 << 10) + (low - 0xdc00);
                            p += 6;
                        }
                    }
                    o = utf8(v, out, o);
                }
                default -> out[o++] = c;
            }
        }
        return o;
    }

    private static int hex4(byte[] b, int p, int to) {
        if (to - p < 4) return -1;
        return Hex.value(b[p]) << 12
                | Hex.value(b[p + 1]) << 8
                | Hex.value(b[p + 2]) << 4
                | Hex.value(b[p + 3]);
    }

    private static int utf8(int v, byte[] out, int o) {
        if (v < 0x80) {
            out[o++] = (byte) v;
        } else if (v < 0x800) {
            out[o++] = (byte) (0xc0 | v >> 6);
            out[o++] = (byte) (0x80 | v & 63);
        } else if (v < 0x10000) {
            out[o++] = (byte) (0xe0 | v >> 12);
            out[o++] = (byte) (0x80 | v >> 6 & 63);
            out[o++] = (byte) (0x80 | v & 63);
        } else {
            out[o++] = (byte) (0xf0 | v >> 18);
            out[o++] = (byte) (0x80 | v >> 12 & 63);
            out[o++] = (byte) (0x80 | v >> 6 & 63);
            out[o++] = (byte) (0x80 | v & 63);
        }
        return o;
    }
}
