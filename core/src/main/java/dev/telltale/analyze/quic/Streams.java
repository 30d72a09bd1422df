package dev.telltale.analyze.quic;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.Data;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Flow;
import dev.telltale.model.FrameMap;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The streams of one connection, each put in order and handed to the application. */
final class Streams {
    /** Streams open at once. */
    private static final int MAX_OPEN = 4096;

    /** Bytes of one stream, and of all of a connection, that wait for others. */
    private static final long MAX_HELD = 1 << 20;

    private static final long MAX_HELD_ALL = 8 << 20;

    /** Runs of closed streams remembered. */
    private static final int MAX_RUNS = 1024;

    private final Context home;
    private final Connections connections;
    private final Side client;
    private final Application application;
    private final Map<Long, Stream> open = new LinkedHashMap<>();

    /** By the two low bits of an id: first and last of each run of closed streams, counted. */
    private final Map<Integer, TreeMap<Long, Long>> closed = new HashMap<>();

    private long held;

    /**
     * @param home the flow that the connection began on, under its protection
     */
    Streams(Context home, Side client, Application application) {
        this.home = home;
        this.connections = home.connections();
        this.client = client;
        this.application = application;
    }

    /** One stream. */
    private final class Stream {
        final long id;
        final Way sent = new Way(this, Side.INITIATOR);
        final Way answered = new Way(this, Side.RESPONDER);
        final Context context;
        final StreamAnalyzer analyzer;

        Stream(long id) {
            this.id = id;
            context = of(home, sent.in.map, answered.in.map);
            analyzer = application.stream(id, context);
        }

        Way way(Side side) {
            return side == Side.INITIATOR ? sent : answered;
        }

        /** A stream on which only its opener speaks is silent from the other side. */
        void begin() {
            if ((id & 2) == 0) return;
            way((id & 1) == 0 ? client.other() : client).end(StreamEvent.How.FIN);
        }
    }

    /** What one side says on a stream. */
    private final class Way implements Reassembly.Taker {
        private final Stream stream;
        private final Side side;
        final Reassembly in = new Reassembly(this);
        private long finalSize = -1;
        private StreamEvent.How how = StreamEvent.How.FIN;
        boolean over;

        Way(Stream stream, Side side) {
            this.stream = stream;
            this.side = side;
        }

        int add(long offset, byte[] b, int from, int length, boolean fin, Origin origin) {
            if (fin) finalSize = offset + length;
            long before = in.cost();
            int taken = in.add(offset, b, from, length, origin);
            held(in.cost() - before);
            while (in.waiting() && (in.cost() > MAX_HELD || held > MAX_HELD_ALL)) force();
            if (in.waiting() && !connections.mayHold()) force();
            if (finalSize >= 0 && in.next() >= finalSize) end(how);
            return taken;
        }

        private void force() {
            long before = in.cost();
            in.force();
            held(in.cost() - before);
        }

        private void held(long change) {
            held += change;
            connections.hold(change);
        }

        /** Nothing beyond {@code size} comes; what lies before it may be on its way. */
        void reset(long size) {
            finalSize = size;
            how = StreamEvent.How.RESET;
            if (in.next() >= finalSize) end(how);
        }

        void finish(long size) {
            if (over) return;
            long before = in.cost();
            in.finish(size);
            held(in.cost() - before);
        }

        void end(StreamEvent.How how) {
            if (over) return;
            over = true;
            stream.analyzer.closed(side, how);
        }

        @Override
        public void data(long offset, byte[] b, int from, int length) {
            if (over) {
                stray(b, from, length);
                return;
            }
            Context c = stream.context;
            c.sink().plaintext(c.flow(), side, offset, b, from, length);
            stream.analyzer.data(side, offset, b, from, length);
        }

        @Override
        public void gap(long offset, long length) {
            home.sink().unseen(side, length);
            if (over)
                home.account(side, home.serverName(), ByteClass.MISSING, length, ReasonCode.GAP);
            else stream.analyzer.gap(side, offset, length, ReasonCode.GAP);
        }

        @Override
        public void late(byte[] b, int from, int length, Origin origin) {
            StreamMap map = new StreamMap();
            map.add(length, origin);
            Streams.stray(home, client, side, b, from, length, map, 0);
        }

        private void stray(byte[] b, int from, int length) {
            Streams.stray(home, client, side, b, from, length, in.map, in.next() - length);
        }
    }

