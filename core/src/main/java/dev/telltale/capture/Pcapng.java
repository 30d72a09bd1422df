package dev.telltale.capture;

import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * pcapng (<a
 * href="https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcapng">draft-ietf-opsawg-pcapng</a>):
 * blocks after each other, in sections that each have a byte order and interfaces of their own.
 *
 * <pre>
 *  0               4               8                                       length - 4
 * +---------------+---------------+-------------------------------+-------+---------------+
 * |  Block type   | Block length  |  Body ...                     | Pad   | Block length  |
 * +---------------+---------------+-------------------------------+-------+---------------+
 * </pre>
 *
 * Blocks this version does not know are passed over by their length. A block that cannot be
 * understood although its length holds is left out with an anomaly; where lengths do not hold,
 * reading stops.
 */
final class Pcapng extends PacketCapture {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int NAME_RESOLUTION = 4;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int CUSTOM = 0x00000bad;
    private static final int CUSTOM_NOT_COPIED = 0x40000bad;
    private static final int PROCESS_INFORMATION = 0x80000001;

    /** PCAPdroid's private enterprise number. */
    private static final int PCAPDROID = 62_652;

    private static final int DECRYPTION_SECRETS = 10;

    /** Option code, the same in every block. */
    private static final int COMMENT = 1;

    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;

    /** Type, length, length. */
    private static final int FRAME = 12;

    /** A longer block is passed over without being held. */
    private static final int MOST_HELD = 16 << 20;

    private static final int MOST_INTERFACES = 1 << 16;

    /** Bytes of comments, names, secrets and interfaces handed over for one file. */
    private static final long MOST_META = 64 << 20;

    /** Anomalies told one by one; the rest are counted. */
    private static final int MOST_ANOMALIES = 100;

    /** What packets need to know of their interface. */
    private record Described(int index, int linkType, int snapLength, Clock clock) {}

    private final AppNames apps = new AppNames();
    private final Packet packet = new Packet();
    private final List<Described> interfaces = new ArrayList<>();
    private int interfacesBefore;
    private boolean swapped;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long metaLeft = MOST_META;
    private long anomalyCount;

    /** The option that {@link #nextOption} found. */
    private long option;

    private int optionCode;
    private int optionLength;
    private long optionValue;

    Pcapng(CaptureInput input) {
        super(input);
    }

    /**
     * True where {@code head} begins a section; of a file cut before its byte order, the block type
     * has to do.
     */
    static boolean recognizes(byte[] head) {
        if (head.length < 4
                || head[0] != 0x0a
                || head[1] != 0x0d
                || head[2] != 0x0d
                || head[3] != 0x0a) return false;
        if (head.length < FRAME) return true;
        int v =
                head[8] & 0xff
                        | (head[9] & 0xff) << 8
                        | (head[10] & 0xff) << 16
                        | (head[11] & 0xff) << 24;
        return v == BYTE_ORDER_MAGIC || v == Integer.reverseBytes(BYTE_ORDER_MAGIC);
    }

    @Override
    public String format() {
        return "pcapng";
    }

    @Override
    public CaptureTotals read(PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        try (Window w = new Window(content())) {
            while (block(w, packets, anomalies, meta)) {}
        }
        if (anomalyCount > MOST_ANOMALIES) {
            anomalies.anomaly(
                    new Anomaly(
                            Anomaly.Kind.LIMIT,
                            "whole file",
                            (anomalyCount - MOST_ANOMALIES)
                                    + " more blocks or options could not be used; they are not"
                                    + " listed."));
        }
        return CaptureTotals.of(packet.number, 0, first, last);
    }

    /** Reads no more than the decryption secrets. */
    void secrets(MetaSink meta) {
        walk((w, type, length) -> {
            if (type != DECRYPTION_SECRETS) return true;
            if (!w.has(length)) return false;
            secrets(w, w.at + length - 4, a -> {}, meta);
            return true;
        });
    }

    /** Reads no more than the comments of sections, interfaces, packets, secrets and statistics. */
    void comments(MetaSink meta) {
        walk((w, type, length) -> {
            int head = headLength(type);
            if (head == 0 || length < head + FRAME) return true;
            if (!w.has(head)) return false;
            long options = head + dataLength(w, type);
            if (options + 4 > length - 4) return true;
            if (!w.has(length)) return false;
            option = w.at + options;
            long end = w.at + length - 4;
            while (nextOption(w, end, a -> {}))
                if (optionCode == COMMENT) comment(w, 0, a -> {}, meta);
            return true;
        });
    }

