package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Attribute;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Compared;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Result;
import dev.telltale.model.Comparison.Status;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Protection;
import dev.telltale.model.Run;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
    private final IdentifierNames names;

    private ComparisonText(Comparison comparison, Page page, Words words) {
        this.comparison = comparison;
        this.page = page;
        this.words = words;
        this.names = new IdentifierNames(words, comparison.identifiers());
    }

    public static void write(Comparison comparison, Appendable out, Look look) {
        ComparisonText text = new ComparisonText(comparison, new Page(out, look), Words.in(look.language()));
        text.headline();
        text.runs();
        new ComparisonMatrix(text.page, text.words, text.names).write(comparison);
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
        page.wrap(MARGIN, text, new Span(style, badge), plain(Page.fixed(3)), bold(summary()));
        page.blank();
    }

    private String summary() {
        List<String> parts = new ArrayList<>();
        for (Status status : Status.values()) {
            List<Item> items = counting(status);
            if (items.isEmpty()) continue;
            long identifiers = items.stream().map(i -> i.identifier().id()).distinct().count();
            parts.add(words.count("compare.count." + status, identifiers));
        }
        if (parts.isEmpty())
            return words.get(
                    comparison.doubts().isEmpty() ? "compare.none" : "compare.none.doubted");
        return words.list(parts) + ".";
    }

    private List<Item> counting(Status status) {
        return comparison.items().stream().filter(i -> i.counts() && i.status() == status).toList();
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
        first.device().map(ComparisonText::device).ifPresent(parts::add);
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

    private static String device(Run.Device d) {
        String name = (d.brand() + " " + d.model()).strip();
        return d.build().isEmpty() ? name : (name + ", build " + d.build()).strip();
    }

    private void row(String label, String value) {
        page.wrap(MARGIN, MARGIN + LABEL, dim(Page.padded(label, LABEL)), plain(value));
    }

    // --- one status ---

    /** Identifiers that had the same done to them: one paragraph. */
    private record Alike(
            String kind,
            String domain,
            String company,
            String place,
            List<Change> changes,
            String state,
            List<String> seen) {}

    private void section(Status status) {
        List<Item> items = counting(status);
        if (items.isEmpty()) return;
        page.section(words.get("compare.section." + status));
        Optional<String> shared = shared(items);
        shared.ifPresent(why -> {
            page.wrap(MARGIN, MARGIN, plain(TextReport.sentence(why)));
        });
        if (status == Status.NOT_EXERCISED) missing(items);
        Map<String, List<Item>> byDomain = new LinkedHashMap<>();
        for (Item i : items) byDomain.computeIfAbsent(recipient(i), k -> new ArrayList<>()).add(i);
        boolean first = shared.isEmpty() && status != Status.NOT_EXERCISED;
        for (Map.Entry<String, List<Item>> e : byDomain.entrySet()) {
            if (!first) page.blank();
            first = false;
            page.wrap(MARGIN, ROW, bold(e.getKey()));
            domain(e.getValue(), shared.isPresent());
        }
    }

    /** What holds for all of them is said once. */
    private static Optional<String> shared(List<Item> items) {
        Set<String> whys = items.stream().map(Item::why).collect(Collectors.toSet());
        Status status = items.getFirst().status();
        boolean said = status == Status.STILL || status == Status.CHANGED;
        return whys.size() == 1 && !said ? Optional.of(items.getFirst().why()) : Optional.empty();
    }

    private void missing(List<Item> items) {
        Set<String> common = new LinkedHashSet<>(items.getFirst().missing());
        items.forEach(i -> common.retainAll(i.missing()));
        for (String m : common) page.wrap(MARGIN, MARGIN + 2, plain("· " + TextReport.sentence(m)));
    }

    private String recipient(Item i) {
        return i.company().isEmpty() ? i.domain() : i.company() + " · " + i.domain();
    }

    private void domain(List<Item> items, boolean whySaid) {
        Set<String> common = new LinkedHashSet<>(items.getFirst().missing());
        items.forEach(i -> common.retainAll(i.missing()));
        Map<Alike, List<Item>> alike = new LinkedHashMap<>();
        for (Item i : items)
            alike.computeIfAbsent(
                            new Alike(
                                    i.identifier().kind().equals("custom")
                                            ? i.identifier().id()
                                            : i.identifier().kind(),
                                    i.domain(),
                                    i.company(),
                                    i.place(),
                                    i.changes(),
                                    state(i),
                                    seen(i)),
                            k -> new ArrayList<>())
                    .add(i);
        String last = "";
        String lastState = "";
        int shown = 0;
        for (List<Item> group : alike.values()) {
            Item i = group.getFirst();
            String who =
                    names.of(
                            group.stream()
                                    .map(Item::identifier)
                                    .distinct()
                                    .sorted(java.util.Comparator.comparingInt(this::order))
                                    .toList());
            shown = who.equals(last) ? shown + 1 : 0;
            if (shown == PLACES) page.line(DETAIL, dim(words.get("compare.places.more")));
            if (shown >= PLACES) continue;
            String state = state(i);
            if (!who.equals(last))
                page.wrap(ROW, DETAIL, bold(who), plain(state.isEmpty() ? "" : ": " + state));
            else if (!state.isEmpty() && !state.equals(lastState))
                page.wrap(DETAIL, DETAIL, plain(state));
            last = who;
            lastState = state;
            seen(i).forEach(s -> page.wrap(DETAIL, DETAIL, plain(s)));
            changes(i);
            if (i.changes().stream().noneMatch(c -> c.attribute() == Attribute.PLACE))
                page.wrap(DETAIL, DETAIL + 2, dim(place(i)));
            if (!whySaid && says(i)) page.wrap(DETAIL, DETAIL, plain(TextReport.sentence(i.why())));
            for (String m : i.missing())
                if (!common.contains(m))
                    page.wrap(DETAIL, DETAIL + 2, plain("· " + TextReport.sentence(m)));
        }
    }

    private int order(Identifier i) {
        return comparison.identifiers().indexOf(i);
    }

    private static boolean says(Item i) {
        return switch (i.status()) {
            case NEW, FIXED, NOT_EXERCISED, MOVED -> true;
            case STILL, CHANGED -> i.why().contains(";");
        };
    }

    private String place(Item i) {
        return Printable.cut(i.place(), 3 * page.columns());
    }

    /** How it leaves now, or left when it was last seen; the changes say it where there are any. */
    private String state(Item i) {
        if (!i.changes().isEmpty()) return "";
        Optional<Finding> f =
                i.findings().reversed().stream().flatMap(Optional::stream).findFirst();
        if (f.isEmpty()) return "";
        Finding.Variant v = f.get().worst();
        List<String> parts = new ArrayList<>();
        parts.add(
                v.secured().protection() == Protection.NONE
                        ? words.get("protection.NONE")
                        : words.get("protection." + v.secured().protection()));
        parts.add(words.get("disguise." + v.disguise()));
        v.consented().ifPresent(c -> parts.add(words.get(c ? "compare.with" : "compare.without")));
        f.get().set().ifPresent(s -> parts.add(new FindingWords(words).set(s)));
        return String.join(", ", parts);
    }

    /** How often, where a stage has repeats. */
    private List<String> seen(Item i) {
        List<String> lines = new ArrayList<>();
        for (int s = 0; s < i.seen().size(); s++) {
            Comparison.Seen seen = i.seen().get(s);
            if (seen.of() < 2) continue;
            lines.add(
                    words.get(
                            seen.ofHandsets() > 1 ? "compare.seen.handsets" : "compare.seen",
                            comparison.stages().get(s).name(),
                            words.amounts().number(seen.runs()),
                            words.amounts().number(seen.of()),
                            words.amounts().number(seen.handsets()),
                            words.amounts().number(seen.ofHandsets())));
        }
        return lines;
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
            String before = value(c.attribute(), c.before());
            String after = value(c.attribute(), c.after());
            page.wrap(
                    DETAIL,
                    DETAIL + LABEL + 2,
                    dim(Page.padded(label, LABEL)),
                    new Span(style, before + " → " + after),
                    plain(note(c, codecs)));
        }
    }

    private String value(Attribute of, String value) {
        if (value.isEmpty()) return words.get("compare.unknown");
        return switch (of) {
            case PROTECTION -> {
                int space = value.indexOf(' ');
                String name = space < 0 ? value : value.substring(0, space);
                yield words.get("protection." + name) + value.substring(name.length());
            }
            case DISGUISE -> words.get("disguise." + value);
            case CONSENTED ->
                    words.get(value.equals("unknown") ? "consent.unknown" : "consent." + value);
            case COUNTRY -> value.equals("anycast") ? words.get("anycast") : words.country(value);
            case PLACE, FORM, PHASE, HOST, COMPANY, SET -> Printable.cut(value, 2 * page.columns());
        };
    }

    /** What a change does not mean. */
    private String note(Change c, boolean codecs) {
        boolean same = c.weight() == Result.SAME;
        String key =
                switch (c.attribute()) {
                    case DISGUISE ->
                            same && c.after().equals("ENCODED")
                                    ? "compare.note.encoded"
                                    : same && c.after().equals("HASHED")
                                            ? "compare.note.hashed"
                                            : "";
                    case CONSENTED ->
                            c.weight() == Result.BETTER
                                    ? "compare.note.opt-in"
                                    : c.weight() == Result.WORSE ? "compare.note.no-opt-in" : "";
                    case COUNTRY -> "compare.note.country";
                    default -> "";
                };
        return key.isEmpty() ? "" : " (" + words.get(key) + ")";
    }

    // --- the rest ---

    /** What does not count: not personal, or received. */
    private void others() {
        Map<String, Map<Status, Long>> groups = new LinkedHashMap<>();
        for (Item i : comparison.items()) {
            if (i.counts()) continue;
            String group =
                    words.get(
                            i.identifier().personal() ? "compare.received" : "compare.impersonal");
            groups.computeIfAbsent(group, k -> new LinkedHashMap<>())
                    .merge(i.status(), 1L, Long::sum);
        }
        if (groups.isEmpty()) return;
        page.section(words.get("compare.section.others"));
        groups.forEach((group, counts) ->
                page.wrap(
                        MARGIN,
                        ROW,
                        plain(
                                group
                                        + ": "
                                        + Arrays.stream(Status.values())
                                                .filter(counts::containsKey)
                                                .map(s ->
                                                        words.amounts().number(counts.getOrDefault(s, 0L))
                                                                + " "
                                                                + words.get("compare.status." + s))
                                                .collect(Collectors.joining(", "))
                                        + ".")));
    }

    private void doubts() {
        if (comparison.doubts().isEmpty()) return;
        page.section(words.get("compare.section.doubts"));
        for (String d : comparison.doubts())
            page.wrap(MARGIN, MARGIN + 2, plain("· " + TextReport.sentence(d)));
    }
}
