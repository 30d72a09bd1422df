package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
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
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;
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
                case "hex" -> HexFormat.of().parseHex(new String(in, ISO_8859_1));
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
                case "utf-16be" -> new String(in, UTF_16BE).getBytes(UTF_8);
                case "cbor" -> chunks(in);
                case "double" -> doubles(in).getBytes(ISO_8859_1);
                default -> throw new IllegalArgumentException(codec);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    private static String real(ByteBuffer b, int at, int n) {
        String s = n == 4 ? Float.toString(b.getFloat(at)) : Double.toString(b.getDouble(at));
        return s.contains("E") ? new BigDecimal(s).stripTrailingZeros().toPlainString() : s;
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
