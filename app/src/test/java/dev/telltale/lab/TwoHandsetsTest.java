package dev.telltale.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

/** Cloud messaging between two handsets, and what the servers do about the switch. */
class TwoHandsetsTest {
    private static final TestPlan PLAN = TestPlan.shipped("two-handsets");
    private static final String A = "+12025550151";
    private static final String B = "+12025550152";

    private static Lab.Played play(Firmware firmware) throws IOException {
        return play(firmware, PLAN);
    }

    private static Lab.Played play(Firmware firmware, TestPlan plan) throws IOException {
        return Lab.play(
                new Lab.Scenario(
                        "r", "test", LabPersona.shipped(plan.persona()), firmware, plan, "B", 5));
    }

    private static List<String> texts(Handset handset) {
        return handset.inbox().stream().map(Cloud.Message::text).toList();
    }

    @Test
    void bothOptedInByTheCloudElseBySms() throws IOException {
        Lab.Played played = play(Firmwares.AUGUST_2014);
        assertThat(played.cloud().delivered())
                .containsExactly(
                        new Cloud.Message(A, B, "The meeting is in room twelve"),
                        new Cloud.Message(B, A, "Bring the signed contract along"));
        assertThat(texts(played.handsets().get(1)))
                .containsExactly("The meeting is in room twelve");
        assertThat(texts(played.handsets().get(0)))
                .containsExactly("Bring the signed contract along");
        assertThat(played.cloud().waiting()).as("kept until delivery only").isZero();
        // Opted out, it goes by SMS.
        assertThat(played.sms())
                .extracting(Operator.Sms::text)
                .containsExactly("Left the umbrella at your desk");
        assertThat(played.run().consents())
                .singleElement()
                .satisfies(c -> assertThat(c.withdrawn()).isPresent());
        assertThat(played.cloud().refused()).isEmpty();
    }

    @Test
    void aPeerThatDidNotOptInGetsAnSms() throws IOException {
        TestPlan alone =
                new TestPlan(
                        PLAN.name(),
                        "",
                        PLAN.persona(),
                        PLAN.peer(),
                        PLAN.start(),
                        PLAN.phases().stream()
                                .map(p ->
                                        new TestPlan.Phase(
                                                p.name(),
                                                p.length(),
                                                p.steps().stream()
                                                        .filter(s ->
                                                                !s.byPeer()
                                                                        || !(s.step()
                                                                                instanceof
                                                                                Step.OptIn))
                                                        .toList()))
                                .toList());
        Lab.Played played = play(Firmwares.AUGUST_2014, alone);
        assertThat(played.cloud().delivered()).isEmpty();
        assertThat(played.sms()).hasSize(3);
    }

    @Test
    void serversRefuseAClientThatIgnoresTheSwitch() throws IOException {
        Lab.Played played = play(Firmwares.named("switch-ignorer").orElseThrow());
        assertThat(played.cloud().refused()).containsExactly("POST /v1/messages");
        assertThat(played.cloud().delivered()).hasSize(2);
        assertThat(played.cloud().waiting()).isZero();
        assertThat(played.sms())
                .extracting(Operator.Sms::text)
                .containsExactly("Left the umbrella at your desk");
    }

    @Test
    void serversRefuseTheOldFirmwareSinceTheyAsk() throws IOException {
        Lab.Played played = play(Firmwares.JULY_2014, TestPlan.shipped("everyday"));
        assertThat(played.cloud().refused())
                .contains("GET /pass/activate/dev/.../activating", "GET /pass/v3/user@id");
    }

    @Test
    void backupTakesWhatItNamesWhileItIsOn() throws IOException {
        Lab.Played played = play(Firmwares.AUGUST_2014, TestPlan.shipped("cloud-backup"));
        assertThat(played.cloud().backups())
                .containsExactlyInAnyOrderElementsOf(BackupService.KINDS);
        assertThat(played.cloud().refused()).isEmpty();
    }
}
