package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What openssl's client sent to openssl's server is what comes out, suite by suite and version by
 * version.
 */
class TlsPeersTest {
    @TempDir static Path dir;
    private static Openssl openssl;

    @BeforeAll
    static void certificates() throws Exception {
        assumeTrue(Openssl.present(), "no OpenSSL 3 on this machine");
        openssl = new Openssl(dir);
        openssl.certificate("rsa", "rsa:2048");
        openssl.certificate("ec", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
    }

    @AfterAll
    static void stop() {
        if (openssl != null) openssl.close();
    }

    private static final String TARGET = "/v1/hello?imei=867345021234563";
    private static final List<String> GET =
            List.of("GET " + TARGET + " HTTP/1.0\r\nHost: api.example.org\r\n\r\n");

    /** Suites of TLS 1.2 by their openssl names; one or two of each kind. */
    private static final List<String> TLS12 =
            List.of(
                    "ECDHE-ECDSA-AES128-GCM-SHA256",
                    "ECDHE-RSA-AES256-GCM-SHA384",
                    "ECDHE-RSA-CHACHA20-POLY1305",
                    "ECDHE-ECDSA-AES256-CCM8",
                    "ECDHE-ECDSA-AES128-CCM",
                    "ECDHE-ECDSA-ARIA256-GCM-SHA384",
                    "ARIA128-GCM-SHA256",
                    "ECDHE-ECDSA-AES256-SHA384",
                    "ECDHE-RSA-AES128-SHA256",
                    "ECDHE-RSA-CAMELLIA256-SHA384",
                    "CAMELLIA128-SHA256",
                    "AES256-SHA",
                    "NULL-SHA256",
                    "ECDHE-ECDSA-NULL-SHA",
                    "NULL-MD5",
                    "ADH-AES128-SHA256",
                    "PSK-AES128-CBC-SHA256",
                    "PSK-AES256-CCM",
                    "RSA-PSK-AES128-GCM-SHA256");

    private static void holds(Openssl.Recorded r, String version) {
        Transcript t = r.play();
        assertThat(t.text()).contains("GET https://api.example.org:443 " + TARGET);
        assertThat(t.parts(Side.RESPONDER))
                .anyMatch(p -> p.startsWith("body") && p.contains("<HTML>"));
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED").doesNotContain("MISSING");
        assertThat(t.identified).contains("tls lab.example.org TLS " + version);
        assertThat(t.handshakes).hasSize(1);
        assertThat(t.handshakes.getFirst().opened()).isTrue();
        assertThat(t.anomalies).isEmpty();
        Transcript cut = r.script().play(new Random(5), 40);
        assertThat(cut.canonical()).isEqualTo(t.canonical());
        // Without keys: everything is closed, nothing is lost.
        Transcript closed = r.script();
        closed.secrets = Secrets.none();
        assertThat(closed.play().text()).doesNotContain("GET");
    }

    @Test
    void everyKindOfSuiteOfTls12() throws Exception {
        openssl.serve("", "-www", "-cipher", Openssl.EVERYTHING, "-psk", "c0ffee");
        for (String suite : TLS12) {
            Openssl.Recorded r =
                    openssl.talk(
                            GET,
                            "-tls1_2",
                            "-quiet",
                            "-psk",
                            "c0ffee",
                            "-cipher",
                            suite + ":@SECLEVEL=0");
            assertThat(r.keyLog()).as(suite + openssl.clientSaid()).isNotEmpty();
            holds(r, "1.2");
        }
    }

    @Test
    void everySuiteOfTls13() throws Exception {
        String all =
                "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
                        + ":TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256";
        openssl.serve("", "-www", "-ciphersuites", all, "-cipher", Openssl.EVERYTHING);
        for (String suite : all.split(":")) {
            Openssl.Recorded r = openssl.talk(GET, "-quiet", "-ciphersuites", suite);
            holds(r, "1.3");
            assertThat(r.play().handshakes.getFirst().cipher()).isEqualTo(suite);
            assertThat(r.play().handshakes.getFirst().subject())
                    .isEqualTo("CN=lab.example.org,O=Lab");
        }
    }

    @Test
    void oldVersionsImplicitAndExplicitIv() throws Exception {
        for (String version : List.of("-tls1", "-tls1_1")) {
            openssl.serve("", "-www", "-cipher", Openssl.EVERYTHING);
            for (String suite :
                    List.of("AES128-SHA", "ECDHE-RSA-AES256-SHA", "CAMELLIA256-SHA", "NULL-SHA")) {
                Openssl.Recorded r =
                        openssl.talk(GET, version, "-quiet", "-cipher", suite + ":@SECLEVEL=0");
                assertThat(r.keyLog()).as(suite + openssl.clientSaid()).isNotEmpty();
                holds(r, version.equals("-tls1") ? "1.0" : "1.1");
            }
        }
    }

    @Test
    void rsaKeyAlone() throws Exception {
        openssl.serve("", "-www", "-cipher", Openssl.EVERYTHING);
        for (String suite : List.of("AES128-GCM-SHA256", "AES256-SHA", "AES128-CCM8")) {
            Openssl.Recorded r =
                    openssl.talk(GET, "-tls1_2", "-quiet", "-cipher", suite + ":@SECLEVEL=0");
            byte[] pem = java.nio.file.Files.readAllBytes(openssl.key("rsa"));
            holds(new Openssl.Recorded(r.events(), pem), "1.2");
        }
    }

    @Test
    void retriedHelloAndFragments() throws Exception {
        openssl.serve("", "-www", "-groups", "P-384");
        holds(openssl.talk(GET, "-quiet", "-groups", "X25519:P-384"), "1.3");
        openssl.serve("", "-www");
        holds(openssl.talk(GET, "-quiet", "-tls1_2", "-maxfraglen", "512"), "1.2");
        holds(
                openssl.talk(GET, "-quiet", "-split_send_frag", "512", "-max_send_frag", "512"),
                "1.3");
    }

    @Test
    void resumedSessions() throws Exception {
        openssl.serve("", "-www");
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            holds(
                    openssl.talk(GET, version, "-quiet", "-sess_out", "session.pem"),
                    version.equals("-tls1_2") ? "1.2" : "1.3");
            Openssl.Recorded again =
                    openssl.talk(GET, version, "-quiet", "-sess_in", "session.pem");
            holds(again, version.equals("-tls1_2") ? "1.2" : "1.3");
        }
    }

