package dev.telltale.dissect;

import dev.telltale.model.Anomaly;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a capture held at packet level, counted from headers and sequence numbers and not from the
 * events delivered: the audit checks its coverage against it. Totals of dissectors that worked side
 * by side add up ({@link #plus}) to those of one alone.
 *
 * <p>{@code tcpPayload = (tcpBytes - tcpGaps) + tcpDuplicate + tcpIgnored} holds for every capture.
 *
 * @param packets frames of the capture
 * @param ipPackets frames that held an IPv4 or IPv6 packet (each fragment counts)
 * @param flows flows opened
 * @param tcpBytes unique payload bytes of all TCP streams: reassembled data plus gaps
 * @param tcpGaps bytes of {@code tcpBytes} that no frame claimed to carry (reason GAP)
 * @param tcpTruncated bytes of {@code tcpBytes} that a frame carried and the snap length cut off
 *     (reason TRUNCATED)
 * @param tcpPayload TCP payload bytes of all frames as their headers say, retransmissions included
 * @param tcpDuplicate bytes of {@code tcpPayload} that were there already
 * @param tcpIgnored bytes of {@code tcpPayload} that belong to no place in a stream: see {@code
 *     skipped}
 * @param udpBytes UDP payload bytes as the headers say
 * @param udpTruncated bytes of {@code udpBytes} that the capture does not hold
 * @param firstNanos earliest packet time, {@link Long#MAX_VALUE} without any
 * @param lastNanos latest packet time, {@link Long#MIN_VALUE} without any
 * @param skipped what was not taken apart and why, ascending by reason and code
 */
public record Totals(
        long packets,
        long ipPackets,
        long tcpPackets,
        long udpPackets,
        long flows,
        long tcpBytes,
        long tcpGaps,
        long tcpTruncated,
        long tcpPayload,
        long tcpDuplicate,
        long tcpIgnored,
        long udpBytes,
        long udpTruncated,
        long firstNanos,
        long lastNanos,
        List<Skipped> skipped) {

    public static final Totals ZERO =
            new Totals(
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE,
                    List.of());

    /** Why something was not taken apart. */
    public enum Why {
        /** Link control, ARP and the like (code: EtherType): carries nothing of an application. */
        NOT_IP,
        /** ICMP, IGMP and routing protocols (code: IP protocol). */
        CONTROL,
        /** Code: LINKTYPE_* value. */
        UNSUPPORTED_LINK,
        /** Code: EtherType. */
        UNSUPPORTED_ETHERTYPE,
        /** Code: IP protocol number. */
        UNSUPPORTED_PROTOCOL,
        /** Link management and signalling (code: LINKTYPE_* value). */
        LINK_CONTROL,
        /** Encrypted below IP, as in a closed Wi-Fi (code: LINKTYPE_* value). */
        ENCRYPTED_LINK,
        /** Link frames cut into fragments by the radio (code: LINKTYPE_* value). */
        LINK_FRAGMENTS,
        /** Frames that the receiver marks as damaged (code: LINKTYPE_* value). */
        WRONG_CHECKSUM,
        /** Bluetooth (code: PSM, 0 where the channel opened before the capture). */
        UNSUPPORTED_CHANNEL,
        /** USB transfers that carry no network frame (code: LINKTYPE_* value). */
        UNSUPPORTED_TRANSFER,
        /** The snap length cut the headers. */
        CUT_HEADERS,
        MALFORMED_LINK,
        MALFORMED_IP,
        /** Code: IP protocol number. */
        MALFORMED_TUNNEL,
        MALFORMED_TCP,
        MALFORMED_UDP,
        /** Tunnels inside tunnels beyond any use (code: IP protocol number). */
        TUNNELS_TOO_DEEP,
        /** Taken apart, but bytes follow the packet inside a tunnel. */
        AFTER_INNER,
        /**
         * Taken apart, but the IP length reaches beyond the frame: what the frame holds was used.
         */
        LENGTH_BEYOND_FRAME,
        /**
         * Taken apart, but bytes follow the UDP datagram inside the IP packet (RFC 9868 or a hiding
         * place).
         */
        AFTER_DATAGRAM,
        /** Fragments whose first fragment never came, in time or at all. */
        LOST_FRAGMENTS,
        /** Fragments that claim the same bytes with different content; the first won. */
        FRAGMENT_CONFLICT,
        /** TCP bytes far outside of any window. */
        FAR_SEQUENCE,
        /** TCP bytes before the first byte of a stream joined midway. */
        BEFORE_START,
        /** TCP bytes after the end of their stream. */
        AFTER_END,
        /** Flows closed because too many were open. */
        FLOWS_EVICTED,
        /** Incomplete datagrams given up because too many waited for their fragments. */
        DATAGRAMS_EVICTED
    }

    /**
     * @param bytes payload bytes concerned; {@code firstFrame} the first frame where it happened
     */
    public record Skipped(Why why, int code, long packets, long bytes, long firstFrame) {
        Skipped plus(Skipped o) {
            return new Skipped(
                    why,
                    code,
                    packets + o.packets,
                    bytes + o.bytes,
                    Math.min(firstFrame, o.firstFrame));
        }
    }

    public Totals plus(Totals o) {
        List<Skipped> all = new ArrayList<>(skipped);
        for (Skipped s : o.skipped) {
            int at = Collections.binarySearch(all, s, Tally.ORDER);
            if (at >= 0) all.set(at, all.get(at).plus(s));
            else all.add(-at - 1, s);
        }
        return new Totals(
                packets + o.packets,
                ipPackets + o.ipPackets,
                tcpPackets + o.tcpPackets,
                udpPackets + o.udpPackets,
                flows + o.flows,
                tcpBytes + o.tcpBytes,
                tcpGaps + o.tcpGaps,
                tcpTruncated + o.tcpTruncated,
                tcpPayload + o.tcpPayload,
                tcpDuplicate + o.tcpDuplicate,
                tcpIgnored + o.tcpIgnored,
                udpBytes + o.udpBytes,
                udpTruncated + o.udpTruncated,
                Math.min(firstNanos, o.firstNanos),
                Math.max(lastNanos, o.lastNanos),
                List.copyOf(all));
    }

    /**
     * One anomaly for each reason and code, never one a packet. They come from the sum and not from
     * each dissector, so that any number of workers tells the same.
     */
    public List<Anomaly> anomalies() {
        List<Anomaly> out = new ArrayList<>();
        for (Skipped s : skipped) {
            Anomaly.Kind kind =
                    switch (s.why) {
                        case NOT_IP, CONTROL, LINK_CONTROL -> null;
                        case UNSUPPORTED_LINK,
                                UNSUPPORTED_ETHERTYPE,
                                UNSUPPORTED_PROTOCOL,
                                UNSUPPORTED_CHANNEL,
                                UNSUPPORTED_TRANSFER,
                                ENCRYPTED_LINK,
                                LINK_FRAGMENTS ->
                                Anomaly.Kind.UNSUPPORTED_LINK;
                        case CUT_HEADERS,
                                MALFORMED_LINK,
                                MALFORMED_IP,
                                MALFORMED_TUNNEL,
                                MALFORMED_TCP,
                                MALFORMED_UDP,
                                WRONG_CHECKSUM,
                                AFTER_INNER,
                                LENGTH_BEYOND_FRAME,
                                AFTER_DATAGRAM,
                                LOST_FRAGMENTS ->
                                Anomaly.Kind.PACKET_MALFORMED;
                        case FRAGMENT_CONFLICT -> Anomaly.Kind.OVERLAP_CONFLICT;
                        case FAR_SEQUENCE, BEFORE_START, AFTER_END ->
                                Anomaly.Kind.PROTOCOL_VIOLATION;
                        case FLOWS_EVICTED, DATAGRAMS_EVICTED, TUNNELS_TOO_DEEP ->
                                Anomaly.Kind.LIMIT;
                    };
            if (kind != null) out.add(new Anomaly(kind, "frame " + s.firstFrame, text(s)));
        }
        return out;
    }

    private static String text(Skipped s) {
        if (s.code < 0) return s.packets + " packets of more kinds (" + s.bytes + " bytes)";
        String n = s.packets == 1 ? "1 packet" : s.packets + " packets";
        return switch (s.why) {
            case NOT_IP -> n + " of EtherType 0x" + Integer.toHexString(s.code);
            case CONTROL -> n + " of IP protocol " + s.code;
            case UNSUPPORTED_LINK -> n + " of link type " + s.code + " not taken apart";
            case UNSUPPORTED_ETHERTYPE ->
                    n
                            + " of EtherType 0x"
                            + Integer.toHexString(s.code)
                            + " not taken apart ("
                            + s.bytes
                            + " bytes)";
            case UNSUPPORTED_PROTOCOL ->
                    n + " of IP protocol " + s.code + " not taken apart (" + s.bytes + " bytes)";
            case LINK_CONTROL -> n + " of link type " + s.code + " that manage the link";
            case ENCRYPTED_LINK ->
                    n
                            + " encrypted below IP, by the link itself, and not decrypted ("
                            + s.bytes
                            + " bytes)";
            case LINK_FRAGMENTS ->
                    n
                            + " that are fragments of link frames, not put together ("
                            + s.bytes
                            + " bytes)";
            case WRONG_CHECKSUM -> n + " received damaged, not taken apart (" + s.bytes + " bytes)";
            case UNSUPPORTED_CHANNEL ->
                    n
                            + " of Bluetooth channels "
                            + (s.code == 0 ? "of unknown use" : "of PSM " + s.code)
                            + ", not taken apart ("
                            + s.bytes
                            + " bytes)";
            case UNSUPPORTED_TRANSFER ->
                    n + " of USB without network frames, not taken apart (" + s.bytes + " bytes)";
            case MALFORMED_TUNNEL -> n + " with a malformed tunnel header (" + s.bytes + " bytes)";
            case TUNNELS_TOO_DEEP ->
                    n + " in tunnels nested too deep, not taken apart (" + s.bytes + " bytes)";
            case AFTER_INNER ->
                    n
                            + " with bytes after the packet inside a tunnel ("
                            + s.bytes
                            + " bytes, not looked at)";
            case CUT_HEADERS -> n + " cut inside the headers by the snap length";
            case MALFORMED_LINK -> n + " with a malformed link header";
            case MALFORMED_IP -> n + " with a malformed IP header";
            case MALFORMED_TCP -> n + " with a malformed TCP header";
            case MALFORMED_UDP -> n + " with a malformed UDP header";
            case LENGTH_BEYOND_FRAME -> n + " whose IP length reaches beyond the frame";
            case AFTER_DATAGRAM ->
                    n + " with bytes after the UDP datagram (" + s.bytes + " bytes, not looked at)";
            case LOST_FRAGMENTS ->
                    n + " of IP fragments without their first fragment (" + s.bytes + " bytes)";
            case FRAGMENT_CONFLICT ->
                    n + " of IP fragments that contradict earlier ones; the first were used";
            case FAR_SEQUENCE ->
                    n + " far outside their TCP window, ignored (" + s.bytes + " bytes)";
            case BEFORE_START ->
                    n
                            + " from before the start of a TCP stream joined midway, ignored ("
                            + s.bytes
                            + " bytes)";
            case AFTER_END ->
                    n + " after the end of their TCP stream, ignored (" + s.bytes + " bytes)";
            case FLOWS_EVICTED ->
                    (s.packets == 1 ? "1 flow" : s.packets + " flows")
                            + " closed early: too many open";
            case DATAGRAMS_EVICTED ->
                    (s.packets == 1 ? "1 datagram" : s.packets + " datagrams")
                            + " given up early: too many waited for fragments";
        };
    }
}
