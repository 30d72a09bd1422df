package dev.telltale.bytes.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Push tokenizer for JSON text (<a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>) in
 * UTF-8, any chunking, bounded memory; a byte order mark is skipped, several texts in a row
 * (NDJSON, RFC 7464 separators) are taken as one array-less sequence. Nesting is bounded.
 *
 * <p>A token that lies whole in the fed bytes is handed on as a slice of the caller's array; only
 * one cut by a chunk's edge is copied. Laxer than the RFC in two things, because senders are: raw
 * control characters in strings, and any escape letter, are passed on. Which of the two calls a
 * string comes by depends on its length alone, never on the chunks.
 */
public final class JsonTokens {
    /** Strings longer than this many bytes come in pieces, unless told otherwise. */
    public static final int WHOLE = 1 << 16;

    /** Containers within containers. */
    public static final int NESTING = 512;

    /** No number worth reading is longer. */
    private static final int LITERAL = 1024;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    /** What may come next; from IN_KEY on a token is open. */
    private static final int START = 0, BOM1 = 1, BOM2 = 2;

    private static final int TOP = 3;
    private static final int VALUE = 4;
    private static final int FIRST_VALUE = 5;
    private static final int KEY = 6;
    private static final int FIRST_KEY = 7;
    private static final int COLON = 8;
    private static final int AFTER = 9;
    private static final int IN_KEY = 10;
    private static final int IN_STRING = 11;
    private static final int IN_LONG_STRING = 12;
    private static final int IN_LITERAL = 13;
    private static final int FAILED = 14;

    private static final byte SPACE = 1, LITERAL_BYTE = 2;
    private static final byte[] KIND = new byte[256];

    static {
        for (char c : new char[] {' ', '\t', '\n', '\r'}) KIND[c] = SPACE;
        for (char c = '0'; c <= '9'; c++) KIND[c] = LITERAL_BYTE;
        for (char c = 'a'; c <= 'z'; c++) KIND[c] = LITERAL_BYTE;
        for (char c = 'A'; c <= 'Z'; c++) KIND[c] = LITERAL_BYTE;
        KIND['-'] = KIND['+'] = KIND['.'] = LITERAL_BYTE;
    }

    private final JsonHandler handler;
    private final int whole;

    private int state = START;

    /** One bit a level, set for objects. */
    private final long[] objects = new long[NESTING / 64 + 1];

    private int depth;

    /** Offset in the text of index 0 of the array being fed. */
    private long base;

    private long position;

    /** The open token's bytes from earlier chunks, and where in the text they begin. */
    private byte[] carry = new byte[256];

    private int carried;
    private long tokenAt;
    private boolean escaped;

    /** The last byte looked at inside a string was a backslash that opens an escape. */
    private boolean afterBackslash;

    public JsonTokens(JsonHandler handler) {
        this(handler, WHOLE);
    }

    /**
     * @param whole strings longer than this many bytes come in pieces
     */
    public JsonTokens(JsonHandler handler, int whole) {
        this.handler = handler;
        this.whole = whole;
    }

    /** Ready for another text. */
    public void reset() {
        state = START;
        depth = 0;
        position = 0;
        carried = 0;
        escaped = false;
        afterBackslash = false;
        if (carry.length > 4096) carry = new byte[256];
    }

    /** True once {@link JsonHandler#malformed} was called: further bytes are ignored. */
    public boolean failed() {
        return state == FAILED;
    }

    /**
     * Offset in the text of the first byte not yet handed on: where the open token begins, or the
     * end of what was fed.
     */
    public long handed() {
        return state >= IN_KEY && state != FAILED ? tokenAt : position;
    }

