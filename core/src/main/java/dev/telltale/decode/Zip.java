package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * ZIP (<a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE</a>), from its
 * front, as a stream allows: each file is a layer under its name. What follows the last file (the
 * directory, which repeats names) is searched as it stands.
 *
 * <pre>
 * "PK" 3 4, version (16), flags (16): 1 encrypted, 8 sizes behind the data, method (16), time (32),
 * CRC-32 (32), packed size (32), size (32), length of the name (16), of more (16), name, more, data
 * behind it where so flagged: "PK" 7 8 (or not), CRC-32, packed size (32 or 64), size
 * </pre>
 */
final class Zip implements Apart, KeySource {
    private static final int HEADER = 30;
    private static final int NAME = 256;

    /**
     * What may stand behind data of a size not told before, and may have to be looked at at once.
     */
    private static final int DESCRIPTOR = 24;

    /** Bytes before the next header by which a descriptor without its signature is known. */
    private static final int UNSIGNED = 12;

    private final Layer layer;
    private List<String> keys = List.of();
    private String broken = "";
    private boolean over;

    /** Bytes of the file at hand that are still to come, -1 before a header. */
    private long left = -1;

    /** The size is not known; where the data began. */
    private boolean unsized;

    private long dataFrom;

    Zip(Layer layer) {
        this.layer = layer;
    }

    static boolean begins(byte[] b, int s, int e) {
        return e - s >= HEADER
                && signature(b, s, 3, 4)
                && (b[s + 4] & 0xff) < 100
                && short16(b, s + 8) < 100
                && short16(b, s + 26) > 0;
    }

    private static boolean signature(byte[] b, int p, int third, int fourth) {
        return b[p] == 'P' && b[p + 1] == 'K' && b[p + 2] == third && b[p + 3] == fourth;
    }

    private static int short16(byte[] b, int p) {
        return b[p] & 0xff | (b[p + 1] & 0xff) << 8;
    }

    private static long int32(byte[] b, int p) {
        return short16(b, p) | (long) short16(b, p + 2) << 16;
    }

    @Override
    public void begin(String mediaType, String coding) {
        broken = "";
        over = false;
        left = -1;
        unsized = false;
    }

    @Override
    public String name() {
        return "zip";
    }

    @Override
    public boolean named(String mediaType) {
        // The magic is announcement enough.
        return true;
    }

    @Override
    public String broken() {
        return broken;
    }

    @Override
    public boolean over() {
        return over;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (true) {
            if (unsized) {
                int end = dataEnd(b, i, to, base);
                boolean found = end >= 0;
                if (!found) end = last ? to : Math.max(i, to - DESCRIPTOR - UNSIGNED);
                layer.feedPart(b, i, end);
                i = end;
                if (!found && !last) return i;
                unsized = false;
                layer.closePart(base + i);
                if (!found) return fail(i, "ends inside a file");
                i += descriptor(b, i, to);
            } else if (left >= 0) {
                int n = (int) Math.min(left, to - i);
                layer.feedPart(b, i, i + n);
                i += n;
                left -= n;
                if (left > 0 && !last) return i;
                layer.closePart(base + i);
                if (left > 0) return fail(i, "ends inside a file");
                left = -1;
            }
            if (i == to) return i;
            int next = header(b, i, to, base, last);
            if (next == i) return i;
            i = next;
        }
    }

    private int fail(int i, String why) {
        broken = why;
        left = -1;
        return i;
    }

    private int header(byte[] b, int i, int to, long base, boolean last) {
        if (to - i < 4 && !last) return i;
        // A descriptor may follow data whose size was told all the same.
        if (to - i >= 16 && signature(b, i, 7, 8)) return i + descriptor(b, i, to);
        if (to - i < 4 || !signature(b, i, 3, 4)) {
            over = true;
            return i;
        }
        if (to - i < HEADER) return last ? fail(i, "ends inside a header") : i;
        int name = short16(b, i + 26);
        int size = HEADER + name + short16(b, i + 28);
        if (to - i < size && size <= Layer.SEGMENT)
            return last ? fail(i, "ends inside a header") : i;
        if (to - i < size) return fail(i, "a header that is too long");
        keys = List.of(new String(b, i + HEADER, Math.min(name, NAME), UTF_8));
        int flags = short16(b, i + 6);
        int method = short16(b, i + 8);
        left = int32(b, i + 18);
        if (left == 0xffffffffL) left = size64(b, i + HEADER + name, i + size);
        if (left < 0) return fail(i, "a file without a size");
        unsized = (flags & 8) != 0 && left == 0;
        layer.aside(b, i, i + size, base + i);
        i += size;
        dataFrom = base + i;
        layer.openPart("zip", base + i, this, "", (flags & 1) != 0 ? List.of() : coding(method));
        return i;
    }

    private static List<String> coding(int method) {
        return switch (method) {
            case 8 -> List.of("deflate");
            case 12 -> List.of("bzip2");
            case 93 -> List.of("zstd");
            case 95 -> List.of("xz");
            default -> List.of();
        };
    }

    /** The packed size that the field of ZIP64 (1) says, behind the size itself. */
    private static long size64(byte[] b, int p, int to) {
        while (to - p >= 4) {
            int n = short16(b, p + 2);
            if (short16(b, p) == 1 && n >= 16 && to - p >= 20)
                return int32(b, p + 12) | int32(b, p + 16) << 32;
            p += 4 + n;
        }
        return -1;
    }

    /**
     * Index where data of unknown size end: before a descriptor that says so many, or -1. All
     * descriptors that begin before {@link #DESCRIPTOR} bytes from the end are seen.
     */
    private int dataEnd(byte[] b, int i, int to, long base) {
        for (int p = i; p <= to - 16; p++) {
            if (b[p] != 'P' || b[p + 1] != 'K') continue;
            if (b[p + 2] == 7 && b[p + 3] == 8) {
                long n = base + p - dataFrom;
                if (int32(b, p + 8) == (n & 0xffffffffL)) return p;
            } else if (b[p + 2] == 1 && b[p + 3] == 2 || b[p + 2] == 3 && b[p + 3] == 4) {
                int end = p - UNSIGNED;
                long n = base + end - dataFrom;
                if (end >= i && n >= 0 && int32(b, p - 8) == (n & 0xffffffffL)) return end;
            }
        }
        return -1;
    }

    /** Length of the descriptor at {@code i}, with sizes of 32 or 64 bits. */
    private static int descriptor(byte[] b, int i, int to) {
        if (to - i < 16 || !signature(b, i, 7, 8)) return Math.min(UNSIGNED, to - i);
        boolean wide = to - i >= DESCRIPTOR && b[i + 16] != 'P' && int32(b, i + 12) == 0;
        return wide ? DESCRIPTOR : 16;
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        if (unsized || i < to || left < missing) {
            if (unsized || left >= 0) layer.closePart(base + i);
            unsized = false;
            left = -1;
            return false;
        }
        layer.gapPart(missing);
        left -= missing;
        return true;
    }
}
