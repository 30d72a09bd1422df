package dev.telltale.report;

import dev.telltale.model.Comparison;
import dev.telltale.model.Coverage;
import dev.telltale.model.Finding;
import dev.telltale.model.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * Comparison -> JSON, schema {@code telltale.comparison/1} (DESIGN.md; {@code
 * telltale.comparison-1.schema.json} beside this class).
 */
public final class ComparisonJson extends JsonOut {

    public static final String SCHEMA = "telltale.comparison/1";

    private ComparisonJson(JsonGenerator json, JsonLayout layout) {
        super(json, layout);
    }

    /** Writes UTF-8, ends with a line feed, leaves {@code out} open. */
    public static void write(Comparison comparison, OutputStream out) throws IOException {
        write(out, (json, layout) -> new ComparisonJson(json, layout).comparison(comparison));
    }

    public static byte[] bytes(Comparison comparison) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(comparison, out);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory does not fail", e);
        }
        return out.toByteArray();
    }

    private void comparison(Comparison c) {
        json.writeStartObject();
        text("schema", SCHEMA);
        list("runs", c.runs(), this::run);
        list(
                "stages",
                c.stages(),
                s -> {
                    text("name", s.name());
                    json.writeName("runs");
                    json.writeStartArray();
                    for (int i : s.runs()) json.writeNumber(i);
                    json.writeEndArray();
                    json.writeNumberProperty("handsets", s.handsets());
                });
        if (c.baseline().isPresent()) {
            line(
                    "baseline",
                    () -> {
                        run(c.baseline().get());
                        texts("findings", c.inBaseline());
                    });
        } else {
            json.writeNullProperty("baseline");
        }
        json.writeName("items");
        json.writeStartArray();
        c.items().forEach(this::item);
        json.writeEndArray();
        list(
                "coverage",
                c.coverage(),
                x -> {
                    text("domain", x.domain());
                    line("before", () -> sums(x.before()));
                    line("after", () -> sums(x.after()));
                });
        texts("missing_steps", c.missingSteps());
        texts("doubts", c.doubts());
        text("outcome", c.outcome().name());
        json.writeEndObject();
    }

    private void run(Comparison.Compared run) {
        text("name", run.name());
        text("audit", run.audit());
        text("outcome", run.outcome().name());
        if (run.device().isPresent()) device(run.device().get());
        else json.writeNullProperty("device");
        json.writeNumberProperty("observed_ms", run.observed().toMillis());
        if (run.stage() >= 0) json.writeNumberProperty("stage", run.stage());
    }

    private void device(Run.Device d) {
        line(
                "device",
                () -> {
                    text("brand", d.brand());
                    text("model", d.model());
                    text("build", d.build());
                    text("region", d.region());
                    text("unit", d.unit());
                });
    }

    private void item(Comparison.Item i) {
        json.writeStartObject();
        text("status", lower(i.status()));
        text("identifier", i.identifier().id());
        text("kind", i.identifier().kind());
        text("scope", i.identifier().scope().label());
        json.writeBooleanProperty("personal", i.identifier().personal());
        text("direction", lower(i.direction()));
        text("domain", i.domain());
        text("company", i.company());
        text("place", i.place());
        json.writeName("findings");
        layout.inline(() -> {
            json.writeStartArray();
            for (Optional<Finding> f : i.findings()) {
                if (f.isPresent()) json.writeString(f.get().id());
                else json.writeNull();
            }
            json.writeEndArray();
        });
        list(
                "seen",
                i.seen(),
                s -> {
                    json.writeNumberProperty("runs", s.runs());
                    json.writeNumberProperty("of", s.of());
                    json.writeNumberProperty("handsets", s.handsets());
                    json.writeNumberProperty("of_handsets", s.ofHandsets());
                    json.writeBooleanProperty("exercised", s.exercised());
                });
        list(
                "changes",
                i.changes(),
                x -> {
                    text("attribute", lower(x.attribute()));
                    text("before", x.before());
                    text("after", x.after());
                    text("weight", x.weight().name());
                });
        text("weight", i.weight().name());
        text("why", i.why());
        texts("missing", i.missing());
        json.writeEndObject();
    }

    private void sums(Coverage.Sums sums) {
        json.writeNumberProperty("bytes", sums.bytes());
        json.writeNumberProperty("readable", sums.readable());
        json.writeNumberProperty("opaque", sums.opaque());
        json.writeNumberProperty("encrypted", sums.encrypted());
        json.writeNumberProperty("missing", sums.missing());
    }
}
