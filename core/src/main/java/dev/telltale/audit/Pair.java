package dev.telltale.audit;

import dev.telltale.model.ByteClass;
import dev.telltale.model.Coverage;
import dev.telltale.model.Observations.Ends;
import dev.telltale.model.Observations.HostSeen;
import dev.telltale.model.Observations.PlacedToken;
import dev.telltale.model.Observations.Span;
import dev.telltale.model.Observations.Traffic;
import dev.telltale.model.Observations.Unexplained;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.TlsFacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that one worker saw of one pair of ends, looked up once for a flow and host. A capture of a
 * browser has tens of thousands of them, so what is rare in one is made when it comes.
 */
final class Pair implements Comparable<Pair> {
    final Ends ends;
    private @Nullable Account sent;
    private @Nullable Account answered;
    private @Nullable Unknowns sentUnknown;
    private @Nullable Unknowns answeredUnknown;
    private @Nullable Talk talk;

    Pair(Ends ends) {
        this.ends = ends;
    }

    Account account(Side side) {
        Account a = side == Side.INITIATOR ? sent : answered;
        if (a == null) {
            a = new Account();
            if (side == Side.INITIATOR) sent = a;
            else answered = a;
        }
        return a;
    }

    Unknowns unknowns(Side side) {
        Unknowns u = side == Side.INITIATOR ? sentUnknown : answeredUnknown;
        if (u == null) {
            u = new Unknowns();
            if (side == Side.INITIATOR) sentUnknown = u;
            else answeredUnknown = u;
        }
        return u;
    }

    Talk talk() {
        Talk t = talk;
        if (t == null) talk = t = new Talk();
        return t;
    }

    @Override
    public int compareTo(Pair o) {
        return ends.compareTo(o.ends);
    }

    /** Joins what another worker saw of the same ends; values that nothing explains come apart. */
    void add(Pair o) {
        if (o.sent != null) account(Side.INITIATOR).add(o.sent);
        if (o.answered != null) account(Side.RESPONDER).add(o.answered);
        if (o.talk != null) talk().add(o.talk);
    }

    /** Of {@code side}, or nothing where there are none. */
    @Nullable Unknowns seenUnknowns(Side side) {
        return side == Side.INITIATOR ? sentUnknown : answeredUnknown;
    }

    long accounted() {
        return (sent == null ? 0 : sent.bytes()) + (answered == null ? 0 : answered.bytes());
    }

    void told(List<Traffic> traffic, List<HostSeen> hosts, List<Unexplained> strange) {
        if (sent != null) traffic.add(sent.told(ends, Side.INITIATOR));
        if (answered != null) traffic.add(answered.told(ends, Side.RESPONDER));
        if (talk != null) hosts.add(talk.told(ends));
        if (sentUnknown != null) strange.add(sentUnknown.told(ends, Side.INITIATOR));
        if (answeredUnknown != null) strange.add(answeredUnknown.told(ends, Side.RESPONDER));
    }

    /** Byte sums by class and reason. */
    static final class Account {
        private long readable;
        private long opaque;
        private long encrypted;
        private long missing;
        private @Nullable EnumMap<ReasonCode, Long> reasons;
        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;

        void add(ByteClass c, long bytes, ReasonCode reason) {
            switch (c) {
                case READABLE -> readable += bytes;
                case OPAQUE -> opaque += bytes;
                case ENCRYPTED -> encrypted += bytes;
                case MISSING -> missing += bytes;
            }
            if (reason != ReasonCode.NONE && bytes > 0) because(reason, bytes);
        }

        /** Bytes counted as readable before turn out not to be. */
        void move(ByteClass to, long bytes, ReasonCode reason) {
            readable -= bytes;
            add(to, bytes, reason);
        }

        /** Bytes {@link #move}d before are readable after all. */
        void explained(long bytes, ReasonCode reason) {
            if (reason != ReasonCode.NONE && reasons != null)
                reasons.computeIfPresent(reason, (r, n) -> n > bytes ? n - bytes : null);
            opaque -= bytes;
            readable += bytes;
        }

        void at(long nanos) {
            if (nanos < first) first = nanos;
            if (nanos > last) last = nanos;
        }

        private void because(ReasonCode reason, long bytes) {
            EnumMap<ReasonCode, Long> r = reasons;
            if (r == null) reasons = r = new EnumMap<>(ReasonCode.class);
            r.merge(reason, bytes, Long::sum);
        }

