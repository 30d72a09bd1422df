package dev.telltale.bytes;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/** A source whose first bytes can be looked at before they are read. */
public final class PeekSource implements ByteSource {
    private final ByteSource source;
    private byte[] head = new byte[0];
    private int at;

    public PeekSource(ByteSource source) {
        this.source = source;
    }

    /** The next {@code length} bytes, fewer where the source ends before. They stay to be read. */
    public byte[] peek(int length) {
        int have = head.length - at;
        if (have < length) {
            byte[] more = Arrays.copyOf(Arrays.copyOfRange(head, at, head.length), length);
            while (have < length) {
                int n = source.read(more, have, length - have);
                if (n < 0) break;
                have += n;
            }
            head = Arrays.copyOf(more, have);
            at = 0;
        }
        return Arrays.copyOfRange(head, at, at + Math.min(have, length));
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        if (at == head.length) return source.read(into, from, length);
        int n = Math.min(length, head.length - at);
        MemorySegment.copy(head, at, into, ValueLayout.JAVA_BYTE, from, n);
        at += n;
        return n;
    }

    @Override
    public long length() {
        return source.length();
    }

    @Override
    public Optional<Damage> damage() {
        return source.damage();
    }

    @Override
    public Optional<ByteSource> again(long at) {
        return source.again(at);
    }

    @Override
    public void close() {
        source.close();
    }
}
