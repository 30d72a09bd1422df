package dev.telltale.model;

import java.util.List;

/**
 * What the unwrapper finds in one part. Trails run from the part inwards and are empty for the part
 * itself.
 */
public interface LayerSink {
    /**
     * @param kind the part as split: PATH, QUERY, HEADER, COOKIE, BODY, FRAME, NAME
     * @param name key of the query parameter, header or cookie, else empty
     * @param partAt offset of the split part within the part the analyzer delivered (a query value
     *     within its target)
     * @param range where the form stands in the innermost layer of the trail
     */
    void sighting(
            PartKind kind, String name, long partAt, List<LayerStep> trail, int form, Range range);

    /**
     * A leaf that was not understood: {@code OPAQUE} (64 bytes and more, no recognised format, high
     * entropy; or over Budget or undecodable), or readable but {@code UNEXPLAINED} (16 to 63
     * bytes).
     *
     * @param partBytes its share in bytes of the analyzer's part (a leaf inside gzip counts its
     *     share of the gzip bytes)
     * @param hash 64-bit hash of the leaf's bytes, to tell values that the service itself had sent
     *     before
     */
    void unread(
            PartKind kind,
            String name,
            KeyPath keys,
            ByteClass byteClass,
            ReasonCode reason,
            long partBytes,
            long hash);

    /** Keys down to the current leaf, made only when asked for: most leaves never are. */
    @FunctionalInterface
    interface KeyPath {
        List<String> keys();
    }

    /**
     * True where a value that may be a salted digest is to be told by {@link #digestShaped}; asked
     * first, because telling one costs.
     */
    default boolean wantsDigestShaped(PartKind kind) {
        return false;
    }

    /**
     * A token, or a leaf of bytes, of a digest's length that nothing explains.
     *
     * @param b holds it in {@code [from, to)}, as written
     * @param raw bytes, not letters
     * @param counted its {@link #unread} follows at once
     */
    default void digestShaped(
            PartKind kind,
            String name,
            long partAt,
            List<LayerStep> trail,
            Range range,
            byte[] b,
            int from,
            int to,
            boolean raw,
            boolean counted) {}

    /** A form that several values of the part are together, in their order. */
    default void split(int form, List<Piece> pieces) {}

    /** Where one of them stands, as in {@link #sighting}. */
    record Piece(PartKind kind, String name, long partAt, List<LayerStep> trail, Range range) {}

    /** A key that a known one has unwrapped; it may open the rest of the message. */
    default void unwrapped(byte[] key) {}

    default List<byte[]> unwrappedKeys() {
        return List.of();
    }

    /** True where {@link #value} is to be called for each value. */
    default boolean wantsValues() {
        return false;
    }

    /** A value of a structure or part, or a name of one; the same may be told twice. */
    default void value(PartKind kind, String name, KeyPath keys, byte[] b, int from, int to) {}

    /**
     * A received value of 16 bytes or more of token shape, by the same hash: not the phone's own
     * when it comes back.
     */
    void received(long hash);

    /** So many bytes of some layer were scanned for forms. */
    void scanned(long bytes);

    void anomaly(Anomaly.Kind kind, long partOffset, String text);
}
