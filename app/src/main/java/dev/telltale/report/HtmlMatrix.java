package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.report.Recipients.Recipient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who got what: identifiers down, recipients across, the worst way of leaving in each cell. */
final class HtmlMatrix {

    private static final int COLUMNS = 10;
    private static final int ROWS = 60;

    private final Audit audit;
    private final Words words;
    private final Html html;

    HtmlMatrix(Audit audit, Words words, Html html) {
        this.audit = audit;
        this.words = words;
        this.html = html;
    }

    private record Cell(Identifier identifier, String domain) {}

    void write() {
        List<Identifier> known = audit.persona().identifiers();
        List<Finding> sent =
                audit.findings().stream().filter(f -> f.direction() == Direction.SENT).toList();
        List<Recipient> recipients = new Recipients(known).of(sent);
        List<Recipient> across = TextReport.head(recipients, COLUMNS);
        Map<Identifier, Integer> ranks = Recipients.ranks(known);
        List<Identifier> got =
                sent.stream()
                        .map(Finding::identifier)
                        .distinct()
                        .sorted(
                                Comparator.comparing((Identifier i) -> !i.personal())
                                        .thenComparingInt(i -> ranks.getOrDefault(i, -1)))
                        .toList();
        Map<Cell, Finding> cells = new HashMap<>();
        for (Finding f : sent)
            cells.merge(
                    new Cell(f.identifier(), f.destination().domain()),
                    f,
                    (a, b) -> Recipients.WORST.compare(a.worst(), b.worst()) <= 0 ? a : b);

        IdentifierNames names = new IdentifierNames(words, known);
        HtmlPage.table(html, words.get("html.section.matrix"), "matrix");
        List<String> heads = new ArrayList<>(List.of(words.get("column.identifier")));
        for (Recipient r : across) heads.add(name(r.destination()));
        HtmlPage.head(html, heads);
        html.open("tbody");
        for (Identifier i : TextReport.head(got, ROWS)) {
            html.open("tr");
            String name = names.one(i);
            html.leaf(
                    "th",
                    i.personal() ? name : words.get("kind.not-personal", name),
                    "scope",
                    "row",
                    "class",
                    i.personal() ? "" : "dim");
            for (Recipient r : across)
                cell(i, Optional.ofNullable(cells.get(new Cell(i, r.destination().domain()))));
            html.close();
        }
        html.close().close().close();
        notes(known, got, recipients.size());
    }

    private static String name(Destination d) {
        return d.company().isEmpty() ? d.domain() : d.company() + " " + d.domain();
    }

    private void cell(Identifier i, Optional<Finding> f) {
        if (f.isEmpty()) {
            html.open("td", "class", "none").leaf("span", "–", "aria-hidden", "true");
            html.leaf("span", words.get("html.not-seen"), "class", "sr").close();
            return;
        }
        Finding.Variant v = f.get().worst();
        FindingWords in = new FindingWords(words);
        html.open("td", "class", i.personal() ? HtmlReport.tone(v) : "dim");
        html.leaf("b", in.protection(v.secured()));
        List<String> more = new ArrayList<>();
        if (v.disguise() != Disguise.PLAIN) more.add(in.disguise(v));
        v.consented().ifPresent(c -> more.add(words.get(c ? "compare.with" : "compare.without")));
        for (String m : more) html.leaf("span", m);
        html.close();
    }

    private void notes(List<Identifier> known, List<Identifier> got, int recipients) {
        List<String> notes = new ArrayList<>();
        Set<Identifier> seen = new HashSet<>(got);
        long quiet = known.stream().filter(i -> !seen.contains(i)).count();
        if (quiet > 0) notes.add(words.count("html.matrix.quiet", quiet));
        if (got.size() > ROWS) notes.add(words.count("html.matrix.rows", got.size() - ROWS));
        if (recipients > COLUMNS)
            notes.add(words.count("html.matrix.columns", recipients - COLUMNS));
        for (String note : notes) html.leaf("p", note, "class", "note");
    }
}
