package dev.telltale.matrix;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Numbers of handsets, SIM cards and radios, as they are written. */
final class HardwareWritings {
    private HardwareWritings() {}

    /** 3GPP TS 23.003 6.2; written as on boxes and in {@code *#06#}. */
    static void imei(Writings w, String v) {
        String tac = v.substring(0, 8);
        String serial = v.substring(8, 14);
        String check = v.substring(14);
        w.hashed("15 digits", v);
        w.hashed("14 digits", v.substring(0, 14));
        w.plain("16 digits", v.substring(0, 14) + "05");
        for (String s : List.of("-", " ", "/", ".")) {
            w.hashed(
                    "in groups",
                    String.join(s, v.substring(0, 2), v.substring(2, 8), serial, check));
            w.hashed(
                    "in groups",
                    String.join(s, v.substring(0, 6), v.substring(6, 8), serial, check));
            w.hashed("in groups", String.join(s, tac, serial, check));
            w.hashed("in groups, 14 digits", String.join(s, tac, serial));
        }
        bcd(w, v);
        // 3GPP TS 24.008 10.5.1.4: odd number of digits, type IMEI.
        w.raw("mobile identity", parse(v.charAt(0) + "a" + swapped(v.substring(1))));
    }

    /** 3GPP TS 23.003 2.2, 14.3, 19.3.2. */
    static void imsi(Writings w, String v) {
        w.hashed("15 digits", v);
        w.hashed("as a number", new BigInteger(v).toString());
        for (String s : List.of("-", " ", "/", ".", "_", ",")) {
            w.hashed(
                    "MCC, MNC, MSIN apart",
                    String.join(s, v.substring(0, 3), v.substring(3, 5), v.substring(5)));
            w.hashed(
                    "MCC, MNC, MSIN apart",
                    String.join(s, v.substring(0, 3), v.substring(3, 6), v.substring(6)));
            w.hashed("PLMN, MSIN apart", String.join(s, v.substring(0, 5), v.substring(5)));
        }
        for (String p : List.of("0", "1", "2", "6")) w.plain("EAP identity", p + v + "@");
        bcd(w, v);
        w.raw("mobile identity", parse(v.charAt(0) + "9" + swapped(v.substring(1))));
    }

    /** ITU-T E.118; EF.ICCID of 3GPP TS 31.102 4.2.2 by way of ETSI TS 102 221 13.2. */
    static void iccid(Writings w, String v) {
        w.hashed("19 digits", v);
        w.hashed("without check digit", v.substring(0, 18));
        w.hashed("filled with F", v + "F");
        w.hashed("filled with F", v + "f");
        w.hashed("in groups", v.replaceAll("(....)(?=.)", "$1 "));
        w.hashed("in groups", v.replaceAll("(....)(?=.)", "$1-"));
        w.hashed(
                "in groups",
                String.join(" ", v.substring(0, 6), v.substring(6, 18), v.substring(18)));
        w.hashed("as in the SIM file", swapped(v));
        w.hashed("as in the SIM file", swapped(v).toUpperCase(Locale.ROOT));
        bcd(w, v);
    }

    /** {@code Settings.Secure.ANDROID_ID}. */
    static void androidId(Writings w, String v) {
        BigInteger n = new BigInteger(v, 16);
        w.hashed("hex", v);
        w.add(Set.of("hex"), v.toUpperCase(Locale.ROOT), true, false);
        w.onlyHashed("hex upper case", v.toUpperCase(Locale.ROOT));
        w.plain("hex", "0x" + v);
        w.hashed("decimal", n.toString());
        if (n.longValue() < 0) w.hashed("decimal signed", Long.toString(n.longValue()));
        w.raw("8 bytes", parse(v));
        w.raw("8 bytes little-endian", reversed(parse(v)));
        w.hashed("byte-reversed hex", HexFormat.of().formatHex(reversed(parse(v))));
    }

