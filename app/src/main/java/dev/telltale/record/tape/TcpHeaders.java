package dev.telltale.record.tape;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Made-up IP and TCP headers around bytes that came out of a socket (RFC 791, RFC 8200, RFC 9293).
 * Addresses, ports and order are true; sizes of segments, windows and times to live are not.
 *
 * <pre>
 * IPv4: |4|5| |length| id |DF| |64|6 |checksum| source | destination |
 * IPv6: |6 |        |length|6|64| source (16) | destination (16)     |
 * TCP:  |port|port| sequence | acknowledgment |5|flags|window| 0 | 0 |
 * </pre>
 */
final class TcpHeaders {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    private static final int TCP = 6;
    private static final int TCP_LENGTH = 20;
    private static final int HOPS = 64;
    private static final int WINDOW = 65_535;

    private final byte[] from;
    private final int fromPort;
    private final byte[] to;
    private final int toPort;
    private int id;

    /** Of what goes from one end to the other. Where families differ, IPv4 goes mapped. */
    TcpHeaders(InetSocketAddress from, InetSocketAddress to) {
        byte[] a = from.getAddress().getAddress();
        byte[] b = to.getAddress().getAddress();
        boolean mapped = a.length != b.length;
        this.from = mapped ? mapped(a) : a;
        this.fromPort = from.getPort();
        this.to = mapped ? mapped(b) : b;
        this.toPort = to.getPort();
    }

    /** An IPv4 address as an IPv6 one (RFC 4291 2.5.5.2). */
    private static byte[] mapped(byte[] ip) {
        if (ip.length == 16) return ip;
        byte[] six = new byte[16];
        six[10] = six[11] = (byte) 0xff;
        System.arraycopy(ip, 0, six, 12, 4);
        return six;
    }

    /**
     * @param length of what follows
     */
    byte[] of(int sequence, int acknowledged, int flags, int length) {
        boolean four = from.length == 4;
        ByteBuffer b = ByteBuffer.allocate((four ? 20 : 40) + TCP_LENGTH);
        if (four) {
            b.put((byte) 0x45).put((byte) 0).putShort((short) (20 + TCP_LENGTH + length));
            b.putShort((short) id++).putShort((short) 0x4000);
            b.put((byte) HOPS).put((byte) TCP).putShort((short) 0).put(from).put(to);
            b.putShort(10, checksum(b));
        } else {
            b.putInt(0x60000000).putShort((short) (TCP_LENGTH + length));
            b.put((byte) TCP).put((byte) HOPS).put(from).put(to);
        }
        b.putShort((short) fromPort).putShort((short) toPort);
        b.putInt(sequence).putInt((flags & ACK) == 0 ? 0 : acknowledged);
        b.put((byte) (TCP_LENGTH / 4 << 4)).put((byte) flags).putShort((short) WINDOW);
        b.putInt(0);
        return b.array();
    }

    /** Of the IPv4 header (RFC 1071). */
    private static short checksum(ByteBuffer header) {
        int sum = 0;
        for (int i = 0; i < 20; i += 2) sum += header.getShort(i) & 0xffff;
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }
}
