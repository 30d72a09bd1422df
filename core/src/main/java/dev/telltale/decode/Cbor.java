package dev.telltale.decode;

import java.util.Locale;

/**
 * Concise Binary Object Representation, <a
 * href="https://www.rfc-editor.org/rfc/rfc8949#section-3">RFC 8949 section 3</a>: a head is a major
 * type in three bits and an argument in five, or in the 1, 2, 4 or 8 bytes that follow.
 */
final class Cbor extends ItemHead {
    static boolean named(String mediaType) {
        if (mediaType.isEmpty()) return false;
        String t = mediaType.toLowerCase(Locale.ROOT);
        return t.contains("cbor") || t.startsWith("application/cose");
    }

    /** Lists, maps, tags: what is none of them is hardly ever sent, and begins like text. */
    static boolean mayBeginWith(int c) {
        return c >= 0x80 && c <= 0xdb;
    }

    static boolean begins(byte[] b, int s, int e, boolean complete, String mediaType) {
        if (e == s || !mayBeginWith(b[s] & 0xff)) return false;
        Cbor head = new Cbor();
        if (named(mediaType)) return !Chars.isText(b, s, e, complete) && head.read(b, s, e) > s;
        return head.convinces(b, s, e, complete);
    }

    @Override
    int read(byte[] b, int i, int to) {
        int major = (b[i] & 0xff) >> 5;
        int info = b[i] & 0x1f;
        width = info < 24 ? 0 : info < 28 ? 1 << info - 24 : 0;
        if (info >= 28 && info < 31) return BAD;
        if (to - i - 1 < width) return CUT;
        boolean endless = info == 31;
        value = endless ? ENDLESS : width == 0 ? info : bigEndian(b, i + 1, width);
        int p = i + 1 + width;
        unsigned = false;
        switch (major) {
            case 0 -> {
                if (endless) return BAD;
                kind = Kind.INTEGER;
                unsigned = true;
            }
            case 1 -> {
                if (endless) return BAD;
                kind = Kind.INTEGER;
                value = ~value;
            }
            case 2, 3 -> kind = endless ? Kind.CHUNKS : major == 2 ? Kind.BYTES : Kind.TEXT;
            case 4 -> kind = Kind.LIST;
            case 5 -> kind = Kind.MAP;
            case 6 -> {
                if (endless) return BAD;
                kind = Kind.TAG;
            }
            default -> simple(info);
        }
        if (major >= 2 && major <= 5 && !endless && (value < 0 || value > Integer.MAX_VALUE))
            return BAD;
        return p;
    }

    private void simple(int info) {
        kind = info == 31 ? Kind.BREAK : info >= 25 ? Kind.REAL : Kind.NOTHING;
        switch (info) {
            case 25 -> real = Float.float16ToFloat((short) value);
            case 26 -> real = Float.intBitsToFloat((int) value);
            case 27 -> real = Double.longBitsToDouble(value);
            default -> {}
        }
    }
}
