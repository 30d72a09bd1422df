package dev.telltale.dissect;

import org.jspecify.annotations.Nullable;

/**
 * Conversations by 5-tuple: open addressing with linear probing; removal shifts back, so that no
 * graves slow it down.
 */
final class FlowTable {
    private @Nullable Conversation[] slots = new @Nullable Conversation[256];
    private int size;

    int size() {
        return size;
    }

    @Nullable Conversation find(FlowKey key) {
        int mask = slots.length - 1;
        for (int i = key.hash & mask; ; i = i + 1 & mask) {
            Conversation c = slots[i];
            if (c == null) return null;
            if (c.hash == key.hash && c.is(key)) return c;
        }
    }

    /** {@code c} must not be in yet. */
    void add(Conversation c) {
        if (2 * (size + 1) > slots.length) grow();
        place(c);
        size++;
    }

    private void place(Conversation c) {
        int mask = slots.length - 1;
        int i = c.hash & mask;
        while (slots[i] != null) i = i + 1 & mask;
        slots[i] = c;
    }

    private void grow() {
        @Nullable Conversation[] old = slots;
        slots = new @Nullable Conversation[2 * old.length];
        for (Conversation c : old) if (c != null) place(c);
    }

    void remove(Conversation c) {
        int mask = slots.length - 1;
        int hole = c.hash & mask;
        while (slots[hole] != c) {
            if (slots[hole] == null) return;
            hole = hole + 1 & mask;
        }
        size--;
        for (int i = hole + 1 & mask; ; i = i + 1 & mask) {
            Conversation next = slots[i];
            if (next == null) break;
            // It may fill the hole unless that lies before its own place in the probe order.
            if ((i - next.hash & mask) >= (i - hole & mask)) {
                slots[hole] = next;
                hole = i;
            }
        }
        slots[hole] = null;
    }
}
