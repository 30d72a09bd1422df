package dev.telltale.capture;

import dev.telltale.model.MessageSink.PartSink;
import dev.telltale.model.ReasonCode;
import java.util.Arrays;
import java.util.List;

/** Turns a body's string value back into the body's bytes, as it streams by. */
final class HarBody {
    /** How a recorder wrote bytes down as text. */
    enum Writing {
        /** As the text they are; delivered as UTF-8. */
        TEXT,
        /**
         * Each byte as the code point of the same number (mitmproxy, where no charset is given;
         * browsers for binary).
         */
        LATIN1,
        /** RFC 4648 sections 4 and 5, padded or not, white space in it passed over. */
        BASE64
    }

    private static final byte[] DIGITS = new byte[256];
    private static final byte SPACE = -2;
    private static final byte PAD = -3;

    static {
        Arrays.fill(DIGITS, (byte) -1);
        for (int i = 0; i < 26; i++) {
            DIGITS['A' + i] = (byte) i;
            DIGITS['a' + i] = (byte) (26 + i);
        }
        for (int i = 0; i < 10; i++) DIGITS['0' + i] = (byte) (52 + i);
        DIGITS['+'] = DIGITS['-'] = 62;
        DIGITS['/'] = DIGITS['_'] = 63;
        for (char c : new char[] {'\r', '\n', ' ', '\t'}) DIGITS[c] = SPACE;
        DIGITS['='] = PAD;
    }

    private static final int HEAD = 1024;
    private static final int BUFFER = 48 << 10;

    /** Takes what nobody wants. */
    static final PartSink NOWHERE =
            new PartSink() {
                @Override
                public void feed(byte[] bytes, int from, int length, long at) {}

                @Override
                public void gap(long length, ReasonCode reason) {}

                @Override
                public void end() {}
            };

    private final PartSink part;
    private final byte[] out;
    private Writing writing;
    private int used;
    private long delivered;
    private int lead;
    private int group;
    private int grouped;
    private boolean spoiled;

    /**
     * @param length of the text, as far as known: nothing larger is set aside for it
     */
    HarBody(Writing writing, PartSink part, long length) {
        this.writing = writing;
        this.part = part;
        this.out = new byte[writing == Writing.TEXT ? 0 : Math.clamp(length, 4, BUFFER)];
    }

    /**
     * How {@code text} was written: told by what the recorder says and by what the text is made of.
     */
    static Writing writing(HarText text, boolean flagged, long wire, long size) {
        if (flagged) return text.facts().base64() ? Writing.BASE64 : Writing.TEXT;
        if (text.ascii()) return Writing.TEXT;
        HarText.Facts f = text.facts();
        if (!f.latin1()) return Writing.TEXT;
        if (wire == f.points || size == f.points) {
            // Printable throughout: Latin-1 text on the wire, and of more use as the text it is.
            return f.c0 || f.c1 || f.latin1OfUtf8() ? Writing.LATIN1 : Writing.TEXT;
        }
        boolean asText = wire == f.length || size == f.length;
        return !asText && (f.c1 || f.latin1OfUtf8()) ? Writing.LATIN1 : Writing.TEXT;
    }

    /**
     * Content codings that the body's bytes still carry: most recorders undo them and keep the
     * field, so the bytes have to show it.
     */
    static List<String> codings(
            List<String> declared, HarText text, Writing writing, long wire, long size) {
        if (declared.isEmpty()) return declared;
        byte[] head = head(writing, text.bytes(), text.size());
        boolean still =
                switch (declared.getLast()) {
                    case "gzip", "x-gzip" -> starts(head, 0x1f, 0x8b);
                    case "zstd" -> starts(head, 0x28, 0xb5, 0x2f, 0xfd);
                    case "compress", "x-compress" -> starts(head, 0x1f, 0x9d);
                    case "deflate" ->
                            head.length >= 2
                                    && (head[0] & 0x0f) == 8
                                    && ((head[0] & 0xff) << 8 | head[1] & 0xff) % 31 == 0;
                    case "br" ->
                            writing == Writing.BASE64
                                    && brotli(head, text.facts().digits * 3 / 4, wire, size);
                    default -> false;
                };
        return still ? declared : List.of();
    }

