package dev.telltale.analyze;

import dev.telltale.model.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Stands between a client and a server and writes down what each connection carries. */
final class Wiretap implements AutoCloseable {
    final ServerSocket socket;
    private final int server;
    private final List<List<Transcript.Event>> connections =
            Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> pumps = Collections.synchronizedList(new ArrayList<>());

    Wiretap(int server) throws IOException {
        this.server = server;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** What the connections carried, in the order they were made, as soon as all are closed. */
    List<Transcript> flows(int port) throws InterruptedException {
        for (Thread t : List.copyOf(pumps)) t.join(Duration.ofSeconds(10));
        return soFar(port);
    }

    /** What they carried until now. */
    List<Transcript> soFar(int port) {
        List<Transcript> all = new ArrayList<>();
        for (List<Transcript.Event> events : List.copyOf(connections)) {
            Transcript t = Transcript.tcp().port(port);
            synchronized (events) {
                t.script.addAll(events);
            }
            if (!t.script.isEmpty()) all.add(t);
        }
        return all;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
                List<Transcript.Event> events = Collections.synchronizedList(new ArrayList<>());
                connections.add(events);
                pumps.add(
                        Thread.ofVirtual()
                                .start(() -> pump(client, upstream, Side.INITIATOR, events)));
                pumps.add(
                        Thread.ofVirtual()
                                .start(() -> pump(upstream, client, Side.RESPONDER, events)));
            }
        } catch (IOException e) {
            if (!socket.isClosed()) throw new UncheckedIOException(e);
        }
    }

    private static void pump(Socket from, Socket to, Side side, List<Transcript.Event> events) {
        byte[] b = new byte[8192];
        try {
            for (int n; (n = from.getInputStream().read(b)) >= 0; ) {
                events.add(new Transcript.Event(side, Arrays.copyOf(b, n), 0));
                to.getOutputStream().write(b, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            try {
                to.close();
            } catch (IOException e2) {
                // closed already
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
