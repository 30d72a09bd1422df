package dev.telltale.record.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.util.Locale;
import java.util.Optional;

/**
 * The head of a request as a proxy gets it (RFC 9112 3.2).
 *
 * @param form how the target is given
 * @param host in absolute and authority form
 * @param path of the target, with its query
 * @param text the whole head, with its empty line
 */
record RequestHead(String method, Form form, String host, int port, String path, String text) {

    enum Form {
        /** {@code CONNECT host:port}. */
        AUTHORITY,
        /** {@code GET http://host/path}. */
        ABSOLUTE,
        /** {@code GET /path}. */
        ORIGIN,
        UNKNOWN
    }

    private static final String END = "\r\n\r\n";

    /** Takes a head off {@code bytes} where it is there as a whole. */
    static Optional<RequestHead> take(ByteBuf bytes) {
        String text = bytes.toString(ISO_8859_1);
        int end = text.indexOf(END);
        if (end < 0) return Optional.empty();
        bytes.skipBytes(end + END.length());
        return Optional.of(of(text.substring(0, end + END.length())));
    }

    private static RequestHead of(String text) {
        String[] words = text.substring(0, text.indexOf("\r\n")).split(" ", -1);
        if (words.length != 3 || !words[2].matches("HTTP/1\\.[01]")) return unknown(text);
        String target = words[1];
        if (words[0].equals("CONNECT")) return at(words[0], Form.AUTHORITY, target, 443, "", text);
        if (target.startsWith("/"))
            return new RequestHead(words[0], Form.ORIGIN, "", 0, target, text);
        if (!target.toLowerCase(Locale.ROOT).startsWith("http://")) return unknown(text);
        String rest = target.substring("http://".length());
        int slash = rest.length();
        for (char c : new char[] {'/', '?'}) {
            int at = rest.indexOf(c);
            if (at >= 0) slash = Math.min(slash, at);
        }
        String path = rest.substring(slash);
        if (!path.startsWith("/")) path = "/" + path;
        String authority = rest.substring(0, slash);
        return at(
                words[0],
                Form.ABSOLUTE,
                authority.substring(authority.lastIndexOf('@') + 1),
                80,
                path,
                text);
    }

    private static RequestHead at(
            String method, Form form, String authority, int usual, String path, String text) {
        int colon = authority.lastIndexOf(':');
        if (colon < authority.lastIndexOf(']')) colon = -1;
        String host = colon < 0 ? authority : authority.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        String port = colon < 0 ? "" : authority.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{0,5}")) return unknown(text);
        int p = port.isEmpty() ? usual : Integer.parseInt(port);
        if (p < 1 || p > 65_535) return unknown(text);
        return new RequestHead(method, form, host.toLowerCase(Locale.ROOT), p, path, text);
    }

    private static RequestHead unknown(String text) {
        return new RequestHead("", Form.UNKNOWN, "", 0, "", text);
    }

    /** The value of a field, or empty; of several the first. */
    String field(String name) {
        for (String line : text.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon == name.length() && line.regionMatches(true, 0, name, 0, colon))
                return line.substring(colon + 1).strip();
        }
        return "";
    }

    /** As the client would have sent it to the server itself: without what was for the proxy. */
    String forServer() {
        StringBuilder out = new StringBuilder(text.length());
        int lineEnd = text.indexOf("\r\n");
        String version = text.substring(text.lastIndexOf(' ', lineEnd) + 1, lineEnd);
        out.append(method).append(' ').append(path).append(' ').append(version).append("\r\n");
        for (String line : text.substring(lineEnd + 2, text.length() - 2).split("(?<=\r\n)")) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (!lower.startsWith("proxy-connection:") && !lower.startsWith("proxy-authorization:"))
                out.append(line);
        }
        return out.append("\r\n").toString();
    }
}
