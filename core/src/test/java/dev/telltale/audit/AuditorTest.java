package dev.telltale.audit;

import static dev.telltale.audit.Traffic.Turn.client;
import static dev.telltale.audit.Traffic.Turn.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Observations;
import dev.telltale.model.Outcome;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Protection;
import dev.telltale.model.Range;
import dev.telltale.model.Run;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditorTest {
    private static final String IMEI = "490154203237518";
    private static final String IMSI = "404450123456789";
    private static final String PHONE = "192.168.43.17";
    private static final String SERVER = "203.0.113.10";
    private static final String PERSONA =
            """
            persona: test-unit
            region: IN
            identifiers:
              imei: "490154203237518"
              imsi: "404450123456789"
              msisdn: "+919812345678"
              operator: Airtel
              model: HM 1S
              email: asha.rao@example.org
              contacts:
                - {name: Vikram Sen, phone: "+919811112222"}
                - {name: Meera Pillai, phone: "+919811113333"}
            """;

    @TempDir Path dir;

    private Persona persona;

    @BeforeEach
    void persona() throws Exception {
        persona = Personas.read(Files.writeString(dir.resolve("persona.yaml"), PERSONA)).persona();
    }

    private Audit audit(Path... captures) throws UnreadableInput {
        return audit(Auditor.Options.DEFAULT, Workers.CALLER, Optional.empty(), captures);
    }

    private Audit audit(
            Auditor.Options options, Workers workers, Optional<Run> run, Path... captures)
            throws UnreadableInput {
        return Auditor.conclude(
                observe(options, workers, run, captures),
                Policies.DEFAULT,
                options,
                Auditor.InputHashes.NONE);
    }

    private Observations observe(
            Auditor.Options options, Workers workers, Optional<Run> run, Path... captures)
            throws UnreadableInput {
        return Auditor.observe(List.of(captures), persona, run, options, workers, Progress.NONE);
    }

    private static Traffic activation() throws Exception {
        String token =
                Base64.getUrlEncoder()
                        .encodeToString(
                                MessageDigest.getInstance("SHA-1")
                                        .digest(IMSI.getBytes(StandardCharsets.UTF_8)))
                        .substring(0, 16);
        return new Traffic()
                .tcp(
                        PHONE,
                        40_000,
                        SERVER,
                        80,
                        300,
                        null,
                        client(
                                "GET /pass/activate/dev/"
                                        + IMEI
                                        + "/activating?imsi="
                                        + token
                                        + "&carrier=Airtel HTTP/1.1\r\nHost: api.account.example.com\r\nUser-Agent: t\r\n\r\n"),
                        server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    }

    private static Finding only(Audit audit, String identifier) {
        List<Finding> all =
                audit.findings().stream()
                        .filter(f ->
                                f.identifier().id().equals(identifier)
                                        && f.direction() == Direction.SENT)
                        .toList();
        assertThat(all).as(identifier).hasSize(1);
        return all.getFirst();
    }

    @Test
    void tellsWhatTheActivationCallGaveAway() throws Exception {
        Audit a = audit(activation().write(dir.resolve("a.pcap")));

        Finding imei = only(a, "imei[0]");
        assertThat(imei.place()).isEqualTo("GET /pass/activate/dev/{imei}/activating · path");
        assertThat(imei.destination().host()).isEqualTo("api.account.example.com");
        assertThat(imei.destination().domain()).isEqualTo("example.com");
        assertThat(imei.worst().secured().protection()).isEqualTo(Protection.NONE);
        assertThat(imei.worst().disguise()).isEqualTo(Disguise.PLAIN);
        assertThat(imei.certainty()).isEqualTo(Certainty.CERTAIN);

        Finding imsi = only(a, "imsi[0]");
        assertThat(imsi.place())
                .isEqualTo("GET /pass/activate/dev/{imei}/activating · query[imsi]");
        assertThat(imsi.worst().form()).isEqualTo("sha1 > base64url > first 16");
        assertThat(imsi.worst().chain()).isEmpty();
        assertThat(imsi.worst().disguise()).isEqualTo(Disguise.HASHED);
        assertThat(imsi.worst().explanation())
                .isEqualTo(
                        "SHA-1 of your IMSI (15 digits), base64url, first 16 characters, in query parameter imsi");
        assertThat(imsi.evidence()).hasSize(1);
        assertThat(imsi.evidence().getFirst().frames()).containsExactly(4L);
        assertThat(imsi.evidence().getFirst().request())
                .isEqualTo(
                        "GET http://api.account.example.com/pass/activate/dev/{imei}/activating?imsi={imsi}&carrier={operator}");

        only(a, "operator[0]");
        assertThat(a.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(a.coverage().sent().readable())
                .isEqualTo(a.coverage().sent().bytes())
                .isPositive();
        assertThat(a.anomalies()).isEmpty();
    }

    @Test
    void evidenceLeadsToTheValueOnTheWire() throws Exception {
        String head =
                "POST /v1/up HTTP/1.1\r\nHost: h.example.com\r\nContent-Type: application/json\r\nContent-Length: ";
        String body =
                "{\"a\":[1,{\"who\":\"asha.rao@example.org\"}],\"z\":\"" + "x".repeat(500) + "\"}";
        String request = head + body.length() + "\r\n\r\n" + body;
        Audit a =
                audit(
                        new Traffic()
                                .tcp(PHONE, 40_001, SERVER, 80, 50, null, client(request))
                                .write(dir.resolve("b.pcap")));

        Finding email = only(a, "email[0]");
        assertThat(email.place()).isEqualTo("POST /v1/up · body.a[].who");
        assertThat(email.worst().chain()).containsExactly("json");
        var path = email.evidence().getFirst().path();
        assertThat(path).hasSize(1);
        assertThat(path.getFirst().layer()).isEqualTo("stream");
        Range r = path.getFirst().ranges().getFirst();
        assertThat(request.substring((int) r.start(), (int) r.end()))
                .isEqualTo("asha.rao@example.org");
        long firstFrame = 4 + r.start() / 50;
        assertThat(email.evidence().getFirst().frames()).first().isEqualTo(firstFrame);
    }

    @Test
    void opensWhatIsEncodedOrCompressed() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(packed)) {
            z.write(
                    ("{\"p\":\""
                                    + Base64.getEncoder()
                                            .encodeToString(
                                                    ("id=" + IMEI).getBytes(StandardCharsets.UTF_8))
                                    + "\"}")
                            .getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(
                ("POST /g HTTP/1.1\r\nHost: h.example.com\r\nContent-Encoding: gzip\r\nContent-Length: "
                                + packed.size()
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
        request.writeBytes(packed.toByteArray());
        Audit a =
                audit(
                        new Traffic()
                                .tcp(
                                        PHONE,
                                        40_002,
                                        SERVER,
                                        80,
                                        1400,
                                        null,
                                        new Traffic.Turn(true, request.toByteArray()))
                                .write(dir.resolve("c.pcap")));

        Finding imei = only(a, "imei[0]");
        assertThat(imei.worst().chain()).startsWith("json", "base64");
        assertThat(imei.worst().disguise()).isEqualTo(Disguise.ENCODED);
        assertThat(imei.evidence().getFirst().path().stream().map(s -> s.layer()).toList())
                .startsWith("stream", "gzip");
    }

    @Test
    void saysNothingWasSentWhereThereIsNoTrafficOfTheDevice() throws Exception {
        Path empty = new Traffic().write(dir.resolve("empty.pcap"));
        Path arp = new Traffic().arp().write(dir.resolve("arp.pcap"));
        Path other = activation().write(dir.resolve("other.pcap"));
        Auditor.Options absent = new Auditor.Options(Optional.of("10.9.9.9"), 10, false);
        for (Audit a :
                List.of(
                        audit(empty),
                        audit(arp),
                        audit(absent, Workers.CALLER, Optional.empty(), other))) {
            assertThat(a.verdict().outcome()).isEqualTo(Outcome.INCONCLUSIVE);
            assertThat(a.verdict().reasons())
                    .anyMatch(r -> r.text().toLowerCase().contains("no device traffic"));
            assertThat(a.findings()).isEmpty();
        }
    }

    @Test
    void notesAnUnreadableCaptureAndGoesOn() throws Exception {
        Path jpeg =
                Files.write(
                        dir.resolve("p.jpg"),
                        new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 16});
        Audit a = audit(jpeg, activation().write(dir.resolve("ok.pcap")));
        assertThat(a.inputs().captures())
                .extracting(Audit.CaptureInfo::format)
                .contains("unreadable", "pcap");
        assertThat(a.findings()).isNotEmpty();
        assertThatThrownBy(() -> audit(jpeg))
                .isInstanceOf(UnreadableInput.class)
                .hasMessageContaining("JPEG");
    }

    @Test
    void countsEqualContentOnce() throws Exception {
        Path one = activation().write(dir.resolve("one.pcap"));
        Path two = activation().write(dir.resolve("two.pcap"));
        Audit both = audit(one, two);
        assertThat(both.inputs().captures()).hasSize(2);
        assertThat(both.findings()).isEqualTo(audit(one).findings());
    }

    @Test
    void tellsThePhoneByThePersonasAddress() throws Exception {
        persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("p2.yaml"),
                                        PERSONA.replace(
                                                "  model:",
                                                "  local_ip: " + SERVER + "\n  model:")))
                        .persona();
        Audit a = audit(activation().write(dir.resolve("d.pcap")));
        assertThat(a.findings())
                .filteredOn(f -> f.identifier().id().equals("imei[0]"))
                .extracting(Finding::direction)
                .containsExactly(Direction.RECEIVED);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void anyNumberOfWorkersGivesTheSameAudit(int n) throws Exception {
        Path capture = mixed(new Random(5), 60).write(dir.resolve("many.pcap"));
        Audit one = audit(capture);
        assertThat(one.findings()).hasSizeGreaterThan(10);
        assertThat(audit(Auditor.Options.DEFAULT, threads(n), Optional.empty(), capture))
                .isEqualTo(one);
    }

    @Test
    void anyOrderOfSegmentsGivesTheSameFindings() throws Exception {
        Random random = new Random(20_140_807);
        List<String> expected = null;
        for (int i = 0; i < 1_000; i++) {
            Random order = i == 0 ? null : new Random(random.nextLong());
            Traffic t = new Traffic();
            for (int c = 0; c < 2; c++) {
                t.tcp(PHONE, 41_000 + c, SERVER, 80, 40, order, conversation(new Random(c)));
            }
            Audit a = audit(t.write(dir.resolve("order.pcap")));
            List<String> got = transcript(a);
            if (expected == null) expected = got;
            assertThat(got).as("case " + i).isEqualTo(expected);
            assertThat(a.anomalies()).as("case " + i).isEmpty();
        }
        assertThat(expected).hasSizeGreaterThan(6);
    }

    /** Findings without what the order of packets may change: frames and times. */
    private static List<String> transcript(Audit a) {
        List<String> out = new ArrayList<>();
        for (Finding f : a.findings()) {
            f.evidence()
                    .forEach(e ->
                            out.add(
                                    f.id()
                                            + " "
                                            + f.place()
                                            + " "
                                            + f.worst().form()
                                            + " "
                                            + e.request()
                                            + " "
                                            + e.path()
                                            + " "
                                            + f.sightings()));
        }
        out.add(a.coverage().toString());
        Collections.sort(out);
        return out;
    }

    @Test
    void mergesInAnyOrder() throws Exception {
        List<Observations> parts = new ArrayList<>();
        Path[] files = new Path[5];
        for (int i = 0; i < files.length; i++) {
            files[i] = mixed(new Random(i % 4), 6).write(dir.resolve("m" + i + ".pcap"));
            parts.add(observe(Auditor.Options.DEFAULT, Workers.CALLER, Optional.empty(), files[i]));
        }
        Audit expected = audit(files);
        Random random = new Random(7);
        for (int i = 0; i < 1_000; i++) {
            List<Observations> some = new ArrayList<>(parts);
            Collections.shuffle(some, random);
            while (some.size() > 1) {
                Observations a = some.remove(random.nextInt(some.size()));
                Observations b = some.remove(random.nextInt(some.size()));
                some.add(random.nextInt(some.size() + 1), a.merge(b));
            }
            Audit got =
                    Auditor.conclude(
                            some.getFirst(),
                            Policies.DEFAULT,
                            Auditor.Options.DEFAULT,
                            Auditor.InputHashes.NONE);
            assertThat(got).as("case " + i).isEqualTo(expected);
        }
    }

    @Test
    void showsNoValueUnlessAsked() throws Exception {
        Path capture = mixed(new Random(3), 40).write(dir.resolve("mask.pcap"));
        String masked = audit(capture).toString();
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        for (Persona.Entry e : persona.entries()) {
            byte[] v = e.value().getBytes(StandardCharsets.UTF_8);
            assertThat(masked).doesNotContain(e.value());
            assertThat(masked)
                    .doesNotContain(Base64.getEncoder().withoutPadding().encodeToString(v));
            assertThat(masked).doesNotContain(HexFormat.of().formatHex(v));
            assertThat(masked)
                    .doesNotContain(HexFormat.of().formatHex(sha.digest(v)).substring(0, 16));
        }
        Auditor.Options reveal = new Auditor.Options(Optional.empty(), 10_000, true);
        assertThat(audit(reveal, Workers.CALLER, Optional.empty(), capture).toString())
                .contains(IMEI);
    }

    @Test
    void showsNoPeersNumberAsDestination() throws Exception {
        Path sms =
                Files.writeString(
                        dir.resolve("sms.xml"),
                        "<?xml version='1.0' encoding='UTF-8'?>\n<smses count=\"1\">\n"
                                + "<sms protocol=\"0\" address=\"+919811112222\" date=\"1407405600000\" type=\"2\" body=\"id "
                                + IMEI
                                + "\" />\n</smses>\n");
        Audit a = audit(sms);
        Finding imei = only(a, "imei[0]");
        assertThat(imei.destination().host()).isEqualTo("{contacts[0].phone}");
        assertThat(a.toString()).doesNotContain("919811112222");
    }

    private static Workers threads(int n) {
        return new Workers() {
            @Override
            public int count() {
                return n;
            }

            @Override
            public void run(List<Runnable> tasks) {
                try (ExecutorService pool = Executors.newFixedThreadPool(tasks.size())) {
                    List<Future<?>> all = new ArrayList<>();
                    tasks.forEach(t -> all.add(pool.submit(t)));
                    for (Future<?> f : all) f.get();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private static Traffic mixed(Random random, int conversations) throws IOException {
        Traffic t = new Traffic();
        for (int i = 0; i < conversations; i++) {
            t.tcp(
                    PHONE,
                    42_000 + i,
                    "203.0.113." + (1 + i % 9),
                    80,
                    20 + random.nextInt(1400),
                    null,
                    conversation(random));
            if (i % 3 == 0) {
                t.udp(
                        PHONE,
                        50_000 + i,
                        SERVER,
                        9999,
                        ("{\"i\":\"" + IMEI + "\"}").getBytes(StandardCharsets.UTF_8));
            }
        }
        return t;
    }

    private static Traffic.Turn[] conversation(Random random) {
        List<Traffic.Turn> turns = new ArrayList<>();
        String b64 =
                Base64.getEncoder()
                        .encodeToString("+919812345678".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 3; i++) {
            String body =
                    switch (random.nextInt(4)) {
                        case 0 ->
                                "{\"d\":{\"imei\":\""
                                        + IMEI
                                        + "\",\"n\":"
                                        + random.nextInt(1000)
                                        + "}}";
                        case 1 -> "phone=" + b64.replace("=", "%3D") + "&x=" + random.nextInt(1000);
                        case 2 -> "[{\"name\":\"Vikram Sen\"},{\"name\":\"Meera Pillai\"}]";
                        default -> "nothing to see " + random.nextInt(1000);
                    };
            turns.add(
                    client(
                            "POST /v"
                                    + random.nextInt(3)
                                    + "/e?op=Airtel&seq=9"
                                    + IMEI
                                    + "42 HTTP/1.1\r\nHost: h"
                                    + random.nextInt(3)
                                    + ".example.net\r\nCookie: uid="
                                    + IMSI
                                    + "\r\nContent-Length: "
                                    + body.length()
                                    + "\r\n\r\n"
                                    + body));
            String answer = "{\"ok\":true}";
            turns.add(
                    server(
                            "HTTP/1.1 200 OK\r\nContent-Length: "
                                    + answer.length()
                                    + "\r\n\r\n"
                                    + answer));
        }
        return turns.toArray(Traffic.Turn[]::new);
    }
}
