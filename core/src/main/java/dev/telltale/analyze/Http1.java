package dev.telltale.analyze;

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
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/0.9, 1.0 and 1.1 (RFC 9110, RFC 9112), tolerant: what no server would accept may still have
 * left the phone. Requests and responses are read each by a {@link Half}; here they are paired in
 * order (RFC 9112 9.3.2).
 *
 * <p>Where framing is lost (a gap, a wrong length, a bad chunk) bytes are told as a FRAME part, of
 * the message they belong to if it is open, until something that is surely a start line comes.
 */
final class Http1 implements StreamAnalyzer {
    /** A head or trailer block, its longest line included. */
    static final int MAX_HEAD = 256 << 10;

    /** Bytes of one side kept while the other side's word is awaited. */
    private static final int MAX_HELD = 64 << 10;

    /** Requests in flight. */
    private static final int MAX_PENDING = 1024;

    private static final int MAX_CHUNK_LINE = 16 << 10;
    private static final int MAX_START_LINE = 16 << 10;

    private final Context context;
    private final Side client;
    private final Half requests;
    private final Half responses;

    /** Requests whose final response has not begun, oldest first. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>(2);

    /** Requests forgotten because there were too many; their responses come first. */
    private long forgotten;

    private String host;
    private boolean identified;

    /** A request may be missing: a response without one need not wait for it. */
    private boolean requestsLost;

    private @Nullable StreamFlow tunnel;

    /** What the tunnel's messages belong to. */
    private @Nullable Pending carrier;

    /** A request on its way, or an unknown one. */
    private static final class Pending {
        final ExchangeSink exchange;
        final String host;
        boolean head;
        boolean connect;
        String upgrade = "";
        boolean simple;
        boolean expect;
        boolean answered;
        boolean requestDone;
        boolean responseDone;
        long time;

        /** Messages of the protocol it changed to go into it: it ends with the tunnel. */
        boolean carries;

        private boolean ended;

        Pending(ExchangeSink exchange, String host) {
            this.exchange = exchange;
            this.host = host;
        }

        void endIfDone() {
            if (requestDone && responseDone && !carries) end();
        }

        void end() {
            if (!ended) exchange.end();
            ended = true;
        }
    }

    Http1(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.host = context.serverName();
        this.requestsLost = context.lossy();
        this.requests = new Half(client, true);
        this.responses = new Half(client.other(), false);
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        int to = from + length;
        int i = from;
        while (i < to && i - from < 4 && (b[i] == '\r' || b[i] == '\n')) i++; // RFC 9112 2.2
        Match status = statusMatch(b, i, to);
        if (status != Match.NO) return status;
        int method = Http1Head.methodEnd(b, i, to);
        if (method == to) return Match.MORE;
        if (method == i || !Http1Head.space(b[method])) return Match.NO;
        int k = method;
        while (k < to && Http1Head.space(b[k])) k++;
        if (k == to) return Match.MORE;
        if (Http1Head.knownMethod(b, i, method)) {
            byte c = b[k];
            if (c == '/' || c == '*') return Match.CLIENT;
            if (Http1Head.is(b, i, method, "CONNECT") && (TARGET_START[c & 0xff] || c == '['))
                return Match.CLIENT;
            if (prefix(b, k, to, HTTP) == HTTP.length || prefix(b, k, to, HTTPS) == HTTPS.length)
                return Match.CLIENT;
        }
        int lf = Http1Head.indexOf(b, (byte) '\n', k, to);
        if (lf < 0) return Match.MORE;
        // What is left of a method whose first letters were not seen is none.
        return !context.lossy() && versioned(b, k, lf) ? Match.CLIENT : Match.NO;
    }

    /** HTTP/1.x, a space and three digits: what nothing but a status line begins with. */
    private static Match statusMatch(byte[] b, int from, int to) {
        int n = Math.min(to - from, SURE_STATUS);
        for (int k = 0; k < n; k++) {
            byte v = b[from + k];
            boolean fits =
                    k < STATUS.length
                            ? v == STATUS[k]
                            : k == STATUS.length + 1 ? v == ' ' : Http1Head.digit(v);
            if (!fits) return Match.NO;
        }
        return n == SURE_STATUS ? Match.SERVER : Match.MORE;
    }

    private static final int SURE_STATUS = 12;
    private static final byte[] STATUS = ascii("HTTP/1.");
    private static final byte[] HTTP = ascii("http://");
    private static final byte[] HTTPS = ascii("https://");
    private static final boolean[] TARGET_START = new boolean[256];

    static {
        for (int c = 'a'; c <= 'z'; c++) TARGET_START[c] = TARGET_START[c - 32] = true;
        for (int c = '0'; c <= '9'; c++) TARGET_START[c] = true;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    /** How much of {@code p} stands at {@code i}. */
    private static int prefix(byte[] b, int i, int to, byte[] p) {
        int n = 0;
        while (n < p.length && i + n < to && b[i + n] == p[n]) n++;
        return n;
    }

    /** Whether the line {@code [from, lf)} ends with a version of HTTP/1 or before. */
    private static boolean versioned(byte[] b, int from, int lf) {
        int end = lf;
        while (end > from && (b[end - 1] == '\r' || Http1Head.space(b[end - 1]))) end--;
        int v = end - 8;
        return v > from
                && Http1Head.space(b[v - 1])
                && Http1Head.is(b, v, v + 5, "HTTP/")
                && (b[v + 5] == '1' || b[v + 5] == '0')
                && b[v + 6] == '.';
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        if (side != client) requests.simpleRequest();
        half(side).data(bytes, from, length, offset);
        drain();
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).gap(offset, length, reason);
        drain();
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        Half half = half(side);
        half.closed = how;
        drain();
        boolean both = requests.closed != null && responses.closed != null;
        if (both) {
            requests.release();
            responses.release();
        }
        // A side whose bytes wait for the other side's word is not through.
        if (!requests.waiting() && requests.closed != null) requests.finish();
        if (!responses.waiting() && responses.closed != null) responses.finish();
        drain();
        if (!both) return;
        requests.finish();
        responses.finish();
        for (Pending p : pending) p.end();
        pending.clear();
        requests.closeTunnel();
        responses.closeTunnel();
        if (carrier != null) carrier.end();
    }

