package dev.telltale.audit;

import dev.telltale.model.Anomaly;
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
import dev.telltale.model.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<Ends, Pair> pairs = new HashMap<>();
    private final Map<String, TreeSet<NameSeen>> names = new HashMap<>();
    private final Map<String, LongTimes> received = new HashMap<>();
    private final TreeSet<Anomaly> anomalies = new TreeSet<>();
    private long droppedAnomalies;
    private int nameCount;
    private final Sieve sieve = new Sieve(MOST_TOKENS);
    private final Sieve receivedSieve = new Sieve(MOST_TOKENS);
    final Riddles riddles = new Riddles();
    private Span span = Span.none();
    long exchanges;
    long scanned;

    /** Bytes accounted for as missing beyond what the packets carried. */
    long unseen;

    Partial(int evidenceCap) {
        this.evidenceCap = evidenceCap;
    }

    /** Sightings of one key: the evidence kept is the first in canonical order. */
    static final class Group {
        private long count;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private final List<Evidence> evidence = new ArrayList<>(1);

        private void keep(Evidence e, int cap) {
            evidence.add(e);
            if (evidence.size() >= 2 * Math.max(cap, 16)) trim(cap);
        }

        private void trim(int cap) {
            if (evidence.size() > 1) evidence.sort(EvidenceOrder.CANONICAL);
            if (evidence.size() > cap) evidence.subList(cap, evidence.size()).clear();
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
    boolean unknown(Pair.Unknowns at, long hash, long share) {
        at.count++;
        at.bytes += share;
        return sieve.admits(hash);
    }

    void keep(Pair.Unknowns at, PlacedToken token) {
        if (!sieve.admits(token.hash())) return;
        if (at.keep(token)) sieve.added();
        while (sieve.full()) {
            sieve.tighten();
            for (Pair p : pairs.values()) {
                for (Side side : Side.values()) {
                    Pair.Unknowns u = p.seenUnknowns(side);
                    if (u == null || u.kept().isEmpty()) continue;
                    u.kept().keySet().removeIf(h -> !sieve.admits(h));
                    sieve.size += u.kept().size();
                }
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
        g.first = Math.min(g.first, nanos);
        g.last = Math.max(g.last, nanos);
        g.keep(evidence, evidenceCap);
    }

    /**
     * Something that was counted as not explained is, now: the books are set right, and the text is
     * not shown where requests of its flow are.
     *
     * @param shown in place of it; empty where all is shown
     */
    void explained(
            Ends ends, Side side, Riddle.Counted counted, long flow, String text, String shown) {
        switch (counted.byteClass()) {
            case READABLE -> {
                if (counted.bytes() > 0) pair(ends).unknowns(side).explained(counted);
            }
            case OPAQUE, ENCRYPTED, MISSING ->
                    pair(ends).account(side).explained(counted.bytes(), counted.reason());
        }
        if (shown.isEmpty()) return;
        for (Group g : groups.values())
            g.evidence.replaceAll(e ->
                    e.flow() == flow && e.request().contains(text)
                            ? e.asking(e.request().replace(text, shown))
                            : e);
    }

    Pair pair(Ends ends) {
        Pair p = pairs.get(ends);
        if (p != null) return p;
        Ends key = ends;
        if (pairs.size() >= MOST_ENDS) {
            anomaly(
                    new Anomaly(
                            Anomaly.Kind.LIMIT,
                            "destinations",
                            "More destinations than "
                                    + MOST_ENDS
                                    + ": the rest is summed up as one."));
            key = ELSEWHERE;
        }
        return pairs.computeIfAbsent(key, Pair::new);
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
            mine.first = Math.min(mine.first, g.first);
            mine.last = Math.max(mine.last, g.last);
            mine.evidence.addAll(g.evidence);
            mine.trim(evidenceCap);
        });
        for (Pair theirs : o.pairs.values()) {
            Pair mine = pair(theirs.ends);
            mine.add(theirs);
            for (Side side : Side.values()) {
                Pair.Unknowns u = theirs.seenUnknowns(side);
                if (u == null) continue;
                Pair.Unknowns same = mine.unknowns(side);
                same.count += u.count;
                same.bytes += u.bytes;
                u.kept().values().forEach(t -> keep(same, t));
            }
        }
        o.names.forEach((ip, all) -> all.forEach(n -> nameOf(ip, n.name(), n.timeNanos())));
        o.received.forEach((host, all) -> all.each((h, t) -> received(host, h, t)));
        riddles.add(o.riddles);
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
            sightings.add(
                    new SightingGroup(
                            k, g.count, new Span(g.first, g.last), List.copyOf(g.evidence)));
        });
        sightings.sort(Partial::byKey);
        Pair[] sorted = pairs.values().toArray(Pair[]::new);
        Arrays.sort(sorted);
        List<Traffic> accounts = new ArrayList<>(2 * sorted.length);
        List<HostSeen> hosts = new ArrayList<>(sorted.length);
        List<Unexplained> strange = new ArrayList<>();
        for (Pair p : sorted) p.told(accounts, hosts, strange);
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

    private static int byKey(SightingGroup a, SightingGroup b) {
        return a.key().compareTo(b.key());
    }

    /** All payload bytes accounted for. */
    long accounted() {
        long sum = 0;
        for (Pair p : pairs.values()) sum += p.accounted();
        return sum;
    }
}
