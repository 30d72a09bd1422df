package dev.telltale.identify;

import dev.telltale.model.Form;
import dev.telltale.model.Hits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Forms that may come in pieces, each a value of its own: {@code imei1=49015420} and {@code
 * imei2=3237518}, first and last name, latitude and longitude. Pieces follow each other without
 * anything between, or where the form has a separator, without it.
 */
final class SplitForms {
    /** Shortest first piece: a country's code of an IMSI. */
    private static final int SHORTEST_FIRST = 3;

    private static final int SHORTEST_NEXT = 2;

    /** Names of two short words have so many; numbers of fewer join by chance. */
    private static final double LEAST_BITS = 16;

    private static final int LONGEST = 96;

    /** By their first three letters, case folded. */
    private final Map<Integer, int[]> byStart = new HashMap<>();

    /** A bit for each mixed start: most values begin no form. */
    private final long[] marks = new long[1 << 10];

    private final Literal[] literals;

    /** By form: it has separators. */
    private final boolean[] separated;

    SplitForms(Literal[] literals) {
        this.literals = literals;
        separated = new boolean[literals.length];
        Map<Integer, List<Integer>> lists = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < literals.length; i++) {
            if (!splits(literals[i]) || !seen.add(bare(literals[i]))) continue;
            for (byte b : literals[i].bytes()) separated[i] |= separator(b);
            int start = start(literals[i].bytes(), 0);
            lists.computeIfAbsent(start, k -> new ArrayList<>()).add(i);
            int m = mixed(start);
            marks[m >> 6] |= 1L << m;
        }
        lists.forEach((k, v) -> byStart.put(k, v.stream().mapToInt(Integer::intValue).toArray()));
    }

    private static boolean splits(Literal l) {
        Form f = l.form();
        if (!f.digest().isEmpty() || !f.encoding().isEmpty() || f.whole()) return false;
        if (l.token() == Token.BYTES || f.bits() < LEAST_BITS) return false;
        int n = l.bytes().length;
        if (n < PersonaMatcher.SEARCHED_FROM || n > LONGEST) return false;
        for (byte b : l.bytes()) if (b < 0x20 && b >= 0) return false;
        return true;
    }

    /** The same for forms that differ in their separators only. */
    private static String bare(Literal l) {
        StringBuilder s = new StringBuilder().append(l.form().identifier()).append(':');
        byte[] b = l.bytes();
        for (int i = 0; i < b.length; i++) {
            boolean number = (b[i] == '-' || b[i] == '.') && i + 1 < b.length;
            if (number || !separator(b[i])) s.append((char) Literal.fold(b[i]));
            else if (i > 0 && !separator(b[i - 1])) s.append(' ');
        }
        return s.toString();
    }

    private static boolean separator(byte b) {
        return b >= 0 && !Token.alnum(b) && b != '+';
    }

    private static int start(byte[] b, int from) {
        return Literal.fold(b[from]) & 0xff
                | (Literal.fold(b[from + 1]) & 0xff) << 8
                | (Literal.fold(b[from + 2]) & 0xff) << 16;
    }

    private static int mixed(int start) {
        return start * 0x9E3779B9 >>> 16;
    }

    /** True where a form may begin with this value. */
    boolean begins(byte[] b, int from, int to) {
        if (to - from < SHORTEST_FIRST) return false;
        int m = mixed(start(b, from));
        return (marks[m >> 6] >>> m & 1) != 0;
    }

    /** Appends the forms that the value is the first piece of. */
    void first(byte[] b, int from, int to, Hits hits) {
        if (to - from < SHORTEST_FIRST) return;
        int[] all = byStart.get(start(b, from));
        if (all == null) return;
        for (int form : all)
            if (ends(form, to - from) && agrees(form, 0, b, from, to)) hits.add(form, from, to);
    }

    /** A form with separators is cut at one; another, anywhere. */
    private boolean ends(int form, int at) {
        byte[] whole = literals[form].bytes();
        if (at >= whole.length) return false;
        if (!separated[form]) return true;
        return separator(whole[at])
                && !(whole[at] == '.' && at + 1 < whole.length && Token.digit(whole[at + 1]));
    }

    /** How far the form is told once this value follows; -1 where it does not. */
    int next(int form, int at, byte[] b, int from, int to) {
        int n = to - from;
        if (n < SHORTEST_NEXT) return -1;
        byte[] whole = literals[form].bytes();
        for (int s = at; s < whole.length && s <= at + 2; s++) {
            if (s > at && !separator(whole[s - 1])) break;
            if (s + n <= whole.length && agrees(form, s, b, from, to)) return s + n;
        }
        return -1;
    }

    private boolean agrees(int form, int at, byte[] b, int from, int to) {
        byte[] whole = literals[form].bytes();
        boolean fold = literals[form].ignoreCase();
        for (int i = from; i < to; i++) {
            byte x = whole[at + i - from];
            if (fold ? Literal.fold(x) != Literal.fold(b[i]) : x != b[i]) return false;
        }
        return true;
    }
}
