package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.telltale.lab.QuicPackets.Carried;
import dev.telltale.lab.QuicPackets.Keys;
import dev.telltale.tap.CertificateAuthority;
import dev.telltale.tap.KeyLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * One HTTP/3 exchange over QUIC version 1 (RFC 9000, 9001): the handshake of TLS 1.3 with X25519,
 * AES-128-GCM and an ECDSA certificate, then a request and its answer. Loopback loses nothing, so
 * the datagrams go in turns and nothing is ever sent again.
 *
 * <pre>
 * phone -> cloud: Initial[ClientHello]
 * cloud -> phone: Initial[ACK, ServerHello] Handshake[EncryptedExtensions ... Finished]
 * phone -> cloud: Initial[ACK] Handshake[ACK, Finished] 1-RTT[request]
 * cloud -> phone: Handshake[ACK] 1-RTT[HANDSHAKE_DONE, ACK, answer]
 * phone -> cloud: 1-RTT[ACK, CONNECTION_CLOSE]
 * </pre>
 */
final class Quic {
    /** A datagram with an Initial in it is at least that long (RFC 9000, section 14.1). */
    private static final int SMALLEST = 1200;

    private static final int TAG = 16;
    private static final byte[] X25519_GROUP = {0, 0x1d};
    private static final byte[] ECDSA_P256_SHA256 = {4, 3};
    private static final byte[] AES_128_GCM_SHA256 = {0x13, 1};

    private Quic() {}

    // --- handshake messages (RFC 8446, section 4) ---

    private static byte[] sized(int bytes, byte[] content) {
        ByteBuffer out = ByteBuffer.allocate(bytes + content.length);
        for (int i = bytes - 1; i >= 0; i--) out.put((byte) (content.length >> 8 * i));
        return out.put(content).array();
    }

    private static byte[] message(int type, byte[]... parts) {
        return QuicPackets.join(new byte[] {(byte) type}, sized(3, QuicPackets.join(parts)));
    }

    private static byte[] extension(int type, byte[] content) {
        return QuicPackets.join(new byte[] {(byte) (type >> 8), (byte) type}, sized(2, content));
    }

    private static byte[] parameter(int id, byte[] value) {
        return QuicPackets.join(new byte[] {(byte) id, (byte) value.length}, value);
    }

    /** Limits that the lab never reaches, and the ids (RFC 9000, section 18.2). */
    private static byte[] parameters(byte[] source, Optional<byte[]> original) {
        byte[] much = {(byte) 0x80, 0x10, 0, 0};
        byte[] few = {8};
        return extension(
                0x39,
                QuicPackets.join(
                        original.map(id -> parameter(0x00, id)).orElse(new byte[0]),
                        parameter(0x04, much),
                        parameter(0x05, much),
                        parameter(0x06, much),
                        parameter(0x07, much),
                        parameter(0x08, few),
                        parameter(0x09, few),
                        parameter(0x0f, source)));
    }

    private static byte[] alpn() {
        return extension(0x10, sized(2, sized(1, "h3".getBytes(US_ASCII))));
    }

    private static byte[] clientHello(byte[] random, String host, byte[] share, byte[] source) {
        byte[] name = QuicPackets.join(new byte[] {0}, sized(2, host.getBytes(US_ASCII)));
        byte[] extensions =
                QuicPackets.join(
                        extension(0x00, sized(2, name)),
                        extension(0x0a, sized(2, X25519_GROUP)),
                        extension(0x0d, sized(2, ECDSA_P256_SHA256)),
                        alpn(),
                        extension(0x2b, sized(1, new byte[] {3, 4})),
                        extension(0x33, sized(2, QuicPackets.join(X25519_GROUP, sized(2, share)))),
                        parameters(source, Optional.empty()));
        return message(
                1,
                new byte[] {3, 3},
                random,
                new byte[] {0},
                sized(2, AES_128_GCM_SHA256),
                new byte[] {1, 0},
                sized(2, extensions));
    }

    private static byte[] serverHello(byte[] random, byte[] share) {
        byte[] extensions =
                QuicPackets.join(
                        extension(0x2b, new byte[] {3, 4}),
                        extension(0x33, QuicPackets.join(X25519_GROUP, sized(2, share))));
        return message(
                2,
                new byte[] {3, 3},
                random,
                new byte[] {0},
                AES_128_GCM_SHA256,
                new byte[] {0},
                sized(2, extensions));
    }