        private void add(Account o) {
            readable += o.readable;
            opaque += o.opaque;
            encrypted += o.encrypted;
            missing += o.missing;
            if (o.reasons != null) o.reasons.forEach(this::because);
            first = Math.min(first, o.first);
            last = Math.max(last, o.last);
        }

        private long bytes() {
            return readable + opaque + encrypted + missing;
        }

        private Traffic told(Ends ends, Side side) {
            EnumMap<ReasonCode, Long> r = reasons;
            return new Traffic(
                    ends,
                    side,
                    new Coverage.Sums(bytes(), readable, opaque, encrypted, missing),
                    r == null ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(r)),
                    new Span(first, last));
        }
    }

    /**
     * Values nothing explains: all counted, those that {@link Partial}'s sieve lets through kept.
     */
    static final class Unknowns {
        long count;
        long bytes;
        private @Nullable HashMap<Long, PlacedToken> kept;

        /** True where it was not kept before. */
        boolean keep(PlacedToken token) {
            HashMap<Long, PlacedToken> k = kept;
            if (k == null) kept = k = new HashMap<>(2);
            PlacedToken before = k.get(token.hash());
            k.put(token.hash(), before == null ? token : both(before, token));
            return before == null;
        }

        /** One that was counted is explained after all. */
        void explained(Riddle.Counted counted) {
            count--;
            bytes -= counted.bytes();
            HashMap<Long, PlacedToken> k = kept;
            if (k != null)
                k.computeIfPresent(
                        counted.hash(),
                        (h, t) ->
                                t.count() <= 1
                                        ? null
                                        : new PlacedToken(
                                                h,
                                                t.firstNanos(),
                                                t.count() - 1,
                                                t.bytes() - counted.bytes(),
                                                t.place()));
        }

        Map<Long, PlacedToken> kept() {
            HashMap<Long, PlacedToken> k = kept;
            return k == null ? Map.of() : k;
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

        private Unexplained told(Ends ends, Side side) {
            List<PlacedToken> all =
                    kept == null || kept.isEmpty()
                            ? List.of()
                            : List.copyOf(new TreeMap<>(kept).values());
            return new Unexplained(ends, side, count, bytes, all);
        }
    }

    /** How the two talked. */
    static final class Talk {
        /** Names of a kind that are kept; a fingerprint may change with every hello. */
        private static final int MOST_NAMES = 32;

        long flows;
        long exchanges;
        private List<String> protocols = List.of();
        private List<Secured> secured = List.of();
        private List<String> serverNames = List.of();
        private List<String> ciphers = List.of();
        private List<String> ja4 = List.of();
        private List<String> apps = List.of();

        /** What a handshake showed. */
        void greeted(TlsFacts facts) {
            serverNames = named(serverNames, facts.serverName());
            ciphers = named(ciphers, facts.cipher());
            ja4 = named(ja4, facts.ja4());
            if (facts.encryptedHello()) protocols = with(protocols, "ech");
        }

        void of(String app) {
            apps = named(apps, app);
        }

        /** As {@link #spoke}, where nothing was said but how to protect what comes. */
        void announced(String protocol) {
            protocols = with(protocols, protocol);
        }

        private static List<String> named(List<String> list, String item) {
            return item.isEmpty() || list.size() >= MOST_NAMES ? list : with(list, item);
        }

        void spoke(String protocol, Secured how) {
            protocols = with(protocols, protocol);
            secured = with(secured, how);
        }

        private void add(Talk o) {
            flows += o.flows;
            exchanges += o.exchanges;
            for (String p : o.protocols) protocols = with(protocols, p);
            for (Secured s : o.secured) secured = with(secured, s);
            for (String n : o.serverNames) serverNames = named(serverNames, n);
            for (String c : o.ciphers) ciphers = named(ciphers, c);
            for (String j : o.ja4) ja4 = named(ja4, j);
            for (String a : o.apps) apps = named(apps, a);
        }

        /** Lists of one or two, most often the same ones again. */
        private static <T> List<T> with(List<T> list, T item) {
            if (list.contains(item)) return list;
            if (list.isEmpty()) return List.of(item);
            List<T> longer = new ArrayList<>(list);
            longer.add(item);
            return List.copyOf(longer);
        }

        private HostSeen told(Ends ends) {
            return new HostSeen(
                    ends,
                    flows,
                    exchanges,
                    sorted(protocols),
                    sorted(secured),
                    sorted(serverNames),
                    sorted(ciphers),
                    sorted(ja4),
                    sorted(apps));
        }

        private static <T extends Comparable<? super T>> List<T> sorted(List<T> list) {
            return list.size() < 2 ? list : list.stream().sorted().toList();
        }
    }
}
