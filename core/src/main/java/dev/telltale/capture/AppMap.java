package dev.telltale.capture;

import dev.telltale.model.Endpoint;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which app opened which connection, by a list kept beside the capture. */
public final class AppMap {
    private static final int MOST = 500_000;

    /** Ports are used again: a connection is another's if it was so long before or after. */
    private static final long NEAR_NANOS = 120_000_000_000L;

    private final Map<String, List<Entry>> entries = new HashMap<>();
    private int size;

    private record Entry(long first, long last, String app) {
        /**
         * How far {@code time} is from it in nanoseconds, 0 within it or where one of both is
         * unknown.
         */
        private long distance(long time) {
            if (time == 0 || first == 0) return 0;
            return time < first ? first - time : Math.max(0, time - Math.max(first, last));
        }
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** False where there is no room for more. */
    boolean add(int protocol, Endpoint a, Endpoint b, long first, long last, String app) {
        if (size == MOST) return false;
        size++;
        entries.computeIfAbsent(key(protocol, a, b), k -> new ArrayList<>(1))
                .add(new Entry(first, last, app));
        return true;
    }

    /** All of {@code other} too. */
    public void addAll(AppMap other) {
        other.entries.forEach(
                (key, list) -> entries.computeIfAbsent(key, k -> new ArrayList<>(1)).addAll(list));
        size += other.size;
    }

    private static String key(int protocol, Endpoint a, Endpoint b) {
        String x = a.ip() + " " + a.port();
        String y = b.ip() + " " + b.port();
        return protocol + (x.compareTo(y) < 0 ? " " + x + " " + y : " " + y + " " + x);
    }

    /**
     * The app of a TCP connection (protocol 6) or UDP flow (17), empty where the list does not have
     * it.
     */
    Optional<String> app(int protocol, Endpoint a, Endpoint b, long time) {
        Optional<Entry> best = Optional.empty();
        for (Entry e : entries.getOrDefault(key(protocol, a, b), List.of())) {
            if (e.distance(time) <= NEAR_NANOS
                    && (best.isEmpty() || e.distance(time) < best.get().distance(time)))
                best = Optional.of(e);
        }
        return best.map(Entry::app);
    }

    /** Names the flows that {@code factory} gets, where the capture itself does not. */
    public FlowHandler.Factory naming(FlowHandler.Factory factory) {
        if (isEmpty()) return factory;
        return flow -> factory.open(named(flow));
    }

    private Flow named(Flow flow) {
        int protocol =
                switch (flow.transport()) {
                    case TCP -> 6;
                    case UDP -> 17;
                    case EXCHANGES -> 0;
                };
        if (!flow.app().isEmpty() || protocol == 0) return flow;
        return app(protocol, flow.initiator(), flow.responder(), flow.sent().time(0))
                .map(flow::of)
                .orElse(flow);
    }
}
