package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Packet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bluetooth between host and controller (LINKTYPE 187, 201), Bluetooth Core 5.4: UART transport
 * volume 4 part A section 2, ACL data volume 4 part E section 5.4.2, L2CAP volume 3 part A sections
 * 3.1 and 4. Little-endian.
 *
 * <pre>
 * | [LINKTYPE 201: direction 4 (0: from the host)] | 2: ACL data, 4: event 1 | ...
 * ACL:    handle 12 | boundary 2 (1: goes on) | broadcast 2 | length 16 | ...
 * L2CAP:  length 16 | channel 16 | ...
 * Signal: code 8 (2: connect, 3: its answer) | id 8 | length 16 | ...
 *   connect: PSM 16 | channel 16           answer: target channel 16 | channel 16 | result 16 | status 16
 * </pre>
 */
final class Hci {
    private static final int ACL = 2;
    private static final int VOICE = 3;
    private static final int EVENT = 4;
    private static final int ISOCHRONOUS = 5;
    private static final int GOES_ON = 1;
    private static final int SIGNALLING = 1;
    private static final int ATTRIBUTES = 4;
    private static final int ATTRIBUTES_PSM = 0x1f;
    private static final int FIRST_DYNAMIC = 0x40;
    private static final int CONNECT = 2;
    private static final int CONNECTED = 3;
    private static final int CONNECTION_COMPLETE = 0x03;
    private static final int COMMAND_COMPLETE = 0x0e;
    private static final int READ_ADDRESS = 0x1009;
    private static final int MOST_CHANNELS = 4096;
    private static final int UNKNOWN = 2;

    private final DissectLimits limits;
    private final Bundles to;

    /** What is not whole yet, by handle and direction, the longest untouched first. */
    private final Map<Integer, Part> parts = new LinkedHashMap<>(16, 0.75f, true);

    private long partBytes;

    /** PSM by handle, direction and channel. */
    private final Map<Long, Integer> channels = bounded();

    /** PSM and the asker's channel, by handle, direction and identifier of the request. */
    private final Map<Long, Integer> asked = bounded();

    /** Addresses of the other devices by handle. */
    private final Map<Long, Long> peers = bounded();

    private long own = -1;

    private static final class Part {
        byte[] bytes = new byte[256];
        int size;

        /** Length of the whole with its header. */
        int whole;

        /** Pairs of an index and its frame. */
        long[] frames = new long[4];

        int fragments;

        int cost() {
            return 128 + bytes.length + 8 * frames.length;
        }
    }

