package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Apple's binary property list: {@code bplist00}, objects, a table of where each begins, and in the
 * last 32 bytes the sizes of offsets and references, the number of objects, the top one, and where
 * the table stands. All numbers have their highest byte first. An object's first byte is its type
 * and, in four bits, its size: 15 where an integer object with the size follows.
 *
 * <p>Nothing can be told before the end is there, so it is kept whole, up to {@link #LONGEST}.
 */
final class BinaryPlist implements Apart, KeySource {
    private static final int LONGEST = 1 << 20;
    private static final int TRAILER = 32;
    private static final int NESTING = 64;
    private static final int NAME = 64;
    private static final long SMALL = 10_000_000;

    private final Layer layer;
    private String broken = "";
    private byte[] kept = {};
    private int length;
    private long start;

    private final byte[] path = new byte[NESTING * (NAME + 1)];
    private int pathLength;
    private int offsetSize;
    private int referenceSize;
    private int table;
    private int objects;
    private final BitSet seen = new BitSet();
    private String half = "";
    private int halfAt;

    BinaryPlist(Layer layer) {
        this.layer = layer;
    }

    static boolean begins(byte[] b, int s, int e) {
        return e - s >= 8
                && Arrays.equals(b, s, s + 7, "bplist0".getBytes(ISO_8859_1), 0, 7)
                && b[s + 7] >= '0'
                && b[s + 7] <= '9';
    }

    @Override
    public void begin(String mediaType, String coding) {
        broken = "";
        length = 0;
        pathLength = 0;
    }

    @Override
    public String name() {
        return "bplist";
    }

    @Override
    public boolean named(String mediaType) {
        // The magic is announcement enough.
        return true;
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
        int n = to - i;
        if (length == 0) start = base + i;
        if (n > LONGEST - length) return giveUp(i, "longer than is taken apart");
        if (length + n > kept.length) {
            int before = kept.length;
            kept = Arrays.copyOf(kept, Math.min(LONGEST, Math.max(2 * before, length + n)));
            layer.u.grown(kept.length - before);
        }
        System.arraycopy(b, i, kept, length, n);
        length += n;
        if (!last) return to;
        if (!readTrailer()) return giveUp(to, "the table of its objects is missing or wrong");
        seen.clear();
        half = "";
        object(number(length - 16, 8), 0);
        // What nothing refers to was sent all the same.
        pathLength = 0;
        for (int k = seen.nextClearBit(0); k < objects; k = seen.nextClearBit(k + 1)) object(k, 0);
        // Where objects cannot be told apart, what stands in them may not have been looked at.
        if (!broken.isEmpty()) layer.aside(kept, 0, length, start);
        return to;
    }

    /** What was kept is searched as it stands, and what follows is told anew. */
    private int giveUp(int i, String why) {
        layer.aside(kept, 0, length, start);
        broken = why;
        length = 0;
        return i;
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        layer.aside(kept, 0, length, start);
        length = 0;
        return false;
    }

    private boolean readTrailer() {
        int t = length - TRAILER;
        if (t < 8) return false;
        offsetSize = kept[t + 6];
        referenceSize = kept[t + 7];
        long n = number(t + 8, 8);
        long at = number(t + 24, 8);
        if (offsetSize < 1 || offsetSize > 8 || referenceSize < 1 || referenceSize > 8)
            return false;
        if (n < 1 || n > t || at < 8 || at > t || at + n * offsetSize > t) return false;
        objects = (int) n;
        table = (int) at;
        return true;
    }

    private long number(int p, int n) {
        return ItemHead.bigEndian(kept, p, n);
    }

    // Lists and maps are entered once, so that what refers to itself ends; texts are told at every
    // place that refers to them.
    private void object(long reference, int depth) {
        if (reference < 0 || reference >= objects) {
            broken = "a reference to no object";
            return;
        }
        int index = (int) reference;
        long at = number(table + index * offsetSize, offsetSize);
        boolean again = seen.get(index);
        seen.set(index);
        if (at < 8 || at >= table) {
            broken = "an object outside of all";
            return;
        }
        int p = (int) at;
        int type = (kept[p] & 0xff) >> 4;
        long size = kept[p] & 15;
        p++;
        if (size == 15 && type >= 4) {
            int width = p < table && (kept[p] & 0xf0) == 0x10 ? 1 << (kept[p] & 15) : 16;
            if (width > 8 || p + 1 + width > table) {
                broken = "an object without its size";
                return;
            }
            size = number(p + 1, width);
            p += 1 + width;
        }
        long bytes =
                switch (type) {
                    case 1, 2, 3 -> 1L << size;
                    case 6 -> 2 * size;
                    case 8 -> size + 1;
                    case 0xa, 0xb, 0xc -> size * referenceSize;
                    case 0xd -> 2 * size * referenceSize;
                    default -> size;
                };
        if (type == 0) return;
        if (size < 0 || size > table || bytes > table - p) {
            broken = "an object longer than all";
            return;
        }
        int n = (int) bytes;
        String before = half;
        half = "";
        switch (type) {
            case 1, 8 -> integer(p, n);
            case 2 -> real(p, n, before);
            case 3 -> {}
            case 4, 5, 7 ->
                    layer.wholePart("bplist", kept, p, p + n, start + p, this, "", List.of());
            case 6 -> {
                byte[] plain = new String(kept, p, n, UTF_16BE).getBytes(UTF_8);
                layer.recoded("bplist", "utf-16be", plain, start + p, n, this);
            }
            case 0xa, 0xb, 0xc, 0xd -> {
                if (again) return;
                if (depth + 1 >= NESTING) {
                    layer.u.tooDeep(layer, start + p);
                    layer.aside(kept, p, p + n, start + p);
                    return;
                }
                within(p, (int) size, type == 0xd, depth);
            }
            default -> broken = "an object without a type";
        }
    }

    private void within(int p, int n, boolean map, int depth) {
        int outside = pathLength;
        for (int k = 0; k < n; k++) {
            long value = number(p + (map ? n + k : k) * referenceSize, referenceSize);
            if (map) {
                long name = number(p + k * referenceSize, referenceSize);
                enter(name);
                String before = half;
                object(name, depth + 1);
                half = before;
            } else {
                path[pathLength++] = '[';
                path[pathLength++] = ']';
                path[pathLength++] = 0;
            }
            object(value, depth + 1);
            pathLength = outside;
        }
    }

    private void enter(long reference) {
        if (reference >= 0 && reference < objects) {
            int p = (int) Math.min(number(table + (int) reference * offsetSize, offsetSize), table);
            // A name of 15 bytes and more has its length in an object behind the first byte.
            if (p >= 8 && p < table && (kept[p] & 0xf0) == 0x50) {
                int n = kept[p] & 15;
                p++;
                if (n == 15 && p + 1 < table && kept[p] == 0x10) {
                    n = Math.min(NAME, kept[p + 1] & 0xff);
                    p += 2;
                }
                for (int k = p; k < Math.min(p + n, table); k++)
                    if (kept[k] != 0) path[pathLength++] = kept[k];
            }
        }
        path[pathLength++] = 0;
    }

    private void integer(int p, int n) {
        // Those of 16 bytes are unsigned ones of 8.
        int from = n == 16 ? p + 8 : p;
        int width = n == 16 ? 8 : n;
        if (width > 8) return;
        long v = number(from, width);
        if (v > -SMALL && v < SMALL) return;
        String text = n == 16 ? Long.toUnsignedString(v) : Long.toString(v);
        layer.shown("bplist", "int-be", text, start + from, width, this);
        if (v >>> 40 == 0) return;
        String hex = Items.hex(v);
        layer.shown("bplist", "hex-int-be", hex, start + from, width, this);
    }

    private void real(int p, int n, String before) {
        if (n != 4 && n != 8) return;
        double d =
                n == 8
                        ? Double.longBitsToDouble(number(p, 8))
                        : Float.intBitsToFloat((int) number(p, 4));
        if (!(Math.abs(d) >= 1e-6 && Math.abs(d) < 1L << 53)) return;
        String text = Items.printed(d, n);
        String as = n == 8 ? "double-be" : "float-be";
        // The order of a place's two halves in the file is its writer's: they stand side by side.
        if (!before.isEmpty() && halfAt + n + 1 == p)
            layer.shown("bplist", as, before + "," + text, start + halfAt, p + n - halfAt, this);
        else layer.shown("bplist", as, text, start + p, n, this);
        if (Math.abs(d) > 180) return;
        half = text;
        halfAt = p;
    }
}
