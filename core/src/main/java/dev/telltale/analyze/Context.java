package dev.telltale.analyze;

import dev.telltale.analyze.quic.Connections;
import dev.telltale.analyze.tls.Ciphers;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import org.jspecify.annotations.Nullable;

/** What an analyzer knows of the stream it reads, and where it tells what it found. One thread. */
public final class Context {
    /** Tunnels within tunnels; beyond that a stream is {@link Data}. */
    private static final int MAX_DEPTH = 8;

    /** Anomalies told of one flow; hostile traffic has no end of them. */
    private static final int MAX_ANOMALIES = 64;

    private final Flow flow;
    private final FlowSink sink;
    private final Names names;
    private final Secrets secrets;
    private final Ciphers ciphers;
    private final Connections connections;
    private final Secured secured;
    private final String serverName;
    private final String upgrade;
    private final int depth;
    private final Told told;
    private final @Nullable ExchangeSink carrier;
    private boolean lossy;

    /** What all contexts of one flow share. */
    private static final class Told {
        int anomalies;
        int users;
        @Nullable Runnable whenFree;
    }

    Context(
            Flow flow,
            FlowSink sink,
            Names names,
            Secrets secrets,
            Ciphers ciphers,
            Connections connections) {
        this(
                flow,
                sink,
                names,
                secrets,
                ciphers,
                connections,
                flow.secured(),
                flow.serverName(),
                "",
                0,
                new Told(),
                null);
        lossy = flow.midway();
    }

    private Context(
            Flow flow,
            FlowSink sink,
            Names names,
            Secrets secrets,
            Ciphers ciphers,
            Connections connections,
            Secured secured,
            String serverName,
            String upgrade,
            int depth,
            Told told,
            @Nullable ExchangeSink carrier) {
        this.flow = flow;
        this.sink = sink;
        this.names = names;
        this.secrets = secrets;
        this.ciphers = ciphers;
        this.connections = connections;
        this.secured = secured;
        this.serverName = serverName;
        this.upgrade = upgrade;
        this.depth = depth;
        this.told = told;
        this.carrier = carrier;
    }

    /**
     * The same flow one protocol further in.
     *
     * @param sink the own sink, or one that translates offsets of the inner stream
     * @param secured the protection that holds from here inwards
     * @param serverName name of the peer as the outer protocol knows it, empty to keep the own
     * @param upgrade what the outer protocol says it changes to (lower-case Upgrade token, ALPN
     *     id), or empty
     */
    public Context nested(FlowSink sink, Secured secured, String serverName, String upgrade) {
        return nested(sink, secured, serverName, upgrade, null);
    }

    /**
     * As {@link #nested(FlowSink, Secured, String, String)}.
     *
     * @param carrier the exchange that opened the inner stream and stays open as long as it runs,
     *     for protocols whose messages belong to it (a WebSocket's); ended by the outer protocol.
     *     Its host is {@code serverName}
     */
    public Context nested(
            FlowSink sink,
            Secured secured,
            String serverName,
            String upgrade,
            @Nullable ExchangeSink carrier) {
        String name = serverName.isEmpty() ? this.serverName : serverName;
        Context c =
                new Context(
                        flow,
                        sink,
                        names,
                        secrets,
                        ciphers,
                        connections,
                        secured,
                        name,
                        upgrade,
                        depth + 1,
                        told,
                        carrier);
        c.lossy = lossy;
        return c;
    }

    /**
     * The analyzer of a stream inside this one that has bytes and offsets of its own: what was
     * decrypted.
     *
     * @param inside the same flow with frame maps of the inner stream
     */
    public StreamAnalyzer inner(Flow inside, Secured secured, String serverName, String upgrade) {
        return new StreamFlow(inside(inside, secured, serverName, upgrade));
    }

    /**
     * As {@link #inner}.
     *
     * @param carrier as of {@link #nested(FlowSink, Secured, String, String, ExchangeSink)}, with
     *     the places of the inner stream
     */
    public StreamAnalyzer inner(
            Flow inside, Secured secured, String serverName, String upgrade, ExchangeSink carrier) {
        return new StreamFlow(inside(inside, secured, serverName, upgrade, carrier));
    }

    /** As {@link #inner}, of datagrams. */
    public StreamAnalyzer innerDatagrams(Flow inside, Secured secured, String serverName) {
        return new DatagramFlow(inside(inside, secured, serverName, ""));
    }

