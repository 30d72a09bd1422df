package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapngTest {
    private static final HexFormat HEX = HexFormat.of();

    private static ByteOrder order(boolean big) {
        return big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static byte[] bytes(int n) {
        byte[] b = new byte[n];
        new Random(n).nextBytes(b);
        return b;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsEveryBlock(boolean big) throws Exception {
        PcapngFile f = new PcapngFile().order(order(big));
        byte[] keys = "CLIENT_RANDOM 00 11\n".getBytes(StandardCharsets.US_ASCII);
        f.section(
                f.option(1, "telltale: {\"run\":\"r\"}"),
                f.option(2, "x86"),
                f.option(3, "Linux"),
                f.option(4, "recorder"),
                f.end());
        f.described(
                1,
                0,
                f.option(2, "wlan0"),
                f.option(3, "the phone's link"),
                f.option(4, HEX.parseHex("c0a82b11ffffff00")),
                f.option(5, HEX.parseHex("20010db8000000000000000000000001" + "40")),
                f.option(6, HEX.parseHex("a45046129fc3")),
                f.end());
        f.described(101, 4, f.option(9, new byte[] {9}), f.option(14, 1000L), f.end());
        f.block(
                10,
                f.body(8).putInt(0x544c534b).putInt(keys.length).array(),
                keys,
                f.option(1, "secret"),
                f.end());
        f.block(
                4,
                f.option(1, HEX.parseHex("c0000201" + "6100" + "62632e6400")),
                f.option(2, HEX.parseHex("20010db8000000010000000000000000" + "7800")),
                f.end(),
                f.option(1, "names"),
                f.end());
        f.enhanced(
                0,
                1_407_405_600_000_001L,
                5,
                5,
                bytes(5),
                f.option(2, new byte[4]),
                f.option(1, "first"),
                f.end());
        f.block(0x0bad, bytes(40))
                .block(0x40000bad, bytes(8))
                .block(9, bytes(12))
                .block(0x7777, bytes(0));
        f.enhanced(1, 7, 3, 90, bytes(3), f.option(1, "no end of options"));
        f.simple(2, bytes(4));
        f.obsolete(1, 8, bytes(2), f.option(1, "old"), f.end());
        f.block(
                5,
                f.body(12).putInt(1).putLong(0).array(),
                f.option(4, 90L),
                f.option(5, 4L),
                f.option(7, 2L),
                f.option(1, "stats"),
                f.end());

        Recorded r = Recorded.read(f.bytes());
        assertThat(r.format).isEqualTo("pcapng");
        assertThat(r.anomalies).isEmpty();
        assertThat(r.packets)
                .containsExactly(
                        new Recorded.P(
                                1, 1_407_405_600_000_001_000L, 1, 5, HEX.formatHex(bytes(5))),
                        new Recorded.P(2, 1_000_000_000_007L, 101, 90, HEX.formatHex(bytes(3))),
                        new Recorded.P(3, 0, 1, 2, HEX.formatHex(bytes(4), 0, 2)),
                        new Recorded.P(4, 1_000_000_000_008L, 101, 2, HEX.formatHex(bytes(2))));
        assertThat(r.meta)
                .containsExactly(
                        "comment 0 telltale: {\"run\":\"r\"}",
                        "section x86|Linux|recorder",
                        new MetaSink.Interface(
                                        0,
                                        1,
                                        0,
                                        "wlan0",
                                        "the phone's link",
                                        "a4:50:46:12:9f:c3",
                                        List.of("192.168.43.17", "2001:db8::1"))
                                .toString(),
                        new MetaSink.Interface(1, 101, 4).toString(),
                        "secrets 544c534b " + HEX.formatHex(keys),
                        "comment 0 secret",
                        "name 192.0.2.1 a",
                        "name 192.0.2.1 bc.d",
                        "name 2001:db8:0:1:: x",
                        "comment 0 names",
                        "comment 1 first",
                        "comment 2 no end of options",
                        "comment 4 old",
                        "comment 0 stats",
                        "dropped 1 6");
        assertThat(r.totals.packets()).isEqualTo(4);
        assertThat(r.totals.start()).contains(Instant.ofEpochSecond(1000, 7));
        assertThat(r.totals.end()).contains(Instant.parse("2014-08-07T10:00:00.000001Z"));
    }

    @Test
    void everySectionHasItsOwnByteOrderAndInterfaces() throws Exception {
        PcapngFile f = new PcapngFile();
        f.section().described(1, 0).described(2, 0).enhanced(1, 5, 4, 4, bytes(4));
        f.order(ByteOrder.BIG_ENDIAN).section().described(113, 0).enhanced(0, 6, 4, 4, bytes(4));
        f.enhanced(1, 7, 4, 4, bytes(4));
        f.order(ByteOrder.LITTLE_ENDIAN)
                .section()
                .simple(4, bytes(4))
                .described(12, 0)
                .simple(4, bytes(4));
        Recorded r = Recorded.read(f.bytes());
        assertThat(r.packets).extracting(Recorded.P::linkType).containsExactly(2, 113, 12);
        assertThat(r.packets).extracting(Recorded.P::number).containsExactly(1L, 2L, 5L);
        assertThat(r.totals.packets()).isEqualTo(5);
        assertThat(r.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.PACKET_MALFORMED, Anomaly.Kind.PACKET_MALFORMED);
        assertThat(r.meta.stream().filter(m -> m.startsWith("Interface")))
                .extracting(m -> m.substring(0, m.indexOf(',')))
                .containsExactly(
                        "Interface[index=0",
                        "Interface[index=1",
                        "Interface[index=2",
                        "Interface[index=3");
    }

    @Test
    void aSimplePacketIsCutByTheSnapLength() throws Exception {
        PcapngFile f = new PcapngFile();
        f.section().described(1, 6).simple(900, bytes(6)).simple(3, bytes(3));
        Recorded r = Recorded.read(f.bytes());
        assertThat(r.packets)
                .containsExactly(
                        new Recorded.P(1, 0, 1, 900, HEX.formatHex(bytes(6))),
                        new Recorded.P(2, 0, 1, 3, HEX.formatHex(bytes(3))));
        assertThat(r.totals.start()).isEmpty();
    }

    @Test
    void usesEverythingBeforeACut() throws Exception {
        PcapngFile f = new PcapngFile();
        f.section(f.option(4, "recorder"), f.end());
        int section = f.size();
        f.described(1, 0, f.option(2, "wlan0"), f.end());
        int described = f.size();
        f.enhanced(0, 1, 5, 5, bytes(5), f.option(1, "one"), f.end());
        int one = f.size();
        f.block(0x0bad, bytes(8));
        int custom = f.size();
        f.enhanced(0, 2, 9, 9, bytes(9));
        byte[] whole = f.bytes();
        for (int cut = 4; cut <= whole.length; cut++) {
            Recorded r = Recorded.read(Arrays.copyOf(whole, cut));
            assertThat(r.packets)
                    .as("cut at %d", cut)
                    .hasSize(cut < one ? 0 : cut < whole.length ? 1 : 2);
            boolean between =
                    cut == section
                            || cut == described
                            || cut == one
                            || cut == custom
                            || cut == whole.length;
            assertThat(r.anomalies).as("cut at %d", cut).hasSize(between ? 0 : 1);
            for (Anomaly a : r.anomalies)
                assertThat(a.kind()).isEqualTo(Anomaly.Kind.CAPTURE_TRUNCATED);
        }
    }

    @Test
    void stopsWhereLengthsDoNotHoldAndKeepsWhatCame() throws Exception {
        for (int length : new int[] {0, 4, 8, 33, -1, Integer.MIN_VALUE}) {
            PcapngFile f = new PcapngFile();
            f.section().described(1, 0).enhanced(0, 1, 4, 4, bytes(4));
            int at = f.size();
            f.raw(f.body(8).putInt(6).putInt(length).array()).raw(new byte[100]);
            Recorded r = Recorded.read(f.bytes());
            assertThat(r.packets).hasSize(1);
            assertThat(r.anomalies).hasSize(1);
            assertThat(r.anomalies.getFirst().where()).isEqualTo("byte " + at);
        }
        PcapngFile f = new PcapngFile();
        f.section().described(1, 0).enhanced(0, 1, 4, 4, bytes(4));
        byte[] differ = f.enhanced(0, 1, 4, 4, bytes(4)).bytes();
        differ[differ.length - 1] ^= 1;
        Recorded r = Recorded.read(differ);
        assertThat(r.packets).hasSize(1);
        assertThat(r.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.CAPTURE_MALFORMED);
    }

    @Test
    void aPacketThatClaimsTooMuchIsNumberedAndLeftOut() throws Exception {
        PcapngFile f = new PcapngFile();
        f.section().described(1, 0).enhanced(0, 1, 5, 5, bytes(4)).enhanced(0, 1, -1, 5, bytes(4));
        f.block(6, bytes(8)).block(2, bytes(4)).block(3);
        f.enhanced(0, 1, 4, 4, bytes(4));
        Recorded r = Recorded.read(f.bytes());
        assertThat(r.packets).extracting(Recorded.P::number).containsExactly(6L);
        assertThat(r.anomalies).hasSize(5).allMatch(a -> a.kind() == Anomaly.Kind.PACKET_MALFORMED);
    }

    @Test
    void aBrokenOptionCostsOnlyTheOptionsAfterIt() throws Exception {
        PcapngFile f = new PcapngFile();
        byte[] broken = f.body(8).putShort((short) 1).putShort((short) 900).putInt(0).array();
        f.section().described(1, 0).enhanced(0, 1, 4, 4, bytes(4), f.option(1, "a"), broken);
        f.enhanced(0, 1, 4, 4, bytes(4), f.option(1, "b"), f.end());
        Recorded r = Recorded.read(f.bytes());
        assertThat(r.packets).hasSize(2);
        assertThat(r.meta).contains("comment 1 a", "comment 2 b").hasSize(4);
        assertThat(r.anomalies).hasSize(1);
    }

    @Test
    void blocksTooLargeToHoldArePassedOver() throws Exception {
        PcapngFile f = new PcapngFile();
        f.section()
                .described(1, 0)
                .block(0x0bad, new byte[17 << 20])
                .enhanced(0, 1, 4, 4, bytes(4));
        f.block(6, new byte[17 << 20]).enhanced(0, 1, 4, 4, bytes(4));
        f.enhanced(0, 1, 1 << 20, 1 << 20, bytes(1 << 20));
        Recorded r = Recorded.read(f.bytes());
        assertThat(r.packets).extracting(Recorded.P::number).containsExactly(1L, 3L, 4L);
        assertThat(r.packets.getLast().hex()).isEqualTo(HEX.formatHex(bytes(1 << 20)));
        assertThat(r.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LIMIT, Anomaly.Kind.LIMIT);
    }

    @Test
    void boundsWhatItTellsBesidePackets() throws Exception {
        PcapngFile f = new PcapngFile();
        f.section().described(1, 0);
        byte[] comment = f.option(1, "x".repeat(60_000));
        for (int i = 0; i < 1300; i++) f.block(5, f.body(12).array(), comment);
        for (int i = 0; i < 1300; i++) f.enhanced(9, 1, 4, 4, bytes(4));
        f.enhanced(0, 1, 4, 4, bytes(4));
        Recorded r = Recorded.read(f.bytes());
        assertThat(r.meta).hasSizeBetween(1100, 1130);
        assertThat(r.anomalies).hasSize(101);
        assertThat(r.anomalies.getFirst().kind()).isEqualTo(Anomaly.Kind.LIMIT);
        assertThat(r.anomalies.getLast().text()).startsWith("1201 more");
        assertThat(r.packets).extracting(Recorded.P::number).containsExactly(1301L);
    }

    @Test
    void anyChunkingGivesTheSame() throws Exception {
        Random random = new Random(3);
        PcapngFile f = new PcapngFile();
        for (int s = 0; s < 6; s++) {
            f.order(order(random.nextBoolean())).section(f.end()).described(1, 0).described(113, 0);
            for (int i = 0; i < 300; i++) {
                byte[] data = bytes(random.nextInt(1500));
                f.enhanced(
                        random.nextInt(2),
                        i,
                        data.length,
                        data.length,
                        data,
                        f.option(1, "c" + i),
                        f.end());
            }
        }
        byte[] file = f.bytes();
        assertThat(file.length).isGreaterThan(2 * Window.SIZE);
        Recorded whole = Recorded.read(file);
        assertThat(whole.packets).hasSize(1800);
        assertThat(whole.anomalies).isEmpty();
        for (int most : new int[] {1, 13, 5000}) {
            Recorded r = Recorded.read(Recorded.dribbling(file, most, most));
            assertThat(r.packets).isEqualTo(whole.packets);
            assertThat(r.meta).isEqualTo(whole.meta);
            assertThat(r.anomalies).isEmpty();
        }
    }

    @Test
    void survivesCorruption() throws Exception {
        Random random = new Random(5);
        PcapngFile f = new PcapngFile();
        f.section(f.option(1, "c"), f.end())
                .described(1, 0, f.option(9, new byte[] {9}), f.option(14, 3L), f.end());
        f.block(10, f.body(8).putInt(0x544c534b).putInt(3).array(), bytes(3));
        f.block(4, f.option(1, HEX.parseHex("c00002016100")), f.end());
        f.enhanced(0, 1, 5, 5, bytes(5), f.option(1, "x"), f.end())
                .simple(4, bytes(4))
                .obsolete(0, 1, bytes(3));
        f.block(5, f.body(12).array(), f.option(5, 1L), f.end());
        byte[] whole = f.bytes();
        for (int n = 0; n < 6_000; n++) {
            byte[] file = whole.clone();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                file[12 + random.nextInt(file.length - 12)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : 0xff);
            }
            Recorded r = Recorded.read(file);
            assertThat(r.packets.size())
                    .isLessThanOrEqualTo((int) r.totals.packets())
                    .isLessThanOrEqualTo(20);
        }
    }
}
