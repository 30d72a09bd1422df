package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.bouncycastle.util.encoders.Base32;
import org.brotli.dec.BrotliInputStream;
import org.tukaani.xz.XZInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Undoes one layer of an evidence path by libraries alone: what the audit's own decoders made is
 * held against what others make of the same bytes.
 */
final class Codecs {
    /** More is not made of one layer. */
    private static final int MOST = 64 << 20;

    private static final JsonFactory JSON = new JsonFactory();

    private Codecs() {}

    /**
     * What {@code coded} may stand for under that layer's name, most likely first; empty where no
     * library here knows the name; a list of nothing where they know it and cannot read the bytes.
     * Damaged input gives what came before the damage.
     */
    static Optional<List<byte[]>> undo(String layer, byte[] coded) {
        return Optional.ofNullable(
                switch (layer) {
                    case "gzip" -> stream(() -> new GZIPInputStream(in(coded)));
                    case "zlib" -> stream(() -> new InflaterInputStream(in(coded)));
                    case "deflate" ->
                            stream(() -> new InflaterInputStream(in(coded), new Inflater(true)));
                    case "brotli" -> stream(() -> new BrotliInputStream(in(coded)));
                    case "zstd" -> stream(() -> new ZstdInputStream(in(coded)));
                    case "xz" -> stream(() -> new XZInputStream(in(coded), MOST >> 10));
                    case "percent" -> percent(coded);
                    case "quoted-printable" -> quotedPrintable(coded);
                    case "hex" -> hex(coded);
                    case "base64", "base64url" -> base64(coded);
                    case "base32" -> base32(coded);
                    case "base32hex" -> base32(fromExtendedHex(coded));
                    case "json" -> json(coded);
                    case "utf-16" -> utf16(coded);
                    case "utf-32" -> utf32(coded);
                    case "utf-16be" -> List.of(new String(coded, UTF_16BE).getBytes(UTF_8));
                    case "cbor", "msgpack" -> chunks(coded);
                    case "int" -> littleEndian(coded);
                    case "hex-int" -> hexOf(varint(coded), fixed(coded, ByteOrder.LITTLE_ENDIAN));
                    case "int-be" -> bigEndian(coded);
                    case "negative" -> negative(coded);
                    case "hex-int-be" -> hexOf(fixed(coded, ByteOrder.BIG_ENDIAN));
                    case "double" -> reals(coded, 8, ByteOrder.LITTLE_ENDIAN);
                    case "float" -> reals(coded, 4, ByteOrder.LITTLE_ENDIAN);
                    case "double-be" -> reals(coded, 8, ByteOrder.BIG_ENDIAN);
                    case "float-be" -> reals(coded, 4, ByteOrder.BIG_ENDIAN);
                    case "hex-double-be" -> wholeReal(coded, 8);
                    case "hex-float-be" -> wholeReal(coded, 4);
                    default -> null;
                });
    }

    private static ByteArrayInputStream in(byte[] b) {
        return new ByteArrayInputStream(b);
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    private static List<byte[]> stream(Opening opening) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (InputStream in = opening.open()) {
            byte[] buffer = new byte[1 << 13];
            for (int n = in.read(buffer); n >= 0 && out.size() < MOST; n = in.read(buffer))
                out.write(buffer, 0, n);
        } catch (IOException | RuntimeException e) {
            // The capture may lack the end.
            return out.size() == 0 ? List.of() : List.of(out.toByteArray());
        }
        return List.of(out.toByteArray());
    }

    /** With plus as a space, as forms have it, and without. */
    private static List<byte[]> percent(byte[] coded) {
        String s = new String(coded, ISO_8859_1);
        List<byte[]> all = new ArrayList<>();
        for (String text : List.of(s, s.replace("+", "%2B"))) {
            // A percent sign that begins no escape stands for itself.
            String escaped = text.replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
            all.add(URLDecoder.decode(escaped, ISO_8859_1).getBytes(ISO_8859_1));
        }
        return all;
    }

    private static List<byte[]> hex(byte[] coded) {
        String s = new String(coded, ISO_8859_1).replaceAll("(?i)0x|\\\\x|[^0-9a-f]", "");
        if (s.length() % 2 != 0) s = s.substring(0, s.length() - 1);
        return List.of(HexFormat.of().parseHex(s));
    }

