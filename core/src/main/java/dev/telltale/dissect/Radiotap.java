package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * What the radio tells, before an 802.11 frame: <a
 * href="https://www.radiotap.org/">radiotap.org</a>. Little-endian; fields stand in the order of
 * their bits, each on its natural boundary.
 *
 * <pre>
 * | version 1 | pad 1 | length 2 | present 4 (bit 31: another present word)* | fields ...
 * Bit 0: TSFT 8 bytes. Bit 1: flags 1 byte: 0x10 FCS at the end, 0x20 padded before LLC, 0x40 FCS wrong.
 * </pre>
 */
final class Radiotap {
    private static final int MORE = 1 << 31;
    private static final int TSFT = 1;
    private static final int FLAGS = 2;
    private static final int FCS = 0x10;
    private static final int PADDED = 0x20;
    private static final int WRONG = 0x40;

    private Radiotap() {}

    static long read(Frame f, long at) {
        if (f.end - at < 8) return Link.tooShort(f, at + 8);
        int length = Bytes.u16le(f.memory, at + 2);
        if (Bytes.u8(f.memory, at) != 0 || length < 8) return malformed(f, at);
        if (f.end - at < length) return Link.tooShort(f, at + length);
        int present = Bytes.i32le(f.memory, at + 4);
        int flags = 0;
        if ((present & FLAGS) != 0) {
            int field = 8;
            for (int word = present; (word & MORE) != 0; field += 4) {
                if (field + 4 > length) return malformed(f, at);
                word = Bytes.i32le(f.memory, at + field);
            }
            if ((present & TSFT) != 0) field = (field + 7 & ~7) + 8;
            if (field >= length) return malformed(f, at);
            flags = Bytes.u8(f.memory, at + field);
        }
        long frame = at + length;
        if ((flags & WRONG) != 0) {
            f.no(Why.WRONG_CHECKSUM, 127, f.wireEnd - frame);
            return -1;
        }
        if ((flags & FCS) != 0) {
            f.wireEnd = Math.max(frame, f.wireEnd - 4);
            f.end = Math.min(f.end, f.wireEnd);
        }
        return Ieee80211.read(f, frame, (flags & PADDED) != 0);
    }

    private static long malformed(Frame f, long at) {
        f.no(Why.MALFORMED_LINK, 127, f.wireEnd - at);
        return -1;
    }
}
