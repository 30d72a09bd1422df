package dev.telltale.analyze;

import dev.telltale.model.Anomaly;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One head or trailer block in memory, taken apart in place: positions of its lines, and what
 * frames the body.
 *
 * <pre>
 * request-line (RFC 9112 3):  method SP request-target SP HTTP-version CRLF
 * status-line (RFC 9112 4):   HTTP-version SP status-code SP [ reason-phrase ] CRLF
 * field-line (RFC 9112 5):    field-name ":" OWS field-value OWS CRLF
 * obs-fold (RFC 9112 5.2):    OWS CRLF RWS, continues the value above
 * </pre>
 *
 * Line ends may be bare LF (RFC 9112 2.2).
 */
final class Http1Head {
    /** Fields of one head that are told apart; the rest is told as one piece. */
    static final int MAX_FIELDS = 2048;

    static final int VERSION_0_9 = 9;
    static final int VERSION_1_0 = 10;
    static final int VERSION_1_1 = 11;

    private static final int LONGEST_METHOD = 32;

    /** Takes what is odd, at a position in the array. */
    interface Oddities {
        void odd(Anomaly.Kind kind, int position, String text);
    }

    final byte[] b;
    private final Oddities oddities;
    final int from;
    final int to;

    int methodTo;
    int targetFrom;
    int targetTo;
    int version;
    int status;

    /** Where the first field line begins. */
    int fieldsFrom;

    /**
     * Number of field lines; each has name from, name to (-1: no colon), value from, value to in
     * {@link #lines}.
     */
    int fields;

    int[] lines = new int[64];

    /** What is left unread behind too many fields, else {@code to}. */
    int restFrom;

    // What the fields say (RFC 9112 6, RFC 9110 7.8, 8.3, 8.4, 10.1.1).
    long contentLength = NONE;
    boolean chunked;
    boolean transferCoded;
    boolean expectContinue;
    private boolean connectionUpgrade;
    private int host = -1;
    private int contentType = -1;
    private int grpcEncoding = -1;
    private int upgrade = -1;
    private List<String> contentCodings = List.of();
    private @Nullable List<String> transferCodings;

    static final long NONE = -1;
    static final long BAD = -2;

    private Http1Head(byte[] b, int from, int to, Oddities oddities) {
        this.b = b;
        this.from = from;
        this.to = to;
        this.oddities = oddities;
        this.restFrom = to;
    }

    /** A request head; empty start line parts where {@link #requestLine} would say no. */
    static Http1Head request(byte[] b, int from, int to, Oddities oddities) {
        Http1Head h = new Http1Head(b, from, to, oddities);
        h.requestLine();
        h.fields();
        return h;
    }

    static Http1Head response(byte[] b, int from, int to, Oddities oddities) {
        Http1Head h = new Http1Head(b, from, to, oddities);
        h.statusLine();
        h.fields();
        return h;
    }

    static Http1Head trailer(byte[] b, int from, int to, Oddities oddities) {
        Http1Head h = new Http1Head(b, from, to, oddities);
        h.fieldsFrom = from;
        h.fields();
        return h;
    }

    /** Line ends are CR LF or LF. */
    private static int trimEnd(byte[] b, int from, int end) {
        while (end > from && (b[end - 1] == '\r' || b[end - 1] == ' ' || b[end - 1] == '\t')) end--;
        return end;
    }

    private void requestLine() {
        int lf = indexOf(b, (byte) '\n', from, to);
        int end = trimEnd(b, from, lf < 0 ? to : lf);
        fieldsFrom = lf < 0 ? to : lf + 1;
        int i = from;
        while (i < end && !space(b[i])) i++;
        methodTo = i;
        while (i < end && space(b[i])) i++;
        targetFrom = i;
        int v = versionAt(b, i, end);
        targetTo = v < 0 ? end : trimEnd(b, i, v);
        version = v < 0 ? VERSION_0_9 : version(v, end);
        for (int k = targetFrom; k < targetTo; k++) {
            if (space(b[k])) {
                odd(k, "A request target holds white space.");
                break;
            }
        }
    }