    /** One text, or several in a row, each with its padding. */
    private static List<byte[]> base64(byte[] coded) {
        String s =
                new String(coded, ISO_8859_1)
                        .replaceAll("\\s+", "")
                        .replace('-', '+')
                        .replace('_', '/');
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String one : s.split("=+")) {
            try {
                out.writeBytes(Base64.getDecoder().decode(one));
            } catch (IllegalArgumentException e) {
                return out.size() == 0 ? List.of() : List.of(out.toByteArray());
            }
        }
        return List.of(out.toByteArray());
    }

    private static byte[] fromExtendedHex(byte[] coded) {
        byte[] plain = coded.clone();
        for (int i = 0; i < plain.length; i++) {
            int v = Character.digit((char) plain[i], 32);
            if (v >= 0) plain[i] = (byte) "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(v);
        }
        return plain;
    }

    private static List<byte[]> base32(byte[] coded) {
        String s = new String(coded, ISO_8859_1).replace("=", "").toUpperCase(Locale.ROOT);
        try {
            return List.of(Base32.decode(s + "=".repeat((8 - s.length() % 8) % 8)));
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    private static List<byte[]> json(byte[] inside) {
        byte[] text = new byte[inside.length + 2];
        text[0] = '"';
        System.arraycopy(inside, 0, text, 1, inside.length);
        text[text.length - 1] = '"';
        try (JsonParser p = JSON.createParser(ObjectReadContext.empty(), text)) {
            p.nextToken();
            return List.of(p.getString().getBytes(UTF_8));
        } catch (JacksonException e) {
            return List.of();
        }
    }

    private static List<byte[]> utf16(byte[] coded) {
        if (coded.length < 2) return List.of();
        int mark = (coded[0] & 0xff) << 8 | coded[1] & 0xff;
        List<byte[]> all = new ArrayList<>();
        String be = new String(coded, UTF_16BE);
        String le = new String(coded, UTF_16LE);
        // The mark counts as a letter with some and not with others.
        if (mark == 0xfeff) all.add(be.substring(1).getBytes(UTF_8));
        if (mark == 0xfffe) all.add(le.substring(1).getBytes(UTF_8));
        all.add(le.getBytes(UTF_8));
        all.add(be.getBytes(UTF_8));
        return all;
    }

    private static List<byte[]> utf32(byte[] coded) {
        List<byte[]> all = new ArrayList<>();
        // The mark counts as a letter with some and not with others.
        for (String order : List.of("UTF-32LE", "UTF-32BE")) {
            String s = new String(coded, Charset.forName(order));
            if (s.startsWith("\ufeff")) all.add(s.substring(1).getBytes(UTF_8));
            all.add(s.getBytes(UTF_8));
        }
        return all;
    }

    /** RFC 2045 section 6.7, by what percent-encoding does with the same two digits. */
    private static List<byte[]> quotedPrintable(byte[] coded) {
        String s =
                new String(coded, ISO_8859_1)
                        .replaceAll("=[ \t]*\r?\n", "")
                        .replace("%", "%25")
                        .replace("+", "%2B")
                        .replaceAll("=([0-9A-Fa-f]{2})", "%$1");
        return List.of(URLDecoder.decode(s, ISO_8859_1).getBytes(ISO_8859_1));
    }

    /** A CBOR text of chunks (RFC 8949 3.2.3): heads of definite length between them. */
    private static List<byte[]> chunks(byte[] b) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int i = b.length > 0 && (b[0] & 0x1f) == 0x1f ? 1 : 0;
        while (i < b.length && (b[i] & 0xff) != 0xff) {
            int info = b[i++] & 0x1f;
            int width = info < 24 ? 0 : info < 28 ? 1 << info - 24 : -1;
            if (width < 0 || width > 4 || i + width > b.length) break;
            long n = info < 24 ? info : 0;
            for (int k = 0; k < width; k++) n = n << 8 | b[i++] & 0xff;
            if (n > b.length - i) break;
            out.write(b, i, (int) n);
            i += (int) n;
        }
        return List.of(out.toByteArray());
    }

    private static List<byte[]> text(String... all) {
        List<byte[]> list = new ArrayList<>();
        for (String s : all) list.add(s.getBytes(UTF_8));
        return list;
    }

    private static long varint(byte[] b) {
        long v = 0;
        for (int k = Math.min(b.length, 10) - 1; k >= 0; k--) v = v << 7 | b[k] & 0x7f;
        return v;
    }

    private static long fixed(byte[] b, ByteOrder order) {
        if (b.length > 8) return 0;
        ByteBuffer eight = ByteBuffer.allocate(8).order(order);
        if (order == ByteOrder.BIG_ENDIAN) eight.position(8 - b.length);
        eight.put(b);
        return eight.getLong(0);
    }

    private static List<byte[]> littleEndian(byte[] b) {
        long v = varint(b);
        long f = fixed(b, ByteOrder.LITTLE_ENDIAN);
        return text(
                Long.toString(v),
                Long.toUnsignedString(v),
                Long.toUnsignedString(f),
                Integer.toString((int) f));
    }

    /** Signed in its own width, and not. */
    private static List<byte[]> bigEndian(byte[] b) {
        if (b.length == 0 || b.length > 8) return List.of();
        return text(
                Long.toUnsignedString(fixed(b, ByteOrder.BIG_ENDIAN)),
                new BigInteger(b).toString());
    }

    private static List<byte[]> negative(byte[] b) {
        return text(Long.toString(-1 - fixed(b, ByteOrder.BIG_ENDIAN)));
    }

    private static List<byte[]> hexOf(long... numbers) {
        List<byte[]> all = new ArrayList<>();
        for (long v : numbers)
            for (int width : new int[] {12, 16}) {
                String h = Long.toHexString(v);
                if (h.length() <= width) all.addAll(text("0".repeat(width - h.length()) + h));
            }
        return all;
    }

    /** One number; or two with something small between them, as both halves of a place. */
    private static List<byte[]> reals(byte[] b, int width, ByteOrder order) {
        if (b.length < width) return List.of();
        double first = real(b, 0, width, order);
        if (b.length < 2 * width) return printed(first, width, "");
        double second = real(b, b.length - width, width, order);
        List<byte[]> all = new ArrayList<>();
        for (byte[] a : printed(first, width, ""))
            all.addAll(printed(second, width, new String(a, UTF_8) + ","));
        return all;
    }

    private static double real(byte[] b, int at, int width, ByteOrder order) {
        ByteBuffer bytes = ByteBuffer.wrap(b, at, width).order(order);
        return width == 8 ? bytes.getDouble() : bytes.getFloat();
    }

    private static List<byte[]> printed(double d, int width, String before) {
        if (!Double.isFinite(d)) return List.of();
        String s = width == 4 ? Float.toString((float) d) : Double.toString(d);
        return text(before + s, before + new BigDecimal(s).stripTrailingZeros().toPlainString());
    }

    private static List<byte[]> wholeReal(byte[] b, int width) {
        if (b.length != width) return List.of();
        return hexOf((long) real(b, 0, width, ByteOrder.BIG_ENDIAN));
    }
}