    private Half half(Side side) {
        return side == client ? requests : responses;
    }

    /** Goes on with bytes that waited for the other side's word, as long as that helps. */
    private void drain() {
        for (boolean more = true; more; ) {
            more = false;
            if (responses.held != null && !responses.mustWait()) more |= responses.release();
            if (requests.held != null && !requests.mustWait()) more |= requests.release();
        }
        if (requests.closed != null && !requests.waiting()) requests.finish();
        if (responses.closed != null && !responses.waiting()) responses.finish();
    }

    private String label(int version) {
        return switch (version) {
            case Http1Head.VERSION_0_9 -> "http/0.9";
            case Http1Head.VERSION_1_0 -> "http/1.0";
            default -> "http/1.1";
        };
    }

    private String scheme() {
        return context.secured().protection() == Protection.NONE ? "http" : "https";
    }

    /** A response (or a piece of one) whose request was not captured. */
    private Pending orphan(int version) {
        Pending p =
                new Pending(
                        context.exchange(
                                label(version),
                                "",
                                scheme(),
                                host,
                                context.port(client.other()),
                                new byte[0]),
                        host);
        p.requestDone = true;
        return p;
    }

    private Pending opened(Http1Head h, long at) {
        byte[] b = h.b;
        String method = context.names().of(b, h.from, h.methodTo - h.from);
        Authority authority = authority(h, method);
        String name = authority.host();
        if (name.isEmpty()) name = context.serverName();
        host = name;
        int port = authority.port() >= 0 ? authority.port() : context.port(client.other());
        byte[] target = Arrays.copyOfRange(b, h.targetFrom, h.targetTo);
        if (!identified) {
            identified = true;
            context.sink().identified(label(h.version), name, context.secured());
        }
        Pending p =
                new Pending(
                        context.exchange(label(h.version), method, scheme(), name, port, target),
                        name);
        p.head = method.equals("HEAD");
        p.connect = method.equals("CONNECT");
        p.upgrade = h.upgrade();
        p.simple = h.version == Http1Head.VERSION_0_9;
        p.expect = h.expectContinue;
        p.time = context.time(client, at);
        if (pending.size() == MAX_PENDING) {
            responses.pauseStray();
            Pending oldest = pending.removeFirst();
            oldest.responseDone = true;
            oldest.endIfDone();
            if (forgotten++ == 0)
                context.anomaly(
                        Anomaly.Kind.LIMIT, client, at, "Too many requests wait for a response.");
        }
        pending.addLast(p);
        return p;
    }

    /** RFC 9112 3.2: the authority of an absolute or authority form counts more than Host. */
    private Authority authority(Http1Head h, String method) {
        byte[] b = h.b;
        int from = h.targetFrom;
        int to = h.targetTo;
        if (method.equals("CONNECT")) return authority(b, from, to, -1);
        int http = Http1Head.is(b, from, Math.min(to, from + 7), "http://") ? 7 : 0;
        int https = Http1Head.is(b, from, Math.min(to, from + 8), "https://") ? 8 : 0;
        if (http + https > 0) {
            int start = from + http + https;
            int end = start;
            while (end < to && b[end] != '/' && b[end] != '?' && b[end] != '#') end++;
            for (int i = end - 1; i >= start; i--)
                if (b[i] == '@') {
                    start = i + 1;
                    break;
                }
            if (end > start) return authority(b, start, end, https > 0 ? 443 : 80);
        }
        int k = h.host();
        return k < 0 ? new Authority("", -1) : authority(b, h.lines[k + 2], h.lines[k + 3], -1);
    }

    private Authority authority(byte[] b, int from, int to, int port) {
        return Authority.of(context, b, from, to, port);
    }

    /** From here on both sides speak something else (RFC 9110 7.8, 9.3.6). */
    private void tunnel(Pending p) {
        if (tunnel == null) {
            boolean upgraded = !p.connect && !p.upgrade.isEmpty() && p.answered;
            if (upgraded) carrier = p;
            p.carries = upgraded;
            tunnel =
                    new StreamFlow(
                            context.nested(
                                    context.sink(),
                                    context.secured(),
                                    p.host,
                                    p.upgrade,
                                    upgraded ? p.exchange : null));
        }
    }

    enum State {
        /** Before a message. */
        START,
        /** In a start line or field lines. */
        HEAD,
        /** The request is over, what follows depends on its response (CONNECT, Upgrade). */
        AWAIT,
        /**
         * A body was announced but the response came first (RFC 9110 10.1.1): body or next request?
         */
        EXPECT,
        LENGTH,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK_DATA,
        CHUNK_END,
        TRAILER,
        /** Framing is lost; looks for a start line. */
        SKIP,
        TUNNEL
    }

