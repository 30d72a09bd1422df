package dev.telltale.analyze.http3;

import dev.telltale.analyze.http2.Fields;
import java.util.Arrays;

/**
 * Decodes the field sections that one side sends (<a
 * href="https://www.rfc-editor.org/rfc/rfc9204">RFC 9204</a>), with where each field stands in its
 * section. Where a part of the encoder stream was not seen, a reference to the dynamic table gives
 * an unknown field, never a wrong one: entries are numbered from the first on.
 *
 * <pre>
 * encoder stream (4.3)
 *   1 T index(6+) value        insert with the name of an entry; T: static table
 *   01 H name(5+) value        insert with a literal name
 *   001 capacity(5+)           set the capacity
 *   000 index(5+)              duplicate
 * field section (4.5)
 *   required insert count(8+)  S delta base(7+)
 *   1 T index(6+)              indexed field
 *   01 N T index(4+) value     literal with the name of an entry
 *   001 N H name(3+) value     literal with a literal name
 *   0001 index(4+)             indexed, after the base
 *   0000 N index(3+) value     literal with the name of an entry after the base
 * </pre>
 */
final class Qpack {
    private static final byte[] UNSEEN = {};
    private static final int ENTRY_OVERHEAD = 32; // 3.2.1

    /** Larger tables are kept up to here. */
    private static final long MOST_KEPT = 1 << 20;

    /** Longest instruction. */
    private static final int LONGEST = 1 << 20;

    @FunctionalInterface
    interface Namer {
        String of(byte[] bytes, int from, int length);
    }

    private final Namer namer;
    private final Strings in = new Strings();

    // The dynamic table: a ring, the newest entry last.
    private String[] names = new String[16];
    private byte[][] values = new byte[16][];
    private int oldest;
    private int entries;
    private long size;
    private long capacity;

    /** Entries ever inserted: the number of the next one. */
    private long inserted;

    /** SETTINGS_QPACK_MAX_TABLE_CAPACITY of the other side, -1 while not known. */
    long maxCapacity = -1;

    /** Entries may have been inserted that were not seen. */
    private boolean lossy;

    /** The encoder stream was seen. */
    private boolean begun;

    // An instruction that comes in pieces.
    private byte[] pending = UNSEEN;
    private int pendingSize;

    Qpack(Namer namer) {
        this.namer = namer;
    }

    /** A part of the encoder stream was not seen. */
    void lost() {
        lossy = true;
        Arrays.fill(values, UNSEEN);
        entries = 0;
        size = 0;
        pending = UNSEEN;
        pendingSize = 0;
    }

    boolean lossy() {
        return lossy;
    }

    /** The encoder stream is seen from its first byte. */
    void whole() {
        begun = true;
        if (inserted == 0) lossy = false;
    }

    boolean begun() {
        return begun;
    }

    // --- The encoder stream

    /** The next bytes of the encoder stream; false where they make no sense. */
    boolean instructions(byte[] b, int from, int length) {
        if (lossy) return true;
        if (pendingSize > 0) {
            if (pendingSize + length > LONGEST) return false;
            pending = Arrays.copyOf(pending, pendingSize + length);
            System.arraycopy(b, from, pending, pendingSize, length);
            b = pending;
            from = 0;
            length += pendingSize;
            pending = UNSEEN;
            pendingSize = 0;
        }
        in.begin(b, from, from + length);
        while (in.i < in.to) {
            int start = in.i;
            if (instruction(b[start])) continue;
            if (!in.cut || in.to - start > LONGEST) return false;
            pending = Arrays.copyOfRange(b, start, in.to);
            pendingSize = pending.length;
            break;
        }
        return true;
    }

    private boolean instruction(int c) {
        if (c < 0) {
            long index = in.number(6);
            if (index < 0) return false;
            boolean fixed = (c & 0x40) != 0;
            if (fixed && index >= StaticTable.SIZE) return false;
            int at = fixed ? 0 : place(inserted - 1 - index);
            if (at < 0) return false;
            String name = fixed ? StaticTable.NAMES[(int) index] : names[at];
            if (!in.string(7, UNSEEN, 0)) return false;
            insert(name, in.copy());
            return true;
        }
        if ((c & 0x40) != 0) {
            if (!in.string(5, UNSEEN, 0)) return false;
            String name = namer.of(in.string, in.from, in.length);
            if (!in.string(7, UNSEEN, 0)) return false;
            insert(name, in.copy());
            return true;
        }
        long n = in.number(5);
        if (n < 0) return false;
        if ((c & 0x20) != 0) {
            capacity = Math.min(n, MOST_KEPT);
            evict(capacity);
            return true;
        }
        int at = place(inserted - 1 - n);
        if (at < 0) return false;
        insert(names[at], values[at]);
        return true;
    }

