package dev.telltale.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.audit.Inspector;
import dev.telltale.audit.Keys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorder that is killed under load, as a process of its own. */
class KilledTest {
    @TempDir Path dir;

    @Test
    void whatWasSentASecondBeforeIsThere() throws Exception {
        int port = Peers.free();
        try (Peers peers = new Peers(dir)) {
            Path folder = dir.resolve("run");
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.telltale.cli.Main",
                            "record",
                            "-o",
                            folder.toString(),
                            "--listen",
                            "127.0.0.1:" + port,
                            "--upstream-ca",
                            dir.resolve("up.pem").toString());
            builder.environment().put("XDG_DATA_HOME", dir.resolve("data").toString());
            Process recorder =
                    builder.redirectErrorStream(true)
                            .redirectOutput(dir.resolve("recorder.txt").toFile())
                            .start();
            try {
                Path said = dir.resolve("recorder.txt");
                for (int i = 0; i < 600 && !Files.readString(said).contains("SHA-256"); i++) {
                    assertThat(recorder.isAlive()).as(Files.readString(said)).isTrue();
                    Thread.sleep(50);
                }
                Path ca = dir.resolve("ca.pem");
                peers.run(
                        "curl", "-sS", "http://127.0.0.1:" + port + "/ca.pem", "-o", ca.toString());
                String proxy = "http://127.0.0.1:" + port;
                for (int i = 0; i < 10; i++)
                    peers.run(
                            "curl",
                            "-sS",
                            "-x",
                            proxy,
                            "--cacert",
                            ca.toString(),
                            "https://localhost:" + peers.closed + "/echo?early=" + i);
                Process load =
                        new ProcessBuilder(
                                        "curl",
                                        "-sS",
                                        "-x",
                                        proxy,
                                        "--cacert",
                                        ca.toString(),
                                        "https://localhost:" + peers.closed + "/big?[1-10000]",
                                        "-o",
                                        "/dev/null")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start();
                Thread.sleep(2_200);
                recorder.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
                load.destroyForcibly();
            } finally {
                recorder.destroyForcibly();
            }
            Path capture = folder.resolve("capture.pcapng");
            List<String> requests = new ArrayList<>();
            Inspector.requests(capture, Keys.NONE, l -> requests.add(new String(l)));
            for (int i = 0; i < 10; i++) {
                int n = i;
                assertThat(requests).anyMatch(r -> r.contains("/echo?early=" + n));
            }
            assertThat(requests).anyMatch(r -> r.contains("/big?"));
            if (Peers.there("tshark", "--version"))
                assertThat(
                                peers.tried(
                                                "tshark",
                                                "-r",
                                                capture.toString(),
                                                "-Y",
                                                "http2.headers.path",
                                                "-T",
                                                "fields",
                                                "-e",
                                                "http2.headers.path")
                                        .out())
                        .contains("/echo?early=9", "/big?");
        }
    }
}
