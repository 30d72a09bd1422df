package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Locale;

/**
 * Protocol Buffers without their schema, by the <a
 * href="https://protobuf.dev/programming-guides/encoding/">wire format</a>. Fields are called by
 * their numbers ({@code #3}). Whether a field of bytes is a message, a text or something else is
 * told by the bytes: it is a message where all of it reads as one and it is no text. Numbers are
 * looked at as they would be printed.
 *
 * <pre>
 * message: fields;  field: tag (varint) = number &lt;&lt; 3 | wire type, value
 * wire type 0  varint        7 bits a byte, the lowest first; the high bit set where more follow
 *           1  64 bits       little-endian: fixed64, double
 *           2  length (varint), bytes: message, string, bytes, packed numbers
 *           3  group begins, 4 ends
 *           5  32 bits       little-endian: fixed32, float
 * </pre>
 */
final class Protobuf implements Apart, KeySource {
    static final String MEDIA_TYPE = "application/x-protobuf";

    private static final int VARINT = 0,
            BITS64 = 1,
            BYTES = 2,
            GROUP = 3,
            GROUP_END = 4,
            BITS32 = 5;

    /** Messages within messages; a value deeper down is bytes. */
    private static final int NESTING = 32;

    /** Values of bytes that are longer are fed on as they come. */
    private static final int WAITED_FOR = Layer.SEGMENT;

    /**
     * Longest raw digest; bytes that a persona knows are no message, though they may read as one.
     */
    private static final int LONGEST_FORM = 64;

    /** Numbers below are no identifier of their own. */
    private static final long SMALL = 10_000_000;

    /** Highest field number that an unannounced message may have: those of real ones are small. */
    private static final long LIKELY_FIELD = 2047;

    private final Layer layer;
    private String broken = "";

    private final byte[] path = new byte[NESTING * 11];
    private int pathLength;
    private final long[] ends = new long[NESTING];
    private final int[] outside = new int[NESTING];
    private int depth;

    /** Bytes of a long value that are still to come, -1 where none is at hand. */
    private long left = -1;

    /** The double or float before, where the field before was one: half of a place. */
    private String half = "";

    private long halfAt;
    private int halfWidth;

    Protobuf(Layer layer) {
        this.layer = layer;
    }

    @Override
    public void begin(String mediaType, String coding) {
        broken = "";
        pathLength = 0;
        depth = 0;
        left = -1;
        half = "";
    }

    @Override
    public List<String> keys() {
        return layer.u.paths.list(path, pathLength);
    }

    @Override
    public String name() {
        return "protobuf";
    }

    @Override
    public boolean named(String mediaType) {
        return isNamed(mediaType);
    }

    @Override
    public String broken() {
        return broken;
    }

    // ------------------------------------------------------------------------------- what tells it

    static boolean isNamed(String mediaType) {
        if (mediaType.isEmpty()) return false;
        String t = mediaType.toLowerCase(Locale.ROOT);
        return t.contains("protobuf") || t.startsWith("application/x-google-proto");
    }

    /**
     * A message by its type, or where nothing is announced: one that reads as such to its end,
     * holds some text, and little that is neither text, number nor message.
     */
    static boolean begins(byte[] b, int s, int e, boolean complete, String mediaType) {
        if (e == s) return false;
        boolean text = isText(b, s, e, complete);
        // One that is cut is believed by its beginning, where it is no text.
        if (isNamed(mediaType) && text && b[s] != '\n') return false;
        if (isNamed(mediaType)) return new Trial(b, false, complete && text).message(s, e, 0);
        if (e - s < 4 || text) return false;
        Trial t = new Trial(b, true, complete);
        return t.message(s, e, 0) && t.text >= 4 && 4L * t.other <= e - s;
    }

    /** Reads a message and keeps nothing but what its values are. */
    private static final class Trial {
        private final byte[] b;
        private final boolean strict;
        private final boolean complete;
        private int at;

        /** Bytes of texts, and of values that are nothing known. */
        int text;

        int other;

        /**
         * @param strict numbers of fields must be small, groups are not believed
         * @param complete the outermost message ends where it is said to
         */
        Trial(byte[] b, boolean strict, boolean complete) {
            this.b = b;
            this.strict = strict;
            this.complete = complete;
        }

