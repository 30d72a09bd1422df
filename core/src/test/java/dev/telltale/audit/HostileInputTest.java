package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.telltale.dissect.DissectLimits;
import dev.telltale.dissect.Dissector;
import dev.telltale.dissect.Totals;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.FlowHandler;
import dev.telltale.model.Packet;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.StreamEvent;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Captures made to hurt. Each ends in time, says what it could not follow, and hides nothing that
 * stands beside it: an identifier that the phone sent as well is found.
 */
class HostileInputTest {
    private static final String IMEI = "490154203237518";
    private static final String PHONE = "192.168.43.17";
    private static final String SERVER = "203.0.113.10";

    /** Of processor time, which is the same on a busy machine; for inputs under 100 kB. */
    private static final long MOST_NANOS = 1_000_000_000L;

    @TempDir Path dir;

    private Persona persona;

    @BeforeEach
    void persona() throws Exception {
        String yaml = "persona: unit\nregion: IN\nidentifiers: {imei: \"" + IMEI + "\"}\n";
        persona = Personas.read(Files.writeString(dir.resolve("persona.yaml"), yaml)).persona();
    }

    private Audit audit(byte[] capture) throws Exception {
        Path file = Files.write(dir.resolve("capture"), capture);
        return Auditor.conclude(
                Auditor.observe(
                        List.of(file),
                        persona,
                        Optional.empty(),
                        Auditor.Options.DEFAULT,
                        Workers.CALLER,
                        Progress.NONE),
                Policies.DEFAULT,
                Auditor.Options.DEFAULT,
                Auditor.InputHashes.NONE);
    }

