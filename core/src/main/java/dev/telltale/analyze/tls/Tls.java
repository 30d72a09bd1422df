package dev.telltale.analyze.tls;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.Data;
import dev.telltale.analyze.Secrets;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * SSL 3.0 and TLS 1.0 to 1.3 over a byte stream: who is called (SNI), what was agreed on, and,
 * where there are keys, the plaintext, which is read by whatever analyzer its content asks for.
 *
 * <pre>
 * TLSPlaintext, TLSCiphertext (RFC 8446 5.1, 5.2; RFC 5246 6.2):
 *   type (8): 20 change_cipher_spec, 21 alert, 22 handshake, 23 application_data, 24 heartbeat
 *   legacy_record_version (16) = 03 xx
 *   length (16) <= 2^14 + 2048
 *   fragment
 * </pre>
 *
 * <p>Accounting: the plaintext of application data is accounted for by those who read it; what a
 * record has more (header, nonce, padding, tag), handshakes and alerts are readable framing;
 * records that no key opens are encrypted. A loss is told to the inner analyzer with the length
 * that its plaintext must have had, and the rest of it is framing.
 */
public final class Tls implements StreamAnalyzer {
    private static final int HEADER = 5;
    private static final int MAX_FRAGMENT = Ciphers.LONGEST - HEADER;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int HEARTBEAT = 24;

    private static final byte NEW_SESSION_TICKET = 4;
    private static final byte END_OF_EARLY_DATA = 5;
    private static final byte ENCRYPTED_EXTENSIONS = 8;
    private static final byte CLIENT_KEY_EXCHANGE = 16;
    private static final byte FINISHED = 20;
    private static final byte KEY_UPDATE = 24;

    /** A closed alert of TLS 1.3: level, description, content type and tag. */
    private static final int CLOSED_ALERT = 2 + 1 + 16;

    /** Longest handshake message that is kept. */
    private static final int LONGEST_MESSAGE = 1 << 16;

    /** Bytes of one side kept while the other side's hello is awaited. */
    private static final int MAX_HELD = 256 << 10;

    /** Records that a loss may have swallowed, so far as numbers are tried. */
    private static final int MOST_LOST = 4096;

    /** Bytes of trials that a side may cost beside {@link #TRIALS} for each byte it has. */
    private static final long FIRST_TRIALS = 256 << 10;

    private static final int TRIALS = 8;

    private final Context context;
    private final Side client;
    private final Half hello;
    private final Half answer;
    private final Session session;
    private boolean told;
    private boolean identified;
    private boolean opened;
    private @Nullable Data garbage;
    private @Nullable StreamAnalyzer inner;
    private final Plaintext sent;
    private final Plaintext answered;
    private Certificates server = Certificates.NONE;
    private Certificates own = Certificates.NONE;
    private String ja4 = "";

    public Tls(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.session = new Session(context.secrets(), context.ciphers(), false);
        this.sent = new Plaintext(context.flow().frames(Side.INITIATOR));
        this.answered = new Plaintext(context.flow().frames(Side.RESPONDER));
        this.hello = new Half(client);
        this.answer = new Half(client.other());
    }

    /**
     * A handshake record that begins with a hello; of a flow whose start was not seen also a record
     * of application data, whose direction is taken from the flow.
     */
    public static Match probe(Context context, Side side, byte[] b, int from, int length) {
        int type = b[from];
        boolean midway = type == APPLICATION_DATA && context.lossy();
        if (type != HANDSHAKE && !midway) return Match.NO;
        if (length > 1 && b[from + 1] != 3) return Match.NO;
        if (length > 2 && (b[from + 2] < 0 || b[from + 2] > 4)) return Match.NO;
        if (length < HEADER) return Match.MORE;
        int fragment = Vectors.int16(b, from + 3);
        if (fragment == 0 || fragment > MAX_FRAGMENT) return Match.NO;
        if (midway) return side == Side.INITIATOR ? Match.CLIENT : Match.SERVER;
        if (length == HEADER) return Match.MORE;
        return switch (b[from + HEADER]) {
            case ClientHello.TYPE -> Match.CLIENT;
            case ServerHello.TYPE -> Match.SERVER;
            default -> Match.NO;
        };
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
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
        half.how = how;
        if (garbage != null) garbage.closed(side, how);
        drain();
        if (hello.how == null || answer.how == null) return;
        hello.finish();
        answer.finish();
        if (!identified) identify();
        if (told) context.sink().handshake(session.facts(host(), ja4, server, own, opened));
        hello.settle();
        answer.settle();
    }

