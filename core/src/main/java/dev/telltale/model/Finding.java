package dev.telltale.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One identifier that went to (or came from) one destination at one place. The {@code worst}
 * variant gives the finding's own attributes.
 *
 * @param id first 16 hex of SHA-256 of identifier id, direction, domain and place joined by LF
 * @param accidental expected accidental matches of the best form in all that was scanned
 * @param set how many members of its collection this domain got, for contacts, SMS and call peers
 *     and apps
 */
public record Finding(
        String id,
        Identifier identifier,
        Direction direction,
        Destination destination,
        String place,
        Variant worst,
        List<Variant> variants,
        long sightings,
        Instant firstSeen,
        Instant lastSeen,
        Optional<SetShare> set,
        Certainty certainty,
        double accidental,
        List<Evidence> evidence) {

    /**
     * @param consented empty where no run was given
     * @param explanation one plain sentence part: what matched, how dressed, where
     */
    public record Variant(
            String host,
            String app,
            String protocol,
            Secured secured,
            Disguise disguise,
            String form,
            List<String> chain,
            String phase,
            Optional<Boolean> consented,
            String explanation,
            long count,
            Instant firstSeen,
            Instant lastSeen) {}

    /**
     * @param of {@code contacts}, {@code sms}, {@code calls} or {@code apps}
     */
    public record SetShare(String of, int sent, int known) {}
}
