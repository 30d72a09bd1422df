package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Remembers lists of names already made, since the same few paths hold most values. Bounded. */
final class KeyPaths {
    private static final int SLOTS = 1 << 12;

    /** Longer paths are made anew each time. */
    private static final int LONGEST = 512;

    private final byte[][] paths = new byte[SLOTS][];
    private final List<List<String>> lists = new ArrayList<>();

    KeyPaths() {
        for (int i = 0; i < SLOTS; i++) lists.add(List.of());
    }

    /** The names in {@code [0, length)}, each ended by a zero byte. */
    List<String> list(byte[] path, int length) {
        if (length == 0) return List.of();
        if (length > LONGEST) return split(path, length);
        int slot = (int) (Noise.hash(path, 0, length) & SLOTS - 1);
        byte[] known = paths[slot];
        if (known != null && Arrays.equals(known, 0, known.length, path, 0, length))
            return lists.get(slot);
        List<String> list = split(path, length);
        paths[slot] = Arrays.copyOf(path, length);
        lists.set(slot, list);
        return list;
    }

    private static List<String> split(byte[] path, int length) {
        List<String> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < length; i++) {
            if (path[i] == 0) {
                names.add(new String(path, start, i - start, UTF_8));
                start = i + 1;
            }
        }
        return List.copyOf(names);
    }
}