    /** One side: requests or responses. */
    private final class Half implements Http1Head.Oddities {
        private final Side side;
        private final boolean request;
        private State state = State.START;
        StreamEvent.@Nullable How closed;
        private boolean finished;
        private boolean tunnelClosed;

        // Bytes not yet understood: an unfinished head, trailer, chunk line or what may be a start
        // line.
        private byte[] buf = NOTHING;
        private int size;
        private long bufAt;
        private int scanned;
        private int line;

        /** Of what may be a request line: where its version begins, 0 where its target goes on. */
        private int targetEnd;

        private boolean startChecked;

        /** Bytes that wait for the other side's word. */
        byte @Nullable [] held;

        private int heldSize;
        private long heldAt;

        private @Nullable Pending current;
        private @Nullable MessageSink message;
        private MessageSink.@Nullable PartSink part;
        private Hint hint = Hint.NONE;

        /** Bytes left of the body or chunk. */
        private long left;

        private int digits;

        /** Head and framing bytes not yet accounted for. */
        private long readable;

        /** Exchange of bytes skipped outside of any message. */
        private @Nullable ExchangeSink stray;

        /** Last byte that was skipped, 0 behind a gap. */
        private byte skippedLast;

        /** A gap may have swallowed whole responses. */
        private boolean afterGap;

        /** End of what was seen of this side. */
        private long position;

        /** Where {@link Http1Head.Oddities} are, in the stream. */
        private long oddAt;

        Half(Side side, boolean request) {
            this.side = side;
            this.request = request;
            // The first bytes may be the middle of something: only what is surely a request is one.
            if (request && context.lossy()) state = State.SKIP;
        }

        @Override
        public void odd(Anomaly.Kind kind, int position, String text) {
            context.anomaly(kind, side, oddAt + position, text);
        }

        private void odd(Anomaly.Kind kind, long at, String text) {
            context.anomaly(kind, side, at, text);
        }

        void data(byte[] b, int from, int length, long at) {
            position = Math.max(position, at + length);
            if (held != null && waiting()) {
                hold(b, from, length, at);
                return;
            }
            int i = from;
            int to = from + length;
            while (i < to) {
                long here = at + (i - from);
                i =
                        switch (state) {
                            case START -> start(b, i, to, here);
                            case HEAD, TRAILER -> block(b, i, to, here);
                            case AWAIT -> {
                                if (mustWait()) {
                                    hold(b, i, to - i, here);
                                    yield to;
                                }
                                resume();
                                yield i;
                            }
                            case EXPECT -> expect(b, i, here);
                            case LENGTH -> length(b, i, to, here);
                            case UNTIL_CLOSE -> {
                                body().feed(b, i, to - i, here);
                                yield to;
                            }
                            case CHUNK_SIZE -> chunkSize(b, i, to, here);
                            case CHUNK_EXTENSION -> chunkExtension(b, i, to, here);
                            case CHUNK_DATA -> chunkData(b, i, to, here);
                            case CHUNK_END -> chunkEnd(b, i, here);
                            case SKIP -> skip(b, i, to, here);
                            case TUNNEL -> {
                                if (tunnel != null) tunnel.data(side, here, b, i, to - i);
                                yield to;
                            }
                        };
            }
        }

        // --- Waiting for the other side

        boolean waiting() {
            return held != null || (state == State.AWAIT && mustWait());
        }

        /**
         * A response whose request was not seen yet waits for it: captures put packets of two
         * directions in the wrong order. A client's bytes after CONNECT or Upgrade wait for the
         * response.
         */
        boolean mustWait() {
            if (request) {
                return state == State.AWAIT
                        && responses.closed == null
                        && current != null
                        && !current.answered;
            }
            return state == State.START
                    && pending.isEmpty()
                    && forgotten == 0
                    && !requestsLost
                    && requests.closed == null;
        }

        private void hold(byte[] b, int from, int length, long at) {
            byte[] h = held;
            if (h == null) {
                h = new byte[Math.min(MAX_HELD, Math.max(256, length))];
                heldAt = at;
                heldSize = 0;
            }
            int n = Math.min(length, MAX_HELD - heldSize);
            if (h.length < heldSize + n)
                h = Arrays.copyOf(h, Math.min(MAX_HELD, Math.max(heldSize + n, 2 * h.length)));
            System.arraycopy(b, from, h, heldSize, n);
            heldSize += n;
            held = h;
            if (n == length) return;
            giveUp();
            release();
            data(b, from + n, length - n, at + n);
        }

        /** The other side's word will not come, or too late. */
        private void giveUp() {
            if (!request) requestsLost = true;
            else if (state == State.AWAIT) resume();
        }

        /**
         * Goes on with what was held, in the state that is known by now; false where nothing was.
         */
        boolean release() {
            byte[] h = held;
            if (request && state == State.AWAIT && (h != null || closed != null)) resume();
            if (h == null) return false;
            if (!request && mustWait()) requestsLost = true;
            held = null;
            data(h, 0, heldSize, heldAt);
            return true;
        }

        /**
         * Leaves AWAIT: into the tunnel where there is one or CONNECT was never answered, else to
         * the next request.
         */
        private void resume() {
            Pending p = current;
            if (p != null && p.connect && !p.answered) tunnel(p);
            state = tunnel != null ? State.TUNNEL : State.START;
            current = null;
        }

        // --- Heads

