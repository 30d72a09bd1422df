package dev.telltale.decode;

import java.util.Locale;

/**
 * <a href="https://bsonspec.org/spec.html">BSON</a>: documents of named elements, all numbers with
 * their lowest byte first. Several documents may follow each other.
 *
 * <pre>
 * document: length of all of it (32), elements, 0
 * element: type (8), name, 0, value: 1 double, 2 text: length with its zero (32); 3 document, 4 list,
 *     5 bytes: length (32), kind (8); 7 id (12 bytes), 8 boolean, 9 time (64), 16 int32, 18 int64, ...
 * </pre>
 */
final class Bson extends Kept {
    private static final int LONGEST = 1 << 22;

    /** Longer names are not believed where nothing is announced. */
    private static final int NAME = 64;

    Bson(Layer layer) {
        super(layer, "bson", LONGEST);
    }

    @Override
    public boolean named(String type) {
        return isNamed(type);
    }

    private static boolean isNamed(String type) {
        return !type.isEmpty() && type.toLowerCase(Locale.ROOT).contains("bson");
    }

    /** A document as long as it says, whose first element has a type and a name. */
    static boolean begins(byte[] b, int s, int e, boolean complete, String type) {
        if (e - s < 5) return false;
        long n = little(b, s, 4);
        if (n < 5 || n > LONGEST) return false;
        if (isNamed(type)) return b[s + 4] >= 0 && b[s + 4] <= 19;
        if (e - s < 12 || (complete ? n != e - s || b[e - 1] != 0 : n < e - s)) return false;
        int element = b[s + 4];
        if (element < 1 || element > 19) return false;
        int z = s + 5;
        while (z < Math.min(e, s + NAME) && b[z] != 0) z++;
        return z > s + 5 && z < e && b[z] == 0 && Chars.isText(b, s + 5, z, true);
    }

    @Override
    String takeApart() {
        for (int p = 0; p < length; ) {
            int end = document(p, length, 0, false);
            if (end < 0) return "a document that is none";
            p = end;
        }
        return "";
    }

    /** Index behind the document at {@code p}, or -1 where it breaks off. */
    private int document(int p, int to, int depth, boolean list) {
        if (to - p < 5 || depth == NESTING) return -1;
        long n = little(b, p, 4);
        if (n < 5) return -1;
        // Of one that is cut, what is there is read.
        int end = (int) Math.min(to, p + n);
        tell(p, p + 4);
        p += 4;
        while (p < end) {
            int type = b[p++];
            if (type == 0) return p == end ? end : -1;
            int z = p;
            while (z < end && b[z] != 0) z++;
            if (z == end) return -1;
            int before = list ? enter("[]") : enter(p, z);
            // A name is no value, and is searched with what is left.
            tell(p - 1, p);
            tell(z, z + 1);
            if (list) tell(p, z);
            p = value(type, z + 1, end, depth);
            leave(before);
            if (p < 0) return -1;
        }
        return -1;
    }

    private int value(int type, int p, int end, int depth) {
        int there = end - p;
        switch (type) {
            case 1 -> {
                if (there < 8) return -1;
                real("-le", Double.longBitsToDouble(little(b, p, 8)), p, 8);
                return p + 8;
            }
            case 2, 13, 14, 5 -> {
                int head = type == 5 ? 5 : 4;
                if (there < head) return -1;
                long n = little(b, p, 4);
                if (n < (type == 5 ? 0 : 1)) return -1;
                int from = p + head;
                boolean whole = n <= there - head;
                int to = whole ? (int) (from + n) : end;
                tell(p, from);
                if (whole && type != 5) tell(to - 1, to);
                bytes(from, whole && type != 5 ? to - 1 : to);
                return whole ? to : -1;
            }
            case 3, 4 -> {
                return document(p, end, depth + 1, type == 4);
            }
            case 6, 10, -1, 127 -> {
                numbers.none();
                return p;
            }
            case 7 -> {
                if (there < 12) return -1;
                bytes(p, p + 12);
                return p + 12;
            }
            case 8 -> {
                numbers.none();
                return there < 1 ? -1 : p + 1;
            }
            case 9, 17, 18 -> {
                if (there < 8) return -1;
                integer("-le", little(b, p, 8), false, p, 8);
                return p + 8;
            }
            case 16 -> {
                if (there < 4) return -1;
                integer("-le", (int) little(b, p, 4), false, p, 4);
                return p + 4;
            }
            case 11 -> {
                int z = p;
                for (int k = 0; k < 2; k++) {
                    while (z < end && b[z] != 0) z++;
                    if (z == end) return -1;
                    z++;
                }
                return z;
            }
            case 12 -> {
                if (there < 4) return -1;
                long n = little(b, p, 4);
                return n < 1 || n > there - 16 ? -1 : (int) (p + 16 + n);
            }
            case 15 -> {
                if (there < 4) return -1;
                long n = little(b, p, 4);
                return n < 14 || n > there ? -1 : (int) (p + n);
            }
            case 19 -> {
                return there < 16 ? -1 : p + 16;
            }
            default -> {
                return -1;
            }
        }
    }
}
