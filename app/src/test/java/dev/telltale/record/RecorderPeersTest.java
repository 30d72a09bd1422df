package dev.telltale.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Audit;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * curl, the JDK's client and Chromium through the recorder to nginx; tshark reads what it wrote.
 */
class RecorderPeersTest {
    @TempDir static Path dir;
    private static Peers peers;

    @BeforeAll
    static void start() throws Exception {
        peers = new Peers(dir);
    }

    @AfterAll
    static void stop() {
        if (peers != null) peers.close();
    }

    private String curl(Session s, String... more) throws Exception {
        return peers.run(command(s, more));
    }

    private static String[] command(Session s, String... more) {
        String[] command = new String[6 + more.length];
        String[] first = {"curl", "-sS", "-x", s.http(), "--cacert", s.ca.toString()};
        System.arraycopy(first, 0, command, 0, first.length);
        System.arraycopy(more, 0, command, first.length, more.length);
        return command;
    }

    private static String https(String path) {
        return "https://localhost:" + peers.closed + path;
    }

    private static String http(String path) {
        return "http://localhost:" + peers.clear + path;
    }

    @Test
    void curlGetsWhatItWouldGetWithoutAndTsharkReadsTheRecording() throws Exception {
        assumeTrue(Peers.there("tshark", "--version"), "tshark is not installed");
        Path up = Files.writeString(dir.resolve("upload"), "some words of text, ".repeat(35_000));
        try (Session s = new Session(dir, peers.authority())) {
            assertThat(curl(s, "--http1.1", https("/echo?v=1")))
                    .isEqualTo("closed /echo?v=1 HTTP/1.1");
            assertThat(curl(s, "--http2", https("/echo?v=2")))
                    .isEqualTo("closed /echo?v=2 HTTP/2.0");
            assertThat(curl(s, "--tls-max", "1.2", https("/echo?v=12")))
                    .isEqualTo("closed /echo?v=12 HTTP/2.0");
            assertThat(curl(s, http("/echo?v=3"))).isEqualTo("clear /echo?v=3 ");
            curl(s, "-o", "got", https("/big"), "-o", "got2", http("/big"));
            assertThat(dir.resolve("got")).hasSameBinaryContentAs(dir.resolve("www/big"));
            assertThat(dir.resolve("got2")).hasSameBinaryContentAs(dir.resolve("www/big"));
            curl(s, "--data-binary", "@" + up, https("/up?v=1"), http("/echo?up=2"));
            // Two requests for two servers over one connection to the proxy.
            curl(s, http("/echo?a"), "http://127.0.0.1:" + peers.clear + "/echo?b");
            String socks = "127.0.0.1:" + s.proxy.getPort();
            assertThat(
                            peers.run(
                                    "curl",
                                    "-sS",
                                    "--socks5-hostname",
                                    socks,
                                    "--cacert",
                                    s.ca.toString(),
                                    https("/echo?v=4")))
                    .isEqualTo("closed /echo?v=4 HTTP/2.0");
            assertThat(peers.run("curl", "-sS", "--socks5", socks, http("/echo?v=5")))
                    .isEqualTo("clear /echo?v=5 ");
            List<String> asked =
                    List.of(
                            "/big",
                            "/big",
                            "/echo?a",
                            "/echo?b",
                            "/echo?up=2",
                            "/echo?v=1",
                            "/echo?v=12",
                            "/echo?v=2",
                            "/echo?v=3",
                            "/echo?v=4",
                            "/echo?v=5",
                            "/up?v=1");
            assertThat(
                            s.requests().stream()
                                    .map(r -> r.replaceAll(".*:\\d+", ""))
                                    .sorted()
                                    .toList())
                    .isEqualTo(asked);
            assertThat(peers.tshark(s.capture())).isEqualTo(asked);
            Audit audit = s.audit();
            assertThat(audit.anomalies()).isEmpty();
            assertThat(audit.coverage().sent().readable())
                    .isEqualTo(audit.coverage().sent().bytes())
                    .isGreaterThan(700_000);
            assertThat(s.comments())
                    .anyMatch(c -> c.contains("issued by CN=servers of a test; trusted"))
                    .anyMatch(c -> c.contains("TLSv1.3"))
                    .anyMatch(c -> c.contains("TLSv1.2"))
                    .anyMatch(c -> c.contains("synthetic"));
        }
    }

    @Test
    void theJdksClientSpeaksHttp2ThroughIt() throws Exception {
        try (Session s = new Session(dir, peers.authority())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(s.ca))) {
                store.setCertificateEntry(
                        "recorder",
                        CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust.getTrustManagers(), null);
            try (HttpClient client =
                    HttpClient.newBuilder()
                            .sslContext(tls)
                            .proxy(
                                    ProxySelector.of(
                                            new InetSocketAddress("127.0.0.1", s.proxy.getPort())))
                            .build()) {
                for (int i = 0; i < 20; i++) {
                    HttpResponse<String> r =
                            client.send(
                                    HttpRequest.newBuilder(URI.create(https("/echo?jdk=" + i)))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
                    assertThat(r.body()).isEqualTo("closed /echo?jdk=" + i + " HTTP/2.0");
                }
            }
            assertThat(s.requests()).hasSize(20);
        }
    }

