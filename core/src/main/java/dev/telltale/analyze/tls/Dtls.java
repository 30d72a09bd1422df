package dev.telltale.analyze.tls;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.DatagramAnalyzer;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DTLS 1.0 and 1.2: handshakes, and with keys the datagrams inside. A datagram holds whole records,
 * each of which says its number, so that losses and changed order cost only what they cost. DTLS
 * 1.3 is named and not opened. Datagrams of other protocols on the same 5-tuple (STUN) are left to
 * others; SRTP, whose keys the handshake agrees on (RFC 5764), is taken and stays closed.
 *
 * <pre>
 * DTLSPlaintext, DTLSCiphertext (RFC 6347 4.1):
 *   type (8), version (16) = FE FD | FE FF, epoch (16), sequence (48), length (16), fragment
 * DTLSCiphertext of 1.3 (RFC 9147 4): 001CSLEE, connection id, sequence (8|16), length (0|16), record
 * SRTP (RFC 3711 3.1, told apart by RFC 7983): 10xxxxxx, ... 12 bytes of header, encrypted payload
 * </pre>
 */
public final class Dtls implements DatagramAnalyzer {
    private static final int HEADER = 13;
    private static final int MAX_FRAGMENT = (1 << 14) + 2048;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int RTP_HEADER = 12;
    private static final byte CLIENT_KEY_EXCHANGE = 16;

    /** Bytes kept while it is not known whether there are keys. */
    private static final int MAX_HELD = 64 << 10;

    private static final int MOST_EPOCHS = 16;

    private final Context context;
    private final Session session;
    private final Half initiator = new Half(Side.INITIATOR);
    private final Half responder = new Half(Side.RESPONDER);
    private @Nullable Side client;
    private boolean seen;
    private String recordVersion = "";
    private boolean tls13;
    private boolean srtp;
    private boolean srtpSeen;
    private boolean told;
    private boolean opened;
    private String ja4 = "";
    private Certificates server = Certificates.NONE;
    private Certificates own = Certificates.NONE;

    private final Plaintext sent;
    private final Plaintext answered;
    private @Nullable StreamAnalyzer inner;

    /** Records that came before their keys. */
    private final ArrayDeque<Held> held = new ArrayDeque<>(0);

    private int heldBytes;

    private record Held(Side side, long at, byte[] record) {}

    public Dtls(Context context) {
        this.context = context;
        this.session = new Session(context.secrets(), context.ciphers(), true);
        this.sent = new Plaintext(context.flow().frames(Side.INITIATOR), false);
        this.answered = new Plaintext(context.flow().frames(Side.RESPONDER), false);
    }

    /** One side's keys, by epoch; epoch 0 is in the clear. */
    private final class Half {
        final Side side;
        final List<Opener> openers = new ArrayList<>(1);
        final DtlsMessages messages;

        Half(Side side) {
            this.side = side;
            this.messages =
                    new DtlsMessages((header, body, pieces) -> message(side, header, body, pieces));
        }
    }

