package dev.telltale.publish;

import dev.telltale.publish.Advisory.Invalid;
import dev.telltale.report.Html;
import dev.telltale.report.Printable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * A post of the subscriber's own form: {@code {{title}}} and its like stand for values, which are
 * escaped as the content type asks. Values are put in once: one that holds braces is text.
 */
record Template(String text, String contentType, UnaryOperator<String> escape) {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([a-z_]+)\\s*}}");
    static final Set<String> NAMES =
            Set.of(
                    "event",
                    "id",
                    "key",
                    "title",
                    "summary",
                    "status",
                    "version",
                    "url",
                    "published",
                    "updated",
                    "html",
                    "markdown",
                    "tags");

    static Template read(String text, String contentType) throws Invalid {
        Matcher m = PLACE.matcher(text);
        while (m.find())
            if (!NAMES.contains(m.group(1)))
                throw new Invalid("template: {{" + m.group(1) + "}} stands for nothing");
        if (!contentType.matches("[A-Za-z0-9!#$&^_.+/; =-]+"))
            throw new Invalid("content_type: not a media type");
        return new Template(text, contentType, escape(contentType));
    }

    private static UnaryOperator<String> escape(String contentType) throws Invalid {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("application/json") || type.endsWith("+json")) return Template::json;
        if (type.equals("application/x-www-form-urlencoded"))
            return s -> URLEncoder.encode(s, StandardCharsets.UTF_8);
        if (type.equals("text/html")
                || type.equals("text/xml")
                || type.equals("application/xml")
                || type.endsWith("+xml")) return Template::markup;
        if (type.equals("text/plain")) return s -> s;
        throw new Invalid(
                "content_type: JSON, a form, HTML, XML or text/plain; no escapes are known for "
                        + type);
    }

    /** Within quotes that the template has. */
    private static String json(String s) {
        String quoted = JsonMapper.shared().writeValueAsString(s);
        return quoted.substring(1, quoted.length() - 1);
    }

    /** Lines stay lines. */
    private static String markup(String s) {
        StringBuilder out = new StringBuilder();
        for (String line : s.split("\n", -1)) {
            if (!out.isEmpty()) out.append('\n');
            out.append(Html.escaped(line));
        }
        return out.toString();
    }

    String filled(Map<String, String> values) {
        StringBuilder out = new StringBuilder();
        Matcher m = PLACE.matcher(text);
        int from = 0;
        while (m.find()) {
            out.append(text, from, m.start());
            out.append(escape.apply(values.getOrDefault(m.group(1), "")));
            from = m.end();
        }
        return out.append(text, from, text.length()).toString();
    }

    /** Texts of one line, safe to show; what is written in a language of its own stays as it is. */
    static Map<String, String> values(Site.Item i) {
        return Map.ofEntries(
                Map.entry("event", i.event().label()),
                Map.entry("id", i.id()),
                Map.entry("key", i.key()),
                Map.entry("title", Printable.of(i.title())),
                Map.entry("summary", Printable.of(i.summary())),
                Map.entry("status", i.status().name().toLowerCase(Locale.ROOT)),
                Map.entry("version", Integer.toString(i.revisions().size())),
                Map.entry("url", i.url()),
                Map.entry("published", i.published().toString()),
                Map.entry("updated", i.updated().toString()),
                Map.entry("html", i.html()),
                Map.entry("markdown", i.markdown()),
                Map.entry("tags", Printable.of(String.join(", ", i.tags()))));
    }
}
