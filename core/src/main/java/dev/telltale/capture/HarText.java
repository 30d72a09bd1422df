package dev.telltale.capture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A body's string value, escapes undone, as it comes: kept up to a limit, of all of it the facts
 * that tell how a recorder wrote the body's bytes down.
 */
final class HarText {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int limit;
    private final JsonText json = new JsonText();
    private byte[] kept = new byte[0];
    private int size;
    private byte[] window = new byte[0];

    /** Times this value came; the last one counts, as with any reader of JSON. */
    private int times;

    private boolean open;
    private boolean over;
    private final Facts facts = new Facts();

    HarText(int limit) {
        this.limit = limit;
    }

    void clear() {
        size = 0;
        times = 0;
        open = false;
        over = false;
        facts.clear();
    }

    void add(byte[] bytes, int from, int length, boolean escaped, boolean first, boolean last) {
        if (first) {
            json.begin();
            size = 0;
            over = false;
            facts.clear();
            times++;
        }
        open = !last;
        int room = length + 2 * JsonText.ROOM;
        if (!over && (long) size + length <= limit) {
            if (kept.length - size < room) {
                int grown =
                        (int)
                                Math.min(
                                        limit + 2L * JsonText.ROOM,
                                        Math.max(4096, 2L * (size + room)));
                kept = Arrays.copyOf(kept, grown);
            }
            size = json.undo(bytes, from, length, escaped, kept, size);
            if (last) size = json.flush(kept, size);
            return;
        }
        if (!over) {
            over = true;
            facts.add(kept, 0, size);
        }
        if (window.length < room) window = new byte[room];
        int n = json.undo(bytes, from, length, escaped, window, 0);
        if (last) n = json.flush(window, n);
        facts.add(window, 0, n);
    }

    /** The text broke off where this value seemed to end. */
    void reopen() {
        open = true;
    }

    int times() {
        return times;
    }

    /** True where more came than is kept: {@link #bytes} then hold its beginning. */
    boolean over() {
        return over;
    }

    /** True where the text broke off inside the value. */
    boolean open() {
        return open;
    }

    boolean isEmpty() {
        return size == 0 && !over;
    }

    byte[] bytes() {
        return kept;
    }

    int size() {
        return size;
    }

    /** True where all of it is ASCII, told without the cost of {@link #facts}. */
    boolean ascii() {
        if (over) return facts.ascii;
        int i = 0;
        for (; i + 8 <= size; i += 8)
            if (((long) LONGS.get(kept, i) & 0x8080808080808080L) != 0) return false;
        for (; i < size; i++) if (kept[i] < 0) return false;
        return true;
    }

    /** Facts about all of it. */
    Facts facts() {
        if (!over && facts.length == 0) facts.add(kept, 0, size);
        return facts;
    }

    /** What a text is made of; any chunking gives the same. */
    static final class Facts {
        private static final byte DIGIT = 0, SPACE = 1, PAD = 2, OTHER = -1;
        private static final byte[] BASE64 = new byte[256];

        // The automaton's state is (lead byte seen: none, C2, C3) * 5 + (continuation bytes that
        // the Latin-1 reading, taken as
        // UTF-8, still wants: 0 to 3, or 4 once it is no UTF-8).
        private static final int WANTS = 5;
        private static final int BROKEN = 4;
        private static final int NARROW_NOT = 1, C0 = 2, C1 = 4;
        private static final byte[] NEXT = new byte[3 * WANTS << 8];
        private static final byte[] FLAGS = new byte[3 * WANTS << 8];

        static {
            Arrays.fill(BASE64, OTHER);
            for (char c = 'A'; c <= 'Z'; c++) BASE64[c] = DIGIT;
            for (char c = 'a'; c <= 'z'; c++) BASE64[c] = DIGIT;
            for (char c = '0'; c <= '9'; c++) BASE64[c] = DIGIT;
            for (char c : new char[] {'+', '/', '-', '_'}) BASE64[c] = DIGIT;
            for (char c : new char[] {'\r', '\n', ' ', '\t'}) BASE64[c] = SPACE;
            BASE64['='] = PAD;
            for (int state = 0; state < 3 * WANTS; state++)
                for (int b = 0; b < 256; b++) rule(state, b);
        }

