package dev.telltale.report;

import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Attribute;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Compared;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Result;
import dev.telltale.model.Comparison.Seen;
import dev.telltale.model.Comparison.Status;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.report.HtmlPage.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The comparison as one HTML file: what became better or worse in one sentence, the runs, the
 * history at a glance, then status by status what it rests on.
 */
public final class HtmlComparison {

    private static final int STAGES = 12;
    private static final int ROWS = 120;
    private static final int GROUPS = 60;
    private static final int LINES = 20;
    private static final int DOMAINS = 40;

    private final Comparison comparison;
    private final Words words;
    private final Html html;
    private final ComparisonWords in;

    private final String note;

    private HtmlComparison(Comparison comparison, Words words, Html html, String note) {
        this.note = note;
        this.comparison = comparison;
        this.words = words;
        this.html = html;
        this.in = new ComparisonWords(comparison, words);
    }

    public static void write(Comparison comparison, Appendable out, Look look) {
        write(comparison, "", out, look);
    }

    /**
     * @param note what a reader must know before all else, or empty
     */
    public static void write(Comparison comparison, String note, Appendable out, Look look) {
        Words words = Words.in(look.language());
        new HtmlComparison(comparison, words, new Html(out), note).document();
    }

    private static final Section HISTORY = new Section("history", "compare.section.matrix");
    private static final Section READ = new Section("coverage", "section.coverage");
    private static final Section OTHERS = new Section("others", "compare.section.others");
    private static final Section DOUBTS = new Section("doubts", "compare.section.doubts");

    private static Section section(Status status) {
        return new Section(JsonOut.lower(status), "compare.section." + status);
    }

    private void document() {
        List<Status> statuses =
                Arrays.stream(Status.values()).filter(s -> !in.counting(s).isEmpty()).toList();
        List<Section> sections = new ArrayList<>();
        if (!statuses.isEmpty()) sections.add(HISTORY);
        statuses.forEach(s -> sections.add(section(s)));
        if (!comparison.coverage().isEmpty()) sections.add(READ);
        if (comparison.items().stream().anyMatch(i -> !i.counts())) sections.add(OTHERS);
        if (!comparison.doubts().isEmpty()) sections.add(DOUBTS);

        HtmlPage.begin(html, words, words.get("compare." + comparison.outcome()) + " · " + title());
        html.open("main", "id", "main");
        summary();
        HtmlPage.contents(html, words, sections);
        for (Section s : sections) {
            HtmlPage.section(html, words, s);
            if (s == HISTORY) history();
            else if (s == READ) coverage();
            else if (s == OTHERS) others();
            else if (s == DOUBTS) sentences(comparison.doubts());
            else
                statuses.stream().filter(status -> section(status).equals(s)).forEach(this::status);
            html.close();
        }
        html.close();
        HtmlPage.end(html, words, "");
    }

    private String title() {
        List<String> names = comparison.stages().stream().map(Comparison.Stage::name).toList();
        return String.join(" → ", TextReport.head(names, STAGES));
    }

    // --- the first page ---

    private void summary() {
        html.open("header", "class", "summary");
        html.open("div", "class", "brand").leaf("span", "Telltale", "class", "mark");
        html.leaf("span", words.get("html.brand.compare")).close();
        HtmlPage.note(html, words, note);
        html.open("p", "class", "device").leaf("b", title()).close();
        html.open("h1");
        html.leaf(
                "span",
                words.get("compare." + comparison.outcome()),
                "class",
                "badge " + tone(comparison.outcome()));
        html.text(" ").leaf("span", in.summary()).close();
        html.open("dl", "class", "figures");
        for (Status s : Status.values()) {
            long n = in.counting(s).stream().map(i -> i.identifier().id()).distinct().count();
            if (n == 0) continue;
            html.open("div").leaf("dt", words.get("compare.section." + s));
            html.leaf("dd", words.amounts().number(n), "class", "number " + tone(s)).close();
        }
        html.close();
        runs();
        html.close();
    }

    private static String tone(Result result) {
        return switch (result) {
            case BETTER, SAME -> "good";
            case WORSE -> "bad";
            case UNDECIDED -> "doubt";
        };
    }

    private static String tone(Status status) {
        return switch (status) {
            case NEW -> "bad";
            case NOT_EXERCISED -> "doubt";
            case FIXED -> "good";
            case MOVED, CHANGED, STILL -> "";
        };
    }

