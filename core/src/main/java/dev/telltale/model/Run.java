package dev.telltale.model;

import java.time.Instant;
import java.util.List;
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
            List<String> identifiers) {}

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
