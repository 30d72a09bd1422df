package dev.telltale.audit;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Evidence;
import dev.telltale.model.Exchange;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Finding;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Range;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Copies the bytes that evidence points to while a capture is told again. What is asked of a flow
 * is known before; it is given out when the flow is over, so that memory follows the flows that are
 * open.
 *
 * <p>Evidence names a flow and not a stream inside it: where one flow carries several, each that
 * has bytes at those offsets is given.
 */
final class EvidenceGatherer implements FlowSinks {
    private static final String STREAM = "stream";

    /** Longer ranges (a body in one compression) are not copied. */
    private static final long MOST = 64L << 20;

    private static final long MOST_HELD = 128L << 20;

    /** So many streams of one flow are told for one piece of evidence. */
    private static final int MOST_OPENED = 64;

    private final Places places;
    private final Replay.EvidenceSink to;
    private final Map<Long, List<Wanted>> byFlow = new HashMap<>();

    EvidenceGatherer(Places places, Replay.EvidenceSink to) {
        this.places = places;
        this.to = to;
    }

    /** What is asked, and what was found of it. */
    private static final class Wanted {
        private final Finding finding;
        private final Evidence evidence;
        private final List<Replay.Opened> fromStream = new ArrayList<>(1);
        private final List<Replay.Opened> fromParts = new ArrayList<>(1);

        private Wanted(Finding finding, Evidence evidence) {
            this.finding = finding;
            this.evidence = evidence;
        }

        private Evidence.Step first() {
            return evidence.path().getFirst();
        }

        private boolean onWire() {
            return first().layer().equals(STREAM);
        }

        /** The stream's own bytes, but where an analyzer made the part of them. */
        private void tell(Replay.EvidenceSink to) {
            List<Replay.Opened> made = fromParts.stream().filter(o -> o.steps() > 1).toList();
            List<Replay.Opened> best = fromStream.isEmpty() ? fromParts : fromStream;
            to.evidence(finding, evidence, made.isEmpty() ? best : made);
        }
    }

    void want(Finding finding, Evidence evidence) {
        if (evidence.path().isEmpty()) {
            to.evidence(finding, evidence, List.of());
            return;
        }
        byFlow.computeIfAbsent(evidence.flow(), k -> new ArrayList<>())
                .add(new Wanted(finding, evidence));
    }

    boolean wantsSomething() {
        return !byFlow.isEmpty();
    }

    /** Gives out what no flow of the capture was there for. */
    void rest() {
        for (List<Wanted> all : byFlow.values()) for (Wanted w : all) w.tell(to);
        byFlow.clear();
    }

    @Override
    public FlowSink open(Flow flow) {
        List<Wanted> wanted = byFlow.get(flow.number());
        return new Gathering(wanted == null ? Asked.NOTHING : new Asked(wanted));
    }

    @Override
    public void close(Flow flow, FlowSink sink) {
        // An entry of an exchange capture may be told as several flows of its number.
        if (flow.entry() >= 0) return;
        List<Wanted> all = byFlow.remove(flow.number());
        if (all == null) return;
        for (Wanted w : all) w.tell(to);
        held = 0;
    }

    /** Ranges being copied, from wherever their bytes come. */
    private static final class Copy {
        private final List<Range> ranges;
        private final byte[] bytes;
        private final int steps;
        private final TreeSet<Long> frames = new TreeSet<>();
        private long filled;

        private Copy(List<Range> ranges, int length, int steps) {
            this.ranges = ranges;
            this.bytes = new byte[length];
            this.steps = steps;
        }

        boolean full() {
            return filled == bytes.length;
        }

        /** Takes what of {@code [at, at + n)} lies in the ranges. */
        void take(long at, byte[] b, int from, int n) {
            int into = 0;
            for (Range r : ranges) {
                long lo = Math.max(at, r.start());
                long hi = Math.min(at + n, r.end());
                if (lo < hi) {
                    System.arraycopy(
                            b,
                            from + (int) (lo - at),
                            bytes,
                            into + (int) (lo - r.start()),
                            (int) (hi - lo));
                    filled += hi - lo;
                }
                into += (int) r.length();
            }
        }
    }

    /** Bytes of copies since the last flow was over. */
    private long held;

