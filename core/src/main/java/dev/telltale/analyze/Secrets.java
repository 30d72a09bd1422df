package dev.telltale.analyze;

import java.nio.ByteBuffer;
import java.security.interfaces.RSAPrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What opens closed traffic: secrets from key logs and from the captures themselves, and RSA
 * private keys. Filled by {@link KeyLog}; may grow while it is used (a capture from a pipe tells
 * its secrets on the way). Thread-safe. Arrays are shared and not to be changed.
 */
public final class Secrets {
    /** Secrets kept; a capture may come with a key log of its own making. */
    static final int MOST = 1 << 20;

    private static final int MOST_KEYS = 64;

    /** Labels of a key log whose secrets are told by a client random, as they are written there. */
    public enum Label {
        /** The master secret of TLS up to 1.2. */
        CLIENT_RANDOM,
        /** The premaster secret of TLS up to 1.2. */
        PMS_CLIENT_RANDOM,
        CLIENT_EARLY_TRAFFIC_SECRET,
        CLIENT_HANDSHAKE_TRAFFIC_SECRET,
        SERVER_HANDSHAKE_TRAFFIC_SECRET,
        CLIENT_TRAFFIC_SECRET_0,
        SERVER_TRAFFIC_SECRET_0,
        EARLY_EXPORTER_SECRET,
        EXPORTER_SECRET,
        ECH_SECRET,
        ECH_CONFIG,
        /** No secret: who stood in between saw the client take a certificate it should refuse. */
        TELLTALE_UNCHECKED,
        /** No secret: who stood in between knows that the client takes the true server's only. */
        TELLTALE_PINNED
    }

    private final Map<Id, byte[][]> byRandom = new ConcurrentHashMap<>();
    private final Map<Id, byte[]> bySession = new ConcurrentHashMap<>();
    private final Map<Id, byte[]> byPremaster = new ConcurrentHashMap<>();
    private final List<RSAPrivateKey> rsa = new CopyOnWriteArrayList<>();
    private final List<Secrets> outer;
    private int count;
    private boolean full;

    private Secrets(List<Secrets> outer) {
        this.outer = outer;
    }

    /** Up to 32 bytes; comparable, so that made collisions of its hash cost little. */
    private record Id(long a, long b, long c, long d, int length) implements Comparable<Id> {
        static Id of(byte[] bytes, int from, int length) {
            long[] v = new long[4];
            for (int i = 0; i < length; i++) v[i >> 3] = v[i >> 3] << 8 | bytes[from + i] & 0xff;
            return new Id(v[0], v[1], v[2], v[3], length);
        }

        /** Of a client random. */
        byte[] bytes() {
            return ByteBuffer.allocate(32).putLong(a).putLong(b).putLong(c).putLong(d).array();
        }

        @Override
        public int compareTo(Id o) {
            int r = Long.compare(a, o.a);
            if (r == 0) r = Long.compare(b, o.b);
            if (r == 0) r = Long.compare(c, o.c);
            if (r == 0) r = Long.compare(d, o.d);
            return r == 0 ? Integer.compare(length, o.length) : r;
        }
    }

    /** No secrets, to which none are added. */
    public static Secrets none() {
        return new Secrets(List.of());
    }

    /** These secrets, and further ones that these do not get to know. */
    public Secrets extended() {
        return new Secrets(List.of(this));
    }

    public boolean isEmpty() {
        return byRandom.isEmpty()
                && bySession.isEmpty()
                && byPremaster.isEmpty()
                && rsa.isEmpty()
                && outer.stream().allMatch(Secrets::isEmpty);
    }

    /** True once there were more secrets than are kept; the rest of them is left out. */
    public synchronized boolean full() {
        return full;
    }

    /**
     * True where flows may need what earlier flows told: with an RSA key, a resumed session shows
     * no key of its own.
     */
    public boolean crossFlows() {
        return !rsa.isEmpty() || outer.stream().anyMatch(Secrets::crossFlows);
    }

    /**
     * The secret of the connection whose ClientHello has the 32 bytes at {@code from} as its
     * random.
     */
    public Optional<byte[]> of(Label label, byte[] random, int from) {
        return of(label, Id.of(random, from, 32));
    }

    private Optional<byte[]> of(Label label, Id random) {
        byte[][] all = byRandom.get(random);
        if (all != null) {
            synchronized (all) {
                byte[] secret = all[label.ordinal()];
                if (secret.length > 0) return Optional.of(secret);
            }
        }
        for (Secrets s : outer) {
            Optional<byte[]> found = s.of(label, random);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /**
     * Client randoms of which the secret {@code label} is known, in their order, at most {@code
     * most}: for traffic whose own hello was not seen.
     */
    public List<byte[]> randoms(Label label, int most) {
        TreeSet<Id> ids = new TreeSet<>();
        collect(label, ids);
        List<byte[]> out = new ArrayList<>();
        for (Id id : ids) {
            if (out.size() == most) break;
            out.add(id.bytes());
        }
        return out;
    }

    private void collect(Label label, TreeSet<Id> ids) {
        byRandom.forEach((id, all) -> {
            synchronized (all) {
                if (all[label.ordinal()].length > 0) ids.add(id);
            }
        });
        for (Secrets s : outer) s.collect(label, ids);
    }

    /** The master secret of a session by its id (1 to 32 bytes). */
    public Optional<byte[]> ofSession(byte[] id, int from, int length) {
        if (length < 1 || length > 32) return Optional.empty();
        Optional<byte[]> own = Optional.ofNullable(bySession.get(Id.of(id, from, length)));
        for (Secrets s : outer) if (own.isEmpty()) own = s.ofSession(id, from, length);
        return own;
    }

    /** The premaster secret whose encrypted form begins with the 8 bytes at {@code from}. */
    public Optional<byte[]> ofEncryptedPremaster(byte[] b, int from) {
        Optional<byte[]> own = Optional.ofNullable(byPremaster.get(Id.of(b, from, 8)));
        for (Secrets s : outer) if (own.isEmpty()) own = s.ofEncryptedPremaster(b, from);
        return own;
    }

    public List<RSAPrivateKey> rsaKeys() {
        if (outer.isEmpty()) return rsa;
        List<RSAPrivateKey> all = new ArrayList<>(rsa);
        for (Secrets s : outer) all.addAll(s.rsaKeys());
        return all;
    }

    private synchronized boolean room() {
        if (count >= MOST) full = true;
        else count++;
        return !full;
    }

    /** The first one given stays. */
    void add(Label label, byte[] random, byte[] secret) {
        if (random.length != 32 || secret.length == 0 || !room()) return;
        byte[][] all =
                byRandom.computeIfAbsent(
                        Id.of(random, 0, 32),
                        k -> {
                            byte[][] empty = new byte[Label.values().length][];
                            java.util.Arrays.fill(empty, NOTHING);
                            return empty;
                        });
        synchronized (all) {
            if (all[label.ordinal()].length == 0) all[label.ordinal()] = secret;
        }
    }

    void addSession(byte[] id, byte[] master) {
        if (id.length >= 1 && id.length <= 32 && room())
            bySession.putIfAbsent(Id.of(id, 0, id.length), master);
    }

    void addPremaster(byte[] encrypted, byte[] premaster) {
        if (encrypted.length == 8 && room())
            byPremaster.putIfAbsent(Id.of(encrypted, 0, 8), premaster);
    }

    void add(RSAPrivateKey key) {
        if (rsa.size() < MOST_KEYS
                && rsa.stream().noneMatch(k -> k.getModulus().equals(key.getModulus())))
            rsa.add(key);
    }

    private static final byte[] NOTHING = {};
}
