package dev.telltale.compare;

import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Would a later stage have shown what an earlier one showed? Only if the same was done, the phone's
 * controls were seen, it was watched at least as long, and what it sent there could be read. What
 * is missing is said.
 */
final class Exercise {
    /** People press buttons: a run that falls short by this part is as long. */
    private static final double SLACK = 0.02;

    private final Stage before;
    private final Stage after;
    private final UnaryOperator<String> domains;

    /** What holds for everything the earlier stage showed. */
    private final List<String> missing = new ArrayList<>();

    private final List<String> missingSteps;

    Exercise(Stage before, Stage after, UnaryOperator<String> domains) {
        this.before = before;
        this.after = after;
        this.domains = domains;
        this.missingSteps = steps();
        controls();
        duration();
        channels();
        if (after.runs.stream().anyMatch(RunAudit::isBlind))
            missing.add("part of " + after.name + " could not be read");
    }

    List<String> missingSteps() {
        return missingSteps;
    }

    /** Why the later stage need not have shown {@code gone}; empty where it would have. */
    List<String> missing(Stage.Found gone) {
        List<String> all = new ArrayList<>(missing);
        unconsented(gone).ifPresent(all::add);
        reach(gone).ifPresent(all::add);
        unread(gone).ifPresent(all::add);
        return List.copyOf(all);
    }

    private List<String> steps() {
        Map<String, Integer> asked = new HashMap<>();
        List<String> order = new ArrayList<>();
        for (RunAudit r : before.runs) {
            Map<String, Integer> here = new HashMap<>();
            for (String s : r.steps()) here.merge(s, 1, Integer::sum);
            for (String s : r.steps()) if (!order.contains(s)) order.add(s);
            here.forEach((s, n) -> asked.merge(s, n, Math::max));
        }
        if (asked.isEmpty()) {
            missing.add(noSteps(before));
            return List.of();
        }
        if (after.runs.stream().anyMatch(r -> r.steps().isEmpty())) {
            missing.add(noSteps(after));
            return List.copyOf(order);
        }
        Set<String> left = new LinkedHashSet<>();
        for (String step : order) {
            int least =
                    after.runs.stream()
                            .mapToInt(r -> Collections.frequency(r.steps(), step))
                            .min()
                            .orElse(0);
            if (least < asked.getOrDefault(step, 0)) left.add(step);
        }
        if (!left.isEmpty())
            missing.add(
                    (left.size() == 1 ? "the step " : "the steps ")
                            + Sentences.list(left.stream().map(s -> "\"" + s + "\"").toList())
                            + (left.size() == 1 ? " was" : " were")
                            + " not done in "
                            + after.name);
        return List.copyOf(left);
    }

    private static String noSteps(Stage s) {
        return s.runs.stream().allMatch(r -> r.audit().run().isEmpty())
                ? "no run file says what was done in " + s.name
                : "the run file of " + s.name + " names no steps";
    }

    private void controls() {
        List<String> unseen = new ArrayList<>();
        boolean none = false;
        for (RunAudit r : after.runs) {
            List<ControlSeen> controls = r.deviceControls();
            none |= controls.isEmpty();
            controls.stream().filter(c -> !c.seen()).map(ControlSeen::name).forEach(unseen::add);
        }
        if (none)
            missing.add(
                    "no control sent by the phone shows that "
                            + after.name
                            + " would have seen it");
        if (!unseen.isEmpty())
            missing.add(
                    (unseen.size() == 1 ? "the control " : "the controls ")
                            + Sentences.list(unseen)
                            + " sent by the phone "
                            + (unseen.size() == 1 ? "was" : "were")
                            + " not seen in "
                            + after.name);
    }

    private void duration() {
        Duration asked = before.observed();
        Duration given = after.observed();
        if (given.toNanos() >= asked.toNanos() * (1 - SLACK)) return;
        missing.add(
                after.name
                        + " was observed for "
                        + Sentences.duration(given)
                        + ", "
                        + before.name
                        + " for "
                        + Sentences.duration(asked));
    }

    /** What left by a channel that is no longer recorded would not be seen. */
    private void channels() {
        Set<String> lost = new TreeSet<>();
        for (RunAudit r : after.runs) {
            Map<String, String> now = r.audit().run().map(Run::captured).orElse(Map.of());
            for (RunAudit b : before.runs)
                b.audit()
                        .run()
                        .map(Run::captured)
                        .orElse(Map.of())
                        .forEach((channel, extent) -> {
                            if (rank(now.getOrDefault(channel, "none")) < rank(extent))
                                lost.add(channel);
                        });
        }
        if (!lost.isEmpty())
            missing.add(
                    Sentences.list(List.copyOf(lost))
                            + (lost.size() == 1 ? " was" : " were")
                            + " not recorded in "
                            + after.name
                            + " as in "
                            + before.name);
    }

