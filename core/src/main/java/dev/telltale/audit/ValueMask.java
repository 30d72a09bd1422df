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
    private static final int PAIRS = 1 << 16;
    private final List<Persona.Entry> entries = new ArrayList<>();

    /** Marks the first two letters of every value, in any case. */
    private final boolean[] begins = new boolean[PAIRS];

    ValueMask(Persona persona) {
        for (Persona.Entry e : persona.entries())
            if (e.value().length() >= SHORTEST) entries.add(e);
        entries.sort(
                Comparator.comparingInt((Persona.Entry e) -> -e.value().length())
                        .thenComparing(Persona.Entry::value));
        for (Persona.Entry e : entries) begins[pair(e.value(), 0)] = true;
    }

    private static int pair(String s, int i) {
        return fold(s.charAt(i)) * 251 + fold(s.charAt(i + 1)) & PAIRS - 1;
    }

    /** Equal for what {@link String#regionMatches} takes for equal. */
    private static int fold(char c) {
        if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
        return Character.toLowerCase(Character.toUpperCase(c));
    }

    private boolean mayHold(String text) {
        for (int i = 0; i + SHORTEST <= text.length(); i++) if (begins[pair(text, i)]) return true;
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
