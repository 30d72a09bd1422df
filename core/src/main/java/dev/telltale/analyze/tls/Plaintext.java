package dev.telltale.analyze.tls;

import dev.telltale.model.Flow;
import dev.telltale.model.FrameMap;
import java.util.Arrays;

/**
 * Where the bytes of an inner stream stood in the one around it: one piece a TLS record, or a frame
 * of a multiplexed stream. Ciphers of today keep every byte in its place, so that the map is exact
 * to the byte; block ciphers mix bytes within their blocks and the next.
 */
public final class Plaintext implements FrameMap {
    private static final int MAX_PIECES = 1 << 20;

    private final FrameMap wire;

    /** No other stream needs what this one does not need any more. */
    private final boolean alone;

    /** Pairs: offset in the plaintext where a record's begins, and in the wire stream. */
    private long[] pieces = {};

    private int from;
    private int size;
    private long end;
    private long forgotten;

    public Plaintext(FrameMap wire) {
        this(wire, true);
    }

    public Plaintext(FrameMap wire, boolean alone) {
        this.wire = wire;
        this.alone = alone;
    }

    /** The same flow as its plaintext. */
    public static Flow of(Flow flow, Plaintext sent, Plaintext answered) {
        return new Flow(
                        flow.number(),
                        flow.transport(),
                        flow.initiator(),
                        flow.responder(),
                        flow.midway(),
                        sent,
                        answered)
                .of(flow.app());
    }

    public long end() {
        return end;
    }

    /** The next {@code length} bytes of plaintext stood at {@code at}. */
    public void add(long at, long length) {
        if (length == 0) return;
        if (2 * (from + size) == pieces.length) room();
        int i = 2 * (from + size);
        pieces[i] = end;
        pieces[i + 1] = at;
        size++;
        end += length;
    }

    private void room() {
        if (size >= MAX_PIECES) {
            from += size / 2;
            size -= size / 2;
        }
        if (from > 0 && from >= size) {
            System.arraycopy(pieces, 2 * from, pieces, 0, 2 * size);
        } else {
            long[] bigger = new long[Math.max(8, 4 * size)];
            System.arraycopy(pieces, 2 * from, bigger, 0, 2 * size);
            pieces = bigger;
        }
        from = 0;
    }

    private int find(long offset) {
        int lo = 0;
        int hi = size - 1;
        while (lo <= hi) {
            int mid = lo + hi >>> 1;
            if (pieces[2 * (from + mid)] <= offset) lo = mid + 1;
            else hi = mid - 1;
        }
        return hi;
    }

    @Override
    public long[] frames(long offset, long length) {
        long to = Math.min(end, offset + Math.min(length, end));
        long[] all = {};
        for (int i = Math.max(0, find(offset)); i < size; i++) {
            long begin = pieces[2 * (from + i)];
            if (begin >= to) break;
            long stop = i + 1 < size ? pieces[2 * (from + i + 1)] : end;
            long a = Math.max(begin, offset);
            long b = Math.min(stop, to);
            if (a >= b) continue;
            long[] more = wire.frames(pieces[2 * (from + i) + 1] + (a - begin), b - a);
            if (all.length == 0) {
                all = more;
                continue;
            }
            int n = all.length;
            all = Arrays.copyOf(all, n + more.length);
            System.arraycopy(more, 0, all, n, more.length);
        }
        Arrays.sort(all);
        int n = 0;
        for (int i = 0; i < all.length; i++) if (i == 0 || all[i] != all[i - 1]) all[n++] = all[i];
        return n == all.length ? all : Arrays.copyOf(all, n);
    }

    @Override
    public long time(long offset) {
        return wire.time(at(offset));
    }

    @Override
    public void forget(long offset) {
        forgotten = Math.max(forgotten, offset);
        int keep = find(offset);
        if (keep >= 0 && alone) wire.forget(at(offset));
        if (keep <= 0) return;
        from += keep;
        size -= keep;
    }

    /** How many of the {@code length} bytes from {@code offset} on stand together: at least one. */
    public long together(long offset, long length) {
        int i = find(offset);
        if (i < 0 || i + 1 >= size) return length;
        return Math.max(1, Math.min(length, pieces[2 * (from + i + 1)] - offset));
    }

    /**
     * Wire offset of the first byte that may yet be asked for; {@link Long#MAX_VALUE} where none of
     * those that came is.
     */
    public long needed() {
        return forgotten >= end ? Long.MAX_VALUE : at(forgotten);
    }

    /** Wire offset of the byte, or of the nearest one known. */
    public long at(long offset) {
        if (size == 0) return 0;
        int i = Math.max(0, find(offset));
        long begin = pieces[2 * (from + i)];
        long inside = Math.max(0, Math.min(offset, end - 1) - begin);
        return pieces[2 * (from + i) + 1] + inside;
    }
}
