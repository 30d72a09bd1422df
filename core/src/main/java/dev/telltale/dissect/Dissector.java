package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;
import dev.telltale.model.StreamEvent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Takes packets apart and tells each flow's handler its stream events. Single-threaded; the same
 * packets give the same events. Several dissectors may share the packets of a capture by {@link
 * DispatchKey}, behind one {@link Defragmenter}.
 *
 * <p>What concerns one flow goes to the anomaly sink at once; what concerns packets is counted, and
 * told by {@link Totals#anomalies()} once all dissectors' totals are added up.
 */
public final class Dissector implements PacketSink {
    /** A UDP flow, or a TCP flow that ended, is over after so long without a packet. */
    private static final long QUIET_NANOS = 120_000_000_000L;

    /** Such flows are looked for and closed only this much later. */
    private static final long SWEEP_NANOS = QUIET_NANOS + 60_000_000_000L;

    private final Tally tally = new Tally();
    private final Shared shared;
    private final Defragmenter defragmenter;
    private final Frame frame = new Frame();
    private final FlowTable table = new FlowTable();
    private final FlowKey key = new FlowKey(new SplittableRandom().nextLong());

    /** Open TCP flows, and flows that go once they have been quiet. */
    private final Recency<Conversation> live = new Recency<>();

    private final Recency<Conversation> fading = new Recency<>();
    private byte[] datagram = new byte[2048];

    /**
     * Latest time of any packet of the capture: it never goes back, and is the same for each of
     * several dissectors, so that it does not depend on their number which flows are over.
     */
    private long clock;

    public Dissector(FlowHandler.Factory handlers, AnomalySink anomalies, DissectLimits limits) {
        shared = new Shared(handlers, anomalies, limits, tally);
        defragmenter = new Defragmenter(limits, this, tally);
    }

    @Override
    public void packet(Packet p) {
        boolean fragments = p.fragments.length > 0;
        boolean ip = frame.read(p);
        if ((ip && frame.fragment) || frame.bundle != Frame.Bundle.NONE) {
            defragmenter.take(p);
            return;
        }
        // Fragments were counted one by one where they came in.
        if (!fragments) {
            tally.packets++;
            if (frame.version != 0) tally.ipPackets++;
            tally.time(p.timeNanos);
        }
        shared.now = p.timeNanos;
        clock = Math.max(clock, Math.max(p.clockNanos, p.timeNanos));
        sweep();
        if (!ip) {
            tally.skip(frame.why, frame.code, frame.bytes, p.number);
            return;
        }
        if (frame.afterInner > 0) tally.skip(Why.AFTER_INNER, 0, frame.afterInner, p.number);
        if (frame.lengthBeyondFrame) tally.skip(Why.LENGTH_BEYOND_FRAME, 0, 0, p.number);
        switch (frame.protocol) {
            case Ipv4.TCP -> tcp(p, frame);
            case Ipv4.UDP -> udp(p, frame);
            // ICMP, IGMP, EGP/IGP, ICMPv6, no next header, EIGRP, OSPF, PIM, VRRP
            case 1, 2, 8, 9, 58, 59, 88, 89, 103, 112 ->
                    tally.skip(Why.CONTROL, frame.protocol, frame.length, p.number);
            default -> tally.skip(Why.UNSUPPORTED_PROTOCOL, frame.protocol, frame.length, p.number);
        }
    }

    /**
     * <a href="https://www.rfc-editor.org/rfc/rfc9293#section-3.1">RFC 9293 section 3.1</a>.
     *
     * <pre>
     *  0                   1                   2                   3
     *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
     * +-------------------------------+-------------------------------+
     * |          Source Port          |       Destination Port        |
     * +-------------------------------+-------------------------------+
     * |                        Sequence Number                        |
     * |                    Acknowledgment Number                      |
     * +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
     * | Offset|  Res. |C|E|U|A|P|R|S|F|             Window            |
     * +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
     * |           Checksum            |         Urgent Pointer        |
     * +-------------------------------+-------------------------------+
     * |                           [Options]                           |
     * </pre>
     *
     * The checksum is not looked at: offload leaves it wrong in what a host captures of itself.
     */
    private void tcp(Packet p, Frame f) {
        if (f.captured < 20) {
            tally.skip(f.length < 20 ? Why.MALFORMED_TCP : Why.CUT_HEADERS, 0, f.length, p.number);
            return;
        }
        MemorySegment m = f.memory;
        long ports = Bytes.i64(m, f.payload);
        long control = Bytes.i64(m, f.payload + 8);
        int header = (int) (control >>> 28 & 15) * 4;
        if (header < 20 || header > f.length) {
            tally.skip(Why.MALFORMED_TCP, 0, f.length, p.number);
            return;
        }
        tally.tcpPackets++;
        int flags = (int) (control >>> 16) & 0xff;
        int length = f.length - header;
        int present = Math.max(0, f.captured - header);
        key.set(f, (int) (ports >>> 48), (int) (ports >>> 32) & 0xffff);
        Conversation c = table.find(key);
        boolean opens = length > 0 || (flags & (TcpFlow.SYN | TcpFlow.RST)) == TcpFlow.SYN;
        if (c != null && opens && quiet(c, p)) {
            drop(c, StreamEvent.How.END_OF_CAPTURE);
            c = null;
        }
        int seq = (int) ports;
        int ack = (int) (control >>> 32);
        long at = f.payload + header;
        if (c instanceof TcpFlow flow) {
            if (tell(flow, p, f, seq, ack, flags, at, length, present)) return;
            drop(flow, StreamEvent.How.REUSED);
        }
        // A connection of which only acknowledgments, a FIN or a RST are left carries nothing.
        if (!opens) return;
        TcpFlow flow = new TcpFlow(shared, key, p.number);
        add(flow);
        tell(flow, p, f, seq, ack, flags, at, length, present);
    }

    private boolean tell(
            TcpFlow flow,
            Packet p,
            Frame f,
            int seq,
            int ack,
            int flags,
            long at,
            int length,
            int present) {
        flow.macs(key.sender, f);
        flow.app(p.app);
        flow.lastTime = p.timeNanos;
        flow.lastClock = clock;
        if (!flow.segment(p, key.sender, seq, ack, flags, at, length, present)) return false;
        (flow.fades() ? fading : live).touch(flow.node);
        shared.relieve();
        return true;
    }

    /**
     * <a href="https://www.rfc-editor.org/rfc/rfc768">RFC 768</a>.
     *
     * <pre>
     *  0                   1                   2                   3
     *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
     * +-------------------------------+-------------------------------+
     * |          Source Port          |       Destination Port        |
     * |             Length            |            Checksum           |
     * +-------------------------------+-------------------------------+
     * </pre>
     */
    private void udp(Packet p, Frame f) {
        if (f.captured < 8) {
            tally.skip(f.length < 8 ? Why.MALFORMED_UDP : Why.CUT_HEADERS, 0, f.length, p.number);
            return;
        }
        long header = Bytes.i64(f.memory, f.payload);
        int total = (int) (header >>> 16) & 0xffff;
        // Zero: a jumbogram (RFC 2675) or segmentation offload.
        if (total == 0) total = f.length;
        if (total < 8) {
            tally.skip(Why.MALFORMED_UDP, 0, f.length, p.number);
            return;
        }
        if (total > f.length) tally.skip(Why.LENGTH_BEYOND_FRAME, 0, 0, p.number);
        else if (total < f.length) tally.skip(Why.AFTER_DATAGRAM, 0, f.length - total, p.number);
        int length = Math.min(total, f.length) - 8;
        int present = Math.min(length, f.captured - 8);
        tally.udpPackets++;
        tally.udpBytes += length;
        tally.udpTruncated += length - present;
        key.set(f, (int) (header >>> 48), (int) (header >>> 32) & 0xffff);
        Conversation c = table.find(key);
        if (c != null && quiet(c, p)) {
            drop(c, StreamEvent.How.END_OF_CAPTURE);
            c = null;
        }
        UdpFlow flow;
        if (c instanceof UdpFlow known) {
            flow = known;
        } else {
            flow = new UdpFlow(shared, key, p.number);
            add(flow);
        }
        flow.macs(key.sender, f);
        flow.app(p.app);
        flow.lastTime = p.timeNanos;
        flow.lastClock = clock;
        fading.touch(flow.node);
        if (present > datagram.length) datagram = new byte[Math.max(present, 2 * datagram.length)];
        long at = f.payload + 8;
        MemorySegment.copy(f.memory, ValueLayout.JAVA_BYTE, at, datagram, 0, present);
        flow.datagram(key.sender, datagram, present, length, Origin.of(p, at - p.offset));
    }

    private void add(Conversation c) {
        while (table.size() >= shared.limits.flows()) {
            Conversation old = fading.oldest();
            if (old == null) old = live.oldest();
            if (old == null) break;
            if (!old.finished()) tally.skip(Why.FLOWS_EVICTED, 0, 0, old.number);
            drop(old, StreamEvent.How.END_OF_CAPTURE);
        }
        table.add(c);
        live.touch(c.node);
    }

    private static boolean quiet(Conversation c, Packet p) {
        boolean fades = !(c instanceof TcpFlow t) || t.fades();
        return fades && p.timeNanos - c.lastTime > QUIET_NANOS;
    }

    private void sweep() {
        for (Conversation c = fading.oldest();
                c != null && clock - c.lastClock > SWEEP_NANOS;
                c = fading.oldest()) {
            drop(c, StreamEvent.How.END_OF_CAPTURE);
        }
    }

    private void drop(Conversation c, StreamEvent.How how) {
        table.remove(c);
        c.node.remove();
        c.close(how);
    }

    /** No more packets come: all that waits is delivered and every flow closed. */
    public void end() {
        defragmenter.end();
        @Nullable Conversation c;
        while ((c = fading.oldest()) != null) drop(c, StreamEvent.How.END_OF_CAPTURE);
        while ((c = live.oldest()) != null) drop(c, StreamEvent.How.END_OF_CAPTURE);
    }

    /** Complete after {@link #end}. */
    public Totals totals() {
        return tally.totals();
    }
}
