package dev.telltale.compare;

import java.time.Duration;
import java.util.List;

/** The little words of the reasons. */
final class Sentences {
    private Sentences() {}

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    static String list(List<String> items) {
        if (items.isEmpty()) return "";
        if (items.size() == 1) return items.getFirst();
        return String.join(", ", items.subList(0, items.size() - 1)) + " and " + items.getLast();
    }

    /** Two units at most: {@code 2 h 5 min}, {@code 12 min}, {@code 45 s}. */
    static String duration(Duration d) {
        long s = Math.max(0, d.toSeconds());
        if (s >= 3600)
            return s / 3600 + " h" + (s / 60 % 60 == 0 ? "" : " " + s / 60 % 60 + " min");
        if (s >= 600) return s / 60 + " min";
        if (s >= 60) return s / 60 + " min" + (s % 60 == 0 ? "" : " " + s % 60 + " s");
        return s + " s";
    }
}
