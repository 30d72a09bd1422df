package dev.telltale.publish;

import dev.telltale.publish.Advisory.Invalid;
import dev.telltale.publish.Advisory.Revision;
import dev.telltale.report.Printable;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Feed 1.1 (jsonfeed.org/version/1.1). What the site must remember stands in the extension
 * {@code _telltale}, which readers ignore.
 */
final class JsonFeed {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String VERSION = "https://jsonfeed.org/version/1.1";

    private JsonFeed() {}

    static String json(Site.Feed feed) {
        Site.Head head = feed.head();
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        root.put("title", Printable.of("Advisories of " + head.publisher()));
        if (!head.site().isEmpty()) root.put("feed_url", Site.url(head.site(), Site.JSON));
        root.put("language", "en");
        root.putArray("authors")
                .addObject()
                .put("name", Printable.of(head.publisher()))
                .put("url", head.namespace());
        root.putObject("_telltale")
                .put("key", head.key())
                .put("publisher", head.publisher())
                .put("namespace", head.namespace())
                .put("site", head.site());
        ArrayNode items = root.putArray("items");
        for (Site.Item i : feed.items()) item(items.addObject(), i);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static void item(ObjectNode item, Site.Item i) {
        item.put("id", i.key());
        if (!i.url().isEmpty()) item.put("url", i.url());
        item.put("title", Printable.of(i.title()));
        item.put("summary", Printable.of(i.summary()));
        item.put("content_html", i.html());
        item.put("date_published", i.published().toString());
        item.put("date_modified", i.updated().toString());
        ArrayNode tags = item.putArray("tags");
        for (String tag : i.tags()) tags.add(Printable.of(tag));
        ObjectNode own = item.putObject("_telltale");
        own.put("id", i.id()).put("markdown", i.markdown());
        own.put("status", i.status().name().toLowerCase(Locale.ROOT));
        own.put("event", i.event().label()).put("superseded_by", i.supersededBy());
        ArrayNode revisions = own.putArray("revisions");
        for (Revision r : i.revisions())
            revisions
                    .addObject()
                    .put("number", r.number())
                    .put("date", r.date().orElseThrow().toString())
                    .put("summary", r.summary());
        own.put("content_sha256", i.content());
    }

    static Site.Feed read(String file, String json) throws Invalid {
        try {
            JsonNode root = JSON.readTree(json);
            if (!root.path("version").asString("").equals(VERSION)
                    || !root.path("_telltale").isObject())
                throw new Invalid(file + " is no feed of telltale publish");
            JsonNode head = root.path("_telltale");
            List<Site.Item> items = new ArrayList<>();
            for (JsonNode item : root.path("items")) items.add(item(item));
            return new Site.Feed(
                    new Site.Head(
                            required(head, "key"),
                            required(head, "publisher"),
                            required(head, "namespace"),
                            head.path("site").asString("")),
                    List.copyOf(items));
        } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
            throw new Invalid(
                    file
                            + " is damaged: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static Site.Item item(JsonNode item) {
        JsonNode own = item.path("_telltale");
        List<Revision> revisions = new ArrayList<>();
        for (JsonNode r : own.path("revisions"))
            revisions.add(
                    new Revision(
                            r.path("number").asInt(0),
                            Optional.of(Instant.parse(required(r, "date"))),
                            required(r, "summary")));
        if (revisions.isEmpty()) throw new IllegalArgumentException("revisions are missing");
        List<String> tags = new ArrayList<>();
        for (JsonNode tag : item.path("tags"))
            if (tag.asString("").indexOf(':') > 0) tags.add(tag.asString(""));
        return new Site.Item(
                required(item, "id"),
                required(own, "id"),
                required(item, "title"),
                required(item, "summary"),
                item.path("url").asString(""),
                required(item, "content_html"),
                required(own, "markdown"),
                List.copyOf(tags),
                Advisory.Status.valueOf(required(own, "status").toUpperCase(Locale.ROOT)),
                Advisory.Event.valueOf(required(own, "event").toUpperCase(Locale.ROOT)),
                own.path("superseded_by").asString(""),
                List.copyOf(revisions),
                required(own, "content_sha256"));
    }

    private static String required(JsonNode of, String name) {
        String text = of.path(name).asString("");
        if (text.isEmpty()) throw new IllegalArgumentException(name + " is missing");
        return text;
    }
}
