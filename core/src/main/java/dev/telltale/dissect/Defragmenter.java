package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts IP fragments together (RFC 791 section 3.2, RFC 8200 section 4.5) and passes everything else
 * through. A datagram comes out as one frame with its link header, as if it had never been cut,
 * with the frame numbers of its fragments.
 *
 * <p>A {@link Dissector} has one of its own; for several dissectors side by side one stands before
 * the dispatch.
 *
 * <p>Where a fragment is missing for long, the contiguous bytes from the first fragment on come out
 * as a frame cut by the snap length: the transport header is there, and so the missing bytes count
 * for the right flow. Of overlapping fragments the first wins.
 */
public final class Defragmenter implements PacketSink {
    /** RFC 8200 section 4.5 gives a reassembly 60 s. */
    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    /**
     * For so long after a datagram was whole its fragments are taken for copies; identifications
     * come round again.
     */
    private static final long COPIES_NANOS = 2_000_000_000L;

    private static final int MAX_PAYLOAD = 65_535;

    private final DissectLimits limits;
    private final PacketSink next;
    private final Tally tally;
    private final Frame frame = new Frame();
    private final Packet out = new Packet();
    private final Map<Key, Datagram> datagrams = new LinkedHashMap<>();
    private long bytes;

    private record Key(int version, int protocol, int id, long sh, long sl, long th, long tl) {}

    private static final class Datagram {
        private static final byte[] NOTHING = {};
        private static final long[] NO_FRAMES = {};

        byte[] payload = new byte[4096];

        /** Which 8-byte units of the payload are there. */
        long[] present = new long[16];

        /** Length of the whole, -1 until the last fragment came. */
        int length = -1;

        int reach;
        long got;
        byte[] head = NOTHING;
        int headIp;
        int linkType;
        int fragments;

        /** Pairs (offset in the payload, frame number). */
        long[] frames = new long[8];

        long firstFrame;
        long lastFrame;
        long firstTime;
        long lastTime;
        boolean done;

        /** Only that it was there is kept, for the copies that may follow. */
        void forget() {
            done = true;
            payload = NOTHING;
            head = NOTHING;
            present = NO_FRAMES;
            frames = NO_FRAMES;
        }

        boolean has(int unit) {
            return (present[unit >> 6] >>> unit & 1) != 0;
        }

        /** Bytes from the start without a hole. */
        int contiguous() {
            int units = 0;
            int all = (reach + 7) / 8;
            while (units < all && has(units)) units++;
            return Math.min(units * 8, reach);
        }
    }

    /**
     * Takes the limits of all workers together; totals are this step's own and add up with those of
     * the dissectors.
     */
    public Defragmenter(DissectLimits limits, PacketSink next) {
        this(limits, next, new Tally());
    }

    Defragmenter(DissectLimits limits, PacketSink next, Tally tally) {
        this.limits = limits;
        this.next = next;
        this.tally = tally;
    }

    @Override
    public void packet(Packet p) {
        if (!fragment(p)) next.packet(p);
    }

    /**
     * Takes {@code p} if it is a fragment. What it completes or displaces goes on during the call.
     */
    boolean fragment(Packet p) {
        if (p.fragments.length > 0 || !frame.read(p) || !frame.fragment) return false;
        fragment(p, frame);
        return true;
    }

    /** No more packets come: what is incomplete is handed on as far as it goes. */
    public void end() {
        while (!datagrams.isEmpty()) giveUpOldest();
    }

    /** What this step kept for itself: the fragments as packets, and those that led nowhere. */
    public Totals totals() {
        return tally.totals();
    }

    private void fragment(Packet p, Frame f) {
        tally.packets++;
        tally.ipPackets++;
        tally.time(p.timeNanos);
        while (!datagrams.isEmpty()
                && p.timeNanos - datagrams.values().iterator().next().firstTime > TIMEOUT_NANOS)
            giveUpOldest();

        int offset = f.fragmentOffset;
        int length = f.moreFragments ? f.length & ~7 : f.length;
        if (length <= 0 || offset + length > MAX_PAYLOAD) {
            tally.skip(Why.MALFORMED_IP, 0, f.length, p.number);
            return;
        }
        // RFC 8200 keys IPv6 datagrams without the protocol, RFC 791 with it; it is the first
        // fragment's to say.
        Key key =
                new Key(
                        f.version,
                        f.version == 4 ? f.protocol : 0,
                        f.fragmentId,
                        f.sourceHigh,
                        f.sourceLow,
                        f.targetHigh,
                        f.targetLow);
        Datagram d = datagrams.get(key);
        if (d != null && d.done) {
            if (p.timeNanos - d.lastTime <= COPIES_NANOS) return;
            datagrams.remove(key);
            bytes -= cost(d);
            d = null;
        }
        if (d == null) {
            d = new Datagram();
            d.firstFrame = p.number;
            d.firstTime = p.timeNanos;
            bytes += cost(d);
            datagrams.put(key, d);
        }
        bytes -= cost(d);
        if (add(d, p, f, offset, length)) {
            deliver(d, d.length);
            d.forget();
        }
        bytes += cost(d);
        while (datagrams.size() > limits.datagrams() || bytes > limits.datagramBytes())
            giveUpOldest();
    }

