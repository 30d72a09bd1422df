package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/**
 * Apache Thrift's messages in its <a
 * href="https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md">binary</a>
 * and <a
 * href="https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md">compact</a>
 * protocols, also framed by their length; structures without a message where they are announced.
 * Fields are called by their numbers ({@code #3}), as those of Protocol Buffers are.
 *
 * <pre>
 * binary: 80 01 00, kind (8), length of the name (32), name, sequence (32), fields; all numbers with
 *     the highest byte first; field: type (8), number (16), value; 0 ends
 * compact: 82, kind (3) version (5), sequence (varint), length (varint), name, fields; field: how much
 *     higher its number is (4), type (4), value; numbers zigzag in varints, doubles lowest byte first
 * </pre>
 */
final class Thrift extends Kept {
    private static final int LONGEST = 1 << 20;
    private static final int NAME = 128;
    private static final int HEADER = 10;

    private boolean compact;

    /** Behind the number just read. */
    private int at;

    Thrift(Layer layer) {
        super(layer, "thrift", LONGEST);
    }

    @Override
    public boolean named(String type) {
        return isNamed(type);
    }

    private static boolean isNamed(String type) {
        return !type.isEmpty() && type.toLowerCase(Locale.ROOT).contains("thrift");
    }

    /** A message of either protocol, maybe behind its length; or what is announced. */
    static boolean begins(byte[] b, int s, int e, boolean complete, String type) {
        if (e - s < HEADER) return false;
        if (message(b, s, e) || isFrame(b, s, e, complete) && message(b, s + 4, e)) return true;
        return isNamed(type) && !Chars.isText(b, s, e, false);
    }

    private static boolean isFrame(byte[] b, int s, int e, boolean complete) {
        long n = big(b, s, 4);
        return e - s >= 4 + HEADER && n >= HEADER && (complete ? n <= e - s - 4 : n < LONGEST);
    }

    private static boolean message(byte[] b, int s, int e) {
        if (b[s] == (byte) 0x80) {
            if (b[s + 1] != 1 || b[s + 2] != 0 || b[s + 3] < 1 || b[s + 3] > 4) return false;
            long n = big(b, s + 4, 4);
            return n > 0 && n <= NAME && isName(b, s + 8, (int) Math.min(e, s + 8 + n));
        }
        if (b[s] != (byte) 0x82 || (b[s + 1] & 0x1f) != 1 || (b[s + 1] & 0xe0) == 0) return false;
        int p = s + 2;
        while (p < e && b[p] < 0) p++;
        p++;
        return p + 1 < e && b[p] > 0 && isName(b, p + 1, Math.min(e, p + 1 + b[p]));
    }

    private static boolean isName(byte[] b, int from, int to) {
        for (int p = from; p < to; p++) {
            int c = Chars.of(b[p]);
            if ((c & (Chars.LETTER | Chars.HEX_LETTER | Chars.DIGIT | Chars.URL)) == 0
                    && b[p] != '.'
                    && b[p] != ':') return false;
        }
        return to > from;
    }

    @Override
    String takeApart() {
        int p = 0;
        while (p < length) {
            if (length - p > 4 && isFrame(b, p, length, true) && message(b, p + 4, length)) {
                tell(p, p + 4);
                p += 4;
            }
            boolean message = length - p >= HEADER && message(b, p, length);
            if (!message && p > 0) return "no message begins so";
            if (message) p = header(p);
            else compact = mediaType.toLowerCase(Locale.ROOT).contains("compact");
            p = p < 0 ? -1 : struct(p, 0);
            if (p < 0) return "ends inside a message";
        }
        return "";
    }

    private int header(int p) {
        compact = b[p] == (byte) 0x82;
        if (!compact) {
            int end = (int) (p + 12 + big(b, p + 4, 4));
            if (end > length) return -1;
            tell(p, p + 8);
            tell(end - 4, end);
            return end;
        }
        tell(p, p + 2);
        at = p + 2;
        if (varint() < 0) return -1;
        int n = at;
        long size = varint();
        tell(p, at);
        return size < 0 || size > length - n ? -1 : (int) (at + size);
    }

    /** A number of seven bits a byte, the lowest first; -1 where it is cut or has more than 63. */
    private long varint() {
        long v = 0;
        for (int shift = 0; shift < 64 && at < length; shift += 7) {
            int c = b[at++];
            v |= (long) (c & 0x7f) << shift;
            if (c >= 0) return shift == 63 ? -2 : v;
        }
        return -1;
    }

