package dev.telltale.decode;

import java.io.IOException;
import java.io.InputStream;
import org.tukaani.xz.ArrayCache;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.UnsupportedOptionsException;

/**
 * <a href="https://tukaani.org/xz/xz-file-format.txt">XZ</a> with LZMA2: the library decodes a
 * chunk at a time, at most 64 kB that hold up to 2 MB, once all of it is there. Filters for
 * programs are not undone, checksums are passed over.
 *
 * <pre>
 * stream: fd "7zXZ" 00, flags (16): kind of checksum in the second; CRC-32 (32); blocks, index, footer
 * block: length of the header in words, less 1 (8); flags (8): filters less 1, 0x40, 0x80 sizes told;
 *     sizes (varint), filters (varint: 21), length, properties; zeros, CRC-32; chunks; zeros; checksum
 * chunk: 0 the end; 1, 2 plain: length less 1 (16); from 0x80: size less 1 (5 bits and 16), length
 *     less 1 (16), properties (8) from 0xc0; data
 * index: 0, records (varint), each two (varint), zeros, CRC-32; footer (12); zeros, another stream
 * </pre>
 */
final class Xz extends Codec {
    private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
    private static final int HEADER = 12;

    /** Nothing further back is kept: what needs more is broken. */
    private static final int DICTIONARY = 1 << 23;

    private static final int[] CHECK = {0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};

    private enum Phase {
        STREAM,
        BLOCK,
        CHUNK,
        DATA,
        SKIP,
        RECORDS,
        PADDING
    }

    private Phase phase = Phase.STREAM;
    private boolean any;
    private int check;

    /** Bytes of the block's chunks or of the index so far. */
    private long read;

    private long skip;

    /** Numbers of the index still to come. */
    private long numbers;

    /** How far back the block may go; and whether nothing of it has been decoded yet. */
    private long dictionary;

    private boolean fresh;

    /** What the chunk at hand still gives. */
    private int left;

    private final Chunk chunk = new Chunk();
    private InputStream lzma = InputStream.nullInputStream();
    private final Arrays arrays = new Arrays();

    static boolean begins(byte[] b, int s, int e) {
        if (e - s < HEADER) return false;
        for (int i = 0; i < MAGIC.length; i++) if (b[s + i] != MAGIC[i]) return false;
        return true;
    }

    /** The library reads from it no more than the chunk at hand. */
    private static final class Chunk extends InputStream {
        private byte[] b = {};
        private int at;
        private int to;

        @Override
        public int read() {
            return at < to ? b[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] out, int offset, int length) {
            if (length == 0) return 0;
            if (at == to) return -1;
            int n = Math.min(length, to - at);
            System.arraycopy(b, at, out, offset, n);
            at += n;
            return n;
        }
    }

    /** Keeps the dictionary for the next stream: it is large, and hostile input asks for many. */
    private static final class Arrays extends ArrayCache {
        private byte[] large = {};

        @Override
        public byte[] getByteArray(int size, boolean zeros) {
            if (zeros || large.length != size) return new byte[size];
            byte[] b = large;
            large = new byte[0];
            return b;
        }

        @Override
        public void putArray(byte[] array) {
            if (array.length >= large.length) large = array;
        }
    }

    @Override
    void begin() {
        super.begin();
        phase = Phase.STREAM;
        any = false;
        free();
    }

