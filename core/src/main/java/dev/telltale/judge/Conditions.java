package dev.telltale.judge;

import dev.telltale.judge.Attributes.Attribute;
import dev.telltale.judge.Attributes.Facts;
import dev.telltale.model.Policy;
import dev.telltale.model.Run;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Holds a policy's conditions against facts. */
final class Conditions {
    /** Stands for the run's own region, where {@code country} is asked. */
    static final String REGION = "@region";

    private final Map<String, List<String>> groups;

    Conditions(Policy policy) {
        this.groups = policy.groups();
    }

    boolean hold(Policy.When when, Facts facts) {
        boolean any = when.any().isEmpty() || when.any().stream().anyMatch(c -> holds(c, facts));
        return any && when.unless().stream().noneMatch(c -> holds(c, facts));
    }

    private boolean holds(Policy.Condition row, Facts facts) {
        return row.accepts().entrySet().stream()
                .allMatch(e -> {
                    Attribute a = Attributes.named(e.getKey());
                    String fact = a.reader().apply(facts);
                    return e.getValue().stream().anyMatch(v -> accepts(a, v, fact, facts));
                });
    }

    private boolean accepts(Attribute a, String value, String fact, Facts facts) {
        if (a.atLeast()) return Double.parseDouble(fact) >= Double.parseDouble(value);
        if (value.equals(REGION)) {
            String region = facts.run().flatMap(Run::device).map(Run.Device::region).orElse("");
            return !region.isEmpty() && fact.equalsIgnoreCase(region);
        }
        if (value.startsWith("@"))
            return groups.getOrDefault(value.substring(1), List.of()).stream()
                    .anyMatch(v -> accepts(a, v, fact, facts));
        return matches(value.toLowerCase(Locale.ROOT), fact.toLowerCase(Locale.ROOT));
    }

    /** {@code *} stands for any characters; linear in both. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') p++;
        return p == pattern.length();
    }
}
