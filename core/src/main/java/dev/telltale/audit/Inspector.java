package dev.telltale.audit;

import dev.telltale.model.Inspection;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks into one capture without a persona. */
public final class Inspector {
    private static final Persona NOBODY = new Persona("", "", List.of(), List.of());

    private Inspector() {}

    public static Inspection inspect(
            Path capture, Auditor.Options options, Workers workers, Progress progress)
            throws UnreadableInput {
        return inspect(capture, Keys.NONE, options, workers, progress);
    }

    public static Inspection inspect(
            Path capture, Keys keys, Auditor.Options options, Workers workers, Progress progress)
            throws UnreadableInput {
        return inspect(capture, keys, options, Reference.bundled(), workers, progress);
    }

    /** As above; {@code reference} says who is behind hosts and addresses. */
    public static Inspection inspect(
            Path capture,
            Keys keys,
            Auditor.Options options,
            Reference reference,
            Workers workers,
            Progress progress)
            throws UnreadableInput {
        Observations seen =
                Auditor.observe(
                        List.of(capture),
                        keys,
                        NOBODY,
                        Optional.empty(),
                        options,
                        workers,
                        progress);
        return new Concluder(seen, Policies.DEFAULT, options, reference).inspect();
    }

    /**
     * One line a request, ending in LF, as it is met: METHOD, tab, URL with the target byte for
     * byte as sent, tab, 1-based frame of its first byte (0-based entry for exchange captures).
     */
    public static void requests(Path capture, Consumer<byte[]> lines) throws UnreadableInput {
        requests(capture, Keys.NONE, lines);
    }

    public static void requests(Path capture, Keys keys, Consumer<byte[]> lines)
            throws UnreadableInput {
        Replay.read(capture, keys, new RequestLister(lines));
    }
}
