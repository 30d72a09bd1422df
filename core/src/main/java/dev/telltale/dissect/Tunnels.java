package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * Packets inside packets: IP in IP (<a href="https://www.rfc-editor.org/rfc/rfc2003">RFC 2003</a>,
 * <a href="https://www.rfc-editor.org/rfc/rfc2473">RFC 2473</a>, 6in4 <a
 * href="https://www.rfc-editor.org/rfc/rfc4213">RFC 4213</a>), {@link Gre} and {@link UdpTunnels}.
 * The flows are those of the innermost packets. Tunnels nest to a bounded depth.
 */
final class Tunnels {
    static final int MOST = 4;

    private Tunnels() {}

    /**
     * Goes from the IP packet that {@code f} has read to the innermost one. A fragment ends it: its
     * content shows once it is whole.
     *
     * @return false where the way in is malformed or leads to no IP packet: {@link Frame#why}
     */
    static boolean enter(Frame f) {
        while (!f.fragment) {
            switch (f.protocol) {
                case Ipv4.IN_IP -> {
                    if (!into(f) || !ip(f, Link.IPV4)) return false;
                }
                case Ipv6.IN_IP -> {
                    if (!into(f) || !ip(f, Link.IPV6)) return false;
                }
                case Gre.PROTOCOL -> {
                    if (!into(f) || !Gre.read(f)) return false;
                }
                case Ipv4.UDP -> {
                    if (f.tunnels >= MOST) return true;
                    switch (UdpTunnels.enter(f)) {
                        case ENTERED -> {}
                        case NONE -> {
                            return true;
                        }
                        case CONTROL -> {
                            return false;
                        }
                    }
                }
                default -> {
                    return true;
                }
            }
        }
        return true;
    }

    /** The layer to read next is what the packet carries. */
    private static boolean into(Frame f) {
        if (f.tunnels >= MOST) return f.no(Why.TUNNELS_TOO_DEEP, f.protocol, f.length);
        f.tunnels++;
        f.end = f.payload + f.captured;
        f.wireEnd = f.payload + f.length;
        return true;
    }

    private static boolean ip(Frame f, int etherType) {
        f.etherType = etherType;
        return network(f, f.payload);
    }

    /** An Ethernet frame with no FCS. */
    static boolean ethernet(Frame f, long at) {
        if (f.end - at < 14) return f.tooShort(at + 14, Why.MALFORMED_TUNNEL);
        long start = Link.ethernet(f, at);
        return start >= 0 && f.network(start);
    }

    /** The packet at {@code at}, which ends with what carries it. */
    static boolean network(Frame f, long at) {
        if (at < 0 || !f.network(at)) return false;
        f.afterInner += Math.max(0, f.wireEnd - f.payload - f.length);
        return true;
    }
}