    /** Goes on with what waited for the other side's hello. */
    private void drain() {
        for (boolean more = true; more; ) {
            more = hello.release();
            more |= answer.release();
        }
        hello.finishIfDone();
        answer.finishIfDone();
    }

    private void identify() {
        identified = true;
        context.sink().identified("tls", host(), session.secured());
    }

    private String host() {
        return session.serverName.isEmpty() ? context.serverName() : session.serverName;
    }

    private Half half(Side side) {
        return side == client ? hello : answer;
    }

    private void clientHello(byte[] b, int from, int to, Half half, boolean clear) {
        ClientHello h = ClientHello.read(b, from, to, false);
        boolean first = !told;
        session.clientHello(h, b, from);
        if (!first) return;
        told = true;
        ja4 = Ja4.of(h, 't');
        identify();
        if (!clear || h.nameLength == 0 && h.alpnLength == 0) return;
        byte[] name = Arrays.copyOfRange(b, h.nameFrom, h.nameFrom + h.nameLength);
        // The name itself travels in the clear, whatever comes after it.
        ExchangeSink exchange =
                context.exchange(
                        "tls", "HELLO", "", session.serverName, context.port(client.other()), name);
        MessageSink message = exchange.message(client);
        if (h.nameLength > 0)
            message.part(PartKind.NAME, "", b, h.nameFrom, h.nameLength, half.wire(h.nameFrom));
        if (h.alpnLength > 0)
            message.part(
                    PartKind.FRAME, "alpn", b, h.alpnFrom, h.alpnLength, half.wire(h.alpnFrom));
        message.end();
        exchange.end();
    }

    private void serverHello(byte[] b, int from, int to) {
        if (!session.serverHello(ServerHello.read(b, from, to))) return;
        told = true;
        identify();
        keys();
    }

    /** Hands both sides their keys, once they are known. */
    private void keys() {
        if (!session.resolved) return;
        hello.later = session.phases(true);
        answer.later = session.phases(false);
    }

    private StreamAnalyzer inner() {
        StreamAnalyzer a = inner;
        if (a == null) {
            a =
                    inner =
                            context.inner(
                                    Plaintext.of(context.flow(), sent, answered),
                                    session.secured(),
                                    session.serverName,
                                    session.alpn());
        }
        return a;
    }

    /** How the bytes of the record being read are taken. */
    private enum Mode {
        CLEAR,
        CLOSED,
        /** It is to be opened once it is whole. */
        SEALED,
        /** It was to be opened, but a part of it is missing. */
        DAMAGED
    }

    /** One side's records. */
    private final class Half {
        final Side side;
        private final Plaintext plain;
        StreamEvent.@Nullable How how;
        private boolean finished;

        private final byte[] header = new byte[HEADER];
        private int headerSize;
        private int type;
        private int left;
        private Mode mode = Mode.CLEAR;
        private boolean broken;

        /** Where records begin is not known: keys can tell, if there are any. */
        private boolean astray;

        /** Bytes of trials so far, and what they are measured by. */
        private long tried;

        private long gapped;
        private long recordEnd;

        /** A ChangeCipherSpec was seen. */
        private boolean sealed;

        // A record that comes in pieces, or, astray, bytes that may hold one.
        private byte @Nullable [] buffer;
        private int size;
        private long bufferAt;

        /** Astray: bytes of the buffer that were looked at already, and count as dark. */
        private int seen;

        /** Bytes that wait for the other side's hello, from a record header on. */
        private byte @Nullable [] held;

        private int heldSize;
        private long heldAt;
        private boolean impatient;

        /** The key in use, and those that come after it. */
        private @Nullable Phase current;

        Session.Phases later = Session.Phases.NONE;

        /** Records that may have been lost since the last one that was opened. */
        private int lost;

        private long lastRecord = MAX_FRAGMENT;

        /** Records that were opened, and what they had more than plaintext. */
        private long openedRecords;

