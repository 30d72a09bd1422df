package dev.telltale.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * HTML as it is written: elements that close, text and attribute values that are escaped. There is
 * no way to write markup as text, nothing in it can run or load anything, and a link leads to a
 * place in the same document only. Text comes out {@link Printable}: what a reader cannot see is
 * named.
 */
public final class Html {

    /** Elements whose end is not written. */
    private static final Set<String> VOID = Set.of("meta", "br", "hr", "col");

    private static final Set<String> REFUSED =
            Set.of("script", "iframe", "object", "embed", "base", "form", "link", "img", "use");

    private final Appendable out;
    private final Deque<String> open = new ArrayDeque<>();

    public Html(Appendable out) {
        this.out = out;
    }

    /** The document's own first line. */
    Html doctype() {
        append("<!DOCTYPE html>\n");
        return this;
    }

    /**
     * @param attributes name, value, name, value ...; one with an empty value is left out
     */
    public Html open(String element, String... attributes) {
        if (!isName(element) || REFUSED.contains(element))
            throw new IllegalArgumentException(element);
        append("<" + element);
        for (int i = 0; i < attributes.length; i += 2) attribute(attributes[i], attributes[i + 1]);
        append(">");
        if (!VOID.contains(element)) open.push(element);
        return this;
    }

    private void attribute(String name, String value) {
        boolean runs = name.startsWith("on") || name.equals("style") || name.startsWith("src");
        boolean leaves = name.endsWith("href") && !value.startsWith("#");
        if (!isName(name) || runs || leaves) throw new IllegalArgumentException(name + "=" + value);
        if (!value.isEmpty()) append(" " + name + "=\"" + escaped(value) + "\"");
    }

    public Html close() {
        String element = open.pop();
        append("</" + element + ">");
        if (isBlock(element)) append("\n");
        return this;
    }

    public Html text(String text) {
        append(escaped(text));
        return this;
    }

    /** The end of a line, where lines are kept. */
    Html newline() {
        append("\n");
        return this;
    }

    /** An element that holds text alone. */
    public Html leaf(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close();
    }

    /** An element that holds nothing. */
    Html empty(String element, String... attributes) {
        open(element, attributes);
        return VOID.contains(element) ? this : close();
    }

    /** A style sheet of ours; markup cannot end it early. */
    Html style(String css) {
        if (css.contains("<"))
            throw new IllegalArgumentException("a style sheet with markup in it");
        append("<style>" + css + "</style>\n");
        return this;
    }

    /** Closes what is still open. */
    public void end() {
        while (!open.isEmpty()) close();
    }

    private static boolean isBlock(String element) {
        return !Set.of("span", "code", "b", "mark", "a", "abbr", "strong", "small", "tspan", "bdi")
                .contains(element);
    }

    private static boolean isName(String s) {
        if (s.isEmpty()) return false;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || c != '-' && !(c >= '0' && c <= '9'))) return false;
        }
        return true;
    }

    public static String escaped(String s) {
        String shown = Printable.of(s);
        StringBuilder safe = new StringBuilder(shown.length() + 16);
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c);
            }
        }
        return safe.toString();
    }

    private void append(String s) {
        try {
            out.append(s);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
