package dev.telltale.dissect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.dissect.Recorder.Missing;
import dev.telltale.dissect.Recorder.Recorded;
import dev.telltale.model.Packet;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Whatever a network and a capture do to the segments of a connection, the streams come out as they
 * were sent.
 */
class TcpPropertyTest {
    private static final int CASES = 1000;
    private static final String PHONE = "10.0.0.2";
    private static final String SERVER = "198.51.100.7";

    /**
     * {@code from..to} of the stream of side {@code from}; {@code ack} = how much of the other
     * stream the sender has.
     */
    private record Segment(boolean up, int from, int to, int ack, int flags) {}

    /** A conversation as it truly was. */
    private static final class Truth {
        final byte[] up;
        final byte[] down;
        final int isnUp;
        final int isnDown;
        final int port;
        final List<Segment> segments = new ArrayList<>();

        Truth(Random r, int most) {
            // Near the wrap in half of the cases.
            isnUp = r.nextBoolean() ? -r.nextInt(3000) : r.nextInt();
            isnDown = r.nextBoolean() ? -r.nextInt(3000) : r.nextInt();
            port = 40_000 + r.nextInt(20_000);
            int turns = 1 + r.nextInt(4);
            int[] u = new int[turns];
            int[] d = new int[turns];
            int us = 0;
            int ds = 0;
            for (int i = 0; i < turns; i++) {
                us += u[i] = 1 + r.nextInt(most);
                ds += d[i] = 1 + r.nextInt(2 * most);
            }
            up = new byte[us];
            down = new byte[ds];
            r.nextBytes(up);
            r.nextBytes(down);
            int ua = 0;
            int da = 0;
            for (int i = 0; i < turns; i++) {
                ua = send(r, true, ua, u[i], da);
                da = send(r, false, da, d[i], ua);
            }
        }

        private int send(Random r, boolean up, int at, int n, int ack) {
            int end = at + n;
            while (at < end) {
                int to = Math.min(end, at + 1 + r.nextInt(1460));
                segments.add(new Segment(up, at, to, ack, Wire.ACK | Wire.PSH));
                at = to;
            }
            return end;
        }

        byte[] stream(boolean isUp) {
            return isUp ? up : down;
        }

        byte[] frame(Segment s) {
            return frame(s, b -> b);
        }

        byte[] frame(Segment s, UnaryOperator<byte[]> change) {
            byte[] payload = change.apply(Arrays.copyOfRange(stream(s.up), s.from, s.to));
            long seq = (s.up ? isnUp : isnDown) + 1 + s.from;
            long ack = (s.up ? isnDown : isnUp) + 1 + s.ack;
            return raw(s.up, seq, ack, s.flags, payload);
        }

        byte[] raw(boolean isUp, long seq, long ack, int flags, byte[] payload) {
            byte[] tcp = Wire.tcp(isUp ? port : 443, isUp ? 443 : port, seq, ack, flags, payload);
            return isUp
                    ? Wire.ethernet(
                            Wire.PHONE_MAC,
                            Wire.ROUTER_MAC,
                            0x0800,
                            Wire.ip4(PHONE, SERVER, 6, tcp))
                    : Wire.ethernet(
                            Wire.ROUTER_MAC,
                            Wire.PHONE_MAC,
                            0x0800,
                            Wire.ip4(SERVER, PHONE, 6, tcp));
        }

        List<byte[]> handshake() {
            return List.of(
                    raw(true, isnUp, 0, Wire.SYN, new byte[0]),
                    raw(false, isnDown, isnUp + 1, Wire.SYN | Wire.ACK, new byte[0]),
                    raw(true, isnUp + 1, isnDown + 1, Wire.ACK, new byte[0]));
        }