        private static void rule(int state, int b) {
            int lead = state / WANTS;
            int wants = state % WANTS;
            int flags = 0;
            int next;
            if (b < 0x80) {
                if (lead != 0) flags |= NARROW_NOT;
                if (b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7F) flags |= C0;
                next = wants == 0 ? 0 : BROKEN;
            } else if (b >= 0xC0) {
                if (lead != 0 || b != 0xC2 && b != 0xC3) flags |= NARROW_NOT;
                next = (b == 0xC2 ? 1 : b == 0xC3 ? 2 : 0) * WANTS + wants;
            } else if (lead == 0) {
                flags |= NARROW_NOT;
                next = wants;
            } else {
                int point = lead == 1 ? b : b + 0x40;
                if (point < 0xA0) flags |= C1;
                if (wants == BROKEN) next = BROKEN;
                else if (wants > 0) next = point < 0xC0 ? wants - 1 : BROKEN;
                else
                    next =
                            point < 0xC2 || point > 0xF4
                                    ? BROKEN
                                    : point < 0xE0 ? 1 : point < 0xF0 ? 2 : 3;
            }
            NEXT[state << 8 | b] = (byte) next;
            FLAGS[state << 8 | b] = (byte) flags;
        }

        long length;

        /** Unicode code points. */
        long points;

        long newlines;
        boolean ascii;

        /** Code points 80 to 9F occur: no text has them, bytes written as Latin-1 do. */
        boolean c1;

        /** Code points below 20 that are no white space occur. */
        boolean c0;

        /** Base64 digits, as long as it is Base64. */
        long digits;

        private boolean narrow;
        private boolean base64;
        private boolean padded;
        private int state;

        Facts() {
            clear();
        }

        void clear() {
            length = 0;
            points = 0;
            newlines = 0;
            ascii = true;
            c1 = false;
            c0 = false;
            digits = 0;
            narrow = true;
            base64 = true;
            padded = false;
            state = 0;
        }

        /** True where this can be bytes written down as the code points of the same number. */
        boolean latin1() {
            return narrow && !ascii && state < WANTS;
        }

        /** True where the bytes so written are UTF-8 themselves. */
        boolean latin1OfUtf8() {
            return latin1() && state == 0;
        }

        boolean base64() {
            return base64;
        }

        void add(byte[] b, int from, int n) {
            length += n;
            long before = newlines;
            if (base64 && base64(b, from, from + n)) {
                points += n;
                return;
            }
            base64 = false;
            newlines = before;
            text(b, from, from + n);
        }

        private boolean base64(byte[] b, int from, int end) {
            int i = from;
            while (i < end) {
                if (!padded) {
                    while (i + 4 <= end
                            && (BASE64[b[i] & 0xFF]
                                            | BASE64[b[i + 1] & 0xFF]
                                            | BASE64[b[i + 2] & 0xFF]
                                            | BASE64[b[i + 3] & 0xFF])
                                    == 0) {
                        i += 4;
                        digits += 4;
                    }
                    if (i == end) return true;
                }
                int kind = BASE64[b[i++] & 0xFF];
                if (kind == OTHER || padded && kind == DIGIT) return false;
                if (kind == DIGIT) digits++;
                if (kind == PAD) padded = true;
                if (b[i - 1] == '\n') newlines++;
            }
            return true;
        }

        /** Base64 up to here would have left the state as it began. */
        private void text(byte[] b, int from, int end) {
            int s = state;
            int flags = 0;
            int bits = 0;
            int lines = 0;
            int continuations = 0;
            // Without branches: the bytes may be as good as random.
            for (int i = from; i < end; i++) {
                int c = b[i];
                int at = s << 8 | c & 0xFF;
                flags |= FLAGS[at];
                bits |= c;
                s = NEXT[at];
                continuations += c + 64 >>> 31;
                lines += ((c & 0xFF) ^ '\n') - 1 >>> 31;
            }
            points += end - from - continuations;
            newlines += lines;
            state = s;
            if (bits < 0) ascii = false;
            if ((flags & NARROW_NOT) != 0) narrow = false;
            if ((flags & C0) != 0) c0 = true;
            if ((flags & C1) != 0) c1 = true;
        }
    }
}
