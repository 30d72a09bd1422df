package dev.telltale.analyze;

import dev.telltale.analyze.quic.Quic;
import dev.telltale.analyze.tls.Dtls;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A UDP flow. Several protocols may share one 5-tuple (STUN, DTLS and SRTP do, RFC 7983), so each
 * datagram is offered to the protocol that took the last one, then to the others in order, and is
 * {@link Data} if none takes it.
 */
final class DatagramFlow implements StreamAnalyzer {
    /** In the order asked. */
    private static final List<Function<Context, DatagramAnalyzer>> ALL =
            List.of(
                    // By port and content: the surest, and cheap to rule out by the port.
                    Dns::new,
                    // By port and content too: what a phone tells to the network it joins.
                    Dhcp::new,
                    Dhcpv6::new,
                    Ssdp::new,
                    NetbiosNames::new,
                    Ntp::new,
                    // A magic number of four bytes, whatever the port.
                    Stun::new,
                    // A line of text that nothing binary begins with.
                    SipDatagrams::new,
                    // The first byte (20 to 63) is outside of QUIC's.
                    Dtls::new,
                    // Last, because once seen it takes every datagram: short headers show nothing
                    // but to those who have their keys.
                    Quic::new);

    private final Context context;

    /** Index of the one that took the last datagram, -1 for none. */
    private int current = -1;

    private DatagramAnalyzer @Nullable [] opened;
    private @Nullable Data data;
    private int closed;

    DatagramFlow(Context context) {
        this.context = context;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        context.sink().plaintext(context.flow(), side, offset, bytes, from, length);
        if (!known(side, offset, bytes, from, length)) {
            if (data == null) data = new Data(context, Side.INITIATOR);
            data.datagram(side, offset, bytes, from, length);
        }
        context.forget(side, offset + length);
    }

    private boolean known(Side side, long offset, byte[] bytes, int from, int length) {
        DatagramAnalyzer[] all = opened;
        if (current >= 0 && all != null && all[current].datagram(side, offset, bytes, from, length))
            return true;
        for (int i = 0; i < ALL.size(); i++) {
            if (i == current) continue;
            // Made anew each time until one takes something: flows that none takes keep none.
            DatagramAnalyzer a = all == null || all[i] == null ? ALL.get(i).apply(context) : all[i];
            if (!a.datagram(side, offset, bytes, from, length)) continue;
            if (all == null) all = opened = new DatagramAnalyzer[ALL.size()];
            all[i] = a;
            current = i;
            return true;
        }
        return false;
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        context.account(side, context.serverName(), ByteClass.MISSING, length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        closed |= side == Side.INITIATOR ? 1 : 2;
        if (closed != 3) return;
        if (opened != null) for (DatagramAnalyzer a : opened) if (a != null) a.end();
        if (data != null) data.end();
    }
}
