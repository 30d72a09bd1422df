package dev.telltale.decode;

/**
 * What LZ4 and Snappy have in common: literals and copies of what was written before, at most 64 kB
 * back, byte by byte without any further packing.
 */
abstract class Lz extends Codec {
    private static final int WINDOW = 1 << 16;
    private static final int MASK = WINDOW - 1;

    private byte[] window = {};

    /** Bytes written since the last {@link #forget}. */
    private long written;

    /** Bytes of the input that are still to be written as they stand. */
    protected long literals;

    /** Bytes that are still to be copied, and from how far back. */
    protected long copies;

    protected int distance;

    /** Bytes of the input that the present block has left; nothing of it is read beyond. */
    protected long block;

    @Override
    void begin() {
        super.begin();
        forget();
        block = Long.MAX_VALUE;
    }

    protected void forget() {
        written = 0;
        literals = copies = 0;
    }

    protected long written() {
        return written;
    }

    /** Reads what comes next; false where more must come, at the end, or where it is broken. */
    protected abstract boolean next();

    /** Bytes of the block that are there. */
    protected int available() {
        return (int) Math.min(block, to - at);
    }

    protected int take() {
        block--;
        return in[at++] & 0xff;
    }

    /** {@code n} bytes, the lowest first, which must be there. */
    protected long little(int n) {
        long v = 0;
        for (int i = 0; i < n; i++) v |= (long) take() << 8 * i;
        return v;
    }

    protected boolean back(long from, long length) {
        if (from <= 0 || from > Math.min(written, WINDOW)) {
            fail("a copy of what was not written");
            return false;
        }
        distance = (int) from;
        copies = length;
        return true;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        if (window.length == 0) window = new byte[WINDOW];
        int o = offset;
        int end = offset + length;
        while (o < end && !done() && broken().isEmpty()) {
            if (literals > 0) {
                int n = (int) Math.min(literals, Math.min(end - o, available()));
                if (n == 0) break;
                System.arraycopy(in, at, out, o, n);
                for (int i = 0; i < n; i++) window[(int) (written + i) & MASK] = in[at + i];
                at += n;
                block -= n;
                o += n;
                written += n;
                literals -= n;
            } else if (copies > 0) {
                int n = (int) Math.min(copies, end - o);
                for (int i = 0; i < n; i++) {
                    byte c = window[(int) (written - distance) & MASK];
                    window[(int) written++ & MASK] = c;
                    out[o++] = c;
                }
                copies -= n;
            } else if (!next()) {
                break;
            }
        }
        return o - offset;
    }
}