    /** RFC 9562 section 4; little-endian fields as in section 6 of MS-DTYP. */
    static void uuid(Writings w, String v) {
        String bare = v.replace("-", "");
        w.hashed("UUID", v);
        w.add(Set.of("UUID"), v.toUpperCase(Locale.ROOT), true, false);
        w.onlyHashed("upper case", v.toUpperCase(Locale.ROOT));
        w.hashed("without dashes", bare);
        w.add(Set.of("without dashes"), bare.toUpperCase(Locale.ROOT), true, false);
        w.onlyHashed("without dashes, upper case", bare.toUpperCase(Locale.ROOT));
        w.plain("UUID", "{" + v + "}");
        w.plain("UUID", "urn:uuid:" + v);
        w.onlyHashed("in braces", "{" + v + "}");
        w.onlyHashed("in braces, upper case", "{" + v.toUpperCase(Locale.ROOT) + "}");
        byte[] raw = parse(bare);
        byte[] guid = raw.clone();
        for (int[] p : new int[][] {{0, 3}, {1, 2}, {2, 1}, {3, 0}, {4, 5}, {5, 4}, {6, 7}, {7, 6}})
            guid[p[0]] = raw[p[1]];
        w.raw("16 bytes", raw);
        w.raw("16 bytes, GUID", guid);
        w.raw("16 bytes reversed", reversed(raw));
    }

    static void mac(Writings w, String v) {
        String bare = v.replace(":", "");
        byte[] raw = parse(bare);
        w.hashed("colons", v);
        w.add(Set.of("colons"), v.toUpperCase(Locale.ROOT), true, false);
        w.onlyHashed("colons upper case", v.toUpperCase(Locale.ROOT));
        w.hashed("dashes", v.replace(':', '-'));
        w.onlyHashed("dashes upper case", v.replace(':', '-').toUpperCase(Locale.ROOT));
        w.hashed("bare", bare);
        w.onlyHashed("bare upper case", bare.toUpperCase(Locale.ROOT));
        w.hashed("dots", bare.replaceAll("(....)(?=.)", "$1."));
        w.hashed("spaces", v.replace(':', ' '));
        w.hashed("colons, no leading zeros", v.replaceAll("\\b0", ""));
        w.hashed("dashes, no leading zeros", v.replace(':', '-').replaceAll("\\b0", ""));
        w.hashed("reversed, colons", HexFormat.ofDelimiter(":").formatHex(reversed(raw)));
        w.hashed("reversed, bare", HexFormat.of().formatHex(reversed(raw)));
        w.hashed("as a number", new BigInteger(bare, 16).toString());
        w.raw("6 bytes", raw);
        w.raw("6 bytes reversed", reversed(raw));
        // RFC 4291 appendix A.
        String eui =
                String.format("%02x", raw[0] ^ 2)
                        + bare.substring(2, 6)
                        + "fffe"
                        + bare.substring(6);
        w.raw("in an IPv6 address, 8 bytes", parse(eui));
        w.plain(
                "in an IPv6 address",
                "fe80::" + eui.replaceAll("(....)(?=.)", "$1:").replaceAll("\\b0{1,3}", ""));
        w.plain("EUI-64", HexFormat.ofDelimiter(":").formatHex(parse(eui)));
    }

    // ---------------------------------------------------------------------------------- spelling

    private static void bcd(Writings w, String digits) {
        w.raw("BCD", parse(digits.length() % 2 == 0 ? digits : digits + "f"));
        w.raw("BCD, swapped nibbles", parse(swapped(digits)));
    }

    /** 3GPP TS 23.040 9.1.2.3. */
    static String swapped(String digits) {
        String d = digits.length() % 2 == 0 ? digits : digits + "f";
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < d.length(); i += 2) s.append(d.charAt(i + 1)).append(d.charAt(i));
        return s.toString();
    }

    static byte[] parse(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static byte[] reversed(byte[] b) {
        byte[] r = new byte[b.length];
        for (int i = 0; i < b.length; i++) r[b.length - 1 - i] = b[i];
        return r;
    }
}
