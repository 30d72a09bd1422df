package dev.telltale.publish;

import dev.telltale.audit.Comparer;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Comparison;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.Run;
import dev.telltale.report.FindingWords;
import dev.telltale.report.Headline;
import dev.telltale.report.IdentifierNames;
import dev.telltale.report.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What an audit gives an advisory: names and circumstances, never a value of the persona.
 *
 * @param auditSha256 of the audit JSON
 * @param scope the one sentence that says what it does not claim
 * @param afterSha256 of the audit that it is compared with, or empty
 * @param afterBuild that audit's build, or empty
 * @param since what became of it since, a sentence each
 * @param better whether all of it is gone in {@code afterBuild}, and that was exercised
 */
public record Facts(
        String auditSha256,
        Outcome outcome,
        String headline,
        String scope,
        Optional<Run.Device> device,
        List<Leak> leaks,
        String afterSha256,
        String afterBuild,
        List<String> since,
        boolean better) {

    /** Sentences of one kind before the rest is counted. */
    private static final int MOST = 50;

    /** Identifiers named in one sentence. */
    private static final int NAMES = 8;

    /**
     * What goes to one recipient.
     *
     * @param kinds of identifiers, sorted
     * @param sentences what goes there and how, worst protection first
     * @param findings ids
     */
    public record Leak(
            String company,
            String domain,
            String country,
            List<String> kinds,
            List<String> sentences,
            boolean unprotected,
            List<String> findings) {

        String recipient() {
            return company.isEmpty() ? domain : company;
        }
    }

    private record How(String protection, String disguise, Optional<Boolean> consented) {}

    /**
     * @param after the same phone later, or empty
     * @throws Advisory.Invalid where an audit shows what may not be published
     */
    public static Facts of(Comparer.Input before, Optional<Comparer.Input> after)
            throws Advisory.Invalid {
        masked(before);
        if (after.isPresent()) masked(after.get());
        Audit audit = before.audit();
        Words words = Words.english();
        Map<String, List<Finding>> byDomain = new LinkedHashMap<>();
        for (Finding f : audit.findings())
            if (f.direction() == Direction.SENT
                    && f.identifier().personal()
                    && f.certainty() != Certainty.LOW)
                byDomain.computeIfAbsent(f.destination().domain(), d -> new ArrayList<>()).add(f);
        IdentifierNames names = new IdentifierNames(words, audit.persona().identifiers());
        List<Leak> leaks = new ArrayList<>();
        byDomain.values().forEach(of -> leaks.add(leak(of, names, words)));
        String build = "";
        List<String> since = List.of();
        boolean better = false;
        if (after.isPresent()) {
            Comparison c = Comparer.compare(List.of(before, after.get()), Optional.empty());
            build = after.get().audit().run().flatMap(Run::device).map(d -> d.build()).orElse("");
            since = since(c, words);
            List<Comparison.Item> counting =
                    c.items().stream().filter(Comparison.Item::counts).toList();
            better =
                    !counting.isEmpty()
                            && counting.stream()
                                    .allMatch(i -> i.status() == Comparison.Status.FIXED);
        }
        return new Facts(
                before.sha256(),
                audit.verdict().outcome(),
                new Headline(audit, words).sentence(),
                audit.verdict().scope(),
                audit.run().flatMap(Run::device),
                List.copyOf(leaks),
                after.map(Comparer.Input::sha256).orElse(""),
                build,
                since,
                better);
    }

    /** There is no way to publish a value: an audit that shows them is not read. */
    private static void masked(Comparer.Input input) throws Advisory.Invalid {
        if (input.audit().inputs().options().reveal())
            throw new Advisory.Invalid(
                    input.name()
                            + " was made with --reveal and shows values; publish an audit that does"
                            + " not");
    }

    private static Leak leak(List<Finding> findings, IdentifierNames names, Words words) {
        Destination to = findings.getFirst().destination();
        FindingWords in = new FindingWords(words);
        Map<How, Map<String, List<Identifier>>> groups = new LinkedHashMap<>();
        TreeSet<String> kinds = new TreeSet<>();
        TreeSet<String> countries = new TreeSet<>();
        boolean unprotected = false;
        List<String> ids = new ArrayList<>();
        List<Finding> sorted = new ArrayList<>(findings);
        sorted.sort((a, b) -> a.worst().secured().compareTo(b.worst().secured()));
        for (Finding f : sorted) {
            Finding.Variant v = f.worst();
            How how = new How(in.protection(v.secured()), in.disguise(v), v.consented());
            List<Identifier> of =
                    groups.computeIfAbsent(how, h -> new LinkedHashMap<>())
                            .computeIfAbsent(
                                    f.identifier().kind() + custom(f.identifier()),
                                    k -> new ArrayList<>());
            if (!of.contains(f.identifier())) of.add(f.identifier());
            kinds.add(f.identifier().kind());
            countries.add(f.destination().country());
            unprotected |= v.secured().protection() == Protection.NONE;
            ids.add(f.id());
        }
        String country = countries.size() == 1 ? countries.first() : "";
        List<String> sentences = new ArrayList<>();
        groups.forEach((how, byKind) -> {
            List<String> what = new ArrayList<>(byKind.values().stream().map(names::of).toList());
            if (what.size() > NAMES) {
                int more = what.size() - NAMES;
                what.subList(NAMES, what.size()).clear();
                what.add(more + " more");
            }
            sentences.add(
                    words.list(what)
                            + ": "
                            + how.protection()
                            + ", "
                            + how.disguise()
                            + how.consented()
                                    .map(c -> c ? ", with consent" : ", without consent")
                                    .orElse(""));
        });
        return new Leak(
                to.company(),
                to.domain(),
                country.isEmpty() ? "" : words.country(country),
                List.copyOf(kinds),
                head(sentences),
                unprotected,
                List.copyOf(ids));
    }

    private static String custom(Identifier i) {
        int bracket = i.id().lastIndexOf('[');
        return i.kind().equals("custom") && bracket > 0 ? i.id().substring(0, bracket) : "";
    }

    private static List<String> since(Comparison c, Words words) {
        Map<String, List<Identifier>> groups = new LinkedHashMap<>();
        IdentifierNames names = new IdentifierNames(words, c.identifiers());
        for (Comparison.Item i : c.items()) {
            if (!i.counts()) continue;
            String how =
                    switch (i.status()) {
                        case NEW -> "newly sent";
                        case MOVED -> "sent to another host now";
                        case CHANGED -> "still sent, in another way";
                        case STILL -> "still sent, unchanged";
                        case NOT_EXERCISED -> "not seen, and not exercised: no claim";
                        case FIXED -> "no longer sent";
                    };
            String to = i.company().isEmpty() ? i.domain() : i.company() + " (" + i.domain() + ")";
            List<Identifier> of = groups.computeIfAbsent(how + "\n" + to, k -> new ArrayList<>());
            if (!of.contains(i.identifier())) of.add(i.identifier());
        }
        List<String> all = new ArrayList<>();
        groups.forEach((key, of) -> {
            Map<String, List<Identifier>> byKind = new LinkedHashMap<>();
            for (Identifier i : of)
                byKind.computeIfAbsent(i.kind() + custom(i), k -> new ArrayList<>()).add(i);
            String[] how = key.split("\n", 2);
            List<String> what = byKind.values().stream().map(names::of).toList();
            all.add(words.list(what) + " to " + how[1] + ": " + how[0]);
        });
        return head(all);
    }

    private static List<String> head(List<String> all) {
        if (all.size() <= MOST) return List.copyOf(all);
        List<String> head = new ArrayList<>(all.subList(0, MOST));
        head.add("and " + (all.size() - MOST) + " more");
        return List.copyOf(head);
    }
}