        private int start(byte[] b, int i, int to, long at) {
            if (held != null) {
                hold(b, i, to - i, at);
                return to;
            }
            int first = i;
            while (i < to && (b[i] == '\r' || b[i] == '\n')) i++;
            readable += i - first;
            if (i == to) return i;
            if (tunnel != null) {
                flush(host);
                state = State.TUNNEL;
                return i;
            }
            if (!request && mustWait()) {
                hold(b, i, to - i, at + (i - first));
                return to;
            }
            newBlock(State.HEAD);
            return i;
        }

        private void newBlock(State next) {
            state = next;
            size = 0;
            scanned = 0;
            line = 0;
            startChecked = false;
        }

        /**
         * Collects a head or trailer up to its empty line; one that is whole in {@code b} is not
         * copied.
         */
        private int block(byte[] b, int i, int to, long at) {
            if (size == 0) {
                int end = blockEnd(b, i, to);
                if (end >= 0 && end - i <= MAX_HEAD) return taken(b, i, end, at, true) ? end : i;
                bufAt = at;
            }
            int n = Math.min(Math.min(to - i, 4096), MAX_HEAD - size);
            append(b, i, n);
            if (state == State.HEAD && !startChecked && !startFits()) return i + n;
            for (int k = scanned; k < size; k++) {
                if (buf[k] != '\n') continue;
                if (k == line || (k == line + 1 && buf[line] == '\r')) {
                    int end = k + 1;
                    int surplus = size - end;
                    byte[] head = takeBuffer();
                    taken(head, 0, end, bufAt, true);
                    return i + n - surplus;
                }
                line = k + 1;
            }
            scanned = size;
            if (size == MAX_HEAD) {
                odd(Anomaly.Kind.LIMIT, bufAt + size, "A head is longer than is read.");
                salvage();
                lose();
            }
            return i + n;
        }

        /**
         * End of the block that begins at {@code i}, just behind its empty line; -1 where it is not
         * all here.
         */
        private int blockEnd(byte[] b, int i, int to) {
            int start = i;
            for (int k = i; k < to; k++) {
                if (b[k] != '\n') continue;
                if (k == start || (k == start + 1 && b[start] == '\r')) return k + 1;
                start = k + 1;
            }
            return -1;
        }

        /**
         * Looks early at a start line that is not whole; where it is none, what was read is
         * skipped.
         */
        private boolean startFits() {
            Match match = startMatch(buf, 0, size);
            if (match == Match.MORE) return true;
            startChecked = true;
            if (match != Match.NO) return true;
            int n = size;
            byte[] bytes = takeBuffer();
            noStart(bufAt);
            data(bytes, 0, n, bufAt);
            return false;
        }

        private Match startMatch(byte[] b, int from, int to) {
            if (!request) {
                int n = prefix(b, from, Math.min(to, from + 5), STATUS);
                if (n == 5) return Match.SERVER;
                return from + n == to ? Match.MORE : Match.NO;
            }
            int method = Http1Head.methodEnd(b, from, to);
            if (method == to && method > from) return Match.MORE;
            if (method == from || !Http1Head.space(b[method])) return Match.NO;
            int lf = Http1Head.indexOf(b, (byte) '\n', Math.max(method, Math.min(scanned, to)), to);
            if (lf < 0) return Match.MORE;
            return Http1Head.requestLine(b, from, lf) ? Match.CLIENT : Match.NO;
        }

        /**
         * What comes instead of a start line: the body of a simple response (HTTP/0.9), or
         * something to skip.
         */
        private void noStart(long at) {
            Pending p = request ? null : pending.peekFirst();
            if (p != null && p.simple && forgotten == 0) {
                pending.removeFirst();
                p.answered = true;
                begin(p);
                hint = Hint.NONE;
                state = State.UNTIL_CLOSE;
                return;
            }
            odd(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    at,
                    request ? "This is no request line." : "This is no status line.");
            lose();
        }

        /**
         * Reads a head or trailer that is all here; false (nothing done but the state) where it is
         * none.
         */
        private boolean taken(byte[] b, int from, int to, long at, boolean whole) {
            oddAt = at - from;
            if (state == State.TRAILER) {
                trailer(b, from, to, at);
                messageEnd(at + (to - from));
                return true;
            }
            if (startMatch0(b, from, to) == Match.NO) {
                noStart(at);
                return false;
            }
            readable += to - from;
            if (request) request(Http1Head.request(b, from, to, this), at, whole);
            else response(Http1Head.response(b, from, to, this), at, whole);
            return true;
        }

        private Match startMatch0(byte[] b, int from, int to) {
            int keep = scanned;
            scanned = from;
            Match match = startMatch(b, from, to);
            scanned = keep;
            return match;
        }

        private void request(Http1Head h, long at, boolean whole) {
            if (h.version == Http1Head.VERSION_0_9 && h.fields > 0)
                odd(Anomaly.Kind.PROTOCOL_VIOLATION, at, "A request has fields but no version.");
            Pending p = opened(h, at);
            MessageSink m = begin(p);
            m.part(
                    PartKind.TARGET,
                    "",
                    h.b,
                    h.targetFrom,
                    h.targetTo - h.targetFrom,
                    at + (h.targetFrom - h.from));
            tellFields(m, h, at);
            flush(p.host);
            // At once, so that what the body is read as does not depend on how it is cut.
            if (responses.held != null && !responses.mustWait()) responses.release();
            if (!whole) return;
            long end = at + (h.to - h.from);
            if (h.restFrom < h.to && h.contentLength == Http1Head.NONE && !h.transferCoded) {
                // The framing may be among the fields not read.
                lose();
                return;
            }
            if (frame(h, end)) return;
            if (h.transferCoded && h.contentLength < 0) {
                odd(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        end,
                        "A request's Transfer-Encoding does not end.");
                state = State.UNTIL_CLOSE;
            } else {
                messageEnd(end);
            }
        }

