package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Google's push connection (MCS, Chromium {@code google_apis/gcm/protocol/mcs.proto}), mostly
 * inside TLS to port 5228: once a version, then messages of Protocol Buffers. The first of a phone
 * carries its device id and the token that proves it.
 *
 * <pre>
 * version (8), once a side | tag (8) size (varint) message, again and again
 * </pre>
 */
final class Mcs implements StreamAnalyzer {
    private static final int MAX_SIZE_BYTES = 4;
    private static final List<String> TAGS =
            List.of(
                    "HeartbeatPing",
                    "HeartbeatAck",
                    "LoginRequest",
                    "LoginResponse",
                    "Close",
                    "MessageStanza",
                    "PresenceStanza",
                    "IqStanza",
                    "DataMessageStanza",
                    "BatchPresenceStanza",
                    "StreamErrorStanza");

    private final Context context;
    private final Side client;
    private final Data rest;
    private final Half initiator;
    private final Half responder;

    Mcs(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.rest = new Data(context, client);
        this.initiator = new Half(Side.INITIATOR);
        this.responder = new Half(Side.RESPONDER);
        context.sink().identified("mcs", context.serverName(), context.secured());
    }

    /** A login: its tag stands behind the version, and its first field is a text. */
    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        if (b[from] != 41 && b[from] != 38) return Match.NO;
        if (length < 2) return Match.MORE;
        int tag = b[from + 1];
        if (tag != 2 && tag != 3) return Match.NO;
        int to = from + length;
        int i = from + 2;
        while (i < to && i < from + 2 + MAX_SIZE_BYTES && b[i] < 0) i++;
        if (i + 1 >= to) return i < from + 2 + MAX_SIZE_BYTES ? Match.MORE : Match.NO;
        if (b[i + 1] != 0x0a) return Match.NO;
        return tag == 2 ? Match.CLIENT : Match.SERVER;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).gap(length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        half(side).end();
        rest.closed(side, how);
    }

    private Half half(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    private final class Half {
        private final Side side;
        private final Kept head = new Kept();
        private boolean versioned;
        private boolean astray;
        private long left;
        private @Nullable ExchangeSink exchange;
        private @Nullable MessageSink message;
        private MessageSink.@Nullable PartSink part;

        Half(Side side) {
            this.side = side;
        }

        void data(byte[] b, int from, int length, long at) {
            int i = from;
            int to = from + length;
            while (i < to) {
                long here = at + (i - from);
                if (astray) {
                    rest.data(side, here, b, i, to - i);
                    return;
                }
                if (left > 0) {
                    int n = (int) Math.min(left, to - i);
                    if (part != null) part.feed(b, i, n, here);
                    left -= n;
                    i += n;
                    if (left == 0) end();
                } else if (!versioned && b[i] != 41 && b[i] != 38) {
                    // Joined midway: nothing tells where a message begins.
                    leave();
                } else if (!versioned) {
                    versioned = true;
                    context.readable(side, context.serverName(), 1);
                    i++;
                } else {
                    head.add(b[i++], here);
                    head();
                }
            }
        }

        private void head() {
            int n = head.size;
            int tag = head.b[0] & 0xff;
            if (n == 1 && tag < 32) return;
            if (n == 1 || n > 1 + MAX_SIZE_BYTES) {
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION, side, head.at, "This is no MCS message.");
                leave();
                return;
            }
            if (head.b[n - 1] < 0) return;
            long size = 0;
            for (int i = n - 1; i > 0; i--) size = size << 7 | (head.b[i] & 0x7f);
            context.readable(side, context.serverName(), n);
            head.size = 0;
            if (size == 0) return;
            left = size;
            ExchangeSink e =
                    context.exchange(
                            "mcs",
                            tag < TAGS.size() ? TAGS.get(tag) : "TAG" + tag,
                            "",
                            context.serverName(),
                            context.port(client.other()),
                            new byte[0]);
            exchange = e;
            MessageSink m = e.message(side);
            message = m;
            part = m.open(PartKind.BODY, "", new Hint("application/x-protobuf", List.of(), size));
        }

        /** What is kept of a head was none. */
        private void leave() {
            astray = true;
            int n = head.size;
            long at = head.at;
            byte[] b = head.take();
            if (n > 0) rest.data(side, at, b, 0, n);
        }

        void end() {
            if (head.size > 0) leave();
            if (part != null) part.end();
            if (message != null) message.end();
            if (exchange != null) exchange.end();
            part = null;
            message = null;
            exchange = null;
        }

        void gap(long length, ReasonCode reason) {
            long n = Math.min(left, length);
            if (n > 0 && part != null) part.gap(n, reason);
            left -= n;
            if (left == 0) end();
            if (n == length) return;
            // Nothing tells where the next message begins.
            leave();
            context.account(side, context.serverName(), ByteClass.MISSING, length - n, reason);
        }
    }
}