        private long openedOverhead;
        private long darkSeen;
        private long darkMissing;

        // The handshake message being read; only those that say something are kept.
        private byte @Nullable [] message;
        private int messageSize;
        private final byte[] messageHeader = new byte[4];
        private int messageHeaderSize;
        private int messageLeft;
        private boolean handshakeLost;
        // Where pieces of the kept message stood: position in it and stream offset, in turn.
        private long[] pieces = {};
        private boolean turn;

        /** Records that stay closed, and how long the first was. */
        private long closedRecords;

        private int firstClosed;
        private boolean appData;
        private boolean keyExchange;
        private boolean refused;

        private long readable;
        private long encrypted;
        private long undecodable;
        private long cut;
        private long missing;
        private ReasonCode missingReason = ReasonCode.GAP;

        Half(Side side) {
            this.side = side;
            this.plain = side == Side.INITIATOR ? sent : answered;
        }

        void data(byte[] b, int from, int length, long at) {
            int i = from;
            int to = from + length;
            while (i < to) {
                long here = at + (i - from);
                if (broken) {
                    garbage().data(side, here, b, i, to - i);
                    return;
                }
                if (held != null) {
                    i = hold(b, i, to);
                    continue;
                }
                if (astray && hopeless()) {
                    if (buffer != null) context.ciphers().give(buffer);
                    buffer = null;
                    size = seen = 0;
                    encrypted += to - i;
                    return;
                }
                if (astray) i = seek(b, i, to, here);
                else if (left == 0) i = header(b, i, to, here);
                else i = fragment(b, i, Math.min(left, to - i), here);
            }
        }

        /** Reads the record header a byte at a time: it is five of up to 16,000. */
        private int header(byte[] b, int i, int to, long at) {
            while (i < to) {
                int v = b[i] & 0xff;
                boolean valid =
                        switch (headerSize) {
                            case 0 -> v >= CHANGE_CIPHER_SPEC && v <= HEARTBEAT;
                            case 1 -> v == 3;
                            case 2 -> v <= 4;
                            case 3 -> v << 8 <= MAX_FRAGMENT;
                            default -> ((header[3] & 0xff) << 8 | v) <= MAX_FRAGMENT;
                        };
                if (!valid) {
                    readable += headerSize;
                    headerSize = 0;
                    broken = true;
                    context.anomaly(
                            Anomaly.Kind.PROTOCOL_VIOLATION,
                            side,
                            at,
                            "A TLS stream goes on with something that is no record.");
                    return i;
                }
                header[headerSize++] = (byte) v;
                at++;
                i++;
                if (headerSize == HEADER) {
                    begin(at);
                    return i;
                }
            }
            return i;
        }

        /** The header is read; {@code at} is where the fragment begins. */
        private void begin(long at) {
            type = header[0];
            left = Vectors.int16(header, 3);
            if (!closed()) {
                mode = Mode.CLEAR;
            } else {
                if (current == null && !later.isEmpty()) current = later.next();
                if (current != null || !early().isEmpty()) {
                    mode = Mode.SEALED;
                } else if (mustWait()) {
                    held = new byte[Math.max(1024, HEADER + Math.min(left, 4096))];
                    System.arraycopy(header, 0, held, 0, HEADER);
                    heldSize = HEADER;
                    heldAt = at - HEADER;
                    headerSize = 0;
                    left = 0;
                    return;
                } else {
                    mode = Mode.CLOSED;
                    if (closedRecords++ == 0) firstClosed = left;
                    lost = Math.min(lost + 1, MOST_LOST);
                }
            }
            if (mode == Mode.CLEAR || mode == Mode.CLOSED) {
                readable += HEADER;
                headerSize = left == 0 ? 0 : HEADER;
            } else if (left == 0) {
                whole(header, 0, 0, at);
            }
        }

        private boolean closed() {
            if (type == APPLICATION_DATA) return true;
            // TLS 1.3 sends a ChangeCipherSpec that changes nothing (RFC 8446 D.4); its closed
            // records are all of type 23.
            return sealed && !session.tls13() && (type != CHANGE_CIPHER_SPEC || current != null);
        }

        private Session.Phases early() {
            return side == client ? session.early() : Session.Phases.NONE;
        }

