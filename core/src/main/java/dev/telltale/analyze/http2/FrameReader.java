package dev.telltale.analyze.http2;

import dev.telltale.model.ReasonCode;
import java.util.Arrays;

/**
 * Cuts one side of a connection into frames.
 *
 * <pre>
 * frame (RFC 9113 4.1): length (24), type (8), flags (8), reserved (1), stream (31), payload
 * </pre>
 *
 * Where it is not known where a frame begins (joined midway, after a gap, after a header that makes
 * no sense) a header is looked for that is well-formed and followed by another one.
 */
final class FrameReader {
    static final int HEADER = 9;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    private static final int ALTSVC = 10; // RFC 7838 4
    private static final int ORIGIN = 12; // RFC 8336 2
    private static final int PRIORITY_UPDATE = 16; // RFC 9218 7.1

    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITISED = 0x20;

    static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    /** Longest frame that is looked for where framing is lost. */
    private static final int MOST_SOUGHT = 1 << 16;

    /** Streams open one after the other; in between some may not have been seen. */
    private static final int STREAMS_AHEAD = 4096;

    private static final int STREAMS_UNKNOWN = 1 << 20;

    /** Takes frames: start, payload and missing in stream order, end. */
    interface Handler {
        void preface(long at);

        /**
         * Whether a frame must wait; then reading stops before it until {@link FrameReader#resume}.
         */
        boolean mustWait(int type, int stream);

        /** A frame's header, at {@code at}. */
        void start(int type, int flags, int stream, int length, long at);

        void payload(byte[] b, int from, int length, long at);

        /** Bytes of the payload are missing. */
        void missing(long length, ReasonCode reason, long at);

        /** The frame is over, whole or (where there is no more) not. */
        void end(long at);

        /** Bytes that belong to no frame. */
        void skipped(byte[] b, int from, int length, long at);

        /** Bytes are missing of which it is not known what they were. */
        void lost(long length, ReasonCode reason, long at);

        /** Framing is lost at {@code at}. */
        void astray(long at);

        /** Highest stream seen so far in the connection, 0 where none was. */
        int highestStream();
    }

    private enum State {
        PREFACE,
        HEAD,
        PAYLOAD,
        SEEK
    }

    private final Handler handler;
    private State state;

    /** Bytes of a preface or header, or those that may begin a frame where one is looked for. */
    private byte[] buf = new byte[32];

    private int start;
    private int end;
    private long bufAt;
    private long left;

    private boolean waiting;
    private final byte[] held = new byte[HEADER];
    private long heldAt;

    /** Bytes behind the header that waits, which were looked at already. */
    private byte[] behind = {};

    private long behindAt;

    /**
     * @param client the side that begins with the preface
     * @param sure false where the first bytes may be the middle of something
     */
    FrameReader(Handler handler, boolean client, boolean sure) {
        this.handler = handler;
        state = client ? State.PREFACE : sure ? State.HEAD : State.SEEK;
    }

    /**
     * Reads on.
     *
     * @return how many bytes were taken: all, unless a frame must wait
     */
    int data(byte[] b, int from, int length, long at) {
        int i = from;
        int to = from + length;
        while (i < to && !waiting) {
            long here = at + (i - from);
            i =
                    switch (state) {
                        case PREFACE -> preface(b, i, here);
                        case HEAD -> head(b, i, to, here);
                        case PAYLOAD -> payload(b, i, to, here);
                        case SEEK -> seek(b, i, to, here);
                    };
        }
        return i - from;
    }

    /** True where a whole header is held and its frame must wait. */
    boolean waiting() {
        return waiting;
    }

    /** Goes on with the frame that waited. */
    void resume() {
        waiting = false;
        begin(held, 0, heldAt);
        if (behind.length > 0) again(behind, behindAt);
    }

    /** Reads bytes that were kept; what stands behind a frame that must wait is kept on. */
    private void again(byte[] bytes, long at) {
        behind = new byte[0];
        int n = data(bytes, 0, bytes.length, at);
        if (n == bytes.length) return;
        behind = Arrays.copyOfRange(bytes, n, bytes.length);
        behindAt = at + n;
    }

    private void keep(byte[] b, int from, int n, long at) {
        if (start == end) {
            start = end = 0;
            bufAt = at;
        }
        if (buf.length - end < n) {
            int held = end - start;
            byte[] target = held + n > buf.length / 2 ? new byte[2 * (held + n)] : buf;
            System.arraycopy(buf, start, target, 0, held);
            bufAt += start;
            buf = target;
            start = 0;
            end = held;
        }
        System.arraycopy(b, from, buf, end, n);
        end += n;
    }

