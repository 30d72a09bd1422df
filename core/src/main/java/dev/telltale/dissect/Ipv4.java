package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * <a href="https://www.rfc-editor.org/rfc/rfc791#section-3.1">RFC 791 section 3.1</a>.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |Version|  IHL  |Type of Service|          Total Length         |
 * +-------+-------+---------------+-----+-------------------------+
 * |         Identification        |Flags|     Fragment Offset     |
 * +---------------+---------------+-----+-------------------------+
 * |  Time to Live |    Protocol   |        Header Checksum        |
 * +---------------+---------------+-------------------------------+
 * |                         Source Address                        |
 * |                      Destination Address                      |
 * |                    Options                    |    Padding    |
 * </pre>
 */
final class Ipv4 {
    static final int IN_IP = 4;
    static final int TCP = 6;
    static final int UDP = 17;
    private static final int AUTHENTICATION = 51;

    private Ipv4() {}

    static boolean read(Frame f, long at) {
        if (f.end - at < 20) return f.tooShort(at + 20, Why.MALFORMED_IP);
        long word = Bytes.i64(f.memory, at);
        int header = (int) (word >>> 56 & 15) * 4;
        int total = (int) (word >>> 32) & 0xffff;
        long onWire = f.wireEnd - at;
        // Segmentation offload hands the capture one big packet and leaves the length to the card.
        if (total == 0) total = (int) Math.min(onWire, 1 << 20);
        if (word >>> 60 != 4 || header < 20 || total < header)
            return f.no(Why.MALFORMED_IP, 0, onWire);
        if (total > onWire) {
            f.lengthBeyondFrame = true;
            total = (int) onWire;
            if (total < header) return f.no(Why.MALFORMED_IP, 0, onWire);
        }
        if (f.end - at < header) return f.no(Why.CUT_HEADERS, 0, total - header);
        long rest = Bytes.i64(f.memory, at + 8);
        f.version = 4;
        f.ip = at;
        f.protocol = (int) (rest >>> 48) & 0xff;
        f.sourceHigh = 0;
        f.sourceLow = rest & 0xffffffffL;
        f.targetHigh = 0;
        f.targetLow = Bytes.i32(f.memory, at + 16) & 0xffffffffL;
        f.payload = at + header;
        f.length = total - header;
        f.captured = (int) Math.min(f.length, f.end - f.payload);
        int fragmentation = (int) word & 0xffff;
        f.moreFragments = (fragmentation & 0x2000) != 0;
        f.fragmentOffset = (fragmentation & 0x1fff) * 8;
        f.fragmentId = (int) (word >>> 16) & 0xffff;
        f.fragment = f.moreFragments || f.fragmentOffset != 0;
        return f.protocol != AUTHENTICATION || f.fragment || authentication(f);
    }

    /**
     * RFC 4302 section 2: {@code next header 8 | length in 4-byte units less 2 | ...}; integrity
     * only, nothing is hidden.
     */
    private static boolean authentication(Frame f) {
        if (f.captured < 12) return f.no(Why.CUT_HEADERS, 0, f.length);
        int header = (Bytes.u8(f.memory, f.payload + 1) + 2) * 4;
        if (header > f.captured) return f.no(Why.MALFORMED_IP, 0, f.length);
        f.protocol = Bytes.u8(f.memory, f.payload);
        f.payload += header;
        f.length -= header;
        f.captured -= header;
        return true;
    }
}
