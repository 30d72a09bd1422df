package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * Older headers than {@link Radiotap} before an 802.11 frame; of all of them only the length
 * counts.
 *
 * <pre>
 * Prism (LINKTYPE 119):  message code 4 | length 4 | device 16 | ...           in the host's byte order
 * AVS (LINKTYPE 163):    magic 0x8021100? 4 | length 4 | ...                   big-endian; also comes as 119
 * PPI (LINKTYPE 192):    version 1 | flags 1 | length 2 | LINKTYPE 4 | fields  little-endian
 * </pre>
 */
final class WlanHeaders {
    private static final int AVS = 0x80211000;
    private static final int LONGEST = 4096;

    private WlanHeaders() {}

    static long prism(Frame f, long at) {
        if (f.end - at < 8) return Link.tooShort(f, at + 8);
        boolean avs = (Bytes.i32(f.memory, at) & 0xfffff000) == AVS;
        int length = Bytes.i32(f.memory, at + 4);
        if (!avs && (length < 8 || length > LONGEST)) length = Integer.reverseBytes(length);
        return behind(f, at, length);
    }

    static long ppi(Frame f, long at) {
        if (f.end - at < 8) return Link.tooShort(f, at + 8);
        int linkType = Bytes.i32le(f.memory, at + 4);
        int length = Bytes.u16le(f.memory, at + 2);
        if (linkType == 105) return behind(f, at, length);
        if (linkType == 1 && length >= 8 && length <= f.end - at)
            return Link.ethernet(f, at + length);
        f.no(Why.UNSUPPORTED_LINK, linkType, f.wireEnd - at);
        return -1;
    }

    private static long behind(Frame f, long at, int length) {
        if (length < 8 || length > LONGEST) {
            f.no(Why.MALFORMED_LINK, 105, f.wireEnd - at);
            return -1;
        }
        if (f.end - at < length) return Link.tooShort(f, at + length);
        return Ieee80211.read(f, at + length, false);
    }
}
