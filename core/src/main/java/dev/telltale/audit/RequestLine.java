package dev.telltale.audit;

import dev.telltale.model.Exchange;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How a request is shown: as sent, each sighting in it replaced by {@code {kind}}, passwords by
 * {@code {password}}.
 */
final class RequestLine {
    private static final int LONGEST = 8_192;
    private static final List<String> PASSWORD_KEYS =
            List.of("password", "passwd", "passphrase", "pwd");

    private final Exchange exchange;
    private final List<Mark> marks = new ArrayList<>();
    private String hostKind = "";

    /** {@code [from, to)} of the target holds an identifier of {@code kind}. */
    private record Mark(int from, int to, String kind) {}

    RequestLine(Exchange exchange) {
        this.exchange = exchange;
    }

    void mark(long from, long to, String kind) {
        if (to <= exchange.target().length) marks.add(new Mark((int) from, (int) to, kind));
    }

    void markHost(String kind) {
        hostKind = kind;
    }

    /** The first kind marked within {@code [from, to)} of the target, or empty. */
    String kindWithin(int from, int to) {
        for (Mark m : marks) if (m.from < to && m.to > from) return m.kind;
        return "";
    }

    /** METHOD, space, scheme://host[:port]/target; for other protocols operation and resource. */
    String text(boolean reveal, String hostShown) {
        if (exchange.operation().isEmpty()) return "";
        StringBuilder s = new StringBuilder(exchange.operation()).append(' ');
        byte[] t = exchange.target();
        boolean absolute = isAbsolute(t);
        if (exchange.hasUrl() && !absolute && !exchange.operation().equals("CONNECT")) {
            s.append(exchange.scheme()).append("://");
            String host = hostKind.isEmpty() || reveal ? hostShown : "{" + hostKind + "}";
            s.append(host.indexOf(':') >= 0 ? "[" + host + "]" : host);
            if (exchange.port() != defaultPort(exchange.scheme()) && exchange.port() > 0)
                s.append(':').append(exchange.port());
            if (t.length > 0 && t[0] != '/') s.append(t[0] == '*' || t[0] == '?' ? "/" : " ");
        }
        target(s, t, reveal);
        return s.toString().stripTrailing();
    }

    private void target(StringBuilder s, byte[] t, boolean reveal) {
        int end = Math.min(t.length, LONGEST);
        if (reveal) {
            s.append(text(t, 0, end));
        } else {
            List<Mark> all = new ArrayList<>(marks);
            passwords(t, all);
            if (all.size() > 1)
                all.sort(Comparator.comparingInt(Mark::from).thenComparing(m -> -m.to));
            int at = 0;
            for (Mark m : all) {
                if (m.to <= at || m.from >= end) continue;
                s.append(text(t, at, Math.max(at, m.from)));
                s.append('{').append(m.kind).append('}');
                at = m.to;
            }
            if (at < end) s.append(text(t, at, end));
        }
        if (t.length > end) s.append('…');
    }

    /** Values of password-like query parameters and the password of a URL's userinfo. */
    private static void passwords(byte[] t, List<Mark> out) {
        String s = new String(t, StandardCharsets.ISO_8859_1);
        int q = s.indexOf('?');
        for (int i = q; i >= 0 && i < s.length(); ) {
            int next = s.indexOf('&', i + 1);
            int to = next < 0 ? s.length() : next;
            int eq = s.indexOf('=', i + 1);
            if (eq > 0 && eq < to) {
                String key = s.substring(i + 1, eq).toLowerCase(Locale.ROOT);
                for (String password : PASSWORD_KEYS) {
                    if (!key.endsWith(password)) continue;
                    out.add(new Mark(eq + 1, to, "password"));
                    break;
                }
            }
            i = next;
        }
        int scheme = s.indexOf("://");
        if (scheme > 0 && (q < 0 || scheme < q)) {
            int slash = s.indexOf('/', scheme + 3);
            int at = s.lastIndexOf('@', slash < 0 ? s.length() : slash);
            int colon = s.indexOf(':', scheme + 3);
            if (colon > 0 && colon < at) out.add(new Mark(colon + 1, at, "password"));
        }
    }

    static boolean isAbsolute(byte[] t) {
        for (int i = 0; i + 2 < t.length && i < 16; i++) {
            byte b = t[i];
            if (b == ':') return i > 0 && t[i + 1] == '/' && t[i + 2] == '/';
            if (!(b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z')) return false;
        }
        return false;
    }

    static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http", "ws" -> 80;
            case "https", "wss" -> 443;
            default -> 0;
        };
    }

    /** UTF-8 where it is, else one character a byte. */
    static String text(byte[] b, int from, int to) {
        int i = from;
        while (i < to && b[i] >= 0) i++;
        if (i == to) return new String(b, from, to - from, StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(b, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(b, from, to - from, StandardCharsets.ISO_8859_1);
        }
    }
}
