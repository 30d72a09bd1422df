package dev.telltale.analyze.quic;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.Secrets;
import dev.telltale.analyze.Secrets.Label;
import dev.telltale.analyze.tls.CryptoHandshake;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection, on one 5-tuple after the other: its keys, its handshake, and what its packets
 * carry. All it tells it tells of the flow that it began on.
 *
 * <p>Accounting: what an application reads it accounts for; all else of an opened packet, and what
 * a closed one shows (RFC 8999), is readable framing; the rest of a closed packet is encrypted.
 */
final class Connection implements FrameReader.Handler, Crypto.Reader {
    private static final int INITIAL = 0;
    private static final int HANDSHAKE = 1;
    private static final int APPLICATION = 2;

    /** Packets kept until their keys are known. */
    private static final int MAX_WAITING = 64;

    private static final int MAX_WAITING_BYTES = 64 << 10;

    /** Initial packets that are tried as the first of a connection. */
    private static final int MAX_FIRST = 64;

    private static final int MAX_CALLED = 8;

    final Context home;
    final String server;
    final Set<String> keys = Connections.none();
    private final Connections connections;
    private final Protection protection;
    private final Secrets secrets;
    private CryptoHandshake handshake = new CryptoHandshake();
    private final End initiator = new End(Side.INITIATOR);
    private final End responder = new End(Side.RESPONDER);
    private Side client = Side.INITIATOR;
    private Version version = Version.ONE;

    /** The id that the first Initial calls the server by: Initial keys are made of it. */
    private byte @Nullable [] original;

    /** It and those before it that a Retry may have answered. */
    private final List<byte[]> called = new ArrayList<>(1);

    private int firstTries;
    private byte[] random = {};
    private boolean midway;
    private boolean identified;
    private boolean opened;
    private boolean ended;
    private int paths = 1;
    private @Nullable Streams streams;

    /** A datagram that begins another connection on the same flow. */
    private boolean another;

    private final List<Waiting> waiting = new ArrayList<>(0);
    private int waitingBytes;

    // The packet at hand.
    private final Packet packet = new Packet();
    private End sender = initiator;
    private int level;
    private Origin origin = new Origin(new long[0], 0);
    private long packetAt;
    private int taken;

    /** What one end sends. */
    static final class End {
        final Side side;

        /** Highest packet number seen, by level. */
        final long[] largest = {-1, -1, -1};

        Protection.@Nullable Keys initial;
        Protection.@Nullable Keys early;
        Protection.@Nullable Keys handshake;
        Protection.@Nullable Keys before;
        Protection.@Nullable Keys current;
        Protection.@Nullable Keys next;
        int generation;
        final @Nullable Crypto[] crypto = new @Nullable Crypto[3];

        /** Length of the ids that this end is called by, -1 while not known. */
        int idLength = -1;

        /** Bytes not yet counted. */
        long readable;

        End(Side side) {
            this.side = side;
        }
    }

    private record Waiting(Side side, byte[] bytes, Origin origin, long at) {}

    Connection(Context home) {
        this.home = home;
        this.connections = home.connections();
        this.protection = connections.protection();
        this.secrets = home.secrets();
        this.server = Connections.server(home.flow());
        home.keep();
        connections.open(this);
    }

    /**
     * A connection of which only the middle is seen, opened by a secret that was tried.
     *
     * @param shortId length of the ids that {@code side} calls the other end by
     * @param before number of the packet before the first one opened
     */
    static Connection midway(
            Context home,
            byte[] random,
            boolean sentByClient,
            Side side,
            Version version,
            int shortId,
            Protection.Keys keys,
            int generation,
            long before) {
        Connection c = new Connection(home);
        c.midway = true;
        c.random = random;
        c.client = sentByClient ? side : side.other();
        c.version = version;
        c.end(side.other()).idLength = shortId;
        End end = c.end(side);
        end.current = keys;
        end.generation = generation;
        end.largest[APPLICATION] = before;
        c.identify();
        return c;
    }

