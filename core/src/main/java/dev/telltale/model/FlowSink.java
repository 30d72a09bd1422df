package dev.telltale.model;

/**
 * What analyzers tell about one flow. Every wire byte of a flow, gaps included, is accounted for
 * exactly once: bytes fed to (or declared missing in) a part from {@link MessageSink#open} by
 * whoever takes that part, all others by the analyzer through {@link #account}, those of {@link
 * MessageSink#part} among them. The sum is checked against the packets.
 */
public interface FlowSink extends AnomalySink {
    /**
     * Opens an exchange; its request must have been understood as far as the fields of {@link
     * Exchange} need.
     */
    ExchangeSink exchange(Exchange exchange);

    /**
     * Accounts for {@code bytes} wire bytes of {@code side} that belong to no part's body: framing,
     * heads, handshakes (READABLE) or what stays closed (ENCRYPTED, OPAQUE, MISSING) and why.
     *
     * @param host as in {@link Exchange#host}, empty where unknown
     */
    void account(Side side, String host, ByteClass byteClass, long bytes, ReasonCode reason);

    /**
     * Bytes of one stream of this flow before anybody has read them: what the packets carried, or
     * what was decrypted of it. In order; some may be told twice.
     *
     * @param stream whose frame maps the offsets are of: the flow itself, or a stream inside it
     */
    default void plaintext(
            Flow stream, Side side, long offset, byte[] bytes, int from, int length) {}

    /**
     * {@code bytes} more of {@code side} are, or will be, accounted for as missing than its packets
     * carried: numbers of an inner layer tell of them, and the packets that had them are not in the
     * capture.
     */
    default void unseen(Side side, long bytes) {}

    /**
     * {@code name} stood for {@code ip} at that time, seen in an answer (DNS A/AAAA with its whole
     * CNAME chain's first name).
     */
    void nameOf(String ip, String name, long timeNanos);

    /** What the flow is, as it becomes known: for inspection. Empty strings mean unknown. */
    void identified(String protocol, String serverName, Secured secured);

    /** What a handshake of this flow showed, once it is over: for inspection. */
    default void handshake(TlsFacts facts) {}
}
