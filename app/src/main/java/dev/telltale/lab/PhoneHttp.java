package dev.telltale.lab;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * The phone's HTTP/1.1 client (RFC 9112), on plain streams or TLS; HTTP/2 where ALPN chose it.
 * Connections are kept and used again until {@link #closeIdle}.
 */
final class PhoneHttp {
    /** {@code android.net.Uri} leaves these as they are in a query; all else is percent-encoded. */
    private static final String UNRESERVED = "_-!.~'()*";

    private static final int LONGEST_LINE = 8192;
    private static final int LONGEST_BODY = 1 << 20;

    private final Uplink uplink;
    private final String userAgent;
    private final Function<Call, Tls.Trust> trust;
    private final Map<String, Open> open = new LinkedHashMap<>();

    /** A connection, and what is spoken over it. */
    private record Open(Uplink.Link link, Optional<Http2.Client> http2) {}

    /**
     * @param protocols to offer by ALPN
     * @param keysNoted false where the app keeps its secrets from everybody
     */
    record Wish(Tls.Version version, List<String> protocols, boolean keysNoted) {}

    /** Without TLS. */
    PhoneHttp(Uplink uplink, String userAgent) {
        this(
                uplink,
                userAgent,
                call -> {
                    throw new IllegalStateException("This phone has no TLS");
                });
    }

    /**
     * @param trust of a connection that {@code call} opens
     */
    PhoneHttp(Uplink uplink, String userAgent, Function<Call, Tls.Trust> trust) {
        this.uplink = uplink;
        this.userAgent = userAgent;
        this.trust = trust;
    }

    /**
     * A request.
     *
     * @param scheme {@code http} or {@code https}
     * @param target path and query, escaped
     * @param headers beyond those of every request
     * @param wish for the connection, where it is not the firmware's usual one
     */
    record Call(
            String method,
            String scheme,
            String host,
            String target,
            Map<String, String> cookies,
            Map<String, String> headers,
            String contentType,
            byte[] body,
            Optional<Wish> wish) {
        static Call get(String scheme, String host, String path, Map<String, String> query) {
            String target = query.isEmpty() ? path : path + "?" + pairs(query);
            return new Call(
                    "GET",
                    scheme,
                    host,
                    target,
                    Map.of(),
                    Map.of(),
                    "",
                    new byte[0],
                    Optional.empty());
        }

        static Call form(String scheme, String host, String path, Map<String, String> form) {
            byte[] body = pairs(form).getBytes(StandardCharsets.US_ASCII);
            return post(scheme, host, path, "application/x-www-form-urlencoded", body);
        }

        static Call post(String scheme, String host, String path, String type, byte[] body) {
            return new Call(
                    "POST", scheme, host, path, Map.of(), Map.of(), type, body, Optional.empty());
        }

        Call cookies(Map<String, String> more) {
            return new Call(method, scheme, host, target, more, headers, contentType, body, wish);
        }

        Call header(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Call(method, scheme, host, target, cookies, more, contentType, body, wish);
        }

        Call to(String otherHost) {
            return new Call(
                    method, scheme, otherHost, target, cookies, headers, contentType, body, wish);
        }

        Call over(Wish w) {
            return new Call(
                    method,
                    scheme,
                    host,
                    target,
                    cookies,
                    headers,
                    contentType,
                    body,
                    Optional.of(w));
        }
    }

    /**
     * @param body after chunks and gzip are undone
     */
    record Answer(int status, Map<String, String> headers, byte[] body) {}

    /** Keys and values in turn, kept in this order on the wire. */
    static Map<String, String> ordered(String... keysAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    Answer get(String host, String path, Map<String, String> query, Map<String, String> cookies)
            throws IOException {
        return send(Call.get("http", host, path, query).cookies(cookies));
    }

    Answer post(String host, String path, Map<String, String> form, Map<String, String> cookies)
            throws IOException {
        return send(Call.form("http", host, path, form).cookies(cookies));
    }

    boolean hasIdle() {
        return !open.isEmpty();
    }

    void closeIdle() throws IOException {
        for (Open o : open.values()) o.link().close();
        open.clear();
    }

    Answer send(Call call) throws IOException {
        Open o = connection(call);
        Answer answer;
        if (o.http2().isPresent()) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields(call).forEach((k, v) -> fields.put(k.toLowerCase(Locale.ROOT), v));
            answer = o.http2().get().exchange(call, fields);
        } else {
            o.link().out().write(message(call));
            answer = answer(o.link().in());
        }
        o.link().settle();
        return answer;
    }

    private Open connection(Call call) throws IOException {
        boolean secure = call.scheme().equals("https");
        Tls.Trust how = secure ? trust.apply(call) : null;
        String key = call.scheme() + " " + call.host();
        if (how != null) key += " " + how.version() + how.protocols() + how.keys().isPresent();
        Open o = open.get(key);
        if (o != null) return o;
        Uplink.Link link = uplink.connect(call.host(), secure ? 443 : 80);
        Optional<Http2.Client> http2 = Optional.empty();
        if (how != null) {
            try {
                link.secure(call.host(), how);
            } catch (IOException e) {
                link.close();
                throw e;
            }
            if (link.protocol().equals("h2"))
                http2 = Optional.of(new Http2.Client(link.in(), link.out()));
        }
        o = new Open(link, http2);
        open.put(key, o);
        return o;
    }

    private byte[] message(Call call) {
        StringBuilder head = new StringBuilder();
        head.append(call.method()).append(' ').append(call.target()).append(" HTTP/1.1\r\n");
        Map<String, String> fields = new LinkedHashMap<>(fields(call));
        if (call.method().equals("POST"))
            fields.put("Content-Length", Integer.toString(call.body().length));
        String agent = fields.remove("User-Agent");
        fields.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
        head.append("User-Agent: ").append(agent).append("\r\n");
        head.append("Host: ").append(call.host()).append("\r\n");
        head.append("Connection: Keep-Alive\r\nAccept-Encoding: gzip\r\n\r\n");
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(call.body());
        return message.toByteArray();
    }

    /** The fields that go with a call whatever carries it, in this order. */
    private Map<String, String> fields(Call call) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (!call.cookies().isEmpty()) {
            fields.put(
                    "Cookie",
                    call.cookies().entrySet().stream()
                            .map(c -> c.getKey() + "=" + c.getValue())
                            .collect(Collectors.joining("; ")));
        }
        fields.putAll(call.headers());
        if (!call.contentType().isEmpty()) fields.put("Content-Type", call.contentType());
        fields.putIfAbsent("User-Agent", userAgent);
        return fields;
    }

    private static Answer answer(InputStream in) throws IOException {
        String status = line(in);
        String[] words = status.split(" ", 3);
        if (words.length < 2 || !words[0].equals("HTTP/1.1")) {
            throw new IOException("Not an HTTP/1.1 answer: " + status);
        }
        int code = Integer.parseInt(words[1]);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) throw new IOException("Not a header: " + line);
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = new byte[0];
        if ("chunked".equals(headers.get("transfer-encoding"))) body = chunks(in);
        else if (code != 204) body = exactly(in, headers.getOrDefault("content-length", "0"), 10);
        if ("gzip".equals(headers.get("content-encoding"))) {
            body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
        }
        return new Answer(code, headers, body);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            byte[] chunk = exactly(in, line(in), 16);
            String after = line(in);
            if (!after.isEmpty()) throw new IOException("Not the end of a chunk: " + after);
            if (chunk.length == 0) return body.toByteArray();
            body.writeBytes(chunk);
            if (body.size() > LONGEST_BODY) throw new IOException("An answer without end");
        }
    }

    private static byte[] exactly(InputStream in, String length, int radix) throws IOException {
        int n = Integer.parseInt(length, radix);
        if (n < 0 || n > LONGEST_BODY) throw new IOException("An answer of " + length + " bytes");
        byte[] bytes = in.readNBytes(n);
        if (bytes.length < n) throw new EOFException("The answer breaks off");
        return bytes;
    }

    /** One line without its CR LF. */
    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) throw new EOFException("The line breaks off: " + line);
            if (b == '\n') break;
            if (line.length() == LONGEST_LINE) throw new IOException("A line without end");
            line.append((char) b);
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("A line without CR LF: " + line);
        }
        return line.substring(0, line.length() - 1);
    }

    static String pairs(Map<String, String> map) {
        StringBuilder out = new StringBuilder();
        map.forEach((k, v) ->
                out.append(out.isEmpty() ? "" : "&")
                        .append(percent(k))
                        .append('=')
                        .append(percent(v)));
        return out.toString();
    }

    static String percent(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || UNRESERVED.indexOf(c) >= 0;
            if (plain) out.append(c);
            else out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return out.toString();
    }
}
