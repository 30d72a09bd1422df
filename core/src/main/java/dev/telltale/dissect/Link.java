package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;

/**
 * Link layers: each finds the EtherType of what it carries, where that begins, and the MAC
 * addresses. Numbers of the link types: <a
 * href="https://www.tcpdump.org/linktypes.html">tcpdump.org/linktypes.html</a>.
 */
final class Link {
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;

    /**
     * Frames whose length field stands where others have an EtherType (IEEE 802.3 with 802.2 LLC).
     */
    static final int LLC = 0x0004;

    private static final int PPPOE_SESSION = 0x8864;
    static final int MPLS = 0x8847;
    private static final int MPLS_MULTICAST = 0x8848;
    private static final int MAX_TAGS = 8;

    private Link() {}

    /** Index of the first byte after the link header, or -1 (then {@link Frame#why} is set). */
    static long read(Frame f, Packet p) {
        long at = p.offset;
        return switch (p.linkType) {
            case 1 -> ethernet(f, at);
            case 0 -> loopback(f, at, true);
            case 108 -> loopback(f, at, false);
            case 12, 14, 101 -> raw(f, at);
            case 228 -> carries(f, IPV4, at);
            case 229 -> carries(f, IPV6, at);
            case 9, 50 -> ppp(f, at);
            case 51 -> pppoe(f, at);
            case 105 -> Ieee80211.read(f, at, false);
            case 127 -> Radiotap.read(f, at);
            case 119, 163 -> WlanHeaders.prism(f, at);
            case 192 -> WlanHeaders.ppi(f, at);
            case 187, 201 -> f.bundle(Frame.Bundle.HCI, at);
            case 189, 220, 249 -> f.bundle(Frame.Bundle.USB, at);
            case 113 -> cooked(f, at);
            case 276 -> cooked2(f, at);
            default -> {
                f.no(Why.UNSUPPORTED_LINK, p.linkType, p.captured);
                yield -1;
            }
        };
    }

    private static long carries(Frame f, int etherType, long at) {
        f.etherType = etherType;
        return at;
    }

    static long tooShort(Frame f, long neededEnd) {
        f.tooShort(neededEnd, Why.MALFORMED_LINK);
        return -1;
    }

    /**
     * IEEE 802.3 clause 3; tags: IEEE 802.1Q clause 9.
     *
     * <pre>
     * | target 6 | source 6 | (0x8100, 0x88a8: tag 2+2)* | EtherType 2 | ...
     * </pre>
     */
    static long ethernet(Frame f, long at) {
        if (f.end - at < 14) return tooShort(f, at + 14);
        f.targetMac = Bytes.u48(f.memory, at);
        f.sourceMac = Bytes.u48(f.memory, at + 6);
        return tagged(f, Bytes.u16(f.memory, at + 12), at + 14);
    }

    /**
     * What follows an EtherType: tags, labels and PPPoE are stripped until something else comes.
     * Below 0x0600 it is a length, and LLC follows.
     */
    static long tagged(Frame f, int type, long at) {
        for (int i = 0; i < MAX_TAGS; i++) {
            switch (type) {
                case 0x8100, 0x88a8, 0x9100, 0x9200 -> {
                    if (f.end - at < 4) return tooShort(f, at + 4);
                    type = Bytes.u16(f.memory, at + 2);
                    at += 4;
                }
                case PPPOE_SESSION -> {
                    return pppoe(f, at);
                }
                case MPLS, MPLS_MULTICAST -> {
                    return mpls(f, at);
                }
                default -> {
                    if (type >= 0x0600) return carries(f, type, at);
                    if (!snap(f, at)) return carries(f, LLC, at);
                    type = Bytes.u16(f.memory, at + 6);
                    at += 8;
                }
            }
        }
        f.no(Why.MALFORMED_LINK, 0, f.wireEnd - at);
        return -1;
    }

    /**
     * RFC 1042: {@code aa aa 03 | organisation 3 | EtherType 2}; IEEE 802.1H has organisation
     * 0000f8. Anything else of 802.2 is link control.
     */
    static boolean snap(Frame f, long at) {
        if (f.end - at < 8 || Bytes.u16(f.memory, at) != 0xaaaa) return false;
        int organisation = Bytes.i32(f.memory, at + 2);
        return organisation == 0x03000000 || organisation == 0x030000f8;
    }

    /**
     * RFC 3032 section 2.1: {@code label 20 | class 3 | bottom 1 | ttl 8}, then IP as its first
     * nibble says.
     */
    static long mpls(Frame f, long at) {
        for (int i = 0; i < MAX_TAGS; i++) {
            if (f.end - at < 5) return tooShort(f, at + 5);
            boolean bottom = (Bytes.u8(f.memory, at + 2) & 1) != 0;
            at += 4;
            if (bottom) {
                int version = Bytes.u8(f.memory, at) >> 4;
                return carries(f, version == 4 ? IPV4 : version == 6 ? IPV6 : MPLS, at);
            }
        }
        f.no(Why.MALFORMED_LINK, 0, f.wireEnd - at);
        return -1;
    }

