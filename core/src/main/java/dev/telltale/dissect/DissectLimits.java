package dev.telltale.dissect;

/**
 * What dissection may cost. A capture is hostile until proven otherwise: whatever it makes us keep
 * is bounded by one of these.
 *
 * @param flows flows kept at once, the lately closed among them; beyond it the least recently used
 *     one is closed
 * @param streamBuffers bytes of reassembled data of all flows that wait to be delivered
 * @param heldBytes bytes of out-of-order data of all flows that wait for what comes before them
 * @param heldBytesPerSide the same for one side of one flow
 * @param heldSegmentsPerSide out-of-order segments of one side of one flow
 * @param frameMaps bytes of the frame maps of all open flows; beyond it the older half of a growing
 *     one is forgotten
 * @param datagrams incomplete IP datagrams kept at once
 * @param datagramBytes bytes of incomplete IP datagrams kept at once
 */
public record DissectLimits(
        int flows,
        long streamBuffers,
        long heldBytes,
        int heldBytesPerSide,
        int heldSegmentsPerSide,
        long frameMaps,
        int datagrams,
        long datagramBytes) {
    public static final DissectLimits DEFAULT =
            new DissectLimits(32_768, 32 << 20, 32 << 20, 4 << 20, 4_096, 48 << 20, 512, 8 << 20);

    /**
     * The share of one of {@code n} dissectors that work side by side, so that all together cost no
     * more than one.
     */
    public DissectLimits shared(int n) {
        return new DissectLimits(
                Math.max(16, flows / n),
                Math.max(1 << 20, streamBuffers / n),
                Math.max(1 << 20, heldBytes / n),
                heldBytesPerSide,
                heldSegmentsPerSide,
                Math.max(1 << 20, frameMaps / n),
                datagrams,
                datagramBytes);
    }
}
