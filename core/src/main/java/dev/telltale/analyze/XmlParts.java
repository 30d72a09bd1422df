package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Wire;
import java.util.ArrayList;
import java.util.List;

/**
 * The attributes and texts of a whole XML element, each a FRAME part named by the elements it
 * stands in: {@code body}, {@code query.username}, {@code to}. Lenient: what is not well-formed is
 * told as far as it goes.
 */
final class XmlParts {
    private static final int LONGEST_NAME = 128;

    private XmlParts() {}

    /** Local name of the first element, or empty. */
    static String name(byte[] b, int from, int to) {
        int i = from;
        while (i + 1 < to && (b[i] != '<' || !nameByte(b[i + 1]))) i++;
        return i + 1 < to ? local(b, i + 1, to) : "";
    }

    private static String local(byte[] b, int from, int to) {
        int i = from;
        int start = from;
        while (i < to && i - from < LONGEST_NAME && nameByte(b[i])) if (b[i++] == ':') start = i;
        return new String(b, start, i - start, UTF_8);
    }

    private static boolean nameByte(byte v) {
        return v < 0
                || v >= 'a' && v <= 'z'
                || v >= 'A' && v <= 'Z'
                || v >= '0' && v <= '9'
                || v == '-'
                || v == '_'
                || v == '.'
                || v == ':';
    }

    static void tell(MessageSink m, byte[] b, int from, int to, long at) {
        List<String> path = new ArrayList<>();
        int i = from;
        while (i < to) {
            if (b[i] != '<') {
                int end = indexOf(b, i, to, '<');
                text(m, path(path, ""), b, i, end, at + (i - from));
                i = end;
            } else if (begins(b, i, to, "<!--")) {
                int end = find(b, i + 4, to, "-->");
                text(m, path(path, ""), b, i + 4, end, at + (i + 4 - from));
                i = Math.min(to, end + 3);
            } else if (begins(b, i, to, "<![CDATA[")) {
                int end = find(b, i + 9, to, "]]>");
                if (i + 9 < end)
                    m.part(
                            PartKind.FRAME,
                            path(path, ""),
                            b,
                            i + 9,
                            end - i - 9,
                            at + (i + 9 - from));
                i = Math.min(to, end + 3);
            } else if (i + 1 < to && (b[i + 1] == '?' || b[i + 1] == '!')) {
                i = Math.min(to, indexOf(b, i, to, '>') + 1);
            } else if (i + 1 < to && b[i + 1] == '/') {
                if (!path.isEmpty()) path.removeLast();
                i = Math.min(to, indexOf(b, i, to, '>') + 1);
            } else {
                i = tag(m, path, b, i, to, from, at);
            }
        }
    }

    /** An opening tag and its attributes; returns the index behind it. */
    private static int tag(
            MessageSink m, List<String> path, byte[] b, int i, int to, int from, long at) {
        String name = local(b, i + 1, to);
        i++;
        while (i < to && nameByte(b[i])) i++;
        path.add(name);
        boolean empty = false;
        while (i < to && b[i] != '>') {
            empty = b[i] == '/';
            if (!nameByte(b[i])) {
                i++;
                continue;
            }
            String attribute = local(b, i, to);
            while (i < to && nameByte(b[i])) i++;
            while (i < to && (b[i] == ' ' || b[i] == '=' || b[i] == '\n' || b[i] == '\r')) i++;
            if (i < to && (b[i] == '"' || b[i] == '\'')) {
                int end = indexOf(b, i + 1, to, (char) b[i]);
                text(m, path(path, attribute), b, i + 1, end, at + (i + 1 - from));
                i = Math.min(to, end + 1);
            }
        }
        if (empty) path.removeLast();
        return Math.min(to, i + 1);
    }

    /** Names below the root, joined by dots. */
    private static String path(List<String> path, String attribute) {
        StringBuilder s = new StringBuilder();
        for (int i = 1; i < path.size() && s.length() < 2 * LONGEST_NAME; i++) {
            if (!s.isEmpty()) s.append('.');
            s.append(path.get(i));
        }
        if (!attribute.isEmpty()) {
            if (!s.isEmpty()) s.append('.');
            s.append(attribute);
        }
        return s.toString();
    }

    private static void text(MessageSink m, String name, byte[] b, int from, int to, long at) {
        boolean blank = true;
        boolean escaped = false;
        for (int i = from; i < to; i++) {
            blank &= b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t';
            escaped |= b[i] == '&';
        }
        if (blank) return;
        if (!escaped) {
            m.part(PartKind.FRAME, name, b, from, to - from, at);
            return;
        }
        byte[] plain = unescaped(b, from, to);
        if (plain.length > 0)
            m.part(
                    PartKind.FRAME,
                    name,
                    plain,
                    0,
                    plain.length,
                    new Wire(at, to - from, "xml", false));
    }

    /** Character and predefined entity references (XML 1.0 4.1, 4.6); others stay as they are. */
    private static byte[] unescaped(byte[] b, int from, int to) {
        StringBuilder s = new StringBuilder();
        String text = new String(b, from, to - from, UTF_8);
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            int end = i + 1;
            while (c == '&' && end < text.length() && end - i < 10 && text.charAt(end) != ';')
                end++;
            boolean reference = c == '&' && end < text.length() && text.charAt(end) == ';';
            int one = reference ? reference(text.substring(i + 1, end)) : -1;
            if (one < 0) {
                s.append(c);
                i++;
            } else {
                s.appendCodePoint(one);
                i = end + 1;
            }
        }
        return s.toString().getBytes(UTF_8);
    }

    private static int reference(String name) {
        switch (name) {
            case "lt":
                return '<';
            case "gt":
                return '>';
            case "amp":
                return '&';
            case "quot":
                return '"';
            case "apos":
                return '\'';
            default:
                break;
        }
        if (!name.startsWith("#")) return -1;
        try {
            int n =
                    name.startsWith("#x")
                            ? Integer.parseInt(name.substring(2), 16)
                            : Integer.parseInt(name.substring(1));
            return n > 0 && Character.isValidCodePoint(n) && (n < 0xd800 || n > 0xdfff) ? n : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean begins(byte[] b, int i, int to, String s) {
        if (to - i < s.length()) return false;
        for (int k = 0; k < s.length(); k++) if (b[i + k] != s.charAt(k)) return false;
        return true;
    }

    private static int find(byte[] b, int i, int to, String s) {
        while (i < to && !begins(b, i, to, s)) i++;
        return i;
    }

    private static int indexOf(byte[] b, int i, int to, char c) {
        while (i < to && b[i] != c) i++;
        return i;
    }
}
