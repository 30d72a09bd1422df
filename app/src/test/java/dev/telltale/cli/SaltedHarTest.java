package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A salt beside a digest gives the value away as the digest alone would. */
class SaltedHarTest {
    @TempDir Path dir;

    @Test
    void maskedItShowsNoSaltedDigest() throws Exception {
        String digest =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-256")
                                        .digest("b7Tq91xZ+12025550143".getBytes(UTF_8)));
        Path capture =
                Files.writeString(
                        dir.resolve("in.har"),
                        """
                        {"log":{"version":"1.2","creator":{"name":"test","version":"1"},"entries":[
                        {"startedDateTime":"2026-01-01T00:00:00Z","time":1,"request":{"method":"GET",
                        "url":"https://api.example.org/who/%s?salt=b7Tq91xZ&of=%s","httpVersion":"HTTP/1.1",
                        "headers":[{"name":"X-Of","value":"%s"}],"cookies":[],"queryString":[],"headersSize":-1,"bodySize":0},
                        "response":{"status":204,"statusText":"","httpVersion":"HTTP/1.1","headers":[],"cookies":[],
                        "content":{"size":0,"mimeType":""},"redirectURL":"","headersSize":-1,"bodySize":0},
                        "cache":{},"timings":{"send":0,"wait":0,"receive":0}}]}}
                        """
                                .formatted(digest, digest, digest));
        Path persona =
                Files.writeString(
                        dir.resolve("p.yaml"),
                        "persona: p\nregion: US\nidentifiers:\n  msisdn: \"+12025550143\"\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console =
                new Console(out, new PrintStream(out, true, UTF_8), false, false, Map.of());
        String folder = dir.resolve("out").toString();
        int exit =
                Main.run(
                        Main.commandLine(new CoreCalls(), console),
                        console,
                        "audit",
                        capture.toString(),
                        "-p",
                        persona.toString(),
                        "-o",
                        folder,
                        "--format",
                        "json,har");
        assertThat(exit).as(out.toString(UTF_8)).isEqualTo(Exit.FAIL);
        assertThat(Files.readString(dir.resolve("out/audit.json"))).contains("\"SALTED\"");
        assertThat(Files.readString(dir.resolve("out/exchanges.har")))
                .contains("{digest}")
                .doesNotContainIgnoringCase(digest);
    }
}
