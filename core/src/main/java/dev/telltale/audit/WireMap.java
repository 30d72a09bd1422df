package dev.telltale.audit;

import dev.telltale.model.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the bytes of one part stand in the wire stream: pieces in part order, neighbours joined.
 */
final class WireMap {
    private long[] pieces = new long[3 * 4];
    private int size;

    void clear() {
        size = 0;
    }

    /**
     * {@code length} bytes of the part from {@code partAt} stand at {@code wireAt}; nothing where
     * that is negative.
     */
    void add(long partAt, long wireAt, long length) {
        if (wireAt < 0 || length <= 0) return;
        int last = 3 * (size - 1);
        if (size > 0
                && pieces[last] + pieces[last + 2] == partAt
                && pieces[last + 1] + pieces[last + 2] == wireAt) {
            pieces[last + 2] += length;
            return;
        }
        if (size * 3 == pieces.length) pieces = Arrays.copyOf(pieces, pieces.length * 2);
        pieces[size * 3] = partAt;
        pieces[size * 3 + 1] = wireAt;
        pieces[size * 3 + 2] = length;
        size++;
    }

    /** The wire ranges of the part's {@code range}; empty where the capture has no wire bytes. */
    List<Range> wire(Range range) {
        List<Range> out = new ArrayList<>(2);
        for (int i = firstEndingAfter(range.start()); i < size; i++) {
            long at = pieces[i * 3];
            if (at >= range.end()) break;
            long from = Math.max(at, range.start());
            long to = Math.min(at + pieces[i * 3 + 2], range.end());
            if (from < to) out.add(new Range(pieces[i * 3 + 1] + from - at, to - from));
        }
        return out;
    }

    private int firstEndingAfter(long partAt) {
        int lo = 0;
        int hi = size;
        while (lo < hi) {
            int mid = (lo + hi) >>> 1;
            if (pieces[mid * 3] + pieces[mid * 3 + 2] <= partAt) lo = mid + 1;
            else hi = mid;
        }
        return lo;
    }
}
