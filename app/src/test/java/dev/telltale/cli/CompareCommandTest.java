package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.report.AuditJson;
import dev.telltale.report.ComparisonTest;
import dev.telltale.report.RedMi;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code telltale compare} from the command line to its exit code. */
class CompareCommandTest {

    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String leaky = "";
    private String clean = "";

    @BeforeEach
    void audits() throws Exception {
        leaky = Files.createDirectories(dir.resolve("leaky")).toString();
        Files.write(dir.resolve("leaky/audit.json"), AuditJson.bytes(RedMi.firstStart()));
        clean = Files.write(dir.resolve("clean.json"), AuditJson.bytes(RedMi.pass())).toString();
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        Console console =
                new Console(out, new PrintStream(err, true, UTF_8), false, false, Map.of());
        return Main.run(Main.commandLine(new CoreCalls(), console), console, args);
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    @Test
    void exitCodesAreThoseOfTheContract() {
        assertThat(run("compare", leaky, leaky)).isEqualTo(Exit.OK);
        assertThat(run("compare", clean, leaky)).isEqualTo(Exit.FAIL);
        // The later run names no controls: what is gone is not fixed.
        assertThat(run("compare", leaky, clean)).isEqualTo(Exit.INCONCLUSIVE);
        assertThat(out()).contains("UNDECIDED").contains("NOT EXERCISED");
        assertThat(err()).isEmpty();
    }

    @Test
    void writesJsonAndFolders() throws Exception {
        assertThat(run("compare", clean, leaky, "--format", "json")).isEqualTo(Exit.FAIL);
        assertThat(ComparisonTest.errors(out())).isEmpty();
        Path folder = dir.resolve("cmp");
        run("compare", clean, leaky, "-o", folder.toString());
        assertThat(folder.resolve("comparison.txt")).hasContent(out());
        assertThat(ComparisonTest.errors(Files.readString(folder.resolve("comparison.json"))))
                .isEmpty();
    }

    @Test
    void takesAnIdleRunOut() {
        assertThat(run("compare", leaky, leaky, "--baseline", leaky)).isEqualTo(Exit.OK);
        assertThat(out()).contains("SAME").contains("idle").doesNotContain("IMEI");
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThat(run("compare", leaky)).isEqualTo(Exit.USAGE);
        assertThat(run("compare", leaky, dir.resolve("nowhere").toString())).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("does not exist");
        String empty = Files.createDirectories(dir.resolve("empty")).toString();
        assertThat(run("compare", leaky, empty)).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("holds no audit.json");
        String capture = Files.write(dir.resolve("c.pcap"), new byte[24]).toString();
        assertThat(run("compare", leaky, capture)).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("give -p PERSONA.yaml");
        Files.writeString(dir.resolve("broken.json"), "{\"schema\":\"telltale.audit/1\"}");
        assertThat(run("compare", leaky, dir.resolve("broken.json").toString()))
                .isEqualTo(Exit.USAGE);
        assertThat(err()).contains("is no audit").contains("findings: missing");
        assertThat(run("compare", leaky, clean, "--run", "r.yaml")).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("1 run files for 0 captures");
        assertThat(err().lines()).hasSize(1);
    }

    /** Two published recordings of one app: the second run sends what the first did. */
    @Test
    void comparesPublishedRecordings() {
        Path folder = Path.of("../../shared/corpus/reporthar");
        assumeTrue(Files.isDirectory(folder), "no " + folder + " beside this checkout");
        String first = folder.resolve("android/first-run.har").toString();
        String second = folder.resolve("android/second-run.har").toString();
        String persona = folder.resolve("persona.yaml").toString();
        assertThat(run("compare", first, second, "-p", persona)).isEqualTo(Exit.OK);
        assertThat(out())
                .contains("SAME   3 leave as before.")
                .contains("POST /v14.0/{id}/activities · body.advertiser_id")
                .doesNotContain("FIXED");
        assertThat(run("compare", first, second, "-p", persona, "--format", "json"))
                .isEqualTo(Exit.OK);
        assertThat(ComparisonTest.errors(out())).isEmpty();
    }
}
