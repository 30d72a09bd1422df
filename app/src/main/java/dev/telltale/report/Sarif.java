package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/**
 * The audit as SARIF 2.1.0, one run: the policy's rules, and a result for each finding that a rule
 * speaks of. What a rule lets pass with a reason is a suppressed result; what could not be decided
 * is of kind {@code open}; findings that no rule speaks of are {@code informational}.
 */
public final class Sarif extends JsonOut {

    /** Of findings that no rule of the policy speaks of. */
    private static final String OBSERVED = "observed";

    /** Pieces of evidence of a result; {@code properties.sightings} says how many there are. */
    private static final int LOCATIONS = 10;

    private final Audit audit;
    private final Map<String, Integer> ruleIndex = new HashMap<>();

    private Sarif(Audit audit, JsonGenerator json, JsonLayout layout) {
        super(json, layout);
        this.audit = audit;
    }

    /** Writes UTF-8, ends with a line feed, leaves {@code out} open. */
    public static void write(Audit audit, OutputStream out) throws IOException {
        write(out, (json, layout) -> new Sarif(audit, json, layout).log());
    }

    private void log() {
        json.writeStartObject();
        text("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        text("version", "2.1.0");
        json.writeName("runs");
        json.writeStartArray();
        json.writeStartObject();
        object("tool", () -> object("driver", this::driver));
        list("artifacts", audit.inputs().captures(), this::artifact);
        json.writeName("invocations");
        json.writeStartArray();
        json.writeStartObject();
        json.writeBooleanProperty("executionSuccessful", true);
        json.writeEndObject();
        json.writeEndArray();
        text("columnKind", "utf16CodeUnits");
        json.writeName("results");
        json.writeStartArray();
        results();
        json.writeEndArray();
        object(
                "properties",
                () -> {
                    text("outcome", audit.verdict().outcome().name());
                    text("scope", shown(audit.verdict().scope()));
                    text("policy", shown(audit.inputs().policyName()));
                });
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }

    private void driver() {
        text("name", "Telltale");
        if (!audit.toolVersion().isEmpty()) text("version", shown(audit.toolVersion()));
        Map<String, Verdict.Asked> rules = new LinkedHashMap<>();
        for (Verdict.Asked r : audit.verdict().rules()) rules.putIfAbsent(r.name(), r);
        // Coverage, controls and channels are asked by the policy as a whole and are no rows of it.
        for (Verdict.Reason r : audit.verdict().reasons())
            rules.putIfAbsent(r.rule(), new Verdict.Asked(r.rule(), "", "", r.outcome()));
        rules.putIfAbsent(
                OBSERVED,
                new Verdict.Asked(
                        OBSERVED,
                        "an identifier of the persona was seen, and no rule speaks of it",
                        "",
                        Outcome.PASS));
        for (String name : rules.keySet()) ruleIndex.put(name, ruleIndex.size());
        list(
                "rules",
                List.copyOf(rules.values()),
                rule -> {
                    text("id", shown(rule.name()));
                    if (!rule.reason().isEmpty()) message("shortDescription", rule.reason());
                    if (!rule.source().isEmpty()) message("help", rule.source());
                });
    }

    private void artifact(Audit.CaptureInfo c) {
        object("location", () -> text("uri", uri(c.name())));
        if (c.bytes() > 0) json.writeNumberProperty("length", c.bytes());
        if (!c.sha256().isEmpty()) object("hashes", () -> text("sha-256", c.sha256()));
        object("properties", () -> text("format", shown(c.format())));
    }

    private void results() {
        Map<String, Finding> findings = new LinkedHashMap<>();
        for (Finding f : audit.findings()) findings.put(f.id(), f);
        Set<String> spokenOf = new LinkedHashSet<>();
        for (Verdict.Reason r : audit.verdict().reasons()) {
            if (r.findings().isEmpty()) {
                if (r.outcome() != Outcome.PASS) result(r, Optional.empty());
                continue;
            }
            for (String id : r.findings()) {
                Finding f = findings.get(id);
                if (f == null) continue;
                spokenOf.add(id);
                result(r, Optional.of(f));
            }
        }
        for (Finding f : audit.findings())
            if (!spokenOf.contains(f.id()))
                result(
                        new Verdict.Reason(
                                OBSERVED,
                                f.destination().domain(),
                                f.worst().phase(),
                                Outcome.PASS,
                                "",
                                List.of()),
                        Optional.of(f));
    }

    private void result(Verdict.Reason r, Optional<Finding> f) {
        boolean observed = r.rule().equals(OBSERVED) && r.text().isEmpty();
        json.writeStartObject();
        text("ruleId", shown(r.rule()));
        json.writeNumberProperty("ruleIndex", ruleIndex.getOrDefault(r.rule(), -1));
        // Level none goes with every kind but fail (3.27.10).
        switch (r.outcome()) {
            case FAIL -> text("level", "error");
            case INCONCLUSIVE -> {
                text("kind", "open");
                text("level", "none");
            }
            case PASS -> {
                if (observed) text("kind", "informational");
                text("level", observed ? "none" : "note");
            }
        }
        message("message", f.isPresent() ? about(f.get(), r) : r.text());
        f.ifPresent(this::located);
        if (r.outcome() == Outcome.PASS && !observed) suppression(r);
        json.writeEndObject();
    }

    private static String about(Finding f, Verdict.Reason r) {
        String what =
                f.worst().explanation().isEmpty() ? f.identifier().id() : f.worst().explanation();
        String way = f.direction() == Direction.SENT ? ", sent to " : ", received from ";
        String why = r.text().isEmpty() ? "" : ": " + r.text();
        return TextReport.sentence(what + way + f.destination().host() + why);
    }

    private void located(Finding f) {
        List<Evidence> shown = TextReport.head(f.evidence(), LOCATIONS);
        json.writeName("locations");
        json.writeStartArray();
        for (Evidence e : shown) {
            json.writeStartObject();
            if (e.capture() >= 0 && e.capture() < audit.inputs().captures().size())
                object(
                        "physicalLocation",
                        () ->
                                line(
                                        "artifactLocation",
                                        () -> {
                                            text("uri", uri(FindingsCsv.capture(audit, e)));
                                            json.writeNumberProperty("index", e.capture());
                                        }));
            list(
                    "logicalLocations",
                    List.of(f),
                    x -> {
                        text("fullyQualifiedName", shown(f.place()));
                        text("kind", "resource");
                    });
            message("message", e.request().isEmpty() ? e.excerpt() : e.request());
            line("properties", () -> properties(e));
            json.writeEndObject();
        }
        json.writeEndArray();
        line("partialFingerprints", () -> text("telltaleFinding/v1", f.id()));
        object("properties", () -> properties(f));
    }

    private void properties(Evidence e) {
        json.writeName("frames");
        json.writeStartArray();
        for (long frame : e.frames()) json.writeNumber(frame);
        json.writeEndArray();
        if (e.entry().isPresent()) json.writeNumberProperty("entry", e.entry().getAsInt());
        instant("time", e.time());
        text("excerpt", shown(e.excerpt()));
    }

    private void properties(Finding f) {
        Finding.Variant v = f.worst();
        text("identifier", shown(f.identifier().id()));
        text("direction", lower(f.direction()));
        text("company", shown(f.destination().company()));
        text("country", shown(f.destination().country()));
        text("protection", v.secured().protection().name());
        text("disguise", v.disguise().name());
        text("form", shown(v.form()));
        texts("chain", v.chain().stream().map(Printable::of).toList());
        text("phase", shown(v.phase()));
        if (v.consented().isPresent()) json.writeBooleanProperty("consented", v.consented().get());
        json.writeNumberProperty("sightings", f.sightings());
        text("certainty", lower(f.certainty()));
    }

    /** An expected use, or a waiver: the policy says why it passes. */
    private void suppression(Verdict.Reason r) {
        List<Verdict.Reason> one = new ArrayList<>(List.of(r));
        list(
                "suppressions",
                one,
                s -> {
                    text("kind", "external");
                    text("justification", shown(s.text()));
                });
    }

    private void message(String name, String text) {
        line(name, () -> text("text", literal(shown(text))));
    }

    private static String shown(String s) {
        return Printable.of(s);
    }

    /**
     * In a message braces may be placeholders and brackets links (3.11.5, 3.11.6): doubled and
     * escaped, they are themselves.
     */
    static String literal(String s) {
        StringBuilder out = new StringBuilder(s.length() + 8);
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '{', '}' -> out.append(c).append(c);
                case '[', ']', '\\' -> out.append('\\').append(c);
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /**
     * A file name as a relative reference (RFC 3986): whatever is in it, it names no scheme or
     * folder.
     */
    static String uri(String fileName) {
        StringBuilder out = new StringBuilder(fileName.length() + 16);
        boolean word = false;
        for (byte b : wellFormed(fileName).getBytes(StandardCharsets.UTF_8)) {
            // A dot that follows no letter could name a folder.
            boolean kept = b == '-' || b == '_' || b == '~' || b == '.' && word;
            word = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
            if (word || kept) out.append((char) b);
            else out.append(String.format("%%%02X", b & 0xFF));
        }
        return out.toString();
    }
}
