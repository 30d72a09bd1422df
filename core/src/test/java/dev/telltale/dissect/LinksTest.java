package dev.telltale.dissect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.dissect.Recorder.Recorded;
import dev.telltale.dissect.Totals.Skipped;
import dev.telltale.dissect.Totals.Why;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Packet;
import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Radio, tether and tunnel: whatever carries a packet, the flow is the innermost one's. */
class LinksTest {
    private static final String PHONE = "10.0.0.2";
    private static final String SERVER = "198.51.100.7";
    private static final String OUTER = "192.0.2.10";
    private static final String OUTER_PEER = "192.0.2.20";
    private static final String PHONE6 = "2001:db8:0:0:0:0:0:2";
    private static final String SERVER6 = "2001:db8:0:1:1:1:1:1";
    private static final String PHONE_MAC = "02:00:00:00:00:01";
    private static final String ROUTER_MAC = "02:00:00:00:00:fe";
    private static final byte[] HELLO = "hello".getBytes(ISO_8859_1);
    private static final byte[] V4 = Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000, 9999, HELLO));
    private static final byte[] V6 = Wire.ip6(PHONE6, SERVER6, 17, Wire.udp(50_000, 9999, HELLO));
    private static final byte[] INNER = ethernet(V4);

    private final Recorder recorder = new Recorder();
    private final Dissector dissector =
            new Dissector(recorder, recorder.anomalies::add, DissectLimits.DEFAULT);
    private long number;

    private static byte[] ethernet(byte[] ip) {
        return Wire.ethernet(
                Wire.PHONE_MAC, Wire.ROUTER_MAC, ip[0] >> 4 == 4 ? 0x0800 : 0x86dd, ip);
    }

    private static byte[] outer(int protocol, byte[] content) {
        return Wire.ethernet(
                Wire.hex("0200000000b1"),
                Wire.hex("0200000000b2"),
                0x0800,
                Wire.ip4(OUTER, OUTER_PEER, protocol, content));
    }

    /** What a frame is made of and how many times it says hello. */
    record Sample(int linkType, byte[] frame, int times, boolean macs) {}

    static Map<String, Sample> samples() {
        Map<String, Sample> all = new LinkedHashMap<>();
        byte[] llc = Carried.snap(0x0800, V4);
        for (int ds = 0; ds <= 3; ds++) {
            all.put(
                    "802.11 ds " + ds,
                    new Sample(105, Carried.wifi(ds, false, 0, 0, llc), 1, true));
            all.put(
                    "802.11 QoS ds " + ds,
                    new Sample(105, Carried.wifi(ds, true, 5, 0, llc), 1, true));
        }
        byte[] qos = Carried.wifi(1, true, 0, 0, llc);
        all.put("802.11 HT", new Sample(105, Carried.wifi(1, true, 0, 0x80, llc), 1, true));
        all.put("radiotap", new Sample(127, Carried.radiotap(0, qos), 1, true));
        all.put("radiotap FCS", new Sample(127, Carried.radiotap(0x10, qos), 1, true));
        all.put(
                "radiotap padded",
                new Sample(
                        127,
                        Carried.radiotap(
                                0x20, Carried.wifi(1, true, 0, 0, Wire.join(new byte[2], llc))),
                        1,
                        true));
        all.put("Prism", new Sample(119, Carried.prism(qos), 1, true));
        all.put("AVS", new Sample(163, Carried.avs(qos), 1, true));
        all.put("AVS as Prism", new Sample(119, Carried.avs(qos), 1, true));
        all.put("PPI", new Sample(192, Carried.ppi(qos), 1, true));
        byte[] amsdu = Carried.wifi(1, true, 0x80, 0, Carried.amsdu(V4, V6, V4));
        all.put("A-MSDU", new Sample(127, Carried.radiotap(0x10, amsdu), 3, true));

        for (int type : new int[] {189, 220}) {
            byte[] rndis = Carried.rndis(INNER, INNER);
            all.put(
                    "RNDIS " + type,
                    new Sample(type, Carried.usbmon(type, 'S', 3, 1, rndis), 2, true));
        }
        byte[] rndis = Carried.rndis(INNER);
        all.put("RNDIS in", new Sample(189, Carried.usbmon(189, 'C', 3, 0x81, rndis), 1, true));
        all.put("RNDIS USBPcap", new Sample(249, Carried.usbpcap(false, 1, rndis), 1, true));
        all.put("RNDIS USBPcap in", new Sample(249, Carried.usbpcap(true, 0x81, rndis), 1, true));
        byte[] ncm = Carried.ncm(INNER, ethernet(V6));
        all.put("NCM", new Sample(220, Carried.usbmon(220, 'S', 3, 1, ncm), 2, true));
        all.put("ECM", new Sample(220, Carried.usbmon(220, 'S', 3, 1, INNER), 1, true));
        byte[] shifted = Wire.join(new byte[2], INNER);
        all.put("Apple", new Sample(220, Carried.usbmon(220, 'C', 3, 0x81, shifted), 1, true));

        byte[] bnep = Wire.join(new byte[1], Wire.ROUTER_MAC, Wire.PHONE_MAC, Wire.hex("0800"), V4);
        byte[] hci = Carried.l2cap(true, 11, 0x41, bnep, 4096).getFirst();
        all.put("BNEP", new Sample(201, hci, 1, true));
        all.put(
                "BNEP no direction",
                new Sample(187, Arrays.copyOfRange(hci, 4, hci.length), 1, true));

        all.put("4in4", new Sample(1, outer(4, V4), 1, false));
        all.put("6in4", new Sample(1, outer(41, V6), 1, false));
        all.put("GRE", new Sample(1, outer(47, Carried.gre(0, 0x0800, V4)), 1, false));
        all.put("GRE C K S", new Sample(1, outer(47, Carried.gre(0xb000, 0x86dd, V6)), 1, false));
        byte[] pptp = Wire.join(Wire.hex("ff03 0021"), V4);
        all.put("GRE PPTP", new Sample(1, outer(47, Carried.gre(0x3081, 0x880b, pptp)), 1, false));
        byte[] mpls = Wire.join(Wire.hex("00011140"), V4);
        all.put("GRE MPLS", new Sample(1, outer(47, Carried.gre(0, 0x8847, mpls)), 1, false));
        all.put(
                "GRE Ethernet",
                new Sample(1, outer(47, Carried.gre(0x2000, 0x6558, INNER)), 1, true));
        all.put("ERSPAN I", new Sample(1, outer(47, Carried.gre(0, 0x88be, INNER)), 1, true));
        all.put("ERSPAN II", new Sample(1, outer(47, Carried.erspan2(INNER)), 1, true));
        all.put("ERSPAN III", new Sample(1, outer(47, Carried.erspan3(false, INNER)), 1, true));
        all.put("Teredo", new Sample(1, outer(17, Carried.teredo(false, false, V6)), 1, false));
        all.put("Teredo full", new Sample(1, outer(17, Carried.teredo(true, true, V6)), 1, false));
        all.put("GTP-U", new Sample(1, outer(17, Carried.gtp(false, V4)), 1, false));
        all.put("GTP-U extended", new Sample(1, outer(17, Carried.gtp(true, V6)), 1, false));
        all.put("VXLAN", new Sample(1, outer(17, Carried.vxlan(4789, INNER)), 1, true));
        byte[] padded = Arrays.copyOf(INNER, 60);
        all.put("VXLAN padded", new Sample(1, outer(17, Carried.vxlan(4789, padded)), 1, true));
        all.put("Geneve", new Sample(1, outer(17, Carried.geneve(0x6558, 2, INNER)), 1, true));
        all.put("Geneve IP", new Sample(1, outer(17, Carried.geneve(0x0800, 0, V4)), 1, false));
        byte[] nested =
                Carried.vxlan(
                        4789, ethernet(Wire.ip4(OUTER, OUTER_PEER, 17, Carried.gtp(true, V6))));
        all.put("GTP-U in VXLAN", new Sample(1, outer(17, nested), 1, true));
        return all;
    }

    private static Recorder read(Totals[] totals, int linkType, byte[] frame, int captured) {
        Recorder r = new Recorder();
        Dissector d = new Dissector(r, r.anomalies::add, DissectLimits.DEFAULT);
        d.packet(Wire.packet(frame, captured, linkType, 1, 1));
        d.end();
        r.check(d.totals());
        totals[0] = d.totals();
        return r;
    }

    @Test
    void everyWayToCarryAPacket() {
        Totals[] t = new Totals[1];
        samples()
                .forEach((name, s) -> {
                    Recorder r = read(t, s.linkType, s.frame, s.frame.length);
                    assertThat(r.flows).as(name).isNotEmpty();
                    assertThat(t[0].udpPackets()).as(name).isEqualTo(s.times);
                    assertThat(t[0].udpBytes()).as(name).isEqualTo(5L * s.times);
                    assertThat(t[0].packets()).as(name).isEqualTo(1);
                    assertThat(t[0].ipPackets()).as(name).isEqualTo(1);
                    assertThat(t[0].anomalies()).as(name).isEmpty();
                    for (Recorded f : r.flows) {
                        assertThat(new String(f.bytes(Side.INITIATOR), ISO_8859_1))
                                .as(name)
                                .matches("(hello)+");
                        assertThat(f.flow.initiator().ip()).as(name).isIn(PHONE, "2001:db8::2");
                        assertThat(f.flow.responder().ip())
                                .as(name)
                                .isIn(SERVER, "2001:db8:0:1:1:1:1:1");
                        assertThat(f.flow.sent().frames(0, 5)).as(name).containsExactly(1);
                        if (name.equals("GTP-U in VXLAN")) continue;
                        assertThat(f.flow.initiator().mac())
                                .as(name)
                                .isEqualTo(s.macs ? PHONE_MAC : "02:00:00:00:00:b1");
                        assertThat(f.flow.responder().mac())
                                .as(name)
                                .isEqualTo(s.macs ? ROUTER_MAC : "02:00:00:00:00:b2");
                    }
                });
    }

    @Test
    void cutAnywhere() {
        Totals[] t = new Totals[1];
        samples()
                .forEach((name, s) -> {
                    for (int cut = 0; cut < s.frame.length; cut++) {
                        Recorder r = read(t, s.linkType, s.frame, cut);
                        assertThat(t[0].packets()).as(name).isEqualTo(1);
                        boolean told = !r.flows.isEmpty() || !t[0].skipped().isEmpty();
                        assertThat(told).as(name + " cut at " + cut).isTrue();
                    }
                });
    }

    @Test
    void everyByteChanged() {
        Totals[] t = new Totals[1];
        Random random = new Random(5);
        samples()
                .forEach((name, s) -> {
                    for (int i = 0; i < 20 * s.frame.length; i++) {
                        byte[] f = s.frame.clone();
                        for (int n = random.nextInt(3); n >= 0; n--)
                            f[random.nextInt(f.length)] = (byte) random.nextInt(256);
                        read(t, s.linkType, f, f.length);
                        assertThat(t[0].packets()).as(name).isEqualTo(1);
                    }
                });
    }

    /** The encoders above are only worth something if others read the same in them. */
    @Test
    void tsharkSeesTheSamePackets(@TempDir Path folder) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        block(
                out,
                0x0a0d0d0a,
                ByteBuffer.allocate(16)
                        .putInt(0x1a2b3c4d)
                        .putShort((short) 1)
                        .putShort((short) 0)
                        .putLong(-1)
                        .array());
        List<String> names = new ArrayList<>();
        List<Integer> links = new ArrayList<>();
        // Its own view of a Bluetooth channel needs the channel's opening, which one frame has not.
        samples()
                .forEach((name, s) -> {
                    if (name.startsWith("BNEP")
                            || name.equals("NCM")
                            || name.equals("Apple")
                            || name.equals("ECM")
                            || name.contains("RNDIS")) return;
                    names.add(name);
                    if (!links.contains(s.linkType)) {
                        links.add(s.linkType);
                        block(out, 1, ByteBuffer.allocate(8).putShort((short) s.linkType).array());
                    }
                    int length = s.frame.length + 3 & ~3;
                    block(
                            out,
                            6,
                            ByteBuffer.allocate(20 + length)
                                    .putInt(links.indexOf(s.linkType))
                                    .putLong(0)
                                    .putInt(s.frame.length)
                                    .putInt(s.frame.length)
                                    .put(s.frame)
                                    .array());
                });
        Path file = folder.resolve("carried.pcapng");
        Files.write(file, out.toByteArray());
        Process process;
        try {
            process =
                    new ProcessBuilder(
                                    "tshark",
                                    "-r",
                                    file.toString(),
                                    "-T",
                                    "fields",
                                    "-E",
                                    "separator=|",
                                    "-e",
                                    "udp.dstport",
                                    "-e",
                                    "ip.src",
                                    "-e",
                                    "ipv6.src",
                                    "-e",
                                    "udp.payload")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "no tshark on this machine: nothing to compare with");
            return;
        }
        List<String> lines =
                new String(process.getInputStream().readAllBytes(), ISO_8859_1).lines().toList();
        assertThat(lines).hasSameSizeAs(names);
        for (int i = 0; i < names.size(); i++) {
            String[] f = lines.get(i).split("\\|", -1);
            assertThat(f[0]).as(names.get(i)).endsWith("9999");
            assertThat(f[1] + " " + f[2])
                    .as(names.get(i))
                    .containsPattern("10\\.0\\.0\\.2|2001:db8::2");
            assertThat(f[3]).as(names.get(i)).endsWith("68656c6c6f");
        }
    }

    private static void block(ByteArrayOutputStream out, int type, byte[] body) {
        int length = body.length + 12;
        out.writeBytes(
                ByteBuffer.allocate(length)
                        .putInt(type)
                        .putInt(length)
                        .put(body)
                        .putInt(length)
                        .array());
    }

    // --- what is not taken apart is told ---

    private void link(int type, byte[] frame) {
        dissector.packet(Wire.packet(frame, frame.length, type, ++number, number));
    }

    private Totals end() {
        dissector.end();
        Totals t = dissector.totals();
        recorder.check(t);
        return t;
    }

    @Test
    void closedWifiIsCounted() {
        byte[] sealed = Carried.wifi(1, true, 0, 0x40, new byte[8 + 100 + 8]);
        link(105, sealed);
        link(127, Carried.radiotap(0x10, sealed));
        link(105, Wire.hex("8000 0000 ffffffffffff 0200000000aa 0200000000aa 0000")); // beacon
        link(105, Wire.hex("d400 0000 020000000001")); // acknowledgment
        link(105, Carried.wifi(1, true, 0, 0, new byte[0]).clone());
        Totals t = end();
        assertThat(t.skipped())
                .contains(
                        new Skipped(Why.ENCRYPTED_LINK, 105, 2, 232, 1),
                        new Skipped(Why.LINK_CONTROL, 105, 2, 10 + 24, 3));
        assertThat(t.anomalies())
                .contains(
                        new Anomaly(
                                Anomaly.Kind.UNSUPPORTED_LINK,
                                "frame 1",
                                "2 packets encrypted below IP, by the link itself, and not decrypted"
                                        + " (232 bytes)"));
    }

    @Test
    void damagedAndFragmentedRadioFrames() {
        byte[] llc = Carried.snap(0x0800, V4);
        link(127, Carried.radiotap(0x50, Carried.wifi(1, true, 0, 0, llc)));
        link(105, Carried.wifi(1, true, 0, 4, llc));
        Totals t = end();
        assertThat(recorder.flows).isEmpty();
        assertThat(t.skipped())
                .extracting(Skipped::why)
                .containsExactly(Why.LINK_FRAGMENTS, Why.WRONG_CHECKSUM);
    }

    @Test
    void manyFlowsInOneFrame() {
        byte[][] packets = new byte[12][];
        for (int i = 0; i < packets.length; i++)
            packets[i] = Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000 + i, 9999, HELLO));
        link(105, Carried.wifi(1, true, 0x80, 0, Carried.amsdu(packets)));
        // An MSDU so long that its length looks like an EtherType.
        byte[] big = Wire.ip4(PHONE, SERVER, 17, Wire.udp(49_000, 9999, new byte[2100]));
        link(105, Carried.wifi(1, true, 0x80, 0, Carried.amsdu(big, V4)));
        Totals t = end();
        assertThat(recorder.flows).hasSize(13);
        assertThat(t.udpBytes()).isEqualTo(12 * 5 + 2100 + 5);
        assertThat(t.packets()).isEqualTo(2);
        assertThat(t.anomalies()).isEmpty();
    }

    // --- Bluetooth ---

    @Test
    void bluetoothFromItsOpening() {
        link(201, Carried.event(0x0e, Wire.hex("01 0910 00 010000000002"))); // own address
        link(201, Carried.event(0x03, Wire.hex("00 0b00 fe0000000002 01 00"))); // the peer's
        link(201, Carried.l2cap(true, 11, 1, Carried.connect(3, 15, 0x40), 600).getFirst());
        link(201, Carried.l2cap(false, 11, 1, Carried.connected(3, 0x51, 0x40), 600).getFirst());
        link(201, Carried.l2cap(true, 11, 1, Carried.connect(4, 3, 0x42), 600).getFirst());
        link(201, Carried.l2cap(false, 11, 1, Carried.connected(4, 0x52, 0x42), 600).getFirst());
        byte[] up = Wire.join(Wire.hex("82 0800 00 03 0a0b0c"), V4); // compressed, an extension
        byte[] answer = Wire.ip4(SERVER, PHONE, 17, Wire.udp(9999, 50_000, HELLO));
        List<byte[]> a = Carried.l2cap(true, 11, 0x51, up, 9);
        List<byte[]> b = Carried.l2cap(false, 11, 0x40, Wire.join(Wire.hex("02 0800"), answer), 20);
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            if (i < a.size()) link(201, a.get(i));
            if (i < b.size()) link(201, b.get(i));
        }
        link(201, Carried.l2cap(true, 11, 0x52, new byte[30], 600).getFirst()); // RFCOMM
        link(201, Carried.l2cap(true, 11, 0x40, new byte[30], 600).getFirst()); // nobody knows
        link(201, Carried.l2cap(true, 11, 0x51, Wire.hex("01 01 02 0000 0000"), 600).getFirst());
        Totals t = end();
        assertThat(recorder.flows).hasSize(1);
        Recorded f = recorder.flows.getFirst();
        assertThat(f.flow.initiator().mac()).isEqualTo(PHONE_MAC);
        assertThat(f.flow.responder().mac()).isEqualTo(ROUTER_MAC);
        assertThat(f.bytes(Side.INITIATOR)).isEqualTo(HELLO);
        assertThat(f.bytes(Side.RESPONDER)).isEqualTo(HELLO);
        // Five bytes at 40 of 52, nine bytes a frame, each second frame.
        assertThat(f.flow.sent().frames(0, 5)).hasSizeBetween(1, 2);
        assertThat(f.flow.sent().frames(0, 5)[0]).isGreaterThan(12);
        assertThat(t.packets()).isEqualTo(number);
        assertThat(t.skipped())
                .filteredOn(s -> s.why() == Why.UNSUPPORTED_CHANNEL)
                .extracting(Skipped::code, Skipped::bytes)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0, 30L),
                        org.assertj.core.groups.Tuple.tuple(3, 30L));
    }

    @Test
    void bluetoothPartsAreBounded() {
        for (int handle = 0; handle < 4096; handle++) {
            byte[] first = Carried.l2cap(true, handle, 0x40, new byte[60_000], 20_000).getFirst();
            link(201, first);
        }
        Totals t = end();
        assertThat(t.skipped())
                .extracting(Skipped::why)
                .contains(Why.DATAGRAMS_EVICTED, Why.LOST_FRAGMENTS);
        assertThat(t.anomalies()).extracting(Anomaly::kind).contains(Anomaly.Kind.LIMIT);
    }

    // --- USB ---

    @Test
    void usbThatIsNoNetwork() {
        link(220, Carried.usbmon(220, 'S', 3, 1, new byte[500])); // files
        link(220, Carried.usbmon(220, 'S', 2, 0, new byte[8]));
        link(220, Carried.usbmon(220, 'C', 3, 1, new byte[0]));
        Totals t = end();
        assertThat(t.skipped())
                .containsExactly(
                        new Skipped(Why.LINK_CONTROL, 220, 2, 0, 2),
                        new Skipped(Why.UNSUPPORTED_TRANSFER, 220, 1, 500, 1));
    }

    @Test
    void manyEntriesOfTheSameBytes() {
        byte[] block = Carried.ncm(INNER, INNER, INNER, INNER);
        // All entries name the first frame, at twice its length: more in all than the block holds.
        ByteBuffer b = ByteBuffer.wrap(block).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 4; i++)
            b.putShort(20 + 4 * i, b.getShort(20)).putShort(22 + 4 * i, (short) (2 * INNER.length));
        link(220, Carried.usbmon(220, 'S', 3, 1, block));
        Totals t = end();
        assertThat(t.udpPackets()).isEqualTo(2);
        assertThat(t.skipped()).extracting(Skipped::why).contains(Why.MALFORMED_LINK);
    }

    // --- tunnels ---

    @Test
    void plainDatagramsOnTunnelPortsStayFlows() {
        byte[] vxlan = Wire.hex("08000000 00002a00");
        byte[][] payloads = {
            new byte[100],
            Wire.join(vxlan, new byte[60]),
            Wire.join(
                    vxlan,
                    INNER,
                    "a secret behind the frame that nobody would look at".getBytes(ISO_8859_1)),
            Wire.hex("32 01 0004 00000000 00000000 0102030405060708"), // GTP-U echo
            V6, // not as VXLAN
            Wire.join(Wire.hex("30 ff 0004 00000007"), V4), // the length lies
            Wire.join(new byte[] {0x45}, new byte[40]),
        };
        long bytes = 0;
        for (int port : new int[] {4789, 8472, 2152, 6081}) {
            for (byte[] payload : payloads) {
                link(1, outer(17, Wire.udp(51_000, port, payload)));
                bytes += payload.length;
            }
        }
        link(1, outer(17, Wire.udp(51_000, 3544, V4)));
        Totals t = end();
        assertThat(recorder.flows).hasSize(5);
        assertThat(recorder.flows).allMatch(f -> f.flow.initiator().ip().equals(OUTER));
        assertThat(t.udpBytes()).isEqualTo(bytes + V4.length);
        assertThat(t.anomalies()).isEmpty();
    }

    @Test
    void arpInATunnelIsNoFlow() {
        byte[] arp = Wire.join(Wire.hex("0001 0800 0604 0001"), new byte[20]);
        byte[] frame = Wire.ethernet(Wire.PHONE_MAC, Wire.ROUTER_MAC, 0x0806, arp);
        link(1, outer(17, Carried.vxlan(4789, frame)));
        Totals t = end();
        assertThat(recorder.flows).isEmpty();
        assertThat(t.skipped()).containsExactly(new Skipped(Why.NOT_IP, 0x0806, 1, 28, 1));
    }

    @Test
    void bytesBehindTheInnerPacketAreTold() {
        link(1, outer(4, Wire.join(V4, new byte[9])));
        assertThat(end().skipped()).containsExactly(new Skipped(Why.AFTER_INNER, 0, 1, 9, 1));
    }

    @Test
    void depthIsBounded() {
        byte[] packet = V4;
        for (int i = 0; i < Tunnels.MOST; i++) packet = Wire.ip4(OUTER, OUTER_PEER, 4, packet);
        link(101, packet);
        assertThat(recorder.flows).hasSize(1);
        link(101, Wire.ip4(OUTER, OUTER_PEER, 47, Carried.gre(0, 0x0800, packet)));
        // Over UDP the datagram that is not opened is a flow of its own.
        byte[] udp = V4;
        for (int i = 0; i <= Tunnels.MOST; i++)
            udp = Wire.ip4(OUTER, OUTER_PEER, 17, Carried.gtp(false, udp));
        link(101, udp);
        Totals t = end();
        assertThat(t.skipped())
                .containsExactly(new Skipped(Why.TUNNELS_TOO_DEEP, 4, 1, V4.length, 2));
        assertThat(t.anomalies()).extracting(Anomaly::kind).containsExactly(Anomaly.Kind.LIMIT);
        assertThat(recorder.flows).hasSize(2);
    }

    private static List<byte[]> cut4(byte[] packet, int id, int size) {
        List<byte[]> out = new ArrayList<>();
        byte[] payload = Arrays.copyOfRange(packet, 20, packet.length);
        for (int at = 0; at < payload.length; at += size) {
            int to = Math.min(payload.length, at + size);
            ByteBuffer b = ByteBuffer.allocate(20 + to - at).put(packet, 0, 20);
            b.put(payload, at, to - at).putShort(2, (short) (20 + to - at)).putShort(4, (short) id);
            b.putShort(6, (short) ((to < payload.length ? 0x2000 : 0) | at / 8));
            out.add(b.array());
        }
        return out;
    }

    /** Fragments of the inner packet, each in a tunnel packet that was fragmented itself. */
    @Test
    void fragmentsInsideFragmentsOfATunnel() {
        for (int seed = 0; seed < 40; seed++) {
            Random r = new Random(seed);
            byte[] payload = new byte[4000 + r.nextInt(20_000)];
            r.nextBytes(payload);
            byte[] packet = Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000, 9999, payload));
            List<byte[]> frames = new ArrayList<>();
            int id = 1;
            for (byte[] inner : cut4(packet, 77, 8 * (50 + r.nextInt(150)))) {
                byte[] tunnel =
                        Wire.ip4(OUTER, OUTER_PEER, 17, Carried.vxlan(4789, ethernet(inner)));
                if (inner.length < 120) tunnel = Wire.ip4(OUTER, OUTER_PEER, 4, inner);
                for (byte[] f : cut4(tunnel, id++, 8 * (20 + r.nextInt(60))))
                    frames.add(ethernet(f));
            }
            java.util.Collections.shuffle(frames, r);
            List<Packet> packets = new ArrayList<>();
            for (int i = 0; i < frames.size(); i++)
                packets.add(Wire.packet(frames.get(i), i + 1, i));

            Recorder one = new Recorder();
            Dissector alone = new Dissector(one, one.anomalies::add, DissectLimits.DEFAULT);
            packets.forEach(alone::packet);
            alone.end();
            one.check(alone.totals());
            assertThat(one.flows).hasSize(1);
            Recorded f = one.flows.getFirst();
            assertThat(f.bytes(Side.INITIATOR)).isEqualTo(payload);
            assertThat(f.flow.initiator().ip()).isEqualTo(PHONE);
            assertThat(alone.totals().packets()).isEqualTo(frames.size());
            assertThat(alone.totals().anomalies()).isEmpty();
            // Every frame carried some of it, and each byte is somewhere.
            assertThat(f.flow.sent().frames(0, payload.length).length)
                    .isGreaterThan(frames.size() / 2);
            for (int at = 0; at < payload.length; at += 501) {
                int probe = at;
                long[] where = f.flow.sent().frames(at, 1);
                assertThat(where).hasSize(1);
                byte[] frame = frames.get((int) where[0] - 1);
                assertThat(indexOf(frame, payload[probe])).isNotNegative();
            }

            Recorder many = new Recorder();
            Dissector lane =
                    new Dissector(many, many.anomalies::add, DissectLimits.DEFAULT.shared(2));
            Defragmenter before = new Defragmenter(DissectLimits.DEFAULT, lane);
            packets.forEach(before::packet);
            before.end();
            lane.end();
            assertThat(before.totals().plus(lane.totals())).isEqualTo(alone.totals());
            assertThat(many.flows.getFirst().bytes(Side.INITIATOR)).isEqualTo(payload);
        }
    }

    private static int indexOf(byte[] b, byte value) {
        for (int i = 0; i < b.length; i++) if (b[i] == value) return i;
        return -1;
    }

    @Test
    void fragmentsInsideATunnelKeepTheirAddresses() {
        byte[] packet = Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000, 9999, new byte[2000]));
        for (byte[] inner : cut4(packet, 5, 800))
            link(1, outer(47, Carried.gre(0, 0x6558, ethernet(inner))));
        end();
        assertThat(recorder.flows).hasSize(1);
        assertThat(recorder.flows.getFirst().flow.initiator().mac()).isEqualTo(PHONE_MAC);
        assertThat(recorder.flows.getFirst().bytes(Side.INITIATOR)).hasSize(2000);
    }

    @Test
    void fragmentsInTheAir() {
        byte[] packet = Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000, 9999, new byte[3000]));
        for (byte[] f : cut4(packet, 5, 800))
            link(127, Carried.radiotap(0x10, Carried.wifi(1, true, 0, 0, Carried.snap(0x0800, f))));
        byte[] again = Wire.ip4(PHONE, SERVER, 17, Wire.udp(50_000, 9999, new byte[3000]));
        byte[][] pieces = cut4(again, 6, 800).toArray(new byte[0][]);
        link(105, Carried.wifi(1, true, 0x80, 0, Carried.amsdu(pieces)));
        Totals t = end();
        assertThat(recorder.flows).hasSize(1);
        assertThat(recorder.flows.getFirst().bytes(Side.INITIATOR)).hasSize(6000);
        assertThat(t.packets()).isEqualTo(5);
        assertThat(t.ipPackets()).isEqualTo(5);
        assertThat(t.anomalies()).isEmpty();
    }
}