        private void response(Http1Head h, long at, boolean whole) {
            boolean interim = h.status >= 100 && h.status < 200 && h.status != 101;
            Pending p = answered(at, interim, h.version);
            MessageSink m = begin(p);
            m.status(h.status);
            tellFields(m, h, at);
            flush(p.host);
            if (!whole) {
                if (p == pending.peekFirst()) current = null; // an interim one leaves it unanswered
                return;
            }
            long end = at + (h.to - h.from);
            if (interim) {
                endOfMessage(m, end);
                current = null;
                if (p != pending.peekFirst()) {
                    p.responseDone = true;
                    p.endIfDone();
                }
                return;
            }
            p.answered = true;
            if (h.status == 101 && p.upgrade.isEmpty()) p.upgrade = h.upgrade();
            boolean connected = p.connect && h.status >= 200 && h.status < 300;
            if (h.status == 101 || connected) {
                tunnel(p);
                messageEnd(end);
                state = State.TUNNEL;
                if (requests.state == State.AWAIT) requests.resume();
                requests.release();
                return;
            }
            if (p.head || h.status == 204 || h.status == 304) {
                messageEnd(end);
                return;
            }
            if (h.restFrom < h.to && h.contentLength == Http1Head.NONE && !h.transferCoded) {
                lose();
                return;
            }
            if (!frame(h, end)) state = State.UNTIL_CLOSE;
        }

        /** The request that the response at {@code at} answers. */
        private Pending answered(long at, boolean interim, int version) {
            if (forgotten > 0) {
                if (!interim) forgotten--;
                return orphan(version);
            }
            long time = requestsLost || afterGap ? context.time(side, at) : 0;
            Pending oldest = pending.peekFirst();
            if (requestsLost && oldest != null && oldest.time > time) return orphan(version);
            if (afterGap && !interim) {
                // Responses may be missing. Without pipelining only the last request sent before
                // this can be meant.
                afterGap = false;
                while (pending.size() > 1) {
                    Pending first = pending.removeFirst();
                    Pending second = pending.peekFirst();
                    if (second == null || second.time <= first.time || second.time >= time) {
                        pending.addFirst(first);
                        break;
                    }
                    first.responseDone = true;
                    first.endIfDone();
                }
            }
            Pending p = interim ? pending.peekFirst() : pending.pollFirst();
            if (p != null) return p;
            return orphan(version);
        }

        private void tellFields(MessageSink m, Http1Head h, long at) {
            byte[] b = h.b;
            int[] lines = h.lines;
            Names names = context.names();
            long shift = at - h.from;
            for (int k = 0; k < 4 * h.fields; k += 4) {
                int name = lines[k];
                int nameTo = lines[k + 1];
                int value = lines[k + 2];
                int n = lines[k + 3] - value;
                if (nameTo < 0) m.part(PartKind.FRAME, "", b, value, n, shift + value);
                else
                    m.part(
                            PartKind.HEADER,
                            names.of(b, name, nameTo - name),
                            b,
                            value,
                            n,
                            shift + value);
            }
            if (h.restFrom < h.to)
                m.part(PartKind.FRAME, "", b, h.restFrom, h.to - h.restFrom, shift + h.restFrom);
        }

        private void trailer(byte[] b, int from, int to, long at) {
            Http1Head h = Http1Head.trailer(b, from, to, this);
            readable += to - from;
            if (part != null) part.end();
            part = null;
            if (message != null) tellFields(message, h, at);
        }

        /** What was read of a head or trailer that does not go on. */
        private void salvage() {
            int n = size;
            State was = state;
            byte[] bytes = takeBuffer();
            if (n == 0) return;
            oddAt = bufAt;
            if (was == State.TRAILER) {
                trailer(bytes, 0, n, bufAt);
                return;
            }
            boolean line = Http1Head.indexOf(bytes, (byte) '\n', 0, n) >= 0;
            if (line && startMatch0(bytes, 0, n) != Match.NO) taken(bytes, 0, n, bufAt, false);
            else skipped(bytes, 0, n, bufAt);
        }

        // --- Bodies

        /** Sets out to read the body that a head announces; false where it announces none. */
        private boolean frame(Http1Head h, long end) {
            int k = h.contentType();
            String type =
                    k < 0
                            ? ""
                            : context.names()
                                    .of(h.b, h.lines[k + 2], h.lines[k + 3] - h.lines[k + 2]);
            long length = h.contentLength;
            if (h.chunked) {
                if (length != Http1Head.NONE)
                    odd(
                            Anomaly.Kind.LYING_METADATA,
                            end,
                            "Content-Length beside Transfer-Encoding; the latter counts (RFC 9112 6.3).");
                hint = new Hint(type, h.codings(), -1, h.messageCoding());
                chunkStart();
                return true;
            }
            boolean counted = length >= 0;
            hint = new Hint(type, h.codings(), counted ? length : -1, h.messageCoding());
            if (!counted) return false;
            left = length;
            if (length == 0) messageEnd(end);
            else state = request && current != null && current.expect ? State.EXPECT : State.LENGTH;
            return true;
        }

        private MessageSink.PartSink body() {
            MessageSink.PartSink p = part;
            if (p != null) return p;
            String to = current == null ? host : current.host;
            return part = Bodies.open(context, side, to, message(), hint);
        }

