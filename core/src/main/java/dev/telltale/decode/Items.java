package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.Predicate;

/**
 * Takes items within items apart as their heads tell them (CBOR, MessagePack), one after the other
 * to the layer's end. Texts and bytes become layers, names of maps too; numbers are looked at as
 * they would be printed.
 */
final class Items implements Apart, KeySource {
    /** Values of bytes that are longer are fed on as they come. */
    private static final int WAITED_FOR = Layer.SEGMENT;

    /** Numbers nearer to zero are no identifier of their own. */
    private static final long SMALL = 10_000_000;

    /** Longer names are cut in paths. */
    private static final int NAME = 64;

    private final Layer layer;
    private final String name;
    private final ItemHead head;
    private final Predicate<String> named;
    private String broken = "";

    private final byte[] path = new byte[(ItemHead.NESTING + 1) * (NAME + 1)];
    private int pathLength;

    /** Items still to come in each list or map; below zero where it ends by a break. */
    private final long[] items = new long[ItemHead.NESTING];

    private final boolean[] maps = new boolean[ItemHead.NESTING];
    private final int[] outside = new int[ItemHead.NESTING];
    private int depth;

    /** Bytes of a long value that are still to come, -1 where none is at hand. */
    private long left = -1;

    /** The long value is one of chunks. */
    private boolean chunks;

    /** The bytes that follow are a number: CBOR's tag 2. */
    private boolean big;

    /** The double or float before, where the value before was one: half of a place. */
    private String half = "";

    private long halfAt;
    private int halfWidth;

    Items(Layer layer, String name, ItemHead head, Predicate<String> named) {
        this.layer = layer;
        this.name = name;
        this.head = head;
        this.named = named;
    }

    @Override
    public void begin(String mediaType, String coding) {
        broken = "";
        pathLength = 0;
        depth = 0;
        left = -1;
        chunks = false;
        big = false;
        half = "";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean named(String mediaType) {
        return named.test(mediaType);
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, pathLength);
    }

    @Override
    public String broken() {
        return broken;
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (true) {
            if (left >= 0) {
                int n = (int) Math.min(left, to - i);
                layer.feedPart(b, i, i + n);
                i += n;
                left -= n;
                if (left > 0 && !last) return i;
                if (left > 0) broken = "ends inside a value";
                if (!chunks || left > 0) closePart(base + i);
                left = -1;
            }
            if (i == to) {
                if (last && broken.isEmpty() && (depth > 0 || chunks))
                    broken = "ends before its last item";
                if (last && chunks) closePart(base + i);
                return i;
            }
            if (!broken.isEmpty()) {
                if (chunks) closePart(base + i);
                return i;
            }
            int next = item(b, i, to, base, last);
            if (next == i && broken.isEmpty()) return i;
            i = next;
        }
    }

    private void closePart(long end) {
        layer.closePart(end);
        chunks = false;
        done();
    }

    /** Reads a head and what it heads; returns its own index where more must come, or broken. */
    private int item(byte[] b, int i, int to, long base, boolean last) {
        int p = head.read(b, i, to);
        if (p == ItemHead.BAD) return fail(i, "no item begins so");
        if (p == ItemHead.CUT) return last ? fail(i, "ends inside an item") : i;
        if (chunks) return chunk(i, p, base);
        boolean isName = depth > 0 && maps[depth - 1] && (items[depth - 1] & 1) == 0;
        if (isName) pathLength = outside[depth - 1];
        switch (head.kind) {
            case INTEGER -> {
                if (isName) enter(Long.toString(head.value).getBytes(ISO_8859_1));
                integer(base + p - head.width, head.width);
                if (!isName) half = "";
            }
            case REAL -> {
                if (isName) enter(BigDecimal.valueOf(finite()).toString().getBytes(ISO_8859_1));
                real(base + p - head.width, head.width);
            }
            case TEXT, BYTES -> {
                return bytes(b, i, p, to, base, last, isName);
            }
            case CHUNKS -> {
                half = "";
                if (isName) enter(new byte[0]);
                layer.openJoined(name, base + i, this);
                chunks = true;
                return p;
            }
            case LIST, MAP -> {
                if (isName) enter(new byte[0]);
                half = "";
                if (head.value == 0) break;
                if (depth == ItemHead.NESTING) {
                    layer.u.tooDeep(layer, base + i);
                    return fail(i, "items within items");
                }
                boolean map = head.kind == ItemHead.Kind.MAP;
                if (!map) enter("[]".getBytes(ISO_8859_1));
                maps[depth] = map;
                outside[depth] = pathLength;
                items[depth++] =
                        head.value < 0 ? Long.MIN_VALUE : map ? 2 * head.value : head.value;
                return p;
            }
            case TAG -> {
                big = head.value == 2;
                return p;
            }
            case BREAK -> {
                if (depth == 0 || items[depth - 1] >= 0 || maps[depth - 1] && !isName)
                    return fail(i, "a break where nothing ends");
                pop();
            }
            case NOTHING -> {
                half = "";
                if (isName) enter(new byte[0]);
            }
        }
        done();
        return p;
    }

