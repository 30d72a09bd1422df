package dev.telltale.analyze.http3;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.http2.Fields;
import dev.telltale.analyze.http2.Heads;
import dev.telltale.analyze.quic.Varint;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Wire;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one side says on a request stream, or on a push stream: frames (RFC 9114 7.1) of type (i),
 * length (i) and payload.
 *
 * <pre>
 * 00 DATA: a piece of the body      01 HEADERS: a field section      05 PUSH_PROMISE: push id (i), field section
 * </pre>
 *
 * It waits where a field section needs entries of the table that have not come, and an answer for
 * what it answers: captures put packets of two directions in the wrong order.
 */
final class Half {
    static final int DATA = 0;
    static final int HEADERS = 1;
    private static final int PUSH_PROMISE = 5;

    /** Longest field section. */
    private static final int MAX_SECTION = 256 << 10;

    private static final int MAX_HELD = 256 << 10;

    /** Values told beyond this, of one side of a stream, for each byte it has. */
    private static final long FREE_VALUES = 4 << 20;

    private static final int VALUES_A_BYTE = 64;

    /** Leaves shorter than this are never called opaque by what they look like. */
    private static final int JUDGED = 64;

    private static final byte[] NOTHING = {};

    private final Http3 connection;
    private final Context context;
    private final Side side;
    private final Talk talk;
    private final boolean request;
    private final boolean push;

    // The frame at hand.
    private final byte[] head = new byte[16];
    private int headSize;
    private boolean inFrame;
    private long type;
    private long left;
    private byte[] section = NOTHING;
    private int sectionSize;
    private long sectionAt;

    /** Where frames begin is not known any more. */
    private boolean astray;

    private long position;
    private StreamEvent.@Nullable How how;
    private boolean over;

    // Bytes that wait, and a whole field section before them.
    private boolean blocked;
    private byte[] held = NOTHING;
    private int heldFrom;
    private int heldTo;
    private long heldAt;
    private boolean forced;

    // What is being told.
    private @Nullable MessageSink message;
    private MessageSink.@Nullable PartSink body;
    private Hint hint = Hint.NONE;
    private @Nullable ExchangeSink stray;
    private @Nullable MessageSink oddMessage;
    private MessageSink.@Nullable PartSink odd;
    private boolean headSeen;
    private long valuesTold;
    private long readable;

    Half(Http3 connection, Context context, Side side, Talk talk, boolean request) {
        this(connection, context, side, talk, request, false);
    }

    private Half(
            Http3 connection,
            Context context,
            Side side,
            Talk talk,
            boolean request,
            boolean push) {
        this.connection = connection;
        this.context = context;
        this.side = side;
        this.talk = talk;
        this.request = request;
        this.push = push;
    }

    /** A push stream (4.6): an answer to a request that was promised. */
    static Half push(Http3 connection, Context context, Side side, long id) {
        Talk talk = new Talk(connection, context);
        Heads.Request promised = connection.promised(id);
        if (promised != null) talk.open(promised);
        talk.asked = true;
        talk.over(1);
        return new Half(connection, context, side, talk, false, true);
    }

    // --- Events

    void data(byte[] b, int from, int n, long at) {
        position = at + n;
        if (blocked) {
            hold(b, from, n, at);
            return;
        }
        int k = parse(b, from, n, at);
        if (k < n) hold(b, from + k, n - k, at + k);
    }

