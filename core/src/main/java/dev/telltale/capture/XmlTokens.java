package dev.telltale.capture;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Reads the XML that phones and proxies export (<a href="https://www.w3.org/TR/xml/">XML 1.0</a>),
 * pushed in pieces of any size; values are passed on in pieces too, so nothing is held. Tolerant
 * where exports are wrong: a character reference may be half of a surrogate pair, as SMS backups
 * write emoji. No entity is ever declared or fetched: a document type is passed over.
 */
final class XmlTokens {
    /** Longest name, reference or keyword. */
    private static final int LONGEST = 256;

    private static final int DEEPEST = 64;

    /** Takes what is found. Arrays are valid during the call only. */
    interface Handler {
        void open(String name);

        /**
         * A piece of an attribute's value, references resolved; a value ends with a piece that is
         * {@code last}, often empty.
         */
        void attribute(String name, byte[] bytes, int from, int length, boolean last);

        /** All attributes of the element opened last were told. */
        void opened();

        void text(byte[] bytes, int from, int length);

        void close(String name);

        /** Nothing follows: the text is no XML from {@code at} on. */
        void malformed(long at, String why);
    }

    private enum State {
        TEXT,
        TAG,
        NAME,
        END_NAME,
        IN_TAG,
        ATTRIBUTE,
        EQUALS,
        QUOTE,
        VALUE,
        EMPTY,
        MARKUP,
        COMMENT,
        CDATA,
        DOCTYPE,
        INSTRUCTION,
        FAILED
    }

    private final Handler handler;
    private State state = State.TEXT;
    private final ArrayDeque<String> open = new ArrayDeque<>();
    private final byte[] word = new byte[LONGEST];
    private int size;
    private String attribute = "";
    private int quote;

    /** In a value or text, a reference being read into {@link #word}. */
    private boolean reference;

    /** Bytes matched of what ends a comment, CDATA section or instruction. */
    private int ending;

    private int brackets;

    /** A high surrogate that a reference gave, waiting for its other half. */
    private int high;

    private long base;
    private boolean any;

    XmlTokens(Handler handler) {
        this.handler = handler;
    }

    boolean failed() {
        return state == State.FAILED;
    }

    private void fail(int i, int from, String why) {
        state = State.FAILED;
        handler.malformed(base + (i - from), why);
    }

    void feed(byte[] b, int from, int length) {
        int to = from + length;
        int i = from;
        while (i < to && state != State.FAILED) {
            i =
                    switch (state) {
                        case TEXT -> text(b, i, to, from);
                        case VALUE -> value(b, i, to, from);
                        case CDATA -> cdata(b, i, to);
                        default -> step(b, i, from);
                    };
        }
        base += length;
    }

    /** Nothing more comes. */
    void end() {
        if (state == State.FAILED) return;
        boolean whole = state == State.TEXT && open.isEmpty() && !reference;
        if (whole && any) return;
        state = State.FAILED;
        handler.malformed(base, any ? "it ends inside an element" : "it holds no element");
    }

    private int text(byte[] b, int from, int to, int start) {
        if (reference) return reference(b, from, to, start);
        int i = from;
        while (i < to && b[i] != '<' && b[i] != '&') i++;
        if (i > from) {
            half();
            if (!open.isEmpty()) handler.text(b, from, i - from);
        }
        if (i == to) return i;
        if (b[i] == '&') {
            reference = true;
            size = 0;
        } else {
            half();
            state = State.TAG;
            size = 0;
        }
        return i + 1;
    }

    private int value(byte[] b, int from, int to, int start) {
        if (reference) return reference(b, from, to, start);
        int i = from;
        while (i < to && b[i] != quote && b[i] != '&' && b[i] != '<') i++;
        if (i > from) {
            half();
            handler.attribute(attribute, b, from, i - from, false);
        }
        if (i == to) return i;
        if (b[i] == '&') {
            reference = true;
            size = 0;
            return i + 1;
        }
        half();
        if (b[i] == '<') {
            fail(i, start, "an attribute's value holds a '<'");
            return to;
        }
        handler.attribute(attribute, b, i, 0, true);
        state = State.IN_TAG;
        return i + 1;
    }

