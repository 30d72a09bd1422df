package dev.telltale.report;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import dev.telltale.model.Secured;
import dev.telltale.model.UnexplainedValue;
import dev.telltale.model.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON, schema {@code telltale.audit/1} -> Audit. Unknown fields are passed over; a missing or
 * mistyped one is an error that names it. One finding at a time is held as a tree, never the file.
 */
public final class AuditJsonReader {

    /** Not an audit: the message is one line and names the place in the document. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .build();

    private AuditJsonReader() {}

    /** Reads one document; leaves {@code in} open. */
    public static Audit read(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
            return document(json);
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new Malformed(
                    "not JSON: line %d, column %d: %s"
                            .formatted(
                                    e.getLocation().getLineNr(),
                                    e.getLocation().getColumnNr(),
                                    e.getOriginalMessage()));
        }
    }

    private static Audit document(JsonParser json) throws Malformed {
        if (json.nextToken() != JsonToken.START_OBJECT) throw new Malformed("not a JSON object");
        JsonTree.Fields head = new JsonTree.Fields("");
        List<Finding> findings = new ArrayList<>();
        boolean hasFindings = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("findings") && value == JsonToken.START_ARRAY) {
                hasFindings = true;
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    String path = "findings[" + findings.size() + "]";
                    findings.add(finding(JsonTree.fields(json, path)));
                }
            } else {
                head.put(name, JsonTree.value(json, name));
            }
        }
        String schema = head.text("schema");
        if (!schema.equals(AuditJson.SCHEMA))
            throw new Malformed("schema is \"" + schema + "\", not \"" + AuditJson.SCHEMA + "\"");
        if (!hasFindings) throw new Malformed("findings: missing");
        return new Audit(
                head.object("tool").text("version"),
                inputs(head.object("inputs")),
                persona(head.object("persona")),
                head.optional("run").isPresent()
                        ? Optional.of(run(head.object("run")))
                        : Optional.empty(),
                verdict(head.object("verdict")),
                coverage(head.object("coverage")),
                List.copyOf(findings),
                head.list("anomalies", AuditJsonReader::anomaly),
                head.optionalList("controls", AuditJsonReader::control),
                head.optionalList("unexplained", AuditJsonReader::unexplained));
    }

    private static ControlSeen control(JsonTree.Fields o) throws Malformed {
        return new ControlSeen(
                o.text("name"),
                o.text("from"),
                o.number("sightings"),
                o.optionalInstant("first_seen"),
                o.optionalInstant("last_seen"),
                o.texts("hosts"));
    }

    private static UnexplainedValue unexplained(JsonTree.Fields o) throws Malformed {
        return new UnexplainedValue(
                o.text("label"),
                o.texts("hosts"),
                o.text("place"),
                o.number("sightings"),
                o.instant("first_seen"));
    }

    private static Audit.Inputs inputs(JsonTree.Fields o) throws Malformed {
        return new Audit.Inputs(
                o.list("captures", AuditJsonReader::capture),
                o.list("keys", key -> key.text("sha256")),
                o.object("run").text("sha256"),
                o.object("policy").text("sha256"),
                o.object("policy").text("name", ""),
                o.list(
                        "reference",
                        r ->
                                new Audit.Reference(
                                        r.text("name"),
                                        r.text("date"),
                                        r.text("sha256"),
                                        r.text("title", ""),
                                        r.text("licence", ""),
                                        r.text("stale", ""))),
                o.optional("options").isPresent()
                        ? options(o.object("options"))
                        : Audit.Options.USUAL);
    }

    /** Audits of older versions do not say. */
    private static Audit.Options options(JsonTree.Fields o) throws Malformed {
        return new Audit.Options(o.text("device"), o.small("evidence"), o.flag("reveal"));
    }

    private static Audit.CaptureInfo capture(JsonTree.Fields o) throws Malformed {
        return new Audit.CaptureInfo(
                o.text("name"),
                o.text("sha256"),
                o.text("format"),
                o.number("packets"),
                o.number("exchanges"),
                o.number("bytes"),
                o.optionalInstant("start"),
                o.optionalInstant("end"),
                o.list(
                        "device",
                        d -> new Audit.DeviceAddress(d.text("ip"), d.text("mac"), d.text("how"))));
    }

    private static Audit.PersonaSummary persona(JsonTree.Fields o) throws Malformed {
        return new Audit.PersonaSummary(
                o.text("name"),
                o.text("commitment"),
                o.list("identifiers", AuditJsonReader::identifier));
    }

    private static Identifier identifier(JsonTree.Fields o) throws Malformed {
        return new Identifier(
                o.text("id"),
                o.text("kind"),
                o.oneOf("scope", Scope.class),
                o.optionalFlag("personal").orElse(true));
    }

    private static Run run(JsonTree.Fields o) throws Malformed {
        return new Run(
                o.text("run"),
                o.optional("device").isPresent()
                        ? Optional.of(device(o.object("device")))
                        : Optional.empty(),
                o.object("captured").texts(),
                o.object("clock").number("offset_ms"),
                o.object("clock").text("zone"),
                o.list(
                        "phases",
                        p ->
                                new Run.Phase(
                                        p.text("name"),
                                        p.instant("from"),
                                        p.instant("to"),
                                        p.list(
                                                "steps",
                                                s ->
                                                        new Run.Step(
                                                                s.text("name"), s.instant("at"))))),
                o.list(
                        "consents",
                        c ->
                                new Run.Consent(
                                        c.text("service"),
                                        c.instant("given"),
                                        c.optionalInstant("withdrawn"),
                                        c.object("covers").texts("domains"),
                                        c.object("covers").texts("identifiers"))),
                o.list(
                        "controls",
                        c -> new Run.Control(c.text("name"), c.text("value"), c.text("from"))),
                o.list("attachments", a -> new Run.Attachment(a.text("file"), a.text("sha256"))));
    }

    private static Run.Device device(JsonTree.Fields o) throws Malformed {
        return new Run.Device(
                o.text("brand"),
                o.text("model"),
                o.text("build"),
                o.text("region"),
                o.text("unit"));
    }

    private static Verdict verdict(JsonTree.Fields o) throws Malformed {
        return new Verdict(
                o.oneOf("outcome", Outcome.class),
                o.text("scope"),
                o.list(
                        "reasons",
                        r ->
                                new Verdict.Reason(
                                        r.text("rule"),
                                        r.text("destination"),
                                        r.text("phase"),
                                        r.oneOf("outcome", Outcome.class),
                                        r.text("text"),
                                        r.texts("findings"),
                                        codes(r))),
                o.optionalList(
                        "rules",
                        r ->
                                new Verdict.Asked(
                                        r.text("name"),
                                        r.text("reason"),
                                        r.text("source"),
                                        r.oneOf("outcome", Outcome.class))));
    }

    private static List<ReasonCode> codes(JsonTree.Fields reason) throws Malformed {
        return reason.optional("codes").isPresent()
                ? reason.listOf("codes", ReasonCode.class)
                : List.of();
    }

    private static Coverage coverage(JsonTree.Fields o) throws Malformed {
        return new Coverage(
                sums(o.object("sent")),
                o.list(
                        "destinations",
                        d ->
                                new Coverage.Share(
                                        d.text("host"),
                                        sums(d.object("sent")),
                                        d.list(
                                                "reasons",
                                                r ->
                                                        new Coverage.Reason(
                                                                r.oneOf("code", ReasonCode.class),
                                                                r.number("bytes"),
                                                                r.number("values", 0))))));
    }

    private static Coverage.Sums sums(JsonTree.Fields o) throws Malformed {
        return new Coverage.Sums(
                o.number("bytes"),
                o.number("readable"),
                o.number("opaque"),
                o.number("encrypted"),
                o.number("missing"));
    }

    private static Finding finding(JsonTree.Fields o) throws Malformed {
        Destination destination = destination(o.object("destination"));
        List<Finding.Variant> variants =
                o.list("variants", v -> variant(v, v.text("host"), v.number("count"), v));
        Finding.Variant own = variant(o, destination.host(), o.number("sightings"), o);
        return new Finding(
                o.text("id"),
                identifier(o.object("identifier")),
                o.oneOf("direction", Direction.class),
                destination,
                o.text("place"),
                worst(own, variants),
                variants,
                o.number("sightings"),
                o.instant("first_seen"),
                o.instant("last_seen"),
                o.optional("set").isPresent()
                        ? Optional.of(set(o.object("set")))
                        : Optional.empty(),
                o.oneOf("certainty", Certainty.class),
                o.decimal("accidental"),
                o.list("evidence", AuditJsonReader::evidence));
    }

    /** The document copies the worst variant's attributes, but not its host, count and times. */
    private static Finding.Variant worst(Finding.Variant own, List<Finding.Variant> variants) {
        Finding.Variant found = own;
        boolean any = false;
        for (Finding.Variant v : variants) {
            if (!hasAttributesOf(own, v)) continue;
            if (!any || v.host().equals(own.host())) found = v;
            any = true;
            if (v.host().equals(own.host())) break;
        }
        return found;
    }

    private static boolean hasAttributesOf(Finding.Variant a, Finding.Variant b) {
        return a.app().equals(b.app())
                && a.protocol().equals(b.protocol())
                && a.secured().equals(b.secured())
                && a.disguise() == b.disguise()
                && a.form().equals(b.form())
                && a.chain().equals(b.chain())
                && a.phase().equals(b.phase())
                && a.consented().equals(b.consented())
                && a.explanation().equals(b.explanation());
    }

    private static Finding.Variant variant(
            JsonTree.Fields o, String host, long count, JsonTree.Fields times) throws Malformed {
        return new Finding.Variant(
                host,
                o.text("app"),
                o.text("protocol"),
                new Secured(
                        o.oneOf("protection", Protection.class),
                        o.text("protection_version"),
                        o.text("weak", "")),
                o.oneOf("disguise", Disguise.class),
                o.text("form"),
                o.texts("chain"),
                o.text("phase"),
                o.optionalFlag("consented"),
                o.text("explanation", ""),
                count,
                times.instant("first_seen"),
                times.instant("last_seen"));
    }

    private static Finding.SetShare set(JsonTree.Fields o) throws Malformed {
        return new Finding.SetShare(o.text("of"), o.small("sent"), o.small("known"));
    }

    private static Destination destination(JsonTree.Fields o) throws Malformed {
        return new Destination(
                o.text("host"),
                o.text("domain"),
                o.texts("ips"),
                o.small("port"),
                o.text("company"),
                o.text("category"),
                o.text("country"),
                o.optionalInt("asn"),
                o.flag("anycast"),
                o.object("sources").texts());
    }

    private static Evidence evidence(JsonTree.Fields o) throws Malformed {
        return new Evidence(
                o.small("capture"),
                o.numbers("frames"),
                o.optionalInt("entry"),
                o.number("flow"),
                o.instant("time"),
                o.text("request"),
                o.list("path", s -> new Evidence.Step(s.text("layer"), ranges(s))),
                o.text("excerpt"));
    }

    private static List<Range> ranges(JsonTree.Fields step) throws Malformed {
        List<Range> ranges = new ArrayList<>();
        for (List<Long> pair : step.pairs("ranges"))
            ranges.add(new Range(pair.get(0), pair.get(1)));
        return List.copyOf(ranges);
    }

    private static Anomaly anomaly(JsonTree.Fields o) throws Malformed {
        return new Anomaly(o.oneOf("kind", Anomaly.Kind.class), o.text("where"), o.text("text"));
    }
}