        private int fragment(byte[] b, int i, int n, long at) {
            switch (mode) {
                case CLEAR -> {
                    readable += n;
                    if (type == CHANGE_CIPHER_SPEC) changeCipherSpec();
                    else if (type == ALERT && n == 2 && left == 2) alert(b[i + 1]);
                    else if (type == HANDSHAKE && !handshakeLost) handshake(b, i, n, at, true);
                }
                case CLOSED -> encrypted += n;
                case DAMAGED -> darkSeen += n;
                case SEALED -> {
                    if (size == 0) {
                        if (n == left) {
                            left = 0;
                            whole(b, i, n, at);
                            return i + n;
                        }
                        buffer = context.ciphers().takeForLong(n);
                        bufferAt = at;
                    }
                    byte[] buf = buffer;
                    if (buf == null) return i + n;
                    buf = buffer = Ciphers.grown(buf, size, size + n);
                    System.arraycopy(b, i, buf, size, n);
                    size += n;
                    if (n == left) {
                        int length = size;
                        left = 0;
                        size = 0;
                        buffer = null;
                        whole(buf, 0, length, bufferAt);
                        context.ciphers().give(buf);
                        return i + n;
                    }
                }
            }
            left -= n;
            if (left == 0) {
                headerSize = 0;
                if (mode == Mode.DAMAGED) lose(1);
                if (turn) turn();
                if (inner == null) context.forget(side, at + n);
            }
            return i + n;
        }

        private void changeCipherSpec() {
            sealed = true;
            // The next record tells whether there is a key.
            current = null;
        }

        // --- Waiting for the other side

        boolean mustWait() {
            Half other = side == client ? answer : hello;
            return !impatient
                    && !session.resolved
                    && !context.secrets().isEmpty()
                    && other.how == null
                    && !other.astray
                    && !other.broken
                    && !other.handshakeLost
                    && (side == client || told);
        }

        private int hold(byte[] b, int i, int to) {
            byte[] h = held;
            if (h == null) return i;
            int n = Math.min(to - i, MAX_HELD - heldSize);
            if (!context.ciphers().hold(n)) n = 0;
            if (h.length < heldSize + n)
                h =
                        held =
                                Arrays.copyOf(
                                        h,
                                        Math.min(MAX_HELD, Math.max(heldSize + n, 2 * h.length)));
            System.arraycopy(b, i, h, heldSize, n);
            heldSize += n;
            if (i + n < to) {
                impatient = true;
                release();
            }
            return i + n;
        }

        /** Goes on with what was held; false where nothing is or it has to wait on. */
        boolean release() {
            byte[] h = held;
            if (h == null || mustWait()) return false;
            held = null;
            context.ciphers().hold(HEADER - heldSize);
            data(h, 0, heldSize, heldAt);
            return true;
        }

        // --- Opening

        /**
         * A whole record that is to be opened: {@code n} bytes of fragment at {@code from}, on the
         * wire at {@code at}.
         */
        private void whole(byte[] b, int from, int n, long at) {
            headerSize = 0;
            byte[] out = context.ciphers().take();
            recordEnd = at + n;
            int length = open(type, Vectors.int16(header, 1), b, from, n, out);
            if (length >= 0) {
                opened(b, from, n, at, out, length);
            } else {
                darkSeen += HEADER + n;
                if (current != null) current.opener().lost(b, from, n);
                lose(1);
            }
            context.ciphers().give(out);
            if (inner == null) context.forget(side, at + n);
        }

        private void lose(int records) {
            lost = Math.min(lost + records, MOST_LOST);
        }

        private long number;

        /**
         * Tries the key in use, then those that come after it; {@link #number} says as which record
         * it was opened.
         */
        private int open(int type, int version, byte[] b, int from, int n, byte[] out) {
            Phase now = current;
            if (now == null) {
                for (Phase p : early().all()) {
                    int length = attempt(p.opener(), 0, type, version, b, from, n, out);
                    if (length >= 0) {
                        current = p;
                        return length;
                    }
                }
                return -1;
            }
            int length = numbers(now.opener(), type, version, b, from, n, out);
            if (length >= 0) return length;
            // A loss, or keys that are not there, may have hidden where the next key came into use.
            if (type != APPLICATION_DATA && session.tls13()) return -1;
            Session.Phases rest = later.after(now);
            for (int k = 0; k < 2 && !rest.isEmpty(); k++) {
                Phase p = rest.next();
                length = numbers(p.opener(), type, version, b, from, n, out);
                if (length >= 0) {
                    current = p;
                    later = rest;
                    return length;
                }
            }
            return -1;
        }

