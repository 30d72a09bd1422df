package dev.telltale.audit;

import dev.telltale.analyze.Analyzers;
import dev.telltale.analyze.Secrets;
import dev.telltale.capture.AppLog;
import dev.telltale.capture.CaptureFile;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.ExchangeCapture;
import dev.telltale.capture.MetaSink;
import dev.telltale.capture.PacketCapture;
import dev.telltale.capture.StreamCapture;
import dev.telltale.capture.UnreadableCaptureException;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.identify.PersonaMatcher;
import dev.telltale.model.Audit;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import dev.telltale.model.Run;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The bytes behind an audit, for those who show or check them: captures are read, put together and
 * opened again.
 */
public final class Replay {
    private final Audit audit;
    private final Map<String, Path> captures = new HashMap<>();
    private final Keys keys;
    private final Persona persona;
    private final Matcher matcher;

    /**
     * @param captures the audit's, in any order; found again by their SHA-256
     * @param known the audit's persona
     * @param run the audit's run, with its controls' values
     */
    public Replay(Audit audit, List<Path> captures, Keys keys, Persona known, Optional<Run> run)
            throws UnreadableInput {
        this.audit = audit;
        this.keys = keys;
        this.persona = Controls.with(known, run);
        this.matcher = PersonaMatcher.of(persona);
        for (Path p : captures) this.captures.putIfAbsent(Hashes.sha256(p), p);
    }

    /**
     * What the capture holds where a piece of evidence points to. Nothing was searched for: these
     * are the bytes before any decoder of the unwrapper.
     *
     * @param steps of the evidence's path that are behind these bytes: they are those of the ranges
     *     of step {@code steps - 1}
     * @param wire true where they were taken from the stream itself, before anything was read in it
     * @param frames that carried them, empty for exchange captures
     */
    public record Opened(int steps, byte[] bytes, boolean wire, List<Long> frames) {}

    /** Takes evidence, in no order. */
    @FunctionalInterface
    public interface EvidenceSink {
        /**
         * @param opened several where streams of one connection count alike; empty where nothing
         *     stands there
         */
        void evidence(Finding finding, Evidence evidence, List<Opened> opened);
    }

    /** Opens every piece of evidence whose capture was given; the others are told as empty. */
    public void evidence(EvidenceSink to) throws UnreadableInput {
        for (int i = 0; i < audit.inputs().captures().size(); i++) {
            EvidenceGatherer gatherer = new EvidenceGatherer(new Places(matcher, persona), to);
            for (Finding f : audit.findings())
                for (Evidence e : f.evidence()) if (e.capture() == i) gatherer.want(f, e);
            Path capture = captures.get(audit.inputs().captures().get(i).sha256());
            if (capture != null && gatherer.wantsSomething()) read(capture, keys, gatherer);
            gatherer.rest();
        }
    }

    /**
     * Every exchange that could be read, with where the persona's identifiers stand in it, capture
     * by capture, in the order in which they end.
     *
     * @param most bytes kept of a body
     */
    public void exchanges(int most, Consumer<ReplayedExchange> to) throws UnreadableInput {
        List<String> done = new ArrayList<>();
        for (Audit.CaptureInfo c : audit.inputs().captures()) {
            Path capture = captures.get(c.sha256());
            if (capture == null || done.contains(c.sha256())) continue;
            done.add(c.sha256());
            read(
                    capture,
                    keys,
                    new ExchangeGatherer(
                            c.sha256(), matcher, persona, new TimeSlots(audit.run()), most, to));
        }
    }

    /** Tells {@code to} all that a capture holds, as far as {@code keys} and its own open it. */
    static void read(Path capture, Keys keys, FlowSinks to) throws UnreadableInput {
        Secrets secrets = keys.forCapture();
        MetaSink own = CaptureObserver.secretsInto(secrets);
        CaptureFiles.secrets(capture, own);
        try (CaptureFile file = CaptureFiles.open(capture, false)) {
            switch (file) {
                case PacketCapture p -> {
                    Dissector dissector =
                            new Dissector(
                                    new Analyzers(to, secrets), a -> {}, DissectLimits.DEFAULT);
                    p.read(dissector, a -> {}, own);
                    dissector.end();
                }
                case StreamCapture s -> s.read(new Analyzers(to), a -> {});
                case ExchangeCapture e -> e.read(to, a -> {});
                // Lists connections; the capture that goes with it has what they carried.
                case AppLog l -> {}
            }
        } catch (UnreadableCaptureException e) {
            throw new UnreadableInput(String.valueOf(e.getMessage()));
        }
    }
}
