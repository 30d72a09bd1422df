package dev.telltale.model;

import java.util.List;

/**
 * What the test phone knows about itself and its owner.
 *
 * @param region ISO 3166 alpha-2 for national phone forms, or empty
 * @param entries in the order of the file, kinds in contract order
 */
public record Persona(
        String name, String region, List<Entry> entries, List<PayloadKey> payloadKeys) {
    /**
     * @param value as written; a location is {@code lat,lon} as written
     */
    public record Entry(Identifier identifier, String value) {}

    /** A key known from reverse engineering; {@code key} and {@code iv} raw. */
    public record PayloadKey(String name, String cipher, byte[] key, byte[] iv) {}

    public List<Identifier> identifiers() {
        return entries.stream().map(Entry::identifier).toList();
    }
}
