package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Direction;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Range;
import dev.telltale.report.HtmlPage.Section;
import dev.telltale.report.Recipients.Recipient;
import dev.telltale.report.Recipients.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The findings, recipient by recipient: what left, how it was recognised, where it stood, and the
 * evidence, folded. A document that a browser opens at once shows a part of a large audit and says
 * how much of it.
 */
final class HtmlFindings {

    private static final int RECIPIENTS = 30;
    private static final int ROWS = 40;
    private static final int PLACES = 8;
    private static final int VARIANTS = 4;

    /** Pieces of evidence of one finding, and of all. */
    private static final int EVIDENCE = 5;

    private static final int ALL_EVIDENCE = 600;

    private final Audit audit;
    private final Words words;
    private final Html html;
    private final Map<String, String> anchors;
    private final IdentifierNames names;
    private final FindingWords in;
    private int evidenceLeft = ALL_EVIDENCE;

    HtmlFindings(Audit audit, Words words, Html html, Map<String, String> anchors) {
        this.audit = audit;
        this.words = words;
        this.html = html;
        this.anchors = anchors;
        this.names = new IdentifierNames(words, audit.persona().identifiers());
        this.in = new FindingWords(words);
    }

    private static Direction direction(Section section) {
        return section == HtmlReport.SENT ? Direction.SENT : Direction.RECEIVED;
    }

    boolean any(Section section) {
        return audit.findings().stream().anyMatch(f -> f.direction() == direction(section));
    }

    private List<Recipient> recipients(Section section) {
        return new Recipients(audit.persona().identifiers())
                .of(
                        audit.findings().stream()
                                .filter(f -> f.direction() == direction(section))
                                .toList());
    }

    /** Gives each row that is shown an anchor; its findings lead there. */
    void number() {
        int n = 0;
        for (Section s : List.of(HtmlReport.SENT, HtmlReport.RECEIVED))
            for (Recipient r : TextReport.head(recipients(s), RECIPIENTS))
                for (Row row : TextReport.head(r.rows(), ROWS)) {
                    String anchor = "f" + ++n;
                    for (Finding f : r.findings())
                        if (row.identifiers().contains(f.identifier())) anchors.put(f.id(), anchor);
                }
    }

    void write(Section section) {
        List<Recipient> all = recipients(section);
        for (Recipient r : TextReport.head(all, RECIPIENTS)) recipient(r);
        if (all.size() <= RECIPIENTS) return;
        html.leaf("h3", words.count("recipients.rest", all.size() - RECIPIENTS));
        html.open("ul", "class", "plain");
        for (Recipient r : TextReport.head(all.subList(RECIPIENTS, all.size()), 10 * RECIPIENTS)) {
            html.open("li").leaf("b", r.destination().domain()).text(" ");
            html.leaf(
                    "span",
                    String.join(
                            ", ",
                            TextReport.head(r.rows(), PLACES).stream()
                                    .map(row -> names.of(row.identifiers()))
                                    .toList()),
                    "class",
                    "dim");
            html.close();
        }
        html.close();
        if (all.size() > 11 * RECIPIENTS)
            note(words.get("more", words.amounts().number(all.size() - 11 * RECIPIENTS)));
    }

    private void note(String text) {
        html.leaf("p", text, "class", "note");
    }

    private void recipient(Recipient r) {
        html.open("section", "class", "recipient").open("h3");
        String company = r.destination().company();
        html.text(company.isEmpty() ? r.destination().domain() : company);
        if (!company.isEmpty())
            html.text(" ").leaf("span", r.destination().domain(), "class", "dim");
        html.close();
        List<String> about =
                new ArrayList<>(
                        WhoText.about(
                                r.destination().category(),
                                "",
                                r.destination().asn(),
                                false,
                                words));
        about.addFirst(in.hosts(r));
        html.leaf("p", String.join(" · ", about), "class", "meta");
        String where = WhoText.where(r.destination(), words);
        if (!where.isEmpty()) html.leaf("p", where, "class", "meta");
        for (Row row : TextReport.head(r.rows(), ROWS)) row(r, row);
        if (r.rows().size() > ROWS) note(words.count("html.rows.more", r.rows().size() - ROWS));
        html.close();
    }

