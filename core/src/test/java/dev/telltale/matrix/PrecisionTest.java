package dev.telltale.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.audit.Traffic;
import dev.telltale.fuzz.Seeds;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Finding;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Personas that nobody has, looked for in traffic that others made: whatever is found with
 * certainty is wrong. Many personas are put into one, so that the traffic is read once for all of
 * them.
 */
class PrecisionTest {
    private static final int TOGETHER = 50;

    @TempDir Path folder;

    @Test
    void aFewPersonasInSomeRecordings() throws Exception {
        assumeThat(Seeds.corpus()).as("no shared/corpus above this checkout").isPresent();
        List<Path> captures =
                files(
                        Seeds.corpus().get(),
                        p ->
                                p.toString().contains("/mitmproxy/")
                                        || p.toString().contains("/illustrated/"));
        assertThat(captures).isNotEmpty();
        assertThat(falseFindings(captures, 1, 2)).isEmpty();
    }

    /**
     * {@code -Dprecision.personas=N}, and in {@code -Dprecision.captures=A:B} further captures: of
     * the lab, or generated ones.
     */
    @Test
    @Tag("long")
    void aThousandPersonasInEverything() throws Exception {
        assumeThat(Seeds.corpus()).as("no shared/corpus above this checkout").isPresent();
        List<Path> captures = files(Seeds.corpus().get(), p -> true);
        for (String more : System.getProperty("precision.captures", "").split(":"))
            if (!more.isEmpty()) captures.add(Path.of(more));
        int personas = Integer.getInteger("precision.personas", 1_000);
        List<String> wrong = falseFindings(captures, 1, personas);
        System.out.println(
                "Precision: "
                        + personas
                        + " personas in "
                        + captures.size()
                        + " captures, "
                        + wrong.size()
                        + " false findings.");
        assertThat(wrong).isEmpty();
    }

    private static List<Path> files(Path folder, Predicate<Path> some) throws IOException {
        try (var all = Files.walk(folder)) {
            return new ArrayList<>(all.filter(Files::isRegularFile).filter(some).sorted().toList());
        }
    }

    private List<String> falseFindings(List<Path> captures, long from, int personas)
            throws Exception {
        Map<String, List<Persona>> byRegion = new TreeMap<>();
        for (int i = 0; i < personas; i++) {
            FreshPersona p = FreshPersona.of(from + i);
            Path yaml = Files.writeString(folder.resolve("persona.yaml"), p.yaml());
            byRegion.computeIfAbsent(p.region(), k -> new ArrayList<>())
                    .add(Personas.read(yaml).persona());
        }
        List<String> wrong = new ArrayList<>();
        for (List<Persona> some : byRegion.values())
            for (int i = 0; i < some.size(); i += TOGETHER)
                wrong.addAll(
                        falseFindings(
                                captures, some.subList(i, Math.min(i + TOGETHER, some.size()))));
        return wrong;
    }

    private List<String> falseFindings(List<Path> captures, List<Persona> personas)
            throws Exception {
        List<Persona.Entry> entries = new ArrayList<>();
        for (Persona p : personas) entries.addAll(p.entries());
        Persona together =
                new Persona("together", personas.getFirst().region(), entries, List.of());
        List<Path> all = new ArrayList<>(captures);
        all.add(planted(personas.getLast()));
        Auditor.Options options = new Auditor.Options(Optional.empty(), 1, true);
        Observations seen =
                Auditor.observe(
                        all, together, Optional.empty(), options, Workers.CALLER, Progress.NONE);
        Audit audit = Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
        List<String> wrong = new ArrayList<>();
        int found = 0;
        for (Finding f : audit.findings()) {
            if (f.destination().domain().equals("planted.test")) found++;
            else if (f.certainty() == Certainty.CERTAIN || f.certainty() == Certainty.HIGH)
                wrong.add(
                        f.identifier().id()
                                + " "
                                + f.worst().form()
                                + " "
                                + f.worst().chain()
                                + " "
                                + f.place()
                                + " "
                                + f.evidence());
        }
        assertThat(found).as("what was planted is found").isEqualTo(1);
        return wrong;
    }

    /** A value of the last persona, in a request of its own. */
    private Path planted(Persona last) throws IOException {
        String imei = last.entries().getFirst().value();
        return new Traffic()
                .tcp(
                        "10.0.0.2",
                        40_000,
                        "198.18.0.1",
                        80,
                        1400,
                        null,
                        new Traffic.Turn(
                                true,
                                Body.utf8(
                                        "GET /up?q="
                                                + imei
                                                + " HTTP/1.1\r\nHost: planted.test\r\n\r\n")),
                        new Traffic.Turn(false, Body.utf8("HTTP/1.1 204 No Content\r\n\r\n")))
                .write(folder.resolve("planted.pcap"));
    }
}