    /** Index behind the structure at {@code p}, or -1. */
    private int struct(int p, int depth) {
        if (depth == NESTING) return -1;
        numbers.none();
        int id = 0;
        while (p < length) {
            int head = b[p] & 0xff;
            tell(p, p + 1);
            if (head == 0) return p + 1;
            int type = compact ? head & 15 : head;
            p++;
            if (!compact) {
                if (length - p < 2) return -1;
                id = (short) big(b, p, 2);
                tell(p, p + 2);
                p += 2;
            } else if (head >> 4 == 0) {
                at = p;
                long z = varint();
                if (z < 0) return -1;
                tell(p, at);
                id = (int) (z >>> 1 ^ -(z & 1));
                p = at;
            } else {
                id += head >> 4;
            }
            int before = enter("#" + id);
            p = compact && type <= 2 ? p : value(type, p, depth);
            leave(before);
            if (p < 0) return -1;
        }
        return -1;
    }

    private int value(int type, int p, int depth) {
        return compact ? compactValue(type, p, depth) : binaryValue(type, p, depth);
    }

    private int binaryValue(int type, int p, int depth) {
        int there = length - p;
        switch (type) {
            case 2, 3 -> {
                numbers.none();
                return there < 1 ? -1 : p + 1;
            }
            case 4 -> {
                if (there < 8) return -1;
                real("-be", Double.longBitsToDouble(big(b, p, 8)), p, 8);
                return p + 8;
            }
            case 6, 8, 10 -> {
                int n = type == 6 ? 2 : type == 8 ? 4 : 8;
                if (there < n) return -1;
                integer("-be", signed(b, p, n), false, p, n);
                return p + n;
            }
            case 11 -> {
                if (there < 4) return -1;
                long n = big(b, p, 4);
                tell(p, p + 4);
                bytes(p + 4, (int) Math.min(length, p + 4 + n));
                return n > there - 4 ? -1 : (int) (p + 4 + n);
            }
            case 12 -> {
                return struct(p, depth + 1);
            }
            case 13 -> {
                if (there < 6) return -1;
                long n = big(b, p + 2, 4);
                tell(p, p + 6);
                return map(b[p], b[p + 1], n, p + 6, depth);
            }
            case 14, 15 -> {
                if (there < 5) return -1;
                long n = big(b, p + 1, 4);
                tell(p, p + 5);
                return list(b[p], n, p + 5, depth);
            }
            default -> {
                return -1;
            }
        }
    }

    private int compactValue(int type, int p, int depth) {
        switch (type) {
            case 1, 2, 3 -> {
                numbers.none();
                return length - p < 1 ? -1 : p + 1;
            }
            case 4, 5, 6 -> {
                at = p;
                long z = varint();
                if (z == -1) return -1;
                // Of 64 bits the highest is beyond what is told apart here.
                if (z >= 0) integer("-zigzag", z >>> 1 ^ -(z & 1), false, p, at - p);
                return at;
            }
            case 7 -> {
                if (length - p < 8) return -1;
                real("-le", Double.longBitsToDouble(little(b, p, 8)), p, 8);
                return p + 8;
            }
            case 8 -> {
                at = p;
                long n = varint();
                if (n < 0) return -1;
                tell(p, at);
                bytes(at, (int) Math.min(length, at + n));
                return n > length - at ? -1 : (int) (at + n);
            }
            case 9, 10 -> {
                if (p >= length) return -1;
                int element = b[p] & 15;
                long n = (b[p] & 0xff) >> 4;
                at = p + 1;
                if (n == 15) n = varint();
                tell(p, at);
                return list(element, n, at, depth);
            }
            case 11 -> {
                at = p;
                long n = varint();
                if (n < 0) return -1;
                tell(p, at);
                if (n == 0) return at;
                if (at >= length) return -1;
                int types = b[at] & 0xff;
                tell(at, at + 1);
                return map(types >> 4, types & 15, n, at + 1, depth);
            }
            case 12 -> {
                return struct(p, depth + 1);
            }
            default -> {
                return -1;
            }
        }
    }

    private int list(int type, long n, int p, int depth) {
        if (n < 0 || depth + 1 >= NESTING) return -1;
        int before = enter("[]");
        numbers.none();
        for (long k = 0; k < n && p >= 0; k++) p = value(type, p, depth + 1);
        leave(before);
        return p;
    }

    private int map(int keyType, int valueType, long n, int p, int depth) {
        if (n < 0 || depth + 1 >= NESTING) return -1;
        for (long k = 0; k < n && p >= 0; k++) {
            int before = enter("key");
            int q = value(keyType, p, depth + 1);
            leave(before);
            if (q < 0) return -1;
            int text = compact ? 8 : 11;
            int head = compact ? 1 : 4;
            String name = "[]";
            if (keyType == text && q - p > head && q - p < NAME)
                name = new String(b, p + head, q - p - head, ISO_8859_1);
            before = enter(name);
            p = value(valueType, q, depth + 1);
            leave(before);
        }
        return p;
    }
}
