package dev.telltale.analyze.tls;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * JA4, a fingerprint of the program that sent a ClientHello (<a
 * href="https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md">FoxIO</a>).
 *
 * <pre>
 * t13d1516h2_8daaf6152771_e5627efa2ab1
 *   t | d | q    TLS, DTLS, QUIC
 *   13           highest version offered
 *   d | i        with SNI, without
 *   15, 16       how many suites, how many extensions (99 at most)
 *   h2           first and last character of the first ALPN name
 *   _            first 12 hex digits of SHA-256 of the suites, sorted
 *   _            and of the extensions, sorted, without SNI and ALPN; then the signature algorithms as sent
 * </pre>
 */
public final class Ja4 {
    private Ja4() {}

    /**
     * @param transport {@code t}, {@code d} or {@code q}
     */
    static String of(ClientHello h, char transport) {
        List<String> suites = hex(h.suites, false);
        List<String> extensions = hex(h.extensions, false);
        StringBuilder s = new StringBuilder().append(transport).append(version(h));
        s.append(h.named ? 'd' : 'i');
        s.append(
                String.format(
                        Locale.ROOT,
                        "%02d%02d",
                        Math.min(99, suites.size()),
                        Math.min(99, extensions.size())));
        s.append(alpn(h.firstAlpn));
        Collections.sort(suites);
        List<String> sorted = hex(h.extensions, true);
        Collections.sort(sorted);
        String list = String.join(",", sorted);
        if (h.signatures.length > 0) list += "_" + String.join(",", hex(h.signatures, false));
        s.append('_').append(suites.isEmpty() ? NOTHING : hash(String.join(",", suites)));
        s.append('_').append(sorted.isEmpty() ? NOTHING : hash(list));
        return s.toString();
    }

    /**
     * Of the body of a ClientHello message.
     *
     * @param transport {@code t}, {@code d} or {@code q}
     */
    public static String of(byte[] b, int from, int to, char transport) {
        return of(ClientHello.read(b, from, to, transport == 'd'), transport);
    }

    private static final String NOTHING = "000000000000";

    private static String version(ClientHello h) {
        int best = 0;
        for (int v : h.versions) {
            if (Vectors.grease(v)) continue;
            // Numbers of DTLS fall from version to version.
            if (best == 0 || (v >>> 8 == 0xfe ? v < best : v > best)) best = v;
        }
        return switch (best == 0 ? h.version : best) {
            case 0x304 -> "13";
            case 0x303 -> "12";
            case 0x302 -> "11";
            case 0x301 -> "10";
            case 0x300 -> "s3";
            case 0x002 -> "s2";
            case 0xfeff -> "d1";
            case 0xfefd -> "d2";
            case 0xfefc -> "d3";
            default -> "00";
        };
    }

    private static String alpn(byte[] name) {
        if (name.length == 0) return "00";
        char first = (char) (name[0] & 0xff);
        char last = (char) (name[name.length - 1] & 0xff);
        if (alphanumeric(first) && alphanumeric(last)) return "" + first + last;
        String hex = HexFormat.of().formatHex(name);
        return "" + hex.charAt(0) + hex.charAt(hex.length() - 1);
    }

    private static boolean alphanumeric(char c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    private static List<String> hex(int[] values, boolean leaveOut) {
        List<String> out = new ArrayList<>(values.length);
        for (int v : values) {
            if (Vectors.grease(v)) continue;
            if (leaveOut && (v == ClientHello.SERVER_NAME || v == ClientHello.ALPN)) continue;
            out.add(HexFormat.of().toHexDigits((short) v));
        }
        return out;
    }

    private static String hash(String text) {
        MessageDigest sha = Kdf.digest("SHA-256");
        byte[] digest = sha.digest(text.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest, 0, 6);
    }
}
