package dev.telltale.analyze.http3;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;

/** A request stream (RFC 9114 4.1): what the client asks, and what the server answers. */
final class Request implements StreamAnalyzer {
    private final Http3 connection;
    private final Half asked;
    private final Half answered;

    Request(Http3 connection, Context context) {
        this.connection = connection;
        Talk talk = new Talk(connection, context);
        asked = new Half(connection, context, connection.client, talk, true);
        answered = new Half(connection, context, connection.client.other(), talk, false);
    }

    private Half half(Side side) {
        return side == connection.client ? asked : answered;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
        if (side == connection.client) answered.go();
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).gap(length, reason, offset);
        if (side == connection.client) answered.go();
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        half(side).close(how);
        if (side == connection.client) answered.go();
    }
}