        /** Whether {@code [from, to)} reads as a message. */
        boolean message(int from, int to, int nested) {
            boolean cut = nested == 0 && !complete;
            int groups = 0;
            at = from;
            while (at < to) {
                long tag = varint(to);
                if (tag < 0) return cut && tag == CUT && at > from;
                long number = tag >>> 3;
                if (number == 0 || number > (strict ? LIKELY_FIELD : (1 << 29) - 1)) return false;
                switch ((int) tag & 7) {
                    case VARINT -> {
                        long v = varint(to);
                        if (v == CUT) return cut;
                        if (v == BAD) return false;
                    }
                    case BITS64 -> at += 8;
                    case BITS32 -> at += 4;
                    case BYTES -> {
                        long n = varint(to);
                        if (n == CUT) return cut;
                        if (n < 0 || n > to - at && !cut) return false;
                        if (n > to - at) return true;
                        value(at, (int) (at + n), nested);
                    }
                    case GROUP -> {
                        if (strict || ++groups > NESTING) return false;
                    }
                    case GROUP_END -> {
                        if (--groups < 0) return false;
                    }
                    default -> {
                        return false;
                    }
                }
                if (at > to) return cut;
            }
            return groups == 0 || cut;
        }

        private void value(int from, int to, int nested) {
            if (to > from) {
                if (isText(b, from, to, true) && b[from] != '\n') {
                    text += to - from;
                } else {
                    int before = text;
                    int others = other;
                    if (nested + 1 >= NESTING || !message(from, to, nested + 1)) {
                        boolean t = isText(b, from, to, true);
                        text = before + (t ? to - from : 0);
                        other = others + (t || known(b, from, to) ? 0 : to - from);
                    }
                }
            }
            at = to;
        }

        private static final long CUT = -1, BAD = -2;

        private long varint(int to) {
            long v = 0;
            for (int shift = 0; shift < 70; shift += 7) {
                if (at >= to) return CUT;
                int c = b[at++];
                if (shift < 63) v |= (long) (c & 0x7f) << shift;
                if (c >= 0) return v & Long.MAX_VALUE;
            }
            return BAD;
        }
    }

    private static boolean isText(byte[] b, int from, int to, boolean complete) {
        return (Chars.of(b, from, to) & Chars.CONTROL) == 0 && Chars.isText(b, from, to, complete);
    }

    /** Bytes that another decoder knows by their first ones. */
    private static boolean known(byte[] b, int from, int to) {
        return Gzip.begins(b, from, to)
                || Zstd.begins(b, from, to)
                || Media.begins(b, from, to)
                || Utf16.begins(b, from, to, true);
    }

    private static boolean isMessage(byte[] b, int from, int to, boolean complete) {
        // A line break is also the tag of field 1 as bytes.
        if (isText(b, from, to, complete) && (b[from] != '\n' || !complete)) return false;
        if (known(b, from, to)) return false;
        return new Trial(b, false, complete).message(from, to, 0);
    }

