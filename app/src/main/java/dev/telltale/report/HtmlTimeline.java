package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Run;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * When it happened: the run's phases with their steps, the consents, and below them each
 * recipient's sightings, in UTC and in the run's zone; and the same as a table.
 */
final class HtmlTimeline {

    private static final int WIDTH = 960;
    private static final int LEFT = 170;
    private static final int RIGHT = 14;
    private static final int RECIPIENTS = 8;
    private static final int CONSENTS = 4;
    private static final int PHASES = 40;
    private static final int STEPS = 30;
    private static final int TICKS = 7;

    /** Steps between the ticks of the axis, in seconds. */
    private static final long[] STRIDES = {
        1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
        172_800, 604_800, 2_592_000
    };

    private static final DateTimeFormatter DAY_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private final Audit audit;
    private final Words words;
    private final Html html;
    private final ZoneId zone;
    private final long from;
    private final long to;

    HtmlTimeline(Audit audit, Words words, Html html) {
        this.audit = audit;
        this.words = words;
        this.html = html;
        this.zone = zone(audit);
        List<Instant> all = instants(audit);
        long first = all.stream().mapToLong(HtmlTimeline::millis).min().orElse(0);
        long last = all.stream().mapToLong(HtmlTimeline::millis).max().orElse(0);
        this.from = first;
        this.to = Math.max(last, first + 1000);
    }

    /** Times that no recording has are drawn at the edge of what milliseconds can say. */
    private static long millis(Instant at) {
        return Math.clamp(at.getEpochSecond(), -1L << 40, 1L << 40) * 1000
                + at.getNano() / 1_000_000;
    }

    static boolean isWorthwhile(Audit audit) {
        return audit.run().map(r -> !r.phases().isEmpty()).orElse(false)
                || audit.findings().stream().anyMatch(HtmlTimeline::counts);
    }

    private static boolean counts(Finding f) {
        return f.direction() == Direction.SENT && f.identifier().personal();
    }

    private static List<Instant> instants(Audit audit) {
        List<Instant> all = new ArrayList<>();
        audit.run()
                .ifPresent(r -> {
                    for (Run.Phase p : r.phases()) {
                        all.add(p.from());
                        all.add(p.to());
                    }
                });
        if (all.isEmpty())
            for (Audit.CaptureInfo c : audit.inputs().captures()) {
                c.start().ifPresent(all::add);
                c.end().ifPresent(all::add);
            }
        for (Finding f : audit.findings())
            if (counts(f)) {
                all.add(f.firstSeen());
                all.add(f.lastSeen());
            }
        return all;
    }

