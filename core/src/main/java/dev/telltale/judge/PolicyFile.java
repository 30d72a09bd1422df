package dev.telltale.judge;

import dev.telltale.judge.Attributes.Attribute;
import dev.telltale.judge.YamlTree.Fields;
import dev.telltale.judge.YamlTree.Value;
import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a policy (YAML 1.2). What the format does not know is an error with its line and column: a
 * rule with a slip in it would be a rule that never fires.
 */
public final class PolicyFile {
    private static final List<String> CHANNELS = List.of("wifi", "cellular", "sms", "bluetooth");
    private static final List<String> OUTCOMES = List.of("FAIL", "INCONCLUSIVE", "NOTE");
    private static final List<String> CONTROLS = List.of("required", "if_present");

    private final Set<String> kinds;
    private final Map<String, List<String>> groups = new LinkedHashMap<>();

    private PolicyFile(Set<String> kinds) {
        this.kinds = kinds;
    }

    /** The policy of a name that comes with the product, for {@code include}. */
    public interface Shipped {
        Optional<Policy> named(String name);

        List<String> names();
    }

    /**
     * @param file name for messages, and of a policy that does not say its own
     * @param yaml UTF-8
     * @param kinds identifier kinds that a condition may name
     */
    public static Policy read(String file, byte[] yaml, Set<String> kinds, Shipped shipped)
            throws InvalidFile {
        return new PolicyFile(kinds).policy(file, yaml, shipped);
    }

    private Policy policy(String file, byte[] yaml, Shipped shipped) throws InvalidFile {
        Fields p =
                YamlTree.read(file, yaml, "policy")
                        .fields(
                                "policy",
                                "about",
                                "include",
                                "coverage",
                                "controls",
                                "channels",
                                "groups",
                                "rules",
                                "expected",
                                "waivers");
        List<Policy> included = p.list("include", v -> included(v, shipped));
        for (Policy i : included) groups.putAll(i.groups());
        Optional<Value> own = p.optional("groups");
        if (own.isPresent())
            for (Map.Entry<String, Value> e : own.get().entries().entrySet())
                groups.put(e.getKey(), e.getValue().list(Value::text));

        List<Policy.Rule> rules = new ArrayList<>();
        List<Policy.Expected> expected = new ArrayList<>();
        for (Policy i : included) {
            rules.addAll(i.rules());
            expected.addAll(i.expected());
        }
        Set<String> names = new HashSet<>();
        rules.forEach(r -> names.add(r.name()));
        for (Placed<Policy.Rule> r : p.list("rules", v -> new Placed<>(v, rule(v)))) {
            if (!names.add(r.what.name()))
                throw r.at.wrong("a second rule named '" + r.what.name() + "'");
            rules.add(r.what);
        }
        if (rules.isEmpty() && !p.hasAny("expected"))
            throw p.wrong("no rules: it would pass everything");
        expected.addAll(p.list("expected", this::expected));
        List<Policy.Waiver> waivers = p.list("waivers", v -> waiver(v, names));
        String name = p.text("policy");
        return new Policy(
                name.isBlank() ? YamlTree.nameOf(file) : name,
                p.text("about"),
                List.copyOf(rules),
                List.copyOf(expected),
                waivers,
                coverage(p, included),
                controls(p, included),
                channels(p, included),
                Map.copyOf(groups));
    }

    private record Placed<T>(Value at, T what) {}

    private static Policy included(Value v, Shipped shipped) throws InvalidFile {
        String name = v.oneOf(shipped.names());
        return shipped.named(name)
                .orElseThrow(() -> v.wrong("policy '" + name + "' cannot be included here"));
    }

    /** The strictest of what is included, where the policy itself does not say. */
    private static double coverage(Fields p, List<Policy> included) throws InvalidFile {
        Optional<Value> v = p.optional("coverage");
        if (v.isEmpty()) return included.stream().mapToDouble(Policy::coverage).max().orElse(1);
        double share = v.get().number();
        if (share < 0 || share > 1)
            throw v.get().wrong("coverage is a share between 0 and 1, like 0.95");
        return share;
    }

