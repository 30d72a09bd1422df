package dev.telltale.capture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A body's string value, escapes undone, as it comes: kept up to a limit, of all of it the facts that tell how a recorder wrote
 * the body's bytes down.
 */
final class HarText {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

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
                int grown = (int) Math.min(limit + 2L * JsonText.ROOM, Math.max(4096, 2L * (size + room)));
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
        return size == 0;
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
        for (; i + 8 <= size; i += 8) if (((long) LONGS.get(kept, i) & 0x8080808080808080L) != 0) return false;
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
        private static final byte[] BASE64 = new byte[256];

        static {
            Arrays.fill(BASE64, (byte) -1);
            for (char c = 'A'; c <= 'Z'; c++) BASE64[c] = 1;
            for (char c = 'a'; c <= 'z'; c++) BASE64[c] = 1;
            for (char c = '0'; c <= '9'; c++) BASE64[c] = 1;
            for (char c : new char[] {'+', '/', '-', '_'}) BASE64[c] = 1;
            for (char c : new char[] {'\r', '\n', ' ', '\t'}) BASE64[c] = 0;
        }

        long length;
        /** Unicode code points; bytes that are no UTF-8 count one each. */
        long points;
        long newlines;
        /** All below U+0100, and some not ASCII: may be bytes written as Latin-1. */
        private boolean narrow;

        boolean ascii;
        /** Code points 80 to 9F occur: no text has them, bytes written as Latin-1 do. */
        boolean c1;
        /** Code points below 20 that are no white space occur. */
        boolean c0;
        /** Base64 digits. */
        long digits;

        private boolean base64;
        private boolean padded;
        private int lead;
        /** Continuation bytes that the Latin-1 reading, taken as UTF-8, still wants; -1 once it is none. */
        private int wanted;

        Facts() {
            clear();
        }

        void clear() {
            length = 0;
            points = 0;
            newlines = 0;
            narrow = true;
            ascii = true;
            c0 = false;
            c1 = false;
            digits = 0;
            base64 = true;
            padded = false;
            lead = 0;
            wanted = 0;
        }

        /** True where this can be bytes written down as the code points of the same number. */
        boolean latin1() {
            return narrow && !ascii && lead == 0;
        }

        /** True where the bytes so written are UTF-8 themselves. */
        boolean latin1OfUtf8() {
            return latin1() && wanted == 0;
        }

        boolean base64() {
            return base64;
        }

        void add(byte[] b, int from, int n) {
            length += n;
            int end = from + n;
            int i = from;
            if (base64 && !padded && ascii) {
                while (i < end && BASE64[b[i] & 0xFF] > 0) i++;
                points += i - from;
                digits += i - from;
                if (i == end) return;
            }
            for (; i < end; i++) {
                int c = b[i];
                if (c >= 0) {
                    points++;
                    if (base64) {
                        if (BASE64[c] > 0) digits++;
                        if (c == '=') padded = true;
                        else if (BASE64[c] < 0 || padded && BASE64[c] > 0) base64 = false;
                    }
                    if (c == '\n') newlines++;
                    else if (c < ' ' && c != '\r' && c != '\t' || c == 0x7F) c0 = true;
                    if (lead != 0) narrow = false;
                    lead = 0;
                    if (wanted != 0) wanted = -1;
                } else {
                    ascii = false;
                    base64 = false;
                    c &= 0xFF;
                    if (c >= 0xC0) {
                        points++;
                        if (c > 0xC3 || lead != 0 || c < 0xC2) narrow = false;
                        lead = c;
                    } else if (lead == 0xC2 || lead == 0xC3) {
                        point(lead == 0xC2 ? c : c + 0x40);
                        lead = 0;
                    } else {
                        narrow = false;
                        lead = 0;
                    }
                }
            }
        }

        /** The next byte, 80 to FF, of the Latin-1 reading. */
        private void point(int c) {
            if (c < 0xA0) c1 = true;
            if (wanted < 0) return;
            if (wanted > 0) wanted = c < 0xC0 ? wanted - 1 : -1;
            else if (c >= 0xC2 && c < 0xE0) wanted = 1;
            else if (c >= 0xE0 && c < 0xF0) wanted = 2;
            else if (c >= 0xF0 && c < 0xF5) wanted = 3;
            else wanted = -1;
        }
    }
}
