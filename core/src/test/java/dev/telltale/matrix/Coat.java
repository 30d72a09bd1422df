package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.Zstd;
import com.google.common.io.BaseEncoding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Something put around bytes, by the JDK or a library, and the decoder that takes it off again.
 *
 * @param text what comes out is text
 * @param undo chain of decoders, outermost first, for what came out
 */
record Coat(String name, boolean text, UnaryOperator<byte[]> put, Undo undo) {

    @FunctionalInterface
    interface Undo {
        List<String> chain(byte[] coated);
    }

    private static Coat binary(String name, UnaryOperator<byte[]> put) {
        return new Coat(name, false, put, b -> List.of(name));
    }

    private static Coat letters(String name, UnaryOperator<byte[]> put) {
        return new Coat(name, true, put, b -> List.of(name));
    }

    private static Coat base64(String name, UnaryOperator<byte[]> put) {
        return new Coat(name, true, put, b -> List.of(alphabet(b)));
    }

    /** Which of the two cannot be told where no letter of either's own is in it. */
    static String alphabet(byte[] b) {
        for (byte c : b) if (c == '-' || c == '_') return "base64url";
        return "base64";
    }

    static final Coat GZIP = binary("gzip", b -> through(b, GZIPOutputStream::new));
    static final Coat ZLIB = binary("zlib", b -> through(b, DeflaterOutputStream::new));
    static final Coat ZSTD = binary("zstd", Zstd::compress);
    static final Coat BASE64 = base64("base64", b -> Base64.getEncoder().encode(b));
    static final Coat BARE64 =
            base64("base64, no padding", b -> Base64.getEncoder().withoutPadding().encode(b));
    static final Coat URL64 = base64("base64url", b -> Base64.getUrlEncoder().encode(b));
    static final Coat BARE_URL64 =
            base64("base64url, no padding", b -> Base64.getUrlEncoder().withoutPadding().encode(b));
    static final Coat HEX = letters("hex", b -> HexFormat.of().formatHex(b).getBytes(ISO_8859_1));
    static final Coat UPPER_HEX =
            new Coat(
                    "hex, capitals",
                    true,
                    b -> HexFormat.of().withUpperCase().formatHex(b).getBytes(ISO_8859_1),
                    b -> List.of("hex"));
    static final Coat BASE32 =
            letters("base32", b -> BaseEncoding.base32().encode(b).getBytes(ISO_8859_1));
    static final Coat LOWER_BASE32 =
            new Coat(
                    "base32, small letters",
                    true,
                    b ->
                            BaseEncoding.base32()
                                    .omitPadding()
                                    .encode(b)
                                    .toLowerCase(Locale.ROOT)
                                    .getBytes(ISO_8859_1),
                    b -> List.of("base32"));
    static final Coat PERCENT_ALL =
            new Coat(
                    "percent, all bytes",
                    true,
                    b -> {
                        StringBuilder s = new StringBuilder();
                        for (byte x : b) s.append(String.format("%%%02X", x));
                        return s.toString().getBytes(ISO_8859_1);
                    },
                    b -> List.of("percent"));

    static final Coat UTF16LE =
            new Coat(
                    "utf-16, little-endian",
                    false,
                    b -> new String(b, UTF_8).getBytes(UTF_16LE),
                    b -> List.of("utf-16"));
    static final Coat UTF16BE =
            new Coat(
                    "utf-16, big-endian",
                    false,
                    b -> new String(b, UTF_8).getBytes(UTF_16BE),
                    b -> List.of("utf-16"));

    static final Coat UTF32LE = charset("utf-32, little-endian", "UTF-32LE");
    static final Coat UTF32BE = charset("utf-32, big-endian", "UTF-32BE");

    private static Coat charset(String name, String charset) {
        return new Coat(
                name,
                false,
                b -> new String(b, UTF_8).getBytes(Charset.forName(charset)),
                b -> List.of("utf-32"));
    }

    static final Coat ENTITIES =
            letters(
                    "entities",
                    b -> {
                        StringBuilder s = new StringBuilder();
                        new String(b, UTF_8)
                                .codePoints()
                                .forEach(c -> s.append(String.format("&#x%x;", c)));
                        return s.toString().getBytes(ISO_8859_1);
                    });
    static final Coat QUOTED =
            letters(
                    "quoted-printable",
                    b -> {
                        StringBuilder s = new StringBuilder();
                        for (byte x : b) s.append(String.format("=%02X", x));
                        return s.toString().getBytes(ISO_8859_1);
                    });
    static final Coat BASE58 = letters("base58", Coat::base58);

    /** The digits of a number in base 58, as Bitcoin writes them. */
    private static byte[] base58(byte[] b) {
        String letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        StringBuilder s = new StringBuilder();
        BigInteger n = new BigInteger(1, b);
        while (n.signum() > 0) {
            BigInteger[] d = n.divideAndRemainder(BigInteger.valueOf(58));
            s.append(letters.charAt(d[1].intValue()));
            n = d[0];
        }
        for (int i = 0; i < b.length && b[i] == 0; i++) s.append('1');
        return s.reverse().toString().getBytes(ISO_8859_1);
    }

    /** What a protocol says it did. */
    static byte[] brotli(byte[] b) {
        Brotli4jLoader.ensureAvailability();
        try {
            return com.aayushatharva.brotli4j.encoder.Encoder.compress(b);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] deflate(byte[] b) {
        return through(b, o -> new DeflaterOutputStream(o, new Deflater(6, true)));
    }

    /** The chain of a stack of coats, the first innermost, and the bytes that come out. */
    static Coated stack(byte[] value, List<Coat> inside) {
        byte[] b = value;
        List<String> chain = new ArrayList<>();
        boolean text = true;
        for (Coat c : inside) {
            b = c.put.apply(b);
            chain.addAll(0, c.undo.chain(b));
            text = c.text;
        }
        return new Coated(b, chain, text);
    }

    record Coated(byte[] bytes, List<String> chain, boolean text) {}

    private interface Around {
        OutputStream stream(OutputStream out) throws IOException;
    }

    private static byte[] through(byte[] in, Around around) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        try (OutputStream w = around.stream(o)) {
            w.write(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return o.toByteArray();
    }
}
