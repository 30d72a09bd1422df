package dev.telltale.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import dev.telltale.tap.CertificateAuthority;
import dev.telltale.tap.KeyLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The lab's two ends against peers that nobody of the lab wrote. */
class LabPeersTest {
    @TempDir Path dir;

    private static final Ip4 ADDRESS = Ip4.of("203.0.113.99");
    private static final Instant T0 = Instant.parse("2014-08-07T10:00:00Z");

    @Test
    void handsetsClientAndTheJdksServer() throws IOException {
        String odd = "+91 98 äöü &=%?/#~";
        List<String> seen = new ArrayList<>();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, seen));
        server.start();
        Recording recording = new Recording();
        LabClock clock = new LabClock(T0);
        try (Resolver resolver = new Resolver(Map.of("jdk.example.org", ADDRESS))) {
            Uplink uplink =
                    new Uplink(
                            Ip4.of("192.168.43.17"),
                            new Ip4.Port(Ip4.of("192.168.43.1"), 53),
                            resolver.address(),
                            Map.of(new Ip4.Port(ADDRESS, 80), server.getAddress()),
                            clock,
                            new SplittableRandom(1),
                            recording);
            PhoneHttp http = new PhoneHttp(uplink, "test");
            PhoneHttp.Answer plain =
                    http.get("jdk.example.org", "/plain", Map.of("q", odd), Map.of("c", "1"));
            PhoneHttp.Answer zipped =
                    http.post("jdk.example.org", "/gzip", Map.of("f", odd), Map.of());
            http.closeIdle();
            assertThat(plain.status()).isEqualTo(200);
            assertThat(new String(plain.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
            assertThat(new String(zipped.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
        } finally {
            server.stop(0);
        }
        assertThat(seen)
                .containsExactly(
                        "GET /plain q=" + odd + " jdk.example.org c=1",
                        "POST /gzip f=" + odd + " jdk.example.org null");
        assertThat(recording.conversations()).hasSize(1);
        assertThat(recording.conversations().getFirst().turns()).hasSize(4);
        assertThat(recording.datagrams()).hasSize(2);
    }

    private static void answer(HttpExchange exchange, List<String> seen) throws IOException {
        String given =
                exchange.getRequestURI().getRawQuery() != null
                        ? exchange.getRequestURI().getRawQuery()
                        : new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        seen.add(
                exchange.getRequestMethod()
                        + " "
                        + exchange.getRequestURI().getPath()
                        + " "
                        + URLDecoder.decode(given, StandardCharsets.UTF_8)
                        + " "
                        + exchange.getRequestHeaders().getFirst("Host")
                        + " "
                        + exchange.getRequestHeaders().getFirst("Cookie"));
        boolean gzip = exchange.getRequestURI().getPath().equals("/gzip");
        if (gzip) exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
            if (!gzip) out.write(body);
            else {
                try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                    zip.write(body);
                }
            }
        }
    }

    @Test
    void cloudAndCurl() throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(d -> Files.isExecutable(Path.of(d, "curl"))),
                "curl is not installed");
        try (VendorCloud cloud = new VendorCloud(services(), new LabClock(T0))) {
            assertThat(curl(cloud, Hosts.CONNECTIVITY, "/generate_204", "-w", "%{http_code}"))
                    .isEqualTo("204");
            assertThat(curl(cloud, Hosts.GREETINGS, "/festival/greetings"))
                    .startsWith("{\"greetings\":[{")
                    .endsWith("}]}")
                    .hasSizeGreaterThan(2000);
            assertThat(curl(cloud, Hosts.UPDATE, "/updates/v1/check", "-d", "v=1", "--compressed"))
                    .contains("up to date");
            assertThat(curl(cloud, Hosts.ACCOUNT, "/pass/v3/user@id?type=MXPH&externalId=1"))
                    .contains("no such user");
            assertThat(curl(cloud, Hosts.ACCOUNT, "/elsewhere", "-w", "%{http_code}"))
                    .endsWith("404");
            cloud.check();
        }
    }

    private static String curl(VendorCloud cloud, String host, String target, String... more)
            throws Exception {
        int port = cloud.address().getPort();
        String ip = cloud.address().getAddress().getHostAddress();
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-sS",
                                "--noproxy",
                                "*",
                                "-m",
                                "10",
                                "-H",
                                "Host: " + host));
        command.addAll(List.of(more));
        command.add("http://" + (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port + target);
        Process p =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(p.waitFor()).isZero();
        return out;
    }

    private static Map<String, Service> services() {
        return new Cloud(new LabClock(T0), 1).services();
    }

    private static CertificateAuthority authority() throws GeneralSecurityException {
        return new CertificateAuthority(
                "test authority",
                Instant.parse("2014-01-01T00:00:00Z"),
                Instant.parse("2044-01-01T00:00:00Z"),
                new SeededRandom(1));
    }

    /** The JDK's own TLS at the other end, and what it received. */
    @ParameterizedTest
    @EnumSource(Tls.Version.class)
    void handsetsTlsAndTheJdks(Tls.Version version) throws Exception {
        CertificateAuthority authority = authority();
        CertificateAuthority.Issued issued = authority.issue("jdk.example.org");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "k",
                issued.key(),
                new char[0],
                new Certificate[] {issued.certificate(), authority.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        List<String> seen = new ArrayList<>();
        server.createContext("/", exchange -> answer(exchange, seen));
        server.start();
        LabClock clock = new LabClock(T0);
        KeyLog keys = new KeyLog();
        try (Resolver resolver = new Resolver(Map.of("jdk.example.org", ADDRESS))) {
            Uplink uplink =
                    new Uplink(
                            Ip4.of("192.168.43.17"),
                            new Ip4.Port(Ip4.of("192.168.43.1"), 53),
                            resolver.address(),
                            Map.of(new Ip4.Port(ADDRESS, 443), server.getAddress()),
                            clock,
                            new SplittableRandom(1),
                            new Recording());
            PhoneHttp http =
                    new PhoneHttp(
                            uplink,
                            "test",
                            call ->
                                    new Tls.Trust(
                                            authority.certificate(),
                                            T0,
                                            Optional.of(keys),
                                            version,
                                            List.of("http/1.1")));
            PhoneHttp.Answer answer =
                    http.send(
                            PhoneHttp.Call.get(
                                    "https", "jdk.example.org", "/plain", Map.of("q", "a b")));
            http.closeIdle();
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
            PhoneHttp elsewhere =
                    new PhoneHttp(
                            uplink,
                            "test",
                            call ->
                                    new Tls.Trust(
                                            authority.certificate(),
                                            Instant.parse("2050-01-01T00:00:00Z"),
                                            Optional.empty(),
                                            version,
                                            List.of()));
            assertThatThrownBy(() ->
                            elsewhere.send(
                                    PhoneHttp.Call.get("https", "jdk.example.org", "/", Map.of())))
                    .as("a certificate out of date")
                    .isInstanceOf(IOException.class);
        } finally {
            server.stop(0);
        }
        assertThat(seen).containsExactly("GET /plain q=a b jdk.example.org null");
        String log = new String(keys.bytes(), StandardCharsets.US_ASCII);
        assertThat(log.lines())
                .hasSize(version == Tls.Version.TLS_1_2 ? 1 : 4)
                .allMatch(l -> l.matches("[A-Z_0-9]+ [0-9a-f]{64} ([0-9a-f]{64}|[0-9a-f]{96})"));
    }

    @Test
    void cloudsTlsAndCurl() throws Exception {
        assumeTrue(
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(d -> Files.isExecutable(Path.of(d, "curl"))),
                "curl is not installed");
        CertificateAuthority authority = authority();
        Path pem = Files.writeString(dir.resolve("ca.pem"), authority.pem());
        VendorCloud.Identity identity = new VendorCloud.Identity(authority, 9);
        try (VendorCloud cloud =
                new VendorCloud(services(), new LabClock(T0), Optional.of(identity))) {
            int port = cloud.secureAddress().getPort();
            String ip = cloud.secureAddress().getAddress().getHostAddress();
            for (String version : List.of("1.2", "1.3")) {
                Process p =
                        new ProcessBuilder(
                                        "curl",
                                        "-sS",
                                        "--noproxy",
                                        "*",
                                        "-m",
                                        "10",
                                        "--http1.1",
                                        "--tlsv" + version,
                                        "--tls-max",
                                        version,
                                        "--cacert",
                                        pem.toString(),
                                        "--connect-to",
                                        Hosts.UPDATE
                                                + ":443:"
                                                + (ip.contains(":") ? "[" + ip + "]" : ip)
                                                + ":"
                                                + port,
                                        "-d",
                                        "v=1",
                                        "--compressed",
                                        "https://" + Hosts.UPDATE + "/updates/v1/check")
                                .redirectErrorStream(true)
                                .start();
                assertThat(new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .contains("up to date");
                assertThat(p.waitFor()).isZero();
            }
        }
    }
}