    /** Bytes of a block before its data or, where it has none, its options; 0 for no options. */
    private static int headLength(int type) {
        return switch (type) {
            case SECTION_HEADER -> 24;
            case INTERFACE_DESCRIPTION, DECRYPTION_SECRETS -> 16;
            case ENHANCED_PACKET, PACKET -> 28;
            case INTERFACE_STATISTICS -> 20;
            default -> 0;
        };
    }

    private long dataLength(Window w, int type) {
        long length =
                switch (type) {
                    case ENHANCED_PACKET, PACKET -> w.i32(w.at + 20, swapped) & 0xffffffffL;
                    case DECRYPTION_SECRETS -> w.i32(w.at + 12, swapped) & 0xffffffffL;
                    default -> 0;
                };
        return length + 3 & ~3L;
    }

    private interface Visitor {
        /** False where reading is over. */
        boolean block(Window w, int type, long length);
    }

    /** Visits every block that is not too long to be held, wherever it is of use. */
    private void walk(Visitor visitor) {
        try (Window w = new Window(content())) {
            while (w.has(FRAME)) {
                int type = w.i32(w.at, swapped);
                if (type == SECTION_HEADER) swapped = w.i32(w.at + 8, false) != BYTE_ORDER_MAGIC;
                long length = w.i32(w.at + 4, swapped) & 0xffffffffL;
                if (length < FRAME || length % 4 != 0) return;
                if (length <= MOST_HELD && !visitor.block(w, type, length)) return;
                if (!w.skip(length)) return;
            }
        }
    }

    /** Reads one block; false where reading is over. */
    private boolean block(Window w, PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        if (!w.has(FRAME)) return end(w, anomalies);
        int type = w.i32(w.at, swapped);
        if (type == SECTION_HEADER) {
            int magic = w.i32(w.at + 8, false);
            if (magic != BYTE_ORDER_MAGIC && magic != Integer.reverseBytes(BYTE_ORDER_MAGIC)) {
                return stop(w, anomalies, "a section header does not tell its byte order");
            }
            swapped = magic != BYTE_ORDER_MAGIC;
        }
        long length = w.i32(w.at + 4, swapped) & 0xffffffffL;
        if (length < FRAME || length % 4 != 0) {
            return stop(w, anomalies, "a block claims a length of " + length + " bytes");
        }
        if (length > MOST_HELD) return passOver(w, type, length, anomalies);
        if (!w.has(length)) return end(w, anomalies);
        long end = w.at + length - 4;
        if ((w.i32(end, swapped) & 0xffffffffL) != length) {
            return stop(w, anomalies, "the two lengths of a block differ");
        }
        switch (type) {
            case SECTION_HEADER -> {
                if (!section(w, end, anomalies, meta)) return false;
            }
            case INTERFACE_DESCRIPTION -> {
                if (!interfaceDescription(w, end, anomalies, meta)) return false;
            }
            case ENHANCED_PACKET -> enhancedPacket(w, end, packets, anomalies, meta);
            case SIMPLE_PACKET -> simplePacket(w, end, packets, anomalies);
            case PACKET -> obsoletePacket(w, end, packets, anomalies, meta);
            case NAME_RESOLUTION -> names(w, end, anomalies, meta);
            case INTERFACE_STATISTICS -> statistics(w, end, anomalies, meta);
            case DECRYPTION_SECRETS -> secrets(w, end, anomalies, meta);
            case CUSTOM, CUSTOM_NOT_COPIED -> custom(w, end);
            case PROCESS_INFORMATION -> processInformation(w, end, anomalies);
            default -> {
                // Other custom blocks, journal entries, what later versions bring: no packets of
                // the
                // device.
            }
        }
        w.at += length;
        return true;
    }

