package dev.telltale.audit;

import dev.telltale.model.Observations.PlacedToken;
import dev.telltale.model.UnexplainedValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Unexplained values that were sent more than once or to more than one host: what an identifier of
 * the phone's own making looks like. They go by a number; neither they nor their digests are told.
 */
final class Constants {
    private static final int MOST = 100;

    private final Map<Long, Constant> byHash = new HashMap<>();

    private static final class Constant {
        private final TreeSet<String> hosts = new TreeSet<>();
        private String place = "";
        private long sightings;
        private long firstNanos = Long.MAX_VALUE;
    }

    void add(String host, PlacedToken t) {
        Constant c = byHash.computeIfAbsent(t.hash(), k -> new Constant());
        c.hosts.add(host);
        c.sightings += t.count();
        if (t.firstNanos() < c.firstNanos
                || t.firstNanos() == c.firstNanos && t.place().compareTo(c.place) < 0) {
            c.firstNanos = t.firstNanos();
            c.place = t.place();
        }
    }

    /** Most hosts first, then most often. */
    List<UnexplainedValue> list() {
        List<Constant> constants =
                byHash.values().stream()
                        .filter(c -> c.sightings > 1 || c.hosts.size() > 1)
                        .sorted(
                                Comparator.comparingInt((Constant c) -> -c.hosts.size())
                                        .thenComparing(c -> -c.sightings)
                                        .thenComparing(c -> c.firstNanos)
                                        .thenComparing(c -> c.place)
                                        .thenComparing(c -> String.join(",", c.hosts)))
                        .limit(MOST)
                        .toList();
        List<UnexplainedValue> all = new ArrayList<>();
        for (Constant c : constants)
            all.add(
                    new UnexplainedValue(
                            "value " + (all.size() + 1),
                            List.copyOf(c.hosts),
                            c.place,
                            c.sightings,
                            TimeSlots.instant(c.firstNanos)));
        return List.copyOf(all);
    }
}
