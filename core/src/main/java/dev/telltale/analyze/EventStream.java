package dev.telltale.analyze;

import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (WHATWG HTML 9.2.6): each field of each event is a FRAME part named by it; the
 * lines of an event's data are one, with the line feeds that join them.
 *
 * <pre>
 * stream = *( *( comment / field ) end-of-line )     field = name [ ":" [ space ] value ] end-of-line
 * end-of-line = CR LF / LF / CR
 * </pre>
 */
final class EventStream implements MessageSink.PartSink {
    /** An event's data, or a line, is kept up to this; what is longer is told as it comes. */
    private static final int LONGEST = 256 << 10;

    private final Context context;
    private final Side side;
    private final String host;
    private final MessageSink message;

    private final Kept line = new Kept();
    private long lineEnd;
    private boolean lineRow = true;
    private boolean cr;

    private final Kept data = new Kept();
    private long dataEnd;
    private boolean dataRow;

    /** Part of an event too long to be kept. */
    private MessageSink.@Nullable PartSink part;

    /** Part of the line being read went there. */
    private boolean inPart;

    EventStream(Context context, Side side, String host, MessageSink message) {
        this.context = context;
        this.side = side;
        this.host = host;
        this.message = message;
    }

    @Override
    public void feed(byte[] b, int from, int length, long at) {
        context.readable(side, host, length);
        for (int i = 0; i < length; i++) take(b[from + i], at + i);
    }

    @Override
    public void feed(byte[] b, int from, int length, Wire wire) {
        for (int i = 0; i < length; i++)
            take(b[from + i], wire.aligned() ? wire.at() + i : wire.at());
    }

    private void take(byte v, long at) {
        if (v == '\n' && cr) {
            cr = false;
            return;
        }
        cr = v == '\r';
        if (v == '\n' || v == '\r') {
            line();
            return;
        }
        if (line.size == 0) lineRow = true;
        else if (at != lineEnd) lineRow = false;
        line.add(v, at);
        lineEnd = at + 1;
        if (line.size == LONGEST) spill();
    }

    private void line() {
        int n = line.size;
        if (inPart) {
            spill();
            inPart = false;
            return;
        }
        if (n == 0) {
            dispatch();
            return;
        }
        byte[] b = line.b;
        line.size = 0;
        int colon = 0;
        while (colon < n && b[colon] != ':') colon++;
        int value = Math.min(n, colon + 1);
        if (value < n && b[value] == ' ') value++;
        long at = line.at + value;
        if (FieldLines.is(b, 0, colon, "data")) {
            if (data.size + n - value > LONGEST) dispatch();
            if (data.size > 0) {
                data.add((byte) '\n', at);
                dataRow = false;
            } else {
                dataRow = lineRow;
            }
            data.add(b, value, n - value, at);
            dataEnd = lineEnd;
        } else if (value < n) {
            String name = colon == 0 ? "" : context.name(b, 0, colon);
            if (lineRow) message.part(PartKind.FRAME, name, b, value, n - value, at);
            else message.part(PartKind.FRAME, name, b, value, n - value, wire(line.at, lineEnd));
        }
    }

    private static Wire wire(long from, long to) {
        return new Wire(from, Math.max(1, to - from), "event-stream", false);
    }

    /** The event is over. */
    private void dispatch() {
        if (part != null) part.end();
        part = null;
        int n = data.size;
        if (n == 0) return;
        long at = data.at;
        byte[] b = data.take();
        if (dataRow) message.part(PartKind.FRAME, "data", b, 0, n, at);
        else message.part(PartKind.FRAME, "data", b, 0, n, wire(at, dataEnd));
    }

    /** Tells what there is of a line that is too long. */
    private void spill() {
        if (part == null) {
            dispatch();
            part =
                    message.open(
                            PartKind.FRAME,
                            FieldLines.begins(line.b, 0, line.size, "data:") ? "data" : "",
                            Hint.NONE);
        }
        inPart = true;
        int n = line.size;
        if (n == 0) return;
        part.feed(
                line.b,
                0,
                n,
                new Wire(line.at, Math.max(1, lineEnd - line.at), "event-stream", lineRow));
        line.size = 0;
    }

    @Override
    public void gap(long length, ReasonCode reason) {
        rest();
        MessageSink.PartSink p = message.open(PartKind.FRAME, "", Hint.NONE);
        p.gap(length, reason);
        p.end();
        cr = false;
    }

    @Override
    public void end() {
        rest();
    }

    private void rest() {
        if (line.size > 0 || inPart) line();
        dispatch();
    }
}
