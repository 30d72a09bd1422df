package dev.telltale.analyze.http3;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.http2.Fields;
import dev.telltale.analyze.http2.Heads;
import dev.telltale.analyze.quic.Application;
import dev.telltale.analyze.quic.Varint;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/3 (<a href="https://www.rfc-editor.org/rfc/rfc9114">RFC 9114</a>), tolerant. What the
 * streams of a connection share is here: the tables of QPACK, what waits for them, the name of the
 * server. Each request stream is an exchange.
 */
public final class Http3 implements Application {
    /** Memory of all that waits on a connection. */
    private static final long MAX_HELD = 4 << 20;

    private static final int MAX_PROMISES = 256;

    final Context context;
    final Side client;

    /** The handshake was not seen: a stream is read as HTTP/3 only if it begins so. */
    final boolean guessed;

    /** What the client sends, and what the server sends. */
    final Qpack requests;

    final Qpack responses;

    /** Halves that wait: for an entry of a table, or for the request that they answer. */
    private final Set<Half> waiting = new LinkedHashSet<>();

    private final Map<Long, Heads.Request> promises = new LinkedHashMap<>();

    /** Of the field section at hand. */
    final Fields fields = new Fields();

    private long held;
    private String host;
    private boolean identified;

    /** Nothing more comes. */
    private boolean over;

    /**
     * @param context of the connection, under its protection
     */
    public Http3(Context context, Side client, boolean guessed) {
        this.context = context;
        this.client = client;
        this.guessed = guessed;
        this.host = context.serverName();
        requests = new Qpack(context::name);
        responses = new Qpack(context::name);
        if (guessed) {
            requests.lost();
            responses.lost();
        }
    }

    @Override
    public StreamAnalyzer stream(long id, Context c) {
        if ((id & 2) != 0)
            return new Unidirectional(this, c, (id & 1) == 0 ? client : client.other());
        // Servers open none (RFC 9114 6.1) but for what was agreed on beside.
        if ((id & 1) != 0) return c.inner(c.flow(), c.secured(), c.serverName(), "");
        Request request = new Request(this, c);
        return guessed ? new Guess(c, client, request) : request;
    }

    /**
     * HTTP Datagrams (<a href="https://www.rfc-editor.org/rfc/rfc9297#section-2.1">RFC 9297
     * 2.1</a>): quarter stream id (i), payload.
     */
    @Override
    public void datagram(Context c, Side side, byte[] b, int from, int length, long at) {
        identify(host);
        long quarter = Varint.read(b, from, from + length);
        int n = quarter < 0 ? 0 : Varint.size(b[from]);
        c.readable(side, host, n);
        if (n == length) return;
        ExchangeSink e = stray(c);
        MessageSink m = e.message(side);
        MessageSink.PartSink part = m.open(PartKind.FRAME, "datagram", Hint.NONE);
        part.feed(b, from + n, length - n, at + n);
        part.end();
        m.end();
        e.end();
    }

    @Override
    public void end() {
        over = true;
        for (Half h : List.copyOf(waiting)) h.go();
        identify(host);
    }

    boolean over() {
        return over;
    }

    // --- What the streams share

    String host() {
        return host;
    }

    void host(String name) {
        host = name;
        identify(name);
    }

    void identify(String name) {
        if (!identified) context.sink().identified("http/3", name, context.secured());
        identified = true;
    }

    Qpack qpack(Side sender) {
        return sender == client ? requests : responses;
    }

    ExchangeSink stray(Context c) {
        return c.exchange("http/3", "DATA", "", host, c.port(client.other()), new byte[0]);
    }

    /** {@code h} waits; true where it must not. */
    boolean mayWait(Half h, long change) {
        held += change;
        context.connections().hold(change);
        if (over || held > MAX_HELD || !context.connections().mayHold()) return false;
        waiting.add(h);
        return true;
    }

    void waits(Half h, boolean does) {
        if (does) waiting.add(h);
        else waiting.remove(h);
    }

    void gaveUp(long bytes) {
        held -= bytes;
        context.connections().hold(-bytes);
    }

    /** A table has grown, or is known not to grow any more. */
    void tableChanged() {
        for (Half h : new ArrayList<>(waiting)) h.go();
    }

    /** A request that the server answers unasked (4.6), until its push stream comes. */
    void promise(long id, Heads.Request r) {
        if (promises.size() < MAX_PROMISES) promises.put(id, r);
    }

    Heads.@Nullable Request promised(long id) {
        return promises.remove(id);
    }

    /** A stream of a connection joined midway: HTTP/3 if it begins with a HEADERS frame. */
    private static final class Guess implements StreamAnalyzer {
        private final Context context;
        private final Side client;
        private final Request request;
        private @Nullable StreamAnalyzer chosen;
        private StreamEvent.@Nullable How initiatorClosed;
        private StreamEvent.@Nullable How responderClosed;

        Guess(Context context, Side client, Request request) {
            this.context = context;
            this.client = client;
            this.request = request;
        }

        private StreamAnalyzer choose(boolean http) {
            StreamAnalyzer c = chosen;
            if (c != null) return c;
            c =
                    http
                            ? request
                            : context.inner(
                                    context.flow(), context.secured(), context.serverName(), "");
            chosen = c;
            if (initiatorClosed != null) c.closed(Side.INITIATOR, initiatorClosed);
            if (responderClosed != null) c.closed(Side.RESPONDER, responderClosed);
            return c;
        }

        @Override
        public void data(Side side, long offset, byte[] bytes, int from, int length) {
            choose(bytes[from] == Half.HEADERS).data(side, offset, bytes, from, length);
        }

        @Override
        public void gap(Side side, long offset, long length, ReasonCode why) {
            choose(false).gap(side, offset, length, why);
        }

        @Override
        public void closed(Side side, StreamEvent.How how) {
            if (chosen != null) {
                chosen.closed(side, how);
                return;
            }
            if (side == Side.INITIATOR) initiatorClosed = how;
            else responderClosed = how;
        }
    }
}
