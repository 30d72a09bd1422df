package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;

/**
 * IEEE 802.11-2020 section 9.2 and 9.3.2. Fields are little-endian.
 *
 * <pre>
 * | control 2 | duration 2 | address 1..3 6 each | sequence 2 | [address 4 6] | [QoS 2] | [HT 4] | LLC ...
 *
 * Control: version 2 | type 2 | subtype 4 || to DS | from DS | more fragments | retry | power
 *          management | more data | protected | +HTC/order   (bits from the lowest)
 *
 * to DS  from DS   target     source
 *   0      0      address 1  address 2
 *   0      1      address 1  address 3
 *   1      0      address 3  address 2
 *   1      1      address 3  address 4
 * </pre>
 */
final class Ieee80211 {
    private static final int TO_DS = 1;
    private static final int FROM_DS = 2;
    private static final int MORE_FRAGMENTS = 4;
    private static final int PROTECTED = 0x40;
    private static final int ORDER = 0x80;
    private static final int DATA = 2;
    private static final int NO_DATA = 4;
    private static final int QOS = 8;
    private static final int AMSDU_PRESENT = 0x80;

    private Ieee80211() {}

    /**
     * @param padded the radio put the LLC header on a 4-byte boundary
     */
    static long read(Frame f, long at, boolean padded) {
        if (f.end - at < 2) return Link.tooShort(f, at + 2);
        int first = Bytes.u8(f.memory, at);
        int flags = Bytes.u8(f.memory, at + 1);
        if ((first & 3) != 0) return no(f, Why.MALFORMED_LINK, at);
        int subtype = first >> 4;
        if ((first >> 2 & 3) != DATA || (subtype & NO_DATA) != 0)
            return no(f, Why.LINK_CONTROL, at);
        boolean four = (flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS);
        boolean qos = (subtype & QOS) != 0;
        long control = at + (four ? 30 : 24);
        long llc = control + (qos ? 2 : 0) + (qos && (flags & ORDER) != 0 ? 4 : 0);
        if (f.end < llc) return Link.tooShort(f, llc);
        f.targetMac = Bytes.u48(f.memory, at + ((flags & TO_DS) != 0 ? 16 : 4));
        f.sourceMac = Bytes.u48(f.memory, at + (four ? 24 : (flags & FROM_DS) != 0 ? 16 : 10));
        boolean several = qos && (Bytes.u8(f.memory, control) & AMSDU_PRESENT) != 0;
        if (padded) llc = at + (llc - at + 3 & ~3);
        if ((flags & PROTECTED) != 0) return no(f, Why.ENCRYPTED_LINK, llc);
        // A fragment number or more to come: the LLC header is in the first fragment only.
        if ((flags & MORE_FRAGMENTS) != 0 || (Bytes.u16le(f.memory, at + 22) & 15) != 0)
            return no(f, Why.LINK_FRAGMENTS, llc);
        return several ? f.bundle(Frame.Bundle.AMSDU, llc) : Link.tagged(f, 0, llc);
    }

    private static long no(Frame f, Why why, long from) {
        f.no(why, 105, Math.max(0, f.wireEnd - from));
        return -1;
    }
}
