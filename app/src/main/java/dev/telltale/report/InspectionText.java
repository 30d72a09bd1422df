package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.padStart;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Attribution;
import dev.telltale.model.Audit;
import dev.telltale.model.Coverage;
import dev.telltale.model.Inspection;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What is in a capture, for a person at a terminal. */
public final class InspectionText {

    private static final int MARGIN = 2;

    /** Addresses, ports, devices named before the rest is counted. */
    private static final int FEW = 4;

    private static final int HOSTS = 200;

    private final Inspection inspection;
    private final Page page;
    private final Words words = Words.english();

    private InspectionText(Inspection inspection, Page page) {
        this.inspection = inspection;
        this.page = page;
    }

    public static void write(Inspection inspection, Appendable out, Look look) {
        InspectionText text = new InspectionText(inspection, new Page(out, look));
        text.capture();
        text.devices();
        text.hosts();
        text.page.section(text.words.get("section.coverage"));
        new CoverageText(text.page, text.words).write(inspection.coverage());
        text.sources();
        if (inspection.anomalies().isEmpty()) return;
        text.page.section(text.words.get("section.anomalies"));
        new AnomaliesText(text.page, text.words).write(inspection.anomalies());
    }

    private void capture() {
        List<String> what = new ArrayList<>();
        what.add(inspection.format());
        if (inspection.packets() > 0) what.add(words.count("input.packets", inspection.packets()));
        if (inspection.exchanges() > 0)
            what.add(words.count("input.exchanges", inspection.exchanges()));
        what.add(words.amounts().bytes(inspection.bytes()));
        page.blank();
        page.wrap(
                MARGIN,
                MARGIN + 2,
                bold(inspection.name()),
                plain(Page.fixed(3) + String.join(" · ", what)));
        line(InputText.span(inspection.start(), inspection.end()));
        line(InputText.fingerprint(inspection.sha256()));
    }

    private void line(String text) {
        if (!text.isEmpty()) page.wrap(MARGIN, MARGIN, dim(text));
    }

    private void devices() {
        page.section(words.get("section.devices"));
        if (inspection.devices().isEmpty())
            page.wrap(MARGIN, MARGIN, plain(words.get("inspect.devices.none")));
        for (Audit.DeviceAddress d : TextReport.head(inspection.devices(), FEW * FEW)) {
            String how =
                    words.has("input.how." + d.how()) ? words.get("input.how." + d.how()) : d.how();
            String maker = inspection.makers().getOrDefault(d.mac(), "");
            page.wrap(
                    MARGIN,
                    MARGIN + 2,
                    plain(InputText.addresses(d.ip(), d.mac(), "  ")),
                    dim(Page.fixed(2) + (maker.isEmpty() ? "" : maker + " ") + "(" + how + ")"));
        }
        int rest = inspection.devices().size() - FEW * FEW;
        if (rest > 0) page.line(MARGIN, dim(words.get("more", words.amounts().number(rest))));
    }

    // --- hosts, those that got most first ---

    private static final int NUMBER = 10;

    private void hosts() {
        page.section(words.get("section.hosts"));
        List<Inspection.Host> hosts = new ArrayList<>(inspection.hosts());
        if (hosts.isEmpty()) {
            page.wrap(MARGIN, MARGIN, plain(words.get("inspect.hosts.none")));
            return;
        }
        hosts.sort(
                Comparator.comparingLong((Inspection.Host h) -> h.sent().bytes())
                        .reversed()
                        .thenComparing(Inspection.Host::host));
        row(
                dim(words.get("column.host")),
                List.of(
                        dim(words.get("column.requests")),
                        dim(words.get("column.sent")),
                        dim(words.get("column.readable")),
                        dim(words.get("column.received"))));
        for (Inspection.Host h : TextReport.head(hosts, HOSTS)) host(h);
        if (hosts.size() > HOSTS)
            page.line(MARGIN, dim(words.count("hosts.more", hosts.size() - HOSTS)));
    }

