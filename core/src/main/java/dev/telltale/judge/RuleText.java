package dev.telltale.judge;

import dev.telltale.judge.Attributes.Facts;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Policy;
import dev.telltale.model.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A broken rule in one sentence. */
final class RuleText {
    private RuleText() {}

    /** Kinds, each once. */
    static String what(Collection<Finding> findings) {
        return findings.stream()
                .map(f -> f.identifier().kind().replace('_', ' '))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    static String broken(
            Policy.Rule rule,
            String domain,
            Collection<Finding> findings,
            List<Facts> facts,
            Optional<Run> run) {
        boolean sent = facts.stream().allMatch(f -> f.finding().direction() == Direction.SENT);
        return what(findings)
                + (sent ? " sent to " : " exchanged with ")
                + domain
                + early(facts, run)
                + ": "
                + rule.reason();
    }

    /** By how much it came too early, where a consent that covers it was given later. */
    private static String early(List<Facts> facts, Optional<Run> run) {
        if (run.isEmpty()) return "";
        if (facts.stream().anyMatch(f -> f.variant().consented().orElse(true))) return "";
        Optional<Duration> least =
                facts.stream()
                        .flatMap(f -> before(f, run.get()).stream())
                        .min(Comparator.naturalOrder());
        return least.map(d -> ", " + words(d) + " before consent was given").orElse("");
    }

    private static Optional<Duration> before(Facts f, Run run) {
        Instant at = f.variant().lastSeen();
        Stream<Instant> later =
                run.consents().stream()
                        .filter(c ->
                                c.covers(
                                        f.finding().destination().domain(),
                                        f.finding().identifier()))
                        .map(Run.Consent::given)
                        .filter(g -> g.isAfter(at));
        return later.min(Comparator.naturalOrder()).map(g -> Duration.between(at, g));
    }

    private static String words(Duration d) {
        if (d.toHours() >= 2) return d.toHours() + " h";
        if (d.toMinutes() >= 2) return d.toMinutes() + " min";
        return Math.max(1, d.toSeconds()) + " s";
    }
}
