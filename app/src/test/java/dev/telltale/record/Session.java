package dev.telltale.record;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Inspector;
import dev.telltale.audit.Keys;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.capture.CaptureFiles;
import dev.telltale.capture.MetaSink;
import dev.telltale.model.Audit;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import dev.telltale.record.relay.Access;
import dev.telltale.record.relay.Route;
import dev.telltale.record.tape.Rotation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A recorder in a test: begun, used, closed, and then looked at. */
final class Session implements AutoCloseable {
    static final String IMEI = "867345021234563";
    private static final String PERSONA =
            """
            persona: recorded
            identifiers:
              imei: ["%s"]
              email: asha.rao@example.org
            """
                    .formatted(IMEI);

    final Path folder;
    final Path ca;
    final InetSocketAddress proxy;
    final List<String> news = Collections.synchronizedList(new ArrayList<>());
    final Recorder recorder;
    private final Persona persona;
    private final AtomicReference<@Nullable Observations> seen = new AtomicReference<>();
    private final LiveFindings live;
    private boolean closed;

    Session(Path dir, X509Certificate upstream) throws Exception {
        this(dir, upstream, s -> s);
    }

    Session(Path dir, X509Certificate upstream, UnaryOperator<Recorder.Settings> with)
            throws Exception {
        this.folder = Files.createTempDirectory(dir, "recorded");
        Authority authority = Authority.in(dir.resolve("kept"));
        this.ca = Files.writeString(dir.resolve("recorder.pem"), authority.pem());
        Path file = Files.writeString(folder.resolve("persona.yaml"), PERSONA);
        this.persona = Personas.read(file).persona();
        this.live = new LiveFindings(persona, seen::set, news::add);
        Recorder.Settings settings =
                new Recorder.Settings(
                        folder,
                        Rotation.NEVER,
                        List.of(),
                        authority,
                        List.of(upstream),
                        false,
                        Route.BY_NAME,
                        new Access(List.of(), ""),
                        new CaPage(authority));
        this.recorder = new Recorder(with.apply(settings), news::add, live::follow);
        this.proxy = recorder.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    String http() {
        return "http://127.0.0.1:" + proxy.getPort();
    }

    Path capture() {
        return folder.resolve("capture.pcapng");
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        recorder.close();
        live.close();
    }

    /** What was seen while recording, judged. */
    Audit liveAudit() throws Exception {
        close();
        return conclude(java.util.Objects.requireNonNull(seen.get()));
    }

    /** What the recording holds, judged. */
    Audit audit(Path... captures) throws Exception {
        close();
        return conclude(
                Auditor.observe(
                        List.of(captures.length == 0 ? new Path[] {capture()} : captures),
                        persona,
                        Optional.empty(),
                        Auditor.Options.DEFAULT,
                        Workers.CALLER,
                        Progress.NONE));
    }

    private static Audit conclude(Observations seen) throws Exception {
        return Auditor.conclude(
                seen,
                Policies.load("no-personal-data").policy(),
                Auditor.Options.DEFAULT,
                Auditor.InputHashes.NONE);
    }

    /** {@code METHOD target} of all requests in the recording. */
    List<String> requests() throws Exception {
        close();
        List<String> lines = new ArrayList<>();
        Inspector.requests(
                capture(),
                Keys.NONE,
                l -> {
                    String[] words = new String(l, StandardCharsets.ISO_8859_1).split("\t");
                    lines.add(words[0] + " " + words[1]);
                });
        return lines;
    }

    /** All comments in the recording. */
    List<String> comments() {
        close();
        List<String> comments = new ArrayList<>();
        CaptureFiles.comments(
                capture(),
                new MetaSink() {
                    @Override
                    public void comment(long packet, String text) {
                        comments.add(text);
                    }
                });
        return comments;
    }

    /** Identifier, direction, place, protection, weakness and number of each finding. */
    static List<String> findings(Audit audit) {
        return audit.findings().stream()
                .map(f ->
                        f.id()
                                + " "
                                + f.identifier().id()
                                + " "
                                + f.direction()
                                + " "
                                + f.place()
                                + " "
                                + f.worst().secured()
                                + " "
                                + f.sightings())
                .toList();
    }
}
