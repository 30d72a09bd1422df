package dev.telltale.report;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Range;
import dev.telltale.model.Run;
import dev.telltale.model.UnexplainedValue;
import dev.telltale.model.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import tools.jackson.core.JsonGenerator;

/**
 * Audit -> JSON, schema {@code telltale.audit/1} (DESIGN.md; {@code telltale.audit-1.schema.json}
 * beside this class). The same Audit gives the same bytes.
 *
 * <p>Large containers are broken over lines, small ones kept on one: a finding's every variant and
 * every piece of evidence is one line, so that diff, grep and review work on the file as it is.
 */
public final class AuditJson extends JsonOut {

    public static final String SCHEMA = "telltale.audit/1";

    private AuditJson(JsonGenerator json, JsonLayout layout) {
        super(json, layout);
    }

    /** Writes UTF-8, ends with a line feed, leaves {@code out} open. */
    public static void write(Audit audit, OutputStream out) throws IOException {
        write(out, (json, layout) -> new AuditJson(json, layout).audit(audit));
    }

    public static byte[] bytes(Audit audit) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(audit, out);
        } catch (IOException e) {
            throw new AssertionError("a buffer in memory does not fail", e);
        }
        return out.toByteArray();
    }

    private void audit(Audit audit) {
        json.writeStartObject();
        text("schema", SCHEMA);
        line(
                "tool",
                () -> {
                    text("name", "telltale");
                    text("version", audit.toolVersion());
                });
        object("inputs", () -> inputs(audit.inputs()));
        object(
                "persona",
                () -> {
                    text("name", audit.persona().name());
                    text("commitment", audit.persona().commitment());
                    list("identifiers", audit.persona().identifiers(), this::identifier);
                });
        if (audit.run().isPresent()) object("run", () -> run(audit.run().get()));
        else json.writeNullProperty("run");
        object("verdict", () -> verdict(audit.verdict()));
        object("coverage", () -> coverage(audit.coverage()));
        json.writeName("findings");
        json.writeStartArray();
        for (Finding finding : audit.findings()) finding(finding);
        json.writeEndArray();
        list("anomalies", audit.anomalies(), this::anomaly);
        list("controls", audit.controls(), this::control);
        list("unexplained", audit.unexplained(), this::unexplained);
        json.writeEndObject();
    }

    private void control(ControlSeen control) {
        text("name", control.name());
        text("from", control.from());
        json.writeNumberProperty("sightings", control.sightings());
        instant("first_seen", control.firstSeen());
        instant("last_seen", control.lastSeen());
        texts("hosts", control.hosts());
    }

    private void unexplained(UnexplainedValue value) {
        text("label", value.label());
        texts("hosts", value.hosts());
        text("place", value.place());
        json.writeNumberProperty("sightings", value.sightings());
        instant("first_seen", value.firstSeen());
    }

    private void inputs(Audit.Inputs inputs) {
        list("captures", inputs.captures(), this::capture);
        list("keys", inputs.keySha256(), sha256 -> text("sha256", sha256));
        line("run", () -> text("sha256", inputs.runSha256()));
        line(
                "policy",
                () -> {
                    text("name", inputs.policyName());
                    text("sha256", inputs.policySha256());
                });
        list(
                "reference",
                inputs.reference(),
                reference -> {
                    text("name", reference.name());
                    text("date", reference.date());
                    text("sha256", reference.sha256());
                    text("title", reference.title());
                    text("licence", reference.licence());
                    text("stale", reference.stale());
                });
        line(
                "options",
                () -> {
                    text("device", inputs.options().device());
                    json.writeNumberProperty("evidence", inputs.options().evidence());
                    json.writeBooleanProperty("reveal", inputs.options().reveal());
                });
    }

    private void capture(Audit.CaptureInfo capture) {
        text("name", capture.name());
        text("sha256", capture.sha256());
        text("format", capture.format());
        json.writeNumberProperty("packets", capture.packets());
        json.writeNumberProperty("exchanges", capture.exchanges());
        json.writeNumberProperty("bytes", capture.bytes());
        instant("start", capture.start());
        instant("end", capture.end());
        list(
                "device",
                capture.device(),
                device -> {
                    text("ip", device.ip());
                    text("mac", device.mac());
                    text("how", device.how());
                });
    }

    private void identifier(Identifier identifier) {
        text("id", identifier.id());
        text("kind", identifier.kind());
        text("scope", identifier.scope().label());
        json.writeBooleanProperty("personal", identifier.personal());
    }

    /** The same fields as the run file. */
    private void run(Run run) {
        text("run", run.name());
        if (run.device().isPresent()) {
            Run.Device device = run.device().get();
            line(
                    "device",
                    () -> {
                        text("brand", device.brand());
                        text("model", device.model());
                        text("build", device.build());
                        text("region", device.region());
                        text("unit", device.unit());
                    });
        } else {
            json.writeNullProperty("device");
        }
        line("captured", () -> texts(run.captured()));
        line(
                "clock",
                () -> {
                    json.writeNumberProperty("offset_ms", run.clockOffsetMillis());
                    text("zone", run.zone());
                });
        list(
                "phases",
                run.phases(),
                phase -> {
                    text("name", phase.name());
                    instant("from", phase.from());
                    instant("to", phase.to());
                    list(
                            "steps",
                            phase.steps(),
                            step -> {
                                text("name", step.name());
                                instant("at", step.at());
                            });
                });
        list(
                "consents",
                run.consents(),
                consent -> {
                    text("service", consent.service());
                    instant("given", consent.given());
                    instant("withdrawn", consent.withdrawn());
                    line(
                            "covers",
                            () -> {
                                texts("domains", consent.domains());
                                texts("identifiers", consent.identifiers());
                            });
                });
        list(
                "controls",
                run.controls(),
                control -> {
                    text("name", control.name());
                    text("value", control.value());
                    text("from", control.from());
                });
        list(
                "attachments",
                run.attachments(),
                attachment -> {
                    text("file", attachment.file());
                    text("sha256", attachment.sha256());
                });
    }

    private void verdict(Verdict verdict) {
        text("outcome", verdict.outcome().name());
        text("scope", verdict.scope());
        list(
                "reasons",
                verdict.reasons(),
                reason -> {
                    text("rule", reason.rule());
                    text("destination", reason.destination());
                    text("phase", reason.phase());
                    text("outcome", reason.outcome().name());
                    text("text", reason.text());
                    texts("findings", reason.findings());
                    texts("codes", reason.codes().stream().map(Enum::name).toList());
                });
        list(
                "rules",
                verdict.rules(),
                rule -> {
                    text("name", rule.name());
                    text("outcome", rule.outcome().name());
                    text("reason", rule.reason());
                    text("source", rule.source());
                });
    }

    private void coverage(Coverage coverage) {
        line("sent", () -> sums(coverage.sent()));
        list(
                "destinations",
                coverage.destinations(),
                share -> {
                    text("host", share.host());
                    line("sent", () -> sums(share.sent()));
                    list(
                            "reasons",
                            share.reasons(),
                            reason -> {
                                text("code", reason.code().name());
                                json.writeNumberProperty("bytes", reason.bytes());
                                json.writeNumberProperty("values", reason.values());
                            });
                });
    }

    private void sums(Coverage.Sums sums) {
        json.writeNumberProperty("bytes", sums.bytes());
        json.writeNumberProperty("readable", sums.readable());
        json.writeNumberProperty("opaque", sums.opaque());
        json.writeNumberProperty("encrypted", sums.encrypted());
        json.writeNumberProperty("missing", sums.missing());
    }

    private void finding(Finding finding) {
        json.writeStartObject();
        text("id", finding.id());
        int line = open("identifier");
        identifier(finding.identifier());
        close(line);
        text("direction", lower(finding.direction()));
        line = open("destination");
        destination(finding.destination());
        close(line);
        text("place", finding.place());
        attributes(finding.worst());
        json.writeName("variants");
        json.writeStartArray();
        for (Finding.Variant variant : finding.variants()) {
            line = open();
            text("host", variant.host());
            attributes(variant);
            json.writeNumberProperty("count", variant.count());
            instant("first_seen", variant.firstSeen());
            instant("last_seen", variant.lastSeen());
            close(line);
        }
        json.writeEndArray();
        json.writeNumberProperty("sightings", finding.sightings());
        instant("first_seen", finding.firstSeen());
        instant("last_seen", finding.lastSeen());
        if (finding.set().isPresent()) {
            Finding.SetShare set = finding.set().get();
            line(
                    "set",
                    () -> {
                        text("of", set.of());
                        json.writeNumberProperty("sent", set.sent());
                        json.writeNumberProperty("known", set.known());
                    });
        } else {
            json.writeNullProperty("set");
        }
        text("certainty", lower(finding.certainty()));
        // JSON has no infinity; a form that matches everywhere is no less telling as the largest
        // number.
        json.writeNumberProperty("accidental", Math.min(finding.accidental(), Double.MAX_VALUE));
        json.writeName("evidence");
        json.writeStartArray();
        for (Evidence evidence : finding.evidence()) {
            line = open();
            evidence(evidence);
            close(line);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** What a finding copies from its worst variant, and each variant has for itself. */
    private void attributes(Finding.Variant variant) {
        text("protection", variant.secured().protection().name());
        text("protection_version", variant.secured().version());
        text("weak", variant.secured().weak());
        text("disguise", variant.disguise().name());
        text("form", variant.form());
        texts("chain", variant.chain());
        text("protocol", variant.protocol());
        text("app", variant.app());
        text("phase", variant.phase());
        if (variant.consented().isPresent())
            json.writeBooleanProperty("consented", variant.consented().get());
        else json.writeNullProperty("consented");
        text("explanation", variant.explanation());
    }

    private void destination(Destination destination) {
        text("host", destination.host());
        text("domain", destination.domain());
        texts("ips", destination.ips());
        json.writeNumberProperty("port", destination.port());
        text("company", destination.company());
        text("category", destination.category());
        text("country", destination.country());
        number("asn", destination.asn());
        json.writeBooleanProperty("anycast", destination.anycast());
        int line = open("sources");
        texts(destination.sources());
        close(line);
    }

    private void evidence(Evidence evidence) {
        json.writeNumberProperty("capture", evidence.capture());
        json.writeName("frames");
        json.writeStartArray();
        for (long frame : evidence.frames()) json.writeNumber(frame);
        json.writeEndArray();
        number("entry", evidence.entry());
        json.writeNumberProperty("flow", evidence.flow());
        instant("time", evidence.time());
        text("request", evidence.request());
        json.writeName("path");
        json.writeStartArray();
        for (Evidence.Step step : evidence.path()) {
            int line = open();
            text("layer", step.layer());
            json.writeName("ranges");
            json.writeStartArray();
            for (Range range : step.ranges()) {
                json.writeStartArray();
                json.writeNumber(range.start());
                json.writeNumber(range.length());
                json.writeEndArray();
            }
            json.writeEndArray();
            close(line);
        }
        json.writeEndArray();
        text("excerpt", evidence.excerpt());
    }

    private void anomaly(Anomaly anomaly) {
        text("kind", anomaly.kind().name());
        text("where", anomaly.where());
        text("text", anomaly.text());
    }
}
