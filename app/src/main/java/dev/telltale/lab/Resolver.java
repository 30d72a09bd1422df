package dev.telltale.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The lab's name server: real UDP on loopback, answers from its own short list, asks nobody else.
 */
final class Resolver implements AutoCloseable {
    private final DatagramSocket socket;
    private final Map<String, Ip4> zone;

    Resolver(Map<String, Ip4> zone) throws IOException {
        this.zone = Map.copyOf(zone);
        this.socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().name("lab-resolver").start(this::serve);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void serve() {
        byte[] buffer = new byte[512];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
                Optional<Ip4> known = Optional.ofNullable(zone.get(Dns.asked(query)));
                byte[] response = Dns.response(query, known);
                socket.send(
                        new DatagramPacket(response, response.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closed while waiting, or not a query: whoever asked gets no answer and says so.
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