    /** As {@link #audit}, within the time that a small input may take. */
    private Audit quickly(byte[] capture) throws Exception {
        assertThat(capture.length).isLessThan(100_000);
        // The first run of a virtual machine loads classes.
        audit(capture);
        long before = cpu();
        Audit audit = audit(capture);
        assertThat(cpu() - before).as("processor time").isLessThan(MOST_NANOS);
        return audit;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static byte[] gzip(byte[] b) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gz = new GZIPOutputStream(out)) {
            gz.write(b);
        }
        return out.toByteArray();
    }

    private static Traffic posts(byte[]... turns) {
        List<Traffic.Turn> all = new ArrayList<>();
        for (byte[] turn : turns) all.add(new Traffic.Turn(true, turn));
        return new Traffic()
                .tcp(PHONE, 40_000, SERVER, 80, 1400, null, all.toArray(Traffic.Turn[]::new));
    }

    private static byte[] post(String fields, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String head = "POST /up HTTP/1.1\r\nHost: a.example\r\n" + fields;
        out.writeBytes((head + "Content-Length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] get() {
        return ("GET /?imei=" + IMEI + " HTTP/1.1\r\nHost: a.example\r\n\r\n").getBytes(ISO_8859_1);
    }

    private static void found(Audit audit) {
        assertThat(audit.findings())
                .anyMatch(f ->
                        f.identifier().id().equals("imei[0]") && f.direction() == Direction.SENT);
    }

    private static void says(Audit audit, Anomaly.Kind kind) {
        assertThat(audit.anomalies()).extracting(Anomaly::kind).contains(kind);
    }

    private static long reason(Audit audit, ReasonCode code) {
        return audit.coverage().destinations().stream()
                .flatMap(d -> d.reasons().stream())
                .filter(r -> r.code() == code)
                .mapToLong(r -> r.bytes())
                .sum();
    }

    // ------------------------------------------------------------------------------------------------ bombs

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, gzip", "zstd", "zstd, gzip", "zstd, zstd"})
    void bombsOfDeclaredCodings(String codings) throws Exception {
        byte[] bomb = new byte[90 << 20];
        for (String coding : codings.split(", "))
            bomb = coding.equals("gzip") ? gzip(bomb) : Zstd.compress(bomb);
        byte[] request = post("Content-Encoding: " + codings + "\r\n", bomb);
        Audit audit = quickly(posts(request, get()).pcap());
        says(audit, Anomaly.Kind.LIMIT);
        found(audit);
        assertThat(reason(audit, ReasonCode.BUDGET)).isGreaterThanOrEqualTo(bomb.length);
    }

    /** Each of them small enough to be looked at. */
    @Test
    void manySmallBombsInOneBody() throws Exception {
        byte[] bomb = gzip(gzip(new byte[15 << 20]));
        String value = '"' + Base64.getEncoder().encodeToString(bomb) + '"';
        StringBuilder json = new StringBuilder("[" + value);
        while (json.length() < 90_000) json.append(',').append(value);
        byte[] body = json.append(']').toString().getBytes(ISO_8859_1);
        byte[] request = post("Content-Type: application/json\r\n", body);
        Audit audit = quickly(posts(request, get()).pcap());
        says(audit, Anomaly.Kind.LIMIT);
        found(audit);
        assertThat(reason(audit, ReasonCode.BUDGET)).isPositive();
    }

    @Test
    void aBombInEachOfManyRequests() throws Exception {
        byte[] bomb = Zstd.compress(new byte[16 << 20]);
        byte[] one = post("Content-Encoding: zstd\r\n", bomb);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() + one.length < 90_000) all.writeBytes(one);
        Audit audit = quickly(posts(all.toByteArray(), get()).pcap());
        says(audit, Anomaly.Kind.LIMIT);
        found(audit);
    }

    /** A capture file that unpacks to gigabytes of empty packets. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void captureFilesThatAreBombs(boolean zstd) throws Exception {
        byte[] capture = java.util.Arrays.copyOf(posts(get()).pcap(), 100 << 20);
        byte[] file = zstd ? Zstd.compress(capture) : gzip(gzip(capture));
        Audit audit = quickly(file);
        says(audit, Anomaly.Kind.LIMIT);
        found(audit);
    }

    // ------------------------------------------------------------------------------------------------ lengths

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, Integer.MAX_VALUE - 3})
    void lengthsOfRecordsAndBlocks(int length) throws Exception {
        byte[] good = posts(get()).pcap();
        ByteBuffer pcap = little(good.length + 40).put(good);
        pcap.putInt(0).putInt(0).putInt(length).putInt(length);
        Audit audit = quickly(pcap.array());
        says(audit, Anomaly.Kind.CAPTURE_MALFORMED);
        found(audit);

        ByteBuffer ng = little(good.length * 2 + 200);
        ng.putInt(0x0a0d0d0a).putInt(28).putInt(0x1a2b3c4d).putInt(1).putLong(-1).putInt(28);
        ng.putInt(1).putInt(20).putInt(1).putInt(0).putInt(20);
        ByteBuffer records = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).position(24);
        while (records.hasRemaining()) {
            byte[] frame = new byte[records.getInt(records.position() + 8)];
            records.get(records.position() + 16, frame);
            records.position(records.position() + 16 + frame.length);
            packet(ng, frame.length, frame);
        }
        // A packet in a block that is whole, then a block.
        packet(ng, length, new byte[8]);
        ng.putInt(6).putInt(length & ~3);
        audit = quickly(ng.array());
        assertThat(audit.anomalies())
                .extracting(Anomaly::kind)
                .contains(Anomaly.Kind.PACKET_MALFORMED)
                .containsAnyOf(Anomaly.Kind.CAPTURE_MALFORMED, Anomaly.Kind.CAPTURE_TRUNCATED);
        found(audit);
    }

    private static ByteBuffer little(int n) {
        return ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void packet(ByteBuffer ng, int captured, byte[] frame) {
        int block = 32 + (frame.length + 3 & ~3);
        ng.putInt(6).putInt(block).putInt(0).putLong(0).putInt(captured).putInt(frame.length);
        ng.put(frame).put(new byte[-frame.length & 3]).putInt(block);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483647",
                "2147483648",
                "4294967296",
                "9223372036854775807",
                "9223372036854775808",
                "99999999999999999999999999"
            })
    void lengthsOfBodies(String length) throws Exception {
        String body = "{\"imei\":\"" + IMEI + "\"}";
        String head = "POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + length;
        Audit audit = quickly(posts((head + "\r\n\r\n" + body).getBytes(ISO_8859_1)).pcap());
        assertThat(audit.anomalies()).isNotEmpty();
        found(audit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffff", "80000000", "7fffffffffffffff", "ffffffffffffffffffff"})
    void sizesOfChunks(String size) throws Exception {
        String head = "POST /up HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n";
        String chunks = size + "\r\n{\"imei\":\"" + IMEI + "\"}";
        Audit audit = quickly(posts((head + chunks).getBytes(ISO_8859_1)).pcap());
        assertThat(audit.anomalies()).isNotEmpty();
        found(audit);
    }

    // ------------------------------------------------------------------------------------------------ no end

    @ParameterizedTest
    @ValueSource(strings = {"X: y\r\n", "X", "X: y\r\n z", "Set-Cookie: a=b; "})
    void headsWithoutEnd(String again) throws Exception {
        String head = "GET / HTTP/1.1\r\nHost: a.example\r\n";
        String fields = again.repeat(8_000_000 / again.length());
        long before = cpu();
        Audit audit = audit(posts(get(), (head + fields + IMEI).getBytes(ISO_8859_1)).pcap());
        assertThat(cpu() - before).isLessThan(20 * MOST_NANOS);
        says(audit, Anomaly.Kind.LIMIT);
        found(audit);
    }

    @Test
    void jsonOfAHundredThousandLevels() throws Exception {
        for (String level : List.of("[", "{\"a\":", "[{\"a\":[")) {
            int levels = Math.min(100_000, 90_000 / level.length());
            byte[] body = (level.repeat(levels) + '"' + IMEI + '"').getBytes(ISO_8859_1);
            byte[] request = post("Content-Type: application/json\r\n", body);
            Audit audit = quickly(posts(request).pcap());
            found(audit);
        }
        String whole = "[".repeat(100_000) + '"' + IMEI + '"' + "]".repeat(100_000);
        found(audit(posts(post("", whole.getBytes(ISO_8859_1))).pcap()));
    }

    @Test
    void overlapsOfOtherContent() throws Exception {
        Traffic traffic = new Traffic().segment(PHONE, 40_000, SERVER, 80, 1, get());
        // The same numbers again and again, with another request.
        for (int i = 0; i < 200; i++) {
            String other = "GET /?imei=" + (490154203237519L + i) + " HTTP/1.1\r\nHost: b.example";
            traffic.segment(PHONE, 40_000, SERVER, 80, 1, other.getBytes(ISO_8859_1));
        }
        Audit audit = quickly(traffic.pcap());
        says(audit, Anomaly.Kind.OVERLAP_CONFLICT);
        assertThat(audit.anomalies()).hasSizeLessThan(50);
        found(audit);
    }

    // ------------------------------------------------------------------------------------------------ packets

    private static final class Frames {
        private final byte[] frame;
        private final Packet packet = new Packet();

        Frames(int protocol, int payload) {
            ByteBuffer b = ByteBuffer.allocate(20 + payload);
            b.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload)).putInt(0);
            b.put((byte) 64).put((byte) protocol).putShort((short) 0);
            b.put(new byte[] {(byte) 192, (byte) 168, 43, 17}).put(new byte[] {100, 64, 0, 1});
            frame = b.array();
            packet.memory = MemorySegment.ofArray(frame);
            packet.captured = packet.original = frame.length;
            packet.linkType = 101;
        }

        void put16(int at, int value) {
            frame[at] = (byte) (value >> 8);
            frame[at + 1] = (byte) value;
        }

        void to(Dissector dissector) {
            packet.number++;
            packet.timeNanos += 1000;
            dissector.packet(packet);
        }
    }

    @Test
    void aMillionFlows() {
        DissectLimits limits = DissectLimits.DEFAULT;
        long[] flows = new long[4];
        FlowHandler.Factory counting =
                flow -> {
                    flows[0]++;
                    flows[1] = Math.max(flows[1], flows[0] - flows[2]);
                    int[] ends = {0};
                    return event -> {
                        if (event instanceof StreamEvent.Data d) flows[3] += d.length();
                        if (event instanceof StreamEvent.Closed && ends[0]++ == 1) flows[2]++;
                    };
                };
        List<Anomaly> anomalies = new ArrayList<>();
        Dissector dissector = new Dissector(counting, anomalies::add, limits);
        Frames syn = new Frames(6, 40);
        syn.put16(20 + 12, 0x5018);
        long before = cpu();
        for (int i = 0; i < 1_000_000; i++) {
            syn.put16(18, i >> 12);
            syn.put16(20, 10_000 + (i & 0xfff));
            syn.put16(22, 8080);
            syn.to(dissector);
        }
        dissector.end();
        Totals totals = dissector.totals();
        assertThat(cpu() - before).as("processor time").isLessThan(30 * MOST_NANOS);
        assertThat(flows[0]).isEqualTo(1_000_000);
        assertThat(flows[2]).as("closed").isEqualTo(1_000_000);
        assertThat(flows[3]).as("bytes").isEqualTo(20_000_000);
        assertThat(flows[1]).as("open at once").isLessThanOrEqualTo(limits.flows());
        assertThat(totals.flows()).isEqualTo(1_000_000);
        assertThat(totals.anomalies()).extracting(Anomaly::kind).contains(Anomaly.Kind.LIMIT);
    }

    private static final int FRAGMENTS = 50_000;

    /** Of datagrams that are never whole, and of one that says too much. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fragmentsWithoutEnd(boolean ofOne) {
        Set<Long> seen = new HashSet<>();
        FlowHandler.Factory none =
                flow -> {
                    seen.add((long) flow.number());
                    return event -> {};
                };
        Dissector dissector = new Dissector(none, a -> {}, DissectLimits.DEFAULT);
        Frames fragment = new Frames(17, 64);
        long before = cpu();
        for (int i = 0; i < FRAGMENTS; i++) {
            fragment.put16(4, ofOne ? 7 : i);
            // More follow; none of them begins the datagram.
            fragment.put16(6, 0x2000 | 1 + i % 8000);
            fragment.to(dissector);
        }
        dissector.end();
        Totals totals = dissector.totals();
        assertThat(cpu() - before).as("processor time").isLessThan(20 * MOST_NANOS);
        assertThat(seen).isEmpty();
        assertThat(totals.packets()).isEqualTo(FRAGMENTS);
        assertThat(totals.skipped().getFirst().why()).isEqualTo(Totals.Why.LOST_FRAGMENTS);
        assertThat(totals.skipped().getFirst().packets()).isEqualTo(ofOne ? 1 : FRAGMENTS);
        assertThat(totals.anomalies()).isNotEmpty();
    }
}
