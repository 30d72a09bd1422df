package dev.telltale.cli;

import dev.telltale.model.Audit;
import dev.telltale.report.Look;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where an audit goes. Decided before the work begins, so that a slip in the options costs no hour.
 *
 * <ul>
 *   <li>neither {@code -o} nor {@code --format}: text to stdout;
 *   <li>one {@code --format}, with or without {@code -o -}: that format to stdout;
 *   <li>{@code -o DIR}: the named formats (all of them, where none is named) as files in DIR, the
 *       audit JSON always among them, since it is what makes a run folder; text to stdout.
 * </ul>
 */
record Output(Optional<Path> folder, List<OutputFormat> files, OutputFormat toStdout) {

    static Output of(Optional<String> where, List<String> names) {
        Set<OutputFormat> formats = new LinkedHashSet<>();
        for (String name : names) {
            formats.add(
                    OutputFormat.named(name)
                            .orElseThrow(() ->
                                    new Refused(
                                            "unknown format '"
                                                    + name
                                                    + "'; known: "
                                                    + String.join(", ", OutputFormat.names()))));
        }
        if (where.isEmpty() || where.get().equals("-")) {
            if (formats.size() > 1)
                throw new Refused("several formats need a folder: give one --format, or -o DIR");
            if (where.isPresent() && formats.isEmpty())
                throw new Refused(
                        "-o - needs one --format: " + String.join(", ", OutputFormat.names()));
            OutputFormat only = formats.isEmpty() ? OutputFormat.TEXT : formats.iterator().next();
            return new Output(Optional.empty(), List.of(), only);
        }
        if (formats.isEmpty()) formats.addAll(OutputFormat.ALL);
        formats.add(OutputFormat.JSON);
        return new Output(
                Optional.of(folder(where.get())), List.copyOf(formats), OutputFormat.TEXT);
    }

    private static Path folder(String name) {
        try {
            Path folder = Path.of(name);
            if (Files.exists(folder) && !Files.isDirectory(folder))
                throw new Refused("-o " + name + " is a file; give a folder, or - for stdout");
            return folder;
        } catch (InvalidPathException e) {
            throw new Refused("-o " + name + " is not a path: " + e.getReason());
        }
    }

    void write(Audit audit, Console console) {
        if (folder.isPresent())
            for (OutputFormat format : files) write(audit, folder.get(), format);
        console.write(out -> toStdout.write(audit, out, console.look()));
    }

    /** Whole or not at all: another program may be watching the folder. */
    private static void write(Audit audit, Path folder, OutputFormat format) {
        Path file = folder.resolve(format.file());
        try {
            Files.createDirectories(folder);
            Path part =
                    folder.resolve(
                            "." + format.file() + "." + ProcessHandle.current().pid() + ".part");
            try {
                try (OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                    format.write(audit, out, Look.PLAIN);
                }
                replace(part, file);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new Refused("cannot write " + file + ": " + FileErrors.why(e));
        }
    }

    private static void replace(Path part, Path file) throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
