package dev.telltale.identify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Multi-pattern search that skips. Of every literal, the grams (4 or 8 bytes) at {@code stride}
 * neighbouring offsets are marked in a bitmap; whichever way the literal lies in the text, one of
 * them stands at a position that is a multiple of the stride from where the scan began. So only
 * every stride-th position is looked up, and only where the bitmap says so are literals compared.
 * Letters are looked up with bit 5 set, which makes cases equal; the comparison is exact.
 */
final class GramFilter {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long CASE = 0x2020202020202020L;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    /** Beyond this the grams to mark grow faster than the positions to look up shrink. */
    private static final int LONGEST_STRIDE = 8;

    /** Offsets further in are not used, so that little beyond the scanned range is looked at. */
    private static final int FARTHEST_WINDOW = 24;

    /** Takes a position where a literal may start. */
    interface Candidates {
        void at(int literal, int start);
    }

    private final int size;
    private final int stride;

    /** Offset of the farthest gram marked in any literal. */
    private final int farthest;

    private final long[] bitmap;
    private final int bitmapShift;

    /**
     * Entries of bucket {@code h} are {@code [bucket[h], bucket[h + 1])}: gram, literal and the
     * gram's offset in it.
     */
    private final int[] bucket;

    private final int bucketShift;
    private final long[] entryGram;
    private final int[] entryLiteral;
    private final byte[] entryOffset;

    /**
     * @param literals at least {@code size} bytes each
     * @param size of a gram: 4, or 8 where literals are so many that their 4-byte grams are
     *     everywhere
     */
    GramFilter(List<Literal> literals, int size) {
        this.size = size;
        int shortest = literals.stream().mapToInt(l -> l.form().length()).min().orElse(size);
        stride = Math.min(LONGEST_STRIDE, shortest - size + 1);
        int entries = literals.size() * stride;
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, entries));
        // One bit in 32 set, within what the second-level cache of a core holds (128 kB, up to 1 MB
        // for large personas).
        bitmapShift = 64 - Math.clamp(bits + 5, 20, 23);
        bitmap = new long[1 << (64 - bitmapShift - 6)];
        bucketShift = 64 - Math.max(4, bits);
        bucket = new int[(1 << (64 - bucketShift)) + 1];
        entryGram = new long[entries];
        entryLiteral = new int[entries];
        entryOffset = new byte[entries];

        int[] windows = windows(literals);
        int far = 0;
        for (int i = 0; i < literals.size(); i++) {
            far = Math.max(far, windows[i] + stride - 1);
            for (int o = windows[i]; o < windows[i] + stride; o++) {
                long h = gram(literals.get(i).bytes(), o) * MIX;
                bitmap[(int) (h >>> bitmapShift >>> 6)] |= mask(h);
                bucket[(int) (h >>> bucketShift) + 1]++;
            }
        }
        farthest = far;
        for (int h = 1; h < bucket.length; h++) bucket[h] += bucket[h - 1];
        int[] next = bucket.clone();
        for (int i = 0; i < literals.size(); i++)
            for (int o = windows[i]; o < windows[i] + stride; o++) {
                long g = gram(literals.get(i).bytes(), o);
                int at = next[(int) ((g * MIX) >>> bucketShift)]++;
                entryGram[at] = g;
                entryLiteral[at] = literals.get(i).form().id();
                entryOffset[at] = (byte) o;
            }
    }

    /**
     * Where in each literal the marked grams begin: where they are rarest among all literals, for
     * what many literals share (country codes, domains) is common in traffic too and would make
     * long buckets.
     */
    private int[] windows(List<Literal> literals) {
        int[] count = new int[1 << 16];
        for (Literal l : literals)
            for (int o = 0; o <= lastWindow(l) + stride - 1; o++)
                count[slot(l, o)] += l.form().digest().isEmpty() ? 1 : 0;
        int[] windows = new int[literals.size()];
        for (int i = 0; i < windows.length; i++) {
            Literal l = literals.get(i);
            // Digests are random anyhow.
            if (!l.form().digest().isEmpty()) continue;
            long best = Long.MAX_VALUE;
            for (int w = 0; w <= lastWindow(l); w++) {
                long cost = 0;
                for (int o = w; o < w + stride; o++)
                    cost += count[slot(l, o)] + commonness(l.bytes(), o);
                if (cost >= best) continue;
                best = cost;
                windows[i] = w;
            }
        }
        return windows;
    }

    private int lastWindow(Literal l) {
        return Math.min(FARTHEST_WINDOW, l.form().length() - size - stride + 1);
    }

    private int slot(Literal l, int offset) {
        return (int) ((gram(l.bytes(), offset) * MIX) >>> 48);
    }

    /** Repeated characters and blanks are in all kinds of data. */
    private int commonness(byte[] b, int offset) {
        int common = 0;
        for (int i = offset; i < offset + size; i++) {
            if (b[i] == '0' || b[i] == 0) common += 2;
            if (i > offset && b[i] == b[i - 1]) common += 2;
        }
        return common;
    }

    private long gram(byte[] b, int i) {
        return size == 4
                ? ((int) INT.get(b, i) | (int) CASE) & 0xffffffffL
                : (long) LONG.get(b, i) | CASE;
    }

    /** The last position worth looking up for literals that start before {@code to}. */
    int last(int hi, int to) {
        return (int) Math.min(hi - (long) size, to - 1L + farthest);
    }

    /**
     * The first position from {@code i} on, in steps of the stride, whose gram is marked; beyond
     * {@code last} where there is none. Nearly all bytes of a capture pass through here and nowhere
     * else.
     */
    int next(byte[] text, int i, int last) {
        return size == 4 ? next4(text, i, last) : next8(text, i, last);
    }

    private int next4(byte[] text, int i, int last) {
        long[] map = bitmap;
        int step = stride;
        int shift = bitmapShift + 6;
        for (; i <= last; i += step) {
            long h = (((int) INT.get(text, i) | (int) CASE) & 0xffffffffL) * MIX;
            long word = map[(int) (h >>> shift)];
            if ((word >>> (h >>> shift - 6) & word >>> (h >>> shift - 12) & 1) != 0) return i;
        }
        return i;
    }

    private int next8(byte[] text, int i, int last) {
        long[] map = bitmap;
        int step = stride;
        int shift = bitmapShift + 6;
        for (; i <= last; i += step) {
            long h = ((long) LONG.get(text, i) | CASE) * MIX;
            long word = map[(int) (h >>> shift)];
            if ((word >>> (h >>> shift - 6) & word >>> (h >>> shift - 12) & 1) != 0) return i;
        }
        return i;
    }

    int stride() {
        return stride;
    }

    /**
     * What is marked of a hash in its word of the bitmap: two bits, which are both set by accident
     * far more rarely than one, for the same cache line.
     */
    private long mask(long h) {
        return 1L << (h >>> bitmapShift) | 1L << (h >>> bitmapShift - 6);
    }

    /** Names every literal that has the gram at {@code i} and may start in {@code [from, to)}. */
    void look(byte[] text, int i, int from, int to, Candidates candidates) {
        long gram = gram(text, i);
        int h = (int) ((gram * MIX) >>> bucketShift);
        for (int e = bucket[h], end = bucket[h + 1]; e < end; e++) {
            if (entryGram[e] != gram) continue;
            int start = i - entryOffset[e];
            if (start >= from && start < to) candidates.at(entryLiteral[e], start);
        }
    }
}
