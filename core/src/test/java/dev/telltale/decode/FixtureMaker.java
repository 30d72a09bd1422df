package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Writes the fixtures; run by hand from the module's folder after a change here, and look at what
 * changed.
 */
final class FixtureMaker {
    static final String IMEI = "356938035643809";
    static final String PHONE = "+4915123456789";
    static final String MAIL = "mara.lindqvist+app@example.org";
    private static final String SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    private static final String JSON =
            "{\"device\":{\"imei\":\"" + IMEI + "\",\"os\":14},\"tags\":[\"a\",\"b\"]}";

    private final List<String> lines = new ArrayList<>();
    private final Path file;

    private FixtureMaker(String decoder, String name, String how) {
        file = Path.of("src/test/resources/decode", decoder, name + ".txt");
        lines.add("# " + how);
    }

    static FixtureMaker of(String decoder, String name, String how) {
        return new FixtureMaker(decoder, name, how);
    }

    FixtureMaker part(String p) {
        lines.add("part: " + p);
        return this;
    }

    FixtureMaker type(String t) {
        lines.add("type: " + t);
        return this;
    }

    FixtureMaker codings(String c) {
        lines.add("codings: " + c);
        return this;
    }

    FixtureMaker coding(String c) {
        lines.add("message-coding: " + c);
        return this;
    }

    FixtureMaker see(String literal, String chain) {
        if (lines.stream().noneMatch(l -> l.equals("find: " + literal)))
            lines.add("find: " + literal);
        lines.add("see: " + literal.replaceFirst("^[~#]", "") + " | " + chain);
        return this;
    }

    FixtureMaker find(String literal) {
        lines.add("find: " + literal);
        return this;
    }

    FixtureMaker unread(String u) {
        lines.add("unread: " + u);
        return this;
    }

    FixtureMaker anomaly(String a) {
        lines.add("anomaly: " + a);
        return this;
    }

