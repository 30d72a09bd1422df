package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
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
    private static final String IMEI = "356938035643809";
    private static final String PHONE = "+4915123456789";
    private static final String MAIL = "mara.lindqvist+app@example.org";
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
        for (String c : List.of("gzip", "zlib", "deflate", "brotli", "zstd")) compressed(c);
        gzip();
        json();
        form();
        multipart();
        percent();
        texts();
    }

    private static void compressed(String c) throws IOException {
        String coding =
                switch (c) {
                    case "brotli" -> "br";
                    case "zlib" -> "deflate";
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
        of(c, "cut", "the end is missing")
                .codings(coding)
                .see(IMEI, "[" + c + "] > json=(device.imei)")
                .anomaly("DECODE_ERROR")
                .input(Arrays.copyOf(cut, cut.length - 120));
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
}
