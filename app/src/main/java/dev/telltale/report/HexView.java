package dev.telltale.report;

import dev.telltale.model.Direction;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The bytes of a value as far as an audit holds them: their place and length always; themselves
 * only where values are revealed; and what stands before and after them where the value stood in
 * the target of an HTTP/1 request, which the audit has byte for byte. What it does not hold is a
 * dot.
 *
 * @param layer whose bytes are counted
 * @param offset of the first byte
 */
record HexView(String layer, long offset, List<Cell> cells, long cut) {

    static final int COLUMNS = 16;

    /** Bytes of a long value that are shown. */
    private static final int MOST = 96;

    private static final int AROUND = 24;

    /** A byte that the audit does not hold. */
    static final int HIDDEN = -1;

    /**
     * @param value 0 to 255, or {@link #HIDDEN}
     * @param hit true for the value itself
     */
    record Cell(int value, boolean hit) {}

    static Optional<HexView> of(Finding f, Evidence e) {
        if (e.path().isEmpty()) return Optional.empty();
        Evidence.Step last = e.path().getLast();
        if (last.ranges().isEmpty()) return Optional.empty();
        long length = last.ranges().stream().mapToLong(Range::length).sum();
        if (length <= 0) return Optional.empty();
        Excerpt excerpt = Excerpt.of(f, e);
        boolean whole = last.ranges().size() == 1 && e.path().size() == 1;
        Around around =
                whole
                                && f.direction() == Direction.SENT
                                && f.worst().protocol().startsWith("http/1")
                        ? Around.of(f, e, excerpt, length)
                        : Around.NOTHING;
        byte[] before = around.before().getBytes(StandardCharsets.US_ASCII);
        byte[] after = around.after().getBytes(StandardCharsets.US_ASCII);
        Optional<byte[]> value =
                around.value().isPresent()
                        ? around.value().map(v -> v.getBytes(StandardCharsets.US_ASCII))
                        : revealed(excerpt, f.worst(), length);
        List<Cell> cells = new ArrayList<>();
        for (byte b : before) cells.add(new Cell(b & 0xFF, false));
        int shown = (int) Math.min(length, MOST);
        for (int i = 0; i < shown; i++) {
            int at = i;
            cells.add(new Cell(value.map(v -> v[at] & 0xFF).orElse(HIDDEN), true));
        }
        if (shown == length) for (byte b : after) cells.add(new Cell(b & 0xFF, false));
        return Optional.of(
                new HexView(
                        last.layer(),
                        last.ranges().getFirst().start() - before.length,
                        cells,
                        length - shown));
    }

    /** The value as written, where it stood as written. */
    private static Optional<byte[]> revealed(Excerpt excerpt, Finding.Variant v, long length) {
        boolean asWritten =
                v.form().equals("as written")
                        || v.form().equals("15 digits")
                        || v.form().equals("E.164");
        if (excerpt.masked() || !asWritten) return Optional.empty();
        byte[] bytes = excerpt.value().getBytes(StandardCharsets.UTF_8);
        return bytes.length == length ? Optional.of(bytes) : Optional.empty();
    }

    /**
     * What the audit says of a value: {@code body.imei = {imei: 15 digits}}, or the value itself.
     *
     * @param before up to the value
     */
    record Excerpt(String before, String value, String after, boolean masked) {

        static Excerpt of(Finding f, Evidence e) {
            String s = e.excerpt();
            int mask = s.lastIndexOf("{" + f.identifier().kind() + ": ");
            if (mask >= 0 && s.endsWith("}"))
                return new Excerpt(s.substring(0, mask), s.substring(mask), "", true);
            int from = s.indexOf(" = ");
            int to = s.lastIndexOf(" (");
            if (from < 0) return new Excerpt(s, "", "", true);
            if (to < from + 3) to = s.length();
            return new Excerpt(
                    s.substring(0, from + 3), s.substring(from + 3, to), s.substring(to), false);
        }
    }