    private int preface(byte[] b, int i, long at) {
        keep(b, i, 1, at);
        if (b[i] == PREFACE[end - 1]) {
            if (end == PREFACE.length) {
                start = end = 0;
                state = State.HEAD;
                handler.preface(bufAt);
            }
            return i + 1;
        }
        // None: frames without one, or the middle of something.
        byte[] bytes = Arrays.copyOf(buf, end);
        end = 0;
        state = State.SEEK;
        again(bytes, bufAt);
        return i + 1;
    }

    private int head(byte[] b, int i, int to, long at) {
        int n = Math.min(HEADER - (end - start), to - i);
        if (start == end && n == HEADER) {
            if (wellFormed(b, i, false)) {
                admit(b, i, at);
                return i + HEADER;
            }
            goAstray(at);
            return i;
        }
        keep(b, i, n, at);
        if (end - start < HEADER) return i + n;
        byte[] h = Arrays.copyOfRange(buf, start, end);
        long headAt = bufAt + start;
        start = end = 0;
        if (wellFormed(h, 0, false)) {
            admit(h, 0, headAt);
        } else {
            goAstray(headAt);
            again(h, headAt);
        }
        return i + n;
    }

    private void goAstray(long at) {
        state = State.SEEK;
        handler.astray(at);
    }

    private void admit(byte[] b, int i, long at) {
        if (handler.mustWait(b[i + 3] & 0xff, stream(b, i))) {
            System.arraycopy(b, i, held, 0, HEADER);
            heldAt = at;
            waiting = true;
        } else {
            begin(b, i, at);
        }
    }

    private void begin(byte[] b, int i, long at) {
        int length = length(b, i);
        left = length;
        state = State.PAYLOAD;
        handler.start(b[i + 3] & 0xff, b[i + 4] & 0xff, stream(b, i), length, at);
        if (left == 0) over(at + HEADER);
    }

    private void over(long at) {
        state = State.HEAD;
        handler.end(at);
    }

    private int payload(byte[] b, int i, int to, long at) {
        int n = (int) Math.min(left, to - i);
        left -= n;
        handler.payload(b, i, n, at);
        if (left == 0) over(at + n);
        return i + n;
    }

    // --- Where framing is lost

    /**
     * Takes as many bytes as are needed to decide on the candidate at hand. A header's first byte
     * is 0, so most bytes are passed over at once.
     */
    private int seek(byte[] b, int i, int to, long at) {
        if (start == end) {
            int k = i;
            while (k < to && b[k] != 0) k++;
            if (k > i) handler.skipped(b, i, k - i, at);
            if (k == to) return to;
            at += k - i;
            i = k;
        }
        int need = needed() - (end - start);
        int n = Math.min(need, to - i);
        if (n > 0) keep(b, i, n, at);
        if (n == need) decide();
        return i + Math.max(0, n);
    }

    /** Bytes from the candidate's first that must be there to decide on it. */
    private int needed() {
        if (end - start < HEADER || !sought(buf, start)) return HEADER;
        return HEADER + length(buf, start) + HEADER;
    }

    /** Decides on candidates until one needs more bytes or is a frame. */
    private void decide() {
        while (end > start && end - start >= needed()) {
            boolean found = sought(buf, start);
            if (found && sought(buf, start + HEADER + length(buf, start))) {
                replay();
                return;
            }
            pass(start + 1);
        }
    }

    /** Bytes of the buffer before {@code to} are in no frame; so are those that can begin none. */
    private void pass(int to) {
        int k = to;
        while (k < end && buf[k] != 0) k++;
        handler.skipped(buf, start, k - start, bufAt + start);
        start = k;
    }

    /** The candidate is a frame, and what follows its header too: no seeking while it is read. */
    private void replay() {
        byte[] bytes = Arrays.copyOfRange(buf, start, end);
        long at = bufAt + start;
        start = end = 0;
        if (buf.length > 4096) buf = new byte[32];
        state = State.HEAD;
        again(bytes, at);
    }

    /** No more bytes come to decide on the candidate: it is one where it goes on past the end. */
    private void settle() {
        while (end - start >= HEADER) {
            boolean found = sought(buf, start) && handler.highestStream() > 0;
            int rest = end - start - HEADER;
            if (found
                    && (length(buf, start) >= rest || known(start + HEADER + length(buf, start)))) {
                replay();
                return;
            }
            pass(start + 1);
        }
        if (end > start) pass(end);
        start = end = 0;
    }

