package dev.telltale.record.guide;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Leads through a plan, and takes what the tester types at any time: a line each, so that it works
 * in every terminal and through a pipe.
 */
public final class Guide {
    public static final String KEYS =
            """
            Enter  the step is done            p NAME  another phase begins
            s STEP a step beside the plan      c SERVICE [DOMAIN,...] [IDENTIFIER,...]  consent given
            k      skip the step               w SERVICE  consent withdrawn
            n TEXT note                        a FILE  attachment
            d TEXT not done as planned         q       end\
            """;

    /** Steps are done by people; this much later or earlier than planned is told. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private final RunLog log;
    private final Supplier<Instant> clock;
    private final List<Planned> planned = new ArrayList<>();
    private final Duration[] offsets;
    private int next;
    private boolean ended;
    private Instant phaseBegan;
    private String phase = "";

    private record Planned(Plan.Phase phase, Plan.Step step) {}

    public Guide(Optional<Plan> plan, RunLog log, Supplier<Instant> clock) {
        this.log = log;
        this.clock = clock;
        this.phaseBegan = clock.get();
        plan.ifPresent(p -> {
            for (Plan.Phase f : p.phases())
                for (Plan.Step s : f.steps()) planned.add(new Planned(f, s));
        });
        this.offsets = new Duration[planned.size()];
        enter();
    }

    /** What the tester is asked to do now; empty where the plan is done, or there is none. */
    public synchronized Optional<String> prompt() {
        if (next >= planned.size()) return Optional.empty();
        Planned p = planned.get(next);
        return Optional.of(
                "["
                        + (next + 1)
                        + "/"
                        + planned.size()
                        + "] "
                        + p.phase().name()
                        + ", at "
                        + text(p.step().at())
                        + ": "
                        + p.step().text());
    }

    /** The tester wants to end. */
    public synchronized boolean isEnded() {
        return ended;
    }

    /**
     * Does what the tester typed.
     *
     * @return a line to show, or empty
     */
    public synchronized String typed(String line) {
        String word = line.strip().split("\\s+", 2)[0];
        String rest = line.strip().substring(word.length()).strip();
        return switch (word) {
            case "" -> done();
            case "k" -> skip();
            case "s" -> named(rest, () -> log.step(rest));
            case "p" -> named(rest, () -> log.phase(rest));
            case "n" -> named(rest, () -> log.note(rest));
            case "d" -> named(rest, () -> log.deviation(rest));
            case "c" -> named(rest, () -> consent(rest));
            case "w" -> log.withdraw(rest) ? "" : "no consent to '" + rest + "' stands";
            case "a" -> attach(rest);
            case "q" -> {
                end();
                yield "";
            }
            default -> KEYS;
        };
    }

    private static String named(String rest, Runnable doing) {
        if (rest.isEmpty()) return KEYS;
        doing.run();
        return "";
    }

    private void consent(String rest) {
        String[] words = rest.split("\\s+", 3);
        log.consent(
                words[0],
                words.length > 1 ? List.of(words[1].split(",")) : List.of(),
                words.length > 2 ? List.of(words[2].split("[,\\s]+")) : List.of());
    }

    private String attach(String file) {
        try {
            log.attach(Path.of(file));
            return "";
        } catch (IOException | IllegalArgumentException e) {
            return "cannot attach " + file + ": " + e.getMessage();
        }
    }

    private String done() {
        if (next >= planned.size()) return planned.isEmpty() ? KEYS : "the plan is done; q ends";
        Planned p = planned.get(next);
        log.step(p.step().name());
        p.step().decision().ifPresent(log::decide);
        Duration offset = Duration.between(phaseBegan, clock.get());
        offsets[next] = offset;
        Duration before = next > 0 && samePhase(next - 1) ? spent(next - 1) : Duration.ZERO;
        Duration expected = p.step().at().minus(plannedBefore(next));
        Duration off = offset.minus(before).minus(expected);
        if (off.abs().compareTo(LATE) > 0)
            log.deviation(
                    "'"
                            + p.step().text()
                            + "' came "
                            + text(off.abs())
                            + (off.isNegative() ? " earlier" : " later")
                            + " after what was before it than planned");
        next++;
        enter();
        return decided(p.step());
    }

    /** Who reads that a consent covers everything may want to say less. */
    private static String decided(Plan.Step step) {
        boolean all =
                step.decision()
                        .filter(d -> d.kind() == Plan.Kind.GIVEN)
                        .filter(d -> d.domains().isEmpty() && d.identifiers().isEmpty())
                        .isPresent();
        return all
                ? "this consent covers every domain and identifier; a plan's covers:"
                        + " {domains: [...], identifiers: [...]} says less"
                : "";
    }

    private boolean samePhase(int i) {
        return planned.get(i).phase().equals(planned.get(i + 1).phase());
    }

    private Duration spent(int i) {
        Duration d = offsets[i];
        return d == null ? Duration.ZERO : d;
    }

    private Duration plannedBefore(int i) {
        return i > 0 && samePhase(i - 1) ? planned.get(i - 1).step().at() : Duration.ZERO;
    }

    private String skip() {
        if (next >= planned.size()) return "there is nothing to skip";
        log.deviation("'" + planned.get(next).step().text() + "' was left out");
        offsets[next] = Duration.between(phaseBegan, clock.get());
        next++;
        enter();
        return "";
    }

    /** Into the phase of the next step. */
    private void enter() {
        if (next >= planned.size() || planned.get(next).phase().name().equals(phase)) return;
        phase = planned.get(next).phase().name();
        phaseBegan = clock.get();
        log.phase(phase);
    }

    /** No step comes any more; those that were not done are told. */
    public synchronized void end() {
        if (ended) return;
        ended = true;
        for (; next < planned.size(); next++)
            log.deviation("'" + planned.get(next).step().text() + "' was not done");
    }

    private static String text(Duration d) {
        long s = d.toSeconds();
        if (s < 60) return s + " s";
        if (s < 3600) return s / 60 + ":" + String.format("%02d", s % 60) + " min";
        return s / 3600 + ":" + String.format("%02d", s / 60 % 60) + " h";
    }
}
