package dev.telltale.analyze.http3;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.quic.Varint;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stream on which only its opener speaks (RFC 9114 6.2): its type (i), then
 *
 * <pre>
 * 00 control (6.2.1): frames, SETTINGS first        01 push (6.2.2): push id (i), frames of an answer
 * 02 QPACK encoder, 03 QPACK decoder (RFC 9204 4.2)  others: not known, searched as they are
 * </pre>
 */
final class Unidirectional implements StreamAnalyzer {
    private static final int CONTROL = 0;
    private static final int PUSH = 1;
    private static final int ENCODER = 2;
    private static final int DECODER = 3;
    private static final int OTHER = -2;
    private static final int SETTINGS = 4;

    /** RFC 9204 5. */
    private static final int QPACK_MAX_TABLE_CAPACITY = 1;

    private static final int LONGEST_SETTINGS = 4096;

    private final Http3 connection;
    private final Context context;
    private final Side side;
    private int type = -1;

    /** A number, or a frame of the control stream, that comes in pieces. */
    private byte[] head = {};

    private int headSize;
    private long left;
    private boolean settings;
    private boolean unknownFrame;
    private @Nullable Half push;
    private @Nullable ExchangeSink stray;
    private @Nullable MessageSink message;
    private MessageSink.@Nullable PartSink odd;

    Unidirectional(Http3 connection, Context context, Side side) {
        this.connection = connection;
        this.context = context;
        this.side = side;
    }

    @Override
    public void data(Side from, long offset, byte[] b, int i, int length) {
        int to = i + length;
        long shift = offset - i;
        while (type == -1 && i < to) {
            add(b[i++]);
            long t = Varint.read(head, 0, headSize);
            if (t < 0) continue;
            readable(headSize);
            headSize = 0;
            begin(t);
        }
        if (i < to) content(b, i, to, shift);
        if (odd == null) context.forget(side, offset + length);
    }

    private void begin(long t) {
        connection.identify(connection.host());
        type = t > DECODER ? OTHER : (int) t;
        if (type == ENCODER) connection.qpack(side).whole();
    }

    private void content(byte[] b, int i, int to, long shift) {
        switch (type) {
            case CONTROL -> control(b, i, to, shift);
            case PUSH -> push(b, i, to, shift);
            case ENCODER -> {
                readable(to - i);
                if (!connection.qpack(side).instructions(b, i, to - i)) {
                    context.anomaly(
                            Anomaly.Kind.PROTOCOL_VIOLATION,
                            side,
                            shift + i,
                            "Instructions for the table of header fields are malformed; fields"
                                    + " that refer to it stay unknown.");
                    connection.qpack(side).lost();
                }
                connection.tableChanged();
            }
            case DECODER -> readable(to - i);
            default -> odd().feed(b, i, to - i, shift + i);
        }
    }

    // --- The control stream

    private void control(byte[] b, int i, int to, long shift) {
        while (i < to) {
            if (left == 0) {
                add(b[i++]);
                frameHead();
                continue;
            }
            int n = (int) Math.min(left, to - i);
            left -= n;
            if (settings) {
                for (int k = 0; k < n; k++) add(b[i + k]);
                if (left == 0) settings();
            } else if (unknownFrame) {
                odd().feed(b, i, n, shift + i);
            } else {
                readable(n);
            }
            if (left == 0) endOdd();
            i += n;
        }
    }

    /** A frame (7.1): type (i), length (i). */
    private void frameHead() {
        long frame = Varint.read(head, 0, headSize);
        if (frame < 0) return;
        int n = Varint.size(head[0]);
        long length = Varint.read(head, n, headSize);
        if (length < 0) return;
        readable(headSize);
        headSize = 0;
        left = length;
        settings = frame == SETTINGS && length <= LONGEST_SETTINGS;
        // CANCEL_PUSH, SETTINGS, GOAWAY, MAX_PUSH_ID; PRIORITY_UPDATE says what a header says.
        unknownFrame = frame != 3 && frame != SETTINGS && frame != 7 && frame != 13;
    }

    /** SETTINGS (7.2.4): identifier (i), value (i), ... */
    private void settings() {
        int i = 0;
        while (i < headSize) {
            long id = Varint.read(head, i, headSize);
            if (id < 0) break;
            i += Varint.size(head[i]);
            long value = Varint.read(head, i, headSize);
            if (value < 0) break;
            i += Varint.size(head[i]);
            // What this side takes limits what the other one sends.
            if (id == QPACK_MAX_TABLE_CAPACITY) connection.qpack(side.other()).maxCapacity = value;
        }
        readable(headSize);
        headSize = 0;
        head = new byte[0];
    }

    // --- Push streams

    private void push(byte[] b, int i, int to, long shift) {
        Half h = push;
        while (h == null && i < to) {
            add(b[i++]);
            long id = Varint.read(head, 0, headSize);
            if (id < 0) continue;
            readable(headSize);
            headSize = 0;
            h = push = Half.push(connection, context, side, id);
        }
        if (h != null && i < to) h.data(b, i, to - i, shift + i);
    }

    // --- The rest

    @Override
    public void gap(Side from, long offset, long length, ReasonCode reason) {
        switch (type) {
            case PUSH -> {
                if (push != null) {
                    push.gap(length, reason, offset);
                    return;
                }
            }
            case ENCODER -> lost();
            // It may have been the encoder stream.
            case -1 -> {
                if (!connection.qpack(side).begun()) lost();
            }
            default -> {}
        }
        readable(headSize);
        headSize = 0;
        if (odd != null) {
            odd.gap(length, reason);
            left = type == CONTROL ? Math.max(0, left - length) : left;
        } else {
            context.account(side, connection.host(), ByteClass.MISSING, length, reason);
        }
        // Where frames begin is not known any more.
        if (type != DECODER && type != ENCODER) type = OTHER;
    }

    private void lost() {
        connection.qpack(side).lost();
        connection.tableChanged();
    }

    @Override
    public void closed(Side from, StreamEvent.How how) {
        if (from != side) return;
        if (push != null) push.close(how);
        readable(headSize);
        headSize = 0;
        endOdd();
        if (stray != null) stray.end();
        stray = null;
    }

    private void add(byte v) {
        if (head.length == headSize) head = Arrays.copyOf(head, Math.max(16, 2 * headSize));
        head[headSize++] = v;
    }

    private void readable(long n) {
        context.readable(side, connection.host(), n);
    }

    private MessageSink.PartSink odd() {
        MessageSink.PartSink p = odd;
        if (p == null) {
            if (stray == null) stray = connection.stray(context);
            message = stray.message(side);
            p = odd = message.open(PartKind.FRAME, "", Hint.NONE);
        }
        return p;
    }

    private void endOdd() {
        if (odd != null) odd.end();
        if (message != null) message.end();
        odd = null;
        message = null;
    }
}
