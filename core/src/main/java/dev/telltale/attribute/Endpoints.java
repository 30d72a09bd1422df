package dev.telltale.attribute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Names that TrackHAR's adapters give to the endpoints of trackers. A label is all that is taken:
 * which fields an adapter reads plays no part in what is searched for or found.
 */
final class Endpoints {

    /**
     * @param endpoint what the endpoint is for, {@code company} whose it is
     */
    record Label(String endpoint, String company) {}

    /**
     * @param must text that stands in all that matches, or empty: looked for first, because most
     *     addresses match nothing
     */
    private record Matching(Pattern url, String must, Label label) {}

    private final Map<String, Label> exact = new HashMap<>();
    private final List<Matching> patterns = new ArrayList<>();

    Endpoints() {
        Resources.rows("trackhar.tsv", this::add);
    }

    /** Columns: {@code =} or {@code ~}, URL or pattern, endpoint, company. */
    private void add(String[] columns) {
        Label label = new Label(columns[2], columns[3]);
        if (columns[0].equals("=")) {
            exact.putIfAbsent(columns[1], label);
            return;
        }
        try {
            patterns.add(new Matching(Pattern.compile(columns[1]), must(columns[1]), label));
        } catch (PatternSyntaxException e) {
            throw new IllegalStateException("bad pattern in trackhar.tsv: " + columns[1], e);
        }
    }

    /**
     * @param url {@code scheme://host/path}; a query is cut off
     */
    Optional<Label> find(String url) {
        int query = url.indexOf('?');
        String u = query < 0 ? url : url.substring(0, query);
        // A hostile path must not make a pattern work for long.
        if (u.length() > 2_000) return Optional.empty();
        Label label = exact.get(u);
        if (label != null) return Optional.of(label);
        for (Matching m : patterns)
            if (u.contains(m.must()) && m.url().matcher(u).find()) return Optional.of(m.label());
        return Optional.empty();
    }

    /** The longest run of plain letters outside groups in a pattern without alternatives. */
    static String must(String pattern) {
        String longest = "";
        StringBuilder run = new StringBuilder();
        int group = 0;
        for (int i = 0; i <= pattern.length(); i++) {
            char c = i < pattern.length() ? pattern.charAt(i) : '$';
            boolean plain = Character.isLetterOrDigit(c) || "/:_-=,;&%~@!".indexOf(c) >= 0;
            if (c == '\\' && i + 1 < pattern.length()) {
                c = pattern.charAt(++i);
                plain = !Character.isLetterOrDigit(c);
            } else if (c == '(' || c == '[' || c == '{') {
                group++;
            } else if (c == ')' || c == ']' || c == '}') {
                group--;
            } else if (c == '|' && group == 0) {
                return "";
            }
            if (plain && group == 0) {
                run.append(c);
                continue;
            }
            // What a quantifier follows need not be there.
            if (c == '?' || c == '*' || c == '{') run.setLength(Math.max(0, run.length() - 1));
            if (run.length() > longest.length()) longest = run.toString();
            run.setLength(0);
        }
        return longest;
    }
}
