package dev.telltale.lab;

import dev.telltale.model.Run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the tester agreed to on the handset and took back, for the run. */
final class Consents {
    static final String MESSAGING = "cloud-messaging";
    static final String BACKUP = "cloud-backup";

    /** What the vendor's consent screens say that a service gets. */
    static final Map<String, List<String>> SERVICES = services();

    private static final List<String> DOMAINS = List.of("xiaomi.com", "xiaomi.net", "miui.com");

    private final List<Run.Consent> consents = new ArrayList<>();

    private static Map<String, List<String>> services() {
        Map<String, List<String>> services = new LinkedHashMap<>();
        services.put(MESSAGING, List.of("imsi", "imei", "msisdn", "contacts", "sms"));
        services.put(
                BACKUP, List.of("imei", "contacts", "sms", "calls", "ssid", "bssid", "location"));
        return services;
    }

    void given(String service, Instant at) {
        consents.add(
                new Run.Consent(
                        service,
                        at,
                        Optional.empty(),
                        DOMAINS,
                        SERVICES.getOrDefault(service, List.of())));
    }

    void withdrawn(String service, Instant at) {
        consents.replaceAll(c ->
                c.service().equals(service) && c.withdrawn().isEmpty()
                        ? new Run.Consent(
                                service, c.given(), Optional.of(at), c.domains(), c.identifiers())
                        : c);
    }

    /** A wiped phone has to ask anew. */
    void allWithdrawn(Instant at) {
        SERVICES.keySet().forEach(service -> withdrawn(service, at));
    }

    List<Run.Consent> list() {
        return List.copyOf(consents);
    }
}
