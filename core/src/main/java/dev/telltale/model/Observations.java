package dev.telltale.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was seen in a set of captures, before anything that needs the whole (who is the phone,
 * names, consents, verdict). Merging is associative, commutative and idempotent by content: a
 * capture is its SHA-256.
 *
 * @param given every file that was named, also those of equal content and those that could not be
 *     read
 * @param captures by SHA-256
 */
public record Observations(
        Persona persona,
        Optional<Run> run,
        List<Given> given,
        SortedMap<String, CaptureSeen> captures) {

    public Observations {
        List<Given> sorted = new ArrayList<>(given);
        Collections.sort(sorted);
        given = List.copyOf(sorted);
        captures = Collections.unmodifiableSortedMap(new TreeMap<>(captures));
    }

    /**
     * One file as named.
     *
     * @param problem why it could not be read, or empty
     */
    public record Given(String name, String sha256, long bytes, String problem)
            implements Comparable<Given> {
        @Override
        public int compareTo(Given o) {
            int c = name.compareTo(o.name);
            if (c == 0) c = sha256.compareTo(o.sha256);
            if (c == 0) c = Long.compare(bytes, o.bytes);
            return c != 0 ? c : problem.compareTo(o.problem);
        }
    }

    /**
     * Both together. Persona and run must be the same; the same capture seen twice counts once.
     *
     * @throws IllegalArgumentException where they are of different personas or runs
     */
    public Observations merge(Observations o) {
        if (!persona.equals(o.persona) || !run.equals(o.run))
            throw new IllegalArgumentException(
                    "observations of different personas or runs do not add up");
        List<Given> all = new ArrayList<>(given);
        all.addAll(o.given);
        SortedMap<String, CaptureSeen> both = new TreeMap<>(captures);
        both.putAll(o.captures);
        return new Observations(persona, run, all, both);
    }

    /**
     * Everything seen in one capture, in canonical order.
     *
     * @param scanned bytes of all layers that were searched for forms
     * @param names IP to the names that stood for it, by time
     * @param received host to token-like values it sent, by hash
     * @param payloadBytes transport payload as the packets themselves count it, for the check of
     *     the sums
     */
    public record CaptureSeen(
            String format,
            long packets,
            long exchanges,
            Span span,
            List<SightingGroup> sightings,
            List<Traffic> traffic,
            List<HostSeen> hosts,
            List<Unexplained> unexplained,
            Map<String, List<NameSeen>> names,
            Map<String, List<Token>> received,
            List<Anomaly> anomalies,
            long scanned,
            long payloadBytes) {}

    /** Nanoseconds since the epoch; {@code none()} where nothing has a time. */
    public record Span(long firstNanos, long lastNanos) {
        public static Span none() {
            return new Span(Long.MAX_VALUE, Long.MIN_VALUE);
        }

        public boolean isNone() {
            return firstNanos > lastNanos;
        }

        public Span with(long nanos) {
            return new Span(Math.min(firstNanos, nanos), Math.max(lastNanos, nanos));
        }

        public Span plus(Span o) {
            return new Span(Math.min(firstNanos, o.firstNanos), Math.max(lastNanos, o.lastNanos));
        }
    }

    /**
     * The two ends of traffic, without the initiator's port. {@code host} is empty where the
     * traffic names none.
     */
    public record Ends(
            String clientIp,
            String clientMac,
            String serverIp,
            String serverMac,
            int serverPort,
            String host)
            implements Comparable<Ends> {
        // By hand: looked up for every exchange, and what a record is given is slow until compiled.
        @Override
        public int hashCode() {
            return (host.hashCode() * 31 + serverIp.hashCode()) * 31
                    + serverPort
                    + clientIp.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || other instanceof Ends o
                            && serverPort == o.serverPort
                            && host.equals(o.host)
                            && serverIp.equals(o.serverIp)
                            && clientIp.equals(o.clientIp)
                            && clientMac.equals(o.clientMac)
                            && serverMac.equals(o.serverMac);
        }

        @Override
        public int compareTo(Ends o) {
            int c = host.compareTo(o.host);
            if (c == 0) c = serverIp.compareTo(o.serverIp);
            if (c == 0) c = Integer.compare(serverPort, o.serverPort);
            if (c == 0) c = clientIp.compareTo(o.clientIp);
            if (c == 0) c = clientMac.compareTo(o.clientMac);
            return c != 0 ? c : serverMac.compareTo(o.serverMac);
        }
    }

    /**
     * Sightings that differ in nothing but where and when.
     *
     * @param evidence the first ones in capture order, {@link Evidence#capture} not yet set
     */
    public record SightingGroup(SightingKey key, long count, Span span, List<Evidence> evidence) {}

    /**
     * @param identifier index into {@link Persona#entries}
     * @param side who sent it
     * @param slot between which instants of the run's phases and consents it lay
     * @param bits of the form, at most what the match kept
     * @param told true where a key or place tells this kind
     */
    public record SightingKey(
            int identifier,
            Ends ends,
            Side side,
            String place,
            String app,
            String protocol,
            Secured secured,
            Disguise disguise,
            String form,
            List<String> chain,
            int slot,
            String explanation,
            double bits,
            boolean bounded,
            int length,
            boolean told)
            implements Comparable<SightingKey> {
        /** The same, of {@code form}, of which a match says so many bits. */
        public SightingKey of(Form form, double kept, boolean toldBy) {
            return new SightingKey(
                    form.identifier(),
                    ends,
                    side,
                    place,
                    app,
                    protocol,
                    secured,
                    disguise,
                    this.form,
                    chain,
                    slot,
                    explanation,
                    kept,
                    form.bounded(),
                    form.length(),
                    toldBy);
        }

        @Override
        public int hashCode() {
            int h = (identifier * 31 + ends.hashCode()) * 31 + place.hashCode();
            return (h * 31 + form.hashCode()) * 31 + explanation.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || other instanceof SightingKey o
                            && identifier == o.identifier
                            && side == o.side
                            && disguise == o.disguise
                            && slot == o.slot
                            && Double.compare(bits, o.bits) == 0
                            && bounded == o.bounded
                            && length == o.length
                            && told == o.told
                            && place.equals(o.place)
                            && form.equals(o.form)
                            && explanation.equals(o.explanation)
                            && ends.equals(o.ends)
                            && app.equals(o.app)
                            && protocol.equals(o.protocol)
                            && secured.equals(o.secured)
                            && chain.equals(o.chain);
        }

        @Override
        public int compareTo(SightingKey o) {
            int c = Integer.compare(identifier, o.identifier);
            if (c == 0) c = ends.compareTo(o.ends);
            if (c == 0) c = side.compareTo(o.side);
            if (c == 0) c = place.compareTo(o.place);
            if (c == 0) c = app.compareTo(o.app);
            if (c == 0) c = protocol.compareTo(o.protocol);
            if (c == 0) c = secured.compareTo(o.secured);
            if (c == 0) c = disguise.compareTo(o.disguise);
            if (c == 0) c = form.compareTo(o.form);
            if (c == 0)
                c = Arrays.compare(chain.toArray(String[]::new), o.chain.toArray(String[]::new));
            if (c == 0) c = Integer.compare(slot, o.slot);
            if (c == 0) c = explanation.compareTo(o.explanation);
            if (c == 0) c = Double.compare(bits, o.bits);
            if (c == 0) c = Boolean.compare(bounded, o.bounded);
            if (c == 0) c = Integer.compare(length, o.length);
            return c != 0 ? c : Boolean.compare(told, o.told);
        }
    }

    /** Payload bytes of one side, by what became of them. */
    public record Traffic(
            Ends ends, Side side, Coverage.Sums sums, Map<ReasonCode, Long> reasons, Span span) {}

    /** How two ends talked: all lists sorted. */
    public record HostSeen(
            Ends ends,
            long flows,
            long exchanges,
            List<String> protocols,
            List<Secured> secured,
            List<String> serverNames,
            List<String> ciphers,
            List<String> ja4,
            List<String> apps) {}

    /**
     * Token-like values of 16 to 63 bytes that nothing explains.
     *
     * @param count occurrences, {@code bytes} their share of the wire bytes
     * @param tokens a bounded sample of the distinct values: only these can turn out to be
     *     explained turn out to be explained
     */
    public record Unexplained(
            Ends ends, Side side, long count, long bytes, List<PlacedToken> tokens) {}

    /** A value by its hash and when it was first seen. */
    public record Token(long hash, long firstNanos) {}

    public record PlacedToken(long hash, long firstNanos, long count, long bytes, String place) {}

    public record NameSeen(long timeNanos, String name) implements Comparable<NameSeen> {
        @Override
        public int compareTo(NameSeen o) {
            int c = Long.compare(timeNanos, o.timeNanos);
            return c != 0 ? c : name.compareTo(o.name);
        }
    }
}