    private void row(Recipient r, Row row) {
        String anchor = anchors.getOrDefault(row.findings().getFirst().id(), "");
        html.open("article", "class", row.personal() ? "finding" : "finding minor", "id", anchor);
        String what = names.of(row.identifiers());
        html.open("h4");
        html.leaf("span", row.personal() ? what : words.get("kind.not-personal", what));
        if (!anchor.isEmpty())
            html.text(" ")
                    .leaf("span", words.get("html.finding", anchor.substring(1)), "class", "no");
        html.close();
        chips(row);
        int likewise = row.identifiers().size() - 1;
        List<Finding> shown = TextReport.head(row.findings(), PLACES);
        if (row.personal()) for (Finding f : shown) place(f, likewise, row.findings().size() > 1);
        else places(shown);
        if (row.findings().size() > PLACES)
            note(words.count("places.more", row.findings().size() - PLACES));
        evidence(
                r.findings().stream()
                        .filter(f -> row.identifiers().contains(f.identifier()))
                        .toList());
        html.close();
    }

    private void chips(Row row) {
        Finding.Variant v = row.worst();
        html.open("ul", "class", "chips");
        chip(in.protection(v.secured()), row.personal() ? HtmlReport.tone(v) : "");
        chip(in.disguise(v), "");
        chip(words.count("times", row.times()), "");
        if (!v.phase().isEmpty()) chip(v.phase(), "");
        v.consented()
                .ifPresent(c ->
                        chip(
                                words.get(c ? "compare.with" : "compare.without"),
                                c || !row.personal() ? "" : "bad"));
        row.findings().getFirst().set().ifPresent(s -> chip(in.set(s), ""));
        html.close();
    }

    private void chip(String text, String tone) {
        html.leaf("li", text, "class", tone);
    }

    /** What is not personal is named and no more. */
    private void places(List<Finding> findings) {
        html.open("ul", "class", "also");
        for (Finding f : findings) {
            html.open("li").leaf("code", cut(f.place())).text(" ");
            html.leaf("span", words.count("times", f.sightings())).close();
        }
        html.close();
    }

    private void place(Finding f, int likewise, boolean counted) {
        String explanation = cut(f.worst().explanation());
        if (likewise > 0 && !explanation.isEmpty())
            explanation = words.count("likewise", likewise, explanation);
        html.open("div", "class", "place");
        if (!explanation.isEmpty())
            HtmlPage.own(html, words, "p", TextReport.sentence(explanation));
        html.open("p", "class", "where").leaf("code", cut(f.place()));
        if (counted)
            html.text(" ").leaf("span", words.count("times", f.sightings()), "class", "dim");
        html.close();
        chain(f);
        String weak = f.worst().secured().weak();
        if (!weak.isEmpty()) html.leaf("p", words.get("protection.why", weak), "class", "doubt");
        if (f.certainty() != Certainty.CERTAIN)
            html.leaf(
                    "p",
                    words.get("certainty." + f.certainty(), words.amounts().small(f.accidental())),
                    "class",
                    "doubt");
        variants(f);
        html.close();
    }

    /** From the value outwards: how it was written, digested, encoded, packed. */
    private void chain(Finding f) {
        List<String> steps = new ArrayList<>();
        steps.add(names.one(f.identifier()));
        steps.addAll(Arrays.asList(f.worst().form().split(" > ")));
        steps.addAll(f.worst().chain().reversed());
        String place = f.place();
        steps.add(place.substring(place.lastIndexOf(" · ") + 1).replace("· ", ""));
        html.open("ol", "class", "chain", "aria-label", words.get("html.chain"));
        for (String s : steps) if (!s.isEmpty()) html.leaf("li", cut(s));
        html.close();
    }

