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

    // Asked for every variant of every finding and every rule: in loops.

    boolean hold(Policy.When when, Facts facts) {
        boolean any = when.any().isEmpty();
        for (Policy.Condition c : when.any()) {
            if (any) break;
            any = holds(c, facts);
        }
        if (!any) return false;
        for (Policy.Condition c : when.unless()) if (holds(c, facts)) return false;
        return true;
    }

    private boolean holds(Policy.Condition row, Facts facts) {
        for (Map.Entry<String, List<String>> e : row.accepts().entrySet()) {
            Attribute a = Attributes.named(e.getKey());
            String fact = a.reader().apply(facts);
            boolean accepted = false;
            for (String v : e.getValue()) {
                accepted = accepts(a, v, fact, facts);
                if (accepted) break;
            }
            if (!accepted) return false;
        }
        return true;
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
