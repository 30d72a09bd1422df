package dev.telltale.analyze.http2;

import dev.telltale.bytes.codec.HpackHuffman;
import java.util.Arrays;

/**
 * Decodes the header blocks that one side sends (<a
 * href="https://www.rfc-editor.org/rfc/rfc7541">RFC 7541</a>), with where each field stands in its
 * block. Where blocks were not seen, an index into what they left in the table gives an unknown
 * field, never a wrong one: indexes count from the newest entry, so entries seen since are sure.
 *
 * <pre>
 * 1xxxxxxx  indexed field (6.1): index
 * 01xxxxxx  literal with incremental indexing (6.2.1): index of the name, or 0 and the name; value
 * 0000xxxx  literal without indexing (6.2.2)
 * 0001xxxx  literal never indexed (6.2.3)
 * 001xxxxx  dynamic table size update (6.3): size
 * string (5.2): H (1), length (7+), bytes, Huffman-coded where H is set
 * </pre>
 */
final class Hpack {
    /** The name or value of an entry that was not seen. */
    private static final byte[] UNSEEN = new byte[0];

    private static final int DEFAULT_SIZE = 4096; // RFC 9113 6.5.2
    private static final int ENTRY_OVERHEAD = 32; // RFC 7541 4.1

    /** Larger tables are kept up to here. */
    static final int MOST_KEPT = 1 << 20;

    /** Kept while it is not known how large the table is. */
    private static final int KEPT_UNSURE = 1 << 16;

    /** Makes one String for each of the names that come again and again. */
    @FunctionalInterface
    interface Namer {
        String of(byte[] bytes, int from, int length);
    }

    private final Namer namer;

    // The dynamic table: a ring, the newest entry last.
    private String[] names = new String[16];
    private byte[][] values = new byte[16][];
    private int oldest;
    private int entries;
    private long size;
    private long limit = DEFAULT_SIZE;

    /** Entries may be missing before the oldest one. */
    private boolean lossy;

    // The block at hand.
    private byte[] b = UNSEEN;
    private int i;
    private int to;
    private String problem = "";

    /** A string is cut by the end of the block. */
    private boolean cut;

    // The string read last.
    private byte[] string = UNSEEN;
    private int stringFrom;
    private int stringLength;
    private boolean stringPlain;

    Hpack(Namer namer) {
        this.namer = namer;
    }

    /** Blocks may not have been seen: what the table holds stands at indexes not known any more. */
    void lost() {
        Arrays.fill(values, UNSEEN);
        entries = 0;
        size = 0;
        lossy = true;
        limit = Math.max(limit, KEPT_UNSURE);
    }

    boolean lossy() {
        return lossy;
    }

    /**
     * Decodes the block {@code [from, to)}.
     *
     * @return where decoding stopped: {@code to}, or the representation that is malformed; then
     *     {@link Fields#problem} says why
     */
    int decode(byte[] bytes, int from, int end, Fields out) {
        b = bytes;
        i = from;
        to = end;
        cut = false;
        problem = "";
        out.clear();
        int start = from;
        while (i < to && problem.isEmpty()) {
            start = i;
            int c = b[i];
            if (c < 0) indexed(out);
            else if ((c & 0x40) != 0) literal(6, true, out);
            else if ((c & 0x20) != 0) resize();
            else literal(4, false, out);
        }
        out.problem = problem;
        out.cut = cut && out.count > 0 && out.leftOut == 0;
        b = UNSEEN;
        if (problem.isEmpty() || cut) return end;
        return start;
    }

    private void indexed(Fields out) {
        int start = i;
        int index = integer(7);
        if (index < 0) return;
        if (index == 0) {
            problem = "A field has the index 0.";
        } else if (index <= StaticTable.SIZE) {
            byte[] v = StaticTable.VALUES[index];
            out.add(StaticTable.NAMES[index], v, 0, v.length, start, i, false);
        } else {
            int at = place(index);
            if (at < 0) out.addUnknown(start, i);
            else out.add(names[at], values[at], 0, values[at].length, start, i, false);
        }
    }

