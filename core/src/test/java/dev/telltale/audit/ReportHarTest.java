package dev.telltale.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Audit;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Two published recordings of a real app: what is certainly in them is found, at the hosts that got
 * it.
 */
class ReportHarTest {
    private static final Path FOLDER = Path.of("../../shared/corpus/reporthar");

    @Test
    void findsWhatIsCertainlyThereAndNowhereElse() throws Exception {
        assumeTrue(Files.isDirectory(FOLDER), "no " + FOLDER + " beside this checkout");
        Persona persona = Personas.read(FOLDER.resolve("persona.yaml")).persona();
        List<String[]> truth =
                Files.readAllLines(FOLDER.resolve("truth.tsv")).stream()
                        .skip(1)
                        .map(line -> line.split("\t"))
                        .toList();
        assertThat(truth).hasSize(20);
        for (String file : List.of("android/first-run.har", "android/second-run.har")) {
            Audit audit = audit(FOLDER.resolve(file), persona);
            Set<String> got = new TreeSet<>();
            for (Finding f : audit.findings()) {
                String id =
                        f.identifier()
                                .id()
                                .replaceFirst("^custom\\.", "")
                                .replaceFirst("\\[0]$", "");
                f.evidence()
                        .forEach(e ->
                                got.add(
                                        e.entry().orElseThrow()
                                                + " "
                                                + f.destination().host()
                                                + " "
                                                + id));
            }
            Set<String> certain = new TreeSet<>();
            for (String[] row : truth)
                if (row[0].equals(file)) certain.add(row[1] + " " + row[2] + " " + row[5]);
            assertThat(got).as(file).containsAll(certain);
            // these two have values that nothing else looks like: every hit must be a row of the
            // truth
            got.removeIf(g -> !g.endsWith(" advertising_id") && !g.endsWith(" fb_anon_id"));
            assertThat(got).as(file).isEqualTo(certain);
        }
    }

    private static Audit audit(Path file, Persona persona) throws UnreadableInput {
        Auditor.Options options = Auditor.Options.DEFAULT;
        var seen =
                Auditor.observe(
                        List.of(file),
                        persona,
                        Optional.empty(),
                        options,
                        Workers.CALLER,
                        Progress.NONE);
        return Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
    }
}