    /**
     * <pre>
     *  0               4               8              12      14      16                              24
     * +---------------+---------------+---------------+-------+-------+-------------------------------+----------
     * |  0a0d0d0a     | Block length  |  1a2b3c4d     | Major | Minor |       Section length          | Options
     * +---------------+---------------+---------------+-------+-------+-------------------------------+----------
     * </pre>
     *
     * The section length is not needed, and often a lie in files that were put together.
     */
    private boolean section(Window w, long end, AnomalySink anomalies, MetaSink meta) {
        if (end - w.at < 24) return stop(w, anomalies, "a section header is too short");
        int major = w.u16(w.at + 12, swapped);
        if (major != 1)
            return stop(
                    w,
                    anomalies,
                    "a section is of version " + major + ", which this version does not read");
        interfacesBefore += interfaces.size();
        interfaces.clear();
        apps.section();
        String hardware = "";
        String os = "";
        String application = "";
        option = w.at + 24;
        while (nextOption(w, end, anomalies)) {
            switch (optionCode) {
                case 1 -> comment(w, 0, anomalies, meta);
                case 2 -> hardware = optionText(w);
                case 3 -> os = optionText(w);
                case 4 -> application = optionText(w);
                default -> {}
            }
        }
        if (charge(w, hardware.length() + os.length() + application.length(), anomalies)) {
            meta.section(hardware, os, application);
        }
        return true;
    }

    /**
     * <pre>
     *  0               4               8      10      12              16
     * +---------------+---------------+-------+-------+---------------+----------
     * |  1            | Block length  | Link  |   0   |   SnapLen     | Options
     * +---------------+---------------+-------+-------+---------------+----------
     * </pre>
     */
    private boolean interfaceDescription(Window w, long end, AnomalySink anomalies, MetaSink meta) {
        if (end - w.at < 16) return stop(w, anomalies, "an interface description is too short");
        if (interfaces.size() == MOST_INTERFACES) {
            report(
                    w,
                    anomalies,
                    Anomaly.Kind.LIMIT,
                    "A section has more than "
                            + MOST_INTERFACES
                            + " interfaces; packets of the rest are left out.");
            return true;
        }
        int linkType = w.u16(w.at + 8, swapped);
        int snapLength = w.i32(w.at + 12, swapped);
        String name = "";
        String description = "";
        String mac = "";
        List<String> ips = new ArrayList<>();
        int resolution = 6;
        long offset = 0;
        option = w.at + 16;
        while (nextOption(w, end, anomalies)) {
            switch (optionCode) {
                case 1 -> comment(w, 0, anomalies, meta);
                case 2 -> name = optionText(w);
                case 3 -> description = optionText(w);
                case 4 -> {
                    // Address and netmask.
                    if (optionLength == 8) ips.add(address(w.bytes(optionValue, 4)));
                }
                case 5 -> {
                    // Address and prefix length.
                    if (optionLength == 17) ips.add(address(w.bytes(optionValue, 16)));
                }
                case 6 -> {
                    if (optionLength == 6) mac = mac(w.bytes(optionValue, 6));
                }
                case 9 -> {
                    if (optionLength == 1) resolution = w.u8(optionValue);
                }
                case 14 -> {
                    if (optionLength == 8) offset = i64(w, optionValue);
                }
                default -> {}
            }
        }
        int index = interfacesBefore + interfaces.size();
        interfaces.add(new Described(index, linkType, snapLength, new Clock(resolution, offset)));
        if (charge(w, name.length() + description.length() + 40L * ips.size(), anomalies)) {
            meta.captureInterface(
                    new MetaSink.Interface(
                            index, linkType, snapLength, name, description, mac, List.copyOf(ips)));
        }
        return true;
    }

    /**
     * <pre>
     *  0               4               8              12              16              20              24              28
     * +---------------+---------------+---------------+---------------+---------------+---------------+---------------+----
     * |  6            | Block length  |  Interface    |  Time (high)  |  Time (low)   | Captured len  | Original len  | Data,
     * +---------------+---------------+---------------+---------------+---------------+---------------+---------------+ options
     * </pre>
     */
    private void enhancedPacket(
            Window w, long end, PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        packet.number++;
        if (end - w.at < 28) {
            oddPacket(w, anomalies, "its block is too short");
            return;
        }
        packet(w, end, w.i32(w.at + 8, swapped) & 0xffffffffL, packets, anomalies, meta);
    }

    /**
     * As the enhanced packet, but the interface has two bytes, the number of drops the other two;
     * obsolete, still to be met.
     */
    private void obsoletePacket(
            Window w, long end, PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        packet.number++;
        if (end - w.at < 28) {
            oddPacket(w, anomalies, "its block is too short");
            return;
        }
        packet(w, end, w.u16(w.at + 8, swapped), packets, anomalies, meta);
    }

