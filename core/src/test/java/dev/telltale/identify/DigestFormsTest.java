package dev.telltale.identify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Disguise;
import dev.telltale.model.Matcher;
import dev.telltale.model.Persona;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Digests made here with the JDK from strings written out by hand. */
class DigestFormsTest {
    private static final Map<String, String> ALGORITHMS =
            Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");

    private static byte[] digest(String label, String text) {
        try {
            return MessageDigest.getInstance(ALGORITHMS.get(label))
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String hex(byte[] b) {
        return HexFormat.of().formatHex(b);
    }

    private static String base64(byte[] b) {
        return Base64.getEncoder().encodeToString(b);
    }

    private static String base64url(byte[] b) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(b);
    }

    @Test
    void the_published_activation_call_is_read() {
        Persona p = Personas.of("IN", "imei", "867345021234563", "imsi", "404450123456789");
        String imei = base64url(digest("sha1", "867345021234563")).substring(0, 16);
        String imsi = base64url(digest("sha1", "404450123456789")).substring(0, 16);
        String call = "/pass/activate/dev/" + imei + "/activating?imsi=" + imsi + "&seq=1";
        int at = call.indexOf(imsi);
        assertThat(Personas.hits(p, call))
                .containsExactly(
                        "imei: sha1 > base64url > first 16 @19-35",
                        "imsi: sha1 > base64url > first 16 @" + at + "-" + (at + 16));
    }

    @Test
    void every_digest_in_every_encoding() {
        Map<String, String[]> renderings =
                Map.of(
                        "imei",
                                new String[] {
                                    "356938035643809", "356938035643809", "35693803564380"
                                },
                        "msisdn",
                                new String[] {
                                    "+491512345678",
                                    "+491512345678",
                                    "491512345678",
                                    "01512345678",
                                    "1512345678"
                                },
                        "email",
                                new String[] {
                                    "Asha.Rao@example.org",
                                    "asha.rao@example.org",
                                    "Asha.Rao@example.org"
                                },
                        "wifi_mac",
                                new String[] {
                                    "02:00:5e:10:ab:cd",
                                    "02:00:5e:10:ab:cd",
                                    "02:00:5E:10:AB:CD",
                                    "02005e10abcd",
                                    "02005E10ABCD"
                                },
                        "advertising_id",
                                new String[] {
                                    "38400000-8cf0-11bd-b23e-10b96e40000d",
                                    "38400000-8cf0-11bd-b23e-10b96e40000d",
                                    "38400000-8CF0-11BD-B23E-10B96E40000D"
                                },
                        "name",
                                new String[] {
                                    "Am\u00e9lie Durand", "Am\u00e9lie Durand", "am\u00e9lie durand"
                                },
                        "ssid", new String[] {"LabNet-7", "LabNet-7", "labnet-7", "\"LabNet-7\""},
                        "operator", new String[] {"Airtel", "Airtel", "airtel"},
                        "custom", new String[] {"fGx3kQmTQ0aP", "fGx3kQmTQ0aP", "fgx3kqmtq0ap"});
        renderings.forEach((kind, values) -> {
            Persona p = Personas.of("DE", kind, values[0]);
            for (int i = 1; i < values.length; i++)
                for (String d : ALGORITHMS.keySet()) {
                    byte[] raw = digest(d, values[i]);
                    String as = kind + " " + values[i] + " " + d;
                    one(p, hex(raw), d + " > hex", as);
                    one(p, hex(raw).toUpperCase(Locale.ROOT), d + " > hex", as);
                    one(p, base64(raw), d + " > base64", as);
                    one(p, base64url(raw), d + " > base64url", as);
                    assertThat(Personas.hits(p, raw))
                            .as(as)
                            .hasSize(1)
                            .first()
                            .asString()
                            .contains(d + " > raw @");
                }
        });
    }

    private static void one(Persona p, String token, String form, String as) {
        List<String> hits = Personas.hits(p, "h=" + token + "&");
        // The two base64 alphabets often agree; the label is then that of the habit with or without
        // padding.
        String end = " @2-" + (2 + token.length());
        assertThat(hits).as(as + " " + token).hasSize(1);
        assertThat(hits.getFirst()).as(as).endsWith(end);
        if (token.matches("[A-Za-z0-9]*=*") && form.contains("base64"))
            assertThat(hits.getFirst())
                    .as(as)
                    .contains(token.endsWith("=") ? "base64 @" : "base64");
        else assertThat(hits.getFirst()).as(as).contains(form + " @");
    }

    @Test
    void any_truncation_from_16_characters_on_and_no_longer_token() {
        Persona p = Personas.of("", "imei", "356938035643809");
        String hex = hex(digest("sha256", "356938035643809"));
        for (int n = 12; n <= hex.length(); n++) {
            String token = hex.substring(0, n);
            if (n < 16) assertThat(Personas.hits(p, "h=" + token)).isEmpty();
            else {
                String label = n == 64 ? "sha256 > hex" : "sha256 > hex > first " + n;
                assertThat(Personas.hits(p, "h=" + token + ";"))
                        .containsExactly("imei: " + label + " @2-" + (2 + n));
                char other = hex.length() > n && hex.charAt(n) == '0' ? '1' : '0';
                assertThat(Personas.hits(p, "h=" + token + other)).isEmpty();
                assertThat(Personas.hits(p, "h=0" + token)).isEmpty();
                assertThat(Personas.hits(p, "h=" + token + "z")).isEmpty();
            }
        }
        byte[] raw = digest("sha1", "356938035643809");
        byte[] padded = new byte[40];
        System.arraycopy(raw, 0, padded, 10, 14);
        assertThat(Personas.hits(p, padded)).containsExactly("imei: sha1 > raw > first 14 @10-24");
    }

    @Test
    void a_digest_says_which_normal_form_unless_it_is_the_canonical() {
        Persona p = Personas.of("DE", "msisdn", "+491512345678");
        assertThat(Personas.hits(p, hex(digest("md5", "491512345678"))))
                .containsExactly("msisdn: without + > md5 > hex @0-32");
        assertThat(Personas.hits(p, hex(digest("md5", "01512345678"))))
                .containsExactly("msisdn: national > md5 > hex @0-32");
    }

    @Test
    void a_long_text_is_hashed_whole() {
        String text = "All work and no play makes a dull note. ".repeat(40).strip();
        Persona p = Personas.of("", "notes", text);
        assertThat(Personas.hits(p, hex(digest("sha1", text)))).hasSize(1);
        assertThat(Personas.hits(p, hex(digest("sha1", text.toLowerCase(Locale.ROOT))))).hasSize(1);
        assertThat(
                        Personas.hits(
                                Personas.of("", "sms_text", "Meet at four"),
                                hex(digest("md5", "Meet at four"))))
                .containsExactly("sms_text: md5 > hex @0-32");
    }

    @Test
    void bits_of_a_digest_are_those_of_the_value_at_most_what_is_kept() {
        Matcher m =
                PersonaMatcher.of(
                        Personas.of(
                                "",
                                "imei",
                                "356938035643809",
                                "advertising_id",
                                "38400000-8cf0-11bd-b23e-10b96e40000d"));
        for (int i = 0; i < m.forms(); i++) {
            var f = m.form(i);
            if (f.digest().isEmpty()) continue;
            assertThat(f.disguise()).isEqualTo(Disguise.HASHED);
            double kept = f.encoding().equals("hex") ? 64 : 96;
            assertThat(f.bits()).isLessThanOrEqualTo(f.identifier() == 0 ? 46.51 : kept);
            assertThat(f.length()).isEqualTo(f.encoding().equals("raw") ? 12 : 16);
        }
    }
}
