package dev.telltale.decode;

/** Classes of bytes, so that one pass over a text tells what it can be. */
final class Chars {
    private Chars() {}

    static final int DIGIT = 1;

    /** a-f, A-F. */
    static final int HEX_LETTER = 2;

    static final int LETTER = 4;
    static final int PLUS = 8;
    static final int SLASH = 16;

    /** {@code -} and {@code _}. */
    static final int URL = 32;

    static final int EQUALS = 64;
    static final int PERCENT = 128;
    static final int AMPERSAND = 256;
    static final int SPACE = 512;
    static final int BREAK = 1024;
    static final int CONTROL = 2048;
    static final int HIGH = 4096;
    static final int OTHER = 8192;

    /** What tokens are made of: both base 64 alphabets, hex, UUIDs. */
    static final int TOKEN = DIGIT | HEX_LETTER | LETTER | PLUS | SLASH | URL;

    private static final short[] CLASS = new short[256];

    static {
        for (int c = 0; c < 256; c++) {
            CLASS[c] = (short) (c >= 0x80 ? HIGH : c < 0x20 || c == 0x7f ? CONTROL : OTHER);
        }
        for (int c = '0'; c <= '9'; c++) CLASS[c] = DIGIT;
        for (int c = 'a'; c <= 'z'; c++)
            CLASS[c] = CLASS[c - 32] = (short) (c <= 'f' ? HEX_LETTER : LETTER);
        CLASS['+'] = PLUS;
        CLASS['/'] = SLASH;
        CLASS['-'] = CLASS['_'] = URL;
        CLASS['='] = EQUALS;
        CLASS['%'] = PERCENT;
        CLASS['&'] = AMPERSAND;
        CLASS[' '] = CLASS['\t'] = SPACE;
        CLASS['\r'] = CLASS['\n'] = BREAK;
    }

    static int of(byte b) {
        return CLASS[b & 0xff];
    }

    /** Classes of all bytes, OR-ed. */
    static int of(byte[] b, int from, int to) {
        int x = 0;
        for (int i = from; i < to; i++) x |= CLASS[b[i] & 0xff];
        return x;
    }

    /**
     * True for UTF-8 (or ASCII) text. Where 64 bytes and more were seen, one byte in 32 may be out
     * of place, so that a stray control or Latin-1 letter does not make a page of text binary.
     *
     * @param complete false where the text goes on, maybe in the middle of a character
     */
    static boolean isText(byte[] b, int from, int to, boolean complete) {
        int wrong = 0;
        int allowed = to - from < 64 ? 0 : (to - from) / 32;
        int p = from;
        while (p < to) {
            int c = b[p];
            if (c >= 0x20 && c != 0x7f || c == '\n' || c == '\r' || c == '\t') {
                p++;
                continue;
            }
            int n =
                    c >= 0
                            ? 0
                            : c >= (byte) 0xc2 && c <= (byte) 0xdf
                                    ? 1
                                    : c >= (byte) 0xe0 && c <= (byte) 0xef
                                            ? 2
                                            : c >= (byte) 0xf0 && c <= (byte) 0xf4 ? 3 : 0;
            int i = 1;
            while (i <= n && p + i < to && (b[p + i] & 0xc0) == 0x80) i++;
            if (n > 0 && i > n) {
                p += i;
                continue;
            }
            if (n > 0 && p + i == to && !complete) return true;
            if (++wrong > allowed) return false;
            p++;
        }
        return true;
    }
}
