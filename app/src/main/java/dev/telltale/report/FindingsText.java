package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Certainty;
import dev.telltale.model.Destination;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Protection;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import dev.telltale.report.Recipients.Recipient;
import dev.telltale.report.Recipients.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Findings as a table per recipient: what left, how protected, in which disguise, how often, when
 * and with what consent; below each row how it was recognised and where it stood.
 */
final class FindingsText {

    private static final int MARGIN = 2;
    private static final int ROW = 4;
    private static final int DETAIL = 6;

    /** Recipients that are shown in full; the others get one line each. */
    private static final int RECIPIENTS = 20;

    private static final int PLACES = 10;

    /** Of what is not personal. */
    private static final int FEW_PLACES = 3;

    private static final int VARIANTS = 3;

    /** Narrower than this, a row's name and its columns do not fit beside each other. */
    private static final int NARROWEST_NAME = 18;

    private static final int WIDEST_PHASE = 14;

    private final Page page;
    private final Words words;
    private final IdentifierNames names;
    private final List<Identifier> persona;
    private final FindingWords in;

    FindingsText(Page page, Words words, List<Identifier> persona) {
        this.page = page;
        this.words = words;
        this.persona = persona;
        this.in = new FindingWords(words);
        this.names = new IdentifierNames(words, persona);
    }

    // --- from recipients to lines ---

    void write(List<Finding> findings) {
        List<Recipient> recipients = new Recipients(persona).of(findings);
        List<Recipient> full = TextReport.head(recipients, RECIPIENTS);
        Columns columns = new Columns(full.stream().flatMap(r -> r.rows().stream()).toList());
        for (int i = 0; i < full.size(); i++) {
            if (i > 0) page.blank();
            heading(full.get(i));
            if (i == 0) columns.header();
            for (Row row : full.get(i).rows()) row(columns, row);
            sets(full.get(i));
        }
        if (recipients.size() <= RECIPIENTS) return;
        page.blank();
        page.line(MARGIN, bold(words.count("recipients.rest", recipients.size() - RECIPIENTS)));
        for (Recipient r : recipients.subList(RECIPIENTS, recipients.size())) {
            String what =
                    String.join(
                            ", ",
                            r.rows().stream().map(row -> names.of(row.identifiers())).toList());
            page.wrap(ROW, DETAIL, plain(r.destination().domain()), dim(Page.fixed(2) + what));
        }
    }

    private void heading(Recipient r) {
        Destination d = r.destination();
        String name = FindingWords.recipient(d);
        List<String> about = WhoText.about(d.category(), "", d.asn(), false, words);
        page.edges(MARGIN, bold(name), dim(String.join(" · ", about)));

        page.wrap(MARGIN, ROW, dim(in.hosts(r)));
        String where = WhoText.where(d, words);
        if (!where.isEmpty()) page.wrap(MARGIN, ROW, dim(where));
        page.blank();
    }

    private void row(Columns columns, Row row) {
        columns.write(row);
        List<Finding> shown = TextReport.head(row.findings(), row.personal() ? PLACES : FEW_PLACES);
        int rest = row.findings().size() - shown.size();
        boolean certaintyOnce = shown.stream().map(Finding::certainty).distinct().count() == 1;
        if (row.personal()) explained(row, shown, certaintyOnce);
        else
            page.wrap(
                    DETAIL,
                    DETAIL,
                    dim(String.join("; ", shown.stream().map(this::place).toList())));
        if (rest > 0) page.line(DETAIL, dim(words.count("places.more", rest)));
        if (certaintyOnce) certainty(shown);
    }

    /** Each explanation once, with all places it holds for. */
    private void explained(Row row, List<Finding> shown, boolean certaintyOnce) {
        Map<String, List<Finding>> explanations = new LinkedHashMap<>();
        for (Finding f : shown)
            explanations.computeIfAbsent(f.worst().explanation(), k -> new ArrayList<>()).add(f);
        int likewise = row.identifiers().size() - 1;
        explanations.forEach((explanation, of) -> {
            String text = cut(explanation);
            if (likewise > 0) text = words.count("likewise", likewise, text);
            if (!explanation.isEmpty()) page.wrap(DETAIL, DETAIL, plain(TextReport.sentence(text)));
            for (Finding f : of) {
                String times =
                        row.findings().size() > 1
                                ? " (" + words.count("times", f.sightings()) + ")"
                                : "";
                page.wrap(DETAIL, DETAIL + 2, dim(place(f) + times));
                String weak = f.worst().secured().weak();
                if (!weak.isEmpty())
                    page.wrap(
                            DETAIL,
                            DETAIL,
                            new Span(Style.DOUBT, words.get("protection.why", weak)));
                variants(f);
                if (!certaintyOnce) certainty(List.of(f));
            }
        });
    }

    /** Says how sure the findings are, which are all equally sure. */
    private void certainty(List<Finding> findings) {
        Certainty certainty = findings.getFirst().certainty();
        double accidental = findings.stream().mapToDouble(Finding::accidental).max().orElse(0);
        switch (certainty) {
            case CERTAIN -> {}
            case HIGH, MEDIUM, LOW ->
                    page.wrap(
                            DETAIL,
                            DETAIL,
                            new Span(
                                    Style.DOUBT,
                                    words.get(
                                            "certainty." + certainty,
                                            words.amounts().small(accidental))));
        }
    }

    private String place(Finding f) {
        return cut(f.place());
    }