    End end(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    private String host() {
        String name = handshake.serverName();
        return name.isEmpty() ? home.serverName() : name;
    }

    private Secured secured() {
        return new Secured(dev.telltale.model.Protection.QUIC, version.label(), "");
    }

    private void identify() {
        if (identified) return;
        identified = true;
        home.sink().identified("quic", host(), secured());
    }

    // --- Paths

    /** It goes on on another flow. */
    void join() {
        paths++;
    }

    /** A flow that it went on is over. */
    void leave() {
        if (--paths == 0) end();
    }

    private void end() {
        if (ended) return;
        ended = true;
        for (Waiting w : waiting) {
            packet.read(w.bytes, 0, w.bytes.length, end(w.side.other()).idLength);
            closed(w.bytes, end(w.side));
        }
        waiting.clear();
        connections.hold(-waitingBytes);
        waitingBytes = 0;
        readable(Side.INITIATOR, 0);
        readable(Side.RESPONDER, 0);
        if (streams != null) streams.end();
        identify();
        if (handshake.begun() || handshake.answered())
            home.sink().handshake(handshake.facts(version.label(), opened));
        connections.close(this);
        home.release();
    }

    // --- Datagrams

    /**
     * Takes a datagram of {@code path}.
     *
     * @return false where it, from its beginning, is of another connection, with nothing done
     */
    boolean datagram(Context path, Side side, long offset, byte[] b, int from, int length) {
        int i = from;
        int to = from + length;
        origin =
                new Origin(
                        path.flow().frames(side).frames(offset, length),
                        path.flow().frames(side).time(offset));
        another = false;
        first = true;
        while (i < to) {
            boolean padding = i > from && zeros(b, i, to);
            if (padding || !packet.read(b, i, to, end(side.other()).idLength)) {
                rest(side, b, i, to);
                break;
            }
            sender = end(side);
            packetAt = offset + (i - from);
            int end = packet.end;
            packet(b, true);
            if (another) return false;
            first = false;
            i = end;
        }
        return true;
    }

    /** No packet of the datagram was taken yet. */
    private boolean first;

    /** Until it is known who is called, what was said waits to be counted. */
    private void readable(Side side, long n) {
        End end = end(side);
        end.readable += n;
        if (!handshake.begun() && !midway && !ended) return;
        home.readable(side, host(), end.readable);
        end.readable = 0;
    }

    private static boolean zeros(byte[] b, int from, int to) {
        for (int i = from; i < to; i++) if (b[i] != 0) return false;
        return true;
    }

    /** Bytes behind the last packet: some pad with zeros there, and not inside of a packet. */
    private void rest(Side side, byte[] b, int from, int to) {
        if (zeros(b, from, to)) readable(side, to - from);
        else home.account(side, host(), ByteClass.ENCRYPTED, to - from, ReasonCode.QUIC_NO_KEYS);
    }

    private void packet(byte[] b, boolean mayWait) {
        Version v = packet.version;
        switch (packet.type) {
            case VERSION_NEGOTIATION -> readable(sender.side, packet.end - packet.from);
            case OTHER -> closed(b, sender);
            case RETRY -> retry(b);
            case INITIAL -> {
                if (v == null) return;
                if (!initial(v, b)) {
                    if (another) return;
                    if (original == null && mayWait && hold(b)) return;
                    closed(b, sender);
                }
            }
            case ZERO_RTT -> {
                if (v == null) return;
                learn(b);
                level = APPLICATION;
                if (!early(v, b)) closedOrHeld(b, mayWait && !handshake.begun());
            }
            case HANDSHAKE -> {
                if (v == null) return;
                learn(b);
                level = HANDSHAKE;
                if (!handshake(v, b)) closedOrHeld(b, mayWait && !handshake.answered());
            }
            case ONE_RTT -> {
                level = APPLICATION;
                if (!application(b)) closedOrHeld(b, mayWait && !handshake.answered());
            }
        }
        if (!keysKnown) return;
        keysKnown = false;
        release();
    }

    private void closedOrHeld(byte[] b, boolean keysMayCome) {
        if (keysMayCome && !midway && !secrets.isEmpty() && hold(b)) return;
        closed(b, sender);
    }

    /** A packet that stays closed. */
    private void closed(byte[] b, End end) {
        int shown = Math.min(packet.number, packet.end) - packet.from;
        readable(end.side, shown);
        ReasonCode reason =
                packet.type == Packet.Type.ONE_RTT && end.current != null
                        ? ReasonCode.UNDECODABLE
                        : ReasonCode.QUIC_NO_KEYS;
        home.account(
                end.side, host(), ByteClass.ENCRYPTED, packet.end - packet.from - shown, reason);
    }

    private boolean hold(byte[] b) {
        int n = packet.end - packet.from;
        if (waiting.size() >= MAX_WAITING || waitingBytes + n > MAX_WAITING_BYTES) return false;
        if (!connections.mayHold()) return false;
        byte[] copy = Arrays.copyOfRange(b, packet.from, packet.end);
        waiting.add(new Waiting(sender.side, copy, origin, packetAt));
        waitingBytes += n;
        connections.hold(n);
        return true;
    }

    /** Takes over what waits in vain for a connection that this one replaces. */
    void replaces(Connection old) {
        waiting.addAll(old.waiting);
        waitingBytes += old.waitingBytes;
        old.waiting.clear();
        old.waitingBytes = 0;
    }

    /** Keys became known: what waited for them is read. */
    private void release() {
        if (waiting.isEmpty()) return;
        List<Waiting> all = List.copyOf(waiting);
        waiting.clear();
        connections.hold(-waitingBytes);
        waitingBytes = 0;
        Origin now = origin;
        for (Waiting w : all) {
            sender = end(w.side);
            origin = w.origin;
            packetAt = w.at;
            packet.read(w.bytes, 0, w.bytes.length, end(w.side.other()).idLength);
            packet(w.bytes, true);
        }
        origin = now;
    }

    /** Ids that a long header tells of its sender. */
    private void learn(byte[] b) {
        if (sender.idLength >= 0 && packet.scidLength == 0) return;
        sender.idLength = packet.scidLength;
        connections.add(this, sender.side, b, packet.scid, packet.scidLength);
    }

    // --- Packets by type

    private void retry(byte[] b) {
        Version v = packet.version;
        if (v != null && !called.isEmpty() && v.retryKey().length > 0 && !answers(v, b))
            home.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION,
                    sender.side,
                    packetAt,
                    "A Retry packet is not from whom the client called.");
        readable(sender.side, packet.end - packet.from);
    }