    /** Bytes that come too late for what they belong to are searched on their own. */
    static void stray(
            Context inside,
            Side client,
            Side side,
            byte[] b,
            int from,
            int length,
            StreamMap map,
            long at) {
        Context context = of(inside, map, map);
        Data data = new Data(context, client);
        data.data(side, at, b, from, length);
        data.closed(side, StreamEvent.How.FIN);
        data.closed(side.other(), StreamEvent.How.FIN);
    }

    /** The context of a stream with those maps. */
    static Context of(Context inside, FrameMap sent, FrameMap answered) {
        return inside.inside(
                flow(inside.flow(), sent, answered),
                inside.secured(),
                inside.serverName(),
                inside.upgrade());
    }

    static Flow flow(Flow f, FrameMap sent, FrameMap answered) {
        return new Flow(
                f.number(),
                f.transport(),
                f.initiator(),
                f.responder(),
                false,
                sent,
                answered,
                f.secured(),
                f.serverName(),
                f.app());
    }

    /**
     * A STREAM frame.
     *
     * @return how many of its bytes the application accounts for
     */
    int stream(
            Side side,
            long id,
            long offset,
            byte[] b,
            int from,
            int length,
            boolean fin,
            Origin origin) {
        Stream s = open.get(id);
        if (s == null) {
            if (isClosed(id)) return 0;
            s = begin(id, side);
        }
        int taken = s.way(side).add(offset, b, from, length, fin, origin);
        endIfOver(s);
        return taken;
    }

    void reset(Side side, long id, long finalSize) {
        Stream s = open.get(id);
        if (s == null) {
            if (isClosed(id)) return;
            s = begin(id, side);
        }
        s.way(side).reset(finalSize);
        endIfOver(s);
    }

    private Stream begin(long id, Side side) {
        if (open.size() >= MAX_OPEN) {
            home.anomaly(Anomaly.Kind.LIMIT, side, 0, "Too many streams are open at once.");
            close(open.values().iterator().next());
        }
        Stream s = new Stream(id);
        open.put(id, s);
        s.begin();
        return s;
    }

    private void endIfOver(Stream s) {
        if (!s.sent.over || !s.answered.over) return;
        if (s.sent.in.waiting() || s.answered.in.waiting()) return;
        open.remove(s.id);
        addClosed(s.id);
    }

    private void close(Stream s) {
        close(s, s.sent);
        close(s, s.answered);
        open.remove(s.id);
        addClosed(s.id);
    }

    private static void close(Stream s, Way way) {
        way.finish(way.finalSize);
        way.end(way.finalSize >= 0 ? way.how : StreamEvent.How.END_OF_CAPTURE);
    }

    // --- Which were closed: what comes for them comes again

    private boolean isClosed(long id) {
        TreeMap<Long, Long> runs = closed.get((int) (id & 3));
        if (runs == null) return false;
        Map.Entry<Long, Long> run = runs.floorEntry(id >> 2);
        return run != null && run.getValue() >= id >> 2;
    }

    private void addClosed(long id) {
        TreeMap<Long, Long> runs = closed.computeIfAbsent((int) (id & 3), k -> new TreeMap<>());
        long first = id >> 2;
        long last = first;
        Map.Entry<Long, Long> below = runs.floorEntry(first);
        if (below != null && below.getValue() >= first - 1) {
            first = below.getKey();
            last = Math.max(last, below.getValue());
        }
        Long after = runs.remove(last + 1);
        if (after != null) last = after;
        runs.put(first, last);
        if (runs.size() <= MAX_RUNS) return;
        // The two oldest runs become one: streams between them are taken for closed.
        long lowest = runs.firstKey();
        runs.remove(lowest);
        Map.Entry<Long, Long> second = runs.pollFirstEntry();
        runs.put(lowest, second.getValue());
    }

    void datagram(Side side, byte[] b, int from, int length, Origin origin) {
        StreamMap map = new StreamMap();
        map.add(length, origin);
        Context context = of(home, map, map);
        application.datagram(context, side, b, from, length, 0);
    }

    /** The connection is over. */
    void end() {
        List<Stream> left = new ArrayList<>(open.values());
        left.sort((a, b) -> Long.compare(a.id, b.id));
        for (Stream s : left) {
            close(s, s.sent);
            close(s, s.answered);
        }
        open.clear();
        application.end();
    }
}
