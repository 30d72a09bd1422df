package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What curl and the JDK sent to nginx and nghttpx over HTTP/1.1 and HTTP/2, in the clear and over
 * TLS, is what comes out; also with a hole, joined midway and cut off.
 */
class HttpPeersTest {
    @TempDir static Path dir;
    private static Process nginx;
    private static Process nghttpx;
    private static int clear;
    private static int closed;
    private static int h2c;
    private static String body;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(there("curl", "--version"), "curl is not installed");
        assumeTrue(there("nginx", "-v"), "nginx is not installed");
        assumeTrue(Openssl.present(), "no OpenSSL 3 on this machine");
        new Openssl(dir).certificate("ec", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
        clear = free();
        closed = free();
        StringBuilder b = new StringBuilder("imei=867345021234563&filler=");
        Random r = new Random(2);
        while (b.length() < 60_000) b.append(Integer.toString(r.nextInt(), 36).replace("-", ""));
        body = b.append("&imsi=404450123456789").toString();
        Files.writeString(dir.resolve("body.txt"), body);
        String conf =
                """
                daemon off; master_process off; pid %1$s/pid; error_log stderr;
                events { }
                http { access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p;
                 fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                 server { listen 127.0.0.1:%2$d; client_max_body_size 9m;
                  location / { return 200 "answer to $request_uri"; } }
                 server { listen 127.0.0.1:%3$d ssl http2; client_max_body_size 9m;
                  ssl_certificate %1$s/ec.pem; ssl_certificate_key %1$s/ec.key;
                  ssl_protocols TLSv1.2 TLSv1.3;
                  location / { return 200 "answer to $request_uri"; } } }
                """
                        .formatted(dir, clear, closed);
        Files.writeString(dir.resolve("nginx.conf"), conf);
        nginx = run("nginx", "-p", dir.toString(), "-c", dir.resolve("nginx.conf").toString());
        await(closed, nginx);
        if (there("nghttpx", "--version")) {
            h2c = free();
            nghttpx =
                    run(
                            "nghttpx",
                            "--conf=/dev/null",
                            "--frontend=127.0.0.1," + h2c + ";no-tls",
                            "--backend=127.0.0.1," + clear,
                            "--workers=1");
            await(h2c, nghttpx);
        }
    }

    @AfterAll
    static void stop() {
        if (nginx != null) nginx.destroy();
        if (nghttpx != null) nghttpx.destroy();
    }

    private static boolean there(String... command) throws InterruptedException {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getInputStream().readAllBytes();
            return p.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static int free() throws IOException {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    private static Process run(String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve(command[0] + ".txt").toFile())
                .start();
    }

    private static void await(int port, Process server) throws Exception {
        for (int i = 0; i < 250; i++) {
            try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (s.isConnected()) return;
            } catch (IOException e) {
                if (!server.isAlive()) break;
                Thread.sleep(20);
            }
        }
        throw new IOException(Files.readString(dir.resolve("nginx.txt")));
    }

