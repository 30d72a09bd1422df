package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.telltale.report.AuditJson;
import dev.telltale.report.RedMi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an audit to a subscriber, on the command line. */
class PublishCommandTest {

    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path draft = Path.of("");

    @BeforeEach
    void audit() throws Exception {
        Path run = Files.createDirectories(dir.resolve("runs/1"));
        Files.write(run.resolve("audit.json"), AuditJson.bytes(RedMi.firstStart()));
        draft = dir.resolve("advisory.yaml");
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        Console console =
                new Console(out, new PrintStream(err, true, UTF_8), false, false, Map.of());
        return Main.run(Main.commandLine(new CoreCalls(), console), console, args);
    }

    private void fill() throws Exception {
        assertThat(run("publish", "new", dir.resolve("runs/1").toString(), "-o", draft.toString()))
                .isEqualTo(Exit.OK);
        Files.writeString(
                draft,
                Files.readString(draft)
                        .replaceFirst("id: \".*\"", "id: LAB-1")
                        .replace("name: \"\"", "name: Lab")
                        .replace("namespace: \"\"", "namespace: https://lab.example.org")
                        .replace("contact: \"\"", "contact: lab.example.org")
                        .replace("who: \"\"", "who: Everybody.")
                        .replace("what_to_do: []", "what_to_do: [Update.]"));
    }

    @Test
    void fromAnAuditToASubscriber() throws Exception {
        fill();
        Path site = dir.resolve("site");
        assertThat(run("publish", draft.toString(), "-o", site.toString())).isEqualTo(Exit.OK);
        assertThat(out.toString(UTF_8)).contains("LAB-1, published: written to");
        assertThat(site.resolve("lab-1.html")).content().contains("Xiaomi", "HM 1S");
        assertThat(run("publish", draft.toString(), "-o", site.toString())).isEqualTo(Exit.OK);
        assertThat(out.toString(UTF_8)).contains("nothing new");

        AtomicInteger posts = new AtomicInteger();
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                x -> {
                    posts.incrementAndGet();
                    x.sendResponseHeaders(posts.get() == 1 ? 404 : 204, -1);
                    x.close();
                });
        server.start();
        try {
            Files.writeString(dir.resolve("s.secret"), "0123456789abcdef0123456789abcdef");
            String s =
                    Files.writeString(
                                    dir.resolve("s.yaml"),
                                    "subscriptions:\n  - name: hook\n    url: http://localhost:"
                                            + server.getAddress().getPort()
                                            + "/\n    secret: s.secret\n")
                            .toString();
            String[] send = {"publish", "send", site.toString(), "--subscriptions", s};
            assertThat(run("publish", "subscriptions", "off", "hook", "--subscriptions", s))
                    .isEqualTo(Exit.OK);
            assertThat(run(send)).isEqualTo(Exit.OK);
            assertThat(out.toString(UTF_8)).contains("Nothing to send.");
            run("publish", "subscriptions", "on", "hook", "--subscriptions", s);
            assertThat(out.toString(UTF_8)).contains("on   hook  http://localhost:");
            assertThat(run(send)).isEqualTo(Exit.FAIL);
            assertThat(out.toString(UTF_8)).contains("not delivered: the server answered 404");
            assertThat(run(send)).isEqualTo(Exit.OK);
            assertThat(posts).hasValue(1);
            assertThat(run("publish", "send", site.toString(), "--subscriptions", s, "--resend"))
                    .isEqualTo(Exit.OK);
            assertThat(out.toString(UTF_8)).contains("delivered");
            assertThat(posts).hasValue(2);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysInOneLineWhatIsWrong() throws Exception {
        run("publish", "new", dir.resolve("runs/1").toString(), "-o", draft.toString());
        assertThat(run("publish", draft.toString(), "-o", dir.resolve("s").toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString(UTF_8)).contains("publisher.name is missing").hasLineCount(1);
        assertThat(dir.resolve("s")).doesNotExist();
        assertThat(run("publish", "new", dir.resolve("runs/1").toString(), "-o", draft.toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString(UTF_8)).contains("a file of that name is in the way");
        assertThat(run("publish")).isEqualTo(Exit.USAGE);
        fillAgain();
        Files.write(dir.resolve("runs/1/audit.json"), AuditJson.bytes(RedMi.pass()));
        assertThat(run("publish", draft.toString(), "-o", dir.resolve("s").toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(err.toString(UTF_8)).contains("audit: that file has changed");
    }

    private void fillAgain() throws Exception {
        Files.delete(draft);
        fill();
    }

    /** A phone that puts its number wherever names are published. */
    @Test
    void noValueOfThePersonaIsPublished() throws Exception {
        String imei = "490154203237518";
        String md5 =
                HexFormat.of()
                        .formatHex(MessageDigest.getInstance("MD5").digest(imei.getBytes(UTF_8)));
        String base64 = Base64.getEncoder().encodeToString(imei.getBytes(UTF_8));
        Path har = dir.resolve("c.har");
        Files.writeString(
                har,
                """
                {"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[
                {"startedDateTime":"2026-01-01T00:00:00Z","time":1,
                "request":{"method":"GET","url":"http://%1$s.a.test/%1$s?%1$s=%1$s&m=%2$s&b=%3$s",
                "httpVersion":"HTTP/1.1","headers":[],"cookies":[],"queryString":[],
                "headersSize":-1,"bodySize":0},
                "response":{"status":204,"statusText":"","httpVersion":"HTTP/1.1","headers":[],
                "cookies":[],"content":{"size":0,"mimeType":"text/plain"},"redirectURL":"",
                "headersSize":-1,"bodySize":0},"cache":{},"timings":{"send":0,"wait":0,"receive":0}}
                ]}}
                """
                        .formatted(imei, md5, base64));
        Path persona = dir.resolve("p.yaml");
        Files.writeString(persona, "persona: p\nidentifiers:\n  imei: \"" + imei + "\"\n");
        Path audited = dir.resolve("runs/1");
        Files.delete(audited.resolve("audit.json"));
        assertThat(run("audit", har.toString(), "-p", persona.toString(), "-o", audited.toString()))
                .isEqualTo(Exit.FAIL);
        Path bundle = dir.resolve("public.zip");
        run("bundle", audited.toString(), "--redacted", bundle.toString());
        assertThat(run("publish", "new", bundle.toString(), "-o", draft.toString()))
                .isEqualTo(Exit.OK);
        Files.delete(draft);
        fill();
        Files.writeString(
                draft,
                Files.readString(draft)
                        .replace("brand: \"\", model: \"\"", "brand: B, model: M")
                        .replace("builds: []", "builds: [\"1\"]"));
        Path site = dir.resolve("site");
        assertThat(run("publish", draft.toString(), "-o", site.toString())).isEqualTo(Exit.OK);
        assertThat(site.resolve("lab-1.md")).content().contains("IMEI", "a.test");
        try (Stream<Path> files = Files.list(site)) {
            for (Path p : files.toList())
                assertThat(Files.readString(p))
                        .as(p.toString())
                        .doesNotContain(imei, md5, base64, imei.substring(0, 14));
        }
    }
}