    private @Nullable Copy copy(List<Range> ranges, int steps) {
        long n = 0;
        for (Range r : ranges) {
            if (r.start() < 0 || r.length() < 0 || r.length() > MOST) return null;
            n += r.length();
            if (n > MOST) return null;
        }
        if (n == 0 || held + n > MOST_HELD) return null;
        held += n;
        return new Copy(ranges, (int) n, steps);
    }

    /** What is asked of one flow; what lies on the wire, so that little is looked at for a byte. */
    private static final class Asked {
        private static final Asked NOTHING = new Asked(List.of());

        /** By where the first byte stands. */
        private final List<Wanted> onWire = new ArrayList<>();

        private final List<Wanted> inParts = new ArrayList<>();

        /** Behind the last byte of all up to that index. */
        private final long[] ends;

        private Asked(List<Wanted> all) {
            for (Wanted w : all) (w.onWire() ? onWire : inParts).add(w);
            onWire.sort(Comparator.comparingLong(w -> start(w)));
            ends = new long[onWire.size()];
            long end = 0;
            for (int i = 0; i < ends.length; i++) {
                for (Range r : onWire.get(i).first().ranges()) end = Math.max(end, r.end());
                ends[i] = end;
            }
        }

        private static long start(Wanted w) {
            long start = Long.MAX_VALUE;
            for (Range r : w.first().ranges()) start = Math.min(start, r.start());
            return start;
        }

        private boolean isEmpty() {
            return onWire.isEmpty() && inParts.isEmpty();
        }

        /** Those that may have bytes in {@code [at, at + n)}. */
        private List<Wanted> near(long at, long n) {
            int from = Arrays.binarySearch(ends, at);
            from = from < 0 ? -from - 1 : from;
            int to = from;
            while (to < ends.length && start(onWire.get(to)) < at + n) to++;
            return onWire.subList(from, to);
        }
    }

    private static boolean overlap(List<Range> ranges, long at, long n) {
        for (Range r : ranges) if (r.start() < at + n && at < r.end()) return true;
        return false;
    }

    /** One side of one stream. */
    private static final class Way {
        private final Map<Wanted, Copy> copies = new IdentityHashMap<>();
        private long seen;
    }

    private final class Gathering implements FlowSink {
        private final Asked wanted;
        private final Map<Flow, Map<Side, Way>> streams = new IdentityHashMap<>();

        private Gathering(Asked wanted) {
            this.wanted = wanted;
        }

        @Override
        public void plaintext(
                Flow stream, Side side, long offset, byte[] bytes, int from, int length) {
            if (wanted.isEmpty()) return;
            Way way =
                    streams.computeIfAbsent(stream, k -> new HashMap<>())
                            .computeIfAbsent(side, k -> new Way());
            int known = (int) Math.clamp(way.seen - offset, 0, length);
            way.seen = Math.max(way.seen, offset + length);
            copy(way, stream, side, offset + known, bytes, from + known, length - known);
        }

        private void copy(
                Way way, Flow stream, Side side, long at, byte[] b, int from, int length) {
            for (Wanted w : wanted.near(at, length)) {
                List<Range> ranges = w.first().ranges();
                if (!overlap(ranges, at, length)) continue;
                Copy c = way.copies.get(w);
                if (c == null) {
                    c = EvidenceGatherer.this.copy(ranges, 1);
                    if (c == null) continue;
                    way.copies.put(w, c);
                }
                c.take(at, b, from, length);
                for (Range r : ranges) {
                    long lo = Math.max(at, r.start());
                    long hi = Math.min(at + length, r.end());
                    if (lo >= hi) continue;
                    for (long f : stream.frames(side).frames(lo, hi - lo)) c.frames.add(f);
                }
                if (!c.full()) continue;
                way.copies.remove(w);
                if (w.fromStream.size() < MOST_OPENED)
                    w.fromStream.add(new Replay.Opened(1, c.bytes, true, List.copyOf(c.frames)));
            }
        }

