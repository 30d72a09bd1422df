package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.padded;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.UnexplainedValue;
import dev.telltale.model.Verdict;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Words words;

    private TextReport(Audit audit, Page page, Words words) {
        this.audit = audit;
        this.page = page;
        this.words = words;
    }

    public static void write(Audit audit, Appendable out, Look look) {
        TextReport report = new TextReport(audit, new Page(out, look), Words.in(look.language()));
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
        TextReport report = new TextReport(audit, new Page(out, look), Words.in(look.language()));
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
        page.wrap(
                MARGIN,
                text,
                new Span(style, badge),
                plain(Page.fixed(3)),
                bold(new Headline(audit, words).sentence()));
        page.blank();
        why(verdict);
        allowed(verdict);
        page.wrap(MARGIN, MARGIN, plain(sentence(verdict.scope())));
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
            page.line(
                    MARGIN + 2,
                    dim(words.get("more", words.amounts().number(values.size() - FEW - 2))));
    }

    private void anomalies() {
        if (audit.anomalies().isEmpty()) return;
        section("section.anomalies");
        new AnomaliesText(page, words).write(audit.anomalies());
    }

    // --- what the verdict does not say ---

    private void limits() {
        section("section.limits");
        for (String limit : new Headline(audit, words).limits())
            page.wrap(MARGIN, MARGIN + 2, plain("· " + limit));
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
        what.add(words.amounts().bytes(c.bytes()));
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
            input("", words.get("more", words.amounts().number(c.device().size() - FEW)));
    }

    private void controls() {
        List<ControlSeen> all = audit.controls();
        if (all.isEmpty()) return;
        List<String> unseen = all.stream().filter(c -> !c.seen()).map(ControlSeen::name).toList();
        String seen =
                words.get(
                        "input.controls.seen",
                        words.amounts().number(all.size() - unseen.size()),
                        words.amounts().number(all.size()));
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
