package dev.telltale.audit;

import dev.telltale.identify.PersonaMatcher;
import dev.telltale.judge.Judge;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Inspection;
import dev.telltale.model.Observations;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Given;
import dev.telltale.model.Observations.PlacedToken;
import dev.telltale.model.Observations.SightingGroup;
import dev.telltale.model.Observations.SightingKey;
import dev.telltale.model.Observations.Span;
import dev.telltale.model.Observations.Token;
import dev.telltale.model.Observations.Traffic;
import dev.telltale.model.Observations.Unexplained;
import dev.telltale.model.Outcome;
import dev.telltale.model.Persona;
import dev.telltale.model.Policy;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.UnexplainedValue;
import dev.telltale.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Observations to the one Audit: all that needs the whole (who is the phone, names across flows,
 * consents, verdict).
 */
final class Concluder {
    private final Observations seen;
    private final Policy policy;
    private final Auditor.Options options;
    private final Optional<Run> run;
    private final TimeSlots slots;
    private final List<Given> given;
    private final Map<String, Phones> phones = new HashMap<>();
    private final DomainCache domains = new DomainCache();
    private final MessageDigest sha256 = Hashes.digest();
    private final double scanned;
    private final Reference reference;
    private final Map<String, String> shown = new HashMap<>();
    private @Nullable Places places;

    Concluder(Observations seen, Policy policy, Auditor.Options options, Reference reference) {
        this.reference = reference;
        this.seen = seen;
        this.policy = policy;
        this.options = options;
        this.run = seen.run();
        this.slots = new TimeSlots(run);
        this.given = seen.given();
        seen.captures()
                .forEach((sha, c) ->
                        phones.put(sha, Phones.of(c, seen.persona(), options.device())));
        this.scanned = seen.captures().values().stream().mapToDouble(CaptureSeen::scanned).sum();
    }

    /** The same bytes looked at without a persona: one capture's hosts. */
    Inspection inspect() {
        Given g = given.getFirst();
        CaptureSeen c = Objects.requireNonNull(seen.captures().get(g.sha256()));
        Phones who = phones(g.sha256());
        List<Inspection.Host> hosts = Hosts.of(c, who, reference);
        TreeMap<String, String> makers = new TreeMap<>();
        for (Audit.DeviceAddress d : who.addresses())
            reference.maker(d.mac()).ifPresent(m -> makers.put(d.mac(), m));
        return new Inspection(
                g.name(),
                g.sha256(),
                c.format(),
                g.bytes(),
                c.packets(),
                c.exchanges(),
                first(c.span()),
                last(c.span()),
                who.addresses(),
                hosts,
                coverage(),
                anomalies(),
                reference.used(first(c.span()), last(c.span())),
                makers);
    }

    Audit conclude(Auditor.InputHashes hashes) {
        List<Finding> findings = findings();
        Coverage coverage = coverage();
        List<Anomaly> anomalies = anomalies();
        Audit audit =
                new Audit(
                        Version.VERSION,
                        new Audit.Inputs(
                                captures(),
                                hashes.keys(),
                                hashes.run(),
                                hashes.policy(),
                                policy.name(),
                                references(),
                                asked()),
                        new Audit.PersonaSummary(
                                seen.persona().name(),
                                "",
                                Controls.without(seen.persona().identifiers())),
                        run.map(r -> options.reveal() ? r : masked(r)),
                        new Verdict(Outcome.INCONCLUSIVE, Scopes.sentence(run, seen), List.of()),
                        coverage,
                        findings,
                        anomalies,
                        controls(),
                        unexplainedValues());
        return audit.with(verdict(audit));
    }

    /** An address of the phone's is an identifier like any other. */
    private Audit.Options asked() {
        String device = options.device().orElse("");
        if (!options.reveal())
            for (Persona.Entry e : seen.persona().entries())
                if (!device.isEmpty() && e.value().strip().equalsIgnoreCase(device))
                    device = "{" + e.identifier().id() + "}";
        return new Audit.Options(device, options.evidencePerFinding(), options.reveal());
    }

