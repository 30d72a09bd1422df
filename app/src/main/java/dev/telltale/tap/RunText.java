package dev.telltale.tap;

import dev.telltale.model.Run;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes a run: as a run file, or as comments for the recording itself. DESIGN.md, "Run", has the
 * fields.
 */
public final class RunText {
    /** Begins a comment that tells of the run. */
    private static final String COMMENT = "telltale: ";

    private static final List<String> LISTS =
            List.of("phases", "consents", "controls", "attachments");

    private RunText() {}

    /**
     * One comment for the circumstances, then one for each phase, consent, control and attachment.
     */
    public static List<String> comments(Run run) {
        JsonMapper json = new JsonMapper();
        List<String> comments = new ArrayList<>();
        Map<String, Object> circumstances = new LinkedHashMap<>();
        tree(run)
                .forEach((key, value) -> {
                    if (!LISTS.contains(key)) circumstances.put(key, value);
                    // "Nobody consented" has to be said; an empty list says so.
                    else if (key.equals("consents")) circumstances.put(key, List.of());
                });
        comments.add(COMMENT + json.writeValueAsString(circumstances));
        tree(run)
                .forEach((key, value) -> {
                    if (!LISTS.contains(key)) return;
                    for (Object item : (List<?>) value)
                        comments.add(COMMENT + json.writeValueAsString(Map.of(key, List.of(item))));
                });
        return comments;
    }

    /**
     * @param about remarks, line by line, that go before it all
     */
    public static String yaml(Run run, String about) {
        StringBuilder out = new StringBuilder();
        about.lines().forEach(line -> out.append("# ").append(line).append('\n'));
        tree(run)
                .forEach((key, value) -> {
                    out.append(key).append(':');
                    if (value instanceof List<?> items && !items.isEmpty()) {
                        out.append('\n');
                        for (Object item : items) entry(out, item);
                    } else {
                        out.append(' ').append(flow(value)).append('\n');
                    }
                });
        return out.toString();
    }

    /** A list's item: its own lists a line each, the rest on one. */
    private static void entry(StringBuilder out, Object item) {
        if (!(item instanceof Map<?, ?> fields)
                || fields.values().stream().noneMatch(v -> v instanceof List)) {
            out.append("  - ").append(flow(item)).append('\n');
            return;
        }
        String lead = "  - ";
        for (Map.Entry<?, ?> field : fields.entrySet()) {
            out.append(lead).append(field.getKey()).append(':');
            if (field.getValue() instanceof List<?> list && !list.isEmpty()) {
                out.append('\n');
                for (Object of : list) out.append("      - ").append(flow(of)).append('\n');
            } else {
                out.append(' ').append(flow(field.getValue())).append('\n');
            }
            lead = "    ";
        }
    }

    private static String flow(Object value) {
        return switch (value) {
            case Map<?, ?> m ->
                    m.entrySet().stream()
                            .map(e -> e.getKey() + ": " + flow(e.getValue()))
                            .collect(Collectors.joining(", ", "{", "}"));
            case List<?> l ->
                    l.stream().map(RunText::flow).collect(Collectors.joining(", ", "[", "]"));
            default -> scalar(String.valueOf(value));
        };
    }

    /** Plain where nothing in it means anything to YAML, else double-quoted (YAML 1.2, 7.3.1). */
    private static String scalar(String text) {
        if (text.matches("[A-Za-z0-9](?:[A-Za-z0-9 ._/-]*[A-Za-z0-9])?|\\d{4}-[0-9:TZ.-]+")
                && !text.equals("null")) return text;
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\').append(c);
            else if (c < 0x20 || c == 0x7f) quoted.append(String.format("\\x%02x", (int) c));
            else quoted.append(c);
        }
        return quoted.append('"').toString();
    }

    private static Map<String, Object> tree(Run run) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("run", run.name());
        run.device()
                .ifPresent(d ->
                        tree.put(
                                "device",
                                told(
                                        "brand", d.brand(),
                                        "model", d.model(),
                                        "build", d.build(),
                                        "region", d.region(),
                                        "unit", d.unit())));
        if (!run.captured().isEmpty()) tree.put("captured", new TreeMap<>(run.captured()));
        Map<String, Object> clock = new LinkedHashMap<>();
        clock.put("offset_ms", run.clockOffsetMillis());
        if (!run.zone().isEmpty()) clock.put("zone", run.zone());
        tree.put("clock", clock);
        tree.put("phases", run.phases().stream().map(RunText::phase).toList());
        tree.put("consents", run.consents().stream().map(RunText::consent).toList());
        tree.put(
                "controls",
                run.controls().stream()
                        .map(c -> told("name", c.name(), "value", c.value(), "from", c.from()))
                        .toList());
        if (!run.attachments().isEmpty()) {
            tree.put(
                    "attachments",
                    run.attachments().stream()
                            .map(a -> told("file", a.file(), "sha256", a.sha256()))
                            .toList());
        }
        return tree;
    }

    private static Map<String, Object> phase(Run.Phase p) {
        Map<String, Object> phase = new LinkedHashMap<>();
        phase.put("name", p.name());
        phase.put("from", instant(p.from()));
        phase.put("to", instant(p.to()));
        phase.put(
                "steps",
                p.steps().stream()
                        .map(s -> told("name", s.name(), "at", instant(s.at())))
                        .toList());
        return phase;
    }

    private static Map<String, Object> consent(Run.Consent c) {
        Map<String, Object> consent = new LinkedHashMap<>();
        if (!c.service().isEmpty()) consent.put("service", c.service());
        consent.put("given", instant(c.given()));
        c.withdrawn().ifPresent(at -> consent.put("withdrawn", instant(at)));
        Map<String, Object> covers = new LinkedHashMap<>();
        if (!c.domains().isEmpty()) covers.put("domains", c.domains());
        if (!c.identifiers().isEmpty()) covers.put("identifiers", c.identifiers());
        if (!covers.isEmpty()) consent.put("covers", covers);
        return consent;
    }

    /** Keys and values in turn; what is empty is left out. */
    private static Map<String, Object> told(String... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2)
            if (!keysAndValues[i + 1].isEmpty()) map.put(keysAndValues[i], keysAndValues[i + 1]);
        return map;
    }

    private static String instant(Instant at) {
        return at.toString();
    }
}
