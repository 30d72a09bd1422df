package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
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