    private void variants(Finding f) {
        Map<String, Long> others = new LinkedHashMap<>();
        for (Finding.Variant v : f.variants()) {
            String difference = in.difference(v, f.worst());
            if (!difference.isEmpty()) others.merge(difference, v.count(), Long::sum);
        }
        if (others.isEmpty()) return;
        html.open("ul", "class", "also");
        int shown = 0;
        for (Map.Entry<String, Long> e : others.entrySet()) {
            if (shown++ == VARIANTS) break;
            html.leaf("li", words.count("also", e.getValue(), e.getKey()));
        }
        if (others.size() > VARIANTS)
            html.leaf("li", words.count("variants.more", others.size() - VARIANTS));
        html.close();
    }

    // --- evidence ---

    private void evidence(List<Finding> findings) {
        long sightings = findings.stream().mapToLong(Finding::sightings).sum();
        long kept = findings.stream().mapToLong(f -> f.evidence().size()).sum();
        if (kept == 0) return;
        if (evidenceLeft == 0) {
            note(words.count("html.evidence.elsewhere", kept));
            return;
        }
        html.open("details", "class", "evidence");
        html.leaf("summary", words.count("html.evidence", sightings));
        html.open("ol");
        long shown = 0;
        for (Finding f : findings) {
            int most = Math.min(EVIDENCE, evidenceLeft);
            for (Evidence e : TextReport.head(f.evidence(), most)) {
                item(f, e);
                shown++;
                evidenceLeft--;
            }
        }
        html.close();
        if (shown < sightings)
            note(
                    words.get(
                            "html.evidence.shown",
                            words.amounts().number(shown),
                            words.amounts().number(sightings)));
        html.close();
    }

    private void item(Finding f, Evidence e) {
        html.open("li").leaf("p", source(e), "class", "meta");
        if (!e.request().isEmpty()) {
            html.open("p").open("code");
            request(f, e);
            html.close().close();
        }
        HexView.Excerpt x = HexView.Excerpt.of(f, e);
        html.open("p").open("code").text(cut(x.before()));
        if (!x.value().isEmpty()) html.leaf("mark", cut(x.value()));
        html.text(x.after()).close().close();
        html.leaf("p", path(e), "class", "meta");
        HexView.of(f, e).ifPresent(h -> h.write(html));
        html.close();
    }

    private void request(Finding f, Evidence e) {
        String mask = "{" + f.identifier().kind() + "}";
        String rest = cut(e.request());
        int at = rest.indexOf(mask);
        while (at >= 0) {
            html.text(rest.substring(0, at)).leaf("mark", mask);
            rest = rest.substring(at + mask.length());
            at = rest.indexOf(mask);
        }
        html.text(rest);
    }

    /** {@code 2014-08-07T10:01:00.2Z · capture.pcapng · frame 118 · flow 7}. */
    private String source(Evidence e) {
        List<String> parts = new ArrayList<>();
        parts.add(new Timestamps().micros(e.time()));
        String capture = FindingsCsv.capture(audit, e);
        if (!capture.isEmpty()) parts.add(cut(capture));
        if (!e.frames().isEmpty()) {
            List<String> frames = e.frames().stream().limit(6).map(String::valueOf).toList();
            String more = e.frames().size() > 6 ? " …" : "";
            parts.add(
                    words.count(
                            "html.frames", e.frames().size(), String.join(", ", frames) + more));
        }
        if (e.entry().isPresent())
            parts.add(words.get("html.entry", Integer.toString(e.entry().getAsInt())));
        parts.add(words.get("html.flow", Long.toString(e.flow())));
        return String.join(" · ", parts);
    }

    /** {@code bytes 838–939 of stream → bytes 0–99 of percent → bytes 9–23 of base64}. */
    private String path(Evidence e) {
        List<String> steps = new ArrayList<>();
        for (Evidence.Step s : TextReport.head(e.path(), 12)) {
            List<String> ranges =
                    TextReport.head(s.ranges(), 4).stream().map(HtmlFindings::range).toList();
            String more = s.ranges().size() > 4 ? " …" : "";
            steps.add(words.get("html.bytes", String.join(", ", ranges) + more, s.layer()));
        }
        return String.join(" → ", steps);
    }

    private static String range(Range r) {
        return r.length() <= 1 ? Long.toString(r.start()) : r.start() + "–" + (r.end() - 1);
    }

    private static String cut(String s) {
        return Printable.cut(Printable.of(s), 400);
    }
}
