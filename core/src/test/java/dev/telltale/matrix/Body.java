package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * A format that holds a value under a key.
 *
 * @param keyed the key is in it
 * @param takes whether a value can be written in it
 * @param text what comes out is text
 */
record Body(
        String name,
        String media,
        boolean keyed,
        boolean text,
        Predicate<Coat.Coated> takes,
        Maker maker,
        Chain chain) {

    @FunctionalInterface
    interface Maker {
        byte[] make(String key, byte[] value);
    }

    @FunctionalInterface
    interface Chain {
        List<String> of(byte[] value);
    }

    private static final Predicate<Coat.Coated> TEXT = c -> c.text();
    private static final Predicate<Coat.Coated> LINE = c -> c.text() && none(c.bytes(), "\r\n");
    private static final Predicate<Coat.Coated> ANY = c -> true;

    /** Boundary of the multipart bodies. */
    static final String BOUNDARY = "x7MA4YWxkTrZu0gW";

    static final List<Body> ALL =
            List.of(
                    new Body(
                            "text",
                            "text/plain",
                            false,
                            true,
                            TEXT,
                            (k, v) -> join(k + ": ", v, "\n"),
                            v -> List.of()),
                    new Body(
                            "value alone",
                            "text/plain",
                            false,
                            true,
                            TEXT,
                            (k, v) -> v,
                            v -> List.of()),
                    new Body(
                            "bytes",
                            "application/octet-stream",
                            false,
                            false,
                            ANY,
                            (k, v) -> v,
                            v -> List.of()),
                    new Body(
                            "json",
                            "application/json",
                            true,
                            true,
                            TEXT,
                            (k, v) ->
                                    utf8(
                                            "{\"seq\":7,\""
                                                    + k
                                                    + "\":\""
                                                    + json(v)
                                                    + "\",\"ok\":true}"),
                            v -> List.of("json")),
                    new Body(
                            "json array",
                            "application/json",
                            true,
                            true,
                            TEXT,
                            (k, v) -> utf8("{\"" + k + "\":[\"a b\",\"" + json(v) + "\"]}"),
                            v -> List.of("json")),
                    new Body(
                            "json, escaped",
                            "application/json",
                            true,
                            true,
                            TEXT,
                            (k, v) -> utf8("{\"" + k + "\":\"" + escaped(v) + "\"}"),
                            v -> List.of("json")),
                    new Body(
                            "json in json",
                            "application/json",
                            true,
                            true,
                            TEXT,
                            (k, v) ->
                                    utf8(
                                            "{\"ev\":\""
                                                    + json(
                                                            utf8(
                                                                    "{\"" + k + "\":\"" + json(v)
                                                                            + "\"}"))
                                                    + "\"}"),
                            v -> List.of("json", "json")),
                    new Body(
                            "json number",
                            "application/json",
                            true,
                            true,
                            c ->
                                    c.text()
                                            && c.chain().isEmpty()
                                            && new String(c.bytes(), ISO_8859_1)
                                                    .matches("-?[1-9]\\d{0,19}(\\.\\d+)?"),
                            (k, v) -> utf8("{\"" + k + "\":" + new String(v, ISO_8859_1) + "}"),
                            v -> List.of("json")),
                    new Body(
                            "json lines",
                            "application/x-ndjson",
                            true,
                            true,
                            TEXT,
                            (k, v) ->
                                    utf8(
                                            "{\"n\":1}\n{\""
                                                    + k
                                                    + "\":\""
                                                    + json(v)
                                                    + "\"}\n{\"n\":3}\n"),
                            v -> List.of("json")),
                    new Body(
                            "form",
                            "application/x-www-form-urlencoded",
                            true,
                            true,
                            TEXT,
                            (k, v) -> utf8("seq=7&" + k + "=" + percent(v, true) + "&ok=1"),
                            v -> changed(v, true) ? List.of("form", "percent") : List.of("form")),
                    new Body(
                            "json in form",
                            "application/x-www-form-urlencoded",
                            true,
                            true,
                            TEXT,
                            (k, v) ->
                                    utf8(
                                            "d="
                                                    + percent(
                                                            utf8(
                                                                    "{\"" + k + "\":\"" + json(v)
                                                                            + "\"}"),
                                                            false)
                                                    + "&n=1"),
                            v -> List.of("form", "percent", "json")),
                    new Body(
                            "multipart",
                            "multipart/form-data; boundary=" + BOUNDARY,
                            true,
                            true,
                            TEXT,
                            (k, v) ->
                                    join(
                                            "--"
                                                    + BOUNDARY
                                                    + "\r\nContent-Disposition: form-data; name=\""
                                                    + k
                                                    + "\"\r\n\r\n",
                                            v,
                                            "\r\n--" + BOUNDARY + "--\r\n"),
                            v -> List.of("multipart")),
                    new Body(
                            "multipart file",
                            "multipart/form-data; boundary=" + BOUNDARY,
                            true,
                            false,
                            ANY,
                            (k, v) ->
                                    join(
                                            "--"
                                                    + BOUNDARY
                                                    + "\r\nContent-Disposition: form-data; name=\""
                                                    + k
                                                    + "\"; filename=\"f.bin\"\r\nContent-Type:"
                                                    + " application/octet-stream\r\n\r\n",
                                            v,
                                            "\r\n--" + BOUNDARY + "--\r\n"),
                            v -> List.of("multipart")),
                    new Body(
                            "xml",
                            "application/xml",
                            true,
                            true,
                            c -> c.text() && none(c.bytes(), "&<>'\""),
                            (k, v) ->
                                    join(
                                            "<?xml version=\"1.0\"?><r><" + k + ">",
                                            v,
                                            "</" + k + "></r>"),
                            v -> List.of("xml")),
                    new Body(
                            "xml attribute",
                            "application/xml",
                            true,
                            true,
                            c -> LINE.test(c) && none(c.bytes(), "&<>'\""),
                            (k, v) -> join("<r><d " + k + "=\"", v, "\"/></r>"),
                            v -> List.of("xml")),
                    new Body(
                            "protobuf",
                            "application/x-protobuf",
                            false,
                            false,
                            ANY,
                            (k, v) -> protobuf(v),
                            v -> List.of("protobuf")),
                    new Body(
                            "protobuf in protobuf",
                            "application/x-protobuf",
                            false,
                            false,
                            ANY,
                            (k, v) -> protobuf(protobuf(v)),
                            v -> List.of("protobuf")),
                    new Body(
                            "protobuf varint",
                            "application/x-protobuf",
                            false,
                            false,
                            Body::isLong,
                            (k, v) -> protobufNumber(v, true),
                            v -> List.of("protobuf", "int")),
                    new Body(
                            "protobuf fixed64",
                            "application/x-protobuf",
                            false,
                            false,
                            Body::isLong,
                            (k, v) -> protobufNumber(v, false),
                            v -> List.of("protobuf", "int")),
                    new Body(
                            "cbor",
                            "application/cbor",
                            true,
                            false,
                            ANY,
                            (k, v) -> cbor(k, v),
                            v -> List.of("cbor")),
                    new Body(
                            "msgpack",
                            "application/msgpack",
                            true,
                            false,
                            TEXT,
                            (k, v) -> msgpack(k, v),
                            v -> List.of("msgpack")),
                    new Body(
                            "grpc",
                            "application/grpc",
                            false,
                            false,
                            ANY,
                            (k, v) -> grpc(protobuf(v)),
                            v -> List.of("grpc", "protobuf")));

    private static boolean isLong(Coat.Coated c) {
        return c.text()
                && c.chain().isEmpty()
                && new String(c.bytes(), ISO_8859_1).matches("[1-9]\\d{9,17}");
    }

    private static byte[] protobuf(byte[] value) {
        return protobuf(o -> {
            o.writeInt32(1, 7);
            o.writeByteArray(3, value);
            o.writeString(4, "done");
        });
    }

    private static byte[] protobufNumber(byte[] digits, boolean varint) {
        long n = Long.parseLong(new String(digits, ISO_8859_1));
        return protobuf(o -> {
            if (varint) o.writeUInt64(2, n);
            else o.writeFixed64(2, n);
            o.writeString(4, "done");
        });
    }

    private interface Fields {
        void write(CodedOutputStream o) throws IOException;
    }

    private static byte[] protobuf(Fields f) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        CodedOutputStream o = CodedOutputStream.newInstance(b);
        try {
            f.write(o);
            o.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return b.toByteArray();
    }

    /** RFC 8949: a map of one text, and of a text or bytes. */
    private static byte[] cbor(String key, byte[] value) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.write(0xa1);
        cborHead(o, 3, key.length());
        o.writeBytes(utf8(key));
        cborHead(o, isText(value) ? 3 : 2, value.length);
        o.writeBytes(value);
        return o.toByteArray();
    }

    private static void cborHead(ByteArrayOutputStream o, int type, int n) {
        if (n < 24) {
            o.write(type << 5 | n);
        } else if (n < 256) {
            o.write(type << 5 | 24);
            o.write(n);
        } else {
            o.write(type << 5 | 25);
            o.write(n >> 8);
            o.write(n);
        }
    }

    /** The specification's map 16, fixstr, str 8, str 16. */
    private static byte[] msgpack(String key, byte[] value) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.write(0x82);
        o.write(0xa0 | 1);
        o.write('n');
        o.write(5);
        o.write(0xa0 | key.length());
        o.writeBytes(utf8(key));
        if (value.length < 256) {
            o.write(0xd9);
        } else {
            o.write(0xda);
            o.write(value.length >> 8);
        }
        o.write(value.length);
        o.writeBytes(value);
        return o.toByteArray();
    }

    private static byte[] grpc(byte[] message) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        for (int x : new int[] {0, 0, 0, message.length >> 8, message.length}) o.write(x);
        o.writeBytes(message);
        return o.toByteArray();
    }

    // -------------------------------------------------------------------------------- spelling

    static byte[] utf8(String s) {
        return s.getBytes(UTF_8);
    }

    static byte[] join(String before, byte[] value, String after) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.writeBytes(utf8(before));
        o.writeBytes(value);
        o.writeBytes(utf8(after));
        return o.toByteArray();
    }

    static boolean none(byte[] b, String letters) {
        for (byte x : b) if (x >= 0 && letters.indexOf(x) >= 0) return false;
        return true;
    }

    static boolean isText(byte[] b) {
        String s = new String(b, UTF_8);
        return java.util.Arrays.equals(s.getBytes(UTF_8), b)
                && s.chars().noneMatch(c -> c < 0x20 && c != '\r' && c != '\n' && c != '\t');
    }

    private static String json(byte[] value) {
        return new String(
                JsonStringEncoder.getInstance().quoteAsCharArray(new String(value, UTF_8)));
    }

    private static String escaped(byte[] value) {
        StringBuilder s = new StringBuilder();
        for (char c : new String(value, UTF_8).toCharArray())
            s.append(String.format("\\u%04x", (int) c));
        return s.toString();
    }

    /** RFC 3986 2.3: everything but unreserved letters; a space as plus where forms do. */
    static String percent(byte[] value, boolean plus) {
        StringBuilder s = new StringBuilder();
        for (byte b : value) {
            boolean unreserved =
                    b >= '0' && b <= '9'
                            || b >= 'A' && b <= 'Z'
                            || b >= 'a' && b <= 'z'
                            || b == '-'
                            || b == '.'
                            || b == '_'
                            || b == '~';
            if (unreserved) s.append((char) b);
            else if (plus && b == ' ') s.append('+');
            else s.append(String.format("%%%02X", b));
        }
        return s.toString();
    }

    static boolean changed(byte[] value, boolean plus) {
        return percent(value, plus).length() != value.length || plus && !none(value, " ");
    }

    static List<String> chain(List<String> outer, List<String> inner) {
        List<String> all = new ArrayList<>(outer);
        all.addAll(inner);
        return all;
    }
}
