package dev.telltale.judge;

import dev.telltale.judge.Attributes.Facts;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * An audit and a policy to a verdict: per rule, destination and phase, then overall. FAIL if any
 * rule fails; PASS only where something was sent, all of it could be read as far as the policy
 * asks, and the controls were seen; else INCONCLUSIVE. Having seen nothing is never PASS where we
 * could not look. Reads nothing but the audit, so that anybody can judge again.
 */
public final class Judge {
    /** Anomalies that are named one by one. */
    private static final int MOST_NAMED = 20;

    private final Policy policy;
    private final Audit audit;
    private final UnaryOperator<String> domains;
    private final Conditions conditions;
    private final Optional<Instant> ended;
    private final List<Facts> facts;

    /** Without those that are expected. */
    private final List<Facts> judged;

    private final List<Verdict.Reason> reasons = new ArrayList<>();

    /** Rule to the domains that it matched at. */
    private final Map<String, Set<String>> matched = new TreeMap<>();

    private Judge(Policy policy, Audit audit, UnaryOperator<String> domains) {
        this.policy = policy;
        this.audit = audit;
        this.domains = domains;
        this.conditions = new Conditions(policy);
        this.ended = ended(audit);
        this.facts = facts();
        this.judged = facts.stream().filter(f -> !isExpected(f)).toList();
    }

    /**
     * @param audit whose verdict is left aside but for its scope
     * @param domains host to registrable domain
     */
    public static Verdict judge(Policy policy, Audit audit, UnaryOperator<String> domains) {
        return new Judge(policy, audit, domains).verdict();
    }

    private Verdict verdict() {
        somethingSent();
        coverage();
        blinding();
        controls();
        channels();
        boolean decided = reasons.isEmpty();
        expected();
        for (Policy.Rule rule : policy.rules()) rule(rule);
        if (policy.rules().isEmpty())
            inconclusive("policy", "", "The policy asks nothing.", List.of());
        passes();
        Outcome outcome =
                reasons.stream()
                        .map(Verdict.Reason::outcome)
                        .min(Comparator.naturalOrder())
                        .orElse(Outcome.INCONCLUSIVE);
        reasons.sort(
                Comparator.comparing(Verdict.Reason::outcome)
                        .thenComparing(Verdict.Reason::rule)
                        .thenComparing(Verdict.Reason::destination)
                        .thenComparing(Verdict.Reason::phase)
                        .thenComparing(Verdict.Reason::text));
        return new Verdict(outcome, audit.verdict().scope(), List.copyOf(reasons), asked(decided));
    }

    private List<Verdict.Asked> asked(boolean decided) {
        return policy.rules().stream()
                .map(r ->
                        new Verdict.Asked(
                                r.name(),
                                r.reason(),
                                r.source(),
                                reasons.stream()
                                        .filter(x -> x.rule().equals(r.name()))
                                        .map(Verdict.Reason::outcome)
                                        .min(Comparator.naturalOrder())
                                        .filter(o -> decided || o != Outcome.PASS)
                                        .orElse(decided ? Outcome.PASS : Outcome.INCONCLUSIVE)))
                .toList();
    }

    // --- what keeps a verdict from being decided ---

    private void inconclusive(
            String rule, String destination, String text, List<ReasonCode> codes) {
        reasons.add(
                new Verdict.Reason(
                        rule, destination, "", Outcome.INCONCLUSIVE, text, List.of(), codes));
    }

    private void somethingSent() {
        if (audit.coverage().sent().bytes() == 0)
            inconclusive(
                    "something-sent",
                    "",
                    "No device traffic: nothing was sent. Check with telltale inspect that the"
                            + " recording holds the phone's traffic, and name its address with"
                            + " --device.",
                    List.of());
    }

    private void coverage() {
        for (Coverage.Share d : audit.coverage().destinations()) {
            if (d.sent().bytes() == 0 || d.sent().share() >= policy.coverage()) continue;
            inconclusive(
                    "coverage",
                    d.host(),
                    BlindSpots.text(d, audit.persona().identifiers().size()),
                    BlindSpots.codes(d));
        }
    }

