package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import dev.telltale.report.Recipients.Recipient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The first page, for a reader who is no engineer: what came out, what left, to whom, what to do.
 */
final class HtmlSummary {

    private static final int FEW = 4;

    private final Audit audit;
    private final Words words;
    private final Html html;
    private final List<Finding> personal;

    HtmlSummary(Audit audit, Words words, Html html) {
        this.audit = audit;
        this.words = words;
        this.html = html;
        this.personal =
                audit.findings().stream()
                        .filter(f -> f.direction() == Direction.SENT && f.identifier().personal())
                        .toList();
    }

    void write(String device, String note) {
        Outcome outcome = audit.verdict().outcome();
        html.open("header", "class", "summary");
        html.open("div", "class", "brand").leaf("span", "Telltale", "class", "mark");
        html.leaf("span", words.get("html.brand")).close();
        HtmlPage.note(html, words, note);
        html.open("p", "class", "device").leaf("b", device);
        for (String s : circumstances()) html.text(" · ").leaf("span", s);
        html.close();
        html.open("h1");
        HtmlReport.badge(html, words, outcome);
        html.text(" ").leaf("span", new Headline(audit, words).sentence()).close();
        figures();
        html.open("div", "class", "answers");
        left();
        whom();
        todo();
        html.close();
        html.open("p", "class", "scope").leaf("b", words.get("html.scope")).text(" ");
        HtmlPage.own(html, words, "span", TextReport.sentence(audit.verdict().scope()));
        html.close().close();
    }

    /** Region, run, day. */
    private List<String> circumstances() {
        List<String> all = new ArrayList<>();
        audit.run()
                .flatMap(Run::device)
                .map(Run.Device::region)
                .filter(r -> !r.isEmpty())
                .ifPresent(r -> all.add(words.country(r)));
        audit.run().map(Run::name).filter(n -> !n.isEmpty()).ifPresent(all::add);
        Optional<Instant> first =
                audit.inputs().captures().stream()
                        .flatMap(c -> c.start().stream())
                        .min(Comparator.naturalOrder());
        Optional<Instant> last =
                audit.inputs().captures().stream()
                        .flatMap(c -> c.end().stream())
                        .max(Comparator.naturalOrder());
        TextReport.nonEmpty(InputText.span(first, last)).ifPresent(all::add);
        return all;
    }

    // --- the figures ---

    private void figures() {
        Set<String> unprotected = new LinkedHashSet<>();
        Set<String> unconsented = new LinkedHashSet<>();
        boolean consentKnown = false;
        for (Finding f : personal)
            for (Finding.Variant v : f.variants()) {
                if (v.secured().protection() == Protection.NONE)
                    unprotected.add(f.identifier().id());
                consentKnown |= v.consented().isPresent();
                if (v.consented().isPresent() && !v.consented().get())
                    unconsented.add(f.identifier().id());
            }
        long identifiers = personal.stream().map(f -> f.identifier().id()).distinct().count();
        long recipients = personal.stream().map(f -> f.destination().domain()).distinct().count();
        Coverage.Sums sent = audit.coverage().sent();
        html.open("dl", "class", "figures");
        figure(identifiers, "html.figure.identifiers", identifiers > 0 ? "" : "good");
        figure(recipients, "html.figure.recipients", "");
        if (identifiers > 0) {
            figure(
                    unprotected.size(),
                    "html.figure.unprotected",
                    unprotected.isEmpty() ? "good" : "bad");
            if (consentKnown)
                figure(
                        unconsented.size(),
                        "html.figure.unconsented",
                        unconsented.isEmpty() ? "good" : "bad");
        }
        String read =
                sent.bytes() == 0 ? "–" : words.amounts().percent(sent.readable(), sent.bytes());
        figure(
                read,
                words.get("html.figure.read", words.amounts().bytes(sent.bytes())),
                sent.bytes() > 0 && sent.readable() == sent.bytes() ? "good" : "doubt");
        html.close();
    }

    private void figure(long n, String key, String tone) {
        figure(words.amounts().number(n), words.get(key + (n == 1 ? ".one" : ".other")), tone);
    }

