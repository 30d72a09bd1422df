package dev.telltale.record;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Following;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.record.tape.Reel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Observes the recording as it gets on disk, a thread for each of its files that is being written.
 * What it has seen once a file is closed is what an audit of that file sees.
 */
public final class LiveFindings implements AutoCloseable {
    private static final long EVERY_NANOS = 1_000_000_000;

    /** Of the time that passes, looking up may take a tenth. */
    private static final int SHARE = 10;

    /** Shown live is where something went, not each time it did. */
    private static final int EVIDENCE = 1;

    private final Persona persona;
    private final Consumer<Observations> seen;
    private final Consumer<String> trouble;
    private final Map<Reel, Observations> latest = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param seen takes what was observed so far, about once a second while there is something new
     * @param trouble takes a line where a file cannot be followed
     */
    public LiveFindings(Persona persona, Consumer<Observations> seen, Consumer<String> trouble) {
        this.persona = persona;
        this.seen = seen;
        this.trouble = trouble;
    }

    /** A file was begun. */
    public synchronized void follow(Reel reel) {
        threads.removeIf(t -> !t.isAlive());
        Thread thread =
                Thread.ofPlatform()
                        .name("live " + reel.file().getFileName())
                        .daemon()
                        .unstarted(() -> new One(reel).run());
        threads.add(thread);
        thread.start();
    }

    /** One file. */
    private final class One {
        private final Reel reel;
        private final FollowedReel source;
        private final Following following;
        private long told = System.nanoTime();
        private long wait = EVERY_NANOS;
        private long read;

        private One(Reel reel) {
            this.reel = reel;
            try {
                this.source = new FollowedReel(reel, this::pause);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            this.following =
                    new Following(
                            String.valueOf(reel.file().getFileName()),
                            source,
                            persona,
                            Optional.empty(),
                            new Auditor.Options(Optional.empty(), EVIDENCE, false));
        }

        private void run() {
            try {
                tell(following.read());
            } catch (RuntimeException | Error e) {
                trouble.accept(
                        reel.file()
                                + " cannot be followed ("
                                + e.getMessage()
                                + "); it is recorded all the same");
            }
        }

        private void pause() {
            long now = System.nanoTime();
            // What was read before has been looked at by the time that more is asked for.
            long at = source.position();
            if (now - told < wait || at == read) return;
            read = at;
            following.now().ifPresent(this::tell);
            told = System.nanoTime();
            wait = Math.max(EVERY_NANOS, SHARE * (told - now));
        }

        private void tell(Observations observed) {
            Observations all;
            synchronized (latest) {
                latest.put(reel, observed);
                all = latest.values().stream().reduce(Observations::merge).orElse(observed);
            }
            seen.accept(all);
        }
    }

    /** Waits until all files that are closed have been read to their end. */
    @Override
    public void close() {
        List<Thread> waiting;
        synchronized (this) {
            waiting = List.copyOf(threads);
        }
        try {
            for (Thread t : waiting) t.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
