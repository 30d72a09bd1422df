package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.padded;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.UnexplainedValue;
import dev.telltale.model.Verdict;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The audit for a person at a terminal: the verdict, what left and to whom, what could not be read,
 * and what all this does not say; in this order, so that the first lines are enough for most.
 */
public final class TextReport {

    private static final int MARGIN = 2;

    /**
     * How many reasons, anomalies of a kind, hosts, captures are named before the rest is counted.
     */
    private static final int FEW = 3;

    private final Audit audit;
    private final Page page;
    private final Words words = Words.english();

    private TextReport(Audit audit, Page page) {
        this.audit = audit;
        this.page = page;
    }

    public static void write(Audit audit, Appendable out, Look look) {
        TextReport report = new TextReport(audit, new Page(out, look));
        report.verdict();
        report.findings(Direction.SENT, "section.sent");
        report.findings(Direction.RECEIVED, "section.received");
        report.coverage();
        report.anomalies();
        report.limits();
        report.inputs();
    }

    /** The verdict, and what left the phone. */
    public static void summary(Audit audit, Appendable out, Look look) {
        TextReport report = new TextReport(audit, new Page(out, look));
        report.verdict();
        report.findings(Direction.SENT, "section.sent");
    }

    // --- the verdict ---

    private void verdict() {
        Verdict verdict = audit.verdict();
        String badge = words.get("outcome." + verdict.outcome());
        Style style =
                switch (verdict.outcome()) {
                    case PASS -> Style.GOOD_BADGE;
                    case FAIL -> Style.BAD_BADGE;
                    case INCONCLUSIVE -> Style.DOUBT_BADGE;
                };
        int text = MARGIN + Printable.width(badge) + 3;
        page.blank();
        page.wrap(MARGIN, text, new Span(style, badge), plain(Page.fixed(3)), bold(headline()));
        page.blank();
        why(verdict);
        allowed(verdict);
        page.wrap(MARGIN, MARGIN, plain(sentence(verdict.scope())));
    }

    private String headline() {
        Set<String> personal = new LinkedHashSet<>();
        Set<String> unprotected = new LinkedHashSet<>();
        Set<String> unconsented = new LinkedHashSet<>();
        Set<String> recipients = new LinkedHashSet<>();
        boolean consentKnown = false;
        for (Finding f : audit.findings()) {
            if (f.direction() != Direction.SENT || !f.identifier().personal()) continue;
            personal.add(f.identifier().id());
            recipients.add(recipient(f));
            for (Finding.Variant v : f.variants()) {
                if (v.secured().protection() == Protection.NONE)
                    unprotected.add(f.identifier().id());
                if (v.consented().isPresent()) consentKnown = true;
                if (v.consented().isPresent() && !v.consented().get())
                    unconsented.add(f.identifier().id());
            }
        }
        if (personal.isEmpty()) return headlineOfNothing();
        String to =
                recipients.size() <= 2
                        ? words.list(List.copyOf(recipients))
                        : words.count("verdict.recipients", recipients.size());
        List<String> how = new ArrayList<>();
        how.add(
                unprotected.isEmpty()
                        ? words.get("verdict.protected")
                        : words.get("verdict.unprotected", Amounts.number(unprotected.size())));
        if (consentKnown) {
            how.add(
                    unconsented.isEmpty()
                            ? words.get("verdict.consented")
                            : words.get("verdict.unconsented", Amounts.number(unconsented.size())));
        }
        return words.count("verdict.sent", personal.size(), to)
                + ": "
                + String.join(", ", how)
                + ".";
    }

    private String headlineOfNothing() {
        Coverage.Sums sent = audit.coverage().sent();
        if (audit.verdict().outcome() != Outcome.PASS) {
            return sent.bytes() == 0 ? words.get("verdict.nothing") : words.get("verdict.unseen");
        }
        long seen = audit.controls().stream().filter(ControlSeen::seen).count();
        String none =
                words.get(
                        audit.controls().isEmpty() ? "verdict.none.uncontrolled" : "verdict.none",
                        Amounts.number(sent.readable()),
                        Amounts.number(sent.bytes()),
                        Amounts.number(seen),
                        Amounts.number(audit.controls().size()));
        return unexplained() == 0
                ? none
                : none + " " + words.count("verdict.unexplained", unexplained());
    }

