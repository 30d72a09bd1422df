package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Protection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Which identifiers went to which recipient in which country, drawn as bands as wide as the number
 * of identifiers, and the same as a table.
 */
final class HtmlSankey {

    private static final int WIDTH = 960;
    private static final int BAR = 8;
    private static final int[] X = {270, 520, 770};

    /** Nodes of a column; what is beyond becomes one more. */
    private static final int[] MOST = {14, 10, 10};

    private static final int LABEL = 34;
    private static final int TABLE = 200;

    private final Audit audit;
    private final Words words;
    private final Html html;

    HtmlSankey(Audit audit, Words words, Html html) {
        this.audit = audit;
        this.words = words;
        this.html = html;
    }

    /** One identifier at one recipient. */
    private record Leak(Identifier identifier, String kind, String recipient, String country) {}

    /** What stands in a column; {@code key} is unique there. */
    private static final class Node {
        final String label;
        final Set<Object> weight = new LinkedHashSet<>();
        double y;
        double height;
        double in;
        double out;

        Node(String label) {
            this.label = label;
        }
    }

    private static final class Band {
        final Set<Object> weight = new LinkedHashSet<>();
        boolean bare;
    }

    private record Ends(String from, String to) {}

    void write() {
        Map<Leak, Boolean> leaks = leaks();
        if (leaks.isEmpty()) {
            html.leaf("p", words.get("html.left.nothing"));
            return;
        }
        html.leaf("p", words.get("html.flows.about"), "class", "note");
        drawing(leaks);
        table(leaks);
    }

    /** Personal identifiers that were sent, and whether any left unprotected. */
    private Map<Leak, Boolean> leaks() {
        Map<Leak, Boolean> all = new LinkedHashMap<>();
        Map<Identifier, Integer> ranks = Recipients.ranks(audit.persona().identifiers());
        audit.findings().stream()
                .filter(f -> f.direction() == Direction.SENT && f.identifier().personal())
                .sorted(
                        Comparator.comparingInt(
                                (Finding f) -> ranks.getOrDefault(f.identifier(), -1)))
                .forEach(f -> {
                    Destination d = f.destination();
                    String country =
                            d.anycast()
                                    ? words.get("anycast")
                                    : d.country().isEmpty()
                                            ? words.get("html.country.unknown")
                                            : words.country(d.country());
                    Leak leak =
                            new Leak(
                                    f.identifier(),
                                    f.identifier().kind().equals("custom")
                                            ? f.identifier().id()
                                            : f.identifier().kind(),
                                    FindingWords.recipient(d),
                                    country);
                    boolean bare =
                            f.variants().stream()
                                    .anyMatch(v -> v.secured().protection() == Protection.NONE);
                    all.merge(leak, bare, Boolean::logicalOr);
                });
        return all;
    }

    // --- the drawing ---

    private void drawing(Map<Leak, Boolean> leaks) {
        IdentifierNames names = new IdentifierNames(words, audit.persona().identifiers());
        Map<String, Set<Identifier>> kinds = new LinkedHashMap<>();
        for (Leak l : leaks.keySet())
            kinds.computeIfAbsent(l.kind(), k -> new LinkedHashSet<>()).add(l.identifier());
        List<Map<String, Node>> columns = new ArrayList<>();
        columns.add(
                column(
                        0,
                        kinds.keySet(),
                        k -> names.of(List.copyOf(kinds.getOrDefault(k, Set.of()))),
                        "html.flows.kinds"));
        columns.add(
                column(
                        1,
                        leaks.keySet().stream().map(Leak::recipient).distinct().toList(),
                        r -> r,
                        "recipients.rest"));
        columns.add(
                column(
                        2,
                        leaks.keySet().stream().map(Leak::country).distinct().toList(),
                        c -> c,
                        "html.flows.countries"));
        Map<Ends, Band> left = new LinkedHashMap<>();
        Map<Ends, Band> right = new LinkedHashMap<>();
        leaks.forEach((l, bare) -> {
            String kind = columns.get(0).containsKey(l.kind()) ? l.kind() : "";
            String to = columns.get(1).containsKey(l.recipient()) ? l.recipient() : "";
            String in = columns.get(2).containsKey(l.country()) ? l.country() : "";
            Object one = new Ends(l.identifier().id(), l.recipient());
            add(left, kind, to, one, bare);
            add(right, to, in, one, bare);
            weigh(columns.get(0), kind, one);
            weigh(columns.get(1), to, one);
            weigh(columns.get(2), in, one);
        });
        double height = layout(columns);
        String id = "flows-drawing";
        html.open(
                "div",
                "class",
                "scroll",
                "role",
                "group",
                "tabindex",
                "0",
                "aria-label",
                words.get("html.flows.alt"));
        html.open(
                "svg",
                "class",
                "sankey",
                "viewBox",
                "0 0 " + WIDTH + " " + number(height),
                "role",
                "img",
                "aria-labelledby",
                id);
        html.leaf("title", words.get("html.flows.alt"), "id", id);
        String[] heads = {"html.flows.what", "html.flows.whom", "html.flows.where"};
        for (int c = 0; c < 3; c++)
            html.leaf(
                    "text",
                    words.get(heads[c]),
                    "class",
                    "axis",
                    "x",
                    number(labelX(c)),
                    "y",
                    "14",
                    "text-anchor",
                    c == 0 ? "end" : "start");
        bands(left, columns.get(0), columns.get(1), 0);
        bands(right, columns.get(1), columns.get(2), 1);
        for (int c = 0; c < 3; c++) for (Node n : columns.get(c).values()) node(n, c);
        html.close().close();
    }

