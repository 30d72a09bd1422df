package dev.telltale.publish;

import dev.telltale.report.Html;
import java.time.Instant;
import java.util.Comparator;

/** The Atom Syndication Format, RFC 4287. */
final class AtomFeed {
    private final StringBuilder out = new StringBuilder();

    private AtomFeed() {}

    static String xml(Site.Feed feed, String version) {
        return new AtomFeed().feed(feed, version);
    }

    private String feed(Site.Feed feed, String version) {
        Site.Head head = feed.head();
        out.append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        out.append("<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n");
        leaf("id", head.key());
        leaf("title", "Advisories of " + head.publisher());
        leaf(
                "updated",
                feed.items().stream()
                        .map(Site.Item::updated)
                        .max(Comparator.naturalOrder())
                        .orElse(Instant.EPOCH)
                        .toString());
        out.append("<author>");
        leaf("name", head.publisher());
        leaf("uri", head.namespace());
        out.append("</author>\n");
        out.append("<generator version=\"" + Html.escaped(version) + "\">Telltale</generator>\n");
        if (!head.site().isEmpty()) link("self", Site.url(head.site(), Site.ATOM));
        for (Site.Item i : feed.items()) entry(i);
        return out.append("</feed>\n").toString();
    }

    private void entry(Site.Item i) {
        out.append("<entry>\n");
        leaf("id", i.key());
        leaf("title", i.title());
        leaf("published", i.published().toString());
        leaf("updated", i.updated().toString());
        if (!i.url().isEmpty()) link("alternate", i.url());
        for (String tag : i.tags()) category(tag);
        leaf("summary", i.summary());
        out.append("<content type=\"html\">").append(Html.escaped(i.html().replace("\n", " ")));
        out.append("</content>\n</entry>\n");
    }

    /** {@code kind:imei} is the term {@code imei} of the scheme {@code urn:telltale:kind}. */
    private void category(String tag) {
        int colon = tag.indexOf(':');
        out.append("<category scheme=\"urn:telltale:")
                .append(Html.escaped(tag.substring(0, colon)))
                .append("\" term=\"")
                .append(Html.escaped(tag.substring(colon + 1)))
                .append("\"/>\n");
    }

    private void link(String rel, String url) {
        out.append("<link rel=\"" + rel + "\" href=\"" + Html.escaped(url) + "\"/>\n");
    }

    private void leaf(String name, String text) {
        out.append("<" + name + ">" + Html.escaped(text) + "</" + name + ">\n");
    }
}
