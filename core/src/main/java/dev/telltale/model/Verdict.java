package dev.telltale.model;

import java.util.List;

/**
 * @param scope the one sentence that says what the verdict does not claim
 * @param rules what was asked, in the policy's order
 */
public record Verdict(Outcome outcome, String scope, List<Reason> reasons, List<Asked> rules) {

    public Verdict(Outcome outcome, String scope, List<Reason> reasons) {
        this(outcome, scope, reasons, List.of());
    }

    /**
     * @param destination domain, or empty for the whole; phase likewise
     * @param codes the blind spots that keep it from being decided
     */
    public record Reason(
            String rule,
            String destination,
            String phase,
            Outcome outcome,
            String text,
            List<String> findings,
            List<ReasonCode> codes) {

        public Reason(
                String rule,
                String destination,
                String phase,
                Outcome outcome,
                String text,
                List<String> findings) {
            this(rule, destination, phase, outcome, text, findings, List.of());
        }
    }

    /**
     * A rule of the policy.
     *
     * @param outcome of the rule over all destinations and phases
     */
    public record Asked(String name, String reason, String source, Outcome outcome) {}
}
