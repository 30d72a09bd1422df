package dev.telltale.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The riddles of one capture that are kept to be tried at its end. Of each kind of message the
 * first ones, fewer where there are many, at last of some kinds only: which, depends on the
 * messages and not on their order or on who saw them.
 */
final class Riddles {
    private static final int MOST = 1_024;
    private static final int MOST_VALUES = 16_384;

    /** Riddles of one kind by level, halved with each; beyond, kinds are. */
    private static final int MOST_OF_A_KIND = 64;

    private static final int LEVELS_OF_A_KIND = 5;

    private final Map<Long, TreeSet<Riddle>> byKind = new HashMap<>();
    private int level;
    private int size;
    private int values;

    private int ofAKind() {
        return MOST_OF_A_KIND >> Math.min(level, LEVELS_OF_A_KIND);
    }

    private boolean admits(long kind) {
        int halvings = level - LEVELS_OF_A_KIND;
        return halvings <= 0 || kind >>> 64 - Math.min(halvings, 63) == 0;
    }

    /** True where one of this kind and time is to be {@link #add}ed. */
    boolean admits(long kind, long nanos) {
        if (!admits(kind)) return false;
        TreeSet<Riddle> same = byKind.get(kind);
        return same == null || same.size() < ofAKind() || nanos <= same.last().nanos();
    }

    void add(Riddle r) {
        if (!admits(r.kind())) return;
        TreeSet<Riddle> same = byKind.computeIfAbsent(r.kind(), k -> new TreeSet<>());
        if (!same.add(r)) return;
        size++;
        values += r.shaped().size();
        while (same.size() > ofAKind()) {
            Riddle last = same.pollLast();
            if (last == null) break;
            size--;
            values -= last.shaped().size();
        }
        while (size > MOST || values > MOST_VALUES) tighten();
    }

    private void tighten() {
        level++;
        byKind.keySet().removeIf(kind -> !admits(kind));
        size = 0;
        values = 0;
        for (TreeSet<Riddle> same : byKind.values()) {
            while (same.size() > ofAKind()) same.pollLast();
            size += same.size();
            for (Riddle r : same) values += r.shaped().size();
        }
    }

    void add(Riddles o) {
        // What the other left out is left out here, too.
        while (level < o.level) tighten();
        for (TreeSet<Riddle> all : o.byKind.values()) for (Riddle r : all) add(r);
    }

    boolean isEmpty() {
        return byKind.isEmpty();
    }

    /** Whole kinds were left out. */
    boolean leftOut() {
        return level > LEVELS_OF_A_KIND;
    }

    /** By kind, each in order of time. */
    List<List<Riddle>> kinds() {
        List<List<Riddle>> all = new ArrayList<>();
        for (TreeSet<Riddle> same : byKind.values()) all.add(List.copyOf(same));
        all.sort(Comparator.comparing(List::getFirst));
        return all;
    }
}
