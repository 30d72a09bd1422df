package dev.telltale.cli;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Audit;
import dev.telltale.model.Finding;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.model.Run;
import dev.telltale.record.InterfaceCapture;
import dev.telltale.record.LiveFindings;
import dev.telltale.record.Recorder;
import dev.telltale.record.guide.Guide;
import dev.telltale.record.guide.Plan;
import dev.telltale.record.guide.RunLog;
import dev.telltale.record.relay.Counters;
import dev.telltale.report.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The terminal while a phone is recorded: what to do next, what is going on, what was found. */
final class RecordSession {
    private final Core core;
    private final Console console;
    private final Core.AuditRequest request;
    private final Optional<Persona> persona;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Set<String> told = new HashSet<>();
    private int findings;
    private boolean statusShown;
    private Counters.Now before = new Counters.Now(0, 0, 0, 0, 0, 0, 0);

    RecordSession(
            Core core, Console console, Core.AuditRequest request, Optional<Persona> persona) {
        this.core = core;
        this.console = console;
        this.request = request;
        this.persona = persona;
    }

    /**
     * @param run where the tester told of one
     */
    record Recorded(List<Path> captures, Optional<Path> run) {}

    /**
     * How traffic comes.
     *
     * @param proxies where phones that use a proxy come in
     * @param gateways where the kernel hands over what passes
     * @param network an interface that is captured as it is
     */
    record Ways(
            List<InetSocketAddress> proxies,
            List<InetSocketAddress> gateways,
            Optional<String> network) {}

