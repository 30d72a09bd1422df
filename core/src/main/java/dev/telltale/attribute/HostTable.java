package dev.telltale.attribute;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Host suffix to company: the longest suffix that is listed, label by label. */
final class HostTable {

    /**
     * @param headquarters ISO alpha-2, empty where not known
     * @param date of the row; empty where the pack's holds
     */
    record Row(String suffix, String company, String headquarters, String category, String date) {}

    private final Map<String, Row> rows = new HashMap<>();

    /** Columns: suffix, company, headquarters, category, and more that a reader is for. */
    void add(String[] columns, int dateColumn) {
        if (columns.length < 2 || columns[0].isBlank()) return;
        String suffix = columns[0].strip().toLowerCase(Locale.ROOT);
        rows.putIfAbsent(
                suffix,
                new Row(
                        suffix,
                        columns[1].strip(),
                        column(columns, 2),
                        column(columns, 3),
                        dateColumn < 0 ? "" : column(columns, dateColumn)));
    }

    private static String column(String[] columns, int i) {
        return i < columns.length ? columns[i].strip() : "";
    }

    Optional<Row> find(String host) {
        String h = host.toLowerCase(Locale.ROOT);
        while (h.endsWith(".")) h = h.substring(0, h.length() - 1);
        while (!h.isEmpty()) {
            Row row = rows.get(h);
            if (row != null) return Optional.of(row);
            int dot = h.indexOf('.');
            if (dot < 0) break;
            h = h.substring(dot + 1);
        }
        return Optional.empty();
    }
}