    /** What the run names, and UTC where it names none or one that Java does not know. */
    private static ZoneId zone(Audit audit) {
        String name = audit.run().map(Run::zone).orElse("");
        try {
            return name.isEmpty() ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    private boolean hasZone() {
        return !zone.equals(ZoneOffset.UTC) && !zone.getId().equals("UTC");
    }

    void write() {
        drawing();
        table();
    }

    // --- the drawing ---

    private double x(Instant at) {
        double part = (double) (millis(at) - from) / (to - from);
        return LEFT + Math.clamp(part, 0, 1) * (WIDTH - LEFT - RIGHT);
    }

    private void drawing() {
        List<Run.Phase> phases =
                TextReport.head(audit.run().map(Run::phases).orElse(List.of()), PHASES);
        List<Run.Consent> consents =
                TextReport.head(audit.run().map(Run::consents).orElse(List.of()), CONSENTS);
        Map<String, Map<Long, Dot>> rows = rows();
        double top = hasZone() ? 46 : 28;
        double phaseHeight = phases.isEmpty() ? 0 : 44;
        double height = top + phaseHeight + 26.0 * (consents.size() + rows.size()) + 14;
        html.open(
                "div",
                "class",
                "scroll",
                "role",
                "group",
                "tabindex",
                "0",
                "aria-label",
                words.get("html.timeline.alt"));
        html.open(
                "svg",
                "class",
                "timeline",
                "viewBox",
                "0 0 " + WIDTH + " " + HtmlSankey.number(height),
                "role",
                "img",
                "aria-labelledby",
                "timeline-drawing");
        html.leaf("title", words.get("html.timeline.alt"), "id", "timeline-drawing");
        axis(top, height - 8);
        double y = top + 4;
        int n = 0;
        for (Run.Phase p : phases) phase(p, y, n++ % 2 == 0);
        if (!phases.isEmpty()) label(words.get("html.timeline.steps"), y + 34, "axis");
        y += phaseHeight + 4;
        for (Run.Consent c : consents) {
            consent(c, y);
            y += 26;
        }
        for (Map.Entry<String, Map<Long, Dot>> row : rows.entrySet()) {
            label(Printable.cut(Printable.of(row.getKey()), 22), y + 14, "");
            line("rule", LEFT, y + 10, WIDTH - RIGHT, y + 10);
            for (Dot dot : row.getValue().values()) dot(dot, y + 10);
            y += 26;
        }
        html.close().close();
        String steps = phases.isEmpty() ? "" : " " + words.get("html.timeline.legend.steps");
        html.leaf("p", words.get("html.timeline.legend") + steps, "class", "note");
    }

    private void axis(double top, double bottom) {
        long span = Math.max(1, (to - from) / 1000);
        long stride = STRIDES[STRIDES.length - 1];
        for (long s : STRIDES)
            if (span / s <= TICKS) {
                stride = s;
                break;
            }
        String pattern = stride >= 86_400 ? "MM-dd" : stride < 60 ? "HH:mm:ss" : "HH:mm";
        if (stride < 86_400 && span > 86_400) pattern = "MM-dd HH:mm";
        DateTimeFormatter format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
        label("UTC", 16, "axis");
        if (hasZone()) label(Printable.cut(zone.getId(), 22), 34, "axis");
        // Far apart (a clock that jumps) there would be ticks without end.
        long first = Math.ceilDiv(from / 1000, stride) * stride;
        for (long at = first, n = 0; at * 1000 <= to && n <= 4 * TICKS; at += stride, n++) {
            Instant tick = Instant.ofEpochSecond(at);
            double x = x(tick);
            line("tick", x, top - 4, x, bottom);
            String anchor = x < LEFT + 20 ? "start" : x > WIDTH - RIGHT - 20 ? "end" : "middle";
            text(format.withZone(ZoneOffset.UTC).format(tick), x, 16, "axis", anchor);
            if (hasZone()) text(format.withZone(zone).format(tick), x, 34, "axis", anchor);
        }
    }

    private void phase(Run.Phase p, double y, boolean even) {
        double a = x(p.from());
        double wide = Math.max(1, x(p.to()) - a);
        html.open(
                "rect",
                "class",
                even ? "phase even" : "phase",
                "x",
                HtmlSankey.number(a),
                "y",
                HtmlSankey.number(y),
                "width",
                HtmlSankey.number(wide),
                "height",
                "20");
        html.leaf("title", p.name() + ", " + span(p.from(), p.to())).close();
        int fits = (int) (wide / 7.2) - 1;
        if (fits >= 3)
            text(Printable.cut(Printable.of(p.name()), fits), a + 6, y + 14, "", "start");
        for (Run.Step s : TextReport.head(p.steps(), STEPS)) {
            double x = x(s.at());
            html.open(
                    "path",
                    "class",
                    "step",
                    "d",
                    "M%s %sl4 8h-8z".formatted(HtmlSankey.number(x), HtmlSankey.number(y + 25)));
            html.leaf("title", s.name() + ", " + at(s.at())).close();
        }
    }

    private void consent(Run.Consent c, double y) {
        label(Printable.cut(Printable.of(words.get("html.consent", c.service())), 22), y + 14, "");
        double a = x(c.given());
        double b = c.withdrawn().map(this::x).orElse((double) WIDTH - RIGHT);
        html.open(
                "rect",
                "class",
                "consent",
                "x",
                HtmlSankey.number(a),
                "y",
                HtmlSankey.number(y + 4),
                "width",
                HtmlSankey.number(Math.max(1, b - a)),
                "height",
                "12",
                "rx",
                "2");
        html.leaf("title", words.get("html.consent.given", c.service(), at(c.given()))).close();
    }

    /** Sightings at one point of a row. */
    private static final class Dot {
        double x;
        long sightings;
        boolean bare;
    }

    /** Recipients in the order of the findings section, with their sightings by point. */
    private Map<String, Map<Long, Dot>> rows() {
        Map<String, Map<Long, Dot>> rows = new LinkedHashMap<>();
        List<Finding> sent = audit.findings().stream().filter(HtmlTimeline::counts).toList();
        List<Recipients.Recipient> recipients =
                new Recipients(audit.persona().identifiers()).of(sent);
        for (Recipients.Recipient r : TextReport.head(recipients, RECIPIENTS)) {
            Map<Long, Dot> dots = new TreeMap<>();
            for (Finding f : r.findings()) {
                boolean bare = HtmlReport.tone(f.worst()).equals("bad");
                for (Evidence e : f.evidence()) dot(dots, e.time(), bare);
                if (f.evidence().isEmpty()) dot(dots, f.firstSeen(), bare);
            }
            rows.put(
                    r.destination().company().isEmpty()
                            ? r.destination().domain()
                            : r.destination().company() + " · " + r.destination().domain(),
                    dots);
        }
        return rows;
    }

    private void dot(Map<Long, Dot> dots, Instant at, boolean bare) {
        double x = x(at);
        Dot dot = dots.computeIfAbsent(Math.round(x / 3), k -> new Dot());
        dot.x = dot.sightings == 0 ? x : dot.x;
        dot.sightings++;
        dot.bare |= bare;
    }

    private void dot(Dot d, double y) {
        html.open(
                "circle",
                "class",
                d.bare ? "dot bad" : "dot",
                "cx",
                HtmlSankey.number(d.x),
                "cy",
                HtmlSankey.number(y),
                "r",
                HtmlSankey.number(3.5 + Math.min(4, Math.log10(d.sightings) * 2)));
        html.leaf("title", words.count("html.sightings", d.sightings)).close();
    }

    private void label(String text, double y, String tone) {
        text(text, LEFT - 12, y, tone, "end");
    }

    private void text(String text, double x, double y, String tone, String anchor) {
        html.leaf(
                "text",
                text,
                "class",
                tone,
                "x",
                HtmlSankey.number(x),
                "y",
                HtmlSankey.number(y),
                "text-anchor",
                anchor);
    }

    private void line(String tone, double x1, double y1, double x2, double y2) {
        html.empty(
                "path",
                "class",
                tone,
                "d",
                "M%s %sL%s %s"
                        .formatted(
                                HtmlSankey.number(x1),
                                HtmlSankey.number(y1),
                                HtmlSankey.number(x2),
                                HtmlSankey.number(y2)));
    }

    // --- the same as a table ---

    private String at(Instant t) {
        String utc = DAY_TIME.withZone(ZoneOffset.UTC).format(t) + " UTC";
        return hasZone() ? utc + " (" + clock(t) + ")" : utc;
    }

    private String clock(Instant t) {
        return DateTimeFormatter.ofPattern("HH:mm:ss xxx", Locale.ROOT).withZone(zone).format(t);
    }

    /** {@code 12:01:00 (17:31:00)}: the phase says the rest. */
    private String step(Instant t) {
        DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
        String utc = time.withZone(ZoneOffset.UTC).format(t);
        return hasZone() ? utc + " (" + time.withZone(zone).format(t) + ")" : utc;
    }

    private String span(Instant a, Instant b) {
        return InputText.span(Optional.of(a), Optional.of(b))
                + (hasZone() ? " (" + clock(a) + ")" : "");
    }

    private void table() {
        List<Run.Phase> phases = audit.run().map(Run::phases).orElse(List.of());
        if (phases.isEmpty()) return;
        html.open("details").leaf("summary", words.get("html.as-table"));
        HtmlPage.table(html, words.get("html.section.timeline"), "phases");
        HtmlPage.head(
                html,
                List.of(
                        words.get("column.phase"),
                        words.get("column.time"),
                        words.get("column.steps"),
                        words.get("column.left")));
        html.open("tbody");
        for (Run.Phase p : TextReport.head(phases, PHASES)) {
            html.open("tr").leaf("th", p.name(), "scope", "row").open("td");
            html.text(span(p.from(), p.to())).empty("br");
            html.leaf(
                    "span",
                    words.amounts().duration(Duration.between(p.from(), p.to())),
                    "class",
                    "dim");
            html.close().open("td").open("ol");
            for (Run.Step s : TextReport.head(p.steps(), STEPS))
                html.open("li")
                        .text(s.name() + " ")
                        .leaf("span", step(s.at()), "class", "dim")
                        .close();
            html.close().close().leaf("td", left(p.name())).close();
        }
        html.close().close().close();
        consents();
        html.close();
    }

    private void consents() {
        List<Run.Consent> all = audit.run().map(Run::consents).orElse(List.of());
        if (all.isEmpty()) {
            html.leaf("p", words.get("html.consent.none"));
            return;
        }
        html.open("ul");
        for (Run.Consent c : TextReport.head(all, PHASES)) {
            String given = words.get("html.consent.given", c.service(), at(c.given()));
            String gone =
                    c.withdrawn()
                            .map(w -> ", " + words.get("html.consent.withdrawn", at(w)))
                            .orElse("");
            List<String> covers = new ArrayList<>(c.domains());
            covers.addAll(c.identifiers());
            html.leaf(
                    "li",
                    given
                            + gone
                            + (covers.isEmpty()
                                    ? "."
                                    : ": "
                                            + String.join(", ", TextReport.head(covers, STEPS))
                                            + "."));
        }
        html.close();
    }

    /** Personal identifiers that left in a phase. */
    private String left(String phase) {
        IdentifierNames names = new IdentifierNames(words, audit.persona().identifiers());
        List<String> all =
                audit.findings().stream()
                        .filter(HtmlTimeline::counts)
                        .filter(f -> f.variants().stream().anyMatch(v -> v.phase().equals(phase)))
                        .map(f -> names.one(f.identifier()))
                        .distinct()
                        .toList();
        if (all.isEmpty()) return words.get("html.nothing");
        String text = words.list(TextReport.head(all, 8));
        return all.size() > 8
                ? text + " " + words.get("more", words.amounts().number(all.size() - 8))
                : text;
    }
}
