package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Run;
import dev.telltale.model.Verdict;
import dev.telltale.report.HtmlPage.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The audit as one HTML file: a page in plain words first, then the verdict with its scope, who got
 * what, the way it took, when, the findings with their evidence, what could be read, and how it was
 * looked at. It holds no script and loads nothing.
 */
public final class HtmlReport {

    /** Reasons of a rule that are named before the rest is counted. */
    private static final int REASONS = 12;

    /** Findings that a reason links to. */
    private static final int LINKS = 12;

    private static final Section VERDICT = new Section("verdict", "html.section.verdict");
    private static final Section MATRIX = new Section("who", "html.section.matrix");
    private static final Section FLOWS = new Section("flows", "html.section.flows");
    private static final Section TIMELINE = new Section("when", "html.section.timeline");
    static final Section SENT = new Section("sent", "section.sent");
    static final Section RECEIVED = new Section("received", "section.received");
    private static final Section COVERAGE = new Section("coverage", "section.coverage");
    private static final Section ANOMALIES = new Section("oddities", "section.anomalies");
    private static final Section LIMITS = new Section("limits", "section.limits");
    private static final Section METHOD = new Section("method", "html.section.method");

    private final Audit audit;
    private final Words words;
    private final Html html;

    /** Where a finding stands in the document: an id of an audit may be anything. */
    private final Map<String, String> anchors = new HashMap<>();

    private final String note;

    private HtmlReport(Audit audit, Words words, Html html, String note) {
        this.audit = audit;
        this.words = words;
        this.html = html;
        this.note = note;
    }

    public static void write(Audit audit, Appendable out, Look look) {
        write(audit, "", out, look);
    }

    /**
     * @param note what a reader must know before all else, or empty
     */
    public static void write(Audit audit, String note, Appendable out, Look look) {
        Words words = Words.in(look.language());
        new HtmlReport(audit, words, new Html(out), note).document();
    }

    private void document() {
        HtmlFindings findings = new HtmlFindings(audit, words, html, anchors);
        findings.number();
        List<Section> sections = new ArrayList<>(List.of(VERDICT));
        if (findings.any(SENT)) sections.addAll(List.of(MATRIX, FLOWS));
        if (HtmlTimeline.isWorthwhile(audit)) sections.add(TIMELINE);
        if (findings.any(SENT)) sections.add(SENT);
        if (findings.any(RECEIVED)) sections.add(RECEIVED);
        sections.add(COVERAGE);
        if (!audit.anomalies().isEmpty()) sections.add(ANOMALIES);
        sections.addAll(List.of(LIMITS, METHOD));

        HtmlPage.begin(html, words, title());
        html.open("main", "id", "main");
        new HtmlSummary(audit, words, html).write(device(), note);
        HtmlPage.contents(html, words, sections);
        for (Section s : sections) {
            HtmlPage.section(html, words, s);
            if (s == VERDICT) verdict();
            if (s == MATRIX) new HtmlMatrix(audit, words, html).write();
            if (s == FLOWS) new HtmlSankey(audit, words, html).write();
            if (s == TIMELINE) new HtmlTimeline(audit, words, html).write();
            if (s == SENT || s == RECEIVED) findings.write(s);
            if (s == COVERAGE) new HtmlCoverage(audit, words, html).write();
            if (s == ANOMALIES) new HtmlMethod(audit, words, html).anomalies();
            if (s == LIMITS) limits();
            if (s == METHOD) new HtmlMethod(audit, words, html).write();
            html.close();
        }
        html.close();
        HtmlPage.end(html, words, audit.toolVersion());
    }

    private String title() {
        return words.get("outcome." + audit.verdict().outcome()) + " · " + device();
    }

    /** {@code Xiaomi HM 1S, build JHACNBA13.0}, else the run's or the first capture's name. */
    private String device() {
        String named = audit.run().flatMap(Run::device).map(this::device).orElse("");
        if (!named.isEmpty()) return named;
        return audit.run()
                .map(Run::name)
                .filter(n -> !n.isEmpty())
                .orElseGet(() ->
                        audit.inputs().captures().stream()
                                .map(Audit.CaptureInfo::name)
                                .findFirst()
                                .orElse("Telltale"));
    }

    private String device(Run.Device d) {
        String name = (d.brand() + " " + d.model()).strip();
        return d.build().isEmpty() ? name : words.get("html.device.build", name, d.build()).strip();
    }

    // --- the verdict with its scope ---

