package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Attribute;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Compared;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Status;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The comparison for a person: what became better or worse, in one sentence; the runs; then what is
 * new, changed, still there, fixed and not exercised. Reads as it stands in a report.
 */
public final class ComparisonText {
    private static final int MARGIN = 2;
    private static final int ROW = 4;
    private static final int DETAIL = 6;
    private static final int LABEL = 12;

    /** Places of one identifier that are shown. */
    private static final int PLACES = 6;

    private final Comparison comparison;
    private final Page page;
    private final Words words;
    private final ComparisonWords in;

    private ComparisonText(Comparison comparison, Page page, Words words) {
        this.comparison = comparison;
        this.page = page;
        this.words = words;
        this.in = new ComparisonWords(comparison, words);
    }

    public static void write(Comparison comparison, Appendable out, Look look) {
        ComparisonText text =
                new ComparisonText(comparison, new Page(out, look), Words.in(look.language()));
        text.headline();
        text.runs();
        new ComparisonMatrix(text.page, text.words, text.in.names()).write(comparison);
        for (Status status : Status.values()) text.section(status);
        text.others();
        text.doubts();
    }

    // --- the first lines ---

    private void headline() {
        String badge = words.get("compare." + comparison.outcome());
        Style style =
                switch (comparison.outcome()) {
                    case BETTER, SAME -> Style.GOOD_BADGE;
                    case WORSE -> Style.BAD_BADGE;
                    case UNDECIDED -> Style.DOUBT_BADGE;
                };
        int text = MARGIN + Printable.width(badge) + 3;
        page.blank();
        page.wrap(MARGIN, text, new Span(style, badge), plain(Page.fixed(3)), bold(in.summary()));
        page.blank();
    }

    private void runs() {
        List<Comparison.Stage> stages = comparison.stages();
        for (int i = 0; i < stages.size(); i++) {
            String label =
                    words.get(
                            i == stages.size() - 1
                                    ? "compare.after"
                                    : i == 0 ? "compare.before" : "compare.then");
            stage(label, stages.get(i));
        }
        comparison
                .baseline()
                .ifPresent(b ->
                        row(
                                words.get("compare.baseline"),
                                b.name()
                                        + " · "
                                        + words.count(
                                                "compare.subtracted",
                                                comparison.inBaseline().size())));
    }

    private void stage(String label, Comparison.Stage stage) {
        List<Compared> runs = stage.runs().stream().map(comparison.runs()::get).toList();
        Compared first = runs.getFirst();
        List<String> parts = new ArrayList<>();
        parts.add(stage.name());
        first.device().map(ComparisonWords::device).ifPresent(parts::add);
        if (runs.size() > 1)
            parts.add(
                    words.count("compare.runs", runs.size())
                            + " "
                            + words.count("compare.on", stage.handsets()));
        Duration observed =
                runs.stream().map(Compared::observed).reduce(Duration.ZERO, Duration::plus);
        parts.add(words.get("compare.observed", words.amounts().duration(observed)));
        parts.add(
                runs.stream()
                        .map(r -> words.get("outcome." + r.outcome()))
                        .distinct()
                        .collect(Collectors.joining(", ")));
        row(label, String.join(" · ", parts));
    }

    private void row(String label, String value) {
        page.wrap(MARGIN, MARGIN + LABEL, dim(Page.padded(label, LABEL)), plain(value));
    }

    // --- one status ---

    private void section(Status status) {
        List<Item> items = in.counting(status);
        if (items.isEmpty()) return;
        page.section(words.get("compare.section." + status));
        Optional<String> shared = ComparisonWords.shared(items);
        shared.ifPresent(why -> {
            page.wrap(MARGIN, MARGIN, plain(TextReport.sentence(why)));
        });
        if (status == Status.NOT_EXERCISED) missing(items);
        Map<String, List<Item>> byDomain = new LinkedHashMap<>();
        for (Item i : items)
            byDomain.computeIfAbsent(ComparisonWords.recipient(i), k -> new ArrayList<>()).add(i);
        boolean first = shared.isEmpty() && status != Status.NOT_EXERCISED;
        for (Map.Entry<String, List<Item>> e : byDomain.entrySet()) {
            if (!first) page.blank();
            first = false;
            page.wrap(MARGIN, ROW, bold(e.getKey()));
            domain(e.getValue(), shared.isPresent());
        }
    }

