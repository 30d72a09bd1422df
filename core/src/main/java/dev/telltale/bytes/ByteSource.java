package dev.telltale.bytes;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Bytes that come one after the other and are read once: a file, what a compressed file holds, an
 * array. Not thread-safe.
 *
 * <p>Reading never throws for what the bytes are or for a medium that fails: a source that cannot
 * go on ends, and {@link #damage} says why. What was read before stands.
 */
public interface ByteSource extends AutoCloseable {
    /**
     * Reads at most {@code length} (at least 1) bytes into {@code [from, from + length)}.
     *
     * @param into native memory or a byte array
     * @return how many, at least 1, or -1 once there are no more
     */
    int read(MemorySegment into, long from, int length);

    /** As {@link #read(MemorySegment, long, int)}, into an array. */
    default int read(byte[] into, int from, int length) {
        return read(MemorySegment.ofArray(into), from, length);
    }

    /** Bytes in all, -1 where that is not known before the end. */
    long length();

    /** Why the source ended early; empty while it did not. */
    Optional<Damage> damage();

    /**
     * The same bytes from offset {@code at} on, read independently of this source and closed by the
     * caller; empty where they come only once, as from a pipe.
     */
    default Optional<ByteSource> again(long at) {
        return Optional.empty();
    }

    /** Reads and forgets {@code length} bytes, fewer where the source ends before. */
    default void skip(long length) {
        byte[] waste = new byte[(int) Math.min(length, 64 << 10)];
        long left = length;
        while (left > 0) {
            int n = read(waste, 0, (int) Math.min(left, waste.length));
            if (n < 0) return;
            left -= n;
        }
    }

    @Override
    void close();

    /** The bytes of an array. */
    static ByteSource of(byte[] bytes) {
        return new ArraySource(bytes);
    }

    /**
     * @param at offset in the file where reading stopped (for compressed files: in the compressed
     *     file)
     * @param text what is wrong, a clause without a full stop
     */
    record Damage(Kind kind, long at, String text) {
        public enum Kind {
            /** The bytes end too early. */
            CUT,
            /** The bytes do not follow their format. */
            MALFORMED,
            /** More than this version is ready to make of them. */
            LIMIT,
            /** The medium failed. */
            UNREADABLE
        }
    }
}
