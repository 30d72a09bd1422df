package dev.telltale.report;

import java.util.List;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;

/**
 * Everything the reports say, by key, from {@code words.properties}; a second language is a second
 * file. {@code {0}} stands for the first value. Where a number decides between forms the keys end
 * in {@code .one} and {@code .other}.
 */
final class Words {

    private final ResourceBundle bundle;

    private Words(ResourceBundle bundle) {
        this.bundle = bundle;
    }

    static Words english() {
        return new Words(ResourceBundle.getBundle("dev.telltale.report.words", Locale.ROOT));
    }

    boolean has(String key) {
        return bundle.containsKey(key);
    }

    /**
     * @throws MissingResourceException where {@code key} is in no file: a defect that tests find
     */
    String get(String key, String... values) {
        String text = bundle.getString(key);
        return values.length == 0 ? text : filled(text, values);
    }

    /** One pass, so that a value that itself holds <code>{1}</code> stands for itself. */
    private static String filled(String text, String... values) {
        StringBuilder out = new StringBuilder(text.length() + 32);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean mark =
                    c == '{'
                            && i + 2 < text.length()
                            && text.charAt(i + 2) == '}'
                            && Character.isDigit(text.charAt(i + 1));
            if (mark) {
                out.append(values[text.charAt(i + 1) - '0']);
                i += 2;
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    String count(String key, long n, String... more) {
        String[] values = new String[more.length + 1];
        values[0] = Amounts.number(n);
        System.arraycopy(more, 0, values, 1, more.length);
        return get(key + (n == 1 ? ".one" : ".other"), values);
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    String list(List<String> items) {
        if (items.isEmpty()) return "";
        if (items.size() == 1) return items.getFirst();
        String head = String.join(", ", items.subList(0, items.size() - 1));
        return get("list.and", head, items.getLast());
    }
}
