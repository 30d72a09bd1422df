package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.padded;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Policies for the person who chooses or writes one. */
public final class PolicyText {
    private static final int MARGIN = 2;
    private static final int DETAIL = 4;
    private static final int NAME = 20;

    private final Page page;
    private final Words words = Words.english();

    private PolicyText(Page page) {
        this.page = page;
    }

    /** What a condition may ask of a finding. */
    public record Attribute(String name, String about, List<String> known) {}

    public static void list(List<Policy> policies, Appendable out, Look look) {
        Page page = new Page(out, look);
        for (Policy p : policies) {
            page.blank();
            page.wrap(MARGIN, MARGIN, bold(p.name()));
            page.wrap(DETAIL, DETAIL, plain(p.about()));
        }
    }

    public static void show(Policy policy, Appendable out, Look look) {
        new PolicyText(new Page(out, look)).show(policy);
    }

    public static void attributes(List<Attribute> all, Appendable out, Look look) {
        Page page = new Page(out, look);
        page.blank();
        for (Attribute a : all) {
            page.wrap(MARGIN, MARGIN + NAME, bold(padded(a.name(), NAME)), plain(a.about()));
            if (!a.known().isEmpty())
                page.wrap(MARGIN + NAME, MARGIN + NAME, dim(String.join(", ", a.known())));
        }
    }

    private void show(Policy p) {
        page.blank();
        page.wrap(MARGIN, MARGIN, bold(p.name()));
        if (!p.about().isEmpty()) page.wrap(MARGIN, MARGIN, plain(p.about()));
        page.section(words.get("policy.section.rules"));
        for (int i = 0; i < p.rules().size(); i++) {
            if (i > 0) page.blank();
            rule(p.rules().get(i));
        }
        page.section(words.get("policy.section.pass"));
        bullet(words.get("policy.sent"));
        bullet(
                words.get(
                        "policy.coverage",
                        String.format(Locale.ROOT, "%.4g", p.coverage() * 100)
                                .replaceAll("\\.?0+$", "")));
        bullet(words.get("policy.controls." + p.controls()));
        if (!p.channels().isEmpty()) bullet(words.get("policy.channels", words.list(p.channels())));
        if (!p.expected().isEmpty()) {
            page.section(words.get("policy.section.expected"));
            for (Policy.Expected e : p.expected()) {
                page.wrap(MARGIN, DETAIL, bold(e.name()), plain(": " + e.reason()));
                when(e.when());
            }
        }
        if (!p.waivers().isEmpty()) {
            page.section(words.get("policy.section.waivers"));
            for (Policy.Waiver w : p.waivers()) {
                page.wrap(
                        MARGIN,
                        DETAIL,
                        bold(String.join(", ", w.rules())),
                        plain(
                                ": "
                                        + words.get(
                                                "policy.waiver",
                                                w.owner(),
                                                w.expires().toString(),
                                                w.reason())));
                when(w.when());
            }
        }
    }

    private void rule(Policy.Rule r) {
        String outcome =
                words.get(r.outcome() == Outcome.PASS ? "policy.note" : "outcome." + r.outcome());
        page.edges(MARGIN, bold(r.name()), dim(outcome));
        page.wrap(DETAIL, DETAIL, plain(TextReport.sentence(r.reason())));
        if (!r.source().isEmpty()) page.wrap(DETAIL, DETAIL, plain(r.source()));
        when(r.when());
    }

    private void when(Policy.When w) {
        for (int i = 0; i < w.any().size(); i++)
            row(i == 0 ? "policy.when" : "policy.or", w.any().get(i));
        for (int i = 0; i < w.unless().size(); i++)
            row(i == 0 ? "policy.unless" : "policy.or", w.unless().get(i));
    }

    private void row(String label, Policy.Condition c) {
        List<String> parts = new ArrayList<>();
        new TreeMap<>(c.accepts())
                .forEach((name, values) ->
                        parts.add(name + " " + values.stream().collect(Collectors.joining(" | "))));
        page.wrap(
                DETAIL,
                DETAIL + 8,
                dim(padded(words.get(label), 8)),
                dim(String.join(", ", parts)));
    }

    private void bullet(String text) {
        page.wrap(MARGIN, MARGIN + 2, plain("· " + text));
    }
}
