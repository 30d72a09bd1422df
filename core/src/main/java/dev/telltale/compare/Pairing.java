package dev.telltale.compare;

import dev.telltale.compare.Stage.Key;
import dev.telltale.model.Finding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which finding of one run is which of another. In this order, and each at most once: the same key;
 * else the same identifier at the same domain (its place changed); else the same identifier at the
 * same company (it moved). Where several could be meant, the most alike go together.
 */
final class Pairing {
    /**
     * Above this many possible pairs they are taken in order and not weighed against each other.
     */
    private static final int MOST_WEIGHED = 250_000;

    private Pairing() {}

    /**
     * For each of {@code before} the index of its partner in {@code after}, or -1. Depends on what
     * the findings are, not on their order.
     */
    static int[] pair(List<Finding> before, List<Finding> after) {
        int[] partner = new int[before.size()];
        Arrays.fill(partner, -1);
        boolean[] taken = new boolean[after.size()];
        by(f -> Optional.of(Key.of(f)), before, after, partner, taken);
        by(
                f ->
                        Optional.of(
                                List.of(
                                        f.identifier().id(),
                                        f.direction(),
                                        f.destination().domain())),
                before,
                after,
                partner,
                taken);
        by(
                f ->
                        f.destination().company().isEmpty()
                                ? Optional.empty()
                                : Optional.of(
                                        List.of(
                                                f.identifier().id(),
                                                f.direction(),
                                                f.destination().company())),
                before,
                after,
                partner,
                taken);
        return partner;
    }

    private static void by(
            Function<Finding, Optional<Object>> group,
            List<Finding> before,
            List<Finding> after,
            int[] partner,
            boolean[] taken) {
        Map<Object, List<Integer>> left = new LinkedHashMap<>();
        for (int i = 0; i < before.size(); i++) {
            int b = i;
            if (partner[b] < 0)
                group.apply(before.get(b))
                        .ifPresent(g -> left.computeIfAbsent(g, k -> new ArrayList<>()).add(b));
        }
        Map<Object, List<Integer>> right = new LinkedHashMap<>();
        for (int i = 0; i < after.size(); i++) {
            int a = i;
            if (!taken[a])
                group.apply(after.get(a))
                        .ifPresent(g -> right.computeIfAbsent(g, k -> new ArrayList<>()).add(a));
        }
        left.forEach((g, bs) -> {
            List<Integer> as = right.getOrDefault(g, List.of());
            if (!as.isEmpty()) match(before, bs, after, as, partner, taken);
        });
    }

    private record Candidate(int before, int after, int likeness) {}

    private static void match(
            List<Finding> before,
            List<Integer> bs,
            List<Finding> after,
            List<Integer> as,
            int[] partner,
            boolean[] taken) {
        List<Integer> left = new ArrayList<>(bs);
        left.sort(Comparator.comparing(before::get, IN_ORDER));
        List<Integer> right = new ArrayList<>(as);
        right.sort(Comparator.comparing(after::get, IN_ORDER));
        if ((long) left.size() * right.size() > MOST_WEIGHED) {
            for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
                partner[left.get(i)] = right.get(i);
                taken[right.get(i)] = true;
            }
            return;
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int b : left)
            for (int a : right)
                candidates.add(new Candidate(b, a, likeness(before.get(b), after.get(a))));
        candidates.sort(
                Comparator.comparingInt(Candidate::likeness)
                        .reversed()
                        .thenComparing((x, y) ->
                                IN_ORDER.compare(before.get(x.before), before.get(y.before)))
                        .thenComparing((x, y) ->
                                IN_ORDER.compare(after.get(x.after), after.get(y.after))));
        for (Candidate c : candidates) {
            if (partner[c.before] >= 0 || taken[c.after]) continue;
            partner[c.before] = c.after;
            taken[c.after] = true;
        }
    }

    private static final Comparator<Finding> IN_ORDER =
            Comparator.comparing(Finding::place)
                    .thenComparing(f -> f.destination().domain())
                    .thenComparing(Severity.FINDINGS);

    /** How much two places and their hosts have in common. */
    static int likeness(Finding a, Finding b) {
        Place x = Place.of(a.place());
        Place y = Place.of(b.place());
        int score = 0;
        if (x.part.equals(y.part)) score += 8;
        else if (x.kind().equals(y.kind())) score += 2;
        if (x.method.equals(y.method)) score += 2;
        Set<String> common = new HashSet<>(x.segments);
        common.retainAll(y.segments);
        int most = Math.max(1, Math.max(x.segments.size(), y.segments.size()));
        score += 8 * common.size() / most;
        if (a.worst().host().equals(b.worst().host())) score += 4;
        if (a.worst().form().equals(b.worst().form())) score += 1;
        return score;
    }

    /** {@code METHOD /path · part}. */
    private record Place(String method, Set<String> segments, String part) {
        static Place of(String place) {
            int dot = place.lastIndexOf(" · ");
            String head = dot < 0 ? place : place.substring(0, dot);
            String part = dot < 0 ? "" : place.substring(dot + 3);
            int space = head.indexOf(' ');
            String method = space < 0 ? head : head.substring(0, space);
            String path = space < 0 ? "" : head.substring(space + 1);
            return new Place(method, Set.copyOf(Arrays.asList(path.split("/"))), part);
        }

        private String kind() {
            int end = 0;
            while (end < part.length() && Character.isLetter(part.charAt(end))) end++;
            return part.substring(0, end);
        }
    }
}