    /** An extension's content out of a hello, whose fixed part ends before {@code from}. */
    private static byte[] extension(byte[] hello, int from, int type) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(hello, from, hello.length - from);
        in.getShort();
        while (in.hasRemaining()) {
            int t = in.getShort();
            byte[] content = new byte[in.getShort()];
            in.get(content);
            if (t == type) return content;
        }
        throw new IOException("The hello has no extension " + type);
    }

    /** Where the extensions of a ClientHello of the lab's begin, and of a ServerHello. */
    private static final int CLIENT_EXTENSIONS = 4 + 2 + 32 + 1 + 4 + 2;

    private static final int SERVER_EXTENSIONS = 4 + 2 + 32 + 1 + 2 + 1;

    private static byte[] toSign(byte[] transcript) throws GeneralSecurityException {
        byte[] spaces = new byte[64];
        Arrays.fill(spaces, (byte) ' ');
        return QuicPackets.join(
                spaces,
                "TLS 1.3, server CertificateVerify\0".getBytes(US_ASCII),
                TlsKeys.digest(transcript));
    }

    private static byte[] agreed(byte[] own, byte[] theirs) throws IOException {
        byte[] shared = new byte[X25519.SCALAR_SIZE];
        if (!X25519.calculateAgreement(own, 0, theirs, 0, shared, 0))
            throw new IOException("No shared secret");
        return shared;
    }

    /**
     * The secrets of both directions once the hellos are exchanged, and once the server is done.
     */
    private record Secrets(byte[] handshake, byte[] client, byte[] server) {
        static Secrets ofHandshake(byte[] shared, byte[] transcript)
                throws GeneralSecurityException {
            byte[] base = TlsKeys.handshake(shared);
            return new Secrets(
                    base,
                    TlsKeys.traffic(base, "c hs traffic", transcript),
                    TlsKeys.traffic(base, "s hs traffic", transcript));
        }

        Secrets ofApplication(byte[] transcript) throws GeneralSecurityException {
            byte[] master = TlsKeys.master(handshake);
            return new Secrets(
                    master,
                    TlsKeys.traffic(master, "c ap traffic", transcript),
                    TlsKeys.traffic(master, "s ap traffic", transcript));
        }
    }

    private static byte[] padding(int soFar) {
        return new byte[Math.max(0, SMALLEST - soFar)];
    }

    /** Bytes of a packet around its payload: two ids, a length, a number, the tag. */
    private static int around(int type) {
        return switch (type) {
            case QuicPackets.ONE_RTT -> 1 + 8 + 2 + TAG;
            case QuicPackets.INITIAL -> 5 + 9 + 9 + 1 + 2 + 2 + TAG;
            default -> 5 + 9 + 9 + 2 + 2 + TAG;
        };
    }

    private static byte[] crypto(byte[] payload) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Carried c : QuicPackets.carried(payload))
            if (c.stream() == Carried.CRYPTO) all.writeBytes(c.bytes());
        return all.toByteArray();
    }

    private static Optional<byte[]> request(byte[] payload) throws IOException {
        return QuicPackets.carried(payload).stream()
                .filter(c -> c.stream() == 0)
                .map(Carried::bytes)
                .findFirst();
    }

    /** How datagrams go to and fro. */
    interface Datagrams {
        void send(byte[] datagram) throws IOException;

        byte[] receive() throws IOException;
    }

    // --- the phone's end ---

    /** Asks once, checks the certificate, and closes. */
    static Http3.Message exchange(
            Datagrams way,
            String host,
            Map<String, String> fields,
            byte[] body,
            X509Certificate trusted,
            KeyLog log,
            SecureRandom random)
            throws IOException {
        try {
            return new Client(way, host, trusted, log, random).exchange(fields, body);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static final class Client {
        private final Datagrams way;
        private final String host;
        private final X509Certificate trusted;
        private final KeyLog log;
        private final byte[] first = new byte[QuicPackets.ID_LENGTH];
        private final byte[] own = new byte[QuicPackets.ID_LENGTH];
        private final byte[] helloRandom = new byte[32];
        private final byte[] scalar = new byte[X25519.SCALAR_SIZE];
        private byte[] peer = new byte[0];
        private byte[] transcript = new byte[0];
        private Optional<Secrets> handshake = Optional.empty();
        private Optional<Secrets> application = Optional.empty();
        private Optional<byte[]> answer = Optional.empty();

        private Client(
                Datagrams way,
                String host,
                X509Certificate trusted,
                KeyLog log,
                SecureRandom random) {
            this.way = way;
            this.host = host;
            this.trusted = trusted;
            this.log = log;
            random.nextBytes(first);
            random.nextBytes(own);
            random.nextBytes(helloRandom);
            X25519.generatePrivateKey(random, scalar);
        }

        private Http3.Message exchange(Map<String, String> fields, byte[] body)
                throws IOException, GeneralSecurityException {
            byte[] share = new byte[X25519.POINT_SIZE];
            X25519.generatePublicKey(scalar, 0, share, 0);
            transcript = clientHello(helloRandom, host, share, own);
            byte[] hello = QuicPackets.crypto(transcript);
            hello = QuicPackets.join(hello, padding(hello.length + around(QuicPackets.INITIAL)));
            Keys initial = Keys.initial(first, true);
            way.send(QuicPackets.seal(QuicPackets.INITIAL, first, own, 0, hello, initial));
            QuicPackets.open(way.receive(), this::server, this::packet);
            Secrets h = handshake.orElseThrow();
            Secrets a = application.orElseThrow();
            byte[] finished = message(20, TlsKeys.finished(h.client(), transcript));
            byte[] one =
                    QuicPackets.seal(
                            QuicPackets.INITIAL, peer, own, 1, QuicPackets.ack(0), initial);
            byte[] two =
                    QuicPackets.seal(
                            QuicPackets.HANDSHAKE,
                            peer,
                            own,
                            0,
                            QuicPackets.join(QuicPackets.ack(0), QuicPackets.crypto(finished)),
                            Keys.of(h.client()));
            byte[] asked =
                    QuicPackets.join(
                            QuicPackets.stream(2, false, Http3.CONTROL),
                            QuicPackets.stream(0, true, Http3.message(fields, body)));
            int size = one.length + two.length + asked.length + around(QuicPackets.ONE_RTT);
            byte[] three =
                    QuicPackets.seal(
                            QuicPackets.ONE_RTT,
                            peer,
                            own,
                            0,
                            QuicPackets.join(asked, padding(size)),
                            Keys.of(a.client()));
            way.send(QuicPackets.join(one, two, three));
            QuicPackets.open(way.receive(), this::server, this::packet);
            byte[] goodbye =
                    QuicPackets.join(QuicPackets.ack(0), QuicPackets.close(), new byte[16]);
            way.send(
                    QuicPackets.seal(
                            QuicPackets.ONE_RTT, peer, own, 1, goodbye, Keys.of(a.client())));
            return Http3.read(answer.orElseThrow(() -> new IOException("No answer came")));
        }

        private Keys server(int type, byte[] destination) throws GeneralSecurityException {
            return switch (type) {
                case QuicPackets.INITIAL -> Keys.initial(first, false);
                case QuicPackets.HANDSHAKE -> Keys.of(handshake.orElseThrow().server());
                default -> Keys.of(application.orElseThrow().server());
            };
        }

        private void packet(QuicPackets.Packet p) throws IOException, GeneralSecurityException {
            switch (p.type()) {
                case QuicPackets.INITIAL -> hello(p);
                case QuicPackets.HANDSHAKE -> {
                    byte[] flight = crypto(p.payload());
                    if (flight.length > 0) verify(flight);
                }
                default -> answer = request(p.payload());
            }
        }

        private void hello(QuicPackets.Packet p) throws IOException, GeneralSecurityException {
            peer = p.source();
            byte[] hello = crypto(p.payload());
            byte[] share = extension(hello, SERVER_EXTENSIONS, 0x33);
            transcript = QuicPackets.join(transcript, hello);
            byte[] shared = agreed(scalar, Arrays.copyOfRange(share, 4, share.length));
            Secrets s = Secrets.ofHandshake(shared, transcript);
            handshake = Optional.of(s);
            log.add("CLIENT_HANDSHAKE_TRAFFIC_SECRET", helloRandom, s.client());
            log.add("SERVER_HANDSHAKE_TRAFFIC_SECRET", helloRandom, s.server());
        }

        private void verify(byte[] flight) throws IOException, GeneralSecurityException {
            ByteBuffer in = ByteBuffer.wrap(flight);
            Secrets h = handshake.orElseThrow();
            Optional<X509Certificate> leaf = Optional.empty();
            while (in.hasRemaining()) {
                int start = in.position();
                int type = in.get();
                byte[] content = new byte[(in.get() & 0xff) << 16 | in.getShort() & 0xffff];
                in.get(content);
                switch (type) {
                    case 8 -> {}
                    case 11 -> leaf = Optional.of(certificate(content));
                    case 15 -> {
                        Signature s = Signature.getInstance("SHA256withECDSA");
                        s.initVerify(leaf.orElseThrow());
                        s.update(toSign(transcript));
                        if (!s.verify(content, 4, content.length - 4))
                            throw new IOException("The server's signature is not its own");
                    }
                    case 20 -> {
                        if (!Arrays.equals(content, TlsKeys.finished(h.server(), transcript)))
                            throw new IOException("The server's handshake was another one");
                    }
                    default -> throw new IOException("A message the lab does not write: " + type);
                }
                transcript =
                        QuicPackets.join(
                                transcript, Arrays.copyOfRange(flight, start, in.position()));
            }
            Secrets a = h.ofApplication(transcript);
            application = Optional.of(a);
            log.add("CLIENT_TRAFFIC_SECRET_0", helloRandom, a.client());
            log.add("SERVER_TRAFFIC_SECRET_0", helloRandom, a.server());
        }

        private X509Certificate certificate(byte[] content)
                throws IOException, GeneralSecurityException {
            X509Certificate leaf =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(
                                                    content, 7, content.length - 7));
            leaf.verify(trusted.getPublicKey());
            if (leaf.getSubjectAlternativeNames().stream()
                    .noneMatch(name -> name.get(1).equals(host)))
                throw new IOException("The certificate is for another host than " + host);
            return leaf;
        }
    }

    // --- the cloud's end ---

    /** What the server says to a request. */
    interface Answering {
        Service.Response answer(Service.Request request) throws IOException;
    }

    /** One connection at a time, which is all a lab of turns needs. */
    static final class Server {
        private final CertificateAuthority authority;
        private final Answering answering;
        private final SecureRandom random;
        private final byte[] own = new byte[QuicPackets.ID_LENGTH];
        private byte[] first = new byte[0];
        private byte[] peer = new byte[0];
        private byte[] transcript = new byte[0];
        private Optional<Secrets> handshake = Optional.empty();
        private Optional<Secrets> application = Optional.empty();
        private Optional<byte[]> reply = Optional.empty();

        Server(CertificateAuthority authority, SecureRandom random, Answering answering) {
            this.authority = authority;
            this.random = random;
            this.answering = answering;
        }

        /** What to send back for a datagram, where anything. */
        Optional<byte[]> datagram(byte[] bytes) throws IOException {
            reply = Optional.empty();
            try {
                QuicPackets.open(bytes, this::client, this::packet);
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
            return reply;
        }

        private Keys client(int type, byte[] destination) throws GeneralSecurityException {
            if (type == QuicPackets.INITIAL) {
                if (!Arrays.equals(destination, own) || first.length == 0) {
                    first = destination;
                    random.nextBytes(own);
                }
                return Keys.initial(first, true);
            }
            return type == QuicPackets.HANDSHAKE
                    ? Keys.of(handshake.orElseThrow().client())
                    : Keys.of(application.orElseThrow().client());
        }

        private void packet(QuicPackets.Packet p) throws IOException, GeneralSecurityException {
            switch (p.type()) {
                case QuicPackets.INITIAL -> {
                    byte[] hello = crypto(p.payload());
                    if (hello.length > 0) greet(p.source(), hello);
                }
                case QuicPackets.HANDSHAKE -> {
                    byte[] wanted =
                            message(
                                    20,
                                    TlsKeys.finished(handshake.orElseThrow().client(), transcript));
                    if (!Arrays.equals(crypto(p.payload()), wanted))
                        throw new IOException("The phone's handshake was another one");
                }
                default -> {
                    Optional<byte[]> asked = request(p.payload());
                    if (asked.isPresent()) answer(Http3.read(asked.get()));
                }
            }
        }

        private void greet(byte[] source, byte[] hello)
                throws IOException, GeneralSecurityException {
            peer = source;
            byte[] name = extension(hello, CLIENT_EXTENSIONS, 0x00);
            byte[] theirs = extension(hello, CLIENT_EXTENSIONS, 0x33);
            byte[] scalar = new byte[X25519.SCALAR_SIZE];
            byte[] share = new byte[X25519.POINT_SIZE];
            byte[] helloRandom = new byte[32];
            random.nextBytes(helloRandom);
            X25519.generatePrivateKey(random, scalar);
            X25519.generatePublicKey(scalar, 0, share, 0);
            byte[] answer = serverHello(helloRandom, share);
            transcript = QuicPackets.join(hello, answer);
            Secrets h =
                    Secrets.ofHandshake(
                            agreed(scalar, Arrays.copyOfRange(theirs, 6, theirs.length)),
                            transcript);
            handshake = Optional.of(h);
            CertificateAuthority.Issued issued =
                    authority.issue(new String(name, 5, name.length - 5, US_ASCII));
            byte[] before = transcript;
            say(
                    message(
                            8,
                            sized(
                                    2,
                                    QuicPackets.join(
                                            alpn(), parameters(own, Optional.of(first))))));
            byte[] der = issued.certificate().getEncoded();
            byte[] entry = QuicPackets.join(sized(3, der), new byte[2]);
            say(message(11, new byte[] {0}, sized(3, entry)));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(issued.key(), random);
            signature.update(toSign(transcript));
            say(message(15, ECDSA_P256_SHA256, sized(2, signature.sign())));
            say(message(20, TlsKeys.finished(h.server(), transcript)));
            application = Optional.of(h.ofApplication(transcript));
            byte[] one =
                    QuicPackets.seal(
                            QuicPackets.INITIAL,
                            peer,
                            own,
                            0,
                            QuicPackets.join(QuicPackets.ack(0), QuicPackets.crypto(answer)),
                            Keys.initial(first, false));
            byte[] flight =
                    QuicPackets.crypto(
                            Arrays.copyOfRange(transcript, before.length, transcript.length));
            int size = one.length + flight.length + around(QuicPackets.HANDSHAKE);
            byte[] two =
                    QuicPackets.seal(
                            QuicPackets.HANDSHAKE,
                            peer,
                            own,
                            0,
                            QuicPackets.join(flight, padding(size)),
                            Keys.of(h.server()));
            reply = Optional.of(QuicPackets.join(one, two));
        }

        private void say(byte[] message) {
            transcript = QuicPackets.join(transcript, message);
        }

        private void answer(Http3.Message asked) throws IOException, GeneralSecurityException {
            Map<String, String> headers = new LinkedHashMap<>(asked.fields());
            headers.put("host", headers.getOrDefault(":authority", ""));
            Service.Response r =
                    answering.answer(
                            new Service.Request(
                                    headers.getOrDefault(":method", ""),
                                    headers.getOrDefault(":path", ""),
                                    headers,
                                    asked.body()));
            byte[] said =
                    Http3.message(
                            Map.of(":status", Integer.toString(r.status())),
                            r.body().getBytes(US_ASCII));
            byte[] payload =
                    QuicPackets.join(
                            QuicPackets.handshakeDone(),
                            QuicPackets.ack(0),
                            QuicPackets.stream(3, false, Http3.CONTROL),
                            QuicPackets.stream(0, true, said));
            reply =
                    Optional.of(
                            QuicPackets.join(
                                    QuicPackets.seal(
                                            QuicPackets.HANDSHAKE,
                                            peer,
                                            own,
                                            1,
                                            QuicPackets.ack(0),
                                            Keys.of(handshake.orElseThrow().server())),
                                    QuicPackets.seal(
                                            QuicPackets.ONE_RTT,
                                            peer,
                                            own,
                                            0,
                                            payload,
                                            Keys.of(application.orElseThrow().server()))));
        }
    }
}