    /** Whether the rest of the buffer may begin a header. */
    private boolean known(int at) {
        return end - at < HEADER ? buf[at] == 0 : sought(buf, at);
    }

    private boolean sought(byte[] b, int i) {
        return b[i] == 0 && wellFormed(b, i, true);
    }

    private boolean wellFormed(byte[] b, int i, boolean strict) {
        return wellFormed(b, i, strict, strict ? handler.highestStream() : 0);
    }

    /** Whether a frame may begin there in a connection of which nothing is known. */
    static boolean plausible(byte[] b, int i) {
        return b[i] == 0 && wellFormed(b, i, true, 0);
    }

    /**
     * Whether a header keeps the rules of its type (RFC 9113 6).
     *
     * @param strict all of them, else only those without which the frame means nothing
     * @param highest stream seen so far, 0 where none was
     */
    private static boolean wellFormed(byte[] b, int i, boolean strict, int highest) {
        int n = length(b, i);
        int flags = b[i + 4] & 0xff;
        int stream = stream(b, i);
        int known;
        boolean fits;
        switch (b[i + 3]) {
            case DATA -> {
                known = END_STREAM | PADDED;
                fits = stream != 0;
            }
            case HEADERS -> {
                known = END_STREAM | END_HEADERS | PADDED | PRIORITISED;
                fits = stream != 0;
            }
            case PRIORITY -> {
                known = 0;
                fits = stream != 0 && n == 5;
            }
            case RST_STREAM -> {
                known = 0;
                fits = stream != 0 && n == 4;
            }
            case SETTINGS -> {
                known = ACK;
                fits = stream == 0 && n % 6 == 0;
            }
            case PUSH_PROMISE -> {
                known = END_HEADERS | PADDED;
                fits = stream != 0 && n >= 4;
            }
            case PING -> {
                known = ACK;
                fits = stream == 0 && n == 8;
            }
            case GOAWAY -> {
                known = 0;
                fits = stream == 0 && n >= 8;
            }
            case WINDOW_UPDATE -> {
                known = 0;
                fits = n == 4;
            }
            case CONTINUATION -> {
                known = END_HEADERS;
                fits = stream != 0;
            }
            case ALTSVC -> {
                known = 0;
                fits = !strict || n >= 2;
            }
            case ORIGIN -> {
                known = 0;
                fits = !strict || stream == 0;
            }
            case PRIORITY_UPDATE -> {
                known = 0;
                fits = !strict || stream == 0 && n >= 4;
            }
            default -> {
                return !strict;
            }
        }
        if (!fits || !strict) return fits;
        int most = highest == 0 ? STREAMS_UNKNOWN : highest + STREAMS_AHEAD;
        return (flags & ~known) == 0
                && b[i + 5] >= 0
                && n <= MOST_SOUGHT
                && (stream <= most || stream < 0 || most < 0);
    }

    static int length(byte[] b, int i) {
        return (b[i] & 0xff) << 16 | (b[i + 1] & 0xff) << 8 | (b[i + 2] & 0xff);
    }

    static int stream(byte[] b, int i) {
        return (b[i + 5] & 0x7f) << 24
                | (b[i + 6] & 0xff) << 16
                | (b[i + 7] & 0xff) << 8
                | (b[i + 8] & 0xff);
    }

    // --- Gaps and the end

    void gap(long at, long length, ReasonCode reason) {
        if (state == State.SEEK) settle();
        if (state == State.PREFACE) flush();
        if (state == State.PAYLOAD) {
            long n = Math.min(left, length);
            left -= n;
            handler.missing(n, reason, at);
            if (left == 0) over(at + n);
            at += n;
            length -= n;
            if (length == 0) return;
        }
        flush();
        handler.lost(length, reason, at);
        state = State.SEEK;
    }

    /** Tells what is held of a header that will not be whole. */
    private void flush() {
        if (end > start) handler.skipped(buf, start, end - start, bufAt + start);
        start = end = 0;
        if (state != State.PAYLOAD) state = State.SEEK;
    }

    /** Nothing more comes. */
    void close(long at) {
        if (state == State.SEEK) settle();
        if (state == State.PAYLOAD) over(at);
        flush();
    }

    /** Whether the stream ends inside of a frame. */
    boolean inside() {
        return state == State.PAYLOAD || (state == State.HEAD && end > start);
    }
}
