package dev.telltale.analyze;

import dev.telltale.model.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Stands between clients and a server on loopback and notes what each connection carried. */
final class Tap implements AutoCloseable {
    private final ServerSocket near;
    private final int far;
    private final List<List<Transcript.Event>> connections = new ArrayList<>();
    private final List<Thread> pumps = new ArrayList<>();

    Tap(int port) throws IOException {
        near = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        far = port;
        Thread t = new Thread(this::accept);
        t.setDaemon(true);
        t.start();
    }

    int port() {
        return near.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket a = near.accept();
                Socket b = new Socket(InetAddress.getLoopbackAddress(), far);
                List<Transcript.Event> events = new ArrayList<>();
                synchronized (this) {
                    connections.add(events);
                    pumps.add(Openssl.pump(a, b, Side.INITIATOR, events));
                    pumps.add(Openssl.pump(b, a, Side.RESPONDER, events));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    /** What was noted so far, once the connections are over. */
    List<List<Transcript.Event>> recorded() throws InterruptedException {
        List<Thread> all;
        synchronized (this) {
            all = List.copyOf(pumps);
        }
        for (Thread t : all) t.join(2_000);
        List<List<Transcript.Event>> out = new ArrayList<>();
        synchronized (this) {
            for (List<Transcript.Event> events : connections)
                synchronized (events) {
                    out.add(List.copyOf(events));
                }
            connections.clear();
            pumps.clear();
        }
        return out;
    }

    @Override
    public void close() throws IOException {
        near.close();
    }
}
