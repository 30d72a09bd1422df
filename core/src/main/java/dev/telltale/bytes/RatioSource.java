package dev.telltale.bytes;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What was unpacked of a compressed file, perhaps more than once, for as long as that is plausible:
 * a small file that makes gigabytes is a trap, not a recording.
 */
public final class RatioSource implements ByteSource {
    /** Unpacked bytes for which no ratio is asked. */
    static final long FROM = 32 << 20;

    /**
     * More than DEFLATE can make of a byte, so that only what is packed twice, or by runs, ends.
     */
    static final int RATIO = 1_100;

    private final ByteSource source;
    private final LongSupplier packed;
    private long produced;
    private Optional<Damage> damage = Optional.empty();

    /**
     * @param packed bytes read so far of the file as it is
     */
    public RatioSource(ByteSource source, LongSupplier packed) {
        this.source = source;
        this.packed = packed;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        if (damage.isPresent()) return -1;
        int n = source.read(into, from, length);
        if (n < 0) return n;
        produced += n;
        long read = packed.getAsLong();
        if (produced > FROM && produced / RATIO > read) {
            String text = "the file unpacks to more than " + RATIO + " times its size";
            damage = Optional.of(new Damage(Damage.Kind.LIMIT, read, text));
            return -1;
        }
        return n;
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public Optional<Damage> damage() {
        return damage.or(source::damage);
    }

    /** Reading again goes no further than reading did. */
    @Override
    public Optional<ByteSource> again(long at) {
        return source.again(at);
    }

    @Override
    public void close() {
        source.close();
    }
}