    /** Brotli shows no mark of its own: the lengths, and that it is no text, have to do. */
    private static boolean brotli(byte[] head, long length, long wire, long size) {
        boolean text = true;
        for (byte b : head) text &= b >= ' ' || b == '\n' || b == '\r' || b == '\t';
        if (text) return false;
        return wire > 0 ? length == wire : length != size;
    }

    private static boolean starts(byte[] head, int... magic) {
        if (head.length < magic.length) return false;
        for (int i = 0; i < magic.length; i++) if ((head[i] & 0xFF) != magic[i]) return false;
        return true;
    }

    /** The first bytes of the body that {@code text} is the beginning of. */
    private static byte[] head(Writing writing, byte[] text, int size) {
        byte[] head = new byte[HEAD];
        int[] filled = {0};
        PartSink into =
                new PartSink() {
                    @Override
                    public void feed(byte[] bytes, int from, int length, long at) {
                        System.arraycopy(bytes, from, head, filled[0], length);
                        filled[0] += length;
                    }

                    @Override
                    public void gap(long length, ReasonCode reason) {}

                    @Override
                    public void end() {}
                };
        HarBody body = new HarBody(writing, into, HEAD);
        body.feed(text, 0, Math.min(size, HEAD));
        body.end();
        return Arrays.copyOf(head, filled[0]);
    }

    void feed(byte[] b, int from, int length) {
        switch (writing) {
            case TEXT -> {
                delivered += length;
                if (length > 0) part.feed(b, from, length, -1);
            }
            case LATIN1 -> latin1(b, from, length);
            case BASE64 -> base64(b, from, length);
        }
    }

    /** The text is over; the part stays open. */
    void end() {
        if (grouped == 2) put(group >> 4);
        if (grouped == 3) {
            put(group >> 10);
            put(group >> 2);
        }
        grouped = 0;
        flush();
    }

    /** Bytes that went to the part. */
    long delivered() {
        return delivered;
    }

    /**
     * True where what should have been Base64 was none; from there on it went to the part as it
     * stood.
     */
    boolean spoiled() {
        return spoiled;
    }

    /** The text is known to be of U+0000 to U+00FF, in UTF-8 one or two bytes each. */
    private void latin1(byte[] b, int from, int length) {
        int i = from;
        int end = from + length;
        while (i < end) {
            if (used == out.length) flush();
            int stop = Math.min(end, i + out.length - used);
            int before = lead;
            int u = used;
            // Without branches: the bytes are as good as random. A lead byte's place is taken by
            // what follows it.
            for (; i < stop; i++) {
                int c = b[i];
                int high = c >> 31;
                out[u] = (byte) (c & ~high | (before << 6 | c & 0x3F) & high);
                u += 1 - (c >> 7 & c >> 6 & 1);
                before = c;
            }
            used = u;
            lead = before;
        }
    }

    private void base64(byte[] b, int from, int length) {
        int i = from;
        int end = from + length;
        while (i < end) {
            if (grouped == 0) {
                while (i + 4 <= end) {
                    if (out.length - used < 3) flush();
                    int v =
                            DIGITS[b[i] & 0xFF] << 18
                                    | DIGITS[b[i + 1] & 0xFF] << 12
                                    | DIGITS[b[i + 2] & 0xFF] << 6
                                    | DIGITS[b[i + 3] & 0xFF];
                    if (v < 0) break;
                    out[used] = (byte) (v >> 16);
                    out[used + 1] = (byte) (v >> 8);
                    out[used + 2] = (byte) v;
                    used += 3;
                    i += 4;
                }
                if (i == end) return;
            }
            int d = DIGITS[b[i] & 0xFF];
            if (d >= 0) {
                group = group << 6 | d;
                if (++grouped == 4) {
                    put(group >> 16);
                    put(group >> 8);
                    put(group);
                    grouped = 0;
                    group = 0;
                }
            } else if (d == -1) {
                end();
                spoiled = true;
                writing = Writing.TEXT;
                feed(b, i, end - i);
                return;
            } else if (d == PAD && grouped > 0) {
                end();
                group = 0;
            }
            i++;
        }
    }

    private void put(int v) {
        if (used == out.length) flush();
        out[used++] = (byte) v;
    }

    private void flush() {
        if (used == 0) return;
        delivered += used;
        part.feed(out, 0, used, -1);
        used = 0;
    }
}