    /** As {@link #inner}, for those who know what reads that stream. */
    public Context inside(Flow inside, Secured secured, String serverName, String upgrade) {
        return inside(inside, secured, serverName, upgrade, null);
    }

    private Context inside(
            Flow inside,
            Secured secured,
            String serverName,
            String upgrade,
            @Nullable ExchangeSink carrier) {
        String name = serverName.isEmpty() ? this.serverName : serverName;
        return new Context(
                inside,
                sink,
                names,
                secrets,
                ciphers,
                connections,
                secured,
                name,
                upgrade,
                depth + 1,
                told,
                carrier);
    }

    /**
     * Keeps the sink open beyond the end of the flow, until {@link #release}: a connection goes on
     * on another flow.
     */
    public void keep() {
        told.users++;
    }

    public void release() {
        if (--told.users == 0 && told.whenFree != null) told.whenFree.run();
    }

    /** Runs once nobody keeps the sink. */
    void whenFree(Runnable close) {
        told.whenFree = close;
        if (told.users == 0) close.run();
    }

    public Flow flow() {
        return flow;
    }

    public FlowSink sink() {
        return sink;
    }

    public Secured secured() {
        return secured;
    }

    /** Name of the server as far as outer layers know it, or empty. */
    public String serverName() {
        return serverName;
    }

    /** What the outer protocol announced for this stream, or empty. */
    public String upgrade() {
        return upgrade;
    }

    /** The exchange that this stream belongs to, where the outer protocol named one. */
    @Nullable ExchangeSink carrier() {
        return carrier;
    }

    boolean tooDeep() {
        return depth >= MAX_DEPTH;
    }

    /**
     * True where bytes before the ones to come were not seen: what comes first may be the middle of
     * something.
     */
    public boolean lossy() {
        return lossy;
    }

    void lost() {
        lossy = true;
    }

    /** Short bytes that come again and again (names, methods, hosts) as ISO-8859-1 text. */
    public String name(byte[] bytes, int from, int length) {
        return names.of(bytes, from, length);
    }

    Names names() {
        return names;
    }

    public Secrets secrets() {
        return secrets;
    }

    public Ciphers ciphers() {
        return ciphers;
    }

    public Connections connections() {
        return connections;
    }

    public int port(Side side) {
        return flow.endpoint(side).port();
    }

    /** Opens an exchange of this flow under this layer's protection. */
    public ExchangeSink exchange(
            String protocol,
            String operation,
            String scheme,
            String host,
            int port,
            byte[] target) {
        return sink.exchange(
                new Exchange(
                        flow,
                        flow.entry(),
                        protocol,
                        operation,
                        scheme,
                        host,
                        port,
                        target,
                        secured,
                        flow.app()));
    }

    /** Opens an exchange whose target is no URL but belongs to its place: an MQTT topic. */
    ExchangeSink placed(String protocol, String operation, byte[] target) {
        return sink.exchange(
                new Exchange(
                        flow,
                        flow.entry(),
                        protocol,
                        operation,
                        "",
                        serverName,
                        flow.responder().port(),
                        target,
                        secured,
                        flow.app(),
                        true));
    }

    public void account(
            Side side, String host, ByteClass byteClass, long bytes, ReasonCode reason) {
        if (bytes > 0) sink.account(side, host, byteClass, bytes, reason);
    }

    public void readable(Side side, String host, long bytes) {
        account(side, host, ByteClass.READABLE, bytes, ReasonCode.NONE);
    }

    public void anomaly(Anomaly.Kind kind, Side side, long offset, String text) {
        if (told.anomalies > MAX_ANOMALIES) return;
        String where =
                "flow " + flow.number() + (decrypted() ? " decrypted" : "") + " offset " + offset;
        if (told.anomalies++ == MAX_ANOMALIES) {
            sink.anomaly(
                    new Anomaly(
                            Anomaly.Kind.LIMIT, where, "More is odd in this flow than is listed."));
        } else {
            String who = side == Side.INITIATOR ? "sent: " : "answered: ";
            sink.anomaly(new Anomaly(kind, where, who + text));
        }
    }

    private boolean decrypted() {
        return secured.protection() != Protection.NONE;
    }

    /** No byte of {@code side} before {@code offset} is needed any more. */
    public void forget(Side side, long offset) {
        flow.frames(side).forget(offset);
    }

    public long time(Side side, long offset) {
        return flow.frames(side).time(offset);
    }
}
