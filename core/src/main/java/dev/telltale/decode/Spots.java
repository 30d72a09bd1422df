package dev.telltale.decode;

import java.util.Arrays;

/** Hits in a layer's own offsets, in ascending order of start, taken from the front. */
final class Spots {
    /** A hit that a longer chain explains. */
    static final int DROPPED = -1;

    int[] form = new int[4];
    long[] start = new long[4];
    long[] end = new long[4];

    /** Those in {@code [head, size)} are still to be told. */
    int head;

    int size;

    void add(int f, long s, long e) {
        if (size == form.length) {
            if (head > size / 2) {
                System.arraycopy(form, head, form, 0, size - head);
                System.arraycopy(start, head, start, 0, size - head);
                System.arraycopy(end, head, end, 0, size - head);
                size -= head;
                head = 0;
            } else {
                form = Arrays.copyOf(form, size * 2);
                start = Arrays.copyOf(start, size * 2);
                end = Arrays.copyOf(end, size * 2);
            }
        }
        form[size] = f;
        start[size] = s;
        end[size] = e;
        size++;
    }

    /** Adds one out of order. */
    void insert(int f, long s, long e) {
        add(f, s, e);
        for (int i = size - 1; i > head && start[i - 1] > s; i--) {
            form[i] = form[i - 1];
            start[i] = start[i - 1];
            end[i] = end[i - 1];
            form[i - 1] = f;
            start[i - 1] = s;
            end[i - 1] = e;
        }
    }

    /** Forgets those that start at {@code offset} or after. */
    void dropFrom(long offset) {
        int n = head;
        for (int i = head; i < size; i++) {
            if (start[i] >= offset) continue;
            form[n] = form[i];
            start[n] = start[i];
            end[n++] = end[i];
        }
        size = n;
    }

    boolean has(int f) {
        for (int i = head; i < size; i++) if (form[i] == f) return true;
        return false;
    }

    boolean isEmpty() {
        return head == size;
    }

    void clear() {
        head = size = 0;
    }

    /** Drops what has been told. */
    void take(int to) {
        head = to;
        if (head == size) clear();
    }
}