    /** With an RSA key, a resumed session is opened by what the first one told. */
    @Test
    void resumedSessionsByRsaKey() throws Exception {
        byte[] pem = java.nio.file.Files.readAllBytes(openssl.key("rsa"));
        for (String ticket : List.of("", "-no_ticket")) {
            List<String> options = new ArrayList<>(List.of("-www", "-cipher", Openssl.EVERYTHING));
            if (!ticket.isEmpty()) options.add(ticket);
            openssl.serve("", options.toArray(String[]::new));
            String[] client = {"-tls1_2", "-quiet", "-cipher", "AES128-GCM-SHA256", "", ""};
            client[4] = "-sess_out";
            client[5] = "session.pem";
            Openssl.Recorded first = openssl.talk(GET, client);
            client[4] = "-sess_in";
            Openssl.Recorded second = openssl.talk(GET, client);
            Transcript one = new Openssl.Recorded(first.events(), pem).script();
            Transcript two = new Openssl.Recorded(second.events(), pem).script();
            Transcript.together(one.secrets, List.of(one, two));
            for (Transcript t : List.of(one, two)) {
                assertThat(t.text()).contains("GET ");
                assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
            }
            assertThat(new Openssl.Recorded(second.events(), pem).play().text())
                    .as("resumed, not a full handshake")
                    .doesNotContain("GET ");
        }
    }

    /** A key that both know before, and no certificate (RFC 8446 2.2). */
    @Test
    void preSharedKeyInTls13() throws Exception {
        openssl.serve("", "-www", "-nocert", "-psk", "c0ffee", "-tls1_3");
        Openssl.Recorded r =
                openssl.talk(
                        GET,
                        "-tls1_3",
                        "-quiet",
                        "-psk",
                        "c0ffee",
                        "-ciphersuites",
                        "TLS_AES_128_GCM_SHA256");
        assertThat(r.keyLog()).as(openssl.clientSaid()).isNotEmpty();
        holds(r, "1.3");
        assertThat(r.play().handshakes.getFirst().subject()).as("no certificate").isEmpty();
    }

