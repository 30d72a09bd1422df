package dev.telltale.analyze.quic;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.Data;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.http3.Http3;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;

/** What speaks over QUIC, by the ALPN id that was agreed on. */
final class Applications {
    private Applications() {}

    /**
     * @param context whose {@link Context#upgrade} is the ALPN id
     * @param midway the handshake was not seen, so that a missing id says nothing
     */
    static Application of(Context context, Side client, boolean midway) {
        String alpn = context.upgrade();
        if (alpn.equals("h3") || alpn.startsWith("h3-")) return new Http3(context, client, false);
        // Nearly all is HTTP/3; a stream that does not begin like one is read as any other.
        if (alpn.isEmpty() && midway) return new Http3(context, client, true);
        return new Others(client);
    }

    /** Each stream is read for itself: DNS (RFC 9250), HTTP/0.9 of tests, what is not known. */
    private record Others(Side client) implements Application {
        @Override
        public StreamAnalyzer stream(long id, Context c) {
            return c.inner(c.flow(), c.secured(), c.serverName(), c.upgrade());
        }

        @Override
        public void datagram(Context c, Side side, byte[] b, int from, int length, long at) {
            Data data = new Data(c, client);
            data.data(side, at, b, from, length);
            data.closed(side, StreamEvent.How.FIN);
            data.closed(side.other(), StreamEvent.How.FIN);
        }

        @Override
        public void end() {}
    }
}
