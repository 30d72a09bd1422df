package dev.telltale.dissect;

import dev.telltale.dissect.TcpSide.Segment;
import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Packet;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reassembly of one TCP connection (<a
 * href="https://www.rfc-editor.org/rfc/rfc9293#section-3.1">RFC 9293 section 3.1</a>) as seen by a
 * bystander whose capture may lack packets and hold them late or twice.
 *
 * <ul>
 *   <li>Bytes are delivered in stream order. Of bytes that come twice the first to come wins.
 *   <li>A segment is delivered after the bytes of the other side that it acknowledges: an answer
 *       never comes before its request, even where the capture has them the other way round.
 *   <li>What waits for missing bytes goes on without them (a gap) once the other side has
 *       acknowledged them and {@link #WAIT_NANOS} of capture time or {@link #WAIT_BYTES} have
 *       passed, when the limits are reached, and when the flow closes. Until then the order of the
 *       segments in the capture makes no difference.
 *   <li>A side whose SYN was not seen starts with the lowest sequence number of its first {@link
 *       #SETTLE_NANOS}, {@link #SETTLE_BYTES} or {@link #SETTLE_SEGMENTS}.
 *   <li>A FIN marks a place in the stream; a RST marks none: what a side still sends after it was
 *       sent and is read.
 * </ul>
 */
final class TcpFlow extends Conversation {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    private static final long WAIT_NANOS = 2_000_000_000L;
    private static final int WAIT_BYTES = 1 << 20;
    private static final long SETTLE_NANOS = 500_000_000L;
    private static final int SETTLE_BYTES = 64 << 10;
    private static final int SETTLE_SEGMENTS = 64;

    /**
     * So many segments far from where a side stands, but near each other, are a new connection
     * whose SYN was not captured.
     */
    private static final int FAR_SEGMENTS = 4;

    private final TcpSide[] sides;
    private boolean reset;
    private boolean finished;
    private boolean conflictTold;

    TcpFlow(Shared shared, FlowKey key, long number) {
        super(shared, key, number);
        sides = new TcpSide[] {new TcpSide(this, 0), new TcpSide(this, 1)};
    }

    /**
     * Takes a segment from end {@code sender}.
     *
     * @param at index of its payload in the packet's memory
     * @param length of the payload as the headers say, {@code present} of it in the capture
     * @return false where it belongs to a new connection between the same ports; nothing of it was
     *     used then
     */
    boolean segment(
            Packet p, int sender, int seq, int ack, int flags, long at, int length, int present) {
        TcpSide side = sides[sender];
        TcpSide other = sides[1 - sender];
        boolean acks = (flags & ACK) != 0;
        if ((flags & SYN) != 0) {
            if (!syn(sender, seq, ack, acks)) return false;
            seq++;
        }
        if ((flags & RST) != 0 && near(side, seq)) reset = true;
        boolean fin = (flags & FIN) != 0 && (flags & RST) == 0;
        if (length > 0 || fin) {
            if (!near(side, seq)) {
                if (length > 0 && !far(side, seq, length, p.number)) return false;
                return true;
            }
            if (acks && !finished) acknowledge(other, ack);
            if (side.closed) late(side, seq, length, p.number);
            else data(side, other, p, seq, ack, flags, at, length, present, fin);
        } else if (acks && !finished) {
            acknowledge(other, ack);
        }
        if (sides[0].heldCount > 0
                || sides[1].heldCount > 0
                || sides[0].settling
                || sides[1].settling) goOn();
        return true;
    }

    /** True unless this SYN opens a new connection. */
    private boolean syn(int sender, int seq, int ack, boolean acks) {
        TcpSide side = sides[sender];
        TcpSide other = sides[1 - sender];
        if (side.syn && side.isn == seq) return true;
        // Late: the SYN/ACK told where the stream begins, and the capture has it, or all there is,
        // first.
        boolean late = !side.syn && side.based && side.offsetOf(seq + 1) == 0;
        if ((finished || reset) && !late) return false;
        if (side.syn) {
            // A second SYN/ACK with another number: only where nothing was built on the first.
            if (!acks) return false;
            if (side.seen || side.closed) return true;
            side.base = seq + 1;
            side.isn = seq;
            return true;
        }
        // A SYN/ACK that answers an earlier attempt.
        if (acks && other.syn && ack != other.isn + 1) return true;
        if (side.settling) {
            long zero = side.offsetOf(seq + 1);
            if (zero < -TcpSide.FAR || zero > settledStart(side)) return false;
            side.rebase(zero);
            side.stuckSince = shared.now;
        } else if (side.based) {
            if (!late) return false;
        } else {
            // From here only a simultaneous open (RFC 9293 figure 7) or a late SYN of a connection
            // just joined fits.
            if (!acks && other.seen && !other.settling && !other.syn) return false;
            side.base = seq + 1;
            side.based = true;
            if (side.hinted) acknowledge(side, side.hintHigh);
        }
        side.syn = true;
        side.isn = seq;
        if (!opened() && !other.syn) initiator = acks ? 1 - sender : sender;
        if (acks && !other.based) {
            if (other.settling) {
                long zero = other.offsetOf(ack);
                if (zero >= -TcpSide.FAR && zero <= settledStart(other)) {
                    other.rebase(zero);
                    other.stuckSince = shared.now;
                }
            } else {
                other.base = ack;
                other.based = true;
            }
        }
        finIfThere(side);
        finIfThere(other);
        return true;
    }

    private static long settledStart(TcpSide side) {
        if (side.heldCount > 0) return side.first().offset;
        return side.fin == TcpSide.NONE ? 0 : side.fin;
    }

    private static boolean near(TcpSide side, int seq) {
        if (!side.based && !side.settling) return true;
        return Math.abs(side.offsetOf(seq) - side.position()) <= TcpSide.FAR;
    }

    /**
     * True unless the segments far away have become so many that they are a connection of their
     * own.
     */
    private boolean far(TcpSide side, int seq, int length, long frame) {
        int ahead = seq - side.farNext;
        side.farCount = side.farCount > 0 && ahead >= 0 && ahead < 1 << 20 ? side.farCount + 1 : 1;
        side.farNext = seq + length;
        if (side.farCount >= FAR_SEGMENTS) return false;
        shared.tally.tcpPayload += length;
        ignore(Why.FAR_SEQUENCE, length, frame);
        return true;
    }

    private void ignore(Why why, int length, long frame) {
        shared.tally.tcpIgnored += length;
        shared.tally.skip(why, 0, length, frame);
    }

    /** The receiver of {@code side}'s bytes has them up to {@code ack}. */
    private static void acknowledge(TcpSide side, int ack) {
        if (side.based || side.settling) {
            long offset = side.offsetOf(ack);
            if (offset > side.acked && offset - side.position() <= TcpSide.FAR) side.acked = offset;
        } else if (!side.hinted) {
            side.hinted = true;
            side.hintLow = ack;
            side.hintHigh = ack;
        } else {
            if (ack - side.hintLow < 0) side.hintLow = ack;
            if (ack - side.hintHigh > 0) side.hintHigh = ack;
        }
    }

    /** Payload for a side that is closed. */
    private void late(TcpSide side, int seq, int length, long frame) {
        long offset = side.offsetOf(seq);
        int known = Math.clamp(side.next - offset, 0, length);
        shared.tally.tcpPayload += length;
        shared.tally.tcpDuplicate += known;
        if (known < length) ignore(Why.AFTER_END, length - known, frame);
    }

    private void data(
            TcpSide side,
            TcpSide other,
            Packet p,
            int seq,
            int ack,
            int flags,
            long at,
            int length,
            int present,
            boolean fin) {
        if (!side.based && !side.settling) {
            side.settling = true;
            side.settlingSince = p.timeNanos;
            side.base = seq;
            // Below whatever may still come, so that nothing counts as taken.
            side.next = -2L * TcpSide.FAR;
            if (side.hinted) acknowledge(side, side.hintHigh);
        }
        long offset = side.offsetOf(seq);
        if (fin && side.fin == TcpSide.NONE && offset + length >= side.next)
            side.fin = offset + length;
        if (length > 0) {
            side.seen = true;
            side.farCount = 0;
            shared.tally.tcpPayload += length;
            if (side.fin != TcpSide.NONE && offset + length > side.fin) {
                int over = (int) Math.min(length, offset + length - side.fin);
                ignore(Why.AFTER_END, over, p.number);
                length -= over;
                present = Math.min(present, length);
            }
            payload(side, other, p, offset, ack, flags, at, length, present);
        }
        finIfThere(side);
    }

    private void payload(
            TcpSide side,
            TcpSide other,
            Packet p,
            long offset,
            int ack,
            int flags,
            long at,
            int length,
            int present) {
        int index = 0;
        if (offset < side.next) {
            index = (int) Math.min(length, side.next - offset);
            known(side, p, offset, at, index, present);
            if (index == length) return;
        }
        Origin origin = Origin.of(p, at - p.offset);
        offset += index;
        at += index;
        length -= index;
        present = Math.max(0, present - index);
        boolean acks = (flags & ACK) != 0;
        if (offset == side.next && side.heldCount == 0 && !(acks && waits(other, ack))) {
            take(side, other, p.memory, at, length, present, origin, index);
        } else if (length > 0) {
            if (side.heldCount == 0) side.stuckSince = p.timeNanos;
            boolean push = (flags & PSH) != 0;
            int duplicate =
                    side.hold(
                            offset, length, present, p.memory, at, index, origin, acks, ack, push);
            if (duplicate < 0) {
                duplicate = -duplicate - 1;
                conflict(side, offset);
            }
            shared.tally.tcpDuplicate += duplicate;
        }
    }

    /** {@code n} bytes from {@code offset} on come again, or too late. */
    private void known(TcpSide side, Packet p, long offset, long at, int n, int present) {
        int before = Math.clamp(-offset, 0, n);
        if (before > 0 && !side.syn && !(before == 1 && offset == -1)) {
            ignore(Why.BEFORE_START, before, p.number);
            shared.tally.tcpDuplicate += n - before;
        } else {
            // A byte before the first of a stream is a keep-alive (RFC 9293 section 3.8.4).
            shared.tally.tcpDuplicate += n;
        }
        int compare = Math.min(n, present);
        if (side.differsFromRing(offset, compare, p.memory, at)) conflict(side, offset);
    }

    private void conflict(TcpSide side, long offset) {
        if (conflictTold) return;
        conflictTold = true;
        shared.anomalies.anomaly(
                new Anomaly(
                        Anomaly.Kind.OVERLAP_CONFLICT,
                        "flow " + number + " offset " + Math.max(0, offset),
                        "TCP bytes of the "
                                + (side(side.end) == Side.INITIATOR ? "initiator" : "responder")
                                + " came twice with different content; the first were used"));
    }

    /** True where a segment that acknowledges {@code ack} must wait for bytes of {@code side}. */
    private static boolean waits(TcpSide side, int ack) {
        if (side.closed) return false;
        // Of a capture that shows one direction only the first answer waits in vain, the others not
        // at all.
        if (!side.seen && (!side.based || side.waived != TcpSide.NONE)) return false;
        if (side.settling) return side.heldCount > 0;
        long need = needed(side, ack);
        if (need <= side.next || need <= side.waived || need - side.next > TcpSide.FAR)
            return false;
        // One more than there is: the FIN, not seen yet.
        return need > side.next + 1 || side.heldCount > 0;
    }

    private static long needed(TcpSide side, int ack) {
        long need = side.offsetOf(ack);
        return side.fin != TcpSide.NONE ? Math.min(need, side.fin) : need;
    }

    /** The next {@code length} bytes of the stream. */
    private void take(
            TcpSide side,
            TcpSide other,
            MemorySegment memory,
            long at,
            int length,
            int present,
            Origin origin,
            int index) {
        flush(other);
        origin.map(side.frames, index, present);
        int done = 0;
        while (done < present) {
            int room = room(side, present - done);
            int pos = (int) side.next & side.ring.length - 1;
            int n = Math.min(Math.min(present - done, room), side.ring.length - pos);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at + done, side.ring, pos, n);
            side.next += n;
            done += n;
        }
        if (present > 0) shared.used(side);
        if (present < length) gap(side, other, length - present, ReasonCode.TRUNCATED);
    }

    /** The same for a segment that was held. */
    private void take(TcpSide side, TcpSide other, Segment s) {
        flush(other);
        int present = s.present();
        s.origin.map(side.frames, s.index, present);
        int done = 0;
        while (done < present) {
            int room = room(side, present - done);
            int pos = (int) side.next & side.ring.length - 1;
            int n = Math.min(Math.min(present - done, room), side.ring.length - pos);
            System.arraycopy(s.bytes, done, side.ring, pos, n);
            side.next += n;
            done += n;
        }
        if (present > 0) shared.used(side);
        if (present < s.length) gap(side, other, s.length - present, ReasonCode.TRUNCATED);
    }

    /** Room in the ring, at least one byte. */
    private int room(TcpSide side, int wanted) {
        int room = side.ring.length - (int) side.pending();
        if (room < wanted && side.ring.length < Shared.MAX_RING) {
            side.growRing((int) side.pending() + wanted);
            room = side.ring.length - (int) side.pending();
        }
        if (room == 0) {
            flush(side);
            room = side.ring.length;
        }
        return room;
    }

    private void flush(TcpSide side) {
        while (side.delivered < side.next) {
            long from = side.delivered;
            int pos = (int) from & side.ring.length - 1;
            int n = (int) Math.min(side.next - from, side.ring.length - pos);
            side.delivered += n;
            emit(new StreamEvent.Data(side(side.end), from, side.ring, pos, n));
        }
    }

    private void gap(TcpSide side, TcpSide other, long length, ReasonCode reason) {
        flush(other);
        flush(side);
        long from = side.next;
        side.next += length;
        side.delivered = side.next;
        side.ringFrom = side.next;
        side.frames.gap(length, lastTime);
        if (reason == ReasonCode.TRUNCATED) shared.tally.tcpTruncated += length;
        else shared.tally.tcpGaps += length;
        emit(new StreamEvent.Gap(side(side.end), from, length, reason));
    }

    private void finIfThere(TcpSide side) {
        if (side.fin != TcpSide.NONE && !side.settling && side.next >= side.fin)
            closeSide(side, StreamEvent.How.FIN);
    }

    /** Delivers what can be, then goes on without what has been missing for too long. */
    private void goOn() {
        for (TcpSide side : sides) {
            if (side.settling
                    && (shared.now - side.settlingSince >= SETTLE_NANOS
                            || side.heldBytes >= SETTLE_BYTES
                            || side.heldCount >= SETTLE_SEGMENTS)) settle(side);
        }
        drain();
        for (TcpSide side : sides) while (overdue(side)) force(side);
    }

    private boolean overdue(TcpSide side) {
        if (side.heldCount == 0 || side.settling) return false;
        DissectLimits limits = shared.limits;
        if (side.heldBytes > limits.heldBytesPerSide()
                || side.heldCount > limits.heldSegmentsPerSide()) return true;
        if (shared.now - side.stuckSince < WAIT_NANOS && side.heldBytes < WAIT_BYTES) return false;
        return side.first().offset <= side.next || side.acked > side.next;
    }

    /** Goes on without what {@code side} waits for. */
    void force(TcpSide side) {
        if (side.heldCount == 0) return;
        TcpSide other = side == sides[0] ? sides[1] : sides[0];
        if (side.settling) {
            settle(side);
        } else if (side.first().offset > side.next) {
            skipHole(side, other);
        } else if (other.settling) {
            settle(other);
        } else if (other.heldCount > 0 && other.first().offset > other.next) {
            skipHole(other, side);
        } else {
            other.waived = Math.max(other.waived, needed(other, side.first().ack));
        }
        side.stuckSince = shared.now;
        drain();
    }

    private void skipHole(TcpSide side, TcpSide other) {
        long to = side.first().offset;
        if (side.fin != TcpSide.NONE) to = Math.min(to, side.fin);
        gap(side, other, to - side.next, ReasonCode.GAP);
        side.stuckSince = shared.now;
        finIfThere(side);
    }

    /** The first byte of a side joined midway is the lowest there is. */
    private void settle(TcpSide side) {
        long zero = settledStart(side);
        if (side.heldCount > 0) {
            Segment s = side.first();
            // A keep-alive (RFC 9293 section 3.8.4) may carry one made-up byte in place of the last
            // one sent.
            if (s.length == 1 && !s.push && s.present() == 1 && s.bytes[0] == 0) {
                shared.tally.tcpDuplicate++;
                side.removeFirst();
                zero = side.heldCount > 0 ? side.first().offset : s.end();
            }
        }
        side.rebase(zero);
        side.stuckSince = shared.now;
        finIfThere(side);
    }

    /** Delivers what is held and need not wait. */
    private void drain() {
        boolean progress = true;
        while (progress) {
            progress = advance(sides[0], sides[1]);
            // One side's progress may let the other go on.
            if (advance(sides[1], sides[0])) progress = true;
        }
    }

    private boolean advance(TcpSide side, TcpSide other) {
        boolean progress = false;
        while (side.heldCount > 0 && !side.settling) {
            Segment s = side.first();
            if (s.offset > side.next || (s.acks && waits(other, s.ack))) break;
            side.removeFirst();
            if (side.fin != TcpSide.NONE && s.end() > side.fin) {
                int over = (int) Math.min(s.length, s.end() - side.fin);
                ignore(Why.AFTER_END, over, s.origin.frame());
                s.length -= over;
            }
            take(side, other, s);
            progress = true;
            side.stuckSince = shared.now;
            finIfThere(side);
        }
        return progress;
    }

    void releaseRing(TcpSide side) {
        flush(side);
        side.freeRing();
    }

    private void closeSide(TcpSide side, StreamEvent.How how) {
        if (side.closed) return;
        TcpSide other = side == sides[0] ? sides[1] : sides[0];
        flush(other);
        flush(side);
        while (side.heldCount > 0) {
            ignore(Why.AFTER_END, side.first().length, side.first().origin.frame());
            side.removeFirst();
        }
        side.freeRing();
        side.closed = true;
        shared.tally.tcpBytes += side.next;
        emit(new StreamEvent.Closed(side(side.end), side.next, how));
        if (other.closed) {
            finished = true;
            for (TcpSide s : sides) {
                s.frames.release();
                // Of what is over only enough stays to recognise its late packets.
                s.frames = shared.noFrames;
            }
            dropHandler();
        }
    }

    @Override
    void close(StreamEvent.How how) {
        if (finished) return;
        for (TcpSide side : sides) if (side.settling) settle(side);
        drain();
        while (sides[0].heldCount > 0 || sides[1].heldCount > 0) {
            force(heldLonger());
        }
        for (int i = 0; i < 2 && !finished; i++) {
            TcpSide side = sides[i == 0 ? initiator : 1 - initiator];
            if (side.closed) continue;
            missingTail(side, side == sides[0] ? sides[1] : sides[0]);
            boolean ended = side.fin != TcpSide.NONE && side.next >= side.fin;
            closeSide(side, ended ? StreamEvent.How.FIN : reset ? StreamEvent.How.RESET : how);
        }
    }

    /** The side whose first held segment came first; one at least holds some. */
    private TcpSide heldLonger() {
        if (sides[0].heldCount == 0) return sides[1];
        if (sides[1].heldCount == 0) return sides[0];
        return sides[0].first().origin.frame() <= sides[1].first().origin.frame()
                ? sides[0]
                : sides[1];
    }

    /** Bytes that the peer acknowledged or that lie before the FIN, and that never came. */
    private void missingTail(TcpSide side, TcpSide other) {
        if (!side.based && !side.settling && side.hinted) {
            side.base = side.hintLow;
            side.based = true;
            acknowledge(side, side.hintHigh);
        }
        long end = side.next;
        if (side.fin != TcpSide.NONE) end = side.fin;
        // One byte acknowledged beyond the last is the FIN.
        else if (side.acked > side.next + 1) end = side.acked;
        if (end > side.next) gap(side, other, end - side.next, ReasonCode.GAP);
    }

    /** Nothing more is expected: it goes once it has been quiet for a while. */
    boolean fades() {
        if (finished || reset) return true;
        return sides[0].fin != TcpSide.NONE && sides[1].fin != TcpSide.NONE;
    }

    @Override
    boolean finished() {
        return finished;
    }

    @Override
    boolean midway() {
        return !sides[0].syn && !sides[1].syn;
    }

    @Override
    Frames frames(int end) {
        return sides[end].frames;
    }
}
