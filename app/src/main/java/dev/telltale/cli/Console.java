package dev.telltale.cli;

import dev.telltale.report.Look;
import dev.telltale.report.Printable;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The three things a command has around it: results go to {@code out}, everything else to {@code
 * err}, both in UTF-8 whatever the locale says.
 */
record Console(
        OutputStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> environment) {

    static Console system() {
        return new Console(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                isTerminal(1),
                isTerminal(2),
                System.getenv());
    }

    /** Java only tells whether both stdin and stdout are terminals; Linux tells each. */
    @SuppressWarnings(
            "SystemConsoleNull") // JDK 25's own console is null again where there is no terminal.
    private static boolean isTerminal(int descriptor) {
        try {
            String device =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            java.io.Console console = System.console();
            return console != null && console.isTerminal();
        }
    }

    /** How text for {@code out} is laid out: {@code COLUMNS}, {@code NO_COLOR} (no-color.org). */
    Look look() {
        return new Look(columns(), outIsTerminal && hasColours());
    }

    boolean hasColours() {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    private int columns() {
        try {
            return Integer.parseInt(environment.getOrDefault("COLUMNS", ""));
        } catch (NumberFormatException e) {
            return Look.PLAIN.columns();
        }
    }

    interface Writing {
        void to(OutputStream out) throws IOException;
    }

    interface Printing {
        void to(Writer out) throws IOException;
    }

    /** Writes results; a reader that went away ({@code | head}) is no error. */
    void write(Writing writing) {
        try {
            writing.to(out);
            out.flush();
        } catch (IOException e) {
            if (!isClosedPipe(e))
                throw new Refused("cannot write to standard output: " + FileErrors.why(e));
        }
    }

    void print(Printing printing) {
        write(bytes -> {
            Writer text = new OutputStreamWriter(bytes, StandardCharsets.UTF_8);
            try {
                printing.to(text);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            text.flush();
        });
    }

    private static boolean isClosedPipe(IOException e) {
        return String.valueOf(e.getMessage()).contains("Broken pipe");
    }

    PrintWriter outWriter() {
        return new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true);
    }

    PrintWriter errWriter() {
        return new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    }

    /** One line about what happens or went wrong. */
    void say(String line) {
        err.println("telltale: " + Printable.of(line));
    }
}