    /** The next bytes of the text. */
    public void feed(byte[] b, int from, int length) {
        if (length <= 0 || state == FAILED) return;
        int to = from + length;
        base = position - from;
        int p = from;
        if (state >= IN_KEY) p = resume(b, p, to);
        int s = state;
        while (p < to) {
            int c = b[p];
            if (c <= ' ' && c >= 0 && KIND[c] == SPACE) {
                p++;
                continue;
            }
            switch (s) {
                case AFTER -> {
                    boolean object = inObject();
                    if (c == ',') {
                        p++;
                        s = object ? KEY : VALUE;
                    } else if (c == (object ? '}' : ']')) {
                        p++;
                        s = close(p - 1, object);
                    } else {
                        fail(
                                p,
                                object
                                        ? "neither comma nor brace after a member"
                                        : "neither comma nor bracket after an element");
                        return;
                    }
                }
                case FIRST_KEY, KEY -> {
                    if (c == '"') {
                        state = IN_KEY;
                        p = openString(b, p + 1, to);
                        s = state;
                        if (s == FAILED) return;
                    } else if (c == '}' && s == FIRST_KEY) {
                        p++;
                        s = close(p - 1, true);
                    } else {
                        fail(p, "no member name where one must be");
                        return;
                    }
                }
                case COLON -> {
                    if (c != ':') {
                        fail(p, "no colon after a member name");
                        return;
                    }
                    p++;
                    s = VALUE;
                }
                case BOM1, BOM2 -> {
                    if (c != (byte) (s == BOM1 ? 0xBB : 0xBF)) {
                        failAt(0, "half a byte order mark");
                        return;
                    }
                    p++;
                    s = s == BOM1 ? BOM2 : TOP;
                }
                default -> {
                    if (c == '"') {
                        state = IN_STRING;
                        p = openString(b, p + 1, to);
                        s = state;
                        if (s == FAILED) return;
                    } else if (c == '{' || c == '[') {
                        if (depth == NESTING) {
                            fail(p, "nested deeper than " + NESTING);
                            return;
                        }
                        boolean object = c == '{';
                        depth++;
                        if (object) objects[depth >> 6] |= 1L << depth;
                        else objects[depth >> 6] &= ~(1L << depth);
                        s = object ? FIRST_KEY : FIRST_VALUE;
                        if (object) handler.startObject(base + p);
                        else handler.startArray(base + p);
                        p++;
                    } else if (c >= 0 && KIND[c] == LITERAL_BYTE) {
                        state = IN_LITERAL;
                        p = openLiteral(b, p, to);
                        s = state;
                        if (s == FAILED) return;
                    } else if (c == ']' && s == FIRST_VALUE) {
                        p++;
                        s = close(p - 1, false);
                    } else if (c == (byte) 0xEF && s == START) {
                        p++;
                        s = BOM1;
                    } else if (c == 0x1E && (s == START || s == TOP)) {
                        p++;
                        s = TOP;
                    } else {
                        fail(p, "no value where one must be");
                        return;
                    }
                }
            }
        }
        state = s;
        position += length;
    }

    /** The text ends; an open token or container is reported as malformed. */
    public void end() {
        switch (state) {
            case FAILED -> {}
            case IN_LITERAL -> {
                if (validLiteral(carry, 0, carried)) {
                    handler.literal(carry, 0, carried, tokenAt);
                    state = afterValue();
                    if (depth > 0) failAt(position, "the text ends inside a container");
                } else {
                    failAt(tokenAt, "neither a number nor true, false or null");
                }
            }
            case IN_KEY, IN_STRING -> failAt(tokenAt, "the text ends inside a string");
            case IN_LONG_STRING -> {
                handler.stringPiece(carry, 0, carried, escaped, tokenAt, true);
                failAt(position, "the text ends inside a string");
            }
            case BOM1, BOM2 -> failAt(0, "half a byte order mark");
            default -> {
                if (depth > 0) failAt(position, "the text ends inside a container");
            }
        }
        carried = 0;
    }

    private boolean inObject() {
        return (objects[depth >> 6] >>> depth & 1) != 0;
    }

    private int afterValue() {
        return depth == 0 ? TOP : AFTER;
    }

    private int close(int p, boolean object) {
        depth--;
        if (object) handler.endObject(base + p);
        else handler.endArray(base + p);
        return afterValue();
    }

    private void fail(int p, String why) {
        failAt(base + p, why);
    }

    private void failAt(long at, String why) {
        state = FAILED;
        handler.malformed(at, why);
    }

