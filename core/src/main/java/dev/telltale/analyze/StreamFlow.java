package dev.telltale.analyze;

import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A byte stream whose protocol is to be found out. Each time a side begins to speak (at the start,
 * at a turn of direction, after a gap) its first bytes are shown to {@link StreamProtocols}; until
 * one of them says yes the bytes are {@link Data}, so a flow joined midway or changed by STARTTLS
 * becomes what it is at its next turn.
 */
final class StreamFlow implements StreamAnalyzer {
    /** Most bytes kept while it is undecided what they begin. */
    private static final int PROBE_LIMIT = 1024;

    private final Context context;
    private @Nullable StreamAnalyzer chosen;
    private @Nullable Data data;
    private @Nullable Side speaking;

    /**
     * Bytes of the side that speaks and of the one that answers, each of which may begin a known
     * protocol.
     */
    private @Nullable Held first;

    private @Nullable Held second;

    private StreamEvent.@Nullable How initiatorClosed;
    private StreamEvent.@Nullable How responderClosed;

    StreamFlow(Context context) {
        this.context = context;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        context.sink().plaintext(context.flow(), side, offset, bytes, from, length);
        if (chosen != null) {
            chosen.data(side, offset, bytes, from, length);
            return;
        }
        Held f = first;
        Held s = second;
        if (f == null) {
            if (side == speaking) data().data(side, offset, bytes, from, length);
            else if (undecided(side, bytes, from, length))
                first = new Held(side, offset, bytes, from, length);
            else passOn(side, offset, bytes, from, length);
        } else if (side == f.side && s == null) {
            // Only as much as is looked at, so that any chunking decides on the same bytes.
            int n = f.add(bytes, from, length);
            if (!undecided(side, f.bytes, 0, f.size)) replay();
            if (n < length) data(side, offset + n, bytes, from + n, length - n);
        } else if (side == f.side) {
            // The answer did not say enough either before this side went on.
            first = s;
            second = null;
            f.passOn();
            data(side, offset, bytes, from, length);
        } else if (s == null) {
            if (undecided(side, bytes, from, length)) {
                second = new Held(side, offset, bytes, from, length);
            } else {
                replay();
                passOn(side, offset, bytes, from, length);
            }
        } else {
            int n = s.add(bytes, from, length);
            if (!undecided(side, s.bytes, 0, s.size)) replay();
            if (n < length) data(side, offset + n, bytes, from + n, length - n);
        }
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        context.lost();
        if (holds(side)) replay();
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
        if (holds(side)) replay();
        if (chosen != null) chosen.closed(side, how);
        else if (data != null) data.closed(side, how);
    }

    private boolean holds(Side side) {
        return (first != null && first.side == side) || (second != null && second.side == side);
    }

    /** True where the bytes may yet become something known. */
    private boolean undecided(Side side, byte[] bytes, int from, int length) {
        return probe(side, bytes, from, length) == StreamProtocol.Match.MORE
                && length < PROBE_LIMIT;
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
        Held f = first;
        Held s = second;
        first = null;
        second = null;
        if (f != null) f.passOn();
        if (s != null) s.passOn();
    }

    private final class Held {
        final Side side;
        private final long at;
        byte[] bytes;
        int size;

        Held(Side side, long at, byte[] bytes, int from, int length) {
            this.side = side;
            this.at = at;
            this.bytes = new byte[Math.max(64, length)];
            add(bytes, from, length);
        }

        /** Takes as many bytes as are looked at. */
        int add(byte[] b, int from, int length) {
            int n = Math.min(length, PROBE_LIMIT - size);
            if (bytes.length - size < n)
                bytes = Arrays.copyOf(bytes, Math.max(size + n, 2 * bytes.length));
            System.arraycopy(b, from, bytes, size, n);
            size += n;
            return n;
        }

        void passOn() {
            StreamFlow.this.passOn(side, at, bytes, 0, size);
        }
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
