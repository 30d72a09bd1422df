package dev.telltale.analyze;

import dev.telltale.model.Side;

/** A protocol over a byte stream that is told by how a side begins to speak. */
public interface StreamProtocol {
    /** What the first bytes of a side say. */
    enum Match {
        NO,
        /** The bytes so far fit; more are needed. */
        MORE,
        /** They are this protocol, spoken as a client. */
        CLIENT,
        /** They are this protocol, spoken as a server. */
        SERVER
    }

    /**
     * Looks at the first {@code length} bytes of {@code side}; the more there are the surer, never
     * the other way round.
     */
    Match probe(Context context, Side side, byte[] bytes, int from, int length);

    StreamAnalyzer open(Context context, Side client);
}
