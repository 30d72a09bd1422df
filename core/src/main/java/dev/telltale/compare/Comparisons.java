package dev.telltale.compare;

import dev.telltale.compare.Stage.Found;
import dev.telltale.compare.Stage.Key;
import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Result;
import dev.telltale.model.Comparison.Seen;
import dev.telltale.model.Comparison.Status;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.Run;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Follows every finding through the stages and says what became of it. The last stage is judged:
 * what is in it against the last time it was seen, what is no longer in it against whether it would
 * have shown.
 */
public final class Comparisons {
    private final List<RunAudit> runs;
    private final List<Stage> stages;
    private final UnaryOperator<String> domains;
    private final Map<List<Integer>, Exercise> exercises = new HashMap<>();

    private Comparisons(List<RunAudit> runs, List<Stage> stages, UnaryOperator<String> domains) {
        this.runs = runs;
        this.stages = stages;
        this.domains = domains;
    }

    /**
     * @param runs at least two, in the order of time
     * @param baseline an idle run: what is in it is taken out of all others
     * @param domains host to registrable domain
     */
    public static Comparison of(
            List<RunAudit> runs, Optional<RunAudit> baseline, UnaryOperator<String> domains) {
        if (runs.size() < 2) throw new IllegalArgumentException("a comparison takes two runs");
        Set<Key> idle = new LinkedHashSet<>();
        baseline.ifPresent(b -> b.audit().findings().forEach(f -> idle.add(Key.of(f))));
        List<Stage> stages = Stage.of(runs, idle, domains);
        return new Comparisons(runs, stages, domains).compare(baseline, idle);
    }

    private Comparison compare(Optional<RunAudit> baseline, Set<Key> idle) {
        List<Item> items = new ArrayList<>();
        for (Found[] track : tracks()) items.add(item(track));
        items.sort(
                Comparator.comparing((Item i) -> !i.counts())
                        .thenComparing(Item::status)
                        .thenComparing(Item::weight, Comparator.comparingInt(Comparisons::gravity))
                        .thenComparing(Item::domain)
                        .thenComparing(i -> order(i.identifier().id()))
                        .thenComparing(Item::place)
                        .thenComparing(Item::direction));
        Set<String> missingSteps = new LinkedHashSet<>();
        int last = stages.size() - 1;
        for (int i = 0; i < last; i++) missingSteps.addAll(exercise(i, last).missingSteps());
        List<String> doubts = doubts();
        Set<String> taken = new LinkedHashSet<>();
        for (RunAudit r : runs)
            for (Finding f : r.audit().findings()) if (idle.contains(Key.of(f))) taken.add(f.id());
        return new Comparison(
                runs.stream().map(r -> compared(r, stageOf(r))).toList(),
                stages.stream()
                        .map(s -> new Comparison.Stage(s.name, s.indexes, s.handsets()))
                        .toList(),
                baseline.map(b -> compared(b, -1)),
                List.copyOf(taken),
                runs.stream()
                        .flatMap(r -> r.audit().persona().identifiers().stream())
                        .distinct()
                        .toList(),
                List.copyOf(items),
                coverage(),
                List.copyOf(missingSteps),
                doubts,
                result(items, doubts));
    }

    private int stageOf(RunAudit r) {
        for (int i = 0; i < stages.size(); i++)
            if (stages.get(i).runs.stream().anyMatch(x -> x == r)) return i;
        return -1;
    }

    private static Comparison.Compared compared(RunAudit r, int stage) {
        return new Comparison.Compared(
                r.name(),
                r.sha256(),
                r.audit().verdict().outcome(),
                r.audit().run().flatMap(Run::device),
                r.observed(),
                stage);
    }

    /** In the order of the persona. */
    private int order(String id) {
        int n = 0;
        for (RunAudit r : runs) {
            var all = r.audit().persona().identifiers();
            for (int i = 0; i < all.size(); i++) if (all.get(i).id().equals(id)) return n + i;
            n += all.size();
        }
        return n;
    }

    private static int gravity(Result r) {
        return switch (r) {
            case WORSE -> 0;
            case UNDECIDED -> 1;
            case SAME -> 2;
            case BETTER -> 3;
        };
    }

    // --- following findings ---

