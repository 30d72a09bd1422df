package dev.telltale.model;

/**
 * Where the bytes of one side of a flow stood in the capture: wire stream offset to frame and time.
 */
public interface FrameMap {
    /**
     * Numbers (1-based, ascending, distinct) of the frames that carried {@code [offset, offset +
     * length)}; empty if unknown.
     */
    long[] frames(long offset, long length);

    /**
     * Capture time of the byte at {@code offset} in nanoseconds since the epoch; the nearest known
     * one if that byte has none.
     */
    long time(long offset);

    /**
     * Says that no byte before {@code offset} will be asked for again, so that memory stays
     * bounded.
     */
    void forget(long offset);

    /** A map that knows no frames (HAR and flow dumps) and one time. */
    static FrameMap at(long timeNanos) {
        return new FrameMap() {
            @Override
            public long[] frames(long offset, long length) {
                return new long[0];
            }

            @Override
            public long time(long offset) {
                return timeNanos;
            }

            @Override
            public void forget(long offset) {}
        };
    }
}
