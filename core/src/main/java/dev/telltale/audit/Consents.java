package dev.telltale.audit;

import dev.telltale.model.Identifier;
import dev.telltale.model.Run;
import java.time.Instant;

/** Was the owner's consent given. */
final class Consents {
    private Consents() {}

    /** True if at that instant a consent stands that covers the domain and the identifier. */
    static boolean covers(Run run, Instant at, String domain, Identifier who) {
        return run.consents().stream()
                .anyMatch(c ->
                        !at.isBefore(c.given())
                                && c.withdrawn().map(at::isBefore).orElse(true)
                                && c.covers(domain, who));
    }
}
