package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.UnexplainedValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How much of what left could be read, host by host, and what to do about the rest. */
final class HtmlCoverage {

    private static final int HOSTS = 25;
    private static final int FEW = 5;
    private static final int VALUES = 20;
    private static final int BAR = 400;

    private final Audit audit;
    private final Words words;
    private final Html html;

    HtmlCoverage(Audit audit, Words words, Html html) {
        this.audit = audit;
        this.words = words;
        this.html = html;
    }

    void write() {
        Coverage coverage = audit.coverage();
        Coverage.Sums sent = coverage.sent();
        if (sent.bytes() == 0) html.leaf("p", words.get("coverage.none"));
        else {
            html.leaf(
                    "p",
                    words.count(
                                    "coverage.sent",
                                    coverage.destinations().size(),
                                    words.amounts().bytes(sent.bytes()))
                            + " "
                            + words.get(
                                    "coverage.read",
                                    words.amounts().percent(sent.readable(), sent.bytes())));
            bar(sent, "bar wide");
            legend(sent);
            blindSpots(coverage);
            hosts(coverage);
        }
        controls();
        constants();
    }

    /** Shares of one sum beside each other; what is there at all can be seen. */
    private void bar(Coverage.Sums s, String classes) {
        html.open(
                "svg",
                "class",
                classes,
                "viewBox",
                "0 0 " + BAR + " 10",
                "preserveAspectRatio",
                "none",
                "aria-hidden",
                "true");
        long[] parts = {s.readable(), s.encrypted(), s.opaque(), s.missing()};
        String[] tones = {"readable", "encrypted", "opaque", "missing"};
        double least = 3;
        double given = 0;
        int present = 0;
        for (long p : parts) if (p > 0) present++;
        double room = BAR - present * least;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] <= 0 || s.bytes() <= 0) continue;
            double wide = least + room * parts[i] / s.bytes();
            html.empty(
                    "rect",
                    "class",
                    tones[i],
                    "x",
                    HtmlSankey.number(given),
                    "y",
                    "0",
                    "width",
                    HtmlSankey.number(Math.max(1, wide)),
                    "height",
                    "10");
            given += wide;
        }
        html.close();
    }

    private void legend(Coverage.Sums s) {
        html.open("dl", "class", "legend");
        share("readable", s.readable(), s.bytes());
        share("encrypted", s.encrypted(), s.bytes());
        share("opaque", s.opaque(), s.bytes());
        share("missing", s.missing(), s.bytes());
        html.close();
    }

    private void share(String what, long part, long whole) {
        if (part == 0 && !what.equals("readable")) return;
        html.open("div").leaf("dt", words.get("coverage." + what), "class", what);
        html.leaf("dd", words.amounts().percent(part, whole) + " · " + words.amounts().bytes(part));
        html.close();
    }

    private void blindSpots(Coverage coverage) {
        List<BlindSpot> spots = BlindSpot.of(coverage);
        if (spots.isEmpty()) return;
        Advice advice = new Advice(words);
        html.leaf("h3", words.get("coverage.blind"));
        HtmlPage.table(html, words.get("coverage.blind"), "blind");
        HtmlPage.head(
                html,
                List.of(
                        words.get("column.reason"),
                        words.get("column.bytes"),
                        words.get("column.hosts"),
                        words.get("column.todo")));
        html.open("tbody");
        for (BlindSpot s : spots) {
            String amount = words.amounts().bytes(s.bytes());
            if (s.values() > 0) amount = words.count("coverage.values", s.values(), amount);
            html.open("tr").leaf("th", advice.name(s.code()), "scope", "row");
            html.leaf("td", amount, "class", "number").leaf("td", some(s.hosts()));
            html.leaf("td", advice.line(s.code())).close();
        }
        html.close().close().close();
    }

    private String some(List<String> hosts) {
        String text = String.join(", ", TextReport.head(hosts, FEW));
        return hosts.size() > FEW
                ? text + " " + words.count("hosts.more", hosts.size() - FEW)
                : text;
    }

    private void hosts(Coverage coverage) {
        List<Coverage.Share> all =
                coverage.destinations().stream()
                        .sorted(
                                Comparator.comparingLong((Coverage.Share s) -> -s.sent().bytes())
                                        .thenComparing(Coverage.Share::host))
                        .toList();
        html.leaf("h3", words.get("html.coverage.hosts"));
        HtmlPage.table(html, words.get("html.coverage.hosts"), "hosts");
        HtmlPage.head(
                html,
                List.of(
                        words.get("column.host"),
                        words.get("column.sent"),
                        words.get("column.readable"),
                        words.get("html.coverage.share")));
        html.open("tbody");
        for (Coverage.Share s : TextReport.head(all, HOSTS)) {
            html.open("tr").leaf("th", s.host(), "scope", "row");
            html.leaf("td", words.amounts().bytes(s.sent().bytes()), "class", "number");
            html.leaf(
                    "td",
                    s.sent().bytes() == 0
                            ? "–"
                            : words.amounts().percent(s.sent().readable(), s.sent().bytes()),
                    "class",
                    "number");
            html.open("td");
            bar(s.sent(), "bar");
            html.close().close();
        }
        html.close().close().close();
        if (all.size() > HOSTS)
            html.leaf("p", words.count("hosts.more", all.size() - HOSTS), "class", "note");
    }

    /** What was sent on purpose, to show that what is sent can be seen. */
    private void controls() {
        List<ControlSeen> all = audit.controls();
        if (all.isEmpty()) return;
        List<String> unseen = all.stream().filter(c -> !c.seen()).map(ControlSeen::name).toList();
        html.leaf("h3", words.get("html.controls"));
        String text =
                words.get(
                        "html.controls.seen",
                        words.amounts().number(all.size() - unseen.size()),
                        words.amounts().number(all.size()));
        html.leaf("p", text);
        if (!unseen.isEmpty())
            html.leaf(
                    "p",
                    TextReport.sentence(
                            words.get(
                                    "input.controls.unseen",
                                    words.list(TextReport.head(unseen, VALUES)))),
                    "class",
                    "doubt");
    }

    private void constants() {
        List<UnexplainedValue> all = audit.unexplained();
        if (all.isEmpty()) return;
        html.leaf("h3", words.count("constants", all.size()));
        html.leaf("p", words.get("html.constants.about"), "class", "note");
        HtmlPage.table(html, words.count("constants", all.size()), "constants");
        List<String> heads = new ArrayList<>();
        for (String c : List.of("what", "times", "hosts", "place"))
            heads.add(words.get("column." + c));
        HtmlPage.head(html, heads);
        html.open("tbody");
        for (UnexplainedValue v : TextReport.head(all, VALUES)) {
            html.open("tr").leaf("th", v.label(), "scope", "row");
            html.leaf("td", words.amounts().number(v.sightings()), "class", "number");
            html.leaf("td", some(v.hosts())).open("td");
            html.leaf("code", Printable.cut(Printable.of(v.place()), 200)).close().close();
        }
        html.close().close().close();
        if (all.size() > VALUES)
            html.leaf(
                    "p",
                    words.get("more", words.amounts().number(all.size() - VALUES)),
                    "class",
                    "note");
    }
}