        List<byte[]> fins() {
            return List.of(
                    raw(
                            true,
                            isnUp + 1 + up.length,
                            isnDown + 1 + down.length,
                            Wire.FIN | Wire.ACK,
                            new byte[0]),
                    raw(
                            false,
                            isnDown + 1 + down.length,
                            isnUp + 2 + up.length,
                            Wire.FIN | Wire.ACK,
                            new byte[0]),
                    raw(
                            true,
                            isnUp + 2 + up.length,
                            isnDown + 2 + down.length,
                            Wire.ACK,
                            new byte[0]));
        }
    }

    private static final class Run {
        final Recorder recorder = new Recorder();
        final Dissector dissector =
                new Dissector(recorder, recorder.anomalies::add, DissectLimits.DEFAULT);
        long number;
        long nanos = 1_700_000_000_000_000_000L;

        void add(byte[] frame) {
            add(Wire.packet(frame, ++number, nanos += 20_000));
        }

        void add(Packet p) {
            dissector.packet(p);
        }

        Recorded only() {
            dissector.end();
            recorder.check(dissector.totals());
            assertThat(recorder.flows).hasSize(1);
            return recorder.flows.getFirst();
        }
    }

    private static void same(Truth t, Recorded r) {
        assertThat(r.flow.initiator().ip()).isEqualTo(PHONE);
        assertThat(r.flow.initiator().port()).isEqualTo(t.port);
        assertThat(r.gaps(Side.INITIATOR)).isEmpty();
        assertThat(r.gaps(Side.RESPONDER)).isEmpty();
        assertThat(r.bytes(Side.INITIATOR)).isEqualTo(t.up);
        assertThat(r.bytes(Side.RESPONDER)).isEqualTo(t.down);
    }

    /** No byte came before those of the other side that its sender had acknowledged. */
    private static void causal(Truth t, Recorded r) {
        long up = 0;
        long down = 0;
        for (String step : r.trace) {
            long end = Long.parseLong(step.substring(1));
            boolean isUp = step.charAt(0) == '>';
            for (Segment s : t.segments) {
                if (s.up != isUp || s.from >= end || s.from < (isUp ? up : down)) continue;
                assertThat(isUp ? down : up)
                        .as("acknowledged before")
                        .isGreaterThanOrEqualTo(s.ack);
            }
            if (isUp) up = end;
            else down = end;
        }
    }

