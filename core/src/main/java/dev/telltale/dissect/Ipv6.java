package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * <a href="https://www.rfc-editor.org/rfc/rfc8200#section-3">RFC 8200 section 3</a>, extension
 * headers section 4.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+---------------+---------------------------------------+
 * |Version| Traffic Class |              Flow Label               |
 * +-------+---------------+-------+---------------+---------------+
 * |         Payload Length        |  Next Header  |   Hop Limit   |
 * +-------------------------------+---------------+---------------+
 * |                   Source Address (16 bytes)                   |
 * |                Destination Address (16 bytes)                 |
 *
 * Extension:  Next Header 8 | Length in 8-byte units less 1 | ...
 * Fragment:   Next Header 8 | Reserved 8 | Offset 13 | Res 2 | More 1 | Identification 32
 * </pre>
 */
final class Ipv6 {
    static final int IN_IP = 41;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int NO_NEXT = 59;
    private static final int DESTINATION = 60;
    private static final int MOBILITY = 135;
    private static final int HIP = 139;
    private static final int SHIM6 = 140;
    private static final int MAX_EXTENSIONS = 16;

    private Ipv6() {}

    static boolean read(Frame f, long at) {
        if (f.end - at < 40) return f.tooShort(at + 40, Why.MALFORMED_IP);
        if (Bytes.u8(f.memory, at) >> 4 != 6) return f.no(Why.MALFORMED_IP, 0, f.wireEnd - at);
        long onWire = f.wireEnd - at - 40;
        int length = Bytes.u16(f.memory, at + 4);
        int next = Bytes.u8(f.memory, at + 6);
        // Zero: a jumbogram (RFC 2675) or segmentation offload.
        if (length == 0 && next != NO_NEXT) length = (int) Math.min(onWire, 1 << 20);
        if (length > onWire) {
            f.lengthBeyondFrame = true;
            length = (int) onWire;
        }
        f.version = 6;
        f.ip = at;
        f.sourceHigh = Bytes.i64(f.memory, at + 8);
        f.sourceLow = Bytes.i64(f.memory, at + 16);
        f.targetHigh = Bytes.i64(f.memory, at + 24);
        f.targetLow = Bytes.i64(f.memory, at + 32);
        f.fragment = false;
        long payload = at + 40;
        long stop = payload + length;
        long have = Math.min(stop, f.end);
        long named = at + 6;
        for (int i = 0; i < MAX_EXTENSIONS; i++) {
            int size;
            switch (next) {
                case HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY, HIP, SHIM6, AUTHENTICATION -> {
                    if (have - payload < 8) return f.tooShort(payload + 8, Why.MALFORMED_IP);
                    int units = Bytes.u8(f.memory, payload + 1);
                    size = next == AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
                }
                case FRAGMENT -> {
                    if (have - payload < 8) return f.tooShort(payload + 8, Why.MALFORMED_IP);
                    int word = Bytes.u16(f.memory, payload + 2);
                    f.fragmentOffset = word & 0xfff8;
                    f.moreFragments = (word & 1) != 0;
                    f.fragmentId = Bytes.i32(f.memory, payload + 4);
                    f.fragmentNamed = named;
                    f.fragmentHeader = payload;
                    // RFC 6946: an atomic fragment is whole.
                    f.fragment = f.moreFragments || f.fragmentOffset != 0;
                    size = 8;
                }
                default -> {
                    return carries(f, next, payload, stop, have);
                }
            }
            if (payload + size > have) return f.tooShort(payload + size, Why.MALFORMED_IP);
            named = payload;
            next = Bytes.u8(f.memory, payload);
            payload += size;
            // What follows the fragment header of one fragment is not a header of its own.
            if (f.fragment) return carries(f, next, payload, stop, have);
        }
        return f.no(Why.MALFORMED_IP, 0, stop - payload);
    }

    private static boolean carries(Frame f, int protocol, long payload, long stop, long have) {
        f.protocol = protocol;
        f.payload = payload;
        f.length = (int) (stop - payload);
        f.captured = (int) (have - payload);
        return true;
    }
}
