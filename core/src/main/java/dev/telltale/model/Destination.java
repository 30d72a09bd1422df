package dev.telltale.model;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Who is at the other end.
 *
 * @param host name, or the IP where no name is known
 * @param domain registrable domain (public suffix list); for an unlisted suffix the last two
 *     labels; for an IP the IP
 * @param ips every address this host was reached at, sorted
 * @param company empty where unknown, likewise category and country (ISO alpha-2)
 * @param sources attribute name to source and date
 */
public record Destination(
        String host,
        String domain,
        List<String> ips,
        int port,
        String company,
        String category,
        String country,
        OptionalInt asn,
        boolean anycast,
        Map<String, String> sources) {}