        private int numbers(
                Opener o, int type, int version, byte[] b, int from, int n, byte[] out) {
            long next = o.sequence;
            if (lost == 0) return attempt(o, next, type, version, b, from, n, out);
            long guess = o.guess(b, from, n);
            if (guess >= 0) {
                int length = attempt(o, guess, type, version, b, from, n, out);
                if (length >= 0) return length;
            }
            // Records of one stream are mostly of one length: outwards from the number that this
            // tells.
            long likely = Math.min(lost, (darkSeen + darkMissing + lastRecord / 2) / lastRecord);
            // By what the side has sent up to the end of this record, and not by how much of it is
            // here already: what opens must not depend on how the stream is cut.
            long allowed = FIRST_TRIALS + TRIALS * (recordEnd - gapped);
            for (long d = 0; d <= lost; d++) {
                for (int sign = 0; sign < (d == 0 ? 1 : 2); sign++) {
                    long k = sign == 0 ? likely + d : likely - d;
                    if (k < 0 || k > lost) continue;
                    if (tried > allowed) return -1;
                    int length = attempt(o, next + k, type, version, b, from, n, out);
                    if (length >= 0) return length;
                }
            }
            return -1;
        }

        private int attempt(
                Opener o, long at, int type, int version, byte[] b, int from, int n, byte[] out) {
            if (lost > 0) tried += n + 64;
            int length = o.open(at, type, version, b, from, n, out);
            if (length >= 0) number = at;
            return length;
        }

        private void opened(byte[] b, int from, int n, long at, byte[] out, int length) {
            Phase phase = current;
            if (phase == null) return;
            Opener o = phase.opener();
            boolean fresh = !opened;
            opened = true;
            int content = type;
            int end = length;
            if (session.tls13()) {
                // TLSInnerPlaintext (RFC 8446 5.2): content, type (8), zeros
                while (end > 0 && out[end - 1] == 0) end--;
                content = end == 0 ? 0 : out[--end];
            }
            dark(o);
            o.opened(number, b, from, n);
            lost = 0;
            lastRecord = HEADER + n;
            openedRecords++;
            openedOverhead += HEADER + n - end;
            astray = false;
            if (fresh) identify();
            switch (content) {
                case APPLICATION_DATA -> {
                    readable += HEADER + n - end;
                    if (end == 0) return;
                    appData = true;
                    long offset = plain.end();
                    plain.add(at + o.head(), end);
                    inner().data(side, offset, out, 0, end);
                }
                case HANDSHAKE -> {
                    readable += HEADER + n;
                    handshakeLost = false;
                    handshake(out, 0, end, at + o.head(), false);
                    if (turn) turn();
                }
                case CHANGE_CIPHER_SPEC -> {
                    readable += HEADER + n;
                    if (!session.tls13()) changeCipherSpec();
                }
                case ALERT -> {
                    readable += HEADER + n;
                    if (end == 2) alert(out[1]);
                }
                default -> readable += HEADER + n;
            }
        }

        /**
         * A client that ends the handshake because of the certificate it was shown: bad_certificate
         * to certificate_unknown, unknown_ca (RFC 8446 6).
         */
        private void alert(int description) {
            boolean certificate = description >= 42 && description <= 46 || description == 48;
            if (side == client && certificate && answer.told() && !appData) refused = true;
        }

        /** It has spoken since the client's hello. */
        private boolean told() {
            return readable + encrypted + darkSeen > 0;
        }

        /**
         * The client did not go on after the server's certificate: it said why, or (in TLS 1.3
         * without keys) all it said is as long as an alert, or it hung up.
         */
        private boolean pinned() {
            if (side != client || appData || !told) return false;
            if (refused) return true;
            boolean ended = how == StreamEvent.How.FIN || how == StreamEvent.How.RESET;
            if (!ended || astray || missing > 0 || openedRecords > 0) return false;
            if (session.tls13())
                return answer.closedRecords > 0
                        && (closedRecords == 0
                                || closedRecords == 1 && firstClosed == CLOSED_ALERT);
            return !server.subject().isEmpty() && !sealed && !keyExchange;
        }

