package dev.telltale.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.telltale.model.Identifier;
import dev.telltale.model.Persona;
import dev.telltale.model.Scope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class PersonaFileTest {
    private static PersonaFile.Loaded read(String yaml) throws InvalidPersona {
        return PersonaFile.read("persona.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static void wrong(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(InvalidPersona.class).hasMessage(message);
    }

    @Test
    void the_whole_format() throws InvalidPersona {
        PersonaFile.Loaded loaded =
                read(
                        """
                        persona: redmi-lab-1
                        region: in
                        identifiers:
                          custom: {fb_anon_id: XZ9d, zip: ["0123", 0456]}
                          apps: [com.example.one]
                          imei: ["867345021234563", "867345021234571"]
                          msisdn: +919812345678
                          operator: Airtel
                          serial: 1e5
                          model: yes
                          local_ip: 192.168.43.17
                          location: {lat: 19.07598, lon: 72.87766}
                          calendar: ["Dentist 4 pm"]
                          contacts:
                            - {name: Vikram Sen, phone: "+12025550121", email: v.sen@example.org}
                            - {phone: ["+12025550122", "+12025550123"]}
                          sms: [{peer: "+12025550124", direction: received, text: "Meet at gate 4 at nine"}]
                          calls: [{peer: "+12025550125"}]
                        payload_keys:
                          - {name: v1, cipher: AES/CBC/PKCS5Padding, key: "hex:000102ff0405060708090a0b0c0d0e0f", iv: "base64:_w8ODQwLCgkIBwYFBAMCAQ=="}
                          - {name: v2, cipher: AES/ECB/PKCS5Padding, key: secretsecretsecr}
                        """);
        Persona p = loaded.persona();
        assertThat(p.name()).isEqualTo("redmi-lab-1");
        assertThat(p.region()).isEqualTo("IN");
        assertThat(p.identifiers().stream().map(Identifier::id))
                .containsExactly(
                        "imei[0]",
                        "imei[1]",
                        "msisdn[0]",
                        "operator[0]",
                        "serial[0]",
                        "local_ip[0]",
                        "model[0]",
                        "location[0]",
                        "calendar[0]",
                        "contacts[0].name",
                        "contacts[0].phone",
                        "contacts[0].email",
                        "contacts[1].phone",
                        "contacts[1].phone[1]",
                        "sms[0].peer",
                        "sms[0].text",
                        "calls[0].peer",
                        "apps[0]",
                        "custom.fb_anon_id[0]",
                        "custom.zip[0]",
                        "custom.zip[1]");
        assertThat(p.entries().stream().map(Persona.Entry::value))
                .contains("+919812345678", "1e5", "yes", "19.07598,72.87766", "0123", "0456");
        assertThat(p.identifiers())
                .contains(
                        new Identifier("contacts[0].phone", "contact_phone", Scope.CONTACT, true),
                        new Identifier("sms[0].text", "sms_text", Scope.PERSON, true),
                        new Identifier("sms[0].peer", "sms_peer", Scope.CONTACT, true),
                        new Identifier("apps[0]", "app", Scope.PERSON, true),
                        new Identifier("operator[0]", "operator", Scope.NETWORK, true),
                        new Identifier("local_ip[0]", "local_ip", Scope.NETWORK, false),
                        new Identifier("model[0]", "model", Scope.SETUP, false),
                        new Identifier("custom.zip[1]", "custom", Scope.DEVICE, true));
        assertThat(p.payloadKeys()).hasSize(2);
        assertThat(p.payloadKeys().get(0).key()).startsWith(0, 1, 2, 0xff).hasSize(16);
        assertThat(p.payloadKeys().get(0).iv()).startsWith(0xff, 0x0f).hasSize(16);
        assertThat(p.payloadKeys().get(1).key())
                .isEqualTo("secretsecretsecr".getBytes(StandardCharsets.UTF_8));
        assertThat(p.payloadKeys().get(1).iv()).isEmpty();
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void what_is_not_known_is_an_error_with_its_place() {
        wrong(
                "persona: x\nidentifiers:\n  imie: \"1\"\n",
                "persona.yaml:3:3: unknown identifier kind 'imie'. Did you mean 'imei'?");
        wrong(
                "persona: x\nregon: IN\n",
                "persona.yaml:2:1: unknown key 'regon'. Did you mean 'region'?");
        wrong(
                "identifiers:\n  contacts:\n    - {nam: A}\n",
                "persona.yaml:3:8: unknown contact field 'nam'. Did you mean 'name'?");
        wrong(
                "identifiers:\n  wifi-mac: x\n",
                "persona.yaml:2:3: unknown identifier kind 'wifi-mac'. Did you mean 'wifi_mac'?");
        wrong(
                "identifiers:\n  favourite_colour: x\n",
                "persona.yaml:2:3: unknown identifier kind 'favourite_colour'.");
        wrong(
                "identifiers:\n  location: {lat: 1, lng: 2}\n",
                "persona.yaml:2:22: unknown location field 'lng'. Known: lat, lon");
    }

    @Test
    void wrong_shapes_are_errors_with_their_place() {
        wrong(
                "identifiers:\n  imei: [[\"1\"]]\n",
                "persona.yaml:2:10: imei[0] wants a single value, not a list");
        wrong(
                "identifiers:\n  imei: {a: b}\n",
                "persona.yaml:2:9: imei[0] wants a single value, not a mapping");
        wrong(
                "identifiers:\n  imei: \"1\"\n  imei: \"2\"\n",
                "persona.yaml:3:3: duplicate key 'imei'");
        wrong("identifiers: [a]\n", "persona.yaml:1:14: identifiers wants a mapping with kinds");
        wrong(
                "identifiers:\n  location: {lat: 1}\n",
                "persona.yaml:2:13: location[0] wants lat and lon");
        wrong(
                "identifiers:\n  custom: x\n",
                "persona.yaml:2:11: custom wants names and values: {name: value}");
        wrong(
                "region: Indiana\n",
                "persona.yaml:1:9: region is not an ISO 3166 country code of two letters");
        wrong(
                "identifiers:\n  sms: [{direction: up}]\n",
                "persona.yaml:2:21: direction is sent or received");
        wrong(
                "payload_keys: [{name: a, cipher: b}]\n",
                "persona.yaml:1:16: a payload key wants name, cipher and key");
        wrong(
                "payload_keys: [{name: a, cipher: b, key: \"hex:0\"}]\n",
                "persona.yaml:1:42: key is not hex");
        wrong(
                "payload_keys: [{name: a, cipher: AES/XTS/NoPadding, key: abcdefghijklmnop}]\n",
                "persona.yaml:1:34: no such cipher: AES, DES, DESede or SM4 with /ECB, /CBC, /CTR or"
                        + " /GCM, RC4, ChaCha20, ChaCha20-Poly1305, XXTEA or RSA");
        wrong(
                "payload_keys: [{name: a, cipher: AES/CBC/PKCS5Padding, key: abc}]\n",
                "persona.yaml:1:61: AES has no key of 3 bytes");
        wrong("", "persona.yaml:1:1: empty: expected persona, region and identifiers");
        wrong("a: 1\n---\nb: 2\n", "persona.yaml:3:1: a second document: a file holds one persona");
        wrong(
                "just text\n",
                "persona.yaml:1:1: persona wants a mapping with persona, region, identifiers, payload_keys");
        assertThatThrownBy(() -> read("persona: x\nidentifiers: [\n"))
                .isInstanceOf(InvalidPersona.class)
                .hasMessageStartingWith("persona.yaml:3:1: not YAML: ");
        assertThatThrownBy(() -> read("persona: \"a\n  b: \u0001\n"))
                .isInstanceOf(InvalidPersona.class)
                .hasMessageContaining("not YAML");
        assertThatThrownBy(() ->
                        PersonaFile.read("p.yaml", new byte[] {'a', ':', '\n', 'b', (byte) 0xff}))
                .isInstanceOf(InvalidPersona.class)
                .hasMessage("p.yaml:2:2: not UTF-8 text");
    }

    @Test
    void hostile_files_end_quickly() {
        assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(InvalidPersona.class);
        assertThatThrownBy(() -> read("x".repeat(5 << 20))).isInstanceOf(InvalidPersona.class);
        StringBuilder laughs = new StringBuilder("identifiers:\n  notes: &a0 [x]\n");
        for (int i = 1; i < 60; i++)
            laughs.append(
                    "  k" + i + ": &a" + i + " [" + "*a" + (i - 1) + ", *a" + (i - 1) + "]\n");
        assertThatThrownBy(() -> read(laughs.toString())).isInstanceOf(InvalidPersona.class);
        assertThatThrownBy(() -> read("identifiers: &a {custom: *a}\n"))
                .isInstanceOf(InvalidPersona.class);
        assertThatThrownBy(() -> read("identifiers:\n  notes: " + "x".repeat(70_000)))
                .isInstanceOf(InvalidPersona.class);
    }

    @Test
    void a_value_that_looks_wrong_is_a_warning_and_stays() throws InvalidPersona {
        PersonaFile.Loaded loaded =
                read(
                        """
                        persona: x
                        region: US
                        identifiers:
                          imei: ["356938035643801"]
                          imsi: "12"
                          iccid: "8999100000000000001"
                          msisdn: "12"
                          wifi_mac: 02:00
                          advertising_id: nope
                          email: nope
                          location: {lat: 91, lon: 0}
                          notes: [""]
                          account:
                        """);
        assertThat(loaded.warnings())
                .containsExactly(
                        new PersonaFile.Warning(
                                4,
                                "imei[0]: check digit is wrong (expected 9); searched for as written"),
                        new PersonaFile.Warning(
                                5, "imsi[0]: not 14 or 15 digits; searched for as written"),
                        new PersonaFile.Warning(
                                6,
                                "iccid[0]: check digit is wrong (expected 4); searched for as written"),
                        new PersonaFile.Warning(
                                7,
                                "msisdn[0]: not a valid phone number of its country (+1); searched for as written"),
                        new PersonaFile.Warning(
                                9, "advertising_id[0]: not a UUID; searched for as written"),
                        new PersonaFile.Warning(
                                8,
                                "wifi_mac[0]: not a MAC address (six hex pairs); searched for as written"),
                        new PersonaFile.Warning(
                                10, "email[0]: not an e-mail address; searched for as written"),
                        new PersonaFile.Warning(
                                11,
                                "location[0]: latitude is not a number from -90 to 90; searched for as written"),
                        new PersonaFile.Warning(12, "notes[0]: empty, left out"));
        assertThat(loaded.persona().entries()).hasSize(8);
        assertThat(Personas.hits(loaded.persona(), "imei=356938035643801"))
                .containsExactly("imei: 15 digits @5-20");
    }

    @Test
    void an_empty_persona_is_one_without_identifiers() throws InvalidPersona {
        for (String yaml :
                List.of(
                        "persona: x\n",
                        "persona: x\nidentifiers:\n",
                        "persona: x\nidentifiers: {}\n")) {
            PersonaFile.Loaded loaded = read(yaml);
            assertThat(loaded.persona().entries()).isEmpty();
            assertThat(loaded.warnings()).hasSize(1);
        }
        assertThat(
                        PersonaFile.read(
                                        "lab/my-phone.yml",
                                        "region: DE".getBytes(StandardCharsets.UTF_8))
                                .persona()
                                .name())
                .isEqualTo("my-phone");
        assertThat(read("\ufeffpersona: bom\n").persona().name()).isEqualTo("bom");
    }
}
