package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.fuzz.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Every capture of others, many malformed on purpose, in one process of 256 MB of heap: no crash,
 * no hang, the packets that capinfos counts or, where it gives up, the record headers.
 */
class CorpusTest {
    @Test
    void everyCaptureInOneProcessOf256Megabytes() throws Exception {
        assumeThat(Seeds.corpus()).as("no shared/corpus above this checkout").isPresent();
        Path corpus = Seeds.corpus().get();
        Path out = Files.createTempFile("corpus", ".tsv");
        Process run =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                CorpusMain.class.getName(),
                                corpus.resolve("malformed").toString(),
                                corpus.resolve("protocols").toString())
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(run.waitFor(10, TimeUnit.MINUTES)).as("ends").isTrue();
        assertThat(run.exitValue()).isZero();
        Map<String, String> packets = new LinkedHashMap<>();
        for (String line : Files.readAllLines(out)) {
            String[] c = line.split("\t");
            packets.put(c[0], c[1]);
            assertThat(c[2]).as("sums that do not agree in " + c[0]).isEqualTo("0");
        }
        Files.delete(out);
        assertThat(packets).hasSizeGreaterThan(900);
        Map<String, String> expected = capinfos(packets.keySet());
        try (var kept = CorpusTest.class.getResourceAsStream("/corpus-packets.tsv")) {
            for (String line : new String(kept.readAllBytes(), StandardCharsets.UTF_8).split("\n"))
                if (!line.startsWith("#"))
                    expected.put(
                            corpus.resolve("malformed").resolve(line.split("\t")[0]).toString(),
                            line.split("\t")[1]);
        }
        Map<String, String> differ = new LinkedHashMap<>();
        expected.forEach((file, n) -> {
            if (!n.equals(packets.get(file)))
                differ.put(file, n + " there, " + packets.get(file) + " here");
        });
        assertThat(differ).isEmpty();
    }

    /** Packets of the files that it reads to their end; none where it is not installed. */
    private static Map<String, String> capinfos(Iterable<String> files) throws Exception {
        Map<String, String> counts = new LinkedHashMap<>();
        var command =
                new java.util.ArrayList<>(java.util.List.of("capinfos", "-c", "-M", "-T", "-r"));
        files.forEach(command::add);
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            for (String line :
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .split("\n")) {
                String[] columns = line.split("\t");
                if (columns.length >= 2 && columns[1].matches("\\d+"))
                    counts.put(columns[0], columns[1]);
            }
        } catch (IOException e) {
            // Without it the kept counts are compared alone.
        }
        return counts;
    }
}
