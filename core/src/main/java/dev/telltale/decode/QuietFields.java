package dev.telltale.decode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Header fields that were taken apart before and told nothing: a phone sends the same user agent,
 * the same media types and the same server names thousands of times. What a field tells depends on
 * nothing but its name, its bytes and its side, so the second look at the same field is a
 * comparison.
 */
final class QuietFields {
    private static final int SLOTS = 1 << 9;

    /** Longer fields are rarely the same. */
    private static final int LONGEST = 256;

    /** Hash of the field met last in each slot: one is kept only when it comes again. */
    private final long[] met = new long[SLOTS];

    private final @Nullable Quiet[] kept = new @Nullable Quiet[SLOTS];

    /** Slot and hash of the last that was asked for, so that it need not be hashed again. */
    private int slot;

    private long hash;

    /**
     * @param scanned bytes of all layers that were searched in it
     */
    private record Quiet(String name, byte[] bytes, boolean received, long scanned) {}

    /** Bytes that were searched in this field when it was looked at; -1 where it has to be now. */
    long scanned(String name, byte[] b, int from, int length, boolean received) {
        if (length > LONGEST) return -1;
        hash = Noise.hash(b, from, from + length) ^ name.hashCode() ^ (received ? 1L << 32 : 0);
        slot = (int) (hash ^ hash >>> 20) & SLOTS - 1;
        if (met[slot] != hash) return -1;
        Quiet q = kept[slot];
        return q != null
                        && q.received == received
                        && q.name.equals(name)
                        && Arrays.equals(q.bytes, 0, q.bytes.length, b, from, from + length)
                ? q.scanned
                : -1;
    }

    /** The field just asked for told nothing. */
    void quiet(String name, byte[] b, int from, int length, boolean received, long scanned) {
        if (length > LONGEST) return;
        if (met[slot] == hash) {
            byte[] copy = Arrays.copyOfRange(b, from, from + length);
            kept[slot] = new Quiet(name, copy, received, scanned);
        } else {
            met[slot] = hash;
            kept[slot] = null;
        }
    }
}
