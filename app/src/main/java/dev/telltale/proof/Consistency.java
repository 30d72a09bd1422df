package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.audit.Policies;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.Policy;
import dev.telltale.model.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What of an audit follows from other parts of it. */
final class Consistency {
    private Consistency() {}

    static List<Check> of(Audit audit) {
        List<Check> all = new ArrayList<>();
        Set<String> identifiers = new HashSet<>();
        audit.persona().identifiers().forEach(i -> identifiers.add(i.id()));
        for (Finding f : audit.findings()) finding(audit, f, identifiers, all);
        coverage(audit.coverage(), all);
        Set<String> ids = new HashSet<>();
        audit.findings().forEach(f -> ids.add(f.id()));
        for (Verdict.Reason r : audit.verdict().reasons())
            for (String id : r.findings())
                if (!ids.contains(id))
                    all.add(
                            Check.differs(
                                    "verdict", "names finding " + id + ", which is not there"));
        if (all.isEmpty())
            all.add(
                    Check.holds(
                            "findings",
                            audit.findings().size()
                                    + " findings: ids, counts and certainty follow; coverage adds"
                                    + " up"));
        return all;
    }

    private static void finding(Audit audit, Finding f, Set<String> identifiers, List<Check> all) {
        String what = "finding " + f.id();
        String key =
                String.join(
                        "\n",
                        f.identifier().id(),
                        f.direction().name().toLowerCase(Locale.ROOT),
                        f.destination().domain(),
                        f.place());
        if (!Hashing.sha256(key.getBytes(UTF_8)).startsWith(f.id()) || f.id().length() != 16)
            all.add(Check.differs(what, "its id is not that of its identifier, domain and place"));
        if (!identifiers.contains(f.identifier().id()))
            all.add(Check.differs(what, "its identifier is none of the persona's"));
        long counted = f.variants().stream().mapToLong(Finding.Variant::count).sum();
        if (counted != f.sightings())
            all.add(Check.differs(what, "its variants do not add up to its sightings"));
        if (f.evidence().size() != Math.min(f.sightings(), audit.inputs().options().evidence()))
            all.add(Check.differs(what, "it has more or less evidence than sightings"));
        if (f.certainty() != certainty(f))
            all.add(Check.differs(what, "its certainty does not follow from its odds"));
        for (var e : f.evidence())
            if (e.capture() < 0 || e.capture() >= audit.inputs().captures().size())
                all.add(Check.differs(what, "its evidence names a capture that is not there"));
    }

    /**
     * By the odds of an accident alone; where these are high, a telling place must have decided.
     */
    private static Certainty certainty(Finding f) {
        if (f.accidental() <= 1e-6) return Certainty.CERTAIN;
        if (f.accidental() <= 1e-3) return Certainty.HIGH;
        return Certainty.MEDIUM;
    }

    private static void coverage(Coverage c, List<Check> all) {
        Coverage.Sums sum = Coverage.Sums.ZERO;
        for (Coverage.Share s : c.destinations()) {
            sum = sum.plus(s.sent());
            if (!adds(s.sent()))
                all.add(Check.differs("coverage", "the bytes sent to one host do not add up"));
        }
        if (!sum.equals(c.sent()) || !adds(c.sent()))
            all.add(Check.differs("coverage", "the hosts' bytes are not those of the whole"));
    }

    private static boolean adds(Coverage.Sums s) {
        return s.bytes() == s.readable() + s.opaque() + s.encrypted() + s.missing();
    }

    /** The verdict, from findings, coverage and policy alone. */
    static List<Check> verdict(Audit audit, Policy policy) {
        if (audit.inputs().options().reveal()) return List.of();
        Verdict now = Policies.judge(policy, audit);
        return List.of(
                now.equals(audit.verdict())
                        ? Check.holds(
                                "verdict",
                                now.outcome() + " follows from findings, coverage and policy")
                        : Check.differs(
                                "verdict", "does not follow from findings, coverage and policy"));
    }
}