    private void statusLine() {
        int lf = indexOf(b, (byte) '\n', from, to);
        int end = trimEnd(b, from, lf < 0 ? to : lf);
        fieldsFrom = lf < 0 ? to : lf + 1;
        version = version(from, end);
        int i = from;
        while (i < end && !space(b[i])) i++;
        while (i < end && space(b[i])) i++;
        int digits = i;
        while (i < end && digit(b[i]) && i - digits < 4) status = status * 10 + b[i++] - '0';
        if (i - digits != 3 || status < 100) {
            odd(digits, "A status line holds no status code.");
            status = 0;
        }
    }

    private int version(int at, int end) {
        if (end - at >= 8 && b[at + 6] == '.') {
            if (b[at + 5] == '1' && b[at + 7] == '1') return VERSION_1_1;
            if (b[at + 5] == '1' && b[at + 7] == '0') return VERSION_1_0;
            if (b[at + 5] == '0' && b[at + 7] == '9') return VERSION_0_9;
        }
        odd(at, "A start line names no version of HTTP/1.");
        return VERSION_1_1;
    }

    /**
     * Whether the line {@code [from, end)} (no line end) may be a request line: a method and a
     * target, and a version or a method that is known.
     */
    static boolean requestLine(byte[] b, int from, int end) {
        int to = trimEnd(b, from, end);
        int i = methodEnd(b, from, to);
        if (i <= from || i >= to || !space(b[i])) return false;
        if (knownMethod(b, from, i)) return true;
        int v = versionAt(b, i, to);
        return v >= 0 && v + 5 < to && (b[v + 5] == '1' || b[v + 5] == '0');
    }

    /**
     * End of a token that may be a method, {@code from} where there is none, {@code to} where it
     * may go on.
     */
    static int methodEnd(byte[] b, int from, int to) {
        int i = from;
        while (i < to && TOKEN[b[i] & 0xff]) if (++i - from > LONGEST_METHOD) return from;
        return i;
    }

    /**
     * Where "HTTP/" of the version stands in the rest of a request line, -1 where there is none;
     * the last one counts.
     */
    private static int versionAt(byte[] b, int from, int end) {
        for (int i = end - 5; i >= from; i--) {
            if ((b[i] | 0x20) == 'h'
                    && (b[i + 1] | 0x20) == 't'
                    && (b[i + 2] | 0x20) == 't'
                    && (b[i + 3] | 0x20) == 'p'
                    && b[i + 4] == '/'
                    && (i == from || space(b[i - 1]))) return i;
        }
        return -1;
    }

    /**
     * IANA registry "HTTP Methods", the common part of it: with these a line is believed without a
     * version.
     */
    static boolean knownMethod(byte[] b, int from, int to) {
        return switch (to - from) {
            case 3 -> is(b, from, to, "GET") || is(b, from, to, "PUT");
            case 4 ->
                    is(b, from, to, "POST")
                            || is(b, from, to, "HEAD")
                            || is(b, from, to, "COPY")
                            || is(b, from, to, "MOVE")
                            || is(b, from, to, "LOCK");
            case 5 ->
                    is(b, from, to, "PATCH")
                            || is(b, from, to, "TRACE")
                            || is(b, from, to, "MKCOL");
            case 6 ->
                    is(b, from, to, "DELETE")
                            || is(b, from, to, "UNLOCK")
                            || is(b, from, to, "REPORT")
                            || is(b, from, to, "SEARCH");
            case 7 -> is(b, from, to, "OPTIONS") || is(b, from, to, "CONNECT");
            case 8 -> is(b, from, to, "PROPFIND");
            case 9 -> is(b, from, to, "PROPPATCH");
            default -> false;
        };
    }

    private void fields() {
        int i = fieldsFrom;
        while (i < to) {
            int lf = indexOf(b, (byte) '\n', i, to);
            int next = lf < 0 ? to : lf + 1;
            int end = trimEnd(b, i, lf < 0 ? to : lf);
            if (end == i) { // the empty line that ends the block
                if (b[i] == '\r' || b[i] == '\n') break;
                i = next;
                continue;
            }
            if (fields > 0 && space(b[i])) {
                int k = 4 * fields - 4;
                if (lines[k + 2] == lines[k + 3]) lines[k + 2] = skipSpace(i, end);
                lines[k + 3] = end;
                odd(i, "A field value goes on in the next line (obsolete folding).");
                i = next;
                continue;
            }
            if (fields == MAX_FIELDS) {
                oddities.odd(Anomaly.Kind.LIMIT, i, "A head has too many fields.");
                restFrom = i;
                break;
            }
            field(i, end);
            i = next;
        }
        // A line that was cut says half of a host or length, which would be another one.
        boolean cut = to > from && b[to - 1] != '\n';
        for (int f = 0; f < fields; f++) if (!cut || f < fields - 1 || restFrom < to) interpret(f);
    }