    private void free() {
        try {
            lzma.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        lzma = InputStream.nullInputStream();
    }

    @Override
    int output(byte[] out, int offset, int length) {
        while (!done() && broken().isEmpty()) {
            if (phase == Phase.DATA) {
                if (left > 0) return data(out, offset, length);
                phase = Phase.CHUNK;
            } else if (!step()) {
                return 0;
            }
        }
        return 0;
    }

    private int data(byte[] out, int offset, int length) {
        try {
            int n = lzma.read(out, offset, Math.min(length, left));
            if (n <= 0) return fail("a chunk without its data");
            left -= n;
            return n;
        } catch (IOException e) {
            return fail("invalid LZMA data");
        }
    }

    private boolean fails(String why) {
        fail(why);
        return false;
    }

    /** Reads on; false where more must come, at the end, or where it is broken. */
    private boolean step() {
        switch (phase) {
            case STREAM -> {
                if (any && at == to && last) {
                    finish();
                    return false;
                }
                if (to - at < HEADER && !last) return false;
                if (!begins(in, at, to)) {
                    if (!any) return fails("no header");
                    finish();
                    return false;
                }
                check = CHECK[in[at + 7] & 15];
                at += HEADER;
                any = true;
                phase = Phase.BLOCK;
            }
            case BLOCK -> {
                if (at == to) return false;
                if (in[at] == 0) {
                    at++;
                    read = 1;
                    numbers = -1;
                    phase = Phase.RECORDS;
                    return true;
                }
                int n = ((in[at] & 0xff) + 1) * 4;
                if (to - at < n) return false;
                if (!filter(at + 1, at + n - 4)) return false;
                at += n;
                read = 0;
                phase = Phase.CHUNK;
            }
            case CHUNK -> {
                return chunk();
            }
            case SKIP -> {
                int n = (int) Math.min(skip, to - at);
                at += n;
                skip -= n;
                if (skip > 0) return false;
                phase = numbers == -2 ? Phase.PADDING : Phase.BLOCK;
            }
            case RECORDS -> {
                while (numbers != 0) {
                    long v = 0;
                    int p = at;
                    int shift = 0;
                    while (p < to && in[p] < 0 && shift < 63) {
                        v |= (in[p++] & 0x7fL) << shift;
                        shift += 7;
                    }
                    if (p == to) return false;
                    v |= (in[p] & 0x7fL) << shift;
                    read += p + 1 - at;
                    at = p + 1;
                    if (numbers < 0 && (v < 0 || v > 1 << 30)) return fails("a wrong index");
                    numbers = numbers < 0 ? 2 * v : numbers - 1;
                }
                numbers = -2;
                // Zeros, CRC-32 and the footer.
                skip = (-read & 3) + 4 + HEADER;
                phase = Phase.SKIP;
            }
            case PADDING -> {
                while (at < to && in[at] == 0) at++;
                if (at == to && !last) return false;
                phase = Phase.STREAM;
            }
            case DATA -> throw new IllegalStateException();
        }
        return true;
    }

    private boolean filter(int p, int end) {
        int flags = in[p++];
        if ((flags & 3) != 0) return fails("filtered for programs");
        for (int i = 6; i < 8; i++) if ((flags >> i & 1) != 0) while (p < end && in[p++] < 0) {}
        if (end - p < 3 || in[p] != 0x21 || in[p + 1] != 1) return fails("an unknown filter");
        int d = in[p + 2] & 0x3f;
        dictionary = d == 40 ? 0xffffffffL : (2L | d & 1) << d / 2 + 11;
        fresh = true;
        return true;
    }

    /**
     * @param size nothing further back can be needed
     */
    private boolean open(long size) {
        LZMA2Options options = new LZMA2Options();
        free();
        try {
            long kept = Math.min(size, dictionary);
            options.setDictSize((int) Math.clamp(kept, LZMA2Options.DICT_SIZE_MIN, DICTIONARY));
            lzma = options.getInputStream(chunk, arrays);
        } catch (UnsupportedOptionsException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            return fails("invalid LZMA data");
        }
        return true;
    }

    private boolean chunk() {
        if (at == to) return false;
        int control = in[at] & 0xff;
        if (control == 0) {
            at++;
            read++;
            skip = (-read & 3) + check;
            numbers = 0;
            phase = Phase.SKIP;
            return true;
        }
        if (control > 2 && control < 0x80) return fails("an unknown chunk");
        int header = control <= 2 ? 3 : control >= 0xc0 ? 6 : 5;
        if (to - at < header) return false;
        int size = ((in[at + 1] & 0xff) << 8 | in[at + 2] & 0xff) + 1;
        int n = size;
        if (control >= 0x80) {
            size += (control & 0x1f) << 16;
            n = ((in[at + 3] & 0xff) << 8 | in[at + 4] & 0xff) + 1;
        }
        int whole = header + n;
        if (to - at < whole) return false;
        if (fresh) {
            // Most blocks are one chunk: then its size is all that is ever needed.
            if (to - at == whole && !last) return false;
            boolean only = to - at > whole && in[at + whole] == 0;
            if (!open(only ? size : DICTIONARY)) return false;
            fresh = false;
        }
        chunk.b = in;
        chunk.at = at;
        chunk.to = at + whole;
        at = chunk.to;
        read += whole;
        left = size;
        phase = Phase.DATA;
        return true;
    }
}