    private static long cost(Datagram d) {
        return 512L
                + d.payload.length
                + d.present.length * 8L
                + d.frames.length * 8L
                + d.head.length;
    }

    private boolean add(Datagram d, Packet p, Frame f, int offset, int length) {
        if (!f.moreFragments && d.length < 0) d.length = offset + length;
        int end = offset + length;
        if (d.payload.length < end)
            d.payload =
                    Arrays.copyOf(d.payload, Math.max(end, Math.min(65_536, 2 * d.payload.length)));
        if (d.present.length * 512 < end)
            d.present = Arrays.copyOf(d.present, Math.max((end + 511) / 512, 2 * d.present.length));
        boolean conflict = false;
        // A fragment that the snap length cut counts as far as it goes; a hole stays where its tail
        // was.
        int have = Math.min(length, f.captured);
        if (have < length) have &= ~7;
        boolean used = false;
        for (int i = 0; i < have; i += 8) {
            int unit = (offset + i) / 8;
            int n = Math.min(8, have - i);
            if (d.has(unit)) {
                conflict |=
                        MemorySegment.mismatch(
                                        f.memory,
                                        f.payload + i,
                                        f.payload + i + n,
                                        MemorySegment.ofArray(d.payload),
                                        offset + i,
                                        offset + i + n)
                                >= 0;
            } else {
                MemorySegment.copy(
                        f.memory, ValueLayout.JAVA_BYTE, f.payload + i, d.payload, offset + i, n);
                d.present[unit >> 6] |= 1L << unit;
                d.got += n;
                used = true;
            }
        }
        if (conflict) tally.skip(Why.FRAGMENT_CONFLICT, 0, length, p.number);
        d.reach = Math.max(d.reach, end);
        d.lastFrame = p.number;
        d.lastTime = p.timeNanos;
        if (offset == 0 && d.head.length == 0 && have > 0) head(d, p, f);
        if (used) {
            if (2 * d.fragments == d.frames.length)
                d.frames = Arrays.copyOf(d.frames, 4 * d.fragments);
            d.frames[2 * d.fragments] = offset;
            d.frames[2 * d.fragments + 1] = p.number;
            d.fragments++;
        }
        return d.length >= 0
                && d.got >= d.length
                && d.head.length > 0
                && d.contiguous() >= d.length;
    }

    /**
     * Keeps the headers of the first fragment, from the link header on; inside a tunnel only the
     * inner IP header.
     */
    private static void head(Datagram d, Packet p, Frame f) {
        long from = f.tunnels == 0 ? p.offset : f.ip;
        long to = f.version == 4 ? f.payload : f.fragmentHeader;
        byte[] head = new byte[(int) (to - from)];
        MemorySegment.copy(f.memory, ValueLayout.JAVA_BYTE, from, head, 0, head.length);
        d.headIp = (int) (f.ip - from);
        d.linkType = f.tunnels == 0 ? p.linkType : 101;
        if (f.version == 4) {
            head[d.headIp + 6] = 0;
            head[d.headIp + 7] = 0;
        } else {
            head[(int) (f.fragmentNamed - from)] = (byte) f.protocol;
        }
        d.head = head;
    }

    private void giveUpOldest() {
        Iterator<Datagram> it = datagrams.values().iterator();
        Datagram d = it.next();
        it.remove();
        bytes -= cost(d);
        if (d.done) return;
        if (d.head.length == 0) tally.skip(Why.LOST_FRAGMENTS, 0, d.got, d.firstFrame);
        else deliver(d, d.contiguous());
    }

    private void deliver(Datagram d, int have) {
        int whole = d.length < 0 ? d.reach : d.length;
        have = Math.min(have, whole);
        byte[] bytes = Arrays.copyOf(d.head, d.head.length + have);
        System.arraycopy(d.payload, 0, bytes, d.head.length, have);
        boolean v4 = bytes[d.headIp] >> 4 == 4;
        int length = v4 ? whole + d.head.length - d.headIp : whole + d.head.length - d.headIp - 40;
        // A length that its field cannot hold stands as zero: as long as the frame.
        if (length > 0xffff) length = 0;
        bytes[d.headIp + (v4 ? 2 : 4)] = (byte) (length >> 8);
        bytes[d.headIp + (v4 ? 3 : 5)] = (byte) length;
        out.memory = MemorySegment.ofArray(bytes);
        out.offset = 0;
        out.captured = bytes.length;
        out.original = d.head.length + whole;
        out.number = d.lastFrame;
        out.timeNanos = d.lastTime;
        out.linkType = d.linkType;
        out.fragments = sorted(d);
        next.packet(out);
    }

    private static long[] sorted(Datagram d) {
        // Offsets take 16 bits, so both fit one long for sorting as long as there are fewer than
        // 2^47 frames.
        long[] keys = new long[d.fragments];
        for (int i = 0; i < d.fragments; i++) keys[i] = d.frames[2 * i] << 47 | d.frames[2 * i + 1];
        Arrays.sort(keys);
        long[] pairs = new long[2 * d.fragments];
        for (int i = 0; i < d.fragments; i++) {
            pairs[2 * i] = d.head.length + (keys[i] >>> 47);
            pairs[2 * i + 1] = keys[i] & (1L << 47) - 1;
        }
        return pairs;
    }
}