    private void blinding() {
        audit.anomalies().stream()
                .filter(a -> a.kind().blinds())
                .map(Judge::blind)
                .distinct()
                .limit(MOST_NAMED)
                .forEach(text -> inconclusive("whole-input", "", text, List.of()));
    }

    private static String blind(Anomaly a) {
        return a.where() + ": " + a.text() + " What stood there may be anything.";
    }

    private void controls() {
        List<ControlSeen> device = audit.controls().stream().filter(ControlSeen::ofDevice).toList();
        if (device.isEmpty() && policy.controls() == Policy.Controls.REQUIRED)
            inconclusive(
                    "controls",
                    "",
                    "The policy requires controls and the run names none that the phone sent: let"
                            + " the phone send a value nobody else has, and name it under controls"
                            + " in the run file.",
                    List.of());
        for (ControlSeen c : audit.controls()) {
            if (c.seen()) continue;
            inconclusive(
                    "controls",
                    "",
                    "Control "
                            + c.name()
                            + (c.ofDevice() ? ", sent by the phone," : ", made by the recorder,")
                            + " was not seen: what leaves the same way would not be seen either."
                            + " Check that the recording covers the channel it took and that the"
                            + " keys belong to it.",
                    List.of());
        }
    }

    private void channels() {
        Map<String, String> captured = audit.run().map(Run::captured).orElse(Map.of());
        for (String channel : policy.channels()) {
            String extent = captured.getOrDefault(channel, "none");
            if (extent.equals("full") || extent.equals("log")) continue;
            inconclusive(
                    "channels",
                    "",
                    "The policy asks for all of "
                            + channel
                            + ", of which the run says: "
                            + extent
                            + ". Whatever left that way was not looked at; record it too, or say"
                            + " captured: {"
                            + channel
                            + ": full} in the run file if it was.",
                    List.of(ReasonCode.CHANNEL_NOT_CAPTURED));
        }
    }

    // --- the rules ---

    /** Variants of one domain and phase that a rule matched. */
    private static final class Matched {
        private final Set<Finding> findings = new java.util.LinkedHashSet<>();
        private final List<Facts> facts = new ArrayList<>();

        private void add(Facts f) {
            findings.add(f.finding());
            facts.add(f);
        }
    }

    private record Where(String domain, String phase) implements Comparable<Where> {
        @Override
        public int compareTo(Where o) {
            int c = domain.compareTo(o.domain);
            return c != 0 ? c : phase.compareTo(o.phase);
        }
    }

    private List<Facts> facts() {
        List<Facts> all = new ArrayList<>();
        for (Finding f : audit.findings())
            for (Finding.Variant v : f.variants())
                all.add(new Facts(f, v, audit.run(), policy.groups()));
        return all;
    }

    private boolean isExpected(Facts f) {
        return policy.expected().stream().anyMatch(e -> conditions.hold(e.when(), f));
    }

    private void expected() {
        for (Policy.Expected e : policy.expected()) {
            Map<String, Matched> at = new TreeMap<>();
            for (Facts f : facts)
                if (conditions.hold(e.when(), f))
                    at.computeIfAbsent(f.finding().destination().domain(), k -> new Matched())
                            .add(f);
            at.forEach((domain, m) ->
                    reasons.add(
                            new Verdict.Reason(
                                    "expected: " + e.name(),
                                    domain,
                                    "",
                                    Outcome.PASS,
                                    RuleText.what(m.findings)
                                            + " to "
                                            + domain
                                            + " is expected: "
                                            + e.reason(),
                                    ids(m))));
        }
    }

