package dev.telltale.capture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A HAR's {@code request.url} taken apart (RFC 3986 section 3) without changing a byte of it:
 * {@code scheme://userinfo@host:port/path?query#fragment}.
 *
 * @param scheme lower case, empty where there is none
 * @param host without user information, brackets and port, as written
 * @param port as written, 0 where none is
 * @param target path and query as written, without fragment; {@code /} before it where the path is
 *     empty
 */
record HarUrl(String scheme, String host, int port, byte[] target) {

    static HarUrl of(byte[] b, int from, int length) {
        int end = from + length;
        for (int i = from; i < end; i++) {
            if (b[i] == '#') {
                end = i;
                break;
            }
        }
        int at = from;
        String scheme = "";
        int colon = schemeEnd(b, from, end);
        if (colon >= 0) {
            boolean authority = colon + 2 < end && b[colon + 1] == '/' && b[colon + 2] == '/';
            scheme = string(b, from, colon).toLowerCase(Locale.ROOT);
            if (!authority) return new HarUrl(scheme, "", 0, Arrays.copyOfRange(b, colon + 1, end));
            at = colon + 3;
        } else if (at < end && b[at] == '/') {
            return new HarUrl("", "", 0, Arrays.copyOfRange(b, at, end));
        }
        int path = at;
        while (path < end && b[path] != '/' && b[path] != '?') path++;
        for (int i = path - 1; i >= at; i--) {
            if (b[i] == '@') {
                at = i + 1;
                break;
            }
        }
        int hostEnd = path;
        int port = 0;
        for (int i = path - 1; i >= at && b[i] != ']'; i--) {
            if (b[i] == ':') {
                hostEnd = i;
                port = port(b, i + 1, path);
                break;
            }
        }
        boolean brackets = hostEnd - at >= 2 && b[at] == '[' && b[hostEnd - 1] == ']';
        String host = brackets ? string(b, at + 1, hostEnd - 1) : string(b, at, hostEnd);
        byte[] target;
        if (path < end && b[path] == '/') {
            target = Arrays.copyOfRange(b, path, end);
        } else {
            target = new byte[end - path + 1];
            target[0] = '/';
            System.arraycopy(b, path, target, 1, end - path);
        }
        return new HarUrl(scheme, host, port, target);
    }

    /**
     * Index of the colon that ends a scheme, or -1. {@code host:443} has none: what follows a
     * scheme's colon is {@code //}, or no port.
     */
    private static int schemeEnd(byte[] b, int from, int end) {
        for (int i = from; i < end && i < from + 32; i++) {
            int c = b[i];
            if (c == ':') {
                boolean port = i + 1 == end || b[i + 1] >= '0' && b[i + 1] <= '9';
                return i > from && !port ? i : -1;
            }
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter
                    && (i == from || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.')))
                return -1;
        }
        return -1;
    }

    private static int port(byte[] b, int from, int end) {
        int p = 0;
        for (int i = from; i < end; i++) {
            if (b[i] < '0' || b[i] > '9') return 0;
            p = p * 10 + (b[i] - '0');
            if (p > 65535) return 0;
        }
        return p;
    }

    private static String string(byte[] b, int from, int to) {
        return new String(b, from, to - from, StandardCharsets.UTF_8);
    }

    /**
     * True where nothing went over a network: the recorder lists what it made itself or had at
     * hand.
     */
    boolean local() {
        return switch (scheme) {
            case "data",
                    "blob",
                    "about",
                    "file",
                    "filesystem",
                    "javascript",
                    "chrome",
                    "chrome-extension",
                    "content",
                    "moz-extension",
                    "safari-web-extension",
                    "resource",
                    "devtools" ->
                    true;
            default -> false;
        };
    }
}
