package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.MessageSink;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import org.jspecify.annotations.Nullable;

/** SIP over TCP and TLS (RFC 3261 18.3): Content-Length frames the body. */
final class SipStream extends LineStream {
    private static final int MAX_HEAD = 128 << 10;

    private final Sip sip;
    private final Open initiator = new Open();
    private final Open responder = new Open();

    /** The message of one side being read. */
    private static final class Open {
        final Kept head = new Kept();
        Sip.@Nullable Message message;
        MessageSink.@Nullable PartSink body;
    }

    SipStream(Context context, Side client) {
        super(context, client);
        this.sip = new Sip(context);
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        return Sip.startLine(b, from, from + length);
    }

    private Open open(Half half) {
        return half.side == Side.INITIATOR ? initiator : responder;
    }

    @Override
    void line(Half half, byte[] b, int from, int to, long at) {
        Open o = open(half);
        boolean empty = FieldLines.trimEnd(b, from, to) == from;
        if (o.head.size == 0) {
            // Line ends between messages keep the way open (RFC 5626 4.4.1).
            if (empty) readable(half, to - from);
            else if (Sip.startLine(b, from, to) == Match.NO) piece(half, b, from, to - from, at);
            else o.head.add(b, from, to - from, at);
            return;
        }
        o.head.add(b, from, to - from, at);
        if (empty || o.head.size > MAX_HEAD) head(half, o);
    }

    private void head(Half half, Open o) {
        int n = o.head.size;
        long at = o.head.at;
        byte[] b = o.head.take();
        Sip.Message m = sip.head(half.side, b, 0, n, at);
        if (m.length <= 0) {
            if (m.length < 0)
                sip.odd(half.side, at, "A SIP message over a stream says no Content-Length.");
            m.end();
            return;
        }
        o.message = m;
        half.count(m.length);
    }

    @Override
    void counted(Half half, byte[] b, int from, int n, long at) {
        MessageSink.PartSink body = body(open(half));
        if (body != null) body.feed(b, from, n, at);
        else super.counted(half, b, from, n, at);
    }

    private static MessageSink.@Nullable PartSink body(Open o) {
        if (o.body == null && o.message != null) o.body = o.message.body();
        return o.body;
    }

    @Override
    void countedGap(Half half, long n, ReasonCode reason) {
        MessageSink.PartSink body = body(open(half));
        if (body != null) body.gap(n, reason);
        else super.countedGap(half, n, reason);
    }

    @Override
    void countedEnd(Half half, long at) {
        Open o = open(half);
        if (o.body != null) o.body.end();
        if (o.message != null) o.message.end();
        o.body = null;
        o.message = null;
    }

    @Override
    void lost(Half half, long n, ReasonCode reason) {
        cut(half);
        super.lost(half, n, reason);
    }

    /** What was read of a head that does not go on is told. */
    private void cut(Half half) {
        Open o = open(half);
        int n = o.head.size;
        long at = o.head.at;
        byte[] b = o.head.take();
        if (n > 0) sip.head(half.side, b, 0, n, at).end();
    }

    @Override
    void ended(Half half) {
        cut(half);
        countedEnd(half, 0);
    }

    @Override
    void over() {
        sip.end();
    }
}
