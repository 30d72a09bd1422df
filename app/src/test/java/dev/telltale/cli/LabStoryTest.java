package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.lab.RedMiStory;
import dev.telltale.model.Audit;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import dev.telltale.model.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabStoryTest {
    @TempDir Path dir;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console =
            new Console(
                    out,
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    false,
                    false,
                    Map.of());

    private int run(Path... folder) throws Exception {
        return new LabStory().tell(Arrays.stream(folder).findFirst(), new CoreCalls(), console);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void comesOutAsPublishedAndKeepsItsFiles() throws Exception {
        assertThat(run(dir)).as(out() + err()).isZero();
        assertThat(out())
                .startsWith("\n  Re-enactment of the tests of a Xiaomi RedMi 1S")
                .contains("FAIL", "api.account.xiaomi.com", "It came out as published in 2014");
        for (String run : List.of("1", "2", "3")) {
            for (String file :
                    List.of(
                            "capture.pcapng",
                            "run.yaml",
                            "persona.yaml",
                            "ca.pem",
                            "audit.json",
                            "report.html",
                            "report.txt")) {
                assertThat(dir.resolve(run).resolve(file)).isNotEmptyFile();
            }
        }
        for (String file : List.of("comparison.txt", "comparison.json", "comparison.html"))
            assertThat(dir.resolve(file)).isNotEmptyFile();
        assertThat(Files.readString(dir.resolve("comparison.txt")))
                .contains("21 of 21 controls", "unprotected → TLS", "encoding is no protection");
        assertThat(Files.readString(dir.resolve("1/report.txt"))).startsWith("\n  Re-enactment");
        for (String html : List.of("1/report.html", "comparison.html"))
            assertThat(Files.readString(dir.resolve(html)))
                    .contains("Re-enactment of the tests", "no server of Xiaomi took part");
        assertThat(err()).isEmpty();
        showsNoValueOfThePersona();
    }

    private void showsNoValueOfThePersona() throws IOException {
        StringBuilder all = new StringBuilder(out());
        for (String run : List.of("1", "2", "3")) {
            all.append(Files.readString(dir.resolve(run).resolve("report.txt")));
            all.append(Files.readString(dir.resolve(run).resolve("audit.json")));
            all.append(Files.readString(dir.resolve(run).resolve("report.html")));
        }
        assertThat(all.toString())
                .doesNotContain(
                        "001072145093124",
                        "001017305629418",
                        "2025550143",
                        "2025550117",
                        "2025550162",
                        "2025550178",
                        "jyUsRlJIfUbS1NLA",
                        "Airtel");
    }

    /** The same recordings twice, and one worker or several, give the same audits. */
    @Test
    void theRunIsInTheRecording() throws Exception {
        for (RedMiStory.Scene scene : RedMiStory.play(dir)) {
            Audit given = LabStory.audit(scene, new CoreCalls(), console);
            Core.AuditRequest without =
                    new Core.AuditRequest(
                            List.of(scene.capture()),
                            scene.persona(),
                            Optional.empty(),
                            List.of(),
                            "no-personal-data-before-consent",
                            Optional.empty(),
                            false,
                            10_000);
            Audit recorded =
                    new CoreCalls()
                            .audit(
                                    without,
                                    Threads.of(2),
                                    dev.telltale.model.Progress.NONE,
                                    w -> {});
            assertThat(recorded.findings()).isNotEmpty().isEqualTo(given.findings());
            assertThat(recorded.run()).isEqualTo(given.run());
            assertThat(recorded.verdict()).isEqualTo(given.verdict());
        }
    }

    @Test
    void keepsNothingUnlessAsked() throws Exception {
        Set<String> before = scratch();
        assertThat(run()).isZero();
        assertThat(out()).contains("No file was kept; telltale demo -o DIR");
        assertThat(scratch()).isEqualTo(before);
    }

    private static Set<String> scratch() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(p -> p.getFileName().toString())
                    .filter(n -> n.startsWith("telltale-demo"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsOneLine() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        assertThatThrownBy(() -> run(file))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("\n");
    }

    @Test
    void eachDifferenceIsNamed() throws Exception {
        RedMiStory.Scene scene = RedMiStory.play(dir).getFirst();
        Audit audit = LabStory.audit(scene, new CoreCalls(), console);
        RedMiStory.Published published = scene.published();
        assertThat(StoryCheck.differences(audit, published)).isEmpty();

        assertThat(StoryCheck.differences(without(audit, "imei[0]"), published))
                .containsExactly("published, but not found: imei[0]");
        assertThat(StoryCheck.differences(changed(audit, f -> named(f, "location[0]")), published))
                .anyMatch(d -> d.startsWith("not published, but found: location[0], sent to"));
        assertThat(StoryCheck.differences(changed(audit, LabStoryTest::received), published))
                .anyMatch(d -> d.contains("received from api.account.xiaomi.com"));
        assertThat(
                        StoryCheck.differences(
                                changed(audit, f -> varied(f, "o.example.org", false)), published))
                .anyMatch(d -> d.contains("went to o.example.org"));
        assertThat(
                        StoryCheck.differences(
                                changed(audit, f -> varied(f, published.host(), true)), published))
                .anyMatch(d -> d.contains("protected by TLS"))
                .anyMatch(d -> d.contains("without consent"));
        assertThat(StoryCheck.differences(passed(audit), published))
                .containsExactly("the verdict is PASS, not FAIL");
        assertThat(StoryCheck.differences(with(audit, audit.findings(), List.of()), published))
                .containsExactly("the run names no control");
        ControlSeen unseen =
                new ControlSeen("c", "device", 0, Optional.empty(), Optional.empty(), List.of());
        assertThat(
                        StoryCheck.differences(
                                with(audit, audit.findings(), List.of(unseen)), published))
                .containsExactly("the control c was not seen");
        // The audit of the first run held to what was published of the others.
        RedMiStory.Published third =
                new RedMiStory.Published(
                        Set.of("imei[0]", "imsi[0]", "msisdn[0]"),
                        published.host(),
                        RedMiStory.Manner.CONSENTED);
        assertThat(StoryCheck.differences(audit, third))
                .contains(
                        "published, but not found: imei[0]",
                        "published, but not found: imsi[0]",
                        "the verdict is FAIL, not PASS")
                .anyMatch(d -> d.endsWith("was protected by NONE"))
                .anyMatch(d -> d.endsWith("is not reported as sent with consent"));
    }

    private static Audit without(Audit a, String identifier) {
        return with(
                a,
                a.findings().stream()
                        .filter(f -> !f.identifier().id().equals(identifier))
                        .toList());
    }

    /** The first personal finding changed. */
    private static Audit changed(Audit a, UnaryOperator<Finding> change) {
        List<Finding> findings = new ArrayList<>(a.findings());
        for (int i = 0; i < findings.size(); i++) {
            if (findings.get(i).identifier().personal()) {
                findings.set(i, change.apply(findings.get(i)));
                break;
            }
        }
        return with(a, findings);
    }

    private static Finding named(Finding f, String id) {
        Identifier other = new Identifier(id, "location", f.identifier().scope(), true);
        return copy(f, other, f.direction(), f.destination(), f.variants());
    }

    private static Finding received(Finding f) {
        return copy(f, f.identifier(), Direction.RECEIVED, f.destination(), f.variants());
    }

    private static Finding varied(Finding f, String host, boolean protectedAndConsented) {
        Finding.Variant v = f.worst();
        Secured secured =
                protectedAndConsented ? new Secured(Protection.TLS, "1.2", "") : v.secured();
        Finding.Variant other =
                new Finding.Variant(
                        host,
                        v.app(),
                        v.protocol(),
                        secured,
                        v.disguise(),
                        v.form(),
                        v.chain(),
                        v.phase(),
                        protectedAndConsented ? Optional.of(true) : v.consented(),
                        v.explanation(),
                        v.count(),
                        v.firstSeen(),
                        v.lastSeen());
        return copy(f, f.identifier(), f.direction(), f.destination(), List.of(v, other));
    }

    private static Finding copy(
            Finding f,
            Identifier identifier,
            Direction direction,
            Destination destination,
            List<Finding.Variant> variants) {
        return new Finding(
                f.id(),
                identifier,
                direction,
                destination,
                f.place(),
                f.worst(),
                variants,
                f.sightings(),
                f.firstSeen(),
                f.lastSeen(),
                f.set(),
                f.certainty(),
                f.accidental(),
                f.evidence());
    }

    private static Audit passed(Audit a) {
        return a.with(new Verdict(Outcome.PASS, a.verdict().scope(), a.verdict().reasons()));
    }

    private static Audit with(Audit a, List<Finding> findings) {
        return with(a, findings, a.controls());
    }

    private static Audit with(Audit a, List<Finding> findings, List<ControlSeen> controls) {
        return new Audit(
                a.toolVersion(),
                a.inputs(),
                a.persona(),
                a.run(),
                a.verdict(),
                a.coverage(),
                findings,
                a.anomalies(),
                controls,
                a.unexplained());
    }
}
