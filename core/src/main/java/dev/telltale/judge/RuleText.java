package dev.telltale.judge;

import dev.telltale.judge.Attributes.Facts;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Policy;
import dev.telltale.model.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A broken rule in one sentence. */
final class RuleText {
    private RuleText() {}

    /** Kinds whose names are no words. */
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("imei", "IMEI"),
                    Map.entry("imsi", "IMSI"),
                    Map.entry("iccid", "SIM card number"),
                    Map.entry("msisdn", "phone number"),
                    Map.entry("android_id", "Android ID"),
                    Map.entry("advertising_id", "advertising ID"),
                    Map.entry("oaid", "OAID"),
                    Map.entry("serial", "serial number"),
                    Map.entry("wifi_mac", "Wi-Fi MAC"),
                    Map.entry("bluetooth_mac", "Bluetooth MAC"),
                    Map.entry("ssid", "Wi-Fi name"),
                    Map.entry("bssid", "Wi-Fi access point"),
                    Map.entry("local_ip", "local IP"),
                    Map.entry("name", "owner's name"),
                    Map.entry("email", "e-mail address"),
                    Map.entry("contact_name", "contacts' names"),
                    Map.entry("contact_phone", "contacts' numbers"),
                    Map.entry("contact_email", "contacts' e-mail addresses"),
                    Map.entry("sms_peer", "SMS peers' numbers"),
                    Map.entry("sms_text", "text of SMS"),
                    Map.entry("call_peer", "call peers' numbers"),
                    Map.entry("app", "installed apps"));

    /** Kinds, each once; a custom identifier goes by its name. */
    static String what(Collection<Finding> findings) {
        List<String> names =
                findings.stream()
                        .map(Finding::identifier)
                        .map(i ->
                                i.kind().equals("custom")
                                        ? i.id().replaceFirst("^custom\\.", "")
                                                .replaceFirst("\\[\\d+]$", "")
                                        : NAMES.getOrDefault(i.kind(), i.kind().replace('_', ' ')))
                        .distinct()
                        .toList();
        if (names.size() < 2) return String.join("", names);
        return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
    }

    static String broken(
            Policy.Rule rule,
            String domain,
            String phase,
            Collection<Finding> findings,
            List<Facts> facts,
            Optional<Run> run) {
        boolean sent = facts.stream().allMatch(f -> f.finding().direction() == Direction.SENT);
        return what(findings)
                + (sent ? " sent to " : " exchanged with ")
                + domain
                + (phase.isEmpty() ? "" : " in " + phase)
                + early(facts, run)
                + ": "
                + rule.reason();
    }

    /** By how much it came too early, where a consent that covers it was given later. */
    private static String early(List<Facts> facts, Optional<Run> run) {
        if (run.isEmpty()) return "";
        if (facts.stream().anyMatch(f -> f.variant().consented().orElse(true))) return "";
        Optional<Duration> least =
                facts.stream()
                        .flatMap(f -> before(f, run.get()).stream())
                        .min(Comparator.naturalOrder());
        return least.map(d -> ", " + words(d) + " before consent was given").orElse("");
    }

    private static Optional<Duration> before(Facts f, Run run) {
        Instant at = f.variant().lastSeen();
        Stream<Instant> later =
                run.consents().stream()
                        .filter(c ->
                                c.covers(
                                        f.finding().destination().domain(),
                                        f.finding().identifier()))
                        .map(Run.Consent::given)
                        .filter(g -> g.isAfter(at));
        return later.min(Comparator.naturalOrder()).map(g -> Duration.between(at, g));
    }

    private static String words(Duration d) {
        if (d.toHours() >= 2) return d.toHours() + " h";
        if (d.toMinutes() >= 2) return d.toMinutes() + " min";
        return Math.max(1, d.toSeconds()) + " s";
    }
}
