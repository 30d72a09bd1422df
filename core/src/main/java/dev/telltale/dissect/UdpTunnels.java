package dev.telltale.dissect;

import java.lang.foreign.MemorySegment;

/**
 * Tunnels over UDP, told by port <em>and</em> content: the headers must hold together down to the
 * length of the inner IP packet. Whatever does not stays a flow of datagrams like any other, its
 * bytes counted as such.
 *
 * <p><b>Teredo</b>, <a href="https://www.rfc-editor.org/rfc/rfc4380#section-5.1.1">RFC 4380 section
 * 5.1.1</a>, port 3544:
 *
 * <pre>
 * | [0x0001 | id length 1 | auth length 1 | id | auth | nonce 8 | confirmation 1] | [0x0000 | port 2 | address 4] | IPv6
 * </pre>
 *
 * <b>GTP-U</b>, 3GPP TS 29.281 section 5, port 2152:
 *
 * <pre>
 * | version 3 (1) | PT 1 (1) | 0 1 | E 1 | S 1 | PN 1 | type 8 (255: G-PDU) | length 16 | tunnel 32 |
 * | [E, S or PN: sequence 16 | N-PDU 8 | next extension 8] | (length 8 in 4 bytes | ... | next 8)* | IP
 * </pre>
 *
 * <b>VXLAN</b>, <a href="https://www.rfc-editor.org/rfc/rfc7348#section-5">RFC 7348 section 5</a>,
 * ports 4789 and, as Linux had it before, 8472:
 *
 * <pre>
 * | 0x08 | 0 24 | network 24 | 0 8 | Ethernet
 * </pre>
 *
 * <b>Geneve</b>, <a href="https://www.rfc-editor.org/rfc/rfc8926#section-3.4">RFC 8926 section
 * 3.4</a>, port 6081:
 *
 * <pre>
 * | version 2 (0) | options 6 in 4 bytes | O 1 | C 1 | 0 6 | EtherType 16 | network 24 | 0 8 | options | ...
 * </pre>
 */
final class UdpTunnels {
    private static final int TEREDO = 3544;
    private static final int GTP_U = 2152;
    private static final int VXLAN = 4789;
    private static final int VXLAN_LINUX = 8472;
    private static final int GENEVE = 6081;
    private static final int MOST_EXTENSIONS = 8;
    private static final int ARP = 0x0806;

    /** The least length of an Ethernet frame without FCS: up to it, frames are padded. */
    private static final int LEAST_ETHERNET = 60;

    enum Entered {
        /** Not a tunnel; {@code f} is as before. */
        NONE,
        ENTERED,
        /** A tunnel whose packet is the network's own; {@link Frame#why} says more. */
        CONTROL
    }

    private UdpTunnels() {}

    /** Goes on to the inner packet where the datagram that {@code f} has read holds one. */
    static Entered enter(Frame f) {
        if (f.captured < 16) return Entered.NONE;
        MemorySegment m = f.memory;
        int source = Bytes.u16(m, f.payload);
        int target = Bytes.u16(m, f.payload + 2);
        int port = known(target) ? target : source;
        if (!known(port) || Bytes.u16(m, f.payload + 4) != f.length) return Entered.NONE;
        long at = f.payload + 8;
        long have = f.payload + f.captured;
        long stop = f.payload + f.length;
        f.keep();
        f.tunnels++;
        f.end = have;
        f.wireEnd = stop;
        boolean entered =
                switch (port) {
                    case TEREDO -> teredo(f, at);
                    case GTP_U -> gtp(f, at);
                    case VXLAN, VXLAN_LINUX -> vxlan(f, at);
                    default -> geneve(f, at);
                };
        if (entered) return Entered.ENTERED;
        if (f.etherType == ARP) return Entered.CONTROL;
        f.back();
        return Entered.NONE;
    }

    private static boolean known(int port) {
        return switch (port) {
            case TEREDO, GTP_U, VXLAN, VXLAN_LINUX, GENEVE -> true;
            default -> false;
        };
    }