    @Test
    void clientCertificates() throws Exception {
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            openssl.serve("", "-www", "-verify", "1");
            Openssl.Recorded r =
                    openssl.talk(GET, version, "-quiet", "-cert", "rsa.pem", "-key", "rsa.key");
            holds(r, version.equals("-tls1_2") ? "1.2" : "1.3");
            assertThat(r.play().handshakes.getFirst().clientSubject())
                    .isEqualTo("CN=lab.example.org,O=Lab");
        }
    }

    /** RFC 8446 D.4: with ChangeCipherSpec records that mean nothing, and without. */
    @Test
    void withAndWithoutMiddleboxCompatibility() throws Exception {
        for (boolean with : new boolean[] {true, false}) {
            openssl.serve("", "-www", with ? "-tls1_3" : "-no_middlebox");
            List<String> options = new ArrayList<>(List.of("-tls1_3", "-quiet"));
            if (!with) options.add("-no_middlebox");
            Openssl.Recorded r = openssl.talk(GET, options.toArray(String[]::new));
            assertThat(r.events().stream().anyMatch(e -> e.bytes()[0] == 20)).isEqualTo(with);
            holds(r, "1.3");
        }
    }

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Test
    void keyUpdateAndRenegotiation() throws Exception {
        String first = "POST /1 HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 3\r\n\r\nK1\n";
        String second =
                "POST /2 HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 3\r\n\r\nK2\n";
        openssl.serve("", "-rev");
        Transcript t =
                openssl.talk(List.of(first, "K\n", second, "k\n", first, "Q\n"), "-nocommands")
                        .play();
        assertThat(t.text()).contains("POST https://api.example.org:443 /2");
        t = openssl.talk(List.of(first, "K\n", second, "k\n", first, "Q\n"), "-tls1_3").play();
        assertThat(t.text()).contains("POST https://api.example.org:443 /1").contains("/2");
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");

        openssl.serve("", "-rev", "-client_renegotiation");
        for (String suite : List.of("AES128-GCM-SHA256", "AES128-SHA")) {
            t =
                    openssl.talk(
                                    List.of(first, "R\n", second, "Q\n"),
                                    "-tls1_2",
                                    "-cipher",
                                    suite + ":@SECLEVEL=0")
                            .play();
            assertThat(t.text()).as(openssl.clientSaid()).contains("/1").contains("/2");
            assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        }
    }

    @Test
    void earlyData() throws Exception {
        openssl.serve("", "-early_data");
        openssl.talk(List.of("x\n", "Q\n"), "-tls1_3", "-sess_out", "early.pem");
        java.nio.file.Files.writeString(
                dir.resolve("early.txt"),
                "POST /early HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 0\r\n\r\n");
        Openssl.Recorded r =
                openssl.talk(
                        List.of(
                                "POST /late HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 0\r\n\r\n",
                                "Q\n"),
                        "-tls1_3",
                        "-sess_in",
                        "early.pem",
                        "-early_data",
                        "early.txt");
        assertThat(openssl.clientSaid()).contains("Early data was accepted");
        Transcript t = r.play();
        assertThat(t.text()).contains("/early").contains("/late");
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        // Not accepted: the server wants the handshake first, the early records stay unread by it,
        // not by us.
        openssl.serve("");
        Openssl.Recorded refused =
                openssl.talk(
                        List.of(
                                "POST /late HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: 0\r\n\r\n",
                                "Q\n"),
                        "-tls1_3",
                        "-sess_in",
                        "early.pem",
                        "-early_data",
                        "early.txt");
        assertThat(refused.play().text()).contains("/early").contains("/late");
    }

    /** Three uploads; a piece of the first or second is lost. */
    @Test
    void gapsAreGoneOnFrom() throws Exception {
        StringBuilder upload = new StringBuilder();
        Random r = new Random(11);
        for (int i = 1; i <= 3; i++) {
            StringBuilder body = new StringBuilder();
            while (body.length() < 100_000)
                body.append(Integer.toString(r.nextInt(), 36)).append('\n');
            upload.append(
                    "POST /"
                            + i
                            + " HTTP/1.1\r\nHost: api.example.org\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
        }
        for (String[] how :
                new String[][] {
                    {"-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"},
                    {"-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"},
                    {"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"},
                    {"-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305"},
                    {"-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256:@SECLEVEL=0"},
                    {"-tls1", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"},
                }) {
            openssl.serve(ANSWER, "-quiet", "-naccept", "1", "-cipher", Openssl.EVERYTHING);
            Thread.sleep(200);
            List<String> options = new ArrayList<>(List.of(how));
            options.add("-nocommands");
            Openssl.Recorded rec =
                    openssl.talk(List.of(upload.toString()), options.toArray(String[]::new));
            String whole = rec.play().text();
            assertThat(whole).as(openssl.clientSaid()).contains("/1").contains("/2").contains("/3");
            for (int seed = 0; seed < 12; seed++) {
                Random random = new Random(seed);
                Transcript t =
                        without(
                                rec,
                                20_000 + random.nextInt(150_000),
                                1 + random.nextInt(seed % 2 == 0 ? 1500 : 40_000));
                String text =
                        t.play()
                                .text()
                                .replaceAll("\\n-?[0-9a-z]+(?=\\n)", "~")
                                .replaceAll("~++", " ... ");
                assertThat(text)
                        .as(how[2] + " seed " + seed)
                        .contains("POST https://api.example.org:443 /1")
                        .contains("POST https://api.example.org:443 /3");
                assertThat(t.accounted.get(Side.INITIATOR).toString())
                        .doesNotContain("UNDECODABLE");
                assertThat(t.again().play(new Random(seed), 3000).canonical())
                        .isEqualTo(t.canonical());
            }
        }
    }

    /** The recording without {@code n} bytes of the client from {@code at}. */
    private static Transcript without(Openssl.Recorded rec, long at, int n) {
        Transcript t = rec.script();
        t.script.clear();
        long offset = 0;
        for (Transcript.Event e : rec.events()) {
            if (e.side() != Side.INITIATOR) {
                t.script.add(e);
                continue;
            }
            byte[] b = e.bytes();
            int from = (int) Math.max(0, Math.min(b.length, at - offset));
            int to = (int) Math.max(0, Math.min(b.length, at + n - offset));
            offset += b.length;
            if (from > 0)
                t.script.add(new Transcript.Event(e.side(), java.util.Arrays.copyOf(b, from), 0));
            if (to > from) t.script.add(new Transcript.Event(e.side(), new byte[0], to - from));
            if (to < b.length)
                t.script.add(
                        new Transcript.Event(
                                e.side(), java.util.Arrays.copyOfRange(b, to, b.length), 0));
        }
        return t;
    }

    @Test
    void cutAndJoinedMidway() throws Exception {
        openssl.serve("", "-www");
        Openssl.Recorded r = openssl.talk(GET, "-quiet");
        int all = r.events().stream().mapToInt(e -> e.bytes().length).sum();
        for (int keep = 1; keep < all; keep += 1 + all / 97) {
            Transcript t = r.script();
            t.script.clear();
            int left = keep;
            for (Transcript.Event e : r.events()) {
                if (left <= 0) break;
                byte[] b = java.util.Arrays.copyOf(e.bytes(), Math.min(left, e.bytes().length));
                left -= b.length;
                t.script.add(new Transcript.Event(e.side(), b, 0));
            }
            t.play();
        }
        for (int skip = 1; skip < r.events().size(); skip++) {
            Transcript t = r.script().midway();
            t.script.clear();
            t.script.addAll(r.events().subList(skip, r.events().size()));
            t.play();
        }
        // Rubbish and changed bytes never throw, and every byte stays accounted for.
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Transcript t = r.script();
            t.script.clear();
            for (Transcript.Event e : r.events()) {
                byte[] b = e.bytes().clone();
                if (random.nextInt(3) == 0)
                    b[random.nextInt(b.length)] ^= (byte) (1 + random.nextInt(255));
                t.script.add(new Transcript.Event(e.side(), b, 0));
            }
            String expected = t.play().canonical();
            assertThat(t.again().play(new Random(seed), 100).canonical()).isEqualTo(expected);
        }
    }
}
