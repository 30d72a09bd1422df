package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.publish.Advisory.Event;
import dev.telltale.publish.Advisory.Invalid;
import dev.telltale.publish.Advisory.Revision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A folder that a web server can serve as it is: each advisory as HTML, Markdown and CSAF, and the
 * two feeds. What was published before is read back from the JSON feed, which therefore is the
 * site's memory.
 */
public final class Site {
    public static final String ATOM = "feed.atom";
    public static final String JSON = "feed.json";

    /** A feed that is larger was not written by this. */
    private static final long LARGEST = 64L << 20;

    private final Path folder;
    private final Clock clock;
    private final String version;

    /**
     * @param version of Telltale, for generator lines
     */
    public Site(Path folder, Clock clock, String version) {
        this.folder = folder;
        this.clock = clock;
        this.version = version;
    }

    /**
     * One advisory in the feeds.
     *
     * @param key stands for it for ever
     * @param url empty where the publisher names no site
     * @param tags {@code kind:imei}, {@code company:Xiaomi}, {@code outcome:FAIL}
     * @param content SHA-256 of all that is in it but its dates
     */
    public record Item(
            String key,
            String id,
            String title,
            String summary,
            String url,
            String html,
            String markdown,
            List<String> tags,
            Advisory.Status status,
            Event event,
            String supersededBy,
            List<Revision> revisions,
            String content) {

        public Instant published() {
            return revisions.getFirst().date().orElse(Instant.EPOCH);
        }

        public Instant updated() {
            return revisions.getLast().date().orElse(Instant.EPOCH);
        }
    }

    /**
     * The feeds' own head.
     *
     * @param key of the feed
     */
    record Head(String key, String publisher, String namespace, String site) {}

    record Feed(Head head, List<Item> items) {}

    /**
     * @param remarks what the publisher should still do, one line each
     */
    public record Published(Advisory advisory, boolean changed, List<String> remarks) {}

    /** Writes the advisory's files and the feeds. */
    public Published publish(Advisory given) throws Invalid, IOException {
        Optional<Feed> before = read();
        List<Item> items = new ArrayList<>(before.map(Feed::items).orElse(List.of()));
        Head head = head(given);
        if (before.isPresent() && !before.get().head().namespace().equals(head.namespace()))
            throw new Invalid(
                    folder
                            + " belongs to "
                            + before.get().head().namespace()
                            + "; give another folder for "
                            + head.namespace());
        String key = key(given.publisher().namespace(), given.id());
        Optional<Item> old = items.stream().filter(i -> i.key().equals(key)).findFirst();
        for (Item i : items)
            if (!i.key().equals(key) && Advisory.fileName(i.id()).equals(given.fileName()))
                throw new Invalid("id: its files would be those of " + i.id());
        String content =
                sha256(
                        given.with(
                                        given.revisions().stream()
                                                .map(r ->
                                                        new Revision(
                                                                r.number(),
                                                                Optional.empty(),
                                                                r.summary()))
                                                .toList())
                                .toString());
        boolean changed = old.isEmpty() || !old.get().content().equals(content);
        if (old.isPresent()) revised(given, old.get(), changed);
        Advisory advisory = given.with(dated(given, old));
        items.removeIf(i -> i.key().equals(key));
        items.add(item(advisory, key, content));
        items.sort(Comparator.comparing(Item::updated).reversed().thenComparing(Item::id));
        Files.createDirectories(folder);
        String name = advisory.fileName();
        write(name + ".html", Wording.page(advisory, version));
        write(name + ".md", Wording.markdown(advisory));
        write(name + ".json", Csaf.json(advisory, version));
        Feed feed = new Feed(head, List.copyOf(items));
        write(ATOM, AtomFeed.xml(feed, version));
        write(JSON, JsonFeed.json(feed));
        return new Published(advisory, changed, remarks(advisory, items));
    }

    /** Everything in the feeds, latest first. */
    public List<Item> items() throws Invalid, IOException {
        return read().orElseThrow(() -> new Invalid(folder + " holds no " + JSON)).items();
    }

