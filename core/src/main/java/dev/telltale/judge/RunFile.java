package dev.telltale.judge;

import dev.telltale.judge.YamlTree.Fields;
import dev.telltale.judge.YamlTree.From;
import dev.telltale.judge.YamlTree.Value;
import dev.telltale.model.Run;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a run (YAML 1.2, and so JSON): device, channels, clock, phases, consents, controls and
 * attachments of one recording. DESIGN.md, "Run". Times need their zone: {@code Z} or an offset.
 */
public final class RunFile {

    private static final String[] CHANNELS = {"wifi", "cellular", "sms", "bluetooth"};
    private static final List<String> EXTENTS = List.of("full", "partial", "log", "none");
    private static final List<String> SOURCES = List.of("device", "recorder");

    /** Begins a comment in a recording that tells of its run; a JSON object follows. */
    public static final String COMMENT = "telltale:";

    private RunFile() {}

    /**
     * @param file name for messages, and of a run that does not say its own
     * @param yaml UTF-8
     */
    public static Run read(String file, byte[] yaml) throws InvalidFile {
        return run(file, List.of(fields(file, yaml, "run")));
    }

    /**
     * A run out of the comments of its recording, of which each tells a part. Lists grow from
     * comment to comment, the same item twice is one; of anything else the last word holds.
     *
     * @param file of the recording
     * @param comments as they stand there, with {@link #COMMENT}
     */
    public static Run ofComments(String file, List<String> comments) throws InvalidFile {
        List<Fields> parts = new ArrayList<>();
        for (int i = 0; i < comments.size(); i++) {
            byte[] json =
                    comments.get(i).substring(COMMENT.length()).getBytes(StandardCharsets.UTF_8);
            parts.add(fields(file + ", run comment " + (i + 1), json, "run comment"));
        }
        return run(file, parts);
    }

    private static Fields fields(String file, byte[] yaml, String what) throws InvalidFile {
        return YamlTree.read(file, yaml, what)
                .fields(
                        "run",
                        "device",
                        "captured",
                        "clock",
                        "phases",
                        "consents",
                        "controls",
                        "attachments");
    }

    private static Run run(String file, List<Fields> parts) throws InvalidFile {
        Optional<Value> name = last(parts, "run");
        Optional<Value> device = last(parts, "device");
        Optional<Value> captured = last(parts, "captured");
        Optional<Value> clock = last(parts, "clock");
        return new Run(
                name.isPresent() && !name.get().text().isBlank() ? name.get().text() : YamlTree.nameOf(file),
                device.isPresent() ? Optional.of(device(device.get())) : Optional.empty(),
                captured.isPresent() ? captured(captured.get()) : Map.of(),
                clock.isPresent() ? offset(clock.get()) : 0,
                clock.isPresent() ? zone(clock.get()) : "",
                phases(parts),
                all(parts, "consents", RunFile::consent),
                all(parts, "controls", RunFile::control),
                all(parts, "attachments", RunFile::attachment));
    }

    private static Optional<Value> last(List<Fields> parts, String name) {
        Optional<Value> last = Optional.empty();
        for (Fields part : parts) {
            Optional<Value> here = part.optional(name);
            if (here.isPresent()) last = here;
        }
        return last;
    }

    private static <T> List<T> all(List<Fields> parts, String name, From<T> from)
            throws InvalidFile {
        if (parts.size() == 1) return parts.getFirst().list(name, from);
        Set<T> all = new LinkedHashSet<>();
        for (Fields part : parts) all.addAll(part.list(name, from));
        return List.copyOf(all);
    }

    private static Run.Device device(Value value) throws InvalidFile {
        Fields d = value.fields("brand", "model", "build", "region", "unit");
        return new Run.Device(
                d.text("brand"),
                d.text("model"),
                d.text("build"),
                d.text("region"),
                d.text("unit"));
    }

    private static Map<String, String> captured(Value value) throws InvalidFile {
        Fields channels = value.fields(CHANNELS);
        Map<String, String> captured = new TreeMap<>();
        for (String channel : CHANNELS) {
            Optional<Value> extent = channels.optional(channel);
            if (extent.isPresent()) captured.put(channel, extent.get().oneOf(EXTENTS));
        }
        return Map.copyOf(captured);
    }

