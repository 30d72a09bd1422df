package dev.telltale.audit;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Coverage;
import dev.telltale.model.Evidence;
import dev.telltale.model.Observations.CaptureSeen;
import dev.telltale.model.Observations.Ends;
import dev.telltale.model.Observations.HostSeen;
import dev.telltale.model.Observations.NameSeen;
import dev.telltale.model.Observations.PlacedToken;
import dev.telltale.model.Observations.SightingGroup;
import dev.telltale.model.Observations.SightingKey;
import dev.telltale.model.Observations.Span;
import dev.telltale.model.Observations.Token;
import dev.telltale.model.Observations.Traffic;
import dev.telltale.model.Observations.Unexplained;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one worker saw of one capture, growing; {@link #add} joins two workers'. Every collection is
 * bounded: what does not fit is counted and said.
 */
final class Partial {
    private static final int MOST_GROUPS = 500_000;
    private static final int MOST_ENDS = 200_000;
    private static final int MOST_NAMES = 200_000;
    private static final int MOST_TOKENS = 8_192;
    private static final int MOST_ANOMALIES = 1_000;

    /** Where traffic is summed up once there are too many ends to tell apart. */
    private static final Ends ELSEWHERE = new Ends("", "", "", "", 0, "");

    private final int evidenceCap;
    private final Map<SightingKey, Group> groups = new HashMap<>();
    private final Map<Stream, Account> traffic = new HashMap<>();
    private final Map<Ends, Talk> talks = new HashMap<>();
    private final Map<Stream, Unknowns> unknowns = new HashMap<>();
    private final Map<String, TreeSet<NameSeen>> names = new HashMap<>();
    private final Map<String, LongTimes> received = new HashMap<>();
    private final TreeSet<Anomaly> anomalies = new TreeSet<>();
    private long droppedAnomalies;
    private int nameCount;
    private final Sieve sieve = new Sieve(MOST_TOKENS);
    private final Sieve receivedSieve = new Sieve(MOST_TOKENS);
    private Span span = Span.none();
    long exchanges;
    long scanned;

    /** Bytes accounted for as missing beyond what the packets carried. */
    long unseen;

    Partial(int evidenceCap) {
        this.evidenceCap = evidenceCap;
    }

    /** One side of one pair of ends. */
    record Stream(Ends ends, Side side) {}

    /** Sightings of one key: the evidence kept is the first in canonical order. */
    static final class Group {
        private long count;
        private Span span = Span.none();
        private final List<Evidence> evidence = new ArrayList<>(1);

        private void keep(Evidence e, int cap) {
            evidence.add(e);
            if (evidence.size() >= 2 * Math.max(cap, 16)) trim(cap);
        }

        private void trim(int cap) {
            evidence.sort(EvidenceOrder.CANONICAL);
            if (evidence.size() > cap) evidence.subList(cap, evidence.size()).clear();
        }
    }

    /** Byte sums by class and reason. */
    static final class Account {
        private final long[] byClass = new long[ByteClass.values().length];
        private final EnumMap<ReasonCode, Long> reasons = new EnumMap<>(ReasonCode.class);
        private Span span = Span.none();

        void add(ByteClass c, long bytes, ReasonCode reason) {
            byClass[c.ordinal()] += bytes;
            if (reason != ReasonCode.NONE && bytes > 0) reasons.merge(reason, bytes, Long::sum);
        }

        /** Bytes counted as readable before turn out not to be. */
        void move(ByteClass to, long bytes, ReasonCode reason) {
            byClass[ByteClass.READABLE.ordinal()] -= bytes;
            add(to, bytes, reason);
        }

        void at(long nanos) {
            span = span.with(nanos);
        }

        private Coverage.Sums sums() {
            long r = byClass[ByteClass.READABLE.ordinal()];
            long o = byClass[ByteClass.OPAQUE.ordinal()];
            long e = byClass[ByteClass.ENCRYPTED.ordinal()];
            long m = byClass[ByteClass.MISSING.ordinal()];
            return new Coverage.Sums(r + o + e + m, r, o, e, m);
        }
    }

    /**
     * Values nothing explains at one pair of ends: all counted, those the {@link Sieve} lets
     * through kept.
     */
    static final class Unknowns {
        private long count;
        private long bytes;
        private final HashMap<Long, PlacedToken> kept = new HashMap<>();

        private void keep(PlacedToken token, Sieve sieve) {
            if (kept.merge(token.hash(), token, Unknowns::both) == token) sieve.added();
        }

        private static PlacedToken both(PlacedToken a, PlacedToken b) {
            String place = a.place().compareTo(b.place()) <= 0 ? a.place() : b.place();
            return new PlacedToken(
                    a.hash(),
                    Math.min(a.firstNanos(), b.firstNanos()),
                    a.count() + b.count(),
                    a.bytes() + b.bytes(),
                    place);
        }
    }

    /**
     * Lets values through by hash, fewer as there are more: what is kept in the end depends on the
     * values and not on their order or on who saw them.
     */
    private static final class Sieve {
        private final int most;
        private long limit = -1L;
        private int size;

        private Sieve(int most) {
            this.most = most;
        }

        private boolean admits(long hash) {
            return Long.compareUnsigned(hash, limit) <= 0;
        }

        private void added() {
            size++;
        }

        private boolean full() {
            return size > most;
        }

        /** Halves what is let through. */
        private void tighten() {
            limit >>>= 1;
            size = 0;
        }
    }

    /** A value nothing explains; true where it is to be kept, by {@link #keep}. */
    boolean unknown(Unknowns at, long hash, long share) {
        at.count++;
        at.bytes += share;
        return sieve.admits(hash);
    }

    void keep(Unknowns at, PlacedToken token) {
        if (!sieve.admits(token.hash())) return;
        at.keep(token, sieve);
        while (sieve.full()) {
            sieve.tighten();
            for (Unknowns u : unknowns.values()) {
                u.kept.keySet().removeIf(h -> !sieve.admits(h));
                sieve.size += u.kept.size();
            }
        }
    }

    void sighting(SightingKey key, long nanos, Evidence evidence) {
        Group g = groups.get(key);
        if (g == null) {
            if (groups.size() >= MOST_GROUPS) {
                anomaly(
                        new Anomaly(
                                Anomaly.Kind.LIMIT,
                                "findings",
                                "More distinct sightings than "
                                        + MOST_GROUPS
                                        + ": the rest is not listed."));
                return;
            }
            g = new Group();
            groups.put(key, g);
        }
        g.count++;
        g.span = g.span.with(nanos);
        g.keep(evidence, evidenceCap);
    }

    Account account(Ends ends, Side side) {
        Stream key = new Stream(ends, side);
        Account a = traffic.get(key);
        if (a != null) return a;
        if (traffic.size() >= MOST_ENDS) {
            anomaly(
                    new Anomaly(
                            Anomaly.Kind.LIMIT,
                            "destinations",
                            "More destinations than "
                                    + MOST_ENDS
                                    + ": the rest is summed up as one."));
            key = new Stream(ELSEWHERE, side);
        }
        return traffic.computeIfAbsent(key, k -> new Account());
    }

    Unknowns unknowns(Ends ends, Side side) {
        Stream key = new Stream(ends, side);
        if (unknowns.size() >= MOST_ENDS) key = new Stream(ELSEWHERE, side);
        return unknowns.computeIfAbsent(key, k -> new Unknowns());
    }

    /** How two ends talked. */
    static final class Talk {
        long flows;
        long exchanges;
        final TreeSet<String> protocols = new TreeSet<>();
        final Set<Secured> secured = new HashSet<>();

        private void add(Talk o) {
            flows += o.flows;
            exchanges += o.exchanges;
            protocols.addAll(o.protocols);
            secured.addAll(o.secured);
        }
    }

    Talk talk(Ends ends) {
        Ends key = talks.size() >= MOST_ENDS && !talks.containsKey(ends) ? ELSEWHERE : ends;
        return talks.computeIfAbsent(key, k -> new Talk());
    }

    void nameOf(String ip, String name, long nanos) {
        if (nameCount >= MOST_NAMES) return;
        TreeSet<NameSeen> all = names.computeIfAbsent(ip, k -> new TreeSet<>());
        if (all.stream().noneMatch(n -> n.name().equals(name) && n.timeNanos() <= nanos)
                && all.add(new NameSeen(nanos, name))) nameCount++;
    }

    /** True where a received value of this hash is to be kept, by {@link #received}. */
    boolean wantsReceived(long hash) {
        return receivedSieve.admits(hash);
    }

    void received(String host, long hash, long nanos) {
        if (!receivedSieve.admits(hash)) return;
        if (received.computeIfAbsent(host, k -> new LongTimes()).earliest(hash, nanos))
            receivedSieve.added();
        while (receivedSieve.full()) {
            receivedSieve.tighten();
            for (LongTimes times : received.values()) {
                times.keep(receivedSieve::admits);
                receivedSieve.size += times.size();
            }
        }
    }

    void anomaly(Anomaly a) {
        if (anomalies.contains(a)) return;
        anomalies.add(a);
        if (anomalies.size() > MOST_ANOMALIES) {
            anomalies.pollLast();
            droppedAnomalies++;
        }
    }

    void at(long nanos) {
        span = span.with(nanos);
    }

    void add(Partial o) {
        o.groups.forEach((k, g) -> {
            Group mine = groups.computeIfAbsent(k, x -> new Group());
            mine.count += g.count;
            mine.span = mine.span.plus(g.span);
            mine.evidence.addAll(g.evidence);
            mine.trim(evidenceCap);
        });
        o.traffic.forEach((k, a) -> {
            Account mine = traffic.computeIfAbsent(k, x -> new Account());
            for (int i = 0; i < a.byClass.length; i++) mine.byClass[i] += a.byClass[i];
            a.reasons.forEach((r, n) -> mine.reasons.merge(r, n, Long::sum));
            mine.span = mine.span.plus(a.span);
        });
        o.talks.forEach((k, t) -> talk(k).add(t));
        o.unknowns.forEach((k, u) -> {
            Unknowns mine = unknowns.computeIfAbsent(k, x -> new Unknowns());
            mine.count += u.count;
            mine.bytes += u.bytes;
            u.kept.values().forEach(t -> keep(mine, t));
        });
        o.names.forEach((ip, all) -> all.forEach(n -> nameOf(ip, n.name(), n.timeNanos())));
        o.received.forEach((host, all) -> all.each((h, t) -> received(host, h, t)));
        o.anomalies.forEach(this::anomaly);
        droppedAnomalies += o.droppedAnomalies;
        exchanges += o.exchanges;
        scanned += o.scanned;
        unseen += o.unseen;
        span = span.plus(o.span);
    }

    CaptureSeen seen(String format, long packets, long payloadBytes) {
        List<SightingGroup> sightings = new ArrayList<>();
        groups.forEach((k, g) -> {
            g.trim(evidenceCap);
            sightings.add(new SightingGroup(k, g.count, g.span, List.copyOf(g.evidence)));
        });
        sightings.sort((a, b) -> a.key().compareTo(b.key()));
        List<Traffic> accounts = new ArrayList<>();
        traffic.forEach((k, a) ->
                accounts.add(
                        new Traffic(
                                k.ends(),
                                k.side(),
                                a.sums(),
                                Collections.unmodifiableMap(new EnumMap<>(a.reasons)),
                                a.span)));
        accounts.sort((a, b) -> order(a.ends(), a.side(), b.ends(), b.side()));
        List<HostSeen> hosts = new ArrayList<>();
        talks.forEach((k, t) ->
                hosts.add(
                        new HostSeen(
                                k,
                                t.flows,
                                t.exchanges,
                                List.copyOf(t.protocols),
                                t.secured.stream().sorted().toList())));
        hosts.sort((a, b) -> a.ends().compareTo(b.ends()));
        List<Unexplained> strange = new ArrayList<>();
        unknowns.forEach((k, u) ->
                strange.add(
                        new Unexplained(
                                k.ends(),
                                k.side(),
                                u.count,
                                u.bytes,
                                new TreeMap<>(u.kept).values().stream().toList())));
        strange.sort((a, b) -> order(a.ends(), a.side(), b.ends(), b.side()));
        Map<String, List<NameSeen>> nameLists = new TreeMap<>();
        names.forEach((ip, all) -> nameLists.put(ip, List.copyOf(all)));
        Map<String, List<Token>> tokens = new TreeMap<>();
        received.forEach((host, all) -> tokens.put(host, all.sorted()));
        List<Anomaly> odd = new ArrayList<>(anomalies);
        if (droppedAnomalies > 0)
            odd.add(
                    new Anomaly(
                            Anomaly.Kind.LIMIT,
                            "anomalies",
                            droppedAnomalies + " more were not listed."));
        return new CaptureSeen(
                format,
                packets,
                exchanges,
                span,
                sightings,
                accounts,
                hosts,
                strange,
                nameLists,
                tokens,
                odd,
                scanned,
                payloadBytes);
    }

    private static int order(Ends a, Side as, Ends b, Side bs) {
        int c = a.compareTo(b);
        return c != 0 ? c : as.compareTo(bs);
    }

    /** All payload bytes accounted for. */
    long accounted() {
        return traffic.values().stream().mapToLong(a -> a.sums().bytes()).sum();
    }
}
