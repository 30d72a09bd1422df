package dev.telltale.capture;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;

/** Counts the bytes of all parts that come in pieces and keeps none. */
final class Counting implements FlowSinks {
    private final long[] fed;

    /**
     * @param fed its first element counts
     */
    Counting(long[] fed) {
        this.fed = fed;
    }

    @Override
    public FlowSink open(Flow flow) {
        return new FlowSink() {
            @Override
            public ExchangeSink exchange(Exchange exchange) {
                return new ExchangeSink() {
                    @Override
                    public MessageSink message(Side side) {
                        return counting();
                    }

                    @Override
                    public void end() {}
                };
            }

            @Override
            public void account(
                    Side side, String host, ByteClass byteClass, long bytes, ReasonCode reason) {}

            @Override
            public void nameOf(String ip, String name, long timeNanos) {}

            @Override
            public void identified(String protocol, String serverName, Secured secured) {}

            @Override
            public void anomaly(Anomaly anomaly) {}
        };
    }

    private MessageSink counting() {
        return new MessageSink() {
            @Override
            public void part(
                    PartKind kind, String name, byte[] bytes, int from, int length, long at) {}

            @Override
            public PartSink open(PartKind kind, String name, Hint hint) {
                return new PartSink() {
                    @Override
                    public void feed(byte[] bytes, int from, int length, long at) {
                        fed[0] += length;
                    }

                    @Override
                    public void gap(long length, ReasonCode reason) {}

                    @Override
                    public void end() {}
                };
            }

            @Override
            public void end() {}
        };
    }

    @Override
    public void close(Flow flow, FlowSink sink) {}
}
