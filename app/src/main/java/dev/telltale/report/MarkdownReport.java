package dev.telltale.report;

import dev.telltale.model.Audit;
import dev.telltale.model.Coverage;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Verdict;
import dev.telltale.report.Recipients.Recipient;
import dev.telltale.report.Recipients.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The audit as Markdown (CommonMark with GitHub's tables), to be pasted into an issue or a wiki:
 * the verdict, a table for each recipient, what could be read, and what all this does not say. Text
 * from outside stands in code spans or has its punctuation escaped; there is no HTML and no link in
 * it.
 */
public final class MarkdownReport {

    private static final int RECIPIENTS = 50;
    private static final int ROWS = 40;
    private static final int PLACES = 5;
    private static final int REASONS = 10;

    private final Audit audit;
    private final Words words;
    private final IdentifierNames names;
    private final FindingWords in;
    private final Appendable out;

    private MarkdownReport(Audit audit, Words words, Appendable out) {
        this.audit = audit;
        this.words = words;
        this.out = out;
        this.names = new IdentifierNames(words, audit.persona().identifiers());
        this.in = new FindingWords(words);
    }

    public static void write(Audit audit, Appendable out, Look look) throws IOException {
        MarkdownReport report = new MarkdownReport(audit, Words.in(look.language()), out);
        report.verdict();
        report.findings(Direction.SENT, "section.sent");
        report.findings(Direction.RECEIVED, "section.received");
        report.coverage();
        report.limits();
        report.inputs();
    }

    private void verdict() throws IOException {
        Verdict verdict = audit.verdict();
        line("# " + words.get("outcome." + verdict.outcome()));
        line("");
        line("**" + text(new Headline(audit, words).sentence()) + "**");
        line("");
        Set<String> reasons = new LinkedHashSet<>();
        for (Verdict.Reason r : verdict.reasons())
            if (r.outcome() == verdict.outcome()
                    && (r.outcome() != Outcome.PASS || !r.findings().isEmpty()))
                reasons.add(code(r.rule()) + ": " + text(TextReport.sentence(r.text())));
        items(List.copyOf(reasons), REASONS, "verdict.reasons.more");
        line(text(TextReport.sentence(verdict.scope())));
        line("");
    }

    private void findings(Direction direction, String section) throws IOException {
        List<Finding> findings =
                audit.findings().stream().filter(f -> f.direction() == direction).toList();
        if (findings.isEmpty()) return;
        heading(section);
        List<Recipient> all = new Recipients(audit.persona().identifiers()).of(findings);
        for (Recipient r : TextReport.head(all, RECIPIENTS)) {
            String company = r.destination().company();
            line(
                    "### "
                            + (company.isEmpty() ? "" : text(company) + " · ")
                            + code(r.destination().domain()));
            line("");
            line(code(in.hosts(r)));
            line("");
            table(r.rows());
        }
        if (all.size() > RECIPIENTS) {
            line(words.count("recipients.rest", all.size() - RECIPIENTS));
            line("");
        }
    }

    private void table(List<Row> rows) throws IOException {
        List<String> heads = new ArrayList<>();
        for (String c :
                List.of("what", "protection", "disguise", "times", "phase", "consent", "place"))
            heads.add(words.get("column." + c));
        line("| " + String.join(" | ", heads) + " |");
        line("|" + " --- |".repeat(heads.size()));
        for (Row row : TextReport.head(rows, ROWS)) {
            Finding.Variant v = row.worst();
            String what = names.of(row.identifiers());
            List<String> places =
                    row.findings().stream()
                            .limit(PLACES)
                            .map(f -> cell(code(cut(f.place()))))
                            .toList();
            String more =
                    row.findings().size() > PLACES
                            ? " " + words.count("places.more", row.findings().size() - PLACES)
                            : "";
            line(
                    "| "
                            + String.join(
                                    " | ",
                                    row.personal()
                                            ? "**" + text(what) + "**"
                                            : text(words.get("kind.not-personal", what)),
                                    text(in.protection(v.secured())),
                                    text(in.disguise(v))
                                            + (v.form().isEmpty()
                                                    ? ""
                                                    : " " + cell(code(v.form()))),
                                    words.amounts().number(row.times()),
                                    text(in.phase(v)),
                                    text(in.consent(v.consented())),
                                    String.join(", ", places) + more)
                            + " |");
        }
        line("");
        if (rows.size() > ROWS) {
            line(words.get("more", words.amounts().number(rows.size() - ROWS)));
            line("");
        }
    }

    private void coverage() throws IOException {
        heading("section.coverage");
        Coverage.Sums sent = audit.coverage().sent();
        if (sent.bytes() == 0) {
            line(words.get("coverage.none"));
            line("");
            return;
        }
        line(
                words.count(
                                "coverage.sent",
                                audit.coverage().destinations().size(),
                                words.amounts().bytes(sent.bytes()))
                        + " "
                        + words.get(
                                "coverage.read",
                                words.amounts().percent(sent.readable(), sent.bytes())));
        line("");
        Advice advice = new Advice(words);
        for (BlindSpot spot : BlindSpot.of(audit.coverage())) {
            List<String> hosts = spot.hosts().stream().limit(3).map(MarkdownReport::code).toList();
            String more =
                    spot.hosts().size() > 3
                            ? " " + words.count("hosts.more", spot.hosts().size() - 3)
                            : "";
            line(
                    "- **"
                            + text(advice.name(spot.code()))
                            + "**, "
                            + words.amounts().bytes(spot.bytes())
                            + ": "
                            + String.join(", ", hosts)
                            + more
                            + ". "
                            + text(advice.line(spot.code())));
        }
        if (audit.coverage().destinations().stream().anyMatch(d -> !d.reasons().isEmpty()))
            line("");
    }

    private void limits() throws IOException {
        heading("section.limits");
        for (String limit : new Headline(audit, words).limits()) line("- " + text(limit));
        line("");
    }

    private void inputs() throws IOException {
        heading("section.inputs");
        List<String> captures = new ArrayList<>();
        for (Audit.CaptureInfo c : audit.inputs().captures())
            captures.add(
                    code(c.name())
                            + " · "
                            + text(c.format())
                            + " · "
                            + words.amounts().bytes(c.bytes())
                            + (c.sha256().isEmpty() ? "" : " · sha256 " + code(c.sha256())));
        items(captures, REASONS, "input.more");
        line(
                text(words.get("input.policy"))
                        + " "
                        + code(audit.inputs().policyName())
                        + " · "
                        + text(words.get("input.persona"))
                        + " "
                        + code(audit.persona().name())
                        + " · Telltale "
                        + text(audit.toolVersion()));
    }

    // --- the pieces ---

    private void heading(String key) throws IOException {
        line("## " + words.get(key));
        line("");
    }

    private void items(List<String> items, int most, String more) throws IOException {
        for (String item : TextReport.head(items, most)) line("- " + item);
        if (items.size() > most) line("- " + words.count(more, items.size() - most));
        if (!items.isEmpty()) line("");
    }

    private void line(String s) throws IOException {
        out.append(s).append('\n');
    }

    private static String cut(String s) {
        return Printable.cut(Printable.of(s), 240);
    }

    /** What some renderers make a link or a mention of, escaped or not. */
    private static final Pattern LINK_LIKE = Pattern.compile("\\S*(?:://|@|(?i:www\\.))\\S*");

    /**
     * Every punctuation mark that could mean something, escaped: CommonMark takes it as itself.
     * What looks like an address becomes a code span.
     */
    public static String text(String s) {
        String shown = Printable.of(s);
        StringBuilder safe = new StringBuilder(shown.length() + 16);
        Matcher link = LINK_LIKE.matcher(shown);
        int from = 0;
        while (link.find()) {
            escape(shown, from, link.start(), safe);
            safe.append(cell(code(link.group())));
            from = link.end();
        }
        escape(shown, from, shown.length(), safe);
        return safe.toString();
    }

    private static void escape(String s, int from, int to, StringBuilder safe) {
        for (int i = from; i < to; i++) {
            char c = s.charAt(i);
            if ("\\`*_{}[]<>()#+-!|~&$^=".indexOf(c) >= 0 && !isHarmless(s, i)
                    || c == '.' && i > 0 && Character.isDigit(s.charAt(i - 1)) && isNumber(s, i))
                safe.append('\\');
            safe.append(c);
        }
    }

    /** {@code 1.} at the start would begin a list. */
    private static boolean isNumber(String s, int dot) {
        return s.substring(0, dot).chars().allMatch(Character::isDigit);
    }

    /**
     * Marks that prose is full of mean something only at the start of a line or beside their like.
     */
    private static boolean isHarmless(String s, int i) {
        char c = s.charAt(i);
        boolean first = s.substring(0, i).isBlank();
        return switch (c) {
            case '(', ')', '=', '+' -> !first && s.charAt(i - 1) != ']';
            case '-' -> !first && Character.isLetterOrDigit(s.charAt(i - 1));
            default -> false;
        };
    }

    /** In a table a bar ends a cell, even within a code span. */
    private static String cell(String code) {
        return code.replace("|", "\\|");
    }

    /** A code span: nothing in it means anything but the backticks that end it (6.1). */
    public static String code(String s) {
        String shown = Printable.of(s).strip();
        if (shown.isEmpty()) return "";
        int longest = 0;
        int run = 0;
        for (int i = 0; i < shown.length(); i++) {
            run = shown.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        String fence = "`".repeat(longest + 1);
        String pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
        return fence + pad + shown + pad + fence;
    }
}
