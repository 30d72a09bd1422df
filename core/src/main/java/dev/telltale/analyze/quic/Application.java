package dev.telltale.analyze.quic;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.model.Side;

/** What speaks over the streams of a connection. */
public interface Application {
    /**
     * A stream by its id (RFC 9000 2.1: bit 0 is set where the server opened it, bit 1 where only
     * the opener speaks).
     *
     * @param context of the stream: its offsets are those of the stream's own flow
     */
    StreamAnalyzer stream(long id, Context context);

    /**
     * An unreliable datagram (RFC 9221); accounts for all of its bytes.
     *
     * @param at where it stands in the flow of {@code context}
     */
    void datagram(Context context, Side side, byte[] b, int from, int length, long at);

    /** The connection is over; every stream was closed before. */
    void end();
}
