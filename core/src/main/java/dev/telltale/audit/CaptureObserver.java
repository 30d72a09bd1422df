package dev.telltale.audit;

import dev.telltale.analyze.Analyzers;
import dev.telltale.analyze.KeyLog;
import dev.telltale.analyze.Secrets;
import dev.telltale.bytes.ByteSource;
import dev.telltale.capture.AppLog;
import dev.telltale.capture.AppMap;
import dev.telltale.capture.CaptureFile;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.CaptureTotals;
import dev.telltale.capture.ExchangeCapture;
import dev.telltale.capture.MetaSink;
import dev.telltale.capture.PacketCapture;
import dev.telltale.capture.StreamCapture;
import dev.telltale.capture.UnreadableCaptureException;
import dev.telltale.dissect.Defragmenter;
import dev.telltale.dissect.DispatchKey;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.dissect.Totals;
import dev.telltale.identify.PersonaMatcher;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Matcher;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Given;
import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Takes one capture through open, dissect, reassemble, analyze, unwrap and identify. */
final class CaptureObserver {
    private final Persona persona;
    private final Matcher matcher;
    private final TimeSlots slots;
    private final Keys keys;
    private final Auditor.Options options;
    private final Workers workers;
    private final AppMap apps = new AppMap();

    CaptureObserver(
            Persona persona,
            Matcher matcher,
            TimeSlots slots,
            Keys keys,
            Auditor.Options options,
            Workers workers) {
        this.persona = persona;
        this.matcher = matcher;
        this.slots = slots;
        this.keys = keys;
        this.options = options;
        this.workers = workers;
    }

    /** What was given and, where it could be read, what was seen. */
    record Observed(Given given, Optional<CaptureSeen> seen) {}

    Observed observe(Path path, Progress progress) {
        String name = String.valueOf(path.getFileName());
        try (CaptureFile file = CaptureFiles.open(path)) {
            CaptureSeen seen =
                    switch (file) {
                        case PacketCapture p -> packets(path, p, progress);
                        case StreamCapture s -> streams(s);
                        case ExchangeCapture e -> exchanges(e);
                        case AppLog l -> appLog(l);
                    };
            return new Observed(
                    new Given(name, file.sha256(), file.bytes(), ""), Optional.of(seen));
        } catch (UnreadableCaptureException e) {
            return new Observed(
                    unreadable(path, name, String.valueOf(e.getMessage())), Optional.empty());
        }
    }

    /**
     * Reads a capture of packets that grows while it is read.
     *
     * @param begun takes the books that are written meanwhile, before the first packet
     */
    CaptureSeen follow(String name, ByteSource growing, Consumer<Partial> begun) {
        try (PacketCapture capture = CaptureFiles.growing(name, growing)) {
            Secrets secrets = keys.forCapture();
            Share share = new Share(DissectLimits.DEFAULT, secrets);
            begun.accept(share.recorder.out);
            CaptureTotals read = alone(capture, Progress.NONE, share, secrets);
            return closed(capture, share, read, Totals.ZERO, secrets);
        }
    }

    private static Given unreadable(Path path, String name, String why) {
        try (InputStream in = Files.newInputStream(path)) {
            Hashes.Hashed h = Hashes.sha256(in);
            return new Given(name, h.sha256(), h.bytes(), why);
        } catch (IOException e) {
            return new Given(name, "", 0, why);
        }
    }

    private Recorder recorder() {
        return new Recorder(
                persona, matcher, slots, options.reveal(), options.evidencePerFinding());
    }

    /**
     * What lists of apps among the captures tell is known before any capture is read, whatever
     * their order.
     */
    void learn(List<Path> captures) {
        for (Path path : captures) {
            // A pipe is read once.
            if (!Files.isRegularFile(path)) continue;
            try (CaptureFile file = CaptureFiles.open(path, false)) {
                if (file instanceof AppLog log) apps.addAll(log.read(a -> {}));
            } catch (UnreadableCaptureException e) {
                // Said when its turn comes.
                continue;
            }
        }
    }

    private CaptureSeen appLog(AppLog log) {
        Partial out = recorder().out;
        log.read(out::anomaly);
        return finish(
                out,
                log.format(),
                new CaptureTotals(0, 0, Optional.empty(), Optional.empty()),
                0,
                false);
    }

    private CaptureSeen streams(StreamCapture capture) {
        Recorder recorder = recorder();
        CaptureTotals totals = capture.read(new Analyzers(recorder), recorder.out::anomaly);
        return finish(recorder.out, capture.format(), totals, 0, false);
    }

    private CaptureSeen exchanges(ExchangeCapture capture) {
        Recorder recorder = recorder();
        CaptureTotals totals = capture.read(recorder, recorder.out::anomaly);
        return finish(recorder.out, capture.format(), totals, 0, false);
    }

    /** One worker's share of a packet capture. */
    private final class Share {
        private final Recorder recorder = recorder();
        private final Dissector dissector;

        private Share(DissectLimits limits, Secrets secrets) {
            dissector =
                    new Dissector(
                            apps.naming(new Analyzers(recorder, secrets)),
                            recorder.out::anomaly,
                            limits);
        }
    }