    Hci(DissectLimits limits, Bundles to) {
        this.limits = limits;
        this.to = to;
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST_CHANNELS;
            }
        };
    }

    void read(Packet p, long at, long end, long wireEnd) {
        MemorySegment m = p.memory;
        int direction = UNKNOWN;
        if (p.linkType == 201) {
            if (end - at < 4) {
                to.skip(Why.MALFORMED_LINK, p.linkType, wireEnd - at, p);
                return;
            }
            direction = Bytes.i32(m, at) & 1;
            at += 4;
        }
        int type = at < end ? Bytes.u8(m, at) : 0;
        at++;
        switch (type) {
            case ACL -> acl(p, direction, at, end, wireEnd);
            case VOICE, ISOCHRONOUS -> to.skip(Why.UNSUPPORTED_CHANNEL, 0, wireEnd - at, p);
            case EVENT -> {
                event(m, at, end);
                to.skip(Why.LINK_CONTROL, p.linkType, 0, p);
            }
            default -> to.skip(Why.LINK_CONTROL, p.linkType, 0, p);
        }
    }

    void end() {
        for (Part part : parts.values()) to.lost(part.size, part.frames[1]);
        parts.clear();
    }

    private void event(MemorySegment m, long at, long end) {
        if (end - at < 12) return;
        int code = Bytes.u8(m, at);
        if (code == CONNECTION_COMPLETE && Bytes.u8(m, at + 2) == 0)
            peers.put((long) Bytes.u16le(m, at + 3) & 0xfff, address(m, at + 5));
        if (code == COMMAND_COMPLETE && Bytes.u16le(m, at + 3) == READ_ADDRESS)
            own = address(m, at + 6);
    }

    private static long address(MemorySegment m, long at) {
        return (long) Bytes.u16le(m, at + 4) << 32 | Bytes.i32le(m, at) & 0xffffffffL;
    }

    private void acl(Packet p, int direction, long at, long end, long wireEnd) {
        MemorySegment m = p.memory;
        if (end - at < 4) {
            to.skip(
                    wireEnd - at < 4 ? Why.MALFORMED_LINK : Why.CUT_HEADERS,
                    p.linkType,
                    wireEnd - at,
                    p);
            return;
        }
        int word = Bytes.u16le(m, at);
        int handle = word & 0xfff;
        int length = (int) Math.min(Bytes.u16le(m, at + 2), wireEnd - at - 4);
        int have = (int) Math.min(length, end - at - 4);
        at += 4;
        int key = handle << 2 | direction;
        boolean first = (word >> 12 & 3) != GOES_ON;
        Part part = parts.remove(key);
        if (part != null) partBytes -= part.cost();
        if (first) {
            if (part != null) to.lost(part.size, part.frames[1]);
            if (have < 4) {
                to.skip(
                        have < length ? Why.CUT_HEADERS : Why.MALFORMED_LINK,
                        p.linkType,
                        length,
                        p);
                return;
            }
            part = new Part();
            part.whole = 4 + Bytes.u16le(m, at);
        } else if (part == null) {
            to.lost(length, p.number);
            return;
        }
        add(part, p, at, Math.min(have, part.whole - part.size));
        int missing = part.whole - part.size;
        if (missing == 0 || have < length) {
            whole(p, handle, direction, part, missing);
            return;
        }
        parts.put(key, part);
        partBytes += part.cost();
        while (partBytes > limits.datagramBytes()) giveUpOldest();
    }

    private static void add(Part part, Packet p, long at, int length) {
        if (part.size + length > part.bytes.length)
            part.bytes =
                    Arrays.copyOf(
                            part.bytes,
                            Math.min(part.whole, Math.max(part.size + length, 2 * part.size)));
        MemorySegment.copy(p.memory, ValueLayout.JAVA_BYTE, at, part.bytes, part.size, length);
        if (length > 0 || part.fragments == 0) {
            if (2 * part.fragments == part.frames.length)
                part.frames = Arrays.copyOf(part.frames, 4 * part.fragments);
            part.frames[2 * part.fragments] = part.size;
            part.frames[2 * part.fragments + 1] = p.number;
            part.fragments++;
        }
        part.size += length;
    }

    private void giveUpOldest() {
        Iterator<Part> it = parts.values().iterator();
        Part part = it.next();
        it.remove();
        partBytes -= part.cost();
        to.evicted(part.size, part.frames[1]);
    }

    private void whole(Packet p, int handle, int direction, Part part, int missing) {
        byte[] b = part.bytes;
        int channel = u16(b, 2);
        int end = part.size;
        if (channel == SIGNALLING) {
            signals(handle, direction, b, end);
            to.skip(Why.LINK_CONTROL, p.linkType, 0, p);
            return;
        }
        Integer psm = channels.get(key(handle, direction, channel));
        if (channel == ATTRIBUTES) psm = ATTRIBUTES_PSM;
        if (psm == null && channel < FIRST_DYNAMIC) {
            to.skip(Why.LINK_CONTROL, p.linkType, 0, p);
            return;
        }
        boolean bnep = psm != null ? psm == Bnep.PSM : missing == 0 && Bnep.plausible(b, 4, end);
        if (!bnep) {
            int code = psm == null ? 0 : psm;
            to.skip(Why.UNSUPPORTED_CHANNEL, code, part.whole - 4L, p);
            return;
        }
        long peer = peers.getOrDefault((long) handle, -1L);
        long sender = direction == 0 ? own : direction == 1 ? peer : -1;
        long receiver = direction == 0 ? peer : direction == 1 ? own : -1;
        long[] frames = Arrays.copyOf(part.frames, 2 * part.fragments);
        Bnep.read(to, p, b, 4, end, missing, sender, receiver, frames);
    }

    private void signals(int handle, int direction, byte[] b, int end) {
        int other = direction == UNKNOWN ? UNKNOWN : 1 - direction;
        for (int at = 4; end - at >= 4; ) {
            int code = b[at] & 0xff;
            int id = b[at + 1] & 0xff;
            int length = u16(b, at + 2);
            at += 4;
            if (length > end - at) return;
            if (code == CONNECT && length >= 4)
                asked.put(key(handle, direction, id), u16(b, at) << 16 | u16(b, at + 2));
            if (code == CONNECTED && length >= 8 && u16(b, at + 4) == 0) {
                Integer request = asked.remove(key(handle, other, id));
                if (request != null) {
                    // Who asked sends to the target channel, who answered to the asker's.
                    channels.put(key(handle, other, u16(b, at)), request >>> 16);
                    channels.put(key(handle, direction, request & 0xffff), request >>> 16);
                }
            }
            at += length;
        }
    }

    private static long key(int handle, int direction, int number) {
        return (long) handle << 18 | (long) direction << 16 | number;
    }

    private static int u16(byte[] b, int at) {
        return b[at] & 0xff | (b[at + 1] & 0xff) << 8;
    }
}