    private void packet(
            Window w, long end, long on, PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        long captured = w.i32(w.at + 20, swapped) & 0xffffffffL;
        int original = w.i32(w.at + 24, swapped);
        long data = w.at + 28;
        if (on >= interfaces.size()) {
            oddPacket(
                    w, anomalies, "it names interface " + on + ", which its section does not have");
            return;
        }
        if (captured > end - data) {
            oddPacket(w, anomalies, "it claims " + captured + " bytes, more than its block has");
            return;
        }
        Described d = interfaces.get((int) on);
        long ticks =
                (w.i32(w.at + 12, swapped) & 0xffffffffL) << 32
                        | w.i32(w.at + 16, swapped) & 0xffffffffL;
        long time = d.clock().nanos(ticks);
        if (time < first) first = time;
        if (time > last) last = time;
        packet.timeNanos = time;
        packet.app = "";
        option = data + (captured + 3 & ~3L);
        while (option < end && nextOption(w, end, anomalies)) {
            switch (optionCode) {
                case 1 -> {
                    if (apps.any() && optionLength <= 12)
                        packet.app = apps.byComment(optionText(w));
                    comment(w, packet.number, anomalies, meta);
                }
                // Apple's: the process, and the one it worked for, which is the app.
                case 0x8001 -> process(w, false);
                case 0x8003 -> process(w, true);
                default -> {}
            }
        }
        hand(w, d, data, (int) captured, original, packets);
    }

    /**
     * <pre>
     *  0               4               8              12
     * +---------------+---------------+---------------+------
     * |  3            | Block length  | Original len  | Data
     * +---------------+---------------+---------------+------
     * </pre>
     *
     * Always of the section's first interface, whose snap length tells how much of the padded data
     * is data.
     */
    private void simplePacket(Window w, long end, PacketSink packets, AnomalySink anomalies) {
        packet.number++;
        if (end - w.at < 12) {
            oddPacket(w, anomalies, "its block is too short");
            return;
        }
        if (interfaces.isEmpty()) {
            oddPacket(w, anomalies, "its section has no interface");
            return;
        }
        Described d = interfaces.getFirst();
        int original = w.i32(w.at + 8, swapped);
        long captured = Math.min(original & 0xffffffffL, end - (w.at + 12));
        if (d.snapLength() > 0) captured = Math.min(captured, d.snapLength());
        packet.timeNanos = 0;
        packet.app = "";
        hand(w, d, w.at + 12, (int) captured, original, packets);
    }

    private void hand(
            Window w, Described d, long data, int captured, int original, PacketSink packets) {
        packet.memory = w.memory;
        packet.offset = data;
        packet.captured = captured;
        // Shorter than what is there: the writer lied, the bytes count.
        packet.original = original < 0 ? Integer.MAX_VALUE : Math.max(original, captured);
        packet.linkType = d.linkType();
        apps.look(packet);
        packets.packet(packet);
    }

    private void process(Window w, boolean effective) {
        if (optionLength != 4 || !effective && !packet.app.isEmpty()) return;
        String name = apps.byProcess(w.i32(optionValue, swapped) & 0xffffffffL);
        if (!name.isEmpty()) packet.app = name;
    }

    /**
     * PCAPdroid's custom block that names a user id (private enterprise number 62652, version 1,
     * type 1).
     *
     * <pre>
     *  0               4               8              12      14  15  16              20  21  22
     * +---------------+---------------+---------------+-------+---+---+---------------+---+---+-------------+----------
     * |  0bad         | Block length  | 62652         |  1    | 1 |   | User id       | n | m | package (n) | app (m)
     * +---------------+---------------+---------------+-------+---+---+---------------+---+---+-------------+----------
     * </pre>
     */
    private void custom(Window w, long end) {
        if (end - w.at < 22 || w.i32(w.at + 8, swapped) != PCAPDROID) return;
        if (w.u16(w.at + 12, swapped) != 1 || w.u8(w.at + 14) != 1) return;
        int length = w.u8(w.at + 20);
        if (length == 0 || length > end - w.at - 22) return;
        apps.uid(
                w.i32(w.at + 16, swapped),
                new String(w.bytes(w.at + 22, length), StandardCharsets.UTF_8));
    }

    /**
     * Apple's process information: process id, then options of which the second is the name.
     * Packets name it by its place.
     *
     * <pre>
     *  0               4               8              12
     * +---------------+---------------+---------------+--------
     * |  80000001     | Block length  | Process id    | options
     * +---------------+---------------+---------------+--------
     * </pre>
     */
    private void processInformation(Window w, long end, AnomalySink anomalies) {
        String name = "";
        option = w.at + 12;
        while (option < end && nextOption(w, end, anomalies)) {
            if (optionCode == 2 && optionLength <= 256)
                name = optionText(w).replace("\0", "").strip();
        }
        apps.process(name);
    }