    private CaptureSeen packets(Path path, PacketCapture capture, Progress progress) {
        Secrets secrets = keys.forCapture();
        CaptureFiles.secrets(path, secretsInto(secrets));
        List<Share> shares = new ArrayList<>();
        // Where flows need what earlier ones told, any other number would give another result.
        int count = secrets.crossFlows() ? 1 : workers.count();
        DissectLimits limits = DissectLimits.DEFAULT.shared(count);
        for (int i = 0; i < count; i++) shares.add(new Share(limits, secrets));
        Partial whole = shares.getFirst().recorder.out;
        AtomicReference<Totals> reader = new AtomicReference<>(Totals.ZERO);
        CaptureTotals read =
                shares.size() == 1
                        ? alone(capture, progress, shares.getFirst(), secrets)
                        : together(capture, progress, shares, reader, secrets);
        Totals others = reader.get();
        for (Share s : shares) {
            if (s.recorder.out == whole) continue;
            others = others.plus(s.dissector.totals());
            whole.add(s.recorder.out);
        }
        return closed(capture, shares.getFirst(), read, others, secrets);
    }

    /**
     * @param others what was carried beside what the share's own dissector saw
     */
    private CaptureSeen closed(
            PacketCapture capture,
            Share share,
            CaptureTotals read,
            Totals others,
            Secrets secrets) {
        Partial whole = share.recorder.out;
        Totals totals = others.plus(share.dissector.totals());
        totals.anomalies().forEach(whole::anomaly);
        if (secrets.full())
            whole.anomaly(
                    new Anomaly(
                            Anomaly.Kind.LIMIT,
                            "capture",
                            "The capture holds more keys than are kept; the rest of them is left"
                                    + " out."));
        return finish(whole, capture.format(), read, totals.tcpBytes() + totals.udpBytes(), true);
    }

    private static CaptureTotals alone(
            PacketCapture capture, Progress progress, Share share, Secrets secrets) {
        PacketSink sink = ticking(capture, progress, share.dissector);
        CaptureTotals totals =
                capture.read(sink, share.recorder.out::anomaly, meta(share.recorder.out, secrets));
        share.dissector.end();
        return totals;
    }

    /**
     * The reader puts fragments together and deals packets out by flow; each worker takes its own
     * flows.
     */
    private CaptureTotals together(
            PacketCapture capture,
            Progress progress,
            List<Share> shares,
            AtomicReference<Totals> reader,
            Secrets secrets) {
        FanOut fan = new FanOut(shares.size(), DispatchKey::of);
        Partial readers = new Partial(0);
        AtomicReference<CaptureTotals> totals = new AtomicReference<>();
        List<Runnable> tasks = new ArrayList<>();
        tasks.add(() ->
                guarded(
                        fan,
                        () -> {
                            Defragmenter whole = new Defragmenter(DissectLimits.DEFAULT, fan);
                            PacketSink sink = ticking(capture, progress, whole);
                            totals.set(
                                    capture.read(sink, readers::anomaly, meta(readers, secrets)));
                            whole.end();
                            fan.end();
                            reader.set(whole.totals());
                        }));
        for (int i = 0; i < shares.size(); i++) {
            int lane = i;
            tasks.add(() ->
                    guarded(
                            fan,
                            () -> {
                                Share s = shares.get(lane);
                                fan.take(lane, s.dissector);
                                s.dissector.end();
                            }));
        }
        workers.run(tasks);
        shares.getFirst().recorder.out.add(readers);
        return Objects.requireNonNull(totals.get());
    }

    private static void guarded(FanOut fan, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            fan.fail();
            throw e;
        }
    }

    private static MetaSink meta(Partial out, Secrets secrets) {
        MetaSink keys = secretsInto(secrets);
        return new MetaSink() {
            @Override
            public void secrets(int type, byte[] bytes) {
                keys.secrets(type, bytes);
            }

            @Override
            public void name(String ip, String name) {
                out.nameOf(ip, name.toLowerCase(Locale.ROOT), Long.MIN_VALUE);
            }
        };
    }

    static MetaSink secretsInto(Secrets secrets) {
        return new MetaSink() {
            @Override
            public void secrets(int type, byte[] bytes) {
                if (type == TLS_KEY_LOG) KeyLog.read(bytes, secrets);
            }
        };
    }

    private static PacketSink ticking(PacketCapture capture, Progress progress, PacketSink to) {
        if (progress == Progress.NONE) return to;
        return new PacketSink() {
            private int n;

            @Override
            public void packet(Packet p) {
                if ((++n & 0xfff) == 0) progress.at(capture.bytes(), capture.length());
                to.packet(p);
            }
        };
    }

    /** Tries what may be salted, now that all of the capture is known. */
    private void solve(Partial out) {
        if (out.riddles.isEmpty()) return;
        new RiddleSolver(persona, PersonaMatcher.salted(matcher), out, options.reveal()).solve();
    }

    /** Closes the books: the stages' sums must be what the packets themselves carried. */
    private CaptureSeen finish(
            Partial out, String format, CaptureTotals totals, long payload, boolean check) {
        solve(out);
        long accounted = out.accounted();
        if (check && accounted != payload + out.unseen) {
            out.anomaly(
                    new Anomaly(
                            Anomaly.Kind.ACCOUNTING,
                            "capture",
                            "The packets carried "
                                    + payload
                                    + " payload bytes, the stages account for "
                                    + (accounted - out.unseen)
                                    + "."));
        }
        totals.start().ifPresent(t -> out.at(TimeSlots.nanos(t)));
        totals.end().ifPresent(t -> out.at(TimeSlots.nanos(t)));
        return out.seen(format, totals.packets(), check ? payload : accounted);
    }
}
