package dev.telltale.report;

import dev.telltale.model.Certainty;
import dev.telltale.model.Destination;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From findings to what a reader should meet: recipients, and for each its rows of identifiers that
 * left alike. All reports group by this.
 */
final class Recipients {

    private final Map<Identifier, Integer> ranks;

    Recipients(List<Identifier> persona) {
        this.ranks = ranks(persona);
    }

    /** Where each identifier stands in the persona, which may have thousands of contacts. */
    static Map<Identifier, Integer> ranks(List<Identifier> persona) {
        Map<Identifier, Integer> ranks = new HashMap<>();
        for (Identifier i : persona) ranks.putIfAbsent(i, ranks.size());
        return ranks;
    }

    private int rank(Identifier i) {
        return ranks.getOrDefault(i, -1);
    }

    /** Worst first: the order in which a reader should meet them. */
    static final Comparator<Finding.Variant> WORST =
            Comparator.comparing((Finding.Variant v) -> v.secured().protection() != Protection.NONE)
                    .thenComparing(v -> v.secured().weak().isEmpty())
                    .thenComparingInt(v -> v.consented().map(c -> c ? 2 : 0).orElse(1))
                    .thenComparing(Finding.Variant::disguise);

    /**
     * Identifiers of one kind that went to the same places in the same dress.
     *
     * @param findings of the first of them; the others' differ in nothing that is shown
     */
    record Row(
            List<Identifier> identifiers,
            List<Finding> findings,
            Finding.Variant worst,
            long times) {

        boolean personal() {
            return identifiers.getFirst().personal();
        }
    }

    record Recipient(Destination destination, List<Finding> findings, List<Row> rows) {

        /** Personal identifiers that went there. */
        long personal() {
            return rows.stream().filter(Row::personal).mapToLong(r -> r.identifiers().size()).sum();
        }
    }

    /** What two identifiers must share to stand in one row. */
    private record Likeness(
            String place,
            Secured secured,
            Disguise disguise,
            String form,
            List<String> chain,
            String phase,
            Optional<Boolean> consented,
            Certainty certainty,
            int variants) {

        static Likeness of(Finding f) {
            Finding.Variant v = f.worst();
            return new Likeness(
                    f.place(),
                    v.secured(),
                    v.disguise(),
                    v.form(),
                    v.chain(),
                    v.phase(),
                    v.consented(),
                    f.certainty(),
                    f.variants().size());
        }
    }

    private record RowKey(String kind, boolean personal, List<Likeness> places) {}

    /** Worst first. */
    List<Recipient> of(List<Finding> findings) {
        Map<String, List<Finding>> domains = new LinkedHashMap<>();
        for (Finding f : findings)
            domains.computeIfAbsent(f.destination().domain(), k -> new ArrayList<>()).add(f);
        List<Recipient> all = new ArrayList<>();
        for (List<Finding> of : domains.values()) all.add(recipient(of));
        Comparator<Recipient> order =
                Comparator.comparing((Recipient r) -> r.personal() == 0)
                        .thenComparing(r -> r.rows().getFirst().worst(), WORST)
                        .thenComparing(Recipient::personal, Comparator.reverseOrder())
                        .thenComparingInt(r -> -r.findings().size())
                        .thenComparing(r -> r.destination().domain());
        all.sort(order);
        return all;
    }

    private Recipient recipient(List<Finding> findings) {
        Map<Identifier, List<Finding>> byIdentifier = new LinkedHashMap<>();
        for (Finding f : findings)
            byIdentifier.computeIfAbsent(f.identifier(), k -> new ArrayList<>()).add(f);
        Map<RowKey, List<Identifier>> alike = new LinkedHashMap<>();
        byIdentifier.forEach((identifier, of) -> {
            of.sort(
                    Comparator.comparing(Finding::worst, WORST)
                            .thenComparing(Finding::sightings, Comparator.reverseOrder())
                            .thenComparing(Finding::place));
            RowKey key =
                    new RowKey(
                            // Custom identifiers have a name each, not a number.
                            identifier.kind().equals("custom")
                                    ? identifier.id()
                                    : identifier.kind(),
                            identifier.personal(),
                            of.stream().map(Likeness::of).toList());
            alike.computeIfAbsent(key, k -> new ArrayList<>()).add(identifier);
        });
        List<Row> rows = new ArrayList<>();
        for (List<Identifier> identifiers : alike.values()) {
            identifiers.sort(Comparator.comparingInt(this::rank));
            List<Finding> first = byIdentifier.getOrDefault(identifiers.getFirst(), List.of());
            long times =
                    identifiers.stream()
                            .flatMap(i -> byIdentifier.getOrDefault(i, List.of()).stream())
                            .mapToLong(Finding::sightings)
                            .sum();
            rows.add(new Row(identifiers, first, first.getFirst().worst(), times));
        }
        Comparator<Row> order =
                Comparator.comparing((Row r) -> !r.personal())
                        .thenComparing(Row::worst, WORST)
                        .thenComparingInt(r -> rank(r.identifiers().getFirst()));
        rows.sort(order);
        return new Recipient(findings.getFirst().destination(), findings, rows);
    }
}
