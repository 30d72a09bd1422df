package dev.telltale.model;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is asked of a phone.
 *
 * @param about one sentence: what a PASS under it would mean
 * @param expected what is meant to happen and therefore not judged by the rules
 * @param coverage share of the sent bytes that must have been readable, per destination, for a PASS
 * @param channels that must have been captured in full for a PASS: {@code wifi}, ...
 * @param groups names for lists of values, used in conditions as {@code @name}
 */
public record Policy(
        String name,
        String about,
        List<Rule> rules,
        List<Expected> expected,
        List<Waiver> waivers,
        double coverage,
        Controls controls,
        List<String> channels,
        Map<String, List<String>> groups) {

    /** What is asked of the run's controls that the phone itself made. */
    public enum Controls {
        /** The run must name some, and all of them must have been seen. */
        REQUIRED,
        /** Those that the run names must have been seen. */
        IF_PRESENT
    }

    /**
     * @param reason why, for the person who reads the verdict
     * @param source what it rests on: law or standard, article and paragraph; or empty
     * @param outcome of a match; PASS only notes it
     */
    public record Rule(String name, String reason, String source, When when, Outcome outcome) {}

    /** A use that is meant, with its reason: the operator's own SIP server knows its IMSI. */
    public record Expected(String name, String reason, When when) {}

    /**
     * A match that somebody answers for.
     *
     * @param rules names of the rules it lifts
     * @param expires first day on which it no longer holds, UTC
     */
    public record Waiver(
            List<String> rules, When when, String owner, String reason, LocalDate expires) {}

    /**
     * Any of these rows and none of those.
     *
     * @param any empty for everything
     */
    public record When(List<Condition> any, List<Condition> unless) {}

    /**
     * One row: every attribute that is named must have one of the values named for it.
     *
     * @param accepts attribute to values; {@code *} stands for any characters, {@code @name} for a
     *     group
     */
    public record Condition(Map<String, List<String>> accepts) {}

    /** With one more group, or another one of that name. */
    public Policy with(String group, List<String> values) {
        Map<String, List<String>> all = new TreeMap<>(groups);
        all.put(group, values);
        return new Policy(
                name,
                about,
                rules,
                expected,
                waivers,
                coverage,
                controls,
                channels,
                Map.copyOf(all));
    }
}
