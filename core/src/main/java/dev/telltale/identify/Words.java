package dev.telltale.identify;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Values without a shape of their own: words, names, running text. */
final class Words {
    /**
     * Longer texts are searched for by their beginning: what is sent of them is found, and the scan
     * need not look far ahead.
     */
    static final int BEGINNING = 240;

    private static final Pattern SENTENCE = Pattern.compile("(?<=[.!?\u3002])\\s+|[\r\n]+");
    private static final int SENTENCES = 8;
    private static final int SHORTEST_SENTENCE = 12;

    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern BLANKS = Pattern.compile("[\\s\\u00a0]+");

    /** German letters as they are written where only ASCII is. */
    private static final Map<String, String> GERMAN =
            Map.of("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss");

    /** Latin letters that do not decompose into a base letter and a mark. */
    private static final Map<String, String> STROKES =
            Map.ofEntries(
                    Map.entry("ß", "ss"),
                    Map.entry("ø", "o"),
                    Map.entry("Ø", "O"),
                    Map.entry("ł", "l"),
                    Map.entry("Ł", "L"),
                    Map.entry("đ", "d"),
                    Map.entry("Đ", "D"),
                    Map.entry("æ", "ae"),
                    Map.entry("Æ", "AE"),
                    Map.entry("œ", "oe"),
                    Map.entry("Œ", "OE"),
                    Map.entry("ı", "i"),
                    Map.entry("þ", "th"),
                    Map.entry("ð", "d"));

    private Words() {}

    /** Codes, accounts, serial numbers: as written, in either case. */
    static List<NormalForm> word(String value, double bits) {
        List<NormalForm> forms = new ArrayList<>();
        String v = value.strip();
        forms.add(NormalForm.of("as written", v, Token.WORD, bits).andHashed());
        cases(forms, v, bits);
        return forms;
    }

    /**
     * Names of people: given name first or last, with accents, without, decomposed, and in German
     * ASCII spelling.
     */
    static List<NormalForm> name(String value) {
        List<NormalForm> forms = new ArrayList<>();
        String v = blanksToOne(value);
        double bits = Bits.word(v);
        forms.add(NormalForm.of("as written", v, Token.WORD, bits).andHashed());
        cases(forms, v, bits);
        Map<String, String> orders = new LinkedHashMap<>();
        orders.put("", v);
        int gap = v.lastIndexOf(' ');
        if (gap > 0) {
            String last = v.substring(gap + 1);
            String others = v.substring(0, gap);
            orders.put("last name first", last + " " + others);
            orders.put("last name, first", last + ", " + others);
            for (String s : List.of("", ".", "_", "-"))
                forms.add(
                        NormalForm.of(
                                "written together",
                                v.replace(" ", s),
                                Token.WORD,
                                Bits.word(v.replace(" ", s).toLowerCase(Locale.ROOT))));
        }
        orders.forEach((order, text) -> {
            if (!order.isEmpty()) {
                forms.add(NormalForm.of(order, text, Token.WORD, bits));
                cases(forms, text, bits);
            }
            String suffix = order.isEmpty() ? "" : " " + order;
            NormalForm ascii =
                    NormalForm.of(
                            "ASCII" + suffix, ascii(text), Token.WORD, Bits.word(ascii(text)));
            forms.add(order.isEmpty() ? ascii.andHashed() : ascii);
            String german = german(text);
            forms.add(
                    NormalForm.of("German ASCII" + suffix, german, Token.WORD, Bits.word(german)));
            forms.add(
                    NormalForm.of(
                            "decomposed" + suffix,
                            Normalizer.normalize(text, Normalizer.Form.NFD),
                            Token.WORD,
                            bits));
            forms.add(
                    NormalForm.of(
                            "composed" + suffix,
                            Normalizer.normalize(text, Normalizer.Form.NFC),
                            Token.WORD,
                            bits));
        });
        return forms;
    }