    /** Ways of leaving the same place that a reader would tell apart, the worst one left out. */
    private void variants(Finding f) {
        Map<String, Long> others = new LinkedHashMap<>();
        for (Finding.Variant v : f.variants()) {
            String difference = in.difference(v, f.worst());
            if (!difference.isEmpty()) others.merge(difference, v.count(), Long::sum);
        }
        int shown = 0;
        for (Map.Entry<String, Long> e : others.entrySet()) {
            if (shown++ == VARIANTS) break;
            page.wrap(DETAIL, DETAIL + 2, dim(words.count("also", e.getValue(), e.getKey())));
        }
        if (others.size() > VARIANTS)
            page.line(DETAIL, dim(words.count("variants.more", others.size() - VARIANTS)));
    }

    /** Places and explanations hold paths and keys of the capture, which may be of any length. */
    private String cut(String s) {
        return Printable.cut(s, 3 * page.columns());
    }

    private void sets(Recipient r) {
        Map<String, Finding.SetShare> sets = new TreeMap<>();
        for (Finding f : r.findings()) f.set().ifPresent(s -> sets.putIfAbsent(s.of(), s));
        if (sets.isEmpty()) return;
        List<String> shares = new ArrayList<>();
        sets.values().forEach(s -> shares.add(in.set(s)));
        page.wrap(ROW, ROW, bold(String.join(" · ", shares)));
    }

    /** The columns right of the name, as wide as their widest cell in the whole section. */
    private final class Columns {

        private static final int GAP = 2;
        private static final int TIMES = 2;

        private final boolean phases;
        private final boolean consents;
        private final int[] widths;
        private final int name;

        Columns(List<Row> rows) {
            phases = rows.stream().anyMatch(r -> !r.worst().phase().isEmpty());
            consents = rows.stream().anyMatch(r -> r.worst().consented().isPresent());
            List<String> heads = heads();
            widths = new int[heads.size()];
            for (int i = 0; i < widths.length; i++) {
                int column = i;
                widths[i] = Printable.width(heads.get(i));
                for (Row r : rows)
                    widths[i] = Math.max(widths[column], cells(r).get(column).width());
            }
            int taken = 0;
            for (int width : widths) taken += width + GAP;
            name = page.columns() - ROW - taken;
        }

        private boolean isTable() {
            return name >= NARROWEST_NAME;
        }

        private List<String> heads() {
            List<String> heads = new ArrayList<>();
            heads.add(words.get("column.protection"));
            heads.add(words.get("column.disguise"));
            heads.add(words.get("column.times"));
            if (phases) heads.add(words.get("column.phase"));
            if (consents) heads.add(words.get("column.consent"));
            return heads;
        }

        private List<Span> cells(Row r) {
            Finding.Variant v = r.worst();
            boolean grave = r.personal();
            List<Span> cells = new ArrayList<>();
            Style protection =
                    !grave
                            ? Style.DIM
                            : v.secured().protection() == Protection.NONE
                                    ? Style.BAD
                                    : v.secured().weak().isEmpty() ? Style.PLAIN : Style.DOUBT;
            Style other = grave ? Style.PLAIN : Style.DIM;
            cells.add(new Span(protection, in.protection(v.secured())));
            cells.add(new Span(other, in.disguise(v)));
            cells.add(new Span(other, words.amounts().number(r.times())));
            if (phases) {
                cells.add(new Span(other, Printable.cut(Printable.of(in.phase(v)), WIDEST_PHASE)));
            }
            if (consents) {
                boolean without = v.consented().isPresent() && !v.consented().get();
                cells.add(
                        new Span(grave && without ? Style.BAD : other, in.consent(v.consented())));
            }
            return cells;
        }

        void header() {
            if (!isTable()) return;
            List<Span> heads = heads().stream().map(Page::dim).toList();
            line(List.of(dim(words.get("column.what"))), heads);
        }

        void write(Row row) {
            String what = names.of(row.identifiers());
            Span title = row.personal() ? bold(what) : dim(words.get("kind.not-personal", what));
            List<Span> cells = cells(row);
            if (!isTable()) {
                page.wrap(ROW, DETAIL, title);
                List<Span> stacked = new ArrayList<>();
                for (int i = 0; i < cells.size(); i++) {
                    Span cell = cells.get(i);
                    if (i > 0) stacked.add(plain(" · "));
                    // The other cells say what they are.
                    if (i == TIMES)
                        cell = new Span(cell.style(), words.count("times", row.times()));
                    if (consents && i == cells.size() - 1)
                        stacked.add(dim(words.get("column.consent") + " "));
                    stacked.add(cell);
                }
                page.wrap(DETAIL, DETAIL, stacked.toArray(Span[]::new));
                return;
            }
            List<List<Span>> lines = Page.broken(name, name - 2, title);
            line(lines.getFirst(), cells);
            for (List<Span> more : lines.subList(1, lines.size()))
                page.line(DETAIL, more.toArray(Span[]::new));
        }

        private void line(List<Span> title, List<Span> cells) {
            List<Span> line = new ArrayList<>(title);
            int used = title.stream().mapToInt(Span::width).sum();
            line.add(plain(" ".repeat(Math.max(0, name - used))));
            for (int i = 0; i < cells.size(); i++) {
                Span cell = cells.get(i);
                String pad = " ".repeat(widths[i] - cell.width());
                boolean number = i == TIMES;
                line.add(plain(" ".repeat(GAP) + (number ? pad : "")));
                line.add(cell);
                if (!number) line.add(plain(pad));
            }
            page.line(ROW, line.toArray(Span[]::new));
        }
    }
}
