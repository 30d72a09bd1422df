package dev.telltale.compare;

import dev.telltale.model.Comparison.Attribute;
import dev.telltale.model.Comparison.Change;
import dev.telltale.model.Comparison.Result;
import dev.telltale.model.Finding;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** In what two findings of one identifier differ, and what that means for the owner. */
final class Changes {
    /** Decoders that take structure apart and dress nothing. */
    private static final Set<String> STRUCTURE =
            Set.of("json", "form", "multipart", "percent", "text", "xml", "entities", "mime");

    private Changes() {}

    static List<Change> between(Finding before, Finding after) {
        List<Change> changes = new ArrayList<>();
        Finding.Variant b = before.worst();
        Finding.Variant a = after.worst();
        String kind = after.identifier().kind();
        add(changes, Attribute.PLACE, before.place(), after.place(), Result.SAME);
        add(
                changes,
                Attribute.PROTECTION,
                protection(b.secured()),
                protection(a.secured()),
                weight(Severity.protection(b.secured()), Severity.protection(a.secured())));
        add(
                changes,
                Attribute.DISGUISE,
                b.disguise().name(),
                a.disguise().name(),
                weight(
                        Severity.disguise(kind, b.disguise()),
                        Severity.disguise(kind, a.disguise())));
        add(changes, Attribute.FORM, form(b), form(a), Result.SAME);
        add(
                changes,
                Attribute.CONSENTED,
                consented(b),
                consented(a),
                b.consented().isPresent() && a.consented().isPresent()
                        ? weight(Severity.consent(b), Severity.consent(a))
                        : Result.SAME);
        add(
                changes,
                Attribute.PHASE,
                all(before, Finding.Variant::phase),
                all(after, Finding.Variant::phase),
                Result.SAME);
        add(
                changes,
                Attribute.HOST,
                all(before, Finding.Variant::host),
                all(after, Finding.Variant::host),
                Result.SAME);
        add(changes, Attribute.COUNTRY, country(before), country(after), Result.SAME);
        add(
                changes,
                Attribute.COMPANY,
                before.destination().company(),
                after.destination().company(),
                Result.SAME);
        add(changes, Attribute.SET, set(before), set(after), setWeight(before, after));
        return List.copyOf(changes);
    }

    private static void add(
            List<Change> changes, Attribute of, String before, String after, Result weight) {
        if (!before.equals(after)) changes.add(new Change(of, before, after, weight));
    }

    private static Result weight(int before, int after) {
        return before == after ? Result.SAME : before < after ? Result.BETTER : Result.WORSE;
    }

    /** Worst first: one change for the worse is not made good by another. */
    static Result worst(List<Change> changes) {
        if (changes.stream().anyMatch(c -> c.weight() == Result.WORSE)) return Result.WORSE;
        return changes.stream().anyMatch(c -> c.weight() == Result.BETTER)
                ? Result.BETTER
                : Result.SAME;
    }

    private static String protection(Secured s) {
        if (s.protection() == Protection.NONE || s.weak().isEmpty()) return s.protection().name();
        return s.protection().name() + " (weak: " + s.weak() + ")";
    }

    /** What matched, and what it was wrapped in: {@code 15 digits, inside gzip in base64}. */
    static String form(Finding.Variant v) {
        List<String> codecs = v.chain().stream().filter(c -> !STRUCTURE.contains(c)).toList();
        return codecs.isEmpty()
                ? v.form()
                : v.form() + ", inside " + String.join(" in ", codecs.reversed());
    }

    private static String consented(Finding.Variant v) {
        return v.consented().map(c -> c ? "true" : "false").orElse("unknown");
    }

    private static String all(Finding f, Function<Finding.Variant, String> what) {
        return f.variants().stream()
                .map(what)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String country(Finding f) {
        return f.destination().anycast() ? "anycast" : f.destination().country();
    }

    private static String set(Finding f) {
        return f.set().map(s -> s.sent() + " of " + s.known() + " " + s.of()).orElse("");
    }

    private static Result setWeight(Finding before, Finding after) {
        if (before.set().isEmpty() || after.set().isEmpty()) return Result.SAME;
        return weight(-before.set().get().sent(), -after.set().get().sent());
    }
}
