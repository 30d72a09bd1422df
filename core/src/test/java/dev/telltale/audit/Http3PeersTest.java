package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.audit.Http3Peers.Ask;
import dev.telltale.audit.Http3Peers.Datagram;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Protection;
import dev.telltale.model.Workers;
import io.netty.handler.codec.quic.Quic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/3 as another implementation speaks it, on recordings that are whole and damaged. */
class Http3PeersTest {
    private static final String IMEI = "490154203237518";
    private static final String IMSI = "404450123456789";
    private static final String EMAIL = "asha.rao@example.org";
    private static final String PHONE = "192.168.43.17";
    private static final String MOVED = "10.20.30.40";
    private static final String SERVER = "203.0.113.10";
    private static final String PERSONA =
            """
            persona: test-unit
            region: IN
            identifiers:
              imei: "%s"
              imsi: "%s"
              email: %s
            """
                    .formatted(IMEI, IMSI, EMAIL);

    @TempDir static Path dir;
    private static Persona persona;
    private static List<Ask> asks;
    private static List<Datagram> whole;
    private static List<Datagram> large;
    private static List<Datagram> retried;
    private static Path keys;

    @BeforeAll
    static void record() throws Exception {
        assumeThat(Quic.isAvailable()).as("the QUIC library has natives here").isTrue();
        persona = Personas.read(Files.writeString(dir.resolve("p.yaml"), PERSONA)).persona();
        asks = new ArrayList<>();
        asks.add(Ask.get("/activate?imei=" + IMEI + "&n=1"));
        asks.add(new Ask("GET", "/config", Map.of("x-imsi", IMSI, "accept", "*/*"), new byte[0]));
        asks.add(
                new Ask(
                        "POST",
                        "/login",
                        Map.of("content-type", "application/json"),
                        ("{\"user\":{\"mail\":\"" + EMAIL + "\"}}")
                                .getBytes(StandardCharsets.UTF_8)));
        for (int i = 0; i < 12; i++)
            asks.add(
                    new Ask(
                            "GET",
                            "/item/" + i,
                            Map.of("x-token", "token-" + i % 3, "user-agent", "Handset/1.0"),
                            new byte[0]));
        asks.add(Ask.get("/bytes/200000"));
        List<Ask> upload =
                List.of(
                        new Ask(
                                "PUT",
                                "/backup",
                                Map.of("content-type", "text/plain"),
                                upload(400_000)),
                        Ask.get("/after"));
        try (Http3Peers peers = new Http3Peers(dir, false)) {
            peers.connection(asks, false);
            whole = peers.taken();
            peers.connection(upload, true);
            large = peers.taken();
            try (Http3Peers retrying = new Http3Peers(dir, true)) {
                retrying.connection(asks.subList(0, 3), true);
                retried = retrying.taken();
                byte[] log = peers.keyLog();
                byte[] more = retrying.keyLog();
                byte[] all = Arrays.copyOf(log, log.length + more.length);
                System.arraycopy(more, 0, all, log.length, more.length);
                keys = Files.write(dir.resolve("keys.log"), all);
            }
        }
    }

    @AfterAll
    static void forget() {
        whole = large = retried = List.of();
    }