    private static int rank(String extent) {
        return switch (extent) {
            case "full", "log" -> 2;
            case "partial" -> 1;
            default -> 0;
        };
    }

    /** What left with consent only need not leave where nobody consented. */
    Optional<String> unconsented(Stage.Found found) {
        Finding f = found.worst();
        if (!f.worst().consented().orElse(false)) return Optional.empty();
        boolean given =
                after.runs.stream()
                        .flatMap(r -> r.audit().run().stream())
                        .flatMap(r -> r.consents().stream())
                        .anyMatch(c -> c.covers(f.destination().domain(), f.identifier()));
        return given
                ? Optional.empty()
                : Optional.of(
                        "no consent to it was given in " + after.name + " as in " + before.name);
    }

    /** The recording must reach as far into the run as it took for the finding to come. */
    private Optional<String> reach(Stage.Found gone) {
        Duration came = Duration.ofSeconds(Long.MAX_VALUE / 2_000_000_000L);
        boolean known = false;
        for (var e : gone.byRun().entrySet()) {
            RunAudit r = before.runs.get(before.indexes.indexOf(e.getKey()));
            Optional<Instant> began = r.began();
            if (began.isEmpty()) continue;
            Duration at = Duration.between(began.get(), e.getValue().firstSeen());
            if (!known || at.compareTo(came) < 0) came = at;
            known = true;
        }
        if (!known) return Optional.empty();
        for (RunAudit r : after.runs) {
            Optional<Instant> began = r.began();
            Optional<Instant> until = r.recordedUntil();
            if (began.isEmpty()) continue;
            if (until.isEmpty()) return Optional.of("nothing was recorded in " + r.name());
            Duration reach = Duration.between(began.get(), until.get());
            if (reach.toNanos() < came.toNanos() * (1 - SLACK))
                return Optional.of(
                        "the recording of "
                                + r.name()
                                + " shows nothing after "
                                + Sentences.duration(reach)
                                + ", in "
                                + before.name
                                + " it came after "
                                + Sentences.duration(came));
        }
        return Optional.empty();
    }

    /** Bytes to the same domain or company that could not be read may hold it. */
    private Optional<String> unread(Stage.Found gone) {
        String company = gone.worst().destination().company();
        Set<String> where = new TreeSet<>(Set.of(gone.key().domain()));
        if (!company.isEmpty())
            for (RunAudit r : after.runs)
                for (Finding f : r.audit().findings())
                    if (f.destination().company().equals(company))
                        where.add(f.destination().domain());
        long bytes = 0;
        long unread = 0;
        Set<ReasonCode> codes = new TreeSet<>();
        for (RunAudit r : after.runs)
            for (Coverage.Share s : r.audit().coverage().destinations()) {
                if (!where.contains(domains.apply(s.host()))) continue;
                bytes += s.sent().bytes();
                unread += s.sent().bytes() - s.sent().readable();
                s.reasons().stream()
                        .map(Coverage.Reason::code)
                        .filter(c -> c != ReasonCode.UNEXPLAINED)
                        .forEach(codes::add);
            }
        if (unread == 0) return Optional.empty();
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "%d of %d bytes sent to %s in %s could not be read (%s)",
                        unread,
                        bytes,
                        Sentences.list(List.copyOf(where)),
                        after.name,
                        codes.stream().map(Enum::name).collect(Collectors.joining(", "))));
    }

    /** In one clause what makes its silence mean something. */
    String evidence() {
        int steps = before.runs.stream().mapToInt(r -> r.steps().size()).max().orElse(0);
        long seen =
                after.runs.stream()
                        .flatMap(r -> r.deviceControls().stream())
                        .filter(ControlSeen::seen)
                        .count();
        long named = after.runs.stream().mapToLong(r -> r.deviceControls().size()).sum();
        return String.format(
                Locale.ROOT,
                "the same %d %s done, %d of %d controls sent by the phone were seen, and it was observed for %s (%s: %s)",
                steps,
                steps == 1 ? "step was" : "steps were",
                seen,
                named,
                Sentences.duration(after.observed()),
                before.name,
                Sentences.duration(before.observed()));
    }
}
