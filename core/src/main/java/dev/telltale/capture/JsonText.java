package dev.telltale.capture;

/**
 * Undoes the escapes of JSON strings (RFC 8259 section 7) piece by piece, into UTF-8. A lone
 * surrogate U+DC80 to U+DCFF is the byte 80 to FF it stands for (Python's {@code surrogateescape},
 * which mitmproxy writes for bytes that are no text); any other lone surrogate keeps its three
 * bytes.
 */
final class JsonText {
    /** How many more bytes than its input a piece may need. */
    static final int ROOM = 3;

    private static final byte[] HEX = new byte[256];

    static {
        for (int c = 0; c < 256; c++) HEX[c] = (byte) (c < 128 ? Character.digit(c, 16) : -1);
    }

    /** A high surrogate whose low one may follow, else 0. */
    private int high;

    /**
     * Writes a piece to {@code to} from {@code at}, which has room for {@code length + ROOM} bytes;
     * escape sequences are whole.
     *
     * @return the index after the last byte written
     */
    int undo(byte[] from, int start, int length, boolean escaped, byte[] to, int at) {
        if (!escaped && high == 0) {
            System.arraycopy(from, start, to, at, length);
            return at + length;
        }
        int i = start;
        int end = start + length;
        int o = at;
        while (i < end) {
            byte b = from[i];
            if (b != '\\') {
                if (high != 0) o = flush(to, o);
                do {
                    to[o++] = b;
                    i++;
                } while (i < end && (b = from[i]) != '\\');
                continue;
            }
            if (i + 1 == end) {
                o = flush(to, o);
                to[o++] = '\\';
                break;
            }
            byte c = from[i + 1];
            if (c == 'u') {
                int unit = i + 6 <= end ? hex4(from, i + 2) : -1;
                if (unit >= 0) {
                    o = unit(unit, to, o);
                    i += 6;
                    continue;
                }
            }
            if (high != 0) o = flush(to, o);
            int plain =
                    switch (c) {
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case 'r' -> '\r';
                        case 'b' -> '\b';
                        case 'f' -> '\f';
                        case '"', '\\', '/' -> c;
                        default -> -1;
                    };
            if (plain < 0) {
                to[o++] = '\\';
                i++;
            } else {
                to[o++] = (byte) plain;
                i += 2;
            }
        }
        return o;
    }

    /** Another string begins. */
    void begin() {
        high = 0;
    }

    /** The string is over: writes what was kept back. */
    int flush(byte[] to, int at) {
        if (high == 0) return at;
        int unit = high;
        high = 0;
        return utf8(unit, to, at);
    }

    private int unit(int unit, byte[] to, int at) {
        int o = at;
        if (high != 0) {
            if (unit >= 0xDC00 && unit <= 0xDFFF) {
                int point = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
                high = 0;
                to[o++] = (byte) (0xF0 | point >> 18);
                to[o++] = (byte) (0x80 | point >> 12 & 0x3F);
                to[o++] = (byte) (0x80 | point >> 6 & 0x3F);
                to[o++] = (byte) (0x80 | point & 0x3F);
                return o;
            }
            o = flush(to, o);
        }
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            high = unit;
            return o;
        }
        if (unit >= 0xDC80 && unit <= 0xDCFF) {
            to[o++] = (byte) unit;
            return o;
        }
        return utf8(unit, to, o);
    }

    private static int utf8(int unit, byte[] to, int at) {
        int o = at;
        if (unit < 0x80) {
            to[o++] = (byte) unit;
        } else if (unit < 0x800) {
            to[o++] = (byte) (0xC0 | unit >> 6);
            to[o++] = (byte) (0x80 | unit & 0x3F);
        } else {
            to[o++] = (byte) (0xE0 | unit >> 12);
            to[o++] = (byte) (0x80 | unit >> 6 & 0x3F);
            to[o++] = (byte) (0x80 | unit & 0x3F);
        }
        return o;
    }

    private static int hex4(byte[] b, int at) {
        int v = 0;
        for (int i = at; i < at + 4; i++) {
            int d = HEX[b[i] & 0xFF];
            if (d < 0) return -1;
            v = v << 4 | d;
        }
        return v;
    }
}
