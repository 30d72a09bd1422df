package dev.telltale.capture;

import dev.telltale.model.Anomaly;
import dev.telltale.model.AnomalySink;
import dev.telltale.model.Packet;
import dev.telltale.model.PacketSink;

/**
 * pcap, the classic libpcap format (<a
 * href="https://datatracker.ietf.org/doc/html/draft-ietf-opsawg-pcap">draft-ietf-opsawg-pcap</a>).
 * Integers stand in the writer's byte order, told by the magic.
 *
 * <pre>
 *  0               4               8              12              16              20              24
 * +---------------+-------+-------+---------------+---------------+---------------+---------------+
 * |     Magic     | Major | Minor |   Reserved1   |   Reserved2   |    SnapLen    |  F|  LinkType |
 * +---------------+-------+-------+---------------+---------------+---------------+---------------+
 *
 * then packet records, each
 *
 *  0               4               8              12              16
 * +---------------+---------------+---------------+---------------+-------------------------------
 * |   Seconds     |  Fraction     | Captured len  | Original len  |  Packet data ...
 * +---------------+---------------+---------------+---------------+-------------------------------
 * </pre>
 *
 * Known variants: nanoseconds; Kuznetzov's, whose record headers are 8 bytes longer; IXIA's, whose
 * file header is 4 bytes longer; versions before 2.4, which had the two lengths the other way
 * round.
 */
final class Pcap extends PacketCapture {
    private static final int MICROSECONDS = 0xa1b2c3d4;
    private static final int NANOSECONDS = 0xa1b23c4d;
    private static final int KUZNETZOV = 0xa1b2cd34;
    private static final int IXIA_HARDWARE = 0x1c0001ac;
    private static final int IXIA_SOFTWARE = 0x1c0001ab;

    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;

    /**
     * More than a link ever carried at once; libpcap's own bound. A record that claims more is
     * damaged.
     */
    static final int MOST_CAPTURED = 256 << 10;

    /** Above the link type stand the length of the frame check sequence and whether it is known. */
    private static final int LINK_TYPE = 0x03ffffff;

    private enum Lengths {
        CAPTURED_FIRST,
        ORIGINAL_FIRST,
        /** Version 2.3 was written both ways: the smaller one is the captured length. */
        EITHER
    }

    Pcap(CaptureInput input) {
        super(input);
    }

    /** True where {@code head} begins with a pcap magic in either byte order. */
    static boolean recognizes(byte[] head) {
        if (head.length < 4) return false;
        int v =
                head[0] & 0xff
                        | (head[1] & 0xff) << 8
                        | (head[2] & 0xff) << 16
                        | (head[3] & 0xff) << 24;
        return isMagic(v) || isMagic(Integer.reverseBytes(v));
    }

    private static boolean isMagic(int v) {
        return v == MICROSECONDS
                || v == NANOSECONDS
                || v == KUZNETZOV
                || v == IXIA_HARDWARE
                || v == IXIA_SOFTWARE;
    }

    @Override
    public String format() {
        return "pcap";
    }

    @Override
    public CaptureTotals read(PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        try (Window w = new Window(content())) {
            return read(w, packets, anomalies, meta);
        }
    }

    private CaptureTotals read(Window w, PacketSink packets, AnomalySink anomalies, MetaSink meta) {
        if (!w.has(FILE_HEADER)) {
            cut(w, anomalies, "The file ends inside the file header; it holds no packet.");
            return CaptureTotals.of(0, 0, 0, -1);
        }
        boolean swapped = !isMagic(w.i32(w.at, false));
        int magic = w.i32(w.at, swapped);
        Lengths lengths = lengths(w.u16(w.at + 4, swapped), w.u16(w.at + 6, swapped));
        int snapLength = w.i32(w.at + 16, swapped);
        int linkType = w.i32(w.at + 20, swapped) & LINK_TYPE;
        long fraction = magic == MICROSECONDS || magic == KUZNETZOV ? 1_000 : 1;
        int header = magic == KUZNETZOV ? RECORD_HEADER + 8 : RECORD_HEADER;
        w.at += FILE_HEADER;
        meta.captureInterface(new MetaSink.Interface(0, linkType, snapLength));
        if ((magic == IXIA_HARDWARE || magic == IXIA_SOFTWARE) && !w.skip(4)) {
            cut(w, anomalies, "The file ends inside the file header; it holds no packet.");
            return CaptureTotals.of(0, 0, 0, -1);
        }

        Packet p = new Packet();
        AppNames apps = new AppNames();
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        while (w.has(header)) {
            long at = w.at;
            int captured = w.i32(at + 8, swapped);
            int original = w.i32(at + 12, swapped);
            if (lengths == Lengths.ORIGINAL_FIRST
                    || lengths == Lengths.EITHER
                            && Integer.compareUnsigned(captured, original) > 0) {
                int t = captured;
                captured = original;
                original = t;
            }
            if (captured < 0 || captured > MOST_CAPTURED) {
                anomalies.anomaly(
                        new Anomaly(
                                Anomaly.Kind.CAPTURE_MALFORMED,
                                "byte " + w.position(),
                                "Packet "
                                        + (p.number + 1)
                                        + " claims "
                                        + Integer.toUnsignedString(captured)
                                        + " captured bytes; reading stopped there, the packets"
                                        + " before it were used."));
                return CaptureTotals.of(p.number, 0, first, last);
            }
            if (!w.has(header + captured)) break;
            at = w.at;
            p.memory = w.memory;
            p.offset = at + header;
            p.captured = captured;
            // Longer than any frame, or shorter than what is there: the writer lied, the bytes
            // count.
            p.original = original < 0 ? Integer.MAX_VALUE : Math.max(original, captured);
            p.number++;
            long time =
                    (w.i32(at, swapped) & 0xffffffffL) * 1_000_000_000
                            + (w.i32(at + 4, swapped) & 0xffffffffL) * fraction;
            p.timeNanos = time;
            if (time < first) first = time;
            if (time > last) last = time;
            p.linkType = linkType;
            p.app = "";
            apps.look(p);
            packets.packet(p);
            w.at = at + header + captured;
        }
        if (w.rest() > 0) {
            cut(
                    w,
                    anomalies,
                    "The file ends inside packet "
                            + (p.number + 1)
                            + "; that packet is left out, the packets before it were used.");
        } else {
            reportDamage(anomalies);
        }
        return CaptureTotals.of(p.number, 0, first, last);
    }

    private static Lengths lengths(int major, int minor) {
        // 543.0 is what DG/UX wrote.
        if (major == 2 && minor < 3 || major == 543) return Lengths.ORIGINAL_FIRST;
        return major == 2 && minor == 3 ? Lengths.EITHER : Lengths.CAPTURED_FIRST;
    }

    private void cut(Window w, AnomalySink anomalies, String text) {
        if (reportDamage(anomalies)) return;
        anomalies.anomaly(
                new Anomaly(Anomaly.Kind.CAPTURE_TRUNCATED, "byte " + w.position(), text));
    }
}
