package dev.telltale.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Text on a terminal. Every word on it comes in as a {@link Span}, which makes it printable: no
 * text of a capture reaches the terminal any other way, and escape sequences are written here
 * alone.
 */
final class Page {

    /** A space that neither breaks a line nor goes with its end. */
    private static final char FIXED = '\u00a0';

    /** {@code s} filled up to {@code columns}. */
    static String padded(String s, int columns) {
        return s + fixed(columns - Printable.width(s));
    }

    /** {@code s} at the right end of {@code columns}. */
    static String padStart(String s, int columns) {
        return fixed(columns - Printable.width(s)) + s;
    }

    static String fixed(int columns) {
        return String.valueOf(FIXED).repeat(Math.max(0, columns));
    }

    enum Style {
        PLAIN(""),
        BOLD("1"),
        DIM("2"),
        GOOD("32"),
        DOUBT("33"),
        BAD("31"),
        GOOD_BADGE("1;32"),
        DOUBT_BADGE("1;33"),
        BAD_BADGE("1;31");

        private final String sgr;

        Style(String sgr) {
            this.sgr = sgr;
        }
    }

    record Span(Style style, String text) {
        Span {
            text = Printable.of(text);
        }

        int width() {
            return Printable.width(text);
        }
    }

    static Span plain(String text) {
        return new Span(Style.PLAIN, text);
    }

    static Span bold(String text) {
        return new Span(Style.BOLD, text);
    }

    static Span dim(String text) {
        return new Span(Style.DIM, text);
    }

    private final Appendable out;
    private final boolean colour;
    private final int columns;

    Page(Appendable out, Look look) {
        this.out = out;
        this.colour = look.colour();
        this.columns = look.columns();
    }

    int columns() {
        return columns;
    }

    void section(String title) {
        blank();
        blank();
        line(0, bold(title.toUpperCase(Locale.ROOT)));
        blank();
    }

    void blank() {
        append("\n");
    }

    /** One line; what does not fit is the caller's doing. */
    void line(int indent, Span... spans) {
        line(indent, List.of(spans));
    }

    private void line(int indent, List<Span> spans) {
        StringBuilder s = new StringBuilder();
        s.repeat(' ', indent);
        for (Span span : spans) s.append(dressed(span));
        append(s.toString().stripTrailing());
        append("\n");
    }

    /**
     * One line with {@code right} at the right edge, or two where they do not fit beside each
     * other.
     */
    void edges(int indent, Span left, Span right) {
        int gap = columns - indent - left.width() - right.width();
        if (right.text().isEmpty()) wrap(indent, indent, left);
        else if (gap >= 2) line(indent, left, plain(" ".repeat(gap)), right);
        else {
            wrap(indent, indent, left);
            wrap(indent, indent, right);
        }
    }

    /**
     * Words over as many lines as it takes, the first from {@code indent}, the others from {@code
     * hang}.
     */
    void wrap(int indent, int hang, Span... spans) {
        List<List<Span>> lines = broken(columns - indent, columns - hang, spans);
        for (int i = 0; i < lines.size(); i++) line(i == 0 ? indent : hang, lines.get(i));
    }

    /** Words over lines of {@code columns}. */
    static List<List<Span>> broken(int first, int others, Span... spans) {
        List<List<Span>> lines = new ArrayList<>();
        List<Span> line = new ArrayList<>();
        int room = first;
        boolean space = false;
        for (Span span : spans) {
            for (String word : words(span.text())) {
                if (word.equals(" ")) {
                    space = !line.isEmpty();
                    continue;
                }
                int width = Printable.width(word);
                if (!line.isEmpty() && width + (space ? 1 : 0) > room) {
                    lines.add(line);
                    line = new ArrayList<>();
                    room = others;
                    space = false;
                }
                if (space) {
                    line.add(plain(" "));
                    room--;
                }
                while (Printable.width(word) > room) {
                    int end = Math.max(1, Printable.fitting(word, room));
                    line.add(new Span(span.style(), word.substring(0, end)));
                    lines.add(line);
                    line = new ArrayList<>();
                    room = others;
                    word = word.substring(end);
                }
                if (!word.isEmpty()) line.add(new Span(span.style(), word));
                room -= Printable.width(word);
                space = false;
            }
        }
        if (!line.isEmpty()) lines.add(line);
        return lines;
    }

    /** Words, and a single space where there was any number of them. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int i = 0;
        while (i < text.length()) {
            int end = i;
            boolean space = text.charAt(i) == ' ';
            while (end < text.length() && (text.charAt(end) == ' ') == space) end++;
            words.add(space ? " " : text.substring(i, end));
            i = end;
        }
        return words;
    }

    private String dressed(Span span) {
        String text = span.text().replace(FIXED, ' ');
        return colour && !text.isBlank() && !span.style().sgr.isEmpty()
                ? "\033[" + span.style().sgr + "m" + text + "\033[0m"
                : text;
    }

    private void append(String s) {
        try {
            out.append(s);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
