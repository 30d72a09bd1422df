package dev.telltale.audit;

import dev.telltale.model.Persona;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Last line of masking for text taken from a capture: any persona value of four or more characters
 * that stands in it as written, also where it was no sighting (inside a longer number), is replaced
 * by its kind.
 */
final class ValueMask {
    private static final int SHORTEST = 4;
    private static final int SLOTS = 1 << 16;
    private final List<Persona.Entry> entries = new ArrayList<>();

    /** Marks the first four letters of every value, in any case. */
    private final boolean[] begins = new boolean[SLOTS];

    ValueMask(Persona persona) {
        for (Persona.Entry e : persona.entries())
            if (e.value().length() >= SHORTEST) entries.add(e);
        entries.sort(
                Comparator.comparingInt((Persona.Entry e) -> -e.value().length())
                        .thenComparing(Persona.Entry::value));
        for (Persona.Entry e : entries) {
            int four = 0;
            for (int i = 0; i < SHORTEST; i++) four = next(four, e.value().charAt(i));
            begins[slot(four)] = true;
        }
    }

    /** The four letters that end with {@code c}, as far as an int tells them apart. */
    private static int next(int four, char c) {
        return four << 8 | fold(c) & 0xff;
    }

    private static int slot(int four) {
        return four * 0x9E3779B1 >>> 16;
    }

    /** Equal for what {@link String#regionMatches} takes for equal. */
    private static int fold(char c) {
        if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    private boolean mayHold(String text) {
        int four = 0;
        for (int i = 0; i < text.length(); i++) {
            four = next(four, text.charAt(i));
            if (begins[slot(four)] && i >= SHORTEST - 1) return true;
        }
        return false;
    }

    String mask(String text) {
        if (!mayHold(text)) return text;
        String s = text;
        for (Persona.Entry e : entries) {
            int at = find(s, e.value(), 0);
            while (at >= 0) {
                String kind = "{" + e.identifier().kind() + "}";
                s = s.substring(0, at) + kind + s.substring(at + e.value().length());
                at = find(s, e.value(), at + kind.length());
            }
        }
        return s;
    }

    private static int find(String s, String value, int from) {
        char lower = Character.toLowerCase(value.charAt(0));
        char upper = Character.toUpperCase(value.charAt(0));
        for (int i = from; i <= s.length() - value.length(); i++) {
            char c = s.charAt(i);
            if ((c == lower || c == upper) && s.regionMatches(true, i, value, 0, value.length()))
                return i;
        }
        return -1;
    }
}
