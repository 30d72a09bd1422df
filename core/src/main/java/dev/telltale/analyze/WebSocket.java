package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.analyze.tls.Plaintext;
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
import org.jspecify.annotations.Nullable;

/**
 * WebSocket (RFC 6455) after its handshake, over HTTP/1 and HTTP/2 (RFC 8441), with
 * permessage-deflate (RFC 7692). Its messages belong to the exchange that opened it; where the
 * handshake was not seen, to one of their own. A message is one FRAME part however it was
 * fragmented; what control frames say is a message of its own.
 *
 * <pre>
 * FIN (1) RSV1 RSV2 RSV3 opcode (4) | MASK (1) length (7) | [length (16 or 64)] | [masking key (32)] | payload
 * </pre>
 *
 * A stream of binary messages may carry MQTT (MQTT 5.0 section 6), whose packets do not keep to
 * message borders: it is then read as the byte stream that it is.
 */
final class WebSocket implements StreamAnalyzer {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int MAX_HEADER = 14;
    private static final int MAX_CONTROL = 125;
    private static final int PIECE = 8192;

    private final Context context;
    private final Data rest;
    private final Half initiator;
    private final Half responder;
    private @Nullable ExchangeSink own;
    private @Nullable StreamAnalyzer carried;
    private int closed;

    WebSocket(Context context, Side client) {
        this.context = context;
        this.rest = new Data(context, client);
        this.initiator = new Half(Side.INITIATOR);
        this.responder = new Half(Side.RESPONDER);
        this.client = client;
        context.sink().identified("websocket", context.serverName(), context.secured());
    }

    private final Side client;

