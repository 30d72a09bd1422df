package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.publish.Advisory.Event;
import dev.telltale.publish.Advisory.Invalid;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Who is told of advisories, from {@code subscriptions.yaml}. */
public record Subscriptions(Path file, List<Subscription> all) {

    private static final Set<String> KEYS =
            Set.of(
                    "name",
                    "url",
                    "secret",
                    "authorization",
                    "events",
                    "categories",
                    "since",
                    "active",
                    "template",
                    "content_type");

    /** Shorter secrets can be tried. */
    private static final int SECRET = 16;

    private static final int LARGEST = 1 << 20;

    /**
     * @param secret key of its signature
     * @param authorization value of that header, for endpoints that ask for one
     * @param categories it hears of what has any of these; of all where there are none
     * @param since it hears of what was updated then or later
     */
    public record Subscription(
            String name,
            URI url,
            byte[] secret,
            Optional<String> authorization,
            Set<Event> events,
            List<String> categories,
            Optional<LocalDate> since,
            boolean active,
            Optional<Template> template) {

        boolean wants(Site.Item item) {
            return active
                    && events.contains(item.event())
                    && (categories.isEmpty() || item.tags().stream().anyMatch(categories::contains))
                    && since.stream()
                            .allMatch(d ->
                                    !item.updated()
                                            .isBefore(d.atStartOfDay(ZoneOffset.UTC).toInstant()));
        }
    }

    public static Subscriptions read(Path file) throws Invalid, IOException {
        JsonNode root = tree(small(file), file);
        Set<String> names = new HashSet<>();
        List<Subscription> all = new ArrayList<>();
        for (JsonNode s : root.path("subscriptions")) {
            String name = AdvisoryFile.text(s, "name");
            try {
                if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"))
                    throw new Invalid("name: letters, digits and . _ - are expected");
                if (!names.add(name)) throw new Invalid("there are two of that name");
                all.add(subscription(name, s, file));
            } catch (Invalid e) {
                throw new Invalid(file + ": subscription '" + name + "': " + e.getMessage());
            }
        }
        return new Subscriptions(file, List.copyOf(all));
    }

    private static JsonNode tree(String yaml, Path file) throws Invalid {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JacksonException e) {
            throw new Invalid(
                    file + ": not YAML: " + String.valueOf(e.getOriginalMessage()).strip());
        }
        AdvisoryFile.known(file.toString(), root, Set.of("subscriptions"));
        if (!root.path("subscriptions").isArray())
            throw new Invalid(file + ": subscriptions: a list is missing");
        return root;
    }

    private static Subscription subscription(String name, JsonNode s, Path file)
            throws Invalid, IOException {
        AdvisoryFile.known("it", s, KEYS);
        URI url;
        try {
            url = Endpoint.checked(URI.create(AdvisoryFile.required(s, "url")));
        } catch (IllegalArgumentException e) {
            throw new Invalid("url: not a URL");
        }
        byte[] secret =
                small(file.resolveSibling(AdvisoryFile.required(s, "secret")))
                        .strip()
                        .getBytes(UTF_8);
        if (secret.length < SECRET)
            throw new Invalid("secret: the file holds less than " + SECRET + " characters");
        String authorization = AdvisoryFile.text(s, "authorization");
        String template = AdvisoryFile.text(s, "template");
        return new Subscription(
                name,
                url,
                secret,
                authorization.isEmpty()
                        ? Optional.empty()
                        : Optional.of(header(small(file.resolveSibling(authorization)).strip())),
                events(AdvisoryFile.texts(s, "events")),
                AdvisoryFile.texts(s, "categories"),
                since(AdvisoryFile.text(s, "since")),
                active(s),
                template.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                Template.read(
                                        small(file.resolveSibling(template)),
                                        AdvisoryFile.required(s, "content_type"))));
    }

    private static String header(String value) throws Invalid {
        if (value.isEmpty() || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7f))
            throw new Invalid("authorization: the file holds no value of one line");
        return value;
    }

    private static Set<Event> events(List<String> names) throws Invalid {
        if (names.isEmpty()) return EnumSet.allOf(Event.class);
        Set<Event> events = EnumSet.noneOf(Event.class);
        for (String name : names) {
            Optional<Event> event =
                    EnumSet.allOf(Event.class).stream()
                            .filter(e -> e.label().equals(name))
                            .findFirst();
            events.add(event.orElseThrow(() -> new Invalid("events: unknown event " + name)));
        }
        return events;
    }

    private static Optional<LocalDate> since(String day) throws Invalid {
        try {
            return day.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(day));
        } catch (DateTimeException e) {
            throw new Invalid("since: not a day like 2014-08-07");
        }
    }

    private static boolean active(JsonNode s) throws Invalid {
        JsonNode active = s.path("active");
        if (active.isMissingNode()) return true;
        if (active.isBoolean()) return active.booleanValue();
        throw new Invalid("active: true or false");
    }

    private static String small(Path file) throws Invalid, IOException {
        if (Files.size(file) > LARGEST) throw new Invalid(file + " is too large");
        return Files.readString(file, UTF_8);
    }

    /** Sets {@code active} in the file and leaves the rest of it, comments too, as it stands. */
    public void turn(String name, boolean on) throws Invalid, IOException {
        if (all.stream().noneMatch(s -> s.name().equals(name)))
            throw new Invalid(file + " has no subscription '" + name + "'");
        String before = small(file);
        String after = turned(before, name, on);
        if (!isTurned(tree(before, file), tree(after, file), name, on))
            throw new Invalid(
                    file + " is laid out in a way of its own; set active: " + on + " by hand");
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.writeString(part, after, UTF_8);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String turned(String yaml, String name, boolean on) {
        List<String> lines = new ArrayList<>(List.of(yaml.split("\n", -1)));
        Pattern item = Pattern.compile("(\\s*)- .*");
        Pattern named =
                Pattern.compile(
                        "(\\s*(?:- )?\\s*)name:\\s*[\"']?"
                                + Pattern.quote(name)
                                + "[\"']?\\s*(#.*)?");
        for (int i = 0; i < lines.size(); i++) {
            Matcher m = named.matcher(lines.get(i));
            if (!m.matches()) continue;
            String indent = m.group(1).replace('-', ' ');
            int from = i;
            while (from > 0 && !item.matcher(lines.get(from)).matches()) from--;
            int to = i + 1;
            while (to < lines.size()
                    && (lines.get(to).isBlank() || lines.get(to).startsWith(indent))) to++;
            for (int k = from; k < to; k++) {
                String line = lines.get(k);
                if (line.matches("\\s*(- )?active:\\s*(true|false)\\s*(#.*)?")) {
                    lines.set(k, line.replaceFirst("active:\\s*(true|false)", "active: " + on));
                    return String.join("\n", lines);
                }
            }
            lines.add(i + 1, indent + "active: " + on);
            return String.join("\n", lines);
        }
        return yaml;
    }

    private static boolean isTurned(JsonNode before, JsonNode after, String name, boolean on) {
        JsonNode expected = before.deepCopy();
        for (JsonNode s : expected.path("subscriptions"))
            if (s.path("name").asString("").equals(name))
                ((tools.jackson.databind.node.ObjectNode) s).put("active", on);
        return expected.equals(after);
    }
}
