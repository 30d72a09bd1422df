package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;

/**
 * SIP over UDP (RFC 3261 18): a message a datagram, and line ends that keep the way open (18.1.1,
 * RFC 5626 4.4).
 */
final class SipDatagrams implements DatagramAnalyzer {
    private final Context context;
    private final Sip sip;
    private boolean seen;

    SipDatagrams(Context context) {
        this.context = context;
        this.sip = new Sip(context);
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        int to = from + length;
        Match start = Sip.startLine(b, from, to);
        if (start != Match.CLIENT && start != Match.SERVER)
            return seen && keepAlive(side, b, from, to);
        seen = true;
        int end = FieldLines.blockEnd(b, from, to);
        int head = end < 0 ? to : end;
        Sip.Message m = sip.head(side, b, from, head, offset);
        int n = to - head;
        if (m.length >= 0 && m.length < n) n = (int) m.length;
        if (n > 0) {
            MessageSink.PartSink body = m.body();
            body.feed(b, head, n, offset + (head - from));
            body.end();
        }
        int left = to - head - n;
        if (left > 0) {
            MessageSink.PartSink rest = m.sink.open(PartKind.FRAME, "", Hint.NONE);
            rest.feed(b, head + n, left, offset + (head + n - from));
            rest.end();
        }
        m.end();
        return true;
    }

    private boolean keepAlive(Side side, byte[] b, int from, int to) {
        if (to - from > 4) return false;
        for (int i = from; i < to; i++) if (b[i] != '\r' && b[i] != '\n' && b[i] != 0) return false;
        context.readable(side, context.serverName(), to - from);
        return true;
    }

    @Override
    public void end() {
        sip.end();
    }
}
