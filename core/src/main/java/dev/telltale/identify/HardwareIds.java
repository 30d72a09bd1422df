package dev.telltale.identify;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers that makers and operators give: to handsets, SIM cards, radios, installations. */
final class HardwareIds {
    private static final Pattern SEPARATORS = Pattern.compile("[\\s./-]+");
    private static final Pattern UUID =
            Pattern.compile("\\p{XDigit}{8}-?(\\p{XDigit}{4}-?){3}\\p{XDigit}{12}");
    private static final HexFormat LOWER = HexFormat.of();

    private HardwareIds() {}

    /**
     * IMEI (3GPP TS 23.003 section 6.2): type allocation code 8, serial number 6, check digit or
     * two of software version.
     */
    static List<NormalForm> imei(String value, String region) {
        String d = SEPARATORS.matcher(value.strip()).replaceAll("");
        if (!d.matches("\\d{14,16}")) return Words.word(value, Bits.word(value.strip()));
        String body = d.substring(0, 14);
        double bits = Bits.digits(14, body);
        String whole = d.length() == 15 ? d : body + Luhn.checkDigit(body);
        List<NormalForm> forms = new ArrayList<>();
        forms.add(NormalForm.of("15 digits", whole, Token.NUMBER, bits).andHashed());
        forms.add(NormalForm.of("14 digits", body, Token.NUMBER, bits).andHashed());
        if (d.length() == 16)
            forms.add(NormalForm.of("16 digits", d, Token.NUMBER, bits).andHashed());
        forms.add(NormalForm.of("16 digits", body, Token.IMEISV, bits));
        for (String s : List.of("-", " "))
            forms.add(
                    NormalForm.of(
                            "in groups",
                            String.join(
                                    s,
                                    d.substring(0, 2),
                                    d.substring(2, 8),
                                    d.substring(8, 14),
                                    whole.substring(14)),
                            Token.NUMBER,
                            bits));
        return forms;
    }

    static Optional<String> imeiComplaint(String value, String region) {
        String d = SEPARATORS.matcher(value.strip()).replaceAll("");
        // An MEID (3GPP2 S.R0048) is 14 hex digits and has no place of its own in personas.
        if (d.matches("\\d{14}|\\d{16}|\\p{XDigit}{14}")) return Optional.empty();
        if (!d.matches("\\d{15}")) return Optional.of("not 14 to 16 digits");
        return Luhn.valid(d)
                ? Optional.empty()
                : Optional.of(
                        "check digit is wrong (expected "
                                + Luhn.checkDigit(d.substring(0, 14))
                                + ")");
    }

    /** IMSI (3GPP TS 23.003 section 2.2): country 3, network 2 or 3, subscriber. */
    static List<NormalForm> imsi(String value, String region) {
        String d = SEPARATORS.matcher(value.strip()).replaceAll("");
        if (!d.matches("\\d{6,16}")) return Words.word(value, Bits.word(value.strip()));
        return List.of(
                NormalForm.of(d.length() + " digits", d, Token.NUMBER, Bits.digits(d.length(), d))
                        .andHashed(),
                NormalForm.of(
                        "as written", value.strip(), Token.NUMBER, Bits.digits(d.length(), d)));
    }

    static Optional<String> imsiComplaint(String value, String region) {
        String d = SEPARATORS.matcher(value.strip()).replaceAll("");
        return d.matches("\\d{14,15}") ? Optional.empty() : Optional.of("not 14 or 15 digits");
    }

    /**
     * ICCID (ITU-T E.118): 89, country, issuer, account, check digit; in SIM files filled up with F
     * to whole bytes.
     */
    static List<NormalForm> iccid(String value, String region) {
        String d = SEPARATORS.matcher(value.strip()).replaceAll("").replaceAll("[fF]+$", "");
        if (!d.matches("\\d{18,20}")) return Words.word(value, Bits.word(value.strip()));
        double bits = Bits.digits(d.length() - 3, d);
        List<NormalForm> forms = new ArrayList<>();
        forms.add(NormalForm.of(d.length() + " digits", d, Token.NUMBER, bits).andHashed());
        boolean open = d.length() < 20 && !Luhn.valid(d);
        String other = open ? d + Luhn.checkDigit(d) : d.substring(0, d.length() - 1);
        forms.add(
                NormalForm.of(
                                open ? "with check digit" : "without check digit",
                                other,
                                Token.NUMBER,
                                bits)
                        .andHashed());
        for (String s : List.of(d, other))
            if (s.length() % 2 == 1)
                forms.add(NormalForm.of("filled with F", s + "F", Token.HEX, bits).andHashed());
        return forms;
    }

    static Optional<String> iccidComplaint(String value, String region) {
        String d = SEPARATORS.matcher(value.strip()).replaceAll("").replaceAll("[fF]+$", "");
        if (!d.matches("\\d{18,20}")) return Optional.of("not 18 to 20 digits");
        if (d.length() == 18 || Luhn.valid(d)) return Optional.empty();
        return Optional.of(
                "check digit is wrong (expected "
                        + Luhn.checkDigit(d.substring(0, d.length() - 1))
                        + ")");
    }

