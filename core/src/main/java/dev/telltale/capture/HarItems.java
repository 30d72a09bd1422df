package dev.telltale.capture;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * The elements of one list of a HAR entry, escapes undone, kept up to a limit. Once it is reached
 * the elements kept stay, the others are counted; of those whose value alone is longer than the
 * limit the other members are noted, so that a second reading knows them before the value streams
 * past.
 */
final class HarItems {
    private static final int FIELDS = 4;
    private static final int MOST = 1 << 16;

    /** Longest that name, file name and type of one element may be together. */
    private static final int SCRATCH = 1 << 16;

    private final int limit;
    private final JsonText json = new JsonText();
    private byte[] kept = new byte[256];
    private int size;
    private int[] spans = new int[FIELDS * 2 * 8];
    private int items;
    private boolean over;
    private boolean open;
    private boolean cut;
    private long lost;
    private final Deque<Item> big = new ArrayDeque<>();

    private byte[] scratch = new byte[256];
    private int scratched;
    private final int[] starts = new int[FIELDS];
    private final int[] lengths = new int[FIELDS];
    private long valueLength;
    private boolean valueKept;

    /** The small members of one element; absent ones are empty. */
    record Item(byte[] name, byte[] file, byte[] type) {}

    HarItems(int limit) {
        this.limit = limit;
    }

    void clear() {
        size = 0;
        items = 0;
        over = false;
        open = false;
        cut = false;
        lost = 0;
        big.clear();
    }

    void begin() {
        open = true;
        scratched = 0;
        valueLength = 0;
        valueKept = true;
        Arrays.fill(lengths, -1);
    }

    void add(
            HarLeaf leaf,
            byte[] bytes,
            int from,
            int length,
            boolean escaped,
            boolean first,
            boolean last) {
        int field = leaf.ordinal() - HarLeaf.ITEM_NAME.ordinal();
        boolean value = leaf == HarLeaf.ITEM_VALUE;
        if (first) json.begin();
        int room = length + 2 * JsonText.ROOM;
        if (value) {
            if (first) {
                valueLength = 0;
                valueKept = true;
                lengths[field] = 0;
            }
            int at = size + (int) Math.min(valueLength, limit);
            if (!over && valueKept && (long) at + length <= limit && items < MOST) {
                grow(at + room);
                int end = json.undo(bytes, from, length, escaped, kept, at);
                if (last) end = json.flush(kept, end);
                valueLength += end - at;
            } else {
                valueKept = false;
                byte[] waste = new byte[room];
                int n = json.undo(bytes, from, length, escaped, waste, 0);
                valueLength += last ? json.flush(waste, n) : n;
            }
            return;
        }
        if (first) {
            starts[field] = scratched;
            lengths[field] = 0;
        }
        if ((long) scratched + length > SCRATCH) {
            lost += length;
            return;
        }
        if (scratch.length - scratched < room)
            scratch = Arrays.copyOf(scratch, 2 * (scratched + room));
        int end = json.undo(bytes, from, length, escaped, scratch, scratched);
        if (last) end = json.flush(scratch, end);
        scratched = end;
        lengths[field] = end - starts[field];
    }

    void end() {
        open = false;
        int value = HarLeaf.ITEM_VALUE.ordinal() - HarLeaf.ITEM_NAME.ordinal();
        if (valueKept && !over && items < MOST && size + valueLength + scratched <= limit) {
            if (spans.length == items * FIELDS * 2) spans = Arrays.copyOf(spans, spans.length * 2);
            if (lengths[value] >= 0) lengths[value] = (int) valueLength;
            starts[value] = size;
            int at = size + (int) valueLength;
            grow(at + scratched);
            System.arraycopy(scratch, 0, kept, at, scratched);
            for (int f = 0; f < FIELDS; f++) {
                spans[(items * FIELDS + f) * 2] = f == value ? size : at + starts[f];
                spans[(items * FIELDS + f) * 2 + 1] = lengths[f];
            }
            size = at + scratched;
            items++;
            return;
        }
        over = true;
        lost += valueLength + scratched;
        if (valueLength > limit) big.add(new Item(field(0), field(2), field(3)));
    }

    private void grow(int needed) {
        if (kept.length >= needed) return;
        long twice = Math.min(2L * needed, (long) limit + SCRATCH);
        kept = Arrays.copyOf(kept, (int) Math.max(needed, twice));
    }

    private byte[] field(int f) {
        return lengths[f] < 0
                ? new byte[0]
                : Arrays.copyOfRange(scratch, starts[f], starts[f] + lengths[f]);
    }

    /** The text broke off: what there is of an open element is an element. */
    void cut() {
        if (!open) return;
        end();
        cut = true;
    }

    /** The element in the making, without its value. */
    Item current() {
        return new Item(field(0), field(2), field(3));
    }

    /** A kept element without its value. */
    Item item(int i) {
        return new Item(
                copy(i, HarLeaf.ITEM_NAME), copy(i, HarLeaf.ITEM_FILE), copy(i, HarLeaf.ITEM_TYPE));
    }

    private byte[] copy(int i, HarLeaf leaf) {
        return Arrays.copyOfRange(kept, start(i, leaf), start(i, leaf) + length(i, leaf));
    }

    int size() {
        return items;
    }

    boolean isEmpty() {
        return items == 0 && !over;
    }

    /** True where there are more elements than are kept. */
    boolean over() {
        return over;
    }

    /** True where the text broke off inside the last element. */
    boolean isCut() {
        return cut;
    }

    /** Bytes of what is not kept. */
    long lost() {
        return lost;
    }

    /** Elements whose value is longer than the limit, in order. */
    Deque<Item> big() {
        return big;
    }

    byte[] bytes() {
        return kept;
    }

    int start(int item, HarLeaf leaf) {
        return spans[(item * FIELDS + leaf.ordinal() - HarLeaf.ITEM_NAME.ordinal()) * 2];
    }

    /** Length of a member, 0 where absent. */
    int length(int item, HarLeaf leaf) {
        return Math.max(
                0, spans[(item * FIELDS + leaf.ordinal() - HarLeaf.ITEM_NAME.ordinal()) * 2 + 1]);
    }

    boolean has(int item, HarLeaf leaf) {
        return spans[(item * FIELDS + leaf.ordinal() - HarLeaf.ITEM_NAME.ordinal()) * 2 + 1] >= 0;
    }
}
