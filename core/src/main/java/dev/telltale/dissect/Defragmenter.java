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
import java.util.Optional;

/**
 * Puts IP fragments together (RFC 791 section 3.2, RFC 8200 section 4.5), takes apart frames that
 * hold several packets ({@link Bundles}), and passes everything else through. A datagram comes out
 * as one frame with a link header that names the same addresses, as if it had never been cut, with
 * the frame numbers of its fragments. Fragments inside tunnels are put together too, those of a
 * tunnel's own packets among them.
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

    /** Datagrams that complete each other: fragments inside what was itself fragmented. */
    private static final int MAX_NESTING = Tunnels.MOST;

    private final DissectLimits limits;
    private final PacketSink next;
    private final Tally tally;

    /** One for each depth of nesting. */
    private final Frame[] frames = new Frame[MAX_NESTING + 1];

    private final Map<Key, Datagram> datagrams = new LinkedHashMap<>();
    private final Bundles bundles;
    private long bytes;
    private int nesting;

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

        /** Link and IP header of the first fragment, the latter at {@code headIp}. */
        byte[] head = NOTHING;

        int headIp;
        int linkType;
        String app = "";
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
        this.bundles = new Bundles(limits, this, tally);
        Arrays.setAll(frames, i -> new Frame());
    }

    @Override
    public void packet(Packet p) {
        if (!take(p)) next.packet(p);
    }

    /**
     * Takes {@code p} if it is a fragment or a bundle. What it holds, completes or displaces goes
     * on during the call.
     */
    boolean take(Packet p) {
        Frame frame = frames[nesting];
        boolean ip = frame.read(p);
        if (frame.bundle != Frame.Bundle.NONE) {
            bundles.take(p, frame);
            return true;
        }
        if (!ip || !frame.fragment) return false;
        if (nesting < MAX_NESTING) fragment(p, frame);
        else tally.skip(Why.TUNNELS_TOO_DEEP, frame.protocol, frame.length, p.number);
        return true;
    }

    /** No more packets come: what is incomplete is handed on as far as it goes. */
    public void end() {
        bundles.end();
        while (!datagrams.isEmpty()) giveUpOldest();
    }

    /** What this step kept for itself: the fragments as packets, and those that led nowhere. */
    public Totals totals() {
        return tally.totals();
    }

    private void fragment(Packet p, Frame f) {
        // What was put together was counted where its parts came in.
        if (p.fragments.length == 0) {
            tally.packets++;
            tally.ipPackets++;
            tally.time(p.timeNanos);
        }
        if (f.afterInner > 0) tally.skip(Why.AFTER_INNER, 0, f.afterInner, p.number);
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
        Optional<Packet> whole =
                add(d, p, f, offset, length) ? Optional.of(made(d, d.length)) : Optional.empty();
        if (whole.isPresent()) d.forget();
        bytes += cost(d);
        whole.ifPresent(this::deliver);
        while (datagrams.size() > limits.datagrams() || bytes > limits.datagramBytes()) {
            Datagram oldest = datagrams.values().iterator().next();
            if (!oldest.done) tally.skip(Why.DATAGRAMS_EVICTED, 0, 0, oldest.firstFrame);
            giveUpOldest();
        }
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
        if (offset == 0 && d.head.length == 0 && have > 0) {
            head(d, f);
            d.app = p.app;
        }
        if (used) frames(d, p, f.payload - p.offset, offset, have);
        return d.length >= 0
                && d.got >= d.length
                && d.head.length > 0
                && d.contiguous() >= d.length;
    }

    /**
     * Notes which frames {@code have} bytes came with, which stand at {@code payload} of {@code p}.
     */
    private static void frames(Datagram d, Packet p, long payload, int offset, int have) {
        if (p.fragments.length == 0) {
            frame(d, offset, p.number);
            return;
        }
        for (int i = 0; i < p.fragments.length; i += 2) {
            long from = Math.max(0, p.fragments[i] - payload);
            long to = i + 2 < p.fragments.length ? p.fragments[i + 2] - payload : have;
            if (from < have && to > 0) frame(d, (int) (offset + from), p.fragments[i + 1]);
        }
    }

    private static void frame(Datagram d, int offset, long number) {
        if (2 * d.fragments == d.frames.length) d.frames = Arrays.copyOf(d.frames, 4 * d.fragments);
        d.frames[2 * d.fragments] = offset;
        d.frames[2 * d.fragments + 1] = number;
        d.fragments++;
    }

    /**
     * Keeps the IP header of the first fragment, behind a link header with the addresses of the
     * frame it came in.
     */
    private static void head(Datagram d, Frame f) {
        byte[] link =
                LinkHeader.of(f.sourceMac, f.targetMac, f.version == 4 ? Link.IPV4 : Link.IPV6);
        long to = f.version == 4 ? f.payload : f.fragmentHeader;
        int length = (int) (to - f.ip);
        byte[] head = Arrays.copyOf(link, link.length + length);
        MemorySegment.copy(f.memory, ValueLayout.JAVA_BYTE, f.ip, head, link.length, length);
        d.headIp = link.length;
        d.linkType = LinkHeader.linkType(f.sourceMac, f.targetMac);
        if (f.version == 4) {
            head[d.headIp + 6] = 0;
            head[d.headIp + 7] = 0;
        } else {
            head[d.headIp + (int) (f.fragmentNamed - f.ip)] = (byte) f.protocol;
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
        else deliver(made(d, d.contiguous()));
    }

    private void deliver(Packet made) {
        nesting++;
        packet(made);
        nesting--;
    }

    private static Packet made(Datagram d, int have) {
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
        Packet out = new Packet();
        out.memory = MemorySegment.ofArray(bytes);
        out.offset = 0;
        out.captured = bytes.length;
        out.original = d.head.length + whole;
        out.number = d.lastFrame;
        out.timeNanos = d.lastTime;
        out.linkType = d.linkType;
        out.app = d.app;
        out.fragments = sorted(d);
        return out;
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
