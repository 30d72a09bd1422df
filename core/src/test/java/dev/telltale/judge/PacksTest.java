package dev.telltale.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Outcome;
import dev.telltale.model.Policy;
import dev.telltale.model.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Every rule of every policy that comes with the product, held to its fixtures. */
class PacksTest {
    static final Set<String> KINDS =
            Set.of(
                    "imei",
                    "imsi",
                    "iccid",
                    "msisdn",
                    "operator",
                    "android_id",
                    "advertising_id",
                    "oaid",
                    "serial",
                    "wifi_mac",
                    "bluetooth_mac",
                    "ssid",
                    "bssid",
                    "local_ip",
                    "model",
                    "build",
                    "locale",
                    "device_name",
                    "email",
                    "name",
                    "account",
                    "location",
                    "address",
                    "clipboard",
                    "calendar",
                    "notes",
                    "contact_name",
                    "contact_phone",
                    "contact_email",
                    "sms_peer",
                    "sms_text",
                    "call_peer",
                    "app",
                    "custom");

    static final Policies POLICIES = new Policies(KINDS);

    private static JsonNode fixtures(String pack) {
        try (InputStream in = PacksTest.class.getResourceAsStream("/policies/" + pack + ".yaml")) {
            assertThat(in).as("fixtures of " + pack).isNotNull();
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A rule and one finding that violates it or complies with it. */
    record Case(String pack, String rule, boolean violates, String what) {}

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (String pack : Policies.names()) {
            JsonNode fixtures = fixtures(pack);
            for (String rule : fixtures.propertyNames()) {
                for (JsonNode n : fixtures.get(rule).get("violates"))
                    all.add(new Case(pack, rule, true, n.toString()));
                for (JsonNode n : fixtures.get(rule).get("complies"))
                    all.add(new Case(pack, rule, false, n.toString()));
            }
        }
        return all.stream();
    }

    static Stream<String> packs() {
        return Policies.names().stream();
    }

    /** Rules that a policy takes over from another are held to that one's fixtures. */
    @ParameterizedTest
    @MethodSource("packs")
    void everyRuleHasAViolatingAndACompliantFixture(String pack) {
        Policy policy = POLICIES.named(pack).orElseThrow();
        JsonNode fixtures = fixtures(pack);
        Set<String> elsewhere = new TreeSet<>();
        for (String other : Policies.names())
            if (!other.equals(pack)) fixtures(other).propertyNames().forEach(elsewhere::add);
        assertThat(policy.rules()).isNotEmpty();
        for (Policy.Rule rule : policy.rules()) {
            if (!fixtures.has(rule.name()) && pack.equals("high-security"))
                assertThat(elsewhere).contains(rule.name());
            else {
                assertThat(fixtures.has(rule.name())).as(rule.name()).isTrue();
                assertThat(fixtures.get(rule.name()).get("violates")).as(rule.name()).isNotEmpty();
                assertThat(fixtures.get(rule.name()).get("complies")).as(rule.name()).isNotEmpty();
            }
        }
        assertThat(policy.rules().stream().map(Policy.Rule::name).toList())
                .containsAll(fixtures.propertyNames());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void judgesAsTheFixtureSays(Case c) {
        JsonNode attributes = new YAMLMapper().readTree(c.what);
        Map<String, String> a = new HashMap<>();
        Policy policy = POLICIES.named(c.pack).orElseThrow();
        for (String name : attributes.propertyNames()) {
            if (name.equals("declared")) {
                List<String> kinds = new ArrayList<>();
                attributes.get(name).forEach(k -> kinds.add(k.asString()));
                policy = policy.with("declared", kinds);
            } else {
                JsonNode v = attributes.get(name);
                a.put(name, v.isBoolean() ? (v.asBoolean() ? "yes" : "no") : v.asString());
            }
        }
        Policy.Rule rule =
                policy.rules().stream()
                        .filter(r -> r.name().equals(c.rule))
                        .findFirst()
                        .orElseThrow();
        Verdict verdict = new Seen().finding(a).judge(policy);
        List<Verdict.Reason> matched =
                verdict.reasons().stream()
                        .filter(r -> r.rule().equals(c.rule) && !r.findings().isEmpty())
                        .toList();
        if (!c.violates) {
            assertThat(matched).isEmpty();
            return;
        }
        assertThat(matched).hasSize(1);
        assertThat(matched.getFirst().outcome()).isEqualTo(rule.outcome());
        assertThat(verdict.outcome().compareTo(rule.outcome())).isLessThanOrEqualTo(0);
    }

    @ParameterizedTest
    @MethodSource("packs")
    void everyRuleSaysWhyAndPacksOfLawSayWhere(String pack) {
        Policy policy = POLICIES.named(pack).orElseThrow();
        assertThat(policy.about()).isNotBlank();
        boolean law =
                Set.of("eprivacy-gdpr", "dpdp-india", "coppa", "masvs-privacy").contains(pack);
        for (Policy.Rule r : policy.rules()) {
            assertThat(r.reason()).isNotBlank();
            if (law && !r.name().equals("consent-is-known")) assertThat(r.source()).isNotBlank();
        }
        if (law && !pack.equals("masvs-privacy"))
            assertThat(policy.about()).startsWith("Indicators for");
    }

    /** A clean run with everything a policy may require passes; nothing passes by being silent. */
    @ParameterizedTest
    @MethodSource("packs")
    void passesWhatIsCleanAndReadable(String pack) {
        Policy policy = POLICIES.named(pack).orElseThrow();
        var control =
                new dev.telltale.model.ControlSeen(
                        "canary",
                        "device",
                        1,
                        java.util.Optional.of(Seen.T0),
                        java.util.Optional.of(Seen.T0),
                        List.of());
        Seen clean =
                new Seen()
                        .controls(control)
                        .sent("a.example.com", 10, 0, dev.telltale.model.ReasonCode.NONE);
        assertThat(clean.judge(policy).outcome()).isEqualTo(Outcome.PASS);
        assertThat(new Seen().controls(control).judge(policy).outcome())
                .isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void highSecurityIncludesNoCleartext() {
        assertThat(POLICIES.named("high-security").orElseThrow().rules())
                .extracting(Policy.Rule::name)
                .contains("unprotected", "no-address-book");
    }
}
