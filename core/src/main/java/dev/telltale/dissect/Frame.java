package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The headers of one frame down to the transport layer. Reused; positions are indexes in {@link
 * #memory}. The readers of each layer fill it: {@link Link}, {@link Ipv4}, {@link Ipv6}, {@link
 * Tunnels}.
 */
final class Frame {
    /** What a frame holds that is not one packet: see {@link Bundles}. */
    enum Bundle {
        NONE,
        AMSDU,
        HCI,
        USB
    }

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

    /** Several packets, or a part of one; where it begins. */
    Bundle bundle = Bundle.NONE;

    long bundled;

    /** Where the innermost IP header begins and how many tunnels lead to it. */
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

    /** Bytes that follow a packet inside a tunnel and belong to nothing. */
    long afterInner;

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
        bundle = Bundle.NONE;
        afterInner = 0;
        long at = Link.read(this, p);
        return at >= 0 && network(at) && (protocol == Ipv4.TCP || Tunnels.enter(this));
    }

    /** Reads the IP packet at {@code at} that {@link #etherType} promises. */
    boolean network(long at) {
        return switch (etherType) {
            case Link.IPV4 -> Ipv4.read(this, at);
            case Link.IPV6 -> Ipv6.read(this, at);
            default ->
                    no(
                            Link.carriesNoApplication(etherType)
                                    ? Why.NOT_IP
                                    : Why.UNSUPPORTED_ETHERTYPE,
                            etherType,
                            wireEnd - at);
        };
    }

    /** Says no to what holds several packets, or a part of one, from {@code at} on. */
    long bundle(Bundle kind, long at) {
        bundle = kind;
        bundled = at;
        no(Why.NOT_IP, 0, 0);
        return -1;
    }

    private @Nullable Frame kept;

    /** Keeps what was read so far, for {@link #back}. */
    void keep() {
        if (kept == null) kept = new Frame();
        kept.copy(this);
    }

    /** Forgets what was read since {@link #keep}. */
    void back() {
        if (kept != null) copy(kept);
    }

    /** Takes over all that {@code o} has read of the same packet. */
    private void copy(Frame o) {
        memory = o.memory;
        end = o.end;
        wireEnd = o.wireEnd;
        sourceMac = o.sourceMac;
        targetMac = o.targetMac;
        etherType = o.etherType;
        bundle = o.bundle;
        bundled = o.bundled;
        ip = o.ip;
        tunnels = o.tunnels;
        version = o.version;
        protocol = o.protocol;
        sourceHigh = o.sourceHigh;
        sourceLow = o.sourceLow;
        targetHigh = o.targetHigh;
        targetLow = o.targetLow;
        payload = o.payload;
        length = o.length;
        captured = o.captured;
        fragment = o.fragment;
        fragmentOffset = o.fragmentOffset;
        moreFragments = o.moreFragments;
        fragmentId = o.fragmentId;
        fragmentNamed = o.fragmentNamed;
        fragmentHeader = o.fragmentHeader;
        lengthBeyondFrame = o.lengthBeyondFrame;
        afterInner = o.afterInner;
        why = o.why;
        code = o.code;
        bytes = o.bytes;
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