    void input(byte[] b) throws IOException {
        lines.add("input: " + java.util.Base64.getEncoder().encodeToString(b));
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    void input(String s) throws IOException {
        input(s.getBytes(UTF_8));
    }

    private static byte[] enc(String codec, String s) {
        return Independent.encode(codec, s.getBytes(UTF_8));
    }

    private static String text(String codec, String s) {
        return new String(enc(codec, s), ISO_8859_1);
    }

    private static String text(String codec, byte[] b) {
        return new String(Independent.encode(codec, b), ISO_8859_1);
    }

    private static String url(String s) {
        return URLEncoder.encode(s, UTF_8);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        for (byte[] p : parts) o.writeBytes(p);
        return o.toByteArray();
    }

    /** Words in an order that cannot be packed well. */
    private static String sentence() {
        String[] words =
                "lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy".split(" ");
        StringBuilder s = new StringBuilder();
        Random r = new Random(1);
        for (int i = 0; i < 700; i++) s.append(words[r.nextInt(words.length)]).append(' ');
        return s.toString();
    }

    private static byte[] noise(int n) {
        byte[] b = new byte[n];
        new Random(n).nextBytes(b);
        return b;
    }

    public static void main(String[] args) throws IOException {
        for (String c :
                List.of(
                        "gzip",
                        "zlib",
                        "deflate",
                        "brotli",
                        "zstd",
                        "xz",
                        "bzip2",
                        "lz4",
                        "lz4-block",
                        "snappy",
                        "snappy-block")) compressed(c);
        gzip();
        blocks();
        json();
        form();
        multipart();
        percent();
        texts();
        protobufs();
        calls();
        ForeignFixtures.items();
        ForeignFixtures.plists();
        ForeignFixtures.letters();
    }

    private static void compressed(String c) throws IOException {
        String coding =
                switch (c) {
                    case "brotli" -> "br";
                    case "zlib" -> "deflate";
                    case "lz4-block" -> "lz4";
                    case "snappy-block" -> "snappy";
                    default -> c;
                };
        of(c, "declared", "Content-Encoding: " + coding)
                .type("application/json")
                .codings(coding)
                .see(IMEI, "[" + c + "] > json=(device.imei)")
                .input(enc(c, JSON));
        of(c, "lying", "Content-Encoding: " + coding + ", but the body is plain")
                .type("application/json")
                .codings(coding)
                .see(IMEI, "json=(device.imei)")
                .anomaly("LYING_METADATA")
                .input(JSON);
        of(c, "twice", "coded twice")
                .codings(coding + ", " + coding)
                .see(IMEI, "[" + c + "] > [" + c + "] > json=(device.imei)")
                .input(Independent.encode(c, enc(c, JSON)));
        // Zstandard makes blocks of 128 KB, and nothing of a block can be read without its end.
        String words = "lorem ipsum dolor sit amet ".repeat(c.equals("zstd") ? 6000 : 200);
        byte[] cut =
                Independent.encode(
                        c, (JSON + words + "the end ".repeat(90) + sentence()).getBytes(UTF_8));
        byte[] most = Arrays.copyOf(cut, cut.length - 120);
        if (c.equals("xz") || c.equals("bzip2")) {
            of(c, "cut", "the end is missing, and without it nothing of the one block can be read")
                    .codings(coding)
                    .find(IMEI)
                    .unread("OPAQUE UNDECODABLE " + most.length)
                    .anomaly("DECODE_ERROR")
                    .input(most);
        } else if (!c.endsWith("-block")) {
            of(c, "cut", "the end is missing")
                    .codings(coding)
                    .see(IMEI, "[" + c + "] > json=(device.imei)")
                    .anomaly("DECODE_ERROR")
                    .input(most);
        }
        if (c.equals("deflate") || c.equals("brotli")) return;
        of(c, "sniffed", "by its first bytes")
                .see(IMEI, c + " > json=(device.imei)")
                .input(enc(c, JSON));
        of(c, "in-base64-in-json", "base 64 of it as a JSON string")
                .see(IMEI, "json=(d) > base64 > " + c + " > json=(device.imei)")
                .input("{\"v\":1,\"d\":\"" + text("base64", enc(c, JSON + " ".repeat(40))) + "\"}");
    }

    private static void gzip() throws IOException {
        of("gzip", "members", "two members and zero padding")
                .see(IMEI, "gzip > json=(device.imei)")
                .input(
                        join(
                                enc("gzip", JSON.substring(0, 20)),
                                enc("gzip", JSON.substring(20)),
                                new byte[9]));
        of("gzip", "trailing", "text after the member")
                .see(IMEI, "gzip")
                .see(PHONE, "-")
                .input(join(enc("gzip", "n " + IMEI), (" tel " + PHONE).getBytes(UTF_8)));
        byte[] broken =
                Independent.encode(
                        "gzip", join(JSON.getBytes(UTF_8), noise(2000), JSON.getBytes(UTF_8)));
        for (int i = 1000; i < 1010; i++) broken[i] ^= 0x5a;
        byte[] header = {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 'a', '.', 't', 'x', 't', 0};
        byte[] member = enc("gzip", JSON);
        of("gzip", "named", "a member with a file name")
                .see(IMEI, "gzip > json=(device.imei)")
                .input(join(header, Arrays.copyOfRange(member, 10, member.length)));
    }

    /** How Java's libraries frame blocks. */
    private static void blocks() throws IOException {
        byte[] lz4 = enc("lz4-block", JSON + " ".repeat(30));
        byte[] data = Arrays.copyOfRange(lz4, 4, lz4.length);
        byte[] sizes =
                ByteBuffer.allocate(21)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put("LZ4Block".getBytes(UTF_8))
                        .put((byte) 0x26)
                        .putInt(data.length)
                        .putInt(JSON.length() + 30)
                        .putInt(0x12345678)
                        .array();
        of("lz4", "of-java", "as lz4-java's streams frame blocks, one packed by commons-compress")
                .see(IMEI, "lz4 > json=(device.imei)")
                .input(join(sizes, data));
        byte[] turned = lz4.clone();
        for (int i = 0; i < 4; i++) turned[i] = lz4[3 - i];
        of("lz4-block", "big-endian", "its size with the highest byte first")
                .see(IMEI, "lz4-block > json=(device.imei)")
                .input(turned);
        byte[] snappy = enc("snappy-block", JSON + " ".repeat(30));
        byte[] head = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1};
        of("snappy", "of-java", "as snappy-java's streams frame blocks")
                .see(IMEI, "snappy > json=(device.imei)")
                .input(join(head, new byte[] {0, 0, 0, (byte) snappy.length}, snappy));
    }

