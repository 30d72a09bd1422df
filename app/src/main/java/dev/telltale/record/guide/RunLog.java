package dev.telltale.record.guide;

import dev.telltale.model.Run;
import dev.telltale.tap.RunText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The run as it comes about: what was done, agreed to and remarked, each with its instant. */
public final class RunLog {
    private static final String ABOUT = "Written by telltale record while the phone was recorded.";
    private static final String FIRST_PHASE = "recording";

    private final Circumstances known;
    private final Supplier<Instant> clock;
    private final List<Run.Phase> phases = new ArrayList<>();
    private final List<Run.Consent> consents = new ArrayList<>();
    private final List<Run.Control> controls = new ArrayList<>();
    private final List<Run.Attachment> attachments = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> deviations = new ArrayList<>();
    private Optional<Instant> ended = Optional.empty();
    private String phase = FIRST_PHASE;
    private Instant since;
    private List<Run.Step> steps = new ArrayList<>();

    /**
     * What is known before anything is done.
     *
     * @param captured channel to {@code full | partial | log | none}
     * @param zone of the tester, by name
     */
    public record Circumstances(
            String name, Optional<Run.Device> device, Map<String, String> captured, String zone) {}

    public RunLog(Circumstances known, Supplier<Instant> clock) {
        this.known = known;
        this.clock = clock;
        this.since = clock.get();
    }

    /** Another phase begins; the one before ends. */
    public synchronized void phase(String next) {
        Instant now = clock.get();
        // Nothing was done before the first one.
        if (!phase.equals(FIRST_PHASE) || !steps.isEmpty()) endPhase(now);
        phase = next;
        since = now;
        steps = new ArrayList<>();
    }

    private void endPhase(Instant now) {
        if (since.isBefore(now)) phases.add(new Run.Phase(phase, since, now, List.copyOf(steps)));
    }

    public synchronized void step(String step) {
        steps.add(new Run.Step(step, clock.get()));
    }

    /**
     * @param domains covered; empty for any
     * @param identifiers covered; empty for any
     */
    public synchronized void consent(
            String service, List<String> domains, List<String> identifiers) {
        consents.add(new Run.Consent(service, clock.get(), Optional.empty(), domains, identifiers));
    }

    /**
     * @return false where there was none of that name
     */
    public synchronized boolean withdraw(String service) {
        boolean any = false;
        for (int i = 0; i < consents.size(); i++) {
            Run.Consent c = consents.get(i);
            if (!c.service().equals(service) || c.withdrawn().isPresent()) continue;
            Optional<Instant> now = Optional.of(clock.get());
            consents.set(
                    i, new Run.Consent(c.service(), c.given(), now, c.domains(), c.identifiers()));
            any = true;
        }
        return any;
    }

    /** The phone was wiped: it has to ask anew. */
    public synchronized void withdrawAll() {
        for (Run.Consent c : List.copyOf(consents)) withdraw(c.service());
    }

    public synchronized void decide(Plan.Decision decision) {
        switch (decision.kind()) {
            case GIVEN -> consent(decision.service(), decision.domains(), decision.identifiers());
            case WITHDRAWN -> withdraw(decision.service());
            case RESET -> withdrawAll();
        }
    }

    public synchronized void control(Run.Control control) {
        controls.add(control);
    }

    public synchronized void note(String text) {
        notes.add(clock.get() + " " + text);
    }

    /** Something was not done as planned. */
    public synchronized void deviation(String text) {
        deviations.add(clock.get() + " " + text);
    }

    /** A photo of a consent screen, say; the run names it with its hash. */
    public synchronized void attach(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, sha256).transferTo(java.io.OutputStream.nullOutputStream());
            attachments.add(
                    new Run.Attachment(
                            String.valueOf(file.getFileName()),
                            HexFormat.of().formatHex(sha256.digest())));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    public synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    public synchronized List<String> deviations() {
        return List.copyOf(deviations);
    }

    /** The run is over: whenever it is asked for, it ends now. */
    public synchronized void end() {
        ended = Optional.of(clock.get());
    }

    /** As a run file. */
    public String yaml() {
        return RunText.yaml(run(), ABOUT);
    }

    /** As comments for the recording. */
    public List<String> comments() {
        return RunText.comments(run());
    }

    /** As it stands; the phase under way ends now, if the run has not ended. */
    public synchronized Run run() {
        List<Run.Phase> all = new ArrayList<>(phases);
        Instant now = ended.orElseGet(clock);
        if (since.isBefore(now)) all.add(new Run.Phase(phase, since, now, List.copyOf(steps)));
        return new Run(
                known.name(),
                known.device(),
                known.captured(),
                0,
                known.zone(),
                List.copyOf(all),
                List.copyOf(consents),
                List.copyOf(controls),
                List.copyOf(attachments));
    }
}
