package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.telltale.model.Side;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the JDK's client and server say to each other, taken down by a proxy between them. */
@Timeout(30)
class Http1PeersTest {
    private HttpServer server;
    private ServerSocket proxy;
    private final List<Transcript.Event> events = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> pumps = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
        server.createContext(
                "/echo",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().add("Content-Type", "application/octet-stream");
                    boolean chunked = exchange.getRequestURI().getQuery().contains("chunked");
                    boolean head = exchange.getRequestMethod().equals("HEAD");
                    exchange.sendResponseHeaders(
                            200, head ? -1 : chunked ? 0 : Math.max(1, body.length));
                    if (head) {
                        exchange.close();
                        return;
                    }
                    try (OutputStream out = exchange.getResponseBody()) {
                        out.write(body.length == 0 && !chunked ? new byte[] {'-'} : body);
                    }
                });
        server.createContext(
                "/none",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        proxy = new ServerSocket(0, 10, loopback);
        Thread.ofVirtual().start(this::accept);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.stop(0);
    }

    private void accept() {
        try {
            Socket client = proxy.accept(); // one connection is one flow
            Socket upstream =
                    new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort());
            pumps.add(Thread.ofVirtual().start(() -> pump(client, upstream, Side.INITIATOR)));
            pumps.add(Thread.ofVirtual().start(() -> pump(upstream, client, Side.RESPONDER)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pump(Socket from, Socket to, Side side) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            byte[] b = new byte[8192];
            for (int n; (n = in.read(b)) >= 0; ) {
                events.add(new Transcript.Event(side, Arrays.copyOf(b, n), 0));
                to.getOutputStream().write(b, 0, n);
            }
        } catch (IOException e) {
            // closed by the other side
        }
    }

    @Test
    void requestsOfTheJdkClientToTheJdkServer() throws Exception {
        byte[] large = new byte[100_000];
        new Random(5).nextBytes(large);
        String base = "http://127.0.0.1:" + proxy.getLocalPort();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            send(client, HttpRequest.newBuilder(URI.create(base + "/echo?id=%2B91")).GET());
            send(client, HttpRequest.newBuilder(URI.create(base + "/none")).DELETE());
            send(
                    client,
                    HttpRequest.newBuilder(URI.create(base + "/echo?x"))
                            .method("HEAD", BodyPublishers.noBody()));
            send(
                    client,
                    HttpRequest.newBuilder(URI.create(base + "/echo?chunked"))
                            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(large))));
            send(
                    client,
                    HttpRequest.newBuilder(URI.create(base + "/echo?continue"))
                            .expectContinue(true)
                            .header("Content-Type", "text/plain")
                            .PUT(BodyPublishers.ofString("867345021234563")));
        }
        for (Thread t : List.copyOf(pumps)) t.join(Duration.ofSeconds(10));
        Transcript t = Transcript.tcp().port(proxy.getLocalPort());
        synchronized (events) {
            t.script.addAll(events);
        }
        t.play();
        assertThat(t.anomalies).isEmpty();
        assertThat(t.exchanges)
                .extracting(e -> e.exchange.operation())
                .containsExactly("GET", "DELETE", "HEAD", "POST", "PUT");
        assertThat(t.exchanges)
                .extracting(e -> new String(e.exchange.target(), StandardCharsets.US_ASCII))
                .containsExactly(
                        "/echo?id=%2B91", "/none", "/echo?x", "/echo?chunked", "/echo?continue");
        assertThat(t.exchanges).allMatch(e -> e.exchange.host().equals("127.0.0.1"));
        assertThat(t.exchanges).allMatch(e -> e.exchange.port() == proxy.getLocalPort());
        String body = "=" + new String(large, StandardCharsets.ISO_8859_1);
        assertThat(t.parts(Side.INITIATOR))
                .filteredOn(p -> p.startsWith("body"))
                .hasSize(2)
                .satisfies(p -> assertThat(p.get(0).endsWith(body)).isTrue())
                .satisfies(p ->
                        assertThat(p.get(1)).isEqualTo("body[] text/plain [] 15=867345021234563"));
        assertThat(t.parts(Side.RESPONDER))
                .filteredOn(p -> p.startsWith("body"))
                .hasSize(3)
                .satisfies(p -> assertThat(p.get(1).endsWith(body)).isTrue());
        assertThat(t.again().play(new Random(2), 11).canonical()).isEqualTo(t.canonical());
    }

    private static void send(HttpClient client, HttpRequest.Builder request) throws Exception {
        assertThat(client.send(request.build(), BodyHandlers.ofByteArray()).statusCode())
                .isBetween(200, 204);
    }
}