    /** Running text: as written, with blanks as one space, in either case. */
    static List<NormalForm> text(String value) {
        List<NormalForm> forms = new ArrayList<>();
        String v = value.strip();
        double bits = Bits.text(v);
        NormalForm whole = NormalForm.of("as written", v, Token.WORD, bits);
        if (whole.bytes().length <= BEGINNING) {
            forms.add(whole.andHashed());
            cases(forms, v, bits);
        } else {
            forms.add(beginning("as written", v, bits));
            forms.add(whole.onlyHashed());
            forms.add(
                    NormalForm.of("lower case", v.toLowerCase(Locale.ROOT), Token.WORD, bits)
                            .onlyHashed());
        }
        forms.add(beginning("blanks as one space", blanksToOne(v), bits));
        if (v.indexOf('\n') >= 0)
            forms.add(
                    beginning(
                            "lines ended by CR LF",
                            v.replace("\r", "").replace("\n", "\r\n"),
                            bits));
        forms.add(beginning("apostrophes as on a phone", v.replace('\'', '\u2019'), bits));
        forms.add(beginning("plain apostrophes", v.replace('\u2019', '\''), bits));
        byte[] septets = Gsm7.packed(v, BEGINNING);
        if (septets.length >= PersonaMatcher.SEARCHED_FROM)
            forms.add(NormalForm.raw("GSM 7-bit", septets, bits));
        sentences(forms, v);
        return forms;
    }

    /** A text is often sent in parts; each sentence of some length tells as much as the whole. */
    private static void sentences(List<NormalForm> forms, String text) {
        String[] parts = SENTENCE.split(text);
        if (parts.length < 2) return;
        for (int i = 0; i < Math.min(parts.length, SENTENCES); i++) {
            String s = parts[i].strip();
            if (s.length() >= SHORTEST_SENTENCE)
                forms.add(beginning("sentence " + (i + 1), s, Bits.text(s)));
        }
    }

    private static NormalForm beginning(String name, String text, double bits) {
        NormalForm whole = NormalForm.of(name, text, Token.WORD, bits);
        if (whole.bytes().length <= BEGINNING) return whole;
        int end = BEGINNING;
        while ((whole.bytes()[end] & 0xc0) == 0x80) end--;
        byte[] head = new byte[end];
        System.arraycopy(whole.bytes(), 0, head, 0, end);
        // What follows belongs to the text, so no boundary can be asked for.
        return new NormalForm(name + ", beginning", head, Token.BYTES, true, bits, true, false);
    }

    /** Digests of the small and the capital letters; beyond ASCII these are searched for too. */
    private static void cases(List<NormalForm> forms, String v, double bits) {
        boolean ascii = v.length() == v.getBytes(StandardCharsets.UTF_8).length;
        NormalForm lower =
                NormalForm.of("lower case", v.toLowerCase(Locale.ROOT), Token.WORD, bits);
        NormalForm upper =
                NormalForm.of("upper case", v.toUpperCase(Locale.ROOT), Token.WORD, bits);
        forms.add(ascii ? lower.onlyHashed() : lower.andHashed());
        forms.add(ascii ? upper.onlyHashed() : upper);
    }

    static String blanksToOne(String s) {
        return BLANKS.matcher(s.strip()).replaceAll(" ");
    }

    static String ascii(String s) {
        return replaceAll(
                MARKS.matcher(Normalizer.normalize(s, Normalizer.Form.NFD)).replaceAll(""),
                STROKES);
    }

    private static String german(String s) {
        return ascii(replaceAll(Normalizer.normalize(s, Normalizer.Form.NFC), GERMAN));
    }

    private static String replaceAll(String s, Map<String, String> letters) {
        StringBuilder out = new StringBuilder(s.length() + 4);
        for (int i = 0; i < s.length(); i++) {
            String c = String.valueOf(s.charAt(i));
            out.append(letters.getOrDefault(c, c));
        }
        return out.toString();
    }
}