    private Map<String, Node> column(
            int c, Collection<String> keys, UnaryOperator<String> label, String rest) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        for (String key : keys) {
            if (nodes.size() == MOST[c]) {
                nodes.put("", new Node(words.count(rest, keys.size() - MOST[c])));
                break;
            }
            nodes.put(key, new Node(label.apply(key)));
        }
        return nodes;
    }

    private static void add(
            Map<Ends, Band> bands, String from, String to, Object one, boolean bare) {
        Band band = bands.computeIfAbsent(new Ends(from, to), k -> new Band());
        band.weight.add(one);
        band.bare |= bare;
    }

    private static void weigh(Map<String, Node> column, String key, Object one) {
        Node node = column.get(key);
        if (node != null) node.weight.add(one);
    }

    /** Columns centred on each other; returns the height of all. */
    private static double layout(List<Map<String, Node>> columns) {
        int most = 0;
        for (Map<String, Node> c : columns)
            most = Math.max(most, c.values().stream().mapToInt(n -> n.weight.size()).sum());
        double unit = Math.clamp(300.0 / Math.max(1, most), 1.5, 22);
        double tallest = 0;
        for (Map<String, Node> c : columns) {
            double y = 0;
            for (Node n : c.values()) {
                n.height = Math.max(3, n.weight.size() * unit);
                n.y = y;
                y += Math.max(n.height + 10, 24);
            }
            tallest = Math.max(tallest, y);
        }
        for (Map<String, Node> c : columns) {
            double bottom = c.values().stream().mapToDouble(n -> n.y + n.height).max().orElse(0);
            double shift = 34 + (tallest - bottom) / 2;
            for (Node n : c.values()) n.y += shift;
        }
        return tallest + 50;
    }

    private void bands(Map<Ends, Band> bands, Map<String, Node> from, Map<String, Node> to, int c) {
        bands.forEach((ends, band) -> {
            Node a = from.get(ends.from());
            Node b = to.get(ends.to());
            if (a == null || b == null) return;
            double wide = a.height * band.weight.size() / Math.max(1, a.weight.size());
            double y1 = a.y + a.out + wide / 2;
            double y2 = b.y + b.in + wide / 2;
            a.out += wide;
            b.in += wide;
            double x1 = X[c] + BAR;
            double x2 = X[c + 1];
            double mid = (x1 + x2) / 2;
            String path =
                    "M%s %sC%s %s %s %s %s %s"
                            .formatted(
                                    number(x1),
                                    number(y1),
                                    number(mid),
                                    number(y1),
                                    number(mid),
                                    number(y2),
                                    number(x2),
                                    number(y2));
            html.open(
                    "path",
                    "class",
                    band.bare ? "band bad" : "band",
                    "d",
                    path,
                    "stroke-width",
                    number(wide));
            html.leaf(
                    "title",
                    a.label + " → " + b.label + ": " + words.count("html.got", band.weight.size()));
            html.close();
        });
    }

    private void node(Node n, int c) {
        html.empty(
                "rect",
                "class",
                "node",
                "x",
                number(X[c]),
                "y",
                number(n.y),
                "width",
                number(BAR),
                "height",
                number(n.height),
                "rx",
                "1.5");
        html.leaf(
                "text",
                Printable.cut(Printable.of(n.label), LABEL),
                "x",
                number(labelX(c)),
                "y",
                number(n.y + n.height / 2 + 4.5),
                "text-anchor",
                c == 0 ? "end" : "start");
    }

    private static double labelX(int c) {
        return c == 0 ? X[0] - 8 : X[c] + BAR + 8;
    }

    static String number(double d) {
        String s = String.format(Locale.ROOT, "%.1f", d);
        return s.endsWith(".0") ? s.substring(0, s.length() - 2) : s;
    }

    // --- the same as a table ---

    private void table(Map<Leak, Boolean> leaks) {
        html.open("details").leaf("summary", words.get("html.as-table"));
        HtmlPage.table(html, words.get("html.section.flows"), "flows");
        HtmlPage.head(
                html,
                List.of(
                        words.get("column.identifier"),
                        words.get("column.recipient"),
                        words.get("column.country"),
                        words.get("column.protection")));
        html.open("tbody");
        IdentifierNames names = new IdentifierNames(words, audit.persona().identifiers());
        int shown = 0;
        for (Map.Entry<Leak, Boolean> e : leaks.entrySet()) {
            if (shown++ == TABLE) break;
            Leak l = e.getKey();
            html.open("tr").leaf("th", names.one(l.identifier()), "scope", "row");
            html.leaf("td", l.recipient()).leaf("td", l.country());
            html.leaf(
                    "td",
                    words.get(e.getValue() ? "protection.NONE" : "html.protected"),
                    "class",
                    e.getValue() ? "bad" : "");
            html.close();
        }
        html.close().close().close();
        if (leaks.size() > TABLE)
            html.leaf(
                    "p",
                    words.get("more", words.amounts().number(leaks.size() - TABLE)),
                    "class",
                    "note");
        html.close();
    }
}
