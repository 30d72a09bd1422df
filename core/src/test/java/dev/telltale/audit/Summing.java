package dev.telltale.audit;

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
import dev.telltale.model.Wire;

/** Adds up every byte that is accounted for, by the analyzer or by a part that it was fed to. */
final class Summing implements FlowSinks {
    long bytes;

    @Override
    public FlowSink open(Flow flow) {
        return new FlowSink() {
            @Override
            public ExchangeSink exchange(Exchange exchange) {
                return new ExchangeSink() {
                    @Override
                    public MessageSink message(Side side) {
                        return new Message();
                    }

                    @Override
                    public void end() {}
                };
            }

            @Override
            public void account(
                    Side side, String host, ByteClass byteClass, long n, ReasonCode reason) {
                bytes += n;
            }

            @Override
            public void nameOf(String ip, String name, long timeNanos) {}

            @Override
            public void identified(String protocol, String serverName, Secured secured) {}

            @Override
            public void anomaly(Anomaly anomaly) {}
        };
    }

    @Override
    public void close(Flow flow, FlowSink sink) {}

    private final class Message implements MessageSink {
        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int length, long at) {}

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            return new PartSink() {
                @Override
                public void feed(byte[] b, int from, int length, long at) {
                    bytes += length;
                }

                /** The analyzer accounts for the wire bytes these were made of. */
                @Override
                public void feed(byte[] b, int from, int length, Wire wire) {}

                @Override
                public void gap(long length, ReasonCode reason) {
                    bytes += length;
                }

                @Override
                public void end() {}
            };
        }

        @Override
        public void end() {}
    }
}