    /** MAC address (IEEE 802 EUI-48): with colons, dashes, dots, bare. */
    static List<NormalForm> mac(String value, String region) {
        String h = macHex(value);
        if (h.length() != 12) return Words.word(value, Bits.word(value.strip()));
        double bits = Bits.hex(12, h);
        String colons = String.join(":", h.split("(?<=\\G..)"));
        String dashes = colons.replace(':', '-');
        List<NormalForm> forms = new ArrayList<>();
        forms.add(NormalForm.of("colons", colons, Token.MAC, bits).andHashed());
        forms.add(NormalForm.of("colons upper case", upper(colons), Token.MAC, bits).onlyHashed());
        forms.add(NormalForm.of("bare", h, Token.HEX, bits).andHashed());
        forms.add(NormalForm.of("bare upper case", upper(h), Token.HEX, bits).onlyHashed());
        forms.add(NormalForm.of("dashes", dashes, Token.MAC, bits).andHashed());
        forms.add(NormalForm.of("dashes upper case", upper(dashes), Token.MAC, bits).onlyHashed());
        forms.add(
                NormalForm.of("dots", String.join(".", h.split("(?<=\\G....)")), Token.HEX, bits));
        return forms;
    }

    static Optional<String> macComplaint(String value, String region) {
        return macHex(value).length() == 12
                ? Optional.empty()
                : Optional.of("not a MAC address (six hex pairs)");
    }

    private static String macHex(String value) {
        String v = value.strip().toLowerCase(Locale.ROOT);
        return v.matches("[0-9a-f]{2}([:-]?[0-9a-f]{2}){5}|[0-9a-f]{4}(\\.[0-9a-f]{4}){2}")
                ? v.replaceAll("[:.-]", "")
                : "";
    }

    /** UUIDs (RFC 9562): advertising ids and the like. The bits are those of a random one. */
    static List<NormalForm> uuid(String value, String region) {
        String v = value.strip();
        if (!UUID.matcher(v).matches()) return Words.word(value, Bits.word(v));
        String bare = v.replace("-", "").toLowerCase(Locale.ROOT);
        double bits = Math.min(122, Bits.hex(32, bare));
        String dashed =
                String.join(
                        "-",
                        bare.substring(0, 8),
                        bare.substring(8, 12),
                        bare.substring(12, 16),
                        bare.substring(16, 20),
                        bare.substring(20));
        return List.of(
                NormalForm.of("UUID", dashed, Token.HEX, bits).andHashed(),
                NormalForm.of("upper case", upper(dashed), Token.HEX, bits).onlyHashed(),
                NormalForm.of("without dashes", bare, Token.HEX, bits).andHashed(),
                NormalForm.of("without dashes, upper case", upper(bare), Token.HEX, bits)
                        .onlyHashed(),
                NormalForm.raw("16 bytes", LOWER.parseHex(bare), bits));
    }

    static Optional<String> uuidComplaint(String value, String region) {
        return UUID.matcher(value.strip()).matches() ? Optional.empty() : Optional.of("not a UUID");
    }

    /**
     * Android's Settings.Secure.ANDROID_ID: a 64-bit number, in hex, without its leading zeros, or
     * in decimal.
     */
    static List<NormalForm> androidId(String value, String region) {
        String v = value.strip().toLowerCase(Locale.ROOT);
        if (!v.matches("[0-9a-f]{8,16}")) return Words.word(value, Bits.word(v));
        long number = Long.parseUnsignedLong(v, 16);
        double bits = Bits.hex(v.length(), v);
        List<NormalForm> forms = new ArrayList<>();
        forms.add(NormalForm.of("hex", v, Token.HEX, bits).andHashed());
        forms.add(NormalForm.of("hex upper case", upper(v), Token.HEX, bits).onlyHashed());
        forms.add(
                NormalForm.of("hex, 16 digits", "0".repeat(16 - v.length()) + v, Token.HEX, bits)
                        .andHashed());
        forms.add(
                NormalForm.of(
                                "hex without leading zeros",
                                Long.toHexString(number),
                                Token.HEX,
                                bits)
                        .andHashed());
        forms.add(
                NormalForm.of("decimal", Long.toUnsignedString(number), Token.NUMBER, bits)
                        .andHashed());
        forms.add(
                NormalForm.of("decimal signed", Long.toString(number), Token.NUMBER, bits)
                        .andHashed());
        return forms;
    }

    static Optional<String> androidIdComplaint(String value, String region) {
        return value.strip().matches("\\p{XDigit}{8,16}")
                ? Optional.empty()
                : Optional.of("not 16 hex digits");
    }

    private static String upper(String s) {
        return s.toUpperCase(Locale.ROOT);
    }
}
