package dev.telltale.proof;

import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.model.Finding;
import dev.telltale.report.AuditJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An audit held against the one made of the same inputs now, byte for byte. */
final class SecondReading {
    private static final int MOST_NAMED = 5;

    private final Audit first;
    private final byte[] bytes;
    private final String name;
    private final List<Check> checks = new ArrayList<>();

    /**
     * @param bytes as they lie in the file
     */
    SecondReading(Audit first, byte[] bytes, String name) {
        this.first = first;
        this.bytes = bytes;
        this.name = name;
    }

    List<Check> compare(Audit made) {
        Audit second = made.with(commitment(made));
        second = withNames(second);
        if (!first.toolVersion().equals(second.toolVersion())) {
            checks.add(
                    Check.unchecked(
                            "tool",
                            "the audit was made by version "
                                    + first.toolVersion()
                                    + ", this is "
                                    + second.toolVersion()));
            second = with(second, first.toolVersion(), second.inputs(), second.findings());
        }
        List<String> data = otherData(second);
        if (!data.isEmpty()) {
            checks.add(
                    Check.unchecked(
                            "reference data",
                            "differs from what the audit names ("
                                    + String.join(", ", data)
                                    + "): companies, countries and the verdict were not made again"));
            second = withData(second);
        }
        byte[] now = AuditJson.bytes(second);
        checks.add(
                Arrays.equals(now, bytes)
                        ? Check.holds(
                                name,
                                "audited again from the inputs: the same " + now.length + " bytes")
                        : Check.differs(name, differences(now)));
        return checks;
    }

    private Audit.PersonaSummary commitment(Audit made) {
        return new Audit.PersonaSummary(
                made.persona().name(), first.persona().commitment(), made.persona().identifiers());
    }

    private static Audit with(
            Audit a, String version, Audit.Inputs inputs, List<Finding> findings) {
        return new Audit(
                version,
                inputs,
                a.persona(),
                a.run(),
                a.verdict(),
                a.coverage(),
                findings,
                a.anomalies(),
                a.controls(),
                a.unexplained());
    }

    private static Audit.Inputs with(
            Audit.Inputs in, List<Audit.CaptureInfo> captures, List<Audit.Reference> reference) {
        return new Audit.Inputs(
                captures,
                in.keySha256(),
                in.runSha256(),
                in.policySha256(),
                in.policyName(),
                reference,
                in.options());
    }

    /**
     * A file may have been renamed since: its bytes are the same, so the name is all that differs.
     */
    private Audit withNames(Audit second) {
        List<Audit.CaptureInfo> captures = new ArrayList<>();
        for (int i = 0; i < second.inputs().captures().size(); i++) {
            Audit.CaptureInfo c = second.inputs().captures().get(i);
            String known =
                    i < first.inputs().captures().size()
                            ? first.inputs().captures().get(i).name()
                            : c.name();
            if (!known.equals(c.name()))
                checks.add(
                        Check.unchecked(
                                c.name(),
                                "has the bytes of the capture that the audit calls " + known));
            captures.add(
                    new Audit.CaptureInfo(
                            known,
                            c.sha256(),
                            c.format(),
                            c.packets(),
                            c.exchanges(),
                            c.bytes(),
                            c.start(),
                            c.end(),
                            c.device()));
        }
        return with(
                second,
                second.toolVersion(),
                with(second.inputs(), captures, second.inputs().reference()),
                second.findings());
    }

    private List<String> otherData(Audit second) {
        TreeSet<String> names = new TreeSet<>();
        for (Audit.Reference r : first.inputs().reference())
            if (!second.inputs().reference().contains(r)) names.add(r.name());
        for (Audit.Reference r : second.inputs().reference())
            if (!first.inputs().reference().contains(r)) names.add(r.name());
        return List.copyOf(names);
    }

    /** What the data decides, as the first reading has it. */
    private Audit withData(Audit second) {
        Map<String, Destination> known = new HashMap<>();
        first.findings().forEach(f -> known.put(f.id(), f.destination()));
        List<Finding> findings = new ArrayList<>();
        for (Finding f : second.findings()) {
            Destination own = f.destination();
            Destination d = known.getOrDefault(f.id(), own);
            findings.add(
                    new Finding(
                            f.id(),
                            f.identifier(),
                            f.direction(),
                            new Destination(
                                    own.host(),
                                    own.domain(),
                                    own.ips(),
                                    own.port(),
                                    d.company(),
                                    d.category(),
                                    d.country(),
                                    d.asn(),
                                    d.anycast(),
                                    d.sources()),
                            f.place(),
                            f.worst(),
                            f.variants(),
                            f.sightings(),
                            f.firstSeen(),
                            f.lastSeen(),
                            f.set(),
                            f.certainty(),
                            f.accidental(),
                            f.evidence()));
        }
        return with(
                        second,
                        second.toolVersion(),
                        with(
                                second.inputs(),
                                second.inputs().captures(),
                                first.inputs().reference()),
                        findings)
                .with(first.verdict());
    }

    /** Where, never what: a value may be a person's. */
    private String differences(byte[] now) {
        List<String> places = new ArrayList<>();
        JsonMapper mapper = JsonMapper.shared();
        try {
            differ("", mapper.readTree(bytes), mapper.readTree(now), places);
        } catch (JacksonException e) {
            return "holds more than one JSON document";
        }
        if (places.isEmpty())
            return "is not laid out as telltale writes it, from byte "
                    + Arrays.mismatch(now, bytes)
                    + " on";
        return "audited again from the inputs it reads differently at "
                + String.join(", ", places)
                + (places.size() == MOST_NAMED ? ", ..." : "");
    }

    private static void differ(String at, JsonNode a, JsonNode b, List<String> places) {
        if (places.size() == MOST_NAMED || a.equals(b)) return;
        if (a.isObject() && b.isObject()) {
            TreeSet<String> names = new TreeSet<>(a.propertyNames());
            names.addAll(b.propertyNames());
            for (Iterator<String> i = names.iterator(); i.hasNext(); ) {
                String n = i.next();
                String shown = n.matches("[a-z_A-Z0-9]{1,40}") ? n : "?";
                differ(at.isEmpty() ? shown : at + "." + shown, a.path(n), b.path(n), places);
            }
        } else if (a.isArray() && b.isArray() && a.size() == b.size()) {
            for (int i = 0; i < a.size(); i++)
                differ(at + "[" + i + "]", a.get(i), b.get(i), places);
        } else if (places.size() < MOST_NAMED) {
            places.add(at);
        }
    }
}
