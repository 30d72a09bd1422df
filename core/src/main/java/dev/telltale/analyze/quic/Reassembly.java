package dev.telltale.analyze.quic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the bytes of one side of a stream in order (RFC 9000 2.2). What comes twice is taken once;
 * what comes early waits; whoever owns it says when a hole is a gap.
 */
final class Reassembly {
    /** Farther ahead than any window; also the longest gap that is believed. */
    static final long FAR = 1L << 28;

    /** What a piece that waits costs beside its bytes. */
    private static final int OVERHEAD = 64;

    /** Gaps remembered, for bytes that come after all. */
    private static final int MOST_GAPS = 64;

    /** Takes the bytes in order. */
    interface Taker {
        void data(long offset, byte[] b, int from, int length);

        void gap(long offset, long length);

        /** Bytes that were told as a gap before. */
        void late(byte[] b, int from, int length, Origin origin);
    }

    private record Piece(long at, byte[] bytes, Origin origin) {
        long end() {
            return at + bytes.length;
        }
    }

    final StreamMap map = new StreamMap();
    private final Taker taker;
    private final List<Piece> held = new ArrayList<>(0);
    private long next;
    private long cost;

    /** Pairs: where a gap begins and ends. */
    private long[] gaps = {};

    Reassembly(Taker taker) {
        this.taker = taker;
    }

    /** Everything before it was told. */
    long next() {
        return next;
    }

    /** Memory of what waits. */
    long cost() {
        return cost;
    }

    boolean waiting() {
        return !held.isEmpty();
    }

    /**
     * @return how many of the bytes were new
     */
    int add(long at, byte[] b, int from, int length, Origin origin) {
        long end = at + length;
        if (length == 0) return 0;
        if (at > next)
            return at - next > FAR
                    ? late(b, from, length, origin)
                    : hold(at, b, from, length, origin);
        int fresh = at < next ? again(at, b, from, (int) Math.min(length, next - at), origin) : 0;
        if (end <= next) return fresh;
        long was = next;
        int skip = (int) (was - at);
        long told = deliver(b, from + skip, length - skip, origin);
        for (Piece p : held) {
            if (p.at >= end) break;
            told -= Math.min(p.end(), end) - p.at;
        }
        drain();
        return fresh + (int) told;
    }

    private int late(byte[] b, int from, int length, Origin origin) {
        taker.late(b, from, length, origin);
        return length;
    }

    /** Bytes that lie before {@link #next}: new where they were missed. */
    private int again(long at, byte[] b, int from, int length, Origin origin) {
        int fresh = 0;
        for (int i = 0; i < gaps.length; i += 2) {
            long s = Math.max(at, gaps[i]);
            long e = Math.min(at + length, gaps[i + 1]);
            if (s >= e) continue;
            fresh += late(b, from + (int) (s - at), (int) (e - s), origin);
            // The rest of the gap is remembered up to here or from here on, whichever is longer.
            if (s - gaps[i] > gaps[i + 1] - e) gaps[i + 1] = s;
            else gaps[i] = e;
        }
        return fresh;
    }

    private int hold(long at, byte[] b, int from, int length, Origin origin) {
        long s = at;
        long e = at + length;
        int i = held.size();
        while (i > 0 && held.get(i - 1).end() > s) i--;
        int fresh = 0;
        while (s < e) {
            long stop = i == held.size() ? e : Math.min(e, held.get(i).at);
            if (s < stop) {
                int k = from + (int) (s - at);
                held.add(i, new Piece(s, Arrays.copyOfRange(b, k, k + (int) (stop - s)), origin));
                cost += OVERHEAD + stop - s;
                fresh += (int) (stop - s);
                i++;
            }
            if (i == held.size()) break;
            s = Math.max(stop, held.get(i).end());
            i++;
        }
        return fresh;
    }

    private long deliver(byte[] b, int from, int length, Origin origin) {
        map.add(length, origin);
        long at = next;
        next += length;
        taker.data(at, b, from, length);
        return length;
    }

    private void drain() {
        int done = 0;
        while (done < held.size() && held.get(done).at <= next) {
            Piece p = held.get(done++);
            cost -= OVERHEAD + p.bytes.length;
            int skip = (int) Math.min(p.bytes.length, next - p.at);
            if (skip < p.bytes.length) deliver(p.bytes, skip, p.bytes.length - skip, p.origin);
        }
        held.subList(0, done).clear();
    }

    /** The first hole is not filled any more. */
    void force() {
        if (held.isEmpty()) return;
        gap(held.getFirst().at - next);
        drain();
    }

    /** Nothing more comes; the stream had {@code size} bytes, -1 where that is not known. */
    void finish(long size) {
        while (!held.isEmpty()) force();
        if (size > next) gap(Math.min(size - next, FAR));
    }

    private void gap(long length) {
        if (gaps.length == 2 * MOST_GAPS) gaps = Arrays.copyOfRange(gaps, 2, gaps.length);
        gaps = Arrays.copyOf(gaps, gaps.length + 2);
        gaps[gaps.length - 2] = next;
        gaps[gaps.length - 1] = next + length;
        map.gap(length);
        long at = next;
        next += length;
        taker.gap(at, length);
    }
}
