package dev.telltale.analyze;

import dev.telltale.model.Side;

/** Reads one protocol on the datagrams of a flow. */
public interface DatagramAnalyzer {
    /**
     * Takes one datagram and accounts for it; false where it is not of this protocol, with nothing
     * done.
     */
    boolean datagram(Side side, long offset, byte[] bytes, int from, int length);

    /** The flow is over: every exchange still open is ended. */
    void end();
}