    /** The phone's addresses, without those that the persona knows. */
    private List<Audit.DeviceAddress> shown(List<Audit.DeviceAddress> addresses) {
        if (options.reveal()) return addresses;
        return addresses.stream()
                .map(a -> new Audit.DeviceAddress(masked(a.ip()), masked(a.mac()), a.how()))
                .toList();
    }

    private String masked(String address) {
        for (Persona.Entry e : seen.persona().entries())
            if (!address.isEmpty() && same(e.value(), address))
                return "{" + e.identifier().kind() + "}";
        return address;
    }

    /** However a hardware address is written. */
    private static boolean same(String value, String address) {
        if (value.strip().equalsIgnoreCase(address)) return true;
        String hex = value.replaceAll("[\\s:.-]", "");
        return hex.length() == 12
                && address.indexOf(':') > 0
                && (hex.equalsIgnoreCase(address.replace(":", ""))
                        || address.endsWith(interfaceId(hex.toLowerCase(Locale.ROOT))));
    }

    /** The end of an IPv6 address that is made of a hardware address (RFC 4291 appendix A). */
    private static String interfaceId(String hex) {
        String end = hex.substring(8).replaceFirst("^0{1,3}", "");
        String third = hex.substring(4, 6).replaceFirst("^0", "");
        return third + "ff:fe" + hex.substring(6, 8) + ":" + end;
    }

    /** What is shown of a value must not decide: the masked audit is judged. */
    private Verdict verdict(Audit audit) {
        if (!options.reveal()) return Judge.judge(policy, audit, domains::of);
        Auditor.Options masked =
                new Auditor.Options(options.device(), options.evidencePerFinding(), false);
        return new Concluder(seen, policy, masked, reference)
                .conclude(Auditor.InputHashes.NONE)
                .verdict();
    }

    private List<ControlSeen> controls() {
        Map<CaptureSeen, Names> names = new IdentityHashMap<>();
        return Controls.seen(
                seen,
                (sha, g) -> phones(sha).way(g.key().ends(), g.key().side()),
                (capture, way, g) ->
                        shown(
                                names.computeIfAbsent(capture, Names::new)
                                        .host(way, g.span().firstNanos())));
    }

    /**
     * Where the other end is a phone number that the persona knows (SMS), its id stands for it;
     * where a label below the domain holds an identifier in some form, its kind.
     */
    private String shown(String host) {
        return options.reveal() ? host : shown.computeIfAbsent(host, this::hostMasked);
    }

    private String hostMasked(String host) {
        String h = PeerNumbers.shown(host, seen.persona());
        int end = h.length() - domains.of(h).length();
        if (end <= 1 || h.charAt(end - 1) != '.') return h;
        Places p = places;
        if (p == null) places = p = new Places(PersonaMatcher.of(owner()), owner());
        StringBuilder s = new StringBuilder();
        for (String label : h.substring(0, end - 1).split("\\.", -1)) {
            String kind = p.kindIn(label);
            s.append(kind.isEmpty() ? label : "{" + kind + "}").append('.');
        }
        return s + h.substring(end);
    }

    /** The persona without names of networks and models, which are names of hosts, too. */
    private Persona owner() {
        Persona all = seen.persona();
        return new Persona(
                all.name(),
                all.region(),
                all.entries().stream()
                        .filter(e ->
                                switch (e.identifier().scope()) {
                                    case DEVICE, PERSON, CONTACT, LOCATION -> true;
                                    case NETWORK, SETUP -> false;
                                })
                        .toList(),
                all.payloadKeys());
    }

    /** A control's value is searched for like a secret and shown like one. */
    private static Run masked(Run r) {
        return new Run(
                r.name(),
                r.device(),
                r.captured(),
                r.clockOffsetMillis(),
                r.zone(),
                r.phases(),
                r.consents(),
                r.controls().stream().map(c -> new Run.Control(c.name(), "", c.from())).toList(),
                r.attachments());
    }

