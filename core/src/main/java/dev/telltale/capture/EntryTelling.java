package dev.telltale.capture;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.FrameMap;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Transport;
import java.nio.charset.StandardCharsets;

/**
 * One entry of an exchange capture being told as a flow with one exchange, every byte of its heads
 * accounted for.
 */
final class EntryTelling {
    private final FlowSinks flows;
    private final Flow flow;
    private final FlowSink sink;
    private final int entry;
    private final Moment sent;
    private final Moment answered;
    private Side side = Side.INITIATOR;
    private String host = "";

    /** Time of what is told at the moment: an entry may hold messages of many times. */
    private static final class Moment implements FrameMap {
        private long nanos;

        private Moment(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public long[] frames(long offset, long length) {
            return new long[0];
        }

        @Override
        public long time(long offset) {
            return nanos;
        }

        @Override
        public void forget(long offset) {}
    }

    /**
     * @param time start of the entry in nanoseconds since the epoch, 0 where unknown
     */
    EntryTelling(FlowSinks flows, int entry, Endpoint initiator, Endpoint responder, long time) {
        this.flows = flows;
        this.entry = entry;
        this.sent = new Moment(time);
        this.answered = new Moment(time);
        this.flow =
                new Flow(entry, Transport.EXCHANGES, initiator, responder, false, sent, answered);
        this.sink = flows.open(flow);
    }

    /** What is told next happened at {@code time}; 0 leaves it as it was. */
    void at(Side side, long time) {
        if (time != 0) (side == Side.INITIATOR ? sent : answered).nanos = time;
    }

    ExchangeSink exchange(
            String protocol,
            String operation,
            String scheme,
            String host,
            int port,
            byte[] target,
            Secured secured,
            String serverName,
            String app) {
        this.host = host;
        sink.identified(protocol, serverName, secured);
        return sink.exchange(
                new Exchange(
                        flow, entry, protocol, operation, scheme, host, port, target, secured,
                        app));
    }

    MessageSink message(ExchangeSink exchange, Side side) {
        this.side = side;
        return exchange.message(side);
    }

    /** A part of the message opened last, its name and bytes accounted for as readable. */
    void part(MessageSink message, PartKind kind, String name, byte[] bytes, int from, int length) {
        message.part(kind, name, bytes, from, length, -1);
        sink.account(
                side, host, ByteClass.READABLE, name.length() + (long) length, ReasonCode.NONE);
    }

    void part(MessageSink message, PartKind kind, String name, String text) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        part(message, kind, name, b, 0, b.length);
    }

    /** Head bytes of the message opened last that are no part: a method, say. */
    void readable(long bytes) {
        if (bytes > 0) sink.account(side, host, ByteClass.READABLE, bytes, ReasonCode.NONE);
    }

    /** Bytes that the message opened last had and the capture does not hold. */
    void missing(long bytes, ReasonCode reason) {
        if (bytes > 0) sink.account(side, host, ByteClass.MISSING, bytes, reason);
    }

    FlowSink sink() {
        return sink;
    }

    void anomaly(Anomaly.Kind kind, String text) {
        sink.anomaly(new Anomaly(kind, "entry " + entry, text));
    }

    void end() {
        flows.close(flow, sink);
    }
}
