package dev.telltale.capture;

import dev.telltale.model.Packet;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which app or process a packet is of, as phones' recorders write it into a capture: told as {@link
 * Packet#app}.
 */
final class AppNames {
    private static final int ETHERNET = 1;
    private static final int PKTAP = 258;

    /**
     * Apple's own tcpdump writes PKTAP by its number for private use, as others write what they
     * like.
     */
    private static final int USER2 = 149;

    private static final int MOST = 65_536;

    /** Names met, by what they stand as; so that a packet costs no String. */
    private static final int SLOTS = 1024;

    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Map<Integer, String> packages = new HashMap<>();
    private final List<String> processes = new ArrayList<>();

    // A name of up to 20 bytes as three numbers, and the name.
    private final long[] keys = new long[3 * SLOTS];
    private final String[] names = new String[SLOTS];

    /** Whether packets may name their app by number. */
    boolean any() {
        return !packages.isEmpty() || !processes.isEmpty();
    }

    void uid(int uid, String name) {
        if (packages.size() < MOST) packages.putIfAbsent(uid, name);
    }

    /** The next process of the section, numbered from 0. */
    void process(String name) {
        if (processes.size() < MOST) processes.add(name);
    }

    /** Processes are numbered by section. */
    void section() {
        processes.clear();
    }

    /** The name for a PCAPdroid comment {@code u-10123}, empty where it is none. */
    String byComment(String comment) {
        if (!comment.startsWith("u-") || comment.length() > 12) return "";
        try {
            return packages.getOrDefault(Integer.parseInt(comment.substring(2)), "");
        } catch (NumberFormatException e) {
            return "";
        }
    }

    String byProcess(long index) {
        return index >= 0 && index < processes.size() ? processes.get((int) index) : "";
    }

    /**
     * Names the app of a packet by what its frame itself says; the rest of the frame is then as if
     * nobody had said it.
     */
    void look(Packet p) {
        switch (p.linkType) {
            case ETHERNET -> trailer(p);
            case PKTAP, USER2 -> pktap(p);
            default -> {}
        }
    }

    /**
     * What PCAPdroid puts behind each packet, with a made-up Ethernet header before it, all zero
     * but its EtherType.
     *
     * <pre>
     * | magic 01072021 | uid 4 | app name 20, zero-padded | checksum 4 |
     * </pre>
     */
    private void trailer(Packet p) {
        if (p.captured < 14 + 20 + 32) return;
        MemorySegment m = p.memory;
        // The header first: it is read next anyway, while the end of the frame is far away.
        if (m.get(LONG, p.offset) != 0 || m.get(INT, p.offset + 8) != 0) return;
        long at = p.offset + p.captured - 32;
        if (m.get(INT, at) != 0x21200701) return;
        p.app = name(m, at + 8, 20);
        p.captured -= 32;
        p.original = Math.max(p.captured, p.original - 32);
    }

    /**
     * PKTAP, Apple's header with process names (XNU bsd/net/pktap.h), in the byte order of Apple's
     * machines. Bit 19 of the flags tells the second version.
     *
     * <pre>
     * 1: | length 4 | next 4: 1 for a packet | link type 4 | interface 24 | flags 4 | ... | pid at 52, name 17 | ... | at 88 the name of
     *    the process it was done for |
     * 2: | length 1 | offsets 1 each: uuid, its uuid, interface, name, its name | link type 2 | ... | flags at 36 |
     * </pre>
     */
    private void pktap(Packet p) {
        if (p.captured < 40) return;
        MemorySegment m = p.memory;
        long at = p.offset;
        boolean second = (m.get(INT, at + 36) & 0x80000) != 0;
        int length = second ? m.get(ValueLayout.JAVA_BYTE, at) & 0xff : m.get(INT, at);
        if (length < (second ? 40 : 108) || length > Math.min(p.captured, 1024)) return;
        if (!second && m.get(INT, at + 4) != 1) return;
        int own = second ? m.get(ValueLayout.JAVA_BYTE, at + 4) & 0xff : 56;
        int other = second ? m.get(ValueLayout.JAVA_BYTE, at + 5) & 0xff : 88;
        String forWhom = inside(m, at, other, length);
        String app = forWhom.isEmpty() ? inside(m, at, own, length) : forWhom;
        int linkType = second ? m.get(SHORT, at + 6) & 0xffff : m.get(INT, at + 8);
        if (linkType == PKTAP || linkType == USER2) return;
        p.app = app;
        p.linkType = linkType;
        p.offset += length;
        p.captured -= length;
        p.original = Math.max(p.captured, p.original - length);
    }

    private String inside(MemorySegment m, long at, int offset, int length) {
        return offset == 0 || offset + 17 > length ? "" : name(m, at + offset, 17);
    }

    private String name(MemorySegment m, long at, int most) {
        long a = 0;
        long b = 0;
        long c = 0;
        int length = 0;
        while (length < most) {
            long v = m.get(ValueLayout.JAVA_BYTE, at + length) & 0xff;
            if (v == 0) break;
            long shifted = v << 8 * (length & 7);
            if (length < 8) a |= shifted;
            else if (length < 16) b |= shifted;
            else c |= shifted;
            length++;
        }
        if (length == 0) return "";
        long h = (a * 0x9e3779b97f4a7c15L ^ b) * 0x9e3779b97f4a7c15L ^ c;
        int slot = (int) (h * 0x9e3779b97f4a7c15L >>> 54);
        if (keys[3 * slot] == a && keys[3 * slot + 1] == b && keys[3 * slot + 2] == c)
            return names[slot];
        byte[] text = new byte[length];
        MemorySegment.copy(m, ValueLayout.JAVA_BYTE, at, text, 0, length);
        keys[3 * slot] = a;
        keys[3 * slot + 1] = b;
        keys[3 * slot + 2] = c;
        names[slot] = new String(text, StandardCharsets.UTF_8).strip();
        return names[slot];
    }
}