    private void rule(Policy.Rule rule) {
        Map<Where, Matched> broken = new TreeMap<>();
        Map<Policy.Waiver, Map<Where, Matched>> waived = new LinkedHashMap<>();
        Set<Policy.Waiver> expired = new HashSet<>();
        for (Facts f : judged) {
            if (!conditions.hold(rule.when(), f)) continue;
            Where where = new Where(f.finding().destination().domain(), f.variant().phase());
            Optional<Policy.Waiver> waiver = waiver(rule, f, expired);
            Map<Where, Matched> to =
                    waiver.isPresent()
                            ? waived.computeIfAbsent(waiver.get(), k -> new TreeMap<>())
                            : broken;
            to.computeIfAbsent(where, k -> new Matched()).add(f);
        }
        broken.forEach((where, m) -> {
            matched.computeIfAbsent(rule.name(), k -> new TreeSet<>()).add(where.domain);
            String text =
                    RuleText.broken(
                            rule, where.domain, where.phase, m.findings, m.facts, audit.run());
            for (Policy.Waiver w : expired)
                text += " The waiver of " + w.owner() + " ended on " + w.expires() + ".";
            reasons.add(
                    new Verdict.Reason(
                            rule.name(), where.domain, where.phase, rule.outcome(), text, ids(m)));
        });
        waived.forEach((w, at) ->
                at.forEach((where, m) -> {
                    matched.computeIfAbsent(rule.name(), k -> new TreeSet<>()).add(where.domain);
                    reasons.add(
                            new Verdict.Reason(
                                    rule.name(),
                                    where.domain,
                                    where.phase,
                                    Outcome.PASS,
                                    RuleText.what(m.findings)
                                            + " to "
                                            + where.domain
                                            + " is waived by "
                                            + w.owner()
                                            + " until "
                                            + w.expires()
                                            + ": "
                                            + w.reason(),
                                    ids(m)));
                }));
    }

    /**
     * Held against the end of the recording, not against today: the same recording gets the same
     * verdict whenever it is judged. Where it has no time, no waiver holds.
     */
    private Optional<Policy.Waiver> waiver(Policy.Rule rule, Facts f, Set<Policy.Waiver> expired) {
        for (Policy.Waiver w : policy.waivers()) {
            if (!w.rules().contains(rule.name()) || !conditions.hold(w.when(), f)) continue;
            Instant end = w.expires().atStartOfDay(java.time.ZoneOffset.UTC).toInstant();
            if (ended.isPresent() && ended.get().isBefore(end)) return Optional.of(w);
            expired.add(w);
        }
        return Optional.empty();
    }

    private static Optional<Instant> ended(Audit audit) {
        long offset = audit.run().map(Run::clockOffsetMillis).orElse(0L);
        return audit.inputs().captures().stream()
                .flatMap(c -> c.end().stream())
                .map(t -> t.plusMillis(offset))
                .max(Comparator.naturalOrder());
    }

    private static List<String> ids(Matched m) {
        return m.findings.stream().map(Finding::id).distinct().toList();
    }

    // --- what was looked at and found in order ---

    /** One for each rule at each domain that could be read and did not break it. */
    private void passes() {
        Map<String, Coverage.Sums> readable = new TreeMap<>();
        Set<String> dark = new TreeSet<>();
        for (Coverage.Share d : audit.coverage().destinations()) {
            String domain = domains.apply(d.host());
            readable.merge(domain, d.sent(), Coverage.Sums::plus);
            if (d.sent().bytes() > 0 && d.sent().share() < policy.coverage()) dark.add(domain);
        }
        for (Policy.Rule rule : policy.rules()) {
            Set<String> not = matched.getOrDefault(rule.name(), Set.of());
            readable.forEach((domain, sums) -> {
                if (sums.bytes() == 0 || dark.contains(domain) || not.contains(domain)) return;
                reasons.add(
                        new Verdict.Reason(
                                rule.name(),
                                domain,
                                "",
                                Outcome.PASS,
                                "nothing against this rule seen leaving to "
                                        + domain
                                        + ", while "
                                        + looked(sums),
                                List.of()));
            });
        }
    }

    /** The approved wording: what silence rests on. */
    private String looked(Coverage.Sums s) {
        long seen = audit.controls().stream().filter(ControlSeen::seen).count();
        String read =
                String.format(Locale.ROOT, "%d of %d bytes were read", s.readable(), s.bytes());
        return audit.controls().isEmpty()
                ? read + " and the run names no controls"
                : String.format(
                        Locale.ROOT,
                        "%s and %d of %d controls were seen",
                        read,
                        seen,
                        audit.controls().size());
    }
}
