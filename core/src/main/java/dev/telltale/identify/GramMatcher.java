package dev.telltale.identify;

import dev.telltale.model.Form;
import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Multi-pattern search that skips. Of every literal, the 4-byte grams at {@code stride} neighbouring offsets are marked in a
 * bitmap; whichever way the literal lies in the text, one of them stands at a position that is a multiple of the stride from
 * where the scan began. So only every stride-th position is looked up, and only where the bitmap says so is a literal compared.
 * Letters are looked up with bit 5 set, which makes cases equal; the comparison is exact.
 *
 * <p>Forms below {@link PersonaMatcher#SEARCHED_FROM} bytes would force a stride of 1; they are kept in a table by value.
 */
final class GramMatcher implements Matcher {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int GRAM = 4;
    private static final int CASE = 0x20202020;
    private static final int MIX = 0x9E3779B1;
    private static final int LONGEST_STRIDE = 8;

    private final Literal[] literals;
    private final int reach;

    private final int stride;
    /** Offset of the farthest gram marked in any literal. */
    private final int farthest;

    private final long[] bitmap;
    private final int bitmapShift;

    /** Entries of bucket {@code h} are {@code [bucket[h], bucket[h + 1])}: gram, literal and the gram's offset in it. */
    private final int[] bucket;

    private final int bucketShift;
    private final int[] entryGram;
    private final int[] entryLiteral;
    private final byte[] entryOffset;

    /** For each literal, longer literals of the same identifier that hold it, as pairs of literal and offset. */
    private final int[][] holders;

    private final ShortForms shortForms;

    GramMatcher(List<Literal> all) {
        literals = all.toArray(Literal[]::new);
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        List<Integer> searched = new ArrayList<>();
        for (Literal l : literals) {
            longest = Math.max(longest, l.form().full() + l.padding());
            if (l.form().whole()) continue;
            shortest = Math.min(shortest, l.form().length());
            searched.add(l.form().id());
        }
        reach = searched.isEmpty() ? 0 : longest + Token.LOOK;
        stride = searched.isEmpty() ? 1 : Math.min(LONGEST_STRIDE, shortest - GRAM + 1);
        int entries = searched.size() * stride;
        bitmapShift = 32 - bitmapBits(entries);
        bitmap = new long[Math.max(1, 1 << 32 - bitmapShift - 6)];
        bucketShift = 32 - Math.max(4, 32 - Integer.numberOfLeadingZeros(entries));
        bucket = new int[(1 << 32 - bucketShift) + 1];
        entryGram = new int[entries];
        entryLiteral = new int[entries];
        entryOffset = new byte[entries];

        int[] starts = windows(searched);
        int far = 0;
        for (int i = 0; i < searched.size(); i++) {
            far = Math.max(far, starts[i] + stride - 1);
            for (int o = starts[i]; o < starts[i] + stride; o++) {
                int h = gram(literals[searched.get(i)], o) * MIX;
                bitmap[h >>> bitmapShift >>> 6] |= 1L << (h >>> bitmapShift);
                bucket[(h >>> bucketShift) + 1]++;
            }
        }
        farthest = far;
        for (int h = 1; h < bucket.length; h++) bucket[h] += bucket[h - 1];
        int[] next = bucket.clone();
        for (int i = 0; i < searched.size(); i++)
            for (int o = starts[i]; o < starts[i] + stride; o++) {
                int g = gram(literals[searched.get(i)], o);
                int at = next[g * MIX >>> bucketShift]++;
                entryGram[at] = g;
                entryLiteral[at] = searched.get(i);
                entryOffset[at] = (byte) o;
            }
        holders = holders();
        shortForms = new ShortForms(literals);
    }

    /** A bit in 64 set at most, within what the second-level cache of one core holds (1 MB); 128 kB for small personas. */
    private static int bitmapBits(int entries) {
        int wanted = 32 - Integer.numberOfLeadingZeros(Math.max(1, entries)) + 5;
        return Math.max(20, Math.min(23, wanted));
    }

    /** Where in each literal the marked grams begin. */
    private int[] windows(List<Integer> searched) {
        return new int[searched.size()];
    }

    private static int gram(Literal l, int offset) {
        return (int) INT.get(l.bytes(), offset) | CASE;
    }

    @Override
    public int reach() {
        return reach;
    }

    @Override
    public Form form(int id) {
        return literals[id].form();
    }

    @Override
    public int forms() {
        return literals.length;
    }

    @Override
    public void scan(byte[] bytes, int lo, int hi, int from, int to, Hits hits) {
        if (reach == 0) return;
        int last = (int) Math.min(hi - (long) GRAM, to - 1L + farthest);
        long[] map = bitmap;
        int step = stride;
        int shift = bitmapShift;
        Found found = null;
        for (int i = from; i <= last; i += step) {
            int h = ((int) INT.get(bytes, i) | CASE) * MIX >>> shift;
            if ((map[h >>> 6] >>> h & 1) != 0) found = candidate(bytes, lo, hi, from, to, i, found);
        }
        if (found != null) found.report(literals, hits);
    }

    private @org.jspecify.annotations.Nullable Found candidate(
            byte[] b, int lo, int hi, int from, int to, int i, @org.jspecify.annotations.Nullable Found found) {
        int gram = (int) INT.get(b, i) | CASE;
        int h = gram * MIX >>> bucketShift;
        for (int e = bucket[h], end = bucket[h + 1]; e < end; e++) {
            if (entryGram[e] != gram) continue;
            int start = i - entryOffset[e];
            if (start < from || start >= to) continue;
            int k = entryLiteral[e];
            int matched = literals[k].match(b, lo, hi, start);
            if (matched < 0 || held(b, lo, hi, start, k)) continue;
            if (found == null) found = new Found();
            found.add(k, start, matched);
        }
        return found;
    }

    /** True where a longer way of writing the same identifier stands around this match: {@code +49151...} around 49151.... */
    private boolean held(byte[] b, int lo, int hi, int start, int k) {
        int[] h = holders[k];
        for (int i = 0; i < h.length; i += 2) {
            int s = start - h[i + 1];
            if (s >= lo && literals[h[i]].match(b, lo, hi, s) >= 0) return true;
        }
        return false;
    }

    private int[][] holders() {
        int[] none = new int[0];
        int[][] all = new int[literals.length][];
        Arrays.fill(all, none);
        int first = 0;
        while (first < literals.length) {
            int end = first;
            int identifier = literals[first].form().identifier();
            while (end < literals.length && literals[end].form().identifier() == identifier) end++;
            for (int k = first; k < end; k++) if (holdable(literals[k])) all[k] = holders(k, first, end);
            first = end;
        }
        return all;
    }

    private static boolean holdable(Literal l) {
        return l.form().digest().isEmpty() && !l.form().whole();
    }

    private int[] holders(int k, int first, int end) {
        List<Integer> pairs = new ArrayList<>();
        Literal inner = literals[k];
        int n = inner.bytes().length;
        for (int h = first; h < end; h++) {
            Literal outer = literals[h];
            if (h == k || !holdable(outer) || outer.bytes().length <= n) continue;
            for (int o = 0; o + n <= outer.bytes().length; o++) {
                if (!overlies(inner, outer, o)) continue;
                pairs.add(h);
                pairs.add(o);
            }
        }
        return pairs.stream().mapToInt(Integer::intValue).toArray();
    }

    /** True where the bytes of {@code inner} may stand at {@code o} in a text that {@code outer} matches. */
    private static boolean overlies(Literal inner, Literal outer, int o) {
        byte[] a = inner.bytes();
        byte[] b = outer.bytes();
        for (int i = 0; i < a.length; i++) if (Literal.fold(a[i]) != Literal.fold(b[o + i])) return false;
        return true;
    }

    @Override
    public void whole(byte[] bytes, int from, int to, Hits hits) {
        shortForms.whole(bytes, from, to, hits);
    }

    /** Matches of one scan, to be put in order. */
    private static final class Found {
        private long[] at = new long[8];
        private int[] end = new int[8];
        private int size;

        void add(int literal, int start, int matched) {
            if (size == at.length) {
                at = Arrays.copyOf(at, size * 2);
                end = Arrays.copyOf(end, size * 2);
            }
            at[size] = (long) start << 32 | literal;
            end[size++] = matched;
        }

        /**
         * By start, then by form. Of one identifier's forms with one start only the longest is told, of equally long ones the
         * first, which is the simplest.
         */
        void report(Literal[] literals, Hits hits) {
            Integer[] order = new Integer[size];
            for (int i = 0; i < size; i++) order[i] = i;
            Arrays.sort(order, (x, y) -> Long.compare(at[x], at[y]));
            for (int i = 0; i < size; ) {
                int best = order[i];
                int identifier = literals[(int) at[best]].form().identifier();
                int j = i + 1;
                for (; j < size && same(literals, order[j], best, identifier); j++)
                    if (end[order[j]] > end[best]) best = order[j];
                hits.add((int) at[best], (int) (at[best] >>> 32), end[best]);
                i = j;
            }
        }

        private boolean same(Literal[] literals, int i, int best, int identifier) {
            return at[i] >>> 32 == at[best] >>> 32 && literals[(int) at[i]].form().identifier() == identifier;
        }
    }

    /** Forms too short to be searched for, by their case-folded bytes and length in one long. */
    private static final class ShortForms {
        private final Literal[] literals;
        private final long[] keys;
        private final int[] forms;

        ShortForms(Literal[] literals) {
            this.literals = literals;
            List<long[]> rows = new ArrayList<>();
            for (Literal l : literals)
                if (l.form().whole()) rows.add(new long[] {key(l.bytes(), 0, l.bytes().length), l.form().id()});
            rows.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
            keys = rows.stream().mapToLong(r -> r[0]).toArray();
            forms = rows.stream().mapToInt(r -> (int) r[1]).toArray();
        }

        private static long key(byte[] b, int from, int to) {
            long k = to - from;
            for (int i = from; i < to; i++) k = k << 8 | Literal.fold(b[i]) & 0xff;
            return k;
        }

        void whole(byte[] b, int from, int to, Hits hits) {
            int n = to - from;
            if (n <= 0 || n >= PersonaMatcher.SEARCHED_FROM || keys.length == 0) return;
            long k = key(b, from, to);
            int i = Arrays.binarySearch(keys, k);
            if (i < 0) return;
            while (i > 0 && keys[i - 1] == k) i--;
            int told = -1;
            for (; i < keys.length && keys[i] == k; i++) {
                Literal l = literals[forms[i]];
                int identifier = l.form().identifier();
                if (identifier == told || l.match(b, from, to, from) != to) continue;
                told = identifier;
                hits.add(forms[i], from, to);
            }
        }
    }
}
