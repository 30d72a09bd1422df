package dev.telltale.analyze;

import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A byte stream whose protocol is to be found out. Each time a side begins to speak (at the start, at a turn of direction, after
 * a gap) its first bytes are shown to {@link StreamProtocols}; until one of them says yes the bytes are {@link Data}, so a flow
 * joined midway or changed by STARTTLS becomes what it is at its next turn.
 */
final class StreamFlow implements StreamAnalyzer {
    /** Most bytes kept while it is undecided what they begin. */
    private static final int PROBE_LIMIT = 1024;

    private final Context context;
    private @Nullable StreamAnalyzer chosen;
    private @Nullable Data data;
    private @Nullable Side speaking;

    // Bytes of one side that may begin a known protocol.
    private byte @Nullable [] held;
    private int heldSize;
    private long heldAt;
    private Side heldSide = Side.INITIATOR;

    private StreamEvent.@Nullable How initiatorClosed;
    private StreamEvent.@Nullable How responderClosed;

    StreamFlow(Context context) {
        this.context = context;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        if (chosen != null) {
            chosen.data(side, offset, bytes, from, length);
            return;
        }
        if (held != null && heldSide != side) {
            // The other side answers before this one said enough: then only the answer can tell.
            StreamProtocol.Match match = probe(side, bytes, from, length);
            if (match == StreamProtocol.Match.NO || match == StreamProtocol.Match.MORE) {
                replay();
            } else {
                replay();
                passOn(side, offset, bytes, from, length);
                return;
            }
        }
        if (held == null) {
            if (side == speaking) {
                data().data(side, offset, bytes, from, length);
                return;
            }
            StreamProtocol.Match match = probe(side, bytes, from, length);
            if (match == StreamProtocol.Match.MORE && length < PROBE_LIMIT) {
                held = new byte[Math.max(64, length)];
                heldSide = side;
                heldAt = offset;
                heldSize = 0;
                hold(bytes, from, length);
            } else {
                passOn(side, offset, bytes, from, length);
            }
            return;
        }
        // Only as much as is looked at, so that any chunking decides on the same bytes.
        int n = Math.min(length, PROBE_LIMIT - heldSize);
        hold(bytes, from, n);
        StreamProtocol.Match match = probe(side, held, 0, heldSize);
        if (match != StreamProtocol.Match.MORE || heldSize >= PROBE_LIMIT) replay();
        if (n < length) data(side, offset + n, bytes, from + n, length - n);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        context.lost();
        if (chosen == null && held != null && heldSide == side) replay();
        if (chosen != null) {
            chosen.gap(side, offset, length, reason);
        } else {
            data().gap(side, offset, length, reason);
            if (speaking == side) speaking = null;
        }
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        if (side == Side.INITIATOR) initiatorClosed = how;
        else responderClosed = how;
        if (chosen == null && held != null && heldSide == side) replay();
        if (chosen != null) chosen.closed(side, how);
        else if (data != null) data.closed(side, how);
    }

    /** Asks the protocols in order; a yes opens the analyzer. */
    private StreamProtocol.Match probe(Side side, byte[] bytes, int from, int length) {
        if (context.tooDeep()) return StreamProtocol.Match.NO;
        int n = Math.min(length, PROBE_LIMIT);
        for (StreamProtocol protocol : StreamProtocols.ALL) {
            StreamProtocol.Match match = protocol.probe(context, side, bytes, from, n);
            switch (match) {
                case NO -> {}
                case MORE -> {
                    return match;
                }
                case CLIENT -> {
                    choose(protocol.open(context, side));
                    return match;
                }
                case SERVER -> {
                    choose(protocol.open(context, side.other()));
                    return match;
                }
            }
        }
        return StreamProtocol.Match.NO;
    }

    private void choose(StreamAnalyzer analyzer) {
        if (data != null) data.end();
        data = null;
        chosen = analyzer;
        if (initiatorClosed != null) analyzer.closed(Side.INITIATOR, initiatorClosed);
        if (responderClosed != null) analyzer.closed(Side.RESPONDER, responderClosed);
    }

    private void passOn(Side side, long offset, byte[] bytes, int from, int length) {
        if (chosen != null) {
            chosen.data(side, offset, bytes, from, length);
        } else {
            speaking = side;
            data().data(side, offset, bytes, from, length);
        }
    }

    /** Passes on what is held, to the chosen analyzer or, where there is none, as data. */
    private void replay() {
        byte[] bytes = held;
        if (bytes == null) return;
        held = null;
        passOn(heldSide, heldAt, bytes, 0, heldSize);
    }

    private void hold(byte[] bytes, int from, int length) {
        byte[] h = held == null ? new byte[0] : held;
        if (h.length - heldSize < length)
            h = Arrays.copyOf(h, Math.max(heldSize + length, 2 * h.length));
        System.arraycopy(bytes, from, h, heldSize, length);
        heldSize += length;
        held = h;
    }

    private Data data() {
        Data d = data;
        if (d == null) {
            d = new Data(context, Side.INITIATOR);
            data = d;
            if (initiatorClosed != null) d.closed(Side.INITIATOR, initiatorClosed);
            if (responderClosed != null) d.closed(Side.RESPONDER, responderClosed);
        }
        return d;
    }
}
