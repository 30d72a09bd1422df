package dev.telltale.report;

import java.util.List;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;

/**
 * Everything the reports say, by key, from {@code words.properties}; a second language is a second
 * file, {@code words_de.properties}, and what it lacks is said in English. {@code {0}} stands for
 * the first value. Where a number decides between forms the keys end in {@code .one} and {@code
 * .other}.
 */
public final class Words {

    /**
     * Languages that reports can be written in; the first is that of what the audit itself says.
     */
    public static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);

    private final Locale locale;
    private final ResourceBundle bundle;
    private final Amounts amounts;

    private Words(Locale locale) {
        this.locale = locale;
        this.bundle =
                ResourceBundle.getBundle(
                        "dev.telltale.report.words",
                        locale,
                        ResourceBundle.Control.getNoFallbackControl(
                                ResourceBundle.Control.FORMAT_PROPERTIES));
        // English without a country writes 1,842; the root does too, and means nobody's habits.
        this.amounts = new Amounts(locale.equals(Locale.ENGLISH) ? Locale.ROOT : locale);
    }

    public static Words english() {
        return in(Locale.ENGLISH);
    }

    static Words in(Locale locale) {
        return new Words(locale);
    }

    Locale locale() {
        return locale;
    }

    Amounts amounts() {
        return amounts;
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

    /** {@code China (CN)}, or the code alone where it is nobody's. */
    public String country(String code) {
        String name = Locale.of("", code).getDisplayCountry(locale);
        return name.equals(code) ? code : name + " (" + code + ")";
    }

    String count(String key, long n, String... more) {
        String[] values = new String[more.length + 1];
        values[0] = amounts.number(n);
        System.arraycopy(more, 0, values, 1, more.length);
        return get(key + (n == 1 ? ".one" : ".other"), values);
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    public String list(List<String> items) {
        if (items.isEmpty()) return "";
        if (items.size() == 1) return items.getFirst();
        String head = String.join(", ", items.subList(0, items.size() - 1));
        return get("list.and", head, items.getLast());
    }
}
