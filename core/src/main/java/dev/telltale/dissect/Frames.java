package dev.telltale.dissect;

import dev.telltale.model.FrameMap;
import java.util.Arrays;

/**
 * Frame map of one side of a flow: one entry for each piece of the stream, in stream order. Where
 * the maps of all flows outgrow their limit because nobody forgets, the older half of a map is
 * forgotten as it grows: evidence may then say "unknown", never a wrong frame.
 */
final class Frames implements FrameMap {
    private static final int MAX_ENTRIES = 1 << 20;

    /** So many are always kept. */
    private static final int FEW = 64;

    private static final long[] NONE = {};

    /** Triples: stream offset where the piece begins, its frame (0 for a gap), its time. */
    private long[] entries = NONE;

    private int from;
    private int size;
    private long end;
    private final Shared shared;

    Frames(Shared shared) {
        this.shared = shared;
    }

    /** The next {@code length} bytes of the stream came with {@code frame}. */
    void add(int length, long frame, long timeNanos) {
        if (length == 0) return;
        room();
        int i = 3 * (from + size);
        entries[i] = end;
        entries[i + 1] = frame;
        entries[i + 2] = timeNanos;
        size++;
        end += length;
    }

    /**
     * The next {@code length} bytes of the stream are not in the capture; their time is that of the
     * bytes before them.
     */
    void gap(long length, long elseNanos) {
        long timeNanos = size == 0 ? elseNanos : entries[3 * (from + size - 1) + 2];
        while (length > 0) {
            int n = (int) Math.min(length, Integer.MAX_VALUE);
            add(n, 0, timeNanos);
            length -= n;
        }
    }

    private void room() {
        if (3 * (from + size) < entries.length) return;
        if (size >= MAX_ENTRIES || (size >= FEW && !shared.mapMayGrow(8L * entries.length))) {
            from += size / 2;
            size -= size / 2;
        }
        // Sliding down is worth it once half of the array is free; otherwise grow.
        if (from > 0 && from >= size) {
            System.arraycopy(entries, 3 * from, entries, 0, 3 * size);
        } else {
            long[] bigger = new long[Math.max(12, 2 * 3 * size)];
            System.arraycopy(entries, 3 * from, bigger, 0, 3 * size);
            shared.mapGrew(8L * (bigger.length - entries.length));
            entries = bigger;
        }
        from = 0;
    }

    /** The flow is closed: whoever still needs the map keeps it alive, and no limit counts it. */
    void release() {
        shared.mapGrew(-8L * entries.length);
    }

    /** Index of the piece that holds {@code offset}, or -1. */
    private int find(long offset) {
        int lo = 0;
        int hi = size - 1;
        while (lo <= hi) {
            int mid = (lo + hi) >>> 1;
            if (entries[3 * (from + mid)] <= offset) lo = mid + 1;
            else hi = mid - 1;
        }
        return hi;
    }

    @Override
    public long[] frames(long offset, long length) {
        if (length <= 0 || size == 0 || offset >= end) return NONE;
        long to = offset + length;
        int first = Math.max(0, find(Math.max(0, offset)));
        long[] out = new long[4];
        int n = 0;
        for (int i = first; i < size; i++) {
            int e = 3 * (from + i);
            if (entries[e] >= to) break;
            if (entries[e + 1] == 0) continue;
            if (n == out.length) out = Arrays.copyOf(out, 2 * n);
            out[n++] = entries[e + 1];
        }
        Arrays.sort(out, 0, n);
        int distinct = 0;
        for (int i = 0; i < n; i++) if (i == 0 || out[i] != out[i - 1]) out[distinct++] = out[i];
        return Arrays.copyOf(out, distinct);
    }

    @Override
    public long time(long offset) {
        if (size == 0) return 0;
        return entries[3 * (from + Math.max(0, find(offset))) + 2];
    }

    @Override
    public void forget(long offset) {
        int keep = find(offset);
        if (keep <= 0) return;
        from += keep;
        size -= keep;
    }
}
