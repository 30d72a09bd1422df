package dev.telltale.analyze;

import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A flow whose protocol is not known: one exchange, a message for each turn of direction (TCP) or
 * each datagram (UDP), its bytes searched like any body.
 */
public final class Data implements StreamAnalyzer {
    private final Context context;
    private final Side client;
    private @Nullable ExchangeSink exchange;
    private @Nullable MessageSink message;
    private MessageSink.@Nullable PartSink part;
    private Side turn = Side.INITIATOR;
    private long turnEnd;
    private int closed;

    public Data(Context context, Side client) {
        this.context = context;
        this.client = client;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        turn(side).feed(bytes, from, length, offset);
        turnEnd = offset + length;
    }

    /** One datagram, a message of its own. */
    void datagram(Side side, long offset, byte[] bytes, int from, int length) {
        data(side, offset, bytes, from, length);
        endTurn();
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        if (part != null && side == turn) {
            part.gap(length, reason);
            turnEnd = offset + length;
        } else {
            context.account(side, context.serverName(), ByteClass.MISSING, length, reason);
        }
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        if (side == turn) endTurn();
        closed |= side == Side.INITIATOR ? 1 : 2;
        if (closed == 3) end();
    }

    /** Ends what is open; the flow speaks something known from here. */
    void end() {
        endTurn();
        if (exchange != null) exchange.end();
        exchange = null;
    }

    private MessageSink.PartSink turn(Side side) {
        if (part != null && side == turn) return part;
        endTurn();
        if (exchange == null) {
            String protocol = context.flow().transport() == Transport.UDP ? "udp" : "tcp";
            if (context.secured().protection() == Protection.QUIC) protocol = "quic";
            exchange =
                    context.exchange(
                            protocol,
                            "DATA",
                            "",
                            context.serverName(),
                            context.port(client.other()),
                            new byte[0]);
        }
        turn = side;
        message = exchange.message(side);
        // A datagram may be media or a game; who encrypts a stream of his own has something to say.
        boolean stream = context.flow().transport() == Transport.TCP;
        part = message.open(PartKind.FRAME, "", stream ? Hint.PROPRIETARY : Hint.NONE);
        return part;
    }

    private void endTurn() {
        if (part != null) part.end();
        if (message != null) {
            message.end();
            context.forget(turn, turnEnd);
        }
        part = null;
        message = null;
    }
}