    private static boolean holds(byte[] b, int length, byte[] what) {
        for (int i = 0; i + what.length <= length; i++)
            if (Arrays.equals(b, i, i + what.length, what, 0, what.length)) return true;
        return false;
    }

    private boolean answers(Version v, byte[] b) {
        for (byte[] id : called)
            if (protection.retryHolds(v, id, b, packet.from, packet.end)) return true;
        return false;
    }

    private boolean initial(Version v, byte[] b) {
        level = INITIAL;
        if (original != null) {
            Protection.Keys k = initialKeys(v, sender);
            int n = open(k, b);
            if (n >= 0) {
                if (sender.side != client) version = v;
                learn(b);
                payload(n);
                return true;
            }
            if (sender.side != client) return false;
        }
        // The first of a connection, or of a further attempt after Retry or Version Negotiation.
        if (firstTries >= MAX_FIRST) return false;
        firstTries++;
        byte[] id = Arrays.copyOfRange(b, packet.dcid, packet.dcid + packet.dcidLength);
        Protection.Keys k = initialKeys(v, id, true);
        int n = open(k, b);
        if (n < 0) return false;
        // One that was opened before its hello was seen shows by the hello's random.
        boolean own = midway && original == null && holds(protection.plain, n, random);
        if (handshake.answered() || midway && !own) {
            another = first;
            return false;
        }
        original = id;
        if (called.size() < MAX_CALLED) called.add(id);
        version = v;
        client = sender.side;
        for (End e : List.of(initiator, responder)) {
            e.crypto[INITIAL] = null;
            e.largest[INITIAL] = -1;
            e.initial = null;
            e.early = null;
        }
        sender.initial = k;
        learn(b);
        payload(n);
        release();
        return true;
    }

    private Protection.Keys initialKeys(Version v, End end) {
        Protection.Keys k = end.initial;
        byte[] id = original;
        if (k != null && initialVersion(end) == v) return k;
        k = initialKeys(v, id == null ? new byte[0] : id, end.side == client);
        end.initial = k;
        if (end == initiator) initiatorInitial = v;
        else responderInitial = v;
        return k;
    }

    private @Nullable Version initiatorInitial;
    private @Nullable Version responderInitial;

    private @Nullable Version initialVersion(End end) {
        return end == initiator ? initiatorInitial : responderInitial;
    }

    private Protection.Keys initialKeys(Version v, byte[] id, boolean ofClient) {
        byte[] secret = protection.initialSecret(home.ciphers().kdf(), v, id, ofClient);
        return Protection.keys(home.ciphers().kdf(), v, Protection.Suite.AES_128_GCM, secret);
    }

    private boolean early(Version v, byte[] b) {
        if (sender.side != client) return false;
        Protection.Keys k = sender.early;
        if (k != null) return opened(open(k, b));
        byte[] secret =
                handshake.secret(secrets, Label.CLIENT_EARLY_TRAFFIC_SECRET).orElse(NOTHING);
        for (Protection.Suite s : Protection.Suite.values()) {
            if (secret.length != (s.sha384 ? 48 : 32)) continue;
            k = Protection.keys(home.ciphers().kdf(), v, s, secret);
            int n = open(k, b);
            if (n < 0) continue;
            sender.early = k;
            return opened(n);
        }
        return false;
    }

