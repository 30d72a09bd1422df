package dev.telltale.record.guide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * What is to be done with a phone: phases one after another, steps at times of their phase. The
 * same files that the lab plays; here a step is whatever a tester can be asked to do.
 */
public record Plan(String name, String about, List<Phase> phases) {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})([dhms])");

    public record Phase(String name, Duration length, List<Step> steps) {}

    /**
     * @param at since the phase began
     * @param more what it is about: which contact, which service
     */
    public record Step(Duration at, String name, String more, Optional<Decision> decision) {
        /** As a tester is asked. */
        public String text() {
            return more.isEmpty() ? name : name + " (" + more + ")";
        }
    }

    /**
     * A step after which a consent stands, or no longer.
     *
     * @param domains covered; empty for any
     * @param identifiers covered; empty for any
     */
    public record Decision(
            Kind kind, String service, List<String> domains, List<String> identifiers) {}

    public enum Kind {
        GIVEN,
        WITHDRAWN,
        /** All of them. */
        RESET
    }

    /** A plan that cannot be used. The message is one line. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        Invalid(String message) {
            super(message);
        }
    }

    /**
     * @param file for messages
     */
    public static Plan read(String file, String yaml) throws Invalid {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JacksonException e) {
            throw new Invalid(
                    file + ": not YAML: " + String.valueOf(e.getOriginalMessage()).strip());
        }
        known(file, root, Set.of("plan", "about", "persona", "peer", "start", "phases"));
        List<Phase> phases = new ArrayList<>();
        for (JsonNode p : root.path("phases")) phases.add(phase(file, p));
        if (phases.isEmpty()) throw new Invalid(file + ": a plan has at least one phase");
        return new Plan(
                text(file, root, "plan"), root.path("about").asString(""), List.copyOf(phases));
    }

    private static Phase phase(String file, JsonNode p) throws Invalid {
        known(file, p, Set.of("name", "lasts", "steps"));
        Duration length = duration(file, text(file, p, "lasts"));
        List<Step> steps = new ArrayList<>();
        Duration before = Duration.ZERO;
        for (JsonNode s : p.path("steps")) {
            Step step = step(file, s);
            if (step.at().compareTo(before) < 0 || step.at().compareTo(length) >= 0)
                throw new Invalid(
                        file + ": '" + step.name() + "' is out of turn or out of its phase");
            before = step.at();
            steps.add(step);
        }
        return new Phase(text(file, p, "name"), length, List.copyOf(steps));
    }

    private static Step step(String file, JsonNode s) throws Invalid {
        known(
                file,
                s,
                Set.of(
                        "at",
                        "do",
                        "who",
                        "contact",
                        "sms",
                        "call",
                        "service",
                        "firmware",
                        "covers",
                        "note"));
        String what = text(file, s, "do");
        List<String> more = new ArrayList<>();
        for (String key : List.of("who", "service", "firmware", "note"))
            if (!s.path(key).asString("").isEmpty()) more.add(s.path(key).asString(""));
        for (String key : List.of("contact", "sms", "call"))
            if (s.path(key).isInt()) more.add(key + " " + s.path(key).intValue());
        return new Step(
                duration(file, text(file, s, "at")),
                what,
                String.join(", ", more),
                decision(file, s, what));
    }

    private static Optional<Decision> decision(String file, JsonNode s, String what)
            throws Invalid {
        Optional<Kind> kind =
                switch (what) {
                    case "opt in" -> Optional.of(Kind.GIVEN);
                    case "opt out" -> Optional.of(Kind.WITHDRAWN);
                    case "factory reset" -> Optional.of(Kind.RESET);
                    default -> Optional.empty();
                };
        JsonNode covers = s.path("covers");
        if (!covers.isMissingNode()) known(file, covers, Set.of("domains", "identifiers"));
        return kind.map(k ->
                new Decision(
                        k,
                        s.path("service").asString(""),
                        texts(covers.path("domains")),
                        texts(covers.path("identifiers"))));
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        for (JsonNode n : list) texts.add(n.asString(""));
        return List.copyOf(texts);
    }

    static Duration duration(String file, String text) throws Invalid {
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
            throw new Invalid(file + ": '" + text + "' is no time span like 90s, 5m or 1d12h");
        return sum;
    }

    private static void known(String file, JsonNode of, Set<String> keys) throws Invalid {
        if (!of.isObject()) throw new Invalid(file + ": a mapping is missing");
        for (String key : of.propertyNames())
            if (!keys.contains(key)) throw new Invalid(file + ": unknown key '" + key + "'");
    }

    private static String text(String file, JsonNode of, String key) throws Invalid {
        String text = of.path(key).asString("");
        if (text.isEmpty()) throw new Invalid(file + ": " + key + " is missing");
        return text;
    }
}