    /** {@code &name;} {@code &#10;} {@code &#xa;}: anything else stands for itself. */
    private int reference(byte[] b, int from, int to, int start) {
        int i = from;
        while (i < to && size < 12) {
            byte c = b[i];
            boolean part =
                    c == '#'
                            || c >= '0' && c <= '9'
                            || c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z';
            if (!part) break;
            word[size++] = c;
            i++;
        }
        if (i == to && size < 12) return i;
        reference = false;
        boolean ended = i < to && b[i] == ';';
        int point = ended ? point(new String(word, 0, size, StandardCharsets.ISO_8859_1)) : -1;
        if (point < 0) {
            half();
            byte[] raw = new byte[size + 1];
            raw[0] = '&';
            System.arraycopy(word, 0, raw, 1, size);
            emit(raw, raw.length);
            return i;
        }
        emit(point);
        return i + 1;
    }

    private static int point(String name) {
        if (name.startsWith("#")) {
            boolean hex = name.startsWith("#x") || name.startsWith("#X");
            try {
                int p = Integer.parseInt(name.substring(hex ? 2 : 1), hex ? 16 : 10);
                return p >= 0 && p <= 0x10ffff ? p : -1;
            } catch (NumberFormatException e) {
                return -1;
            }
        }
        return switch (name) {
            case "amp" -> '&';
            case "lt" -> '<';
            case "gt" -> '>';
            case "quot" -> '"';
            case "apos" -> '\'';
            default -> -1;
        };
    }

    private void emit(int point) {
        if (point >= 0xdc00 && point <= 0xdfff && high != 0) {
            int whole = 0x10000 + ((high - 0xd800) << 10) + (point - 0xdc00);
            high = 0;
            utf8(whole);
            return;
        }
        half();
        if (point >= 0xd800 && point <= 0xdbff) high = point;
        else utf8(point);
    }

    /** What waited for its other half stands alone. */
    private void half() {
        if (high == 0) return;
        int alone = high;
        high = 0;
        utf8(alone);
    }

    private void utf8(int p) {
        byte[] o = new byte[4];
        int n = 0;
        if (p < 0x80) {
            o[n++] = (byte) p;
        } else if (p < 0x800) {
            o[n++] = (byte) (0xc0 | p >> 6);
            o[n++] = (byte) (0x80 | p & 0x3f);
        } else if (p < 0x10000) {
            o[n++] = (byte) (0xe0 | p >> 12);
            o[n++] = (byte) (0x80 | p >> 6 & 0x3f);
            o[n++] = (byte) (0x80 | p & 0x3f);
        } else {
            o[n++] = (byte) (0xf0 | p >> 18);
            o[n++] = (byte) (0x80 | p >> 12 & 0x3f);
            o[n++] = (byte) (0x80 | p >> 6 & 0x3f);
            o[n++] = (byte) (0x80 | p & 0x3f);
        }
        emit(o, n);
    }

    private void emit(byte[] b, int n) {
        if (state == State.VALUE) handler.attribute(attribute, b, 0, n, false);
        else if (!open.isEmpty()) handler.text(b, 0, n);
    }

    private static final byte[] CDATA_END = {']', ']', '>'};

    private int cdata(byte[] b, int from, int to) {
        int i = from;
        if (ending == 0) {
            while (i < to && b[i] != ']') i++;
            if (i > from) handler.text(b, from, i - from);
            if (i == to) return i;
        }
        byte c = b[i];
        if (c == CDATA_END[ending]) {
            if (++ending == 3) {
                ending = 0;
                state = State.TEXT;
            }
            return i + 1;
        }
        if (ending == 2 && c == ']') {
            handler.text(CDATA_END, 0, 1);
            return i + 1;
        }
        handler.text(CDATA_END, 0, ending);
        ending = 0;
        return i;
    }