    private void runs() {
        HtmlPage.table(html, words.get("html.compare.runs"), "runs");
        List<String> heads = new ArrayList<>();
        for (String c : List.of("stage", "device", "runs", "observed", "outcome"))
            heads.add(words.get("column." + c));
        HtmlPage.head(html, heads);
        html.open("tbody");
        for (Comparison.Stage s : comparison.stages()) {
            List<Compared> runs = s.runs().stream().map(comparison.runs()::get).toList();
            Duration observed =
                    runs.stream().map(Compared::observed).reduce(Duration.ZERO, Duration::plus);
            html.open("tr").leaf("th", s.name(), "scope", "row");
            html.leaf("td", runs.getFirst().device().map(ComparisonWords::device).orElse("–"));
            html.leaf(
                    "td",
                    words.count("compare.runs", runs.size())
                            + (s.handsets() > 1
                                    ? " " + words.count("compare.on", s.handsets())
                                    : ""));
            html.leaf("td", words.amounts().duration(observed)).open("td");
            Set<Outcome> outcomes =
                    runs.stream()
                            .map(Compared::outcome)
                            .collect(Collectors.toCollection(LinkedHashSet::new));
            for (Outcome o : outcomes)
                html.leaf(
                        "span",
                        words.get("outcome." + o) + " ",
                        "class",
                        "word " + HtmlReport.tone(o));
            html.close().close();
        }
        html.close().close().close();
        comparison
                .baseline()
                .ifPresent(b ->
                        html.leaf(
                                "p",
                                words.get("compare.baseline")
                                        + ": "
                                        + b.name()
                                        + " · "
                                        + words.count(
                                                "compare.subtracted",
                                                comparison.inBaseline().size()),
                                "class",
                                "note"));
    }

    // --- the history at a glance ---

    private record Row(Identifier identifier, String recipient) {}

    private void history() {
        int stages = Math.min(STAGES, comparison.stages().size());
        int first = comparison.stages().size() - stages;
        Map<Row, List<Item>> rows = new LinkedHashMap<>();
        comparison.items().stream()
                .filter(Item::counts)
                .sorted(
                        Comparator.comparing(ComparisonWords::recipient)
                                .thenComparing(i -> in.order(i.identifier())))
                .forEach(i ->
                        rows.computeIfAbsent(
                                        new Row(i.identifier(), ComparisonWords.recipient(i)),
                                        k -> new ArrayList<>())
                                .add(i));
        HtmlPage.table(html, words.get("compare.section.matrix"), "matrix");
        List<String> heads = new ArrayList<>();
        heads.add(words.get("column.identifier"));
        heads.add(words.get("column.recipient"));
        for (int s = 0; s < stages; s++) heads.add(comparison.stages().get(first + s).name());
        HtmlPage.head(html, heads);
        html.open("tbody");
        int shown = 0;
        for (Map.Entry<Row, List<Item>> e : rows.entrySet()) {
            if (shown++ == ROWS) break;
            html.open("tr").leaf("th", in.names().one(e.getKey().identifier()), "scope", "row");
            html.leaf("td", e.getKey().recipient());
            for (int s = 0; s < stages; s++) cell(e.getValue(), first + s);
            html.close();
        }
        html.close().close().close();
        html.leaf("p", words.get("html.compare.legend"), "class", "note");
        if (rows.size() > ROWS)
            html.leaf(
                    "p",
                    words.get("more", words.amounts().number(rows.size() - ROWS)),
                    "class",
                    "note");
    }

    private void cell(List<Item> items, int stage) {
        Optional<Finding> worst =
                items.stream()
                        .flatMap(i ->
                                comparison.stages().get(stage).runs().stream()
                                        .flatMap(r -> i.findings().get(r).stream()))
                        .min(Comparator.comparing(Finding::worst, Recipients.WORST));
        if (worst.isPresent()) {
            Finding.Variant v = worst.get().worst();
            html.open("td", "class", HtmlReport.tone(v));
            html.leaf("b", new FindingWords(words).protection(v.secured()));
            v.consented()
                    .ifPresent(c ->
                            html.leaf("span", words.get(c ? "compare.with" : "compare.without")));
            html.close();
            return;
        }
        boolean exercised = items.stream().map(i -> i.seen().get(stage)).allMatch(Seen::exercised);
        boolean earlier =
                items.stream()
                        .anyMatch(i ->
                                i.seen().subList(0, stage).stream().anyMatch(x -> x.runs() > 0));
        boolean open = earlier && !exercised;
        html.open("td", "class", open ? "doubt" : "none");
        html.leaf(open ? "b" : "span", words.get(open ? "html.not-exercised" : "html.not-seen"));
        html.close();
    }

    // --- one status ---

