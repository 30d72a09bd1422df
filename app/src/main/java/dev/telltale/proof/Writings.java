package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.Phonenumber;
import dev.telltale.model.Persona;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.util.Arrays;

/**
 * Every way in which a value of a persona may be written, made anew and for the checker alone: more
 * rather than fewer, since what it is held against was cut out of a capture before.
 */
final class Writings {
    private final Set<String> texts = new LinkedHashSet<>();
    private final List<byte[]> raw = new ArrayList<>();

    private Writings() {}

    static Writings of(Persona.Entry entry, String region) {
        Writings w = new Writings();
        String v = entry.value().strip();
        w.words(v);
        switch (entry.identifier().kind()) {
            case "imei" -> w.imei(v);
            case "imsi" -> w.imsi(v);
            case "iccid" -> w.iccid(v);
            case "msisdn", "contact_phone", "sms_peer", "call_peer" -> w.phone(v, region);
            case "wifi_mac", "bluetooth_mac", "bssid" -> w.mac(v);
            case "advertising_id", "oaid" -> w.uuid(v);
            case "android_id" -> w.androidId(v);
            case "email", "contact_email" -> w.email(v);
            case "name", "contact_name" -> w.name(v);
            case "location" -> Places.write(v, w.texts, w.raw);
            case "ssid" -> w.texts.add('"' + v + '"');
            case "locale" -> {
                w.texts.add(v.replace('-', '_'));
                w.texts.add(v.replace('_', '-'));
            }
            // The rest are words.
            default -> {}
        }
        return w;
    }

    /** Texts in UTF-8, then what is no text. */
    List<byte[]> all() {
        List<byte[]> all = new ArrayList<>();
        for (String t : texts) all.add(t.getBytes(UTF_8));
        all.addAll(raw);
        return all;
    }

    private void cases(String v) {
        texts.add(v);
        texts.add(v.toLowerCase(Locale.ROOT));
        texts.add(v.toUpperCase(Locale.ROOT));
    }

    private void words(String v) {
        cases(v);
        cases(v.replaceAll("[\\s\u00a0]+", " "));
        cases(v.replace('\'', '\u2019'));
        cases(v.replace('\u2019', '\''));
        cases(v.replace("\r", "").replace("\n", "\r\n"));
        for (String s : v.split("(?<=[.!?\u3002])\\s+|[\r\n]+")) cases(s.strip());
        byte[] septets = septets(v);
        if (septets.length > 0) raw.add(septets);
    }

    private static String digits(String v) {
        return v.replaceAll("[^0-9]", "");
    }

    private static String luhn(String body) {
        int sum = 0;
        for (int i = 0; i < body.length(); i++) {
            int d = body.charAt(body.length() - 1 - i) - '0';
            if (i % 2 == 0) d = d * 2 > 9 ? d * 2 - 9 : d * 2;
            sum += d;
        }
        return body + (10 - sum % 10) % 10;
    }

    private void imei(String v) {
        String d = digits(v);
        if (d.length() < 14) return;
        String body = d.substring(0, 14);
        String whole = d.length() == 15 ? d : luhn(body);
        texts.addAll(List.of(whole, body, d));
        for (String s : List.of("-", " ", "/", ".")) {
            texts.add(apart(whole, s, 2, 8, 14));
            texts.add(apart(whole, s, 6, 8, 14));
            texts.add(apart(whole, s, 8, 14));
        }
        nibbles(whole, 2);
    }

    private void imsi(String v) {
        String d = digits(v);
        if (d.length() < 6) return;
        texts.add(d);
        for (String s : List.of("-", " ", "/", ".", "_", ","))
            for (int network : new int[] {5, 6}) texts.add(apart(d, s, 3, network));
        for (String prefix : List.of("0", "1", "2", "6")) texts.add(prefix + d + "@");
        nibbles(d, 1);
    }

    private void iccid(String v) {
        String d = digits(v);
        if (d.length() < 18) return;
        for (String s : List.of(d, d.substring(0, d.length() - 1), luhn(d))) {
            cases(s);
            cases(s + "f");
        }
        texts.add(HexFormat.of().formatHex(swapped(d)));
        nibbles(d, 0);
    }

    private static String apart(String digits, String separator, int... cuts) {
        StringBuilder s = new StringBuilder(digits);
        for (int i = cuts.length - 1; i >= 0; i--)
            if (cuts[i] < digits.length()) s.insert(cuts[i], separator);
        return s.toString();
    }

    private void nibbles(String d, int type) {
        raw.add(HexFormat.of().parseHex(d.length() % 2 == 0 ? d : d + "f"));
        raw.add(swapped(d));
        if (type == 0) return;
        String rest = d.substring(1);
        int head = (d.charAt(0) - '0') << 4 | d.length() % 2 << 3 | type;
        raw.add(Arrays.concatenate(new byte[] {(byte) head}, swapped(rest)));
    }

    private static byte[] swapped(String d) {
        byte[] b = HexFormat.of().parseHex(d.length() % 2 == 0 ? d : d + "f");
        for (int i = 0; i < b.length; i++) b[i] = (byte) (b[i] << 4 | (b[i] & 0xff) >> 4);
        return b;
    }

