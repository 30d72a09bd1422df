package dev.telltale.identify;

import java.nio.ByteBuffer;
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
        for (String s : List.of("-", " ", "/", ".")) {
            forms.add(groups(whole, s, bits, 2, 8, 14));
            forms.add(groups(whole, s, bits, 6, 8, 14));
            forms.add(groups(whole, s, bits, 8, 14));
            forms.add(
                    NormalForm.of(
                            "in groups, 14 digits",
                            body.substring(0, 8) + s + body.substring(8),
                            Token.NUMBER,
                            bits));
        }
        forms.add(NormalForm.raw("BCD", Bcd.straight(whole), bits));
        forms.add(NormalForm.raw("BCD, swapped nibbles", Bcd.swapped(whole), bits));
        forms.add(NormalForm.raw("mobile identity", Bcd.mobileIdentity(whole, 2), bits));
        return forms;
    }

    private static NormalForm groups(String digits, String separator, double bits, int... cuts) {
        StringBuilder s = new StringBuilder(digits);
        for (int i = cuts.length - 1; i >= 0; i--) s.insert(cuts[i], separator);
        return NormalForm.of("in groups", s.toString(), Token.NUMBER, bits);
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
        double bits = Bits.digits(d.length(), d);
        List<NormalForm> forms = new ArrayList<>();
        forms.add(NormalForm.of(d.length() + " digits", d, Token.NUMBER, bits).andHashed());
        forms.add(NormalForm.of("as written", value.strip(), Token.NUMBER, bits));
        if (d.length() < 14) return forms;
        // What is left of 001 01 ... in an integer.
        String number = d.replaceFirst("^0+", "");
        if (number.length() >= PersonaMatcher.SEARCHED_FROM)
            forms.add(NormalForm.of("as a number", number, Token.NUMBER, bits).andHashed());
        for (String s : List.of("-", " ", "/", ".", "_", ",")) {
            for (int network : new int[] {5, 6}) {
                forms.add(
                        NormalForm.of(
                                "PLMN, MSIN apart",
                                d.substring(0, network) + s + d.substring(network),
                                Token.NUMBER,
                                bits));
                forms.add(
                        NormalForm.of(
                                "MCC, MNC, MSIN apart",
                                String.join(
                                        s,
                                        d.substring(0, 3),
                                        d.substring(3, network),
                                        d.substring(network)),
                                Token.NUMBER,
                                bits));
            }
        }
        // 3GPP TS 23.003 14.3 and 19.3.2: what EAP calls the subscriber.
        for (String prefix : List.of("0", "1", "2", "6"))
            forms.add(NormalForm.of("EAP identity", prefix + d + "@", Token.NUMBER, bits));
        forms.add(NormalForm.raw("BCD", Bcd.straight(d), bits));
        forms.add(NormalForm.raw("BCD, swapped nibbles", Bcd.swapped(d), bits));
        forms.add(NormalForm.raw("mobile identity", Bcd.mobileIdentity(d, 1), bits));
        return forms;
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
                for (String f : List.of("F", "f"))
                    forms.add(NormalForm.of("filled with F", s + f, Token.HEX, bits).andHashed());
        for (String s : List.of(" ", "-")) {
            forms.add(
                    NormalForm.of(
                            "in groups",
                            String.join(s, d.split("(?<=\\G....)")),
                            Token.NUMBER,
                            bits));
            forms.add(groups(d, s, bits, 6, d.length() == 19 ? 18 : 12));
        }
        byte[] file = Bcd.swapped(d);
        forms.add(NormalForm.of("as in the SIM file", LOWER.formatHex(file), Token.HEX, bits));
        forms.add(
                NormalForm.of("as in the SIM file", upper(LOWER.formatHex(file)), Token.HEX, bits)
                        .onlyHashed());
        forms.add(NormalForm.raw("BCD, swapped nibbles", file, bits));
        forms.add(NormalForm.raw("BCD", Bcd.straight(d), bits));
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
        String short0 = colons.replaceAll("(^|:)0", "$1");
        forms.add(NormalForm.of("colons, no leading zeros", short0, Token.HEX, bits));
        forms.add(
                NormalForm.of(
                        "dashes, no leading zeros", short0.replace(':', '-'), Token.HEX, bits));
        forms.add(NormalForm.of("spaces", colons.replace(':', ' '), Token.HEX, bits));
        forms.add(
                NormalForm.of(
                        "as a number", Long.toString(Long.parseLong(h, 16)), Token.NUMBER, bits));
        byte[] raw = LOWER.parseHex(h);
        byte[] reversed = reversed(raw);
        forms.add(
                NormalForm.of(
                        "reversed, colons",
                        LOWER.withDelimiter(":").formatHex(reversed),
                        Token.MAC,
                        bits));
        forms.add(NormalForm.of("reversed, bare", LOWER.formatHex(reversed), Token.HEX, bits));
        forms.add(NormalForm.raw("6 bytes", raw, bits));
        forms.add(NormalForm.raw("6 bytes reversed", reversed, bits));
        // RFC 4291 appendix A: the interface identifier of an address that is made of it.
        byte[] eui = {
            (byte) (raw[0] ^ 2), raw[1], raw[2], (byte) 0xff, (byte) 0xfe, raw[3], raw[4], raw[5]
        };
        StringBuilder groups = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            if (i > 0) groups.append(':');
            groups.append(Integer.toHexString((eui[i] & 0xff) << 8 | eui[i + 1] & 0xff));
        }
        forms.add(NormalForm.of("in an IPv6 address", groups.toString(), Token.HEX, bits));
        forms.add(
                NormalForm.of("EUI-64", LOWER.withDelimiter(":").formatHex(eui), Token.HEX, bits));
        forms.add(NormalForm.raw("in an IPv6 address, 8 bytes", eui, bits));
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
        byte[] raw = LOWER.parseHex(bare);
        byte[] mixed = raw.clone();
        for (int[] swap : new int[][] {{0, 3}, {1, 2}, {4, 5}, {6, 7}}) {
            mixed[swap[0]] = raw[swap[1]];
            mixed[swap[1]] = raw[swap[0]];
        }
        return List.of(
                NormalForm.of("UUID", dashed, Token.HEX, bits).andHashed(),
                NormalForm.of("upper case", upper(dashed), Token.HEX, bits).onlyHashed(),
                NormalForm.of("without dashes", bare, Token.HEX, bits).andHashed(),
                NormalForm.of("without dashes, upper case", upper(bare), Token.HEX, bits)
                        .onlyHashed(),
                NormalForm.of("in braces", "{" + dashed + "}", Token.HEX, bits).onlyHashed(),
                NormalForm.of("in braces, upper case", "{" + upper(dashed) + "}", Token.HEX, bits)
                        .onlyHashed(),
                NormalForm.raw("16 bytes", raw, bits),
                // As Windows keeps GUIDs: the first three fields are little-endian.
                NormalForm.raw("16 bytes, GUID", mixed, bits),
                NormalForm.raw("16 bytes reversed", reversed(raw), bits));
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
        byte[] raw = ByteBuffer.allocate(8).putLong(number).array();
        forms.add(
                NormalForm.of(
                        "byte-reversed hex", LOWER.formatHex(reversed(raw)), Token.HEX, bits));
        forms.add(NormalForm.raw("8 bytes", raw, bits));
        forms.add(NormalForm.raw("8 bytes little-endian", reversed(raw), bits));
        return forms;
    }

    static Optional<String> androidIdComplaint(String value, String region) {
        return value.strip().matches("\\p{XDigit}{8,16}")
                ? Optional.empty()
                : Optional.of("not 16 hex digits");
    }

    private static byte[] reversed(byte[] b) {
        byte[] r = new byte[b.length];
        for (int i = 0; i < b.length; i++) r[i] = b[b.length - 1 - i];
        return r;
    }

    private static String upper(String s) {
        return s.toUpperCase(Locale.ROOT);
    }
}
