package dev.telltale.audit;

import dev.telltale.bytes.Limits;
import dev.telltale.decode.Unwrapper;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.LayerSink;
import dev.telltale.model.LayerStep;
import dev.telltale.model.Matcher;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Persona;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts exchanges together again, and says where the persona's identifiers stand in them. */
final class ExchangeGatherer implements FlowSinks {
    /** Bodies of exchanges that are open at the same time; beyond it they are cut. */
    private static final long MOST_HELD = 96L << 20;

    private final String capture;
    private final Matcher matcher;
    private final Persona persona;
    private final TimeSlots slots;
    private final int most;
    private final Consumer<ReplayedExchange> to;
    private final Unwrapper unwrapper;
    private long held;

    /**
     * @param most bytes kept of a part
     */
    ExchangeGatherer(
            String capture,
            Matcher matcher,
            Persona persona,
            TimeSlots slots,
            int most,
            Consumer<ReplayedExchange> to) {
        this.capture = capture;
        this.matcher = matcher;
        this.persona = persona;
        this.slots = slots;
        this.most = most;
        this.to = to;
        this.unwrapper = new Unwrapper(matcher, Limits.DEFAULT, persona.payloadKeys());
    }

    @Override
    public FlowSink open(Flow flow) {
        return new FlowSink() {
            @Override
            public ExchangeSink exchange(Exchange exchange) {
                return new Gathering(exchange);
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

    @Override
    public void close(Flow flow, FlowSink sink) {}

    private final class Gathering implements ExchangeSink {
        private final Exchange exchange;
        private final List<Telling> messages = new ArrayList<>(2);
        private long mine;
        private boolean over;

        private Gathering(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public MessageSink message(Side side) {
            Telling t = new Telling(this, side);
            messages.add(t);
            return t;
        }

        @Override
        public void end() {
            if (over) return;
            over = true;
            held -= mine;
            List<ReplayedExchange.Message> all = new ArrayList<>();
            for (Telling t : messages)
                all.add(
                        new ReplayedExchange.Message(
                                t.side,
                                t.status,
                                TimeSlots.instant(t.began),
                                TimeSlots.instant(t.ended),
                                List.copyOf(t.parts)));
            long started = messages.isEmpty() ? 0 : messages.getFirst().began;
            to.accept(
                    new ReplayedExchange(
                            capture, exchange, TimeSlots.instant(started), List.copyOf(all)));
        }
    }

    private final class Telling implements MessageSink {
        private final Gathering of;
        private final Side side;
        private final List<ReplayedExchange.Part> parts = new ArrayList<>();
        private final long began;
        private long ended;
        private int status;

        private Telling(Gathering of, Side side) {
            this.of = of;
            this.side = side;
            began = now();
            ended = began;
        }

        private long now() {
            return slots.corrected(of.exchange.flow().frames(side).time(Long.MAX_VALUE));
        }

        @Override
        public void part(PartKind kind, String name, byte[] bytes, int from, int length, long at) {
            PartSink p = open(kind, name, Hint.NONE);
            p.feed(bytes, from, length, at);
            p.end();
        }

        @Override
        public void part(PartKind kind, String name, byte[] bytes, int from, int length, Wire w) {
            part(kind, name, bytes, from, length, -1);
        }

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            return new Kept(kind, name, hint);
        }

        @Override
        public void status(int code) {
            status = code;
        }

        @Override
        public void end() {
            ended = now();
        }

        private final class Kept implements PartSink {
            private final PartKind kind;
            private final String name;
            private final Hint hint;
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
            private long size;
            private boolean missing;

            private Kept(PartKind kind, String name, Hint hint) {
                this.kind = kind;
                this.name = name;
                this.hint = hint;
            }

            @Override
            public void feed(byte[] b, int from, int n, long at) {
                // What follows a hole or a cut has no place any more.
                if (bytes.size() == size && held < MOST_HELD) {
                    int keep = Math.min(n, most - bytes.size());
                    bytes.write(b, from, keep);
                    held += keep;
                    of.mine += keep;
                }
                size += n;
            }

            @Override
            public void gap(long n, ReasonCode reason) {
                missing = true;
                size += n;
            }

            @Override
            public void end() {
                byte[] b = bytes.toByteArray();
                parts.add(
                        new ReplayedExchange.Part(
                                kind,
                                name,
                                hint.mediaType(),
                                hint.codings(),
                                b,
                                size,
                                missing,
                                spots(b)));
                ended = now();
            }

            private List<ReplayedExchange.Spot> spots(byte[] b) {
                if (b.length == 0) return List.of();
                Spots found = new Spots();
                boolean received = side == Side.RESPONDER;
                if (kind == PartKind.BODY || kind == PartKind.FRAME) {
                    Unwrapper.Part p = unwrapper.open(kind, name, hint, received, found);
                    p.feed(b, 0, b.length);
                    p.end();
                } else {
                    unwrapper.whole(kind, name, b, 0, b.length, received, found);
                }
                return List.copyOf(found.all);
            }
        }
    }

    private final class Spots implements LayerSink {
        private final List<ReplayedExchange.Spot> all = new ArrayList<>();

        @Override
        public void sighting(
                PartKind kind,
                String name,
                long partAt,
                List<LayerStep> trail,
                int form,
                Range range) {
            String who = persona.entries().get(matcher.identifier(form)).identifier().kind();
            long from = range.start();
            long to = range.end();
            Optional<Range> inside = Optional.empty();
            for (int i = trail.size() - 1; i >= 0; i--) {
                LayerStep step = trail.get(i);
                Range first = step.from().getFirst();
                if (step.identity()) {
                    from += first.start();
                    to += first.start();
                    continue;
                }
                if (i == 0 && step.framing()) inside = Optional.of(new Range(from, to - from));
                from = first.start();
                to = step.from().getLast().end();
            }
            all.add(new ReplayedExchange.Spot(who, new Range(from + partAt, to - from), inside));
        }

        @Override
        public void unread(
                PartKind kind,
                String name,
                KeyPath keys,
                ByteClass byteClass,
                ReasonCode reason,
                long partBytes,
                long hash) {}

        @Override
        public void received(long hash) {}

        @Override
        public void scanned(long bytes) {}

        @Override
        public void anomaly(Anomaly.Kind kind, long partOffset, String text) {}
    }
}