    /** What stands beside the value in the target. */
    private record Around(String before, Optional<String> value, String after) {

        static final Around NOTHING = new Around("", Optional.empty(), "");

        static Around of(Finding f, Evidence e, Excerpt excerpt, long length) {
            String target = target(e.request());
            String part = f.place().substring(f.place().lastIndexOf(" · ") + 1).replace("· ", "");
            String mask = "{" + f.identifier().kind() + "}";
            int query = target.indexOf('?');
            int at;
            String value;
            if (part.startsWith("query[") && part.endsWith("]")) {
                String key = part.substring(6, part.length() - 1) + "=";
                at = Math.max(target.indexOf("?" + key), target.indexOf("&" + key));
                if (at < 0) return NOTHING;
                at += 1 + key.length();
                int end = target.indexOf('&', at);
                value = target.substring(at, end < 0 ? target.length() : end);
            } else if (part.equals("path")) {
                value = excerpt.masked() ? mask : excerpt.value();
                at = value.isEmpty() ? -1 : target.indexOf(value);
                if (at < 0 || query >= 0 && at > query) return NOTHING;
            } else return NOTHING;
            boolean hidden = excerpt.masked();
            if (hidden ? !value.equals(mask) : value.length() != length || !isPlain(value))
                return NOTHING;
            return new Around(
                    before(target.substring(Math.max(0, at - AROUND), at)),
                    hidden ? Optional.empty() : Optional.of(value),
                    after(target.substring(at + value.length())));
        }

        /** Path and query, from {@code GET http://host/path?query}. */
        private static String target(String request) {
            int scheme = request.indexOf("://");
            int slash = scheme < 0 ? -1 : request.indexOf('/', scheme + 3);
            return slash < 0 ? "" : request.substring(slash);
        }

        private static boolean isPlain(String s) {
            return s.chars().allMatch(c -> c > 0x20 && c < 0x7F);
        }

        /** Up to where something else is masked, whose length is not known. */
        private static String before(String s) {
            int from = s.length();
            while (from > 0 && s.charAt(from - 1) != '}' && isPlain(s.substring(from - 1, from)))
                from--;
            return s.substring(from);
        }

        private static String after(String s) {
            int to = 0;
            while (to < Math.min(AROUND, s.length())
                    && s.charAt(to) != '{'
                    && isPlain(s.substring(to, to + 1))) to++;
            return s.substring(0, to);
        }
    }

    // --- as lines ---

    /** A line of sixteen bytes: runs of cells that are alike. */
    void write(Html html) {
        html.open("pre", "class", "hex", "tabindex", "0");
        for (int at = 0; at < cells.size(); at += COLUMNS) {
            List<Cell> line = cells.subList(at, Math.min(at + COLUMNS, cells.size()));
            html.leaf("span", String.format("%08x", offset + at), "class", "dim").text("  ");
            runs(
                    html,
                    line,
                    " ",
                    c -> c.value() == HIDDEN ? "··" : String.format("%02x", c.value()));
            char[] pad = new char[3 * (COLUMNS - line.size())];
            Arrays.fill(pad, ' ');
            html.text(new String(pad) + "  ");
            runs(html, line, "", HexView::letter);
            html.newline();
        }
        if (cut > 0) html.text("…");
        html.close();
    }

    private static String letter(Cell c) {
        return c.value() >= 0x20 && c.value() < 0x7F ? Character.toString(c.value()) : "·";
    }

    private static void runs(
            Html html, List<Cell> line, String between, Function<Cell, String> shown) {
        for (int i = 0; i < line.size(); ) {
            int end = i;
            StringBuilder run = new StringBuilder();
            while (end < line.size() && line.get(end).hit() == line.get(i).hit()) {
                if (end > i) run.append(between);
                run.append(shown.apply(line.get(end++)));
            }
            if (line.get(i).hit()) html.leaf("mark", run.toString());
            else html.text(run.toString());
            i = end;
            if (i < line.size()) html.text(between);
        }
    }
}
