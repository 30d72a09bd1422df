package dev.telltale.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What differs between runs. Runs of one stage are repeats of the same trial: the same build with
 * the same steps and consents, on one handset or several. Stages stand in the order in which their
 * first runs were given; the last one is judged against those before.
 *
 * @param baseline an idle run whose findings were taken out of all others
 * @param inBaseline findings that were taken out, from the runs in their order
 * @param identifiers that the personas have, each once
 * @param coverage per domain, where the phone sent something in the first or the last stage
 * @param missingSteps steps of earlier stages that the last one did not do
 * @param doubts why something new may have gone unseen, one sentence each
 */
public record Comparison(
        List<Compared> runs,
        List<Stage> stages,
        Optional<Compared> baseline,
        List<String> inBaseline,
        List<Identifier> identifiers,
        List<Item> items,
        List<CoverageChange> coverage,
        List<String> missingSteps,
        List<String> doubts,
        Result outcome) {

    public enum Status {
        NEW,
        MOVED,
        CHANGED,
        STILL,
        NOT_EXERCISED,
        FIXED
    }

    /** For the owner of the phone. */
    public enum Result {
        BETTER,
        SAME,
        WORSE,
        UNDECIDED
    }

    /**
     * @param audit SHA-256 of its audit JSON
     * @param device as the run says, or empty
     * @param observed how long the phone was watched: the run's phases, else first to last packet
     * @param stage index into {@link Comparison#stages}
     */
    public record Compared(
            String name,
            String audit,
            Outcome outcome,
            Optional<Run.Device> device,
            Duration observed,
            int stage) {}

    /**
     * @param name of the run, or of the build where there are several runs
     * @param runs indexes into {@link Comparison#runs}
     * @param handsets how many units took part
     */
    public record Stage(String name, List<Integer> runs, int handsets) {}

    /**
     * One identifier at one destination, followed through the stages.
     *
     * @param domain where it was last seen; company, country and place likewise
     * @param findings one a run; empty where the run has none
     * @param seen one a stage
     * @param weight what the changes mean for the owner, worst first; SAME where there are none
     * @param why one sentence
     * @param missing what kept it from being exercised, one clause each
     */
    public record Item(
            Status status,
            Identifier identifier,
            Direction direction,
            String domain,
            String company,
            String place,
            List<Optional<Finding>> findings,
            List<Seen> seen,
            List<Change> changes,
            Result weight,
            String why,
            List<String> missing) {

        /** Whether it counts for the result: as a policy by default sees it. */
        public boolean counts() {
            return direction == Direction.SENT && identifier.personal();
        }
    }

    /**
     * In how many runs of a stage, and on how many of its handsets.
     *
     * @param exercised false where it is absent and the stage would not have shown it
     */
    public record Seen(int runs, int of, int handsets, int ofHandsets, boolean exercised) {}

    public enum Attribute {
        PLACE,
        PROTECTION,
        DISGUISE,
        FORM,
        CONSENTED,
        PHASE,
        HOST,
        COUNTRY,
        COMPANY,
        SET
    }

    /**
     * @param weight for the owner: BETTER, WORSE or SAME
     */
    public record Change(Attribute attribute, String before, String after, Result weight) {}

    /** What the phone sent to a domain in the first stage and in the last. */
    public record CoverageChange(String domain, Coverage.Sums before, Coverage.Sums after) {}
}
