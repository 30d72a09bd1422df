package dev.telltale.analyze;

import java.nio.charset.StandardCharsets;

/**
 * Strings of short byte sequences that come again and again (methods, header names, hosts, media
 * types), so that no String is made for each. A table of fixed size in which the last one seen has
 * the place; threads may race for it, since any String found there is compared before it is used.
 */
final class Names {
    private static final int SLOTS = 1024;
    private static final int LONGEST = 80;
    private final String[] table = new String[SLOTS];

    Names() {
        java.util.Arrays.fill(table, "");
    }

    /** The bytes as ISO-8859-1 text. */
    String of(byte[] b, int from, int length) {
        if (length == 0) return "";
        if (length > LONGEST) return new String(b, from, length, StandardCharsets.ISO_8859_1);
        int h = length;
        for (int i = from; i < from + length; i++) h = h * 31 + b[i];
        int slot = (h ^ h >>> 15) & SLOTS - 1;
        String s = table[slot];
        if (same(s, b, from, length)) return s;
        s = new String(b, from, length, StandardCharsets.ISO_8859_1);
        table[slot] = s;
        return s;
    }

    private static boolean same(String s, byte[] b, int from, int length) {
        if (s.length() != length) return false;
        for (int i = 0; i < length; i++) if (s.charAt(i) != (b[from + i] & 0xff)) return false;
        return true;
    }
}