    private static long offset(Value clock) throws InvalidFile {
        Optional<Value> offset = clockFields(clock).optional("offset_ms");
        if (offset.isEmpty()) return 0;
        try {
            return Long.parseLong(offset.get().text());
        } catch (NumberFormatException e) {
            throw offset.get().wrong("offset_ms is a whole number of milliseconds");
        }
    }

    private static String zone(Value clock) throws InvalidFile {
        Optional<Value> zone = clockFields(clock).optional("zone");
        if (zone.isEmpty()) return "";
        try {
            return ZoneId.of(zone.get().text()).getId();
        } catch (DateTimeException e) {
            throw zone.get().wrong("zone is not a time zone like Asia/Kolkata or +05:30");
        }
    }

    private static Fields clockFields(Value clock) throws InvalidFile {
        return clock.fields("offset_ms", "zone");
    }

    private record PlacedPhase(Value at, Run.Phase phase) {}

    /** In the order of the file; a moment lies in one phase at most. */
    private static List<Run.Phase> phases(List<Fields> parts) throws InvalidFile {
        List<PlacedPhase> phases = new ArrayList<>();
        Set<Run.Phase> told = new HashSet<>();
        for (Fields part : parts) {
            for (PlacedPhase p : part.list("phases", v -> new PlacedPhase(v, phase(v))))
                if (parts.size() == 1 || told.add(p.phase())) phases.add(p);
        }
        List<PlacedPhase> sorted = new ArrayList<>(phases);
        sorted.sort(Comparator.comparing(p -> p.phase().from()));
        for (int i = 1; i < sorted.size(); i++) {
            Run.Phase before = sorted.get(i - 1).phase();
            if (before.to().isAfter(sorted.get(i).phase().from()))
                throw sorted.get(i).at().wrong("phase overlaps phase '" + before.name() + "'");
        }
        return phases.stream().map(PlacedPhase::phase).toList();
    }

    private static Run.Phase phase(Value value) throws InvalidFile {
        Fields p = value.fields("name", "from", "to", "steps");
        Instant from = instant(p.required("from"));
        Instant to = instant(p.required("to"));
        if (!from.isBefore(to)) throw p.required("to").wrong("phase ends before it begins");
        return new Run.Phase(p.required("name").text(), from, to, p.list("steps", RunFile::step));
    }

    private static Run.Step step(Value value) throws InvalidFile {
        Fields s = value.fields("name", "at");
        return new Run.Step(s.required("name").text(), instant(s.required("at")));
    }

    private static Run.Consent consent(Value value) throws InvalidFile {
        Fields c = value.fields("service", "given", "withdrawn", "covers");
        Instant given = instant(c.required("given"));
        Optional<Value> end = c.optional("withdrawn");
        Optional<Instant> withdrawn =
                end.isPresent() ? Optional.of(instant(end.get())) : Optional.empty();
        if (end.isPresent() && instant(end.get()).isBefore(given))
            throw end.get().wrong("consent is withdrawn before it is given");
        Optional<Value> covers = c.optional("covers");
        List<String> domains = List.of();
        List<String> identifiers = List.of();
        if (covers.isPresent()) {
            Fields of = covers.get().fields("domains", "identifiers");
            domains = of.list("domains", d -> d.text().toLowerCase(Locale.ROOT));
            identifiers = of.list("identifiers", Value::text);
        }
        return new Run.Consent(c.text("service"), given, withdrawn, domains, identifiers);
    }

    private static Run.Control control(Value value) throws InvalidFile {
        Fields c = value.fields("name", "value", "from");
        return new Run.Control(
                c.required("name").text(), c.text("value"), c.required("from").oneOf(SOURCES));
    }

    private static Run.Attachment attachment(Value value) throws InvalidFile {
        Fields a = value.fields("file", "sha256");
        String sha256 = a.text("sha256").toLowerCase(Locale.ROOT);
        if (!sha256.matches("([0-9a-f]{64})?"))
            throw a.required("sha256").wrong("sha256 is 64 hexadecimal digits");
        return new Run.Attachment(a.required("file").text(), sha256);
    }

    private static Instant instant(Value value) throws InvalidFile {
        try {
            return OffsetDateTime.parse(value.text().replaceFirst("^(\\S{10}) ", "$1T"))
                    .toInstant();
        } catch (DateTimeException e) {
            throw value.wrong("not a time with its zone, like 2014-08-07T10:00:00Z");
        }
    }
}
