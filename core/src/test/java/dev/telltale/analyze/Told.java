package dev.telltale.analyze;

import dev.telltale.capture.CaptureFile;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.MetaSink;
import dev.telltale.capture.PacketCapture;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everything that is told of a capture file. */
final class Told implements FlowSinks {
    /** A message with where it stood. */
    record Message(Flow flow, Exchange exchange, Side side, List<Part> parts) {
        String part(String name) {
            for (Part p : parts) if (p.name.equals(name)) return p.text;
            return null;
        }
    }

    record Part(PartKind kind, String name, String text, long frame) {}

    final List<Message> messages = new ArrayList<>();
    final List<Anomaly> anomalies = new ArrayList<>();
    final List<String> identified = new ArrayList<>();

    static Told of(Path file) throws Exception {
        Told told = new Told();
        Secrets secrets = Secrets.none();
        try (CaptureFile f = CaptureFiles.open(file, false)) {
            PacketCapture p = (PacketCapture) f;
            Dissector d =
                    new Dissector(
                            new Analyzers(told, secrets),
                            told.anomalies::add,
                            DissectLimits.DEFAULT);
            p.read(d, told.anomalies::add, new MetaSink() {});
            d.end();
        }
        return told;
    }

    List<Message> of(String protocol) {
        return messages.stream().filter(m -> m.exchange.protocol().equals(protocol)).toList();
    }

    String text() {
        StringBuilder s = new StringBuilder();
        for (Message m : messages) {
            s.append(m.flow.number()).append(' ').append(m.exchange.protocol()).append(' ');
            s.append(m.exchange.operation()).append(' ');
            s.append(new String(m.exchange.target(), StandardCharsets.ISO_8859_1));
            s.append(m.side == Side.INITIATOR ? " >\n" : " <\n");
            for (Part p : m.parts) {
                String t = p.text.length() > 100 ? p.text.substring(0, 100) + "..." : p.text;
                s.append("    ").append(p.kind.label()).append('[').append(p.name).append("]=");
                s.append(t.replaceAll("[^ -~]", "\u00b7")).append('\n');
            }
        }
        for (Anomaly a : anomalies) s.append(a).append('\n');
        return s.append(identified).append('\n').toString();
    }

    @Override
    public FlowSink open(Flow flow) {
        return new FlowSink() {
            @Override
            public ExchangeSink exchange(Exchange exchange) {
                return new ExchangeSink() {
                    @Override
                    public MessageSink message(Side side) {
                        Message m = new Message(exchange.flow(), exchange, side, new ArrayList<>());
                        messages.add(m);
                        return new Parts(m);
                    }

                    @Override
                    public void end() {}
                };
            }

            @Override
            public void account(Side side, String host, ByteClass c, long n, ReasonCode r) {}

            @Override
            public void nameOf(String ip, String name, long timeNanos) {}

            @Override
            public void identified(String protocol, String serverName, Secured secured) {
                identified.add(protocol);
            }

            @Override
            public void anomaly(Anomaly anomaly) {
                anomalies.add(anomaly);
            }
        };
    }

    @Override
    public void close(Flow flow, FlowSink sink) {}

    private record Parts(Message m) implements MessageSink {
        private long frame(long at) {
            long[] frames = m.flow.frames(m.side).frames(at, 1);
            return frames.length == 0 ? -1 : frames[0];
        }

        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int n, long at) {
            String text = new String(b, from, n, StandardCharsets.ISO_8859_1);
            m.parts.add(new Part(kind, name, text, frame(at)));
        }

        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int n, Wire wire) {
            part(kind, name, b, from, n, wire.at());
        }

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            StringBuilder s = new StringBuilder();
            return new PartSink() {
                private long frame = -1;

                @Override
                public void feed(byte[] b, int from, int n, long at) {
                    if (frame < 0) frame = frame(at);
                    s.append(new String(b, from, n, StandardCharsets.ISO_8859_1));
                }

                @Override
                public void feed(byte[] b, int from, int n, Wire wire) {
                    feed(b, from, n, wire.at());
                }

                @Override
                public void gap(long n, ReasonCode reason) {
                    s.append("<gap ").append(n).append('>');
                }

                @Override
                public void end() {
                    m.parts.add(new Part(kind, name, s.toString(), frame));
                }
            };
        }

        @Override
        public void end() {}
    }

    public static void main(String[] args) throws Exception {
        for (String a : args) System.out.println("== " + a + "\n" + of(Path.of(a)).text());
    }
}
