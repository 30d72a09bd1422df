package dev.telltale.dissect;

import dev.telltale.model.Endpoint;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.Secured;
import dev.telltale.model.ServicePorts;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A flow in the table. Its ends are numbered 0 and 1 as in {@link FlowKey}; which is the initiator
 * may show later.
 */
abstract sealed class Conversation permits TcpFlow, UdpFlow {
    final int version;
    final int protocol;
    final long high0;
    final long low0;
    final long high1;
    final long low1;
    final int port0;
    final int port1;
    final int hash;

    /** Frame that opened it. */
    final long number;

    final Recency.Node<Conversation> node = new Recency.Node<>(this);
    final Shared shared;
    long lastTime;

    /** The dissector's clock at that packet. */
    long lastClock;

    int initiator;

    /** As the first packet that was named says. */
    private String app = "";

    private long mac0 = -1;
    private long mac1 = -1;
    private @Nullable Flow flow;
    private @Nullable FlowHandler handler;

    Conversation(Shared shared, FlowKey k, long number) {
        this.shared = shared;
        this.number = number;
        version = k.version;
        protocol = k.protocol;
        high0 = k.high0;
        low0 = k.low0;
        high1 = k.high1;
        low1 = k.low1;
        port0 = k.port0;
        port1 = k.port1;
        hash = k.hash;
        initiator = likelyInitiator(k);
    }

    final boolean is(FlowKey k) {
        return low0 == k.low0
                && low1 == k.low1
                && port0 == k.port0
                && port1 == k.port1
                && protocol == k.protocol
                && version == k.version
                && high0 == k.high0
                && high1 == k.high1;
    }

    /** Notes whose packet it is. */
    final void app(String named) {
        if (app.isEmpty()) app = named;
    }

    /** Notes the MAC addresses that a packet from end {@code sender} shows. */
    final void macs(int sender, Frame f) {
        if (sender == 0) {
            if (mac0 < 0) mac0 = f.sourceMac;
            if (mac1 < 0) mac1 = f.targetMac;
        } else {
            if (mac1 < 0) mac1 = f.sourceMac;
            if (mac0 < 0) mac0 = f.targetMac;
        }
    }

    /** The initiator and the midway flag are settled once this is true. */
    final boolean opened() {
        return flow != null;
    }

    final Side side(int end) {
        return end == initiator ? Side.INITIATOR : Side.RESPONDER;
    }

    /** Opens the flow for its handler at the first event, as late as may be. */
    final void emit(StreamEvent event) {
        FlowHandler h = handler;
        if (h == null) {
            Endpoint end0 =
                    new Endpoint(Addresses.end(version, high0, low0), Addresses.mac(mac0), port0);
            Endpoint end1 =
                    new Endpoint(Addresses.end(version, high1, low1), Addresses.mac(mac1), port1);
            Flow f =
                    new Flow(
                            number,
                            protocol == Ipv4.TCP ? Transport.TCP : Transport.UDP,
                            initiator == 0 ? end0 : end1,
                            initiator == 0 ? end1 : end0,
                            midway(),
                            frames(initiator),
                            frames(1 - initiator),
                            Secured.NONE,
                            "",
                            app);
            flow = f;
            shared.tally.flows++;
            h = shared.handlers.open(f);
            handler = h;
        }
        h.on(event);
    }

    /** Lets go of the handler once both sides are closed. */
    final void dropHandler() {
        handler = null;
        flow = null;
    }

    abstract boolean midway();

    abstract Frames frames(int end);

    /** Closes both sides, delivering what is held. Does nothing to what is closed already. */
    abstract void close(StreamEvent.How how);

    /** Nothing can be lost by forgetting it. */
    abstract boolean finished();

    /**
     * Who began, for a flow whose first packet does not say: the client, else who is seen first.
     */
    private static int likelyInitiator(FlowKey k) {
        int server = ServicePorts.server(k.port0, k.port1);
        return server < 0 ? k.sender : 1 - server;
    }
}
