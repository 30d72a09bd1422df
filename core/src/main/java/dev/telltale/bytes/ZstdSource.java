package dev.telltale.bytes;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a zstd file holds (RFC 8878): frames after each other, skippable ones left out, windows up
 * to 128 MB, the format's own default limit. A frame is
 *
 * <pre>
 * +----------+-----+--------+---------------+--------------+----------------+-----+----------+
 * | fd2fb528 | FHD | window | dictionary id | content size | 3 + n: a block | ... | checksum |
 * +----------+-----+--------+---------------+--------------+----------------+-----+----------+
 * </pre>
 *
 * The decoder keeps what it made of its input to itself when the input turns out to be damaged. So
 * it gets the header, each block and the checksum one at a time: all blocks before the damaged one
 * are then out.
 */
public final class ZstdSource implements ByteSource {
    private static final int MAGIC = 0xfd2fb528;
    private static final int SKIPPABLE = 0x184d2a50;

    /**
     * From this many bytes on, more than {@link #RATIO} for one is a trap: no recording compresses
     * so well.
     */
    private static final long RATIO_FROM = 1L << 30;

    private static final int RATIO = 4096;

    private enum Next {
        FRAME,
        BLOCK,
        CHECKSUM
    }

    private final ByteSource source;
    private final ZstdDecompressCtx decoder = new ZstdDecompressCtx();
    private final byte[] in = new byte[64 << 10];
    private final ByteBuffer piece = ByteBuffer.allocateDirect(in.length);
    private final ByteBuffer staging = ByteBuffer.allocateDirect(128 << 10);
    private int at;
    private int limit;

    /** File offset of {@code in[0]}. */
    private long base;

    private Next next = Next.FRAME;
    private boolean checksum;

    /** Bytes of the present header, block or checksum that the decoder has not been given yet. */
    private long left;

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
        int magic = i32(head, 0);
        return magic == MAGIC || (magic & 0xfffffff0) == SKIPPABLE;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        // The decoder writes to native memory only.
        ByteBuffer out =
                into.isNative()
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
                stop(
                        Damage.Kind.MALFORMED,
                        "the zstd data cannot be unpacked (" + e.getMessage() + ")");
                return -1;
            }
            int n = out.position();
            if (n > 0) {
                produced += n;
                if (produced > RATIO_FROM && produced / RATIO > base + at) {
                    stop(
                            Damage.Kind.LIMIT,
                            "the zstd data unpacks to more than " + RATIO + " times its size");
                }
                if (!into.isNative())
                    MemorySegment.copy(MemorySegment.ofBuffer(out.flip()), 0, into, from, n);
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
        if (left == 0) left = unit();
        if (at == limit) has(1);
        int n = (int) Math.min(left, limit - at);
        piece.clear().put(in, at, n).flip();
        at += n;
        left -= n;
    }

    /**
     * Length of what comes next. What is no zstd is given to the decoder all the same, which says
     * so.
     */
    private long unit() {
        return switch (next) {
            case FRAME -> {
                if (!has(8)) yield 8;
                int magic = i32(in, at);
                if ((magic & 0xfffffff0) == SKIPPABLE) yield 8 + (i32(in, at + 4) & 0xffffffffL);
                if (magic != MAGIC) yield 8;
                int descriptor = in[at + 4];
                boolean single = (descriptor & 0x20) != 0;
                int dictionary = descriptor & 3;
                int content = descriptor >> 6 & 3;
                checksum = (descriptor & 4) != 0;
                next = Next.BLOCK;
                int header = 5 + (single ? 0 : 1) + (dictionary == 3 ? 4 : dictionary);
                yield content == 0 ? header + (single ? 1 : 0) : header + (1 << content);
            }
            case BLOCK -> {
                if (!has(3)) yield 3;
                int header = in[at] & 0xff | (in[at + 1] & 0xff) << 8 | (in[at + 2] & 0xff) << 16;
                if ((header & 1) != 0) next = checksum ? Next.CHECKSUM : Next.FRAME;
                // A run's one byte stands for all.
                yield 3 + ((header >> 1 & 3) == 1 ? 1 : header >> 3);
            }
            case CHECKSUM -> {
                next = Next.FRAME;
                yield 4;
            }
        };
    }

    /** Makes the next {@code n} bytes be in {@link #in}; false where the source ends before. */
    private boolean has(int n) {
        if (limit - at >= n) return true;
        System.arraycopy(in, at, in, 0, limit - at);
        base += at;
        limit -= at;
        at = 0;
        while (limit < n && !sourceEnded) {
            int got = source.read(in, limit, in.length - limit);
            if (got < 0) sourceEnded = true;
            else limit += got;
        }
        return limit >= n;
    }

    private static int i32(byte[] b, int i) {
        return b[i] & 0xff
                | (b[i + 1] & 0xff) << 8
                | (b[i + 2] & 0xff) << 16
                | (b[i + 3] & 0xff) << 24;
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
