package dev.telltale.cli;

import dev.telltale.model.Audit;
import dev.telltale.model.Comparison;
import dev.telltale.report.AuditJson;
import dev.telltale.report.ComparisonJson;
import dev.telltale.report.ComparisonText;
import dev.telltale.report.FindingsCsv;
import dev.telltale.report.HtmlComparison;
import dev.telltale.report.HtmlReport;
import dev.telltale.report.JunitXml;
import dev.telltale.report.Look;
import dev.telltale.report.MarkdownReport;
import dev.telltale.report.Sarif;
import dev.telltale.report.TextReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One way of writing a result down. A further one is a further row in {@link #ALL} for audits, in
 * {@link #COMPARISONS} for comparisons.
 *
 * @param name as {@code --format} takes it
 * @param file its fixed name in a run folder
 */
record OutputFormat<T>(String name, String file, Writing<T> writing) {

    interface Writing<T> {
        void write(T result, OutputStream out, Look look) throws IOException;
    }

    static final OutputFormat<Audit> TEXT =
            new OutputFormat<>(
                    "text",
                    "report.txt",
                    (audit, out, look) -> text(out, to -> TextReport.write(audit, to, look)));
    static final OutputFormat<Audit> JSON =
            new OutputFormat<>(
                    "json", "audit.json", (audit, out, look) -> AuditJson.write(audit, out));

    static final OutputFormat<Audit> HTML =
            new OutputFormat<>(
                    "html",
                    "report.html",
                    (audit, out, look) -> text(out, to -> HtmlReport.write(audit, to, look)));
    static final OutputFormat<Audit> MARKDOWN =
            new OutputFormat<>(
                    "markdown",
                    "report.md",
                    (audit, out, look) -> text(out, to -> MarkdownReport.write(audit, to, look)));
    static final OutputFormat<Audit> CSV =
            new OutputFormat<>(
                    "csv",
                    "findings.csv",
                    (audit, out, look) -> text(out, to -> FindingsCsv.write(audit, to)));
    static final OutputFormat<Audit> SARIF =
            new OutputFormat<>(
                    "sarif", "report.sarif", (audit, out, look) -> Sarif.write(audit, out));
    static final OutputFormat<Audit> JUNIT =
            new OutputFormat<>(
                    "junit", "junit.xml", (audit, out, look) -> JunitXml.write(audit, out));

    /** In the order in which they are offered. */
    static final List<OutputFormat<Audit>> ALL =
            List.of(TEXT, JSON, HTML, MARKDOWN, CSV, SARIF, JUNIT);

    /** Likewise. */
    static final List<OutputFormat<Comparison>> COMPARISONS =
            List.of(
                    new OutputFormat<>(
                            "text",
                            "comparison.txt",
                            (c, out, look) -> text(out, to -> ComparisonText.write(c, to, look))),
                    new OutputFormat<>(
                            "json",
                            "comparison.json",
                            (c, out, look) -> ComparisonJson.write(c, out)),
                    new OutputFormat<>(
                            "html",
                            "comparison.html",
                            (c, out, look) -> text(out, to -> HtmlComparison.write(c, to, look))));

    void write(T result, OutputStream out, Look look) throws IOException {
        writing.write(result, out, look);
    }

    private interface Text {
        void write(Writer to) throws IOException;
    }

    private static void text(OutputStream out, Text writing) throws IOException {
        Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        try {
            writing.write(text);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        text.flush();
    }
}
