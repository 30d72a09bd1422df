package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.padded;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Identifier;
import dev.telltale.model.Persona;
import dev.telltale.model.Scope;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a persona names, kind by kind, without a value, and what looks wrong in it. */
public final class PersonaText {

    private static final int MARGIN = 2;

    private PersonaText() {}

    public static void write(Persona persona, List<String> warnings, Appendable out, Look look) {
        write(persona, warnings, Map.of(), out, look);
    }

    /**
     * @param about what reference data tells of identifiers, by id
     */
    public static void write(
            Persona persona,
            List<String> warnings,
            Map<String, String> about,
            Appendable out,
            Look look) {
        Page page = new Page(out, look);
        Words words = Words.english();
        List<Identifier> all = persona.identifiers();
        IdentifierNames names = new IdentifierNames(words, all);
        page.blank();
        String region =
                persona.region().isEmpty()
                        ? ""
                        : " · " + words.get("persona.region", persona.region());
        page.wrap(
                MARGIN,
                MARGIN,
                bold(persona.name()),
                dim(Page.fixed(3) + words.count("input.persona.has", all.size()) + region));
        if (!all.isEmpty()) page.blank();
        for (Scope scope : Scope.values()) {
            Map<String, List<Identifier>> kinds =
                    all.stream()
                            .filter(i -> i.scope() == scope)
                            .collect(
                                    Collectors.groupingBy(
                                            i -> i.kind().equals("custom") ? i.id() : i.kind(),
                                            LinkedHashMap::new,
                                            Collectors.toList()));
            if (kinds.isEmpty()) continue;
            String list = String.join(", ", kinds.values().stream().map(names::of).toList());
            page.wrap(
                    MARGIN, MARGIN + 12, dim(padded(words.get("scope." + scope), 12)), plain(list));
        }
        if (!persona.payloadKeys().isEmpty()) {
            String list =
                    String.join(
                            ", ",
                            persona.payloadKeys().stream().map(Persona.PayloadKey::name).toList());
            page.wrap(MARGIN, MARGIN + 12, dim(padded(words.get("persona.keys"), 12)), plain(list));
        }
        for (Identifier i : all) {
            String told = about.getOrDefault(i.id(), "");
            if (!told.isEmpty())
                page.wrap(
                        MARGIN,
                        MARGIN + 12,
                        dim(padded("", 12)),
                        dim(words.get("persona.about", names.of(List.of(i)), told)));
        }
        if (!warnings.isEmpty()) page.blank();
        for (String warning : warnings) {
            page.wrap(
                    MARGIN,
                    MARGIN + 2,
                    new Span(Style.DOUBT, words.get("persona.warning")),
                    plain(" " + warning));
        }
    }
}
