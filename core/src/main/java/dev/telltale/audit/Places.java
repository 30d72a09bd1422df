package dev.telltale.audit;

import dev.telltale.model.Hits;
import dev.telltale.model.LayerStep;
import dev.telltale.model.Matcher;
import dev.telltale.model.PartKind;
import dev.telltale.model.Persona;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Names of places: the same for the same place in the next run, whatever ids, counters and
 * identifiers stand in it. One rule for every protocol.
 */
final class Places {
    private static final int LONGEST = 200;
    private final Matcher matcher;
    private final Persona persona;
    private final Hits hits = new Hits();

    Places(Matcher matcher, Persona persona) {
        this.matcher = matcher;
        this.persona = persona;
    }

    /**
     * {@code part}, its key and the keys of the layers inside it: {@code query[imsi]}, {@code
     * body.contacts[].phone}.
     */
    String part(PartKind kind, String name, List<LayerStep> trail) {
        StringBuilder s = new StringBuilder(kind.label());
        if (!name.isEmpty()) s.append('[').append(key(name)).append(']');
        for (LayerStep step : trail) keys(s, step.keys());
        return s.toString();
    }

    void keys(StringBuilder s, List<String> keys) {
        for (String k : keys) {
            if (s.length() > LONGEST) {
                s.append(".…");
                return;
            }
            if (k.equals("[]")) s.append("[]");
            else s.append('.').append(key(k));
        }
    }

    /**
     * A path with each segment that is an id, or holds an identifier, replaced. {@code kinds} comes
     * from {@link #path}.
     */
    String path(String path) {
        StringBuilder s = new StringBuilder();
        int from = 0;
        while (true) {
            int slash = path.indexOf('/', from);
            String segment = path.substring(from, slash < 0 ? path.length() : slash);
            s.append(key(segment));
            if (slash < 0) return s.toString();
            s.append('/');
            from = slash + 1;
            if (s.length() > 4 * LONGEST) return s.append('…').toString();
        }
    }

    /**
     * One segment or key: {@code {kind}} where it holds a form of the persona, {@code {id}} where
     * it looks like an id.
     */
    String key(String text) {
        if (text.isEmpty()) return text;
        String kind = kindIn(text);
        if (!kind.isEmpty()) return "{" + kind + "}";
        if (isId(text)) return "{id}";
        String t = text.indexOf('[') < 0 ? text : text.replaceAll("\\[\\d+\\]", "[]");
        return t.length() > LONGEST ? t.substring(0, LONGEST) + "…" : t;
    }

    /** Kind of the first identifier whose form stands in {@code text}, or empty. */
    String kindIn(String text) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        hits.clear();
        matcher.scan(b, 0, b.length, 0, b.length, hits);
        if (hits.isEmpty()) matcher.whole(b, 0, b.length, hits);
        return hits.isEmpty() ? "" : kind(hits.form(0));
    }

    String kind(int form) {
        return persona.entries().get(matcher.form(form).identifier()).identifier().kind();
    }

    /** Digits, UUIDs, 8 or more hex digits, 16 or more characters with a digit among them. */
    static boolean isId(String s) {
        boolean digits = true;
        boolean hex = true;
        boolean someDigit = false;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            someDigit |= digit;
            digits &= digit;
            hex &= digit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
        }
        return digits || hex && s.length() >= 8 || someDigit && s.length() >= 16;
    }
}
