package dev.telltale.record.tape;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * A recording: one file, or several in turn. A connection stays in the file that it began in, so
 * that each file can be read for itself.
 */
public final class Tape implements Closeable {
    private static final String APPLICATION = "telltale record";

    private final Path folder;
    private final Rotation rotation;
    private final List<String> comments;
    private final SteadyClock clock;
    private final Consumer<String> trouble;
    private final Consumer<Reel> begun;
    private final List<Reel> reels = new ArrayList<>();
    private Reel current;
    private Instant since;

    /**
     * @param comments of each file
     * @param trouble takes a line where a file cannot be written
     * @param begun takes each file as it is begun
     * @throws IOException where the first file cannot be begun
     */
    public Tape(
            Path folder,
            Rotation rotation,
            List<String> comments,
            SteadyClock clock,
            Consumer<String> trouble,
            Consumer<Reel> begun)
            throws IOException {
        this.folder = folder;
        this.rotation = rotation;
        this.comments = List.copyOf(comments);
        this.clock = clock;
        this.trouble = trouble;
        this.begun = begun;
        this.since = clock.now();
        this.current = reel(1);
    }

    private Reel reel(int number) throws IOException {
        String name =
                rotation.equals(Rotation.NEVER)
                        ? "capture.pcapng"
                        : String.format(Locale.ROOT, "capture-%04d.pcapng", number);
        Reel reel = new Reel(folder.resolve(name), APPLICATION, comments, trouble);
        reels.add(reel);
        begun.accept(reel);
        return reel;
    }

    public SteadyClock clock() {
        return clock;
    }

    /** Its files, in their order. */
    public synchronized List<Path> files() {
        return reels.stream().map(Reel::file).toList();
    }

    /** Bytes of all files. */
    public synchronized long size() {
        return reels.stream().mapToLong(Reel::size).sum();
    }

    /** A connection. */
    public synchronized Track track(InetSocketAddress client, InetSocketAddress server) {
        turn();
        return new Track(this, current, client, server);
    }

    /** A remark that belongs to no connection. */
    public synchronized void note(String... remarks) {
        current.note(clock.micros(), List.of(remarks));
    }

    /** What an address was found under, where the traffic itself may not tell. */
    public synchronized void name(InetAddress address, String name) {
        current.name(address, name);
    }

    /** Once a second: what has passed gets on disk. */
    public void tick() {
        Duration jumped = clock.jumped();
        if (!jumped.isZero())
            note(
                    "This machine's clock was set by "
                            + jumped.toMillis()
                            + " ms; the recording's times go on as before.");
        List<Reel> all;
        synchronized (this) {
            turn();
            all = List.copyOf(reels);
        }
        for (Reel reel : all) {
            reel.flush(clock.micros());
            retire(reel);
        }
    }

    private void turn() {
        if (!rotation.due(current.size(), Duration.between(since, clock.now()))) return;
        try {
            Reel before = current;
            current = reel(reels.size() + 1);
            since = clock.now();
            retire(before);
        } catch (IOException e) {
            trouble.accept(
                    "no new file could be begun (" + e.getMessage() + "); the old one goes on");
            since = clock.now();
        }
    }

    /** A file that is no longer the current one ends with its last connection. */
    synchronized void retire(Reel reel) {
        if (reel != current && reel.isIdle()) reel.close(clock.micros());
    }

    @Override
    public synchronized void close() {
        for (Reel reel : reels) reel.close(clock.micros());
    }
}