    /** Three requests on one connection: a query, an upload, a head with a cookie. */
    private static Openssl.Recorded curl(int port, String scheme, String... options)
            throws Exception {
        Files.deleteIfExists(dir.resolve("keys.txt"));
        try (Tap tap = new Tap(port)) {
            String base = scheme + "://lab.example.org:" + tap.port();
            List<String> command =
                    new ArrayList<>(
                            List.of(
                                    "curl",
                                    "-sS",
                                    "-k",
                                    "--noproxy",
                                    "*",
                                    "--resolve",
                                    "lab.example.org:" + tap.port() + ":127.0.0.1"));
            List<String> one = new ArrayList<>(List.of(options));
            command.addAll(one);
            command.addAll(List.of(base + "/one?imei=867345021234563", "--next", "-sS", "-k"));
            command.addAll(one);
            command.addAll(List.of("-d", "@body.txt", base + "/two", "--next", "-sS", "-k"));
            command.addAll(one);
            command.addAll(List.of("-b", "id=404450123456789", base + "/three"));
            ProcessBuilder b =
                    new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
            b.environment().put("SSLKEYLOGFILE", dir.resolve("keys.txt").toString());
            Process p = b.start();
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(p.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(said).contains("answer to /two").contains("answer to /three");
            List<List<Transcript.Event>> all = tap.recorded();
            assertThat(all).as("one connection").hasSize(1);
            Path keys = dir.resolve("keys.txt");
            return new Openssl.Recorded(
                    all.getFirst(), Files.exists(keys) ? Files.readAllBytes(keys) : new byte[0]);
        }
    }

    private static void holds(Openssl.Recorded r, String protocol) {
        Transcript t = r.play();
        assertThat(
                        t.exchanges.stream()
                                .filter(e -> e.exchange.protocol().equals(protocol))
                                .map(e ->
                                        e.exchange.operation()
                                                + " "
                                                + e.exchange.host()
                                                + " "
                                                + new String(
                                                        e.exchange.target(),
                                                        StandardCharsets.UTF_8)))
                .containsExactly(
                        "GET lab.example.org /one?imei=867345021234563",
                        "POST lab.example.org /two",
                        "GET lab.example.org /three");
        assertThat(t.parts(Side.INITIATOR))
                .anyMatch(p -> p.startsWith("body[]") && p.endsWith("=" + body))
                .anyMatch(p -> p.equalsIgnoreCase("header[cookie]=id=404450123456789"));
        assertThat(t.parts(Side.RESPONDER)).anyMatch(p -> p.endsWith("=answer to /three"));
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED").doesNotContain("MISSING");
        assertThat(t.anomalies).isEmpty();
        for (int seed = 0; seed < 3; seed++)
            assertThat(r.script().play(new Random(seed), 1 + 60 * seed).canonical())
                    .isEqualTo(t.canonical());
        holes(r, t);
    }

    /** A hole in the upload; then the beginning is missing; then the end. */
    private static void holes(Openssl.Recorded r, Transcript whole) {
        Random random = new Random(7);
        for (int k = 0; k < 8; k++) {
            Transcript t = r.script();
            long up =
                    t.script.stream()
                            .filter(e -> e.side() == Side.INITIATOR)
                            .mapToLong(e -> e.bytes().length)
                            .sum();
            long at = 4_000 + random.nextInt((int) up - 20_000);
            cut(t, at, 1 + random.nextInt(6_000));
            t.play();
            assertThat(t.exchanges.stream().map(e -> new String(e.exchange.target())))
                    .as("hole at " + at + " of " + up)
                    .anyMatch(x -> x.startsWith("/one"))
                    .anyMatch(x -> x.equals("/three"));
            assertThat(t.accounted.get(Side.INITIATOR) + t.text())
                    .containsAnyOf("MISSING", "<gap ");
            String half = t.canonical();
            assertThat(t.again().play(new Random(k), 700).canonical()).isEqualTo(half);
        }
        Transcript late = r.script().midway();
        late.script.subList(0, late.script.size() / 2).clear();
        late.play();
        Transcript early = r.script();
        early.script.subList(early.script.size() / 2, early.script.size()).clear();
        early.play();
        assertThat(early.text()).contains("/one?imei=867345021234563");
    }

    private static void cut(Transcript t, long at, int n) {
        List<Transcript.Event> script = new ArrayList<>(t.script);
        t.script.clear();
        long seen = 0;
        for (Transcript.Event e : script) {
            if (e.side() != Side.INITIATOR) {
                t.script.add(e);
                continue;
            }
            int length = e.bytes().length;
            int from = (int) Math.clamp(at - seen, 0, length);
            int to = (int) Math.clamp(at + n - seen, 0, length);
            if (from > 0)
                t.script.add(new Transcript.Event(e.side(), Arrays.copyOf(e.bytes(), from), 0));
            if (to > from) t.script.add(new Transcript.Event(e.side(), new byte[0], to - from));
            if (to < length)
                t.script.add(
                        new Transcript.Event(
                                e.side(), Arrays.copyOfRange(e.bytes(), to, length), 0));
            seen += length;
        }
    }

    @Test
    void curlAndNginxHttp1() throws Exception {
        holds(curl(clear, "http", "--http1.1"), "http/1.1");
        holds(curl(closed, "https", "--http1.1", "--tls-max", "1.2"), "http/1.1");
        holds(curl(closed, "https", "--http1.1"), "http/1.1");
    }

    @Test
    void curlAndNginxHttp2() throws Exception {
        holds(curl(closed, "https", "--http2", "--tls-max", "1.2"), "http/2");
        holds(curl(closed, "https", "--http2"), "http/2");
    }

    /** The JDK's client asks for the change with its first request (RFC 7540 3.2). */
    @Test
    void jdkAndNghttpxByUpgrade() throws Exception {
        assumeTrue(nghttpx != null, "nghttpx is not installed");
        try (Tap tap = new Tap(h2c);
                HttpClient client =
                        HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            for (String path : List.of("/index.html?imei=867345021234563", "/index.html?n=2")) {
                HttpResponse<String> answer =
                        client.send(
                                HttpRequest.newBuilder(
                                                URI.create("http://127.0.0.1:" + tap.port() + path))
                                        .header("X-Device", "404450123456789")
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.body()).isEqualTo("answer to " + path);
            }
            client.shutdownNow();
            client.awaitTermination(java.time.Duration.ofSeconds(2));
            List<List<Transcript.Event>> all = tap.recorded();
            assertThat(all).hasSize(1);
            Transcript t = new Openssl.Recorded(all.getFirst(), new byte[0]).play();
            assertThat(t.text())
                    .contains("http/1.1 GET http://127.0.0.1:" + tap.port())
                    .contains(" /index.html?imei=867345021234563\n")
                    .contains("http/2 GET http://127.0.0.1:" + tap.port())
                    .contains(" /index.html?n=2\n");
            assertThat(t.parts(Side.INITIATOR))
                    .filteredOn(p -> p.equalsIgnoreCase("header[x-device]=404450123456789"))
                    .hasSize(2);
            assertThat(t.parts(Side.RESPONDER))
                    .filteredOn(p -> p.contains("=answer to /index.html"))
                    .hasSize(2);
        }
    }
}
