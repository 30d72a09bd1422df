package dev.telltale.model;

/**
 * Looks for every form of the persona's identifiers at once. Immutable, safe for several threads.
 */
public interface Matcher {
    /** The longest form in bytes: how far a match can reach past its first byte. */
    int reach();

    /**
     * Appends every occurrence that starts in {@code [from, to)}, in ascending order of start, and
     * is bounded as its form asks (no longer number, word or token around it). Bytes {@code [lo,
     * hi)} of {@code bytes} are valid; the byte before {@code lo} and after {@code hi} count as a
     * boundary. A caller with more to come keeps {@code hi - to > reach()}.
     */
    void scan(byte[] bytes, int lo, int hi, int from, int to, Hits hits);

    /**
     * Appends the forms that the value {@code [from, to)} is as a whole and that are too short to
     * be searched for.
     */
    void whole(byte[] bytes, int from, int to, Hits hits);

    /**
     * Appends the digests that the token {@code [from, to)} is, whole or cut short, and that are
     * too many to be searched for: letters of hex, base64, base64url or base32 that has none of
     * them beside it, and {@code padding} times {@code =} behind.
     */
    default void token(byte[] bytes, int from, int to, int padding, Hits hits) {}

    /** Appends the digests that the bytes {@code [from, to)} are as a whole, or begin. */
    default void raw(byte[] bytes, int from, int to, Hits hits) {}

    /** False where no form can begin with the value {@code [from, to)}; quick. */
    default boolean beginsPiece(byte[] bytes, int from, int to) {
        return false;
    }

    /** Appends the forms that the value {@code [from, to)} is the first of several pieces of. */
    default void firstPiece(byte[] bytes, int from, int to, Hits hits) {}

    /**
     * Bytes of {@code form} that are told once the value {@code [from, to)} follows the first
     * {@code at} of them; -1 where it does not follow.
     */
    default int nextPiece(int form, int at, byte[] bytes, int from, int to) {
        return -1;
    }

    /** By the number that hits hold. */
    Form form(int id);

    /** Index of the form's identifier: {@code form(id).identifier()}, at less cost. */
    default int identifier(int id) {
        return form(id).identifier();
    }

    /** Number of forms that {@link #scan} can find; those of other calls have higher numbers. */
    int forms();
}
