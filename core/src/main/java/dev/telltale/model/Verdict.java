package dev.telltale.model;

import java.util.List;

/**
 * @param scope the one sentence that says what the verdict does not claim
 */
public record Verdict(Outcome outcome, String scope, List<Reason> reasons) {
    /**
     * @param destination domain, or empty for the whole; phase likewise
     */
    public record Reason(
            String rule,
            String destination,
            String phase,
            Outcome outcome,
            String text,
            List<String> findings) {}
}
