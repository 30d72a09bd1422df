package dev.telltale.model;

/**
 * What a reassembled flow is made of, in stream order per side. Offsets count the wire bytes of
 * that side from 0 (the first byte after the SYN, or the first byte seen of a flow joined midway);
 * gaps count as much as data.
 */
public sealed interface StreamEvent {
    Side side();

    long offset();

    /**
     * Bytes of {@code side}; the array belongs to the sender and may change after the call. For UDP
     * one event is one datagram.
     *
     * @param from index of the first byte in {@code bytes}
     */
    record Data(Side side, long offset, byte[] bytes, int from, int length)
            implements StreamEvent {}

    /** {@code length} bytes that the flow carried (or must have) and the capture does not hold. */
    record Gap(Side side, long offset, long length, ReasonCode reason) implements StreamEvent {}

    /** Nothing more of this side comes. */
    record Closed(Side side, long offset, How how) implements StreamEvent {}

    /** FIN, RST, a new SYN on the same 5-tuple, or the capture (or an idle UDP flow) ended. */
    enum How {
        FIN,
        RESET,
        REUSED,
        END_OF_CAPTURE
    }
}
