package dev.telltale.dissect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.dissect.Recorder.Missing;
import dev.telltale.dissect.Recorder.Recorded;
import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Packet;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DissectorTest {
    private static final String PHONE = "10.0.0.2";
    private static final String SERVER = "198.51.100.7";
    private static final long SECOND = 1_000_000_000L;

    private final Recorder recorder = new Recorder();
    private Dissector dissector =
            new Dissector(recorder, recorder.anomalies::add, DissectLimits.DEFAULT);
    private long number;
    private long nanos = 1_700_000_000L * SECOND;

    private static byte[] text(String s) {
        return s.getBytes(ISO_8859_1);
    }

    private void link(int type, byte[] frame) {
        dissector.packet(Wire.packet(frame, frame.length, type, ++number, nanos += 1_000_000));
    }

    private void up(long seq, long ack, int flags, String payload) {
        byte[] ip =
                Wire.ip4(PHONE, SERVER, 6, Wire.tcp(40_000, 443, seq, ack, flags, text(payload)));
        link(1, Wire.ethernet(Wire.PHONE_MAC, Wire.ROUTER_MAC, 0x0800, ip));
    }

    private void down(long seq, long ack, int flags, String payload) {
        byte[] ip =
                Wire.ip4(SERVER, PHONE, 6, Wire.tcp(443, 40_000, seq, ack, flags, text(payload)));
        link(1, Wire.ethernet(Wire.ROUTER_MAC, Wire.PHONE_MAC, 0x0800, ip));
    }

    private void open() {
        up(999, 0, Wire.SYN, "");
        down(4999, 1000, Wire.SYN | Wire.ACK, "");
        up(1000, 5000, Wire.ACK, "");
    }

    private Totals end() {
        dissector.end();
        Totals t = dissector.totals();
        recorder.check(t);
        return t;
    }

    private Recorded only() {
        assertThat(recorder.flows).hasSize(1);
        return recorder.flows.getFirst();
    }

    private String said(Side s) {
        return new String(only().bytes(s), ISO_8859_1);
    }

    private static List<Why> reasons(Totals t) {
        return t.skipped().stream().map(Totals.Skipped::why).toList();
    }

    // --- link layers and IP ---

    private static final byte[] V4 =
            Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000, 9999, text("hello")));
    private static final byte[] V6 =
            Wire.ip6(
                    "2001:db8:0:0:0:0:0:2",
                    "2001:db8:0:1:1:1:1:1",
                    17,
                    Wire.udp(50_000, 9999, text("hello")));

    @Test
    void everyLinkLayer() {
        byte[] macs = Wire.join(Wire.ROUTER_MAC, Wire.PHONE_MAC);
        byte[][] frames = {
            Wire.join(macs, Wire.hex("0800"), V4),
            Wire.join(macs, Wire.hex("86dd"), V6),
            Wire.join(macs, Wire.hex("8100 0001 0800"), V4),
            Wire.join(macs, Wire.hex("88a8 0001 8100 0002 86dd"), V6),
            Wire.join(macs, Wire.hex("8847 00010040 00011140"), V4),
            Wire.join(macs, Wire.hex("8864 1100 0001 002b 0021"), V4),
            Wire.join(macs, Wire.hex("002b aaaa 03 000000 0800"), V4),
            Wire.join(Wire.hex("0000 0001 0006 020000000001 0000 0800"), V4),
            Wire.join(Wire.hex("0800 0000 00000003 0001 04 06 020000000001 0000"), V4),
            V4,
            V6,
            V4,
            V6,
            Wire.join(Wire.hex("02000000"), V4),
            Wire.join(Wire.hex("0000001e"), V6),
            Wire.join(Wire.hex("00000002"), V4),
            Wire.join(Wire.hex("ff03 0021"), V4),
            Wire.join(Wire.hex("0057"), V6),
            Wire.join(Wire.hex("0f00 0800"), V4),
        };
        int[] types = {1, 1, 1, 1, 1, 1, 1, 113, 276, 101, 12, 228, 229, 0, 0, 108, 9, 9, 50};
        for (int i = 0; i < frames.length; i++) {
            Recorder r = new Recorder();
            Dissector d = new Dissector(r, r.anomalies::add, DissectLimits.DEFAULT);
            d.packet(Wire.packet(frames[i], frames[i].length, types[i], 1, nanos));
            d.end();
            r.check(d.totals());
            assertThat(r.flows).as("frame %d", i).hasSize(1);
            Recorded f = r.flows.getFirst();
            assertThat(f.bytes(Side.INITIATOR)).isEqualTo(text("hello"));
            assertThat(f.flow.initiator().mac()).isEqualTo(i <= 8 ? "02:00:00:00:00:01" : "");
            assertThat(f.flow.responder().mac()).isEqualTo(i <= 6 ? "02:00:00:00:00:fe" : "");
            assertThat(f.flow.initiator().ip()).isIn(PHONE, "2001:db8::2");
            assertThat(f.flow.responder().ip()).isIn(SERVER, "2001:db8:0:1:1:1:1:1");
            assertThat(d.totals().ipPackets()).isEqualTo(1);
            // Cut anywhere: no exception, and the frame is counted.
            for (int cut = 0; cut < frames[i].length; cut++) {
                Recorder c = new Recorder();
                Dissector e = new Dissector(c, c.anomalies::add, DissectLimits.DEFAULT);
                e.packet(Wire.packet(frames[i], cut, types[i], 1, nanos));
                e.end();
                c.check(e.totals());
                assertThat(e.totals().packets()).isEqualTo(1);
                assertThat(c.flows.isEmpty()).isEqualTo(cut < frames[i].length - 5);
                assertThat(e.totals().udpTruncated())
                        .isEqualTo(c.flows.isEmpty() ? 0 : frames[i].length - cut);
            }
        }
    }

    @Test
    void unknownLinkTypeIsToldOnce() {
        for (int i = 0; i < 5; i++) link(147, V4);
        link(12, Wire.hex("ff00"));
        Totals t = end();
        assertThat(t.packets()).isEqualTo(6);
        assertThat(t.ipPackets()).isZero();
        assertThat(t.anomalies())
                .contains(
                        new Anomaly(
                                Anomaly.Kind.UNSUPPORTED_LINK,
                                "frame 1",
                                "5 packets of link type 147 not taken apart"));
    }

    @Test
    void padding() {
        byte[] ip =
                Wire.ip4(
                        PHONE,
                        SERVER,
                        6,
                        Wire.tcp(40_000, 80, 1, 1, Wire.ACK | Wire.PSH, text("x")));
        link(
                1,
                Wire.join(
                        Wire.ethernet(Wire.PHONE_MAC, Wire.ROUTER_MAC, 0x0800, ip), new byte[20]));
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("x");
    }

    @Test
    void segmentationOffloadLeavesTheLengthAtZero() {
        byte[] big = new byte[70_000];
        new Random(1).nextBytes(big);
        byte[] v4 = Wire.ip4(PHONE, SERVER, 6, Wire.tcp(40_000, 80, 1, 1, Wire.ACK, big));
        v4[2] = 0;
        v4[3] = 0;
        byte[] v6 =
                Wire.ip6(
                        "2001:db8:0:0:0:0:0:2",
                        "2001:db8:0:1:1:1:1:1",
                        6,
                        Wire.tcp(40_000, 80, 1, 1, Wire.ACK, big));
        v6[4] = 0;
        v6[5] = 0;
        link(101, v4);
        link(101, v6);
        end();
        assertThat(recorder.flows)
                .hasSize(2)
                .allMatch(f -> Arrays.equals(f.bytes(Side.INITIATOR), big));
    }

    @Test
    void optionsAndExtensionHeaders() {
        byte[] udp = Wire.udp(50_000, 9999, text("hello"));
        link(101, Wire.ip4(PHONE, SERVER, 17, 0x4000, 1, Wire.hex("01010101 94040000"), udp));
        byte[] ah = Wire.hex("1104 0000 00000001 00000001 000000000000000000000000");
        byte[] extensions =
                Wire.join(
                        Wire.hex("3c00 010400000000"),
                        Wire.hex("2b00 010400000000"),
                        Wire.hex("2c00 000000000000"),
                        Wire.hex("3300 0000 00000007"),
                        ah);
        link(
                101,
                Wire.ip6(
                        "2001:db8:0:0:0:0:0:2",
                        "2001:db8:0:1:1:1:1:1",
                        0,
                        Wire.join(extensions, udp)));
        link(101, Wire.ip4(PHONE, "203.0.113.9", 41, V6));
        link(101, Wire.ip6("fe80:0:0:0:0:0:0:1", "fe80:0:0:0:0:0:0:2", 4, V4));
        end();
        // The two tunnels lead to the flows that the first two packets opened.
        assertThat(recorder.flows).hasSize(2);
        assertThat(recorder.flows)
                .allMatch(f -> Arrays.equals(f.bytes(Side.INITIATOR), text("hellohello")));
    }

    @Test
    void otherProtocolsAreCounted() {
        link(101, Wire.ip4(PHONE, SERVER, 50, new byte[100]));
        link(101, Wire.ip4(PHONE, SERVER, 50, new byte[100]));
        link(101, Wire.ip4(PHONE, SERVER, 1, new byte[8]));
        link(1, Wire.ethernet(Wire.PHONE_MAC, Wire.ROUTER_MAC, 0x0806, new byte[28]));
        link(1, Wire.ethernet(Wire.PHONE_MAC, Wire.ROUTER_MAC, 0x88e5, new byte[28]));
        Totals t = end();
        assertThat(reasons(t))
                .containsExactly(
                        Why.NOT_IP,
                        Why.CONTROL,
                        Why.UNSUPPORTED_ETHERTYPE,
                        Why.UNSUPPORTED_PROTOCOL);
        assertThat(t.skipped().getLast())
                .isEqualTo(new Totals.Skipped(Why.UNSUPPORTED_PROTOCOL, 50, 2, 200, 1));
        assertThat(t.anomalies()).hasSize(2);
        assertThat(t.ipPackets()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "0:0:0:0:0:ffff:c000:280, ::ffff:192.0.2.128",
        "2001:DB8:1:0:0:2:0:0, 2001:db8:1::2:0:0",
    })
    void rfc5952(String full, String shortest) {
        java.nio.ByteBuffer b = java.nio.ByteBuffer.wrap(Wire.ip(full));
        assertThat(Addresses.v6(b.getLong(), b.getLong())).isEqualTo(shortest);
    }

    // --- fragments ---

    private List<byte[]> fragments(boolean v6, byte[] udp, int size) {
        List<byte[]> out = new ArrayList<>();
        for (int at = 0; at < udp.length; at += size) {
            int to = Math.min(udp.length, at + size);
            int more = to < udp.length ? 1 : 0;
            byte[] piece = Arrays.copyOfRange(udp, at, to);
            if (v6) {
                byte[] header = Wire.hex("1100" + String.format("%04x", at | more) + "00000063");
                out.add(
                        Wire.ethernet(
                                Wire.PHONE_MAC,
                                Wire.ROUTER_MAC,
                                0x86dd,
                                Wire.ip6(
                                        "2001:db8:0:0:0:0:0:2",
                                        "2001:db8:0:1:1:1:1:1",
                                        60,
                                        Wire.join(Wire.hex("2c00 010400000000"), header, piece))));
            } else {
                out.add(
                        Wire.ethernet(
                                Wire.PHONE_MAC,
                                Wire.ROUTER_MAC,
                                0x0800,
                                Wire.ip4(
                                        PHONE,
                                        SERVER,
                                        17,
                                        more << 13 | at / 8,
                                        99,
                                        new byte[0],
                                        piece)));
            }
        }
        return out;
    }

    @Test
    void fragmentsInAnyOrder() {
        for (int seed = 0; seed < 200; seed++) {
            Random r = new Random(seed);
            byte[] payload = new byte[1500 + r.nextInt(63_000)];
            r.nextBytes(payload);
            List<byte[]> frames =
                    fragments(
                            r.nextBoolean(),
                            Wire.udp(50_000, 9999, payload),
                            8 * (1 + r.nextInt(185)));
            frames.add(frames.getFirst());
            java.util.Collections.shuffle(frames, r);
            Recorder rec = new Recorder();
            Dissector d = new Dissector(rec, rec.anomalies::add, DissectLimits.DEFAULT);
            for (int i = 0; i < frames.size(); i++)
                d.packet(Wire.packet(frames.get(i), i + 1, nanos + i));
            d.end();
            rec.check(d.totals());
            assertThat(rec.flows).hasSize(1);
            Recorded f = rec.flows.getFirst();
            assertThat(f.bytes(Side.INITIATOR)).isEqualTo(payload);
            assertThat(f.gaps(Side.INITIATOR)).isEmpty();
            assertThat(f.flow.initiator().mac()).isEqualTo("02:00:00:00:00:01");
            assertThat(d.totals().packets()).isEqualTo(frames.size());
            assertThat(d.totals().ipPackets()).isEqualTo(frames.size());
            assertThat(d.totals().udpPackets()).isEqualTo(1);
        }
    }

    @Test
    void fragmentsKeepTheirFrames() {
        List<byte[]> frames = fragments(false, Wire.udp(50_000, 9999, new byte[2992]), 1000);
        link(1, frames.get(2));
        link(1, frames.get(0));
        link(1, frames.get(1));
        end();
        var map = only().flow.sent();
        assertThat(map.frames(0, 992)).containsExactly(2);
        assertThat(map.frames(991, 2)).containsExactly(2, 3);
        assertThat(map.frames(1992, 1)).containsExactly(1);
        assertThat(map.frames(0, 2992)).containsExactly(1, 2, 3);
    }

    @Test
    void missingFragments() {
        List<byte[]> frames = fragments(true, Wire.udp(50_000, 9999, new byte[2992]), 1000);
        link(1, frames.get(0));
        link(1, frames.get(2));
        Totals t = end();
        assertThat(only().gaps(Side.INITIATOR))
                .containsExactly(new Missing(992, 2000, ReasonCode.TRUNCATED));
        assertThat(t.udpBytes()).isEqualTo(2992);
        assertThat(t.packets()).isEqualTo(2);
    }

    @Test
    void fragmentsWithoutTheFirst() {
        link(1, fragments(false, Wire.udp(50_000, 9999, new byte[2992]), 1000).get(1));
        Totals t = end();
        assertThat(recorder.flows).isEmpty();
        assertThat(t.skipped())
                .containsExactly(new Totals.Skipped(Why.LOST_FRAGMENTS, 0, 1, 1000, 1));
    }

    @Test
    void manyIncompleteDatagramsAreBounded() {
        for (int i = 0; i < 5000; i++) {
            link(101, Wire.ip4(PHONE, SERVER, 17, 1 << 13 | 8000, i, new byte[0], new byte[64]));
        }
        assertThat(end().skipped().getFirst().packets()).isEqualTo(5000);
    }

    // --- UDP ---

    @Test
    void datagrams() {
        byte[] answer = Wire.ip4("8.8.4.4", PHONE, 17, Wire.udp(53, 50_000, text("answer")));
        byte[] question = Wire.ip4(PHONE, "8.8.4.4", 17, Wire.udp(50_000, 53, text("question")));
        link(101, answer);
        link(101, question);
        end();
        assertThat(only().flow.initiator().ip()).isEqualTo(PHONE);
        assertThat(said(Side.INITIATOR)).isEqualTo("question");
        assertThat(said(Side.RESPONDER)).isEqualTo("answer");
        assertThat(only().flow.number()).isEqualTo(1);
    }

    @Test
    void quietUdpFlowsAreOver() {
        link(101, V4);
        nanos += 100 * SECOND;
        link(101, V4);
        nanos += 130 * SECOND;
        link(101, V4);
        nanos += 1000 * SECOND;
        link(101, V6);
        assertThat(recorder.flows.get(1).sides.get(Side.INITIATOR).closed)
                .isEqualTo(StreamEvent.How.END_OF_CAPTURE);
        end();
        assertThat(recorder.flows).extracting(f -> f.flow.number()).containsExactly(1L, 3L, 4L);
        assertThat(recorder.flows.getFirst().bytes(Side.INITIATOR)).isEqualTo(text("hellohello"));
    }

    @Test
    void bytesAfterTheDatagramAreTold() {
        byte[] udp = Wire.join(Wire.udp(50_000, 9999, text("hello")), text("hidden"));
        link(101, Wire.ip4(PHONE, SERVER, 17, udp));
        Totals t = end();
        assertThat(said(Side.INITIATOR)).isEqualTo("hello");
        assertThat(t.skipped()).containsExactly(new Totals.Skipped(Why.AFTER_DATAGRAM, 0, 1, 6, 1));
    }

    // --- TCP ---

    @Test
    void plain() {
        open();
        up(1000, 5000, Wire.ACK, "GET /");
        down(5000, 1005, Wire.ACK, "200");
        up(1005, 5003, Wire.ACK | Wire.FIN, "bye");
        down(5003, 1009, Wire.ACK | Wire.FIN, "");
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("GET /bye");
        assertThat(said(Side.RESPONDER)).isEqualTo("200");
        assertThat(only().trace).containsExactly(">5", "<3", ">8");
        assertThat(only().sides.get(Side.INITIATOR).closed).isEqualTo(StreamEvent.How.FIN);
        assertThat(only().flow.initiator().mac()).isEqualTo("02:00:00:00:00:01");
        assertThat(only().flow.responder().port()).isEqualTo(443);
        assertThat(only().flow.midway()).isFalse();
    }

    @Test
    void answerFirstInTheCapture() {
        open();
        down(5000, 1005, Wire.ACK, "200");
        up(1000, 5000, Wire.ACK, "GET /");
        end();
        assertThat(only().trace).containsExactly(">5", "<3");
    }

    @Test
    void synAckFirst() {
        down(4999, 1000, Wire.SYN | Wire.ACK, "");
        down(5000, 1003, Wire.ACK, "200");
        up(1000, 5000, Wire.ACK, "GET");
        end();
        assertThat(only().flow.initiator().ip()).isEqualTo(PHONE);
        assertThat(only().flow.midway()).isFalse();
        assertThat(only().trace).containsExactly(">3", "<3");
    }

    @Test
    void midwayFromServerToClientIsNotReversed() {
        down(5000, 1005, Wire.ACK, "tail of an answer");
        up(1005, 5017, Wire.ACK, "GET");
        end();
        assertThat(only().flow.initiator().ip()).isEqualTo(PHONE);
        assertThat(only().flow.midway()).isTrue();
        assertThat(said(Side.INITIATOR)).isEqualTo("GET");
    }

    @Test
    void midwayKeepAliveIsNoData() {
        up(999, 5000, Wire.ACK, "\0");
        down(5000, 1000, Wire.ACK, "");
        nanos += 10 * SECOND;
        up(999, 5000, Wire.ACK, "\0");
        up(1000, 5000, Wire.ACK | Wire.PSH, "GET");
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("GET");
    }

    @Test
    void differentBytesTwice() {
        open();
        up(1000, 5000, Wire.ACK, "first");
        up(1000, 5000, Wire.ACK, "other, longer");
        up(1020, 5000, Wire.ACK, "held");
        up(1018, 5000, Wire.ACK, "xxHELDyy");
        up(1013, 5000, Wire.ACK, "-----");
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("first, longer-----xxheldyy");
        assertThat(recorder.anomalies)
                .singleElement()
                .matches(a ->
                        a.kind() == Anomaly.Kind.OVERLAP_CONFLICT
                                && a.where().equals("flow 1 offset 0"));
    }

    @Test
    void conflictIsSeenInHistory() {
        open();
        for (int i = 0; i < 300; i++) up(1000 + 1000L * i, 5000, Wire.ACK, "a".repeat(1000));
        up(1000 + 1000L * 280, 5000, Wire.ACK, "a".repeat(999) + "b");
        end();
        assertThat(recorder.anomalies).hasSize(1);
    }

    @Test
    void acknowledgedHoleIsAGapAfterAWhile() {
        open();
        up(1000, 5000, Wire.ACK, "GET");
        up(1010, 5000, Wire.ACK, "rest");
        down(5000, 1014, Wire.ACK, "200");
        nanos += 3 * SECOND;
        up(1014, 5003, Wire.ACK, "next");
        end();
        assertThat(only().trace).containsExactly(">3", ">10", ">14", "<3", ">18");
        assertThat(only().gaps(Side.INITIATOR)).containsExactly(new Missing(3, 7, ReasonCode.GAP));
    }

    @Test
    void unacknowledgedHoleIsWaitedFor() {
        open();
        up(1010, 5000, Wire.ACK, "rest");
        nanos += 60 * SECOND;
        up(1000, 5000, Wire.ACK, "GET retry ");
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("GET retry rest");
    }

    @Test
    void oneDirectionOnly() {
        down(4999, 1000, Wire.SYN | Wire.ACK, "");
        for (int i = 0; i < 10; i++) {
            down(5000 + 3 * i, 1100 + 100 * i, Wire.ACK, "200");
            nanos += SECOND;
        }
        end();
        assertThat(said(Side.RESPONDER)).isEqualTo("200".repeat(10));
        assertThat(only().gaps(Side.INITIATOR))
                .containsExactly(new Missing(0, 1000, ReasonCode.GAP));
    }

    @Test
    void unseenFinIsNoGap() {
        open();
        up(1000, 5000, Wire.ACK, "GET");
        down(5000, 1004, Wire.ACK | Wire.FIN, "200");
        end();
        assertThat(only().gaps(Side.INITIATOR)).isEmpty();
        assertThat(only().gaps(Side.RESPONDER)).isEmpty();
    }

    @Test
    void resetMarksNoPlace() {
        open();
        up(1000, 5000, Wire.ACK, "GET");
        down(5000, 1003, Wire.RST | Wire.ACK, "");
        up(1003, 5000, Wire.ACK, " more");
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("GET more");
        assertThat(only().sides.get(Side.INITIATOR).closed).isEqualTo(StreamEvent.How.RESET);
    }

    @Test
    void blindResetIsIgnored() {
        open();
        up(1000, 5000, Wire.ACK, "GET");
        down(5000 + (1 << 28), 0, Wire.RST, "");
        end();
        assertThat(only().sides.get(Side.INITIATOR).closed)
                .isEqualTo(StreamEvent.How.END_OF_CAPTURE);
    }

    @Test
    void dataAfterTheFinIsIgnored() {
        open();
        up(1005, 5000, Wire.ACK | Wire.FIN, "bye");
        up(1008, 5000, Wire.ACK, "ghost");
        up(1000, 5000, Wire.ACK, "hello");
        up(1000, 5000, Wire.ACK, "hello");
        Totals t = end();
        assertThat(said(Side.INITIATOR)).isEqualTo("hellobye");
        assertThat(t.skipped()).containsExactly(new Totals.Skipped(Why.AFTER_END, 0, 1, 5, 5));
        assertThat(t.anomalies()).hasSize(1);
    }

    @Test
    void portsUsedAgain() {
        open();
        up(1000, 5000, Wire.ACK, "one");
        up(70_000, 0, Wire.SYN, "");
        down(90_000, 70_001, Wire.SYN | Wire.ACK, "");
        up(70_001, 90_001, Wire.ACK, "two");
        up(70_004, 90_001, Wire.ACK | Wire.FIN, "");
        down(90_001, 70_005, Wire.ACK | Wire.FIN, "");
        up(70_005, 90_002, Wire.ACK, "");
        up(80_000, 0, Wire.SYN, "");
        up(80_001, 0, Wire.ACK, "three");
        end();
        assertThat(recorder.flows).extracting(f -> f.flow.number()).containsExactly(1L, 5L, 11L);
        assertThat(recorder.flows)
                .extracting(f -> new String(f.bytes(Side.INITIATOR), ISO_8859_1))
                .containsExactly("one", "two", "three");
        assertThat(recorder.flows)
                .extracting(f -> f.sides.get(Side.INITIATOR).closed)
                .containsExactly(
                        StreamEvent.How.REUSED,
                        StreamEvent.How.FIN,
                        StreamEvent.How.END_OF_CAPTURE);
    }

    @Test
    void farSequenceNumbersMakeNoGap() {
        open();
        up(1000, 5000, Wire.ACK, "GET");
        up(1003 + (1 << 30), 5000, Wire.ACK, "ghost");
        up(1003, 5000, Wire.ACK, " /");
        Totals t = end();
        assertThat(said(Side.INITIATOR)).isEqualTo("GET /");
        assertThat(t.skipped()).containsExactly(new Totals.Skipped(Why.FAR_SEQUENCE, 0, 1, 5, 5));
    }

    @Test
    void manyFarSegmentsAreANewConnection() {
        open();
        up(1000, 5000, Wire.ACK, "old");
        for (int i = 0; i < 10; i++) up(1_500_000_000L + 3 * i, 5000, Wire.ACK, "new");
        end();
        assertThat(recorder.flows).hasSize(2);
        assertThat(recorder.flows.get(1).bytes(Side.INITIATOR)).isEqualTo(text("new".repeat(7)));
        assertThat(recorder.flows.get(1).flow.midway()).isTrue();
    }

    @Test
    void synWithData() {
        up(999, 0, Wire.SYN, "fast");
        down(4999, 1004, Wire.SYN | Wire.ACK, "");
        up(1004, 5000, Wire.ACK, " open");
        end();
        assertThat(said(Side.INITIATOR)).isEqualTo("fast open");
    }

    @Test
    void whatFitsNoWindowIsReleasedAtTheLimit() {
        open();
        String mss = "x".repeat(1400);
        for (int i = 1; i < 4000; i++) up(1000 + 1400L * i, 5000, Wire.ACK, mss);
        assertThat(recorder.flows.getFirst().trace).isNotEmpty();
        end();
        assertThat(only().gaps(Side.INITIATOR))
                .containsExactly(new Missing(0, 1400, ReasonCode.GAP));
    }

    // --- limits ---

    @Test
    void tooManyFlows() {
        DissectLimits l = DissectLimits.DEFAULT;
        dissector =
                new Dissector(
                        recorder,
                        recorder.anomalies::add,
                        new DissectLimits(
                                100,
                                l.streamBuffers(),
                                l.heldBytes(),
                                1 << 20,
                                100,
                                1 << 20,
                                10,
                                1 << 20));
        for (int i = 0; i < 1000; i++) {
            byte[] tcp = Wire.tcp(10_000 + i, 443, 1, 1, Wire.ACK, text("flow " + i));
            link(101, Wire.ip4(PHONE, SERVER, 6, tcp));
        }
        assertThat(recorder.flows).hasSize(900);
        Totals t = end();
        assertThat(recorder.flows).hasSize(1000);
        assertThat(t.skipped())
                .containsExactly(new Totals.Skipped(Why.FLOWS_EVICTED, 0, 900, 0, 1));
        for (int i = 0; i < 1000; i++)
            assertThat(recorder.flows.get(i).bytes(Side.INITIATOR)).isEqualTo(text("flow " + i));
    }

    /**
     * Any memory limit, however small, changes at most where events are cut, as long as nothing is
     * missing.
     */
    @Test
    void smallBuffersChangeNothing() {
        dissector =
                new Dissector(
                        recorder,
                        recorder.anomalies::add,
                        new DissectLimits(
                                1000, 10_000, 1 << 20, 1 << 20, 100, 1 << 20, 10, 1 << 20));
        Random r = new Random(5);
        byte[][] truth = new byte[50][100_000];
        int[] at = new int[50];
        for (byte[] b : truth) r.nextBytes(b);
        for (boolean more = true; more; ) {
            more = false;
            for (int k = 0; k < 50; k++) {
                int f = r.nextInt(50);
                int n = Math.min(1 + r.nextInt(3000), truth[f].length - at[f]);
                if (n == 0) continue;
                byte[] payload = Arrays.copyOfRange(truth[f], at[f], at[f] + n);
                if (at[f] == 0)
                    link(
                            101,
                            Wire.ip4(
                                    PHONE,
                                    SERVER,
                                    6,
                                    Wire.tcp(20_000 + f, 80, 0, 0, Wire.SYN, new byte[0])));
                link(
                        101,
                        Wire.ip4(
                                PHONE,
                                SERVER,
                                6,
                                Wire.tcp(20_000 + f, 80, 1 + at[f], 1, Wire.ACK, payload)));
                at[f] += n;
            }
            for (int f = 0; f < 50; f++) more |= at[f] < truth[f].length;
        }
        end();
        for (Recorded f : recorder.flows)
            assertThat(f.bytes(Side.INITIATOR))
                    .isEqualTo(truth[f.flow.initiator().port() - 20_000]);
    }

    @Test
    void heldBytesOfAllFlowsAreBounded() {
        dissector =
                new Dissector(
                        recorder,
                        recorder.anomalies::add,
                        new DissectLimits(
                                1000, 1 << 20, 100_000, 1 << 20, 1000, 1 << 20, 10, 1 << 20));
        for (int f = 0; f < 100; f++) {
            link(
                    101,
                    Wire.ip4(
                            PHONE,
                            SERVER,
                            6,
                            Wire.tcp(20_000 + f, 80, 0, 0, Wire.SYN, new byte[0])));
            for (int k = 0; k < 5; k++)
                link(
                        101,
                        Wire.ip4(
                                PHONE,
                                SERVER,
                                6,
                                Wire.tcp(
                                        20_000 + f,
                                        80,
                                        11 + 1000 * k,
                                        1,
                                        Wire.ACK,
                                        new byte[1000])));
        }
        assertThat(recorder.flows.size()).isBetween(75, 90);
        end();
        assertThat(recorder.flows).hasSize(100);
    }

    // --- side by side ---

    @Test
    void severalDissectorsTellTheSame() {
        Random r = new Random(11);
        List<Packet> packets = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            byte[] payload = new byte[r.nextInt(40)];
            r.nextBytes(payload);
            int port = 30_000 + r.nextInt(40);
            boolean up = r.nextBoolean();
            boolean udp = r.nextBoolean();
            byte[] l4 =
                    udp
                            ? Wire.udp(up ? port : 53, up ? 53 : port, payload)
                            : Wire.tcp(
                                    up ? port : 80,
                                    up ? 80 : port,
                                    1 + i % 97,
                                    1 + i % 89,
                                    Wire.ACK,
                                    payload);
            byte[] ip =
                    up
                            ? Wire.ip4(PHONE, SERVER, udp ? 17 : 6, l4)
                            : Wire.ip4(SERVER, PHONE, udp ? 17 : 6, l4);
            if (r.nextInt(30) == 0) {
                for (byte[] f :
                        fragments(
                                r.nextBoolean(),
                                Wire.udp(port, 53, new byte[200]),
                                8 * (1 + r.nextInt(20))))
                    packets.add(Wire.packet(f, packets.size() + 1, nanos + i));
            }
            packets.add(Wire.packet(ip, ip.length, 101, packets.size() + 1, nanos + i));
        }
        Recorder one = new Recorder();
        Dissector alone = new Dissector(one, one.anomalies::add, DissectLimits.DEFAULT);
        packets.forEach(alone::packet);
        alone.end();
        one.check(alone.totals());
        for (int n = 2; n <= 5; n++) {
            Recorder many = new Recorder();
            List<Dissector> workers = new ArrayList<>();
            for (int i = 0; i < n; i++)
                workers.add(
                        new Dissector(many, many.anomalies::add, DissectLimits.DEFAULT.shared(n)));
            Defragmenter before =
                    new Defragmenter(
                            DissectLimits.DEFAULT,
                            p ->
                                    workers.get(Math.floorMod(DispatchKey.of(p), workers.size()))
                                            .packet(p));
            packets.forEach(before::packet);
            before.end();
            workers.forEach(Dissector::end);
            Totals sum = before.totals();
            for (Dissector w : workers) sum = sum.plus(w.totals());
            assertThat(sum).isEqualTo(alone.totals());
            many.flows.sort(java.util.Comparator.comparingLong(f -> f.flow.number()));
            one.flows.sort(java.util.Comparator.comparingLong(f -> f.flow.number()));
            assertThat(many.flows).hasSameSizeAs(one.flows);
            for (int i = 0; i < one.flows.size(); i++) {
                Recorded a = one.flows.get(i);
                Recorded b = many.flows.get(i);
                assertThat(b.flow.initiator()).isEqualTo(a.flow.initiator());
                for (Side s : Side.values()) {
                    assertThat(b.bytes(s)).isEqualTo(a.bytes(s));
                    assertThat(b.gaps(s)).isEqualTo(a.gaps(s));
                    assertThat(b.sides.get(s).closed).isEqualTo(a.sides.get(s).closed);
                }
            }
            many.anomalies.sort(null);
            one.anomalies.sort(null);
            assertThat(many.anomalies).isEqualTo(one.anomalies);
        }
    }

    @Test
    void emptyCapture() {
        assertThat(end()).isEqualTo(Totals.ZERO);
    }
}
