package dev.telltale.analyze;

/**
 * Tells WebSocket frames (RFC 6455 5.2) by their looks, for streams whose handshake was not seen.
 */
final class WebSocketProbe {
    private static final int ENOUGH = 64;

    enum Answer {
        NO,
        MORE,
        YES
    }

    private WebSocketProbe() {}

    static boolean maybe(byte first) {
        int opcode = first & 15;
        boolean control = opcode >= 8;
        if ((first & 0x30) != 0 || opcode > 10 || opcode > 2 && !control) return false;
        return !control || (first & 0xc0) == 0x80;
    }

    /** The first two bytes of a frame. */
    static boolean header(byte[] b, int from) {
        return maybe(b[from]) && ((b[from] & 8) == 0 || (b[from + 1] & 0x7f) <= 125);
    }

    /** Told by the first two bytes. */
    static int headerLength(byte[] b, int from) {
        int n = b[from + 1] & 0x7f;
        return 2 + (n == 126 ? 2 : n == 127 ? 8 : 0) + (b[from + 1] < 0 ? 4 : 0);
    }

    static long payloadLength(byte[] b, int from) {
        int n = b[from + 1] & 0x7f;
        if (n < 126) return n;
        long length = 0;
        for (int i = 0; i < (n == 126 ? 2 : 8); i++)
            length = length << 8 | (b[from + 2 + i] & 0xff);
        return length;
    }

    /**
     * A text frame whose text is text, or two frames in a row from the same end. Text is asked for
     * the first {@link #ENOUGH} bytes.
     */
    static Answer frames(byte[] b, int from, int length) {
        int to = from + length;
        if (length < 1) return Answer.MORE;
        if (!maybe(b[from])) return Answer.NO;
        if (length < 2) return Answer.MORE;
        if (!header(b, from)) return Answer.NO;
        int head = headerLength(b, from);
        if (length < head) return Answer.MORE;
        long n = payloadLength(b, from);
        // A length that a shorter form could hold is allowed and never sent.
        int form = b[from + 1] & 0x7f;
        if (n < 0 || form == 126 && n < 126 || form == 127 && n < 1 << 16) return Answer.NO;
        boolean masked = b[from + 1] < 0;
        int here = (int) Math.min(n, to - from - head);
        boolean text = (b[from] & 0x4f) == 1;
        if (text && n >= 4) {
            int look = Math.min(here, ENOUGH);
            if (!text(b, from + head, look, masked ? from + head - 4 : -1)) return Answer.NO;
            return look == Math.min(n, ENOUGH) ? Answer.YES : Answer.MORE;
        }
        if (here < n || to - from - head - n < 2) return Answer.MORE;
        int next = from + head + (int) n;
        return header(b, next) && b[next + 1] < 0 == masked ? Answer.YES : Answer.NO;
    }

    /** No control characters, and bytes from 0x80 on only as UTF-8 has them. */
    private static boolean text(byte[] b, int from, int n, int key) {
        int follow = 0;
        for (int i = 0; i < n; i++) {
            int c = (key < 0 ? b[from + i] : b[from + i] ^ b[key + (i & 3)]) & 0xff;
            if (follow > 0) {
                if ((c & 0xc0) != 0x80) return false;
                follow--;
            } else if (c >= 0x80) {
                if (c < 0xc2 || c > 0xf4) return false;
                follow = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
            } else if (c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }
}