    private void missing(List<Item> items) {
        Set<String> common = new LinkedHashSet<>(items.getFirst().missing());
        items.forEach(i -> common.retainAll(i.missing()));
        for (String m : common) page.wrap(MARGIN, MARGIN + 2, plain("· " + TextReport.sentence(m)));
    }

    private void domain(List<Item> items, boolean whySaid) {
        Set<String> common = new LinkedHashSet<>(items.getFirst().missing());
        items.forEach(i -> common.retainAll(i.missing()));
        List<List<Item>> alike = in.alike(items);
        String last = "";
        String lastState = "";
        int shown = 0;
        for (List<Item> group : alike) {
            Item i = group.getFirst();
            String who = in.who(group);
            shown = who.equals(last) ? shown + 1 : 0;
            if (shown == PLACES) page.line(DETAIL, dim(words.get("compare.places.more")));
            if (shown >= PLACES) continue;
            String state = in.state(i);
            if (!who.equals(last))
                page.wrap(ROW, DETAIL, bold(who), plain(state.isEmpty() ? "" : ": " + state));
            else if (!state.isEmpty() && !state.equals(lastState))
                page.wrap(DETAIL, DETAIL, plain(state));
            last = who;
            lastState = state;
            in.seen(i).forEach(s -> page.wrap(DETAIL, DETAIL, plain(s)));
            changes(i);
            if (i.changes().stream().noneMatch(c -> c.attribute() == Attribute.PLACE))
                page.wrap(DETAIL, DETAIL + 2, dim(place(i)));
            if (!whySaid && ComparisonWords.says(i))
                page.wrap(DETAIL, DETAIL, plain(TextReport.sentence(i.why())));
            for (String m : i.missing())
                if (!common.contains(m))
                    page.wrap(DETAIL, DETAIL + 2, plain("· " + TextReport.sentence(m)));
        }
    }

    private String place(Item i) {
        return Printable.cut(i.place(), 3 * page.columns());
    }

    private void changes(Item i) {
        boolean codecs = i.changes().stream().anyMatch(c -> c.attribute() == Attribute.DISGUISE);
        for (Change c : i.changes()) {
            Style style =
                    switch (c.weight()) {
                        case BETTER -> Style.GOOD;
                        case WORSE -> Style.BAD;
                        case SAME, UNDECIDED -> Style.PLAIN;
                    };
            String label = words.get("compare.attribute." + c.attribute());
            String before = Printable.cut(in.value(c.attribute(), c.before()), 2 * page.columns());
            String after = Printable.cut(in.value(c.attribute(), c.after()), 2 * page.columns());
            page.wrap(
                    DETAIL,
                    DETAIL + LABEL + 2,
                    dim(Page.padded(label, LABEL)),
                    new Span(style, before + " → " + after),
                    plain(in.note(c, codecs)));
        }
    }

    // --- the rest ---

    /** What does not count: not personal, or received. */
    private void others() {
        List<String> others = in.others();
        if (others.isEmpty()) return;
        page.section(words.get("compare.section.others"));
        for (String line : others) page.wrap(MARGIN, ROW, plain(line));
    }

    private void doubts() {
        if (comparison.doubts().isEmpty()) return;
        page.section(words.get("compare.section.doubts"));
        for (String d : comparison.doubts())
            page.wrap(MARGIN, MARGIN + 2, plain("· " + TextReport.sentence(d)));
    }
}
