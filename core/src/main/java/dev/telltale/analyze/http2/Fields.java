package dev.telltale.analyze.http2;

import java.util.Arrays;

/**
 * The fields of one header block or field section in their order; made anew by each that is
 * decoded.
 */
public final class Fields {
    /** Fields of one block that are told; further ones are only counted. */
    static final int MAX_FIELDS = 2048;

    /** Bytes of all values of one block that are told: a table makes thousands of one byte. */
    static final int MAX_BYTES = 1 << 20;

    private static final byte[] NOTHING = {};

    public int count;

    /** Name by field; empty where it is unknown. */
    public String[] names = new String[32];

    private byte[][] values = new byte[32][];
    private int[] froms = new int[32];
    private int[] lengths = new int[32];

    /** Where a field's representation stands in the block. */
    public int[] starts = new int[32];

    public int[] ends = new int[32];

    /** True where the value stands in the block byte for byte, at {@link #from}. */
    public boolean[] plain = new boolean[32];

    /** True where neither value nor, perhaps, name is known. */
    public boolean[] unknown = new boolean[32];

    /** Bytes of decoded values. */
    public byte[] arena = new byte[1024];

    public int arenaSize;

    /** Fields left out because there were too many, or their values too long. */
    public int leftOut;

    /** What is wrong with the block, or empty. */
    public String problem = "";

    /** The last field is not whole: the block ends inside of it. */
    public boolean cut;

    private long bytes;

    public void clear() {
        count = 0;
        arenaSize = 0;
        leftOut = 0;
        bytes = 0;
        problem = "";
        cut = false;
        if (arena.length > 1 << 16) arena = new byte[1024];
        if (names.length > 256) grow(32);
        Arrays.fill(values, NOTHING);
    }

    /** The array that holds the value of field {@code k}. */
    public byte[] value(int k) {
        byte[] v = values[k];
        return v.length == 0 ? arena : v;
    }

    public int from(int k) {
        return froms[k];
    }

    public int length(int k) {
        return lengths[k];
    }

    public boolean is(int k, String value) {
        if (lengths[k] != value.length()) return false;
        byte[] b = value(k);
        for (int i = 0; i < value.length(); i++)
            if (b[froms[k] + i] != value.charAt(i)) return false;
        return true;
    }

    /** First field of that name whose value is known, or -1. */
    public int find(String name) {
        for (int k = 0; k < count; k++) if (!unknown[k] && names[k].equals(name)) return k;
        return -1;
    }

    /** Room for {@code n} more decoded bytes. */
    public void reserve(int n) {
        if (arena.length - arenaSize < n)
            arena = Arrays.copyOf(arena, Math.max(arenaSize + n, 2 * arena.length));
    }

    /**
     * @param value the array that holds the value, or {@link #arena}
     */
    public void add(
            String name, byte[] value, int from, int length, int start, int end, boolean isPlain) {
        if (count == MAX_FIELDS || bytes + length > MAX_BYTES) {
            leftOut++;
            return;
        }
        bytes += length;
        if (count == names.length) grow(2 * count);
        names[count] = name;
        values[count] = value == arena ? NOTHING : value;
        froms[count] = from;
        lengths[count] = length;
        starts[count] = start;
        ends[count] = end;
        plain[count] = isPlain;
        unknown[count++] = false;
    }

    public void addUnknown(int start, int end) {
        int before = count;
        add("", NOTHING, 0, 0, start, end, false);
        if (count > before) unknown[before] = true;
    }

    private void grow(int size) {
        names = Arrays.copyOf(names, size);
        values = Arrays.copyOf(values, size);
        froms = Arrays.copyOf(froms, size);
        lengths = Arrays.copyOf(lengths, size);
        starts = Arrays.copyOf(starts, size);
        ends = Arrays.copyOf(ends, size);
        plain = Arrays.copyOf(plain, size);
        unknown = Arrays.copyOf(unknown, size);
    }
}
