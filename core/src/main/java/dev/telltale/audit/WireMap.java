package dev.telltale.audit;

import dev.telltale.model.Range;
import dev.telltale.model.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the bytes of one part stand in the wire stream, or which wire bytes they were made from:
 * pieces in part order, neighbours joined.
 */
final class WireMap {
    private static final int FIELDS = 4;

    /** Offset in the part, length there, offset on the wire, length there (-1: byte for byte). */
    private long[] pieces = new long[FIELDS * 4];

    private int size;
    private String layer = "";

    void clear() {
        size = 0;
        layer = "";
    }

    /** What made the part of its wire bytes; empty where they are its bytes. */
    String layer() {
        return layer;
    }

    /**
     * {@code length} bytes of the part from {@code partAt} stand at {@code wireAt}; nothing where
     * that is negative.
     */
    void add(long partAt, long wireAt, long length) {
        add(partAt, length, wireAt, -1);
    }

    /** {@code length} bytes of the part from {@code partAt} were made from {@code wire}. */
    void add(long partAt, long length, Wire wire) {
        layer = wire.layer();
        add(partAt, length, wire.at(), wire.aligned() ? -1 : wire.length());
    }

    private void add(long partAt, long length, long wireAt, long wireLength) {
        if (wireAt < 0 || length <= 0) return;
        int last = FIELDS * (size - 1);
        if (size > 0
                && pieces[last] + pieces[last + 1] == partAt
                && pieces[last + 3] == wireLength
                && pieces[last + 2] + (wireLength < 0 ? pieces[last + 1] : 0) == wireAt) {
            pieces[last + 1] += length;
            return;
        }
        if (size * FIELDS == pieces.length) pieces = Arrays.copyOf(pieces, pieces.length * 2);
        int i = size++ * FIELDS;
        pieces[i] = partAt;
        pieces[i + 1] = length;
        pieces[i + 2] = wireAt;
        pieces[i + 3] = wireLength;
    }

    /** The wire ranges of the part's {@code range}; empty where the capture has no wire bytes. */
    List<Range> wire(Range range) {
        List<Range> out = new ArrayList<>(2);
        for (int i = firstEndingAfter(range.start()); i < size * FIELDS; i += FIELDS) {
            long at = pieces[i];
            if (at >= range.end()) break;
            long from = Math.max(at, range.start());
            long to = Math.min(at + pieces[i + 1], range.end());
            if (from >= to) continue;
            if (pieces[i + 3] < 0) out.add(new Range(pieces[i + 2] + from - at, to - from));
            else out.add(new Range(pieces[i + 2], pieces[i + 3]));
        }
        return out;
    }

    private int firstEndingAfter(long partAt) {
        int lo = 0;
        int hi = size;
        while (lo < hi) {
            int mid = (lo + hi) >>> 1;
            if (pieces[mid * FIELDS] + pieces[mid * FIELDS + 1] <= partAt) lo = mid + 1;
            else hi = mid;
        }
        return lo * FIELDS;
    }
}
