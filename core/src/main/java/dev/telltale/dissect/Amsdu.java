package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Several packets in one 802.11 frame: A-MSDU, IEEE 802.11-2020 section 9.3.2.2.
 *
 * <pre>
 * ( target 6 | source 6 | length 2 | LLC/SNAP 8 | ... | padding to 4, not after the last )*
 * </pre>
 */
final class Amsdu {
    private static final int HEADER = 14;
    private static final int SNAP = 8;

    private Amsdu() {}

    static void read(Bundles to, Packet p, long at, long end, long wireEnd) {
        MemorySegment m = p.memory;
        while (end - at >= HEADER + SNAP) {
            int length = Bytes.u16(m, at + 12);
            long stop = at + HEADER + length;
            if (stop > wireEnd) break;
            // The length may be one that Ethernet takes for a type, so SNAP makes room for the
            // type.
            boolean snap =
                    length > SNAP
                            && Bytes.u16(m, at + HEADER) == 0xaaaa
                            && (Bytes.i32(m, at + HEADER + 2) & ~0xf8) == 0x03000000;
            if (snap) {
                int captured = (int) (Math.min(stop, end) - at - SNAP);
                byte[] frame = new byte[captured];
                MemorySegment.copy(m, ValueLayout.JAVA_BYTE, at, frame, 0, 12);
                MemorySegment.copy(
                        m, ValueLayout.JAVA_BYTE, at + 12 + SNAP, frame, 12, captured - 12);
                to.made(p, frame, HEADER + length - SNAP, 1, new long[] {0, p.number});
            } else {
                to.skip(Why.NOT_IP, Link.LLC, length, p);
            }
            at += (HEADER + length + 3) & ~3;
        }
        if (end < wireEnd && at < wireEnd) to.skip(Why.CUT_HEADERS, 0, wireEnd - at, p);
        else if (wireEnd - at >= HEADER) to.skip(Why.MALFORMED_LINK, 105, wireEnd - at, p);
    }
}
