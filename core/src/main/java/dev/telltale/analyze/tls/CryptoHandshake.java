package dev.telltale.analyze.tls;

import dev.telltale.analyze.Secrets;
import dev.telltale.model.TlsFacts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The handshake of TLS 1.3 where something else than records carries it (RFC 9001 4): its messages,
 * and what they say.
 */
public final class CryptoHandshake {
    private static final byte ENCRYPTED_EXTENSIONS = 8;

    private ClientHello client = ClientHello.read(new byte[0], 0, 0, false);
    private Optional<ServerHello> server = Optional.empty();
    private Certificates serverCertificate = Certificates.NONE;
    private Certificates clientCertificate = Certificates.NONE;
    private String serverName = "";
    private String ja4 = "";
    private boolean hello;

    /** Where in a ClientHello its names stand; lengths are 0 where there are none. */
    public record Names(int nameFrom, int nameLength, int alpnFrom, int alpnLength) {}

    /**
     * A ClientHello by its body; the names of the first one are told.
     *
     * @return nothing where it was not the first
     */
    public Optional<Names> clientHello(byte[] b, int from, int to) {
        ClientHello h = ClientHello.read(b, from, to, false);
        client = h;
        if (h.nameLength > 0)
            serverName = new String(b, h.nameFrom, h.nameLength, StandardCharsets.ISO_8859_1);
        if (hello) return Optional.empty();
        hello = true;
        ja4 = Ja4.of(h, 'q');
        return Optional.of(new Names(h.nameFrom, h.nameLength, h.alpnFrom, h.alpnLength));
    }

    /** Another message by its type and body; true where the cipher suite is known by it. */
    public boolean message(boolean ofClient, int type, byte[] b, int from, int to) {
        switch (type) {
            case ServerHello.TYPE -> {
                ServerHello h = ServerHello.read(b, from, to);
                if (ofClient || h.suite < 0 || h.retry()) return false;
                if (server.isPresent()) return false;
                server = Optional.of(h);
                return true;
            }
            case ENCRYPTED_EXTENSIONS -> encryptedExtensions(b, from, to);
            case Certificates.TYPE -> {
                Certificates c = Certificates.read(b, from, to, true);
                if (ofClient) clientCertificate = c;
                else serverCertificate = c;
            }
            default -> {}
        }
        return false;
    }

    private void encryptedExtensions(byte[] b, int from, int to) {
        int end = Vectors.end16(b, from, to);
        if (end < 0 || server.isEmpty()) return;
        for (int i = from + 2; i + 4 <= end; ) {
            int next = i + 4 + Vectors.int16(b, i + 2);
            if (next > end) return;
            if (Vectors.int16(b, i) == ClientHello.ALPN)
                server.get().extension(ClientHello.ALPN, b, i + 4, next);
            i = next;
        }
    }

    /** A ClientHello was seen. */
    public boolean begun() {
        return hello;
    }

    /** A ServerHello was seen. */
    public boolean answered() {
        return server.isPresent();
    }

    public String serverName() {
        return serverName;
    }

    /** The protocol agreed on, else the first one offered, else empty. */
    public String alpn() {
        String agreed = server.map(s -> s.alpn).orElse("");
        return agreed.isEmpty()
                ? new String(client.firstAlpn, StandardCharsets.ISO_8859_1)
                : agreed;
    }

    /** Random of the ClientHello; empty where none was seen. */
    public byte[] random() {
        return client.random;
    }

    /** Number of the suite chosen, -1 while it is not known. */
    public int suite() {
        return server.map(s -> s.suite).orElse(-1);
    }

    public Optional<byte[]> secret(Secrets secrets, Secrets.Label label) {
        byte[] random = client.random;
        return random.length == 32 ? secrets.of(label, random, 0) : Optional.empty();
    }

    /** What was agreed on; the version is that of what carries the handshake. */
    public TlsFacts facts(String version, boolean opened) {
        return new TlsFacts(
                version,
                suite() < 0 ? "" : Suite.name(suite()),
                serverName,
                server.map(s -> s.alpn).orElse(""),
                ja4,
                client.ech,
                serverCertificate.subject(),
                serverCertificate.issuer(),
                clientCertificate.subject(),
                opened);
    }
}
