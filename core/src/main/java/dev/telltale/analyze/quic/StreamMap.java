package dev.telltale.analyze.quic;

import dev.telltale.model.FrameMap;
import java.util.Arrays;

/**
 * Where the bytes of one side of a QUIC stream came from. Its datagrams may have come on several
 * flows, so that frames and times are kept themselves.
 */
final class StreamMap implements FrameMap {
    private static final int MAX_PIECES = 1 << 20;
    private static final Origin NOWHERE = new Origin(new long[0], 0);

    /** Where a piece begins, and what brought it. */
    private long[] starts = {};

    private Origin[] origins = {};
    private int from;
    private int size;
    private long end;

    /** The next {@code length} bytes came with {@code origin}. */
    void add(long length, Origin origin) {
        if (length == 0) return;
        if (size > 0 && origins[from + size - 1] == origin) {
            end += length;
            return;
        }
        if (from + size == starts.length) room();
        starts[from + size] = end;
        origins[from + size++] = origin;
        end += length;
    }

    /** The next {@code length} bytes were not seen. */
    void gap(long length) {
        Origin before = size == 0 ? NOWHERE : origins[from + size - 1];
        add(length, new Origin(NOWHERE.frames(), before.timeNanos()));
    }

    private void room() {
        if (size >= MAX_PIECES) drop(size / 2);
        if (from > 0 && from >= size) {
            System.arraycopy(starts, from, starts, 0, size);
            System.arraycopy(origins, from, origins, 0, size);
            Arrays.fill(origins, size, from + size, NOWHERE);
        } else {
            int more = Math.max(4, 2 * size);
            long[] s = new long[more];
            Origin[] o = new Origin[more];
            System.arraycopy(starts, from, s, 0, size);
            System.arraycopy(origins, from, o, 0, size);
            Arrays.fill(o, size, more, NOWHERE);
            starts = s;
            origins = o;
        }
        from = 0;
    }

    private void drop(int n) {
        Arrays.fill(origins, from, from + n, NOWHERE);
        from += n;
        size -= n;
    }

    private int find(long offset) {
        int lo = 0;
        int hi = size - 1;
        while (lo <= hi) {
            int mid = lo + hi >>> 1;
            if (starts[from + mid] <= offset) lo = mid + 1;
            else hi = mid - 1;
        }
        return hi;
    }

    @Override
    public long[] frames(long offset, long length) {
        if (length <= 0 || size == 0 || offset >= end) return NOWHERE.frames();
        long to = length > end - offset ? end : offset + length;
        long[] all = {};
        for (int i = Math.max(0, find(offset)); i < size && starts[from + i] < to; i++) {
            long[] more = origins[from + i].frames();
            if (all.length == 0) {
                all = more;
                continue;
            }
            int n = all.length;
            all = Arrays.copyOf(all, n + more.length);
            System.arraycopy(more, 0, all, n, more.length);
        }
        return Arrays.stream(all).sorted().distinct().toArray();
    }

    @Override
    public long time(long offset) {
        return size == 0 ? 0 : origins[from + Math.max(0, find(offset))].timeNanos();
    }

    @Override
    public void forget(long offset) {
        int keep = find(offset);
        if (keep > 0) drop(keep);
    }
}
