package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import dev.telltale.bytes.DigestSource;
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
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * All that one reading of an exchange capture told, and that it was told in the order the contract
 * asks for.
 */
final class Told implements FlowSinks {
    final List<Entry> entries = new ArrayList<>();
    final List<Anomaly> anomalies = new ArrayList<>();
    CaptureTotals totals = new CaptureTotals(-1, -1, Optional.empty(), Optional.empty());

    static final class Entry {
        final Flow flow;
        final List<Exchange> exchanges = new ArrayList<>();
        final List<Message> messages = new ArrayList<>();

        /** {@code SIDE host CLASS bytes REASON}. */
        final List<String> accounts = new ArrayList<>();

        final List<Anomaly> anomalies = new ArrayList<>();
        String identified = "";
        boolean ended;
        boolean closed;

        Entry(Flow flow) {
            this.flow = flow;
        }

        Exchange exchange() {
            return exchanges.getFirst();
        }

        String url() {
            Exchange x = exchange();
            return x.scheme()
                    + "://"
                    + x.host()
                    + ":"
                    + x.port()
                    + new String(x.target(), StandardCharsets.UTF_8);
        }

        /** Of the first message of that side. */
        Part body(Side side) {
            return messages.stream()
                    .filter(m -> m.side == side)
                    .flatMap(m -> m.parts.stream())
                    .filter(p -> p.kind == PartKind.BODY)
                    .findFirst()
                    .orElseThrow();
        }

        boolean hasBody(Side side) {
            return messages.stream()
                    .filter(m -> m.side == side)
                    .flatMap(m -> m.parts.stream())
                    .anyMatch(p -> p.kind == PartKind.BODY);
        }

        List<String> parts(Side side, PartKind kind) {
            return messages.stream()
                    .filter(m -> m.side == side)
                    .flatMap(m -> m.parts.stream())
                    .filter(p -> p.kind == kind)
                    .map(p -> p.name + "=" + p.text())
                    .toList();
        }

        /** Everything about it on a few lines. */
        String all() {
            StringBuilder s = new StringBuilder();
            s.append(flow.number())
                    .append(' ')
                    .append(flow.responder())
                    .append(' ')
                    .append(flow.sent().time(0));
            s.append('\n').append(identified).append('\n');
            for (Exchange x : exchanges) {
                s.append(x.entry())
                        .append(' ')
                        .append(x.protocol())
                        .append(' ')
                        .append(x.operation())
                        .append(' ');
                s.append(url())
                        .append(' ')
                        .append(x.secured())
                        .append(' ')
                        .append(x.app())
                        .append('\n');
            }
            for (Message m : messages) {
                s.append(m.side).append('\n');
                for (Part p : m.parts) {
                    s.append(p.kind)
                            .append(' ')
                            .append(p.name)
                            .append(' ')
                            .append(p.hint)
                            .append(' ');
                    s.append(new String(p.bytes.toByteArray(), StandardCharsets.ISO_8859_1))
                            .append(p.gaps)
                            .append('\n');
                }
            }
            return s.append(accounts).append(anomalies).append(ended).append(closed).toString();
        }
    }

    record Message(Side side, List<Part> parts) {}

    static final class Part {
        final PartKind kind;
        final String name;
        final Hint hint;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<String> gaps = new ArrayList<>();

