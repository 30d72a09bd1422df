package dev.telltale.model;

import java.util.Arrays;

/**
 * Occurrences of forms, in the coordinates of the array that was scanned. Reused; not thread-safe.
 */
public final class Hits {
    private int[] data = new int[24];
    private int size;

    public void add(int form, int start, int end) {
        if (size * 3 == data.length) data = Arrays.copyOf(data, data.length * 2);
        data[size * 3] = form;
        data[size * 3 + 1] = start;
        data[size * 3 + 2] = end;
        size++;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Index into {@link Matcher#form}. */
    public int form(int i) {
        return data[i * 3];
    }

    public int start(int i) {
        return data[i * 3 + 1];
    }

    public int end(int i) {
        return data[i * 3 + 2];
    }

    public void clear() {
        size = 0;
    }

    /** Forgets all but the first {@code n}. */
    public void truncate(int n) {
        size = Math.min(size, n);
    }
}
