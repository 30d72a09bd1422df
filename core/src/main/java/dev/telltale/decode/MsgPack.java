package dev.telltale.decode;

import java.util.Locale;

/**
 * MessagePack, by its <a href="https://github.com/msgpack/msgpack/blob/master/spec.md">format</a>:
 * the first byte holds a small value or names a type, whose length or number follows.
 */
final class MsgPack extends ItemHead {
    static boolean named(String mediaType) {
        if (mediaType.isEmpty()) return false;
        String t = mediaType.toLowerCase(Locale.ROOT);
        return t.contains("msgpack") || t.contains("messagepack");
    }

    /** All but small numbers, which text begins with, too. */
    static boolean mayBeginWith(int c) {
        return c >= 0x80 && c < 0xe0;
    }

    static boolean begins(byte[] b, int s, int e, boolean complete, String mediaType) {
        if (e == s || !mayBeginWith(b[s] & 0xff)) return false;
        MsgPack head = new MsgPack();
        if (named(mediaType)) return !Chars.isText(b, s, e, complete) && head.read(b, s, e) > s;
        int c = b[s] & 0xff;
        return (c < 0xa0 || c >= 0xdc) && head.convinces(b, s, e, complete);
    }

    @Override
    int read(byte[] b, int i, int to) {
        int c = b[i] & 0xff;
        width = 0;
        unsigned = c < 0xd0;
        if (c < 0x80 || c >= 0xe0) return is(Kind.INTEGER, (byte) c, i + 1);
        if (c < 0x90) return is(Kind.MAP, c & 15, i + 1);
        if (c < 0xa0) return is(Kind.LIST, c & 15, i + 1);
        if (c < 0xc0) return is(Kind.TEXT, c & 31, i + 1);
        width =
                switch (c) {
                    case 0xc4, 0xc7, 0xcc, 0xd0, 0xd9 -> 1;
                    case 0xc5, 0xc8, 0xcd, 0xd1, 0xda, 0xdc, 0xde -> 2;
                    case 0xc6, 0xc9, 0xca, 0xce, 0xd2, 0xdb, 0xdd, 0xdf -> 4;
                    case 0xcb, 0xcf, 0xd3 -> 8;
                    default -> 0;
                };
        // The type of an extension stands before its bytes.
        int type = c >= 0xc7 && c <= 0xc9 || c >= 0xd4 && c <= 0xd8 ? 1 : 0;
        int p = i + 1 + width + type;
        if (c == 0xc1) return BAD;
        if (p > to) return CUT;
        long v = bigEndian(b, i + 1, width);
        return switch (c) {
            case 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9 -> is(Kind.BYTES, v, p);
            case 0xca -> {
                real = Float.intBitsToFloat((int) v);
                yield is(Kind.REAL, v, p);
            }
            case 0xcb -> {
                real = Double.longBitsToDouble(v);
                yield is(Kind.REAL, v, p);
            }
            case 0xcc, 0xcd, 0xce, 0xcf -> is(Kind.INTEGER, v, p);
            case 0xd0, 0xd1, 0xd2, 0xd3 ->
                    is(Kind.INTEGER, v << 64 - 8 * width >> 64 - 8 * width, p);
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> is(Kind.BYTES, 1L << c - 0xd4, p);
            case 0xd9, 0xda, 0xdb -> is(Kind.TEXT, v, p);
            case 0xdc, 0xdd -> is(Kind.LIST, v, p);
            case 0xde, 0xdf -> is(Kind.MAP, v, p);
            default -> is(Kind.NOTHING, 0, p);
        };
    }

    private int is(Kind what, long v, int end) {
        kind = what;
        value = v;
        boolean sized = what != Kind.INTEGER && what != Kind.REAL;
        return sized && v > Integer.MAX_VALUE ? BAD : end;
    }
}