    /**
     * Records of type, length, value, each padded to 4 bytes, up to one of type 0; then options.
     *
     * <pre>
     *  0               4               8      10      12
     * +---------------+---------------+-------+-------+------------------------------
     * |  4            | Block length  | Type  | Length| Address, names, each with a NUL
     * +---------------+---------------+-------+-------+------------------------------
     * </pre>
     */
    private void names(Window w, long end, AnomalySink anomalies, MetaSink meta) {
        option = w.at + 8;
        // Records are laid out as options are.
        while (nextOption(w, end, anomalies)) {
            int size = optionCode == 1 ? 4 : optionCode == 2 ? 16 : 0;
            if (size == 0 || optionLength < size) continue;
            String ip = address(w.bytes(optionValue, size));
            byte[] text = w.bytes(optionValue + size, optionLength - size);
            int from = 0;
            for (int i = 0; i <= text.length; i++) {
                if (i < text.length && text[i] != 0) continue;
                if (i > from && charge(w, i - from, anomalies)) {
                    meta.name(ip, new String(text, from, i - from, StandardCharsets.UTF_8));
                }
                from = i + 1;
            }
        }
        while (nextOption(w, end, anomalies)) if (optionCode == 1) comment(w, 0, anomalies, meta);
    }

    /**
     * <pre>
     *  0               4               8              12              16              20
     * +---------------+---------------+---------------+---------------+---------------+----------
     * |  5            | Block length  |  Interface    |  Time (high)  |  Time (low)   | Options
     * +---------------+---------------+---------------+---------------+---------------+----------
     * </pre>
     */
    private void statistics(Window w, long end, AnomalySink anomalies, MetaSink meta) {
        if (end - w.at < 20) {
            odd(w, anomalies, "Interface statistics are too short.");
            return;
        }
        long on = w.i32(w.at + 8, swapped) & 0xffffffffL;
        long dropped = 0;
        boolean told = false;
        option = w.at + 20;
        while (nextOption(w, end, anomalies)) {
            switch (optionCode) {
                case 1 -> comment(w, 0, anomalies, meta);
                // By the interface; by the operating system.
                case 5, 7 -> {
                    if (optionLength == 8) {
                        dropped = Clock.add(dropped, Math.max(0, i64(w, optionValue)));
                        told = true;
                    }
                }
                default -> {}
            }
        }
        if (told && on < interfaces.size() && charge(w, 0, anomalies)) {
            meta.dropped(interfaces.get((int) on).index(), dropped);
        }
    }

    /**
     * <pre>
     *  0               4               8              12              16
     * +---------------+---------------+---------------+---------------+---------------+
     * |  10           | Block length  | Secrets type  | Secrets length| Data, options
     * +---------------+---------------+---------------+---------------+---------------+
     * </pre>
     */
    private void secrets(Window w, long end, AnomalySink anomalies, MetaSink meta) {
        long length = end - w.at < 16 ? -1 : w.i32(w.at + 12, swapped) & 0xffffffffL;
        if (length < 0 || length > end - (w.at + 16)) {
            odd(w, anomalies, "Decryption secrets are longer than their block; they are left out.");
            return;
        }
        if (charge(w, length, anomalies))
            meta.secrets(w.i32(w.at + 8, swapped), w.bytes(w.at + 16, (int) length));
        option = w.at + 16 + (length + 3 & ~3L);
        while (nextOption(w, end, anomalies)) if (optionCode == 1) comment(w, 0, anomalies, meta);
    }

    /**
     * Finds the next option before {@code end}: code and length in two bytes each, the value,
     * padded to 4 bytes. False at the end-of-options code, which it steps over, and at the end.
     */
    private boolean nextOption(Window w, long end, AnomalySink anomalies) {
        if (end - option < 4) return false;
        optionCode = w.u16(option, swapped);
        optionLength = w.u16(option + 2, swapped);
        optionValue = option + 4;
        if (optionCode == 0) {
            option = optionValue;
            return false;
        }
        if (optionLength > end - optionValue) {
            odd(
                    w,
                    anomalies,
                    "An option is longer than its block; the block's further options are left"
                            + " out.");
            option = end;
            return false;
        }
        option = optionValue + (optionLength + 3 & ~3);
        return true;
    }

    private String optionText(Window w) {
        return new String(w.bytes(optionValue, optionLength), StandardCharsets.UTF_8);
    }

