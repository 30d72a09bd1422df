package dev.telltale.analyze.http2;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Wire;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 (<a href="https://www.rfc-editor.org/rfc/rfc9113">RFC 9113</a>), tolerant. Each stream is
 * an exchange. A {@link Half} reads the frames of one side; what both share, the streams, is here.
 */
public final class Http2 implements StreamAnalyzer {
    /** A header block, all its frames together. */
    private static final int MAX_BLOCK = 256 << 10;

    /** Bytes of the server kept while the request they answer is awaited. */
    private static final int MAX_HELD = 64 << 10;

    /** Streams open at once. */
    private static final int MAX_STREAMS = 1024;

    /** Streams that were reset and may yet bring what was on its way. */
    private static final int MAX_RESET = 64;

    /**
     * Bytes of header values told of one side, beyond so many for each byte on the wire: a table
     * makes of one byte a thousand.
     */
    private static final long FREE_VALUES = 64 << 20;

    private static final int VALUES_A_BYTE = 64;

    private static final long FORGET_STEP = 64 << 10;

    private final Context context;
    private final Side client;
    private final Half requests;
    private final Half responses;
    private final Map<Integer, Stream> streams = new LinkedHashMap<>();
    private final ArrayDeque<Integer> reset = new ArrayDeque<>(0);

    /** Highest stream that either side named, and that the client opened. */
    private int highest;

    private int highestRequest;

    private String host;
    private boolean identified;

    /** A request may be missing: an answer without one need not wait for it. */
    private boolean requestsLost;

    private @Nullable ExchangeSink stray;

    public Http2(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.host = context.serverName();
        this.requestsLost = context.lossy();
        // The request that asked for the change is stream 1 (RFC 7540 3.2).
        if (context.upgrade().equals("h2c")) highest = highestRequest = 1;
        this.requests = new Half(client, true);
        this.responses = new Half(client.other(), false);
    }

    // --- What tells it

    public static Match probe(Context context, Side side, byte[] b, int from, int length) {
        byte[] preface = FrameReader.PREFACE;
        int n = Math.min(length, preface.length);
        if (Arrays.equals(b, from, from + n, preface, 0, n))
            return n == preface.length ? Match.CLIENT : Match.MORE;
        boolean announced = context.upgrade().equals("h2") || context.upgrade().equals("h2c");
        // The server may be the first to be heard: its preface is a SETTINGS frame (3.4).
        if (announced || side == Side.RESPONDER) {
            Match match = settings(b, from, length, announced);
            if (match != Match.NO) return match;
        }
        return context.lossy() ? midway(side, b, from, length) : Match.NO;
    }

    private static Match settings(byte[] b, int from, int length, boolean announced) {
        byte[] known = {0, 0, -1, FrameReader.SETTINGS, 0, 0, 0, 0, 0};
        for (int k = 0; k < Math.min(length, known.length); k++)
            if (k != 2 && b[from + k] != known[k]) return Match.NO;
        if (length < 3) return Match.MORE;
        int size = b[from + 2] & 0xff;
        if (size % 6 != 0 || size > 96) return Match.NO;
        if (length < FrameReader.HEADER + (announced ? 0 : size)) return Match.MORE;
        if (!announced) {
            if (size == 0 && length < FrameReader.HEADER + 4) return Match.MORE;
            for (int k = 0; k < size; k += 6)
                if (b[from + FrameReader.HEADER + k] != 0
                        && (b[from + FrameReader.HEADER + k] & 0xf) != 0xa) return Match.NO;
        }
        return Match.SERVER;
    }

    /** Two frames one after the other, or more of the first than there is. */
    private static Match midway(Side side, byte[] b, int from, int length) {
        int to = from + length;
        int i = from;
        for (int frames = 0; frames < 2; frames++) {
            if (i == to) return Match.MORE;
            if (b[i] != 0) return Match.NO;
            if (to - i < FrameReader.HEADER) return Match.MORE;
            if (!FrameReader.plausible(b, i)) return Match.NO;
            i += FrameReader.HEADER + FrameReader.length(b, i);
            if (i > to) return Match.MORE;
        }
        return side == Side.INITIATOR ? Match.CLIENT : Match.SERVER;
    }

