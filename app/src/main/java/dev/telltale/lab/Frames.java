package dev.telltale.lab;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Puts a recording into Ethernet frames: IPv4 (RFC 791), UDP (RFC 768), TCP (RFC 9293) with
 * timestamps (RFC 7323). The payloads and their order are what passed the tap; handshakes, segment
 * borders and acknowledgements are made here as two ordinary stacks would have made them.
 */
final class Frames {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int PSH = 8;
    private static final int ACK = 16;
    private static final int UDP = 17;
    private static final int TCP = 6;

    private final RandomGenerator random;
    private final Ip4 handset;
    private final byte[] handsetMac;
    private final byte[] gatewayMac;
    private final List<Frame> frames = new ArrayList<>();
    private int handsetIpId;

    /** One frame, from its Ethernet header on. */
    record Frame(Instant at, byte[] bytes) {}

    private Frames(RandomGenerator random, Ip4 handset, String handsetMac, String gatewayMac) {
        this.random = random;
        this.handset = handset;
        this.handsetMac = mac(handsetMac);
        this.gatewayMac = mac(gatewayMac);
        this.handsetIpId = random.nextInt(1 << 16);
    }

    /** All frames of a recording in the order of time. */
    static List<Frame> of(
            Recording recording,
            RandomGenerator random,
            Ip4 handset,
            String handsetMac,
            String gatewayMac) {
        Frames f = new Frames(random, handset, handsetMac, gatewayMac);
        for (Recording.Datagram d : recording.datagrams()) f.datagram(d);
        for (Recording.Conversation c : recording.conversations()) f.conversation(c);
        f.frames.sort(Comparator.comparing(Frame::at));
        return f.frames;
    }

    private void datagram(Recording.Datagram d) {
        int length = 8 + d.payload().length;
        ByteBuffer udp = ByteBuffer.allocate(length);
        udp.putShort((short) d.from().port()).putShort((short) d.to().port());
        udp.putShort((short) length).putShort((short) 0).put(d.payload());
        int sum = checksum(udp.array(), pseudoHeader(d.from().ip(), d.to().ip(), UDP, length));
        // A sum of zero would say that there is none.
        udp.putShort(6, (short) (sum == 0 ? 0xffff : sum));
        frame(d.at(), d.from().ip(), d.to().ip(), UDP, udp.array());
    }

    /** One side of a connection. */
    private static final class Side {
        private final Ip4.Port at;
        private final int timestamp;
        private int next;

        private Side(Ip4.Port at, int firstSequence, int timestamp) {
            this.at = at;
            this.next = firstSequence;
            this.timestamp = timestamp;
        }
    }

    private void conversation(Recording.Conversation c) {
        Side client = new Side(c.client(), random.nextInt(), random.nextInt(1 << 24));
        Side server = new Side(c.server(), random.nextInt(), random.nextInt(1 << 30));
        Connection tcp = new Connection(client, server, c.opened());
        tcp.send(c.opened(), true, SYN, new byte[0]);
        Instant accepted = plus(c.opened(), c.roundTrip());
        tcp.send(accepted, false, SYN | ACK, new byte[0]);
        tcp.send(plus(accepted, 60), true, ACK, new byte[0]);
        for (Recording.Turn turn : c.turns()) tcp.turn(turn, c.roundTrip());
        c.closed()
                .ifPresent(at -> {
                    tcp.send(at, true, FIN | ACK, new byte[0]);
                    tcp.send(plus(at, c.roundTrip()), false, FIN | ACK, new byte[0]);
                    tcp.send(plus(at, c.roundTrip() + 60), true, ACK, new byte[0]);
                });
    }

    /** What the far side will acknowledge when it gets there. */
    private record Acknowledgment(Instant at, int number) {}

    private final class Connection {
        private final Side client;
        private final Side server;
        private final Instant since;
        private int lastClientTimestamp;
        private int lastServerTimestamp;

        private Connection(Side client, Side server, Instant since) {
            this.client = client;
            this.server = server;
            this.since = since;
        }

        private void turn(Recording.Turn turn, long roundTrip) {
            byte[] bytes = turn.bytes();
            Side speaker = turn.fromClient() ? client : server;
            List<Acknowledgment> onTheirWay = new ArrayList<>();
            int segments = 0;
            Instant at = turn.at();
            for (int from = 0; from < bytes.length; from += Recording.SEGMENT) {
                int length = Math.min(Recording.SEGMENT, bytes.length - from);
                boolean last = from + length == bytes.length;
                byte[] payload = new byte[length];
                System.arraycopy(bytes, from, payload, 0, length);
                send(at, turn.fromClient(), last ? PSH | ACK : ACK, payload);
                segments++;
                // The receiver acknowledges every second segment and the last one.
                if (segments % 2 == 0 || last) {
                    if (turn.fromClient()) {
                        onTheirWay.add(new Acknowledgment(plus(at, roundTrip), speaker.next));
                    } else {
                        send(plus(at, 30), true, ACK, new byte[0]);
                    }
                }
                at = plus(at, Recording.SEGMENT_MICROS);
            }
            for (Acknowledgment a : onTheirWay) {
                send(a.at(), false, ACK, new byte[0], a.number());
            }
        }