        @Override
        public ExchangeSink exchange(Exchange exchange) {
            return new ExchangeSink() {
                @Override
                public MessageSink message(Side side) {
                    return new Parts(wanted, exchange, side);
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
    }

    /** The parts of one message, for evidence that does not stand in the stream as it is. */
    private final class Parts implements MessageSink {
        private final Asked wanted;
        private final Exchange exchange;
        private final Side side;

        private Parts(Asked wanted, Exchange exchange, Side side) {
            this.wanted = wanted;
            this.exchange = exchange;
            this.side = side;
        }

        @Override
        public void part(PartKind kind, String name, byte[] bytes, int from, int length, long at) {
            if (wanted.isEmpty()) return;
            Part p = new Part(kind, name);
            p.feed(bytes, from, length, at);
            p.end();
        }

        @Override
        public void part(PartKind kind, String name, byte[] bytes, int from, int length, Wire w) {
            if (wanted.isEmpty()) return;
            Part p = new Part(kind, name);
            p.feed(bytes, from, length, w);
            p.end();
        }

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            return new Part(kind, name);
        }

        @Override
        public void end() {}

        private final class Part implements PartSink {
            private final Map<Wanted, Copy> copies = new LinkedHashMap<>();
            private final PartKind kind;
            private final String name;
            private long length;

            private Part(PartKind kind, String name) {
                this.kind = kind;
                this.name = name;
            }

            @Override
            public void feed(byte[] b, int from, int n, long at) {
                if (at >= 0) for (Wanted w : wanted.near(at, n)) onWire(w, b, from, n, at);
                for (Wanted w : wanted.inParts) inPart(w, b, from, n);
                length += n;
            }

            @Override
            public void feed(byte[] b, int from, int n, Wire wire) {
                for (Wanted w : wanted.near(wire.at(), wire.length()))
                    if (w.evidence.path().size() > 1
                            && w.evidence.path().get(1).layer().equals(wire.layer()))
                        made(w, b, from, n, wire);
                for (Wanted w : wanted.inParts) inPart(w, b, from, n);
                length += n;
            }

            private void onWire(Wanted w, byte[] b, int from, int n, long at) {
                if (!overlap(w.first().ranges(), at, n)) return;
                Copy c = copy(w, w.first().ranges(), 1);
                if (c == null) return;
                c.take(at, b, from, n);
                for (long f : exchange.flow().frames(side).frames(at, n)) c.frames.add(f);
            }

            /** Made from wire bytes; the next step's ranges count in the part. */
            private void made(Wanted w, byte[] b, int from, int n, Wire wire) {
                List<Range> ranges = w.evidence.path().get(1).ranges();
                if (!overlap(ranges, length, n) || !madeFrom(w.first().ranges(), wire)) return;
                Copy c = copy(w, ranges, 2);
                if (c == null) return;
                c.take(length, b, from, n);
                for (Range r : w.first().ranges())
                    for (long f : exchange.flow().frames(side).frames(r.start(), r.length()))
                        c.frames.add(f);
            }

            private static boolean madeFrom(List<Range> ranges, Wire wire) {
                if (wire.aligned()) return overlap(ranges, wire.at(), wire.length());
                return ranges.contains(new Range(wire.at(), wire.length()));
            }

            private void inPart(Wanted w, byte[] b, int from, int n) {
                if (w.evidence.entry().orElse(-1) != exchange.entry()
                        || !overlap(w.first().ranges(), length, n)
                        || !labelled(w.first().layer())) return;
                Copy c = copy(w, w.first().ranges(), 1);
                if (c != null) c.take(length, b, from, n);
            }

            /** A name that holds an identifier, or is long, is not shown as it is. */
            private boolean labelled(String label) {
                if (name.isEmpty()) return label.equals(kind.label());
                if (label.equals(kind.label() + "[" + places.key(name) + "]")) return true;
                return label.startsWith(kind.label() + "[{") || label.endsWith("…]");
            }

            private @Nullable Copy copy(Wanted w, List<Range> ranges, int steps) {
                Copy c = copies.get(w);
                if (c == null) {
                    c = EvidenceGatherer.this.copy(ranges, steps);
                    if (c != null) copies.put(w, c);
                }
                return c;
            }

            @Override
            public void gap(long n, ReasonCode reason) {
                length += n;
            }

            @Override
            public void end() {
                copies.forEach((w, c) -> {
                    if (!c.full() || w.fromParts.size() >= MOST_OPENED) return;
                    List<Long> frames = w.onWire() ? List.copyOf(c.frames) : List.of();
                    w.fromParts.add(new Replay.Opened(c.steps, c.bytes, false, frames));
                });
                copies.clear();
            }
        }
    }
}
