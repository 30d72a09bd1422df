package dev.telltale.judge;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import dev.telltale.model.Secured;
import dev.telltale.model.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An audit made by hand, for the judge: what is not said is an IMEI in the clear, not consented.
 */
final class Seen {
    static final Instant T0 = Instant.parse("2026-05-01T10:00:00Z");

    private final List<Finding> findings = new ArrayList<>();
    private final List<Coverage.Share> shares = new ArrayList<>();
    private final List<Run.Consent> consents = new ArrayList<>();
    private List<ControlSeen> controls = List.of();
    private List<Anomaly> anomalies = List.of();
    private Map<String, String> captured = Map.of("wifi", "full", "cellular", "full");
    private String region = "IN";
    private boolean run = true;

    Seen withoutRun() {
        run = false;
        return this;
    }

    Seen controls(ControlSeen... value) {
        controls = List.of(value);
        return this;
    }

    Seen anomalies(Anomaly... value) {
        anomalies = List.of(value);
        return this;
    }

    Seen captured(Map<String, String> value) {
        captured = value;
        return this;
    }

    Seen consent(Run.Consent c) {
        consents.add(c);
        return this;
    }

    Seen sent(String host, long bytes, long unread, ReasonCode code) {
        shares.add(
                new Coverage.Share(
                        host,
                        new Coverage.Sums(bytes, bytes - unread, 0, unread, 0),
                        unread == 0 ? List.of() : List.of(new Coverage.Reason(code, unread, 0))));
        return this;
    }

    /** A finding by the attributes of the fixtures. */
    Seen finding(Map<String, String> a) {
        region = a.getOrDefault("region", region);
        String host = a.getOrDefault("host", "api.example.com");
        if (a.getOrDefault("withdrawn", "no").equals("yes"))
            consent(
                    new Run.Consent(
                            "s",
                            T0.minusSeconds(600),
                            Optional.of(T0.minusSeconds(60)),
                            List.of(),
                            List.of()));
        Optional<Boolean> consented =
                switch (a.getOrDefault("consented", "no")) {
                    case "yes" -> Optional.of(true);
                    case "no" -> Optional.of(false);
                    default -> Optional.empty();
                };
        Protection protection =
                Protection.valueOf(a.getOrDefault("protection", "none").toUpperCase(Locale.ROOT));
        Finding.Variant v =
                new Finding.Variant(
                        host,
                        "",
                        a.getOrDefault("protocol", "http/1.1"),
                        new Secured(protection, "", a.getOrDefault("weak", "")),
                        Disguise.valueOf(
                                a.getOrDefault("disguise", "plain").toUpperCase(Locale.ROOT)),
                        "form",
                        List.of(),
                        a.getOrDefault("phase", "use"),
                        consented,
                        "",
                        1,
                        T0,
                        T0);
        return finding(a, host, List.of(v));
    }

    Seen finding(Map<String, String> a, String host, List<Finding.Variant> variants) {
        String kind = a.getOrDefault("kind", "imei");
        String country = a.getOrDefault("country", "IN");
        Optional<Finding.SetShare> set =
                Optional.ofNullable(a.get("set"))
                        .map(s -> s.split("/"))
                        .map(s ->
                                new Finding.SetShare(
                                        "contacts",
                                        Integer.parseInt(s[0]),
                                        Integer.parseInt(s[1])));
        findings.add(
                new Finding(
                        "%016x".formatted(findings.size() + 1),
                        new Identifier(
                                kind + "[0]",
                                kind,
                                Scope.valueOf(
                                        a.getOrDefault("scope", "device").toUpperCase(Locale.ROOT)),
                                !a.getOrDefault("personal", "yes").equals("no")),
                        Direction.valueOf(
                                a.getOrDefault("direction", "sent").toUpperCase(Locale.ROOT)),
                        new Destination(
                                host,
                                domain(host),
                                List.of(),
                                80,
                                unknown(a.getOrDefault("company", "Example Ltd")),
                                unknown(a.getOrDefault("category", "unknown")),
                                country.equals("anycast") ? "" : unknown(country),
                                OptionalInt.empty(),
                                country.equals("anycast"),
                                Map.of()),
                        "GET / · query[x]",
                        variants.getFirst(),
                        variants,
                        variants.size(),
                        T0,
                        T0,
                        set,
                        Certainty.CERTAIN,
                        0,
                        List.of()));
        return this;
    }

    private static String unknown(String s) {
        return s.equals("unknown") ? "" : s;
    }

    static String domain(String host) {
        if (host.startsWith("{") || Character.isDigit(host.charAt(host.length() - 1))) return host;
        String[] l = host.split("\\.");
        return l.length < 2 ? host : l[l.length - 2] + "." + l[l.length - 1];
    }

    Audit audit() {
        if (shares.isEmpty())
            for (Finding f : findings) sent(f.destination().host(), 100, 0, ReasonCode.NONE);
        Run circumstances =
                new Run(
                        "r",
                        Optional.of(new Run.Device("B", "M", "1", region, "1")),
                        captured,
                        0,
                        "",
                        List.of(),
                        consents,
                        List.of(),
                        List.of());
        return new Audit(
                "test",
                new Audit.Inputs(
                        List.of(
                                new Audit.CaptureInfo(
                                        "c.pcap",
                                        "",
                                        "pcap",
                                        1,
                                        1,
                                        1,
                                        Optional.of(T0),
                                        Optional.of(T0.plusSeconds(60)),
                                        List.of())),
                        List.of(),
                        "",
                        "",
                        "",
                        List.of()),
                new Audit.PersonaSummary(
                        "p", "", findings.stream().map(Finding::identifier).distinct().toList()),
                run ? Optional.of(circumstances) : Optional.empty(),
                new Verdict(Outcome.INCONCLUSIVE, "scope", List.of()),
                new Coverage(
                        shares.stream()
                                .map(Coverage.Share::sent)
                                .reduce(Coverage.Sums.ZERO, Coverage.Sums::plus),
                        shares),
                findings,
                anomalies,
                controls,
                List.of());
    }

    Verdict judge(Policy policy) {
        return Judge.judge(policy, audit(), Seen::domain);
    }
}
