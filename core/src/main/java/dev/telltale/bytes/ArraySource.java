package dev.telltale.bytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** The bytes of an array. */
final class ArraySource implements ByteSource {
    private final byte[] bytes;
    private int at;

    ArraySource(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        int n = Math.min(length, bytes.length - at);
        if (n <= 0) return -1;
        MemorySegment.copy(bytes, at, into, ValueLayout.JAVA_BYTE, from, n);
        at += n;
        return n;
    }

    @Override
    public long length() {
        return bytes.length;
    }

    @Override
    public Optional<Damage> damage() {
        return Optional.empty();
    }

    @Override
    public Optional<ByteSource> again(long at) {
        ArraySource other = new ArraySource(bytes);
        other.at = (int) Math.min(at, bytes.length);
        return Optional.of(other);
    }

    @Override
    public void close() {}
}
