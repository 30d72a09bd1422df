package dev.telltale.judge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ControlSeen;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Run;
import dev.telltale.model.Secured;
import dev.telltale.model.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeTest {

    private static final Policy NONE = PacksTest.POLICIES.named("no-personal-data").orElseThrow();
    private static final Policy CONSENT =
            PacksTest.POLICIES.named("no-personal-data-before-consent").orElseThrow();

    private static ControlSeen control(boolean seen) {
        return new ControlSeen(
                "canary-1",
                "device",
                seen ? 2 : 0,
                seen ? Optional.of(Seen.T0) : Optional.empty(),
                seen ? Optional.of(Seen.T0) : Optional.empty(),
                List.of());
    }

    private static Policy policy(String yaml) throws InvalidFile {
        return PacksTest.POLICIES.read("p.yaml", yaml.getBytes(UTF_8));
    }

    private static Finding.Variant variant(String phase, Boolean consented, Instant at) {
        return new Finding.Variant(
                "api.example.com",
                "",
                "http/1.1",
                Secured.NONE,
                Disguise.PLAIN,
                "15 digits",
                List.of(),
                phase,
                Optional.of(consented),
                "",
                1,
                at,
                at);
    }

    private static Verdict.Reason only(Verdict v, String rule) {
        List<Verdict.Reason> all = v.reasons().stream().filter(r -> r.rule().equals(rule)).toList();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void twentySecondsBeforeTheSwitchIsBeforeConsentThoughInTheSamePhase() {
        Instant given = Seen.T0.plusSeconds(20);
        Seen liar =
                new Seen()
                        .consent(
                                new Run.Consent(
                                        "cloud", given, Optional.empty(), List.of(), List.of()))
                        .finding(
                                Map.of(),
                                "api.example.com",
                                List.of(
                                        variant("opt-in", false, Seen.T0),
                                        variant("opt-in", true, given.plusSeconds(5))));
        Verdict v = liar.judge(CONSENT);
        assertThat(v.outcome()).isEqualTo(Outcome.FAIL);
        Verdict.Reason r = only(v, "no-personal-data-before-consent");
        assertThat(r.phase()).isEqualTo("opt-in");
        assertThat(r.text())
                .isEqualTo(
                        "IMEI sent to example.com in opt-in, 20 s before consent was given: what identifies"
                                + " the owner leaves only after the owner agreed");
        // With the early one gone the same run passes, in words that say what it rests on.
        Seen honest =
                new Seen()
                        .controls(control(true))
                        .finding(
                                Map.of(),
                                "api.example.com",
                                List.of(variant("opt-in", true, given.plusSeconds(5))));
        Verdict pass = honest.judge(CONSENT);
        assertThat(pass.outcome()).isEqualTo(Outcome.PASS);
        assertThat(only(pass, "no-personal-data-before-consent").text())
                .isEqualTo(
                        "nothing against this rule seen leaving to example.com, while 100 of 100"
                                + " bytes were read and 1 of 1 controls were seen");
        assertThat(pass.scope()).isEqualTo("scope");
    }

    @Test
    void consentNobodyKnowsIsNoPass() {
        Verdict v = new Seen().withoutRun().finding(Map.of("consented", "unknown")).judge(CONSENT);
        assertThat(v.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(only(v, "consent-is-known").text()).contains("--run");
    }

    @Test
    void whatCouldNotBeReadIsNamedWithWhatItCouldCarryAndWhatToDo() {
        Verdict v =
                new Seen()
                        .finding(Map.of("kind", "model", "personal", "no"))
                        .sent("api.example.com", 100, 0, ReasonCode.NONE)
                        .sent("dark.example.net", 500, 400, ReasonCode.NO_KEYS)
                        .judge(NONE);
        assertThat(v.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        Verdict.Reason r = only(v, "coverage");
        assertThat(r.destination()).isEqualTo("dark.example.net");
        assertThat(r.codes()).containsExactly(ReasonCode.NO_KEYS);
        assertThat(r.text())
                .isEqualTo(
                        "400 of 500 bytes sent to dark.example.net could not be read (NO_KEYS 400"
                                + " bytes). They could have carried any of the persona's 1"
                                + " identifiers. Give the TLS key log of this recording with"
                                + " --keys, or record through an interceptor.");
        assertThat(v.rules().getFirst().outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        // Read, it passes.
        assertThat(
                        new Seen()
                                .sent("dark.example.net", 500, 0, ReasonCode.NONE)
                                .judge(NONE)
                                .outcome())
                .isEqualTo(Outcome.PASS);
    }

    @Test
    void everyBlindSpotSaysWhatToDo() {
        for (ReasonCode code : ReasonCode.values()) {
            if (code == ReasonCode.NONE || code == ReasonCode.UNEXPLAINED) continue;
            Verdict v = new Seen().sent("a.example.com", 90, 80, code).judge(NONE);
            assertThat(only(v, "coverage").text().split("\\. ")).hasSizeGreaterThanOrEqualTo(3);
            assertThat(only(v, "coverage").codes()).containsExactly(code);
        }
    }

    @Test
    void aFailStaysAFailWhereMoreIsDark() {
        Verdict v =
                new Seen()
                        .finding(Map.of())
                        .sent("api.example.com", 100, 100, ReasonCode.QUIC_NO_KEYS)
                        .judge(NONE);
        assertThat(v.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(v.rules().getFirst().outcome()).isEqualTo(Outcome.FAIL);
    }

    @Test
    void thresholdIsThePolicys() throws InvalidFile {
        Policy most = policy("{include: no-personal-data, coverage: 0.9}");
        Seen seen = new Seen().sent("a.example.com", 100, 8, ReasonCode.GAP);
        assertThat(seen.judge(most).outcome()).isEqualTo(Outcome.PASS);
        assertThat(new Seen().sent("a.example.com", 100, 12, ReasonCode.GAP).judge(most).outcome())
                .isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void controlsMustBeSeen() throws InvalidFile {
        Policy required = policy("{include: no-personal-data, controls: required}");
        Seen without = new Seen().sent("a.example.com", 9, 0, ReasonCode.NONE);
        assertThat(without.judge(NONE).outcome()).isEqualTo(Outcome.PASS);
        assertThat(without.judge(required).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        Seen unseen =
                new Seen().controls(control(false)).sent("a.example.com", 9, 0, ReasonCode.NONE);
        assertThat(unseen.judge(NONE).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(only(unseen.judge(NONE), "controls").text()).contains("canary-1");
        Seen seen = new Seen().controls(control(true)).sent("a.example.com", 9, 0, ReasonCode.NONE);
        assertThat(seen.judge(required).outcome()).isEqualTo(Outcome.PASS);
    }

    @Test
    void channelsThatThePolicyAsksForMustBeThere() throws InvalidFile {
        Policy p = policy("{include: no-personal-data, channels: [cellular]}");
        Seen s = new Seen().sent("a.example.com", 9, 0, ReasonCode.NONE);
        assertThat(s.judge(p).outcome()).isEqualTo(Outcome.PASS);
        s.captured(Map.of("wifi", "full", "cellular", "none"));
        assertThat(s.judge(p).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(only(s.judge(p), "channels").codes())
                .containsExactly(ReasonCode.CHANNEL_NOT_CAPTURED);
        assertThat(s.judge(NONE).outcome()).isEqualTo(Outcome.PASS);
        s.captured(Map.of("cellular", "full"));
        assertThat(s.judge(p).outcome()).isEqualTo(Outcome.PASS);
    }

    @Test
    void damagedInputIsNeverPass() {
        Seen s =
                new Seen()
                        .sent("a.example.com", 9, 0, ReasonCode.NONE)
                        .anomalies(
                                new Anomaly(Anomaly.Kind.CAPTURE_TRUNCATED, "byte 9", "It ends."));
        assertThat(s.judge(NONE).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void expectedUsesAreNamedWithTheirReasonAndNotJudged() {
        Map<String, String> sms =
                Map.of(
                        "kind",
                        "sms_text",
                        "scope",
                        "person",
                        "protocol",
                        "sms",
                        "host",
                        "{sms[0].peer}");
        Verdict v = new Seen().finding(sms).judge(NONE);
        assertThat(v.outcome()).isEqualTo(Outcome.PASS);
        assertThat(only(v, "expected: sms-to-its-peer").text())
                .isEqualTo(
                        "text of SMS to {sms[0].peer} is expected: a message goes to the number it was"
                                + " written to");
        // The same text to a stranger is not.
        assertThat(
                        new Seen()
                                .finding(
                                        Map.of(
                                                "kind",
                                                "sms_text",
                                                "scope",
                                                "person",
                                                "protocol",
                                                "sms",
                                                "host",
                                                "+12025550100"))
                                .judge(NONE)
                                .outcome())
                .isEqualTo(Outcome.FAIL);
    }

    @Test
    void waiversHaveOwnersAndEndByTheTimeOfTheRecording() throws InvalidFile {
        String yaml =
                """
                include: no-personal-data
                waivers:
                  - {rule: no-personal-data, when: {domain: example.com}, owner: QA lead, reason: fixed in the next build, expires: %s}
                """;
        Verdict held = new Seen().finding(Map.of()).judge(policy(yaml.formatted("2026-05-02")));
        assertThat(held.outcome()).isEqualTo(Outcome.PASS);
        assertThat(only(held, "no-personal-data").text())
                .isEqualTo(
                        "IMEI to example.com is waived by QA lead until 2026-05-02: fixed in the"
                                + " next build");
        Verdict over = new Seen().finding(Map.of()).judge(policy(yaml.formatted("2026-05-01")));
        assertThat(over.outcome()).isEqualTo(Outcome.FAIL);
        assertThat(only(over, "no-personal-data").text())
                .endsWith("The waiver of QA lead ended on 2026-05-01.");
        Verdict other =
                new Seen()
                        .finding(Map.of("host", "a.example.org"))
                        .judge(policy(yaml.formatted("2026-05-02")));
        assertThat(other.outcome()).isEqualTo(Outcome.FAIL);
    }

    @Test
    void verdictsStandPerRuleDestinationAndPhase() {
        Verdict v =
                new Seen()
                        .finding(Map.of("phase", "first"))
                        .finding(Map.of("phase", "second", "host", "b.example.org"))
                        .sent("api.example.com", 9, 0, ReasonCode.NONE)
                        .sent("b.example.org", 9, 0, ReasonCode.NONE)
                        .sent("c.example.net", 9, 0, ReasonCode.NONE)
                        .judge(NONE);
        assertThat(v.reasons())
                .extracting(r -> r.destination() + " " + r.phase() + " " + r.outcome())
                .containsExactly(
                        "example.com first FAIL", "example.org second FAIL", "example.net  PASS");
    }

    @Test
    void judgingAgainGivesTheSame() {
        Seen s = new Seen().finding(Map.of()).finding(Map.of("kind", "imsi"));
        assertThat(s.judge(NONE)).isEqualTo(s.judge(NONE));
    }
}
