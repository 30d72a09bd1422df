package dev.telltale.analyze.http2;

import dev.telltale.analyze.CarriedExchange;
import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.tls.Plaintext;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;

/**
 * A stream that a CONNECT made a connection of its own (<a
 * href="https://www.rfc-editor.org/rfc/rfc9113#section-8.5">RFC 9113 8.5</a>, with a protocol <a
 * href="https://www.rfc-editor.org/rfc/rfc8441">RFC 8441</a>): its DATA is read by whatever
 * analyzer its content asks for.
 */
final class Tunnel {
    private final Plaintext sent;
    private final Plaintext answered;
    private final StreamAnalyzer inner;
    private boolean sentOver;
    private boolean answeredOver;

    /**
     * @param exchange the CONNECT's, to which a protocol may add its messages
     * @param host that is connected to
     * @param speaks what is spoken there, lower case, or empty
     */
    Tunnel(Context context, ExchangeSink exchange, String host, String speaks) {
        sent = new Plaintext(context.flow().frames(Side.INITIATOR), false);
        answered = new Plaintext(context.flow().frames(Side.RESPONDER), false);
        inner =
                context.inner(
                        Plaintext.of(context.flow(), sent, answered),
                        context.secured(),
                        host,
                        speaks,
                        new CarriedExchange(exchange, sent, answered));
    }

    /** Takes the DATA of one side. */
    Body from(Side side) {
        Plaintext map = side == Side.INITIATOR ? sent : answered;
        return new Body() {
            @Override
            public void feed(byte[] b, int from, int length, long at) {
                long offset = map.end();
                map.add(at, length);
                inner.data(side, offset, b, from, length);
            }

            @Override
            public void gap(long length, long at, ReasonCode reason) {
                long offset = map.end();
                map.add(at, length);
                inner.gap(side, offset, length, reason);
            }

            @Override
            public void end() {
                over(side);
            }
        };
    }

    /** Where what the inner stream may yet ask for begins. */
    long needed(Side side) {
        return (side == Side.INITIATOR ? sent : answered).needed();
    }

    void end() {
        over(Side.INITIATOR);
        over(Side.RESPONDER);
    }

    private void over(Side side) {
        if (side == Side.INITIATOR ? sentOver : answeredOver) return;
        if (side == Side.INITIATOR) sentOver = true;
        else answeredOver = true;
        inner.closed(side, StreamEvent.How.FIN);
    }
}
