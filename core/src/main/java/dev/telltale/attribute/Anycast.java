package dev.telltale.attribute;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Addresses that are in many places at once. A database that names one country for them names where
 * they are registered at best, so none is named.
 */
final class Anycast {
    private final Set<Long> systems = new HashSet<>();
    private final List<Prefix> prefixes = new ArrayList<>();

    Anycast() {
        Resources.rows("anycast.tsv", this::add);
    }

    /** Columns: {@code AS13335} or a prefix, operator, and more that a reader is for. */
    private void add(String[] columns) {
        String what = columns[0];
        if (what.startsWith("AS")) {
            systems.add(Long.parseLong(what.substring(2)));
        } else {
            prefixes.add(Prefix.of(what));
        }
    }

    boolean is(byte[] address, Optional<Long> asn) {
        if (asn.isPresent() && systems.contains(asn.get())) return true;
        for (Prefix p : prefixes) if (p.holds(address)) return true;
        return false;
    }
}