    private static void json() throws IOException {
        of("json", "plain", "value, number, name, array")
                .see(IMEI, "json=(device.imei)")
                .see("4711000815", "json=(n.[])")
                .see("keyed-value-1", "json=(m.keyed-value-1)")
                .input(
                        "{\"device\":{\"imei\":\""
                                + IMEI
                                + "\"},\"n\":[1, 4711000815],\"m\":{\"keyed-value-1\":[]}}");
        StringBuilder u = new StringBuilder();
        for (char c : IMEI.toCharArray()) u.append(String.format("\\u%04x", (int) c));
        of("json", "escapes", "every letter as a Unicode escape")
                .type("application/json")
                .see(IMEI, "json(a)")
                .see("J\u00f6rg M\u00fc\u00dfig", "json(b)")
                .input("{\"a\":\"" + u + "\",\"b\":\"J\\u00f6rg M\\u00FC\\u00dfig\"}");
        of("json", "in-string", "JSON in a string, twice")
                .see(IMEI, "json(a) > json(b) > json=(c)")
                .input(
                        "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"c\\\\\\\":\\\\\\\""
                                + IMEI
                                + "\\\\\\\"}\\\"}\"}");
        of("json", "lines", "a text a line, a byte order mark before")
                .see(IMEI, "json=(i)")
                .see(PHONE, "json=(p)")
                .input("\ufeff{\"i\":\"" + IMEI + "\"}\n{\"p\":\"" + PHONE + "\"}\n");
        of("json", "broken", "breaks off; the rest is text")
                .type("application/json")
                .see(IMEI, "json=(i)")
                .see(PHONE, "-")
                .anomaly("DECODE_ERROR")
                .input("{\"i\":\"" + IMEI + "\",oops " + PHONE);
        of("json", "whole-values", "short forms count as a whole value only")
                .see("~Mara", "json=(a)")
                .input("{\"a\":\"Mara\",\"b\":\"Tamara Mara\",\"Mara\":1}");
        of("json", "noise", "what no decoder explains")
                .unread("OPAQUE OPAQUE_PAYLOAD 172 k.e")
                .unread("READABLE UNEXPLAINED 32 k.h")
                .unread("READABLE UNEXPLAINED 36 k.u")
                .find(IMEI)
                .input(
                        "{\"k\":{\"e\":\""
                                + text("base64", noise(128))
                                + "\",\"h\":\""
                                + text("hex", noise(16))
                                + "\",\"u\":\"38400000-8cf0-11bd-b23e-10b96e40000d\",\"w\":\"just_some_words_in_a_row\",\"t\":\"2014-08-07T10:00:00.000Z\",\"n\":\"1407405600000000000\"}}");
    }

    private static void form() throws IOException {
        of("form", "declared", "application/x-www-form-urlencoded")
                .type("application/x-www-form-urlencoded")
                .see(IMEI, "form=(imei)")
                .see(MAIL, "form=(mail) > percent")
                .see("Mara Lindqvist", "form=(name) > percent")
                .input("imei=" + IMEI + "&mail=" + url(MAIL) + "&name=Mara+Lindqvist&empty=&flag");
        of("form", "sniffed", "without a media type")
                .see(IMEI, "form=(a[0]) > base64")
                .input("a[0]=" + text("base64url", IMEI) + "&b=2");
        of("form", "json-value", "JSON in a value")
                .type("application/x-www-form-urlencoded")
                .see(IMEI, "form=(data) > percent > json=(device.imei)")
                .input("data=" + url(JSON));
        of("form", "query", "in a request target")
                .part("TARGET")
                .see(IMEI, "-")
                .see(PHONE, "percent")
                .see(MAIL, "percent > form=(m)")
                .input(
                        "/v1/"
                                + IMEI
                                + "/x?p="
                                + url(PHONE)
                                + "&next="
                                + url("https://example.org/?m=" + MAIL));
        of("form", "cookie", "in a cookie")
                .part("HEADER Cookie")
                .see(IMEI, "form=(b)")
                .input("sid=1; d=a=1&b=" + IMEI + "; e=2");
    }

