package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.bytes.Limits;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One part and what must be told of it. A text file of {@code key: value} lines:
 *
 * <pre>
 * # who encoded it and how
 * part: BODY             kind, and a name after a space
 * type: text/plain       Content-Type
 * codings: gzip, br      Content-Encoding
 * message-coding: gzip   grpc-encoding
 * find: 4915123456789    a form, as Literals takes it; several lines
 * see: text | chain      a sighting: the form and the chain as Log.Sighting writes it, "-" for none; exactly these
 * unread: OPAQUE GAP 12  class, reason, bytes of the part; exactly these
 * anomaly: LIMIT         exactly these
 * input: ...             base 64 of the part
 * </pre>
 */
record Fixture(
        Path file,
        PartKind kind,
        String name,
        String type,
        List<String> codings,
        String messageCoding,
        List<String> find,
        List<String> see,
        List<String> unread,
        List<String> anomalies,
        byte[] input) {

    static Fixture read(Path file) {
        PartKind kind = PartKind.BODY;
        String name = "";
        String type = "";
        List<String> codings = List.of();
        String messageCoding = "";
        List<String> find = new ArrayList<>();
        List<String> see = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        List<String> anomalies = new ArrayList<>();
        byte[] input = {};
        try {
            for (String line : Files.readString(file, UTF_8).split("\n")) {
                int colon = line.indexOf(':');
                if (line.startsWith("#") || line.isBlank()) continue;
                String value = line.substring(colon + 1).strip();
                switch (line.substring(0, colon)) {
                    case "part" -> {
                        int space = value.indexOf(' ');
                        kind = PartKind.valueOf(space < 0 ? value : value.substring(0, space));
                        name = space < 0 ? "" : value.substring(space + 1);
                    }
                    case "type" -> type = value;
                    case "codings" -> codings = List.of(value.split(", *"));
                    case "message-coding" -> messageCoding = value;
                    case "find" -> find.add(value);
                    case "see" -> see.add(value);
                    case "unread" -> unread.add(value);
                    case "anomaly" -> anomalies.add(value);
                    case "input" -> input = java.util.Base64.getDecoder().decode(value);
                    default -> throw new IllegalArgumentException(file + ": " + line);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return new Fixture(
                file,
                kind,
                name,
                type,
                codings,
                messageCoding,
                find,
                see,
                unread,
                anomalies,
                input);
    }

    Literals matcher() {
        return new Literals(find.toArray(String[]::new));
    }

    Log whole() {
        return run(matcher(), Limits.DEFAULT, input, new Random(0), false);
    }

    /**
     * @param cut in random pieces, bodies only
     */
    Log run(Literals matcher, Limits limits, byte[] bytes, Random r, boolean cut) {
        Log log = new Log();
        Unwrapper u = new Unwrapper(matcher, limits);
        if (kind == PartKind.BODY) {
            Unwrapper.Part p =
                    u.open(kind, name, new Hint(type, codings, -1, messageCoding), false, log);
            feed(p, bytes, r, cut);
            p.end();
        } else {
            u.whole(kind, name, bytes, 0, bytes.length, false, log);
        }
        return log;
    }

    static void feed(Unwrapper.Part p, byte[] bytes, Random r, boolean cut) {
        int i = 0;
        int most = 1 << r.nextInt(18);
        while (i < bytes.length) {
            int n = cut ? Math.min(bytes.length - i, 1 + r.nextInt(most)) : bytes.length;
            byte[] own = new byte[n + 5];
            r.nextBytes(own);
            System.arraycopy(bytes, i, own, 2, n);
            p.feed(own, 2, n);
            r.nextBytes(own);
            i += n;
        }
    }

    /** Reads a sighting's range again, by codecs that are not ours. */
    static String reread(byte[] part, Log.Sighting s) {
        byte[] at = java.util.Arrays.copyOfRange(part, (int) s.partAt(), part.length);
        String before = s.kind() == PartKind.QUERY ? "form" : "";
        for (var step : s.trail()) {
            var from = step.from().getFirst();
            byte[] slice = java.util.Arrays.copyOfRange(at, (int) from.start(), (int) from.end());
            boolean plus = before.equals("form");
            at =
                    step.identity()
                            ? slice
                            : step.decoder().equals("percent")
                                    ? percent(slice, plus)
                                    : Independent.decode(step.decoder(), slice);
            before = step.decoder();
        }
        return new String(at, (int) s.range().start(), (int) s.range().length(), UTF_8);
    }

    static final Pattern PERCENT = Pattern.compile("%([0-9a-fA-F]{2})");

    static byte[] percent(byte[] in, boolean plus) {
        String s = new String(in, ISO_8859_1);
        if (plus) s = s.replace('+', ' ');
        Matcher m = PERCENT.matcher(s);
        return m.replaceAll(x ->
                        Matcher.quoteReplacement(
                                String.valueOf((char) Integer.parseInt(x.group(1), 16))))
                .getBytes(ISO_8859_1);
    }
}
