package dev.telltale.capture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Gives the same String for the same bytes, since every entry brings the same few field names.
 * Bounded.
 */
final class HarNames {
    private static final int SLOTS = 1024;
    private static final int LONGEST = 64;

    private final String[] names = new String[SLOTS];

    HarNames() {
        Arrays.fill(names, "");
    }

    String of(HarItems items, int item) {
        byte[] b = items.bytes();
        int from = items.start(item, HarLeaf.ITEM_NAME);
        int length = items.length(item, HarLeaf.ITEM_NAME);
        if (length == 0) return "";
        if (length > LONGEST) return new String(b, from, length, StandardCharsets.UTF_8);
        int hash = length;
        for (int k = from; k < from + length; k++) hash = hash * 31 + b[k];
        int slot = (hash ^ hash >>> 13) & (SLOTS - 1);
        String known = names[slot];
        if (known.length() == length && same(known, b, from)) return known;
        String name = new String(b, from, length, StandardCharsets.UTF_8);
        if (name.length() == length) names[slot] = name;
        return name;
    }

    private static boolean same(String s, byte[] b, int from) {
        for (int i = 0; i < s.length(); i++) if (s.charAt(i) != b[from + i]) return false;
        return true;
    }
}
