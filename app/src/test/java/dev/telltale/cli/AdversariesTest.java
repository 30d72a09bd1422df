package dev.telltale.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.lab.LabRun;
import dev.telltale.model.Audit;
import dev.telltale.model.Coverage;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Progress;
import dev.telltale.model.Protection;
import dev.telltale.model.Workers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every firmware that hides is found out, or it is said why nothing can be said. */
class AdversariesTest {
    @TempDir Path dir;

    private Audit audit(String firmware) throws Exception {
        return audit(LabRun.of(firmware).play(dir), Optional.empty());
    }

    private static Audit audit(LabRun.Files files, Optional<Path> persona) throws Exception {
        return new CoreCalls()
                .audit(
                        new Core.AuditRequest(
                                files.captures(),
                                persona.orElse(files.persona()),
                                Optional.of(files.run()),
                                List.of(),
                                "no-personal-data",
                                Optional.empty(),
                                false,
                                10_000),
                        Workers.CALLER,
                        Progress.NONE,
                        w -> {});
    }

    private static Set<String> sent(Audit audit, Predicate<Finding.Variant> how) {
        return audit.findings().stream()
                .filter(f -> f.direction() == Direction.SENT && f.identifier().personal())
                .filter(f -> f.variants().stream().anyMatch(how))
                .map(f -> f.identifier().id())
                .collect(Collectors.toSet());
    }

    private static Set<String> sent(Audit audit) {
        return sent(audit, v -> true);
    }

    private static Set<String> reasons(Audit audit) {
        return audit.coverage().destinations().stream()
                .flatMap(d -> d.reasons().stream())
                .map(Coverage.Reason::code)
                .map(Enum::name)
                .collect(Collectors.toSet());
    }

    @Test
    void pinnerHasNoKeys() throws Exception {
        Audit audit = audit("pinner");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(reasons(audit)).contains("NO_KEYS");
        assertThat(sent(audit)).isEmpty();
    }

