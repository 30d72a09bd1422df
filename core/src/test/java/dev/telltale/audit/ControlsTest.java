package dev.telltale.audit;

import static dev.telltale.audit.Traffic.Turn.client;
import static dev.telltale.audit.Traffic.Turn.server;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Audit;
import dev.telltale.model.Comparison;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Outcome;
import dev.telltale.model.Persona;
import dev.telltale.model.Policy;
import dev.telltale.model.Progress;
import dev.telltale.model.Run;
import dev.telltale.model.Verdict;
import dev.telltale.model.Workers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From recordings with run files to controls, verdicts and comparisons. */
class ControlsTest {
    private static final String PHONE = "192.168.43.17";
    private static final String SERVER = "203.0.113.10";
    private static final String IMEI = "490154203237518";
    private static final String CANARY = "canary-7f3a9c21d4";
    private static final String SECOND = "canary-0b66e1aa90";

    private static final String RUN =
            """
            run: %s
            device: {brand: B, model: M, build: %s, region: IN, unit: 1}
            captured: {wifi: full}
            phases:
              - {name: use, from: 2014-08-07T10:00:00Z, to: %s, steps: [%s]}
            consents: [%s]
            controls:
              - {name: plain, value: %s, from: device}
              - {name: hashed, value: %s, from: device}
            """;

    private static final String STEPS =
            "{name: insert SIM, at: 2014-08-07T10:00:10Z}, {name: add contact, at: 2014-08-07T10:01:00Z}";

    @TempDir Path dir;

    private Persona persona;

