package dev.telltale.dissect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What one end of a TCP connection sent: its place in the sequence space, the ring of the latest
 * reassembled bytes, and what came out of order. Stream offsets are 64 bits wide, so that sequence
 * numbers may wrap.
 */
final class TcpSide {
    /** No offset known. */
    static final long NONE = Long.MIN_VALUE;

    /**
     * Sequence numbers further away than this belong to something else: RFC 7323 windows end at 1
     * GB, phones' at 16 MB.
     */
    static final int FAR = 16 << 20;

    private static final byte[] NO_RING = {};
    private static final Segment[] NO_SEGMENTS = {};

    final TcpFlow flow;

    /** 0 or 1, as in {@link FlowKey}. */
    final int end;

    final Recency.Node<TcpSide> ringNode = new Recency.Node<>(this);
    final Recency.Node<TcpSide> waitingNode = new Recency.Node<>(this);
    Frames frames;

    /**
     * Sequence number of stream offset 0; meaningless until {@link #based} or {@link #settling}.
     */
    int base;

    boolean based;

    /**
     * Joined midway: nothing is delivered until a while has shown which of the first segments is
     * the first of the stream. Offsets count from the one that came first, and may be negative.
     */
    boolean settling;

    long settlingSince;

    boolean syn;
    int isn;

    /** Payload was seen. */
    boolean seen;

    boolean closed;

    /** Offset of the next byte to come in order; everything before has been taken. */
    long next;

    /** Bytes before this went to the handler; {@code [delivered, next)} lies in the ring. */
    long delivered;

    /** Offset of the FIN. */
    long fin = NONE;

    /** The highest offset that the peer acknowledged. */
    long acked = NONE;

    /** The peer's data that acknowledges up to here need not wait for this side any more. */
    long waived = NONE;

    /** Lowest and highest acknowledgment while the base was unknown. */
    boolean hinted;

    int hintLow;
    int hintHigh;

    /**
     * Segments far away that fit each other: {@link TcpFlow} starts a new flow when there are
     * several.
     */
    int farNext;

    int farCount;

    /**
     * Byte {@code o} of the stream is at {@code o & ring.length - 1}, for the latest {@code
     * ring.length} bytes since ringFrom.
     */
    byte[] ring = NO_RING;

    long ringFrom;

    /** Out of order, ascending, not overlapping: {@code [heldFrom, heldFrom + heldCount)}. */
    private Segment[] held = NO_SEGMENTS;

    private int heldFrom;
    int heldCount;
    long heldBytes;

    /** When what is held began to wait for what comes before it. */
    long stuckSince;

    /** A piece of the stream that waits. */
    static final class Segment {
        private static final int OVERHEAD = 128;

        long offset;
        int length;

        /** What the capture holds of it; the rest was cut off. */
        final byte[] bytes;

        /** Index of its first byte in the payload that it came with. */
        final int index;

        final Origin origin;
        final boolean acks;
        final int ack;
        final boolean push;

        Segment(
                long offset,
                int length,
                byte[] bytes,
                int index,
                Origin origin,
                boolean acks,
                int ack,
                boolean push) {
            this.offset = offset;
            this.length = length;
            this.bytes = bytes;
            this.index = index;
            this.origin = origin;
            this.acks = acks;
            this.ack = ack;
            this.push = push;
        }

        long end() {
            return offset + length;
        }

        int present() {
            return Math.min(length, bytes.length);
        }

        long cost() {
            return (long) bytes.length + OVERHEAD;
        }
    }

    TcpSide(TcpFlow flow, int end) {
        this.flow = flow;
        this.end = end;
        frames = new Frames(flow.shared);
    }

    /**
     * RFC 9293 section 3.4: sequence numbers compare modulo 2^32, here relative to the next one
     * expected.
     */
    long offsetOf(int seq) {
        return next + (seq - (int) (base + next));
    }

    /** Where this side stands, for telling whether a sequence number is near. */
    long position() {
        return settling ? 0 : next;
    }

    long pending() {
        return next - delivered;
    }

    Segment first() {
        return held[heldFrom];
    }

    /** Makes {@code zero} offset 0 of the stream. */
    void rebase(long zero) {
        base += (int) zero;
        for (int i = heldFrom; i < heldFrom + heldCount; i++) held[i].offset -= zero;
        if (fin != NONE) fin -= zero;
        if (acked != NONE) acked -= zero;
        settling = false;
        based = true;
        next = 0;
        delivered = 0;
        ringFrom = 0;
    }

