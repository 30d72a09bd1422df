package dev.telltale.identify;

import dev.telltale.model.Form;
import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All literals in one or two passes of {@link GramFilter}, each candidate compared in full and
 * checked to stand alone.
 *
 * <p>Forms below {@link PersonaMatcher#SEARCHED_FROM} bytes would force a stride of 1; they are
 * kept in a table by value.
 */
final class GramMatcher implements Matcher {
    /**
     * Up to so many literals one pass with 4-byte grams is fastest; beyond, their hex and decimal
     * grams are everywhere.
     */
    private static final int FEW = 6_000;

    /** Literals from here on have room for 8-byte grams. */
    private static final int LONG = 12;

    private static final long[] NONE = {};

    private final Literal[] literals;
    private final int reach;
    private GramFilter[] filters = {};

    /**
     * For each literal, longer literals of the same identifier that hold it, as pairs of literal
     * and offset.
     */
    private final int[][] holders;

    private final ShortForms shortForms;
    private final SplitForms splits;
    private final List<DigestIndex.Source> sources;

    /** Made when the first token asks for it: small captures do without. */
    private volatile @Nullable DigestIndex digests;

    GramMatcher(List<Literal> all) {
        this(all, List.of());
    }

    GramMatcher(List<Literal> all, List<DigestIndex.Source> sources) {
        this.sources = sources;
        literals = all.toArray(Literal[]::new);
        List<Literal> searched = all.stream().filter(l -> !l.form().whole()).toList();
        int longest = 0;
        for (Literal l : searched) longest = Math.max(longest, l.form().full() + l.padding());
        reach = searched.isEmpty() ? 0 : longest + Token.LOOK;
        if (searched.size() <= FEW) filter(searched, 4);
        else {
            filter(searched.stream().filter(l -> l.form().length() < LONG).toList(), 4);
            filter(searched.stream().filter(l -> l.form().length() >= LONG).toList(), 8);
        }
        holders = holders();
        shortForms = new ShortForms(literals);
        splits = new SplitForms(literals);
    }

    private void filter(List<Literal> some, int gram) {
        if (some.isEmpty()) return;
        filters = Arrays.copyOf(filters, filters.length + 1);
        filters[filters.length - 1] = new GramFilter(some, gram);
    }

    @Override
    public int reach() {
        return reach;
    }

    @Override
    public Form form(int id) {
        return id < literals.length ? literals[id].form() : digests().form(id);
    }

    @Override
    public int identifier(int id) {
        return id < literals.length ? literals[id].form().identifier() : digests().identifier(id);
    }

    @Override
    public int forms() {
        return literals.length;
    }

    @Override
    public void scan(byte[] bytes, int lo, int hi, int from, int to, Hits hits) {
        if (from >= to) return;
        Found found = null;
        for (GramFilter f : filters) {
            int last = f.last(hi, to);
            for (int i = f.next(bytes, from, last);
                    i <= last;
                    i = f.next(bytes, i + f.stride(), last)) {
                if (found == null) found = new Found(bytes, lo, hi);
                f.look(bytes, i, from, to, found);
            }
        }
        if (found != null) found.report(hits);
    }

    /**
     * True where a longer way of writing the same identifier stands around this match: {@code
     * +49151...} around 49151....
     */
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
            for (int k = first; k < end; k++)
                if (holdable(literals[k])) all[k] = holders(k, first, end);
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

    /**
     * True where the bytes of {@code inner} may stand at {@code o} in a text that {@code outer}
     * matches.
     */
    private static boolean overlies(Literal inner, Literal outer, int o) {
        byte[] a = inner.bytes();
        byte[] b = outer.bytes();
        for (int i = 0; i < a.length; i++)
            if (Literal.fold(a[i]) != Literal.fold(b[o + i])) return false;
        return true;
    }

    @Override
    public void whole(byte[] bytes, int from, int to, Hits hits) {
        if (to - from < PersonaMatcher.SEARCHED_FROM) shortForms.whole(bytes, from, to, hits);
        else if (!sources.isEmpty()) digests().whole(bytes, from, to, hits);
    }

    @Override
    public void token(byte[] bytes, int from, int to, int padding, Hits hits) {
        if (!sources.isEmpty()) digests().token(bytes, from, to, padding, hits);
    }

    @Override
    public void raw(byte[] bytes, int from, int to, Hits hits) {
        if (!sources.isEmpty()) digests().raw(bytes, from, to, hits);
    }

    @Override
    public boolean beginsPiece(byte[] bytes, int from, int to) {
        return splits.begins(bytes, from, to);
    }

    @Override
    public void firstPiece(byte[] bytes, int from, int to, Hits hits) {
        splits.first(bytes, from, to, hits);
    }

    @Override
    public int nextPiece(int form, int at, byte[] bytes, int from, int to) {
        return splits.next(form, at, bytes, from, to);
    }

    List<DigestIndex.Source> sources() {
        return sources;
    }

    private DigestIndex digests() {
        DigestIndex d = digests;
        return d != null ? d : make();
    }

    private synchronized DigestIndex make() {
        DigestIndex d = digests;
        if (d == null) digests = d = new DigestIndex(sources, literals.length);
        return d;
    }

    /** Matches of one scan, to be put in order. */
    private final class Found implements GramFilter.Candidates {
        private final byte[] bytes;
        private final int lo;
        private final int hi;
        private long[] at = NONE;
        private int[] end = {};
        private int size;

        Found(byte[] bytes, int lo, int hi) {
            this.bytes = bytes;
            this.lo = lo;
            this.hi = hi;
        }

        @Override
        public void at(int literal, int start) {
            int matched = literals[literal].match(bytes, lo, hi, start);
            if (matched < 0 || held(bytes, lo, hi, start, literal)) return;
            if (size == at.length) {
                at = Arrays.copyOf(at, Math.max(8, size * 2));
                end = Arrays.copyOf(end, Math.max(8, size * 2));
            }
            at[size] = (long) start << 32 | literal;
            end[size++] = matched;
        }

        /**
         * By start, then by form. Of one identifier's forms with one start only the longest is
         * told, of equally long ones the first, which is the simplest.
         */
        void report(Hits hits) {
            if (size == 0) return;
            if (size == 1) {
                hits.add((int) at[0], (int) (at[0] >>> 32), end[0]);
                return;
            }
            Integer[] order = new Integer[size];
            for (int i = 0; i < size; i++) order[i] = i;
            Arrays.sort(order, (x, y) -> Long.compare(at[x], at[y]));
            for (int i = 0; i < size; ) {
                int best = order[i];
                long start = at[best] >>> 32;
                int identifier = identifier(best);
                int j = i + 1;
                for (;
                        j < size
                                && at[order[j]] >>> 32 == start
                                && identifier(order[j]) == identifier;
                        j++) if (end[order[j]] > end[best]) best = order[j];
                hits.add((int) at[best], (int) start, end[best]);
                i = j;
            }
        }

        private int identifier(int i) {
            return literals[(int) at[i]].form().identifier();
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
                if (l.form().whole())
                    rows.add(new long[] {key(l.bytes(), 0, l.bytes().length), l.form().id()});
            rows.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
            keys = rows.stream().mapToLong(r -> r[0]).toArray();
            forms = rows.stream().mapToInt(r -> (int) r[1]).toArray();
        }

        private static long key(byte[] b, int from, int to) {
            long k = (long) to - from;
            for (int i = from; i < to; i++) k = k << 8 | (Literal.fold(b[i]) & 0xff);
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
