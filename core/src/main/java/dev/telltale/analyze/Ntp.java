package dev.telltale.analyze;

import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;

/**
 * NTP (RFC 5905 7.3). Its 48 bytes are times and are only accounted for; what follows them
 * (extension fields, authentication) is told.
 *
 * <pre>
 * LI (2) version (3) mode (3) | stratum poll precision (24) | root delay, root dispersion, reference id (96) | 4 timestamps (256)
 * </pre>
 */
final class Ntp implements DatagramAnalyzer {
    private static final int PORT = 123;
    private static final int HEADER = 48;

    private final Context context;
    private boolean seen;

    Ntp(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        if (context.port(Side.INITIATOR) != PORT && context.port(Side.RESPONDER) != PORT)
            return false;
        int version = b[from] >> 3 & 7;
        int mode = b[from] & 7;
        if (length < HEADER || version < 1 || version > 4 || mode < 1 || mode > 5) return false;
        if (!seen) context.sink().identified("ntp", "", context.secured());
        seen = true;
        if (length == HEADER) {
            context.readable(side, context.serverName(), length);
            return true;
        }
        context.readable(side, context.serverName(), HEADER);
        ExchangeSink e =
                context.exchange("ntp", "EXTENSION", "", context.serverName(), PORT, new byte[0]);
        MessageSink m = e.message(side);
        MessageSink.PartSink p = m.open(PartKind.FRAME, "", Hint.NONE);
        p.feed(b, from + HEADER, length - HEADER, offset + HEADER);
        p.end();
        m.end();
        e.end();
        return true;
    }

    @Override
    public void end() {}
}