    private boolean handshake(Version v, byte[] b) {
        Protection.Keys k = sender.handshake;
        if (k == null) {
            k =
                    keys(
                            v,
                            sender.side == client
                                    ? Label.CLIENT_HANDSHAKE_TRAFFIC_SECRET
                                    : Label.SERVER_HANDSHAKE_TRAFFIC_SECRET);
            if (k == null) return false;
            sender.handshake = k;
        }
        int n = open(k, b);
        if (n >= 0) version = v;
        return opened(n);
    }

    private boolean opened(int length) {
        if (length < 0) return false;
        opened = true;
        payload(length);
        return true;
    }

    private Protection.@Nullable Keys keys(Version v, Label label) {
        if (secrets.isEmpty()) return null;
        Optional<byte[]> secret =
                random.length == 32
                        ? secrets.of(label, random, 0)
                        : handshake.secret(secrets, label);
        if (secret.isEmpty()) return null;
        Protection.Keys other = sender == initiator ? responder.current : initiator.current;
        Optional<Protection.Suite> suite =
                handshake.answered()
                        ? Protection.Suite.of(handshake.suite())
                        : other == null ? Optional.empty() : Optional.of(other.suite);
        if (suite.isEmpty() || secret.get().length != (suite.get().sha384 ? 48 : 32)) return null;
        return Protection.keys(home.ciphers().kdf(), v, suite.get(), secret.get());
    }

    private Protection.@Nullable Keys applicationKeys(End end) {
        return keys(
                version,
                end.side == client ? Label.CLIENT_TRAFFIC_SECRET_0 : Label.SERVER_TRAFFIC_SECRET_0);
    }

    private boolean application(byte[] b) {
        Protection.Keys k = sender.current;
        if (k == null) {
            k = applicationKeys(sender);
            if (k == null) return false;
            sender.current = k;
        }
        End receiver = end(sender.side.other());
        int length = receiver.idLength;
        if (length >= 0) return opened(update(k, b));
        for (int n = 0; n <= Packet.MAX_CONNECTION_ID; n++) {
            packet.read(b, packet.from, packet.end, n);
            int plain = update(k, b);
            if (plain < 0) continue;
            receiver.idLength = n;
            return opened(plain);
        }
        packet.read(b, packet.from, packet.end, -1);
        return false;
    }

    /** Opens with the keys in use, those before or those after an update (RFC 9001 6). */
    private int update(Protection.Keys k, byte[] b) {
        if (!protection.unmask(k, b, packet.from, packet.number, packet.end)) return -1;
        boolean phase = (protection.first & 4) != 0;
        boolean same = phase == ((sender.generation & 1) != 0);
        if (same) {
            int n = numbered(k, b, 0);
            if (n >= 0) return n;
        } else {
            Protection.Keys before = sender.before;
            int n = before == null ? -1 : numbered(before, b, 0);
            if (n >= 0) return n;
        }
        // The next ones, and for as much as may be tried, later ones and numbers farther on.
        Protection.Keys next = k;
        for (int g = sender.generation; g <= sender.generation + 3; g++) {
            if (g == sender.generation + 1) next = next(k);
            else if (g > sender.generation) next = updated(next);
            if (phase != ((g & 1) != 0)) continue;
            int windows = Trials.windows(protection.numberLength);
            for (int w = g == sender.generation ? 1 : 0; w < windows; w++) {
                if (w > 0 || g > sender.generation + 1) {
                    if (trials < packet.end - packet.from) return -1;
                    trials -= packet.end - packet.from;
                }
                int n = numbered(next, b, w);
                if (n < 0) continue;
                if (g > sender.generation) {
                    sender.before = g == sender.generation + 1 ? k : null;
                    sender.current = next;
                    sender.next = null;
                    sender.generation = g;
                }
                return n;
            }
        }
        return -1;
    }

    private Protection.Keys next(Protection.Keys now) {
        Protection.Keys n = sender.next;
        if (n == null) n = sender.next = updated(now);
        return n;
    }

    private Protection.Keys updated(Protection.Keys k) {
        return Protection.updated(home.ciphers().kdf(), version, k);
    }

    /** Bytes that may yet be decrypted in vain. */
    private long trials = 256 << 10;

