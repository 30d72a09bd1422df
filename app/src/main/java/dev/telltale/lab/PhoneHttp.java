package dev.telltale.lab;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The phone's HTTP/1.1 client (RFC 9112), on plain streams. Connections are kept and used again
 * until {@link #closeIdle}.
 */
final class PhoneHttp {
    /** {@code android.net.Uri} leaves these as they are in a query; all else is percent-encoded. */
    private static final String UNRESERVED = "_-!.~'()*";

    private static final int LONGEST_LINE = 8192;
    private static final int LONGEST_BODY = 1 << 20;

    private final Uplink uplink;
    private final String userAgent;
    private final Map<String, Uplink.Link> links = new LinkedHashMap<>();

    PhoneHttp(Uplink uplink, String userAgent) {
        this.uplink = uplink;
        this.userAgent = userAgent;
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
        String target = query.isEmpty() ? path : path + "?" + pairs(query);
        return exchange(host, head("GET", target, host, cookies, "") + "\r\n", new byte[0]);
    }

    Answer post(String host, String path, Map<String, String> form, Map<String, String> cookies)
            throws IOException {
        byte[] body = pairs(form).getBytes(StandardCharsets.US_ASCII);
        String extra =
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                        + body.length
                        + "\r\n";
        return exchange(host, head("POST", path, host, cookies, extra) + "\r\n", body);
    }

    boolean hasIdle() {
        return !links.isEmpty();
    }

    void closeIdle() throws IOException {
        for (Uplink.Link link : links.values()) link.close();
        links.clear();
    }

    private String head(
            String method, String target, String host, Map<String, String> cookies, String extra) {
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        if (!cookies.isEmpty()) {
            StringBuilder jar = new StringBuilder();
            cookies.forEach((k, v) ->
                    jar.append(jar.isEmpty() ? "" : "; ").append(k).append('=').append(v));
            head.append("Cookie: ").append(jar).append("\r\n");
        }
        head.append(extra);
        head.append("User-Agent: ").append(userAgent).append("\r\n");
        head.append("Host: ").append(host).append("\r\n");
        head.append("Connection: Keep-Alive\r\nAccept-Encoding: gzip\r\n");
        return head.toString();
    }

    private Answer exchange(String host, String head, byte[] body) throws IOException {
        Uplink.Link link = links.get(host);
        if (link == null) {
            link = uplink.connect(host, 80);
            links.put(host, link);
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        link.out().write(request.toByteArray());
        link.out().flush();
        Answer answer = answer(link.in());
        link.settle();
        return answer;
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

    private static String pairs(Map<String, String> map) {
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
