package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.telltale.audit.Runs;
import dev.telltale.model.Run;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command from its first line to its exit code, with a tester who types. */
class RecordCommandTest {
    private static final String PERSONA =
            "persona: typed\nidentifiers:\n  imei: [\"867345021234563\"]\n";

    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Console console() {
        return new Console(
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                Map.of("XDG_DATA_HOME", dir.resolve("data").toString()));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void await(String text) throws InterruptedException {
        for (int i = 0; i < 600 && !err().contains(text); i++) Thread.sleep(50);
        assertThat(err()).contains(text);
    }

    private static int free() throws IOException {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    @Test
    void findsLiveKeepsTheRunAndAuditsAtTheEnd() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        server.start();
        int port = free();
        Path folder = dir.resolve("run-1");
        Path persona = Files.writeString(dir.resolve("persona.yaml"), PERSONA);
        try (PipedOutputStream keyboard = new PipedOutputStream();
                PipedInputStream typed = new PipedInputStream(keyboard)) {
            CommandLine command =
                    new CommandLine(new RecordCommand(new CoreCalls(), console(), typed));
            CompletableFuture<Integer> exit =
                    CompletableFuture.supplyAsync(() ->
                            command.execute(
                                    "-o",
                                    folder.toString(),
                                    "-p",
                                    persona.toString(),
                                    "--listen",
                                    "127.0.0.1:" + port,
                                    "--phone",
                                    "brand=Xiaomi,model=HM 1S"));
            await("SHA-256");
            String url = "http://localhost:" + server.getAddress().getPort() + "/x?imei=";
            try (HttpClient client =
                    HttpClient.newBuilder()
                            .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", port)))
                            .build()) {
                type(keyboard, "s open the app");
                get(client, url + "867345021234563&n=1");
                await("found: imei[0] to localhost");
                type(keyboard, "c ads localhost imei");
                type(keyboard, "n it was slow");
                assertThat(folder.resolve("run.yaml")).isNotEmptyFile();
                get(client, url + "867345021234563&n=2");
            }
            type(keyboard, "q");
            assertThat(exit.get(60, TimeUnit.SECONDS)).as(err()).isEqualTo(Exit.FAIL);
        } finally {
            server.stop(0);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("FAIL", "IMEI", "localhost");
        assertThat(folder.resolve("audit.json")).isNotEmptyFile();
        assertThat(Files.readString(folder.resolve("notes.txt"))).contains("it was slow");
        // The recording tells its run by itself.
        Run run = Runs.recorded(List.of(folder.resolve("capture.pcapng"))).orElseThrow().run();
        assertThat(run.device().orElseThrow().model()).isEqualTo("HM 1S");
        assertThat(run.phases().getFirst().steps())
                .singleElement()
                .satisfies(s -> assertThat(s.name()).isEqualTo("open the app"));
        assertThat(run.consents())
                .singleElement()
                .satisfies(c -> assertThat(c.domains()).containsExactly("localhost"));
        assertThat(run).isEqualTo(Runs.read(folder.resolve("run.yaml")).run());
    }

    private static void type(PipedOutputStream keyboard, String line) throws IOException {
        keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    private static void get(HttpClient client, String url) throws Exception {
        HttpResponse<Void> answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(url)).build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(204);
    }

    private int run(String... args) {
        err.reset();
        return Main.run(Main.commandLine(new CoreCalls(), console()), console(), args);
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnythingListens() throws Exception {
        String folder = dir.resolve("none").toString();
        String[][] bad = {
            {"--listen", "0.0.0.0:8080"},
            {"--listen", "somewhere"},
            {"--allow", "everybody"},
            {"--rotate", "soon"},
            {"--plan", "no-such-plan"},
            {"--captured", "wifi=maybe"},
            {"--upstream-ca", dir.resolve("missing.pem").toString()}
        };
        for (String[] b : bad) {
            assertThat(run("record", "-o", folder, b[0], b[1])).as(b[0]).isEqualTo(Exit.USAGE);
            assertThat(err().lines().count()).as(err()).isEqualTo(1);
        }
        assertThat(Path.of(folder)).doesNotExist();
        Path taken = Files.createDirectories(dir.resolve("taken"));
        Files.writeString(taken.resolve("capture.pcapng"), "an older recording");
        assertThat(run("record", "-o", taken.toString())).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("in the way");
        assertThat(taken.resolve("capture.pcapng")).hasContent("an older recording");
    }
}
