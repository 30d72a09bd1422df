package dev.telltale.bytes;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a zstd file holds (RFC 8878): frames after each other, skippable ones left out. Windows up to 128 MB, the format's own
 * default limit.
 */
public final class ZstdSource implements ByteSource {
    /**
     * Bytes given to the decoder at a time. It keeps what it made of a piece to itself when the piece turns out to be damaged,
     * so pieces are smaller than blocks.
     */
    private static final int PIECE = 1024;

    /** From this many bytes on, more than {@link #RATIO} for one is a trap: no recording compresses so well. */
    private static final long RATIO_FROM = 1L << 30;

    private static final int RATIO = 4096;

    private final ByteSource source;
    private final ZstdDecompressCtx decoder = new ZstdDecompressCtx();
    private final byte[] in = new byte[64 << 10];
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    private final ByteBuffer staging = ByteBuffer.allocateDirect(128 << 10);
    private int at;
    private int limit;

    /** File offset of {@code in[0]}. */
    private long base;

    private long produced;
    private boolean betweenFrames = true;
    private boolean sourceEnded;
    private boolean ended;
    private Optional<Damage> damage = Optional.empty();

    public ZstdSource(ByteSource source) {
        this.source = source;
        piece.limit(0);
    }

    /** True where {@code head} begins a zstd frame or a skippable frame. */
    public static boolean recognizes(byte[] head) {
        if (head.length < 4) return false;
        int magic = head[0] & 0xff | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16 | (head[3] & 0xff) << 24;
        return magic == 0xfd2fb528 || (magic & 0xfffffff0) == 0x184d2a50;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        // The decoder writes to native memory only.
        ByteBuffer out = into.isNative()
                ? into.asSlice(from, length).asByteBuffer()
                : staging.clear().limit(Math.min(length, staging.capacity()));
        while (!ended) {
            if (!piece.hasRemaining()) refill();
            int given = piece.remaining();
            try {
                if (given > 0 || !betweenFrames) {
                    betweenFrames = decoder.decompressDirectByteBufferStream(out, piece);
                }
            } catch (ZstdException e) {
                stop(Damage.Kind.MALFORMED, "the zstd data cannot be unpacked (" + e.getMessage() + ")");
                return -1;
            }
            int n = out.position();
            if (n > 0) {
                produced += n;
                if (produced > RATIO_FROM && produced / RATIO > base + at) {
                    stop(Damage.Kind.LIMIT, "the zstd data unpacks to more than " + RATIO + " times its size");
                }
                if (!into.isNative()) MemorySegment.copy(MemorySegment.ofBuffer(out.flip()), 0, into, from, n);
                return n;
            }
            if (given == 0 && sourceEnded) {
                if (betweenFrames) ended = true;
                else stop(Damage.Kind.CUT, "the zstd data ends too early");
            }
        }
        return -1;
    }

    private void refill() {
        if (at == limit && !sourceEnded) {
            base += limit;
            at = 0;
            limit = Math.max(0, source.read(in, 0, in.length));
            sourceEnded = limit == 0;
        }
        int n = Math.min(PIECE, limit - at);
        piece.clear().put(in, at, n).flip();
        at += n;
    }

    private void stop(Damage.Kind kind, String text) {
        // What happened below says more than what it led to here.
        if (source.damage().isEmpty()) {
            damage = Optional.of(new Damage(kind, base + at - piece.remaining(), text));
        }
        ended = true;
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public Optional<Damage> damage() {
        return damage.or(source::damage);
    }

    @Override
    public Optional<ByteSource> again(long at) {
        Optional<ByteSource> packed = source.again(0);
        if (packed.isEmpty()) return packed;
        ByteSource other = new ZstdSource(packed.get());
        other.skip(at);
        return Optional.of(other);
    }

    @Override
    public void close() {
        decoder.close();
        source.close();
    }
}
