package dev.telltale.report;

import static dev.telltale.report.Page.dim;

import dev.telltale.model.Audit;
import dev.telltale.model.Destination;
import dev.telltale.report.Page.Span;
import dev.telltale.report.Page.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who is behind a host, and what says so. */
final class WhoText {
    private static final Pattern DATE = Pattern.compile("\\b\\d{4}-\\d\\d-\\d\\d\\b");

    /** As core writes it into the source of the country. */
    private static final Pattern DIFFER = Pattern.compile("^addresses differ: ([^;]+);");

    private WhoText() {}

    /** {@code China (CN) · analytics · AS 64500}. */
    static List<String> about(
            String category, String country, OptionalInt asn, boolean anycast, Words words) {
        List<String> about = new ArrayList<>();
        if (anycast) about.add(words.get("anycast"));
        else if (!country.isEmpty()) about.add(words.country(country));
        TextReport.nonEmpty(category).ifPresent(about::add);
        asn.ifPresent(n -> about.add(words.get("as", Integer.toString(n))));
        return about;
    }

    /** Where the addresses are, as of when; empty where nothing says so. */
    static String where(Destination d, Words words) {
        String source = d.sources().getOrDefault("country", "");
        Matcher date = DATE.matcher(source);
        String asOf = date.find() ? date.group() : words.get("country.undated");
        if (d.anycast()) return words.get("anycast.where");
        if (!d.country().isEmpty())
            return words.get("country.where", words.country(d.country()), asOf);
        Matcher differ = DIFFER.matcher(source);
        return differ.find() ? words.get("country.differ", differ.group(1), asOf) : "";
    }

    /** One line a source, with a doubt where its date lies far from the recording. */
    static List<List<Span>> sources(List<Audit.Reference> references, Words words) {
        List<List<Span>> lines = new ArrayList<>();
        for (Audit.Reference r : references) {
            List<Span> line = new ArrayList<>();
            List<String> what =
                    new ArrayList<>(List.of(r.title().isEmpty() ? r.name() : r.title()));
            what.add(r.date());
            if (!r.licence().isEmpty()) what.add(r.licence());
            line.add(dim(String.join(" · ", what)));
            if (!r.stale().isEmpty())
                line.add(new Span(Style.DOUBT, " " + words.get("input.stale", r.stale())));
            lines.add(line);
        }
        return lines.stream().distinct().toList();
    }
}