    private static void multipart() throws IOException {
        String b = "----fb01234567";
        byte[] jpeg =
                join(
                        new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0},
                        noise(500),
                        ("\r\n--" + b + "x " + PHONE).getBytes(UTF_8),
                        noise(40));
        byte[] body =
                join(
                        ("preamble\r\n--"
                                        + b
                                        + "\r\nContent-Disposition: form-data; name=\"meta\"\r\nContent-Type: application/json\r\n\r\n"
                                        + JSON
                                        + "\r\n--"
                                        + b
                                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"IMG_1.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n")
                                .getBytes(UTF_8),
                        jpeg,
                        ("\r\n--"
                                        + b
                                        + "\r\nContent-Disposition: attachment; filename=\"a.gz\"\r\nContent-Encoding: gzip\r\n\r\n")
                                .getBytes(UTF_8),
                        enc("gzip", MAIL),
                        ("\r\n--" + b + "--\r\nepilogue").getBytes(UTF_8));
        of("multipart", "form-data", "JSON, a picture, a gzip file")
                .type("multipart/form-data; boundary=\"" + b + "\"")
                .see(IMEI, "multipart=(meta) > json=(device.imei)")
                .see(PHONE, "multipart=(file)")
                .see(MAIL, "multipart=(a.gz) > [gzip]")
                .input(body);
        of("multipart", "sniffed", "without a media type, base 64 inside")
                .see(IMEI, "multipart=(x) > [base64] > json=(device.imei)")
                .input(
                        "--"
                                + b
                                + "\nContent-Disposition: form-data; name=x\nContent-Transfer-Encoding: base64\n\n"
                                + new String(
                                        java.util.Base64.getMimeEncoder()
                                                .encode(JSON.getBytes(UTF_8)),
                                        ISO_8859_1)
                                + "\n--"
                                + b
                                + "--");
        of("multipart", "unended", "the last delimiter is missing")
                .type("multipart/form-data; boundary=q")
                .see("~Mara", "multipart=(n)")
                .input("--q\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nMara");
        of("multipart", "no-boundary", "the boundary of the media type never comes")
                .type("multipart/form-data; boundary=q")
                .see(IMEI, "json=(device.imei)")
                .anomaly("LYING_METADATA")
                .input(JSON);
    }

    private static void percent() throws IOException {
        of("percent", "twice", "encoded twice")
                .part("TARGET")
                .see(MAIL, "percent > percent")
                .input("/?e=" + url(url(MAIL)));
        of("percent", "segment", "in a path segment")
                .part("TARGET")
                .see("Asha's phone", "percent")
                .input("/dev/" + url("Asha's phone").replace("+", "%20") + "/x%2");
        of("percent", "json-string", "in a JSON string; a plus is a plus there")
                .see(MAIL, "json=(m) > percent")
                .input("{\"m\":\"" + MAIL.replace("@", "%40") + "\",\"p\":\"50% off\"}");
        of("percent", "text", "in plain text")
                .type("text/plain")
                .see(PHONE, "percent")
                .input("call %2B" + PHONE.substring(1) + " now");
    }

    private static void texts() throws IOException {
        for (String c : List.of("hex", "base64", "base64url")) {
            of(c, "json-string", "a JSON string")
                    .see(MAIL, "json=(m) > " + c + (c.equals("base64url") ? "" : ""))
                    .input(
                            "{\"m\":\""
                                    + text(
                                            c,
                                            c.equals("base64url") ? "\u00fb\u00ff~~" + MAIL : MAIL)
                                    + "\"}");
            of(c, "in-text", "a word of a longer text")
                    .type("text/plain")
                    .see(PHONE, c)
                    .input(
                            "id is ("
                                    + text(
                                            c,
                                            (c.equals("base64url")
                                                            ? "??>\u00ff~\u00ff\u00ff~"
                                                            : "tel ")
                                                    + PHONE)
                                    + "), thanks");
        }
        of("hex", "capitals", "capital letters")
                .part("HEADER X-Id")
                .see(IMEI, "hex")
                .input(text("hex", "imei=" + IMEI).toUpperCase(java.util.Locale.ROOT));
        of("hex", "digest", "a digest is not looked into")
                .part("HEADER X-Id")
                .see("#" + SHA1, "-")
                .input(SHA1);
        of("base64", "unpadded", "without padding")
                .see(IMEI, "json=(a) > base64")
                .input("{\"a\":\"" + text("base64", IMEI + "1").replace("=", "") + "\"}");
        of("base64", "lines", "in lines of 76")
                .type("text/plain")
                .see(IMEI, "base64 > json=(device.imei)")
                .input(
                        java.util.Base64.getMimeEncoder()
                                .encode((JSON + " ".repeat(90)).getBytes(UTF_8)));
        of("base64", "basic", "Authorization: Basic")
                .part("HEADER Authorization")
                .see(IMEI, "base64")
                .input("Basic " + text("base64", "u:" + IMEI));
        of("base64url", "jwt", "a JSON web token")
                .part("HEADER Authorization")
                .see(MAIL, "base64url > json=(sub)")
                .unread("READABLE UNEXPLAINED 43")
                .input(
                        "Bearer "
                                + text("base64url", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
                                + "."
                                + text(
                                        "base64url",
                                        "{\"sub\":\"" + MAIL + "\",\"n\":\"\u00ff\u00fe??>\"}")
                                + "."
                                + text("base64url", noise(32)));
    }

    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    /** A message by the encoder of Google's library. */
    private static byte[] message(Writing w) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        w.to(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] device() throws IOException {
        return message(o -> {
            o.writeString(1, IMEI);
            o.writeInt32(2, 14);
            o.writeString(5, "Nexus 4");
        });
    }

    private static void protobufs() throws IOException {
        byte[] device = device();
        of("protobuf", "declared", "strings, nested, repeated; by protobuf-java")
                .type("application/x-protobuf")
                .see(IMEI, "protobuf=(#3.#1)")
                .see(MAIL, "protobuf=(#2047)")
                .input(
                        message(o -> {
                            o.writeUInt64(1, 1);
                            o.writeByteArray(3, device);
                            o.writeString(4, "");
                            o.writeString(2047, MAIL);
                        }));
        of("protobuf", "sniffed", "no media type")
                .see(IMEI, "protobuf=(#3.#1)")
                .input(
                        message(o -> {
                            o.writeFixed32(9, 7);
                            o.writeByteArray(3, device);
                        }));
        of("protobuf", "numbers", "identifiers as numbers")
                .type("application/protobuf")
                .see(IMEI, "protobuf=(#1) > int")
                .see("404450123456789", "protobuf=(#2) > int")
                .see("a45046129fc3", "protobuf=(#4.#1) > hex-int")
                .see("9774d56d682e549c", "protobuf=(#4.#2) > hex-int")
                .see("19.07598,72.87766", "protobuf=(#7) > double")
                .input(
                        message(o -> {
                            o.writeUInt64(1, Long.parseLong(IMEI));
                            o.writeFixed64(2, 404450123456789L);
                            o.writeByteArray(
                                    4,
                                    message(i -> {
                                        i.writeInt64(1, 0xa45046129fc3L);
                                        i.writeFixed64(2, 0x9774d56d682e549cL);
                                    }));
                            o.writeDouble(6, 19.07598);
                            o.writeDouble(7, 72.87766);
                        }));
        of("protobuf", "groups", "groups, and gzip and JSON in fields")
                .type("application/x-protobuf; messageType=\"x\"")
                .see(IMEI, "protobuf=(#1.#2) > gzip > json=(device.imei)")
                .see(PHONE, "protobuf=(#8) > json=(tel)")
                .input(
                        message(o -> {
                            o.writeTag(1, WireFormat.WIRETYPE_START_GROUP);
                            o.writeByteArray(2, enc("gzip", JSON));
                            o.writeTag(1, WireFormat.WIRETYPE_END_GROUP);
                            o.writeString(8, "{\"tel\":\"" + PHONE + "\"}");
                        }));
        of("protobuf", "in-base64", "a header that is base 64 of it")
                .part("HEADER X-Client-Data")
                .see(IMEI, "base64 > protobuf=(#3.#1)")
                .input(text("base64", message(o -> o.writeByteArray(3, device))));
        of("protobuf", "lying", "no message at all")
                .type("application/x-protobuf")
                .see(IMEI, "-")
                .input("imei is " + IMEI);
        of("protobuf", "noise", "what cannot be read stays so")
                .type("application/x-protobuf")
                .see(IMEI, "protobuf=(#1)")
                .unread("OPAQUE OPAQUE_PAYLOAD 600 #2")
                .input(
                        message(o -> {
                            o.writeString(1, IMEI);
                            o.writeByteArray(2, noise(600));
                        }));
        of("protobuf", "cut", "ends inside a field")
                .type("application/x-protobuf")
                .see(IMEI, "protobuf=(#3.#1)")
                .anomaly("DECODE_ERROR")
                .input(
                        Arrays.copyOf(
                                message(o -> {
                                    o.writeByteArray(3, device);
                                    o.writeString(4, "to be continued");
                                }),
                                device.length + 9));
    }

    private static byte[] framed(int flags, byte[] message) {
        byte[] out = new byte[5 + message.length];
        out[0] = (byte) flags;
        for (int i = 0; i < 4; i++) out[1 + i] = (byte) (message.length >>> 24 - 8 * i);
        System.arraycopy(message, 0, out, 5, message.length);
        return out;
    }

    private static void calls() throws IOException {
        byte[] device = device();
        of("grpc", "messages", "two messages, one of them empty")
                .type("application/grpc")
                .see(IMEI, "grpc=([]) > protobuf=(#1)")
                .input(join(framed(0, new byte[0]), framed(0, device)));
        of("grpc", "compressed", "a message compressed by gzip")
                .type("application/grpc+proto")
                .coding("gzip")
                .see(IMEI, "grpc=([]) > [gzip] > protobuf=(#1)")
                .see(MAIL, "grpc=([]) > protobuf=(#1)")
                .input(
                        join(
                                framed(1, Independent.encode("gzip", device)),
                                framed(0, message(o -> o.writeString(1, MAIL)))));
        of("grpc", "deflate", "by zlib, which the protocol calls deflate; JSON inside")
                .type("application/grpc+json")
                .coding("deflate")
                .see(IMEI, "grpc=([]) > [zlib] > json=(device.imei)")
                .input(framed(1, enc("zlib", JSON)));
        of("grpc", "unannounced", "compressed, though no coding is named")
                .type("application/grpc")
                .see(IMEI, "grpc=([]) > gzip > protobuf=(#1)")
                .input(framed(1, Independent.encode("gzip", device)));
        of("grpc", "web-text", "gRPC-Web in base 64, message and trailers each with its padding")
                .type("application/grpc-web-text+proto")
                .see(IMEI, "[base64] > grpc=([]) > protobuf=(#1)")
                .see(PHONE, "[base64] > grpc=(trailer)")
                .input(
                        text("base64", framed(0, device))
                                + text(
                                        "base64",
                                        framed(
                                                0x80,
                                                ("grpc-status:0\r\nx-tel:" + PHONE + "\r\n")
                                                        .getBytes(UTF_8))));
        of("grpc", "lying", "no frames at all")
                .type("application/grpc")
                .see(IMEI, "json=(device.imei)")
                .input(JSON);
    }
}
