package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.data.DataFolder;
import dev.telltale.lab.LabRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A maker that moves its account service to another domain and another country: told from two
 * recordings, with the countries of the lab's test blocks imported as a user would.
 */
class MoverStoryTest {
    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        out.reset();
        err.reset();
        Map<String, String> environment = Map.of("XDG_DATA_HOME", dir.toString());
        Console console =
                new Console(out, new PrintStream(err, true, UTF_8), false, false, environment);
        Core core = new CoreCalls(DataFolder.of(environment));
        return Main.run(Main.commandLine(core, console), console, args);
    }

    private String audited(String firmware) throws Exception {
        LabRun.Files files = LabRun.of(firmware).play(dir.resolve(firmware));
        String folder = files.folder().toString();
        assertThat(
                        run(
                                Stream.of(
                                                Stream.of("audit"),
                                                files.captures().stream().map(Path::toString),
                                                Stream.of("-p", files.persona().toString()),
                                                Stream.of("--run", files.run().toString()),
                                                Stream.of("-o", folder))
                                        .flatMap(s -> s)
                                        .toArray(String[]::new)))
                .as(err.toString(UTF_8))
                .isEqualTo(Exit.FAIL);
        return folder;
    }

    @Test
    void movedWithTheCountryChange() throws Exception {
        Path blocks =
                Files.writeString(
                        dir.resolve("blocks.csv"),
                        "203.0.113.0/24,CN\n198.51.100.0/24,SG\n192.0.2.0/24,US\n");
        assertThat(
                        run(
                                "data",
                                "import",
                                blocks.toString(),
                                "--name",
                                "lab-blocks",
                                "--licence",
                                "internal",
                                "--date",
                                "2026-11-01"))
                .as(err.toString(UTF_8))
                .isEqualTo(Exit.OK);
        String before = audited("2014-07");
        String after = audited("mover");
        // It leaks what it leaked: neither better nor worse.
        assertThat(run("compare", before, after, "--format", "json")).isEqualTo(Exit.OK);
        JsonNode comparison = JsonMapper.shared().readTree(out.toString(UTF_8));
        int moved = 0;
        for (JsonNode item : comparison.get("items")) {
            if (!item.get("identifier").asString().startsWith("imei")) continue;
            assertThat(item.get("status").asString()).isEqualTo("moved");
            assertThat(item.get("changes").toString())
                    .contains(
                            "\"host\",\"before\":\"api.account.xiaomi.com\",\"after\":\"api.account.miui.com\"")
                    .contains("\"country\",\"before\":\"CN\",\"after\":\"US\"");
            moved++;
        }
        assertThat(moved).isPositive();
        run("compare", before, after);
        assertThat(out.toString(UTF_8)).contains("MOVED").contains("CN").contains("US");
    }
}
