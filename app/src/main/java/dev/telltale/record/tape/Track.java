package dev.telltale.record.tape;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One connection on the tape, as segments of TCP. Not thread-safe: a connection belongs to one
 * thread.
 *
 * <p>It may be held: then what passes waits in memory until it is known whether it is to be told,
 * and with which comments.
 */
public final class Track {
    /** An IP packet has at most 65,535 bytes. */
    private static final int SEGMENT = 65_000;

    /** A handshake is shorter; what comes after is not held. */
    private static final int MOST_HELD = 512 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Tape tape;
    private final Reel reel;
    private final TcpHeaders toServer;
    private final TcpHeaders toClient;

    // Where a client uses one connection to the recorder for several to the same server, all that
    // tells them apart is where they begin to count.
    private int clientNext = ThreadLocalRandom.current().nextInt();
    private int serverNext = ThreadLocalRandom.current().nextInt();
    private boolean clientDone;
    private boolean serverDone;
    private boolean over;

    private final List<Held> held = new ArrayList<>();
    private int heldBytes;
    private boolean holding;
    private List<String> comments = List.of();
    private String random = "";

    /** What waits: keys, or a packet. */
    private sealed interface Held {}

    private record Keys(byte[] line) implements Held {}

    private record Packet(long micros, byte[] headers, ByteBuffer payload) implements Held {}

    Track(Tape tape, Reel reel, InetSocketAddress client, InetSocketAddress server) {
        this.tape = tape;
        this.reel = reel;
        this.toServer = new TcpHeaders(client, server);
        this.toClient = new TcpHeaders(server, client);
        reel.enter();
    }

    /** Keeps what passes until {@link #release} or {@link #discard}. To be called first. */
    public void hold() {
        holding = true;
    }

    /** The connection stands. */
    public void opened(List<String> remarks) {
        comments = remarks;
        packet(true, TcpHeaders.SYN, NOTHING, 1);
        packet(false, TcpHeaders.SYN | TcpHeaders.ACK, NOTHING, 1);
        packet(true, TcpHeaders.ACK, NOTHING, 0);
    }

    /** A line of a key log. To come before the bytes it opens. */
    public void keys(String line) {
        if (random.isEmpty()) random = line.split(" ", 3)[1];
        byte[] bytes = (line + "\n").getBytes(US_ASCII);
        if (holding) held.add(new Keys(bytes));
        else reel.keys(bytes);
    }

    /** The client random of its TLS, in hex, once there were keys. */
    public String random() {
        return random;
    }

    /** Bytes that passed, from the buffer's position to its limit. */
    public void bytes(boolean fromClient, ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            int n = Math.min(SEGMENT, bytes.remaining());
            ByteBuffer part = bytes.slice(bytes.position(), n);
            bytes.position(bytes.position() + n);
            packet(fromClient, TcpHeaders.ACK | TcpHeaders.PSH, part, n);
        }
    }

    /** One side has said all. */
    public void finished(boolean client) {
        if (client ? clientDone : serverDone) return;
        packet(client, TcpHeaders.FIN | TcpHeaders.ACK, NOTHING, 1);
        if (client) clientDone = true;
        else serverDone = true;
    }

    /** One side broke off. */
    public void reset(boolean client) {
        if (clientDone && serverDone) return;
        packet(client, TcpHeaders.RST | TcpHeaders.ACK, NOTHING, 0);
        clientDone = serverDone = true;
    }

    /**
     * What was held is to be told.
     *
     * @param remarks on its first packet, instead of those it was opened with
     */
    public void release(List<String> remarks) {
        comments = remarks;
        release();
    }

    private void release() {
        holding = false;
        for (Held h : held) {
            switch (h) {
                case Keys k -> reel.keys(k.line());
                case Packet p -> {
                    reel.packet(p.micros(), p.headers(), p.payload(), comments);
                    comments = List.of();
                }
            }
        }
        held.clear();
    }

    /** What was held is not to be told, and nothing more. */
    public void discard() {
        held.clear();
        holding = false;
        clientDone = serverDone = true;
        end();
    }

    /** Nothing more comes. */
    public void end() {
        if (over) return;
        over = true;
        if (holding) release();
        if (reel.leave()) tape.retire(reel);
    }

    private void packet(boolean fromClient, int flags, ByteBuffer payload, int advance) {
        if (over) return;
        byte[] headers =
                fromClient
                        ? toServer.of(clientNext, serverNext, flags, payload.remaining())
                        : toClient.of(serverNext, clientNext, flags, payload.remaining());
        if (fromClient) clientNext += advance;
        else serverNext += advance;
        long micros = tape.clock().micros();
        if (holding) {
            ByteBuffer copy = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
            held.add(new Packet(micros, headers, copy));
            heldBytes += copy.remaining();
            if (heldBytes > MOST_HELD) release();
            return;
        }
        reel.packet(micros, headers, payload, comments);
        comments = List.of();
    }
}
