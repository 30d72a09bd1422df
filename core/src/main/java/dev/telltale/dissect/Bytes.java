package dev.telltale.dissect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Big-endian reads at any alignment. */
final class Bytes {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    static int u8(MemorySegment m, long at) {
        return m.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    static int u16(MemorySegment m, long at) {
        return m.get(SHORT, at) & 0xffff;
    }

    static int i32(MemorySegment m, long at) {
        return m.get(INT, at);
    }

    static long i64(MemorySegment m, long at) {
        return m.get(LONG, at);
    }

    /** Six bytes. */
    static long u48(MemorySegment m, long at) {
        return (long) u16(m, at) << 32 | (i32(m, at + 2) & 0xffffffffL);
    }

    /** Little-endian. */
    static int u16le(MemorySegment m, long at) {
        return Integer.reverseBytes(u16(m, at)) >>> 16;
    }

    /** Little-endian. */
    static int i32le(MemorySegment m, long at) {
        return Integer.reverseBytes(i32(m, at));
    }
}