    /**
     * Keeps {@code length} bytes of payload, {@code present} of them at {@code at} in {@code
     * memory}, for later; of what is held already the first to come wins.
     *
     * @param index of the first byte in the payload
     * @return how many bytes were held already, negated (and less one) if they differ from those
     */
    int hold(
            long offset,
            int length,
            int present,
            MemorySegment memory,
            long at,
            int index,
            Origin origin,
            boolean acks,
            int ack,
            boolean push) {
        long end = offset + length;
        long cur = offset;
        int i = firstEndingAfter(offset);
        int duplicate = 0;
        boolean conflict = false;
        while (cur < end) {
            int skip = (int) (cur - offset);
            if (i < heldFrom + heldCount && held[i].offset <= cur) {
                Segment s = held[i];
                int n = (int) (Math.min(end, s.end()) - cur);
                int inHeld = (int) (cur - s.offset);
                int both = Math.min(n, Math.min(present - skip, s.present() - inHeld));
                conflict |= both > 0 && differs(memory, at + skip, s.bytes, inHeld, both);
                duplicate += n;
                cur += n;
                i++;
            } else {
                long stop = i < heldFrom + heldCount ? Math.min(end, held[i].offset) : end;
                int n = (int) (stop - cur);
                byte[] bytes = new byte[Math.clamp(present - skip, 0, n)];
                if (bytes.length > 0) {
                    MemorySegment.copy(
                            memory, ValueLayout.JAVA_BYTE, at + skip, bytes, 0, bytes.length);
                }
                i =
                        insert(i, new Segment(cur, n, bytes, index + skip, origin, acks, ack, push))
                                + 1;
                cur = stop;
            }
        }
        return conflict ? -duplicate - 1 : duplicate;
    }

    private int firstEndingAfter(long offset) {
        int lo = heldFrom;
        int hi = heldFrom + heldCount;
        while (lo < hi) {
            int mid = (lo + hi) >>> 1;
            if (held[mid].end() <= offset) lo = mid + 1;
            else hi = mid;
        }
        return lo;
    }

    private int insert(int i, Segment s) {
        if (heldFrom + heldCount == held.length) {
            boolean slide = heldFrom > 8 && heldFrom >= heldCount;
            Segment[] to = slide ? held : new Segment[Math.max(8, 2 * heldCount)];
            System.arraycopy(held, heldFrom, to, 0, heldCount);
            if (slide) Arrays.fill(held, heldCount, heldFrom + heldCount, null);
            held = to;
            i -= heldFrom;
            heldFrom = 0;
        }
        System.arraycopy(held, i, held, i + 1, heldFrom + heldCount - i);
        held[i] = s;
        heldCount++;
        heldBytes += s.cost();
        flow.shared.held(this, s.cost());
        return i;
    }

    @SuppressWarnings("NullAway") // slots outside of the range in use
    void removeFirst() {
        Segment s = held[heldFrom];
        held[heldFrom++] = null;
        if (--heldCount == 0) {
            heldFrom = 0;
            if (held.length > 64) held = NO_SEGMENTS;
        }
        heldBytes -= s.cost();
        flow.shared.held(this, -s.cost());
    }

    static boolean differs(MemorySegment memory, long at, byte[] bytes, int from, int n) {
        return MemorySegment.mismatch(
                        memory, at, at + n, MemorySegment.ofArray(bytes), from, from + n)
                >= 0;
    }

    /**
     * True if {@code n} bytes that came again for {@code offset} differ from those the ring still
     * has.
     */
    boolean differsFromRing(long offset, int n, MemorySegment memory, long at) {
        long from = Math.max(offset, Math.max(ringFrom, next - ring.length));
        long end = Math.min(offset + n, next);
        at += from - offset;
        while (from < end) {
            int pos = (int) from & ring.length - 1;
            int c = (int) Math.min(end - from, ring.length - pos);
            if (differs(memory, at, ring, pos, c)) return true;
            from += c;
            at += c;
        }
        return false;
    }

    /** A ring of at least {@code size} bytes (or the largest) that holds what this one holds. */
    void growRing(int size) {
        int bigger = Math.max(Shared.MIN_RING, ring.length);
        while (bigger < size && bigger < Shared.MAX_RING) bigger *= 4;
        byte[] to = flow.shared.ring(this, bigger);
        if (ring.length > 0) {
            ringFrom = Math.max(ringFrom, next - ring.length);
            long from = ringFrom;
            while (from < next) {
                int pos = (int) from & ring.length - 1;
                int toPos = (int) from & bigger - 1;
                int c = (int) Math.min(next - from, Math.min(ring.length - pos, bigger - toPos));
                System.arraycopy(ring, pos, to, toPos, c);
                from += c;
            }
            flow.shared.free(this, ring, false);
        } else {
            ringFrom = next;
        }
        ring = to;
    }

    /** Nothing is pending any more. */
    void freeRing() {
        if (ring.length == 0) return;
        flow.shared.free(this, ring, true);
        ring = NO_RING;
        ringFrom = next;
    }
}