    /** First quote or backslash in {@code [p, to)}, or {@code to}. */
    private static int special(byte[] b, int p, int to) {
        while (to - p >= 8) {
            long x = (long) LONG.get(b, p);
            long q = x ^ QUOTES;
            long s = x ^ BACKSLASHES;
            long found = ((q - ONES) & ~q | (s - ONES) & ~s) & HIGHS;
            if (found != 0) return p + (Long.numberOfTrailingZeros(found) >>> 3);
            p += 8;
        }
        while (p < to && b[p] != '"' && b[p] != '\\') p++;
        return p;
    }

    /** A string's content begins at {@code p}; {@code state} says whether it is a key. */
    private int openString(byte[] b, int p, int to) {
        escaped = false;
        afterBackslash = false;
        int start = p;
        while (true) {
            p = special(b, p, to);
            if (p >= to) break;
            if (b[p] == '"') {
                boolean key = state == IN_KEY;
                state = key ? COLON : afterValue();
                int length = p - start;
                if (key) {
                    if (length > whole) fail(start, "a member name longer than " + whole);
                    else handler.key(b, start, length, escaped, base + start);
                } else if (length > whole) {
                    handler.stringPiece(b, start, length, escaped, base + start, true);
                } else {
                    handler.string(b, start, length, escaped, base + start);
                }
                return p + 1;
            }
            escaped = true;
            if (p + 1 >= to) {
                afterBackslash = true;
                break;
            }
            p += 2;
        }
        tokenAt = base + start;
        carried = 0;
        keep(b, start, to);
        return to;
    }

    private int openLiteral(byte[] b, int p, int to) {
        int start = p;
        while (p < to && b[p] >= 0 && KIND[b[p]] == LITERAL_BYTE) p++;
        if (p == to) {
            tokenAt = base + start;
            carried = 0;
            if (to - start > LITERAL) {
                fail(start, "a number longer than " + LITERAL);
            } else {
                append(b, start, to - start);
            }
            return to;
        }
        if (p - start > LITERAL || !validLiteral(b, start, p)) {
            fail(start, "neither a number nor true, false or null");
            return p;
        }
        state = afterValue();
        handler.literal(b, start, p - start, base + start);
        return p;
    }

    /** Goes on with the token that an earlier chunk opened; returns where it went on from there. */
    private int resume(byte[] b, int p, int to) {
        if (state == IN_LITERAL) {
            int start = p;
            while (p < to && b[p] >= 0 && KIND[b[p]] == LITERAL_BYTE) p++;
            if (carried + (p - start) > LITERAL) {
                failAt(tokenAt, "a number longer than " + LITERAL);
                return to;
            }
            append(b, start, p - start);
            if (p == to) {
            } else if (validLiteral(carry, 0, carried)) {
                state = afterValue();
                handler.literal(carry, 0, carried, tokenAt);
            } else {
                failAt(tokenAt, "neither a number nor true, false or null");
                return to;
            }
            return p;
        }
        int start = p;
        if (afterBackslash) {
            afterBackslash = false;
            p++;
        }
        while (true) {
            p = special(b, p, to);
            if (p >= to) break;
            if (b[p] == '"') {
                finishString(b, start, p);
                return state == FAILED ? to : p + 1;
            }
            escaped = true;
            if (p + 1 >= to) {
                afterBackslash = true;
                break;
            }
            p += 2;
        }
        keep(b, start, to);
        return to;
    }

    private void finishString(byte[] b, int start, int end) {
        int length = end - start;
        if (state == IN_LONG_STRING || carried + (long) length > whole) {
            if (state == IN_KEY) {
                failAt(tokenAt, "a member name longer than " + whole);
                return;
            }
            longString(b, start, end);
            state = afterValue();
            handler.stringPiece(carry, 0, carried, escaped, tokenAt, true);
            carried = 0;
            return;
        }
        append(b, start, length);
        boolean key = state == IN_KEY;
        state = key ? COLON : afterValue();
        if (key) handler.key(carry, 0, carried, escaped, tokenAt);
        else handler.string(carry, 0, carried, escaped, tokenAt);
        carried = 0;
    }