    private static boolean teredo(Frame f, long at) {
        if (f.end - at >= 4 && Bytes.u16(f.memory, at) == 1)
            at += 13 + Bytes.u8(f.memory, at + 2) + Bytes.u8(f.memory, at + 3);
        if (f.end - at >= 8 && Bytes.u16(f.memory, at) == 0) at += 8;
        return whole(f, Link.IPV6, at);
    }

    private static boolean gtp(Frame f, long at) {
        int flags = Bytes.u8(f.memory, at);
        if ((flags & 0xf8) != 0x30 || Bytes.u8(f.memory, at + 1) != 255) return false;
        if (Bytes.u16(f.memory, at + 2) != f.wireEnd - at - 8) return false;
        at += 8;
        if ((flags & 7) != 0) {
            if (f.end - at < 4) return false;
            int next = (flags & 4) != 0 ? Bytes.u8(f.memory, at + 3) : 0;
            at += 4;
            for (int i = 0; next != 0; i++) {
                if (i == MOST_EXTENSIONS || f.end - at < 4) return false;
                int size = Bytes.u8(f.memory, at) * 4;
                if (size == 0 || f.end - at < size) return false;
                at += size;
                next = Bytes.u8(f.memory, at - 1);
            }
        }
        if (f.end <= at) return false;
        return whole(f, Bytes.u8(f.memory, at) >> 4 == 4 ? Link.IPV4 : Link.IPV6, at);
    }

    private static boolean vxlan(Frame f, long at) {
        return Bytes.i32(f.memory, at) == 0x08000000
                && Bytes.u8(f.memory, at + 7) == 0
                && ethernet(f, at + 8);
    }

    private static boolean geneve(Frame f, long at) {
        int flags = Bytes.u16(f.memory, at);
        int type = Bytes.u16(f.memory, at + 2);
        if ((flags & 0xc03f) != 0 || Bytes.u8(f.memory, at + 7) != 0) return false;
        at += 8 + (flags >> 8 & 0x3f) * 4;
        return switch (type) {
            case Gre.ETHERNET -> ethernet(f, at);
            case Link.IPV4, Link.IPV6 -> whole(f, type, at);
            default -> false;
        };
    }

    private static boolean ethernet(Frame f, long at) {
        if (f.end - at < 14) return false;
        long start = Link.ethernet(f, at);
        if (start < 0) return false;
        if (f.etherType == ARP) {
            // Ethernet and IPv4 addresses: one length, so nothing hides behind it.
            boolean arp =
                    f.end - start >= 8
                            && Bytes.i32(f.memory, start) == 0x00010800
                            && Bytes.u16(f.memory, start + 4) == 0x0604
                            && f.wireEnd - at <= LEAST_ETHERNET;
            if (arp) f.no(Totals.Why.NOT_IP, ARP, f.wireEnd - start);
            else f.etherType = 0;
            return false;
        }
        return f.wireEnd - at <= LEAST_ETHERNET
                ? plausible(f, f.etherType, start) && f.network(start)
                : whole(f, f.etherType, start);
    }

    /** An IP packet that ends exactly where the datagram does. */
    private static boolean whole(Frame f, int etherType, long at) {
        if (!plausible(f, etherType, at)) return false;
        int length = Bytes.u16(f.memory, at + (etherType == Link.IPV4 ? 2 : 4));
        if (etherType == Link.IPV6) length += 40;
        if (at + length != f.wireEnd) return false;
        f.etherType = etherType;
        return f.network(at);
    }

    private static boolean plausible(Frame f, int etherType, long at) {
        if (etherType == Link.IPV4) {
            if (f.end - at < 20 || Bytes.u8(f.memory, at) >> 4 != 4) return false;
            int length = Bytes.u16(f.memory, at + 2);
            return length >= 20 && length <= f.wireEnd - at;
        }
        return etherType == Link.IPV6
                && f.end - at >= 40
                && Bytes.u8(f.memory, at) >> 4 == 6
                && Bytes.u16(f.memory, at + 4) + 40 <= f.wireEnd - at;
    }
}