    private void comment(Window w, long number, AnomalySink anomalies, MetaSink meta) {
        if (charge(w, optionLength, anomalies)) meta.comment(number, optionText(w));
    }

    private long i64(Window w, long at) {
        long a = w.i32(at, swapped) & 0xffffffffL;
        long b = w.i32(at + 4, swapped) & 0xffffffffL;
        return swapped ? a << 32 | b : b << 32 | a;
    }

    /** IPv4 dotted, IPv6 in RFC 5952 form. */
    private static String address(byte[] bytes) {
        if (bytes.length == 4) {
            return (bytes[0] & 0xff)
                    + "."
                    + (bytes[1] & 0xff)
                    + "."
                    + (bytes[2] & 0xff)
                    + "."
                    + (bytes[3] & 0xff);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++)
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        // The first of the longest runs of at least two zero groups is left out (section 4.2).
        int run = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int n = 0;
            while (i + n < 8 && groups[i + n] == 0) n++;
            if (n > runLength) {
                run = i;
                runLength = n;
            }
        }
        StringBuilder s = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == run) {
                s.append("::");
                i += runLength - 1;
            } else {
                if (!s.isEmpty() && s.charAt(s.length() - 1) != ':') s.append(':');
                s.append(Integer.toHexString(groups[i]));
            }
        }
        return s.toString();
    }

    private static String mac(byte[] b) {
        return HexFormat.ofDelimiter(":").formatHex(b);
    }

    /** False once the file told more beside its packets than is taken; then said once. */
    private boolean charge(Window w, long bytes, AnomalySink anomalies) {
        if (metaLeft < 0) return false;
        // What an object costs, so that empty ones count too.
        metaLeft -= bytes + 64;
        if (metaLeft >= 0) return true;
        report(
                w,
                anomalies,
                Anomaly.Kind.LIMIT,
                "The capture has more than "
                        + (MOST_META >> 20)
                        + " MB of comments, names, secrets and interface descriptions; the rest of"
                        + " them is left out.");
        return false;
    }

    private boolean passOver(Window w, int type, long length, AnomalySink anomalies) {
        if (type == SECTION_HEADER || type == INTERFACE_DESCRIPTION) {
            return stop(w, anomalies, "a block claims a length of " + length + " bytes");
        }
        long at = w.position();
        if (!w.skip(length - 4) || !w.has(4)) return cut(at, anomalies);
        if ((w.i32(w.at, swapped) & 0xffffffffL) != length)
            return stop(w, anomalies, "the two lengths of a block differ");
        w.at += 4;
        if (type == ENHANCED_PACKET || type == SIMPLE_PACKET || type == PACKET) packet.number++;
        anomalies.anomaly(
                new Anomaly(
                        Anomaly.Kind.LIMIT,
                        "byte " + at,
                        "A block of "
                                + length
                                + " bytes is more than this version holds; it is left out."));
        return true;
    }

    private void oddPacket(Window w, AnomalySink anomalies, String why) {
        report(
                w,
                anomalies,
                Anomaly.Kind.PACKET_MALFORMED,
                "Packet " + packet.number + " is left out: " + why + ".");
    }

    private void odd(Window w, AnomalySink anomalies, String text) {
        report(w, anomalies, Anomaly.Kind.CAPTURE_MALFORMED, text);
    }

    private void report(Window w, AnomalySink anomalies, Anomaly.Kind kind, String text) {
        if (++anomalyCount <= MOST_ANOMALIES)
            anomalies.anomaly(new Anomaly(kind, "byte " + w.position(), text));
    }

    private boolean stop(Window w, AnomalySink anomalies, String why) {
        anomalies.anomaly(
                new Anomaly(
                        Anomaly.Kind.CAPTURE_MALFORMED,
                        "byte " + w.position(),
                        "Reading stopped after packet "
                                + packet.number
                                + ": "
                                + why
                                + "; everything before was used."));
        return false;
    }

    private boolean end(Window w, AnomalySink anomalies) {
        if (w.rest() > 0) return cut(w.position(), anomalies);
        reportDamage(anomalies);
        return false;
    }

    private boolean cut(long at, AnomalySink anomalies) {
        if (reportDamage(anomalies)) return false;
        anomalies.anomaly(
                new Anomaly(
                        Anomaly.Kind.CAPTURE_TRUNCATED,
                        "byte " + at,
                        "The file ends inside a block after packet "
                                + packet.number
                                + "; everything before was used."));
        return false;
    }
}
