package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * LZ4: <a href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md">frames</a>, also the
 * legacy ones and those of lz4-java, or one <a
 * href="https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md">block</a> behind its size.
 * Checksums are passed over.
 *
 * <pre>
 * frame: 04 22 4d 18, flags (8): 8 size told, 4 checksum, 16 checksum of blocks, 1 dictionary,
 *     block sizes (8), size (64), dictionary (32), checksum (8); blocks; 0 (32), checksum (32)
 * block of a frame: length (31), above it 1 where it is not packed; data; checksum (32)
 * legacy frame: 02 21 4c 18; blocks: length (32), data
 * lz4-java: "LZ4Block", method (8), length (32), length of what it holds (32), checksum (32), data
 * data: token (8): literals (4), length of the copy less 4 (4), each 15 where bytes follow that add
 *     up to the first that is not 255; literals; how far back (16), more of the copy's length
 * </pre>
 *
 * All numbers have their lowest byte first; some put the size of a lone block the other way round.
 */
final class Lz4 extends Lz {
    private static final int FRAME = 0x184d2204;
    private static final int LEGACY = 0x184c2102;
    private static final byte[] JAVA = "LZ4Block".getBytes(ISO_8859_1);

    /** A lone block is not believed to hold more. */
    private static final long LONGEST = 1 << 26;

    private static final int SHORTEST = 12;

    private enum Phase {
        MAGIC,
        BLOCK,
        TOKEN,
        LITERALS,
        DISTANCE,
        LENGTH,
        CHECKSUM,
        END,
        SKIP
    }

    private enum Framing {
        FRAMED,
        OLD,
        OF_JAVA,
        NONE
    }

    private final boolean lone;
    private Phase phase = Phase.MAGIC;
    private Framing framing = Framing.NONE;
    private int flags;
    private int token;
    private long skip;

    /** Whole bytes of a lone block. */
    private long size;

    /**
     * @param lone a block alone, behind its size
     */
    Lz4(boolean lone) {
        this.lone = lone;
    }

    @Override
    void begin() {
        super.begin();
        phase = Phase.MAGIC;
        framing = Framing.NONE;
    }

    static boolean begins(byte[] b, int s, int e) {
        if (e - s < 8) return false;
        int magic = little(b, s);
        return magic == FRAME && (b[s + 4] & 0xc2) == 0x40
                || magic == LEGACY && little(b, s + 4) > 0
                || isJava(b, s, e);
    }

    private static boolean isJava(byte[] b, int s, int e) {
        if (e - s < JAVA.length) return false;
        for (int i = 0; i < JAVA.length; i++) if (b[s + i] != JAVA[i]) return false;
        return true;
    }

    private static int little(byte[] b, int p) {
        return b[p] & 0xff
                | (b[p + 1] & 0xff) << 8
                | (b[p + 2] & 0xff) << 16
                | (b[p + 3] & 0xff) << 24;
    }

    /** A size, and a block that reads as such and comes to just that size. */
    static boolean blockBegins(byte[] b, int s, int e, boolean complete) {
        if (e - s < SHORTEST) return false;
        int n = little(b, s);
        return fits(n, b, s, e, complete) || fits(Integer.reverseBytes(n), b, s, e, complete);
    }

    private static boolean fits(long n, byte[] b, int s, int e, boolean complete) {
        int packed = e - s - 4;
        if (n < 8
                || n > LONGEST
                || complete && (n > 255L * packed || n < packed - packed / 16 - 16)) return false;
        long made = 0;
        int copied = 0;
        int p = s + 4;
        while (p < e) {
            int t = b[p++] & 0xff;
            long count = t >> 4;
            if (count == 15) {
                int x = 255;
                while (p < e && x == 255) count += x = b[p++] & 0xff;
            }
            made += count;
            if (made > n) return false;
            if (count >= e - p) return complete ? count == e - p && made == n : copied > 0;
            p += (int) count;
            if (e - p < 2) return !complete && copied > 0;
            int back = b[p] & 0xff | (b[p + 1] & 0xff) << 8;
            p += 2;
            if (back == 0 || back > made) return false;
            count = t & 15;
            if (count == 15) {
                int x = 255;
                while (p < e && x == 255) count += x = b[p++] & 0xff;
            }
            made += count + 4;
            copied++;
        }
        return !complete && copied > 0 && made <= n;
    }

