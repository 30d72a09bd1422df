package dev.telltale.audit;

import dev.telltale.identify.PersonaMatcher;
import dev.telltale.model.Audit;
import dev.telltale.model.Matcher;
import dev.telltale.model.Observations;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Given;
import dev.telltale.model.Persona;
import dev.telltale.model.Policy;
import dev.telltale.model.Progress;
import dev.telltale.model.Run;
import dev.telltale.model.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The two calls of an audit: observe captures, then conclude what was observed. */
public final class Auditor {
    private Auditor() {}

    /**
     * @param device IP or MAC of the phone, where asked for
     * @param evidencePerFinding evidence items kept per finding, first in capture order; counts
     *     stay exact
     * @param reveal shows values instead of masking them
     */
    public record Options(Optional<String> device, int evidencePerFinding, boolean reveal) {
        public static final Options DEFAULT = new Options(Optional.empty(), 10_000, false);
    }

    /** SHA-256 of the other inputs, for the record; empty where not given. */
    public record InputHashes(List<String> keys, String run, String policy) {
        public static final InputHashes NONE = new InputHashes(List.of(), "", "");
    }

    /**
     * Reads the captures. One that cannot be read is noted and the others go on.
     *
     * @throws UnreadableInput where not one could be read; the message is the one line about the
     *     first
     */
    public static Observations observe(
            List<Path> captures,
            Persona persona,
            Optional<Run> run,
            Options options,
            Workers workers,
            Progress progress)
            throws UnreadableInput {
        return observe(captures, Keys.NONE, persona, run, options, workers, progress);
    }

    /** As above, and opens closed traffic that {@code keys} or the captures have keys for. */
    public static Observations observe(
            List<Path> captures,
            Keys keys,
            Persona known,
            Optional<Run> run,
            Options options,
            Workers workers,
            Progress progress)
            throws UnreadableInput {
        Persona persona = keys.with(Controls.with(known, run));
        Matcher matcher = PersonaMatcher.of(persona);
        CaptureObserver observer =
                new CaptureObserver(persona, matcher, new TimeSlots(run), keys, options, workers);
        observer.learn(captures);
        List<Given> given = new ArrayList<>();
        SortedMap<String, CaptureSeen> seen = new TreeMap<>();
        for (Path path : captures) {
            CaptureObserver.Observed o = observer.observe(path, progress);
            given.add(o.given());
            o.seen().ifPresent(s -> seen.put(o.given().sha256(), s));
        }
        if (seen.isEmpty()) {
            throw new UnreadableInput(
                    given.isEmpty() ? "No capture given." : given.getFirst().problem());
        }
        return new Observations(persona, run, given, seen);
    }

    /** Judges what was observed. */
    public static Audit conclude(
            Observations observations, Policy policy, Options options, InputHashes hashes) {
        return conclude(observations, Reference.bundled(), policy, options, hashes);
    }

    /** As above; {@code reference} says who is behind hosts and addresses. */
    public static Audit conclude(
            Observations observations,
            Reference reference,
            Policy policy,
            Options options,
            InputHashes hashes) {
        return new Concluder(observations, policy, options, reference).conclude(hashes);
    }

    /**
     * Hashes of the other inputs, for the record.
     *
     * @param policySha256 of the policy as it is written
     */
    public static InputHashes hashes(
            List<Path> keys, Optional<String> runSha256, String policySha256)
            throws UnreadableInput {
        List<String> keyHashes = new ArrayList<>();
        for (Path k : keys) keyHashes.add(Hashes.sha256(k));
        return new InputHashes(keyHashes, runSha256.orElse(""), policySha256);
    }
}
