package dev.telltale.decode;

/**
 * Takes a layer of binary framing apart. The layer itself is not searched: each piece becomes a
 * layer of its own.
 */
interface Apart {
    /** As anomalies name it. */
    String name();

    /**
     * A layer of its own begins.
     *
     * @param mediaType what the layer is said to be, or empty
     * @param coding what the protocol says of the coding of messages within, or empty
     */
    void begin(String mediaType, String coding);

    /** Whether {@code mediaType} says that the layer is one. */
    boolean named(String mediaType);

    /**
     * Takes what it can of {@code [i, to)}; index = layer offset - {@code base}.
     *
     * @param last nothing follows {@code to}: all of it is taken
     * @return index of the first byte not taken
     */
    int feed(byte[] b, int i, int to, long base, boolean last);

    /** Why the bytes from the last {@link #feed}'s end on do not follow the format, or empty. */
    String broken();

    /** The format has come to its end before the layer's; what follows is not its own. */
    default boolean over() {
        return false;
    }

    /**
     * {@code missing} bytes are missing behind the {@code [i, to)} that {@link #feed} left.
     *
     * @return false where it cannot be told how the format goes on behind them; then the bytes left
     *     were not taken
     */
    boolean gap(byte[] b, int i, int to, long base, long missing);
}
