package dev.telltale.dissect;

import dev.telltale.model.Packet;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Builds frames for tests, straight from the RFCs' drawings. */
final class Wire {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;
    static final byte[] PHONE_MAC = hex("020000000001");
    static final byte[] ROUTER_MAC = hex("0200000000fe");

    private Wire() {}

    static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replace(" ", ""));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] p : parts) out.writeBytes(p);
        return out.toByteArray();
    }

    /** {@code 192.0.2.1} or eight hex groups without {@code ::}. */
    static byte[] ip(String s) {
        if (s.indexOf(':') < 0) {
            byte[] b = new byte[4];
            String[] p = s.split("\\.");
            for (int i = 0; i < 4; i++) b[i] = (byte) Integer.parseInt(p[i]);
            return b;
        }
        ByteBuffer b = ByteBuffer.allocate(16);
        for (String g : s.split(":")) b.putShort((short) Integer.parseInt(g, 16));
        return b.array();
    }

    static byte[] tcp(int sport, int dport, long seq, long ack, int flags, byte[] payload) {
        byte[] options = (flags & SYN) != 0 ? hex("020405b4") : hex("0101080a0000000100000002");
        ByteBuffer b = ByteBuffer.allocate(20 + options.length + payload.length);
        b.putShort((short) sport).putShort((short) dport).putInt((int) seq).putInt((int) ack);
        b.put((byte) ((20 + options.length) / 4 << 4))
                .put((byte) flags)
                .putShort((short) 65535)
                .putInt(0);
        return b.put(options).put(payload).array();
    }

    static byte[] udp(int sport, int dport, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(8 + payload.length);
        b.putShort((short) sport)
                .putShort((short) dport)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0);
        return b.put(payload).array();
    }

    static byte[] ip4(String from, String to, int protocol, byte[] payload) {
        return ip4(from, to, protocol, 0x4000, 7, new byte[0], payload);
    }

    /**
     * @param fragmentation flags and offset in 8-byte units
     */
    static byte[] ip4(
            String from,
            String to,
            int protocol,
            int fragmentation,
            int id,
            byte[] options,
            byte[] payload) {
        int header = 20 + options.length;
        ByteBuffer b = ByteBuffer.allocate(header + payload.length);
        b.put((byte) (0x40 | header / 4)).put((byte) 0).putShort((short) (header + payload.length));
        b.putShort((short) id)
                .putShort((short) fragmentation)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0);
        return b.put(ip(from)).put(ip(to)).put(options).put(payload).array();
    }

    /**
     * @param payload extension headers, then what they lead to; {@code next} names the first
     */
    static byte[] ip6(String from, String to, int next, byte[] payload) {
        ByteBuffer b = ByteBuffer.allocate(40 + payload.length);
        b.putInt(0x60000000).putShort((short) payload.length).put((byte) next).put((byte) 64);
        return b.put(ip(from)).put(ip(to)).put(payload).array();
    }

    static byte[] ethernet(byte[] from, byte[] to, int type, byte[] payload) {
        return join(to, from, new byte[] {(byte) (type >> 8), (byte) type}, payload);
    }

    static Packet packet(byte[] frame, long number, long nanos) {
        return packet(frame, frame.length, 1, number, nanos);
    }

    /**
     * @param captured what a snap length leaves of {@code frame}
     */
    static Packet packet(byte[] frame, int captured, int linkType, long number, long nanos) {
        Packet p = new Packet();
        // The frame does not start at 0 and something foreign follows it, as in a file.
        byte[] file = new byte[captured + 11];
        Arrays.fill(file, (byte) 0x45);
        System.arraycopy(frame, 0, file, 5, captured);
        p.memory = MemorySegment.ofArray(file);
        p.offset = 5;
        p.captured = captured;
        p.original = frame.length;
        p.number = number;
        p.timeNanos = nanos;
        p.linkType = linkType;
        return p;
    }
}
