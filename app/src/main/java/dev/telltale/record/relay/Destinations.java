package dev.telltale.record.relay;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What has become known of destinations ({@code host:port}) while recording. */
final class Destinations {
    /** A phone does not talk to so many; somebody who scans does. */
    private static final int MOST = 100_000;

    /** Connections in a row that say nothing inside TLS, and are closed at once. */
    private static final int SILENT = 2;

    private final Map<String, State> known = new HashMap<>();

    private static final class State {
        private Optional<String> passed = Optional.empty();
        private boolean pinned;
        private boolean spoke;
        private int silent;
        private boolean tested;
        private boolean unchecked;
    }

    private State of(String destination) {
        State s = known.get(destination);
        if (s != null) return s;
        if (known.size() >= MOST) return new State();
        s = new State();
        known.put(destination, s);
        return s;
    }

    /** Why it is passed through, where it is. */
    synchronized Optional<String> passed(String destination) {
        return of(destination).passed;
    }

    /** Clients refuse what the recorder shows them. */
    synchronized boolean pinned(String destination) {
        return of(destination).pinned;
    }

    /** From now on it is passed through. */
    synchronized void pass(String destination, boolean pinned, String why) {
        State s = of(destination);
        if (s.passed.isEmpty()) s.passed = Optional.of(why);
        s.pinned |= pinned;
    }

    /** A client spoke inside TLS. */
    synchronized void spoke(String destination) {
        of(destination).spoke = true;
    }

    /**
     * A client closed right after the handshake, without a word.
     *
     * @return true where clients seem to refuse it that way
     */
    synchronized boolean silent(String destination) {
        State s = of(destination);
        return !s.spoke && ++s.silent >= SILENT;
    }

    /** True the first time: it is to be shown a certificate that it should refuse. */
    synchronized boolean toBeTested(String destination) {
        State s = of(destination);
        if (s.tested) return false;
        s.tested = true;
        return true;
    }

    /**
     * A client took a certificate that it should have refused.
     *
     * @return true where that is news
     */
    synchronized boolean unchecked(String destination) {
        State s = of(destination);
        boolean news = !s.unchecked;
        s.unchecked = true;
        return news;
    }

    synchronized boolean isUnchecked(String destination) {
        return of(destination).unchecked;
    }
}
