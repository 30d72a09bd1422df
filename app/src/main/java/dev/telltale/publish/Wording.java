package dev.telltale.publish;

import dev.telltale.publish.Advisory.Revision;
import dev.telltale.report.Html;
import dev.telltale.report.HtmlPage;
import dev.telltale.report.MarkdownReport;
import dev.telltale.report.Words;
import java.util.ArrayList;
import java.util.List;

/** An advisory in words: the same sections on a page, in Markdown and in a feed. */
final class Wording {

    /**
     * @param lines one paragraph each
     * @param items a list below them
     */
    record Section(String title, List<String> lines, List<String> items) {}

    private Wording() {}

    /** What has become of it, above all else; empty while it stands. */
    static String notice(Advisory a) {
        return switch (a.event()) {
            case WITHDRAWN -> "This advisory is withdrawn: " + a.withdrawn();
            case SUPERSEDED -> "This advisory is superseded by " + a.supersededBy() + ".";
            case PUBLISHED, UPDATED ->
                    a.status() == Advisory.Status.DRAFT ? "This advisory is a draft." : "";
        };
    }

    static List<Section> sections(Advisory a) {
        Facts f = a.facts();
        List<Section> all = new ArrayList<>();
        List<String> leaks = new ArrayList<>();
        for (Facts.Leak l : f.leaks())
            for (String s : l.sentences()) leaks.add("to " + recipient(l) + ": " + s);
        add(all, "What it does", List.of(f.headline()), leaks);
        List<String> who = new ArrayList<>(List.of(a.affected().who()));
        who.add(a.product().name() + ", builds " + String.join(", ", a.affected().builds()) + ".");
        if (!a.affected().since().isEmpty()) who.add("Since build " + a.affected().since() + ".");
        add(all, "Who is affected", who, List.of());
        add(all, "What to do", List.of(), a.whatToDo());
        if (!a.until().isEmpty()) add(all, "Until when", List.of(a.until()), List.of());
        List<String> fixed = fixed(a);
        if (!fixed.isEmpty() || !f.since().isEmpty())
            add(all, "What became of it", fixed, f.since());
        add(all, "What the maker answered", maker(a.maker()), List.of());
        add(
                all,
                "What this rests on",
                List.of(
                        f.scope(),
                        "Verdict: " + f.outcome() + ". Audit SHA-256 " + f.auditSha256() + "."),
                f.afterSha256().isEmpty()
                        ? List.of()
                        : List.of("Later audit SHA-256 " + f.afterSha256()));
        List<String> history = new ArrayList<>();
        for (Revision r : a.revisions())
            history.add(
                    r.number()
                            + ", "
                            + r.date().map(d -> d.toString()).orElse("")
                            + ": "
                            + r.summary());
        add(all, "History", List.of(), history);
        if (!a.supersedes().isEmpty())
            add(all, "Supersedes", List.of(String.join(", ", a.supersedes())), List.of());
        add(
                all,
                "Publisher",
                List.of(a.publisher().name() + ", " + a.publisher().contact()),
                List.of());
        return List.copyOf(all);
    }

    static String recipient(Facts.Leak l) {
        List<String> more = new ArrayList<>();
        if (!l.company().isEmpty()) more.add(l.domain());
        if (!l.country().isEmpty()) more.add(l.country());
        return l.recipient() + (more.isEmpty() ? "" : " (" + String.join(", ", more) + ")");
    }

    /** What was measured and what is only said are told apart. */
    private static List<String> fixed(Advisory a) {
        List<String> lines = new ArrayList<>();
        for (String build : a.affected().fixed())
            lines.add(
                    build.equals(a.facts().afterBuild())
                            ? "Fixed in build " + build + ", as the later audit shows."
                            : "Said to be fixed in build " + build + "; that was not audited.");
        if (!a.facts().since().isEmpty() && !a.facts().afterBuild().isEmpty())
            lines.add("In build " + a.facts().afterBuild() + ":");
        return lines;
    }

    private static List<String> maker(Advisory.Maker m) {
        List<String> lines = new ArrayList<>();
        if (!m.asked().isEmpty()) lines.add("Asked: " + m.asked() + ".");
        if (!m.answered().isEmpty()) lines.add("Answered: " + m.answered() + ".");
        lines.add(m.answer().isEmpty() ? "No answer is recorded." : m.answer());
        return lines;
    }

    private static void add(
            List<Section> all, String title, List<String> lines, List<String> items) {
        all.add(
                new Section(
                        title,
                        lines.stream().filter(l -> !l.isBlank()).toList(),
                        List.copyOf(items)));
    }

    // --- as HTML ---

    /** A page of its own. */
    static String page(Advisory a, String version) {
        StringBuilder out = new StringBuilder();
        Html html = new Html(out);
        Words words = Words.english();
        HtmlPage.begin(html, words, a.headline());
        html.open("main", "id", "main").open("header", "class", "summary");
        html.open("div", "class", "brand").leaf("span", a.publisher().name(), "class", "mark");
        html.leaf("span", a.id() + " · version " + a.version() + " · " + a.updated()).close();
        if (!notice(a).isEmpty()) html.leaf("p", notice(a), "class", "notice");
        html.leaf("p", a.product().name(), "class", "device");
        html.leaf("h1", a.headline());
        html.leaf("p", a.summary(), "class", "lead").close();
        for (Section s : sections(a)) section(html, s);
        html.close();
        HtmlPage.end(html, words, version);
        return out.toString();
    }

    /** For feeds and posts. */
    static String fragment(Advisory a) {
        StringBuilder out = new StringBuilder();
        Html html = new Html(out);
        if (!notice(a).isEmpty()) html.open("p").leaf("strong", notice(a)).close();
        html.leaf("p", a.summary());
        for (Section s : sections(a)) section(html, s);
        html.end();
        return out.toString();
    }

    private static void section(Html html, Section s) {
        html.open("section").leaf("h2", s.title());
        for (String line : s.lines()) html.leaf("p", line);
        if (!s.items().isEmpty()) {
            html.open("ul");
            for (String item : s.items()) html.leaf("li", item);
            html.close();
        }
        html.close();
    }

    // --- as Markdown ---

    static String markdown(Advisory a) {
        StringBuilder out = new StringBuilder("# " + MarkdownReport.text(a.headline()) + "\n\n");
        if (!notice(a).isEmpty()) paragraph(out, "**" + MarkdownReport.text(notice(a)) + "**");
        paragraph(
                out,
                MarkdownReport.code(a.id())
                        + " · version "
                        + a.version()
                        + " · "
                        + MarkdownReport.text(a.updated().toString()));
        paragraph(out, MarkdownReport.text(a.summary()));
        for (Section s : sections(a)) {
            paragraph(out, "## " + s.title());
            for (String line : s.lines()) paragraph(out, MarkdownReport.text(line));
            for (String item : s.items())
                out.append("- ").append(MarkdownReport.text(item)).append('\n');
            if (!s.items().isEmpty()) out.append('\n');
        }
        return out.toString().stripTrailing() + "\n";
    }

    private static void paragraph(StringBuilder out, String text) {
        out.append(text).append("\n\n");
    }
}
