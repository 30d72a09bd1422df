package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Inspection;
import dev.telltale.report.InspectionText;
import dev.telltale.report.Printable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        description = "List devices, hosts, protocols and what can be read; needs no persona.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  Who talks to whom, and what could be read of it:",
            "    telltale inspect phone.pcapng",
            "  Every request, one a line (method, URL, frame, separated by tabs):",
            "    telltale inspect phone.pcapng --requests",
            "  Requests by host:",
            "    telltale inspect phone.pcapng --requests | cut -d/ -f3 | sort | uniq -c",
        })
final class InspectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "CAPTURE", description = "pcap, pcapng (plain, .gz, .zst) or HAR.")
    private Path capture = Path.of("");

    @Option(
            names = "--keys",
            paramLabel = "KEYLOG",
            description = "TLS or QUIC key log (SSLKEYLOGFILE format); may be repeated.")
    private List<Path> keys = List.of();

    @Option(names = "--requests", description = "One line a request: METHOD<TAB>URL<TAB>frame.")
    private boolean requests;

    private final Core core;
    private final Console console;

    InspectCommand(Core core, Console console) {
        this.core = core;
        this.console = console;
    }

    @Override
    public Integer call() throws UnreadableInput {
        if (requests) requests();
        else inspect();
        return Exit.OK;
    }

    private void inspect() throws UnreadableInput {
        Inspection inspection;
        try (ProgressLine progress = new ProgressLine(console)) {
            inspection =
                    core.inspect(
                            capture, new ArrayList<>(keys), Threads.of(Threads.usual()), progress);
        }
        console.print(out -> InspectionText.write(inspection, out, console.look()));
    }

    private void requests() throws UnreadableInput {
        AtomicReference<@Nullable UnreadableInput> unreadable = new AtomicReference<>();
        console.write(out -> {
            try {
                core.requests(
                        capture,
                        new ArrayList<>(keys),
                        line -> {
                            try {
                                out.write(console.outIsTerminal() ? printable(line) : line);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            } catch (UnreadableInput e) {
                unreadable.set(e);
            }
        });
        UnreadableInput e = unreadable.get();
        if (e != null) throw e;
    }

    /** Byte for byte in a pipe; on a terminal nothing of a capture may act. */
    private static byte[] printable(byte[] line) {
        String[] fields = new String(line, StandardCharsets.UTF_8).stripTrailing().split("\t", -1);
        for (int i = 0; i < fields.length; i++) fields[i] = Printable.of(fields[i]);
        return (String.join("\t", fields) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
