package dev.telltale.model;

/**
 * One conversation between two endpoints: a TCP connection, a UDP 5-tuple, or one entry of an
 * exchange capture.
 *
 * @param number the frame (1-based) that opened it, for exchange captures the entry (0-based):
 *     unique in a capture for packet captures and the same for any number of workers
 * @param midway true where the start was not seen (no SYN)
 * @param secured what protected the bytes on their way where the recorder took that off before it
 *     wrote them down, else {@link Secured#NONE}
 * @param serverName name of the responder as the recorder knew it, else empty
 * @param app process or package that opened it where the capture tells, else empty
 */
public record Flow(
        long number,
        Transport transport,
        Endpoint initiator,
        Endpoint responder,
        boolean midway,
        FrameMap sent,
        FrameMap answered,
        Secured secured,
        String serverName,
        String app) {

    /** A flow of which no more is known than its packets show. */
    public Flow(
            long number,
            Transport transport,
            Endpoint initiator,
            Endpoint responder,
            boolean midway,
            FrameMap sent,
            FrameMap answered) {
        this(number, transport, initiator, responder, midway, sent, answered, Secured.NONE, "", "");
    }

    /** The same flow, known to be of {@code app}. */
    public Flow of(String app) {
        return new Flow(
                number,
                transport,
                initiator,
                responder,
                midway,
                sent,
                answered,
                secured,
                serverName,
                app);
    }

    /** Index in a capture of exchanges, -1 for packet captures. */
    public int entry() {
        return transport == Transport.EXCHANGES ? (int) number : -1;
    }

    public Endpoint endpoint(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    /** Frame map of the bytes that {@code side} sent. */
    public FrameMap frames(Side side) {
        return side == Side.INITIATOR ? sent : answered;
    }
}