    private List<Audit.CaptureInfo> captures() {
        List<Audit.CaptureInfo> out = new ArrayList<>();
        for (Given g : given) {
            CaptureSeen c = seen.captures().get(g.sha256());
            out.add(
                    c == null
                            ? new Audit.CaptureInfo(
                                    named(g),
                                    g.sha256(),
                                    "unreadable",
                                    0,
                                    0,
                                    g.bytes(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    List.of())
                            : new Audit.CaptureInfo(
                                    named(g),
                                    g.sha256(),
                                    c.format(),
                                    c.packets(),
                                    c.exchanges(),
                                    g.bytes(),
                                    first(c.span()),
                                    last(c.span()),
                                    shown(phones(g.sha256()).addresses())));
        }
        return List.copyOf(out);
    }

    /** People name files by what is in them. */
    private String named(Given g) {
        return options.reveal() ? g.name() : new ValueMask(seen.persona()).mask(g.name());
    }

    private static Optional<Instant> first(Span s) {
        return s.isNone() ? Optional.empty() : Optional.of(TimeSlots.instant(s.firstNanos()));
    }

    private static Optional<Instant> last(Span s) {
        return s.isNone() ? Optional.empty() : Optional.of(TimeSlots.instant(s.lastNanos()));
    }

    private List<Anomaly> anomalies() {
        TreeSet<Anomaly> all = new TreeSet<>();
        for (Given g : given) {
            if (!g.problem().isEmpty())
                all.add(new Anomaly(Anomaly.Kind.CAPTURE_UNREADABLE, named(g), g.problem()));
        }
        seen.captures()
                .forEach((sha, c) ->
                        c.anomalies()
                                .forEach(a ->
                                        all.add(
                                                seen.captures().size() == 1
                                                        ? a
                                                        : new Anomaly(
                                                                a.kind(),
                                                                named(given.get(index(sha)))
                                                                        + ": "
                                                                        + a.where(),
                                                                a.text()))));
        return List.copyOf(all);
    }

    /** Reference data is asked while findings are made; this comes after them. */
    private List<Audit.Reference> references() {
        Span all = Span.none();
        for (CaptureSeen c : seen.captures().values()) all = all.plus(c.span());
        return reference.used(first(all), last(all));
    }

    private Phones phones(String sha) {
        return Objects.requireNonNull(phones.get(sha));
    }

    private int index(String sha) {
        for (int i = 0; i < given.size(); i++) if (given.get(i).sha256().equals(sha)) return i;
        return 0;
    }

    /** A finding in the making. */
    private static final class Building {
        private final Identifier identifier;
        private final Direction direction;
        private final String domain;
        private final String place;
        private final TreeSet<String> ips = new TreeSet<>();
        private final Map<VariantKey, VariantSum> variants = new HashMap<>(2);
        private final List<Evidence> evidence = new ArrayList<>(2);
        private long count;
        private double accidental = Double.MAX_VALUE;
        private Certainty certainty = Certainty.LOW;

        private Building(Identifier identifier, Direction direction, String domain, String place) {
            this.identifier = identifier;
            this.direction = direction;
            this.domain = domain;
            this.place = place;
        }
    }

    private record FindingKey(int identifier, Direction direction, String domain, String place) {
        @Override
        public int hashCode() {
            return (place.hashCode() * 31 + domain.hashCode()) * 31 + identifier;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FindingKey o
                    && identifier == o.identifier
                    && direction == o.direction
                    && place.equals(o.place)
                    && domain.equals(o.domain);
        }
    }

    private record VariantKey(
            String host,
            int port,
            String app,
            String protocol,
            dev.telltale.model.Secured secured,
            dev.telltale.model.Disguise disguise,
            String form,
            List<String> chain,
            String phase,
            Optional<Boolean> consented,
            String explanation) {
        @Override
        public int hashCode() {
            return (host.hashCode() * 31 + form.hashCode()) * 31 + explanation.hashCode();
        }
    }

    private static final class VariantSum {
        private long count;
        private Span span = Span.none();
    }

    private List<Finding> findings() {
        Map<FindingKey, Building> building = new HashMap<>();
        seen.captures()
                .forEach((sha, capture) -> {
                    Phones who = phones(sha);
                    Names names = new Names(capture);
                    int index = index(sha);
                    for (SightingGroup g : capture.sightings()) {
                        if (isControl(g)) continue;
                        Optional<Phones.Way> way = who.way(g.key().ends(), g.key().side());
                        if (way.isPresent()) add(building, g, way.get(), names, index);
                    }
                });
        Map<String, Set<Identifier>> got = setsByDomain(building);
        Map<Identifier, Integer> order = new HashMap<>();
        seen.persona().identifiers().forEach(i -> order.putIfAbsent(i, order.size()));
        List<Finding> out = new ArrayList<>();
        building.forEach((k, b) -> out.add(finding(b, got)));
        out.sort(
                Comparator.comparing(Finding::direction)
                        .thenComparing(f -> f.destination().domain())
                        .thenComparing(f -> order.getOrDefault(f.identifier(), 0))
                        .thenComparing(Finding::place));
        return List.copyOf(out);
    }

    private boolean isControl(SightingGroup g) {
        return Controls.is(seen.persona().entries().get(g.key().identifier()).identifier());
    }

    private void add(
            Map<FindingKey, Building> building,
            SightingGroup g,
            Phones.Way way,
            Names names,
            int capture) {
        SightingKey k = g.key();
        double positions = k.bounded() ? scanned / (k.length() + 1) : scanned;
        double accidental = Math.pow(2, -k.bits()) * positions;
        Certainty certainty =
                accidental <= 1e-6
                        ? Certainty.CERTAIN
                        : accidental <= 1e-3
                                ? Certainty.HIGH
                                : k.told() ? Certainty.MEDIUM : Certainty.LOW;
        if (certainty == Certainty.LOW) return;
        String host = shown(names.host(way, g.span().firstNanos()));
        String domain = domains.of(host);
        Identifier who = seen.persona().entries().get(k.identifier()).identifier();
        FindingKey key = new FindingKey(k.identifier(), way.direction(), domain, k.place());
        Building b = building.get(key);
        if (b == null) {
            b = new Building(who, way.direction(), domain, k.place());
            building.put(key, b);
        }
        if (!way.ip().isEmpty()) b.ips.add(way.ip());
        b.count += g.count();
        b.accidental = Math.min(b.accidental, accidental);
        if (certainty.compareTo(b.certainty) < 0) b.certainty = certainty;
        Instant within = slots.within(k.slot());
        VariantKey variant =
                new VariantKey(
                        host,
                        way.port(),
                        k.app(),
                        k.protocol(),
                        k.secured(),
                        k.disguise(),
                        k.form(),
                        k.chain(),
                        run.map(r -> r.phaseAt(within)).orElse(""),
                        run.map(r -> Consents.covers(r, within, domain, who)),
                        k.explanation());
        VariantSum v = b.variants.get(variant);
        if (v == null) {
            v = new VariantSum();
            b.variants.put(variant, v);
        }
        v.count += g.count();
        v.span = v.span.plus(g.span());
        for (Evidence e : g.evidence()) {
            b.evidence.add(
                    new Evidence(
                            capture,
                            e.frames(),
                            e.entry(),
                            e.flow(),
                            e.time(),
                            e.request(),
                            e.path(),
                            e.excerpt()));
        }
    }

    /** Worst first: no protection, then not consented, then the plainest. */
    private static final Comparator<Finding.Variant> WORST =
            Comparator.comparing((Finding.Variant v) ->
                            v.secured().protection() == Protection.NONE ? 0 : 1)
                    .thenComparing(v -> v.secured().weak().isEmpty() ? 1 : 0)
                    .thenComparing(v -> v.secured().protection())
                    .thenComparing(v -> v.consented().map(c -> c ? 2 : 0).orElse(1))
                    .thenComparing(Finding.Variant::disguise)
                    .thenComparing(Finding.Variant::firstSeen)
                    .thenComparing(Finding.Variant::host)
                    .thenComparing(Finding.Variant::form)
                    .thenComparing(v -> String.join("\n", v.chain()))
                    .thenComparing(Finding.Variant::phase)
                    .thenComparing(Finding.Variant::secured)
                    .thenComparing(Finding.Variant::protocol)
                    .thenComparing(Finding.Variant::app)
                    .thenComparing(Finding.Variant::explanation);

    private record Ported(Finding.Variant variant, int port) {}

    private Finding finding(Building b, Map<String, Set<Identifier>> got) {
        List<Finding.Variant> variants = new ArrayList<>(b.variants.size());
        List<Ported> ports = new ArrayList<>(b.variants.size());
        b.variants.forEach((k, sum) -> {
            Finding.Variant v =
                    new Finding.Variant(
                            k.host,
                            k.app,
                            k.protocol,
                            k.secured,
                            k.disguise,
                            k.form,
                            k.chain,
                            k.phase,
                            k.consented,
                            k.explanation,
                            sum.count,
                            TimeSlots.instant(sum.span.firstNanos()),
                            TimeSlots.instant(sum.span.lastNanos()));
            variants.add(v);
            ports.add(new Ported(v, k.port));
        });
        if (variants.size() > 1) variants.sort(WORST);
        Finding.Variant worst = variants.getFirst();
        int port = Integer.MAX_VALUE;
        for (Ported p : ports) if (p.variant.equals(worst)) port = Math.min(port, p.port);
        Instant firstSeen = worst.firstSeen();
        Instant lastSeen = worst.lastSeen();
        for (Finding.Variant v : variants) {
            if (v.firstSeen().isBefore(firstSeen)) firstSeen = v.firstSeen();
            if (v.lastSeen().isAfter(lastSeen)) lastSeen = v.lastSeen();
        }
        if (b.evidence.size() > 1) b.evidence.sort(EvidenceOrder.CANONICAL);
        List<Evidence> evidence =
                b.evidence.size() > options.evidencePerFinding()
                        ? b.evidence.subList(0, options.evidencePerFinding())
                        : b.evidence;
        Destination destination =
                reference.destination(worst.host(), b.domain, b.ips, port, b.evidence);
        return new Finding(
                id(b.identifier.id(), b.direction, b.domain, b.place),
                b.identifier,
                b.direction,
                destination,
                b.place,
                worst,
                List.copyOf(variants),
                b.count,
                firstSeen,
                lastSeen,
                b.direction == Direction.SENT
                        ? Sets.share(b.identifier, got.get(b.domain), seen.persona())
                        : Optional.empty(),
                b.certainty,
                b.accidental,
                List.copyOf(evidence));
    }

    private static Map<String, Set<Identifier>> setsByDomain(Map<FindingKey, Building> building) {
        Map<String, Set<Identifier>> got = new HashMap<>();
        for (Building b : building.values()) {
            if (b.direction == Direction.SENT)
                got.computeIfAbsent(b.domain, x -> new HashSet<>()).add(b.identifier);
        }
        return got;
    }

    /** First 16 hex of SHA-256 of identifier, direction, domain and place joined by LF. */
    private String id(String identifier, Direction direction, String domain, String place) {
        String text =
                identifier
                        + "\n"
                        + direction.name().toLowerCase(Locale.ROOT)
                        + "\n"
                        + domain
                        + "\n"
                        + place;
        byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
    }

    /** One destination's sums in the making. */
    private static final class Sum {
        private Coverage.Sums sums = Coverage.Sums.ZERO;
        private final EnumMap<ReasonCode, Long> bytes = new EnumMap<>(ReasonCode.class);
        private final EnumMap<ReasonCode, Long> values = new EnumMap<>(ReasonCode.class);
    }

    private Coverage coverage() {
        Map<String, Sum> byHost = new HashMap<>();
        seen.captures()
                .forEach((sha, capture) -> {
                    Phones who = phones(sha);
                    Names names = new Names(capture);
                    for (Traffic t : capture.traffic()) {
                        Optional<Phones.Way> way = who.way(t.ends(), t.side());
                        if (way.isEmpty() || way.get().direction() != Direction.SENT) continue;
                        Sum s =
                                byHost.computeIfAbsent(
                                        shown(names.host(way.get(), t.span().firstNanos())),
                                        k -> new Sum());
                        s.sums = s.sums.plus(t.sums());
                        t.reasons().forEach((r, n) -> s.bytes.merge(r, n, Long::sum));
                    }
                    unexplained(byHost, capture, who, names);
                });
        Coverage.Sums total = Coverage.Sums.ZERO;
        List<Coverage.Share> shares = new ArrayList<>();
        for (Map.Entry<String, Sum> e : new TreeMap<>(byHost).entrySet()) {
            Sum s = e.getValue();
            if (s.sums.bytes() == 0) continue;
            total = total.plus(s.sums);
            List<Coverage.Reason> reasons = new ArrayList<>();
            s.bytes.forEach((code, n) ->
                    reasons.add(new Coverage.Reason(code, n, s.values.getOrDefault(code, 0L))));
            shares.add(new Coverage.Share(e.getKey(), s.sums, List.copyOf(reasons)));
        }
        return new Coverage(total, List.copyOf(shares));
    }

    /** Values nothing explains, less those the same service had sent to the phone before. */
    private void unexplained(
            Map<String, Sum> byHost, CaptureSeen capture, Phones who, Names names) {
        Map<String, Map<Long, Long>> received = received(capture);
        for (Unexplained u : capture.unexplained()) {
            Optional<Phones.Way> way =
                    who.way(u.ends(), u.side()).filter(w -> w.direction() == Direction.SENT);
            if (way.isEmpty()) continue;
            String host = shown(names.host(way.get(), Long.MAX_VALUE));
            Map<Long, Long> known = received.getOrDefault(domains.of(host), Map.of());
            long count = u.count();
            long bytes = u.bytes();
            for (PlacedToken t : u.tokens()) {
                if (known.getOrDefault(t.hash(), Long.MAX_VALUE) < t.firstNanos()) {
                    count -= t.count();
                    bytes -= t.bytes();
                }
            }
            if (count <= 0) continue;
            Sum s = byHost.computeIfAbsent(host, k -> new Sum());
            s.bytes.merge(ReasonCode.UNEXPLAINED, bytes, Long::sum);
            s.values.merge(ReasonCode.UNEXPLAINED, count, Long::sum);
        }
    }

    /** Values that stay the same and that nothing explains, across captures and hosts. */
    private List<UnexplainedValue> unexplainedValues() {
        Constants constants = new Constants();
        seen.captures()
                .forEach((sha, capture) -> {
                    Phones who = phones(sha);
                    Names names = new Names(capture);
                    Map<String, Map<Long, Long>> received = received(capture);
                    for (Unexplained u : capture.unexplained())
                        who.way(u.ends(), u.side())
                                .filter(w -> w.direction() == Direction.SENT)
                                .map(w -> shown(names.host(w, Long.MAX_VALUE)))
                                .ifPresent(host -> {
                                    Map<Long, Long> known =
                                            received.getOrDefault(domains.of(host), Map.of());
                                    for (PlacedToken t : u.tokens())
                                        if (known.getOrDefault(t.hash(), Long.MAX_VALUE)
                                                >= t.firstNanos()) constants.add(host, t);
                                });
                });
        return constants.list();
    }

    private static Map<String, Map<Long, Long>> received(CaptureSeen capture) {
        Map<String, Map<Long, Long>> received = new HashMap<>();
        capture.received()
                .forEach((domain, tokens) -> {
                    Map<Long, Long> m = received.computeIfAbsent(domain, k -> new HashMap<>());
                    for (Token t : tokens) m.merge(t.hash(), t.firstNanos(), Math::min);
                });
        return received;
    }
}