    private void insert(String name, byte[] value) {
        inserted++;
        long added = (long) name.length() + value.length + ENTRY_OVERHEAD;
        // One that does not fit is refused by the RFC; the number is taken all the same.
        evict(capacity - added);
        if (entries == names.length) {
            names = turned(names, new String[2 * entries]);
            values = turned(values, new byte[2 * entries][]);
            oldest = 0;
        }
        int at = (oldest + entries++) % names.length;
        names[at] = name;
        values[at] = value;
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

    /** Where in the ring the entry numbered {@code absolute} is; -1 where it is not. */
    private int place(long absolute) {
        long first = inserted - entries;
        if (absolute < first || absolute >= inserted) return -1;
        return (int) ((oldest + (absolute - first)) % names.length);
    }

    // --- Field sections

    private long base;

    /**
     * Decodes the field section {@code [from, to)}.
     *
     * @param forced though entries it needs have not come
     * @return where decoding stopped: {@code to}, or the field that is malformed; then {@link
     *     Fields#problem} says why. -1 where entries are needed that are yet to come
     */
    int decode(byte[] b, int from, int to, Fields out, boolean forced) {
        in.begin(b, from, to);
        out.clear();
        long encoded = in.number(8);
        int sign = in.i < to ? b[in.i] : 0;
        long delta = encoded < 0 ? -1 : in.number(7);
        if (delta < 0) {
            out.problem = in.problem;
            return from;
        }
        long required = required(encoded);
        if (required > inserted && !forced && !lossy) return -1;
        base = sign < 0 ? required - delta - 1 : required + delta;
        int start = in.i;
        while (in.i < to && in.problem.isEmpty()) {
            start = in.i;
            field(b[start], out);
        }
        out.problem = in.problem;
        return in.problem.isEmpty() || in.cut ? to : start;
    }

    /** The insert count meant by its low bits (4.5.1.1). */
    private long required(long encoded) {
        if (encoded == 0) return 0;
        long most = maxCapacity / ENTRY_OVERHEAD;
        // Without the settings, no wrap is assumed: what is made of it is checked by the table.
        if (most <= 0) return encoded - 1;
        long full = 2 * most;
        long highest = inserted + most;
        long wrapped = highest / full * full;
        long count = wrapped + encoded - 1;
        if (count > highest && count > full) count -= full;
        return count;
    }

    private void field(int c, Fields out) {
        int start = in.i;
        if (c < 0) {
            long index = in.number(6);
            if (index >= 0) indexed(start, (c & 0x40) != 0, index, base - 1 - index, out);
        } else if ((c & 0x40) != 0) {
            long index = in.number(4);
            if (index >= 0) named(start, (c & 0x10) != 0, index, base - 1 - index, out);
        } else if ((c & 0x20) != 0) {
            in.string(3, UNSEEN, 0);
            String name = namer.of(in.string, in.from, in.length);
            if (in.problem.isEmpty()) value(start, name, out);
            else out.add(name, UNSEEN, 0, 0, start, in.i, false);
        } else if ((c & 0x10) != 0) {
            long index = in.number(4);
            if (index >= 0) indexed(start, false, index, base + index, out);
        } else {
            long index = in.number(3);
            if (index >= 0) named(start, false, index, base + index, out);
        }
    }

    private void indexed(int start, boolean fixed, long index, long absolute, Fields out) {
        if (fixed) {
            if (index >= StaticTable.SIZE) {
                in.problem = "A field has an index beyond the static table.";
                return;
            }
            byte[] v = StaticTable.VALUES[(int) index];
            out.add(StaticTable.NAMES[(int) index], v, 0, v.length, start, in.i, false);
            return;
        }
        int at = place(absolute);
        if (at < 0) out.addUnknown(start, in.i);
        else out.add(names[at], values[at], 0, values[at].length, start, in.i, false);
    }

    private void named(int start, boolean fixed, long index, long absolute, Fields out) {
        String name;
        if (fixed) {
            if (index >= StaticTable.SIZE) {
                in.problem = "A field has an index beyond the static table.";
                return;
            }
            name = StaticTable.NAMES[(int) index];
        } else {
            int at = place(absolute);
            name = at < 0 ? "" : names[at];
        }
        value(start, name, out);
    }

    private void value(int start, String name, Fields out) {
        out.reserve(in.most());
        in.string(7, out.arena, out.arenaSize);
        out.add(name, in.string, in.from, in.length, start, in.i, in.plain);
        if (!in.plain && out.leftOut == 0) out.arenaSize += in.length;
    }
}