    /**
     * One array a finding that was followed, with what it was in each stage. What was last seen in
     * a nearer stage has the first claim on a finding.
     */
    private List<@Nullable Found[]> tracks() {
        List<@Nullable Found[]> tracks = new ArrayList<>();
        for (int s = 0; s < stages.size(); s++) {
            List<Found> open = new ArrayList<>(stages.get(s).found);
            for (int from = s - 1; from >= 0 && !open.isEmpty(); from--) {
                List<@Nullable Found[]> candidates = new ArrayList<>();
                for (@Nullable Found[] t : tracks) if (lastSeen(t, s) == from) candidates.add(t);
                int stage = from;
                int[] partner =
                        Pairing.pair(
                                candidates.stream().map(t -> at(t, stage).worst()).toList(),
                                open.stream().map(Found::worst).toList());
                List<Found> left = new ArrayList<>();
                Set<Integer> taken = new TreeSet<>();
                for (int i = 0; i < partner.length; i++) {
                    if (partner[i] < 0) continue;
                    candidates.get(i)[s] = open.get(partner[i]);
                    taken.add(partner[i]);
                }
                for (int i = 0; i < open.size(); i++) if (!taken.contains(i)) left.add(open.get(i));
                open = left;
            }
            for (Found f : open) {
                @Nullable Found[] track = new Found[stages.size()];
                track[s] = f;
                tracks.add(track);
            }
        }
        return tracks;
    }

    private static Found at(@Nullable Found[] track, int stage) {
        Found f = track[stage];
        if (f == null) throw new IllegalStateException("not in stage " + stage);
        return f;
    }

    /** The last stage before {@code stage} that has it, or -1. */
    private static int lastSeen(@Nullable Found[] track, int stage) {
        for (int i = stage - 1; i >= 0; i--) if (track[i] != null) return i;
        return -1;
    }

    private Exercise exercise(int before, int after) {
        return exercises.computeIfAbsent(
                List.of(before, after),
                k -> new Exercise(stages.get(before), stages.get(after), domains));
    }

    // --- what became of one ---

    private Item item(@Nullable Found[] track) {
        int last = stages.size() - 1;
        int previous = lastSeen(track, last);
        if (track[last] == null) return gone(track, previous, last);
        if (previous < 0) return fresh(track, last);
        for (int i = previous + 1; i < last; i++)
            if (exercise(previous, i).missing(at(track, previous)).isEmpty()
                    && exercise(last, i).unconsented(at(track, last)).isEmpty())
                return cameBack(track, previous, i, last);
        return kept(track, previous, last);
    }

    private Item gone(@Nullable Found[] track, int previous, int last) {
        Exercise exercise = exercise(previous, last);
        List<String> missing = exercise.missing(at(track, previous));
        boolean fixed = missing.isEmpty();
        String name = stages.get(last).name;
        return item(
                track,
                at(track, previous),
                fixed ? Status.FIXED : Status.NOT_EXERCISED,
                List.of(),
                fixed ? Result.BETTER : Result.UNDECIDED,
                fixed
                        ? "not seen in " + name + ", where " + exercise.evidence() + elsewhere(last)
                        : "not seen in " + name + ", which does not show that it is fixed",
                missing);
    }

    /** Other destinations that stayed dark are said beside a "fixed". */
    private String elsewhere(int stage) {
        long unread = 0;
        for (RunAudit r : stages.get(stage).runs) unread += r.sent().bytes() - r.sent().readable();
        return unread == 0 ? "" : "; " + unread + " bytes sent elsewhere could not be read";
    }

    private Item fresh(@Nullable Found[] track, int last) {
        Found now = at(track, last);
        String why = "not seen before " + stages.get(last).name;
        if (last > 0) {
            List<String> missing = exercise(last, last - 1).missing(now);
            if (!missing.isEmpty())
                why += "; it may have gone unseen there, for " + Sentences.list(missing);
        }
        return item(track, now, Status.NEW, List.of(), Result.WORSE, why, List.of());
    }

    private Item cameBack(@Nullable Found[] track, int previous, int fixedIn, int last) {
        String why =
                "seen in "
                        + stages.get(previous).name
                        + ", not in "
                        + stages.get(fixedIn).name
                        + ", and again in "
                        + stages.get(last).name;
        return item(
                track,
                at(track, last),
                Status.NEW,
                Changes.between(at(track, previous).worst(), at(track, last).worst()),
                Result.WORSE,
                why,
                List.of());
    }

