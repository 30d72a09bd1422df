package dev.telltale.report;

import static dev.telltale.report.Page.bold;
import static dev.telltale.report.Page.dim;
import static dev.telltale.report.Page.padStart;
import static dev.telltale.report.Page.padded;
import static dev.telltale.report.Page.plain;

import dev.telltale.model.Coverage;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.List;

/**
 * How much of what left could be read, and for each reason why not: how much, where, what to do.
 */
final class CoverageText {

    private static final int MARGIN = 2;

    /** Hosts that are named before the rest is counted. */
    private static final int FEW = 3;

    private final Page page;
    private final Words words;

    CoverageText(Page page, Words words) {
        this.page = page;
        this.words = words;
    }

    void write(Coverage coverage) {
        Coverage.Sums sent = coverage.sent();
        if (sent.bytes() == 0) {
            page.wrap(MARGIN, MARGIN, plain(words.get("coverage.none")));
            return;
        }
        int hosts = coverage.destinations().size();
        page.wrap(
                MARGIN,
                MARGIN,
                plain(words.count("coverage.sent", hosts, words.amounts().bytes(sent.bytes()))));
        page.blank();
        share("coverage.readable", sent.readable(), sent.bytes(), Style.GOOD);
        share("coverage.encrypted", sent.encrypted(), sent.bytes(), Style.DOUBT);
        share("coverage.opaque", sent.opaque(), sent.bytes(), Style.DOUBT);
        share("coverage.missing", sent.missing(), sent.bytes(), Style.DOUBT);
        blindSpots(coverage);
    }

    private void share(String key, long part, long whole, Style style) {
        if (part == 0 && !key.equals("coverage.readable")) return;
        int room = page.columns() - MARGIN - 36;
        page.line(
                MARGIN + 2,
                plain(padded(words.get(key), 12)),
                plain(padStart(words.amounts().bytes(part), 9)),
                plain(padStart(words.amounts().percent(part, whole), 9) + "  "),
                new Span(style, bar(part, whole, Math.min(40, room))));
    }

    /** Eighths of a column; something is never drawn as nothing, nor as all of it what is not. */
    private static String bar(long part, long whole, int columns) {
        if (columns <= 0 || part == 0) return "";
        long eighths = Math.round((double) part / whole * columns * 8);
        eighths = Math.clamp(eighths, 1, part == whole ? columns * 8L : columns * 8L - 1);
        String last = eighths % 8 == 0 ? "" : String.valueOf((char) ('\u2590' - eighths % 8));
        return "█".repeat((int) (eighths / 8)) + last;
    }

    private void blindSpots(Coverage coverage) {
        List<BlindSpot> spots = BlindSpot.of(coverage);
        if (spots.isEmpty()) return;
        page.blank();
        page.line(MARGIN, bold(words.get("coverage.blind")));
        Advice advice = new Advice(words);
        int names =
                spots.stream()
                        .mapToInt(s -> Printable.width(advice.name(s.code())))
                        .max()
                        .orElse(0);
        int amounts = spots.stream().mapToInt(s -> Printable.width(amount(s))).max().orElse(0);
        for (BlindSpot spot : spots) {
            String where = String.join(", ", TextReport.head(spot.hosts(), FEW));
            if (spot.hosts().size() > FEW)
                where += " " + words.count("hosts.more", spot.hosts().size() - FEW);
            page.wrap(
                    MARGIN + 2,
                    MARGIN + 4,
                    new Span(Style.DOUBT, padded(advice.name(spot.code()), names + 2)),
                    plain(padStart(amount(spot), amounts) + Page.fixed(2)),
                    plain(where));
            page.wrap(MARGIN + 4, MARGIN + 4, dim(advice.line(spot.code())));
        }
    }

    private String amount(BlindSpot spot) {
        String bytes = words.amounts().bytes(spot.bytes());
        return spot.values() > 0 ? words.count("coverage.values", spot.values(), bytes) : bytes;
    }
}