    private static boolean space(byte c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    private String word() {
        String s = new String(word, 0, size, StandardCharsets.UTF_8);
        size = 0;
        return s;
    }

    private boolean add(byte c) {
        if (size == LONGEST) return false;
        word[size++] = c;
        return true;
    }

    /** One byte of markup. */
    private int step(byte[] b, int i, int start) {
        byte c = b[i];
        switch (state) {
            case TAG -> {
                if (c == '/') state = State.END_NAME;
                else if (c == '!') state = State.MARKUP;
                else if (c == '?') state = State.INSTRUCTION;
                else if (space(c) || c == '<' || c == '>' || c == '=' || c == '&')
                    fail(i, start, "a '<' begins no tag");
                else {
                    state = State.NAME;
                    return i;
                }
                ending = 0;
            }
            case NAME -> {
                if (space(c) || c == '>' || c == '/') {
                    String name = word();
                    if (open.size() == DEEPEST) {
                        fail(i, start, "elements are nested deeper than " + DEEPEST);
                        return i;
                    }
                    any = true;
                    open.push(name);
                    handler.open(name);
                    state = State.IN_TAG;
                    return i;
                }
                if (!add(c)) fail(i, start, "a name is longer than " + LONGEST + " bytes");
            }
            case END_NAME -> {
                if (c == '>') {
                    String name = word().strip();
                    if (open.isEmpty() || !open.peek().equals(name)) {
                        fail(i, start, "an end tag ends nothing");
                        return i;
                    }
                    open.pop();
                    handler.close(name);
                    state = State.TEXT;
                } else if (!add(c)) {
                    fail(i, start, "a name is longer than " + LONGEST + " bytes");
                }
            }
            case IN_TAG -> {
                if (c == '>') {
                    handler.opened();
                    state = State.TEXT;
                } else if (c == '/') {
                    state = State.EMPTY;
                } else if (!space(c)) {
                    state = State.ATTRIBUTE;
                    return i;
                }
            }
            case EMPTY -> {
                if (c != '>') {
                    fail(i, start, "a '/' stands alone in a tag");
                    return i;
                }
                handler.opened();
                handler.close(open.pop());
                state = State.TEXT;
            }
            case ATTRIBUTE -> {
                if (c == '=' || space(c)) {
                    attribute = word();
                    state = State.EQUALS;
                    return i;
                }
                if (c == '>' || c == '/' || c == '<') fail(i, start, "an attribute has no value");
                else if (!add(c)) fail(i, start, "a name is longer than " + LONGEST + " bytes");
            }
            case EQUALS -> {
                if (c == '=') state = State.QUOTE;
                else if (!space(c)) fail(i, start, "an attribute has no value");
            }
            case QUOTE -> {
                if (c == '"' || c == '\'') {
                    quote = c;
                    state = State.VALUE;
                } else if (!space(c)) {
                    fail(i, start, "an attribute's value is not quoted");
                }
            }
            case MARKUP -> markup(c, i, start);
            case COMMENT -> {
                if (c == '>' && ending >= 2) state = State.TEXT;
                ending = c == '-' ? ending + 1 : 0;
            }
            case INSTRUCTION -> {
                if (c == '>' && ending == 1) state = State.TEXT;
                ending = c == '?' ? 1 : 0;
            }
            case DOCTYPE -> {
                if (c == '[') brackets++;
                else if (c == ']') brackets--;
                else if (c == '>' && brackets <= 0) state = State.TEXT;
            }
            default -> throw new IllegalStateException(state.toString());
        }
        return i + 1;
    }

    private void markup(byte c, int i, int start) {
        if (size < LONGEST) add(c);
        if (matches("--")) {
            state = State.COMMENT;
            ending = 0;
        } else if (matches("[CDATA[") && !open.isEmpty()) {
            state = State.CDATA;
            ending = 0;
        } else if (matches("DOCTYPE")) {
            state = State.DOCTYPE;
            brackets = 0;
        } else if (size >= 7) {
            fail(i, start, "an unknown declaration");
        }
        if (state != State.MARKUP) size = 0;
    }

    private boolean matches(String keyword) {
        return Arrays.equals(
                word, 0, size, keyword.getBytes(StandardCharsets.US_ASCII), 0, keyword.length());
    }
}
