package dev.telltale.dissect;

import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowHandler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What all flows of one dissector have in common: where they tell, what they count, and the memory
 * they share.
 */
final class Shared {
    /** Sizes of rings: this, and four times the one before up to {@link #MAX_RING}. */
    static final int MIN_RING = 4 << 10;

    static final int MAX_RING = 64 << 10;
    private static final int CLASSES = sizeClass(MAX_RING) + 1;
    private static final int POOLED = 32;

    final FlowHandler.Factory handlers;
    final AnomalySink anomalies;
    final DissectLimits limits;
    final Tally tally;

    /** Sides with a ring, and sides that hold out-of-order data since the earliest first. */
    private final Recency<TcpSide> rings = new Recency<>();

    private final Recency<TcpSide> waiting = new Recency<>();
    private final ArrayDeque<byte[]>[] pool = pools();
    private long ringBytes;
    private long mapBytes;
    private long heldBytes;

    /** Stands for the maps of flows that are over. */
    final Frames noFrames = new Frames(this);

    /** Capture time of the packet at hand. */
    long now;

    Shared(FlowHandler.Factory handlers, AnomalySink anomalies, DissectLimits limits, Tally tally) {
        this.handlers = handlers;
        this.anomalies = anomalies;
        this.limits = limits;
        this.tally = tally;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ArrayDeque<byte[]>[] pools() {
        ArrayDeque<byte[]>[] p = new ArrayDeque[CLASSES];
        for (int i = 0; i < p.length; i++) p[i] = new ArrayDeque<>();
        return p;
    }

    private static int sizeClass(int size) {
        return Integer.numberOfTrailingZeros(size / MIN_RING) / 2;
    }

    /** An array of {@code size} for {@code side}. */
    byte[] ring(TcpSide side, int size) {
        ringBytes += size;
        rings.touch(side.ringNode);
        while (ringBytes > limits.streamBuffers()) {
            TcpSide old = rings.oldest();
            if (old == null || old == side) break;
            old.flow.releaseRing(old);
        }
        byte[] pooled = pool[sizeClass(size)].poll();
        return pooled == null ? new byte[size] : pooled;
    }

    void used(TcpSide side) {
        rings.touch(side.ringNode);
    }

    /** Gives one array of {@code side} back; {@code last} if it has no other. */
    void free(TcpSide side, byte[] ring, boolean last) {
        ringBytes -= ring.length;
        if (last) side.ringNode.remove();
        ArrayDeque<byte[]> p = pool[sizeClass(ring.length)];
        if (p.size() < POOLED) p.push(ring);
    }

    boolean mapMayGrow(long by) {
        return mapBytes + by <= limits.frameMaps();
    }

    void mapGrew(long by) {
        mapBytes += by;
    }

    /** {@code side} holds {@code change} bytes more or less out of order. */
    void held(TcpSide side, long change) {
        heldBytes += change;
        if (side.heldBytes == 0) side.waitingNode.remove();
        else if (!side.waitingNode.listed()) waiting.touch(side.waitingNode);
    }

    /**
     * Where all flows together hold too much, those that waited longest must go on without what
     * they wait for.
     */
    void relieve() {
        while (heldBytes > limits.heldBytes()) {
            @Nullable TcpSide side = waiting.oldest();
            if (side == null) return;
            side.flow.force(side);
        }
    }
}
