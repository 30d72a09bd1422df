package dev.telltale.dissect;

import static dev.telltale.fuzz.Fuzzed.same;

import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;
import dev.telltale.model.Side;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Any frames through dissection and reassembly. The input is laid out as a pcap file of
 * microseconds, the two bytes of its link type alone taken from the header. One dissector and three
 * that share the packets must tell the same flows, and the sums hold.
 */
public final class DissectFuzz {
    private static final int WORKERS = 3;

    private DissectFuzz() {}

    public static void run(byte[] file) {
        Recorder one = new Recorder(1);
        Dissector alone = new Dissector(one, one.anomalies::add, DissectLimits.DEFAULT);
        long packets = packets(file, alone);
        alone.end();
        one.check(alone.totals());
        if (alone.totals().packets() != packets)
            throw new AssertionError(packets + " packets, counted " + alone.totals().packets());

        Recorder all = new Recorder(1);
        List<Dissector> shares = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++)
            shares.add(new Dissector(all, all.anomalies::add, DissectLimits.DEFAULT));
        long[] clock = {0};
        Defragmenter dealer =
                new Defragmenter(
                        DissectLimits.DEFAULT,
                        p -> {
                            p.clockNanos = clock[0] = Math.max(clock[0], p.timeNanos);
                            shares.get(Math.floorMod(DispatchKey.of(p), WORKERS)).packet(p);
                        });
        packets(file, dealer);
        dealer.end();
        Totals totals = dealer.totals();
        for (Dissector d : shares) {
            d.end();
            totals = totals.plus(d.totals());
        }
        all.check(totals);
        same("what one and several dissectors tell", text(one), text(all));
        same("sums", alone.totals().toString(), totals.toString());
    }

    /** Hands over the frames, as far as the file has them whole. */
    private static long packets(byte[] file, PacketSink to) {
        if (file.length < 24) return 0;
        MemorySegment m = MemorySegment.ofArray(file);
        ValueLayout.OfInt i32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        Packet p = new Packet();
        p.memory = m;
        p.linkType = m.get(i32, 20) & 0xffff;
        int at = 24;
        while (at + 16 <= file.length) {
            p.captured = m.get(i32, at + 8);
            if (p.captured < 0 || p.captured > file.length - at - 16) break;
            // The contract of a reader: no frame is longer in the file than it was on the wire.
            p.original = Math.max(p.captured, m.get(i32, at + 12));
            p.timeNanos =
                    (m.get(i32, at) & 0xffffffffL) * 1_000_000_000L + m.get(i32, at + 4) * 1000L;
            p.offset = at + 16;
            p.number++;
            to.packet(p);
            at += 16 + p.captured;
        }
        return p.number;
    }

    private static String text(Recorder r) {
        StringBuilder s = new StringBuilder();
        r.flows.stream()
                .sorted(
                        Comparator.comparing((Recorder.Recorded f) -> f.flow.number())
                                .thenComparing(f -> f.flow.transport()))
                .forEach(f -> {
                    s.append(f.flow.number()).append(' ').append(f.flow.transport());
                    s.append(' ').append(f.flow.initiator()).append(' ');
                    s.append(f.flow.responder()).append(f.flow.midway()).append(f.trace);
                    for (Side side : Side.values()) {
                        s.append(side).append(HexFormat.of().formatHex(f.bytes(side)));
                        s.append(f.gaps(side)).append(f.sides.get(side).closed);
                    }
                    s.append('\n');
                });
        return s.append(r.anomalies.stream().sorted().toList()).toString();
    }
}