    private void verdict() {
        Verdict verdict = audit.verdict();
        html.open("p", "class", "lead");
        badge(html, words, verdict.outcome());
        html.text(" ").leaf("strong", words.get("html.verdict.under", audit.inputs().policyName()));
        html.close();
        html.open("p", "class", "scope").leaf("b", words.get("html.scope")).text(" ");
        HtmlPage.own(html, words, "span", TextReport.sentence(verdict.scope()));
        html.close();
        rules(verdict);
        reasons(verdict);
    }

    static void badge(Html html, Words words, Outcome outcome) {
        html.leaf("span", words.get("outcome." + outcome), "class", "badge " + tone(outcome));
    }

    static String tone(Outcome outcome) {
        return switch (outcome) {
            case PASS -> "good";
            case FAIL -> "bad";
            case INCONCLUSIVE -> "doubt";
        };
    }

    private void rules(Verdict verdict) {
        if (verdict.rules().isEmpty()) return;
        boolean sourced = verdict.rules().stream().anyMatch(r -> !r.source().isEmpty());
        html.leaf("h3", words.get("html.rules"));
        HtmlPage.table(html, words.get("html.rules"), "rules");
        List<String> heads = new ArrayList<>();
        for (String c : List.of("rule", "outcome", "why")) heads.add(words.get("column." + c));
        if (sourced) heads.add(words.get("column.source"));
        HtmlPage.head(html, heads);
        html.open("tbody");
        for (Verdict.Asked r : verdict.rules()) {
            html.open("tr").open("th", "scope", "row").leaf("code", r.name()).close().open("td");
            html.leaf(
                    "span",
                    words.get("outcome." + r.outcome()),
                    "class",
                    "word " + tone(r.outcome()));
            html.close();
            HtmlPage.own(html, words, "td", r.reason());
            if (sourced) HtmlPage.own(html, words, "td", r.source());
            html.close();
        }
        html.close().close().close();
    }

    /** Why it fails or stays open, then what the policy lets pass with a reason. */
    private void reasons(Verdict verdict) {
        Map<String, List<Verdict.Reason>> groups = new LinkedHashMap<>();
        for (Verdict.Reason r : verdict.reasons()) {
            String key =
                    switch (r.outcome()) {
                        case FAIL -> "html.reasons.fail";
                        case INCONCLUSIVE -> "html.reasons.open";
                        case PASS ->
                                r.findings().isEmpty()
                                        ? "html.reasons.pass"
                                        : "html.reasons.allowed";
                    };
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(r);
        }
        for (String key :
                List.of(
                        "html.reasons.fail",
                        "html.reasons.open",
                        "html.reasons.allowed",
                        "html.reasons.pass")) {
            List<Verdict.Reason> all = groups.getOrDefault(key, List.of());
            if (all.isEmpty()) continue;
            boolean folded = key.equals("html.reasons.pass");
            if (folded) {
                html.open("details");
                html.leaf("summary", words.count(key, all.size()));
            } else html.leaf("h3", words.get(key));
            html.open("ul", "class", "reasons");
            for (Verdict.Reason r : TextReport.head(all, REASONS)) reason(r);
            if (all.size() > REASONS)
                html.leaf("li", words.count("verdict.reasons.more", all.size() - REASONS));
            html.close();
            if (folded) html.close();
        }
    }

    private void reason(Verdict.Reason r) {
        html.open("li");
        HtmlPage.own(html, words, "span", TextReport.sentence(r.text()));
        html.text(" ").leaf("code", r.rule());
        List<String> links =
                r.findings().stream().map(anchors::get).filter(a -> a != null).distinct().toList();
        if (!links.isEmpty()) {
            html.text(" ").open("span", "class", "links");
            int n = 0;
            for (String anchor : TextReport.head(links, LINKS)) {
                html.text(n++ > 0 ? " " : "");
                html.leaf(
                        "a", words.get("html.finding", anchor.substring(1)), "href", "#" + anchor);
            }
            html.close();
        }
        html.close();
    }

    private void limits() {
        html.open("ul", "class", "plain");
        for (String limit : new Headline(audit, words).limits()) html.leaf("li", limit);
        html.close();
    }

    /** The tone of a finding's protection. */
    static String tone(Finding.Variant v) {
        return switch (v.secured().protection()) {
            case NONE -> "bad";
            case OTHER, DTLS, TLS, QUIC -> v.secured().weak().isEmpty() ? "calm" : "doubt";
        };
    }
}
