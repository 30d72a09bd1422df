package dev.telltale.lab;

import dev.telltale.tap.CertificateAuthority;

import org.bouncycastle.tls.TlsFatalAlertReceived;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/**
 * The vendor's servers on loopback: HTTP/1.1 (RFC 9112), the same and HTTP/2 in TLS, and a protocol
 * of the vendor's own; a service for each host name. Plain sockets, because every byte of an answer
 * must depend on the lab's clock and seed alone.
 */
final class VendorCloud implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 15_000;
    private static final int LONGEST_BODY = 1 << 20;
    private static final int CHUNK = 1024;
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final ServerSocket plain = listening();
    private final ServerSocket secure = listening();
    private final ServerSocket raw = listening();
    private final Map<String, Service> hosts;
    private final LabClock clock;
    private final Optional<Identity> identity;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<IOException> troubles = new ArrayList<>();

    /**
     * How the servers show who they are.
     *
     * @param seed of their random numbers
     */
    record Identity(CertificateAuthority authority, long seed) {}

    /** Without TLS. */
    VendorCloud(Map<String, Service> hosts, LabClock clock) throws IOException {
        this(hosts, clock, Optional.empty());
    }

    VendorCloud(Map<String, Service> hosts, LabClock clock, Optional<Identity> identity)
            throws IOException {
        this.hosts = Map.copyOf(hosts);
        this.clock = clock;
        this.identity = identity;
        Thread.ofVirtual().name("lab-cloud").start(() -> accept(plain, this::speakHttp));
        Thread.ofVirtual().name("lab-cloud-tls").start(() -> accept(secure, this::speakTls));
        Thread.ofVirtual().name("lab-cloud-raw").start(() -> accept(raw, OwnCrypto::answer));
    }

    private static ServerSocket listening() throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return server;
    }

    /** What one connection brought and got, as the server's socket saw it. */
    static final class Ledger {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

        synchronized byte[] received() {
            return received.toByteArray();
        }

        synchronized byte[] sent() {
            return sent.toByteArray();
        }

        private synchronized void receive(byte[] bytes, int offset, int length) {
            received.write(bytes, offset, length);
        }

        private synchronized void send(byte[] bytes) {
            sent.writeBytes(bytes);
        }
    }

    /** Where HTTP is spoken. */
    InetSocketAddress address() {
        return (InetSocketAddress) plain.getLocalSocketAddress();
    }

    /** Where TLS is spoken. */
    InetSocketAddress secureAddress() {
        return (InetSocketAddress) secure.getLocalSocketAddress();
    }

    /** Where the vendor's own protocol is spoken. */
    InetSocketAddress rawAddress() {
        return (InetSocketAddress) raw.getLocalSocketAddress();
    }

    /** In the order of the connections. */
    List<Ledger> ledgers() {
        synchronized (ledgers) {
            return List.copyOf(ledgers);
        }
    }

    /**
     * @throws IOException the first thing that went wrong on a connection, where something did
     */
    void check() throws IOException {
        synchronized (troubles) {
            if (!troubles.isEmpty()) throw new IOException(troubles.getFirst());
        }
    }

    /** What goes over a connection once it stands. */
    private interface Speaking {
        void over(InputStream in, Held out, int connection) throws IOException;
    }

    private void accept(ServerSocket server, Speaking speaking) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Ledger ledger = new Ledger();
                int connection;
                synchronized (ledgers) {
                    connection = ledgers.size();
                    ledgers.add(ledger);
                }
                Thread.ofVirtual()
                        .name("lab-connection")
                        .start(() -> serve(socket, ledger, connection, speaking));
            } catch (IOException e) {
                if (!server.isClosed()) trouble(e);
            }
        }
    }

    private void serve(Socket socket, Ledger ledger, int connection, Speaking speaking) {
        try (socket) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            Held out = new Held(new Sent(socket.getOutputStream(), ledger));
            InputStream in =
                    new BufferedInputStream(new Noted(socket.getInputStream(), ledger, out));
            // Who speaks reads to the end, and what is held goes out before each reading.
            speaking.over(in, out, connection);
        } catch (IOException e) {
            if (!plain.isClosed()) trouble(e);
        } finally {
            open.remove(socket);
        }
    }

    private void speakTls(InputStream in, Held out, int connection) throws IOException {
        if (identity.isEmpty()) throw new IOException("This cloud has no certificate");
        SecureRandom random = new SeededRandom(identity.get().seed() + connection);
        Tls.Session session;
        try {
            session =
                    Tls.accept(
                            in, out, identity.get().authority(), List.of("h2", "http/1.1"), random);
        } catch (TlsFatalAlertReceived e) {
            // A phone that does not trust the certificate hangs up; that is its right.
            return;
        }
        if (session.protocol().equals("h2")) {
            Http2.serve(session.in(), session.out(), r -> answer(r));
        } else {
            speakHttp(new BufferedInputStream(session.in()), session.out());
        }
    }

    private void speakHttp(InputStream in, Held out, int connection) throws IOException {
        speakHttp(in, out);
    }

    private void speakHttp(InputStream in, OutputStream out) throws IOException {
        while (true) {
            in.mark(1);
            if (in.read() < 0) return;
            in.reset();
            out.write(bytes(answer(request(in))));
        }
    }

    private Service.Response answer(Service.Request request) throws IOException {
        Service service = hosts.get(request.host());
        if (service == null) throw new IOException("The cloud has no host " + request.host());
        return service.answer(request);
    }

    private void trouble(IOException e) {
        synchronized (troubles) {
            troubles.add(e);
        }
    }

    private static Service.Request request(InputStream in) throws IOException {
        String[] words = PhoneHttp.line(in).split(" ", -1);
        if (words.length != 3 || !words[2].equals("HTTP/1.1")) {
            throw new IOException("Not an HTTP/1.1 request");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = PhoneHttp.line(in); !line.isEmpty(); line = PhoneHttp.line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1) throw new IOException("Not a header: " + line);
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        if (length < 0 || length > LONGEST_BODY) throw new IOException("A body of " + length);
        byte[] body = in.readNBytes(length);
        if (body.length < length) throw new EOFException("The request breaks off");
        return new Service.Request(words[0], words[1], headers, body);
    }

    private byte[] bytes(Service.Response response) throws IOException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder();
        head.append("HTTP/1.1 ").append(response.status()).append(' ').append(response.reason());
        head.append("\r\nServer: telltale-lab (re-enactment)\r\nDate: ");
        head.append(HTTP_DATE.format(clock.now())).append("\r\n");
        if (!response.contentType().isEmpty()) {
            head.append("Content-Type: ").append(response.contentType()).append("\r\n");
        }
        switch (response.dress()) {
            case LENGTH -> {
                if (response.status() != 204) {
                    head.append("Content-Length: ").append(body.length).append("\r\n");
                }
            }
            case CHUNKED -> {
                head.append("Transfer-Encoding: chunked\r\n");
                body = chunks(body);
            }
            case GZIP -> {
                body = gzip(body);
                head.append("Content-Encoding: gzip\r\nContent-Length: ").append(body.length);
                head.append("\r\n");
            }
        }
        head.append("Connection: keep-alive\r\n\r\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] chunks(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = 0; from < body.length; from += CHUNK) {
            int length = Math.min(CHUNK, body.length - from);
            out.writeBytes(
                    (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(body, from, length);
            out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }

    @Override
    public void close() throws IOException {
        plain.close();
        secure.close();
        raw.close();
        for (Socket socket : open) socket.close();
    }

    /** Notes down what is read; before it waits, what is held back goes out. */
    private static final class Noted extends FilterInputStream {
        private final Ledger ledger;
        private final Held held;

        private Noted(InputStream in, Ledger ledger, Held held) {
            super(in);
            this.ledger = ledger;
            this.held = held;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        /** The socket is closed by whoever opened it. */
        @Override
        public void close() {}

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            held.release();
            int n = super.read(bytes, offset, length);
            if (n > 0) ledger.receive(bytes, offset, n);
            return n;
        }
    }

    /** Notes down what is written, before it leaves. */
    private static final class Sent extends FilterOutputStream {
        private final Ledger ledger;

        private Sent(OutputStream out, Ledger ledger) {
            super(out);
            this.ledger = ledger;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ledger.send(Arrays.copyOfRange(bytes, offset, offset + length));
            out.write(bytes, offset, length);
        }
    }
}