    /**
     * RFC 2516 section 4: {@code version 4 | type 4 | code 8 | session 16 | length 16}, then PPP.
     */
    private static long pppoe(Frame f, long at) {
        if (f.end - at < 8) return tooShort(f, at + 8);
        return pppProtocol(f, at + 6);
    }

    /**
     * RFC 1662 section 3.1: {@code ff 03} or, with compressed fields, nothing before the protocol.
     */
    static long ppp(Frame f, long at) {
        if (f.end - at < 4) return tooShort(f, at + 4);
        int first = Bytes.u16(f.memory, at);
        if (first == 0x0f00 || first == 0x8f00)
            return tagged(f, Bytes.u16(f.memory, at + 2), at + 4); // Cisco HDLC
        return pppProtocol(f, first == 0xff03 ? at + 2 : at);
    }

    static long pppProtocol(Frame f, long at) {
        int first = Bytes.u8(f.memory, at);
        int protocol = (first & 1) != 0 ? first : Bytes.u16(f.memory, at);
        long next = (first & 1) != 0 ? at + 1 : at + 2;
        return switch (protocol) {
            case 0x0021 -> carries(f, IPV4, next);
            case 0x0057 -> carries(f, IPV6, next);
            default -> carries(f, protocol >= 0x8000 ? PPPOE_DISCOVERY : PPP, next);
        };
    }

    private static final int PPP = 0x880b;
    private static final int PPPOE_DISCOVERY = 0x8863;

    /**
     * LINKTYPE_NULL: the address family in the byte order of the capturing host; LINKTYPE_LOOP:
     * big-endian. IPv6 has three numbers (24, 28, 30), as the BSDs never agreed on one.
     */
    private static long loopback(Frame f, long at, boolean hostOrder) {
        if (f.end - at < 4) return tooShort(f, at + 4);
        int family = Bytes.i32(f.memory, at);
        if (hostOrder && (family & 0xffff0000) != 0) family = Integer.reverseBytes(family);
        return switch (family) {
            case 2 -> carries(f, IPV4, at + 4);
            case 10, 24, 28, 30 -> carries(f, IPV6, at + 4);
            default -> {
                f.no(Why.NOT_IP, family & 0xffff, f.wireEnd - at);
                yield -1;
            }
        };
    }

    /** LINKTYPE_RAW: the IP version nibble says which. */
    private static long raw(Frame f, long at) {
        if (f.end - at < 1) return tooShort(f, at + 1);
        int version = Bytes.u8(f.memory, at) >> 4;
        if (version == 4) return carries(f, IPV4, at);
        if (version == 6) return carries(f, IPV6, at);
        f.no(Why.MALFORMED_IP, 0, f.wireEnd - at);
        return -1;
    }

    /**
     * LINKTYPE_LINUX_SLL.
     *
     * <pre>
     * | packet type 2 | ARPHRD 2 | address length 2 | sender's address 8 | protocol 2 |
     * </pre>
     */
    private static long cooked(Frame f, long at) {
        if (f.end - at < 16) return tooShort(f, at + 16);
        if (Bytes.u16(f.memory, at + 4) == 6) f.sourceMac = Bytes.u48(f.memory, at + 6);
        return tagged(f, Bytes.u16(f.memory, at + 14), at + 16);
    }

    /**
     * LINKTYPE_LINUX_SLL2.
     *
     * <pre>
     * | protocol 2 | reserved 2 | interface 4 | ARPHRD 2 | packet type 1 | address length 1 | sender's address 8 |
     * </pre>
     */
    private static long cooked2(Frame f, long at) {
        if (f.end - at < 20) return tooShort(f, at + 20);
        if (Bytes.u8(f.memory, at + 11) == 6) f.sourceMac = Bytes.u48(f.memory, at + 12);
        return tagged(f, Bytes.u16(f.memory, at), at + 20);
    }

    /**
     * ARP, RARP, LLC, LLDP, EAPOL, PPP and PPPoE control, loopback test, Wake-on-LAN, link OAM and
     * the like.
     */
    static boolean carriesNoApplication(int etherType) {
        return switch (etherType) {
            case LLC,
                    0x0806,
                    0x0842,
                    0x8035,
                    PPPOE_DISCOVERY,
                    0x8808,
                    0x8809,
                    0x888e,
                    0x88cc,
                    0x8902,
                    0x890d,
                    0x9000 ->
                    true;
            default -> false;
        };
    }
}
