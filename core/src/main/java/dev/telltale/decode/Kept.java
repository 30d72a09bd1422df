package dev.telltale.decode;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Takes apart what can only be read as a whole: its bytes are kept, up to a limit. What no value
 * holds of them is searched as it stands, and so is all of what is too long or damaged.
 */
abstract class Kept implements Apart, KeySource {
    /** Structures within structures; what is deeper is searched as it stands. */
    static final int NESTING = 64;

    /** Longer names are cut in paths. */
    private static final int NAME = 64;

    /** Shorter remains are searched, longer ones are leaves that are measured, too. */
    private static final int REMAINS = 64;

    final Layer layer;
    final Numbers numbers;
    private final String name;
    private final int longest;
    byte[] b = {};
    int length;
    private long start;
    private String broken = "";
    String mediaType = "";
    private final BitSet told = new BitSet();
    private final byte[] path = new byte[(NESTING + 1) * (NAME + 1)];
    private int pathLength;

    /**
     * @param longest bytes that are kept
     */
    Kept(Layer layer, String name, int longest) {
        this.layer = layer;
        this.name = name;
        this.longest = longest;
        numbers = new Numbers(layer, name, this);
    }

    /** Takes apart {@code [0, length)} of {@link #b}; says why where it breaks off, or nothing. */
    abstract String takeApart();

    @Override
    public void begin(String type, String coding) {
        mediaType = type;
        broken = "";
        length = 0;
        pathLength = 0;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String broken() {
        return broken;
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, pathLength);
    }

    @Override
    public int feed(byte[] in, int i, int to, long base, boolean last) {
        int n = to - i;
        if (length == 0) start = base + i;
        if (n > longest - length) {
            layer.remains(name, b, 0, length, start);
            length = 0;
            broken = "longer than is taken apart";
            return i;
        }
        if (length + n > b.length) {
            int before = b.length;
            b = Arrays.copyOf(b, Math.min(longest, Math.max(2 * before, length + n)));
            layer.u.grown(b.length - before);
        }
        System.arraycopy(in, i, b, length, n);
        length += n;
        if (!last) return to;
        told.clear();
        numbers.none();
        broken = takeApart();
        pathLength = 0;
        for (int p = told.nextClearBit(0); p < length; p = told.nextClearBit(p)) {
            int end = told.nextSetBit(p);
            if (end < 0 || end > length) end = length;
            if (end - p >= REMAINS) layer.remains(name, b, p, end, start + p);
            else layer.aside(b, p, end, start + p);
            p = end;
        }
        return to;
    }

    @Override
    public boolean gap(byte[] in, int i, int to, long base, long missing) {
        layer.remains(name, b, 0, length, start);
        length = 0;
        return false;
    }

    // ------------------------------------------------------------------------------------- values

    long offset(int p) {
        return start + p;
    }

    /** The bytes need no further look. */
    void tell(int from, int to) {
        if (to > from) told.set(from, to);
    }

    boolean isTold(int p) {
        return told.get(p);
    }

    /** A value that may be anything. */
    void bytes(int from, int to) {
        numbers.none();
        if (to <= from) return;
        tell(from, to);
        layer.wholePart(name, b, from, to, offset(from), this, "", List.of());
    }

    void integer(String order, long v, boolean unsigned, int at, int n) {
        tell(at, at + n);
        numbers.integer(order, v, unsigned, offset(at), n);
    }

    void real(String order, double d, int at, int n) {
        tell(at, at + n);
        numbers.real(order, d, offset(at), n);
    }

    int enter(String text) {
        int before = pathLength;
        int n = Math.min(text.length(), NAME);
        if (pathLength + n + 1 > path.length) return before;
        for (int i = 0; i < n; i++)
            if (text.charAt(i) != 0) path[pathLength++] = (byte) text.charAt(i);
        path[pathLength++] = 0;
        return before;
    }

    int enter(int from, int to) {
        int before = pathLength;
        int n = Math.min(to - from, NAME);
        if (pathLength + n + 1 > path.length) return before;
        for (int i = 0; i < n; i++) if (b[from + i] != 0) path[pathLength++] = b[from + i];
        path[pathLength++] = 0;
        return before;
    }

    /**
     * @param before what {@link #enter} gave
     */
    void leave(int before) {
        pathLength = before;
    }

    /** A number of {@code n} bytes, the lowest first. */
    static long little(byte[] b, int p, int n) {
        long v = 0;
        for (int k = n - 1; k >= 0; k--) v = v << 8 | b[p + k] & 0xff;
        return v;
    }

    static long big(byte[] b, int p, int n) {
        return ItemHead.bigEndian(b, p, n);
    }

    /** As {@link #big}, below zero where the first bit is set. */
    static long signed(byte[] b, int p, int n) {
        return n == 0 ? 0 : big(b, p, n) << 64 - 8 * n >> 64 - 8 * n;
    }
}
