package dev.telltale.dissect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Flow;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keeps what a dissector tells and holds it to the contract of the events. */
final class Recorder implements FlowHandler.Factory {
    /** A corrupt acknowledgment may claim megabytes. */
    private static final int LONGEST_GAP = 1 << 18;

    private final int gapKept;
    final List<Recorded> flows = new ArrayList<>();
    final List<Anomaly> anomalies = new ArrayList<>();

    Recorder() {
        this(LONGEST_GAP);
    }

    /**
     * @param gapKept zeros written for a gap at most
     */
    Recorder(int gapKept) {
        this.gapKept = gapKept;
    }

    record Missing(long offset, long length, ReasonCode reason) {}

    static final class Stream {
        /** Data; gaps as zeros. */
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        final List<Missing> gaps = new ArrayList<>();
        StreamEvent.How closed;
        long end;
    }

    static final class Recorded {
        final Flow flow;
        final Map<Side, Stream> sides = new EnumMap<>(Side.class);

        /** Which side got how far, in the order told: {@code >435}, {@code <1460}. */
        final List<String> trace = new ArrayList<>();

        Recorded(Flow flow) {
            this.flow = flow;
            for (Side s : Side.values()) sides.put(s, new Stream());
        }

        byte[] bytes(Side s) {
            return sides.get(s).bytes.toByteArray();
        }

        List<Missing> gaps(Side s) {
            return sides.get(s).gaps;
        }
    }

    @Override
    public FlowHandler open(Flow flow) {
        Recorded r = new Recorded(flow);
        flows.add(r);
        return e -> {
            Stream s = r.sides.get(e.side());
            assertThat(s.closed).as("nothing after Closed").isNull();
            assertThat(e.offset()).as("contiguous").isEqualTo(s.end);
            switch (e) {
                case StreamEvent.Data d -> {
                    assertThat(d.length()).isPositive();
                    s.bytes.write(d.bytes(), d.from(), d.length());
                    s.end += d.length();
                    r.trace.add((d.side() == Side.INITIATOR ? ">" : "<") + s.end);
                }
                case StreamEvent.Gap g -> {
                    assertThat(g.length()).isPositive();
                    s.gaps.add(new Missing(g.offset(), g.length(), g.reason()));
                    s.bytes.writeBytes(new byte[(int) Math.min(g.length(), gapKept)]);
                    s.end += g.length();
                    r.trace.add((g.side() == Side.INITIATOR ? ">" : "<") + s.end);
                }
                case StreamEvent.Closed c -> s.closed = c.how();
            }
        };
    }

    /** All flows are closed on both sides, and their bytes are those of the totals. */
    void check(Totals t) {
        long tcp = 0;
        long udp = 0;
        long gaps = 0;
        long truncated = 0;
        long udpTruncated = 0;
        for (Recorded r : flows) {
            for (Stream s : r.sides.values()) {
                assertThat(s.closed).as("closed").isNotNull();
                long cut =
                        s.gaps.stream()
                                .filter(g -> g.reason() == ReasonCode.TRUNCATED)
                                .mapToLong(Missing::length)
                                .sum();
                switch (r.flow.transport()) {
                    case TCP -> {
                        tcp += s.end;
                        truncated += cut;
                        gaps +=
                                s.gaps.stream()
                                        .filter(g -> g.reason() == ReasonCode.GAP)
                                        .mapToLong(Missing::length)
                                        .sum();
                    }
                    case UDP -> {
                        udp += s.end;
                        udpTruncated += cut;
                    }
                    case EXCHANGES -> throw new AssertionError();
                }
            }
        }
        assertThat(t.flows()).isEqualTo(flows.size());
        assertThat(t.tcpBytes()).isEqualTo(tcp);
        assertThat(t.tcpGaps()).isEqualTo(gaps);
        assertThat(t.tcpTruncated()).isEqualTo(truncated);
        assertThat(t.udpBytes()).isEqualTo(udp);
        assertThat(t.udpTruncated()).isEqualTo(udpTruncated);
        assertThat(t.tcpPayload())
                .as("every TCP payload byte went somewhere")
                .isEqualTo(t.tcpBytes() - t.tcpGaps() + t.tcpDuplicate() + t.tcpIgnored());
    }
}
