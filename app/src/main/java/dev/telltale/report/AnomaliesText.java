package dev.telltale.report;

import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Anomaly;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Anomalies by kind, alike ones in one line with their first places. */
final class AnomaliesText {

    private static final int MARGIN = 2;

    /** Texts of a kind, and places of a text, that are named before the rest is counted. */
    private static final int FEW = 3;

    private final Page page;
    private final Words words;

    AnomaliesText(Page page, Words words) {
        this.page = page;
        this.words = words;
    }

    void write(List<Anomaly> anomalies) {
        Map<Anomaly.Kind, List<Anomaly>> kinds = new EnumMap<>(Anomaly.Kind.class);
        for (Anomaly a : anomalies) kinds.computeIfAbsent(a.kind(), k -> new ArrayList<>()).add(a);
        kinds.forEach((kind, all) -> {
            page.edges(
                    MARGIN,
                    plain(words.get("anomaly." + kind)),
                    plain(all.size() == 1 ? "" : words.count("times", all.size())));
            Map<String, List<String>> places = new LinkedHashMap<>();
            for (Anomaly a : all)
                places.computeIfAbsent(a.text(), k -> new ArrayList<>()).add(a.where());
            int shown = 0;
            for (Map.Entry<String, List<String>> e : places.entrySet()) {
                if (shown++ == FEW) break;
                page.wrap(
                        MARGIN + 2,
                        MARGIN + 4,
                        dim(TextReport.sentence(e.getKey()) + " " + where(e.getValue())));
            }
            if (places.size() > FEW)
                page.line(MARGIN + 2, dim(words.count("anomalies.more", places.size() - FEW)));
        });
    }

    /** {@code (frame 118, frame 120 and 3 more)}. */
    private String where(List<String> places) {
        List<String> named = places.stream().filter(p -> !p.isEmpty()).distinct().toList();
        if (named.isEmpty()) return "";
        String list = String.join(", ", TextReport.head(named, FEW));
        int rest = named.size() - FEW;
        return "("
                + (rest > 0 ? list + " " + words.get("more", words.amounts().number(rest)) : list)
                + ")";
    }
}