    private Half half(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    private String host() {
        return session.serverName.isEmpty() ? context.serverName() : session.serverName;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        int first = b[from] & 0xff;
        if (seen && (first & 0xe0) == 0x20) { // DTLS 1.3 ciphertext shows no version or type
            tls13 = true;
            closed(side, length);
            return true;
        }
        if (srtp && first >= 128 && first < 192 && length > RTP_HEADER) {
            srtp(side, length);
            return true;
        }
        if (record(b, from, length) < 0) return false;
        int i = from;
        int to = from + length;
        for (int n; i < to && (n = record(b, i, to - i)) >= 0; i += HEADER + n) {
            identify(b, i);
            record(side, b, i, n, offset + (i - from));
        }
        closed(side, to - i);
        return true;
    }

    /** A whole record, whose header stands at {@code at}. */
    private void record(Side side, byte[] b, int i, int n, long at) {
        int epoch = Vectors.int16(b, i + 3);
        if (epoch == 0) {
            context.readable(side, host(), HEADER + n);
            if (b[i] == HANDSHAKE) half(side).messages.feed(0, b, i + HEADER, n, at + HEADER);
            return;
        }
        List<Opener> openers = half(side).openers;
        if (epoch <= openers.size()) {
            open(side, openers.get(epoch - 1), epoch, b, i, n, at);
        } else if (mayBeOpened() && heldBytes + n <= MAX_HELD) {
            held.add(new Held(side, at, Arrays.copyOfRange(b, i, i + HEADER + n)));
            heldBytes += HEADER + n;
        } else {
            context.readable(side, host(), HEADER);
            closed(side, n);
        }
    }

    private boolean mayBeOpened() {
        return client != null
                && !session.resolved
                && !session.tls13()
                && !context.secrets().isEmpty();
    }

    private void open(Side side, Opener o, int epoch, byte[] b, int i, int n, long at) {
        byte[] out = context.ciphers().take();
        long number = Opener.int64(b, i + 3); // epoch and sequence
        int type = b[i];
        int length = o.open(number, type, Vectors.int16(b, i + 1), b, i + HEADER, n, out);
        if (length < 0) {
            context.readable(side, host(), HEADER);
            context.account(side, host(), ByteClass.ENCRYPTED, n, ReasonCode.UNDECODABLE);
        } else {
            opened(side, type, epoch, out, length, at + HEADER + o.head(), HEADER + n);
        }
        context.ciphers().give(out);
    }

    private void opened(Side side, int type, int epoch, byte[] out, int length, long at, int wire) {
        opened = true;
        if (type != APPLICATION_DATA || length == 0) {
            context.readable(side, host(), wire);
            if (type == HANDSHAKE) half(side).messages.feed(epoch, out, 0, length, at);
            return;
        }
        context.readable(side, host(), wire - length);
        Plaintext map = side == Side.INITIATOR ? sent : answered;
        long offset = map.end();
        map.add(at, length);
        inner().data(side, offset, out, 0, length);
    }

    private StreamAnalyzer inner() {
        StreamAnalyzer a = inner;
        if (a == null) {
            a =
                    inner =
                            context.innerDatagrams(
                                    Plaintext.of(context.flow(), sent, answered),
                                    session.secured(),
                                    session.serverName);
        }
        return a;
    }

    private void closed(Side side, long bytes) {
        boolean unsupported = tls13 || session.tls13();
        context.account(
                side,
                host(),
                ByteClass.ENCRYPTED,
                bytes,
                unsupported ? ReasonCode.UNSUPPORTED : ReasonCode.NO_KEYS);
    }

    private void srtp(Side side, int length) {
        if (!srtpSeen) context.sink().identified("srtp", "", new Secured(Protection.DTLS, "", ""));
        srtpSeen = true;
        context.readable(side, host(), RTP_HEADER);
        context.account(
                side, host(), ByteClass.ENCRYPTED, length - RTP_HEADER, ReasonCode.UNSUPPORTED);
    }

    // --- Handshake

    private void message(Side side, byte[] header, byte[] m, long[] pieces) {
        boolean ofClient = header[0] == ClientHello.TYPE || side == client;
        session.transcribe(ofClient, header, m, m.length);
        switch (header[0]) {
            case ClientHello.TYPE -> clientHello(side, m, pieces);
            case ServerHello.TYPE -> {
                if (client == null) client = side.other();
                if (session.serverHello(ServerHello.read(m, 0, m.length))) {
                    context.sink().identified("dtls", host(), session.secured());
                    told = true;
                    keys();
                }
            }
            case Certificates.TYPE -> {
                if (session.tls13()) return;
                Certificates c = Certificates.read(m, 0, m.length, false);
                if (side == client) own = c;
                else server = c;
            }
            case CLIENT_KEY_EXCHANGE -> {
                if (side == client && session.clientKeyExchange(m, m.length)) keys();
            }
            default -> {}
        }
    }

    private void clientHello(Side side, byte[] m, long[] pieces) {
        client = side;
        ClientHello h = ClientHello.read(m, 0, m.length, true);
        session.clientHello(h, m, 0);
        srtp |= h.srtp;
        if (!ja4.isEmpty()) return; // with a cookie now
        ja4 = Ja4.of(h, 'd');
        told = true;
        if (h.nameLength == 0) return;
        byte[] name = Arrays.copyOfRange(m, h.nameFrom, h.nameFrom + h.nameLength);
        // The name itself travels in the clear, whatever comes after it.
        ExchangeSink exchange =
                context.exchange(
                        "dtls", "HELLO", "", session.serverName, context.port(side.other()), name);
        MessageSink message = exchange.message(side);
        message.part(PartKind.NAME, "", m, h.nameFrom, h.nameLength, wire(pieces, h.nameFrom));
        message.end();
        exchange.end();
    }

    private static long wire(long[] pieces, int position) {
        int best = 0;
        for (int k = 0; k < pieces.length; k += 2)
            if (pieces[k] <= position && pieces[k] >= pieces[best]) best = k;
        return pieces[best + 1] + (position - pieces[best]);
    }

    /** Both sides' next epoch has keys, or it is known that there are none. */
    private void keys() {
        Side c = client;
        if (!session.resolved || c == null) return;
        if (!session.tls13() && !session.phases(true).isEmpty()) {
            add(half(c), session.phases(true));
            add(half(c.other()), session.phases(false));
        }
        heldBytes = 0;
        List<Held> waiting = new ArrayList<>(held);
        held.clear();
        for (Held h : waiting) record(h.side, h.record, 0, h.record.length - HEADER, h.at);
    }

    private static void add(Half half, Session.Phases phases) {
        if (half.openers.size() < MOST_EPOCHS && !phases.isEmpty())
            half.openers.add(phases.next().opener());
    }

    @Override
    public void end() {
        for (Held h : held) {
            context.readable(h.side, host(), HEADER);
            closed(h.side, h.record.length - HEADER);
        }
        held.clear();
        if (told) context.sink().handshake(session.facts(host(), ja4, server, own, opened));
        if (inner == null) return;
        inner.closed(Side.INITIATOR, StreamEvent.How.END_OF_CAPTURE);
        inner.closed(Side.RESPONDER, StreamEvent.How.END_OF_CAPTURE);
    }

    private void identify(byte[] b, int i) {
        // A ClientHello's record says 1.0 for old middleboxes' sake (RFC 6347 4.2.1), so the last
        // one seen counts, and the ServerHello before all.
        String v = b[i + 2] == (byte) 0xfd ? "1.2" : "1.0";
        if (seen && (session.resolved || v.compareTo(recordVersion) <= 0)) return;
        seen = true;
        recordVersion = v;
        String weak = v.equals("1.0") ? "DTLS 1.0 is deprecated (RFC 8996)" : "";
        context.sink()
                .identified("dtls", context.serverName(), new Secured(Protection.DTLS, v, weak));
    }

    /** Length of the fragment of a whole record, or -1. */
    private static int record(byte[] b, int i, int length) {
        if (length < HEADER) return -1;
        int type = b[i] & 0xff;
        if (type < 20 || type > 26) return -1;
        if (b[i + 1] != (byte) 0xfe || (b[i + 2] != (byte) 0xfd && b[i + 2] != (byte) 0xff))
            return -1;
        int n = Vectors.int16(b, i + 11);
        if (n > MAX_FRAGMENT || n > length - HEADER) return -1;
        return type == HANDSHAKE && n == 0 ? -1 : n;
    }
}