        private int length(byte[] b, int i, int to, long at) {
            int n = (int) Math.min(left, to - i);
            body().feed(b, i, n, at);
            left -= n;
            if (left == 0) messageEnd(at + n);
            return i + n;
        }

        /**
         * The client need not send the body it announced if the answer is final already; then its
         * next request comes.
         */
        private int expect(byte[] b, int i, long at) {
            Pending p = current;
            if (size == 0 && (p == null || !p.answered)) {
                state = State.LENGTH;
                return i;
            }
            if (size == 0) bufAt = at;
            append(b, i, 1);
            int method = Http1Head.methodEnd(buf, 0, size);
            if (method == size && size <= 10) return i + 1;
            boolean next =
                    method > 0
                            && Http1Head.space(buf[size - 1])
                            && Http1Head.knownMethod(buf, 0, method);
            int n = size;
            byte[] bytes = takeBuffer();
            if (next) messageEnd(bufAt);
            else state = State.LENGTH;
            data(bytes, 0, n, bufAt);
            return i + 1;
        }

        private void chunkStart() {
            state = State.CHUNK_SIZE;
            size = 0;
            digits = 0;
            left = 0;
        }

        /**
         * <pre>
         * chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF     (RFC 9112 7.1)
         * </pre>
         *
         * The size is kept in the buffer until its line is believed.
         */
        private int chunkSize(byte[] b, int i, int to, long at) {
            while (i < to) {
                byte v = b[i];
                int hex = HEX[v & 0xff];
                boolean gap =
                        size > digits; // white space after the size: only the line end may follow
                if (hex >= 0 && !gap && left >>> 58 == 0) {
                    left = left << 4 | hex;
                    digits++;
                } else if (Http1Head.space(v) && digits > 0) {
                    // tolerated
                } else if ((v == '\r' || v == '\n' || v == ';') && digits > 0) {
                    readable += size;
                    size = 0;
                    state = State.CHUNK_EXTENSION;
                    return i;
                } else {
                    badChunk(at, "This is no chunk size.");
                    return i;
                }
                if (size == 0) bufAt = at;
                if (size == 64) {
                    badChunk(at, "A chunk size is too long.");
                    return i;
                }
                append(b, i, 1);
                i++;
                at++;
            }
            return i;
        }

        /** Framing is lost from the beginning of this line. */
        private void badChunk(long at, String why) {
            odd(Anomaly.Kind.PROTOCOL_VIOLATION, at, why);
            int n = size;
            byte[] bytes = takeBuffer();
            lose();
            data(bytes, 0, n, bufAt);
        }

        /**
         * Reads the rest of a chunk's line. An extension is told in a message of its own: the
         * body's part is open.
         */
        private int chunkExtension(byte[] b, int i, int to, long at) {
            if (size == 0 && to - i >= 2 && b[i] == '\r' && b[i + 1] == '\n') {
                readable += 2;
                return chunkLineEnd(i + 2);
            }
            int lf =
                    Http1Head.indexOf(
                            b, (byte) '\n', i, Math.min(to, i + MAX_CHUNK_LINE - size + 1));
            int end = lf < 0 ? Math.min(to, i + MAX_CHUNK_LINE - size) : lf + 1;
            if (size == 0) bufAt = at;
            append(b, i, end - i);
            if (lf < 0) {
                if (size == MAX_CHUNK_LINE) badChunk(at, "A chunk extension is too long.");
                return end;
            }
            readable += size;
            int n = size;
            byte[] bytes = takeBuffer();
            Pending p = current;
            if (bytes[0] == ';' && p != null) {
                MessageSink m = p.exchange.message(side);
                m.part(PartKind.FRAME, "chunk-ext", bytes, 0, n, bufAt);
                m.end();
            }
            return chunkLineEnd(end);
        }

        private int chunkLineEnd(int next) {
            if (left > 0) state = State.CHUNK_DATA;
            else newBlock(State.TRAILER);
            return next;
        }

        private int chunkData(byte[] b, int i, int to, long at) {
            int n = (int) Math.min(left, to - i);
            body().feed(b, i, n, at);
            left -= n;
            if (left == 0) {
                state = State.CHUNK_END;
                size = 0;
            }
            return i + n;
        }

        private int chunkEnd(byte[] b, int i, long at) {
            byte v = b[i];
            if (v == '\r' && size == 0) {
                bufAt = at;
                append(b, i, 1);
                return i + 1;
            }
            if (v == '\n') {
                readable += size + 1;
                chunkStart();
                return i + 1;
            }
            badChunk(at, "A chunk goes on after its size.");
            return i;
        }

        // --- Without framing

        /** Framing is lost; an open message stays open for the bytes that follow. */
        private void lose() {
            if (part != null) part.end();
            part = null;
            state = State.SKIP;
            skippedLast = 0;
            size = 0;
            line = 0;
        }

        /** Looks for a start line; the bytes before it are told as they are. */
        private int skip(byte[] b, int i, int to, long at) {
            if (size > 0) return candidate(b, i, to);
            int k = i;
            byte before = skippedLast;
            while (k < to && !mayStart(before, b[k])) before = b[k++];
            if (k > i) skipped(b, i, k - i, at);
            if (k == to) return to;
            bufAt = at + (k - i);
            return candidate(b, k, to);
        }

        private boolean mayStart(byte before, byte first) {
            if (!request) return STATUS_START[first & 0xff];
            // M-SEARCH, in bodies about the local network, is not SEARCH.
            return METHOD_START[first & 0xff] && before != '-';
        }