    @BeforeEach
    void persona() throws Exception {
        persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("p.yaml"),
                                        "persona: t\nidentifiers: {imei: \"" + IMEI + "\"}\n"))
                        .persona();
    }

    private Run run(String name, String to, String steps, String consents) throws Exception {
        String yaml = RUN.formatted(name, name, to, steps, consents, CANARY, SECOND);
        return Runs.read(Files.writeString(dir.resolve("run.yaml"), yaml)).run();
    }

    private Audit audit(Path capture, Run run, Policy policy, boolean reveal) throws Exception {
        Auditor.Options options = new Auditor.Options(Optional.empty(), 100, reveal);
        var seen =
                Auditor.observe(
                        List.of(capture),
                        persona,
                        Optional.of(run),
                        options,
                        Workers.CALLER,
                        Progress.NONE);
        return Auditor.conclude(seen, policy, options, Auditor.InputHashes.NONE);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: api.example.com\r\n\r\n";
    }

    private static Traffic say(Traffic t, long second, String... requests) {
        t.at(Traffic.START_MICROS + second * 1_000_000);
        Traffic.Turn[] turns = new Traffic.Turn[requests.length * 2];
        for (int i = 0; i < requests.length; i++) {
            turns[2 * i] = client(requests[i]);
            turns[2 * i + 1] = server("HTTP/1.1 204 No Content\r\n\r\n");
        }
        return t.tcp(PHONE, 40_000 + (int) second, SERVER, 80, 300, null, turns);
    }

    private static String sha1(String s) throws Exception {
        return HexFormat.of()
                .formatHex(
                        MessageDigest.getInstance("SHA-1")
                                .digest(s.getBytes(StandardCharsets.UTF_8)));
    }

    /** Both controls at the start and at the end. */
    private static Traffic controls(Traffic t, long end) throws Exception {
        say(t, 5, get("/c?v=" + CANARY), get("/c?v=" + sha1(SECOND)));
        return say(
                t,
                end,
                get(
                        "/c?v="
                                + Base64.getEncoder()
                                        .withoutPadding()
                                        .encodeToString(CANARY.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aCanaryIsSeenInAnyFormAndIsNoFinding() throws Exception {
        Path file = controls(new Traffic(), 110).write(dir.resolve("a.pcap"));
        Run run = run("a", "2014-08-07T10:02:00Z", STEPS, "");
        for (boolean reveal : new boolean[] {false, true}) {
            Audit a = audit(file, run, Policies.DEFAULT, reveal);
            assertThat(a.findings()).isEmpty();
            assertThat(Policies.judge(Policies.DEFAULT, a)).isEqualTo(a.verdict());
            assertThat(a.controls())
                    .extracting(ControlSeen::name, ControlSeen::sightings)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("plain", 2L),
                            org.assertj.core.groups.Tuple.tuple("hashed", 1L));
            assertThat(a.controls().getFirst().hosts()).containsExactly("api.example.com");
            assertThat(a.persona().identifiers()).extracting("id").containsExactly("imei[0]");
            assertThat(a.verdict().outcome()).isEqualTo(Outcome.PASS);
            assertThat(a.verdict().reasons())
                    .extracting(Verdict.Reason::text)
                    .anyMatch(t -> t.contains("2 of 2 controls were seen"));
        }
        assertThat(audit(file, run, Policies.DEFAULT, false).toString())
                .doesNotContain(CANARY)
                .doesNotContain(SECOND);
    }

    @Test
    void aCanaryThatIsMissingOrComesFromTheServerIsNotSeen() throws Exception {
        Traffic t = say(new Traffic(), 5, get("/c?v=" + CANARY));
        t.at(Traffic.START_MICROS + 50_000_000)
                .tcp(
                        PHONE,
                        41_000,
                        SERVER,
                        80,
                        300,
                        null,
                        client(get("/x")),
                        server("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n" + SECOND));
        Audit a =
                audit(
                        t.write(dir.resolve("a.pcap")),
                        run("a", "2014-08-07T10:02:00Z", STEPS, ""),
                        Policies.DEFAULT,
                        false);
        assertThat(a.controls()).extracting(ControlSeen::seen).containsExactly(true, false);
        assertThat(a.verdict().outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(a.verdict().reasons())
                .extracting(Verdict.Reason::text)
                .anyMatch(x -> x.startsWith("Control hashed, sent by the phone, was not seen"));
    }

    @Test
    void sentTwentySecondsBeforeTheSwitchIsBeforeConsentInTheSamePhase() throws Exception {
        Policy policy = Policies.named("no-personal-data-before-consent").orElseThrow();
        String consent = "{service: cloud, given: 2014-08-07T10:01:00Z}";
        Traffic liar = controls(new Traffic(), 110);
        say(liar, 40, get("/on?imei=" + IMEI));
        say(liar, 70, get("/on?imei=" + IMEI));
        Run run = run("a", "2014-08-07T10:02:00Z", STEPS, consent);
        Audit a = audit(liar.write(dir.resolve("liar.pcap")), run, policy, false);
        assertThat(a.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(Policies.judge(policy, a)).isEqualTo(a.verdict());
        Verdict.Reason r = a.verdict().reasons().getFirst();
        assertThat(r.phase()).isEqualTo("use");
        assertThat(r.text())
                .contains("IMEI sent to example.com in use, 19 s before consent was given");
        Traffic honest = controls(new Traffic(), 110);
        say(honest, 70, get("/on?imei=" + IMEI));
        assertThat(
                        audit(honest.write(dir.resolve("honest.pcap")), run, policy, false)
                                .verdict()
                                .outcome())
                .isEqualTo(Outcome.PASS);
    }

    @Test
    void goneIsFixedOnlyWhereTheRunWouldHaveShownIt() throws Exception {
        Traffic leaky = controls(new Traffic(), 110);
        say(leaky, 40, get("/on?imei=" + IMEI));
        Path before = leaky.write(dir.resolve("before.pcap"));
        Path after = controls(new Traffic(), 110).write(dir.resolve("after.pcap"));
        Path cut = controls(new Traffic(), 20).write(dir.resolve("cut.pcap"));
        Comparer.Input old =
                input(
                        audit(
                                before,
                                run("b1", "2014-08-07T10:02:00Z", STEPS, ""),
                                Policies.DEFAULT,
                                false));
        assertThat(status(old, after, run("b2", "2014-08-07T10:02:00Z", STEPS, "")))
                .isEqualTo(Comparison.Status.FIXED);
        assertThat(
                        status(
                                old,
                                after,
                                run(
                                        "b2",
                                        "2014-08-07T10:02:00Z",
                                        "{name: insert SIM, at: 2014-08-07T10:00:10Z}",
                                        "")))
                .isEqualTo(Comparison.Status.NOT_EXERCISED);
        assertThat(status(old, after, run("b2", "2014-08-07T10:01:00Z", STEPS, "")))
                .isEqualTo(Comparison.Status.NOT_EXERCISED);
        // The run file claims two minutes; the recording stops after twenty seconds.
        assertThat(status(old, cut, run("b2", "2014-08-07T10:02:00Z", STEPS, "")))
                .isEqualTo(Comparison.Status.NOT_EXERCISED);
    }

    private Comparison.Status status(Comparer.Input old, Path capture, Run run) throws Exception {
        Comparison c =
                Comparer.compare(
                        List.of(old, input(audit(capture, run, Policies.DEFAULT, false))),
                        Optional.empty());
        assertThat(c.items()).hasSize(1);
        return c.items().getFirst().status();
    }

    private static Comparer.Input input(Audit a) {
        return new Comparer.Input("x", "0".repeat(64), a);
    }

    @Test
    void aValueThatStaysTheSameAndNothingExplainsIsListedWithoutItself() throws Exception {
        String made = "q8Zr3vKx0TnLw5Yh2MsB7dFc";
        String once = "Jp4Xu9WeRt6Yq1Lz8VbNm3Hk";
        Traffic t = controls(new Traffic(), 110);
        say(t, 20, get("/t?d=" + made + "&n=" + once));
        say(t, 30, get("/u?d=" + made));
        Audit a =
                audit(
                        t.write(dir.resolve("a.pcap")),
                        run("a", "2014-08-07T10:02:00Z", STEPS, ""),
                        Policies.DEFAULT,
                        false);
        assertThat(a.unexplained()).hasSize(1);
        assertThat(a.unexplained().getFirst().sightings()).isEqualTo(2);
        assertThat(a.unexplained().getFirst().place()).isEqualTo("GET /t · query[d]");
        assertThat(a.unexplained().toString()).doesNotContain(made);
    }
}
