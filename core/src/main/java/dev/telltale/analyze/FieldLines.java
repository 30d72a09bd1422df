package dev.telltale.analyze;

/**
 * Field lines as mail, SIP and SSDP have them (RFC 5322 2.2, RFC 3261 7.3), folded ones included.
 *
 * <pre>
 * field-name ":" value CRLF *( WSP value CRLF )
 * </pre>
 */
final class FieldLines {
    private FieldLines() {}

    interface Field {
        /** {@code nameTo} is -1 where the line has no colon. */
        void field(int name, int nameTo, int value, int valueTo);
    }

    /** Index just behind the empty line that ends the block, or -1. */
    static int blockEnd(byte[] b, int from, int to) {
        int start = from;
        for (int k = from; k < to; k++) {
            if (b[k] != '\n') continue;
            if (k == start || k == start + 1 && b[start] == '\r') return k + 1;
            start = k + 1;
        }
        return -1;
    }

    /** Index just behind the line that begins at {@code from}, or {@code to}. */
    static int lineEnd(byte[] b, int from, int to) {
        for (int k = from; k < to; k++) if (b[k] == '\n') return k + 1;
        return to;
    }

    /** Where the line {@code [from, to)} ends without its line end and trailing white space. */
    static int trimEnd(byte[] b, int from, int to) {
        int end = to;
        while (end > from && (b[end - 1] == '\n' || b[end - 1] == '\r' || blank(b[end - 1]))) end--;
        return end;
    }

    static boolean blank(byte v) {
        return v == ' ' || v == '\t';
    }

    /** Tells each field of {@code [from, to)} up to an empty line. */
    static void each(byte[] b, int from, int to, Field out) {
        int i = from;
        while (i < to) {
            int end = lineEnd(b, i, to);
            if (trimEnd(b, i, end) == i) return;
            while (end < to && blank(b[end])) end = lineEnd(b, end, to);
            int colon = i;
            while (colon < end && b[colon] != ':' && b[colon] != '\n') colon++;
            int stop = trimEnd(b, i, end);
            if (colon >= stop || b[colon] != ':') {
                out.field(i, -1, i, stop);
            } else {
                int nameTo = colon;
                while (nameTo > i && blank(b[nameTo - 1])) nameTo--;
                int value = colon + 1;
                while (value < stop && blank(b[value])) value++;
                out.field(i, nameTo, value, stop);
            }
            i = end;
        }
    }

    /** Whether {@code [from, to)} is {@code lower} but for the case of letters. */
    static boolean is(byte[] b, int from, int to, String lower) {
        return to - from == lower.length() && begins(b, from, to, lower);
    }

    /** Whether {@code [from, to)} begins with {@code lower} but for the case of letters. */
    static boolean begins(byte[] b, int from, int to, String lower) {
        if (to - from < lower.length()) return false;
        for (int k = 0; k < lower.length(); k++) {
            int c = b[from + k];
            if (c >= 'A' && c <= 'Z') c += 32;
            if (c != lower.charAt(k)) return false;
        }
        return true;
    }

    /**
     * Whether {@code lower} stands somewhere in {@code [from, to)}, but for the case of letters.
     */
    static boolean holds(byte[] b, int from, int to, String lower) {
        for (int i = from; i + lower.length() <= to; i++) if (begins(b, i, to, lower)) return true;
        return false;
    }

    /** The number that {@code [from, to)} begins with, or -1; at most 15 digits count. */
    static long number(byte[] b, int from, int to) {
        long n = -1;
        for (int i = from; i < to && i - from < 15 && b[i] >= '0' && b[i] <= '9'; i++)
            n = (n < 0 ? 0 : n * 10) + b[i] - '0';
        return n;
    }
}