    /** Keeps the open string's bytes, or hands them on where they have become too many. */
    private void keep(byte[] b, int start, int to) {
        if (state != IN_LONG_STRING && carried + (long) (to - start) <= whole) {
            append(b, start, to - start);
        } else if (state == IN_KEY) {
            failAt(tokenAt, "a member name longer than " + whole);
        } else {
            longString(b, start, to);
        }
    }

    /**
     * Hands on all but what a cut escape sequence (two, for a surrogate pair) may still need; that
     * stays carried.
     */
    private void longString(byte[] b, int start, int to) {
        state = IN_LONG_STRING;
        do {
            int n = Math.min(to - start, Math.max(whole, 64) - Math.min(carried, 12));
            append(b, start, n);
            start += n;
            int cut = uncut(carry, 0, carried);
            if (cut > 0) {
                handler.stringPiece(carry, 0, cut, escaped, tokenAt, false);
                tokenAt += cut;
                carried -= cut;
                System.arraycopy(carry, cut, carry, 0, carried);
            }
        } while (start < to);
    }

    /**
     * How many of the {@code n} bytes of a string can be taken so that neither an escape sequence
     * nor a surrogate pair written as two is cut.
     */
    public static int uncut(byte[] b, int from, int n) {
        // Only the last 12 bytes can belong to such a pair, but whether a backslash there opens an
        // escape depends on how many
        // stand before it.
        int to = from + n;
        int p = Math.max(from, to - 12);
        int run = 0;
        while (run < p - from && b[p - run - 1] == '\\') run++;
        if (run % 2 == 1) p--;
        while (p < to) {
            if (b[p] != '\\') {
                p++;
                continue;
            }
            if (p + 1 == to) return p - from;
            int end = b[p + 1] == 'u' ? p + 6 : p + 2;
            if (end > to) return p - from;
            if (end - p == 6 && to - end < 6 && highSurrogate(b, p)) {
                boolean mayPair =
                        end == to || b[end] == '\\' && (end + 1 == to || b[end + 1] == 'u');
                if (mayPair) return p - from;
            }
            p = end;
        }
        return n;
    }

    private static boolean highSurrogate(byte[] b, int p) {
        int d = b[p + 2] | 0x20;
        int x = b[p + 3] | 0x20;
        return d == 'd' && (x == '8' || x == '9' || x == 'a' || x == 'b');
    }

    private void append(byte[] b, int from, int length) {
        if (carried + length > carry.length) {
            carry = Arrays.copyOf(carry, Math.max(carried + length, carry.length * 2));
        }
        System.arraycopy(b, from, carry, carried, length);
        carried += length;
    }

    /** RFC 8259 section 6, or one of the three names. */
    private static boolean validLiteral(byte[] b, int p, int to) {
        int c = b[p];
        if (c > '9') {
            int n = to - p;
            return n == 4 && b[p] == 't' && b[p + 1] == 'r' && b[p + 2] == 'u' && b[p + 3] == 'e'
                    || n == 4
                            && b[p] == 'n'
                            && b[p + 1] == 'u'
                            && b[p + 2] == 'l'
                            && b[p + 3] == 'l'
                    || n == 5
                            && b[p] == 'f'
                            && b[p + 1] == 'a'
                            && b[p + 2] == 'l'
                            && b[p + 3] == 's'
                            && b[p + 4] == 'e';
        }
        if (c == '-') p++;
        int digits = p;
        while (p < to && b[p] >= '0' && b[p] <= '9') p++;
        if (p == digits || p - digits > 1 && b[digits] == '0') return false;
        if (p < to && b[p] == '.') {
            int fraction = ++p;
            while (p < to && b[p] >= '0' && b[p] <= '9') p++;
            if (p == fraction) return false;
        }
        if (p < to && (b[p] == 'e' || b[p] == 'E')) {
            p++;
            if (p < to && (b[p] == '+' || b[p] == '-')) p++;
            int exponent = p;
            while (p < to && b[p] >= '0' && b[p] <= '9') p++;
            if (p == exponent) return false;
        }
        return p == to;
    }
}
