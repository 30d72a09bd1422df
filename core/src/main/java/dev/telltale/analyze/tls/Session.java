package dev.telltale.analyze.tls;

import dev.telltale.analyze.Secrets;
import dev.telltale.analyze.Secrets.Label;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import dev.telltale.model.TlsFacts;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/** What the two sides agreed on, and the keys that follow from it. */
final class Session {
    private static final String UNCHECKED = "the client does not check certificates";
    private static final int MOST_TRANSCRIBED = 256 << 10;

    private final Secrets secrets;
    private final Ciphers ciphers;
    private final boolean dtls;
    private @Nullable ClientHello client;
    private @Nullable ServerHello server;
    private @Nullable Suite suite;
    private int version = -1;
    private int draft;
    String serverName = "";
    private Phases clientPhases = Phases.NONE;
    private Phases serverPhases = Phases.NONE;
    private @Nullable Phases early;

    /** The client announced early data whose key is not there. */
    boolean earlyDataClosed;

    /** It is known whether there are keys. */
    boolean resolved;

    /** An RSA key may tell the premaster secret, once the client sends it. */
    private boolean awaitsPremaster;

    /** The master secret where an RSA key told it. */
    private byte[] fromPremaster = {};

    private final ByteArrayOutputStream clientHead = new ByteArrayOutputStream(0);
    private final ByteArrayOutputStream serverAll = new ByteArrayOutputStream(0);
    private final ByteArrayOutputStream clientRest = new ByteArrayOutputStream(0);

    Session(Secrets secrets, Ciphers ciphers, boolean dtls) {
        this.secrets = secrets;
        this.ciphers = ciphers;
        this.dtls = dtls;
    }

    /** The keys of one side in the order they come into use. */
    static final class Phases {
        static final Phases NONE = new Phases(null, List.of());

        private final @Nullable Session session;
        private final List<Phase> phases;

        private Phases(@Nullable Session session, List<Phase> phases) {
            this.session = session;
            this.phases = new ArrayList<>(phases);
        }

        boolean isEmpty() {
            return phases.isEmpty();
        }

        /** Takes the next. */
        Phase next() {
            return phases.removeFirst();
        }

        List<Phase> all() {
            return phases;
        }

        /** Those after {@code now}, the one that a KeyUpdate would bring among them. */
        Phases after(Phase now) {
            if (phases.isEmpty() && now.last() && session != null) return session.updated(now);
            return new Phases(session, phases);
        }
    }

    void clientHello(ClientHello h, byte[] b, int from) {
        client = h;
        // The hello that answers a HelloRetryRequest no longer says so (RFC 8446 4.2.10).
        if (h.earlyData && secrets.of(Label.CLIENT_EARLY_TRAFFIC_SECRET, h.random, 0).isEmpty())
            earlyDataClosed = true;
        server = null;
        resolved = false;
        early = null;
        if (h.nameLength > 0)
            serverName = new String(b, h.nameFrom, h.nameLength, StandardCharsets.ISO_8859_1);
    }

    /** False where nothing is known by it: it is cut off, or asks for another ClientHello. */
    boolean serverHello(ServerHello h) {
        if (h.version < 0) return false;
        version = dtls ? streamVersion(h.version) : h.version;
        draft = h.draft();
        if (h.retry()) return false;
        server = h;
        suite = Suite.of(h.suite).orElse(null);
        resolve();
        return true;
    }

    /** The version of TLS that a version of DTLS is made of (RFC 6347 1, RFC 4347, RFC 9147). */
    static int streamVersion(int dtls) {
        return switch (dtls) {
            case 0xfefc -> 0x304;
            case 0xfefd -> 0x303;
            case 0xfeff, 0x100 -> 0x302; // 0x100: OpenSSL before 0.9.8f
            default -> dtls;
        };
    }

    private void resolve() {
        ClientHello c = client;
        ServerHello s = server;
        Suite u = suite;
        resolved = true;
        clientPhases = serverPhases = Phases.NONE;
        if (c == null || s == null || u == null || c.random.length == 0 || secrets.isEmpty())
            return;
        if (tls13()) {
            clientPhases =
                    phases(
                            c,
                            u,
                            Label.CLIENT_HANDSHAKE_TRAFFIC_SECRET,
                            Label.CLIENT_TRAFFIC_SECRET_0);
            serverPhases =
                    phases(
                            c,
                            u,
                            Label.SERVER_HANDSHAKE_TRAFFIC_SECRET,
                            Label.SERVER_TRAFFIC_SECRET_0);
            return;
        }
        Optional<byte[]> master = secrets.of(Label.CLIENT_RANDOM, c.random, 0);
        if (master.isEmpty()) master = secrets.ofSession(s.session, 0, s.session.length);
        if (master.isPresent()) {
            master(u, master.get());
            return;
        }
        if (s.session.length > 0 && Arrays.equals(s.session, c.session)) {
            Optional<byte[]> kept = ciphers.resumable.of(s.session);
            if (kept.isEmpty()) kept = ciphers.resumable.of(c.ticket);
            kept.ifPresent(m -> master(u, m));
            return;
        }
        awaitsPremaster = true;
        resolved = false;
    }

