package dev.telltale.judge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {

    private static final String WHOLE =
            """
            policy: ours
            about: what we ask
            include: expected-uses
            coverage: 0.95
            controls: required
            channels: [wifi, sms]
            groups: {home: [IN, NP]}
            rules:
              - name: no-imei-abroad
                reason: because
                source: a law, Art. 1(2)
                when: {kind: [imei, "sms_*"], country: CN, consented: no}
                unless:
                  - {country: "@home"}
                  - {company: Example*, protection: TLS}
              - {name: harvest, reason: too many, when: {set_at_least: 3}, outcome: inconclusive}
              - {name: seen, reason: only noted, when: {kind: model}, outcome: NOTE}
            expected:
              - {name: ours, reason: we run it, when: {domain: example.org}}
            waivers:
              - {rule: no-imei-abroad, when: {app: com.example}, owner: QA, reason: until fixed, expires: 2026-12-31}
            """;

    private static Policy read(String yaml) throws InvalidFile {
        return PacksTest.POLICIES.read("dir/ours.yaml", yaml.getBytes(UTF_8));
    }

    @Test
    void readsEverything() throws InvalidFile {
        Policy p = read(WHOLE);
        assertThat(p.name()).isEqualTo("ours");
        assertThat(p.coverage()).isEqualTo(0.95);
        assertThat(p.controls()).isEqualTo(Policy.Controls.REQUIRED);
        assertThat(p.channels()).containsExactly("sms", "wifi");
        assertThat(p.rules())
                .extracting(Policy.Rule::outcome)
                .containsExactly(Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS);
        assertThat(p.rules().getFirst().when())
                .isEqualTo(
                        new Policy.When(
                                List.of(
                                        new Policy.Condition(
                                                Map.of(
                                                        "kind",
                                                        List.of("imei", "sms_*"),
                                                        "country",
                                                        List.of("CN"),
                                                        "consented",
                                                        List.of("no")))),
                                List.of(
                                        new Policy.Condition(Map.of("country", List.of("@home"))),
                                        new Policy.Condition(
                                                Map.of(
                                                        "company",
                                                        List.of("Example*"),
                                                        "protection",
                                                        List.of("tls"))))));
        assertThat(p.expected()).extracting(Policy.Expected::name).contains("ours");
        assertThat(p.expected()).hasSizeGreaterThan(2);
        assertThat(p.waivers().getFirst().expires()).isEqualTo(LocalDate.of(2026, 12, 31));
    }

    @Test
    void anIncludedPolicyIsTakenOverAndCanBeMadeLooser() throws InvalidFile {
        Policy p = read("{include: [high-security], coverage: 0.5, controls: if_present}");
        assertThat(p.name()).isEqualTo("ours");
        assertThat(p.rules()).extracting(Policy.Rule::name).contains("unprotected", "no-content");
        assertThat(p.coverage()).isEqualTo(0.5);
        assertThat(p.controls()).isEqualTo(Policy.Controls.IF_PRESENT);
        assertThat(p.channels()).containsExactly("cellular", "wifi");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "policy: [a | 1:11 | not YAML",
                "polcy: x | 1:1 | Did you mean 'policy'?",
                "policy: x | 1:1 | no rules",
                "rules: [{reason: r}] | 1:9 | wants name",
                "rules: [{name: a, reason: r, when: {protecton: none}}] | 1:37 | Did you mean 'protection'?",
                "rules: [{name: a, reason: r, when: {protection: nome}}] | 1:49 | Did you mean 'none'?",
                "rules: [{name: a, reason: r, when: {kind: imie}}] | 1:43 | Did you mean 'imei'?",
                "rules: [{name: a, reason: r, when: {country: '@hme'}}] | 1:46 | no group is named 'hme'",
                "rules: [{name: a, reason: r, when: {set_at_least: many}}] | 1:51 | is a number",
                "rules: [{name: a, reason: r, when: {}}] | 1:36 | holds always",
                "rules: [{name: a, reason: r, outcome: FIAL}] | 1:39 | FAIL, INCONCLUSIVE, NOTE",
                "rules: [{name: a, reason: r}, {name: a, reason: r}] | 1:31 | a second rule named 'a'",
                "{coverage: 95, rules: [{name: a, reason: r}]} | 1:12 | between 0 and 1",
                "{controls: some, rules: [{name: a, reason: r}]} | 1:12 | required, if_present",
                "include: no-cleartxt | 1:10 | Did you mean 'no-cleartext'?",
                "{rules: [{name: a, reason: r}], waivers: [{rule: b, when: {app: x}, owner: o, reason: r, expires: 2026-01-01}]} | 1:50 | is one of a",
                "{rules: [{name: a, reason: r}], waivers: [{rule: a, when: {app: x}, owner: o, reason: r, expires: soon}]} | 1:99 | a day like",
                "{rules: [{name: a, reason: r}], waivers: [{rule: a, when: {app: x}, reason: r, expires: 2026-01-01}]} | 1:43 | wants owner",
            })
    void errorsSayWhereAndWhat(String yaml, String where, String what) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(InvalidFile.class)
                .hasMessageStartingWith("dir/ours.yaml:" + where.strip() + ": ")
                .hasMessageContaining(what.strip())
                .extracting(e -> String.valueOf(e.getMessage()).lines().count())
                .isEqualTo(1L);
    }

    @Test
    void damageIsAnErrorAndNothingElse() {
        Random random = new Random(7);
        byte[] whole = WHOLE.getBytes(UTF_8);
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = whole.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--)
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(128);
            try {
                PacksTest.POLICIES.read("ours.yaml", bad);
            } catch (InvalidFile e) {
                assertThat(e.line()).isPositive();
                assertThat(e.column()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a*c,abc,true",
        "a*c,ac,true",
        "a*c,acb,false",
        "*,'',true",
        "a,b,false",
        "'','',true",
        "*.example.com,api.example.com,true",
        "*.example.com,example.com,false",
        "a*b*c,axxbyybc,true",
        "*a*a*a*a*b,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,false",
    })
    void starStandsForAnything(String pattern, String text, boolean matches) {
        assertThat(Conditions.matches(pattern, text)).isEqualTo(matches);
    }

    @Test
    void readsWhatMakersDeclare() throws InvalidFile {
        Set<String> kinds = PacksTest.KINDS;
        String play =
                """
                Question ID (machine readable),Response ID (machine readable),Response value,Answer requirement,Human-friendly question label
                PSL_DATA_TYPES_PERSONAL,PSL_EMAIL,true,MULTIPLE_CHOICE,"Email address"
                PSL_DATA_TYPES_PERSONAL,PSL_NAME,,MULTIPLE_CHOICE,"Name"
                "PSL_DATA_TYPES_LOCATION","PSL_PRECISE_LOCATION","TRUE",MULTIPLE_CHOICE,"Precise location"
                PSL_DATA_USAGE_RESPONSES:PSL_PHONE:DATA_USAGE_USER_CONTROL,PSL_PHONE,true,X,"Phone"
                """;
        assertThat(Declarations.read("d.csv", play.getBytes(UTF_8), kinds))
                .containsExactlyInAnyOrder("email", "location", "ssid", "bssid");
        String apple =
                """
                <?xml version="1.0"?><plist version="1.0"><dict><key>NSPrivacyCollectedDataTypes</key><array><dict>
                <key>NSPrivacyCollectedDataType</key><string>NSPrivacyCollectedDataTypePhoneNumber</string>
                </dict></array></dict></plist>
                """;
        assertThat(Declarations.read("p.xcprivacy", apple.getBytes(UTF_8), kinds))
                .containsExactly("msisdn");
        assertThat(Declarations.read("l.txt", "imei # why\n\ncontacts\n".getBytes(UTF_8), kinds))
                .containsExactlyInAnyOrder(
                        "imei", "contact_name", "contact_phone", "contact_email");
        assertThatThrownBy(() -> Declarations.read("l.txt", "imei\nimzi\n".getBytes(UTF_8), kinds))
                .hasMessage(
                        "l.txt:2:1: neither a kind of identifier nor a type of data. Did you mean"
                                + " 'imei'?");
    }
}
