package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import java.lang.foreign.MemorySegment;

/**
 * The headers of one frame down to the transport layer. Reused; positions are indexes in {@link
 * #memory}. The readers of each layer fill it: {@link Link}, {@link Ipv4}, {@link Ipv6}.
 */
final class Frame {
    /** IP packets inside IP packets. */
    private static final int MAX_TUNNELS = 4;

    MemorySegment memory = MemorySegment.NULL;

    /** End of the captured bytes of the layer being read. */
    long end;

    /** Where that layer ended on the wire; beyond {@link #end} where the snap length cut it. */
    long wireEnd;

    /** Addresses of the link frame, -1 where unknown. */
    long sourceMac;

    long targetMac;

    /** EtherType of what the link layer carries. */
    int etherType;

    /** Where the innermost IP header begins and whether it lies in another IP packet. */
    long ip;

    int tunnels;

    /** 4 or 6; 0 before any IP header was read. */
    int version;

    int protocol;
    long sourceHigh;
    long sourceLow;
    long targetHigh;
    long targetLow;

    /**
     * What the IP packet carries: its position, its length as the header says, and how much of it
     * is there.
     */
    long payload;

    int length;
    int captured;

    /**
     * One of several fragments: {@link #payload} stands at {@link #fragmentOffset} of the whole.
     */
    boolean fragment;

    int fragmentOffset;
    boolean moreFragments;
    int fragmentId;

    /** IPv6: the byte that names the fragment header, and where that header begins. */
    long fragmentNamed;

    long fragmentHeader;

    boolean lengthBeyondFrame;

    /** Why {@link #read} said no, the code that goes with it, and the bytes concerned. */
    Why why = Why.NOT_IP;

    int code;
    long bytes;

    /**
     * False where the frame holds no IP packet that can be taken further; {@link #why} then says
     * why not.
     */
    boolean read(Packet p) {
        memory = p.memory;
        end = p.offset + p.captured;
        wireEnd = p.offset + Math.max(p.captured, p.original);
        sourceMac = -1;
        targetMac = -1;
        version = 0;
        tunnels = 0;
        fragment = false;
        lengthBeyondFrame = false;
        code = 0;
        long at = Link.read(this, p);
        if (at < 0) return false;
        switch (etherType) {
            case Link.IPV4 -> {
                if (!Ipv4.read(this, at)) return false;
            }
            case Link.IPV6 -> {
                if (!Ipv6.read(this, at)) return false;
            }
            default -> {
                return no(
                        Link.carriesNoApplication(etherType)
                                ? Why.NOT_IP
                                : Why.UNSUPPORTED_ETHERTYPE,
                        etherType,
                        wireEnd - at);
            }
        }
        while ((protocol == Ipv4.IN_IP || protocol == Ipv6.IN_IP)
                && !fragment
                && tunnels < MAX_TUNNELS) {
            tunnels++;
            end = payload + captured;
            wireEnd = payload + length;
            if (!(protocol == Ipv4.IN_IP ? Ipv4.read(this, payload) : Ipv6.read(this, payload)))
                return false;
        }
        return true;
    }

    boolean no(Why reason, int reasonCode, long concerned) {
        why = reason;
        code = reasonCode;
        bytes = concerned;
        return false;
    }

    /**
     * The layer's header is not all there: cut by the snap length, or the frame was too short to
     * begin with.
     */
    boolean tooShort(long neededEnd, Why malformed) {
        return no(
                neededEnd <= wireEnd ? Why.CUT_HEADERS : malformed, 0, Math.max(0, wireEnd - end));
    }
}
