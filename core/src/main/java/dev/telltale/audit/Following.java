package dev.telltale.audit;

import dev.telltale.bytes.ByteSource;
import dev.telltale.identify.PersonaMatcher;
import dev.telltale.model.Observations;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Given;
import dev.telltale.model.Persona;
import dev.telltale.model.Run;
import dev.telltale.model.Workers;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Observes a recording while it is written. It goes the way that the audit of the finished
 * recording goes, so that both see the same; what a connection has not said to its end may be
 * missing until it has.
 */
public final class Following {
    private final String name;
    private final ByteSource growing;
    private final Persona persona;
    private final Optional<Run> run;
    private final Auditor.Options options;
    private @Nullable Partial books;

    /**
     * @param name of the recording
     * @param growing its bytes; reading waits until there are more, and ends with the recording
     */
    public Following(
            String name,
            ByteSource growing,
            Persona known,
            Optional<Run> run,
            Auditor.Options options) {
        this.name = name;
        this.growing = growing;
        this.persona = Controls.with(known, run);
        this.run = run;
        this.options = options;
    }

    /** Reads to the end, on the caller's thread. */
    public Observations read() {
        CaptureObserver observer =
                new CaptureObserver(
                        persona,
                        PersonaMatcher.of(persona),
                        new TimeSlots(run),
                        Keys.NONE,
                        options,
                        Workers.CALLER);
        return seen(observer.follow(name, growing, b -> books = b));
    }

    /**
     * What was observed so far. Only to be asked by the thread that reads, while the source is
     * asked for more; empty before the first packet.
     */
    public Optional<Observations> now() {
        Partial b = books;
        return b == null ? Optional.empty() : Optional.of(seen(b.seen("pcapng", 0, b.accounted())));
    }

    private Observations seen(CaptureSeen seen) {
        TreeMap<String, CaptureSeen> captures = new TreeMap<>();
        // Of what is still being written there is no hash; its name has to do.
        captures.put(name, seen);
        Given given = new Given(name, name, 0, "");
        return new Observations(persona, run, List.of(given), captures);
    }
}