        Part(PartKind kind, String name, Hint hint) {
            this.kind = kind;
            this.name = name;
            this.hint = hint;
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    static Told read(byte[] file) {
        return read(ByteSource.of(file), 8 << 20);
    }

    static Told read(String json) {
        return read(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param limit bytes kept of a body
     */
    static Told read(ByteSource source, int limit) {
        DigestSource raw = new DigestSource(source, false);
        try (Har har = new Har(new CaptureInput("test", raw, raw), limit)) {
            return read(har);
        }
    }

    static Told read(ExchangeCapture capture) {
        Told told = new Told();
        told.totals = capture.read(told, told.anomalies::add);
        return told;
    }

    /** Reads in pieces of random lengths, at any place as often as asked. */
    static ByteSource pieces(byte[] bytes, int from, long seed) {
        return pieces(bytes, from, 40, seed);
    }

    private static ByteSource pieces(byte[] bytes, int from, int most, long seed) {
        Random random = new Random(seed);
        return new ByteSource() {
            private int at = from;

            @Override
            public int read(MemorySegment into, long start, int length) {
                int n = Math.min(length, bytes.length - at);
                n = Math.min(n, 1 + random.nextInt(most));
                if (n <= 0) return -1;
                MemorySegment.copy(MemorySegment.ofArray(bytes), at, into, start, n);
                at += n;
                return n;
            }

            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public Optional<Damage> damage() {
                return Optional.empty();
            }

            @Override
            public Optional<ByteSource> again(long offset) {
                return Optional.of(pieces(bytes, (int) offset, most, seed + 1));
            }

            @Override
            public void close() {}
        };
    }

    /** As a file: as much as asked for at once, at any place as often as asked. */
    static ByteSource again(byte[] bytes) {
        return pieces(bytes, 0, Integer.MAX_VALUE, 0);
    }

    /** Can be read once only, as a pipe. */
    static ByteSource once(byte[] bytes) {
        ByteSource source = ByteSource.of(bytes);
        return new ByteSource() {
            @Override
            public int read(MemorySegment into, long from, int length) {
                return source.read(into, from, length);
            }

            @Override
            public long length() {
                return -1;
            }

            @Override
            public Optional<Damage> damage() {
                return Optional.empty();
            }

            @Override
            public void close() {}
        };
    }

    private static void must(boolean held, String what) {
        if (!held) throw new AssertionError(what);
    }

    @Override
    public FlowSink open(Flow flow) {
        must(entries.isEmpty() || entries.getLast().closed, "one flow is open at a time");
        Entry entry = new Entry(flow);
        entries.add(entry);
        return new FlowSink() {
            @Override
            public ExchangeSink exchange(Exchange exchange) {
                must(
                        exchange.flow() == flow && exchange.entry() == flow.number(),
                        "the exchange is of its flow");
                entry.exchanges.add(exchange);
                return exchangeSink(entry);
            }

            @Override
            public void account(
                    Side side, String host, ByteClass byteClass, long bytes, ReasonCode reason) {
                must(bytes >= 0, "no negative sums");
                entry.accounts.add(
                        side + " " + host + " " + byteClass + " " + bytes + " " + reason);
            }

            @Override
            public void nameOf(String ip, String name, long timeNanos) {}

            @Override
            public void identified(String protocol, String serverName, Secured secured) {
                entry.identified = protocol + " " + serverName + " " + secured;
            }

            @Override
            public void anomaly(Anomaly anomaly) {
                must(
                        anomaly.where().equals("entry " + flow.number()),
                        "anomalies name their entry");
                entry.anomalies.add(anomaly);
            }
        };
    }

    private static ExchangeSink exchangeSink(Entry entry) {
        return new ExchangeSink() {
            private boolean open;

            @Override
            public MessageSink message(Side side) {
                must(!open && !entry.ended, "one message is open at a time");
                open = true;
                Message message = new Message(side, new ArrayList<>());
                entry.messages.add(message);
                return new MessageSink() {
                    private boolean partOpen;

                    @Override
                    public void part(
                            PartKind kind,
                            String name,
                            byte[] bytes,
                            int from,
                            int length,
                            long at) {
                        must(
                                !partOpen && at == -1,
                                "one part is open at a time, without wire bytes");
                        must(
                                kind != PartKind.TARGET || message.parts.isEmpty(),
                                "the target comes first");
                        Part part = new Part(kind, name, Hint.NONE);
                        part.bytes.write(bytes, from, length);
                        message.parts.add(part);
                    }

                    @Override
                    public PartSink open(PartKind kind, String name, Hint hint) {
                        must(!partOpen, "one part is open at a time");
                        partOpen = true;
                        Part part = new Part(kind, name, hint);
                        message.parts.add(part);
                        return new PartSink() {
                            @Override
                            public void feed(byte[] bytes, int from, int length, long at) {
                                must(partOpen && at == -1, "fed while open");
                                part.bytes.write(bytes, from, length);
                            }

                            @Override
                            public void gap(long length, ReasonCode reason) {
                                must(partOpen && length > 0, "gaps have a length");
                                part.gaps.add(length + " " + reason);
                            }

                            @Override
                            public void end() {
                                must(partOpen, "ended once");
                                partOpen = false;
                            }
                        };
                    }

                    @Override
                    public void end() {
                        must(open && !partOpen, "parts end before their message");
                        open = false;
                    }
                };
            }

            @Override
            public void end() {
                must(!open && !entry.ended, "messages end before their exchange");
                entry.ended = true;
            }
        };
    }

    @Override
    public void close(Flow flow, FlowSink sink) {
        Entry entry = entries.getLast();
        must(
                entry.flow == flow && !entry.closed && (entry.ended || entry.exchanges.isEmpty()),
                "flows end when told");
        entry.closed = true;
    }
}
