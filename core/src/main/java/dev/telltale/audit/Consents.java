package dev.telltale.audit;

import dev.telltale.model.Identifier;
import dev.telltale.model.Run;
import java.time.Instant;
import java.util.Locale;

/** Was the owner's consent given. */
final class Consents {
    private Consents() {}

    /** True if at that instant a consent stands that covers the domain and the identifier. */
    static boolean covers(Run run, Instant at, String domain, Identifier who) {
        return run.consents().stream()
                .anyMatch(c ->
                        !at.isBefore(c.given())
                                && c.withdrawn().map(at::isBefore).orElse(true)
                                && (c.domains().isEmpty()
                                        || c.domains().stream().anyMatch(d -> within(domain, d)))
                                && (c.identifiers().isEmpty()
                                        || c.identifiers().stream().anyMatch(i -> names(i, who))));
    }

    private static boolean within(String domain, String covered) {
        String c = covered.toLowerCase(Locale.ROOT);
        return domain.equals(c) || domain.endsWith("." + c);
    }

    /**
     * A consent names kinds ({@code imei}), ids ({@code imei[0]}) or collections ({@code
     * contacts}).
     */
    private static boolean names(String named, Identifier who) {
        return named.equals(who.kind())
                || named.equals(who.id())
                || who.id().startsWith(named + "[");
    }
}
