package dev.telltale.lab;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The handset's way out, with the tap in it. Names are asked for at the lab's resolver; every
 * connection ends at a server of the lab on loopback, whatever the address was. What passes is
 * recorded as it is read and written.
 */
final class Uplink {
    private static final int TIMEOUT_MILLIS = 15_000;

    private final Ip4 handset;
    private final Ip4.Port nameServer;
    private final InetSocketAddress resolver;
    private final Map<Ip4.Port, InetSocketAddress> servers;
    private final LabClock clock;
    private final RandomGenerator random;
    private final Recording recording;
    private final Map<String, Known> names = new HashMap<>();
    private int nextPort;

    /**
     * @param nameServer the resolver's address on the lab's network
     * @param resolver where it really listens
     * @param servers where the addresses of the lab's network really lead
     */
    Uplink(
            Ip4 handset,
            Ip4.Port nameServer,
            InetSocketAddress resolver,
            Map<Ip4.Port, InetSocketAddress> servers,
            LabClock clock,
            RandomGenerator random,
            Recording recording) {
        this.handset = handset;
        this.nameServer = nameServer;
        this.resolver = resolver;
        this.servers = Map.copyOf(servers);
        this.clock = clock;
        this.random = random;
        this.recording = recording;
        this.nextPort = random.nextInt(32768, 50000);
    }

    /** An open connection; both directions pass the tap. */
    final class Link implements AutoCloseable {
        private final Socket socket;
        private final Recording.Conversation tap;
        private final Held held;
        private InputStream in;
        private OutputStream out;
        private String protocol = "";
        private Tls.Closing goodbye = () -> {};

        private Link(Socket socket, Recording.Conversation tap) throws IOException {
            this.socket = socket;
            this.tap = tap;
            this.held = new Held(new TappedOutput(socket.getOutputStream(), tap));
            this.in = new BufferedInputStream(new TappedInput(socket.getInputStream(), tap, held));
            this.out = held;
        }

        /** Puts TLS on; from here on the streams carry what is inside. */
        void secure(String host, Tls.Trust trust) throws IOException {
            Tls.Session session =
                    Tls.connect(in, out, host, trust, new SeededRandom(random.nextLong()));
            in = session.in();
            out = session.out();
            protocol = session.protocol();
            goodbye = session.closing();
        }

        /** What ALPN chose, or empty. */
        String protocol() {
            return protocol;
        }

        InputStream in() {
            return in;
        }

        OutputStream out() {
            return out;
        }

        /** The answer is there: time passes until its last segment came and it was understood. */
        void settle() {
            clock.advanceMicros(tap.turnMicros() + between(1_000, 8_000));
            tap.endTurn();
        }

        @Override
        public void close() throws IOException {
            clock.advanceMicros(between(500, 1500));
            try (socket) {
                goodbye.close();
                held.release();
            } finally {
                tap.closed(clock.now());
            }
        }
    }

    Link connect(String host, int port) throws IOException {
        Ip4.Port to = new Ip4.Port(resolve(host), port);
        InetSocketAddress real = servers.get(to);
        if (real == null) throw new IOException("Nobody listens at " + to);
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(loopback(real), TIMEOUT_MILLIS);
            long roundTrip = between(38_000, 62_000);
            Ip4.Port from = new Ip4.Port(handset, nextPort++);
            Recording.Conversation tap = recording.open(clock.now(), from, to, roundTrip);
            clock.advanceMicros(roundTrip + between(300, 900));
            return new Link(socket, tap);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Asks for a name, whether there is such a host or not. */
    void lookUp(String host) throws IOException {
        ask(host);
    }

    /** A question and what came back. */
    private record Asked(byte[] query, byte[] response) {}

    /** An answer of the resolver, kept as long as it said. */
    private record Known(Ip4 address, Instant until) {}

    private Ip4 resolve(String host) throws IOException {
        Known known = names.get(host);
        if (known != null && clock.now().isBefore(known.until())) return known.address();
        Asked asked = ask(host);
        Ip4 address = Dns.address(asked.query(), asked.response());
        names.put(host, new Known(address, clock.now().plusSeconds(Dns.TTL_SECONDS)));
        return address;
    }

    private Asked ask(String host) throws IOException {
        byte[] query = Dns.query(random.nextInt(1 << 16), host);
        Ip4.Port from = new Ip4.Port(handset, random.nextInt(10_000, 32_000));
        byte[] response;
        try (DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.send(new DatagramPacket(query, query.length, loopback(resolver)));
            recording.datagram(clock.now(), from, nameServer, query);
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            response = Arrays.copyOf(packet.getData(), packet.getLength());
        }
        clock.advanceMicros(between(4_000, 21_000));
        recording.datagram(clock.now(), nameServer, from, response);
        clock.advanceMicros(between(200, 600));
        return new Asked(query, response);
    }

    /** The lab talks to nobody but itself. */
    private static InetSocketAddress loopback(InetSocketAddress address) throws IOException {
        if (!address.getAddress().isLoopbackAddress()) {
            throw new IOException("The lab does not connect to " + address);
        }
        return address;
    }

    private long between(int low, int high) {
        return random.nextInt(low, high);
    }

    private final class TappedInput extends FilterInputStream {
        private final Recording.Conversation tap;
        private final Held held;

        private TappedInput(InputStream in, Recording.Conversation tap, Held held) {
            super(in);
            this.tap = tap;
            this.held = held;
        }

        /** The link closes the socket, after its last words. */
        @Override
        public void close() {}

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            held.release();
            int n = super.read(bytes, offset, length);
            if (n > 0) {
                // In how many pieces the kernel hands an answer over is chance: it is one turn.
                if (tap.turnIsClients()) {
                    clock.advanceMicros(
                            tap.turnMicros() + tap.roundTrip() + between(4_000, 30_000));
                }
                tap.bytes(clock.now(), false, bytes, offset, n);
            }
            return n;
        }
    }

    private final class TappedOutput extends FilterOutputStream {
        private final Recording.Conversation tap;

        private TappedOutput(OutputStream out, Recording.Conversation tap) {
            super(out);
            this.tap = tap;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            // In the midst of a handshake: the other side's segments have to arrive first.
            if (tap.turnIsServers()) clock.advanceMicros(tap.turnMicros() + between(300, 2_000));
            tap.bytes(clock.now(), true, bytes, offset, length);
            out.write(bytes, offset, length);
        }
    }
}