        private void send(Instant at, boolean fromClient, int flags, byte[] payload) {
            send(at, fromClient, flags, payload, fromClient ? server.next : client.next);
        }

        /**
         * <pre>
         * +--------+--------+----------+----------------+---------------+
         * | source | dest.  | sequence | acknowledgment | offset, flags |
         * +--------+--------+----------+----------------+---------------+
         * | window | checksum | urgent | options | payload              |
         * +--------+----------+--------+---------+----------------------+
         * </pre>
         */
        private void send(
                Instant at, boolean fromClient, int flags, byte[] payload, int acknowledged) {
            Side from = fromClient ? client : server;
            Side to = fromClient ? server : client;
            boolean first = (flags & SYN) != 0;
            int header = first ? 40 : 32;
            ByteBuffer tcp = ByteBuffer.allocate(header + payload.length);
            tcp.putShort((short) from.at.port()).putShort((short) to.at.port());
            tcp.putInt(from.next).putInt((flags & ACK) != 0 ? acknowledged : 0);
            tcp.putShort((short) ((header / 4) << 12 | flags));
            tcp.putShort((short) (first ? 65535 : 2048)).putShort((short) 0).putShort((short) 0);
            if (first) {
                // Largest segment 1460, selective acknowledgements.
                tcp.put(new byte[] {2, 4, 0x05, (byte) 0xb4, 4, 2});
                timestamps(tcp, at, fromClient, (flags & ACK) != 0);
                // Padding, window scale 6.
                tcp.put(new byte[] {1, 3, 3, 6});
            } else {
                tcp.put(new byte[] {1, 1});
                timestamps(tcp, at, fromClient, true);
            }
            tcp.put(payload);
            int[] pseudo = pseudoHeader(from.at.ip(), to.at.ip(), TCP, tcp.capacity());
            tcp.putShort(16, (short) checksum(tcp.array(), pseudo));
            from.next += payload.length + ((flags & (SYN | FIN)) != 0 ? 1 : 0);
            frame(at, from.at.ip(), to.at.ip(), TCP, tcp.array());
        }

        private void timestamps(ByteBuffer tcp, Instant at, boolean fromClient, boolean echo) {
            Side from = fromClient ? client : server;
            int value = from.timestamp + (int) ((micros(at) - micros(since)) / 1000);
            int other = fromClient ? lastServerTimestamp : lastClientTimestamp;
            tcp.put((byte) 8).put((byte) 10).putInt(value).putInt(echo ? other : 0);
            if (fromClient) lastClientTimestamp = value;
            else lastServerTimestamp = value;
        }
    }

    private void frame(Instant at, Ip4 from, Ip4 to, int protocol, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(14 + 20 + payload.length);
        boolean leaving = from.equals(handset);
        out.put(leaving ? gatewayMac : handsetMac).put(leaving ? handsetMac : gatewayMac);
        out.putShort((short) 0x0800);
        out.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length));
        out.putShort((short) (leaving ? handsetIpId++ : random.nextInt(1 << 16)));
        out.putShort((short) 0x4000).put((byte) (leaving ? 64 : 49)).put((byte) protocol);
        out.putShort((short) 0).putInt(from.bits()).putInt(to.bits());
        byte[] header = new byte[20];
        out.get(14, header);
        out.putShort(24, (short) checksum(header, new int[0]));
        out.put(payload);
        frames.add(new Frame(at, out.array()));
    }

    private static int[] pseudoHeader(Ip4 from, Ip4 to, int protocol, int length) {
        return new int[] {
            from.bits() >>> 16,
            from.bits() & 0xffff,
            to.bits() >>> 16,
            to.bits() & 0xffff,
            protocol,
            length
        };
    }

    /** The Internet checksum (RFC 1071) over {@code bytes} and more 16-bit words. */
    private static int checksum(byte[] bytes, int[] words) {
        long sum = 0;
        for (int word : words) sum += word;
        for (int i = 0; i < bytes.length; i++) {
            sum += (long) (bytes[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
        return (int) ~sum & 0xffff;
    }

    private static byte[] mac(String text) {
        byte[] mac = HexFormat.ofDelimiter(":").parseHex(text);
        if (mac.length != 6) throw new IllegalArgumentException(text + " is no MAC address");
        return mac;
    }

    private static Instant plus(Instant at, long micros) {
        return at.plusNanos(micros * 1000);
    }

    static long micros(Instant at) {
        return at.getEpochSecond() * 1_000_000 + at.getNano() / 1000;
    }
}