    private Optional<Feed> read() throws Invalid, IOException {
        Path file = folder.resolve(JSON);
        if (!Files.exists(file)) return Optional.empty();
        if (Files.size(file) > LARGEST) throw new Invalid(file + " is too large to be a feed");
        return Optional.of(JsonFeed.read(file.toString(), Files.readString(file, UTF_8)));
    }

    /** What was published is never changed in silence. */
    private static void revised(Advisory given, Item old, boolean changed) throws Invalid {
        int was = old.revisions().size();
        if (given.version() < was)
            throw new Invalid("revisions: " + given.id() + " was published as number " + was);
        for (int i = 0; i < was; i++)
            if (!given.revisions().get(i).summary().equals(old.revisions().get(i).summary()))
                throw new Invalid(
                        "revisions: number " + (i + 1) + " was published with other words");
        if (changed && given.version() == was)
            throw new Invalid(
                    "revisions: "
                            + given.id()
                            + " has changed since it was published; add number "
                            + (was + 1)
                            + " and say what");
    }

    /** A revision has the date that it was first published with. */
    private List<Revision> dated(Advisory given, Optional<Item> old) throws Invalid {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        List<Revision> known = old.map(Item::revisions).orElse(List.of());
        List<Revision> dated = new ArrayList<>();
        Instant before = Instant.MIN;
        for (Revision r : given.revisions()) {
            int i = dated.size();
            Instant date =
                    i < known.size()
                            ? known.get(i).date().orElse(now)
                            : r.date().orElse(before.isAfter(now) ? before : now);
            if (date.isAfter(now) && i >= known.size())
                throw new Invalid("revisions: number " + r.number() + " lies in the future");
            if (date.isBefore(before))
                throw new Invalid("revisions: number " + r.number() + " is older than one before");
            before = date;
            dated.add(new Revision(r.number(), Optional.of(date), r.summary()));
        }
        return dated;
    }

    private static List<String> remarks(Advisory a, List<Item> items) {
        List<String> remarks = new ArrayList<>();
        for (Item i : items)
            if (a.supersedes().contains(i.id()) && !i.supersededBy().equals(a.id()))
                remarks.add(
                        i.id()
                                + " still stands: set superseded_by: "
                                + a.id()
                                + " in its file, add a revision, publish it again");
        if (!a.supersededBy().isEmpty()
                && items.stream().noneMatch(i -> i.id().equals(a.supersededBy())))
            remarks.add(a.supersededBy() + " is not published here yet");
        return remarks;
    }

    private static Item item(Advisory a, String key, String content) {
        TreeSet<String> tags = new TreeSet<>();
        for (Facts.Leak l : a.facts().leaks()) {
            tags.add("company:" + l.recipient());
            for (String kind : l.kinds()) tags.add("kind:" + kind);
        }
        tags.add("outcome:" + a.facts().outcome());
        return new Item(
                key,
                a.id(),
                a.headline(),
                a.summary(),
                url(a, ".html"),
                Wording.fragment(a),
                Wording.markdown(a),
                List.copyOf(tags),
                a.status(),
                a.event(),
                a.supersededBy(),
                a.revisions(),
                content);
    }

    private static Head head(Advisory a) {
        return new Head(
                key(a.publisher().namespace(), ""),
                a.publisher().name(),
                a.publisher().namespace(),
                a.publisher().site());
    }

    /** Where a file of the advisory is served from; empty where that is not said. */
    static String url(Advisory a, String ending) {
        return url(a.publisher().site(), a.fileName() + ending);
    }

    static String url(String site, String file) {
        if (site.isEmpty()) return "";
        return site + (site.endsWith("/") ? "" : "/") + file;
    }

    /** The same for the same publisher and id, whatever else changes. */
    private static String key(String namespace, String id) {
        return "urn:uuid:" + UUID.nameUUIDFromBytes((namespace + "\n" + id).getBytes(UTF_8));
    }

    static String sha256(String s) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(s.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** Whole or not at all: a server serves the folder meanwhile. */
    private void write(String name, String content) throws IOException {
        Path part = folder.resolve("." + name + ".part");
        try {
            Files.writeString(part, content, UTF_8);
            Files.move(part, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
