package dev.telltale.analyze.quic;

import dev.telltale.model.Endpoint;
import dev.telltale.model.Flow;
import dev.telltale.model.ServicePorts;
import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The QUIC connections of one thread by the ids they are called by, so that one that moves to
 * another 5-tuple (RFC 9000 9) is found again. Clients move, servers stay: only flows with one
 * server are looked at together, and these are always read by one thread.
 */
public final class Connections {
    /** Connection ids, and flows that were tried, remembered. */
    private static final int MOST_IDS = 1 << 16;

    private static final int MOST_TRIED = 1 << 12;

    /** Bytes that wait, of all connections. */
    private static final long MOST_HELD = 64 << 20;

    private @Nullable Protection protection;

    /** By server, receiving side and id; in the order they were added. */
    private final LinkedHashMap<String, Connection> ids = new LinkedHashMap<>();

    /** How many connections each server has. */
    private final Map<String, Integer> servers = new HashMap<>();

    /** Lengths that ids have: a bit each. */
    private int lengths;

    private final LinkedHashMap<Long, long[]> tried = new LinkedHashMap<>();
    private long held;

    Protection protection() {
        Protection p = protection;
        if (p == null) p = protection = new Protection();
        return p;
    }

    /** The server of a flow, or the whole flow where it does not show which end that is. */
    static String server(Flow f) {
        int end = ServicePorts.server(f.initiator().port(), f.responder().port());
        if (end < 0) return name(f.initiator()) + '|' + name(f.responder());
        return name(end == 0 ? f.initiator() : f.responder());
    }

    private static String name(Endpoint e) {
        return e.ip() + ' ' + e.port();
    }

    private static String key(String server, Side receiver, byte[] b, int from, int length) {
        return server
                + (receiver == Side.INITIATOR ? '<' : '>')
                + new String(b, from, length, StandardCharsets.ISO_8859_1);
    }

    void open(Connection c) {
        servers.merge(c.server, 1, Integer::sum);
    }

    /** Packets to {@code receiver} with this id belong to {@code c}. */
    void add(Connection c, Side receiver, byte[] b, int from, int length) {
        if (length == 0) return;
        String key = key(c.server, receiver, b, from, length);
        if (!c.keys.add(key)) return;
        lengths |= 1 << length;
        ids.put(key, c);
        if (ids.size() <= MOST_IDS) return;
        Iterator<Map.Entry<String, Connection>> oldest = ids.entrySet().iterator();
        Map.Entry<String, Connection> e = oldest.next();
        e.getValue().keys.remove(e.getKey());
        oldest.remove();
    }

    void close(Connection c) {
        for (String key : c.keys) ids.remove(key, c);
        c.keys.clear();
        servers.computeIfPresent(c.server, (k, n) -> n == 1 ? null : n - 1);
    }

    /** The connection that a packet with a short header, sent by {@code side}, is meant for. */
    Optional<Connection> find(String server, Side side, byte[] b, int from, int length) {
        if (!servers.containsKey(server)) return Optional.empty();
        for (int n = Packet.MAX_CONNECTION_ID; n > 0; n--) {
            if ((lengths & 1 << n) == 0 || length <= n) continue;
            Connection c = ids.get(key(server, side.other(), b, from + 1, n));
            if (c != null) return Optional.of(c);
        }
        return Optional.empty();
    }

    boolean knows(String server) {
        return servers.containsKey(server);
    }

    /** What is left for trials on a flow that may be a connection joined midway. */
    long[] trials(long flow, long most) {
        long[] left = tried.computeIfAbsent(flow, k -> new long[] {most});
        if (tried.size() > MOST_TRIED) {
            Iterator<Long> oldest = tried.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return left;
    }

    /** {@code bytes} more are kept until others come; negative to give back. */
    public void hold(long bytes) {
        held += bytes;
    }

    public boolean mayHold() {
        return held <= MOST_HELD;
    }

    /** An empty set for a connection's keys. */
    static Set<String> none() {
        return new HashSet<>(4);
    }
}
