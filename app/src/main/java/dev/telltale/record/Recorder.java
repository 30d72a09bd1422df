package dev.telltale.record;

import dev.telltale.record.relay.Access;
import dev.telltale.record.relay.Counters;
import dev.telltale.record.relay.OwnPages;
import dev.telltale.record.relay.Relay;
import dev.telltale.record.relay.Route;
import dev.telltale.record.tape.Reel;
import dev.telltale.record.tape.Rotation;
import dev.telltale.record.tape.SteadyClock;
import dev.telltale.record.tape.Tape;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A recording under way: what listens, what is written, and the second hand. */
public final class Recorder implements AutoCloseable {
    /** Stands in every file. */
    private static final List<String> ABOUT =
            List.of(
                    "Recorded by telltale record, which stood between the phone and the servers."
                            + " Addresses, ports, bytes and their order are true; IP and TCP headers are"
                            + " synthetic.",
                    "TLS was opened at both ends: what is here is the recorder's own connection to"
                            + " the server, as it was on the wire, with its keys. Inside is what the phone"
                            + " said, byte for byte. Hellos are the recorder's, but for connections that"
                            + " were passed through.");

    private final Tape tape;
    private final Relay relay;
    private final ScheduledExecutorService seconds;

    /**
     * What may be set.
     *
     * @param folder takes the files
     * @param comments of each file, beside the recorder's own
     * @param authority that phones trust
     * @param upstreamAuthorities beside those that this machine trusts
     * @param testTrust show each destination's first client a certificate that it should refuse
     */
    public record Settings(
            Path folder,
            Rotation rotation,
            List<String> comments,
            Authority authority,
            List<X509Certificate> upstreamAuthorities,
            boolean testTrust,
            Route.Finder routes,
            Access access,
            OwnPages pages) {}

    /**
     * @param news takes a line about what the tester should know
     * @param begun takes each file as it is begun
     * @throws IOException where the first file cannot be begun
     */
    public Recorder(Settings settings, Consumer<String> news, Consumer<Reel> begun)
            throws IOException {
        Files.createDirectories(settings.folder());
        List<String> comments = new ArrayList<>(ABOUT);
        comments.addAll(settings.comments());
        this.tape =
                new Tape(
                        settings.folder(),
                        settings.rotation(),
                        comments,
                        new SteadyClock(),
                        news,
                        begun);
        try {
            this.relay =
                    new Relay(
                            new Relay.Settings(
                                    settings.authority().authority(),
                                    Authority.untrusted(),
                                    settings.upstreamAuthorities(),
                                    settings.testTrust(),
                                    settings.routes(),
                                    settings.access(),
                                    settings.pages()),
                            tape,
                            news);
        } catch (GeneralSecurityException e) {
            tape.close();
            throw new IOException(e);
        }
        this.seconds =
                Executors.newSingleThreadScheduledExecutor(
                        r -> Thread.ofPlatform().name("recorder-seconds").daemon().unstarted(r));
        seconds.scheduleAtFixedRate(tape::tick, 1, 1, TimeUnit.SECONDS);
    }

    /** For phones that are told to use a proxy: HTTP and SOCKS5; returns where it listens. */
    public InetSocketAddress listen(InetSocketAddress at) throws IOException {
        return relay.listen(at);
    }

    /** For traffic that the kernel hands over on its way; returns where it listens. */
    public InetSocketAddress gateway(InetSocketAddress at) throws IOException {
        return relay.gateway(at);
    }

    public Counters.Now counters() {
        return relay.counters().now();
    }

    public Tape tape() {
        return tape;
    }

    /** Ends all connections, and the files. */
    @Override
    public void close() {
        relay.close();
        seconds.shutdown();
        tape.close();
    }
}
