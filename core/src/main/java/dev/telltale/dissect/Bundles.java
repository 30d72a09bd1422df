package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;
import java.lang.foreign.MemorySegment;

/**
 * Link frames that hold several packets, or a part of one: each packet goes on as a frame of its
 * own, with the numbers of the frames that it came in. To be done before packets are dealt out to
 * dissectors, as one frame may concern several flows.
 */
final class Bundles {
    private final PacketSink next;
    private final Tally tally;
    private final Packet out = new Packet();
    private final Frame peek = new Frame();
    private final Hci hci;
    private boolean ip;

    Bundles(DissectLimits limits, PacketSink next, Tally tally) {
        this.next = next;
        this.tally = tally;
        this.hci = new Hci(limits, this);
    }

    /** Takes the frame {@code p}, which {@code f} has found to be a bundle. */
    void take(Packet p, Frame f) {
        tally.packets++;
        tally.time(p.timeNanos);
        ip = false;
        switch (f.bundle) {
            case NONE -> {}
            case AMSDU -> Amsdu.read(this, p, f.bundled, f.end, f.wireEnd);
            case HCI -> hci.read(p, f.bundled, f.end, f.wireEnd);
            case USB -> Usb.read(this, p, f.bundled, f.end, f.wireEnd);
        }
        if (ip) tally.ipPackets++;
    }

    /** No more frames come. */
    void end() {
        hci.end();
    }

    void skip(Why why, int code, long bytes, Packet p) {
        tally.skip(why, code, Math.max(0, bytes), p.number);
    }

    /** A part is given up, for the limit's sake, and its bytes are lost. */
    void evicted(long bytes, long frame) {
        tally.skip(Why.DATAGRAMS_EVICTED, 0, 0, frame);
        lost(bytes, frame);
    }

    void lost(long bytes, long frame) {
        tally.skip(Why.LOST_FRAGMENTS, 0, bytes, frame);
    }

    /** An Ethernet frame that stands in {@code p} as it is. */
    void ethernet(Packet p, long at, long captured, long original) {
        out.memory = p.memory;
        out.offset = at;
        out.captured = (int) Math.min(captured, original);
        out.original = (int) original;
        out.linkType = 1;
        emit(p, new long[] {0, p.number});
    }

    /**
     * A frame that was put together.
     *
     * @param frames as in {@link Packet#fragments}
     */
    void made(Packet p, byte[] frame, int original, int linkType, long[] frames) {
        out.memory = MemorySegment.ofArray(frame);
        out.offset = 0;
        out.captured = frame.length;
        out.original = original;
        out.linkType = linkType;
        emit(p, frames);
    }

    private void emit(Packet p, long[] frames) {
        out.number = p.number;
        out.timeNanos = p.timeNanos;
        out.fragments = frames;
        peek.read(out);
        ip |= peek.version != 0;
        next.packet(out);
    }
}
