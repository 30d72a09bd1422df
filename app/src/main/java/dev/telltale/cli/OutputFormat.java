package dev.telltale.cli;

import dev.telltale.model.Audit;
import dev.telltale.report.AuditJson;
import dev.telltale.report.Look;
import dev.telltale.report.TextReport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One way of writing an audit down. A further one is a further row in {@link #ALL}.
 *
 * @param name as {@code --format} takes it
 * @param file its fixed name in a run folder
 */
record OutputFormat(String name, String file, Writing writing) {

    interface Writing {
        void write(Audit audit, OutputStream out, Look look) throws IOException;
    }

    static final OutputFormat TEXT = new OutputFormat("text", "report.txt", OutputFormat::text);
    static final OutputFormat JSON =
            new OutputFormat(
                    "json", "audit.json", (audit, out, look) -> AuditJson.write(audit, out));

    /** In the order in which they are offered. */
    static final List<OutputFormat> ALL = List.of(TEXT, JSON);

    static List<String> names() {
        return ALL.stream().map(OutputFormat::name).toList();
    }

    static Optional<OutputFormat> named(String name) {
        return ALL.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    void write(Audit audit, OutputStream out, Look look) throws IOException {
        writing.write(audit, out, look);
    }

    private static void text(Audit audit, OutputStream out, Look look) throws IOException {
        Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        try {
            TextReport.write(audit, text, look);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        text.flush();
    }
}