    void gap(long n, ReasonCode reason, long at) {
        force();
        position = at + n;
        if (inFrame && type == DATA && n < left && !astray) {
            bodyGap(n, reason);
            left -= n;
            return;
        }
        readable += headSize;
        headSize = 0;
        if (inFrame && type == DATA && left > 0) {
            long k = Math.min(left, n);
            bodyGap(k, reason);
            n -= k;
            left -= k;
            if (left == 0) inFrame = false;
        }
        if (n == 0 && !inFrame) return;
        if (inFrame && (type == HEADERS || type == PUSH_PROMISE) && sectionSize > 0) damaged();
        if (!astray)
            context.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    side,
                    at,
                    "A part of a request stream was not seen; what follows is searched as it is.");
        inFrame = false;
        astray = true;
        if (request) talk.asked = true;
        if (n == 0) return;
        if (odd != null) odd.gap(n, reason);
        else context.account(side, talk.host(), ByteClass.MISSING, n, reason);
    }

    void close(StreamEvent.How h) {
        how = h;
        if (request && !blocked) talk.asked = true;
        if (!blocked) finish();
        else if (connection.over()) force();
    }

    private void finish() {
        if (over) return;
        over = true;
        readable += headSize;
        headSize = 0;
        if (inFrame && sectionSize > 0) damaged();
        if (inFrame && left > 0 && how == StreamEvent.How.FIN)
            context.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    side,
                    position,
                    "The stream ends inside a frame.");
        if (request) talk.asked = true;
        endOdd();
        if (stray != null) stray.end();
        stray = null;
        endMessage();
        flush();
        talk.over(1);
    }

    // --- Waiting

    private void hold(byte[] b, int from, int n, long at) {
        if (n == 0) return;
        if (heldFrom == heldTo) {
            heldFrom = heldTo = 0;
            heldAt = at;
        }
        if (held.length < heldTo + n)
            held = Arrays.copyOf(held, Math.max(heldTo + n, 2 * held.length));
        System.arraycopy(b, from, held, heldTo, n);
        heldTo += n;
        if (!connection.mayWait(this, n) || heldTo - heldFrom > MAX_HELD) force();
    }

    /** Tries to go on with what waits. */
    void go() {
        while (blocked) {
            if (connection.over()) forced = true;
            if (!unblock()) return;
            int n = heldTo - heldFrom;
            int from = heldFrom;
            byte[] b = held;
            long at = heldAt;
            int k = n == 0 ? 0 : parse(b, from, n, at);
            connection.gaveUp(k);
            heldFrom += k;
            heldAt += k;
            if (heldFrom < heldTo) continue;
            held = NOTHING;
            heldFrom = heldTo = 0;
        }
        connection.waits(this, false);
        forced = false;
        if (how != null) finish();
    }

    private void force() {
        if (!blocked) return;
        forced = true;
        while (blocked) {
            forced = true;
            go();
        }
        forced = false;
    }

    /** The field section, or the answer, that is waited for can be told now. */
    private boolean unblock() {
        if (!ready()) return false;
        blocked = false;
        if (sectionDone()) {
            int n = sectionSize;
            byte[] b = section;
            sectionSize = 0;
            section = NOTHING;
            if (!fieldSection(b, 0, n, sectionAt)) {
                section = b;
                sectionSize = n;
                blocked = true;
                return false;
            }
            end();
        }
        return true;
    }

    private boolean sectionDone() {
        return inFrame && left == 0 && (type == HEADERS || type == PUSH_PROMISE);
    }

    private boolean ready() {
        return request || talk.asked || forced || connection.over() || push;
    }

    // --- Frames

    /** Reads frames; returns how many bytes were taken before it had to wait. */
    private int parse(byte[] b, int from, int n, long at) {
        int i = from;
        int to = from + n;
        long shift = at - from;
        while (i < to) {
            if (blocked) return i - from;
            if (astray) {
                odd().feed(b, i, to - i, shift + i);
                return n;
            }
            if (!inFrame) {
                if (headSize == 0 && !ready()) {
                    block();
                    return i - from;
                }
                head[headSize++] = b[i++];
                begin(shift + i);
                continue;
            }
            int k = (int) Math.min(left, to - i);
            left -= k;
            payload(b, i, k, shift + i);
            i += k;
            if (left == 0 && inFrame && !blocked) end();
        }
        if (!blocked) forget();
        return n;
    }

    private void block() {
        blocked = true;
        if (!connection.mayWait(this, 0)) forced = true;
        if (forced) force();
    }

    private void begin(long at) {
        long t = Varint.read(head, 0, headSize);
        if (t < 0) return;
        int n = Varint.size(head[0]);
        long length = Varint.read(head, n, headSize);
        if (length < 0) return;
        readable += headSize;
        headSize = 0;
        inFrame = true;
        type = t;
        left = length;
        sectionSize = 0;
        sectionAt = at;
        if (type == HEADERS || type == PUSH_PROMISE) endBody();
        // Those of HTTP/2 that have no meaning here (7.2.8).
        if (type == 2 || type == 6 || type == 8 || type == 9)
            context.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    side,
                    at,
                    "A frame has a type that is reserved.");
        if (left == 0) {
            if (type == HEADERS) section(NOTHING, 0, 0, at);
            if (!blocked) end();
        }
    }

    private void payload(byte[] b, int i, int n, long at) {
        if (type == DATA) body(b, i, n, at);
        else if (type == HEADERS || type == PUSH_PROMISE) section(b, i, n, at);
        else odd().feed(b, i, n, at);
    }

    private void end() {
        endOdd();
        inFrame = false;
        section = NOTHING;
        sectionSize = 0;
    }

    // --- Field sections

    private void section(byte[] b, int i, int n, long at) {
        if (sectionSize < 0) {
            remains(b, i, n, at);
            return;
        }
        if (sectionSize == 0 && left == 0) {
            if (fieldSection(b, i, i + n, at)) return;
            keep(b, i, n);
            block();
            return;
        }
        if (sectionSize + n > MAX_SECTION) {
            context.anomaly(Anomaly.Kind.LIMIT, side, at, "A header block is longer than is read.");
            damaged();
            sectionSize = -1;
            remains(b, i, n, at);
            return;
        }
        keep(b, i, n);
        if (left > 0) return;
        int size = sectionSize;
        if (!fieldSection(section, 0, size, sectionAt)) block();
    }

    private void keep(byte[] b, int i, int n) {
        if (section.length < sectionSize + n)
            section = Arrays.copyOf(section, Math.max(sectionSize + n, 2 * section.length));
        System.arraycopy(b, i, section, sectionSize, n);
        sectionSize += n;
    }

    /** The rest of a field section is not there: what came before is told. */
    private void damaged() {
        int n = sectionSize;
        byte[] b = section;
        section = NOTHING;
        sectionSize = 0;
        if (n <= 0) return;
        boolean was = forced;
        forced = true;
        decode(b, 0, n, sectionAt, true);
        forced = was;
    }

    /** Bytes of a section that cannot be decoded. */
    private void remains(byte[] b, int from, int n, long at) {
        flush();
        MessageSink m = message;
        if (m == null) m = message = talk.exchange().message(side);
        m.part(PartKind.FRAME, "", b, from, n, at);
        // Whoever takes the part says of a long one whether it is readable.
        ByteClass as = n < JUDGED ? ByteClass.OPAQUE : ByteClass.READABLE;
        context.account(
                side,
                talk.host(),
                as,
                n,
                as == ByteClass.OPAQUE ? ReasonCode.UNDECODABLE : ReasonCode.NONE);
    }

    /** False where it must wait. */
    private boolean fieldSection(byte[] b, int from, int to, long at) {
        return decode(b, from, to, at, false);
    }

    private boolean decode(byte[] b, int from, int to, long at, boolean broken) {
        long shift = at - from;
        int i = from;
        if (type == PUSH_PROMISE) {
            if (Varint.read(b, from, to) < 0) {
                readable += to - from;
                return true;
            }
            i += Varint.size(b[from]);
        }
        Fields f = connection.fields;
        int end = connection.qpack(side).decode(b, i, to, f, forced || connection.over());
        if (end < 0) return false;
        readable += end - from;
        long unknown = 0;
        int unknownFields = 0;
        for (int k = 0; k < f.count; k++)
            if (f.unknown[k]) {
                unknown += f.ends[k] - f.starts[k];
                unknownFields++;
            }
        readable -= unknown;
        if (unknownFields > 0)
            context.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    side,
                    at,
                    (unknownFields == 1 ? "A field refers" : unknownFields + " fields refer")
                            + " to a header block that was not seen.");
        if (f.leftOut > 0)
            context.anomaly(
                    Anomaly.Kind.LIMIT,
                    side,
                    at,
                    "A header block has more or longer fields than are read.");
        if (!f.problem.isEmpty() && !broken)
            context.anomaly(Anomaly.Kind.PROTOCOL_VIOLATION, side, shift + end, f.problem);
        if (broken && f.count > 0) Heads.mark(f, f.count - 1);
        if (type == PUSH_PROMISE) promise(f, Varint.read(b, from, to), shift);
        else if (message != null || headSeen) trailer(f, shift);
        else if (request) request(f, shift);
        else response(f, shift);
        context.account(side, talk.host(), ByteClass.MISSING, unknown, ReasonCode.GAP);
        flush();
        if (end < to) remains(b, end, to - end, shift + end);
        return true;
    }

    private void request(Fields f, long shift) {
        headSeen = true;
        Heads.Request r =
                Heads.request(context, f, "https", context.port(connection.client.other()));
        MessageSink m = talk.open(r).message(side);
        message = m;
        if (r.targetField() >= 0) tell(m, PartKind.TARGET, "", f, r.targetField(), shift);
        head(m, f, r.targetField(), shift);
        hint = Heads.hint(context, f);
        if (!r.method().equals("CONNECT")) return;
        int protocol = f.find(":protocol");
        talk.tunnel(
                protocol < 0
                        ? ""
                        : context.name(f.value(protocol), f.from(protocol), f.length(protocol))
                                .toLowerCase(Locale.ROOT));
        endHead();
    }

    /** The head is all there is of a message: what follows is a stream of its own. */
    private void endHead() {
        flush();
        if (message != null) message.end();
        message = null;
    }

    private void response(Fields f, long shift) {
        MessageSink m = talk.exchange().message(side);
        m.status(Heads.status(f));
        head(m, f, -1, shift);
        if (Heads.interim(f)) {
            flush();
            m.end();
            return;
        }
        headSeen = true;
        message = m;
        hint = Heads.hint(context, f);
        if (talk.tunnel(side) == null) return;
        if (Heads.successful(f)) endHead();
        else talk.refused();
    }

    /** Fields behind a body, or of a message whose head was not seen. */
    private void trailer(Fields f, long shift) {
        endBody();
        MessageSink m = message();
        for (int k = 0; k < f.count; k++)
            if (!f.unknown[k]) tell(m, PartKind.HEADER, f.names[k], f, k, shift);
        hint = Hint.NONE;
    }

    private MessageSink message() {
        MessageSink m = message;
        if (m == null) m = message = talk.exchange().message(side);
        return m;
    }

    /** A request that the server makes on behalf of the client: an exchange of its own. */
    private void promise(Fields f, long id, long shift) {
        String before = connection.host();
        Heads.Request r =
                Heads.request(context, f, "https", context.port(connection.client.other()));
        ExchangeSink e =
                context.exchange("http/3", r.method(), r.scheme(), r.host(), r.port(), r.target());
        MessageSink m = e.message(side);
        for (int k = 0; k < f.count; k++)
            if (!f.unknown[k]) tell(m, PartKind.HEADER, f.names[k], f, k, shift);
        m.end();
        e.end();
        connection.promise(id, r);
        connection.host(before);
    }

    /** The fields of a head; what the exchange itself says is not told again. */
    private void head(MessageSink m, Fields f, int target, long shift) {
        for (int k = 0; k < f.count; k++) {
            if (f.unknown[k] || k == target) continue;
            String name = Heads.told(f.names[k]);
            if (!name.isEmpty()) tell(m, PartKind.HEADER, name, f, k, shift);
        }
    }

    private void tell(MessageSink m, PartKind kind, String name, Fields f, int k, long shift) {
        byte[] v = f.value(k);
        int from = f.from(k);
        int n = f.length(k);
        valuesTold += n;
        if (valuesTold > FREE_VALUES + VALUES_A_BYTE * position) {
            context.anomaly(
                    Anomaly.Kind.LIMIT,
                    side,
                    position,
                    "A few bytes stand for too many header values; they were not all looked at.");
            return;
        }
        long at = shift + f.starts[k];
        if (f.plain[k] && n > 0) m.part(kind, name, v, from, n, shift + from);
        else m.part(kind, name, v, from, n, new Wire(at, f.ends[k] - f.starts[k], "qpack", false));
    }

    // --- Bodies

    private void body(byte[] b, int i, int n, long at) {
        Talk.Tunnel t = talk.tunnel(side);
        if (t != null) {
            long inner = t.map(side).end();
            t.map(side).add(at, n);
            t.inner.data(side, inner, b, i, n);
            return;
        }
        body().feed(b, i, n, at);
    }

    private void bodyGap(long n, ReasonCode reason) {
        Talk.Tunnel t = talk.tunnel(side);
        if (t != null) {
            long inner = t.map(side).end();
            t.map(side).add(position - n, n);
            t.inner.gap(side, inner, n, reason);
            return;
        }
        body().gap(n, reason);
    }

    private MessageSink.PartSink body() {
        MessageSink.PartSink p = body;
        if (p != null) return p;
        boolean late = message == null;
        MessageSink m = message();
        p = body = m.open(late ? PartKind.FRAME : PartKind.BODY, "", late ? Hint.NONE : hint);
        return p;
    }

    private void endBody() {
        if (body != null) body.end();
        body = null;
    }

    private void endMessage() {
        endBody();
        if (message == null) return;
        flush();
        message.end();
        message = null;
    }

    // --- What is no frame of ours

    private MessageSink.PartSink odd() {
        MessageSink.PartSink p = odd;
        if (p == null) {
            ExchangeSink e = stray;
            if (e == null) e = stray = connection.stray(context);
            MessageSink m = oddMessage = e.message(side);
            p = odd = m.open(PartKind.FRAME, "", Hint.NONE);
        }
        return p;
    }

    private void endOdd() {
        if (odd != null) odd.end();
        if (oddMessage != null) oddMessage.end();
        odd = null;
        oddMessage = null;
    }

    // --- Accounting

    private void flush() {
        context.readable(side, talk.host(), readable);
        readable = 0;
    }

    private long forgotten;

    /** Lets go of what the open message does not need, now and then. */
    private void forget() {
        // A tunnel lets go of what it has read by itself.
        if (message != null || talk.tunnel(side) != null) return;
        if (position - forgotten < 1 << 16) return;
        forgotten = position;
        context.forget(side, position);
    }
}