    private void literal(int prefix, boolean insert, Fields out) {
        int start = i;
        int index = integer(prefix);
        if (index < 0) return;
        String name;
        if (index == 0) {
            if (!string(out)) return;
            name = namer.of(string, stringFrom, stringLength);
            if (cut) {
                out.add(name, UNSEEN, 0, 0, start, i, false);
                return;
            }
        } else if (index <= StaticTable.SIZE) {
            name = StaticTable.NAMES[index];
        } else {
            int at = place(index);
            name = at < 0 ? "" : names[at];
        }
        if (!string(out)) return;
        if (insert && !cut) insert(name);
        out.add(name, string, stringFrom, stringLength, start, i, stringPlain);
        if (!stringPlain && out.leftOut == 0) out.arenaSize += stringLength;
    }

    /**
     * Reads a string; false where there is none. One cut by the end of the block is read as far.
     */
    private boolean string(Fields out) {
        if (i == to) {
            problem = "A header block ends inside a field.";
            return false;
        }
        boolean huffman = b[i] < 0;
        int n = integer(7);
        if (n < 0) return false;
        if (n > to - i) {
            n = to - i;
            cut = true;
            problem = "A string is longer than its header block.";
        }
        if (huffman) {
            out.reserve(HpackHuffman.mostDecoded(n));
            int decoded = HpackHuffman.decode(b, i, n, out.arena, out.arenaSize);
            string = out.arena;
            stringFrom = out.arenaSize;
            stringLength = decoded < 0 ? ~decoded : decoded;
        } else {
            string = b;
            stringFrom = i;
            stringLength = n;
        }
        stringPlain = !huffman;
        i += n;
        return true;
    }

    /**
     * An integer (5.1) whose first byte holds {@code prefix} bits of it; -1 and a problem where it
     * is malformed.
     */
    private int integer(int prefix) {
        int mask = (1 << prefix) - 1;
        long n = b[i++] & mask;
        if (n < mask) return (int) n;
        for (int shift = 0; i < to; shift += 7) {
            int c = b[i++];
            if (shift > 28) break;
            n += (long) (c & 0x7f) << shift;
            if (c >= 0) {
                if (n > Integer.MAX_VALUE) break;
                return (int) n;
            }
        }
        problem = i == to ? "A header block ends inside a field." : "A number is too large.";
        return -1;
    }

    // --- The dynamic table (2.3.2, 4)

    /** Where in the ring the entry of {@code index} is; -1 where it was never seen. */
    private int place(int index) {
        int k = index - StaticTable.SIZE - 1;
        return k >= entries ? -1 : (oldest + entries - 1 - k) % names.length;
    }

    private void resize() {
        int n = integer(5);
        if (n < 0) return;
        limit = Math.min(n, MOST_KEPT);
        evict(limit);
    }

    private void insert(String name) {
        long added = (long) name.length() + stringLength + ENTRY_OVERHEAD;
        evict(limit - added);
        if (added > limit) return; // it emptied the table (4.4)
        if (entries == names.length) {
            names = turned(names, new String[2 * entries]);
            values = turned(values, new byte[2 * entries][]);
            oldest = 0;
        }
        int at = (oldest + entries++) % names.length;
        names[at] = name;
        values[at] = Arrays.copyOfRange(string, stringFrom, stringFrom + stringLength);
        size += added;
    }

    private <T> T[] turned(T[] ring, T[] bigger) {
        for (int k = 0; k < entries; k++) bigger[k] = ring[(oldest + k) % ring.length];
        return bigger;
    }

    private void evict(long most) {
        while (entries > 0 && size > most) {
            size -= (long) names[oldest].length() + values[oldest].length + ENTRY_OVERHEAD;
            values[oldest] = UNSEEN;
            oldest = (oldest + 1) % names.length;
            entries--;
        }
    }
}
