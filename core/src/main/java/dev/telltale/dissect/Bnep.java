package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import java.util.Arrays;

/**
 * Bluetooth network encapsulation: BNEP 1.0 section 2.4 to 2.6.
 *
 * <pre>
 * | extension? 1 | type 7 | [target 6] [source 6] | EtherType 2 | (extension? 1 | type 7 | length 8 | ...)* | packet
 *
 * Type 0: both addresses; 1: control; 2: none; 3: source only; 4: target only. What is left out is
 * the Bluetooth device itself.
 * </pre>
 */
final class Bnep {
    static final int PSM = 0x000f;
    private static final int EXTENSION = 0x80;
    private static final int CONTROL = 1;

    private Bnep() {}

    /** True for what looks like a packet of BNEP, where nothing says what the channel is for. */
    static boolean plausible(byte[] b, int at, int end) {
        int ip = network(b, at, end);
        if (ip < 0 || end - ip < 20) return false;
        int type = u16(b, ip - 2);
        boolean extended = (b[at] & EXTENSION) != 0;
        if (extended) return false;
        int length = u16(b, ip + (type == Link.IPV4 ? 2 : 4)) + (type == Link.IPV4 ? 0 : 40);
        return (type == Link.IPV4 && b[ip] >> 4 == 4 || type == Link.IPV6 && b[ip] >> 4 == 6)
                && length == end - ip;
    }

    /**
     * @param b a whole L2CAP payload at {@code [at, end)} of which the capture holds it all but its
     *     last {@code cut} bytes
     * @param sender addresses of the Bluetooth devices, -1 where unknown
     * @param frames pairs of an index in {@code b} and the frame from there on
     */
    static void read(
            Bundles to,
            Packet p,
            byte[] b,
            int at,
            int end,
            int cut,
            long sender,
            long receiver,
            long[] frames) {
        int type = at < end ? b[at] & 0x7f : -1;
        if (type == CONTROL) {
            to.skip(Why.LINK_CONTROL, p.linkType, end - at, p);
            return;
        }
        int payload = network(b, at, end);
        if (payload < 0) {
            to.skip(cut > 0 ? Why.CUT_HEADERS : Why.MALFORMED_LINK, p.linkType, end - at, p);
            return;
        }
        int next = at + 1;
        long target = receiver;
        long source = sender;
        if (type == 0 || type == 4) {
            target = mac(b, next);
            next += 6;
        }
        if (type == 0 || type == 3) {
            source = mac(b, next);
            next += 6;
        }
        byte[] head = LinkHeader.of(source, target, u16(b, next));
        byte[] frame = Arrays.copyOf(head, head.length + end - payload);
        System.arraycopy(b, payload, frame, head.length, end - payload);
        long[] moved = frames.clone();
        for (int i = 0; i < moved.length; i += 2)
            moved[i] = Math.max(0, moved[i] - payload + head.length);
        to.made(p, frame, frame.length + cut, LinkHeader.linkType(source, target), moved);
    }

    /** Index of the packet itself, or -1. */
    private static int network(byte[] b, int at, int end) {
        if (at >= end) return -1;
        boolean extended = (b[at] & EXTENSION) != 0;
        int next =
                switch (b[at] & 0x7f) {
                    case 0 -> at + 15;
                    case 2 -> at + 3;
                    case 3, 4 -> at + 9;
                    default -> -1;
                };
        if (next < 0 || next > end) return -1;
        while (extended) {
            if (next + 2 > end) return -1;
            extended = (b[next] & EXTENSION) != 0;
            next += 2 + (b[next + 1] & 0xff);
        }
        return next > end ? -1 : next;
    }

    private static int u16(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }

    private static long mac(byte[] b, int at) {
        return (long) u16(b, at) << 32 | (long) u16(b, at + 2) << 16 | u16(b, at + 4);
    }
}