    Recorded record(
            Recorder.Settings settings,
            Ways ways,
            RunLog.Circumstances circumstances,
            Optional<Plan> plan,
            Optional<Duration> length,
            InputStream typed)
            throws IOException {
        CountDownLatch written = new CountDownLatch(1);
        Thread atExit =
                new Thread(() -> {
                    over.countDown();
                    await(written);
                });
        Optional<LiveFindings> live =
                persona.map(p -> new LiveFindings(p, this::observed, this::news));
        Path runFile = settings.folder().resolve("run.yaml");
        List<Path> captures = new ArrayList<>();
        RunLog log;
        Guide guide;
        try (Recorder recorder =
                new Recorder(settings, this::news, reel -> live.ifPresent(l -> l.follow(reel)))) {
            Runtime.getRuntime().addShutdownHook(atExit);
            log = new RunLog(circumstances, recorder.tape().clock()::now);
            guide = new Guide(plan, log, recorder.tape().clock()::now);
            for (InetSocketAddress at : ways.proxies()) welcome(settings, recorder.listen(at));
            for (InetSocketAddress at : ways.gateways())
                console.say("recording what is handed over at " + recorder.gateway(at));
            Optional<InterfaceCapture> beside = Optional.empty();
            if (ways.network().isPresent()) {
                beside =
                        Optional.of(
                                InterfaceCapture.begin(
                                        ways.network().get(),
                                        !ways.gateways().isEmpty(),
                                        settings.folder()));
                console.say("capturing " + ways.network().get() + " into " + beside.get().file());
            }
            prompt(guide);
            Guide g = guide;
            RunLog l = log;
            Thread.ofPlatform()
                    .name("typed")
                    .daemon()
                    .start(() -> listen(typed, g, l, recorder, runFile, plan.isPresent()));
            long end = System.nanoTime() + length.map(Duration::toNanos).orElse(Long.MAX_VALUE / 2);
            while (System.nanoTime() < end && !isOver()) status(recorder);
            guide.end();
            log.end();
            captures.addAll(recorder.tape().files());
            beside.ifPresent(InterfaceCapture::close);
            beside.ifPresent(b -> captures.add(b.file()));
            if (isTold(log, plan.isPresent())) {
                write(runFile, log.yaml());
                recorder.tape().note(log.comments().toArray(String[]::new));
            }
        } finally {
            clearStatus();
        }
        live.ifPresent(LiveFindings::close);
        for (String d : log.deviations()) console.say("deviation: " + d);
        remarks(settings.folder(), log);
        written.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // It runs already.
            return recorded(captures, runFile);
        }
        return recorded(captures, runFile);
    }

    private static Recorded recorded(List<Path> captures, Path run) {
        return new Recorded(captures, Files.exists(run) ? Optional.of(run) : Optional.empty());
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A tester who told nothing did not say that nobody consented. */
    private static boolean isTold(RunLog log, boolean planned) {
        Run run = log.run();
        return planned
                || !run.consents().isEmpty()
                || run.phases().size() > 1
                || run.phases().stream().anyMatch(p -> !p.steps().isEmpty());
    }

    private void welcome(Recorder.Settings settings, InetSocketAddress at) {
        String where = at.getAddress().getHostAddress() + " port " + at.getPort();
        console.say("recording into " + settings.folder() + "; proxy (HTTP and SOCKS5): " + where);
        console.say(
                "the certificate to install: http://"
                        + (at.getAddress().getAddress().length == 16
                                ? "[" + at.getAddress().getHostAddress() + "]"
                                : at.getAddress().getHostAddress())
                        + ":"
                        + at.getPort()
                        + "/ or, through the proxy, http://telltale.test/");
        console.say("its SHA-256: " + settings.authority().fingerprint());
    }

    // --- What the tester types

    private void listen(
            InputStream typed,
            Guide guide,
            RunLog log,
            Recorder recorder,
            Path runFile,
            boolean planned) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(typed, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String answer = guide.typed(line);
                if (!answer.isEmpty()) answer.lines().forEach(this::news);
                if (line.startsWith("n ") || line.startsWith("d ")) recorder.tape().note(line);
                // So that it is there whatever happens.
                if (isTold(log, planned)) write(runFile, log.yaml());
                if (guide.isEnded()) {
                    over.countDown();
                    return;
                }
                prompt(guide);
            }
        } catch (IOException e) {
            news("what was typed could not be taken: " + FileErrors.why(e));
        }
    }

    private void prompt(Guide guide) {
        guide.prompt().ifPresent(p -> news("next: " + p));
    }

    private static synchronized void write(Path file, String yaml) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        Files.writeString(part, yaml);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void remarks(Path folder, RunLog log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String d : log.deviations()) lines.add("deviation: " + d);
        for (String n : log.notes()) lines.add("note: " + n);
        if (!lines.isEmpty())
            Files.writeString(folder.resolve("notes.txt"), String.join("\n", lines) + "\n");
    }

    // --- What is going on

    private synchronized void news(String line) {
        clearStatus();
        console.say(line);
    }

    private void observed(Observations seen) {
        Audit audit;
        try {
            audit = core.conclude(seen, request);
        } catch (UnreadableInput e) {
            news(String.valueOf(e.getMessage()));
            return;
        }
        synchronized (this) {
            findings = audit.findings().size();
            for (Finding f : audit.findings()) if (told.add(f.id())) news(line(f));
        }
    }

    private static String line(Finding f) {
        return "found: "
                + f.identifier().id()
                + (f.direction() == dev.telltale.model.Direction.SENT ? " to " : " from ")
                + f.destination().host()
                + ", "
                + f.worst().secured().protection()
                + (f.worst().secured().version().isEmpty()
                        ? ""
                        : " " + f.worst().secured().version())
                + ", "
                + f.worst().disguise().name().toLowerCase(Locale.ROOT)
                + ": "
                + f.place();
    }

    private void status(Recorder recorder) {
        Counters.Now now = recorder.counters();
        synchronized (this) {
            if (console.errIsTerminal()) {
                String line =
                        String.format(
                                Locale.ROOT,
                                "%d open, %d connections (%d closed to us, %d failed), %.1f kB/s up, %.1f kB/s"
                                        + " down, %.1f MB recorded, %d findings",
                                now.open(),
                                now.connections(),
                                now.passed(),
                                now.failed(),
                                (now.sent() - before.sent()) / 1e3,
                                (now.received() - before.received()) / 1e3,
                                recorder.tape().size() / 1e6,
                                findings);
                console.err().print("\r\033[K" + Printable.of(line));
                console.err().flush();
                statusShown = true;
            }
            before = now;
        }
        try {
            if (over.await(1, TimeUnit.SECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            over.countDown();
        }
    }

    private synchronized void clearStatus() {
        if (!statusShown) return;
        console.err().print("\r\033[K");
        console.err().flush();
        statusShown = false;
    }
}
