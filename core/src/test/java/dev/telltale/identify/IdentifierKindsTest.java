package dev.telltale.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.telltale.identify.IdentifierKind.Example;
import dev.telltale.model.Hits;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import dev.telltale.model.Scope;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class IdentifierKindsTest {
    @TestFactory
    Stream<DynamicTest> every_kind_finds_its_examples_and_ignores_its_counter_examples() {
        List<DynamicTest> tests = new ArrayList<>();
        for (IdentifierKind k : IdentifierKinds.ALL) {
            tests.add(
                    dynamicTest(
                            k.name() + " has examples", () -> assertThat(k.finds()).isNotEmpty()));
            tests.add(
                    dynamicTest(
                            k.name() + " has counter-examples",
                            () -> assertThat(k.ignores()).isNotEmpty()));
            for (Example e : k.finds())
                tests.add(
                        dynamicTest(
                                k.name() + " finds " + e, () -> assertThat(look(k, e)).hasSize(1)));
            for (Example e : k.ignores())
                tests.add(
                        dynamicTest(
                                k.name() + " ignores " + e,
                                () -> assertThat(look(k, e)).isEmpty()));
        }
        return tests.stream();
    }

    private static List<String> look(IdentifierKind kind, Example example) {
        return Personas.hits(Personas.of("US", kind.name(), example.value()), example.text());
    }

    @TestFactory
    Stream<DynamicTest> an_example_value_passes_its_validator() {
        return IdentifierKinds.ALL.stream()
                .map(k ->
                        dynamicTest(
                                k.name(),
                                () ->
                                        assertThat(
                                                        k.validator()
                                                                .complaint(
                                                                        k.finds()
                                                                                .getFirst()
                                                                                .value(),
                                                                        "US"))
                                                .isEmpty()));
    }

    @TestFactory
    Stream<DynamicTest> odd_values_of_any_kind_are_searched_for_as_written() {
        return IdentifierKinds.ALL.stream()
                .flatMap(k ->
                        Stream.of(
                                        "Not quite right 42",
                                        "12345678901",
                                        "{}[]()<>..//",
                                        "1e5,,+-;;",
                                        "\u738b\u5c0f\u660e\u738b\u5c0f")
                                .map(v -> dynamicTest(k.name() + " " + v, () -> found(k, v))));
    }

    private static void found(IdentifierKind k, String value) {
        assertThat(Personas.hits(Personas.of("", k.name(), value), "x=" + value + "&"))
                .isNotEmpty();
    }

    @Test
    void personal_are_device_person_contact_location_and_operator_ssid_bssid() {
        for (IdentifierKind k : IdentifierKinds.ALL) {
            boolean expected =
                    switch (k.scope()) {
                        case DEVICE, PERSON, CONTACT, LOCATION -> true;
                        case NETWORK, SETUP ->
                                List.of("operator", "ssid", "bssid").contains(k.name());
                    };
            assertThat(k.personal()).as(k.name()).isEqualTo(expected);
        }
        assertThat(IdentifierKinds.named("local_ip").orElseThrow().scope())
                .isEqualTo(Scope.NETWORK);
    }

    @Test
    void bits_of_an_imei_are_those_of_its_14_free_digits() {
        Matcher m = PersonaMatcher.of(Personas.of("", "imei", "356938035643809"));
        assertThat(m.form(0).normal()).isEqualTo("15 digits");
        assertThat(m.form(0).canonical()).isTrue();
        assertThat(m.form(0).bits()).isBetween(46.5, 46.51);
        assertThat(m.form(0).bounded()).isTrue();
        assertThat(m.form(0).toldBy("X-Device-IMEI")).isTrue();
    }

    @Test
    void placeholders_say_nothing() {
        for (String[] p :
                new String[][] {
                    {"imei", "000000000000000"},
                    {"wifi_mac", "02:00:00:00:00:00"},
                    {"advertising_id", "00000000-0000-0000-0000-000000000000"},
                    {"android_id", "0000000000000000"}
                }) {
            Matcher m = PersonaMatcher.of(Personas.of("", p));
            for (int i = 0; i < m.forms(); i++)
                assertThat(m.form(i).bits()).as(p[0]).isLessThanOrEqualTo(12);
        }
    }

    @Test
    void short_values_count_as_a_whole_only() {
        Persona p = Personas.of("", "operator", "Airtel", "custom", "Mara");
        assertThat(Personas.hits(p, "operator=Airtel&n=Mara")).isEmpty();
        Matcher m = PersonaMatcher.of(p);
        Hits hits = new Hits();
        byte[] value = "[AIRTEL]".getBytes(StandardCharsets.UTF_8);
        m.whole(value, 1, 7, hits);
        assertThat(Personas.told(p, m, hits)).containsExactly("operator: as written @1-7");
        assertThat(m.form(hits.form(0)).whole()).isTrue();
        hits.clear();
        m.whole(value, 0, 7, hits);
        m.whole(value, 1, 6, hits);
        m.whole(value, 1, 1, hits);
        assertThat(hits.isEmpty()).isTrue();
        assertThat(m.form(0).toldBy("simOperatorName")).isTrue();
    }

    @Test
    void a_custom_identifier_is_told_by_its_name() {
        Matcher m = PersonaMatcher.of(Personas.of("", "custom", "10115"));
        assertThat(m.form(0).toldBy("my_Anon_Id")).isTrue();
        assertThat(m.form(0).toldBy("zip")).isFalse();
    }

    @Test
    void one_stretch_of_text_is_one_hit_of_an_identifier() {
        Persona p = Personas.of("US", "msisdn", "+12025550143", "contact_phone", "+12025550143");
        assertThat(Personas.hits(p, "call +1 202-555-0143 now"))
                .containsExactly(
                        "msisdn: international format @5-20",
                        "contact_phone: international format @5-20");
        assertThat(Personas.hits(p, "+12025550143")).hasSize(2);
        Persona place = Personas.of("", "location", "52.520008,13.404954");
        assertThat(Personas.hits(place, "52.520008,13.404954"))
                .containsExactly("location: lat,lon @0-19");
        assertThat(Personas.hits(place, "{\"lat\":52.520008,\"lon\":13.4050}"))
                .containsExactly("location: lat @7-16");
        assertThat(Personas.hits(place, "{\"lat\":52.520008,\"lon\":13.40495}")).hasSize(2);
    }

    @Test
    void adjacent_and_overlapping_hits_of_several_identifiers_are_all_told() {
        Persona p =
                Personas.of(
                        "", "name", "Asha Rao", "custom", "Rao Lane 7", "account", "asharao1991");
        assertThat(Personas.hits(p, "Asha Rao Lane 7 asharao1991,asharao1991"))
                .containsExactly(
                        "name: as written @0-8",
                        "custom: as written @5-15",
                        "account: as written @16-27",
                        "account: as written @28-39");
    }

    @Test
    void long_texts_are_found_by_their_beginning() {
        String text = "All work and no play makes a dull note. ".repeat(40);
        Persona p = Personas.of("", "notes", text);
        assertThat(PersonaMatcher.of(p).reach()).isLessThan(300);
        assertThat(Personas.hits(p, "body=" + text))
                .first()
                .isEqualTo("notes: as written, beginning @5-245");
    }
}