        /** Tells the inner analyzer what was lost before the record being opened. */
        private void dark(Opener o) {
            long all = darkSeen + darkMissing;
            if (all == 0) return;
            long records = number - o.sequence;
            if (records == 0) {
                // None of it came under this key: it was the handshake, or early data.
                if (side == client && session.earlyDataClosed) encrypted += darkSeen;
                else readable += darkSeen;
                missing += darkMissing;
                darkSeen = darkMissing = 0;
                return;
            }
            // As much as records had before; which is exact but for padding of varying length.
            long overhead =
                    openedRecords == 0
                            ? records * (HEADER + o.overhead() + (session.tls13() ? 1 : 0))
                            : records * openedOverhead / openedRecords;
            long length = Math.max(0, all - overhead);
            ReasonCode reason = darkMissing > 0 ? missingReason : ReasonCode.UNDECODABLE;
            if (length > 0) {
                long offset = plain.end();
                plain.add(bufferAt, length);
                inner().gap(side, offset, length, reason);
            }
            readable += all - length;
            darkSeen = darkMissing = 0;
        }

        /** A message said that the next record comes under the next key. */
        private void turn() {
            turn = false;
            current = later.isEmpty() ? null : later.next();
        }

        // --- Astray

        /** No key will tell where a record begins. */
        private boolean hopeless() {
            return keyless() && size == seen && (session.resolved || context.secrets().isEmpty());
        }

        private boolean keyless() {
            return current == null && later.isEmpty();
        }

        /** Collects bytes until one of the records that may begin among them opens. */
        private int seek(byte[] b, int i, int to, long at) {
            byte[] buf = buffer;
            if (buf == null) {
                buf = buffer = context.ciphers().takeForLong(to - i);
                size = 0;
            }
            if (size == 0) {
                bufferAt = at;
                seen = 0;
            }
            int n = Math.min(to - i, Ciphers.LONGEST + Ciphers.HISTORY - size);
            buf = buffer = Ciphers.grown(buf, size, size + n);
            System.arraycopy(b, i, buf, size, n);
            size += n;
            int p = seen;
            while (p + HEADER <= size) {
                int length = candidate(buf, p);
                if (length >= 0) {
                    int end = p + HEADER + length;
                    if (end > size) break;
                    dark(p - seen);
                    seen = p;
                    if (found(buf, p, length)) {
                        int rest = size - end;
                        long restAt = bufferAt + end;
                        buffer = null;
                        size = seen = 0;
                        data(buf, end, rest, restAt);
                        context.ciphers().give(buf);
                        return i + n;
                    }
                }
                p++;
            }
            dark(p - seen);
            int keep = Math.min(p, Ciphers.HISTORY);
            System.arraycopy(buf, p - keep, buf, 0, size - (p - keep));
            size -= p - keep;
            bufferAt += p - keep;
            seen = keep;
            return i + n;
        }

        /** Bytes were looked at that begin no record. */
        private void dark(int bytes) {
            if (bytes == 0) return;
            darkSeen += bytes;
            missed(bytes);
        }

        /** Length of the fragment of a record that may begin there, else -1. */
        private int candidate(byte[] b, int p) {
            int t = b[p];
            boolean fits =
                    session.tls13()
                            ? t == APPLICATION_DATA
                            : t >= CHANGE_CIPHER_SPEC && t <= HEARTBEAT;
            if (!fits || b[p + 1] != 3 || b[p + 2] != (byte) session.recordVersion()) return -1;
            int length = Vectors.int16(b, p + 3);
            return length == 0 || length > MAX_FRAGMENT ? -1 : length;
        }

        private boolean found(byte[] b, int p, int length) {
            if (current == null && !later.isEmpty()) current = later.next();
            byte[] out = context.ciphers().take();
            if (current != null) current.opener().before(b, 0, p);
            recordEnd = bufferAt + p + HEADER + length;
            int n = open(b[p], Vectors.int16(b, p + 1), b, p + HEADER, length, out);
            if (n >= 0) {
                sealed = true;
                type = b[p];
                opened(b, p + HEADER, length, bufferAt + p + HEADER, out, n);
            }
            context.ciphers().give(out);
            return n >= 0;
        }

