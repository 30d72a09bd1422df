package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapTest {
    private static final int SECONDS = 1_407_405_600;

    private record Rec(int seconds, int fraction, int captured, int original, byte[] data) {}

    private static Rec rec(int i, int size) {
        byte[] data = new byte[size];
        new Random(i).nextBytes(data);
        return new Rec(SECONDS + i, 1000 + i, size, size, data);
    }

    private static byte[] file(
            ByteOrder order, int magic, int minor, int link, int extra, List<Rec> records) {
        int size = 24 + records.stream().mapToInt(r -> 16 + extra + r.data().length).sum();
        ByteBuffer b = ByteBuffer.allocate(size).order(order);
        b.putInt(magic)
                .putShort((short) 2)
                .putShort((short) minor)
                .putInt(0)
                .putInt(0)
                .putInt(65535)
                .putInt(link);
        for (Rec r : records) {
            b.putInt(r.seconds()).putInt(r.fraction()).putInt(r.captured()).putInt(r.original());
            b.put(new byte[extra]).put(r.data());
        }
        return b.array();
    }

    private static byte[] small() {
        return file(
                ByteOrder.LITTLE_ENDIAN,
                0xa1b2c3d4,
                4,
                1,
                0,
                List.of(rec(0, 5), rec(1, 0), rec(2, 17)));
    }

    @ParameterizedTest
    @CsvSource({
        "a1b2c3d4, true, 0, 1000",
        "a1b2c3d4, false, 0, 1000",
        "a1b23c4d, true, 0, 1",
        "a1b23c4d, false, 0, 1",
        "a1b2cd34, true, 8, 1000",
        "a1b2cd34, false, 8, 1000",
    })
    void readsEveryMagicInBothByteOrders(String magic, boolean big, int extra, long unit)
            throws Exception {
        ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        List<Rec> records = List.of(rec(0, 60), rec(1, 0), rec(2, 1500));
        Recorded r =
                Recorded.read(
                        file(order, Integer.parseUnsignedInt(magic, 16), 4, 113, extra, records));
        assertThat(r.format).isEqualTo("pcap");
        assertThat(r.anomalies).isEmpty();
        assertThat(r.packets).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(r.packets.get(i))
                    .isEqualTo(
                            new Recorded.P(
                                    i + 1,
                                    (SECONDS + i) * 1_000_000_000L + (1000 + i) * unit,
                                    113,
                                    records.get(i).original(),
                                    HexFormat.of().formatHex(records.get(i).data())));
        }
        assertThat(r.totals.packets()).isEqualTo(3);
        assertThat(r.totals.start()).contains(Instant.ofEpochSecond(SECONDS, 1000 * unit));
        assertThat(r.totals.end()).contains(Instant.ofEpochSecond(SECONDS + 2, 1002 * unit));
        assertThat(r.meta).containsExactly(new MetaSink.Interface(0, 113, 65535).toString());
    }

    @ParameterizedTest
    @CsvSource({"1c0001ac, true", "1c0001ac, false", "1c0001ab, true", "1c0001ab, false"})
    void readsIxia(String magic, boolean big) throws Exception {
        ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] plain =
                file(order, Integer.parseUnsignedInt(magic, 16), 4, 1, 0, List.of(rec(0, 9)));
        byte[] ixia = new byte[plain.length + 4];
        System.arraycopy(plain, 0, ixia, 0, 24);
        System.arraycopy(plain, 24, ixia, 28, plain.length - 24);
        Recorded r = Recorded.read(ixia);
        assertThat(r.packets).hasSize(1);
        assertThat(r.packets.getFirst().time()).isEqualTo(SECONDS * 1_000_000_000L + 1000);
        assertThat(r.anomalies).isEmpty();
    }

    @Test
    void readsTheLengthsOfOldVersionsTheOtherWayRound() throws Exception {
        byte[] data = {1, 2, 3};
        List<Rec> swapped = List.of(new Rec(1, 1, 90, 3, data));
        List<Rec> straight = List.of(new Rec(1, 1, 3, 90, data));
        for (byte[] f :
                List.of(
                        file(ByteOrder.BIG_ENDIAN, 0xa1b2c3d4, 2, 1, 0, swapped),
                        file(ByteOrder.BIG_ENDIAN, 0xa1b2c3d4, 3, 1, 0, swapped),
                        file(ByteOrder.BIG_ENDIAN, 0xa1b2c3d4, 3, 1, 0, straight),
                        file(ByteOrder.BIG_ENDIAN, 0xa1b2c3d4, 4, 1, 0, straight))) {
            Recorded r = Recorded.read(f);
            assertThat(r.anomalies).isEmpty();
            assertThat(r.packets)
                    .containsExactly(new Recorded.P(1, 1_000_001_000, 1, 90, "010203"));
        }
    }

    @Test
    void masksTheFrameCheckSequenceOutOfTheLinkType() throws Exception {
        Recorded r =
                Recorded.read(
                        file(
                                ByteOrder.LITTLE_ENDIAN,
                                0xa1b2c3d4,
                                4,
                                0x24000001,
                                0,
                                List.of(rec(0, 4))));
        assertThat(r.packets.getFirst().linkType()).isEqualTo(1);
    }

    @Test
    void takesTimesBeyond2038AndPacketsLongerThanTheSnapLength() throws Exception {
        byte[] large = new byte[Pcap.MOST_CAPTURED];
        List<Rec> records = List.of(new Rec(-1, 999_999, large.length, 3, large), rec(1, 3));
        Recorded r = Recorded.read(file(ByteOrder.LITTLE_ENDIAN, 0xa1b2c3d4, 4, 1, 0, records));
        assertThat(r.anomalies).isEmpty();
        assertThat(r.packets).hasSize(2);
        assertThat(r.packets.getFirst().time())
                .isEqualTo(0xffffffffL * 1_000_000_000 + 999_999_000);
        assertThat(r.packets.getFirst().original()).isEqualTo(large.length);
    }

    @Test
    void usesEverythingBeforeACutAndSaysWhereItIs() throws Exception {
        byte[] whole = small();
        List<Recorded.P> all = Recorded.read(whole).packets;
        int[] starts = {24, 24 + 21, 24 + 21 + 16, whole.length};
        for (int cut = 4; cut <= whole.length; cut++) {
            Recorded r = Recorded.read(Arrays.copyOf(whole, cut));
            int packets = 0;
            while (packets < 3 && starts[packets + 1] <= cut) packets++;
            assertThat(r.packets).as("cut at %d", cut).isEqualTo(all.subList(0, packets));
            if (cut >= 24 && cut == starts[packets]) {
                assertThat(r.anomalies).as("cut at %d", cut).isEmpty();
            } else {
                assertThat(r.anomalies).as("cut at %d", cut).hasSize(1);
                Anomaly a = r.anomalies.getFirst();
                assertThat(a.kind()).isEqualTo(Anomaly.Kind.CAPTURE_TRUNCATED);
                assertThat(a.where()).isEqualTo("byte " + (cut < 24 ? 0 : starts[packets]));
            }
        }
    }

    @Test
    void stopsAtALengthThatCannotBe() throws Exception {
        for (int length : new int[] {-1, Integer.MIN_VALUE, Pcap.MOST_CAPTURED + 1}) {
            List<Rec> records =
                    List.of(rec(0, 5), new Rec(1, 1, length, 5, new byte[5]), rec(2, 5));
            Recorded r = Recorded.read(file(ByteOrder.BIG_ENDIAN, 0xa1b2c3d4, 4, 1, 0, records));
            assertThat(r.packets).hasSize(1);
            assertThat(r.totals.packets()).isEqualTo(1);
            assertThat(r.anomalies).hasSize(1);
            assertThat(r.anomalies.getFirst().kind()).isEqualTo(Anomaly.Kind.CAPTURE_MALFORMED);
            assertThat(r.anomalies.getFirst().where()).isEqualTo("byte 45");
        }
    }

    @Test
    void anyChunkingGivesTheSamePackets() throws Exception {
        Random random = new Random(7);
        List<Rec> records = new ArrayList<>();
        for (int i = 0; i < 2000; i++)
            records.add(rec(i, random.nextInt(20) == 0 ? 9000 : random.nextInt(700)));
        byte[] file = file(ByteOrder.BIG_ENDIAN, 0xa1b23c4d, 4, 1, 0, records);
        assertThat(file.length).isGreaterThan(2 * Window.SIZE);
        Recorded whole = Recorded.read(file);
        assertThat(whole.packets).hasSize(2000);
        assertThat(whole.packets.getLast().hex())
                .isEqualTo(HexFormat.of().formatHex(records.getLast().data()));
        for (int most : new int[] {1, 17, 1000, 70_000}) {
            Recorded r = Recorded.read(Recorded.dribbling(file, most, most));
            assertThat(r.packets).isEqualTo(whole.packets);
            assertThat(r.anomalies).isEmpty();
            assertThat(r.sha256).isEqualTo(whole.sha256);
        }
    }

    @Test
    void survivesCorruption() throws Exception {
        Random random = new Random(11);
        for (int n = 0; n < 5000; n++) {
            byte[] file = small();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                file[4 + random.nextInt(file.length - 4)] = (byte) random.nextInt(256);
            }
            Recorded r = Recorded.read(file);
            assertThat(r.packets.size()).isEqualTo((int) r.totals.packets()).isLessThanOrEqualTo(6);
            assertThat(r.anomalies.size()).isLessThanOrEqualTo(1);
        }
    }
}
