package dev.telltale.lab;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who does what when: phases one after another, steps at offsets into their phase.
 *
 * @param persona name of the persona it is made for
 * @param peer name of a second handset's persona, where one takes part
 */
record TestPlan(
        String name,
        String about,
        String persona,
        Optional<String> peer,
        Instant start,
        List<Phase> phases) {

    /** The plans that come with the product, in this order. */
    static final List<String> SHIPPED =
            List.of(
                    "published-2014",
                    "opt-in-2014",
                    "two-handsets",
                    "cloud-backup",
                    "update-2014",
                    "factory-reset",
                    "idle-baseline",
                    "everyday",
                    "five-days");

    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([dhms])");

    record Phase(String name, Duration length, List<At> steps) {}

    /**
     * @param byPeer the second handset does it
     */
    record At(Duration offset, Step step, boolean byPeer) {}

    /** A plan that cannot be used. The message is one line. */
    static final class InvalidPlan extends Exception {
        private static final long serialVersionUID = 1;

        InvalidPlan(String message) {
            super(message);
        }
    }

    /**
     * The published test's steps in the published order; their times, and the grouping into phases,
     * are ours.
     */
    static TestPlan published2014() {
        return shipped("published-2014");
    }

    static TestPlan shipped(String name) {
        try {
            return read(name + ".yaml", text(name));
        } catch (InvalidPlan e) {
            throw new IllegalStateException(e);
        }
    }

    /** The file of a plan that comes with the product. */
    static String text(String name) {
        String file = "plans/" + name + ".yaml";
        try (InputStream in = TestPlan.class.getResourceAsStream(file)) {
            if (in == null) throw new IllegalStateException("No such resource: " + file);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @throws IllegalArgumentException where a step needs what that persona does not have
     */
    void check(LabPersona of) {
        for (Phase phase : phases) {
            for (At at : phase.steps()) {
                boolean there =
                        switch (at.step()) {
                            case Step.AddContact a -> a.contact() < of.contactPhones().size();
                            case Step.Message m -> m.sms() < of.sms().size();
                            case Step.MakeCall c -> c.call() < of.callPeers().size();
                            case Step.ReceiveCall c -> c.call() < of.callPeers().size();
                            case Step.InstallUpdate u -> Firmwares.named(u.firmware()).isPresent();
                            case Step.InsertSim _,
                                    Step.JoinWifi _,
                                    Step.AllowLocation _,
                                    Step.LogIn _,
                                    Step.Decision _,
                                    Step.FactoryReset _,
                                    Step.LeaveIdle _,
                                    Step.SendControls _ ->
                                    true;
                        };
                if (!there && !at.byPeer()) {
                    throw new IllegalArgumentException(
                            "plan "
                                    + name
                                    + " cannot be played: '"
                                    + at.step().name()
                                    + "' in phase "
                                    + phase.name()
                                    + " needs what persona "
                                    + of.name()
                                    + " or the lab does not have");
                }
                if (at.byPeer() && peer.isEmpty())
                    throw new IllegalArgumentException("plan " + name + " names no peer");
            }
        }
    }

    TestPlan startingAt(Instant other) {
        return new TestPlan(name, about, persona, peer, other, phases);
    }

    /** Without a phase's steps of a kind, for tests of what is missed then. */
    TestPlan without(Class<? extends Step> kind) {
        return new TestPlan(
                name,
                about,
                persona,
                peer,
                start,
                phases.stream()
                        .map(p ->
                                new Phase(
                                        p.name(),
                                        p.length(),
                                        p.steps().stream()
                                                .filter(at -> !kind.isInstance(at.step()))
                                                .toList()))
                        .toList());
    }

    /**
     * @param file for messages
     */
    static TestPlan read(String file, String yaml) throws InvalidPlan {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JacksonException e) {
            throw new InvalidPlan(
                    file + ": not YAML: " + String.valueOf(e.getOriginalMessage()).strip());
        }
        known(file, root, Set.of("plan", "about", "persona", "peer", "start", "phases"));
        List<Phase> phases = new ArrayList<>();
        for (JsonNode p : root.path("phases")) phases.add(phase(file, p));
        if (phases.isEmpty()) throw new InvalidPlan(file + ": a plan has at least one phase");
        try {
            return new TestPlan(
                    text(file, root, "plan"),
                    root.path("about").asString(""),
                    text(file, root, "persona"),
                    root.has("peer") ? Optional.of(text(file, root, "peer")) : Optional.empty(),
                    Instant.parse(text(file, root, "start")),
                    List.copyOf(phases));
        } catch (DateTimeException e) {
            throw new InvalidPlan(file + ": start is no time like 2014-08-07T10:00:00Z");
        }
    }

    private static Phase phase(String file, JsonNode p) throws InvalidPlan {
        known(file, p, Set.of("name", "lasts", "steps"));
        Duration length = duration(file, text(file, p, "lasts"));
        List<At> steps = new ArrayList<>();
        Duration before = Duration.ZERO;
        for (JsonNode s : p.path("steps")) {
            Duration at = duration(file, text(file, s, "at"));
            String what = text(file, s, "do");
            if (at.compareTo(before) < 0 || at.compareTo(length) >= 0)
                throw new InvalidPlan(file + ": '" + what + "' is out of turn or out of its phase");
            before = at;
            String who = s.path("who").asString("");
            if (!Set.of("", "peer").contains(who))
                throw new InvalidPlan(file + ": who is peer, or is left out");
            steps.add(new At(at, step(file, s, what), !who.isEmpty()));
        }
        return new Phase(text(file, p, "name"), length, List.copyOf(steps));
    }

    private static Step step(String file, JsonNode s, String what) throws InvalidPlan {
        known(file, s, Set.of("at", "do", "who", "contact", "sms", "call", "service", "firmware"));
        return switch (what) {
            case "insert SIM" -> new Step.InsertSim();
            case "join Wi-Fi" -> new Step.JoinWifi();
            case "allow location" -> new Step.AllowLocation();
            case "add contact" -> new Step.AddContact(index(file, s, "contact"));
            case "send SMS" -> new Step.SendSms(index(file, s, "sms"));
            case "receive SMS" -> new Step.ReceiveSms(index(file, s, "sms"));
            case "send MMS" -> new Step.SendMms(index(file, s, "sms"));
            case "receive MMS" -> new Step.ReceiveMms(index(file, s, "sms"));
            case "make call" -> new Step.MakeCall(index(file, s, "call"));
            case "receive call" -> new Step.ReceiveCall(index(file, s, "call"));
            case "log in" -> new Step.LogIn();
            case "read consent screen" -> new Step.ReadConsentScreen(service(file, s));
            case "opt in" -> new Step.OptIn(service(file, s));
            case "opt out" -> new Step.OptOut(service(file, s));
            case "factory reset" -> new Step.FactoryReset();
            case "install update" -> new Step.InstallUpdate(text(file, s, "firmware"));
            case "leave idle" -> new Step.LeaveIdle();
            case "send controls" -> new Step.SendControls();
            default -> throw new InvalidPlan(file + ": no step is called '" + what + "'");
        };
    }

    private static String service(String file, JsonNode s) throws InvalidPlan {
        String service = text(file, s, "service");
        if (!Consents.SERVICES.containsKey(service)) {
            throw new InvalidPlan(
                    file
                            + ": no service is called '"
                            + service
                            + "'; known: "
                            + String.join(", ", Consents.SERVICES.keySet()));
        }
        return service;
    }

    private static int index(String file, JsonNode s, String key) throws InvalidPlan {
        JsonNode i = s.path(key);
        if (i.isMissingNode()) return 0;
        if (!i.isInt() || i.intValue() < 0)
            throw new InvalidPlan(file + ": " + key + " is an index into the persona's list");
        return i.intValue();
    }

    private static Duration duration(String file, String text) throws InvalidPlan {
        Matcher m = DURATION.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (m.find() && m.start() == end) {
            long n = Long.parseLong(m.group(1));
            sum =
                    sum.plus(
                            switch (m.group(2)) {
                                case "d" -> Duration.ofDays(n);
                                case "h" -> Duration.ofHours(n);
                                case "m" -> Duration.ofMinutes(n);
                                default -> Duration.ofSeconds(n);
                            });
            end = m.end();
        }
        if (end == 0 || end < text.length())
            throw new InvalidPlan(file + ": '" + text + "' is no time span like 90s, 5m or 1d12h");
        return sum;
    }

    private static void known(String file, JsonNode of, Set<String> keys) throws InvalidPlan {
        if (!of.isObject()) throw new InvalidPlan(file + ": a mapping is missing");
        for (String key : of.propertyNames()) {
            if (!keys.contains(key)) throw new InvalidPlan(file + ": unknown key '" + key + "'");
        }
    }

    private static String text(String file, JsonNode of, String key) throws InvalidPlan {
        String text = of.path(key).asString("");
        if (text.isEmpty()) throw new InvalidPlan(file + ": " + key + " is missing");
        return text;
    }
}
