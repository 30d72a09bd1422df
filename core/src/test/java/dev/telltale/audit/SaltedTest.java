package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Coverage;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Digests with a salt that travels beside them, made by the platform. */
class SaltedTest {
    private static final String IMEI = "490154203237518";
    private static final String IMSI = "001010123456789";
    private static final String MAIL = "asha.rao@example.org";
    private static final String PERSONA =
            """
            persona: salted
            region: IN
            identifiers:
              imei: "490154203237518"
              imsi: "001010123456789"
              email: asha.rao@example.org
              contacts:
                - {name: Vikram Sen, phone: "+12025550111"}
                - {name: Meera Pillai, phone: "+12025550112"}
                - {name: Arun Das, phone: "+12025550113"}
            payload_keys:
              - {name: vendor-v1, cipher: AES/ECB/PKCS5Padding, key: "0123456789abcdef"}
            """;

    @TempDir Path dir;
    private Persona persona;
    private final Random random = new Random(42);
    private int port = 40_000;

    @BeforeEach
    void persona() throws Exception {
        persona = Personas.read(Files.writeString(dir.resolve("persona.yaml"), PERSONA)).persona();
    }

    private Audit audit(Traffic traffic, Workers workers) throws Exception {
        Path file = traffic.write(dir.resolve("t.pcap"));
        Auditor.Options options = Auditor.Options.DEFAULT;
        var seen =
                Auditor.observe(
                        List.of(file), persona, Optional.empty(), options, workers, Progress.NONE);
        return Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
    }

    private Audit audit(Traffic traffic) throws Exception {
        return audit(traffic, Workers.CALLER);
    }

