package dev.telltale.model;

import java.util.List;

/**
 * What is asked of a phone.
 *
 * @param coverage share of the sent bytes that must have been readable, per destination, for a PASS
 */
public record Policy(String name, List<Rule> rules, double coverage) {
    /**
     * @param reason why, for the person who reads the verdict
     */
    public record Rule(String name, String reason, Condition when, Outcome outcome) {}

    /** All that is stated must hold. */
    public record Condition(Direction direction, boolean personalOnly) {
        public boolean matches(Finding f) {
            return f.direction() == direction && (!personalOnly || f.identifier().personal());
        }
    }
}
