package dev.telltale.report;

import dev.telltale.model.Comparison;
import dev.telltale.model.Comparison.Attribute;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Item;
import dev.telltale.model.Comparison.Result;
import dev.telltale.model.Comparison.Status;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Protection;
import dev.telltale.model.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What all reports on a comparison say of it, in words. */
final class ComparisonWords {

    private final Comparison comparison;
    private final Words words;
    private final IdentifierNames names;
    private final Map<Identifier, Integer> ranks;

    ComparisonWords(Comparison comparison, Words words) {
        this.comparison = comparison;
        this.words = words;
        this.names = new IdentifierNames(words, comparison.identifiers());
        this.ranks = Recipients.ranks(comparison.identifiers());
    }

    IdentifierNames names() {
        return names;
    }

    String summary() {
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

    List<Item> counting(Status status) {
        return comparison.items().stream().filter(i -> i.counts() && i.status() == status).toList();
    }

    static String device(Run.Device d) {
        String name = (d.brand() + " " + d.model()).strip();
        return d.build().isEmpty() ? name : (name + ", build " + d.build()).strip();
    }

    /** What holds for all of them is said once. */
    static Optional<String> shared(List<Item> items) {
        Set<String> whys = items.stream().map(Item::why).collect(Collectors.toSet());
        Status status = items.getFirst().status();
        boolean said = status == Status.STILL || status == Status.CHANGED;
        return whys.size() == 1 && !said ? Optional.of(items.getFirst().why()) : Optional.empty();
    }

    static String recipient(Item i) {
        return i.company().isEmpty() ? i.domain() : i.company() + " · " + i.domain();
    }

    /** Identifiers that had the same done to them: one paragraph. */
    private record Alike(
            String kind,
            String domain,
            String company,
            String place,
            List<Change> changes,
            String state,
            List<String> seen) {}

    /** In the order in which they come. */
    List<List<Item>> alike(List<Item> items) {
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
        return List.copyOf(alike.values());
    }

    /** Who they are about, in the persona's order. */
    String who(List<Item> group) {
        return names.of(
                group.stream()
                        .map(Item::identifier)
                        .distinct()
                        .sorted(Comparator.comparingInt(this::order))
                        .toList());
    }

    int order(Identifier i) {
        return ranks.getOrDefault(i, -1);
    }

    static boolean says(Item i) {
        return switch (i.status()) {
            case NEW, FIXED, NOT_EXERCISED, MOVED -> true;
            case STILL, CHANGED -> i.why().contains(";");
        };
    }

    /** How it leaves now, or left when it was last seen; the changes say it where there are any. */
    String state(Item i) {
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
    List<String> seen(Item i) {
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

    String value(Attribute of, String value) {
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
            case PLACE, FORM, PHASE, HOST, COMPANY, SET -> value;
        };
    }

    /** What a change does not mean. */
    String note(Change c, boolean codecs) {
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

    /** What does not count, not personal or received: a line each. */
    List<String> others() {
        Map<String, Map<Status, Long>> groups = new LinkedHashMap<>();
        for (Item i : comparison.items()) {
            if (i.counts()) continue;
            String group =
                    words.get(
                            i.identifier().personal() ? "compare.received" : "compare.impersonal");
            groups.computeIfAbsent(group, k -> new LinkedHashMap<>())
                    .merge(i.status(), 1L, Long::sum);
        }
        List<String> lines = new ArrayList<>();
        groups.forEach((group, counts) ->
                lines.add(
                        group
                                + ": "
                                + Arrays.stream(Status.values())
                                        .filter(counts::containsKey)
                                        .map(s ->
                                                words.amounts().number(counts.getOrDefault(s, 0L))
                                                        + " "
                                                        + words.get("compare.status." + s))
                                        .collect(Collectors.joining(", "))
                                + "."));
        return lines;
    }
}
