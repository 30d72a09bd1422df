package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Findings as CSV (RFC 4180): a row each, with its worst variant and its first piece of evidence.
 * Columns are only ever added at the end.
 */
public final class FindingsCsv {

    /**
     * Where a spreadsheet could begin a formula: at the start of a cell, and after whatever it may
     * take for the end of one when its own separator is another. There an apostrophe is put before.
     */
    private static final Pattern FORMULA = Pattern.compile("(^|[;,|\t])(\\s*)([=+\\-@＝＋－＠])");

    private final Appendable out;
    private final Timestamps timestamps = new Timestamps();
    private final List<String> cells = new ArrayList<>();

    private FindingsCsv(Appendable out) {
        this.out = out;
    }

    public static void write(Audit audit, Appendable out) throws IOException {
        FindingsCsv csv = new FindingsCsv(out);
        csv.row(COLUMNS);
        for (Finding f : audit.findings()) csv.finding(audit, f);
    }

    private static final List<String> COLUMNS =
            List.of(
                    "id",
                    "direction",
                    "identifier",
                    "kind",
                    "scope",
                    "personal",
                    "company",
                    "domain",
                    "host",
                    "ips",
                    "port",
                    "category",
                    "country",
                    "anycast",
                    "asn",
                    "place",
                    "protection",
                    "protection_version",
                    "weak",
                    "disguise",
                    "form",
                    "chain",
                    "protocol",
                    "app",
                    "phase",
                    "consented",
                    "variants",
                    "sightings",
                    "first_seen",
                    "last_seen",
                    "set_of",
                    "set_sent",
                    "set_known",
                    "certainty",
                    "accidental",
                    "explanation",
                    "evidence_capture",
                    "evidence_frames",
                    "evidence_entry",
                    "evidence_time",
                    "evidence_request",
                    "evidence_excerpt");

    private void finding(Audit audit, Finding f) throws IOException {
        Destination d = f.destination();
        Finding.Variant v = f.worst();
        cells.clear();
        text(f.id());
        text(JsonOut.lower(f.direction()));
        text(f.identifier().id());
        text(f.identifier().kind());
        text(f.identifier().scope().label());
        plain(f.identifier().personal());
        text(d.company());
        text(d.domain());
        text(d.host());
        text(String.join(" ", d.ips()));
        plain(d.port());
        text(d.category());
        text(d.country());
        plain(d.anycast());
        plain(d.asn().isPresent() ? d.asn().getAsInt() : "");
        text(f.place());
        text(v.secured().protection().name());
        text(v.secured().version());
        text(v.secured().weak());
        text(v.disguise().name());
        text(v.form());
        text(String.join(" > ", v.chain()));
        text(v.protocol());
        text(v.app());
        text(v.phase());
        plain(v.consented().map(Object::toString).orElse(""));
        plain(f.variants().size());
        plain(f.sightings());
        plain(timestamps.micros(f.firstSeen()));
        plain(timestamps.micros(f.lastSeen()));
        text(f.set().map(Finding.SetShare::of).orElse(""));
        plain(f.set().map(s -> (Object) s.sent()).orElse(""));
        plain(f.set().map(s -> (Object) s.known()).orElse(""));
        text(JsonOut.lower(f.certainty()));
        plain(f.accidental());
        text(v.explanation());
        evidence(audit, f.evidence().stream().findFirst());
        row(cells);
    }

    private void evidence(Audit audit, Optional<Evidence> first) {
        if (first.isEmpty()) {
            for (int i = 0; i < 6; i++) plain("");
            return;
        }
        Evidence e = first.get();
        text(capture(audit, e));
        plain(String.join(" ", e.frames().stream().map(String::valueOf).toList()));
        plain(e.entry().isPresent() ? e.entry().getAsInt() : "");
        plain(timestamps.micros(e.time()));
        text(e.request());
        text(e.excerpt());
    }

    /** Empty where the audit names no such capture. */
    static String capture(Audit audit, Evidence e) {
        List<Audit.CaptureInfo> all = audit.inputs().captures();
        return e.capture() >= 0 && e.capture() < all.size() ? all.get(e.capture()).name() : "";
    }

    /** What came from outside. */
    private void text(String value) {
        cells.add(FORMULA.matcher(Printable.of(value)).replaceAll("$1$2'$3"));
    }

    /** What we made: numbers, times, true and false. */
    private void plain(Object value) {
        cells.add(value.toString());
    }

    private void row(List<String> row) throws IOException {
        for (int i = 0; i < row.size(); i++) {
            if (i > 0) out.append(',');
            out.append('"').append(row.get(i).replace("\"", "\"\"")).append('"');
        }
        out.append("\r\n");
    }
}
