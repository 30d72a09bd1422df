package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabCommandTest {
    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        Console console =
                new Console(
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false,
                        Map.of());
        return Main.run(Main.commandLine(new CoreCalls(), console), console, args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void listsAllThereIs() {
        assertThat(run("lab", "list")).isZero();
        assertThat(out())
                .contains(
                        "2014-07",
                        "2014-08-ota",
                        "harvester",
                        "hider",
                        "pinner",
                        "own-crypto",
                        "sealer",
                        "drip",
                        "consent-liar",
                        "mover",
                        "noisy",
                        "sms-activator",
                        "switch-ignorer",
                        "published-2014",
                        "two-handsets",
                        "factory-reset");
    }

    @Test
    void aPlanCanBeTakenChangedAndPlayed() throws Exception {
        assertThat(run("lab", "plan", "idle-baseline")).isZero();
        String plan =
                out().replace("plan: idle-baseline", "plan: mine")
                        .replace("lasts: 2h", "lasts: 3h");
        Path file = Files.writeString(dir.resolve("plan.yaml"), plan);
        Path into = dir.resolve("run");
        assertThat(run("lab", "run", "2014-07", "--plan", file.toString(), "-o", into.toString()))
                .as(err())
                .isZero();
        assertThat(into.resolve("capture.pcapng")).isNotEmptyFile();
        assertThat(Files.readString(into.resolve("run.yaml")))
                .startsWith("# A run of the lab")
                .contains("run: lab-2014-07-mine", "to: 2014-08-20T12:10:00Z");
        assertThat(run("audit", into + "/capture.pcapng", "-p", into + "/persona.yaml"))
                .isEqualTo(Exit.FAIL);
    }

    @Test
    void theSeedDecides() throws Exception {
        for (String[] run : new String[][] {{"a", "1"}, {"b", "1"}, {"c", "2"}}) {
            assertThat(
                            run(
                                    "lab",
                                    "run",
                                    "hider",
                                    "--seed",
                                    run[1],
                                    "-o",
                                    dir.resolve(run[0]).toString()))
                    .isZero();
        }
        assertThat(dir.resolve("a/capture.pcapng"))
                .hasSameBinaryContentAs(dir.resolve("b/capture.pcapng"));
        assertThat(Files.readAllBytes(dir.resolve("a/capture.pcapng")))
                .isNotEqualTo(Files.readAllBytes(dir.resolve("c/capture.pcapng")));
    }

    @Test
    void whatCannotBePlayedIsOneLine() throws Exception {
        Path bad = Files.writeString(dir.resolve("bad.yaml"), "plan: x\npersonas: y\n");
        Path two = dir.resolve("few.yaml");
        Files.writeString(
                two, Files.readString(persona()).replaceAll("(?m)^    - \\{name: L.*\n", ""));
        String to = dir.resolve("o").toString();
        assertThat(run("lab", "run", "2015-01", "-o", to)).isEqualTo(Exit.USAGE);
        assertThat(run("lab", "run", "drip", "--plan", "none", "-o", to)).isEqualTo(Exit.USAGE);
        assertThat(run("lab", "run", "drip", "--plan", bad.toString(), "-o", to))
                .isEqualTo(Exit.USAGE);
        assertThat(run("lab", "run", "drip", "-p", two.toString(), "-o", to)).isEqualTo(Exit.USAGE);
        assertThat(run("lab", "run", "drip", "-p", bad.toString(), "-o", to)).isEqualTo(Exit.USAGE);
        assertThat(err().lines())
                .hasSize(5)
                .anyMatch(l -> l.contains("no firmware is called 2015-01; known: 2014-07,"))
                .anyMatch(l -> l.contains("no plan is called none"))
                .anyMatch(l -> l.contains("bad.yaml: unknown key 'personas'"))
                .anyMatch(l -> l.contains("'add contact' in phase first-day needs"));
        assertThat(dir.resolve("o")).doesNotExist();
    }

    private Path persona() {
        assertThat(
                        run(
                                "lab",
                                "run",
                                "mover",
                                "--plan",
                                "everyday",
                                "-o",
                                dir.resolve("p").toString()))
                .isZero();
        return dir.resolve("p/persona.yaml");
    }
}