    private void phone(String v, String region) {
        texts.add(digits(v));
        Phonenumber.PhoneNumber number;
        PhoneNumberUtil util = PhoneNumberUtil.getInstance();
        try {
            number = util.parse(v, region.isEmpty() ? "ZZ" : region);
        } catch (NumberParseException e) {
            return;
        }
        String country = Integer.toString(number.getCountryCode());
        String own = util.getNationalSignificantNumber(number);
        String all = country + own;
        for (String idd : List.of("", "+", "00", "011", "010", "810", "0011")) texts.add(idd + all);
        for (String trunk : List.of("", "0", "1", "8")) texts.add(trunk + own);
        texts.add("+" + country + " " + own);
        texts.add("+" + country + "-" + own);
        String international = util.format(number, PhoneNumberFormat.INTERNATIONAL);
        for (String shown :
                List.of(
                        international,
                        international.substring(international.indexOf(' ') + 1),
                        util.format(number, PhoneNumberFormat.NATIONAL))) {
            String groups = shown.replaceAll("[^0-9+]+", " ").strip();
            texts.addAll(
                    List.of(
                            shown,
                            groups,
                            digits(shown),
                            groups.replace(' ', '-'),
                            groups.replace(' ', '.')));
        }
        raw.add(swapped(all));
        raw.add(Arrays.concatenate(new byte[] {(byte) all.length(), (byte) 0x91}, swapped(all)));
    }

    private void mac(String v) {
        String h = v.replaceAll("[^0-9A-Fa-f]", "").toLowerCase(Locale.ROOT);
        if (h.length() != 12) return;
        byte[] b = HexFormat.of().parseHex(h);
        byte[] back = Arrays.reverse(b);
        for (String s : List.of("", ":", "-")) {
            cases(HexFormat.ofDelimiter(s).formatHex(b));
            cases(HexFormat.ofDelimiter(s).formatHex(back));
        }
        texts.add(apart(h, ".", 4, 8));
        texts.add(HexFormat.ofDelimiter(":").formatHex(b).replaceAll("(^|:)0", "$1"));
        byte[] eui = {(byte) (b[0] ^ 2), b[1], b[2], (byte) 0xff, (byte) 0xfe, b[3], b[4], b[5]};
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < 8; i += 2)
            groups.add(Integer.toHexString(ByteBuffer.wrap(eui, i, 2).getShort() & 0xffff));
        texts.add(String.join(":", groups));
        raw.addAll(List.of(b, back, eui));
    }

    private void uuid(String v) {
        String h = v.replaceAll("[^0-9A-Fa-f]", "").toLowerCase(Locale.ROOT);
        if (h.length() != 32) return;
        cases(h);
        cases(apart(h, "-", 8, 12, 16, 20));
        byte[] b = HexFormat.of().parseHex(h);
        raw.add(b);
        raw.add(Arrays.reverse(b));
        raw.add(
                Arrays.concatenate(
                        Arrays.reverse(Arrays.copyOfRange(b, 0, 4)),
                        Arrays.reverse(Arrays.copyOfRange(b, 4, 6)),
                        Arrays.reverse(Arrays.copyOfRange(b, 6, 8)),
                        Arrays.copyOfRange(b, 8, 16)));
    }

    private void androidId(String v) {
        if (!v.matches("\\p{XDigit}{1,16}")) return;
        BigInteger n = new BigInteger(v, 16);
        cases("0".repeat(16 - v.length()) + v);
        texts.add(n.toString(16));
        texts.add(n.toString());
        texts.add(Long.toString(n.longValue()));
        byte[] b = ByteBuffer.allocate(8).putLong(n.longValue()).array();
        raw.addAll(List.of(b, Arrays.reverse(b)));
    }

    private void email(String v) {
        int at = v.lastIndexOf('@');
        if (at > 0) cases(v.substring(0, at));
    }

    private void name(String v) {
        String one = v.replaceAll("[\\s\u00a0]+", " ");
        int gap = one.lastIndexOf(' ');
        List<String> orders = new ArrayList<>(List.of(one));
        if (gap > 0) {
            String last = one.substring(gap + 1);
            String others = one.substring(0, gap);
            orders.add(last + " " + others);
            orders.add(last + ", " + others);
            for (String between : List.of("", ".", "_", "-")) orders.add(one.replace(" ", between));
        }
        for (String o : orders) {
            cases(o);
            cases(Normalizer.normalize(o, Normalizer.Form.NFD));
            cases(Normalizer.normalize(o, Normalizer.Form.NFC));
            cases(ascii(o));
            String composed = Normalizer.normalize(o, Normalizer.Form.NFC);
            for (String[] g : GERMAN) composed = composed.replace(g[0], g[1]);
            cases(ascii(composed));
        }
    }

    private static final String[][] GERMAN = {
        {"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"Ä", "Ae"}, {"Ö", "Oe"}, {"Ü", "Ue"}
    };

    private static final String[][] STROKES = {
        {"ß", "ss"}, {"ø", "o"}, {"Ø", "O"}, {"ł", "l"}, {"Ł", "L"}, {"đ", "d"}, {"Đ", "D"},
        {"æ", "ae"}, {"Æ", "AE"}, {"œ", "oe"}, {"Œ", "OE"}, {"ı", "i"}, {"þ", "th"}, {"ð", "d"}
    };

    private static String ascii(String s) {
        String plain = Normalizer.normalize(s, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
        for (String[] g : STROKES) plain = plain.replace(g[0], g[1]);
        return plain;
    }

    private static final String GSM =
            "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                    + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    /** Short messages pack eight letters into seven bytes (3GPP TS 23.038); whole bytes only. */
    private static byte[] septets(String text) {
        BigInteger bits = BigInteger.ZERO;
        int n = Math.min(text.length(), 280);
        for (int i = n - 1; i >= 0; i--) {
            int letter = GSM.indexOf(text.charAt(i));
            if (letter < 0) return new byte[0];
            bits = bits.shiftLeft(7).or(BigInteger.valueOf(letter));
        }
        byte[] out = new byte[n * 7 / 8];
        for (int i = 0; i < out.length; i++) out[i] = bits.shiftRight(8 * i).byteValue();
        return out;
    }
}
