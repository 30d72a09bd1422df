package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who did what with a run folder, and when: one JSON object a line, each with the hash of the one
 * before and its own, so that no line can be changed or taken out of the middle.
 */
final class Custody {
    static final String FILE = "custody.jsonl";
    private static final long LARGEST = 32L << 20;
    private static final int MOST_LINES = 100_000;
    private static final Pattern LINE =
            Pattern.compile(
                    "(\\{\"n\":(\\d+),.*,\"previous\":\"([0-9a-f]*)\"),\"hash\":\"([0-9a-f]{64})\"}");
    private static final Pattern ABOUT =
            Pattern.compile("\"(?:manifest|with)\":\"([0-9a-f]{64})\"");

    private Custody() {}

    /**
     * Appends one line.
     *
     * @param manifest SHA-256 of the manifest that it was about
     * @param with SHA-256 of the file that was added, or empty
     */
    static void append(
            Path folder,
            Instant when,
            String who,
            String tool,
            String action,
            String manifest,
            String with)
            throws IOException {
        Path file = folder.resolve(FILE);
        List<String> lines = Files.exists(file) ? Files.readAllLines(file, UTF_8) : List.of();
        String previous = "";
        if (!lines.isEmpty()) {
            Matcher last = LINE.matcher(lines.getLast());
            if (!last.matches()) throw new IOException(file + " does not end in a line of its own");
            previous = last.group(4);
        }
        String line =
                "{\"n\":"
                        + (lines.size() + 1)
                        + ","
                        + Json.fields(
                                "time",
                                when.truncatedTo(ChronoUnit.SECONDS).toString(),
                                "who",
                                who,
                                "tool",
                                tool,
                                "action",
                                action,
                                "manifest",
                                manifest,
                                "with",
                                with,
                                "previous",
                                previous);
        String whole =
                line + "," + Json.fields("hash", Hashing.sha256(line.getBytes(UTF_8))) + "}\n";
        Files.writeString(file, whole, UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * @param problem what does not fit, or empty
     * @param files that it tells of, by their SHA-256
     */
    record Read(int lines, String problem, List<String> files) {}

    static Read read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) return new Read(0, "is too large", List.of());
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, UTF_8);
        List<String> files = new ArrayList<>();
        String previous = "";
        int n = 0;
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            if (end < 0) return new Read(n, "line " + (n + 1) + " is cut", files);
            Matcher m = LINE.matcher(text.substring(at, end));
            n++;
            if (n > MOST_LINES) return new Read(n, "has too many lines", files);
            if (!m.matches()
                    || !m.group(2).equals(Integer.toString(n))
                    || !m.group(4).equals(Hashing.sha256(m.group(1).getBytes(UTF_8))))
                return new Read(n, "line " + n + " was changed", files);
            if (!m.group(3).equals(previous))
                return new Read(n, "line " + n + " does not follow the one before", files);
            previous = m.group(4);
            Matcher about = ABOUT.matcher(m.group(1));
            while (about.find()) files.add(about.group(1));
            at = end + 1;
        }
        return new Read(n, n == 0 ? "is empty" : "", List.copyOf(files));
    }
}
