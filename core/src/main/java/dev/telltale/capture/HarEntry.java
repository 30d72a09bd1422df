package dev.telltale.capture;

import dev.telltale.model.Anomaly;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What is kept of one entry of a HAR: its values up to limits, whatever order they come in. Reused
 * from entry to entry.
 */
final class HarEntry {
    /** Short values of one entry together. */
    private static final int SHORT = 4 << 20;

    /** Fields or cookies of one side of an entry. */
    private static final int FIELDS = 1 << 20;

    private byte[] kept = new byte[4096];
    private int size;
    private final JsonText json = new JsonText();
    private final int[] starts = new int[HarLeaf.values().length];
    private final int[] lengths = new int[starts.length];
    private final HarItems[] lists = new HarItems[HarList.values().length];
    private final HarText post;
    private final HarText extra;
    private final HarText answer;

    private int index;
    private long at;
    private long lost;
    private boolean broken;

    /**
     * @param limit bytes kept of each body and each list
     */
    HarEntry(int limit) {
        for (HarList l : HarList.values()) {
            lists[l.ordinal()] =
                    new HarItems(l == HarList.PARAMS || l == HarList.FRAMES ? limit : FIELDS);
        }
        post = new HarText(limit);
        extra = new HarText(limit);
        answer = new HarText(limit);
    }

    void begin(int index, long at) {
        this.index = index;
        this.at = at;
        size = 0;
        lost = 0;
        broken = false;
        Arrays.fill(lengths, -1);
        for (HarItems l : lists) l.clear();
        post.clear();
        extra.clear();
        answer.clear();
    }

    void add(
            HarLeaf leaf,
            byte[] bytes,
            int from,
            int length,
            boolean escaped,
            boolean first,
            boolean last) {
        int f = leaf.ordinal();
        if (first) {
            json.begin();
            starts[f] = size;
            lengths[f] = 0;
        }
        if ((long) size + length > SHORT) {
            lost += length;
            return;
        }
        int room = length + 2 * JsonText.ROOM;
        if (kept.length - size < room) kept = Arrays.copyOf(kept, 2 * (size + room));
        size = json.undo(bytes, from, length, escaped, kept, size);
        if (last) size = json.flush(kept, size);
        lengths[f] = size - starts[f];
    }

    /** The text broke off inside this entry. */
    void breakOff() {
        broken = true;
        for (HarItems l : lists) l.cut();
    }

    boolean broken() {
        return broken;
    }

    /** 0-based place in {@code log.entries}. */
    int index() {
        return index;
    }

    /** Offset of its first byte in the file. */
    long at() {
        return at;
    }

    /** Bytes of short values that were too many to keep. */
    long lost() {
        return lost;
    }

    boolean has(HarLeaf leaf) {
        return lengths[leaf.ordinal()] >= 0;
    }

    byte[] bytes() {
        return kept;
    }

    int start(HarLeaf leaf) {
        return starts[leaf.ordinal()];
    }

    int length(HarLeaf leaf) {
        return Math.max(0, lengths[leaf.ordinal()]);
    }

    /** A short value as text, empty where absent. */
    String text(HarLeaf leaf) {
        return new String(kept, start(leaf), length(leaf), StandardCharsets.UTF_8);
    }

    /** A number rounded down, -1 where absent, negative or none. */
    long number(HarLeaf leaf) {
        return number(kept, start(leaf), length(leaf));
    }

    static long number(byte[] b, int from, int length) {
        long n = 0;
        int i = from;
        int end = from + Math.min(length, 64);
        while (i < end && b[i] >= '0' && b[i] <= '9') {
            n = n * 10 + (b[i++] - '0');
            if (n > 1L << 50) return -1;
        }
        if (i == from) return -1;
        if (i == end || b[i] == '.' && i + 1 < end && !exponent(b, i, end)) return n;
        if (b[i] != 'e' && b[i] != 'E' && b[i] != '.') return -1;
        try {
            double d =
                    Double.parseDouble(
                            new String(b, from, end - from, StandardCharsets.ISO_8859_1));
            return d >= 0 && d < 1L << 50 ? (long) d : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean exponent(byte[] b, int from, int end) {
        for (int i = from; i < end; i++) if (b[i] == 'e' || b[i] == 'E') return true;
        return false;
    }

    HarItems list(HarList list) {
        return lists[list.ordinal()];
    }

    HarText body(HarLeaf leaf) {
        return switch (leaf) {
            case POST_TEXT -> post;
            case EXTRA_TEXT -> extra;
            default -> answer;
        };
    }

    Anomaly anomaly(Anomaly.Kind kind, String text) {
        return new Anomaly(kind, "entry " + index, text);
    }
}
