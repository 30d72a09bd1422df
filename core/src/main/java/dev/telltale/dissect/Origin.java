package dev.telltale.dissect;

import dev.telltale.model.Packet;

/**
 * Which frame, or frames of fragments, a payload came with.
 *
 * @param fragments pairs (index of a fragment's first byte in the payload, maybe negative; its
 *     frame), empty for one frame
 */
record Origin(long frame, long timeNanos, long[] fragments) {
    private static final long[] WHOLE = {};

    /**
     * @param payload index of the payload's first byte, counted from {@link Packet#offset}
     */
    static Origin of(Packet p, long payload) {
        if (p.fragments.length == 0) return new Origin(p.number, p.timeNanos, WHOLE);
        long[] shifted = p.fragments.clone();
        for (int i = 0; i < shifted.length; i += 2) shifted[i] -= payload;
        return new Origin(p.number, p.timeNanos, shifted);
    }

    /**
     * Maps the next {@code length} bytes of a stream, which are those of the payload from {@code
     * at} on.
     */
    void map(Frames map, int at, int length) {
        int end = at + length;
        for (int i = 0; i < fragments.length && at < end; i += 2) {
            long stop = i + 2 < fragments.length ? Math.min(end, fragments[i + 2]) : end;
            if (stop <= at) continue;
            map.add((int) (stop - at), fragments[i + 1], timeNanos);
            at = (int) stop;
        }
        if (at < end) map.add(end - at, frame, timeNanos);
    }
}