    private static Policy.Controls controls(Fields p, List<Policy> included) throws InvalidFile {
        Optional<Value> v = p.optional("controls");
        if (v.isPresent())
            return Policy.Controls.valueOf(v.get().oneOf(CONTROLS).toUpperCase(Locale.ROOT));
        return included.stream().anyMatch(i -> i.controls() == Policy.Controls.REQUIRED)
                ? Policy.Controls.REQUIRED
                : Policy.Controls.IF_PRESENT;
    }

    private static List<String> channels(Fields p, List<Policy> included) throws InvalidFile {
        Set<String> all = new java.util.TreeSet<>();
        included.forEach(i -> all.addAll(i.channels()));
        all.addAll(p.list("channels", v -> v.oneOf(CHANNELS)));
        return List.copyOf(all);
    }

    private Policy.Rule rule(Value value) throws InvalidFile {
        Fields r = value.fields("name", "reason", "source", "when", "unless", "outcome");
        String outcome = "FAIL";
        if (r.optional("outcome").isPresent())
            outcome = r.required("outcome").oneOfAnyCase(OUTCOMES);
        return new Policy.Rule(
                r.required("name").text(),
                r.required("reason").text(),
                r.text("source"),
                when(r),
                outcome.equals("NOTE") ? Outcome.PASS : Outcome.valueOf(outcome));
    }

    private Policy.Expected expected(Value value) throws InvalidFile {
        Fields e = value.fields("name", "reason", "when", "unless");
        e.required("when");
        return new Policy.Expected(e.required("name").text(), e.required("reason").text(), when(e));
    }

    private Policy.Waiver waiver(Value value, Set<String> rules) throws InvalidFile {
        Fields w = value.fields("rule", "when", "unless", "owner", "reason", "expires");
        Value expires = w.required("expires");
        w.required("rule");
        w.required("when");
        LocalDate day;
        try {
            day = LocalDate.parse(expires.text());
        } catch (DateTimeException e) {
            throw expires.wrong("expires is a day like 2027-03-31");
        }
        return new Policy.Waiver(
                w.list("rule", v -> v.oneOf(rules.stream().sorted().toList())),
                when(w),
                w.required("owner").text(),
                w.required("reason").text(),
                day);
    }

    private Policy.When when(Fields f) throws InvalidFile {
        return new Policy.When(f.list("when", this::condition), f.list("unless", this::condition));
    }

    private Policy.Condition condition(Value value) throws InvalidFile {
        Fields c = value.fields(Attributes.names());
        Map<String, List<String>> accepts = new LinkedHashMap<>();
        for (Attribute a : Attributes.ALL) {
            Optional<Value> asked = c.optional(a.name());
            if (asked.isPresent()) accepts.put(a.name(), asked.get().list(v -> accepted(a, v)));
        }
        if (accepts.isEmpty()) throw value.wrong("a condition without attributes holds always");
        return new Policy.Condition(Map.copyOf(accepts));
    }

    private String accepted(Attribute a, Value v) throws InvalidFile {
        if (a.atLeast()) {
            if (v.number() < 0) throw v.wrong(a.name() + " is a number from 0");
            return v.text();
        }
        String text = v.text();
        if (text.equals(Conditions.REGION) && a.name().equals("country")) return text;
        if (text.startsWith("@")) {
            String group = text.substring(1);
            if (groups.containsKey(group)) return text;
            throw v.wrong(
                    "no group is named '"
                            + group
                            + "'"
                            + YamlTree.suggestion(group, List.copyOf(groups.keySet())));
        }
        if (!a.known().isEmpty()) return v.oneOfAnyCase(a.known());
        if (a.name().equals("kind") && text.indexOf('*') < 0)
            return v.oneOf(kinds.stream().sorted().toList());
        return text;
    }
}