    @Test
    void chromiumShowsThePage() throws Exception {
        assumeTrue(Peers.there("chromium", "--version"), "chromium is not installed");
        try (Session s = new Session(dir, peers.authority())) {
            String page =
                    peers.run(
                            "chromium",
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--user-data-dir=" + dir.resolve("profile"),
                            "--proxy-server=" + s.http(),
                            "--proxy-bypass-list=<-loopback>",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
                            "--ignore-certificate-errors",
                            "--dump-dom",
                            https("/echo?chromium=" + Session.IMEI));
            assertThat(page).contains("closed /echo?chromium=" + Session.IMEI + " HTTP/2.0");
            assertThat(s.requests()).contains("GET " + https("/echo?chromium=" + Session.IMEI));
            assertThat(Session.findings(s.audit())).anyMatch(f -> f.contains("query[chromium]"));
        }
    }

    @Test
    void whatIsFoundLiveIsWhatTheAuditFinds() throws Exception {
        try (Session s = new Session(dir, peers.authority())) {
            for (int i = 0; i < 3; i++)
                curl(s, https("/echo?imei=" + Session.IMEI), http("/echo?imei=" + Session.IMEI));
            curl(s, "-d", "mail=asha.rao@example.org", https("/echo"));
            Audit live = s.liveAudit();
            assertThat(Session.findings(live))
                    .anyMatch(f -> f.contains("imei[0] SENT"))
                    .anyMatch(f -> f.contains("email[0] SENT POST /echo · body.mail"))
                    .isEqualTo(Session.findings(s.audit()));
            assertThat(live.coverage().sent()).isEqualTo(s.audit().coverage().sent());
        }
    }

    @Test
    void whoRefusesTheCertificateIsPassedThroughAndEndsAsPinned() throws Exception {
        try (Session s = new Session(dir, peers.authority())) {
            String imei = https("/echo?imei=" + Session.IMEI);
            // It trusts the true server only.
            String[] pinner = {
                "curl", "-sS", "-x", s.http(), "--cacert", dir.resolve("up.pem").toString(), imei
            };
            assertThat(peers.tried(pinner).exit()).isEqualTo(60);
            assertThat(peers.run(pinner)).startsWith("closed /echo?imei=");
            // From now on for everybody.
            assertThat(peers.tried(command(s, imei)).exit()).isEqualTo(60);
            assertThat(curl(s, http("/echo?imei=" + Session.IMEI))).isNotEmpty();
            Audit audit = s.audit();
            assertThat(Session.findings(audit)).hasSize(2).allMatch(f -> f.contains("NONE"));
            assertThat(audit.coverage().destinations())
                    .singleElement()
                    .satisfies(d ->
                            assertThat(d.reasons().toString())
                                    .contains("PINNED")
                                    .doesNotContain("NO_KEYS"));
            assertThat(s.comments())
                    .anyMatch(c -> c.startsWith("The phone was shown a certificate"))
                    .anyMatch(c -> c.startsWith("Passed through closed"));
        }
    }

    @Test
    void whoTakesAnyCertificateIsFoundWeak() throws Exception {
        try (Session s =
                new Session(
                        dir,
                        peers.authority(),
                        o ->
                                new Recorder.Settings(
                                        o.folder(),
                                        o.rotation(),
                                        o.comments(),
                                        o.authority(),
                                        o.upstreamAuthorities(),
                                        true,
                                        o.routes(),
                                        o.access(),
                                        o.pages()))) {
            String careless = https("/echo?imei=" + Session.IMEI);
            curl(s, "-k", careless);
            curl(s, "-k", careless);
            // Another destination, and somebody who looks: refused once, as it should be.
            String careful =
                    "https://127.0.0.1:" + peers.closed + "/echo?email=asha.rao@example.org";
            assertThat(peers.tried(command(s, careful)).exit()).isEqualTo(60);
            assertThat(curl(s, careful)).startsWith("closed");
            List<String> found = Session.findings(s.audit());
            assertThat(found)
                    .anyMatch(f ->
                            f.contains("imei[0] SENT")
                                    && f.contains("does not check certificates")
                                    && f.endsWith(" 2"))
                    .anyMatch(f -> f.contains("email[0] SENT") && f.contains("weak=]"));
            assertThat(s.comments()).anyMatch(c -> c.contains("refused an untrusted certificate"));
        }
    }

    @Test
    void aServerWithABadCertificateIsNotMadeGood() throws Exception {
        // Of an authority that nobody trusts: so must be what the phone is shown.
        try (Session s =
                new Session(
                        dir,
                        peers.authority(),
                        o ->
                                new Recorder.Settings(
                                        o.folder(),
                                        o.rotation(),
                                        o.comments(),
                                        o.authority(),
                                        List.of(),
                                        false,
                                        o.routes(),
                                        o.access(),
                                        o.pages()))) {
            assertThat(peers.tried(command(s, https("/echo"))).exit()).isEqualTo(60);
            assertThat(s.news).anyMatch(n -> n.contains("is not trusted"));
        }
    }

    @Test
    void aServerThatAsksForACertificateIsPassedThrough() throws Exception {
        try (Session s = new Session(dir, peers.authority())) {
            String url = "https://localhost:" + peers.mutual + "/echo?x=" + Session.IMEI;
            assertThat(
                            peers.run(
                                    "curl",
                                    "-sS",
                                    "-x",
                                    s.http(),
                                    "--cacert",
                                    dir.resolve("up.pem").toString(),
                                    url))
                    .startsWith("mutual");
            Audit audit = s.audit();
            assertThat(audit.findings()).isEmpty();
            assertThat(audit.coverage().destinations().getFirst().reasons().toString())
                    .contains("NO_KEYS");
            assertThat(s.comments()).anyMatch(c -> c.contains("asks for a certificate"));
        }
    }
}