        private void missed(long bytes) {
            if (current != null) current.opener().missed(bytes);
            for (Phase p : later.all()) p.opener().missed(bytes);
        }

        // --- Handshake

        /**
         * Handshake (RFC 8446 4): type (8), length (24), body; messages may share records and be
         * cut by them.
         */
        private void handshake(byte[] b, int from, int n, long at, boolean clear) {
            int i = from;
            int to = from + n;
            while (i < to) {
                if (messageHeaderSize < 4) {
                    messageHeader[messageHeaderSize++] = b[i++];
                    if (messageHeaderSize < 4) continue;
                    messageLeft = Vectors.int24(messageHeader, 1);
                    if (kept(messageHeader[0])) {
                        if (messageLeft <= LONGEST_MESSAGE) {
                            message = new byte[Math.min(messageLeft, 2048)];
                        } else {
                            context.anomaly(
                                    Anomaly.Kind.LIMIT,
                                    side,
                                    at + (i - from),
                                    "A message of a TLS handshake is longer than is read.");
                        }
                    }
                }
                int take = Math.min(messageLeft, to - i);
                if (message != null) keep(b, i, take, at + (i - from));
                i += take;
                messageLeft -= take;
                if (messageLeft == 0) messageEnd(clear);
            }
        }

        private boolean kept(byte type) {
            return switch (type) {
                case ClientHello.TYPE -> side == client;
                case ServerHello.TYPE, ENCRYPTED_EXTENSIONS -> side != client;
                case Certificates.TYPE -> true;
                case NEW_SESSION_TICKET -> side != client && context.secrets().crossFlows();
                default -> session.transcribing();
            };
        }

        private void keep(byte[] b, int from, int n, long at) {
            byte[] m = message;
            if (m == null || n == 0) return;
            if (m.length - messageSize < n)
                m = message = Arrays.copyOf(m, Math.max(messageSize + n, 2 * m.length));
            // Contiguous pieces are one.
            int last = pieces.length - 2;
            if (last < 0 || pieces[last + 1] + (messageSize - pieces[last]) != at) {
                pieces = Arrays.copyOf(pieces, pieces.length + 2);
                pieces[pieces.length - 2] = messageSize;
                pieces[pieces.length - 1] = at;
            }
            System.arraycopy(b, from, m, messageSize, n);
            messageSize += n;
        }

        /** Stream offset of a byte of the kept message. */
        long wire(int position) {
            int k = 0;
            while (k + 2 < pieces.length && pieces[k + 2] <= position) k += 2;
            return pieces[k + 1] + (position - pieces[k]);
        }

        private void messageEnd(boolean clear) {
            byte[] m = message;
            int size = messageSize;
            byte type = messageHeader[0];
            if (type == CLIENT_KEY_EXCHANGE) keyExchange = true;
            message = null;
            messageSize = 0;
            messageHeaderSize = 0;
            if (m != null) {
                session.transcribe(side == client, messageHeader, m, size);
                switch (type) {
                    case ClientHello.TYPE -> {
                        if (side == client) clientHello(m, 0, size, this, clear);
                    }
                    case ServerHello.TYPE -> {
                        if (side != client) serverHello(m, 0, size);
                    }
                    case ENCRYPTED_EXTENSIONS -> session.encryptedExtensions(m, size);
                    case Certificates.TYPE -> {
                        Certificates c = Certificates.read(m, 0, size, session.tls13());
                        if (side == client) own = c;
                        else server = c;
                    }
                    case NEW_SESSION_TICKET -> {
                        if (side != client && !session.tls13()) session.newSessionTicket(m, size);
                    }
                    case CLIENT_KEY_EXCHANGE -> {
                        if (side == client && session.clientKeyExchange(m, size)) keys();
                    }
                    default -> {}
                }
            }
            pieces = new long[0];
            if (clear || !session.tls13()) return;
            Phase now = current;
            switch (type) {
                case FINISHED, END_OF_EARLY_DATA -> turn = true;
                case KEY_UPDATE -> {
                    if (now != null) later = session.updated(now);
                    turn = true;
                }
                default -> {}
            }
        }

        // --- Gaps and the end

