package dev.telltale.decode;

/**
 * Snappy: a <a href="https://github.com/google/snappy/blob/main/format_description.txt">block</a>
 * alone, <a href="https://github.com/google/snappy/blob/main/framing_format.txt">framed</a>, or as
 * snappy-java's streams have it. Checksums are passed over.
 *
 * <pre>
 * block: size (varint), elements; element: tag (8), whose lowest two bits are
 *     0 literals: length less 1 (6), 60 to 63 where it stands in 1 to 4 bytes
 *     1 copy: length less 4 (3), how far back (3, and 8)
 *     2 copy: length less 1 (6), how far back (16)   3 the same (32)
 * framed: ff 06 00 00 "sNaPpY"; chunks: type (8): 0 packed, 1 not, fe padding; length (24);
 *     CRC-32C (32), data
 * snappy-java: 82 "SNAPPY" 00, version (32), compatible (32); blocks: length (32, the highest byte
 *     first), block
 * </pre>
 */
final class Snappy extends Lz {
    private static final byte[] FRAMED = {(byte) 0xff, 6, 0, 0, 's', 'N', 'a', 'P', 'p', 'Y'};
    private static final byte[] OF_JAVA = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};

    /** A lone block is not believed to hold more. */
    private static final long LONGEST = 1 << 26;

    private static final int SHORTEST = 12;

    private enum Phase {
        HEAD,
        CHUNK,
        SIZE,
        ELEMENTS,
        SKIP
    }

    private final boolean lone;
    private Phase phase = Phase.HEAD;
    private boolean ofJava;
    private long skip;
    private long size;

    /**
     * @param lone a block alone
     */
    Snappy(boolean lone) {
        this.lone = lone;
    }

    @Override
    void begin() {
        super.begin();
        phase = lone ? Phase.SIZE : Phase.HEAD;
        skip = 0;
    }

    static boolean begins(byte[] b, int s, int e) {
        return is(b, s, e, FRAMED) || is(b, s, e, OF_JAVA);
    }

    private static boolean is(byte[] b, int s, int e, byte[] what) {
        if (e - s < what.length || b[s] != what[0]) return false;
        for (int i = 1; i < what.length; i++) if (b[s + i] != what[i]) return false;
        return true;
    }

    /** A size, and elements that come to just that size. */
    static boolean blockBegins(byte[] b, int s, int e, boolean complete) {
        if (e - s < SHORTEST) return false;
        int p = s;
        long n = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int c = b[p++];
            n |= (c & 0x7fL) << shift;
            if (c >= 0) break;
            if (shift == 28) return false;
        }
        // Something must be written before it can be copied.
        if (n < 8 || n > LONGEST || (b[p] & 3) != 0) return false;
        if (complete && (n < (e - p) / 2 || n > 64L * (e - p))) return false;
        if (Chars.isText(b, s, Math.min(e, s + 32), false)) return false;
        long made = 0;
        int copied = 0;
        while (p < e) {
            int t = b[p++] & 0xff;
            int extra = (t & 3) == 0 ? Math.max(0, (t >> 2) - 59) : (t & 3) == 3 ? 4 : t & 3;
            if (extra > e - p) return !complete && copied > 2;
            long v = 0;
            for (int i = 0; i < extra; i++) v |= (b[p++] & 0xffL) << 8 * i;
            long length;
            if ((t & 3) == 0) {
                length = (extra == 0 ? t >> 2 : v) + 1;
                if (length > e - p) return !complete && copied > 2 && made + length <= n;
                p += (int) length;
            } else {
                boolean near = (t & 3) == 1;
                length = near ? (t >> 2 & 7) + 4 : (t >> 2) + 1;
                if (near) v |= (long) (t >> 5) << 8;
                if (v == 0 || v > made) return false;
                copied++;
            }
            made += length;
            if (made > n) return false;
        }
        if (!complete) return copied > 2;
        // Where nothing is copied, little but the size tells it from anything else.
        return made == n && (copied > 0 || Chars.isText(b, Math.max(s, e - (int) n), e, true));
    }

    @Override
    protected boolean next() {
        switch (phase) {
            case HEAD -> {
                if (to - at < 16 && !last) return false;
                ofJava = is(in, at, to, OF_JAVA) && to - at >= 16;
                if (!ofJava && !is(in, at, to, FRAMED)) return fails("no frame");
                at += ofJava ? 16 : FRAMED.length;
                phase = Phase.CHUNK;
            }
            case CHUNK -> {
                if (at == to && last) {
                    finish();
                    return false;
                }
                return to - at >= 4 && chunk();
            }
            case SIZE -> {
                return size();
            }
            case ELEMENTS -> {
                if (written() == size || block == 0) return ended();
                return element();
            }
            case SKIP -> {
                int n = (int) Math.min(skip, to - at);
                at += n;
                skip -= n;
                if (skip > 0) return false;
                phase = Phase.CHUNK;
            }
        }
        return true;
    }

    private boolean fails(String why) {
        fail(why);
        return false;
    }

    private boolean chunk() {
        forget();
        if (ofJava) {
            if (is(in, at, to, OF_JAVA)) {
                phase = Phase.HEAD;
                return true;
            }
            block =
                    (in[at] & 0xffL) << 24
                            | (in[at + 1] & 0xff) << 16
                            | (in[at + 2] & 0xff) << 8
                            | in[at + 3] & 0xff;
            if (block > LONGEST) return fails("a block that is too long");
            at += 4;
            phase = Phase.SIZE;
            return true;
        }
        int type = in[at] & 0xff;
        long n = in[at + 1] & 0xff | (in[at + 2] & 0xff) << 8 | (in[at + 3] & 0xff) << 16;
        if (type > 1) {
            if (type < 0x80) return fails("an unknown chunk");
            at += 4;
            skip = n;
            phase = Phase.SKIP;
            return true;
        }
        if (n < 4) return fails("a chunk without a checksum");
        if (to - at < 8) return false;
        at += 8;
        block = n - 4;
        if (type == 1) {
            literals = block;
            size = block;
            phase = Phase.ELEMENTS;
        } else {
            phase = Phase.SIZE;
        }
        return true;
    }

    private boolean size() {
        size = 0;
        int p = at;
        for (int shift = 0; ; shift += 7) {
            if (p - at >= available()) return block <= p - at && fails("no size");
            int c = in[p++];
            size |= (c & 0x7fL) << shift;
            if (c >= 0) break;
            if (shift == 28) return fails("a size that is too long");
        }
        block -= p - at;
        at = p;
        phase = Phase.ELEMENTS;
        return true;
    }

    private boolean element() {
        if (available() < 1) return false;
        int t = in[at] & 0xff;
        int extra = (t & 3) == 0 ? Math.max(0, (t >> 2) - 59) : (t & 3) == 3 ? 4 : t & 3;
        if (available() < 1 + extra) return block < 1 + extra && fails("ends inside an element");
        take();
        long v = little(extra);
        if ((t & 3) == 0) {
            literals = (extra == 0 ? t >> 2 : v) + 1;
            if (literals > size - written()) return fails("more than is told");
            return true;
        }
        boolean near = (t & 3) == 1;
        long n = near ? (t >> 2 & 7) + 4 : (t >> 2) + 1;
        if (n > size - written()) return fails("more than is told");
        return back(near ? v | (long) (t >> 5) << 8 : v, n);
    }

    private boolean ended() {
        if (written() != size || block > 0 && !lone) return fails("another size than is told");
        block = Long.MAX_VALUE;
        if (!lone) {
            phase = Phase.CHUNK;
            return true;
        }
        finish();
        return false;
    }
}
