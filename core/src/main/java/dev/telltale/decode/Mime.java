package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/**
 * A mail or the like (<a href="https://www.rfc-editor.org/rfc/rfc5322">RFC 5322</a>, <a
 * href="https://www.rfc-editor.org/rfc/rfc2045">RFC 2045</a>): header fields, an empty line, and a
 * body of the type and in the coding that they name.
 */
final class Mime implements Apart, KeySource {
    private static final List<String> FIRST =
            List.of(
                    "received:",
                    "return-path:",
                    "from:",
                    "to:",
                    "date:",
                    "subject:",
                    "message-id:",
                    "mime-version:",
                    "content-type:",
                    "delivered-to:",
                    "x-mailer:",
                    "user-agent:");

    private static final List<String> HEAD = List.of("head");
    private static final List<String> BODY = List.of();

    private final Layer layer;
    private List<String> keys = HEAD;
    private boolean open;

    Mime(Layer layer) {
        this.layer = layer;
    }

    /** A field that such heads begin with, and further on one that tells of a body. */
    static boolean begins(byte[] b, int s, int e, String mediaType) {
        if (isNamed(mediaType)) return true;
        if (e - s < 16 || FIRST.stream().noneMatch(f -> is(b, s, e, f))) return false;
        for (int p = s; p < e; p++) {
            boolean line = p == s || b[p - 1] == '\n';
            if (!line) continue;
            if (b[p] == '\r' || b[p] == '\n') return false;
            if (is(b, p, e, "mime-version:") || is(b, p, e, "content-transfer-encoding:"))
                return true;
        }
        return false;
    }

    private static boolean isNamed(String mediaType) {
        return mediaType.regionMatches(true, 0, "message/rfc822", 0, 14)
                || mediaType.regionMatches(true, 0, "message/global", 0, 14);
    }

    private static boolean is(byte[] b, int p, int to, String small) {
        if (to - p < small.length()) return false;
        for (int i = 0; i < small.length(); i++) {
            int c = b[p + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != small.charAt(i)) return false;
        }
        return true;
    }

    @Override
    public void begin(String mediaType, String coding) {
        open = false;
    }

    @Override
    public String name() {
        return "mime";
    }

    @Override
    public boolean named(String mediaType) {
        return isNamed(mediaType);
    }

    @Override
    public String broken() {
        return "";
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        if (!open) {
            int end = Multipart.headEnd(b, i, to);
            if (end < 0 && !last && to - i < Multipart.HEAD) return i;
            if (end < 0) end = last ? to : i;
            keys = HEAD;
            if (end > i) layer.prose("mime", b, i, end, base + i, this);
            Multipart.Head head = Multipart.Head.of(new String(b, i, end - i, ISO_8859_1));
            keys = BODY;
            layer.openPart("mime", base + end, this, head.mediaType(), head.codings());
            open = true;
            i = end;
        }
        layer.feedPart(b, i, to);
        if (last) layer.closePart(base + to);
        return to;
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        if (!open) return false;
        layer.gapPart(missing);
        return true;
    }
}
