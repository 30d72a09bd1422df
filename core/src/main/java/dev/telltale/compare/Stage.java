package dev.telltale.compare;

import dev.telltale.model.Coverage;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Runs that repeat one trial, and what was found in them taken together: a finding is in the stage
 * if it is in one of its runs.
 */
final class Stage {
    final String name;
    final List<Integer> indexes;
    final List<RunAudit> runs;
    final List<Found> found;

    /** What the phone sent, by registrable domain. */
    final Map<String, Coverage.Sums> sent = new TreeMap<>();

    /** What makes two findings the same: the key of the audit. */
    record Key(String identifier, Direction direction, String domain, String place) {
        static Key of(Finding f) {
            return new Key(f.identifier().id(), f.direction(), f.destination().domain(), f.place());
        }
    }

    /**
     * A finding in the stage.
     *
     * @param worst of its runs'
     * @param byRun index of the run to its finding
     */
    record Found(Key key, Finding worst, Map<Integer, Finding> byRun) {}

    /**
     * @param skipped keys that the baseline has
     */
    private Stage(
            String name,
            List<Integer> indexes,
            List<RunAudit> all,
            Set<Key> skipped,
            UnaryOperator<String> domains) {
        this.name = name;
        this.indexes = List.copyOf(indexes);
        this.runs = indexes.stream().map(all::get).toList();
        Map<Key, Map<Integer, Finding>> byKey = new LinkedHashMap<>();
        for (int i : indexes) {
            for (Finding f : all.get(i).audit().findings()) {
                Key key = Key.of(f);
                if (!skipped.contains(key))
                    byKey.computeIfAbsent(key, k -> new TreeMap<>()).putIfAbsent(i, f);
            }
        }
        List<Found> list = new ArrayList<>();
        byKey.forEach((key, runs) ->
                list.add(
                        new Found(
                                key,
                                runs.values().stream().min(Severity.FINDINGS).orElseThrow(),
                                runs)));
        this.found = List.copyOf(list);
        for (RunAudit r : runs)
            for (Coverage.Share s : r.audit().coverage().destinations())
                sent.merge(domains.apply(s.host()), s.sent(), Coverage.Sums::plus);
    }

    /**
     * Repeats put together. Where all runs are of one trial there would be nothing to compare: then
     * each stands for itself.
     */
    static List<Stage> of(List<RunAudit> runs, Set<Key> skipped, UnaryOperator<String> domains) {
        Map<Object, List<Integer>> trials = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            Object trial = runs.get(i).trial().map(t -> (Object) t).orElse(i);
            trials.computeIfAbsent(trial, k -> new ArrayList<>()).add(i);
        }
        List<List<Integer>> groups = new ArrayList<>(trials.values());
        if (groups.size() == 1) {
            groups.clear();
            for (int i = 0; i < runs.size(); i++) groups.add(List.of(i));
        }
        Map<String, Integer> uses = new HashMap<>();
        List<Stage> stages = new ArrayList<>();
        for (List<Integer> group : groups) {
            String name = name(group, runs);
            int nth = uses.merge(name, 1, Integer::sum);
            stages.add(
                    new Stage(
                            nth == 1 ? name : name + " (" + nth + ")",
                            group,
                            runs,
                            skipped,
                            domains));
        }
        return stages;
    }

    /** One run goes by its own name, several by their build. */
    private static String name(List<Integer> group, List<RunAudit> runs) {
        RunAudit first = runs.get(group.getFirst());
        if (group.size() == 1) return first.name();
        return first.trial().map(RunAudit.Trial::build).orElse(first.name());
    }

    int handsets() {
        return units(indexes).size();
    }

    /** A run that does not name its unit is taken as of one handset with all others like it. */
    private Set<String> units(Iterable<Integer> of) {
        Set<String> units = new HashSet<>();
        for (int i : of)
            units.add(
                    runs.get(indexes.indexOf(i))
                            .audit()
                            .run()
                            .flatMap(Run::device)
                            .map(Run.Device::unit)
                            .orElse(""));
        return units;
    }

    int handsets(Optional<Found> found) {
        return found.map(f -> units(f.byRun().keySet()).size()).orElse(0);
    }

    Duration observed() {
        return runs.stream().map(RunAudit::observed).reduce(Duration.ZERO, Duration::plus);
    }
}
