package dev.telltale.audit;

import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Hands packets from one reader to several takers by a key, in batches of copies: all packets of
 * one key go to the same taker in their order, so that every taker sees whole flows.
 */
final class FanOut implements PacketSink {
    private static final int BATCH_BYTES = 1 << 18;
    private static final int WAITING = 4;
    private static final long POLL_MILLIS = 50;

    private final ToIntFunction<Packet> key;
    private final List<Lane> lanes;
    private volatile boolean broken;
    private long clock;

    FanOut(int takers, ToIntFunction<Packet> key) {
        this.key = key;
        this.lanes = Stream.generate(Lane::new).limit(takers).toList();
    }

    /** Copies of packets, in order. */
    private static final class Batch {
        private static final Batch END = new Batch(0);
        private byte[] bytes;
        private int used;
        private int count;
        private int[] captured = new int[256];
        private int[] original = new int[256];
        private int[] linkType = new int[256];
        private long[] number = new long[256];
        private long[] time = new long[256];
        private long[] clock = new long[256];
        private String[] app = new String[256];
        private long[][] fragments = new long[256][];

        private Batch(int size) {
            bytes = new byte[size];
        }

        private void add(Packet p, long at) {
            if (used + p.captured > bytes.length) bytes = Arrays.copyOf(bytes, used + p.captured);
            if (count == captured.length) grow();
            MemorySegment.copy(p.memory, ValueLayout.JAVA_BYTE, p.offset, bytes, used, p.captured);
            captured[count] = p.captured;
            original[count] = p.original;
            linkType[count] = p.linkType;
            number[count] = p.number;
            time[count] = p.timeNanos;
            clock[count] = at;
            app[count] = p.app;
            fragments[count] = p.fragments;
            used += p.captured;
            count++;
        }

        private void grow() {
            int n = count * 2;
            captured = Arrays.copyOf(captured, n);
            original = Arrays.copyOf(original, n);
            linkType = Arrays.copyOf(linkType, n);
            number = Arrays.copyOf(number, n);
            time = Arrays.copyOf(time, n);
            clock = Arrays.copyOf(clock, n);
            app = Arrays.copyOf(app, n);
            fragments = Arrays.copyOf(fragments, n);
        }

        private void replay(Packet cursor, PacketSink to) {
            cursor.memory = MemorySegment.ofArray(bytes);
            long at = 0;
            for (int i = 0; i < count; i++) {
                cursor.offset = at;
                cursor.captured = captured[i];
                cursor.original = original[i];
                cursor.linkType = linkType[i];
                cursor.number = number[i];
                cursor.timeNanos = time[i];
                cursor.clockNanos = clock[i];
                cursor.app = app[i];
                cursor.fragments = fragments[i];
                at += captured[i];
                to.packet(cursor);
            }
        }

        private void clear() {
            used = 0;
            count = 0;
        }
    }

    private static final class Lane {
        private final ArrayBlockingQueue<Batch> full = new ArrayBlockingQueue<>(WAITING);
        private final ArrayBlockingQueue<Batch> free = new ArrayBlockingQueue<>(WAITING + 2);
        private Batch open = new Batch(BATCH_BYTES);
    }

    @Override
    public void packet(Packet p) {
        Lane lane = lanes.get(Math.floorMod(key.applyAsInt(p), lanes.size()));
        clock = Math.max(clock, p.timeNanos);
        lane.open.add(p, clock);
        if (lane.open.used >= BATCH_BYTES - 65_536) send(lane);
    }

    private void send(Lane lane) {
        put(lane, lane.open);
        Batch next = lane.free.poll();
        lane.open = next == null ? new Batch(BATCH_BYTES) : next;
    }

    private void put(Lane lane, Batch batch) {
        try {
            while (!lane.full.offer(batch, POLL_MILLIS, TimeUnit.MILLISECONDS))
                if (broken) throw new IllegalStateException("a taker has failed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The reader is done. */
    void end() {
        for (Lane lane : lanes) {
            put(lane, lane.open);
            put(lane, Batch.END);
        }
    }

    /** A reader or taker has failed: nobody waits any more. */
    void fail() {
        broken = true;
    }

    /** Takes the packets of one lane until the reader is done. */
    void take(int taker, PacketSink to) {
        Lane lane = lanes.get(taker);
        Packet cursor = new Packet();
        try {
            while (true) {
                Batch b = lane.full.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (b == null) {
                    if (broken) throw new IllegalStateException("the reader has failed");
                    continue;
                }
                if (b == Batch.END) return;
                b.replay(cursor, to);
                b.clear();
                lane.free.offer(b);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
