package dev.telltale.persona;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Phone numbers that are given to nobody: ranges that numbering authorities keep for films and
 * books. A country without such a range gets British ones.
 */
final class FictitiousNumbers {
    /**
     * @param prefix international, without the plus
     * @param digits that follow it
     * @param source who says that nobody has them
     */
    private record Range(String prefix, int from, int to, int digits, String source) {}

    private static final Range BRITISH =
            new Range(
                    "442079460", 0, 999, 3, "Ofcom, numbers for drama use: 020 7946 0000 to 0999");

    private static final Map<String, Range> RANGES =
            Map.of(
                    "US", new Range("1202555", 100, 199, 4, "NANPA: 555-0100 to 555-0199"),
                    "CA", new Range("1613555", 100, 199, 4, "NANPA: 555-0100 to 555-0199"),
                    "GB", BRITISH,
                    "DE", new Range("4917139200", 0, 99, 2, "BNetzA: (0)171 39200, film"),
                    "SE", new Range("46701740", 605, 699, 3, "PTS: 070-174 06 05 to 99"));

    private final Range range;
    private final List<String> left = new ArrayList<>();

    FictitiousNumbers(String region, Random random) {
        range = RANGES.getOrDefault(region, BRITISH);
        for (int n = range.from; n <= range.to; n++)
            left.add("+" + range.prefix + String.format(Locale.ROOT, "%0" + range.digits + "d", n));
        Collections.shuffle(left, random);
    }

    static boolean has(String region) {
        return RANGES.containsKey(region);
    }

    int left() {
        return left.size();
    }

    String source() {
        return range.source;
    }

    /** Never the same twice; so the last digits differ too. */
    String next() {
        return left.removeLast();
    }
}
