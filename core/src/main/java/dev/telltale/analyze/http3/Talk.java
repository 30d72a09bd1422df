package dev.telltale.analyze.http3;

import dev.telltale.analyze.CarriedExchange;
import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.http2.Heads;
import dev.telltale.analyze.tls.Plaintext;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Protection;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import org.jspecify.annotations.Nullable;

/** The exchange of a stream, once something of it is told. */
final class Talk {
    private final Http3 connection;
    private final Context context;
    private @Nullable ExchangeSink exchange;
    private @Nullable ExchangeSink orphan;
    private @Nullable Tunnel tunnel;
    private String host = "";
    private boolean refused;
    private int over;

    /** The request's head was read, or cannot be any more. */
    boolean asked;

    Talk(Http3 connection, Context context) {
        this.connection = connection;
        this.context = context;
    }

    /** The other protocol that a CONNECT leads to (RFC 9114 4.4, RFC 9220). */
    static final class Tunnel {
        private final Plaintext sent;
        private final Plaintext answered;
        final StreamAnalyzer inner;

        Tunnel(Context c, ExchangeSink exchange, String host, String protocol) {
            sent = new Plaintext(c.flow().frames(Side.INITIATOR));
            answered = new Plaintext(c.flow().frames(Side.RESPONDER));
            inner =
                    c.inner(
                            Plaintext.of(c.flow(), sent, answered),
                            c.secured(),
                            host,
                            protocol,
                            new CarriedExchange(exchange, sent, answered));
        }

        Plaintext map(Side side) {
            return side == Side.INITIATOR ? sent : answered;
        }
    }

    String host() {
        return host.isEmpty() ? connection.host() : host;
    }

    /** Opens the exchange that a request asks for. */
    ExchangeSink open(Heads.Request r) {
        asked = true;
        host = r.host();
        connection.host(host);
        orphan = exchange; // its answer came first
        return set(
                context.exchange("http/3", r.method(), r.scheme(), r.host(), r.port(), r.target()));
    }

    private ExchangeSink set(ExchangeSink e) {
        exchange = e;
        return e;
    }

    boolean opened() {
        return exchange != null;
    }

    /** The exchange; one whose request was not seen where none is open. */
    ExchangeSink exchange() {
        ExchangeSink e = exchange;
        if (e != null) return e;
        asked = true;
        String scheme = context.secured().protection() == Protection.NONE ? "http" : "https";
        return set(
                context.exchange(
                        "http/3",
                        "",
                        scheme,
                        connection.host(),
                        context.port(connection.client.other()),
                        new byte[0]));
    }

    void tunnel(String protocol) {
        tunnel = new Tunnel(context, exchange(), host(), protocol);
    }

    /** The server says no: what it says further is the body of its answer. */
    void refused() {
        refused = true;
    }

    /** The tunnel that what {@code side} says goes into, if any. */
    @Nullable Tunnel tunnel(Side side) {
        return refused && side != connection.client ? null : tunnel;
    }

    /** One side has said all. */
    void over(int halves) {
        over += halves;
        if (over < 2) return;
        if (tunnel != null) {
            tunnel.inner.closed(Side.INITIATOR, StreamEvent.How.FIN);
            tunnel.inner.closed(Side.RESPONDER, StreamEvent.How.FIN);
        }
        if (orphan != null) orphan.end();
        if (exchange != null) exchange.end();
        orphan = null;
        exchange = null;
    }
}
