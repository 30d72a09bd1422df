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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where a result goes. Decided before the work begins, so that a slip in the options costs no hour.
 *
 * <ul>
 *   <li>neither {@code -o} nor {@code --format}: text to stdout;
 *   <li>one {@code --format}, with or without {@code -o -}: that format to stdout;
 *   <li>{@code -o DIR}: the named formats (all of them, where none is named) as files in DIR, the
 *       JSON always among them, since it is what makes a run folder; text to stdout.
 * </ul>
 */
record Output<T>(
        Optional<Path> folder,
        List<OutputFormat<T>> files,
        OutputFormat<T> toStdout,
        Locale language) {

    /** For an audit. */
    static Output<Audit> of(Optional<String> where, List<String> names) {
        return of(where, names, OutputFormat.ALL);
    }

    /**
     * @param known text first, JSON among them
     */
    static <T> Output<T> of(
            Optional<String> where, List<String> names, List<OutputFormat<T>> known) {
        List<String> knownNames = known.stream().map(OutputFormat::name).toList();
        Set<OutputFormat<T>> formats = new LinkedHashSet<>();
        for (String name : names) {
            if (!knownNames.contains(name))
                throw new Refused(
                        "unknown format '" + name + "'; known: " + String.join(", ", knownNames));
            formats.add(known.get(knownNames.indexOf(name)));
        }
        OutputFormat<T> text = known.getFirst();
        if (where.isEmpty() || where.get().equals("-")) {
            if (formats.size() > 1)
                throw new Refused("several formats need a folder: give one --format, or -o DIR");
            if (where.isPresent() && formats.isEmpty())
                throw new Refused("-o - needs one --format: " + String.join(", ", knownNames));
            OutputFormat<T> only = formats.isEmpty() ? text : formats.iterator().next();
            return new Output<>(Optional.empty(), List.of(), only, Locale.ENGLISH);
        }
        if (formats.isEmpty()) formats.addAll(known);
        formats.add(known.get(knownNames.indexOf("json")));
        return new Output<>(
                Optional.of(folder(where.get())), List.copyOf(formats), text, Locale.ENGLISH);
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

    /** Reports for people in another language. */
    Output<T> in(Locale other) {
        return new Output<>(folder, files, toStdout, other);
    }

    void write(T result, Console console) {
        if (folder.isPresent())
            for (OutputFormat<T> format : files)
                write(result, folder.get(), format, Look.PLAIN.in(language));
        console.write(out -> toStdout.write(result, out, console.look().in(language)));
    }

    /** Whole or not at all: another program may be watching the folder. */
    private static <T> void write(T result, Path folder, OutputFormat<T> format, Look look) {
        Path file = folder.resolve(format.file());
        try {
            Files.createDirectories(folder);
            Path part =
                    folder.resolve(
                            "." + format.file() + "." + ProcessHandle.current().pid() + ".part");
            try {
                try (OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
                    format.write(result, out, look);
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