    /**
     * Taken at the word of the handshake; without one, only frames that make sense, in a flow whose
     * beginning was not seen. Who masks is the client.
     */
    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        boolean announced = context.upgrade().equals("websocket");
        if (!announced) {
            // Only what begins with the one fragment of a message, which is no letter, and is not
            // to a port of MQTT, whose SUBSCRIBE looks like it.
            boolean mqtt = Mqtt.port(context.flow().responder().port());
            if (!context.lossy() || mqtt || b[from] >= 0) return Match.NO;
        }
        if (length < 2) return WebSocketProbe.maybe(b[from]) || announced ? Match.MORE : Match.NO;
        Match who = b[from + 1] < 0 ? Match.CLIENT : Match.SERVER;
        if (announced) return WebSocketProbe.header(b, from) ? who : Match.NO;
        return switch (WebSocketProbe.frames(b, from, length)) {
            case YES -> who;
            case NO -> Match.NO;
            case MORE -> Match.MORE;
        };
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).gap(offset, length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        half(side).closed(how);
        closed |= side == Side.INITIATOR ? 1 : 2;
        rest.closed(side, how);
        if (carried != null) carried.closed(side, how);
        if (closed == 3 && own != null) own.end();
    }

    private Half half(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    private ExchangeSink exchange() {
        ExchangeSink e = context.carrier();
        if (e != null) return e;
        if (own == null)
            own =
                    context.exchange(
                            "websocket",
                            "MESSAGE",
                            "",
                            context.serverName(),
                            context.port(client.other()),
                            new byte[0]);
        return own;
    }

    private enum State {
        HEADER,
        PAYLOAD,
        /** A gap ended: frames may go on here. */
        RESYNC,
        ASTRAY
    }

    private final class Half implements PermessageDeflate.Out {
        private final Side side;
        private final Plaintext plain;
        private State state = State.HEADER;
        private final Kept kept = new Kept();

        // The frame.
        private int opcode;
        private boolean fin;
        private boolean masked;
        private final byte[] key = new byte[4];
        private int keyAt;
        private long left;

        // The message that data frames make.
        private boolean inMessage;
        private @Nullable MessageSink message;
        private MessageSink.@Nullable PartSink part;
        private boolean compressed;
        private boolean unreadable;
        private @Nullable PermessageDeflate deflate;
        private boolean windowLost = context.lossy();

        /** First bytes of the first binary message, until they say whether they are MQTT. */
        private boolean asked;

        private boolean nested;

        // The bytes being inflated, and what came of them.
        private long wireAt;
        private long wireLength;
        private long made;
        private long unknown;
        private byte[] scratch = {};

        Half(Side side) {
            this.side = side;
            this.plain = new Plaintext(context.flow().frames(side));
        }

        void data(byte[] b, int from, int length, long at) {
            int i = from;
            int to = from + length;
            while (i < to) {
                long here = at + (i - from);
                switch (state) {
                    case HEADER -> i = header(b, i, to, here);
                    case PAYLOAD -> i = payload(b, i, to, here);
                    case RESYNC -> {
                        kept.add(b[i++], here);
                        resync(false);
                    }
                    case ASTRAY -> {
                        rest.data(side, here, b, i, to - i);
                        return;
                    }
                }
            }
        }

        // --- Frames

        private int header(byte[] b, int i, int to, long at) {
            while (i < to) {
                kept.add(b[i++], at++);
                if (kept.size == 2 && !WebSocketProbe.header(kept.b, 0)) {
                    context.anomaly(
                            Anomaly.Kind.PROTOCOL_VIOLATION,
                            side,
                            kept.at,
                            "This is no WebSocket frame.");
                    astray();
                    return i;
                }
                if (kept.size >= 2 && kept.size == WebSocketProbe.headerLength(kept.b, 0)) {
                    frame();
                    return i;
                }
            }
            return i;
        }

        private void astray() {
            endMessage(false);
            state = State.ASTRAY;
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (n > 0) rest.data(side, at, b, 0, n);
        }

        private void frame() {
            int n = kept.size;
            byte[] h = kept.b;
            long length = WebSocketProbe.payloadLength(h, 0);
            if (length < 0) {
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        kept.at,
                        "The length of a WebSocket frame is negative.");
                astray();
                return;
            }
            fin = h[0] < 0;
            opcode = h[0] & 15;
            masked = h[1] < 0;
            if (masked) System.arraycopy(h, n - 4, key, 0, 4);
            keyAt = 0;
            left = length;
            long at = kept.at;
            kept.size = 0;
            context.readable(side, context.serverName(), n);
            if (!control()) begin(h, at);
            state = State.PAYLOAD;
            if (left == 0) frameEnd(at + n);
        }

        private boolean control() {
            return opcode >= CLOSE;
        }

        private void begin(byte[] h, long at) {
            boolean rsv1 = (h[0] & 0x40) != 0;
            if (opcode == CONTINUATION && inMessage) return;
            if (inMessage || opcode == CONTINUATION && !windowLost)
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        at,
                        inMessage
                                ? "A WebSocket message begins within another."
                                : "A WebSocket message goes on that never began.");
            endMessage(true);
            inMessage = true;
            compressed = rsv1;
            unreadable = false;
            nested = !compressed && opcode == BINARY && carried != null;
        }

        private int payload(byte[] b, int i, int to, long at) {
            int n = (int) Math.min(left, Math.min(to - i, PIECE));
            if (compressed && !control()) n = Math.min(n, PIECE - kept.size);
            byte[] bytes = b;
            int s = i;
            if (masked) {
                if (scratch.length < n) scratch = new byte[Math.max(n, Math.min(PIECE, 2 * n))];
                for (int k = 0; k < n; k++) scratch[k] = (byte) (b[i + k] ^ key[keyAt++ & 3]);
                bytes = scratch;
                s = 0;
            }
            left -= n;
            if (control()) kept.add(bytes, s, n, at);
            else if (compressed) compressed(bytes, s, n, at);
            else if (!asked && opcode == BINARY) ask(bytes, s, n, at);
            else feed(bytes, s, n, at);
            if (left == 0) frameEnd(at + n);
            return i + n;
        }

        private void frameEnd(long at) {
            state = State.HEADER;
            if (control()) {
                controlFrame();
                return;
            }
            if (fin) endMessage(true);
            if (fin) context.forget(side, at);
        }

        /** Close is a code (16) and why; ping and pong are whatever the sender likes. */
        private void controlFrame() {
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (n == 0) return;
            context.readable(side, context.serverName(), n);
            int skip = opcode == CLOSE ? Math.min(2, n) : 0;
            if (skip == n) return;
            MessageSink m = exchange().message(side);
            String name = opcode == CLOSE ? "close" : opcode == PING ? "ping" : "pong";
            if (masked)
                m.part(
                        PartKind.FRAME,
                        name,
                        b,
                        skip,
                        n - skip,
                        new Wire(at + skip, n - skip, "mask", true));
            else m.part(PartKind.FRAME, name, b, skip, n - skip, at + skip);
            m.end();
        }

        // --- Messages

        private MessageSink.PartSink part() {
            MessageSink.PartSink p = part;
            if (p != null) return p;
            MessageSink m = exchange().message(side);
            message = m;
            return part = m.open(PartKind.FRAME, "", Hint.NONE);
        }

        private void feed(byte[] b, int i, int n, long at) {
            if (nested && carried != null) {
                long offset = plain.end();
                plain.add(at, n);
                carried.data(side, offset, b, i, n);
            } else if (masked) {
                context.readable(side, context.serverName(), n);
                part().feed(b, i, n, new Wire(at, n, "mask", true));
            } else {
                part().feed(b, i, n, at);
            }
        }

        /** Whether binary messages carry MQTT is said by the first of them. */
        private void ask(byte[] b, int i, int n, long at) {
            kept.add(b, i, n, at);
            Match match = Mqtt.opening(kept.b, 0, kept.size);
            if (match == Match.MORE && left > 0) return;
            asked = true;
            if (match == Match.CLIENT || match == Match.SERVER) {
                if (carried == null)
                    carried =
                            context.inner(
                                    Plaintext.of(context.flow(), initiator.plain, responder.plain),
                                    context.secured(),
                                    "",
                                    "");
                nested = true;
            }
            int size = kept.size;
            long where = kept.at;
            feed(kept.take(), 0, size, where);
        }

        /** Inflates a piece of a frame at a time, so that any chunking gives the same pieces. */
        private void compressed(byte[] b, int i, int n, long at) {
            kept.add(b, i, n, at);
            if (kept.size == PIECE || left == 0) inflate();
        }

        private void inflate() {
            int n = kept.size;
            if (n == 0) return;
            byte[] b = kept.b;
            long at = kept.at;
            kept.size = 0;
            if (unreadable) {
                closedBytes(n);
                return;
            }
            PermessageDeflate d = deflate;
            if (d == null) d = deflate = new PermessageDeflate(windowLost);
            wireAt = at;
            wireLength = n;
            made = unknown = 0;
            d.feed(b, 0, n, this);
            accountInflated(n, at);
        }

        /** Of bytes that made what nobody knows, that share is missing. */
        private void accountInflated(int n, long at) {
            PermessageDeflate d = deflate;
            if (d != null && !d.broken().isEmpty()) {
                unreadable = true;
                context.anomaly(Anomaly.Kind.DECODE_ERROR, side, at, d.broken());
                closedBytes(n);
                return;
            }
            long gone = made == 0 ? 0 : n * unknown / made;
            context.account(side, context.serverName(), ByteClass.MISSING, gone, ReasonCode.GAP);
            context.readable(side, context.serverName(), n - gone);
        }

        private void closedBytes(long n) {
            context.account(
                    side, context.serverName(), ByteClass.OPAQUE, n, ReasonCode.UNDECODABLE);
        }

        @Override
        public void inflated(byte[] b, int length, int lost) {
            made += length;
            unknown += lost;
            part().feed(b, 0, length, new Wire(wireAt, wireLength, "permessage-deflate", false));
        }

        /**
         * @param whole it ended as it should; else what follows in its window cannot be known
         */
        private void endMessage(boolean whole) {
            if (!inMessage) return;
            inMessage = false;
            PermessageDeflate d = deflate;
            if (compressed && !unreadable && d != null) {
                if (whole) d.endOfMessage(this);
                else windowUnknown();
            }
            // A broken stream says nothing of the messages behind it but what they do not refer to.
            if (compressed && unreadable) windowUnknown();
            if (part != null) part.end();
            if (message != null) message.end();
            part = null;
            message = null;
        }

        private void windowUnknown() {
            if (deflate != null) deflate.close();
            deflate = null;
            windowLost = true;
        }

        // --- Gaps and the end

        void gap(long at, long length, ReasonCode reason) {
            if (state == State.RESYNC) resync(true);
            if (state != State.PAYLOAD) {
                if (state == State.HEADER) astray();
                lost(length, reason);
                state = State.RESYNC;
                windowUnknown();
                return;
            }
            long n = Math.min(left, length);
            left -= n;
            keyAt += (int) (n & 3);
            if (control()) {
                dropControl();
                lost(n, reason);
            } else if (compressed) {
                inflate();
                lost(n, reason);
                unreadable = true;
            } else {
                if (!asked) decide();
                if (nested && carried != null) {
                    long offset = plain.end();
                    plain.add(at, n);
                    carried.gap(side, offset, n, reason);
                } else {
                    part().gap(n, reason);
                }
            }
            if (left == 0) frameEnd(at + n);
            if (n < length) gap(at + n, length - n, reason);
        }

        private void dropControl() {
            context.readable(side, context.serverName(), kept.size);
            kept.size = 0;
        }

        private void decide() {
            asked = true;
            int n = kept.size;
            long at = kept.at;
            if (n > 0) feed(kept.take(), 0, n, at);
        }

        private void lost(long length, ReasonCode reason) {
            context.account(side, context.serverName(), ByteClass.MISSING, length, reason);
        }

        /** Whether a frame begins with the first byte behind a gap. */
        private void resync(boolean over) {
            WebSocketProbe.Answer answer = WebSocketProbe.frames(kept.b, 0, kept.size);
            if (answer == WebSocketProbe.Answer.MORE && !over && kept.size < 1024) return;
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            state = answer == WebSocketProbe.Answer.YES ? State.HEADER : State.ASTRAY;
            if (n > 0) data(b, 0, n, at);
        }

        void closed(StreamEvent.How how) {
            if (state == State.RESYNC) resync(true);
            if (state == State.HEADER && kept.size > 0) astray();
            if (state == State.PAYLOAD) {
                if (control()) controlFrame();
                else if (compressed) inflate();
                else if (!asked) decide();
            }
            endMessage(left == 0);
            if (deflate != null) deflate.close();
            deflate = null;
            if (state != State.ASTRAY) state = State.HEADER;
        }
    }
}