    /** NewSessionTicket (RFC 5077 3.3): lifetime (32), ticket&lt;0..2^16-1&gt;. */
    void newSessionTicket(byte[] m, int size) {
        int end = Vectors.end16(m, 4, size);
        if (end > 0 && fromPremaster.length > 0)
            ciphers.resumable.put(Arrays.copyOfRange(m, 6, end), fromPremaster);
    }

    private Phases phases(ClientHello c, Suite u, Label handshake, Label application) {
        List<Phase> out = new ArrayList<>(2);
        secrets.of(handshake, c.random, 0)
                .ifPresent(x -> out.add(new Phase(Keys.tls13(ciphers, u, x, draft), x, false)));
        secrets.of(application, c.random, 0)
                .ifPresent(x -> out.add(new Phase(Keys.tls13(ciphers, u, x, draft), x, true)));
        return new Phases(this, out);
    }

    private void master(Suite u, byte[] master) {
        ClientHello c = client;
        ServerHello s = server;
        if (c == null || s == null) return;
        // Compression would need to be undone before anything can be read.
        if (s.compression != 0) return;
        Keys.Pair pair =
                Keys.tls12(ciphers, u, version, master, c.random, s.random, s.encryptThenMac);
        byte[] none = {};
        clientPhases = new Phases(this, List.of(new Phase(pair.client(), none, false)));
        serverPhases = new Phases(this, List.of(new Phase(pair.server(), none, false)));
    }

    Phases phases(boolean ofClient) {
        return ofClient ? clientPhases : serverPhases;
    }

    /** Keys that early data may be under; whose suite is one of those offered (RFC 8446 4.2.10). */
    Phases early() {
        Phases e = early;
        if (e != null) return e;
        ClientHello c = client;
        List<Phase> out = new ArrayList<>();
        if (c != null && c.earlyData && !resolved) {
            int d = 0;
            for (int v : c.versions) if (v >>> 8 == 0x7f) d = Math.max(d, v & 0xff);
            for (int v : c.versions) if (v == 0x304) d = 0;
            byte[] secret =
                    secrets.of(Label.CLIENT_EARLY_TRAFFIC_SECRET, c.random, 0).orElse(new byte[0]);
            for (int id : c.suites) {
                Suite u = Suite.of(id).orElse(null);
                if (u == null || !u.exchange().isEmpty() || secret.length != (u.sha384() ? 48 : 32))
                    continue;
                if (out.size() < 8)
                    out.add(new Phase(Keys.tls13(ciphers, u, secret, d), secret, false));
            }
        }
        return early = new Phases(this, out);
    }

    Phases updated(Phase now) {
        Suite u = suite;
        if (u == null || now.secret().length == 0) return Phases.NONE;
        byte[] next = Keys.update(ciphers, u, now.secret(), draft);
        return new Phases(
                this, List.of(new Phase(Keys.tls13(ciphers, u, next, draft), next, true)));
    }

    // --- TLS up to 1.2 with an RSA key

    /** Whether all handshake messages are wanted: the extended master secret is made of them. */
    boolean transcribing() {
        return !secrets.isEmpty() && !resolved && !tls13();
    }

    void transcribe(boolean ofClient, byte[] header, byte[] m, int size) {
        if (!transcribing()) return;
        if (header[0] == ClientHello.TYPE) {
            clientHead.reset();
            serverAll.reset();
            clientRest.reset();
        }
        ByteArrayOutputStream to =
                !ofClient ? serverAll : header[0] == ClientHello.TYPE ? clientHead : clientRest;
        if (header[0] == 0 || to.size() + size > MOST_TRANSCRIBED)
            return; // HelloRequest is no part
        to.write(header, 0, header.length);
        to.write(m, 0, size);
    }

