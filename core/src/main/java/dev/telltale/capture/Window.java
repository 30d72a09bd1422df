package dev.telltale.capture;

import dev.telltale.bytes.ByteSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A piece of a source in native memory, moving forward. Whoever reads asks for the bytes it needs
 * next; they then lie at {@link #at}. The window grows to the longest record only, and a record's
 * length is bounded by its format's reader.
 */
final class Window implements AutoCloseable {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Fits the second-level cache, so that what was read is still there when it is looked at. */
    static final int SIZE = 512 << 10;

    private final ByteSource source;
    private final Arena arena = Arena.ofConfined();
    private boolean ended;

    MemorySegment memory;

    /** Index in {@link #memory} of the next byte. */
    long at;

    /** End of the bytes that are there. */
    private long limit;

    /** Offset in the source of {@code memory[0]}. */
    private long base;

    Window(ByteSource source) {
        this.source = source;
        this.memory = arena.allocate(SIZE);
    }

    /** Makes the next {@code n} bytes be there; false where the source ends before. */
    boolean has(long n) {
        return limit - at >= n || fill(n);
    }

    private boolean fill(long n) {
        long have = limit - at;
        if (n > memory.byteSize()) {
            // The smaller one is kept until the end: in all they are less than twice the largest.
            MemorySegment grown = arena.allocate(Math.max(n, 2 * memory.byteSize()));
            MemorySegment.copy(memory, at, grown, 0, have);
            memory = grown;
        } else {
            MemorySegment.copy(memory, at, memory, 0, have);
        }
        base += at;
        at = 0;
        limit = have;
        while (limit < n && !ended) {
            int got = source.read(memory, limit, (int) (memory.byteSize() - limit));
            if (got < 0) ended = true;
            else limit += got;
        }
        return limit >= n;
    }

    /** Bytes that are left of an ended source after {@link #has} said no. */
    long rest() {
        return limit - at;
    }

    /** Offset in the source of the next byte. */
    long position() {
        return base + at;
    }

    /**
     * Moves on by {@code n} bytes, whether they are there yet or not; false where the source ends
     * before.
     */
    boolean skip(long n) {
        long left = n;
        while (left > limit - at) {
            left -= limit - at;
            at = limit;
            if (!has(1)) return false;
        }
        at += left;
        return true;
    }

    int u8(long i) {
        return memory.get(ValueLayout.JAVA_BYTE, i) & 0xff;
    }

    /** Two bytes, least significant first, unless {@code swapped}. */
    int u16(long i, boolean swapped) {
        short s = memory.get(SHORT, i);
        return (swapped ? Short.reverseBytes(s) : s) & 0xffff;
    }

    /** Four bytes, least significant first, unless {@code swapped}. */
    int i32(long i, boolean swapped) {
        int v = memory.get(INT, i);
        return swapped ? Integer.reverseBytes(v) : v;
    }

    byte[] bytes(long i, int n) {
        byte[] b = new byte[n];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, i, b, 0, n);
        return b;
    }

    @Override
    public void close() {
        arena.close();
    }
}