    private int chunk(int i, int p, long base) {
        if (head.kind == ItemHead.Kind.BREAK) {
            closePart(base + p);
            return p;
        }
        if (head.kind != ItemHead.Kind.TEXT && head.kind != ItemHead.Kind.BYTES)
            return fail(i, "a chunk that is none");
        left = head.value;
        return p;
    }

    private int bytes(byte[] b, int i, int p, int to, long base, boolean last, boolean isName) {
        long n = head.value;
        int there = (int) Math.min(n, to - p);
        if (there < n && !last && (there < WAITED_FOR)) return i;
        if (isName) enter(b, p, Math.min(there, NAME));
        else half = "";
        if (big && there == n && n > 0 && n <= 8 && head.kind == ItemHead.Kind.BYTES) {
            head.value = ItemHead.bigEndian(b, p, there);
            head.unsigned = true;
            integer(base + p, there);
        }
        big = false;
        if (there == n && n <= WAITED_FOR) {
            int e = p + there;
            if (n > 0) layer.wholePart(name, b, p, e, base + p, this, "", List.of());
            done();
            return e;
        }
        layer.openPart(name, base + p, this, "", List.of());
        left = n;
        return p;
    }

    /** An item has ended, and with it maybe those around it. */
    private void done() {
        while (depth > 0) {
            long n = items[depth - 1];
            items[depth - 1] = n < 0 ? n + 1 : n - 1;
            if (items[depth - 1] != 0) return;
            pop();
        }
    }

    private void pop() {
        depth--;
        pathLength = outside[depth];
        // A list's own name is left with the list; its map's name with the next one.
        if (!maps[depth]) pathLength -= 3;
    }

    private void enter(byte[] text) {
        enter(text, 0, text.length);
    }

    private void enter(byte[] b, int from, int n) {
        for (int k = 0; k < n; k++) if (b[from + k] != 0) path[pathLength++] = b[from + k];
        path[pathLength++] = 0;
    }

    private int fail(int i, String why) {
        broken = why;
        return i;
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        if (i < to || left < missing) {
            if (left >= 0 || chunks) layer.closePart(base + i);
            left = -1;
            chunks = false;
            return false;
        }
        layer.gapPart(missing);
        left -= missing;
        return true;
    }

    // ------------------------------------------------------------------------------------- numbers

    private void integer(long at, int n) {
        long v = head.value;
        if (v > -SMALL && v < SMALL || n == 0) return;
        String text = head.unsigned ? Long.toUnsignedString(v) : Long.toString(v);
        // CBOR keeps what is missing of a negative number to -1.
        String as = v < 0 && !head.unsigned && name.equals("cbor") ? "negative" : "int-be";
        layer.shown(name, as, text, at, n, this);
        // Identifiers of 48 and 64 bits are written in hex: MAC addresses, the Android ID.
        if (v >>> 40 == 0 || as.equals("negative")) return;
        layer.shown(name, "hex-int-be", hex(v), at, n, this);
    }

    static String hex(long v) {
        String hex = Long.toHexString(v);
        int width = v >>> 48 == 0 ? 12 : 16;
        return "0".repeat(width - hex.length()) + hex;
    }

    private double finite() {
        return Double.isFinite(head.real) ? head.real : 0;
    }

    private void real(long at, int n) {
        double d = head.real;
        if (n == 2 || !(Math.abs(d) >= 1e-6 && Math.abs(d) < 1L << 53)) {
            half = "";
            return;
        }
        String text = printed(d, n);
        String as = n == 8 ? "double-be" : "float-be";
        // Latitude and longitude stand side by side; one alone says little.
        if (Math.abs(d) > 180) {
            half = "";
            layer.shown(name, as, text, at, n, this);
            if (d == Math.rint(d) && d >= 1L << 40)
                layer.shown(name, "hex-" + as, hex((long) d), at, n, this);
            return;
        }
        if (half.isEmpty() || halfWidth != n) {
            layer.shown(name, as, text, at, n, this);
        } else {
            layer.shown(name, as, half + "," + text, halfAt, (int) (at + n - halfAt), this);
        }
        half = text;
        halfAt = at;
        halfWidth = n;
    }

    /** A real number of {@code n} bytes without an exponent. */
    static String printed(double d, int n) {
        String text = n == 4 ? Float.toString((float) d) : Double.toString(d);
        // Languages without whole numbers keep theirs so.
        if (d == Math.rint(d) || text.indexOf('E') >= 0)
            return new BigDecimal(text).stripTrailingZeros().toPlainString();
        return text;
    }
}
