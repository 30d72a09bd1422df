package dev.telltale.bench;

import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.model.Packet;
import dev.telltale.model.StreamEvent;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Packets to stream events: payload bytes a microsecond (MB/s), in order and shuffled. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReassemblyBenchmark {
    private static final int FLOWS = 64;
    private static final int SEGMENTS = 256;
    private static final int PAYLOAD = 1448;
    private static final int HEADERS = 14 + 20 + 20;
    private static final int BYTES = FLOWS * SEGMENTS * PAYLOAD;

    /** Neighbouring packets that may change places. */
    @Param({"1", "8"})
    public int shuffle;

    private byte[] frames = {};
    private int[] order = {};

    @Setup
    public void setUp() {
        int size = HEADERS + PAYLOAD;
        frames = new byte[FLOWS * SEGMENTS * size];
        ByteBuffer b = ByteBuffer.wrap(frames);
        for (int s = 0; s < SEGMENTS; s++) {
            for (int f = 0; f < FLOWS; f++) segment(b, f, s);
        }
        Random random = new Random(1);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < FLOWS * SEGMENTS; i++) all.add(i);
        int window = shuffle * FLOWS;
        for (int i = 0; shuffle > 1 && i + window <= all.size(); i += window)
            Collections.shuffle(all.subList(i, i + window), random);
        order = all.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void segment(ByteBuffer b, int flow, int segment) {
        b.putLong(0x0200_0000_0001_0200L).putInt(0x0000_0002).putShort((short) 0x0800);
        b.put((byte) 0x45).put((byte) 0).putShort((short) (40 + PAYLOAD)).putInt(0);
        b.put((byte) 64)
                .put((byte) 6)
                .putShort((short) 0)
                .putInt(0xc0a82b11)
                .putInt(0xcb007100 | flow);
        b.putShort((short) (40_000 + flow))
                .putShort((short) 80)
                .putInt(1 + segment * PAYLOAD)
                .putInt(1);
        b.put((byte) 0x50).put((byte) 0x10).putShort((short) 65_535).putInt(0);
        b.position(b.position() + PAYLOAD);
    }

    @Benchmark
    @OperationsPerInvocation(BYTES)
    public long reassemble() {
        long[] delivered = new long[1];
        Dissector dissector =
                new Dissector(
                        flow ->
                                event -> {
                                    if (event instanceof StreamEvent.Data d)
                                        delivered[0] += d.length();
                                },
                        anomaly -> {},
                        DissectLimits.DEFAULT);
        Packet p = new Packet();
        p.memory = MemorySegment.ofArray(frames);
        p.captured = HEADERS + PAYLOAD;
        p.original = HEADERS + PAYLOAD;
        p.linkType = 1;
        for (int i = 0; i < order.length; i++) {
            p.offset = (long) order[i] * (HEADERS + PAYLOAD);
            p.number = i + 1;
            p.timeNanos = i * 1_000L;
            dissector.packet(p);
        }
        dissector.end();
        if (delivered[0] != BYTES)
            throw new IllegalStateException("delivered " + delivered[0] + " of " + BYTES);
        return delivered[0];
    }
}