    /**
     * <pre>
     * ClientKeyExchange (RFC 5246 7.4.7.1): EncryptedPreMasterSecret&lt;0..2^16-1&gt;; in SSL 3.0 without its length
     * </pre>
     *
     * @return whether keys are known by it
     */
    boolean clientKeyExchange(byte[] m, int size) {
        Suite u = suite;
        ClientHello c = client;
        ServerHello s = server;
        if (!awaitsPremaster || resolved || u == null || c == null || s == null) return false;
        awaitsPremaster = false;
        resolved = true;
        int from = version == 0x300 ? 0 : 2;
        byte[] premaster = secrets.of(Label.PMS_CLIENT_RANDOM, c.random, 0).orElse(new byte[0]);
        if (premaster.length == 0 && size - from >= 8)
            premaster = secrets.ofEncryptedPremaster(m, from).orElse(new byte[0]);
        if (premaster.length == 0 && u.exchange().startsWith("RSA") && size > from)
            premaster = decrypt(Arrays.copyOfRange(m, from, size));
        if (premaster.length == 0) return true;
        byte[] transcript = {};
        if (s.extendedMaster)
            transcript =
                    Keys.join(
                            Keys.join(clientHead.toByteArray(), serverAll.toByteArray()),
                            clientRest.toByteArray());
        byte[] master = Keys.master(ciphers, u, version, premaster, c.random, s.random, transcript);
        fromPremaster = master;
        ciphers.resumable.put(s.session, master);
        clientHead.reset();
        serverAll.reset();
        clientRest.reset();
        master(u, master);
        return true;
    }

    private byte[] decrypt(byte[] encrypted) {
        for (RSAPrivateKey key : secrets.rsaKeys()) {
            if ((key.getModulus().bitLength() + 7) / 8 != encrypted.length) continue;
            try {
                Cipher rsa = Ciphers.cipher("RSA/ECB/PKCS1Padding");
                rsa.init(Cipher.DECRYPT_MODE, key);
                byte[] premaster = rsa.doFinal(encrypted);
                if (premaster.length == 48) return premaster;
            } catch (GeneralSecurityException e) {
                // Encrypted to another key.
            }
        }
        return new byte[0];
    }

    /** EncryptedExtensions (RFC 8446 4.3.1): extensions&lt;0..2^16-1&gt;. */
    void encryptedExtensions(byte[] m, int size) {
        ServerHello s = server;
        int end = Vectors.end16(m, 0, size);
        if (s == null || end < 0 || !tls13()) return;
        for (int i = 2; i + 4 <= end; ) {
            int next = i + 4 + Vectors.int16(m, i + 2);
            if (next > end) return;
            if (Vectors.int16(m, i) == ClientHello.ALPN)
                s.extension(ClientHello.ALPN, m, i + 4, next);
            i = next;
        }
    }

    // --- What is told

    boolean tls13() {
        return version == 0x304 || draft > 0;
    }

    /** Second byte of the version that closed records carry. */
    int recordVersion() {
        return draft > 0 && draft < 22 ? 1 : Math.min(version & 0xff, 3);
    }

    String alpn() {
        ServerHello s = server;
        return s == null ? "" : s.alpn;
    }

    private String versionName() {
        return switch (version) {
            case 0x300 -> "SSL 3.0";
            case 0x301 -> "1.0";
            case 0x302 -> dtls ? "1.0" : "1.1";
            case 0x303 -> "1.2";
            default -> tls13() ? "1.3" : "";
        };
    }

    /** What whoever recorded it says of this connection in its key log. */
    boolean isTold(Label fact) {
        ClientHello c = client;
        return c != null && c.random.length == 32 && secrets.of(fact, c.random, 0).isPresent();
    }

    /**
     * Weak is a version before 1.2, a suite that {@link Suite#weakness} names, or a client that
     * checks no certificate.
     */
    Secured secured() {
        String weak =
                switch (version) {
                    case 0x300 -> "SSL 3.0 is broken (RFC 7568)";
                    case 0x301, 0x302 ->
                            (dtls ? "DTLS " : "TLS ") + versionName() + " is deprecated (RFC 8996)";
                    default -> "";
                };
        Suite u = suite;
        String suiteWeak = u == null ? "" : u.weakness();
        if (!suiteWeak.isEmpty()) weak = weak.isEmpty() ? suiteWeak : suiteWeak + "; " + weak;
        if (isTold(Label.TELLTALE_UNCHECKED))
            weak = weak.isEmpty() ? UNCHECKED : UNCHECKED + "; " + weak;
        return new Secured(dtls ? Protection.DTLS : Protection.TLS, versionName(), weak);
    }

    TlsFacts facts(
            String host, String ja4, Certificates certificate, Certificates own, boolean opened) {
        ServerHello s = server;
        ClientHello c = client;
        return new TlsFacts(
                versionName(),
                s == null || s.suite < 0 ? "" : Suite.name(s.suite),
                host,
                alpn(),
                ja4,
                c != null && c.ech,
                certificate.subject(),
                certificate.issuer(),
                own.subject(),
                opened);
    }
}
