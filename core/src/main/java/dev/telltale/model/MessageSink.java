package dev.telltale.model;

/** One message being told, part by part; one part is open at a time. */
public interface MessageSink {
    /**
     * A part that is whole in memory and stands in the wire stream byte for byte at {@code at}.
     *
     * @param name header or field name as sent, empty for kinds without one
     * @param at wire stream offset of its first byte on this side of the flow, -1 where the capture
     *     has no wire bytes
     */
    void part(PartKind kind, String name, byte[] bytes, int from, int length, long at);

    /**
     * A part that is whole in memory but does not stand in the wire stream as it is; {@code wire}
     * says what it was made from.
     */
    default void part(PartKind kind, String name, byte[] bytes, int from, int length, Wire wire) {
        part(kind, name, bytes, from, length, -1);
    }

    /**
     * Opens a part that comes in pieces, most often a body. All its bytes are accounted for by the
     * unwrapper (readable, opaque); chunk framing and trailers are the analyzer's to account.
     */
    PartSink open(PartKind kind, String name, Hint hint);

    /** The status code of an answer, before its first part; 0 where it cannot be read. */
    default void status(int code) {}

    /** The message is over. */
    void end();

    /** A part that comes in pieces. */
    interface PartSink {
        /**
         * The next bytes; contiguous in the wire stream from {@code at} (-1: no wire bytes). The
         * array is the caller's.
         */
        void feed(byte[] bytes, int from, int length, long at);

        /**
         * The next bytes, made from {@code wire}. Unlike those of the other {@code feed}, whose
         * wire bytes are accounted for by whoever takes the part, these wire bytes are the
         * analyzer's to account for, as READABLE: their number is not that of the bytes given.
         */
        default void feed(byte[] bytes, int from, int length, Wire wire) {
            feed(bytes, from, length, -1);
        }

        /** {@code length} bytes of this part are missing from the capture. */
        void gap(long length, ReasonCode reason);

        void end();
    }
}