    private int numbered(Protection.Keys k, byte[] b, int window) {
        long n =
                Protection.number(
                        sender.largest[level], protection.truncated, protection.numberLength);
        n += (long) window << 8 * protection.numberLength;
        int plain = protection.open(k, b, packet.from, packet.number, packet.end, n);
        if (plain >= 0 && n > sender.largest[level]) sender.largest[level] = n;
        if (plain >= 0) trials = Math.min(trials + 4L * plain, 1L << 40);
        return plain;
    }

    private int open(Protection.Keys k, byte[] b) {
        if (!protection.unmask(k, b, packet.from, packet.number, packet.end)) return -1;
        return numbered(k, b, 0);
    }

    // --- What packets carry

    private final FrameReader frames = new FrameReader();
    private byte[] plain = {};

    private void payload(int length) {
        plain = protection.plain;
        int size = packet.end - packet.from;
        Side side = sender.side;
        taken = 0;
        int read = frames.read(plain, length, this);
        if (read < length) {
            home.anomaly(Anomaly.Kind.PROTOCOL_VIOLATION, side, packetAt, frames.problem());
            // What an unknown frame carries is searched all the same.
            odd(read, length - read);
        }
        readable(side, size - taken);
    }

    /** Bytes that belong to no stream are searched on their own. */
    private void odd(int from, int length) {
        Context inside = home.nested(home.sink(), secured(), handshake.serverName(), "");
        StreamMap map = new StreamMap();
        map.add(length, origin);
        Streams.stray(inside, client, sender.side, plain, from, length, map, 0);
        taken += length;
    }

    private Streams streams() {
        Streams s = streams;
        if (s == null) {
            String alpn = handshake.alpn();
            Context inside = home.nested(home.sink(), secured(), handshake.serverName(), alpn);
            s = new Streams(inside, client, Applications.of(inside, client, midway));
            streams = s;
        }
        return s;
    }

    @Override
    public void crypto(long offset, int from, int length) {
        Crypto c = sender.crypto[level];
        if (c == null) c = sender.crypto[level] = new Crypto(this);
        // The plaintext is shared: reading a message may open packets that waited.
        c.add(offset, plain, from, length, origin);
    }

    @Override
    public void stream(long id, long offset, int from, int length, boolean fin) {
        taken += streams().stream(sender.side, id, offset, plain, from, length, fin, origin);
    }

    @Override
    public void reset(long id, long finalSize) {
        streams().reset(sender.side, id, finalSize);
    }

    @Override
    public void newConnectionId(int from, int length) {
        connections.add(this, sender.side, plain, from, length);
        if (sender.idLength < 0) sender.idLength = length;
    }

    @Override
    public void datagram(int from, int length) {
        streams().datagram(sender.side, plain, from, length, origin);
        taken += length;
    }

    @Override
    public void reason(int from, int length) {
        odd(from, length);
    }

    // --- Handshake

    @Override
    public void message(Crypto crypto, int type, byte[] b, int from, int to, long at) {
        boolean ofClient = sender.side == client;
        if (ofClient && level == INITIAL && type == 1) {
            Optional<CryptoHandshake.Names> names = handshake.clientHello(b, from, to);
            identify();
            names.ifPresent(n -> tell(crypto, n, b, from, at));
        } else if (handshake.message(ofClient, type, b, from, to)) {
            identify();
            keysKnown = true;
        }
    }

    private boolean keysKnown;

    /** The names of a ClientHello, which travel under keys that everybody knows. */
    private void tell(Crypto crypto, CryptoHandshake.Names n, byte[] b, int from, long at) {
        if (n.nameLength() == 0 && n.alpnLength() == 0) return;
        Context context =
                home.inside(
                        Streams.flow(home.flow(), crypto.map(), crypto.map()),
                        home.secured(),
                        handshake.serverName(),
                        "");
        ExchangeSink exchange =
                context.exchange(
                        "quic",
                        "HELLO",
                        "",
                        handshake.serverName(),
                        home.port(client.other()),
                        Arrays.copyOfRange(b, n.nameFrom(), n.nameFrom() + n.nameLength()));
        MessageSink message = exchange.message(client);
        if (n.nameLength() > 0)
            message.part(
                    PartKind.NAME, "", b, n.nameFrom(), n.nameLength(), at + n.nameFrom() - from);
        if (n.alpnLength() > 0)
            message.part(
                    PartKind.FRAME,
                    "alpn",
                    b,
                    n.alpnFrom(),
                    n.alpnLength(),
                    at + n.alpnFrom() - from);
        message.end();
        exchange.end();
    }

    private static final byte[] NOTHING = {};
}
