package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.TlsFacts;
import dev.telltale.model.Transport;
import dev.telltale.model.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Plays a conversation through {@link Analyzers}, writes down what comes out in a canonical form
 * that does not depend on chunking, and holds the contract of the sinks: order of calls, offsets
 * that point at the same bytes, and sums.
 */
final class Transcript implements FlowSinks {
    /** One thing that happens on the wire. */
    record Event(Side side, byte[] bytes, long gap) {}

    final List<Event> script = new ArrayList<>();
    final List<String> identified = new ArrayList<>();
    final List<String> names = new ArrayList<>();
    final List<Anomaly> anomalies = new ArrayList<>();
    final List<Exchanged> exchanges = new ArrayList<>();
    final Map<Side, Map<String, Long>> accounted = new EnumMap<>(Side.class);
    private final Map<Side, Long> sums = new EnumMap<>(Side.class);
    private final Map<Side, byte[]> wire = new EnumMap<>(Side.class);
    private Transport transport = Transport.TCP;
    private int port = 80;
    private int clientPort = 40000;
    private boolean midway;
    private StreamEvent.How how = StreamEvent.How.FIN;
    private boolean closed;
    boolean identityNames = true;
    Secrets secrets = Secrets.none();
    final List<TlsFacts> handshakes = new ArrayList<>();

    /** Who reads the flow; made for it alone where not set. */
    private Analyzers analyzers;

    /** Plays the flows one after the other as those of one capture. */
    static void together(Secrets secrets, List<Transcript> flows) {
        Transcript[] now = new Transcript[1];
        FlowSinks sinks =
                new FlowSinks() {
                    @Override
                    public FlowSink open(Flow flow) {
                        return now[0].open(flow);
                    }

                    @Override
                    public void close(Flow flow, FlowSink sink) {
                        now[0].close(flow, sink);
                    }
                };
        Analyzers shared = new Analyzers(sinks, secrets);
        for (Transcript t : flows) {
            now[0] = t;
            t.analyzers = shared;
            t.play();
        }
    }

    static final class Exchanged {
        final Exchange exchange;
        final List<Told> messages = new ArrayList<>();
        boolean ended;

        Exchanged(Exchange exchange) {
            this.exchange = exchange;
        }
    }

    static final class Told {
        final Side side;
        final List<String> parts = new ArrayList<>();
        boolean ended;

        Told(Side side) {
            this.side = side;
        }
    }

    static Transcript tcp() {
        return new Transcript();
    }

    static Transcript udp(int port) {
        Transcript t = new Transcript();
        t.transport = Transport.UDP;
        t.port = port;
        return t;
    }

    Transcript port(int port) {
        this.port = port;
        return this;
    }

    Transcript clientPort(int port) {
        clientPort = port;
        return this;
    }

    Transcript midway() {
        midway = true;
        return this;
    }

    Transcript endingWith(StreamEvent.How how) {
        this.how = how;
        return this;
    }

    Transcript sent(String text) {
        return sent(bytes(text));
    }

    Transcript sent(byte[] bytes) {
        script.add(new Event(Side.INITIATOR, bytes, 0));
        return this;
    }

    Transcript answered(String text) {
        return answered(bytes(text));
    }

    Transcript answered(byte[] bytes) {
        script.add(new Event(Side.RESPONDER, bytes, 0));
        return this;
    }

    Transcript lost(Side side, long length) {
        script.add(new Event(side, new byte[0], length));
        return this;
    }