    private void status(Status status) {
        List<Item> items = in.counting(status);
        Optional<String> shared = ComparisonWords.shared(items);
        shared.ifPresent(why -> HtmlPage.own(html, words, "p", TextReport.sentence(why)));
        Set<String> common = new LinkedHashSet<>(items.getFirst().missing());
        items.forEach(i -> common.retainAll(i.missing()));
        if (status == Status.NOT_EXERCISED && !common.isEmpty()) sentences(List.copyOf(common));
        Map<String, List<Item>> byRecipient = new LinkedHashMap<>();
        for (Item i : items)
            byRecipient
                    .computeIfAbsent(ComparisonWords.recipient(i), k -> new ArrayList<>())
                    .add(i);
        int shown = 0;
        for (Map.Entry<String, List<Item>> e : byRecipient.entrySet()) {
            if (shown >= GROUPS) break;
            html.open("section", "class", "recipient").leaf("h3", e.getKey());
            for (List<Item> group : in.alike(e.getValue())) {
                if (shown++ >= GROUPS) break;
                group(group, shared.isPresent(), common);
            }
            html.close();
        }
        if (shown >= GROUPS) html.leaf("p", words.get("html.compare.cut"), "class", "note");
    }

    private void group(List<Item> group, boolean whySaid, Set<String> common) {
        Item i = group.getFirst();
        html.open("article", "class", "finding").leaf("h4", in.who(group));
        String state = in.state(i);
        if (!state.isEmpty()) html.leaf("p", TextReport.sentence(state));
        for (String seen : TextReport.head(in.seen(i), LINES))
            html.leaf("p", seen, "class", "meta");
        changes(i);
        if (i.changes().stream().noneMatch(c -> c.attribute() == Attribute.PLACE))
            html.open("p").leaf("code", cut(i.place())).close();
        if (!whySaid && ComparisonWords.says(i))
            HtmlPage.own(html, words, "p", TextReport.sentence(i.why()), "class", "meta");
        List<String> missing = i.missing().stream().filter(m -> !common.contains(m)).toList();
        if (!missing.isEmpty()) sentences(missing);
        html.close();
    }

    private void changes(Item i) {
        if (i.changes().isEmpty()) return;
        boolean codecs = i.changes().stream().anyMatch(c -> c.attribute() == Attribute.DISGUISE);
        html.open("ul", "class", "changes");
        for (Change c : i.changes()) {
            String tone =
                    switch (c.weight()) {
                        case BETTER -> "good";
                        case WORSE -> "bad";
                        case SAME, UNDECIDED -> "";
                    };
            html.open("li").leaf("span", words.get("compare.attribute." + c.attribute()));
            html.text(" ");
            html.leaf(
                    "b",
                    cut(in.value(c.attribute(), c.before()))
                            + " → "
                            + cut(in.value(c.attribute(), c.after())),
                    "class",
                    tone);
            html.leaf("span", in.note(c, codecs), "class", "dim").close();
        }
        html.close();
    }

    private static String cut(String s) {
        return Printable.cut(Printable.of(s), 300);
    }

    private void sentences(List<String> all) {
        html.open("ul", "class", "plain");
        for (String s : TextReport.head(all, LINES))
            HtmlPage.own(html, words, "li", TextReport.sentence(s));
        html.close();
        if (all.size() > LINES)
            html.leaf(
                    "p",
                    words.get("more", words.amounts().number(all.size() - LINES)),
                    "class",
                    "note");
    }

    // --- the rest ---

    private void coverage() {
        HtmlPage.table(html, words.get("section.coverage"), "hosts");
        List<String> heads = new ArrayList<>();
        for (String c : List.of("recipient", "before", "after"))
            heads.add(words.get("column." + c));
        HtmlPage.head(html, heads);
        html.open("tbody");
        for (Comparison.CoverageChange c : TextReport.head(comparison.coverage(), DOMAINS)) {
            html.open("tr").leaf("th", c.domain(), "scope", "row");
            html.leaf("td", share(c.before())).leaf("td", share(c.after())).close();
        }
        html.close().close().close();
        if (comparison.coverage().size() > DOMAINS)
            html.leaf(
                    "p",
                    words.get(
                            "more", words.amounts().number(comparison.coverage().size() - DOMAINS)),
                    "class",
                    "note");
    }

    private String share(Coverage.Sums s) {
        return s.bytes() == 0
                ? "–"
                : words.get(
                        "html.compare.read",
                        words.amounts().percent(s.readable(), s.bytes()),
                        words.amounts().bytes(s.bytes()));
    }

    private void others() {
        html.open("ul", "class", "plain");
        in.others().forEach(line -> html.leaf("li", line));
        html.close();
    }
}