        void gap(long at, long length, ReasonCode reason) {
            missingReason = reason;
            gapped += length;
            if (broken) {
                garbage().gap(side, at, length, reason);
                return;
            }
            if (held != null) {
                impatient = true;
                release();
            }
            boolean open = current != null || !later.isEmpty();
            if (!astray && left > 0 && length <= left) {
                // What is missing lies in one record, and where the next begins is known.
                left -= (int) length;
                switch (mode) {
                    case CLEAR, CLOSED -> {
                        missing += length;
                        if (mode == Mode.CLEAR) {
                            message = null;
                            handshakeLost = true;
                        }
                    }
                    case SEALED, DAMAGED -> {
                        darkMissing += length;
                        if (mode == Mode.SEALED) damage();
                        missed(length);
                    }
                }
                if (left == 0) {
                    if (mode == Mode.DAMAGED) lose(1);
                    headerSize = 0;
                }
                return;
            }
            message = null;
            handshakeLost = true;
            drop();
            astray = true;
            if (open) {
                darkMissing += length;
                missed(length);
                lose((int) Math.min(MOST_LOST, length / (HEADER + 16) + 1));
            } else {
                missing += length;
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        at,
                        "Bytes are missing between TLS records; where the next one begins cannot be told.");
            }
        }

        /** What was read of the record goes dark. */
        private void damage() {
            darkSeen += HEADER + size;
            missed(HEADER + size);
            if (buffer != null) context.ciphers().give(buffer);
            buffer = null;
            size = 0;
            mode = Mode.DAMAGED;
        }

        /** Gives up the record or header being read. */
        private void drop() {
            if (astray) {
                dark(size - seen);
                size = seen = 0;
                return;
            }
            if (left > 0) {
                if (mode == Mode.SEALED) damage();
                if (mode == Mode.DAMAGED) lose(1);
            } else if (headerSize > 0) {
                darkSeen += headerSize;
                missed(headerSize);
            }
            left = 0;
            headerSize = 0;
        }

        void finishIfDone() {
            if (how != null && held == null) finish();
        }

        void finish() {
            if (finished) return;
            if (held != null) {
                impatient = true;
                release();
            }
            finished = true;
            if (left > 0 && mode == Mode.SEALED) {
                cut += HEADER + size;
                size = seen = 0;
            } else if (!astray && headerSize > 0 && left == 0) {
                readable += headerSize;
            }
            darkSeen += size - seen;
            if (buffer != null) context.ciphers().give(buffer);
            buffer = null;
            StreamEvent.How h = how == null ? StreamEvent.How.END_OF_CAPTURE : how;
            boolean whole = darkSeen + darkMissing + cut == 0;
            if (inner != null) inner.closed(side, whole ? h : StreamEvent.How.END_OF_CAPTURE);
        }

        /** All at the end, when the name is known that the bytes went to. */
        void settle() {
            String host = host();
            if (keyless() && openedRecords == 0) encrypted += darkSeen;
            else if (darkMissing > 0) encrypted(host, darkSeen, missingReason);
            else undecodable += darkSeen;
            ReasonCode closed =
                    session.isTold(Secrets.Label.TELLTALE_PINNED)
                            ? ReasonCode.PINNED
                            : ReasonCode.NO_KEYS;
            if (pinned()) {
                closed = ReasonCode.PINNED;
                // What it would have said stays closed: its alert, or what announced it, stands
                // for that.
                long sign = Math.min(readable, refused ? 2 : encrypted == 0 ? HEADER : 0);
                readable -= sign;
                encrypted += sign;
            }
            context.readable(side, host, readable);
            encrypted(host, encrypted, closed);
            encrypted(host, undecodable, ReasonCode.UNDECODABLE);
            encrypted(host, cut, ReasonCode.TRUNCATED);
            context.account(side, host, ByteClass.MISSING, missing + darkMissing, missingReason);
            readable = encrypted = undecodable = cut = missing = darkSeen = darkMissing = 0;
        }

        private void encrypted(String host, long bytes, ReasonCode reason) {
            context.account(side, host, ByteClass.ENCRYPTED, bytes, reason);
        }

        private Data garbage() {
            if (garbage == null) garbage = new Data(context, client);
            return garbage;
        }
    }
}
