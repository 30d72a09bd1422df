package dev.telltale.judge;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Findings, coverage and a policy to a verdict: per rule, destination and phase, then overall. FAIL
 * if any rule fails; PASS only where something was sent and all of it could be read; else
 * INCONCLUSIVE. Having seen nothing is never PASS where we could not look.
 */
public final class Judge {
    /** Anomalies after which part of the input was not looked at. */
    private static final Set<Anomaly.Kind> BLINDING =
            Set.of(
                    Anomaly.Kind.CAPTURE_UNREADABLE,
                    Anomaly.Kind.CAPTURE_TRUNCATED,
                    Anomaly.Kind.CAPTURE_MALFORMED,
                    Anomaly.Kind.UNSUPPORTED_LINK,
                    Anomaly.Kind.LIMIT,
                    Anomaly.Kind.ACCOUNTING);

    private Judge() {}

    public static Verdict judge(
            Policy policy,
            List<Finding> findings,
            Coverage coverage,
            List<Anomaly> anomalies,
            String scope) {
        List<Verdict.Reason> reasons = new ArrayList<>();
        Set<String> failed = rules(policy, findings, reasons);
        if (coverage.sent().bytes() == 0) {
            reasons.add(
                    new Verdict.Reason(
                            "something-sent",
                            "",
                            "",
                            Outcome.INCONCLUSIVE,
                            "No device traffic: nothing was sent.",
                            List.of()));
        }
        coverage(policy, coverage, reasons);
        blinding(anomalies, reasons);
        passes(policy, coverage, failed, reasons);
        Outcome outcome =
                reasons.stream()
                        .map(Verdict.Reason::outcome)
                        .min(Comparator.naturalOrder())
                        .orElse(Outcome.INCONCLUSIVE);
        reasons.sort(
                Comparator.comparing(Verdict.Reason::outcome)
                        .thenComparing(Verdict.Reason::rule)
                        .thenComparing(Verdict.Reason::destination)
                        .thenComparing(Verdict.Reason::phase));
        return new Verdict(outcome, scope, List.copyOf(reasons));
    }

    /**
     * Adds a reason per rule, destination and phase that is broken; returns the domains that broke
     * one.
     */
    private static Set<String> rules(
            Policy policy, List<Finding> findings, List<Verdict.Reason> reasons) {
        Set<String> failed = new LinkedHashSet<>();
        for (Policy.Rule rule : policy.rules()) {
            Map<String, Map<String, List<Finding>>> byPlace = new TreeMap<>();
            for (Finding f : findings) {
                if (!rule.when().matches(f)) continue;
                for (String phase : phases(f)) {
                    byPlace.computeIfAbsent(f.destination().domain(), k -> new TreeMap<>())
                            .computeIfAbsent(phase, k -> new ArrayList<>())
                            .add(f);
                }
            }
            byPlace.forEach((domain, phases) ->
                    phases.forEach((phase, broken) -> {
                        if (rule.outcome() == Outcome.FAIL) failed.add(domain);
                        String what =
                                broken.stream()
                                        .map(f -> f.identifier().kind().replace('_', ' '))
                                        .distinct()
                                        .collect(Collectors.joining(", "));
                        reasons.add(
                                new Verdict.Reason(
                                        rule.name(),
                                        domain,
                                        phase,
                                        rule.outcome(),
                                        what + " sent to " + domain,
                                        broken.stream().map(Finding::id).toList()));
                    }));
        }
        return failed;
    }

    private static Set<String> phases(Finding f) {
        if (f.variants().size() == 1) return Set.of(f.variants().getFirst().phase());
        return f.variants().stream().map(Finding.Variant::phase).collect(Collectors.toSet());
    }

    private static void coverage(Policy policy, Coverage coverage, List<Verdict.Reason> reasons) {
        for (Coverage.Share d : coverage.destinations()) {
            Coverage.Sums s = d.sent();
            if (s.bytes() == 0 || s.share() >= policy.coverage()) continue;
            String why =
                    d.reasons().stream()
                            .filter(r -> r.code() != ReasonCode.UNEXPLAINED)
                            .map(r -> r.code() + " " + r.bytes() + " bytes")
                            .collect(Collectors.joining(", "));
            reasons.add(
                    new Verdict.Reason(
                            "coverage",
                            d.host(),
                            "",
                            Outcome.INCONCLUSIVE,
                            (s.bytes() - s.readable())
                                    + " of "
                                    + s.bytes()
                                    + " bytes sent to "
                                    + d.host()
                                    + " could not be read ("
                                    + why
                                    + ")",
                            List.of()));
        }
    }

    private static void blinding(List<Anomaly> anomalies, List<Verdict.Reason> reasons) {
        anomalies.stream()
                .filter(a -> BLINDING.contains(a.kind()))
                .map(a ->
                        new Verdict.Reason(
                                "whole-input",
                                "",
                                "",
                                Outcome.INCONCLUSIVE,
                                a.where() + ": " + a.text(),
                                List.of()))
                .distinct()
                .limit(20)
                .forEach(reasons::add);
    }

    private static void passes(
            Policy policy, Coverage coverage, Set<String> failed, List<Verdict.Reason> reasons) {
        if (!reasons.isEmpty() || !failed.isEmpty()) return;
        Coverage.Sums s = coverage.sent();
        long unexplained =
                coverage.destinations().stream()
                        .flatMap(d -> d.reasons().stream())
                        .filter(r -> r.code() == ReasonCode.UNEXPLAINED)
                        .mapToLong(Coverage.Reason::values)
                        .sum();
        for (Policy.Rule rule : policy.rules()) {
            reasons.add(
                    new Verdict.Reason(
                            rule.name(),
                            "",
                            "",
                            Outcome.PASS,
                            "none seen leaving, while "
                                    + s.readable()
                                    + " of "
                                    + s.bytes()
                                    + " bytes sent were read; "
                                    + unexplained
                                    + " values are unexplained",
                            List.of()));
        }
    }
}
