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
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * One line a request, as it is met: METHOD, tab, URL with the target byte for byte as sent, tab,
 * frame (entry for exchange captures).
 */
final class RequestLister implements FlowSinks {
    private final Consumer<byte[]> lines;

    RequestLister(Consumer<byte[]> lines) {
        this.lines = lines;
    }

    @Override
    public FlowSink open(Flow flow) {
        return new Lister(flow);
    }

    @Override
    public void close(Flow flow, FlowSink sink) {}

    private final class Lister implements FlowSink {
        private final Flow flow;
        private String serverName = "";

        private Lister(Flow flow) {
            this.flow = flow;
        }

        @Override
        public ExchangeSink exchange(Exchange exchange) {
            return new ExchangeSink() {
                @Override
                public MessageSink message(Side side) {
                    return new Targets(exchange, side);
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
        public void identified(String protocol, String serverName, Secured secured) {
            if (!serverName.isEmpty()) this.serverName = serverName;
        }

        @Override
        public void anomaly(Anomaly anomaly) {}

        private final class Targets implements MessageSink {
            private final Exchange exchange;
            private final Side side;

            private Targets(Exchange exchange, Side side) {
                this.exchange = exchange;
                this.side = side;
            }

            @Override
            public void part(
                    PartKind kind, String name, byte[] bytes, int from, int length, long at) {
                if (kind == PartKind.TARGET && exchange.hasUrl()) list(at);
            }

            @Override
            public void part(
                    PartKind kind, String name, byte[] bytes, int from, int length, Wire wire) {
                part(kind, name, bytes, from, length, wire.at());
            }

            private void list(long at) {
                long[] frames = at < 0 ? new long[0] : exchange.flow().frames(side).frames(at, 1);
                long place = frames.length > 0 ? frames[0] : exchange.entry();
                ByteArrayOutputStream line = new ByteArrayOutputStream(128);
                line.writeBytes(exchange.operation().getBytes(StandardCharsets.ISO_8859_1));
                line.write('\t');
                line.writeBytes(origin().getBytes(StandardCharsets.UTF_8));
                line.writeBytes(exchange.target());
                line.writeBytes(("\t" + place + "\n").getBytes(StandardCharsets.US_ASCII));
                lines.accept(line.toByteArray());
            }

            private String origin() {
                byte[] t = exchange.target();
                if (exchange.operation().equals("CONNECT") || RequestLine.isAbsolute(t)) return "";
                String host = exchange.host();
                if (host.isEmpty()) host = serverName;
                if (host.isEmpty()) host = flow.responder().ip();
                StringBuilder s = new StringBuilder(exchange.scheme()).append("://");
                s.append(host.indexOf(':') >= 0 ? "[" + host + "]" : host);
                if (exchange.port() > 0
                        && exchange.port() != RequestLine.defaultPort(exchange.scheme()))
                    s.append(':').append(exchange.port());
                return s.toString();
            }

            @Override
            public PartSink open(PartKind kind, String name, Hint hint) {
                return NOWHERE;
            }

            @Override
            public void end() {}
        }
    }

    private static final MessageSink.PartSink NOWHERE =
            new MessageSink.PartSink() {
                @Override
                public void feed(byte[] bytes, int from, int length, long at) {}

                @Override
                public void feed(byte[] bytes, int from, int length, Wire wire) {}

                @Override
                public void gap(long length, ReasonCode reason) {}

                @Override
                public void end() {}
            };
}