    /**
     * The findings below are the reasons of a FAIL; those of an INCONCLUSIVE have to be said here.
     */
    private void why(Verdict verdict) {
        List<Verdict.Reason> reasons =
                verdict.reasons().stream().filter(r -> r.outcome() == verdict.outcome()).toList();
        switch (verdict.outcome()) {
            case PASS -> {}
            case FAIL -> {
                Map<String, List<Verdict.Reason>> rules = new LinkedHashMap<>();
                for (Verdict.Reason r : reasons)
                    rules.computeIfAbsent(r.rule(), k -> new ArrayList<>()).add(r);
                rules.forEach(this::fails);
                page.blank();
            }
            case INCONCLUSIVE -> {
                boolean silent = audit.coverage().sent().bytes() == 0;
                List<String> texts =
                        reasons.stream()
                                .filter(r ->
                                        !(silent
                                                && r.destination().isEmpty()
                                                && reasons.size() == 1))
                                .map(Verdict.Reason::text)
                                .distinct()
                                .toList();
                for (String text : head(texts, FEW + 2))
                    page.wrap(MARGIN, MARGIN + 2, plain("· " + sentence(text)));
                int rest = texts.size() - (FEW + 2);
                if (rest > 0)
                    page.wrap(
                            MARGIN, MARGIN, dim("  " + words.count("verdict.reasons.more", rest)));
                if (!texts.isEmpty()) page.blank();
            }
        }
    }

    /** A broken rule, where, and what it rests on. */
    private void fails(String rule, List<Verdict.Reason> at) {
        String source =
                audit.verdict().rules().stream()
                        .filter(r -> r.name().equals(rule))
                        .map(Verdict.Asked::source)
                        .findFirst()
                        .orElse("");
        page.wrap(
                MARGIN,
                MARGIN + 2,
                plain(words.get("verdict.fails", rule)),
                dim(source.isEmpty() ? "" : " (" + source + ")"));
        for (Verdict.Reason r : head(at, FEW))
            page.wrap(MARGIN + 2, MARGIN + 4, plain("· " + sentence(r.text())));
        if (at.size() > FEW)
            page.wrap(
                    MARGIN + 2,
                    MARGIN + 4,
                    dim("  " + words.count("verdict.reasons.more", at.size() - FEW)));
    }

    /** What the policy lets pass with a reason: expected uses and waivers. */
    private void allowed(Verdict verdict) {
        List<String> texts =
                verdict.reasons().stream()
                        .filter(r -> r.outcome() == Outcome.PASS && !r.findings().isEmpty())
                        .map(Verdict.Reason::text)
                        .distinct()
                        .toList();
        for (String text : head(texts, FEW + 2))
            page.wrap(MARGIN, MARGIN + 2, plain("· " + sentence(text)));
        int rest = texts.size() - (FEW + 2);
        if (rest > 0)
            page.wrap(MARGIN, MARGIN, dim("  " + words.count("verdict.reasons.more", rest)));
        if (!texts.isEmpty()) page.blank();
    }

    // --- what left, and to whom ---

    private void findings(Direction direction, String section) {
        List<Finding> findings =
                audit.findings().stream().filter(f -> f.direction() == direction).toList();
        if (findings.isEmpty()) return;
        section(section);
        new FindingsText(page, words, audit.persona().identifiers()).write(findings);
    }

    private static String recipient(Finding f) {
        String company = f.destination().company();
        return company.isEmpty() ? f.destination().domain() : company;
    }

    private void coverage() {
        section("section.coverage");
        new CoverageText(page, words).write(audit.coverage());
        constants();
    }

    /** Values that may be identifiers of the phone's own making. */
    private void constants() {
        List<UnexplainedValue> values = audit.unexplained();
        if (values.isEmpty()) return;
        page.blank();
        page.wrap(MARGIN, MARGIN, bold(words.count("constants", values.size())));
        for (UnexplainedValue v : head(values, FEW + 2))
            page.wrap(
                    MARGIN + 2,
                    MARGIN + 4,
                    plain(
                            words.count(
                                    "constant",
                                    v.sightings(),
                                    v.label(),
                                    words.list(head(v.hosts(), FEW))
                                            + (v.hosts().size() > FEW
                                                    ? " "
                                                            + words.count(
                                                                    "hosts.more",
                                                                    v.hosts().size() - FEW)
                                                    : ""))),
                    dim(" " + Printable.cut(v.place(), 2 * page.columns())));
        if (values.size() > FEW + 2)
            page.line(MARGIN + 2, dim(words.get("more", Amounts.number(values.size() - FEW - 2))));
    }

    private void anomalies() {
        if (audit.anomalies().isEmpty()) return;
        section("section.anomalies");
        new AnomaliesText(page, words).write(audit.anomalies());
    }

    // --- what the verdict does not say ---

    private void limits() {
        section("section.limits");
        Coverage.Sums sent = audit.coverage().sent();
        long unread = sent.bytes() - sent.readable();
        if (unread > 0)
            limit(
                    words.get(
                            "limit.unread",
                            Amounts.bytes(unread),
                            Amounts.percent(unread, sent.bytes())));
        if (unexplained() > 0) limit(words.count("limit.unexplained", unexplained()));
        limit(words.get("limit.forms"));
        limit(words.get("limit.persona"));
        if (audit.run().isEmpty()) limit(words.get("limit.run"));
        if (audit.findings().stream().anyMatch(f -> !f.destination().country().isEmpty()))
            limit(words.get("limit.country"));
        limit(words.get("limit.recipients"));
    }

