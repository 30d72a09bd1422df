package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.common.io.BaseEncoding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A digest as it is written.
 *
 * @param label as forms end
 * @param weak so short that it counts under a telling key only
 */
record Digested(String label, byte[] bytes, boolean text, boolean weak) {

    boolean isWord() {
        return text && !label.equals("decimal");
    }

    /** Every way to write {@code raw}. */
    static List<Digested> of(byte[] raw) {
        String hex = HexFormat.of().formatHex(raw);
        if (raw.length == 4) {
            int n = ByteBuffer.wrap(raw).getInt();
            List<Digested> all = new ArrayList<>();
            all.add(new Digested("hex", hex.getBytes(ISO_8859_1), true, true));
            all.add(
                    new Digested(
                            "hex", hex.toUpperCase(Locale.ROOT).getBytes(ISO_8859_1), true, true));
            // Impossible: of seven digits and fewer.
            if (Math.abs((long) n) >= 10_000_000) all.add(decimal(Integer.toString(n)));
            if (Integer.toUnsignedLong(n) >= 10_000_000)
                all.add(decimal(Integer.toUnsignedString(n)));
            return all;
        }
        if (raw.length == 8) {
            long n = ByteBuffer.wrap(raw).getLong();
            return List.of(
                    text("hex", hex, hex.length()),
                    text("hex", hex.toUpperCase(Locale.ROOT), hex.length()),
                    decimal(Long.toString(n)),
                    decimal(Long.toUnsignedString(n)),
                    new Digested("raw", raw, false, false));
        }
        String base64 = Base64.getEncoder().encodeToString(raw);
        String bare = Base64.getEncoder().withoutPadding().encodeToString(raw);
        String url = Base64.getUrlEncoder().encodeToString(raw);
        String bareUrl = Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
        int hexes = hex.length();
        int letters = bare.length();
        String base32 = BaseEncoding.base32().encode(raw);
        return List.of(
                text("hex", hex, hexes),
                text("hex", hex.toUpperCase(Locale.ROOT), hexes),
                base64(base64, letters),
                base64(bare, letters),
                base64(url, letters),
                base64(bareUrl, letters),
                text("base32", base32, (raw.length * 8 + 4) / 5),
                text(
                        "base32",
                        base32.replace("=", "").toLowerCase(Locale.ROOT),
                        (raw.length * 8 + 4) / 5),
                new Digested("raw", raw, false, false),
                first("hex", hex, 16, hexes),
                first("hex", hex, 17, hexes),
                first("hex", hex, 20, hexes),
                first("hex", hex.toUpperCase(Locale.ROOT), 24, hexes),
                first("hex", hex, 32, hexes),
                first("hex", hex, 40, hexes),
                base64(bare.substring(0, 16), letters),
                base64(bareUrl.substring(0, 20), letters),
                base64(bareUrl.substring(0, 22), letters),
                base64(bare.substring(0, Math.min(32, letters)), letters));
    }

    /** Cut so short that a key has to tell. */
    static List<Digested> shortOnes(byte[] raw) {
        String hex = HexFormat.of().formatHex(raw);
        return List.of(
                new Digested("hex > first 8", hex.substring(0, 8).getBytes(ISO_8859_1), true, true),
                new Digested(
                        "hex > first 12", hex.substring(0, 12).getBytes(ISO_8859_1), true, true));
    }

    private static Digested decimal(String n) {
        return new Digested("decimal", n.getBytes(ISO_8859_1), true, true);
    }

    private static Digested first(String label, String whole, int n, int full) {
        return text(label, whole.substring(0, Math.min(n, whole.length())), full);
    }

    private static Digested text(String label, String s, int full) {
        int n = s.replace("=", "").length();
        return new Digested(
                n < full ? label + " > first " + n : label, s.getBytes(ISO_8859_1), true, false);
    }

    /** Where both alphabets agree, padding is the one's habit and its absence the other's. */
    private static Digested base64(String s, int full) {
        boolean plain = s.indexOf('+') >= 0 || s.indexOf('/') >= 0;
        boolean url = s.indexOf('-') >= 0 || s.indexOf('_') >= 0;
        return text(plain || !url && s.endsWith("=") ? "base64" : "base64url", s, full);
    }
}