    private static byte[] digest(String algorithm, String text) throws Exception {
        return MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8));
    }

    private static String hex(byte[] b) {
        return HexFormat.of().formatHex(b);
    }

    private static byte[] hmac(String algorithm, String key, String text) throws Exception {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(key.getBytes(UTF_8), algorithm));
        return mac.doFinal(text.getBytes(UTF_8));
    }

    private String random(int bytes) {
        byte[] b = new byte[bytes];
        random.nextBytes(b);
        return hex(b);
    }

    private Traffic.Turn[] turns(String... texts) {
        List<Traffic.Turn> turns = new ArrayList<>();
        for (int i = 0; i < texts.length; i++)
            turns.add(new Traffic.Turn(i % 2 == 0, texts[i].getBytes(ISO_8859_1)));
        return turns.toArray(Traffic.Turn[]::new);
    }

    private Traffic flow(Traffic t, String... texts) {
        return t.tcp("192.168.43.17", port++, "203.0.113.10", 80, 400, null, turns(texts));
    }

    private static String post(String target, String body, String... headers) {
        StringBuilder s = new StringBuilder("POST " + target + " HTTP/1.1\r\n");
        s.append("Host: api.example.com\r\n");
        for (String h : headers) s.append(h).append("\r\n");
        return s.append("Content-Length: ")
                .append(body.length())
                .append("\r\n\r\n")
                .append(body)
                .toString();
    }

    private static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static List<Finding> at(Audit audit, String place) {
        return audit.findings().stream().filter(f -> f.place().equals(place)).toList();
    }

    private static Finding only(Audit audit, String place) {
        List<Finding> all = at(audit, place);
        assertThat(all)
                .as("%s among %s", place, audit.findings().stream().map(Finding::place).toList())
                .hasSize(1);
        assertThat(all.getFirst().worst().disguise()).isEqualTo(Disguise.SALTED);
        assertThat(all.getFirst().certainty()).isEqualTo(Certainty.CERTAIN);
        return all.getFirst();
    }

    private static long unexplained(Audit audit) {
        return audit.coverage().destinations().stream()
                .flatMap(d -> d.reasons().stream())
                .filter(r -> r.code() == ReasonCode.UNEXPLAINED)
                .mapToLong(Coverage.Reason::values)
                .sum();
    }

    @Test
    void thePhoneBookIsFoundUnderOneSalt() throws Exception {
        String salt = random(8);
        StringBuilder friends = new StringBuilder();
        for (String phone : List.of("+12025550111", "+12025550112", "+12025550113"))
            friends.append(friends.isEmpty() ? "\"" : ",\"")
                    .append(hex(digest("SHA-256", salt + phone)))
                    .append('"');
        friends.append(",\"").append(random(32)).append('"');
        String body = "{\"salt\":\"" + salt + "\",\"friends\":[" + friends + "]}";

        Audit audit = audit(flow(new Traffic(), post("/friends", body), ok("{}")));

        List<Finding> found = at(audit, "POST /friends · body.friends[]");
        assertThat(found)
                .extracting(f -> f.identifier().id())
                .containsExactly("contacts[0].phone", "contacts[1].phone", "contacts[2].phone");
        Finding.Variant v = found.getFirst().worst();
        assertThat(v.form()).isEqualTo("sha256 > hex, salt from body.salt before it");
        assertThat(v.explanation())
                .isEqualTo(
                        "SHA-256 of the phone number of contact 1 (E.164), salt from body.salt"
                                + " before it, hex, in the body, field friends[]");
        assertThat(found.getFirst().set().orElseThrow().sent()).isEqualTo(3);
        assertThat(found.getFirst().evidence().getFirst().frames()).isNotEmpty();
        // The salt itself and the fourth digest, which is nobody's.
        assertThat(unexplained(audit)).isEqualTo(2);
    }

    @Test
    void theRequestDoesNotShowIt() throws Exception {
        String token = hex(digest("MD5", IMEI + "1407405600"));
        Audit audit =
                audit(
                        flow(
                                new Traffic(),
                                post("/a?ts=1407405600&imsi=" + IMSI + "&d=" + token, "x"),
                                ok("{}")));

        Finding imei = only(audit, "POST /a · query[d]");
        assertThat(imei.worst().form()).isEqualTo("md5 > hex, salt from query[ts] behind it");
        assertThat(audit.findings()).hasSize(2);
        for (Finding f : audit.findings())
            assertThat(f.evidence().getFirst().request())
                    .isEqualTo("POST http://api.example.com/a?ts=1407405600&imsi={imsi}&d={imei}");
        assertThat(unexplained(audit)).isZero();
    }

    @Test
    void saltsComeFromAllOverTheExchange() throws Exception {
        Traffic t = new Traffic();
        String agent = "Dalvik/1.6.0 (Linux; U; Android 4.3; HM 1S Build/JLS36C)";
        String key = random(10);
        flow(
                t,
                post("/hello", "x"),
                ok("{\"data\":{\"challenge\":\"" + key + "\"}}"),
                post(
                        "/hmac",
                        "{\"sig\":\""
                                + Base64.getEncoder().encodeToString(hmac("HmacSHA1", key, IMSI))
                                + "\"}"),
                ok("{}"));
        flow(
                t,
                post("/answer", "v=" + hex(digest("SHA-1", IMEI + "q7"))),
                ok("{\"nonce\":\"q7\"}"));
        flow(t, post("/host", "v=" + hex(digest("SHA-1", "api.example.com" + MAIL))), ok("{}"));
        flow(
                t,
                post("/agent", "v=" + hex(digest("SHA-256", MAIL + agent)), "User-Agent: " + agent),
                ok("{}"));
        flow(
                t,
                post("/cookie", "v=" + hex(digest("MD5", "zz81" + IMEI)), "Cookie: visit=zz81"),
                ok("{}"));
        flow(t, post("/key", "v=" + hex(hmac("HmacSHA256", "0123456789abcdef", IMEI))), ok("{}"));
        flow(
                t,
                post(
                        "/other",
                        "{\"whatever\":\"k4Zq\",\"v\":\""
                                + hex(digest("MD5", "k4Zq" + IMEI))
                                + "\"}"),
                ok("{}"));

        Audit audit = audit(t);

        assertThat(only(audit, "POST /hmac · body.sig").worst().form())
                .isEqualTo("hmac-sha1 > base64, key from an earlier answer's body.data.challenge");
        assertThat(only(audit, "POST /answer · body.v").worst().form())
                .isEqualTo("sha1 > hex, salt from the answer's body.nonce behind it");
        assertThat(only(audit, "POST /host · body.v").worst().form())
                .isEqualTo("sha1 > hex, salt from the host before it");
        assertThat(only(audit, "POST /agent · body.v").worst().form())
                .isEqualTo("sha256 > hex, salt from header[user-agent] behind it");
        assertThat(only(audit, "POST /cookie · body.v").worst().form())
                .isEqualTo("md5 > hex, salt from cookie[visit] before it");
        assertThat(only(audit, "POST /key · body.v").worst().form())
                .isEqualTo("hmac-sha256 > hex, key from payload key vendor-v1");
        assertThat(only(audit, "POST /other · body.v").worst().form())
                .isEqualTo("md5 > hex, salt from body.whatever before it");
    }

    @Test
    void lessUsualWaysAreTriedWithWhatIsCalledASalt() throws Exception {
        Traffic t = new Traffic();
        String salt = "5f0c9d2a71b3e846";
        String[][] ways = {
            {
                "colon",
                hex(digest("MD5", IMEI + ":" + salt)),
                "md5 > hex, salt from body.salt and \":\" behind it"
            },
            {
                "inner",
                hex(digest("SHA-1", hex(digest("MD5", IMEI)) + salt)),
                "md5 > hex > sha1 > hex, salt from body.salt behind it"
            },
            {
                "twice",
                hex(digest("SHA-256", hex(digest("SHA-256", salt + IMEI)))),
                "sha256 > hex > sha256 > hex, salt from body.salt before it"
            },
            {
                "around",
                hex(digest("MD5", salt + IMEI + salt)),
                "md5 > hex, salt from body.salt around it"
            },
            {
                "keyed",
                hex(hmac("HmacMD5", IMEI, salt)),
                "hmac-md5 > hex, of the value from body.salt under it"
            },
            {
                "cut",
                hex(digest("SHA-256", IMEI + salt)).substring(0, 24),
                "sha256 > hex > first 24, salt from body.salt behind it"
            },
            {
                "sha3",
                hex(digest("SHA3-256", IMEI + salt)),
                "sha3-256 > hex, salt from body.salt behind it"
            },
            {
                "url",
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(digest("SHA-512", salt + IMEI)),
                "sha512 > base64url, salt from body.salt before it"
            },
        };
        for (String[] way : ways)
            flow(
                    t,
                    post("/" + way[0], "{\"salt\":\"" + salt + "\",\"v\":\"" + way[1] + "\"}"),
                    ok("{}"));
        flow(
                t,
                post(
                        "/two",
                        "{\"nonce\":\"a1b2\",\"ts\":1407405600123,\"v\":\""
                                + hex(digest("MD5", IMEI + "a1b2" + "1407405600123"))
                                + "\"}"),
                ok("{}"));
        byte[] raw = digest("SHA-256", HexFormat.of().parseHex(salt), IMEI);
        flow(t, post("/raw", new String(raw, ISO_8859_1), "X-Salt: " + salt), ok("{}"));

        Audit audit = audit(t);

        for (String[] way : ways)
            assertThat(only(audit, "POST /" + way[0] + " · body.v").worst().form())
                    .isEqualTo(way[2]);
        assertThat(only(audit, "POST /two · body.v").worst().form())
                .isEqualTo("md5 > hex, salt from body.ts behind it and body.nonce between");
        assertThat(only(audit, "POST /raw · body").worst().form())
                .isEqualTo("sha256 > raw, salt from header[x-salt] (its hex undone) before it");
    }

    private static byte[] digest(String algorithm, byte[] salt, String text) throws Exception {
        MessageDigest d = MessageDigest.getInstance(algorithm);
        d.update(salt);
        return d.digest(text.getBytes(UTF_8));
    }

    @Test
    void insideGzip() throws Exception {
        String body = "{\"nonce\":\"pq55\",\"id\":\"" + hex(digest("SHA-1", IMEI + "pq55")) + "\"}";
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(body.getBytes(UTF_8));
        }
        String coded = packed.toString(ISO_8859_1);
        Audit audit =
                audit(flow(new Traffic(), post("/z", coded, "Content-Encoding: gzip"), ok("{}")));
        Finding f = only(audit, "POST /z · body.id");
        assertThat(f.worst().form()).isEqualTo("sha1 > hex, salt from body.nonce behind it");
        assertThat(f.evidence().getFirst().path())
                .extracting(s -> s.layer())
                .contains("stream", "gzip");
    }

    /** A salt that is new each time, after many messages of the same kind without a value. */
    @Test
    void anyNumberOfWorkersTellsTheSame() throws Exception {
        Traffic t = new Traffic();
        for (int i = 0; i < 300; i++) {
            String salt = random(4);
            String id = i % 7 == 3 ? hex(digest("SHA-256", salt + IMEI)) : random(32);
            flow(
                    t,
                    post("/k" + i % 40 + "/e", "{\"s\":\"" + salt + "\",\"id\":\"" + id + "\"}"),
                    ok("{}"));
        }
        Audit one = audit(t);
        assertThat(one.findings()).hasSize(40);
        assertThat(one.findings().stream().mapToLong(Finding::sightings).sum()).isEqualTo(43);
        assertThat(audit(t, workers(4))).isEqualTo(one);
    }

    private static Workers workers(int count) {
        return new Workers() {
            @Override
            public int count() {
                return count;
            }

            @Override
            public void run(List<Runnable> tasks) {
                try (ExecutorService pool = Executors.newFixedThreadPool(tasks.size())) {
                    List<Future<?>> all = new ArrayList<>();
                    for (Runnable r : tasks) all.add(pool.submit(r));
                    for (Future<?> f : all) f.get();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    /** Personas of others, random tokens everywhere: nothing is found. */
    @Test
    void randomTokensAreNobodys() throws Exception {
        Traffic t = new Traffic();
        for (int i = 0; i < 200; i++)
            flow(
                    t,
                    post(
                            "/r" + i % 50,
                            "{\"nonce\":\""
                                    + random(4 + i % 13)
                                    + "\",\"a\":\""
                                    + random(16 + 4 * (i % 5))
                                    + "\",\"b\":\""
                                    + random(8)
                                    + "\",\"ts\":"
                                    + (1_407_405_600L + i)
                                    + "}"),
                    ok("{\"token\":\"" + random(16) + "\"}"));
        flow(t, post("/known", "{\"imei\":\"" + IMEI + "\"}"), ok("{}"));
        Audit audit = audit(t);
        assertThat(audit.findings())
                .extracting(Finding::place)
                .containsExactly("POST /known · body.imei");
        assertThat(unexplained(audit)).isGreaterThan(300);
    }
}
