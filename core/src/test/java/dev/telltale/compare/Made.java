package dev.telltale.compare;

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
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.Scope;
import dev.telltale.model.Secured;
import dev.telltale.model.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Audits made by hand: a run of 40 minutes, ten steps, all of it seen, unless said otherwise. */
final class Made {
    static final Instant T0 = Instant.parse("2014-08-07T10:00:00Z");
    static final List<String> STEPS =
            List.of("insert SIM", "join Wi-Fi", "add contact", "send SMS", "make call");
    static final Secured TLS = new Secured(Protection.TLS, "1.2", "");

    final String name;
    private String build;
    private String unit = "1";
    private List<String> steps = STEPS;
    private Duration length = Duration.ofMinutes(40);
    private Duration recorded = Duration.ofMinutes(39);
    private boolean run = true;
    private List<Run.Consent> consents = List.of();
    private Map<String, String> captured = Map.of("wifi", "full");
    private List<ControlSeen> controls = List.of(control("canary-1", true));
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Coverage.Share> coverage = new LinkedHashMap<>();

    Made(String name) {
        this.name = name;
        this.build = name;
        sent("time.example.net", 400, 0);
    }

    static ControlSeen control(String name, boolean seen) {
        return new ControlSeen(
                name,
                "device",
                seen ? 1 : 0,
                seen ? Optional.of(T0.plusSeconds(60)) : Optional.empty(),
                seen ? Optional.of(T0.plusSeconds(60)) : Optional.empty(),
                List.of());
    }

    Made build(String value) {
        build = value;
        return this;
    }

    Made unit(String value) {
        unit = value;
        return this;
    }

    Made steps(String... value) {
        steps = Arrays.asList(value);
        return this;
    }

    Made length(Duration value) {
        length = value;
        return this;
    }

    Made recorded(Duration value) {
        recorded = value;
        return this;
    }

    Made withoutRun() {
        run = false;
        return this;
    }

    Made controls(ControlSeen... value) {
        controls = Arrays.asList(value);
        return this;
    }

    Made captured(Map<String, String> value) {
        captured = value;
        return this;
    }

    Made consent() {
        consents =
                List.of(
                        new Run.Consent(
                                "cloud",
                                T0.plusSeconds(600),
                                Optional.empty(),
                                List.of(),
                                List.of()));
        return this;
    }

    Made sent(String host, long bytes, long unread) {
        coverage.put(
                host,
                new Coverage.Share(
                        host,
                        new Coverage.Sums(bytes, bytes - unread, 0, unread, 0),
                        unread == 0
                                ? List.of()
                                : List.of(new Coverage.Reason(ReasonCode.NO_KEYS, unread, 0))));
        return this;
    }

    Made with(Finding f) {
        findings.add(f);
        coverage.computeIfAbsent(
                f.destination().host(),
                h -> new Coverage.Share(h, new Coverage.Sums(1000, 1000, 0, 0, 0), List.of()));
        return this;
    }

    Made with(Leak leak) {
        return with(leak.finding());
    }

    RunAudit audit() {
        List<Run.Step> done = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++)
            done.add(new Run.Step(steps.get(i), T0.plusSeconds(30L * i)));
        Run circumstances =
                new Run(
                        name,
                        Optional.of(new Run.Device("Xiaomi", "HM 1S", build, "IN", unit)),
                        captured,
                        0,
                        "",
                        List.of(new Run.Phase("use", T0, T0.plus(length), done)),
                        consents,
                        List.of(),
                        List.of());
        Coverage.Sums all =
                coverage.values().stream()
                        .map(Coverage.Share::sent)
                        .reduce(Coverage.Sums.ZERO, Coverage.Sums::plus);
        return new RunAudit(
                name,
                HexFormat.of().formatHex(Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), 32)),
                new Audit(
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
                                                Optional.of(T0.plus(recorded)),
                                                List.of())),
                                List.of(),
                                "",
                                "",
                                "",
                                List.of()),
                        new Audit.PersonaSummary(
                                "p",
                                "",
                                findings.stream().map(Finding::identifier).distinct().toList()),
                        run ? Optional.of(circumstances) : Optional.empty(),
                        new Verdict(Outcome.FAIL, "scope", List.of()),
                        new Coverage(all, List.copyOf(coverage.values())),
                        List.copyOf(findings),
                        List.of(),
                        run ? controls : List.of(),
                        List.of()));
    }

    /** A finding in the making: an IMEI in the clear. */
    static final class Leak {
        private String id = "imei[0]";
        private String host = "api.example.com";
        private String domain = "example.com";
        private String company = "";
        private String country = "";
        private String place = "GET /v1/on · query[imei]";
        private Secured secured = Secured.NONE;
        private Disguise disguise = Disguise.PLAIN;
        private List<String> chain = List.of();
        private Optional<Boolean> consented = Optional.of(false);
        private Duration at = Duration.ofMinutes(3);
        private Optional<Finding.SetShare> set = Optional.empty();
        private boolean personal = true;
        private Direction direction = Direction.SENT;

        static Leak of(String id) {
            Leak l = new Leak();
            l.id = id;
            return l;
        }

        Leak host(String value, String registrable) {
            host = value;
            domain = registrable;
            return this;
        }

        Leak company(String value, String in) {
            company = value;
            country = in;
            return this;
        }

        Leak place(String value) {
            place = value;
            return this;
        }

        Leak secured(Secured value) {
            secured = value;
            return this;
        }

        Leak disguise(Disguise value, String... codecs) {
            disguise = value;
            chain = Arrays.asList(codecs);
            return this;
        }

        Leak consented(Boolean value) {
            consented = Optional.ofNullable(value);
            return this;
        }

        Leak at(Duration value) {
            at = value;
            return this;
        }

        Leak set(int sent, int known) {
            set = Optional.of(new Finding.SetShare("contacts", sent, known));
            return this;
        }

        Leak impersonal() {
            personal = false;
            return this;
        }

        Leak received() {
            direction = Direction.RECEIVED;
            return this;
        }

        Finding finding() {
            Instant when = T0.plus(at);
            Finding.Variant v =
                    new Finding.Variant(
                            host,
                            "",
                            "http/1.1",
                            secured,
                            disguise,
                            "15 digits",
                            chain,
                            "use",
                            consented,
                            "",
                            1,
                            when,
                            when);
            String key = id + direction + domain + place;
            return new Finding(
                    HexFormat.of().toHexDigits(key.hashCode() * 0x9E3779B97F4A7C15L),
                    new Identifier(id, id.replaceFirst("\\[.*", ""), Scope.DEVICE, personal),
                    direction,
                    new Destination(
                            host,
                            domain,
                            List.of(),
                            80,
                            company,
                            "",
                            country,
                            OptionalInt.empty(),
                            false,
                            Map.of()),
                    place,
                    v,
                    List.of(v),
                    1,
                    when,
                    when,
                    set,
                    Certainty.CERTAIN,
                    0,
                    List.of());
        }
    }
}