    private void host(Inspection.Host h) {
        Coverage.Sums sent = h.sent();
        boolean blind = sent.readable() < sent.bytes();
        row(
                bold(h.host()),
                List.of(
                        plain(h.exchanges() == 0 ? "–" : words.amounts().number(h.exchanges())),
                        plain(words.amounts().bytes(sent.bytes())),
                        new Span(
                                blind ? Style.DOUBT : Style.PLAIN,
                                sent.bytes() == 0
                                        ? "–"
                                        : words.amounts().percent(sent.readable(), sent.bytes())),
                        plain(words.amounts().bytes(h.received()))));
        List<String> about = new ArrayList<>();
        if (!h.protocols().isEmpty()) about.add(String.join(", ", h.protocols()));
        if (!h.secured().isEmpty())
            about.add(String.join(", ", h.secured().stream().map(this::secured).toList()));
        if (!h.ciphers().isEmpty()) about.add(few(h.ciphers()));
        List<String> covers = h.serverNames().stream().filter(n -> !n.equals(h.host())).toList();
        if (!covers.isEmpty()) about.add(words.get("inspect.sni", few(covers)));
        about.add(words.count("inspect.flows", h.flows()));
        if (!h.ports().isEmpty()) about.add(words.get("port", few(h.ports())));
        List<String> ips = h.ips().stream().filter(ip -> !ip.equals(h.host())).toList();
        if (!ips.isEmpty()) about.add(few(ips));
        if (!h.apps().isEmpty()) about.add(words.get("inspect.apps", few(h.apps())));
        // One item each: two of them do not fit on a line.
        for (String ja4 : h.ja4().stream().limit(FEW).toList())
            about.add(words.get("inspect.ja4", ja4));
        if (h.ja4().size() > FEW)
            about.add(words.get("more", words.amounts().number(h.ja4().size() - FEW)));
        items(about);
        Attribution who = h.who();
        List<String> owner = new ArrayList<>();
        TextReport.nonEmpty(who.company()).ifPresent(owner::add);
        owner.addAll(WhoText.about(who.category(), who.country(), who.asn(), who.anycast(), words));
        if (!owner.isEmpty()) items(owner);
    }

    /** Lines break between items; within one only where it is longer than a line. */
    private void items(List<String> items) {
        int room = page.columns() - MARGIN - 2 - 2; // but for the dot behind it
        StringBuilder s = new StringBuilder();
        for (String item : items) {
            if (!s.isEmpty()) s.append(Page.fixed(1)).append("· ");
            boolean fits = Printable.width(item) <= room;
            s.append(fits ? item.replace(" ", Page.fixed(1)) : item);
        }
        page.wrap(MARGIN + 2, MARGIN + 2, dim(s.toString()));
    }

    private void sources() {
        List<List<Span>> lines = WhoText.sources(inspection.reference(), words);
        if (lines.isEmpty()) return;
        page.section(words.get("section.sources"));
        for (List<Span> line : lines) page.wrap(MARGIN, MARGIN + 2, line.toArray(Span[]::new));
        if (inspection.hosts().stream().anyMatch(h -> !h.who().country().isEmpty()))
            page.wrap(MARGIN, MARGIN, dim(words.get("inspect.country")));
    }

    private String secured(String s) {
        return words.has("protection." + s) ? words.get("protection." + s) : s;
    }

    private String few(Collection<?> all) {
        String first = String.join(", ", all.stream().limit(FEW).map(String::valueOf).toList());
        return all.size() <= FEW
                ? first
                : first + " " + words.get("more", words.amounts().number(all.size() - FEW));
    }

    private void row(Span host, List<Span> numbers) {
        int room = page.columns() - MARGIN - NUMBER * numbers.size();
        if (host.width() > room) {
            page.wrap(MARGIN, MARGIN, host);
            host = plain("");
        }
        List<Span> line = new ArrayList<>(List.of(host, plain(" ".repeat(room - host.width()))));
        for (Span n : numbers) line.add(new Span(n.style(), padStart(n.text(), NUMBER)));
        page.line(MARGIN, line.toArray(Span[]::new));
    }
}
