package dev.telltale.report;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How it was looked at, at what, with which version and which data; and what was odd. */
final class HtmlMethod {

    private static final int CAPTURES = 20;
    private static final int FEW = 5;

    private final Audit audit;
    private final Words words;
    private final Html html;

    HtmlMethod(Audit audit, Words words, Html html) {
        this.audit = audit;
        this.words = words;
        this.html = html;
    }

    void write() {
        for (String p : List.of("html.method.1", "html.method.2", "html.method.3"))
            html.leaf("p", words.get(p));
        html.leaf("h3", words.get("section.inputs"));
        inputs();
        reference();
        html.leaf("h3", words.get("html.words"));
        html.open("dl", "class", "glossary");
        for (String w :
                List.of("protection", "disguise", "consent", "certainty", "coverage", "control"))
            html.leaf("dt", words.get("html.word." + w))
                    .leaf("dd", words.get("html.word." + w + ".is"));
        html.close();
    }

    private void inputs() {
        Audit.Inputs inputs = audit.inputs();
        html.open("dl", "class", "inputs");
        for (Audit.CaptureInfo c : TextReport.head(inputs.captures(), CAPTURES)) capture(c);
        if (inputs.captures().size() > CAPTURES)
            row("", words.count("input.more", inputs.captures().size() - CAPTURES));
        row(
                words.get("input.persona"),
                audit.persona().name(),
                words.count("input.persona.has", audit.persona().identifiers().size()));
        audit.run().ifPresent(r -> row(words.get("input.run"), r.name(), hash(inputs.runSha256())));
        if (!inputs.keySha256().isEmpty())
            row(words.get("input.keys"), words.count("input.keys.has", inputs.keySha256().size()));
        row(words.get("input.policy"), inputs.policyName(), hash(inputs.policySha256()));
        row(words.get("input.tool"), audit.toolVersion());
        html.close();
    }

    private void capture(Audit.CaptureInfo c) {
        List<String> what = new ArrayList<>(List.of(c.name(), c.format()));
        if (c.packets() > 0) what.add(words.count("input.packets", c.packets()));
        if (c.exchanges() > 0) what.add(words.count("input.exchanges", c.exchanges()));
        what.add(words.amounts().bytes(c.bytes()));
        what.add(InputText.span(c.start(), c.end()));
        for (Audit.DeviceAddress d : TextReport.head(c.device(), FEW))
            what.add(
                    words.get(
                            "input.device",
                            InputText.addresses(d.ip(), d.mac(), " "),
                            words.has("input.how." + d.how())
                                    ? words.get("input.how." + d.how())
                                    : d.how()));
        what.add(hash(c.sha256()));
        row(words.get("input.capture"), what.toArray(String[]::new));
    }

    private static String hash(String sha256) {
        return sha256.isEmpty() ? "" : "sha256 " + sha256;
    }

    private void row(String label, String... values) {
        List<String> shown = List.of(values).stream().filter(v -> !v.isEmpty()).toList();
        if (shown.isEmpty()) return;
        html.leaf("dt", label).open("dd");
        for (int i = 0; i < shown.size(); i++) {
            if (i > 0) html.text(" · ");
            boolean hash = shown.get(i).startsWith("sha256 ");
            html.leaf(hash ? "code" : "span", shown.get(i));
        }
        html.close();
    }

    private void reference() {
        List<Audit.Reference> all = audit.inputs().reference().stream().distinct().toList();
        if (all.isEmpty()) return;
        html.leaf("h3", words.get("html.reference"));
        html.open("ul", "class", "plain");
        List<String> said = new ArrayList<>();
        for (Audit.Reference r : all) {
            List<String> what =
                    new ArrayList<>(List.of(r.title().isEmpty() ? r.name() : r.title(), r.date()));
            if (!r.licence().isEmpty()) what.add(r.licence());
            String line = String.join(" · ", what);
            if (said.contains(line)) continue;
            said.add(line);
            html.open("li").text(line);
            if (!r.stale().isEmpty())
                html.text(" ").leaf("span", words.get("input.stale", r.stale()), "class", "doubt");
            html.close();
        }
        html.close();
    }

    // --- oddities ---

    void anomalies() {
        Map<Anomaly.Kind, List<Anomaly>> kinds = new EnumMap<>(Anomaly.Kind.class);
        for (Anomaly a : audit.anomalies())
            kinds.computeIfAbsent(a.kind(), k -> new ArrayList<>()).add(a);
        HtmlPage.table(html, words.get("section.anomalies"), "oddities");
        HtmlPage.head(
                html,
                List.of(
                        words.get("column.what"),
                        words.get("column.times"),
                        words.get("column.place")));
        html.open("tbody");
        kinds.forEach((kind, all) -> {
            html.open("tr").leaf("th", words.get("anomaly." + kind), "scope", "row");
            html.leaf("td", words.amounts().number(all.size()), "class", "number").open("td");
            Map<String, List<String>> texts = new LinkedHashMap<>();
            for (Anomaly a : all)
                texts.computeIfAbsent(a.text(), k -> new ArrayList<>()).add(a.where());
            int shown = 0;
            for (Map.Entry<String, List<String>> e : texts.entrySet()) {
                if (shown++ == FEW) break;
                HtmlPage.own(
                        html, words, "p", TextReport.sentence(e.getKey()) + where(e.getValue()));
            }
            if (texts.size() > FEW)
                html.leaf("p", words.count("anomalies.more", texts.size() - FEW), "class", "note");
            html.close().close();
        });
        html.close().close().close();
    }

    private String where(List<String> places) {
        List<String> named = places.stream().filter(p -> !p.isEmpty()).distinct().toList();
        if (named.isEmpty()) return "";
        String list = String.join(", ", TextReport.head(named, FEW));
        int rest = named.size() - FEW;
        return " ("
                + (rest > 0 ? list + " " + words.get("more", words.amounts().number(rest)) : list)
                + ")";
    }
}
