package dev.telltale.attribute;

import java.util.LinkedHashMap;
import java.util.Map;

/** The packs that come with the product, as {@code packs.tsv} lists them. */
final class Packs {
    private Packs() {}

    /** Columns: name, file, title, date, licence, days it lasts, SHA-256 of the file. */
    static Map<String, Pack> bundled() {
        Map<String, Pack> out = new LinkedHashMap<>();
        Resources.rows(
                "packs.tsv",
                c -> out.put(c[0], new Pack(c[0], c[2], c[3], c[4], c[6], Integer.parseInt(c[5]))));
        return out;
    }
}
