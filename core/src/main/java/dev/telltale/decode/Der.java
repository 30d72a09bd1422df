package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * ASN.1 in DER (<a href="https://www.itu.int/rec/T-REC-X.690">X.690</a>): certificates, keys,
 * signed data and their like. A value is called by the object identifier before it and by the
 * numbers of the tags around it.
 *
 * <pre>
 * tag (8): class (2), 1 where values are within, number (5; 31 where it follows, 7 bits a byte)
 * length: below 128 itself (8), else 128 and how many bytes of it follow; content
 * </pre>
 */
final class Der extends Kept {
    private static final int LONGEST = 1 << 20;
    private static final int SHORTEST = 8;

    private static final int SEQUENCE = 0x30;

    Der(Layer layer) {
        super(layer, "der", LONGEST);
    }

    @Override
    public boolean named(String type) {
        return isNamed(type);
    }

    private static boolean isNamed(String type) {
        return type.startsWith("application/pkix-")
                || type.startsWith("application/pkcs")
                || type.startsWith("application/x-x509")
                || type.startsWith("application/x-pkcs")
                || type.startsWith("application/ocsp-")
                || type.startsWith("application/timestamp-");
    }

    /** A sequence as long as it says, of values that are. */
    static boolean begins(byte[] b, int s, int e, boolean complete) {
        if (e - s < SHORTEST || b[s] != SEQUENCE) return false;
        int from = content(b, s, e);
        long end = from < 0 ? -1 : from + size(b, s, from);
        if (end < 0 || (complete ? end != e : end < e || end - s > LONGEST)) return false;
        if (Chars.isText(b, s, Math.min(e, s + SHORTEST), false)) return false;
        if (!complete && (from == e || !isCommon(b[from]))) return false;
        return reads(b, from, (int) Math.min(end, e), complete, 0);
    }

    /** Number, bits, bytes, identifier, text, sequence, set, or the first of a tag of its own. */
    private static boolean isCommon(byte tag) {
        return tag >= 2 && tag <= 6
                || tag == 12
                || tag == 19
                || tag == 22
                || tag == 0x30
                || tag == 0x31
                || tag == (byte) 0xa0;
    }

    /** Whether values follow each other up to {@code to}, which may be cut off. */
    private static boolean reads(byte[] b, int p, int to, boolean complete, int depth) {
        if (depth > 8) return true;
        while (p < to) {
            if (b[p] == 0) return false;
            int from = content(b, p, to);
            if (from < 0) return !complete;
            long n = size(b, p, from);
            if (n > to - from && complete) return false;
            int end = (int) Math.min(to, from + n);
            if ((b[p] & 0x20) != 0 && !reads(b, from, end, complete, depth + 1)) return false;
            p = end;
        }
        return true;
    }

    /** Index behind the tag and length at {@code p}, or -1. */
    private static int content(byte[] b, int p, int to) {
        int q = p + 1;
        if ((b[p] & 0x1f) == 0x1f) {
            while (q < to && b[q] < 0) q++;
            q++;
        }
        if (q >= to) return -1;
        int more = b[q] >= 0 ? 0 : b[q] & 0x7f;
        if (more > 4 || b[q] == (byte) 0x80 || q + 1 + more > to) return -1;
        return q + 1 + more;
    }

    private static long size(byte[] b, int p, int from) {
        int q = p + 1;
        if ((b[p] & 0x1f) == 0x1f) {
            while (b[q] < 0) q++;
            q++;
        }
        return b[q] >= 0 ? b[q] : big(b, q + 1, from - q - 1);
    }

    @Override
    String takeApart() {
        return values(0, length, 0) ? "" : "a value that is none";
    }

    private boolean values(int p, int to, int depth) {
        int names = 0;
        int before = 0;
        boolean good = true;
        while (p < to) {
            int from = content(b, p, to);
            if (from < 0) {
                good = false;
                break;
            }
            long n = size(b, p, from);
            boolean whole = n <= to - from;
            int end = whole ? (int) (from + n) : to;
            tell(p, from);
            int tag = b[p] & 0xff;
            if (tag == 6) {
                if (names++ > 0) leave(before);
                before = enter(oid(from, end));
                tell(from, end);
            } else {
                int outside = (tag & 0xc0) == 0x80 ? enter("#" + (tag & 0x1f)) : -1;
                if (!value(tag, from, end, depth)) good = false;
                if (outside >= 0) leave(outside);
            }
            if (!whole) good = false;
            if (!good) break;
            p = end;
        }
        if (names > 0) leave(before);
        return good;
    }

    private boolean value(int tag, int from, int to, int depth) {
        if ((tag & 0x20) != 0) return depth + 1 < NESTING && values(from, to, depth + 1);
        switch (tag) {
            case 2, 10 -> {
                int n = to - from;
                if (n > 9) {
                    bytes(from, to);
                } else if (n == 9 && b[from] == 0) {
                    integer("-be", big(b, from + 1, 8), true, from + 1, 8);
                    tell(from, to);
                } else if (n < 9) {
                    integer("-be", signed(b, from, n), false, from, n);
                }
            }
            case 3 -> {
                tell(from, Math.min(to, from + 1));
                bytes(Math.min(to, from + 1), to);
            }
            case 30 -> {
                tell(from, to);
                byte[] plain = new String(b, from, to - from, UTF_16BE).getBytes(UTF_8);
                layer.recoded("der", "utf-16be", plain, offset(from), to - from, this);
            }
            default -> bytes(from, to);
        }
        return true;
    }

    private String oid(int p, int to) {
        StringBuilder s = new StringBuilder();
        long v = 0;
        for (; p < to && s.length() < 60; p++) {
            v = v << 7 | b[p] & 0x7f;
            if (b[p] < 0) continue;
            if (s.isEmpty())
                s.append(Math.min(v / 40, 2)).append('.').append(v - 40 * Math.min(v / 40, 2));
            else s.append('.').append(v);
            v = 0;
        }
        return s.toString();
    }
}