    private void figure(String number, String label, String tone) {
        html.open("div").leaf("dt", label).leaf("dd", number, "class", "number " + tone).close();
    }

    // --- what left, to whom ---

    private void left() {
        html.open("div").leaf("h2", words.get("html.left"));
        if (personal.isEmpty()) html.leaf("p", words.get("html.left.nothing"));
        else {
            IdentifierNames names = new IdentifierNames(words, audit.persona().identifiers());
            Map<Scope, Map<String, List<Identifier>>> scopes = new EnumMap<>(Scope.class);
            Map<Identifier, Integer> ranks = Recipients.ranks(audit.persona().identifiers());
            personal.stream()
                    .map(Finding::identifier)
                    .distinct()
                    .sorted(Comparator.comparingInt(i -> ranks.getOrDefault(i, -1)))
                    .forEach(i ->
                            scopes.computeIfAbsent(i.scope(), k -> new LinkedHashMap<>())
                                    .computeIfAbsent(
                                            i.kind().equals("custom") ? i.id() : i.kind(),
                                            k -> new ArrayList<>())
                                    .add(i));
            html.open("dl", "class", "short");
            scopes.forEach((scope, kinds) -> {
                List<String> all = kinds.values().stream().map(names::of).toList();
                String text = words.list(TextReport.head(all, 2 * FEW));
                if (all.size() > 2 * FEW)
                    text += " " + words.get("more", words.amounts().number(all.size() - 2 * FEW));
                html.leaf("dt", words.get("html.scope." + scope)).leaf("dd", text);
            });
            html.close();
        }
        html.close();
    }

    private void whom() {
        html.open("div").leaf("h2", words.get("html.whom"));
        List<Recipient> all = new Recipients(audit.persona().identifiers()).of(personal);
        if (all.isEmpty()) html.leaf("p", words.get("html.whom.nobody"));
        else {
            html.open("dl", "class", "short");
            for (Recipient r : TextReport.head(all, FEW)) {
                Destination d = r.destination();
                html.leaf("dt", d.company().isEmpty() ? d.domain() : d.company());
                List<String> about = new ArrayList<>();
                if (!d.company().isEmpty()) about.add(d.domain());
                about.addAll(
                        WhoText.about(
                                d.category(),
                                d.country(),
                                OptionalInt.empty(),
                                d.anycast(),
                                words));
                about.add(words.count("html.got", r.personal()));
                html.leaf("dd", String.join(" · ", about));
            }
            if (all.size() > FEW)
                html.leaf("dt", words.count("recipients.rest", all.size() - FEW)).leaf("dd", "");
            html.close();
        }
        html.close();
    }

    // --- what to do ---

    private void todo() {
        html.open("div").leaf("h2", words.get("html.todo")).open("ul", "class", "plain");
        advice().forEach(a -> html.leaf("li", TextReport.sentence(a)));
        html.close().close();
    }

    private List<String> advice() {
        List<String> all = new ArrayList<>();
        boolean bare = false;
        boolean asked = true;
        for (Finding f : personal)
            for (Finding.Variant v : f.variants()) {
                bare |= v.secured().protection() == Protection.NONE;
                asked &= v.consented().orElse(true);
            }
        if (bare) all.add(words.get("html.todo.unprotected"));
        if (!asked) all.add(words.get("html.todo.unconsented"));
        if (audit.verdict().outcome() != Outcome.PASS) {
            Advice advice = new Advice(words);
            BlindSpot.of(audit.coverage()).stream()
                    .filter(s -> s.bytes() > 0)
                    .limit(audit.verdict().outcome() == Outcome.INCONCLUSIVE ? 3 : 1)
                    .forEach(s ->
                            all.add(
                                    words.get(
                                            "html.todo.blind",
                                            advice.name(s.code()),
                                            words.amounts().bytes(s.bytes()),
                                            advice.line(s.code()))));
        }
        if (audit.coverage().sent().bytes() == 0) all.add(words.get("html.todo.silent"));
        all.add(
                switch (audit.verdict().outcome()) {
                    case PASS -> words.get("html.todo.pass");
                    case FAIL -> words.get("html.todo.fail");
                    case INCONCLUSIVE -> words.get("html.todo.open");
                });
        return all;
    }
}
