package dev.telltale.audit;

import dev.telltale.attribute.Domains;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Registrable domains of the hosts met lately: the list is asked once a host and not once a
 * sighting.
 */
final class DomainCache {
    private static final int MOST = 10_000;

    private final Map<String, String> byHost =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > MOST;
                }
            };

    String of(String host) {
        return byHost.computeIfAbsent(host, Domains::registrable);
    }
}