        /** Collects what may be a start line and decides on it. */
        private int candidate(byte[] b, int i, int to) {
            while (i < to) {
                append(b, i++, 1);
                Match match = request ? requestCandidate() : statusMatch(buf, 0, size);
                if (match == Match.MORE) continue;
                int n = size;
                if (match != Match.NO) {
                    // Found: the bytes are read again as the beginning of a head.
                    byte[] bytes = takeBuffer();
                    endSkipped(bufAt);
                    state = State.START;
                    data(bytes, 0, n, bufAt);
                    return i;
                }
                // A line that is none is skipped whole, so that no byte is looked at twice; else
                // only its first byte is.
                byte[] bytes = takeBuffer();
                boolean whole = bytes[n - 1] == '\n' || n >= MAX_START_LINE;
                int gone = whole ? n : 1;
                skipped(bytes, 0, gone, bufAt);
                if (gone < n) data(bytes, gone, n - gone, bufAt + gone);
                return i;
            }
            return i;
        }

        private Match requestCandidate() {
            byte last = buf[size - 1];
            if (line == 0) {
                if (Http1Head.space(last)) return knownCandidate() ? Match.MORE : Match.NO;
                return size <= 9 && METHOD_LETTER[last & 0xff] ? Match.MORE : Match.NO;
            }
            if (last == '\n') return versioned(buf, line, size - 1) ? Match.CLIENT : Match.NO;
            return size < MAX_START_LINE && mayEndWithVersion() ? Match.MORE : Match.NO;
        }

        /**
         * A request line in the open: behind the white space that ends its target comes the version
         * and nothing else. More would be text that holds such words.
         */
        private boolean mayEndWithVersion() {
            if (targetEnd == 0) {
                if (size - 1 > line
                        && Http1Head.space(buf[size - 1])
                        && !Http1Head.space(buf[size - 2])) targetEnd = size;
                return true;
            }
            int at = size - 1 - targetEnd;
            byte last = buf[size - 1];
            if (at == 0 && Http1Head.space(last)) {
                targetEnd = size;
                return true;
            }
            return at < 7
                    ? last == STATUS[at]
                    : at == 7 ? Http1Head.digit(last) : last == '\r' || Http1Head.space(last);
        }

        private boolean knownCandidate() {
            if (!Http1Head.knownMethod(buf, 0, size - 1)) return false;
            line = size - 1;
            targetEnd = 0;
            return true;
        }

        private void skipped(byte[] b, int from, int n, long at) {
            if (part == null) part = strayMessage().open(PartKind.FRAME, "", Hint.NONE);
            part.feed(b, from, n, at);
            skippedLast = b[from + n - 1];
        }

        /**
         * The message that skipped bytes go to: the open one, that of the next answer, or one of
         * their own.
         */
        private MessageSink strayMessage() {
            if (message != null) return message;
            flush(host);
            Pending p = request ? null : pending.peekFirst();
            ExchangeSink e;
            if (p != null) {
                e = p.exchange;
            } else {
                e =
                        context.exchange(
                                "http/1.1",
                                "DATA",
                                "",
                                host,
                                context.port(client.other()),
                                new byte[0]);
                stray = e;
            }
            MessageSink m = e.message(side);
            message = m;
            return m;
        }

        private void endSkipped(long at) {
            if (message == null) {
                state = State.START;
                return;
            }
            messageEnd(at);
        }

        // --- Messages

        private MessageSink begin(Pending p) {
            current = p;
            MessageSink m = p.exchange.message(side);
            message = m;
            return m;
        }

        private MessageSink message() {
            return message == null ? strayMessage() : message;
        }

        private void flush(String to) {
            context.readable(side, to, readable);
            readable = 0;
        }

        private void endOfMessage(MessageSink m, long at) {
            if (part != null) part.end();
            part = null;
            m.end();
            message = null;
            hint = Hint.NONE;
            state = State.START;
            size = 0;
            context.forget(side, at);
        }

        private void messageEnd(long at) {
            MessageSink m = message;
            Pending p = current;
            flush(p == null ? host : p.host);
            if (m != null) endOfMessage(m, at);
            state = State.START;
            current = null;
            if (stray != null) stray.end();
            stray = null;
            if (p == null) return;
            if (request) {
                p.requestDone = true;
                if (!p.answered && (p.connect || !p.upgrade.isEmpty())) {
                    state = State.AWAIT;
                    current = p;
                }
            } else {
                p.responseDone = true;
            }
            p.endIfDone();
        }

        // --- Gaps and the end

        void gap(long at, long length, ReasonCode reason) {
            position = Math.max(position, at + length);
            release();
            if (request && (state == State.START || state == State.HEAD || state == State.SKIP))
                requestsLost = true;
            switch (state) {
                case TUNNEL -> {
                    if (tunnel != null) tunnel.gap(side, at, length, reason);
                    return;
                }
                case EXPECT -> {
                    int n = size;
                    byte[] bytes = takeBuffer();
                    state = State.LENGTH;
                    if (n > 0) data(bytes, 0, n, bufAt);
                    gap(at, length, reason);
                    return;
                }
                case AWAIT -> {
                    resume();
                    gap(at, length, reason);
                    return;
                }
                case LENGTH -> {
                    long n = Math.min(left, length);
                    body().gap(n, reason);
                    left -= n;
                    if (left == 0) messageEnd(at + n);
                    if (n < length) between(at + n, length - n, reason);
                    return;
                }
                case UNTIL_CLOSE -> {
                    body().gap(length, reason);
                    return;
                }
                case CHUNK_DATA -> {
                    long n = Math.min(left, length);
                    body().gap(n, reason);
                    left -= n;
                    if (left == 0) {
                        state = State.CHUNK_END;
                        size = 0;
                    }
                    if (n == length) return;
                    between(at + n, length - n, reason);
                    return;
                }
                case SKIP -> {
                    dropCandidate();
                    if (part != null) part.gap(length, reason);
                    else missing(length, reason);
                    skippedLast = 0;
                    afterGap = true;
                    return;
                }
                case START, HEAD, TRAILER, CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_END ->
                        between(at, length, reason);
            }
        }

