package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * <a href="https://www.rfc-editor.org/rfc/rfc2784#section-2">RFC 2784 section 2</a> with key and
 * sequence number of <a href="https://www.rfc-editor.org/rfc/rfc2890#section-2">RFC 2890</a>;
 * version 1 is PPTP's (<a href="https://www.rfc-editor.org/rfc/rfc2637#section-4.1">RFC 2637
 * section 4.1</a>), ERSPAN of <a
 * href="https://datatracker.ietf.org/doc/html/draft-foschiano-erspan-03#section-4">draft-foschiano-erspan</a>.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-----------------+-----+-------------------------------+
 * |C|R|K|S|    Reserved     | Ver |         Protocol Type         |
 * +-+-+-+-+-----------------+-----+-------------------------------+
 * |      [Checksum (C)]           |           Reserved            |
 * |                            [Key (K)]                          |
 * |                      [Sequence Number (S)]                    |
 * |              [Acknowledgment Number (A, version 1)]           |
 *
 * ERSPAN II (0x88be with S): version 4 (1) | ... 8 bytes in all, then Ethernet; without S no header
 * ERSPAN III (0x22eb):       version 4 (2) | ... | O 1: 12 bytes in all, with O 8 more
 * </pre>
 */
final class Gre {
    static final int PROTOCOL = 47;
    static final int ETHERNET = 0x6558;
    private static final int ERSPAN = 0x88be;
    private static final int ERSPAN_III = 0x22eb;
    private static final int CHECKSUM = 0x8000;
    private static final int ROUTING = 0x4000;
    private static final int KEY = 0x2000;
    private static final int SEQUENCE = 0x1000;
    private static final int ACKNOWLEDGMENT = 0x0080;
    private static final int PPP = 0x880b;

    private Gre() {}

    /** Reads what the packet at hand carries; {@link Frame#end} is already that of its payload. */
    static boolean read(Frame f) {
        long at = f.payload;
        if (f.end - at < 4) return f.tooShort(at + 4, Why.MALFORMED_TUNNEL);
        int flags = Bytes.u16(f.memory, at);
        int type = Bytes.u16(f.memory, at + 2);
        int version = flags & 7;
        if ((flags & ROUTING) != 0 || version > 1)
            return f.no(Why.MALFORMED_TUNNEL, PROTOCOL, f.wireEnd - at);
        at += 4;
        if ((flags & CHECKSUM) != 0) at += 4;
        if ((flags & KEY) != 0) at += 4;
        if ((flags & SEQUENCE) != 0) at += 4;
        if (version == 1 && (flags & ACKNOWLEDGMENT) != 0) at += 4;
        if (f.end < at) return f.tooShort(at, Why.MALFORMED_TUNNEL);
        // PPTP acknowledges with packets that carry nothing.
        if (f.wireEnd == at) return f.no(Why.CONTROL, PROTOCOL, 0);
        return switch (type) {
            case ETHERNET -> Tunnels.ethernet(f, at);
            case ERSPAN -> Tunnels.ethernet(f, (flags & SEQUENCE) != 0 ? at + 8 : at);
            case ERSPAN_III -> {
                if (f.end - at < 12) yield f.tooShort(at + 12, Why.MALFORMED_TUNNEL);
                boolean more = (Bytes.u8(f.memory, at + 11) & 1) != 0;
                yield Tunnels.ethernet(f, at + (more ? 20 : 12));
            }
            case PPP -> {
                if (f.end - at < 4) yield f.tooShort(at + 4, Why.MALFORMED_TUNNEL);
                yield Tunnels.network(f, Link.ppp(f, at));
            }
            default ->
                    type < 0x0600
                            ? f.no(Why.UNSUPPORTED_ETHERTYPE, type, f.wireEnd - at)
                            : Tunnels.network(f, Link.tagged(f, type, at));
        };
    }
}