    @Test
    void anyOrderOfSegmentsGivesTheSameStreams() {
        for (int seed = 0; seed < CASES; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 4000);
            List<byte[]> frames = new ArrayList<>();
            t.segments.forEach(s -> frames.add(t.frame(s)));
            for (int i = frames.size(); i-- > 0; ) if (r.nextInt(5) == 0) frames.add(frames.get(i));
            boolean all = r.nextBoolean();
            if (all) frames.addAll(t.handshake());
            frames.addAll(t.fins());
            // What carries nothing opens no flow: data or a SYN must come before it.
            do Collections.shuffle(frames, r);
            while (all && !opens(frames.getFirst()));
            Run run = new Run();
            if (!all) t.handshake().forEach(run::add);
            frames.forEach(run::add);
            Recorded flow = run.only();
            same(t, flow);
            causal(t, flow);
            assertThat(flow.flow.midway()).isFalse();
            assertThat(flow.flow.number()).isEqualTo(1);
            assertThat(flow.sides.get(Side.INITIATOR).closed).isEqualTo(StreamEvent.How.FIN);
            assertThat(flow.sides.get(Side.RESPONDER).closed).isEqualTo(StreamEvent.How.FIN);
            assertThat(run.recorder.anomalies).isEmpty();
            assertThat(run.dissector.totals().tcpIgnored()).isZero();
        }
    }

    private static boolean opens(byte[] frame) {
        return frame.length > 66 || (frame[47] & Wire.SYN) != 0;
    }

    @Test
    void joinedMidwayInAnyOrder() {
        for (int seed = 0; seed < CASES; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 3000);
            List<byte[]> frames = new ArrayList<>();
            t.segments.forEach(s -> frames.add(t.frame(s)));
            // The first 64 segments or 64 KB settle where a stream starts.
            int window = Math.min(frames.size(), 30);
            Collections.shuffle(frames.subList(0, window), r);
            Run run = new Run();
            frames.forEach(run::add);
            Recorded flow = run.only();
            same(t, flow);
            causal(t, flow);
            assertThat(flow.flow.midway()).isTrue();
            assertThat(flow.sides.get(Side.INITIATOR).closed)
                    .isEqualTo(StreamEvent.How.END_OF_CAPTURE);
        }
    }

    @Test
    void cutAnewWhenSentAgain() {
        for (int seed = 0; seed < CASES; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 3000);
            List<byte[]> frames = new ArrayList<>();
            for (Segment s : t.segments) {
                frames.add(t.frame(s));
                int n = t.stream(s.up).length;
                for (int k = r.nextInt(3); k > 0; k--) {
                    int from = Math.max(0, s.from - r.nextInt(2000));
                    int to = Math.min(Math.min(s.to, n), from + 1 + r.nextInt(3000));
                    if (to > from)
                        frames.add(t.frame(new Segment(s.up, from, to, s.ack, Wire.ACK)));
                }
                // Keep-alives: nothing, or one byte that need not be the one sent.
                if (r.nextInt(20) == 0 && s.to == n) {
                    byte[] garbage = {t.stream(s.up)[s.to - 1]};
                    long seq = (s.up ? t.isnUp : t.isnDown) + s.to;
                    long ack = (s.up ? t.isnDown : t.isnUp) + 1 + s.ack;
                    frames.add(
                            t.raw(
                                    s.up,
                                    seq,
                                    ack,
                                    Wire.ACK,
                                    r.nextBoolean() ? garbage : new byte[0]));
                }
            }
            Run run = new Run();
            t.handshake().forEach(run::add);
            frames.forEach(run::add);
            t.fins().forEach(run::add);
            Recorded flow = run.only();
            same(t, flow);
            causal(t, flow);
            assertThat(run.recorder.anomalies).isEmpty();
        }
    }

    @Test
    void whatTheCaptureLacksIsAGap() {
        for (int seed = 0; seed < CASES; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 20_000);
            boolean[] upHas = new boolean[t.up.length];
            boolean[] downHas = new boolean[t.down.length];
            Run run = new Run();
            t.handshake().forEach(run::add);
            for (Segment s : t.segments) {
                if (r.nextInt(6) == 0) continue;
                run.add(t.frame(s));
                Arrays.fill(s.up ? upHas : downHas, s.from, s.to, true);
                if (r.nextInt(50) == 0) run.nanos += 1_500_000_000L;
            }
            t.fins().forEach(run::add);
            Recorded flow = run.only();
            lacks(flow, Side.INITIATOR, t.up, upHas);
            lacks(flow, Side.RESPONDER, t.down, downHas);
            assertThat(run.dissector.totals().tcpIgnored()).isZero();
        }
    }

    private static void lacks(Recorded flow, Side side, byte[] truth, boolean[] has) {
        byte[] expected = truth.clone();
        for (int i = 0; i < has.length; i++) if (!has[i]) expected[i] = 0;
        assertThat(flow.bytes(side)).isEqualTo(expected);
        boolean[] missing = new boolean[has.length];
        for (Missing m : flow.gaps(side)) {
            assertThat(m.reason()).isEqualTo(ReasonCode.GAP);
            Arrays.fill(missing, (int) m.offset(), (int) (m.offset() + m.length()), true);
        }
        for (int i = 0; i < has.length; i++) assertThat(missing[i]).isEqualTo(!has[i]);
    }

    @Test
    void theSnapLengthLeavesTruncatedGaps() {
        for (int seed = 0; seed < CASES / 4; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 4000);
            int snap = 66 + r.nextInt(600);
            byte[] up = new byte[t.up.length];
            byte[] down = new byte[t.down.length];
            Run run = new Run();
            t.handshake().forEach(run::add);
            for (Segment s : t.segments) {
                byte[] frame = t.frame(s);
                int captured = Math.min(snap, frame.length);
                run.add(Wire.packet(frame, captured, 1, ++run.number, run.nanos += 1000));
                int present = Math.min(s.to - s.from, captured - 66);
                System.arraycopy(t.stream(s.up), s.from, s.up ? up : down, s.from, present);
            }
            t.fins().forEach(run::add);
            Recorded flow = run.only();
            assertThat(flow.bytes(Side.INITIATOR)).isEqualTo(up);
            assertThat(flow.bytes(Side.RESPONDER)).isEqualTo(down);
            assertThat(flow.gaps(Side.INITIATOR)).allMatch(g -> g.reason() == ReasonCode.TRUNCATED);
        }
    }

    @Test
    void everyByteKnowsItsFrame() {
        for (int seed = 0; seed < CASES / 4; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 4000);
            List<Segment> order = new ArrayList<>(t.segments);
            Collections.shuffle(order, r);
            Run run = new Run();
            t.handshake().forEach(run::add);
            long[][] frames = {new long[t.up.length], new long[t.down.length]};
            for (Segment s : order) {
                run.add(t.frame(s));
                Arrays.fill(frames[s.up ? 0 : 1], s.from, s.to, run.number);
            }
            Recorded flow = run.only();
            for (int k = 0; k < 20; k++) {
                int side = r.nextInt(2);
                int from = r.nextInt(frames[side].length);
                int to = from + 1 + r.nextInt(frames[side].length - from);
                long[] expected =
                        Arrays.stream(frames[side], from, to).sorted().distinct().toArray();
                var map = flow.flow.frames(side == 0 ? Side.INITIATOR : Side.RESPONDER);
                assertThat(map.frames(from, to - from)).isEqualTo(expected);
                assertThat(map.time(from))
                        .isEqualTo(1_700_000_000_000_000_000L + frames[side][from] * 20_000);
            }
        }
    }

    /**
     * Random bytes changed anywhere: no exception, the sums hold, and nothing is opened out of thin
     * air.
     */
    @Test
    void corruptedPackets() {
        for (int seed = 0; seed < CASES; seed++) {
            Random r = new Random(seed);
            Truth t = new Truth(r, 3000);
            List<byte[]> frames = new ArrayList<>(t.handshake());
            t.segments.forEach(s -> frames.add(t.frame(s)));
            frames.addAll(t.fins());
            Recorder recorder = new Recorder();
            DissectLimits small =
                    new DissectLimits(16, 1 << 18, 1 << 16, 1 << 14, 16, 1 << 12, 4, 1 << 14);
            Dissector d = new Dissector(recorder, recorder.anomalies::add, small);
            long number = 0;
            for (int round = 0; round < 3; round++) {
                for (byte[] f : frames) {
                    byte[] b = f.clone();
                    for (int k = r.nextInt(4); k > 0; k--) {
                        int at =
                                r.nextInt(5) == 0
                                        ? r.nextInt(b.length)
                                        : r.nextInt(Math.min(b.length, 66));
                        b[at] = (byte) r.nextInt();
                    }
                    int captured = r.nextInt(10) == 0 ? r.nextInt(b.length + 1) : b.length;
                    int link =
                            r.nextInt(10) == 0
                                    ? new int[] {
                                                0, 9, 12, 50, 51, 101, 108, 113, 228, 229, 276, 999
                                            }
                                            [r.nextInt(12)]
                                    : 1;
                    d.packet(Wire.packet(b, captured, link, ++number, number * 1_000_000L));
                }
            }
            d.end();
            recorder.check(d.totals());
            assertThat(d.totals().packets()).isEqualTo(number);
            d.totals().anomalies();
        }
    }
}
