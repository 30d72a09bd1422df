package dev.telltale.model;

/** One exchange being told. */
public interface ExchangeSink {
    /**
     * Opens a message of this exchange. A message's {@code TARGET} part, if any, comes first and is
     * delivered whole, so that the request line of every later sighting can be shown with its
     * identifiers replaced.
     */
    MessageSink message(Side side);

    /** No further message comes. */
    void end();
}