    /** A text with an identifier near its end. */
    private static byte[] upload(int n) {
        byte[] b = Http3Peers.bytes(n);
        byte[] mark = (" imei=" + IMEI + " ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(mark, 0, b, n - 1000, mark.length);
        return b;
    }

    private static Traffic traffic(List<Datagram> all) {
        Traffic t = new Traffic();
        for (Datagram d : all) add(t, d, PHONE, 40_000);
        return t;
    }

    private static void add(Traffic t, Datagram d, String phone, int port) {
        if (d.sent()) t.udp(phone, port, SERVER, 443, d.bytes());
        else t.udp(SERVER, 443, phone, port, d.bytes());
    }

    private static List<String> requests(Path capture) throws Exception {
        List<String> lines = new ArrayList<>();
        Inspector.requests(
                capture,
                Keys.read(List.of(keys)),
                b -> {
                    String line = new String(b, StandardCharsets.ISO_8859_1);
                    lines.add(line.substring(0, line.lastIndexOf('\t')));
                });
        return lines;
    }

    private static List<String> asked(List<Ask> all) {
        return all.stream()
                .map(a -> a.method() + "\thttps://" + Http3Peers.HOST + a.path())
                .toList();
    }

    private static Audit audit(Path capture, Workers workers, boolean withKeys) throws Exception {
        Keys k = withKeys ? Keys.read(List.of(keys)) : Keys.NONE;
        return Auditor.conclude(
                Auditor.observe(
                        List.of(capture),
                        k,
                        persona,
                        Optional.empty(),
                        Auditor.Options.DEFAULT,
                        workers,
                        Progress.NONE),
                Policies.DEFAULT,
                Auditor.Options.DEFAULT,
                Auditor.InputHashes.NONE);
    }

    private static void accountsForAll(Audit a) {
        assertThat(a.anomalies()).noneMatch(x -> x.kind() == Anomaly.Kind.ACCOUNTING).isNotNull();
    }

    private static List<String> found(Audit a) {
        return a.findings().stream()
                .map(f -> f.identifier().id() + " " + f.place())
                .sorted()
                .toList();
    }

    private static final List<String> PLANTED =
            List.of(
                    "email[0] POST /login · body.user.mail",
                    "imei[0] GET /activate · query[imei]",
                    "imsi[0] GET /config · header[x-imsi]");

    @Test
    void findsWhatWasSent() throws Exception {
        Path capture = traffic(whole).write(dir.resolve("whole.pcap"));
        assertThat(requests(capture)).isEqualTo(asked(asks));
        Audit a = audit(capture, Workers.CALLER, true);
        accountsForAll(a);
        assertThat(a.anomalies()).isEmpty();
        assertThat(found(a)).containsAll(PLANTED);
        for (Finding f : a.findings()) {
            assertThat(f.worst().secured().protection()).isEqualTo(Protection.QUIC);
            assertThat(f.worst().protocol()).isEqualTo("http/3");
            assertThat(f.destination().host()).isEqualTo(Http3Peers.HOST);
            assertThat(f.evidence()).allSatisfy(e -> assertThat(e.frames()).isNotEmpty());
        }
        assertThat(a.coverage().sent().encrypted()).isZero();
        assertThat(a.coverage().sent().missing()).isZero();
    }

    @Test
    void readsALongBodyToItsEnd() throws Exception {
        Path capture = traffic(large).write(dir.resolve("large.pcap"));
        assertThat(requests(capture))
                .containsExactlyInAnyOrder(
                        "PUT\thttps://" + Http3Peers.HOST + "/backup",
                        "GET\thttps://" + Http3Peers.HOST + "/after");
        Audit a = audit(capture, Workers.CALLER, true);
        accountsForAll(a);
        assertThat(found(a)).contains("imei[0] PUT /backup · body");
        assertThat(a.coverage().sent().missing()).isZero();
    }

    @Test
    void followsARetry() throws Exception {
        Path capture = traffic(retried).write(dir.resolve("retried.pcap"));
        assertThat(
                        retried.stream().filter(d -> !d.sent()).findFirst().orElseThrow().bytes()[0]
                                & 0xf0)
                .as("a Retry packet")
                .isEqualTo(0xf0);
        assertThat(requests(capture))
                .containsExactlyInAnyOrderElementsOf(asked(asks.subList(0, 3)));
        Audit a = audit(capture, Workers.CALLER, true);
        assertThat(a.anomalies()).isEmpty();
        assertThat(found(a)).containsAll(PLANTED);
    }

    @Test
    void namesTheHostWithoutKeys() throws Exception {
        Audit a = audit(traffic(whole).write(dir.resolve("closed.pcap")), Workers.CALLER, false);
        accountsForAll(a);
        assertThat(found(a)).isEmpty();
        assertThat(a.coverage().destinations())
                .anySatisfy(d -> {
                    assertThat(d.host()).isEqualTo(Http3Peers.HOST);
                    assertThat(d.reasons()).anyMatch(r -> r.code().name().equals("QUIC_NO_KEYS"));
                });
        assertThat(a.coverage().sent().encrypted()).isPositive();
    }

    @Test
    void followsAClientThatMoves() throws Exception {
        for (int at : new int[] {12, 20, whole.size() / 2}) {
            Traffic t = new Traffic();
            for (int i = 0; i < whole.size(); i++)
                add(t, whole.get(i), i < at ? PHONE : MOVED, i < at ? 40_000 : 50_555);
            Path capture = t.write(dir.resolve("moved.pcap"));
            assertThat(requests(capture)).isEqualTo(asked(asks));
            Audit one = audit(capture, Workers.CALLER, true);
            accountsForAll(one);
            assertThat(found(one)).containsAll(PLANTED);
            assertThat(audit(capture, threads(2), true)).isEqualTo(one);
            assertThat(audit(capture, threads(3), true)).isEqualTo(one);
        }
    }

    @Test
    void anyNumberOfWorkersGivesTheSameAudit() throws Exception {
        Traffic t = new Traffic();
        int n = Math.max(whole.size(), large.size());
        for (int i = 0; i < n; i++) {
            if (i < whole.size()) add(t, whole.get(i), PHONE, 40_000);
            if (i < large.size()) add(t, large.get(i), PHONE, 40_001);
            if (i < retried.size()) add(t, retried.get(i), MOVED, 40_002);
        }
        Path capture = t.write(dir.resolve("several.pcap"));
        Audit one = audit(capture, Workers.CALLER, true);
        accountsForAll(one);
        assertThat(found(one)).containsAll(PLANTED);
        assertThat(audit(capture, threads(2), true)).isEqualTo(one);
    }

    @Test
    void joinsMidway() throws Exception {
        for (int at : new int[] {4, 9, 15, whole.size() / 2}) {
            Path capture =
                    traffic(whole.subList(at, whole.size())).write(dir.resolve("midway.pcap"));
            List<String> seen = requests(capture);
            List<String> sent = nameless(asked(asks));
            assertThat(sent).containsAll(nameless(seen));
            if (at < 20) assertThat(seen).as("after datagram " + at).hasSizeGreaterThan(3);
            Audit a = audit(capture, Workers.CALLER, true);
            accountsForAll(a);
        }
    }

    /** Where the handshake was not seen, fields of the table are unknown: the host may be an IP. */
    private static List<String> nameless(List<String> lines) {
        return lines.stream().map(l -> l.replaceFirst("https://[^/]*", "")).toList();
    }

    @Test
    void neverMakesARequestThatWasNotSent() throws Exception {
        List<String> sent = nameless(asked(asks));
        Random random = new Random(9114);
        int most = 0;
        for (int round = 0; round < 24; round++) {
            List<Datagram> some = new ArrayList<>(whole);
            switch (round % 4) {
                case 0 -> some.removeIf(d -> random.nextInt(12) == 0);
                case 1 -> {
                    for (int i = 0; i + 4 < some.size(); i += 4)
                        Collections.shuffle(some.subList(i, i + 4), random);
                }
                case 2 -> {
                    int from = random.nextInt(some.size() / 2);
                    some = some.subList(from, from + random.nextInt(some.size() - from));
                }
                default -> {
                    for (int i = 0; i < some.size(); i++) {
                        Datagram d = some.get(i);
                        if (random.nextInt(10) != 0) continue;
                        byte[] b = d.bytes().clone();
                        if (random.nextBoolean()) b[random.nextInt(b.length)] ^= 0x40;
                        else b = Arrays.copyOf(b, random.nextInt(b.length));
                        some.set(i, new Datagram(d.sent(), b));
                    }
                }
            }
            Path capture = traffic(some).write(dir.resolve("damaged.pcap"));
            List<String> seen = nameless(requests(capture));
            assertThat(sent).as("round " + round).containsAll(seen);
            assertThat(seen).as("round " + round).doesNotHaveDuplicates();
            most = Math.max(most, seen.size());
            if (round % 4 == 1) assertThat(seen).containsExactlyInAnyOrderElementsOf(sent);
            Audit a = audit(capture, Workers.CALLER, true);
            accountsForAll(a);
            if (round % 8 == 0) assertThat(audit(capture, threads(2), true)).isEqualTo(a);
        }
        assertThat(most).isEqualTo(sent.size());
    }

    @Test
    void countsWhatIsMissing() throws Exception {
        List<Datagram> some = new ArrayList<>(large);
        int dropped = 0;
        // Datagrams of the upload that were large enough to hold nothing but a piece of it.
        for (int i = some.size() / 3; i < some.size() && dropped < 3; i++)
            if (some.get(i).sent() && some.get(i).bytes().length > 1000) {
                some.remove(i);
                dropped++;
            }
        assertThat(dropped).isEqualTo(3);
        Audit a = audit(traffic(some).write(dir.resolve("missing.pcap")), Workers.CALLER, true);
        accountsForAll(a);
        assertThat(a.coverage().sent().missing()).isBetween(1000L, 3L * 1500);
    }

    private static Workers threads(int n) {
        return new Workers() {
            @Override
            public int count() {
                return n;
            }

            @Override
            public void run(List<Runnable> tasks) {
                try (ExecutorService pool = Executors.newCachedThreadPool()) {
                    List<Future<?>> all = new ArrayList<>();
                    for (Runnable r : tasks) all.add(pool.submit(r));
                    for (Future<?> f : all) f.get();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }
}