    // -------------------------------------------------------------------------------- taking apart

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (true) {
            if (left >= 0) {
                int n = (int) Math.min(left, to - i);
                layer.feedPart(b, i, i + n);
                i += n;
                left -= n;
                if (left > 0 && !last) return i;
                if (left > 0) broken = "ends inside a field";
                layer.closePart(base + i);
                left = -1;
                leave();
            }
            while (depth > 0 && ends[depth - 1] == base + i) pop();
            if (i == to || !broken.isEmpty()) return i;
            int next = field(b, i, to, base, last);
            if (next == i) return i;
            i = next;
        }
    }

    /** Reads a field; returns its own index where it is not whole and more may come, or broken. */
    private int field(byte[] b, int i, int to, long base, boolean last) {
        long end = depth > 0 && ends[depth - 1] >= 0 ? ends[depth - 1] - base : Long.MAX_VALUE;
        int limit = (int) Math.min(to, end);
        boolean all = last || limit == end;
        int p = i;
        int tagEnd = varintEnd(b, p, limit);
        if (tagEnd < 0) return unfinished(i, tagEnd, all);
        long tag = varint(b, p, tagEnd);
        long number = tag >>> 3;
        int wire = (int) tag & 7;
        if (number == 0 || number >= 1 << 29) return fail(i, "a field has no number");
        p = tagEnd;
        switch (wire) {
            case VARINT -> {
                int e = varintEnd(b, p, limit);
                if (e < 0) return unfinished(i, e, all);
                enter(number);
                integer(varint(b, p, e), base + p, e - p);
                half = "";
                leave();
                return e;
            }
            case BITS64, BITS32 -> {
                int n = wire == BITS64 ? 8 : 4;
                if (limit - p < n) return unfinished(i, -1, all);
                enter(number);
                fixed(b, p, n, base + p);
                leave();
                return p + n;
            }
            case GROUP -> {
                if (depth + 1 >= NESTING) return fail(i, "groups within groups");
                push(number, -1);
                return p;
            }
            case GROUP_END -> {
                if (depth == 0 || ends[depth - 1] >= 0) return fail(i, "a group ends that none is");
                pop();
                return p;
            }
            case BYTES -> {
                half = "";
                int e = varintEnd(b, p, limit);
                if (e < 0) return unfinished(i, e, all);
                long n = varint(b, p, e);
                if (n < 0 || n > end - e) return fail(i, "a field is longer than its message");
                return bytes(b, i, e, n, to, base, last, number);
            }
            default -> {
                return fail(i, "a field has no type");
            }
        }
    }

    private int bytes(
            byte[] b, int i, int p, long n, int to, long base, boolean last, long number) {
        int there = (int) Math.min(n, to - p);
        if (there < n && !last && there < WAITED_FOR) return i;
        boolean whole = there == n;
        // A long one is judged by its beginning, however much of it is there already.
        int judged = Math.min(there, WAITED_FOR);
        if (n > 0
                && depth + 1 < NESTING
                && isMessage(b, p, p + judged, whole && judged == there)
                && !(whole && n <= LONGEST_FORM && layer.isForm(b, p, p + there))) {
            push(number, base + p + n);
            return p;
        }
        enter(number);
        if (whole && n <= WAITED_FOR) {
            int e = p + there;
            if (n > 0) layer.wholePart("protobuf", b, p, e, base + p, this, "", List.of());
            leave();
            return e;
        }
        layer.openPart("protobuf", base + p, this, "", List.of());
        left = n;
        return p;
    }

    private int unfinished(int i, int why, boolean all) {
        if (why < -1) return fail(i, "a number is too long");
        return all ? fail(i, "ends inside a field") : i;
    }

    private int fail(int i, String why) {
        broken = why;
        return i;
    }

    private void enter(long number) {
        outside[depth] = pathLength;
        byte[] name = ("#" + number).getBytes(ISO_8859_1);
        System.arraycopy(name, 0, path, pathLength, name.length);
        pathLength += name.length;
        path[pathLength++] = 0;
    }

    private void leave() {
        pathLength = outside[depth];
    }

    private void push(long number, long end) {
        enter(number);
        ends[depth++] = end;
        half = "";
    }

    private void pop() {
        pathLength = outside[--depth];
        half = "";
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        if (i < to || left < missing) {
            if (left >= 0) layer.closePart(base + i);
            left = -1;
            return false;
        }
        layer.gapPart(missing);
        left -= missing;
        return true;
    }

    // ------------------------------------------------------------------------------------- numbers

    private void integer(long v, long at, int n) {
        if (v >= 0 && v < SMALL) return;
        layer.shown(
                "protobuf",
                "int",
                v < 0 && n == 8 ? Long.toUnsignedString(v) : Long.toString(v),
                at,
                n,
                this);
        // Identifiers of 48 and 64 bits are written in hex: MAC addresses, the Android ID.
        if (v >>> 40 == 0) return;
        String hex = Long.toHexString(v);
        int width = v >>> 48 == 0 ? 12 : 16;
        layer.shown("protobuf", "hex-int", "0".repeat(width - hex.length()) + hex, at, n, this);
    }

    private void fixed(byte[] b, int p, int n, long at) {
        long v = 0;
        for (int k = n - 1; k >= 0; k--) v = v << 8 | b[p + k] & 0xff;
        double d = n == 8 ? Double.longBitsToDouble(v) : Float.intBitsToFloat((int) v);
        boolean real = Math.abs(d) >= 1e-6 && Math.abs(d) < 1e15;
        if (!real) {
            integer(v, at, n);
            half = "";
            return;
        }
        String text = n == 8 ? Double.toString(d) : Float.toString((float) d);
        String name = n == 8 ? "double" : "float";
        // Latitude and longitude stand side by side; one alone says little.
        if (half.isEmpty() || n != halfWidth || Math.abs(d) > 180) {
            layer.shown("protobuf", name, text, at, n, this);
        } else {
            layer.shown("protobuf", name, half + "," + text, halfAt, (int) (at + n - halfAt), this);
        }
        half = Math.abs(d) > 180 ? "" : text;
        halfAt = at;
        halfWidth = n;
        if (v >>> 40 != 0) integer(v, at, n);
    }

    /** Index behind the varint at {@code i}; -1 where it is cut, -2 where it is too long. */
    private static int varintEnd(byte[] b, int i, int to) {
        for (int k = i; k < Math.min(to, i + 10); k++) if (b[k] >= 0) return k + 1;
        return to - i >= 10 ? -2 : -1;
    }

    private static long varint(byte[] b, int i, int end) {
        long v = 0;
        for (int k = end - 1; k >= i; k--) v = v << 7 | b[k] & 0x7f;
        return v;
    }
}
