package dev.telltale.model;

/**
 * One conversation between two endpoints: a TCP connection, a UDP 5-tuple, or one entry of an
 * exchange capture.
 *
 * @param number the frame (1-based) that opened it, for exchange captures the entry (0-based):
 *     unique in a capture for packet captures and the same for any number of workers
 * @param midway true where the start was not seen (no SYN)
 */
public record Flow(
        long number,
        Transport transport,
        Endpoint initiator,
        Endpoint responder,
        boolean midway,
        FrameMap sent,
        FrameMap answered) {

    public Endpoint endpoint(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    /** Frame map of the bytes that {@code side} sent. */
    public FrameMap frames(Side side) {
        return side == Side.INITIATOR ? sent : answered;
    }
}
