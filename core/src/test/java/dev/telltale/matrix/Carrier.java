package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.audit.Traffic.Turn;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;

/**
 * What brings a value, or a body that holds it, over the network.
 *
 * @param body takes whole bodies; else a value and its key
 * @param keyed the key goes along
 * @param chain of decoders that the carrier itself asks for
 */
record Carrier(
        String name,
        boolean body,
        boolean keyed,
        Predicate<Coat.Coated> takes,
        Maker maker,
        Body.Chain chain) {

    /**
     * @param media of the body, where it is one
     */
    @FunctionalInterface
    interface Maker {
        Talk talk(String host, String key, String media, byte[] b);
    }

    /**
     * @param udp one datagram a turn
     */
    record Talk(boolean udp, int port, Turn... turns) {}

    private static final Predicate<Coat.Coated> PRINTABLE =
            c -> c.text() && printable(c.bytes(), 0x20);
    private static final Predicate<Coat.Coated> ANY = c -> true;

    static final List<Carrier> VALUES =
            List.of(
                    value(
                            "path",
                            PRINTABLE,
                            (h, k, m, v) ->
                                    get(h, "/v1/" + k + "/" + Body.percent(v, false) + "/up", ""),
                            v -> percent(v, false)),
                    value(
                            "query",
                            PRINTABLE,
                            (h, k, m, v) ->
                                    get(h, "/v1/up?n=1&" + k + "=" + Body.percent(v, false), ""),
                            v -> percent(v, false)),
                    value(
                            "query, form style",
                            PRINTABLE,
                            (h, k, m, v) ->
                                    get(
                                            h,
                                            "/v1/up?" + k + "=" + Body.percent(v, true) + "&n=1",
                                            ""),
                            v -> percent(v, true)),
                    value(
                            "query, percent twice",
                            PRINTABLE,
                            (h, k, m, v) ->
                                    get(
                                            h,
                                            "/v1/up?u="
                                                    + Body.percent(
                                                            Body.utf8(
                                                                    "/x?"
                                                                            + k
                                                                            + "="
                                                                            + Body.percent(
                                                                                    v, false)),
                                                            false),
                                            ""),
                            v -> Body.chain(List.of("percent", "form"), percent(v, false))),
                    value(
                            "header",
                            PRINTABLE,
                            (h, k, m, v) -> header(h, "X-Vnd-" + k, v),
                            v -> List.of()),
                    value(
                            "cookie",
                            PRINTABLE,
                            (h, k, m, v) ->
                                    header(
                                            h,
                                            "Cookie",
                                            Body.utf8(
                                                    "lang=en; "
                                                            + k
                                                            + "="
                                                            + Body.percent(v, false)
                                                            + "; n=1")),
                            v -> percent(v, false)),
                    value(
                            "referer",
                            PRINTABLE,
                            (h, k, m, v) ->
                                    header(
                                            h,
                                            "Referer",
                                            Body.utf8(
                                                    "https://app.example/p?"
                                                            + k
                                                            + "="
                                                            + Body.percent(v, false))),
                            v -> Body.chain(List.of("form"), percent(v, false))),
                    new Carrier(
                            "basic authorization",
                            false,
                            false,
                            PRINTABLE.and(c -> c.bytes().length >= 16),
                            (h, k, m, v) ->
                                    header(
                                            h,
                                            "Authorization",
                                            Body.join(
                                                    "Basic ",
                                                    Base64.getEncoder()
                                                            .encode(Body.join("", v, ":x")),
                                                    "")),
                            v -> List.of("base64")),
                    new Carrier(
                            "dns name",
                            false,
                            false,
                            c ->
                                    c.text()
                                            && new String(c.bytes(), ISO_8859_1)
                                                    .matches(
                                                            "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"),
                            (h, k, m, v) ->
                                    new Talk(
                                            true,
                                            53,
                                            new Turn(
                                                    true,
                                                    dns(new String(v, ISO_8859_1) + "." + h))),
                            v -> List.of()),
                    new Carrier(
                            "mqtt topic",
                            false,
                            true,
                            PRINTABLE.and(c -> Body.none(c.bytes(), "#+/=")),
                            (h, k, m, v) ->
                                    mqtt(Body.join("dev/" + k + "/", v, "/up"), Body.utf8("on")),
                            v -> List.of()),
                    new Carrier(
                            "mqtt client id",
                            false,
                            false,
                            PRINTABLE,
                            (h, k, m, v) ->
                                    new Talk(
                                            false,
                                            1883,
                                            new Turn(true, connect(v)),
                                            new Turn(false, new byte[] {0x20, 2, 0, 0})),
                            v -> List.of()));

    static final List<Carrier> BODIES =
            List.of(
                    bodies("http", (h, k, m, b) -> http(h, m, "", b)),
                    bodies(
                            "http, gzip",
                            (h, k, m, b) ->
                                    http(
                                            h,
                                            m,
                                            "Content-Encoding: gzip\r\n",
                                            Coat.GZIP.put().apply(b))),
                    bodies(
                            "http, deflate",
                            (h, k, m, b) ->
                                    http(
                                            h,
                                            m,
                                            "Content-Encoding: deflate\r\n",
                                            Coat.ZLIB.put().apply(b))),
                    bodies(
                            "http, raw deflate",
                            (h, k, m, b) ->
                                    http(h, m, "Content-Encoding: deflate\r\n", Coat.deflate(b))),
                    bodies(
                            "http, brotli",
                            (h, k, m, b) -> http(h, m, "Content-Encoding: br\r\n", Coat.brotli(b))),
                    bodies(
                            "http, zstd",
                            (h, k, m, b) ->
                                    http(
                                            h,
                                            m,
                                            "Content-Encoding: zstd\r\n",
                                            Coat.ZSTD.put().apply(b))),
                    bodies("http, chunked", Carrier::chunked),
                    bodies(
                            "http answer",
                            (h, k, m, b) ->
                                    new Talk(
                                            false,
                                            80,
                                            new Turn(
                                                    true,
                                                    Body.utf8(
                                                            "GET /v1/me HTTP/1.1\r\nHost: "
                                                                    + h
                                                                    + "\r\n\r\n")),
                                            new Turn(
                                                    false,
                                                    Body.join(
                                                            "HTTP/1.1 200 OK\r\nContent-Type: "
                                                                    + m
                                                                    + "\r\nContent-Length: "
                                                                    + b.length
                                                                    + "\r\n\r\n",
                                                            b,
                                                            "")))),
                    bodies("websocket", Carrier::webSocket),
                    bodies("mqtt", (h, k, m, b) -> mqtt(Body.utf8("dev/up"), b)),
                    bodies("tcp", (h, k, m, b) -> new Talk(false, 7007, new Turn(true, b))),
                    bodies("udp", (h, k, m, b) -> new Talk(true, 7007, new Turn(true, b))));

    private static Carrier value(
            String name, Predicate<Coat.Coated> takes, Maker maker, Body.Chain chain) {
        return new Carrier(name, false, true, takes, maker, chain);
    }

    private static Carrier bodies(String name, Maker maker) {
        return new Carrier(name, true, true, ANY, maker, v -> List.of());
    }

    private static List<String> percent(byte[] v, boolean plus) {
        return Body.changed(v, plus) ? List.of("percent") : List.of();
    }

    private static boolean printable(byte[] b, int from) {
        for (byte x : b) if (x >= 0 && x < from || x == 0x7f) return false;
        return b.length > 0;
    }

    // ------------------------------------------------------------------------------------ HTTP/1

    private static final String OK = "HTTP/1.1 204 No Content\r\n\r\n";

    private static Talk get(String host, String target, String headers) {
        return answered(
                Body.utf8(
                        "GET "
                                + target
                                + " HTTP/1.1\r\nHost: "
                                + host
                                + "\r\n"
                                + headers
                                + "\r\n"));
    }

    private static Talk header(String host, String name, byte[] value) {
        return answered(
                Body.join(
                        "GET /v1/up HTTP/1.1\r\nHost: " + host + "\r\n" + name + ": ",
                        value,
                        "\r\n\r\n"));
    }

    private static Talk http(String host, String media, String headers, byte[] body) {
        return answered(
                Body.join(
                        "POST /v1/up HTTP/1.1\r\nHost: "
                                + host
                                + "\r\nContent-Type: "
                                + media
                                + "\r\n"
                                + headers
                                + "Content-Length: "
                                + body.length
                                + "\r\n\r\n",
                        body,
                        ""));
    }

    private static Talk chunked(String host, String key, String media, byte[] body) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.writeBytes(
                Body.utf8(
                        "POST /v1/up HTTP/1.1\r\nHost: "
                                + host
                                + "\r\nContent-Type: "
                                + media
                                + "\r\nTransfer-Encoding: chunked\r\n\r\n"));
        for (int i = 0; i < body.length; i += 11) {
            int n = Math.min(11, body.length - i);
            o.writeBytes(Body.utf8(Integer.toHexString(n) + "\r\n"));
            o.write(body, i, n);
            o.writeBytes(Body.utf8("\r\n"));
        }
        o.writeBytes(Body.utf8("0\r\n\r\n"));
        return answered(o.toByteArray());
    }

    private static Talk answered(byte[] request) {
        return new Talk(false, 80, new Turn(true, request), new Turn(false, Body.utf8(OK)));
    }

    // ---------------------------------------------------------------------------- other protocols

    /** RFC 6455: the example's handshake, then one masked message. */
    private static Talk webSocket(String host, String key, String media, byte[] message) {
        ByteArrayOutputStream f = new ByteArrayOutputStream();
        boolean text =
                Body.none(message, "\0")
                        && new String(message, java.nio.charset.StandardCharsets.UTF_8)
                                        .indexOf('\ufffd')
                                < 0;
        f.write(0x80 | (text ? 1 : 2));
        if (message.length < 126) {
            f.write(0x80 | message.length);
        } else {
            f.write(0x80 | 126);
            f.write(message.length >> 8);
            f.write(message.length);
        }
        byte[] mask = {0x37, (byte) 0xfa, 0x21, 0x3d};
        f.writeBytes(mask);
        for (int i = 0; i < message.length; i++) f.write(message[i] ^ mask[i % 4]);
        return new Talk(
                false,
                80,
                new Turn(
                        true,
                        Body.utf8(
                                "GET /chat HTTP/1.1\r\nHost: "
                                        + host
                                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")),
                new Turn(
                        false,
                        Body.utf8(
                                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")),
                new Turn(true, f.toByteArray()));
    }

    /** RFC 1035 section 4: a query for an address. */
    private static byte[] dns(String name) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.")) {
            o.write(label.length());
            o.writeBytes(Body.utf8(label));
        }
        o.writeBytes(new byte[] {0, 0, 1, 0, 1});
        return o.toByteArray();
    }

    /** MQTT 3.1.1 sections 3.1 and 3.3. */
    private static Talk mqtt(byte[] topic, byte[] payload) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        string(o, topic);
        o.writeBytes(payload);
        return new Talk(
                false,
                1883,
                new Turn(true, connect(Body.utf8("c1"))),
                new Turn(false, new byte[] {0x20, 2, 0, 0}),
                new Turn(true, packet(0x30, o.toByteArray())));
    }

    private static byte[] connect(byte[] client) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        string(o, Body.utf8("MQTT"));
        o.writeBytes(new byte[] {4, 2, 0, 60});
        string(o, client);
        return packet(0x10, o.toByteArray());
    }

    private static void string(ByteArrayOutputStream o, byte[] s) {
        o.write(s.length >> 8);
        o.write(s.length);
        o.writeBytes(s);
    }

    private static byte[] packet(int first, byte[] body) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.write(first);
        int n = body.length;
        do {
            o.write(n > 127 ? n & 127 | 128 : n);
            n >>= 7;
        } while (n > 0);
        o.writeBytes(body);
        return o.toByteArray();
    }
}
