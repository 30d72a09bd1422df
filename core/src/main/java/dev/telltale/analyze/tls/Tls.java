package dev.telltale.analyze.tls;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.Data;
import dev.telltale.analyze.StreamAnalyzer;
import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * TLS records without keys: who is called (SNI), which version was agreed on, and how many bytes
 * stay closed.
 *
 * <pre>
 * TLSPlaintext (RFC 8446 5.1, RFC 5246 6.2.1):
 *   type (8): 20 change_cipher_spec, 21 alert, 22 handshake, 23 application_data, 24 heartbeat
 *   legacy_record_version (16) = 03 xx
 *   length (16) <= 2^14 + 2048
 *   fragment
 * </pre>
 */
public final class Tls implements StreamAnalyzer {
    private static final int HEADER = 5;
    private static final int MAX_FRAGMENT = (1 << 14) + 2048;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    private static final int APPLICATION_DATA = 23;
    private static final int HEARTBEAT = 24;

    private final Context context;
    private final Side client;
    private final Half hello;
    private final Half answer;
    private String serverName = "";
    private String version = "";
    private boolean identified;
    private @Nullable Data garbage;

    public Tls(Context context, Side client) {
        this.context = context;
        this.client = client;
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
        int fragment = (b[from + 3] & 0xff) << 8 | (b[from + 4] & 0xff);
        if (fragment == 0 || fragment > MAX_FRAGMENT) return Match.NO;
        if (midway) return side == Side.INITIATOR ? Match.CLIENT : Match.SERVER;
        if (length == HEADER) return Match.MORE;
        return switch (b[from + HEADER]) {
            case Hello.CLIENT -> Match.CLIENT;
            case Hello.SERVER -> Match.SERVER;
            default -> Match.NO;
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
        half(side).closed = true;
        if (garbage != null) garbage.closed(side, how);
        if (!hello.closed || !answer.closed) return;
        if (!identified) identify();
        hello.settle();
        answer.settle();
    }

    private void identify() {
        identified = true;
        String weak =
                switch (version) {
                    case "SSL 3.0" -> "SSL 3.0 is broken (RFC 7568)";
                    case "1.0", "1.1" -> "TLS " + version + " is deprecated (RFC 8996)";
                    default -> "";
                };
        context.sink().identified("tls", host(), new Secured(Protection.TLS, version, weak));
    }

    private String host() {
        return serverName.isEmpty() ? context.serverName() : serverName;
    }

    private Half half(Side side) {
        return side == client ? hello : answer;
    }

    private void clientHello(byte[] b, int from, int to, Half half) {
        Hello h = Hello.client(b, from, to);
        serverName = new String(b, h.nameFrom, h.nameLength, StandardCharsets.ISO_8859_1);
        identify();
        if (h.nameLength == 0 && h.alpnLength == 0) return;
        byte[] name = Arrays.copyOfRange(b, h.nameFrom, h.nameFrom + h.nameLength);
        // The name itself travels in the clear, whatever comes after it.
        ExchangeSink exchange =
                context.exchange(
                        "tls", "HELLO", "", serverName, context.port(client.other()), name);
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
        int v = Hello.serverVersion(b, from, to);
        if (v < 0) return;
        version =
                switch (v) {
                    case 0x300 -> "SSL 3.0";
                    case 0x301 -> "1.0";
                    case 0x302 -> "1.1";
                    case 0x303 -> "1.2";
                    default -> v == 0x304 || v >>> 8 == 0x7f ? "1.3" : ""; // 7f: drafts of 1.3
                };
        identify();
    }

    /** One side's records. */
    private final class Half {
        final Side side;
        boolean closed;

        /**
         * Bytes of the record header seen, below {@link #HEADER}; then {@code left} bytes of the
         * fragment follow.
         */
        private int headerSize;

        private int lengthHigh;
        private int type;
        private int left;
        private boolean sealed;
        private boolean lost;
        private boolean broken;

        // The handshake message being read; only hellos are kept.
        private byte @Nullable [] message;
        private int messageSize;
        private final byte[] messageHeader = new byte[4];
        private int messageHeaderSize;
        private int messageLeft;
        private boolean handshakeLost;
        // Where pieces of the kept message stood: position in it and stream offset, in turn.
        private long[] pieces = {};

        private long readable;
        private long encrypted;
        private long missing;
        private ReasonCode missingReason = ReasonCode.GAP;

        Half(Side side) {
            this.side = side;
        }

        void data(byte[] b, int from, int length, long at) {
            int i = from;
            int to = from + length;
            while (i < to) {
                if (broken) {
                    garbage().data(side, at + (i - from), b, i, to - i);
                    return;
                }
                if (lost) {
                    encrypted += to - i;
                    return;
                }
                if (left == 0) {
                    i = header(b, i, to, at + (i - from));
                } else {
                    int n = Math.min(left, to - i);
                    fragment(b, i, n, at + (i - from));
                    left -= n;
                    i += n;
                    if (left == 0) headerSize = 0;
                }
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
                            default -> (lengthHigh << 8 | v) <= MAX_FRAGMENT;
                        };
                if (!valid) {
                    broken = true;
                    context.anomaly(
                            Anomaly.Kind.PROTOCOL_VIOLATION,
                            side,
                            at,
                            "A TLS stream goes on with something that is no record.");
                    return i;
                }
                readable++;
                at++;
                i++;
                switch (headerSize++) {
                    case 0 -> type = v;
                    case 3 -> lengthHigh = v;
                    case 4 -> {
                        left = lengthHigh << 8 | v;
                        if (left == 0) headerSize = 0;
                        else return i;
                    }
                    default -> {}
                }
            }
            return i;
        }

        private boolean clear() {
            return switch (type) {
                case APPLICATION_DATA -> false;
                case CHANGE_CIPHER_SPEC -> true;
                // TLS 1.3 sends a ChangeCipherSpec that changes nothing (RFC 8446 D.4); its sealed
                // records are all type 23.
                default -> !sealed || version.equals("1.3");
            };
        }

        private void fragment(byte[] b, int from, int n, long at) {
            if (!clear()) {
                encrypted += n;
                return;
            }
            readable += n;
            if (type == CHANGE_CIPHER_SPEC) sealed = true;
            else if (type == HANDSHAKE && !handshakeLost) handshake(b, from, n, at);
        }

        /**
         * Handshake (RFC 8446 4): type (8), length (24), body; messages may share records and be
         * cut by them.
         */
        private void handshake(byte[] b, int from, int n, long at) {
            int i = from;
            int to = from + n;
            while (i < to) {
                if (messageHeaderSize < 4) {
                    messageHeader[messageHeaderSize++] = b[i++];
                    if (messageHeaderSize < 4) continue;
                    messageLeft =
                            (messageHeader[1] & 0xff) << 16
                                    | (messageHeader[2] & 0xff) << 8
                                    | (messageHeader[3] & 0xff);
                    boolean hello =
                            messageHeader[0] == (side == client ? Hello.CLIENT : Hello.SERVER);
                    if (hello && messageLeft <= Hello.LONGEST)
                        message = new byte[Math.min(messageLeft, 2048)];
                    else if (hello) {
                        context.anomaly(
                                Anomaly.Kind.LIMIT,
                                side,
                                at + (i - from),
                                "A TLS hello is longer than is read.");
                    }
                }
                int take = Math.min(messageLeft, to - i);
                if (message != null) keep(b, i, take, at + (i - from));
                i += take;
                messageLeft -= take;
                if (messageLeft == 0) messageEnd();
            }
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

        private void messageEnd() {
            byte[] m = message;
            int size = messageSize;
            message = null;
            messageSize = 0;
            messageHeaderSize = 0;
            if (m == null) return;
            if (side == client) clientHello(m, 0, size, this);
            else serverHello(m, 0, size);
            pieces = new long[0];
        }

        void gap(long at, long length, ReasonCode reason) {
            missingReason = reason;
            if (broken) {
                garbage().gap(side, at, length, reason);
                return;
            }
            missing += length;
            if (lost) return;
            message = null;
            handshakeLost = true;
            if (length > left || left == 0) {
                lost = true;
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        at,
                        "Bytes are missing between TLS records; where the next one begins cannot be told.");
            } else {
                left -= (int) length;
                if (left == 0) headerSize = 0;
            }
        }

        /** All at the end, when the name is known that the bytes went to. */
        void settle() {
            String host = host();
            context.readable(side, host, readable);
            context.account(side, host, ByteClass.ENCRYPTED, encrypted, ReasonCode.NO_KEYS);
            context.account(side, host, ByteClass.MISSING, missing, missingReason);
            readable = encrypted = missing = 0;
        }

        private Data garbage() {
            if (garbage == null) garbage = new Data(context, client);
            return garbage;
        }
    }
}
