package dev.telltale.audit;

import dev.telltale.model.Observations.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Hashes and when each was first seen: open addressing over primitives, for it is asked once a
 * value received.
 */
final class LongTimes {
    private long[] keys = new long[32];
    private long[] times = new long[32];
    private int size;

    /** Takes both halves of an entry. */
    interface Each {
        void entry(long hash, long nanos);
    }

    /** True where {@code hash} is new. */
    boolean earliest(long hash, long nanos) {
        long key = hash == 0 ? 1 : hash;
        int i = slot(key);
        if (keys[i] == key) {
            if (nanos < times[i]) times[i] = nanos;
            return false;
        }
        keys[i] = key;
        times[i] = nanos;
        if (++size * 2 > keys.length) grow();
        return true;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int i = (int) (key * 0x9E3779B97F4A7C15L >>> 40) & mask;
        while (keys[i] != 0 && keys[i] != key) i = i + 1 & mask;
        return i;
    }

    private void grow() {
        rebuild(keys.length * 2, h -> true);
    }

    /** Forgets what {@code wanted} does not want. */
    void keep(LongPredicate wanted) {
        rebuild(keys.length, wanted);
    }

    private void rebuild(int length, LongPredicate wanted) {
        long[] oldKeys = keys;
        long[] oldTimes = times;
        keys = new long[length];
        times = new long[length];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] == 0 || !wanted.test(oldKeys[i])) continue;
            int at = slot(oldKeys[i]);
            keys[at] = oldKeys[i];
            times[at] = oldTimes[i];
            size++;
        }
    }

    int size() {
        return size;
    }

    void each(Each to) {
        for (int i = 0; i < keys.length; i++) if (keys[i] != 0) to.entry(keys[i], times[i]);
    }

    List<Token> sorted() {
        List<Token> all = new ArrayList<>(size);
        each((h, t) -> all.add(new Token(h, t)));
        all.sort(Comparator.comparingLong(Token::hash));
        return List.copyOf(all);
    }
}
