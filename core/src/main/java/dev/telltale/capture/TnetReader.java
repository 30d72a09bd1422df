package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads tnetstrings from a source, one after the other, within bounded memory. A value's type
 * stands behind it, so what is too long to keep, or cut, is taken for what its key says.
 */
final class TnetReader {
    /** Lengths have at most so many digits; mitmproxy's own bound. */
    private static final int DIGITS = 12;

    private static final int DEEPEST = 24;

    /** Values of one top-level value. */
    private static final int MOST_VALUES = 1_000_000;

    private static final int BUFFER = 256 << 10;
    private static final byte[] NONE = {};

    /** So short values are kept apart from the others, so that a long one costs no other. */
    private static final int SHORT = 1024;

    private static final long MOST_SHORT = 8 << 20;

    private final ByteSource source;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int limit;

    /** Offset in the file of {@code buffer[0]}. */
    private long base;

    private final int keep;
    private final Set<String> dictionaries;
    private final Set<String> lists;
    private final Set<String> far;

    // Of the top-level value being read.
    private long room;
    private long shortRoom;
    private int values;
    private boolean overflow;
    private boolean stopped;
    private String problem = "";
    private long problemAt;

    /**
     * @param keep longest value kept; four times as much is kept of one top-level value
     * @param dictionaries keys whose values are dictionaries
     * @param lists keys whose values are lists
     * @param far keys whose values are looked for again where they were too long to keep
     */
    TnetReader(
            ByteSource source,
            int keep,
            Set<String> dictionaries,
            Set<String> lists,
            Set<String> far) {
        this.source = source;
        this.keep = keep;
        this.dictionaries = dictionaries;
        this.lists = lists;
        this.far = far;
    }

