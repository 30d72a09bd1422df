package dev.telltale.model;

import java.util.Map;
import java.util.OptionalInt;

/**
 * Who is behind a host and its addresses, as far as reference data knows.
 *
 * @param company empty where unknown, likewise the others
 * @param headquarters ISO alpha-2 of the country the company is run from
 * @param category what the host is for: {@code analytics}, {@code push}, {@code phone maker}, ...
 * @param country ISO alpha-2 of where the addresses are registered or located as of their source's
 *     date; empty where they differ, and for anycast, which is in many places
 * @param sources attribute name to what says so, its version, date and licence
 */
public record Attribution(
        String company,
        String headquarters,
        String category,
        String country,
        OptionalInt asn,
        boolean anycast,
        Map<String, String> sources) {

    public static final Attribution NONE =
            new Attribution("", "", "", "", OptionalInt.empty(), false, Map.of());
}