    // --- Events

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
        drain();
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        if (side == client) requestsLost = true;
        half(side).gap(offset, length, reason);
        drain();
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        Half half = half(side);
        half.how = how;
        half.release(true);
        drain();
        half.close();
        if (requests.how == null || responses.how == null) return;
        for (Stream s : List.copyOf(streams.values())) end(s);
        if (stray != null) stray.end();
        stray = null;
        identify(host);
    }

    private Half half(Side side) {
        return side == client ? requests : responses;
    }

    private void drain() {
        responses.release(false);
    }

    private void identify(String name) {
        if (!identified) context.sink().identified("http/2", name, context.secured());
        identified = true;
    }

    // --- Streams

    /** One side of a stream. */
    private static final class Talk {
        @Nullable MessageSink message;
        @Nullable Body body;
        Hint hint = Hint.NONE;
        boolean done;
        long startAt;
    }

    private static final class Stream {
        final int id;
        final ExchangeSink exchange;
        final String host;
        final boolean asked;
        final Talk request = new Talk();
        final Talk response = new Talk();
        boolean reset;

        /** Host that a CONNECT asks for. */
        String connects = "";

        /** What a CONNECT asks to speak there (RFC 8441), lower case, or empty. */
        String speaks = "";

        @Nullable Tunnel tunnel;

        Stream(int id, ExchangeSink exchange, String host, boolean asked) {
            this.id = id;
            this.exchange = exchange;
            this.host = host;
            this.asked = asked;
        }
    }

    private Stream put(Stream s) {
        if (streams.size() >= MAX_STREAMS) {
            context.anomaly(
                    Anomaly.Kind.LIMIT,
                    client,
                    requests.frameAt,
                    "Too many streams are open at once.");
            end(streams.values().iterator().next());
        }
        streams.put(s.id, s);
        return s;
    }

    /** Ends the exchange of a stream, and what is open of it. */
    private void end(Stream s) {
        endTalk(s.request, requests.side, s.host);
        endTalk(s.response, responses.side, s.host);
        if (s.tunnel != null) s.tunnel.end();
        streams.remove(s.id);
        s.exchange.end();
    }

    private void endTalk(Talk t, Side side, String to) {
        t.done = true;
        if (t.body != null) t.body.end();
        t.body = null;
        if (t.message == null) return;
        half(side).flush(to);
        t.message.end();
        t.message = null;
    }

    /** The head is all there is of a message: what follows is a stream of its own. */
    private void endHead(Talk t, Side side, String to) {
        if (t.message == null || t.body != null) return;
        half(side).flush(to);
        t.message.end();
        t.message = null;
    }

    private void endIfDone(Stream s) {
        if (s.request.done && s.response.done) end(s);
    }

    /**
     * One side says no more on a stream, and wants to hear no more; what the other has sent until
     * it knows that has left it all the same.
     */
    private void reset(Stream s, Side by) {
        Talk t = by == client ? s.request : s.response;
        endTalk(t, by, s.host);
        endIfDone(s);
        if (s.reset || !streams.containsKey(s.id)) return;
        s.reset = true;
        reset.add(s.id);
        while (reset.size() > MAX_RESET) {
            Stream oldest = streams.get(reset.remove());
            if (oldest != null && oldest.reset) end(oldest);
        }
    }

    private String scheme() {
        return context.secured().protection() == Protection.NONE ? "http" : "https";
    }

    /** A stream whose request was not seen. */
    private Stream orphan(int id, boolean answered) {
        Stream s =
                new Stream(
                        id,
                        context.exchange(
                                "http/2",
                                "",
                                scheme(),
                                host,
                                context.port(client.other()),
                                new byte[0]),
                        host,
                        false);
        s.request.done = answered;
        return put(s);
    }

    /** Opens the exchange that {@code f}, a request, asks for. */
    private Stream opened(int id, Fields f) {
        Heads.Request r = Heads.request(context, f, scheme(), context.port(client.other()));
        host = r.host();
        identify(host);
        Stream s =
                new Stream(
                        id,
                        context.exchange(
                                "http/2", r.method(), r.scheme(), host, r.port(), r.target()),
                        host,
                        true);
        if (r.method().equals("CONNECT")) {
            s.connects = host;
            int protocol = f.find(":protocol");
            if (protocol >= 0 && f.length(protocol) <= 64)
                s.speaks = text(f, protocol).toLowerCase(Locale.ROOT);
        }
        return put(s);
    }

    private String text(Fields f, int k) {
        return context.name(f.value(k), f.from(k), f.length(k));
    }

    private ExchangeSink stray() {
        ExchangeSink e = stray;
        if (e == null) {
            e =
                    context.exchange(
                            "http/2", "DATA", "", host, context.port(client.other()), new byte[0]);
            stray = e;
        }
        return e;
    }

    /** One side: requests or answers. */
    private final class Half implements FrameReader.Handler {
        private final Side side;
        private final boolean request;
        final FrameReader reader;
        private final Hpack hpack = new Hpack(context::name);
        private final Fields fields = new Fields();
        StreamEvent.@Nullable How how;
        private boolean closed;

        /** The table's beginning was not seen, unless the first frame is a connection's first. */
        private boolean unsure;

        private boolean begun;
        private long position;

        // Bytes that wait for the request they answer.
        private byte[] held = NOTHING;
        private int heldFrom;
        private int heldTo;

        /** Where the first byte of {@link #held} stands in the stream. */
        private long heldAt;

        // The frame at hand.
        private int type;
        private int flags;
        private int id;
        private int length;
        long frameAt;
        private int prefixLength;
        private int prefixSize;
        private final byte[] prefix = new byte[6];
        private long content;

        /** Where the bytes of a frame without meaning to us go, and those outside of frames. */
        private MessageSink.@Nullable PartSink oddPart;

        private @Nullable MessageSink oddMessage;

        // The header block at hand.
        private boolean inBlock;
        private int blockStream;
        private boolean blockEnds;
        private int promised;
        private boolean damaged;
        private byte[] block = NOTHING;
        private int blockSize;

        /** Pairs: where a piece begins in the block, and in the stream. */
        private long[] pieces = new long[4];

        private int pieceCount;

        // Bytes of a block that cannot be decoded.
        private byte[] rest = NOTHING;
        private int restSize;
        private long restAt;

        /** Bytes accounted for with the next word of an exchange. */
        private long readable;

        private long valuesTold;
        private long forgotten;

        Half(Side side, boolean request) {
            this.side = side;
            this.request = request;
            this.unsure = context.lossy();
            this.reader = new FrameReader(this, request, !context.lossy());
        }

        private void odd(Anomaly.Kind kind, long at, String text) {
            context.anomaly(kind, side, at, text);
        }

        // --- Events

        void data(byte[] b, int from, int n, long at) {
            position = Math.max(position, at + n);
            if (reader.waiting()) {
                hold(b, from, n, at);
                return;
            }
            int taken = reader.data(b, from, n, at);
            if (taken < n) hold(b, from + taken, n - taken, at + taken);
        }

        void gap(long at, long n, ReasonCode reason) {
            position = Math.max(position, at + n);
            release(true);
            reader.gap(at, n, reason);
        }

        void close() {
            if (closed) return;
            closed = true;
            if (reader.inside() && (how == StreamEvent.How.FIN || how == StreamEvent.How.RESET))
                odd(Anomaly.Kind.PROTOCOL_VIOLATION, position, "The stream ends inside a frame.");
            reader.close(position);
            tellRest();
            if (inBlock) finishBlock(true);
            endOdd();
            for (Stream s : List.copyOf(streams.values())) {
                endTalk(request ? s.request : s.response, side, s.host);
                endIfDone(s);
            }
            flush(host);
        }

        // --- Waiting for the request

        /** As {@link Http1}: captures put packets of two directions in the wrong order. */
        @Override
        public boolean mustWait(int frameType, int stream) {
            return !request
                    && frameType == FrameReader.HEADERS
                    && (stream & 1) == 1
                    && stream > highestRequest
                    && !requestsLost
                    && requests.how == null
                    && !streams.containsKey(stream)
                    && setWaitingFor(stream);
        }

        private int waitingFor;

        private boolean setWaitingFor(int stream) {
            waitingFor = stream;
            return true;
        }

        boolean mustWait() {
            return how == null && mustWait(FrameReader.HEADERS, waitingFor);
        }

        private void hold(byte[] b, int from, int n, long at) {
            if (heldFrom == heldTo) {
                heldFrom = heldTo = 0;
                heldAt = at;
            }
            int k = Math.min(n, MAX_HELD - heldTo);
            if (held.length < heldTo + k)
                held = Arrays.copyOf(held, Math.max(heldTo + k, 2 * held.length));
            System.arraycopy(b, from, held, heldTo, k);
            heldTo += k;
            if (k == n) return;
            release(true); // it will not come, or too late
            data(b, from + k, n - k, at + k);
        }

        /**
         * Goes on with what waits.
         *
         * @param forced though what it waits for has not come
         */
        void release(boolean forced) {
            while (reader.waiting() && (forced || !mustWait())) {
                if (forced) requestsLost = true;
                reader.resume();
                int n = reader.data(held, heldFrom, heldTo - heldFrom, heldAt + heldFrom);
                heldFrom += n;
            }
            if (heldFrom < heldTo) return;
            held = NOTHING;
            heldFrom = heldTo = 0;
        }

        // --- Frames

        @Override
        public int highestStream() {
            return highest;
        }

        @Override
        public void preface(long at) {
            readable += FrameReader.PREFACE.length;
            unsure = false;
            begun = true;
            requestsLost = false;
            endOdd();
        }

        @Override
        public void start(int frameType, int frameFlags, int stream, int size, long at) {
            endOdd();
            if (!begun) {
                begun = true;
                if (frameType == FrameReader.SETTINGS && (frameFlags & FrameReader.ACK) == 0)
                    unsure = false;
            }
            if (unsure) {
                hpack.lost();
                unsure = false;
            }
            readable += FrameReader.HEADER;
            type = frameType;
            flags = frameFlags;
            id = stream;
            length = size;
            frameAt = at;
            prefixSize = 0;
            prefixLength = 0;
            content = -1;
            if (stream > highest && stream < 1 << 30) highest = stream;
            if (inBlock && (type != FrameReader.CONTINUATION || stream != blockStream)) {
                odd(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        at,
                        "A header block is interrupted by another frame.");
                finishBlock(true);
            }
            boolean padded = (flags & FrameReader.PADDED) != 0;
            switch (type) {
                case FrameReader.DATA -> prefixLength = padded ? 1 : 0;
                case FrameReader.HEADERS -> {
                    prefixLength = padded ? 1 : 0;
                    if ((flags & FrameReader.PRIORITISED) != 0) prefixLength += 5;
                    beginBlock(stream);
                    blockEnds = (flags & FrameReader.END_STREAM) != 0;
                }
                case FrameReader.PUSH_PROMISE -> {
                    prefixLength = padded ? 5 : 4;
                    beginBlock(stream);
                }
                case FrameReader.CONTINUATION -> {
                    if (inBlock) break;
                    odd(
                            Anomaly.Kind.PROTOCOL_VIOLATION,
                            at,
                            "A header block goes on whose beginning was not seen.");
                    beginBlock(stream);
                    damaged = true;
                }
                default -> {}
            }
            if (prefixLength > length) {
                odd(Anomaly.Kind.PROTOCOL_VIOLATION, at, "A frame is shorter than its flags say.");
                prefixLength = 0;
            }
            if (prefixLength == 0) content = length;
        }

        @Override
        public void payload(byte[] b, int from, int n, long at) {
            int i = from;
            int to = from + n;
            if (content < 0) {
                int k = Math.min(prefixLength - prefixSize, n);
                System.arraycopy(b, i, prefix, prefixSize, k);
                prefixSize += k;
                readable += k;
                i += k;
                if (prefixSize == prefixLength) prefixed();
            }
            int k = (int) Math.min(content, to - i);
            if (k > 0) {
                content -= k;
                content(b, i, k, at + (i - from));
                i += k;
            }
            readable += to - i; // padding
        }

        /** The fields before a frame's content are there. */
        private void prefixed() {
            int padding = (flags & FrameReader.PADDED) != 0 ? prefix[0] & 0xff : 0;
            content = length - prefixLength - padding;
            if (content < 0) {
                odd(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        frameAt,
                        "A frame has more padding than bytes.");
                content = length - prefixLength;
            }
            if (type == FrameReader.PUSH_PROMISE)
                promised = FrameReader.stream(prefix, prefixLength - FrameReader.HEADER);
        }

        private void content(byte[] b, int from, int n, long at) {
            switch (type) {
                case FrameReader.DATA -> body(at).feed(b, from, n, at);
                case FrameReader.HEADERS, FrameReader.PUSH_PROMISE, FrameReader.CONTINUATION ->
                        fragment(b, from, n, at);
                case FrameReader.PRIORITY,
                        FrameReader.RST_STREAM,
                        FrameReader.SETTINGS,
                        FrameReader.PING,
                        FrameReader.WINDOW_UPDATE ->
                        readable += n;
                default -> odd().feed(b, from, n, at);
            }
        }

        @Override
        public void missing(long n, ReasonCode reason, long at) {
            if (content < 0) {
                long k = Math.min(prefixLength - prefixSize, n);
                Arrays.fill(prefix, prefixSize, (int) (prefixSize + k), (byte) 0);
                prefixSize += (int) k;
                lose(k, reason);
                n -= k;
                if (prefixSize == prefixLength) prefixed();
                if (type == FrameReader.PUSH_PROMISE || type == FrameReader.HEADERS) damaged = true;
            }
            tellRest();
            long k = Math.max(0, Math.min(content, n));
            if (k > 0) {
                content -= k;
                if (type == FrameReader.DATA) {
                    body(at).gap(k, at, reason);
                } else {
                    if (inBlock) damage();
                    lose(k, reason);
                }
            }
            lose(n - k, reason);
        }

        private void lose(long n, ReasonCode reason) {
            Stream s = id == 0 ? null : streams.get(id);
            context.account(side, s == null ? host : s.host, ByteClass.MISSING, n, reason);
        }

        @Override
        public void end(long at) {
            tellRest();
            switch (type) {
                case FrameReader.DATA -> {
                    if ((flags & FrameReader.END_STREAM) != 0) over(id, at);
                }
                case FrameReader.HEADERS, FrameReader.PUSH_PROMISE, FrameReader.CONTINUATION -> {
                    if (inBlock && (flags & FrameReader.END_HEADERS) != 0) finishBlock(false);
                }
                case FrameReader.RST_STREAM -> {
                    Stream s = streams.get(id);
                    if (s != null) reset(s, side);
                }
                default -> {}
            }
            endOdd();
            forget(at);
        }

        /** This side has said all it had to say on a stream. */
        private void over(int stream, long at) {
            Stream s = streams.get(stream);
            if (s == null) return;
            endTalk(request ? s.request : s.response, side, s.host);
            endIfDone(s);
        }

        @Override
        public void skipped(byte[] b, int from, int n, long at) {
            begun = true;
            odd().feed(b, from, n, at);
        }

        @Override
        public void astray(long at) {
            odd(Anomaly.Kind.PROTOCOL_VIOLATION, at, "This is no frame.");
            adrift(at);
        }

        @Override
        public void lost(long n, ReasonCode reason, long at) {
            adrift(at);
            endOdd();
            context.account(side, host, ByteClass.MISSING, n, reason);
        }

        /** Frames may be missing, among them header blocks. */
        private void adrift(long at) {
            begun = true;
            if (inBlock) finishBlock(true);
            if (!hpack.lossy())
                odd(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        at,
                        "Header blocks may be missing; fields that refer to them stay unknown.");
            hpack.lost();
            unsure = false;
            if (request) requestsLost = true;
        }

        private MessageSink.PartSink odd() {
            if (oddPart == null) {
                flush(host);
                oddMessage = stray().message(side);
                oddPart = oddMessage.open(PartKind.FRAME, "", Hint.NONE);
            }
            return oddPart;
        }

        private void endOdd() {
            if (oddPart != null) oddPart.end();
            if (oddMessage != null) oddMessage.end();
            oddPart = null;
            oddMessage = null;
        }

        // --- Bodies

        private Body body(long at) {
            Stream s = streams.get(id);
            if (s == null) s = orphan(id, !request);
            Talk t = request ? s.request : s.response;
            Body body = t.body;
            if (body != null) return body;
            if (s.tunnel != null) return t.body = s.tunnel.from(side);
            MessageSink m = t.message;
            boolean late = m == null;
            if (m == null) {
                m = begin(s, t, at);
                t.hint = Hint.NONE;
            }
            PartKind kind = late ? PartKind.FRAME : PartKind.BODY;
            body = Body.of(context, side, s.host, m, kind, t.hint);
            t.body = body;
            return body;
        }

        private MessageSink begin(Stream s, Talk t, long at) {
            MessageSink m = s.exchange.message(side);
            t.message = m;
            t.startAt = at;
            return m;
        }

        // --- Header blocks

        private void beginBlock(int stream) {
            inBlock = true;
            blockStream = stream;
            blockEnds = false;
            damaged = false;
            blockSize = 0;
            pieceCount = 0;
            promised = 0;
        }

        private void fragment(byte[] b, int from, int n, long at) {
            if (damaged) {
                rest(b, from, n, at);
                return;
            }
            boolean whole =
                    blockSize == 0
                            && content == 0
                            && (flags & FrameReader.END_HEADERS) != 0
                            && n <= MAX_BLOCK;
            if (whole) {
                piece(0, at - from);
                decode(b, from, from + n, false);
                return;
            }
            int k = Math.min(n, MAX_BLOCK - blockSize);
            piece(blockSize, at);
            if (block.length < blockSize + k)
                block = Arrays.copyOf(block, Math.max(blockSize + k, 2 * block.length));
            System.arraycopy(b, from, block, blockSize, k);
            blockSize += k;
            if (k == n) return;
            odd(Anomaly.Kind.LIMIT, at + k, "A header block is longer than is read.");
            damage();
            rest(b, from + k, n - k, at + k);
        }

        /** Bytes of a damaged block, put together so that no value in them is cut by a packet. */
        private void rest(byte[] b, int from, int n, long at) {
            if (restSize > 0 && (restAt + restSize != at || restSize + n > MAX_BLOCK)) tellRest();
            if (restSize == 0) restAt = at;
            if (rest.length < restSize + n)
                rest = Arrays.copyOf(rest, Math.max(restSize + n, 2 * rest.length));
            System.arraycopy(b, from, rest, restSize, n);
            restSize += n;
        }

        private void tellRest() {
            int n = restSize;
            restSize = 0;
            if (n > 0) remains(rest, 0, n, restAt);
            rest = NOTHING;
        }

        private void piece(long inBlockAt, long at) {
            if (pieceCount > 0) {
                int last = 2 * pieceCount - 2;
                if (pieces[last + 1] - pieces[last] == at - inBlockAt) return;
            }
            if (2 * pieceCount == pieces.length) pieces = Arrays.copyOf(pieces, 4 * pieceCount);
            pieces[2 * pieceCount] = inBlockAt;
            pieces[2 * pieceCount++ + 1] = at;
        }

        /** The rest of the block is not there: what came before is told, the rest stays unknown. */
        private void damage() {
            if (damaged) return;
            damaged = true;
            int n = blockSize;
            blockSize = 0;
            if (n > 0) decode(block, 0, n, true);
            inBlock = true;
        }

        /** Bytes of a block that cannot be decoded. */
        private void remains(byte[] b, int from, int n, long at) {
            Stream s = streams.get(blockStream);
            MessageSink m;
            boolean open = false;
            Talk t = s == null ? null : request ? s.request : s.response;
            if (t != null && t.message != null && t.body == null) {
                m = t.message;
            } else {
                m = stray().message(side);
                open = true;
            }
            m.part(PartKind.FRAME, "", b, from, n, at);
            if (open) m.end();
            // Whoever takes the part says of a long one whether it is readable.
            ByteClass as = n < JUDGED ? ByteClass.OPAQUE : ByteClass.READABLE;
            context.account(
                    side,
                    s == null ? host : s.host,
                    as,
                    n,
                    as == ByteClass.OPAQUE ? ReasonCode.UNDECODABLE : ReasonCode.NONE);
        }

        /** The block's last frame is over, or (where {@code broken}) the block does not go on. */
        private void finishBlock(boolean broken) {
            int n = blockSize;
            blockSize = 0;
            if (damaged) {
                inBlock = false;
                lostBlock();
                headless();
            } else if (inBlock && (n > 0 || !broken)) {
                decode(block, 0, n, broken);
            }
            inBlock = false;
            if (block.length > 1 << 14) block = NOTHING;
        }

        /** A damaged block may have changed the table. */
        private void lostBlock() {
            if (!hpack.lossy())
                odd(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        frameAt,
                        "A header block is not whole; fields that refer to it stay unknown.");
            hpack.lost();
        }

        /** The stream goes on, or ends, though its head was not whole. */
        private void headless() {
            if (blockEnds) over(blockStream, position);
        }

        /** Where in the stream the byte {@code at} of the block stands. */
        private long wire(int at) {
            int lo = 0;
            int hi = pieceCount - 1;
            while (lo < hi) {
                int mid = (lo + hi + 1) >>> 1;
                if (pieces[2 * mid] <= at) lo = mid;
                else hi = mid - 1;
            }
            return pieces[2 * lo + 1] + at - pieces[2 * lo];
        }

        private void decode(byte[] b, int from, int to, boolean broken) {
            inBlock = false;
            Fields f = fields;
            int end = hpack.decode(b, from, to, f);
            long at = pieceCount == 0 ? position : wire(from);
            long unknown = 0;
            int unknownFields = 0;
            for (int k = 0; k < f.count; k++)
                if (f.unknown[k]) {
                    unknown += f.ends[k] - f.starts[k];
                    unknownFields++;
                }
            readable += end - from - unknown;
            if (unknownFields > 0)
                odd(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        at,
                        (unknownFields == 1 ? "A field refers" : unknownFields + " fields refer")
                                + " to a header block that was not seen.");
            if (f.leftOut > 0)
                odd(
                        Anomaly.Kind.LIMIT,
                        at,
                        "A header block has more or longer fields than are read.");
            if (!f.problem.isEmpty() && !broken)
                odd(Anomaly.Kind.PROTOCOL_VIOLATION, wire(Math.max(from, end - 1)), f.problem);
            if (f.cut) {
                if (broken)
                    odd(
                            Anomaly.Kind.PROTOCOL_VIOLATION,
                            wire(Math.max(from, end - 1)),
                            "A header field is not whole; it is told as far as it was seen.");
                Heads.mark(f, f.count - 1);
            }
            Stream s;
            if (promised != 0) s = promise(f, at);
            else s = request ? request(f, at) : response(f, at);
            if (!f.problem.isEmpty() || broken) lostBlock();
            if (unknown > 0) {
                context.account(side, s.host, ByteClass.MISSING, unknown, ReasonCode.GAP);
            }
            flush(s.host);
            if (end < to) {
                for (int i = end; i < to; ) {
                    int n = contiguous(i, to);
                    remains(b, i, n, wire(i));
                    i += n;
                }
            }
            if (blockEnds && promised == 0 && !(broken && damaged)) over(s.id, position);
        }

        /** How many bytes of the block from {@code i} on stand together in the stream. */
        private int contiguous(int i, int to) {
            long at = wire(i);
            int lo = i + 1;
            int hi = to;
            while (lo < hi) {
                int mid = (lo + hi + 1) >>> 1;
                if (wire(mid - 1) - at == mid - 1 - i) lo = mid;
                else hi = mid - 1;
            }
            return lo - i;
        }

        private Stream request(Fields f, long at) {
            int stream = blockStream;
            Stream s = streams.get(stream);
            if (s != null && !s.asked && (f.find(":method") >= 0 || f.find(":path") >= 0)) {
                Http2.this.end(s); // its answer came first
                s = null;
            }
            if (s != null) {
                trailer(s, s.request, f, at);
                return s;
            }
            s = opened(stream, f);
            if (stream > highestRequest) highestRequest = stream;
            MessageSink m = begin(s, s.request, at);
            int path = Heads.target(f);
            if (path >= 0) tell(m, PartKind.TARGET, "", f, path);
            tellHead(m, f, path);
            s.request.hint = Heads.hint(context, f);
            return s;
        }

        private Stream response(Fields f, long at) {
            Stream s = streams.get(blockStream);
            if (s == null) s = orphan(blockStream, true);
            Talk t = s.response;
            if (t.message != null || t.done || s.tunnel != null) {
                trailer(s, t, f, at);
                return s;
            }
            MessageSink m = begin(s, t, at);
            m.status(Heads.status(f));
            tellHead(m, f, -1);
            if (Heads.successful(f) && !s.connects.isEmpty() && !blockEnds) {
                endHead(s.request, requests.side, s.host);
                endHead(t, side, s.host);
                s.tunnel = new Tunnel(context, s.exchange, s.connects, s.speaks);
            } else if (Heads.interim(f) && !blockEnds) {
                flush(s.host);
                m.end();
                t.message = null;
            } else {
                t.hint = Heads.hint(context, f);
            }
            return s;
        }

        /**
         * A request that the server makes on behalf of the client (8.4): nothing was sent for it.
         */
        private Stream promise(Fields f, long at) {
            Stream old = streams.get(promised);
            if (old != null) Http2.this.end(old);
            if (promised > highest && promised < 1 << 30) highest = promised;
            String before = host;
            Stream s = opened(promised, f);
            host = before;
            s.request.done = true;
            MessageSink m = s.exchange.message(side);
            for (int k = 0; k < f.count; k++)
                if (!f.unknown[k]) tell(m, PartKind.HEADER, f.names[k], f, k);
            flush(s.host);
            m.end();
            return s;
        }

        /** Fields behind a body, or of a message whose head was not seen. */
        private void trailer(Stream s, Talk t, Fields f, long at) {
            if (t.body != null) t.body.end();
            t.body = null;
            MessageSink m = t.message;
            if (m == null) m = begin(s, t, at);
            for (int k = 0; k < f.count; k++)
                if (!f.unknown[k]) tell(m, PartKind.HEADER, f.names[k], f, k);
            t.hint = Hint.NONE;
        }

        /** The fields of a head; what the exchange itself says is not told again. */
        private void tellHead(MessageSink m, Fields f, int target) {
            for (int k = 0; k < f.count; k++) {
                if (f.unknown[k] || k == target) continue;
                String name = Heads.told(f.names[k]);
                if (!name.isEmpty()) tell(m, PartKind.HEADER, name, f, k);
            }
        }

        private void tell(MessageSink m, PartKind kind, String name, Fields f, int k) {
            byte[] v = f.value(k);
            int from = f.from(k);
            int n = f.length(k);
            valuesTold += n;
            if (valuesTold > FREE_VALUES + VALUES_A_BYTE * position) {
                odd(
                        Anomaly.Kind.LIMIT,
                        position,
                        "A few bytes stand for too many header values; they were not all looked at.");
                return;
            }
            long at = wire(f.starts[k]);
            long end = wire(f.ends[k] - 1) + 1;
            if (f.plain[k] && n > 0 && wire(from + n - 1) - wire(from) == n - 1)
                m.part(kind, name, v, from, n, wire(from));
            else m.part(kind, name, v, from, n, new Wire(at, end - at, "hpack", false));
        }

        // --- Accounting

        private void flush(String to) {
            context.readable(side, to, readable);
            readable = 0;
        }

        /** Lets go of what no open message needs, now and then. */
        private void forget(long at) {
            if (at - forgotten < FORGET_STEP || inBlock) return;
            forgotten = at;
            long needed = at;
            for (Stream s : streams.values()) {
                Talk t = request ? s.request : s.response;
                if (t.message != null) needed = Math.min(needed, t.startAt);
                if (s.tunnel != null) needed = Math.min(needed, s.tunnel.needed(side));
            }
            context.forget(side, needed);
        }
    }

    private static final byte[] NOTHING = {};

    /** Leaves shorter than this are never called opaque by what they look like. */
    private static final int JUDGED = 64;
}
