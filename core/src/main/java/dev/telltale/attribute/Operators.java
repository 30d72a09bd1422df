package dev.telltale.attribute;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Mobile operators by MCC and MNC (ITU-T E.212). */
final class Operators {
    private final Map<String, String> byCode = new HashMap<>();

    Operators() {
        Resources.rows("operators.tsv", c -> byCode.put(c[0] + c[1], c[2]));
    }

    /**
     * Some countries mix MNCs of two and three digits, and an IMSI does not say which it has: the
     * longest that is listed counts.
     */
    Optional<String> find(String imsi) {
        for (int n = Math.min(6, imsi.length()); n >= 5; n--) {
            String name = byCode.get(imsi.substring(0, n));
            if (name != null) return Optional.of(name);
        }
        return Optional.empty();
    }
}
