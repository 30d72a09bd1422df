package dev.telltale.model;

import java.time.Instant;
import java.util.List;

/**
 * A value of high entropy that the phone sent and that nothing explains: no decoder, no identifier
 * of the persona, nothing the service had sent before. It may be an identifier that the phone made
 * itself. Neither the value nor a digest of it is told.
 *
 * @param label tells values apart within one audit: {@code value 3}
 * @param hosts that got it, sorted; the same value at several is one more sign of an identifier
 * @param place where it first stood
 * @param sightings how often it was sent; more than one speaks for a constant
 */
public record UnexplainedValue(
        String label, List<String> hosts, String place, long sightings, Instant firstSeen) {}
