package dev.telltale.dissect;

import dev.telltale.dissect.Totals.Skipped;
import dev.telltale.dissect.Totals.Why;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link Totals} being counted. */
final class Tally {
    static final Comparator<Skipped> ORDER =
            Comparator.comparing(Skipped::why).thenComparingInt(Skipped::code);

    /**
     * Distinct (reason, code) pairs kept; a capture can make up 65,536 EtherTypes. Further codes
     * are counted under -1.
     */
    private static final int MAX_REASONS = 512;

    long packets;
    long ipPackets;
    long tcpPackets;
    long udpPackets;
    long flows;
    long tcpBytes;
    long tcpGaps;
    long tcpTruncated;
    long tcpPayload;
    long tcpDuplicate;
    long tcpIgnored;
    long udpBytes;
    long udpTruncated;
    long firstNanos = Long.MAX_VALUE;
    long lastNanos = Long.MIN_VALUE;
    private final Map<Reason, long[]> skipped = new HashMap<>();

    private record Reason(Why why, int code) {}

    void time(long nanos) {
        if (nanos < firstNanos) firstNanos = nanos;
        if (nanos > lastNanos) lastNanos = nanos;
    }

    void skip(Why why, int code, long bytes, long frame) {
        long[] s = skipped.get(new Reason(why, code));
        if (s == null) {
            if (skipped.size() >= MAX_REASONS) code = -1;
            s = skipped.computeIfAbsent(new Reason(why, code), k -> new long[] {0, 0, frame});
        }
        s[0]++;
        s[1] += bytes;
        s[2] = Math.min(s[2], frame);
    }

    Totals totals() {
        List<Skipped> list = new ArrayList<>();
        skipped.forEach((k, v) -> list.add(new Skipped(k.why(), k.code(), v[0], v[1], v[2])));
        list.sort(ORDER);
        return new Totals(
                packets,
                ipPackets,
                tcpPackets,
                udpPackets,
                flows,
                tcpBytes,
                tcpGaps,
                tcpTruncated,
                tcpPayload,
                tcpDuplicate,
                tcpIgnored,
                udpBytes,
                udpTruncated,
                firstNanos,
                lastNanos,
                List.copyOf(list));
    }
}
