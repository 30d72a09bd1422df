package dev.telltale.capture;

import dev.telltale.model.MessageSink.PartSink;
import dev.telltale.model.ReasonCode;
import java.util.Arrays;

/** Turns a body's string value back into the body's bytes, as it streams by. */
final class HarBody {
    /** How a recorder wrote bytes down as text. */
    enum Writing {
        /** As the text they are; delivered as UTF-8. */
        TEXT,
        /** Each byte as the code point of the same number (mitmproxy, where no charset is given; browsers for binary). */
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

    private final PartSink part;
    private final byte[] out;
    private Writing writing;
    private int used;
    private long delivered;
    private int lead;
    private int group;
    private int grouped;
    private boolean spoiled;

    HarBody(Writing writing, PartSink part) {
        this(writing, part, 48 << 10);
    }

    private HarBody(Writing writing, PartSink part, int buffer) {
        this.writing = writing;
        this.part = part;
        this.out = new byte[writing == Writing.TEXT ? 0 : buffer];
    }

    /** The first bytes of the body that {@code text} is the beginning of. */
    static byte[] head(Writing writing, byte[] text, int size) {
        byte[][] head = {new byte[0]};
        HarBody body = new HarBody(
                writing,
                new PartSink() {
                    @Override
                    public void feed(byte[] bytes, int from, int length, long at) {
                        head[0] = Arrays.copyOfRange(bytes, from, from + length);
                    }

                    @Override
                    public void gap(long length, ReasonCode reason) {}

                    @Override
                    public void end() {}
                },
                1024);
        body.feed(text, 0, Math.min(size, 512));
        body.end();
        return head[0];
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

    /** True where what should have been Base64 was none; from there on it went to the part as it stood. */
    boolean spoiled() {
        return spoiled;
    }

    private void latin1(byte[] b, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (used == out.length) flush();
            int c = b[i] & 0xFF;
            if (lead != 0) {
                out[used++] = (byte) ((lead & 3) << 6 | c & 0x3F);
                lead = 0;
            } else if (c >= 0x80) {
                lead = c;
            } else {
                out[used++] = (byte) c;
            }
        }
    }

    private void base64(byte[] b, int from, int length) {
        int i = from;
        int end = from + length;
        while (i < end) {
            if (grouped == 0) {
                while (i + 4 <= end) {
                    if (out.length - used < 3) flush();
                    int v = DIGITS[b[i] & 0xFF] << 18
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
