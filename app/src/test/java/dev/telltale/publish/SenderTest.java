package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks, against the JDK's own server. */
class SenderTest {
    private static final String SECRET = "correct horse battery staple";

    record Got(String path, Headers headers, String body) {}

    @TempDir Path dir;
    private HttpServer server;
    private final List<Got> got = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final List<Duration> slept = new ArrayList<>();
    private String yaml = "";

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                x -> {
                    String body = new String(x.getRequestBody().readAllBytes(), UTF_8);
                    got.add(new Got(x.getRequestURI().toString(), x.getRequestHeaders(), body));
                    Integer status = answers.poll();
                    if (status != null && status == 302)
                        x.getResponseHeaders().set("Location", "/elsewhere");
                    x.sendResponseHeaders(status == null ? 204 : status, -1);
                    x.close();
                });
        server.start();
        Files.writeString(dir.resolve("hook.secret"), SECRET + "\n");
        yaml = Drafts.yaml(Drafts.facts());
        publish(yaml, Drafts.NOW);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Site site(Instant now) {
        return new Site(dir.resolve("site"), Drafts.at(now), "1.0");
    }

    private void publish(String file, Instant now) throws Exception {
        site(now).publish(Drafts.advisory(file, Drafts.facts()));
    }

    private Path subscriptions(String more) throws Exception {
        return Files.writeString(
                dir.resolve("subscriptions.yaml"),
                """
                subscriptions:
                  - name: hook   # ours
                    url: http://127.0.0.1:%d/hook
                    secret: hook.secret
                %s\
                """
                        .formatted(server.getAddress().getPort(), more.indent(4)));
    }

    private List<Sender.Outcome> send(Path file, boolean resend) throws Exception {
        return new Sender(Drafts.at(Drafts.NOW), slept::add, "1.0")
                .send(site(Drafts.NOW).items(), Subscriptions.read(file), resend);
    }

    @Test
    void theSignatureIsWhatOpensslComputes() throws Exception {
        assertThat(send(subscriptions(""), false)).singleElement().matches(o -> o.why().isEmpty());
        Got post = got.getFirst();
        String timestamp = post.headers().getFirst("Telltale-Timestamp");
        assertThat(timestamp).isEqualTo(Long.toString(Drafts.NOW.getEpochSecond()));
        JsonNode body = JsonMapper.shared().readTree(post.body());
        assertThat(body.path("schema").asString()).isEqualTo("telltale.event/1");
        assertThat(body.path("event").asString()).isEqualTo("published");
        assertThat(body.path("id").asString()).isEqualTo("LAB-2026-001");
        Path openssl = Path.of("/usr/bin/openssl");
        Assumptions.assumeTrue(Files.isExecutable(openssl), "needs openssl");
        Path signed =
                Files.writeString(dir.resolve("signed"), timestamp + "." + post.body(), UTF_8);
        Process dgst =
                new ProcessBuilder(
                                openssl.toString(),
                                "dgst",
                                "-sha256",
                                "-hmac",
                                SECRET,
                                signed.toString())
                        .start();
        String said = new String(dgst.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(post.headers().getFirst("Telltale-Signature"))
                .isEqualTo("v1=" + said.substring(said.lastIndexOf(' ') + 1));
    }

    @Test
    void nothingIsSentTwice() throws Exception {
        Path file = subscriptions("");
        send(file, false);
        assertThat(send(file, false)).isEmpty();
        assertThat(got).hasSize(1);
        publish(Drafts.revised(yaml, 2, "More."), Drafts.NOW.plusSeconds(60));
        assertThat(send(file, false)).singleElement().matches(o -> o.event().equals("updated"));
        assertThat(got).hasSize(2);
        JsonNode first = JsonMapper.shared().readTree(got.get(0).body());
        JsonNode second = JsonMapper.shared().readTree(got.get(1).body());
        assertThat(second.path("key")).isEqualTo(first.path("key"));
        assertThat(got.get(1).headers().getFirst("Telltale-Delivery"))
                .isNotEqualTo(got.get(0).headers().getFirst("Telltale-Delivery"));
        // A line that a crash cut is no delivery; those before it are.
        Path sent = dir.resolve("subscriptions.sent.jsonl");
        Files.writeString(sent, Files.readString(sent) + "{\"delivery\":\"abc");
        assertThat(send(file, false)).isEmpty();
    }

    @Test
    void triesAgainAndThenKeepsADeadLetter() throws Exception {
        Path file = subscriptions("");
        answers.addAll(List.of(500, 503));
        assertThat(send(file, false)).singleElement().matches(o -> o.why().isEmpty());
        assertThat(got).hasSize(3);
        assertThat(slept).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4));

        publish(Drafts.revised(yaml, 2, "More."), Drafts.NOW.plusSeconds(60));
        answers.addAll(List.of(500, 500, 500, 500));
        assertThat(send(file, false))
                .singleElement()
                .matches(o -> o.why().equals("the server answered 500"));
        assertThat(got).hasSize(7);
        Path dead = dir.resolve("subscriptions.dead.jsonl");
        assertThat(Files.readAllLines(dead)).singleElement().asString().contains("\"attempts\":4");
        // It waits until it is asked for.
        assertThat(send(file, false)).isEmpty();
        assertThat(send(file, true)).singleElement().matches(o -> o.why().isEmpty());
        assertThat(got).hasSize(8);
        assertThat(got.get(7).body()).isEqualTo(got.get(6).body());
        assertThat(dead).isEmptyFile();
        assertThat(send(file, true)).isEmpty();
    }

    @Test
    void redirectsAreNotFollowedAndRefusalsNotRepeated() throws Exception {
        answers.addAll(List.of(302));
        assertThat(send(subscriptions(""), false))
                .singleElement()
                .matches(o -> o.why().equals("the server answered 302"));
        assertThat(got).hasSize(1);
        answers.addAll(List.of(404));
        assertThat(send(subscriptions(""), true))
                .singleElement()
                .matches(o -> o.why().equals("the server answered 404"));
        assertThat(got).hasSize(2);
        assertThat(slept).isEmpty();
    }

    @Test
    void whatIsOffHearsNothing() throws Exception {
        Path file = subscriptions("");
        String before = Files.readString(file);
        Subscriptions.read(file).turn("hook", false);
        assertThat(send(file, false)).isEmpty();
        assertThat(got).isEmpty();
        assertThat(Files.readString(file)).contains("# ours").contains("active: false");
        Subscriptions.read(file).turn("hook", true);
        assertThat(Files.readString(file).replace("    active: true\n", "")).isEqualTo(before);
        assertThat(send(file, false)).hasSize(1);
        assertThat(got).hasSize(1);
    }

    @Test
    void filtersByEventCategoryAndDay() throws Exception {
        for (String not :
                List.of("events: [withdrawn]", "categories: [\"kind:email\"]", "since: 2026-03-02"))
            assertThat(send(subscriptions(not), false)).as(not).isEmpty();
        assertThat(got).isEmpty();
        assertThat(
                        send(
                                subscriptions(
                                        "events: [published]\n"
                                                + "categories: [\"kind:imei\"]\n"
                                                + "since: 2026-03-01"),
                                false))
                .hasSize(1);
        assertThat(got).hasSize(1);
    }

    @Test
    void postsToABlogInItsOwnForm() throws Exception {
        yaml =
                Drafts.revised(yaml, 2, "More.")
                        .replaceFirst(
                                "title: \".*\"",
                                "title: \"A \\\\\"quoted\\\\\" & <b>bold</b> {{id}} phone\"");
        publish(yaml, Drafts.NOW.plusSeconds(60));
        Files.writeString(dir.resolve("token"), "Bearer t0ken\n");
        Files.writeString(
                dir.resolve("post.json"), "{\"title\":\"{{title}}\",\"content\":\"{{ html }}\"}");
        Files.writeString(dir.resolve("post.form"), "title={{title}}&body={{markdown}}");
        Files.writeString(dir.resolve("post.xml"), "<p t=\"{{title}}\">{{html}}</p>");
        String title = "A \"quoted\" & <b>bold</b> {{id}} phone";
        send(
                subscriptions(
                        "template: post.json\n"
                                + "content_type: application/json\n"
                                + "authorization: token"),
                false);
        assertThat(got.getFirst().headers().getFirst("Authorization")).isEqualTo("Bearer t0ken");
        JsonNode json = JsonMapper.shared().readTree(got.getFirst().body());
        assertThat(json.path("title").asString()).isEqualTo(title);
        assertThat(json.path("content").asString()).contains("<h2>What to do</h2>");
        Files.delete(dir.resolve("subscriptions.sent.jsonl"));
        send(
                subscriptions(
                        "template: post.form\ncontent_type: application/x-www-form-urlencoded"),
                false);
        String form = got.get(1).body();
        assertThat(form.split("&")).hasSize(2);
        assertThat(java.net.URLDecoder.decode(form.split("&")[0], UTF_8))
                .isEqualTo("title=" + title);
        Files.delete(dir.resolve("subscriptions.sent.jsonl"));
        send(subscriptions("template: post.xml\ncontent_type: application/xml"), false);
        assertThat(got.get(2).body()).contains("t=\"A &quot;quoted&quot; &amp; &lt;b&gt;");
        Files.writeString(dir.resolve("post.json"), "{{secret}}");
        assertThatThrownBy(() ->
                        Subscriptions.read(
                                subscriptions(
                                        "template: post.json\ncontent_type: application/json")))
                .hasMessageContaining("{{secret}} stands for nothing");
    }

    @Test
    void onlyHttpsAndNoAddressOfTheSurroundings() throws Exception {
        for (String url :
                List.of(
                        "http://example.org/",
                        "http://127.0.0.1.example.org/",
                        "ftp://example.org/",
                        "file:///etc/passwd",
                        "https://user@example.org/",
                        "http://169.254.169.254/"))
            assertThatThrownBy(() -> Endpoint.checked(URI.create(url)))
                    .as(url)
                    .isInstanceOf(Advisory.Invalid.class);
        assertThat(Endpoint.checked(URI.create("https://example.org/hook"))).isNotNull();
        for (String host :
                List.of(
                        "169.254.169.254",
                        "[fe80::1]",
                        "[::ffff:169.254.169.254]",
                        "[64:ff9b::a9fe:a9fe]",
                        "[fd00:ec2::254]",
                        "100.100.100.200",
                        "0.0.0.0",
                        "[::]",
                        "224.0.0.1"))
            assertThatThrownBy(() -> Endpoint.resolved(URI.create("https://" + host + "/")))
                    .as(host)
                    .isInstanceOf(Advisory.Invalid.class);
        Endpoint.resolved(URI.create("https://203.0.113.7/"));
        Endpoint.resolved(URI.create("http://127.0.0.1/"));
        Path file = subscriptions("");
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("http://127.0.0.1:\\d+", "https://169.254.169.254"));
        assertThat(send(file, false)).singleElement().matches(o -> o.why().contains("169.254"));
        assertThat(slept).isEmpty();
    }

    @Test
    void whoeverDoesNotAnswerIsADeadLetterToo() throws Exception {
        Path file = subscriptions("");
        server.stop(0);
        assertThat(send(file, false)).singleElement().matches(o -> o.why().equals("no connection"));
        assertThat(slept).hasSize(3);
        Files.writeString(dir.resolve("hook.secret"), "short");
        assertThatThrownBy(() -> Subscriptions.read(file)).hasMessageContaining("less than 16");
    }
}
