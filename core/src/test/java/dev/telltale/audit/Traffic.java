package dev.telltale.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Writes pcap files of TCP and UDP conversations, independently of the code under test. */
public final class Traffic {
    static final long START_MICROS = 1_407_405_600_000_000L; // 2014-08-07T10:00:00Z

    private final List<byte[]> frames = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private long clock = START_MICROS;

    /** What one end says. */
    public record Turn(boolean client, byte[] bytes) {
        static Turn client(String text) {
            return new Turn(true, text.getBytes(StandardCharsets.UTF_8));
        }

        static Turn server(String text) {
            return new Turn(false, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    Traffic at(long micros) {
        clock = micros;
        return this;
    }

    /**
     * A TCP conversation in segments of at most {@code mss} bytes, those of one turn shuffled by
     * {@code order} if given.
     */
    public Traffic tcp(
            String client,
            int port,
            String server,
            int serverPort,
            int mss,
            Random order,
            Turn... turns) {
        long[] seq = {1000, 0xffff_fff0L};
        frame(tcpFrame(client, port, server, serverPort, seq[0]++, 0, 0x02, new byte[0]));
        frame(tcpFrame(server, serverPort, client, port, seq[1]++, seq[0], 0x12, new byte[0]));
        frame(tcpFrame(client, port, server, serverPort, seq[0], seq[1], 0x10, new byte[0]));
        for (Turn turn : turns) {
            int me = turn.client ? 0 : 1;
            List<byte[]> segments = new ArrayList<>();
            for (int at = 0; at < turn.bytes.length; ) {
                int n =
                        Math.min(
                                order == null ? mss : 1 + order.nextInt(mss),
                                turn.bytes.length - at);
                byte[] piece = java.util.Arrays.copyOfRange(turn.bytes, at, at + n);
                segments.add(
                        turn.client
                                ? tcpFrame(
                                        client,
                                        port,
                                        server,
                                        serverPort,
                                        seq[0] + at,
                                        seq[1],
                                        0x18,
                                        piece)
                                : tcpFrame(
                                        server,
                                        serverPort,
                                        client,
                                        port,
                                        seq[1] + at,
                                        seq[0],
                                        0x18,
                                        piece));
                if (order != null && order.nextInt(8) == 0) segments.add(segments.getLast());
                at += n;
            }
            seq[me] += turn.bytes.length;
            if (order != null) Collections.shuffle(segments, order);
            segments.forEach(this::frame);
        }
        frame(tcpFrame(client, port, server, serverPort, seq[0]++, seq[1], 0x11, new byte[0]));
        frame(tcpFrame(server, serverPort, client, port, seq[1]++, seq[0], 0x11, new byte[0]));
        frame(tcpFrame(client, port, server, serverPort, seq[0], seq[1], 0x10, new byte[0]));
        return this;
    }

    /** One segment of a connection whose first byte has number 1. */
    Traffic segment(
            String client, int port, String server, int serverPort, int number, byte[] payload) {
        frame(tcpFrame(client, port, server, serverPort, number, 1, 0x18, payload));
        return this;
    }

    public Traffic udp(String from, int port, String to, int toPort, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
        b.putShort((short) port)
                .putShort((short) toPort)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0);
        b.put(payload);
        frame(ip(from, to, 17, b.array()));
        return this;
    }

    Traffic arp() {
        byte[] f = new byte[42];
        f[12] = 0x08;
        f[13] = 0x06;
        frame(f);
        return this;
    }

    private void frame(byte[] f) {
        frames.add(f);
        times.add(clock);
        clock += 1_000;
    }

    private static byte[] tcpFrame(
            String from,
            int port,
            String to,
            int toPort,
            long seq,
            long ack,
            int flags,
            byte[] data) {
        ByteBuffer b = ByteBuffer.allocate(20 + data.length);
        b.putShort((short) port).putShort((short) toPort).putInt((int) seq).putInt((int) ack);
        b.put((byte) 0x50).put((byte) flags).putShort((short) 65535).putInt(0).put(data);
        return ip(from, to, 6, b.array());
    }

    private static byte[] ip(String from, String to, int protocol, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(14 + 20 + payload.length);
        b.put(mac(to)).put(mac(from)).putShort((short) 0x0800);
        b.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length)).putInt(0);
        b.put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(address(from))
                .put(address(to))
                .put(payload);
        return b.array();
    }

    private static byte[] mac(String ip) {
        byte[] a = address(ip);
        return new byte[] {2, 0, a[0], a[1], a[2], a[3]};
    }

    private static byte[] address(String ip) {
        String[] p = ip.split("\\.");
        byte[] a = new byte[4];
        for (int i = 0; i < 4; i++) a[i] = (byte) Integer.parseInt(p[i]);
        return a;
    }

    byte[] pcap() {
        int size = 24 + frames.stream().mapToInt(f -> 16 + f.length).sum();
        ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(262_144)
                .putInt(1);
        for (int i = 0; i < frames.size(); i++) {
            long t = times.get(i);
            b.putInt((int) (t / 1_000_000)).putInt((int) (t % 1_000_000));
            b.putInt(frames.get(i).length).putInt(frames.get(i).length).put(frames.get(i));
        }
        return b.array();
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, pcap());
    }
}
