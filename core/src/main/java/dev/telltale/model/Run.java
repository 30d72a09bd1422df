package dev.telltale.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Circumstances of one recording. Instants are true time; captures are corrected by {@code
 * clockOffsetMillis} (added to capture time) before they are compared.
 *
 * @param captured channel name to {@code full | partial | log | none}
 */
public record Run(
        String name,
        Optional<Device> device,
        Map<String, String> captured,
        long clockOffsetMillis,
        String zone,
        List<Phase> phases,
        List<Consent> consents,
        List<Control> controls,
        List<Attachment> attachments) {

    /** Named in reports, never masked. */
    public record Device(String brand, String model, String build, String region, String unit) {}

    /** {@code to} is exclusive. */
    public record Phase(String name, Instant from, Instant to, List<Step> steps) {}

    public record Step(String name, Instant at) {}

    /**
     * @param withdrawn empty while it stands
     * @param domains registrable domains it covers; empty covers any
     * @param identifiers kinds or ids it covers; empty covers any
     */
    public record Consent(
            String service,
            Instant given,
            Optional<Instant> withdrawn,
            List<String> domains,
            List<String> identifiers) {

        /** Whoever gave it agreed that this identifier goes to this domain. */
        public boolean covers(String domain, Identifier who) {
            return (domains.isEmpty() || domains.stream().anyMatch(d -> within(domain, d)))
                    && (identifiers.isEmpty() || identifiers.stream().anyMatch(i -> names(i, who)));
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

    /**
     * @param from {@code device} or {@code recorder}
     */
    public record Control(String name, String value, String from) {}

    public record Attachment(String file, String sha256) {}

    /** Name of the phase that {@code at} (true time) lies in, or empty. */
    public String phaseAt(Instant at) {
        for (Phase p : phases) if (!at.isBefore(p.from()) && at.isBefore(p.to())) return p.name();
        return "";
    }
}
