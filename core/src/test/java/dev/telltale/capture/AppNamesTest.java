package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.ByteSource;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Endpoint;
import dev.telltale.model.Flow;
import dev.telltale.model.FrameMap;
import dev.telltale.model.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * Names of apps in trailers, headers, blocks and lists, as far as the flow that carries them on.
 */
class AppNamesTest {
    /** An IPv4 UDP datagram from 10.215.173.1 to 198.51.100.9:9000. */
    private static byte[] datagram(int port, String text) {
        byte[] data = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(28 + data.length)
                .put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (28 + data.length))
                .putInt(0)
                .put((byte) 64)
                .put((byte) 17)
                .putShort((short) 0)
                .put(new byte[] {10, (byte) 215, (byte) 173, 1, (byte) 198, 51, 100, 9})
                .putShort((short) port)
                .putShort((short) 9000)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data)
                .array();
    }

    private static byte[] padded(String name, int length) {
        return Arrays.copyOf(name.getBytes(StandardCharsets.UTF_8), length);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] p : parts) out.writeBytes(p);
        return out.toByteArray();
    }

    /** As PCAPdroid frames it. */
    private static byte[] trailed(byte[] ip, int uid, String app) {
        byte[] frame = concat(ByteBuffer.allocate(14).putShort(12, (short) 0x0800).array(), ip);
        frame = Arrays.copyOf(frame, frame.length + 3 & ~3);
        frame =
                concat(
                        frame,
                        ByteBuffer.allocate(8).putInt(0x01072021).putInt(uid).array(),
                        padded(app, 20));
        CRC32 crc = new CRC32();
        crc.update(frame);
        return concat(
                frame,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt((int) crc.getValue())
                        .array());
    }

    private static byte[] pktap(byte[] frame, int linkType, String own, String forWhom) {
        ByteBuffer h = ByteBuffer.allocate(156).order(ByteOrder.LITTLE_ENDIAN);
        h.putInt(0, 156).putInt(4, 1).putInt(8, linkType).put(12, padded("en0", 24)).putInt(36, 2);
        h.putInt(52, 4711).put(56, padded(own, 17)).putInt(84, 4712).put(88, padded(forWhom, 17));
        return concat(h.array(), frame);
    }

    private static byte[] pktap2(byte[] frame, int linkType, String own, String forWhom) {
        ByteBuffer h = ByteBuffer.allocate(120).order(ByteOrder.LITTLE_ENDIAN);
        h.put(0, (byte) 120).put(4, (byte) 80).put(5, (byte) (forWhom.isEmpty() ? 0 : 100));
        h.putShort(6, (short) linkType)
                .putInt(28, 4711)
                .putInt(36, 0x80002)
                .put(80, padded(own, 17))
                .put(100, padded(forWhom, 17));
        return concat(h.array(), frame);
    }

    private static byte[] pcap(int linkType, byte[]... frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                ByteBuffer.allocate(24)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(0xa1b2c3d4)
                        .putShort((short) 2)
                        .putShort((short) 4)
                        .putLong(0)
                        .putInt(65535)
                        .putInt(linkType)
                        .array());
        for (byte[] f : frames) {
            out.writeBytes(
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(1_700_000_000)
                            .putInt(0)
                            .putInt(f.length)
                            .putInt(f.length)
                            .array());
            out.writeBytes(f);
        }
        return out.toByteArray();
    }

    /** {@code app link-type captured} of each packet. */
    private static List<String> packets(byte[] file) throws Exception {
        List<String> told = new ArrayList<>();
        try (CaptureFile capture = CaptureFiles.of("test", ByteSource.of(file), false)) {
            ((PacketCapture) capture)
                    .read(
                            p -> told.add(p.app + " " + p.linkType + " " + p.captured),
                            a -> {},
                            MetaSink.NONE);
        }
        return told;
    }

    private static List<Flow> flows(byte[] file) throws Exception {
        List<Flow> flows = new ArrayList<>();
        List<Anomaly> anomalies = new ArrayList<>();
        try (CaptureFile capture = CaptureFiles.of("test", ByteSource.of(file), false)) {
            Dissector d =
                    new Dissector(
                            flow -> {
                                flows.add(flow);
                                return event -> {};
                            },
                            anomalies::add,
                            DissectLimits.DEFAULT);
            ((PacketCapture) capture).read(d, anomalies::add, MetaSink.NONE);
            d.end();
            assertThat(d.totals().anomalies()).isEmpty();
        }
        assertThat(anomalies).isEmpty();
        return flows;
    }

    @Test
    void readsTheTrailerOfPcapdroid() throws Exception {
        byte[] ip = datagram(41000, "hello");
        byte[] file =
                pcap(
                        1,
                        trailed(ip, 10123, "Example \u00fc"),
                        trailed(datagram(41001, "x"), 0, "root"),
                        concat(new byte[14], ip));
        assertThat(packets(file)).containsExactly("Example \u00fc 1 48", "root 1 44", " 1 47");
        assertThat(flows(pcap(1, trailed(ip, 10123, "Example App"), trailed(ip, 10123, "Other"))))
                .singleElement()
                .extracting(Flow::app)
                .isEqualTo("Example App");
    }

    @Test
    void takesTheTrailerOnlyWhereNoHostSpoke() throws Exception {
        byte[] frame = trailed(datagram(41000, "hello"), 10123, "Liar");
        frame[0] = 2;
        assertThat(packets(pcap(1, frame))).containsExactly(" 1 " + frame.length);
    }

    @Test
    void takesPktapOffAndPrefersTheProcessItWasDoneFor() throws Exception {
        byte[] ip = datagram(41000, "hello");
        byte[] ethernet = concat(ByteBuffer.allocate(14).putShort(12, (short) 0x0800).array(), ip);
        byte[] file =
                pcap(
                        258,
                        pktap(ethernet, 1, "nsurlsessiond", "ExampleApp"),
                        pktap(ip, 12, "mDNSResponder", ""),
                        pktap2(ethernet, 1, "nsurlsessiond", "ExampleApp"),
                        pktap2(ip, 12, "mDNSResponder", ""));
        assertThat(packets(file))
                .containsExactly(
                        "ExampleApp 1 47",
                        "mDNSResponder 12 33",
                        "ExampleApp 1 47",
                        "mDNSResponder 12 33");
        assertThat(packets(pcap(149, pktap2(ip, 12, "a", "")))).containsExactly("a 12 33");
        assertThat(flows(file)).singleElement().extracting(Flow::app).isEqualTo("ExampleApp");
    }

    @Test
    void survivesDamagedHeaders() throws Exception {
        Random random = new Random(3);
        byte[] ip = datagram(41000, "hello");
        byte[] file =
                pcap(
                        258,
                        pktap(ip, 12, "one", "two"),
                        pktap2(ip, 12, "one", "two"),
                        pktap(ip, 258, "one", "two"));
        for (int i = 0; i < 3000; i++) {
            byte[] bad = file.clone();
            for (int k = random.nextInt(4); k >= 0; k--)
                bad[24 + random.nextInt(bad.length - 24)] = (byte) random.nextInt(256);
            packets(bad);
        }
    }

    @Test
    void readsUidsAndProcessesOfPcapng() throws Exception {
        byte[] ip = datagram(41000, "hello");
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            PcapngFile f = new PcapngFile().order(order);
            byte[] names = "com.example.oneOne".getBytes(StandardCharsets.US_ASCII);
            f.section().described(101, 0);
            f.block(
                    0xbad,
                    concat(
                            f.body(14)
                                    .putInt(62652)
                                    .putShort((short) 1)
                                    .put((byte) 1)
                                    .put((byte) 0)
                                    .putInt(10123)
                                    .put((byte) 15)
                                    .put((byte) 3)
                                    .array(),
                            names));
            f.enhanced(0, 1, ip.length, ip.length, ip, f.option(1, "u-10123"), f.end());
            f.enhanced(0, 1, ip.length, ip.length, ip, f.option(1, "u-10124"), f.end());
            f.enhanced(0, 1, ip.length, ip.length, ip);
            f.section().described(101, 0);
            f.block(
                    0x80000001,
                    concat(f.body(4).putInt(1).array(), f.option(2, "nsurlsessiond"), f.end()));
            f.block(
                    0x80000001,
                    concat(f.body(4).putInt(2).array(), f.option(2, "ExampleApp"), f.end()));
            byte[] own = f.option(0x8001, f.body(4).putInt(0).array());
            byte[] effective = f.option(0x8003, f.body(4).putInt(1).array());
            f.enhanced(0, 1, ip.length, ip.length, ip, own, f.end());
            f.enhanced(0, 1, ip.length, ip.length, ip, effective, own, f.end());
            f.enhanced(
                    0,
                    1,
                    ip.length,
                    ip.length,
                    ip,
                    f.option(0x8001, f.body(4).putInt(9).array()),
                    f.end());
            f.section().described(101, 0).enhanced(0, 1, ip.length, ip.length, ip, own, f.end());
            assertThat(packets(f.bytes()))
                    .extracting(s -> s.substring(0, s.indexOf(' ')))
                    .containsExactly(
                            "com.example.one", "", "", "nsurlsessiond", "ExampleApp", "", "");
        }
    }

    private static final String CSV =
            "IPProto,SrcIP,SrcPort,DstIp,DstPort,UID,App,Proto,Status,Info,BytesSent,BytesRcvd,PktsSent,PktsRcvd,FirstSeen,LastSeen\n"
                    + "17,10.215.173.1,41000,198.51.100.9,9000,10123,Early,QUIC,Closed,a.example.org,5,0,1,0,1699990000000,1699990001000\n"
                    + "17,10.215.173.1,41000,198.51.100.9,9000,10124,Example App,QUIC,Closed,b, c,5,0,1,0,1700000000000,1700000001000\n"
                    + "6,10.215.173.1,41000,198.51.100.9,9000,10125,Tcp App,TLS,Closed,,5,0,1,0,1700000000,1700000001\n"
                    + "nonsense\n";

    private static AppMap read(String csv, List<Anomaly> anomalies) throws Exception {
        try (CaptureFile file =
                CaptureFiles.of(
                        "test", ByteSource.of(csv.getBytes(StandardCharsets.UTF_8)), false)) {
            assertThat(file.format()).isEqualTo("pcapdroid-csv");
            return ((AppLog) file).read(anomalies::add);
        }
    }

    private static String named(
            AppMap map, Transport transport, Endpoint a, Endpoint b, long time) {
        List<String> app = new ArrayList<>();
        FrameMap at = FrameMap.at(time * 1_000_000_000L);
        map.naming(
                        f -> {
                            app.add(f.app());
                            return e -> {};
                        })
                .open(new Flow(1, transport, a, b, false, at, at));
        return app.getFirst();
    }

    @Test
    void namesFlowsByTheListOfConnections() throws Exception {
        List<Anomaly> anomalies = new ArrayList<>();
        AppMap map = read(CSV, anomalies);
        assertThat(anomalies).hasSize(1);
        Endpoint phone = new Endpoint("10.215.173.1", "", 41000);
        Endpoint server = new Endpoint("198.51.100.9", "aa:bb:cc:dd:ee:ff", 9000);
        assertThat(named(map, Transport.UDP, phone, server, 1_700_000_000))
                .isEqualTo("Example App");
        assertThat(named(map, Transport.UDP, server, phone, 1_699_990_000)).isEqualTo("Early");
        assertThat(named(map, Transport.TCP, phone, server, 1_700_000_002)).isEqualTo("Tcp App");
        assertThat(named(map, Transport.UDP, phone, server, 1_699_995_000))
                .as("the port was another's")
                .isEmpty();
        assertThat(named(map, Transport.UDP, phone, phone, 1_700_000_000)).isEmpty();
        for (int cut = 60; cut < CSV.length(); cut++) read(CSV.substring(0, cut), anomalies);
    }
}