    private void field(int i, int end) {
        int colon = indexOf(b, (byte) ':', i, end);
        if (4 * fields == lines.length) lines = Arrays.copyOf(lines, 2 * lines.length);
        int k = 4 * fields++;
        if (colon < 0) {
            odd(i, "A field line has no colon.");
            lines[k] = i;
            lines[k + 1] = -1;
            lines[k + 2] = i;
            lines[k + 3] = end;
            return;
        }
        int nameTo = trimEnd(b, i, colon);
        int value = skipSpace(colon + 1, end);
        if (nameTo != colon) odd(i, "A field name is followed by white space.");
        lines[k] = i;
        lines[k + 1] = nameTo;
        lines[k + 2] = value;
        lines[k + 3] = end;
    }

    private int skipSpace(int i, int end) {
        while (i < end && space(b[i])) i++;
        return i;
    }

    private void interpret(int f) {
        int k = 4 * f;
        int nameFrom = lines[k];
        int nameTo = lines[k + 1];
        int value = lines[k + 2];
        int end = lines[k + 3];
        switch (nameTo - nameFrom) {
            case 4 -> {
                if (!is(b, nameFrom, nameTo, "host")) return;
                if (host < 0) host = k;
                else if (!Arrays.equals(b, value, end, b, lines[host + 2], lines[host + 3]))
                    odd(nameFrom, "Two Host fields do not agree; the first one counts.");
            }
            case 6 -> {
                if (is(b, nameFrom, nameTo, "expect"))
                    expectContinue |= is(b, value, end, "100-continue");
            }
            case 7 -> {
                if (is(b, nameFrom, nameTo, "upgrade")) upgrade = k;
            }
            case 10 -> {
                if (is(b, nameFrom, nameTo, "connection"))
                    connectionUpgrade |= list(value, end).contains("upgrade");
            }
            case 12 -> {
                if (is(b, nameFrom, nameTo, "content-type") && contentType < 0) contentType = k;
            }
            case 13 -> {
                if (is(b, nameFrom, nameTo, "grpc-encoding")) grpcEncoding = k;
            }
            case 14 -> {
                if (is(b, nameFrom, nameTo, "content-length")) contentLength(value, end);
            }
            case 16 -> {
                if (is(b, nameFrom, nameTo, "content-encoding"))
                    contentCodings = plus(contentCodings, list(value, end));
            }
            case 17 -> {
                if (!is(b, nameFrom, nameTo, "transfer-encoding")) return;
                List<String> all =
                        plus(
                                transferCodings == null ? List.of() : transferCodings,
                                list(value, end));
                transferCodings = all;
                transferCoded = !all.isEmpty();
                chunked = transferCoded && all.getLast().equals("chunked");
            }
            default -> {}
        }
    }

    /** RFC 9112 6.3: the same length twice is one; of two that differ the first counts. */
    private void contentLength(int from, int end) {
        for (int i = from; i <= end; ) {
            int comma = indexOf(b, (byte) ',', i, end);
            int itemEnd = comma < 0 ? end : comma;
            long n = number(i, itemEnd);
            if (n == BAD) odd(i, "Content-Length is no number.");
            else if (contentLength >= 0 && contentLength != n)
                oddities.odd(
                        Anomaly.Kind.LYING_METADATA,
                        i,
                        "Content-Length is given twice; the first one counts.");
            if (contentLength < 0) contentLength = n;
            i = itemEnd + 1;
        }
    }

    private long number(int from, int end) {
        while (from < end && space(b[from])) from++;
        end = trimEnd(b, from, end);
        if (from == end) return BAD;
        long n = 0;
        for (int i = from; i < end; i++) {
            if (!digit(b[i]) || n > Long.MAX_VALUE / 100) return BAD;
            n = n * 10 + b[i] - '0';
        }
        return n;
    }

