package dev.telltale.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * What all HTML reports have around them: one file, the style sheet in it, and a policy under which
 * a browser loads nothing and runs nothing.
 */
public final class HtmlPage {

    private static final String CSS = css();

    private HtmlPage() {}

    /** A section's id and the key of its title. */
    record Section(String id, String title) {}

    public static void begin(Html html, Words words, String title) {
        html.doctype().open("html", "lang", words.locale().getLanguage()).open("head");
        html.open("meta", "charset", "utf-8");
        html.open(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; style-src 'sha256-"
                        + hash(CSS)
                        + "'; base-uri 'none'; form-action 'none'");
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.open("meta", "name", "referrer", "content", "no-referrer");
        html.leaf("title", title).style(CSS).close();
        html.open("body");
        html.leaf("a", words.get("html.skip"), "class", "skip", "href", "#main");
    }

    public static void end(Html html, Words words, String version) {
        html.open("footer", "class", "foot");
        html.leaf("p", words.get("html.foot", ("Telltale " + version).strip()));
        html.end();
    }

    static void contents(Html html, Words words, List<Section> sections) {
        html.open("nav", "class", "contents", "aria-label", words.get("html.contents")).open("ul");
        for (Section s : sections)
            html.open("li").leaf("a", words.get(s.title()), "href", "#" + s.id()).close();
        html.close().close();
    }

    /** Opens it; the caller closes. */
    static void section(Html html, Words words, Section section) {
        html.open("section", "id", section.id(), "aria-labelledby", section.id() + "-h");
        html.leaf("h2", words.get(section.title()), "id", section.id() + "-h");
    }

    /** A table wider than the page scrolls by itself, by keyboard too. Closed by two closes. */
    static void table(Html html, String label, String... classes) {
        html.open("div", "class", "scroll", "role", "group", "tabindex", "0", "aria-label", label);
        html.open("table", "class", String.join(" ", classes));
    }

    static void head(Html html, List<String> columns) {
        html.open("thead").open("tr");
        for (String c : columns) html.leaf("th", c, "scope", "col");
        html.close().close();
    }

    /** Above all else, where there is one. */
    static void note(Html html, Words words, String note) {
        if (!note.isEmpty()) own(html, words, "p", note, "class", "notice");
    }

    /** Words of the audit itself, which are English in every report. */
    static void own(Html html, Words words, String element, String text, String... attributes) {
        if (words.locale().getLanguage().equals("en")) {
            html.leaf(element, text, attributes);
            return;
        }
        html.open(element, attributes).leaf("span", text, "lang", "en").close();
    }

    private static String css() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String s) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(s.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
