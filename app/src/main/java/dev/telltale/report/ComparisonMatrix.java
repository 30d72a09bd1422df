package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Seen;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Protection;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A history at a glance: who got what in which build; for three stages or more. */
final class ComparisonMatrix {
    private static final int MARGIN = 2;
    private static final int GAP = 2;
    private static final int WIDEST = 18;

    private final Page page;
    private final Words words;
    private final IdentifierNames names;

    ComparisonMatrix(Page page, Words words, IdentifierNames names) {
        this.page = page;
        this.words = words;
        this.names = names;
    }

    private record Row(Identifier identifier, String recipient) {}

    void write(Comparison c) {
        int stages = c.stages().size();
        if (stages < 3) return;
        Map<Row, List<Item>> rows = new LinkedHashMap<>();
        c.items().stream()
                .filter(Item::counts)
                .sorted(
                        Comparator.comparing(ComparisonMatrix::recipient)
                                .thenComparing(i -> c.identifiers().indexOf(i.identifier())))
                .forEach(i ->
                        rows.computeIfAbsent(
                                        new Row(i.identifier(), recipient(i)),
                                        k -> new ArrayList<>())
                                .add(i));
        if (rows.isEmpty()) return;
        page.section(words.get("compare.section.matrix"));
        int width = Math.min(WIDEST, Math.max(8, (page.columns() - 30) / stages - GAP));
        int name = Math.max(12, page.columns() - MARGIN - stages * (width + GAP));
        List<Span> head = new ArrayList<>(List.of(plain(Page.fixed(name))));
        for (Comparison.Stage s : c.stages()) head.add(dim(cell(s.name(), width)));
        page.line(MARGIN, head.toArray(Span[]::new));
        String last = "";
        for (Map.Entry<Row, List<Item>> e : rows.entrySet()) {
            if (!e.getKey().recipient().equals(last))
                page.line(MARGIN, bold(Printable.cut(e.getKey().recipient(), page.columns() - 2)));
            last = e.getKey().recipient();
            List<Span> line = new ArrayList<>();
            String who = Printable.cut(names.one(e.getKey().identifier()), name - 3);
            line.add(plain(Page.padded(Page.fixed(2) + who, name)));
            for (int s = 0; s < stages; s++) line.add(cell(c, e.getValue(), s, width));
            page.line(MARGIN, line.toArray(Span[]::new));
        }
        page.blank();
        page.wrap(MARGIN, MARGIN, dim(words.get("compare.matrix.legend")));
    }

    private static String recipient(Item i) {
        return i.company().isEmpty() ? i.domain() : i.company();
    }

    private Span cell(Comparison c, List<Item> items, int stage, int width) {
        Optional<Finding> worst =
                items.stream()
                        .flatMap(i ->
                                c.stages().get(stage).runs().stream()
                                        .flatMap(r -> i.findings().get(r).stream()))
                        .min(Comparator.comparing(Finding::worst, Recipients.WORST));
        if (worst.isPresent()) {
            Finding.Variant v = worst.get().worst();
            boolean bare = v.secured().protection() == Protection.NONE;
            String text =
                    (bare
                                    ? words.get("compare.bare")
                                    : words.get("protection." + v.secured().protection()))
                            + v.consented()
                                    .map(x -> x ? " " + words.get("compare.opted-in") : "")
                                    .orElse("");
            return new Span(bare ? Style.BAD : Style.PLAIN, cell(text, width));
        }
        boolean exercised = items.stream().map(i -> i.seen().get(stage)).allMatch(Seen::exercised);
        boolean earlier =
                items.stream()
                        .anyMatch(i ->
                                i.seen().subList(0, stage).stream().anyMatch(x -> x.runs() > 0));
        return earlier && !exercised
                ? new Span(Style.DOUBT, cell("?", width))
                : dim(cell("–", width));
    }

    private static String cell(String text, int width) {
        return Page.padded(Printable.cut(text, width), width + GAP);
    }
}
