package dev.telltale.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.audit.Traffic;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Identifiers in every normal form, digest, encoding and carrier, written by others than the
 * product, are found, each with the chain and form it was made with; and nothing else is found
 * beside them.
 */
class MatrixTest {
    @TempDir Path folder;

    @Test
    void aSampleOfTheMatrix() throws Exception {
        long seed = 7;
        List<Case> some = Matrix.of(FreshPersona.of(seed), seed, 0.02);
        assertThat(some).hasSizeGreaterThan(1_500);
        check(seed, some);
    }

    /** {@code -Dmatrix.seed=N} takes another seed. */
    @Test
    @Tag("long")
    void theWholeMatrix() throws Exception {
        long seed = Long.getLong("matrix.seed", 1);
        List<Case> all = Matrix.of(FreshPersona.of(seed), seed, 1);
        assertThat(all).hasSizeGreaterThan(20_000);
        check(seed, all);
        System.out.println("Matrix, seed " + seed + ": all of " + all.size() + " cases found.");
    }

    private void check(long seed, List<Case> cases) throws Exception {
        FreshPersona fresh = FreshPersona.of(seed);
        Audit audit = audit(fresh, cases);
        Map<Integer, List<Finding>> byCase = new HashMap<>();
        for (Finding f : audit.findings())
            for (String ip : f.destination().ips())
                byCase.computeIfAbsent(number(ip), k -> new ArrayList<>()).add(f);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case c = cases.get(i);
            String problem = problem(c, byCase.getOrDefault(i, List.of()));
            if (!problem.isEmpty()) {
                wrong.add(c.what() + ", chain " + c.chain() + ": " + problem);
            }
        }
        if (System.getProperty("matrix.misses") != null)
            Files.write(Path.of(System.getProperty("matrix.misses")), wrong);
        assertThat(wrong)
                .as(wrong.size() + " of " + cases.size() + " cases, seed " + seed)
                .isEmpty();
    }

    private static String problem(Case c, List<Finding> findings) {
        for (String id : c.ids()) {
            List<Finding> own =
                    findings.stream().filter(f -> f.identifier().id().equals(id)).toList();
            boolean found =
                    own.stream()
                            .flatMap(f -> f.variants().stream())
                            .anyMatch(v ->
                                    c.forms().contains(v.form()) && v.chain().equals(c.chain()));
            if (!found) return own.isEmpty() ? id + " not found" : id + " found as " + shown(own);
        }
        List<Finding> others =
                findings.stream()
                        .filter(f -> !c.ids().contains(f.identifier().id()))
                        .filter(f ->
                                f.certainty() == Certainty.CERTAIN
                                        || f.certainty() == Certainty.HIGH)
                        .toList();
        return others.isEmpty() ? "" : "found beside it: " + shown(others);
    }

    private static String shown(List<Finding> findings) {
        return findings.stream()
                .map(f ->
                        f.identifier().id()
                                + " "
                                + f.variants().stream()
                                        .map(v -> "'" + v.form() + "' " + v.chain())
                                        .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }

    private Audit audit(FreshPersona fresh, List<Case> cases) throws Exception {
        Path yaml = Files.writeString(folder.resolve("persona.yaml"), fresh.yaml());
        Persona persona = Personas.read(yaml).persona();
        Path capture = capture(fresh, cases);
        Auditor.Options options =
                new Auditor.Options(Optional.of(fresh.value("local_ip[0]")), 1, false);
        Observations seen =
                Auditor.observe(
                        List.of(capture),
                        persona,
                        Optional.empty(),
                        options,
                        Workers.CALLER,
                        Progress.NONE);
        return Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
    }

    private Path capture(FreshPersona fresh, List<Case> cases) throws IOException {
        Traffic traffic = new Traffic();
        String phone = fresh.value("local_ip[0]");
        for (int i = 0; i < cases.size(); i++) {
            Carrier.Talk talk = cases.get(i).make().talk(host(i));
            String server = address(i);
            if (talk.udp())
                for (Traffic.Turn t : talk.turns())
                    traffic.udp(phone, 40_000 + i % 20_000, server, talk.port(), t.bytes());
            else
                traffic.tcp(
                        phone, 40_000 + i % 20_000, server, talk.port(), 1400, null, talk.turns());
        }
        return traffic.write(folder.resolve("matrix.pcap"));
    }

    private static String host(int n) {
        return "c" + n + ".test";
    }

    /** From 198.18.0.0/15, kept for benchmarks (RFC 2544). */
    private static String address(int n) {
        return "198." + (18 + (n >> 16)) + "." + (n >> 8 & 255) + "." + (n & 255);
    }

    private static int number(String ip) {
        String[] o = ip.split("\\.");
        return Integer.parseInt(o[1]) - 18 << 16
                | Integer.parseInt(o[2]) << 8
                | Integer.parseInt(o[3]);
    }
}