    /** The elements of a list (RFC 9110 5.6.1), lower case, without parameters. */
    private List<String> list(int from, int end) {
        if (is(b, from, end, "gzip")) return GZIP;
        if (is(b, from, end, "chunked")) return CHUNKED;
        if (is(b, from, end, "keep-alive") || is(b, from, end, "close")) return List.of();
        if (end - from > 1024) end = from + 1024;
        List<String> all = new ArrayList<>(2);
        for (int i = from; i < end; ) {
            int comma = indexOf(b, (byte) ',', i, end);
            int itemEnd = comma < 0 ? end : comma;
            int semicolon = indexOf(b, (byte) ';', i, itemEnd);
            String item =
                    text(i, semicolon < 0 ? itemEnd : semicolon).strip().toLowerCase(Locale.ROOT);
            if (!item.isEmpty() && all.size() < 16) all.add(item);
            i = itemEnd + 1;
        }
        return all;
    }

    private static final List<String> GZIP = List.of("gzip");
    private static final List<String> CHUNKED = List.of("chunked");

    private static List<String> plus(List<String> a, List<String> b) {
        if (a.isEmpty()) return b;
        List<String> all = new ArrayList<>(a);
        all.addAll(b.subList(0, Math.min(b.size(), Math.max(0, 16 - a.size()))));
        return all;
    }

    /**
     * Every coding of the body but chunked, in the order applied. Identity is none; x-gzip is gzip
     * (RFC 9110 8.4.1).
     */
    List<String> codings() {
        List<String> transfer = transferCodings == null ? List.of() : transferCodings;
        if (contentCodings.isEmpty() && (transfer.isEmpty() || transfer.equals(CHUNKED)))
            return List.of();
        List<String> all = new ArrayList<>(2);
        for (String c : contentCodings) add(all, c);
        for (String c : transfer) if (!c.equals("chunked")) add(all, c);
        return List.copyOf(all);
    }

    private static void add(List<String> all, String coding) {
        switch (coding) {
            case "identity", "none" -> {}
            case "x-gzip" -> all.add("gzip");
            case "x-compress" -> all.add("compress");
            default -> all.add(coding);
        }
    }

    /** Where the first Host field's value stands: {@link #lines} index, -1 where there is none. */
    int host() {
        return host;
    }

    int contentType() {
        return contentType;
    }

    /** The coding of the messages in the body (gRPC-Web), or empty. */
    String messageCoding() {
        if (grpcEncoding < 0) return "";
        List<String> all = list(lines[grpcEncoding + 2], lines[grpcEncoding + 3]);
        return all.isEmpty() ? "" : all.getFirst();
    }

    /** What the connection is asked to become, lower case, or empty. */
    String upgrade() {
        if (upgrade < 0 || !connectionUpgrade) return "";
        List<String> all = list(lines[upgrade + 2], lines[upgrade + 3]);
        return all.isEmpty() ? "" : all.getFirst();
    }

    private String text(int from, int end) {
        return new String(b, from, end - from, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private void odd(int position, String text) {
        oddities.odd(Anomaly.Kind.PROTOCOL_VIOLATION, position, text);
    }

    static int indexOf(byte[] b, byte v, int from, int to) {
        for (int i = from; i < to; i++) if (b[i] == v) return i;
        return -1;
    }

    static boolean space(byte v) {
        return v == ' ' || v == '\t';
    }

    static boolean digit(byte v) {
        return v >= '0' && v <= '9';
    }

    /**
     * Case-insensitive for letters; {@code s} is ASCII. Methods are case-sensitive, but nothing
     * else is spelled like them.
     */
    static boolean is(byte[] b, int from, int to, String s) {
        if (to - from != s.length()) return false;
        for (int i = 0; i < s.length(); i++) {
            int c = s.charAt(i);
            int v = b[from + i];
            if (v == c) continue;
            int lower = c | 0x20;
            if (lower < 'a' || lower > 'z' || (v | 0x20) != lower) return false;
        }
        return true;
    }

    /** tchar (RFC 9110 5.6.2). */
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '0'; c <= '9'; c++) TOKEN[c] = true;
        for (int c = 'a'; c <= 'z'; c++) TOKEN[c] = TOKEN[c - 32] = true;
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) TOKEN[c] = true;
    }
}
