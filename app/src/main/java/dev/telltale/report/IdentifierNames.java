package dev.telltale.report;

import dev.telltale.model.Identifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Identifiers in words: {@code IMEI}, {@code IMEI 2}, {@code phone numbers of contacts 1–4}. */
public final class IdentifierNames {

    /** Pieces of a list of numbers that are shown. */
    private static final int PIECES = 6;

    private final Words words;

    /** Kinds (for custom ones: names) that the persona has more than one of. */
    private final Set<String> numbered = new HashSet<>();

    public IdentifierNames(Words words, List<Identifier> persona) {
        this.words = words;
        Map<String, String> first = new HashMap<>();
        for (Identifier i : persona) {
            String other = first.putIfAbsent(group(i), i.id());
            if (other != null && !other.equals(i.id())) numbered.add(group(i));
        }
    }

    /** Of one group, at least one. */
    public String of(List<Identifier> identifiers) {
        Identifier first = identifiers.getFirst();
        if (identifiers.size() == 1) return one(first);
        String many = "kind." + first.kind() + ".many";
        if (words.has(many)) return words.get(many, numbers(identifiers));
        return words.list(identifiers.stream().map(this::one).toList());
    }

    String one(Identifier identifier) {
        String kind = "kind." + identifier.kind();
        String name =
                words.has(kind)
                        ? words.get(kind, customName(identifier))
                        : identifier.kind().replace('_', ' ');
        if (!isNumbered(identifier)) return name;
        String number = Integer.toString(number(identifier));
        return words.has(kind + ".one")
                ? words.get(kind + ".one", number)
                : words.get("kind.numbered", name, number);
    }

    /** A contact, a message or a call is one of many even where the persona names only one. */
    private boolean isNumbered(Identifier identifier) {
        return numbered.contains(group(identifier))
                || identifier.id().startsWith("contacts[")
                || identifier.id().startsWith("sms[")
                || identifier.id().startsWith("calls[");
    }

    private static String group(Identifier identifier) {
        return identifier.kind().equals("custom") ? customName(identifier) : identifier.kind();
    }

    /** {@code NAME} of {@code custom.NAME[0]}. */
    private static String customName(Identifier identifier) {
        String id = identifier.id();
        int start = id.indexOf('.') + 1;
        int end = id.lastIndexOf('[');
        return end > start ? id.substring(start, end) : id;
    }

    /** Counted from 1. */
    private static int number(Identifier identifier) {
        String id = identifier.id();
        int start = identifier.kind().equals("custom") ? id.lastIndexOf('[') : id.indexOf('[');
        int end = id.indexOf(']', start);
        if (start < 0 || end < 0 || end - start > 9) return 1;
        int number = 0;
        for (int i = start + 1; i < end; i++) {
            int digit = Character.digit(id.charAt(i), 10);
            if (digit < 0) return 1;
            number = number * 10 + digit;
        }
        return number + 1;
    }

    /** {@code 1–4, 7 and 9}. */
    private String numbers(List<Identifier> identifiers) {
        List<Integer> sorted =
                identifiers.stream().map(IdentifierNames::number).sorted().distinct().toList();
        List<String> pieces = new ArrayList<>();
        int shown = 0;
        for (int i = 0; i < sorted.size() && pieces.size() < PIECES; ) {
            int end = i;
            while (end + 1 < sorted.size() && sorted.get(end + 1) == sorted.get(end) + 1) end++;
            if (end - i >= 2) {
                pieces.add(sorted.get(i) + "–" + sorted.get(end));
                shown += end - i + 1;
                i = end + 1;
            } else {
                pieces.add(sorted.get(i).toString());
                shown++;
                i++;
            }
        }
        int rest = sorted.size() - shown;
        return rest == 0
                ? words.list(pieces)
                : String.join(", ", pieces) + " " + words.get("more", words.amounts().number(rest));
    }
}
