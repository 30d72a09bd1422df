package dev.telltale.analyze;

import dev.telltale.analyze.tls.Plaintext;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;

/**
 * An exchange of a multiplexed connection as a stream inside it sees it: that stream counts its own
 * bytes, the exchange those of the connection, so that places are translated on the way.
 */
public final class CarriedExchange implements ExchangeSink {
    private final ExchangeSink exchange;
    private final Plaintext sent;
    private final Plaintext answered;

    /**
     * @param sent where the bytes of the inner stream stand in the connection
     */
    public CarriedExchange(ExchangeSink exchange, Plaintext sent, Plaintext answered) {
        this.exchange = exchange;
        this.sent = sent;
        this.answered = answered;
    }

    @Override
    public MessageSink message(Side side) {
        return new Message(exchange.message(side), side == Side.INITIATOR ? sent : answered);
    }

    @Override
    public void end() {
        exchange.end();
    }

    /** What the piece was made from may stand in several frames: those between count with it. */
    private static Wire around(Plaintext map, Wire wire) {
        if (wire.length() <= 0) return wire;
        long at = map.at(wire.at());
        long length = map.at(wire.at() + wire.length() - 1) + 1 - at;
        return new Wire(at, length, wire.layer(), wire.aligned() && length == wire.length());
    }

    private record Message(MessageSink message, Plaintext map) implements MessageSink {
        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int length, long at) {
            if (length == 0 || map.together(at, length) == length)
                message.part(kind, name, b, from, length, map.at(at));
            else
                message.part(
                        kind,
                        name,
                        b,
                        from,
                        length,
                        around(map, new Wire(at, length, "frames", false)));
        }

        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int length, Wire wire) {
            message.part(kind, name, b, from, length, around(map, wire));
        }

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            return new Part(message.open(kind, name, hint), map);
        }

        @Override
        public void end() {
            message.end();
        }
    }

    private record Part(MessageSink.PartSink part, Plaintext map) implements MessageSink.PartSink {
        @Override
        public void feed(byte[] b, int from, int length, long at) {
            for (int i = 0; i < length; ) {
                int n = (int) map.together(at + i, length - i);
                part.feed(b, from + i, n, map.at(at + i));
                i += n;
            }
        }

        @Override
        public void feed(byte[] b, int from, int length, Wire wire) {
            if (!wire.aligned()) {
                part.feed(b, from, length, around(map, wire));
                return;
            }
            for (int i = 0; i < length; ) {
                int n = (int) map.together(wire.at() + i, length - i);
                part.feed(b, from + i, n, new Wire(map.at(wire.at() + i), n, wire.layer(), true));
                i += n;
            }
        }

        @Override
        public void gap(long length, ReasonCode reason) {
            part.gap(length, reason);
        }

        @Override
        public void end() {
            part.end();
        }
    }
}