    /** Line ends of a text block become CR LF. */
    static byte[] bytes(String text) {
        return text.replace("\r\n", "\n")
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The same script in other hands. */
    Transcript again() {
        Transcript t = new Transcript();
        t.script.addAll(script);
        t.transport = transport;
        t.port = port;
        t.clientPort = clientPort;
        t.midway = midway;
        t.how = how;
        t.identityNames = identityNames;
        t.secrets = secrets;
        return t;
    }

    Transcript play() {
        return play(new Random(1), Integer.MAX_VALUE);
    }

    /**
     * Each event cut at random into pieces of at most {@code longest} bytes, each at a random place
     * in its array.
     */
    Transcript play(Random random, int longest) {
        wire.clear();
        for (Side side : Side.values()) {
            int n = 0;
            for (Event e : script)
                if (e.side == side) n += e.bytes.length + (int) Math.min(e.gap, 1 << 20);
            byte[] all = new byte[n];
            int i = 0;
            for (Event e : script) {
                if (e.side != side) continue;
                System.arraycopy(e.bytes, 0, all, i, e.bytes.length);
                i += e.bytes.length + (int) Math.min(e.gap, 1 << 20);
            }
            wire.put(side, all);
        }
        Flow flow =
                new Flow(
                        7,
                        transport,
                        new Endpoint("192.0.2.10", "", clientPort),
                        new Endpoint("198.51.100.20", "", port),
                        midway,
                        frames(Side.INITIATOR),
                        frames(Side.RESPONDER));
        outer = flow;
        Analyzers by = analyzers == null ? new Analyzers(this, secrets) : analyzers;
        FlowHandler handler = by.open(flow);
        Map<Side, Long> at = new EnumMap<>(Map.of(Side.INITIATOR, 0L, Side.RESPONDER, 0L));
        for (Event e : script) {
            long offset = at.get(e.side);
            if (e.gap > 0) {
                handler.on(new StreamEvent.Gap(e.side, offset, e.gap, ReasonCode.GAP));
                offset += e.gap;
            }
            for (int i = 0; i < e.bytes.length; ) {
                int n = e.bytes.length - i;
                if (longest < n && transport == Transport.TCP) n = 1 + random.nextInt(longest);
                n = Math.min(n, e.bytes.length - i);
                int pad = random.nextInt(4);
                byte[] array = new byte[pad + n + random.nextInt(4)];
                System.arraycopy(e.bytes, i, array, pad, n);
                handler.on(new StreamEvent.Data(e.side, offset, array, pad, n));
                java.util.Arrays.fill(array, (byte) 0x5a);
                i += n;
                offset += n;
            }
            at.put(e.side, offset);
        }
        handler.on(new StreamEvent.Closed(Side.INITIATOR, at.get(Side.INITIATOR), how));
        handler.on(new StreamEvent.Closed(Side.RESPONDER, at.get(Side.RESPONDER), how));
        assertThat(closed).as("flow closed").isTrue();
        for (Exchanged e : exchanges) {
            assertThat(e.ended).as("exchange ended").isTrue();
            for (Told m : e.messages) assertThat(m.ended).as("message ended").isTrue();
        }
        for (Side side : Side.values())
            assertThat(sums.getOrDefault(side, 0L))
                    .as("bytes accounted for, " + side)
                    .isEqualTo(at.get(side));
        return this;
    }

    private Flow outer;

    /** Each event of the script is a frame, and its time; gaps have none. */
    private FrameMap frames(Side side) {
        TreeMap<Long, Integer> starts = new TreeMap<>();
        long at = 0;
        for (int i = 0; i < script.size(); i++) {
            Event e = script.get(i);
            if (e.side != side) continue;
            if (e.gap > 0) starts.put(at, 0);
            at += e.gap;
            if (e.bytes.length > 0) starts.put(at, i + 1);
            at += e.bytes.length;
        }
        return new FrameMap() {
            @Override
            public long[] frames(long offset, long length) {
                if (length <= 0 || starts.floorKey(offset) == null) return new long[0];
                return starts
                        .subMap(starts.floorKey(offset), true, offset + length, false)
                        .values()
                        .stream()
                        .mapToLong(f -> f)
                        .filter(f -> f > 0)
                        .toArray();
            }

            @Override
            public long time(long offset) {
                return 0;
            }

            @Override
            public void forget(long offset) {}
        };
    }

    /** Everything told, in an order that does not depend on how the sides interleave. */
    String text() {
        StringBuilder s = new StringBuilder();
        for (Exchanged e : exchanges) {
            Exchange x = e.exchange;
            s.append(x.protocol())
                    .append(' ')
                    .append(x.operation().isEmpty() ? "?" : x.operation());
            s.append(' ')
                    .append(x.scheme())
                    .append("://")
                    .append(x.host())
                    .append(':')
                    .append(x.port());
            s.append(' ').append(new String(x.target(), StandardCharsets.ISO_8859_1)).append('\n');
            for (Side side : Side.values())
                for (Told m : e.messages) {
                    if (m.side != side) continue;
                    s.append(side == Side.INITIATOR ? "  >\n" : "  <\n");
                    for (String p : m.parts) s.append("    ").append(p).append('\n');
                }
        }
        return s.toString();
    }

    /**
     * What chunking must not change: the exchanges, the sums, the names. Anomalies by kind and
     * place.
     */
    String canonical() {
        return text() + accounted + names + identified + anomalies.stream().sorted().toList();
    }

    List<String> parts(Side side) {
        List<String> all = new ArrayList<>();
        for (Exchanged e : exchanges)
            for (Told m : e.messages) if (m.side == side) all.addAll(m.parts);
        return all;
    }

    @Override
    public FlowSink open(Flow flow) {
        return new FlowSink() {
            @Override
            public ExchangeSink exchange(Exchange exchange) {
                assertThat(closed).isFalse();
                Exchanged e = new Exchanged(exchange);
                exchanges.add(e);
                return new ExchangeSink() {
                    @Override
                    public MessageSink message(Side side) {
                        assertThat(e.ended).as("message after end of exchange").isFalse();
                        Told told = new Told(side);
                        e.messages.add(told);
                        return new Message(told, e.exchange);
                    }

                    @Override
                    public void end() {
                        assertThat(e.ended).as("exchange ended twice").isFalse();
                        for (Told m : e.messages)
                            assertThat(m.ended).as("message open at end").isTrue();
                        e.ended = true;
                    }
                };
            }

            @Override
            public void account(
                    Side side, String host, ByteClass c, long bytes, ReasonCode reason) {
                assertThat(closed).isFalse();
                assertThat(bytes).isPositive();
                sums.merge(side, bytes, Long::sum);
                accounted
                        .computeIfAbsent(side, k -> new TreeMap<>())
                        .merge(host + " " + c + " " + reason, bytes, Long::sum);
            }

            @Override
            public void nameOf(String ip, String name, long timeNanos) {
                names.add(ip + "=" + name);
            }

            @Override
            public void identified(String protocol, String serverName, Secured secured) {
                identified.add(
                        protocol
                                + " "
                                + serverName
                                + " "
                                + secured.protection()
                                + " "
                                + secured.version());
            }

            @Override
            public void handshake(TlsFacts facts) {
                handshakes.add(facts);
            }

            @Override
            public void anomaly(Anomaly anomaly) {
                anomalies.add(anomaly);
            }
        };
    }

    @Override
    public void close(Flow flow, FlowSink sink) {
        assertThat(closed).isFalse();
        closed = true;
    }

    private final class Message implements MessageSink {
        private final Told told;
        private final Flow flow;

        /** Field values of HTTP/2 and later come out of tables and codes. */
        private final boolean coded;

        private boolean open;

        Message(Told told, Exchange exchange) {
            this.told = told;
            this.flow = exchange.flow();
            this.coded = exchange.protocol().matches("http/[2-9]");
        }

        @Override
        public void part(PartKind kind, String name, byte[] bytes, int from, int length, long at) {
            assertThat(open || told.ended).as("part while another is open").isFalse();
            if (kind == PartKind.TARGET) assertThat(told.parts).isEmpty();
            String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
            if (kind != PartKind.NAME) samePlace(text, at);
            else if (identityNames)
                samePlace(text.split("\\.")[0], at); // dots stand for length bytes
            told.parts.add(kind.label() + "[" + name + "]=" + text);
        }

        /** Made of other bytes: frames must have carried those. */
        @Override
        public void part(
                PartKind kind, String name, byte[] bytes, int from, int length, Wire made) {
            assertThat(open || told.ended).as("part while another is open").isFalse();
            if (kind == PartKind.TARGET) assertThat(told.parts).isEmpty();
            onWire(made);
            if (made.aligned()) assertThat(made.length()).isEqualTo(length);
            if (flow == outer)
                assertThat(flow.frames(told.side).frames(made.at(), made.length())).isNotEmpty();
            String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
            told.parts.add(kind.label() + "[" + name + "]=" + text);
        }

        private void onWire(Wire made) {
            assertThat(made.length()).isPositive();
            assertThat(made.at()).isNotNegative();
            if (flow == outer)
                assertThat(made.at() + made.length())
                        .isLessThanOrEqualTo(wire.get(told.side).length);
        }

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            assertThat(open || told.ended).as("part while another is open").isFalse();
            open = true;
            StringBuilder s = new StringBuilder();
            return new PartSink() {
                private boolean ended;

                @Override
                public void feed(byte[] bytes, int from, int length, long at) {
                    assertThat(ended).isFalse();
                    assertThat(length).isPositive();
                    String text = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
                    samePlace(text, at);
                    s.append(text);
                    sums.merge(told.side, (long) length, Long::sum);
                }

                @Override
                public void feed(byte[] bytes, int from, int length, Wire made) {
                    assertThat(ended).isFalse();
                    assertThat(length).isPositive();
                    onWire(made);
                    s.append(new String(bytes, from, length, StandardCharsets.ISO_8859_1));
                }

                @Override
                public void gap(long length, ReasonCode reason) {
                    assertThat(ended).isFalse();
                    assertThat(length).isPositive();
                    s.append("<gap ").append(length).append('>');
                    sums.merge(told.side, length, Long::sum);
                }

                @Override
                public void end() {
                    assertThat(ended).isFalse();
                    ended = true;
                    open = false;
                    String h =
                            hint.mediaType().isEmpty()
                                            && hint.codings().isEmpty()
                                            && hint.declared() < 0
                                    ? ""
                                    : " "
                                            + hint.mediaType()
                                            + " "
                                            + hint.codings()
                                            + " "
                                            + hint.declared()
                                            + (hint.messageCoding().isEmpty()
                                                    ? ""
                                                    : " " + hint.messageCoding());
                    told.parts.add(kind.label() + "[" + name + "]" + h + "=" + s);
                }
            };
        }

        @Override
        public void end() {
            assertThat(open || told.ended).as("message ended twice or with an open part").isFalse();
            told.ended = true;
        }

        private void samePlace(String text, long at) {
            if (at < 0 && coded) return;
            if (flow != outer) {
                // Decrypted: the bytes are others, but frames must have carried them.
                if (!text.isEmpty())
                    assertThat(flow.frames(told.side).frames(at, text.length()))
                            .as("frames of " + text)
                            .isNotEmpty();
                return;
            }
            byte[] all = wire.get(told.side);
            if (at + text.length() > all.length) assertThat(text).as("part at " + at).isEmpty();
            else
                assertThat(new String(all, (int) at, text.length(), StandardCharsets.ISO_8859_1))
                        .as("wire bytes at " + at)
                        .isEqualTo(text);
        }
    }
}
