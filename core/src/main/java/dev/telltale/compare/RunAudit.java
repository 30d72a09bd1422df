package dev.telltale.compare;

import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One audit and what a comparison asks of it.
 *
 * @param name of the run, else of the file
 * @param sha256 of the audit JSON
 */
public record RunAudit(String name, String sha256, Audit audit) {

    /** Steps in the order in which they were done, or empty where no run file tells them. */
    List<String> steps() {
        return audit.run().stream()
                .flatMap(r -> r.phases().stream())
                .flatMap(p -> p.steps().stream())
                .sorted(Comparator.comparing(Run.Step::at))
                .map(Run.Step::name)
                .toList();
    }

    List<ControlSeen> deviceControls() {
        return audit.controls().stream().filter(ControlSeen::ofDevice).toList();
    }

    /** How long the phone was watched: the run's phases, else from first to last packet. */
    Duration observed() {
        Duration phases =
                audit.run().stream()
                        .flatMap(r -> r.phases().stream())
                        .map(p -> Duration.between(p.from(), p.to()))
                        .reduce(Duration.ZERO, Duration::plus);
        return phases.isZero() ? recorded() : phases;
    }

    /** Captures of one phone may overlap: a moment counts once. */
    private Duration recorded() {
        List<Audit.CaptureInfo> captures =
                audit.inputs().captures().stream()
                        .filter(c -> c.start().isPresent() && c.end().isPresent())
                        .sorted(Comparator.comparing(c -> c.start().orElseThrow()))
                        .toList();
        Duration all = Duration.ZERO;
        Instant until = Instant.MIN;
        for (Audit.CaptureInfo c : captures) {
            Instant from = c.start().orElseThrow();
            Instant to = c.end().orElseThrow();
            if (from.isBefore(until)) from = until;
            if (to.isAfter(from)) all = all.plus(Duration.between(from, to));
            if (to.isAfter(until)) until = to;
        }
        return all;
    }

    /** When the run's first phase begins. */
    Optional<Instant> began() {
        return audit.run().stream()
                .flatMap(r -> r.phases().stream())
                .map(Run.Phase::from)
                .min(Comparator.naturalOrder());
    }

    /** The last thing that shows the recording still at work, in true time. */
    Optional<Instant> recordedUntil() {
        long offset = audit.run().map(Run::clockOffsetMillis).orElse(0L);
        List<Instant> signs = new ArrayList<>();
        for (Audit.CaptureInfo c : audit.inputs().captures())
            c.end().ifPresent(t -> signs.add(t.plusMillis(offset)));
        audit.controls().forEach(c -> c.lastSeen().ifPresent(signs::add));
        return signs.stream().max(Comparator.naturalOrder());
    }

    boolean isBlind() {
        return audit.anomalies().stream().anyMatch(a -> a.kind().blinds());
    }

    Coverage.Sums sent() {
        return audit.coverage().sent();
    }

    /** What makes two runs repeats of each other, or empty where nothing is known of the trial. */
    Optional<Trial> trial() {
        return audit.run()
                .flatMap(r ->
                        r.device()
                                .filter(d -> !d.build().isEmpty())
                                .map(d ->
                                        new Trial(
                                                d.brand(),
                                                d.model(),
                                                d.build(),
                                                d.region(),
                                                steps(),
                                                r.consents().stream()
                                                        .map(RunAudit::terms)
                                                        .sorted()
                                                        .toList())));
    }

    private static String terms(Run.Consent c) {
        return c.service()
                + " "
                + c.domains()
                + " "
                + c.identifiers()
                + (c.withdrawn().isPresent() ? " withdrawn" : "");
    }

    /** The same build put to the same test. */
    record Trial(
            String brand,
            String model,
            String build,
            String region,
            List<String> steps,
            List<String> consents) {}
}
