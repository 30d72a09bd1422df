package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import java.lang.foreign.MemorySegment;

/**
 * A phone tethered over USB: network frames inside bulk transfers. Little-endian throughout.
 *
 * <pre>
 * LINKTYPE 189, 220 (Linux usbmon, 48 or 64 bytes):
 * | id 8 | event 1 (S, C, E) | transfer 1 | endpoint 1 | device 1 | bus 2 | setup? 1 | data? 1 (0: yes) | time 12 |
 * | status 4 | length 4 | captured 4 | ...
 *
 * LINKTYPE 249 (USBPcap):
 * | header length 2 | irp 8 | status 4 | function 2 | info 1 (1: completed) | bus 2 | device 2 | endpoint 1 | transfer 1 | length 4
 *
 * Transfer: 0 isochronous, 1 interrupt, 2 control, 3 bulk. Endpoint 0x80: to the host.
 * </pre>
 *
 * A transfer then holds RNDIS messages ([MS-RNDIS] section 2.2.14), an NCM block (USB CDC NCM 1.0
 * section 3) or one bare Ethernet frame (CDC ECM; Apple puts two bytes before it):
 *
 * <pre>
 * RNDIS: ( 1 4 | message length 4 | data offset 4, from here | data length 4 | ... )*
 * NCM:   NCMH | header length 2 | sequence 2 | block length 2 | table 2, table: NCM0 | length 2 | next 2 | (index 2 | length 2)*
 * </pre>
 */
final class Usb {
    private static final int INTERRUPT = 1;
    private static final int CONTROL = 2;
    private static final int BULK = 3;
    private static final int TO_HOST = 0x80;
    private static final int RNDIS_DATA = 1;
    private static final int RNDIS_HEADER = 44;
    private static final int NCM_BLOCK = 0x484d434e;
    private static final int NCM_TABLE = 0x304d434e;
    private static final int NCM_TABLE_CRC = 0x314d434e;
    private static final int MOST_TABLES = 16;

    private Usb() {}

    static void read(Bundles to, Packet p, long at, long end, long wireEnd) {
        MemorySegment m = p.memory;
        int header = p.linkType == 189 ? 48 : p.linkType == 220 ? 64 : 27;
        if (end - at < header) {
            to.skip(
                    wireEnd - at < header ? Why.MALFORMED_LINK : Why.CUT_HEADERS,
                    p.linkType,
                    wireEnd - at,
                    p);
            return;
        }
        boolean linux = p.linkType != 249;
        int endpoint = Bytes.u8(m, at + (linux ? 10 : 21));
        int transfer = Bytes.u8(m, at + (linux ? 9 : 22));
        // What goes out is in the submission, what comes in in its completion.
        boolean completed = linux ? Bytes.u8(m, at + 8) == 'C' : (Bytes.u8(m, at + 16) & 1) != 0;
        boolean data =
                completed == ((endpoint & TO_HOST) != 0) && (!linux || Bytes.u8(m, at + 15) == 0);
        long length = Bytes.i32le(m, at + (linux ? 32 : 23)) & 0xffffffffL;
        if (!linux) header = Math.max(header, Bytes.u16le(m, at));
        long from = at + header;
        long stop = Math.min(wireEnd, from + length);
        if (!data || transfer == CONTROL || transfer == INTERRUPT || stop <= from) {
            to.skip(Why.LINK_CONTROL, p.linkType, 0, p);
        } else if (transfer != BULK || !network(to, p, from, Math.min(end, stop), stop)) {
            to.skip(Why.UNSUPPORTED_TRANSFER, p.linkType, stop - from, p);
        }
    }

    private static boolean network(Bundles to, Packet p, long at, long end, long stop) {
        MemorySegment m = p.memory;
        if (end - at < 16) return false;
        if (Bytes.i32le(m, at) == RNDIS_DATA) return rndis(to, p, at, end, stop);
        if (Bytes.i32le(m, at) == NCM_BLOCK) return ncm(to, p, at, end, stop);
        for (int shift = 0; shift <= 2; shift += 2) {
            if (ethernet(m, at + shift, end, stop)) {
                to.ethernet(p, at + shift, end - at - shift, stop - at - shift);
                return true;
            }
        }
        return false;
    }

    private static boolean rndis(Bundles to, Packet p, long at, long end, long stop) {
        MemorySegment m = p.memory;
        boolean any = false;
        while (end - at >= RNDIS_HEADER && Bytes.i32le(m, at) == RNDIS_DATA) {
            long message = Bytes.i32le(m, at + 4) & 0xffffffffL;
            long offset = (Bytes.i32le(m, at + 8) & 0xffffffffL) + 8;
            long length = Bytes.i32le(m, at + 12) & 0xffffffffL;
            if (message < RNDIS_HEADER
                    || message > stop - at
                    || offset < RNDIS_HEADER
                    || offset + length > message) break;
            any = true;
            to.ethernet(p, at + offset, Math.max(0, end - at - offset), length);
            at += message;
        }
        // A host ends a transfer that would fill its last packet with a byte more.
        if (any && stop - at > 1)
            to.skip(end < stop ? Why.CUT_HEADERS : Why.MALFORMED_LINK, p.linkType, stop - at, p);
        return any;
    }

    private static boolean ncm(Bundles to, Packet p, long at, long end, long stop) {
        MemorySegment m = p.memory;
        // Tables may name the same bytes over and over: together no more than the block holds.
        long left = stop - at;
        boolean any = false;
        int table = Bytes.u16le(m, at + 10);
        for (int i = 0; table != 0 && i < MOST_TABLES; i++) {
            long t = at + table;
            if (end - t < 8) break;
            int name = Bytes.i32le(m, t);
            int size = Bytes.u16le(m, t + 4);
            if ((name != NCM_TABLE && name != NCM_TABLE_CRC) || size < 8 || size > end - t) break;
            for (long entry = t + 8; entry + 4 <= t + size; entry += 4) {
                int index = Bytes.u16le(m, entry);
                int length = Bytes.u16le(m, entry + 2);
                if (index == 0 || length == 0) break;
                left -= length;
                if (left < 0 || at + index + length > stop) {
                    to.skip(Why.MALFORMED_LINK, p.linkType, length, p);
                    return true;
                }
                any = true;
                to.ethernet(p, at + index, Math.max(0, end - at - index), length);
            }
            table = Bytes.u16le(m, t + 6);
        }
        return any;
    }

    /** True for what can only be an Ethernet frame with an IP packet or ARP. */
    private static boolean ethernet(MemorySegment m, long at, long end, long stop) {
        if (end - at < 34) return false;
        long ip = at + 14;
        return switch (Bytes.u16(m, at + 12)) {
            case Link.IPV4 ->
                    (Bytes.u8(m, ip) & 0xf0) == 0x40
                            && (Bytes.u8(m, ip) & 15) >= 5
                            && Bytes.u16(m, ip + 2) >= 20
                            && Bytes.u16(m, ip + 2) <= stop - ip;
            case Link.IPV6 -> Bytes.u8(m, ip) >> 4 == 6 && Bytes.u16(m, ip + 4) + 40 <= stop - ip;
            case 0x0806 -> Bytes.i32(m, ip) == 0x00010800 && Bytes.u16(m, ip + 4) == 0x0604;
            default -> false;
        };
    }
}