    private long unexplained() {
        return audit.coverage().destinations().stream()
                .flatMap(d -> d.reasons().stream())
                .filter(r -> r.code() == ReasonCode.UNEXPLAINED)
                .mapToLong(Coverage.Reason::values)
                .sum();
    }

    private void limit(String text) {
        page.wrap(MARGIN, MARGIN + 2, plain("· " + text));
    }

    // --- what was looked at ---

    private void inputs() {
        section("section.inputs");
        Audit.Inputs inputs = audit.inputs();
        List<Audit.CaptureInfo> captures = inputs.captures();
        for (Audit.CaptureInfo c : head(captures, FEW)) capture(c);
        if (captures.size() > FEW) input("", words.count("input.more", captures.size() - FEW));
        List<Identifier> known = audit.persona().identifiers();
        input(
                "input.persona",
                audit.persona().name(),
                words.count("input.persona.has", known.size()));
        if (audit.run().isPresent())
            input("input.run", audit.run().get().name(), InputText.fingerprint(inputs.runSha256()));
        if (!inputs.keySha256().isEmpty())
            input("input.keys", words.count("input.keys.has", inputs.keySha256().size()));
        controls();
        input("input.policy", inputs.policyName(), InputText.fingerprint(inputs.policySha256()));
        boolean first = true;
        for (List<Span> source : WhoText.sources(inputs.reference(), words)) {
            List<Span> line = new ArrayList<>(source);
            line.addFirst(dim(padded(first ? words.get("input.reference") : "", 11)));
            page.wrap(MARGIN, MARGIN + 11, line.toArray(Span[]::new));
            first = false;
        }
        input("input.tool", audit.toolVersion());
    }

    private void capture(Audit.CaptureInfo c) {
        List<String> what = new ArrayList<>();
        what.add(c.name());
        what.add(c.format());
        if (c.packets() > 0) what.add(words.count("input.packets", c.packets()));
        if (c.exchanges() > 0) what.add(words.count("input.exchanges", c.exchanges()));
        what.add(Amounts.bytes(c.bytes()));
        what.add(InputText.fingerprint(c.sha256()));
        input("input.capture", what.toArray(String[]::new));
        input("", InputText.span(c.start(), c.end()));
        for (Audit.DeviceAddress d : head(c.device(), FEW)) {
            String addresses = InputText.addresses(d.ip(), d.mac(), " ");
            String how =
                    words.has("input.how." + d.how()) ? words.get("input.how." + d.how()) : d.how();
            input("", words.get("input.device", addresses, how));
        }
        if (c.device().size() > FEW)
            input("", words.get("more", Amounts.number(c.device().size() - FEW)));
    }

    private void controls() {
        List<ControlSeen> all = audit.controls();
        if (all.isEmpty()) return;
        List<String> unseen = all.stream().filter(c -> !c.seen()).map(ControlSeen::name).toList();
        String seen =
                words.get(
                        "input.controls.seen",
                        Amounts.number(all.size() - unseen.size()),
                        Amounts.number(all.size()));
        input(
                "input.controls",
                unseen.isEmpty()
                        ? seen
                        : seen + "; " + words.get("input.controls.unseen", words.list(unseen)));
    }

    private void input(String key, String... values) {
        String label = key.isEmpty() ? "" : words.get(key);
        String value =
                String.join(" · ", List.of(values).stream().filter(v -> !v.isEmpty()).toList());
        if (value.isEmpty()) return;
        page.wrap(MARGIN, MARGIN + 11, dim(padded(label, 11)), dim(value));
    }

    // --- shared ---

    private void section(String key) {
        page.section(words.get(key));
    }

    static <T> List<T> head(List<T> all, int n) {
        return all.subList(0, Math.min(n, all.size()));
    }

    private static final Pattern WORD_FIRST =
            Pattern.compile("^\\p{Ll}+(?=[ ,(]).*", Pattern.DOTALL);

    /**
     * Capital first, where a word and not a name like {@code fb_anon_id} stands there; full stop
     * last.
     */
    static String sentence(String s) {
        if (s.isEmpty()) return s;
        String end = s.endsWith(".") || s.endsWith("!") || s.endsWith("?") ? "" : ".";
        if (!WORD_FIRST.matcher(s).matches()) return s + end;
        int first = s.codePointAt(0);
        return Character.toString(Character.toUpperCase(first))
                + s.substring(Character.charCount(first))
                + end;
    }

    static Optional<String> nonEmpty(String s) {
        return s.isEmpty() ? Optional.empty() : Optional.of(s);
    }
}