    private Item kept(@Nullable Found[] track, int previous, int last) {
        Found before = at(track, previous);
        Found after = at(track, last);
        List<Change> changes = Changes.between(before.worst(), after.worst());
        boolean moved = !before.key().domain().equals(after.key().domain());
        Status status = moved ? Status.MOVED : changes.isEmpty() ? Status.STILL : Status.CHANGED;
        String why =
                switch (status) {
                    case MOVED ->
                            "no longer to "
                                    + before.key().domain()
                                    + " but to "
                                    + after.key().domain()
                                    + ", of the same company";
                    case CHANGED -> "differs in " + Wording.attributes(changes);
                    default -> "as before";
                };
        if (previous < last - 1)
            why += "; not seen in " + stages.get(last - 1).name + ", which would not have shown it";
        return item(track, after, status, changes, Changes.worst(changes), why, List.of());
    }

    private Item item(
            @Nullable Found[] track,
            Found shown,
            Status status,
            List<Change> changes,
            Result weight,
            String why,
            List<String> missing) {
        List<Optional<Finding>> findings =
                new ArrayList<>(Collections.nCopies(runs.size(), Optional.empty()));
        List<Seen> seen = new ArrayList<>();
        int known = -1;
        for (int s = 0; s < stages.size(); s++) {
            Stage stage = stages.get(s);
            Optional<Found> found = Optional.ofNullable(track[s]);
            found.ifPresent(f -> f.byRun().forEach((run, x) -> findings.set(run, Optional.of(x))));
            boolean exercised =
                    found.isPresent()
                            || known >= 0 && exercise(known, s).missing(at(track, known)).isEmpty();
            if (found.isPresent()) known = s;
            seen.add(
                    new Seen(
                            found.map(f -> f.byRun().size()).orElse(0),
                            stage.runs.size(),
                            stage.handsets(found),
                            stage.handsets(),
                            exercised));
        }
        Finding f = shown.worst();
        return new Item(
                status,
                f.identifier(),
                f.direction(),
                f.destination().domain(),
                f.destination().company(),
                f.place(),
                List.copyOf(findings),
                List.copyOf(seen),
                changes,
                weight,
                why,
                missing);
    }

    // --- what the runs could show ---

    private List<Comparison.CoverageChange> coverage() {
        Stage first = stages.getFirst();
        Stage last = stages.getLast();
        Set<String> all = new TreeSet<>(first.sent.keySet());
        all.addAll(last.sent.keySet());
        return all.stream()
                .map(d ->
                        new Comparison.CoverageChange(
                                d,
                                first.sent.getOrDefault(d, Coverage.Sums.ZERO),
                                last.sent.getOrDefault(d, Coverage.Sums.ZERO)))
                .toList();
    }

    /** Where the last stage could be read less well than the one before, new things can hide. */
    private List<String> doubts() {
        Stage last = stages.getLast();
        Stage before = stages.get(stages.size() - 2);
        List<String> doubts = new ArrayList<>();
        long bytes = last.sent.values().stream().mapToLong(Coverage.Sums::bytes).sum();
        if (bytes == 0) doubts.add("the phone sent nothing in " + last.name);
        last.sent.forEach((domain, now) -> {
            long unread = now.bytes() - now.readable();
            double was = before.sent.getOrDefault(domain, Coverage.Sums.ZERO).share();
            if (unread > 0 && now.share() < was - 1e-9)
                doubts.add(
                        String.format(
                                Locale.ROOT,
                                "%d of %d bytes sent to %s in %s could not be read",
                                unread,
                                now.bytes(),
                                domain,
                                last.name));
        });
        boolean blind = last.runs.stream().anyMatch(RunAudit::isBlind);
        if (blind && before.runs.stream().noneMatch(RunAudit::isBlind))
            doubts.add("part of " + last.name + " could not be read");
        return List.copyOf(doubts);
    }

    private static Result result(List<Item> items, List<String> doubts) {
        List<Item> all = items.stream().filter(Item::counts).toList();
        if (all.stream().anyMatch(i -> i.weight() == Result.WORSE)) return Result.WORSE;
        if (!doubts.isEmpty() || all.stream().anyMatch(i -> i.status() == Status.NOT_EXERCISED))
            return Result.UNDECIDED;
        return all.stream().anyMatch(i -> i.weight() == Result.BETTER)
                ? Result.BETTER
                : Result.SAME;
    }
}