    /** True where {@code head} begins a dictionary whose first key is a word. */
    static boolean recognizes(byte[] head) {
        int at = 0;
        long outer = 0;
        while (at < head.length && at <= DIGITS && digit(head[at]))
            outer = outer * 10 + head[at++] - '0';
        if (at == 0 || at >= head.length || head[at++] != ':') return false;
        int from = at;
        int key = 0;
        while (at < head.length && at - from < 3 && digit(head[at]))
            key = key * 10 + head[at++] - '0';
        if (at == from
                || key < 2
                || key > 64
                || key >= outer
                || at + key + 1 >= head.length
                || head[at++] != ':') return false;
        for (int i = at; i < at + key; i++)
            if (!(head[i] >= 'a' && head[i] <= 'z' || head[i] == '_')) return false;
        return head[at + key] == ',' || head[at + key] == ';';
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    long position() {
        return base + at;
    }

    private boolean fill() {
        base += limit;
        at = 0;
        limit = Math.max(0, source.read(buffer, 0, buffer.length));
        return limit > 0;
    }

    boolean ended() {
        return at == limit && !fill();
    }

    private int next() {
        return ended() ? -1 : buffer[at++] & 0xff;
    }

    /**
     * Moves on by {@code n} bytes; false where the source ends before, or where that lies behind
     * already.
     */
    private boolean skip(long n) {
        if (n < 0) return false;
        long left = n;
        while (left > limit - at) {
            left -= limit - at;
            at = limit;
            if (!fill()) return false;
        }
        at += (int) left;
        return true;
    }

    private byte[] take(int n) {
        byte[] b = n == 0 ? NONE : new byte[Math.min(n, BUFFER)];
        int size = 0;
        while (size < n && !ended()) {
            // Grows as bytes come: a length is a claim.
            if (size == b.length) b = Arrays.copyOf(b, (int) Math.min(n, 2L * b.length));
            int part = Math.min(b.length - size, limit - at);
            System.arraycopy(buffer, at, b, size, part);
            at += part;
            size += part;
        }
        return size == b.length ? b : Arrays.copyOf(b, size);
    }

    /**
     * What was wrong with the value read last, empty where nothing; {@link #problemAt} says where.
     */
    String problem() {
        return problem;
    }

    long problemAt() {
        return problemAt;
    }

    /** The value read last held more values than are looked at, or more bytes than are kept. */
    boolean overflow() {
        return overflow;
    }

    /** Nothing can be read after the value read last: it did not end where it said. */
    boolean stopped() {
        return stopped;
    }

    private void wrong(long where, String what) {
        if (!problem.isEmpty()) return;
        problem = what;
        problemAt = where;
    }

    /**
     * The next top-level dictionary, as far as it follows the format; after {@link #ended} said no.
     */
    Tnet.Fields dictionary() {
        room = 4L * keep;
        shortRoom = MOST_SHORT;
        values = 0;
        overflow = false;
        problem = "";
        long n = length();
        if (n < 0) {
            stopped = true;
            return Tnet.NO_FIELDS;
        }
        long end = position() + n;
        Map<String, Tnet> fields = new LinkedHashMap<>();
        if (n <= keep) {
            room -= n;
            long start = position();
            byte[] b = take((int) n);
            new Memory(b, start).fields(0, (int) n, fields, 0);
        } else {
            stream(end, fields, 0);
        }
        if (!skip(end - position())) {
            wrong(position(), "it ends inside a value");
            stopped = true;
        } else {
            int type = next();
            if (type == '}') return new Tnet.Fields(fields);
            wrong(position(), type < 0 ? "it ends inside a value" : "a flow is no dictionary");
            stopped = true;
        }
        return new Tnet.Fields(fields);
    }

    /** Length and colon; -1 where there is none. */
    private long length() {
        long start = position();
        long n = 0;
        for (int i = 0; i <= DIGITS; i++) {
            int c = next();
            if (c == ':' && i > 0) return n;
            if (c < '0' || c > '9' || i == DIGITS) {
                wrong(start, c < 0 ? "it ends inside a length" : "a length is no number");
                return -1;
            }
            n = n * 10 + (c - '0');
        }
        return -1;
    }

    /** Fields of a dictionary too long to keep whole; ends behind the last one it could read. */
    private void stream(long end, Map<String, Tnet> fields, int depth) {
        while (position() < end && problem.isEmpty()) {
            long keyLength = length();
            if (keyLength < 0) return;
            if (keyLength > 256) {
                wrong(position(), "a key is " + keyLength + " bytes long");
                return;
            }
            String key = new String(take((int) keyLength), StandardCharsets.UTF_8);
            int type = next();
            if (type != ',' && type != ';') {
                wrong(position(), type < 0 ? "it ends inside a value" : "a key is no text");
                return;
            }
            long n = length();
            if (n < 0) return;
            long at = position();
            if (n > end - at - 1) {
                wrong(at, "a value is longer than what holds it");
                return;
            }
            if (++values > MOST_VALUES) {
                overflow = true;
                return;
            }
            if (n <= Math.min(keep, room) || n <= Math.min(SHORT, shortRoom)) {
                if (n <= SHORT) shortRoom -= n;
                else room -= n;
                byte[] b = take((int) n);
                int tag = next();
                fields.put(
                        key,
                        new Memory(b, at).value(0, (int) n, tag < 0 ? guess(key) : tag, depth + 1));
                if (tag < 0) wrong(position(), "it ends inside a value");
            } else if (dictionaries.contains(key) && depth < DEEPEST) {
                Map<String, Tnet> inner = new LinkedHashMap<>();
                stream(at + n, inner, depth + 1);
                fields.put(key, new Tnet.Fields(inner));
                if (!skip(at + n - position()) || next() < 0)
                    wrong(position(), "it ends inside a value");
            } else {
                if (!far.contains(key)) overflow = true;
                fields.put(key, new Tnet.Far(at, n));
                if (!skip(n) || next() < 0) wrong(position(), "it ends inside a value");
            }
        }
    }

    private int guess(String key) {
        return dictionaries.contains(key) ? '}' : lists.contains(key) ? ']' : ',';
    }

    /** A whole value in memory, or the first bytes of one. */
    private final class Memory {
        private final byte[] b;
        private final long base;

        /**
         * @param base offset in the file of {@code b[0]}
         */
        Memory(byte[] b, long base) {
            this.b = b;
            this.base = base;
        }

        private void cut() {
            wrong(base + b.length, "it ends inside a value");
        }

        /** The payload at {@code [from, to)}, of which the end may be beyond the array. */
        Tnet value(int from, int to, int type, int depth) {
            int end = Math.min(to, b.length);
            return switch (type) {
                case ',', ';' ->
                        new Tnet.Chars(b, from, Math.max(0, end - from), to - Math.max(from, end));
                case '#', '^' ->
                        new Tnet.Number(
                                new String(
                                        b,
                                        from,
                                        Math.min(64, Math.max(0, end - from)),
                                        StandardCharsets.ISO_8859_1));
                case '!' -> new Tnet.Flag(end - from == 4 && b[from] == 't');
                case '~' -> Tnet.NOTHING;
                case ']' -> {
                    List<Tnet> items = new ArrayList<>();
                    if (admits(from, depth)) items(from, to, items, depth);
                    yield new Tnet.Items(items);
                }
                case '}' -> {
                    Map<String, Tnet> inner = new LinkedHashMap<>();
                    if (admits(from, depth)) fields(from, to, inner, depth);
                    yield new Tnet.Fields(inner);
                }
                default -> {
                    wrong(base + to, "a value has the unknown type " + type);
                    yield Tnet.NOTHING;
                }
            };
        }

        private boolean admits(int from, int depth) {
            if (depth < DEEPEST) return true;
            wrong(base + from, "values are nested deeper than " + DEEPEST);
            return false;
        }

        private int at;
        private int stop;

        void items(int from, int to, List<Tnet> items, int depth) {
            int i = from;
            while (i < to && problem.isEmpty()) {
                if (!header(i, to)) return;
                int start = at;
                int end = stop;
                int tag = end < b.length ? b[end] & 0xff : ',';
                if (end >= b.length) cut();
                items.add(value(start, end, tag, depth + 1));
                i = end + 1;
            }
        }

        void fields(int from, int to, Map<String, Tnet> fields, int depth) {
            int i = from;
            while (i < to && problem.isEmpty()) {
                if (!header(i, to)) return;
                if (stop >= b.length) {
                    cut();
                    return;
                }
                if (b[stop] != ',' && b[stop] != ';') {
                    wrong(base + stop, "a key is no text");
                    return;
                }
                String key = new String(b, at, Math.min(stop - at, 256), StandardCharsets.UTF_8);
                i = stop + 1;
                if (!header(i, to)) return;
                int start = at;
                int end = stop;
                int tag = end < b.length ? b[end] & 0xff : guess(key);
                Tnet v = value(start, end, tag, depth + 1);
                if (end >= b.length) cut();
                fields.put(key, v);
                i = end + 1;
            }
        }

        /**
         * Reads length and colon at {@code i}; the payload is {@code [at, stop)}, its type at
         * {@code stop} before {@code to}.
         */
        private boolean header(int i, int to) {
            long n = 0;
            int k = i;
            while (k < b.length && k < to && k - i < DIGITS && digit(b[k]))
                n = n * 10 + b[k++] - '0';
            if (k >= b.length && k < to) {
                cut();
                return false;
            }
            if (k == i || k >= to || b[k] != ':') {
                wrong(base + i, "a length is no number");
                return false;
            }
            k++;
            if (n > to - k - 1L) {
                wrong(base + i, "a value is longer than what holds it");
                return false;
            }
            if (++values > MOST_VALUES) {
                overflow = true;
                return false;
            }
            at = k;
            stop = k + (int) n;
            return true;
        }
    }

    /** Takes what {@link #list} finds. */
    interface ListSink {
        void item(List<Tnet> fields);

        /**
         * An item whose value number {@code fields.size()} is too long to keep; {@code piece}
         * follows with its bytes.
         */
        void longItem(List<Tnet> fields);

        void piece(byte[] bytes, int from, int length);

        void longItemEnd();
    }

    /**
     * Reads the items, themselves lists, of a list whose payload of {@code length} bytes the source
     * begins with.
     */
    void list(long length, ListSink sink) {
        problem = "";
        long end = position() + length;
        while (position() < end && problem.isEmpty()) {
            room = 4L * keep;
            values = 0;
            long n = length();
            if (n < 0) return;
            long itemAt = position();
            if (n > end - itemAt - 1) {
                wrong(itemAt, "a value is longer than what holds it");
                return;
            }
            if (n <= keep) {
                byte[] b = take((int) n);
                List<Tnet> fields = new ArrayList<>();
                new Memory(b, itemAt).items(0, (int) n, fields, 1);
                sink.item(fields);
            } else {
                longItem(itemAt + n, sink);
            }
            if (!skip(itemAt + n - position()) || next() < 0)
                wrong(position(), "it ends inside a value");
        }
    }

    private void longItem(long end, ListSink sink) {
        List<Tnet> fields = new ArrayList<>();
        while (position() < end && fields.size() < 16) {
            long n = length();
            if (n < 0) return;
            long at = position();
            if (n > end - at - 1) {
                wrong(at, "a value is longer than what holds it");
                return;
            }
            if (n > keep) {
                sink.longItem(fields);
                long left = n;
                while (left > 0 && !ended()) {
                    int part = (int) Math.min(left, limit - this.at);
                    sink.piece(buffer, this.at, part);
                    this.at += part;
                    left -= part;
                }
                sink.longItemEnd();
                return;
            }
            byte[] b = take((int) n);
            int tag = next();
            if (tag < 0) return;
            fields.add(new Memory(b, at).value(0, (int) n, tag, 1));
        }
        sink.item(fields);
    }
}
