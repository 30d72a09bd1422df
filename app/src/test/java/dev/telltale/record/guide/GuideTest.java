package dev.telltale.record.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.lab.LabRun;
import dev.telltale.model.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuideTest {
    private static final String PLAN =
            """
            plan: two-phases
            phases:
              - name: out-of-box
                lasts: 10m
                steps:
                  - {at: 1m, do: insert SIM}
                  - {at: 3m, do: open the shop app, note: search for shoes}
              - name: opted-in
                lasts: 10m
                steps:
                  - {at: 1m, do: opt in, service: mi-cloud, covers: {domains: [xiaomi.com], identifiers: [imei]}}
                  - {at: 5m, do: opt out, service: mi-cloud}
            """;

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private final RunLog log =
            new RunLog(
                    new RunLog.Circumstances(
                            "unit-3", Optional.empty(), Map.of("wifi", "full"), "Asia/Kolkata"),
                    () -> now);

    private Guide guide(String plan) throws Plan.Invalid {
        return new Guide(
                plan.isEmpty() ? Optional.empty() : Optional.of(Plan.read("plan.yaml", plan)),
                log,
                () -> now);
    }

    private void wait(String time) {
        now = now.plus(Duration.parse(time));
    }

    @Test
    void stepsAndConsentsGetTheirInstants() throws Exception {
        Guide guide = guide(PLAN);
        assertThat(guide.prompt()).contains("[1/4] out-of-box, at 1:00 min: insert SIM");
        wait("PT1M");
        guide.typed("");
        assertThat(guide.prompt().orElseThrow()).endsWith("open the shop app (search for shoes)");
        wait("PT2M");
        guide.typed("");
        wait("PT1M");
        guide.typed("");
        wait("PT4M");
        guide.typed("");
        assertThat(guide.prompt()).isEmpty();
        assertThat(guide.typed("")).isEqualTo("the plan is done; q ends");
        guide.typed("q");
        assertThat(guide.isEnded()).isTrue();
        assertThat(log.deviations()).isEmpty();
        Run run = log.run();
        assertThat(run.phases().stream().map(Run.Phase::name))
                .containsExactly("out-of-box", "opted-in");
        assertThat(run.phases().getFirst().steps())
                .containsExactly(
                        new Run.Step("insert SIM", Instant.parse("2026-03-01T12:01:00Z")),
                        new Run.Step("open the shop app", Instant.parse("2026-03-01T12:03:00Z")));
        assertThat(run.phases().getFirst().to()).isEqualTo("2026-03-01T12:03:00Z");
        assertThat(run.consents())
                .containsExactly(
                        new Run.Consent(
                                "mi-cloud",
                                Instant.parse("2026-03-01T12:04:00Z"),
                                Optional.of(Instant.parse("2026-03-01T12:08:00Z")),
                                List.of("xiaomi.com"),
                                List.of("imei")));
    }

    @Test
    void whatWasNotDoneAsPlannedIsListed() throws Exception {
        Guide guide = guide(PLAN);
        wait("PT9M");
        guide.typed("");
        guide.typed("k");
        guide.typed("d the SIM was in already");
        guide.typed("q");
        assertThat(log.deviations())
                .hasSize(5)
                .anyMatch(d -> d.contains("'insert SIM' came 8:00 min later"))
                .anyMatch(d -> d.contains("shoes)' was left out"))
                .anyMatch(d -> d.contains("the SIM was in already"))
                .anyMatch(d -> d.contains("'opt out (mi-cloud)' was not done"));
    }

    @Test
    void anythingCanBeMarkedAtAnyTime(@TempDir Path dir) throws Exception {
        Guide guide = guide("");
        Path photo = Files.writeString(dir.resolve("screen.png"), "x");
        wait("PT10S");
        assertThat(guide.typed("s open settings")).isEmpty();
        assertThat(guide.typed("c ads example.org,example.net imei,email")).isEmpty();
        assertThat(guide.typed("n it froze")).isEmpty();
        assertThat(guide.typed("a " + photo)).isEmpty();
        assertThat(guide.typed("a " + dir.resolve("none"))).startsWith("cannot attach");
        wait("PT10S");
        guide.typed("p second");
        wait("PT10S");
        assertThat(guide.typed("w ads")).isEmpty();
        assertThat(guide.typed("w ads")).contains("no consent");
        assertThat(guide.typed("?")).isEqualTo(Guide.KEYS);
        Run run = log.run();
        assertThat(run.phases().stream().map(Run.Phase::name))
                .containsExactly("recording", "second");
        assertThat(run.consents().getFirst().domains())
                .containsExactly("example.org", "example.net");
        assertThat(run.consents().getFirst().withdrawn()).isPresent();
        assertThat(run.attachments())
                .containsExactly(
                        new Run.Attachment(
                                "screen.png",
                                "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"));
        assertThat(log.notes()).singleElement().asString().endsWith("it froze");
    }

    @Test
    void theLabsPlansCanBeFollowedByPeople() throws Exception {
        for (LabRun.Listed p : LabRun.plans())
            assertThat(Plan.read(p.name(), LabRun.planYaml(p.name())).phases()).isNotEmpty();
        assertThatThrownBy(() -> Plan.read("x.yaml", "plan: x\nphases: []"))
                .hasMessageContaining("at least one phase");
        assertThatThrownBy(() -> Plan.read("x.yaml", PLAN.replace("do: opt out", "does: opt out")))
                .hasMessageContaining("unknown key 'does'");
    }
}
