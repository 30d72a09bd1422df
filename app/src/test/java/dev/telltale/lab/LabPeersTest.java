package dev.telltale.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The lab's two ends against peers that nobody of the lab wrote. */
class LabPeersTest {
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
        try (VendorCloud cloud = new VendorCloud(Service.july2014(), new LabClock(T0))) {
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
}