        /**
         * A gap where framing stands: what was read is told, and a start line is looked for behind
         * it.
         */
        private void between(long at, long length, ReasonCode reason) {
            unfinished();
            odd(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    at,
                    "Bytes are missing from a head or the framing of a body.");
            if (request) requestsLost = true;
            missing(length, reason);
            afterGap = true;
            lose();
        }

        private void missing(long length, ReasonCode reason) {
            context.account(
                    side, current == null ? host : current.host, ByteClass.MISSING, length, reason);
        }

        /** Tells what the buffer holds of a head, a trailer or a chunk line. */
        private void unfinished() {
            switch (state) {
                case HEAD, TRAILER -> salvage();
                case CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_END -> {
                    readable += size;
                    takeBuffer();
                }
                default -> {}
            }
        }

        private void dropCandidate() {
            int n = size;
            byte[] bytes = takeBuffer();
            if (n > 0) skipped(bytes, 0, n, bufAt);
        }

        /** Nothing more of this side. */
        void finish() {
            if (finished) return;
            finished = true;
            if (state == State.TUNNEL) {
                closeTunnel();
                return;
            }
            boolean cut = closed == StreamEvent.How.FIN || closed == StreamEvent.How.RESET;
            switch (state) {
                case EXPECT -> {
                    int n = size;
                    byte[] bytes = takeBuffer();
                    state = State.LENGTH;
                    if (n > 0) data(bytes, 0, n, bufAt);
                }
                case HEAD -> {
                    simpleRequest();
                    boolean inside = size > 0;
                    salvage();
                    if (cut && inside)
                        odd(
                                Anomaly.Kind.PROTOCOL_VIOLATION,
                                position,
                                "The stream ends inside a head.");
                }
                case LENGTH -> {
                    if (cut)
                        odd(
                                Anomaly.Kind.LYING_METADATA,
                                position,
                                "The stream ends " + left + " bytes before Content-Length.");
                }
                case CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, TRAILER -> {
                    unfinished();
                    if (cut)
                        odd(
                                Anomaly.Kind.PROTOCOL_VIOLATION,
                                position,
                                "The stream ends inside a chunked body.");
                }
                case SKIP -> dropCandidate();
                case START, AWAIT, UNTIL_CLOSE, TUNNEL -> {}
            }
            if (state != State.START || message != null || readable > 0) messageEnd(position);
            state = State.START;
        }

        void closeTunnel() {
            if (tunnel != null && closed != null && !tunnelClosed) tunnel.closed(side, closed);
            tunnelClosed = tunnel != null;
        }

        /**
         * Takes a request line without a version as a whole request: the answer has begun, or
         * nothing more comes.
         */
        void simpleRequest() {
            if (!simple()) return;
            int n = size;
            byte[] bytes = takeBuffer();
            taken(bytes, 0, n, bufAt, true);
        }

        /** Ends the message of skipped bytes in an exchange that is about to end. */
        void pauseStray() {
            if (state != State.SKIP || message == null || current != null) return;
            messageEnd(position);
            state = State.SKIP;
        }

        /**
         * Whether the buffer is a whole request line without a version and nothing else (HTTP/0.9).
         */
        private boolean simple() {
            if (!request || state != State.HEAD || size < 2 || buf[size - 1] != '\n') return false;
            if (Http1Head.indexOf(buf, (byte) '\n', 0, size) != size - 1) return false;
            return Http1Head.requestLine(buf, 0, size - 1) && !versioned(buf, 0, size - 1);
        }

        // --- Buffer

        private void append(byte[] b, int from, int n) {
            if (buf.length - size < n)
                buf = Arrays.copyOf(buf, Math.max(Math.max(64, size + n), 2 * buf.length));
            System.arraycopy(b, from, buf, size, n);
            size += n;
        }

        /** Hands the buffer over; idle connections hold none. */
        private byte[] takeBuffer() {
            byte[] b = buf;
            buf = NOTHING;
            size = 0;
            line = 0;
            scanned = 0;
            return b;
        }
    }

    private static final byte[] NOTHING = {};
    private static final byte[] HEX = new byte[256];
    private static final boolean[] METHOD_START = new boolean[256];
    private static final boolean[] METHOD_LETTER = new boolean[256];
    private static final boolean[] STATUS_START = new boolean[256];

    static {
        Arrays.fill(HEX, (byte) -1);
        for (int i = 0; i < 10; i++) HEX['0' + i] = (byte) i;
        for (int i = 0; i < 6; i++) HEX['a' + i] = HEX['A' + i] = (byte) (10 + i);
        for (char c : "GPHCMLTDURSO".toCharArray()) METHOD_START[c] = true;
        for (int c = 'A'; c <= 'Z'; c++) METHOD_LETTER[c] = true;
        STATUS_START['H'] = true;
    }
}