    /** Its keys are in the recording. */
    @Test
    void quicUserIsFound() throws Exception {
        Audit audit = audit("quic-user");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit, v -> v.secured().protection() == Protection.QUIC))
                .containsExactly("imei[0]");
        assertThat(audit.coverage().sent().share()).isEqualTo(1.0);
    }

    @Test
    void ownCryptoIsNamed() throws Exception {
        Audit audit = audit("own-crypto");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(reasons(audit)).contains("PROPRIETARY");
    }

    @Test
    void sealerIsOpaque() throws Exception {
        Audit audit = audit("sealer");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(reasons(audit)).contains("OPAQUE_PAYLOAD");
    }

    /** A tester who took the app apart knows the key. */
    @Test
    void sealerIsOpenedByItsKey() throws Exception {
        LabRun.Files files = LabRun.of("sealer").play(dir);
        Path persona = dir.resolve("with-key.yaml");
        Files.writeString(
                persona,
                Files.readString(files.persona())
                        + "\npayload_keys:\n  - {name: lab, cipher: AES/CBC/PKCS5Padding,"
                        + " key: \"hex:6c61622d6b65792d6f662d7468652d6c\"}\n");
        Audit audit = audit(files, Optional.of(persona));
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit, v -> v.disguise() == Disguise.ENCRYPTED_KNOWN_KEY))
                .containsExactlyInAnyOrder("imei[0]", "imsi[0]", "msisdn[0]");
        Finding imei =
                audit.findings().stream()
                        .filter(f -> f.identifier().id().equals("imei[0]"))
                        .findFirst()
                        .orElseThrow();
        assertThat(imei.place()).isEqualTo("POST /s · body.d.imei");
        assertThat(imei.worst().chain())
                .containsExactly("form", "percent", "base64", "aes-cbc(lab)", "json");
        assertThat(reasons(audit)).doesNotContain("OPAQUE_PAYLOAD");
    }

    @Test
    void dripAddsUp() throws Exception {
        Audit audit = audit("drip");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit))
                .containsExactlyInAnyOrder(
                        "contacts[0].phone",
                        "contacts[1].phone",
                        "contacts[2].phone",
                        "contacts[3].phone",
                        "contacts[4].phone");
        Finding any =
                audit.findings().stream()
                        .filter(f -> f.set().isPresent())
                        .findFirst()
                        .orElseThrow();
        assertThat(any.set().orElseThrow().sent()).isEqualTo(5);
        assertThat(
                        audit.findings().stream()
                                .filter(f -> f.identifier().personal())
                                .map(f -> f.worst().phase())
                                .distinct())
                .hasSize(5);
    }

    @Test
    void consentLiarWasEarly() throws Exception {
        Audit audit = audit("consent-liar");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        Predicate<Finding.Variant> early =
                v -> v.consented().equals(Optional.of(false)) && v.phase().equals("opt-in");
        assertThat(sent(audit, early)).containsExactlyInAnyOrder("imei[0]", "imsi[0]", "msisdn[0]");
        assertThat(sent(audit, early.negate())).isEmpty();
    }

    @Test
    void switchIgnorerIsReportedThoughRefused() throws Exception {
        Audit audit = audit("switch-ignorer");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        Predicate<Finding.Variant> after =
                v -> v.consented().equals(Optional.of(false)) && v.phase().equals("opted-out");
        assertThat(sent(audit, after)).contains("sms[2].text").doesNotContain("sms[0].text");
    }

    /** The honest one, by the same plan: nothing of the message leaves once it is off. */
    @Test
    void nothingLeavesAfterOptingOut() throws Exception {
        Audit audit =
                audit(LabRun.of("2014-08-ota").plan("two-handsets").play(dir), Optional.empty());
        assertThat(sent(audit, v -> v.phase().equals("both-opted-in")))
                .contains("imei[0]", "imsi[0]", "msisdn[0]", "sms[0].text");
        assertThat(sent(audit, v -> v.phase().equals("opted-out"))).isEmpty();
        assertThat(sent(audit, v -> !v.consented().equals(Optional.of(true)))).isEmpty();
        assertThat(audit.coverage().sent().share()).isEqualTo(1.0);
    }

    @Test
    void moverSendsElsewhere() throws Exception {
        Audit audit = audit("mover");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit)).contains("imei[0]", "msisdn[0]", "contacts[0].phone");
        assertThat(
                        audit.findings().stream()
                                .filter(f -> f.identifier().personal())
                                .map(f -> f.destination().host())
                                .distinct())
                .containsExactly("api.account.miui.com");
    }

    @Test
    void noiseHidesNothing() throws Exception {
        Audit audit = audit("noisy");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit)).containsExactly("android_id[0]");
        assertThat(reasons(audit)).contains("UNEXPLAINED");
    }

    @Test
    void smsActivatorIsFoundInTheSmsLog() throws Exception {
        Audit audit = audit("sms-activator");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit, v -> v.disguise() == Disguise.HASHED && v.protocol().equals("sms")))
                .containsExactlyInAnyOrder("imei[0]", "imsi[0]");
    }

    @Test
    void hiderIsFound() throws Exception {
        Audit audit = audit("hider");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        assertThat(sent(audit)).contains("imsi[0]", "wifi_mac[0]");
        assertThat(sent(audit, v -> v.chain().contains("xor"))).containsExactly("imei[0]");
        assertThat(sent(audit, v -> v.chain().contains("base64-rotated")))
                .containsExactly("msisdn[0]");
    }

    @Test
    void harvesterIsFound() throws Exception {
        Audit audit = audit("harvester");
        assertThat(audit.verdict().outcome()).isEqualTo(Outcome.FAIL);
        Predicate<Finding.Variant> salted = v -> v.disguise() == Disguise.SALTED;
        assertThat(sent(audit, salted))
                .containsExactlyInAnyOrder(
                        "contacts[0].phone",
                        "contacts[1].phone",
                        "contacts[2].phone",
                        "contacts[3].phone",
                        "contacts[4].phone");
        assertThat(audit.findings())
                .filteredOn(f -> f.identifier().personal())
                .allSatisfy(f -> {
                    assertThat(f.worst().form())
                            .isEqualTo("sha256 > hex, salt from body.salt before it");
                    assertThat(f.set().orElseThrow().sent()).isEqualTo(5);
                });
    }
}
