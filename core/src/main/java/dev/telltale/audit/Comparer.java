package dev.telltale.audit;

import dev.telltale.compare.Comparisons;
import dev.telltale.compare.RunAudit;
import dev.telltale.model.Audit;
import dev.telltale.model.Comparison;
import dev.telltale.model.Run;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares audits: what is fixed, new, still there, moved or changed, and what was not exercised.
 */
public final class Comparer {
    private Comparer() {}

    /**
     * @param name what to call it where its run has no name
     * @param sha256 of the audit JSON
     */
    public record Input(String name, String sha256, Audit audit) {}

    /**
     * @param runs at least two, in the order of time
     * @param baseline an idle run; what is in it is taken out of all others
     */
    public static Comparison compare(List<Input> runs, Optional<Input> baseline) {
        DomainCache domains = new DomainCache();
        Map<String, Integer> uses = new HashMap<>();
        return Comparisons.of(
                runs.stream().map(r -> named(r, uses)).toList(),
                baseline.map(b -> named(b, uses)),
                domains::of);
    }

    /** Two runs of one name are told apart by a number. */
    private static RunAudit named(Input input, Map<String, Integer> uses) {
        String name = input.audit().run().map(Run::name).orElse(input.name());
        int nth = uses.merge(name, 1, Integer::sum);
        return new RunAudit(nth == 1 ? name : name + " #" + nth, input.sha256(), input.audit());
    }
}
