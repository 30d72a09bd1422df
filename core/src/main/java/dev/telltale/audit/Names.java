package dev.telltale.audit;

import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.NameSeen;
import java.util.List;

/** What an address was called, from the names that the same capture's DNS answers gave it. */
final class Names {
    private final CaptureSeen capture;

    Names(CaptureSeen capture) {
        this.capture = capture;
    }

    /**
     * Host the traffic named, else the latest name answered before {@code nanos}, else the first
     * after, else the address.
     */
    String host(Phones.Way way, long nanos) {
        if (!way.host().isEmpty()) return way.host();
        List<NameSeen> all = capture.names().getOrDefault(way.ip(), List.of());
        if (all.isEmpty()) return way.ip();
        String best = all.getFirst().name();
        for (NameSeen n : all) if (n.timeNanos() <= nanos) best = n.name();
        return best;
    }
}
