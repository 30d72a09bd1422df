package dev.telltale.bytes;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What a gzip file holds (RFC 1952): one or more members after each other, each
 *
 * <pre>
 * +---+---+---+---+---+---+---+---+---+---+----------------+---------+-------+-------+
 * |1f |8b |CM |FLG|     MTIME     |XFL|OS | FLG's optional |deflated | CRC32 | ISIZE |
 * +---+---+---+---+---+---+---+---+---+---+----------------+---------+-------+-------+
 * </pre>
 *
 * Zero bytes after the last member are padding, anything else there is damage.
 */
public final class GzipSource implements ByteSource {
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final ByteSource source;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] in = new byte[64 << 10];
    private int at;
    private int limit;

    /** File offset of {@code in[0]}. */
    private long base;

    private boolean inMember;
    private boolean starved;
    private boolean ended;
    private Optional<Damage> damage = Optional.empty();

    public GzipSource(ByteSource source) {
        this.source = source;
    }

    /** True where {@code head} begins a gzip member. */
    public static boolean recognizes(byte[] head) {
        return head.length >= 3 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b && head[2] == 8;
    }

    @Override
    public int read(MemorySegment into, long from, int length) {
        ByteBuffer out = into.asSlice(from, length).asByteBuffer();
        while (!ended) {
            if (!inMember) {
                startMember();
            } else if (inflater.finished()) {
                endMember();
            } else {
                int n = inflate(out);
                if (n > 0) return n;
            }
        }
        return -1;
    }

    private int inflate(ByteBuffer out) {
        long before = inflater.getBytesWritten();
        try {
            inflater.setInput(in, at, limit - at);
            inflater.inflate(out);
            if (inflater.needsDictionary()) {
                stop(Damage.Kind.MALFORMED, "the gzip data asks for a preset dictionary");
            }
        } catch (DataFormatException e) {
            at = limit - inflater.getRemaining();
            stop(Damage.Kind.MALFORMED, "the gzip data is damaged");
        }
        int n = (int) (inflater.getBytesWritten() - before);
        at = limit - inflater.getRemaining();
        crc.update(out.position(0).limit(n));
        if (n == 0) {
            out.clear();
            if (!ended && !inflater.finished() && !fill())
                stop(Damage.Kind.CUT, "the gzip data ends too early");
        }
        return n;
    }

    private void startMember() {
        int first = next();
        if (first == 0 && base + at > 1) {
            while (first == 0) first = next();
            if (first >= 0)
                stop(Damage.Kind.MALFORMED, "bytes after the last gzip member are not gzip");
            ended = true;
            return;
        }
        if (first < 0) {
            ended = true;
            return;
        }
        if (first != 0x1f || next() != 0x8b || next() != 8) {
            if (!cut())
                stop(Damage.Kind.MALFORMED, "bytes after the last gzip member are not gzip");
            return;
        }
        int flags = next();
        for (int i = 0; i < 6; i++) next();
        if ((flags & RESERVED) != 0 && flags >= 0) {
            stop(Damage.Kind.MALFORMED, "the gzip header has reserved flags set");
            return;
        }
        if ((flags & FEXTRA) != 0) {
            int extra = next() | next() << 8;
            for (int i = 0; i < extra; i++) next();
        }
        if ((flags & FNAME) != 0) skipText();
        if ((flags & FCOMMENT) != 0) skipText();
        if ((flags & FHCRC) != 0) {
            next();
            next();
        }
        if (cut()) return;
        inflater.reset();
        crc.reset();
        inMember = true;
    }

    private void endMember() {
        long sum = word();
        long size = word();
        if (cut()) return;
        if (sum != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            stop(Damage.Kind.MALFORMED, "a gzip checksum does not match what was unpacked");
        }
        inMember = false;
    }

    private long word() {
        int b0 = next();
        int b1 = next();
        int b2 = next();
        int b3 = next();
        return (b0 | b1 << 8 | b2 << 16 | b3 << 24) & 0xffffffffL;
    }

    private void skipText() {
        int c = next();
        while (c > 0) c = next();
    }

    /** Whether a header or trailer asked for more than there was; if so the source has ended. */
    private boolean cut() {
        if (!starved) return false;
        stop(Damage.Kind.CUT, "the gzip data ends too early");
        return true;
    }

    private int next() {
        if (at == limit && !fill()) {
            starved = true;
            return -1;
        }
        return in[at++] & 0xff;
    }

    private boolean fill() {
        base += limit;
        at = 0;
        limit = Math.max(0, source.read(in, 0, in.length));
        return limit > 0;
    }

    private void stop(Damage.Kind kind, String text) {
        // What happened below says more than what it led to here.
        if (source.damage().isEmpty()) damage = Optional.of(new Damage(kind, base + at, text));
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
        ByteSource other = new GzipSource(packed.get());
        other.skip(at);
        return Optional.of(other);
    }

    @Override
    public void close() {
        inflater.end();
        source.close();
    }
}