    @Override
    protected boolean next() {
        switch (phase) {
            case MAGIC -> {
                return lone ? size() : magic();
            }
            case BLOCK -> {
                return block();
            }
            case TOKEN -> {
                if (block == 0 || lone && available() == 0 && last) return ended();
                if (available() < 1) return false;
                token = take();
                boolean more = token >> 4 == 15;
                if (!more) literals = token >> 4;
                phase = more ? Phase.LITERALS : Phase.DISTANCE;
            }
            case LITERALS -> {
                if (available() < 1) return block == 0 && fails("ends inside a length");
                int n = take();
                skip += n;
                if (n < 255) {
                    literals = 15 + skip;
                    skip = 0;
                    phase = Phase.DISTANCE;
                }
            }
            case DISTANCE -> {
                if (block == 0 || lone && available() == 0 && last) return ended();
                if (available() < 2) return block < 2 && fails("ends inside a copy");
                distance = (int) little(2);
                skip = 0;
                phase = Phase.LENGTH;
                if ((token & 15) < 15) return copy(0);
            }
            case LENGTH -> {
                if (available() < 1) return block == 0 && fails("ends inside a length");
                int n = take();
                skip += n;
                if (n < 255) return copy(skip);
            }
            case CHECKSUM -> {
                if (to - at < 4) return false;
                at += 4;
                phase = Phase.BLOCK;
            }
            case END -> {
                if (to - at < 4) return false;
                at += 4;
                phase = Phase.MAGIC;
            }
            case SKIP -> {
                int n = (int) Math.min(skip, to - at);
                at += n;
                skip -= n;
                if (skip > 0) return false;
                phase = Phase.MAGIC;
            }
        }
        return true;
    }

    private boolean fails(String why) {
        fail(why);
        return false;
    }

    private boolean copy(long more) {
        skip = 0;
        phase = Phase.TOKEN;
        return back(distance, (token & 15) + 4 + more);
    }

    /** The block has no more. */
    private boolean ended() {
        block = Long.MAX_VALUE;
        if (lone) {
            if (written() != size) return fails("another size than is told");
            finish();
            return false;
        }
        phase = framing == Framing.FRAMED && (flags & 16) != 0 ? Phase.CHECKSUM : Phase.BLOCK;
        return true;
    }

    private boolean size() {
        if (to - at < 4) return false;
        size = little(in, at);
        // The other order gives more than a block may be believed to hold.
        if (size <= 0 || size > LONGEST || !fits(size, in, at, to, last))
            size = Integer.reverseBytes(little(in, at));
        at += 4;
        phase = Phase.TOKEN;
        return true;
    }

    private boolean magic() {
        if (at == to && last && framing != Framing.NONE) {
            finish();
            return false;
        }
        if (to - at < 8 && !last) return false;
        int magic = to - at < 4 ? 0 : little(in, at);
        if (magic >>> 4 == 0x184d2a5 && to - at >= 8) {
            skip = little(in, at + 4) & 0xffffffffL;
            at += 8;
            phase = Phase.SKIP;
        } else if (magic == FRAME && to - at >= 7) {
            flags = in[at + 4];
            int n = 7 + ((flags & 8) != 0 ? 8 : 0) + ((flags & 1) != 0 ? 4 : 0);
            if (to - at < n) return false;
            if ((flags & 0xc0) != 0x40) return fails("an unknown version");
            if ((flags & 1) != 0) return fails("packed by a dictionary");
            at += n;
            forget();
            framing = Framing.FRAMED;
            phase = Phase.BLOCK;
        } else if (magic == LEGACY) {
            at += 4;
            forget();
            framing = Framing.OLD;
            phase = Phase.BLOCK;
        } else if (isJava(in, at, to)) {
            framing = Framing.OF_JAVA;
            phase = Phase.BLOCK;
        } else {
            if (framing == Framing.NONE) return fails("no frame");
            finish();
            return false;
        }
        return true;
    }

    private boolean block() {
        switch (framing) {
            case FRAMED -> {
                if (to - at < 4) return false;
                long n = little(in, at) & 0xffffffffL;
                at += 4;
                if (n == 0) {
                    phase = (flags & 4) != 0 ? Phase.END : Phase.MAGIC;
                    return true;
                }
                start(n & 0x7fffffff, (n & 0x80000000L) != 0);
            }
            case OLD -> {
                if (to - at < 4 && (at < to || !last)) return false;
                long n = at == to ? 0 : little(in, at) & 0xffffffffL;
                if (n == 0 || n > 1 << 23) {
                    // Ends where no block follows.
                    phase = Phase.MAGIC;
                    return true;
                }
                at += 4;
                forget();
                start(n, false);
            }
            case OF_JAVA -> {
                if (at == to && last || to - at >= 21 && !isJava(in, at, to)) {
                    finish();
                    return false;
                }
                if (to - at < 21) return false;
                int method = in[at + 8] & 0xf0;
                long n = little(in, at + 9) & 0xffffffffL;
                if (method != 0x10 && method != 0x20) return fails("an unknown method");
                at += 21;
                forget();
                if (n == 0) phase = Phase.MAGIC;
                else start(n, method == 0x10);
            }
            case NONE -> throw new IllegalStateException();
        }
        return true;
    }

    private void start(long n, boolean plain) {
        block = n;
        skip = 0;
        if (plain) literals = n;
        phase = Phase.TOKEN;
    }
}
