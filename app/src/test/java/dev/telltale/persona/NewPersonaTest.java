package dev.telltale.persona;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.audit.Personas;
import dev.telltale.model.Persona;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewPersonaTest {
    @TempDir private Path folder;

    private static String yaml(String region, long seed, int contacts) {
        return NewPersona.yaml(new NewPersona.Wish("unit", region, seed, contacts));
    }

    private Personas.Checked checked(String yaml) throws Exception {
        Path file = folder.resolve("persona.yaml");
        Files.writeString(file, yaml);
        return Personas.read(file);
    }

    private static List<String> values(Persona persona, String... kinds) {
        return persona.entries().stream()
                .filter(e -> List.of(kinds).contains(e.identifier().kind()))
                .map(Persona.Entry::value)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IN", "US", "CA", "GB", "DE", "SE", "CN", "BR"})
    void passesItsOwnCheck(String region) throws Exception {
        for (long seed = 0; seed < 8; seed++) {
            Personas.Checked c = checked(yaml(region, seed, 8));
            assertThat(c.warnings()).isEmpty();
            assertThat(values(c.persona(), "contact_phone")).hasSize(8);
            assertThat(values(c.persona(), "imei")).hasSize(2);
        }
    }

    @Test
    void theSeedDecides() {
        assertThat(yaml("IN", 7, 5)).isEqualTo(yaml("IN", 7, 5));
        assertThat(yaml("IN", 7, 5)).isNotEqualTo(yaml("IN", 8, 5));
    }

    /** Luhn's check here is its textbook form, not the code's. */
    private static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int d = digits.charAt(digits.length() - 1 - i) - '0';
            if (i % 2 == 1) d *= 2;
            sum += d > 9 ? d - 9 : d;
        }
        return sum % 10 == 0;
    }

    @Test
    void everythingIsNobodys() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            Persona p = checked(yaml("US", seed, 10)).persona();
            for (String imei : values(p, "imei")) {
                assertThat(imei).startsWith("00").hasSize(15);
                assertThat(luhn(imei)).isTrue();
            }
            assertThat(values(p, "imsi").getFirst()).startsWith("00101").hasSize(15);
            assertThat(luhn(values(p, "iccid").getFirst())).isTrue();
            for (String phone : values(p, "msisdn", "contact_phone", "sms_peer", "call_peer"))
                assertThat(phone).matches("\\+120255501\\d\\d");
            for (String mail : values(p, "email", "contact_email"))
                assertThat(mail).endsWith("@example.org");
            for (String mac : values(p, "wifi_mac", "bluetooth_mac", "bssid"))
                assertThat(Integer.parseInt(mac.substring(0, 2), 16) & 3)
                        .as("locally administered, unicast")
                        .isEqualTo(2);
        }
    }

    @Test
    void noTwoValuesAreAlikeEvenCutShortOrHashed() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            Persona p = checked(yaml("GB", seed, 25)).persona();
            List<String> all = new ArrayList<>();
            for (Persona.Entry e : p.entries())
                if (!List.of("location", "device_name", "local_ip").contains(e.identifier().kind()))
                    all.add(bare(e.value()));
            Set<String> ends = new HashSet<>();
            Set<String> hashes = new HashSet<>();
            for (String v : all) {
                String local = v.replaceAll("exampleorg$", "");
                assertThat(ends.add(local.substring(Math.max(0, local.length() - 8))))
                        .as("seed %d, end of %s", seed, v)
                        .isTrue();
                String sha1 =
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-1")
                                                .digest(v.getBytes(UTF_8)));
                assertThat(hashes.add(sha1.substring(0, 8)))
                        .as("seed %d, hash of %s", seed, v)
                        .isTrue();
                assertThat(all.stream().filter(o -> o.contains(v)).count())
                        .as("seed %d, holders of %s", seed, v)
                        .isEqualTo(1);
            }
        }
    }

    private static String bare(String s) {
        return s.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }

    // --- onto the phone ---

    private static final String AWKWARD =
            """
            persona: awkward
            region: IN
            identifiers:
              contacts:
                - {name: "Åsa Öberg, jr.; \\"x\\"", phone: "+46 70-174 06 05", email: a@example.org}
                - {phone: "+12025550100"}
                - {name: "名前 の とても とても とても とても とても とても とても 長い 連絡先", phone: "+12025550101"}
              sms:
                - {peer: "+12025550102", direction: received, text: "It's $HOME `id` \\"q\\" \\\\ ünï"}
                - {peer: "+12025550103", direction: sent, text: "plain"}
              calls: [{peer: "+12025550104"}]
            """;

    /** ez-vcard is the independent reader. */
    @Test
    void vcardsAreReadByOthers() throws Exception {
        Persona p = checked(AWKWARD).persona();
        for (PhoneLoad.Version v : PhoneLoad.Version.values()) {
            List<ezvcard.VCard> cards = ezvcard.Ezvcard.parse(PhoneLoad.vcards(p, v)).all();
            assertThat(cards).hasSize(3);
            assertThat(cards.get(0).getFormattedName().getValue())
                    .isEqualTo("Åsa Öberg, jr.; \"x\"");
            assertThat(phone(cards.get(0))).isEqualTo("+46701740605");
            assertThat(cards.get(0).getEmails().getFirst().getValue()).isEqualTo("a@example.org");
            assertThat(cards.get(1).getFormattedName().getValue()).isEqualTo("+12025550100");
            assertThat(cards.get(2).getFormattedName().getValue())
                    .isEqualTo("名前 の とても とても とても とても とても とても とても 長い 連絡先");
        }
    }

    private static String phone(ezvcard.VCard card) {
        var tel = card.getTelephoneNumbers().getFirst();
        return tel.getText() != null ? tel.getText() : tel.getUri().getNumber();
    }

    @Test
    void linesOfVcardsAreFolded() throws Exception {
        for (String line :
                PhoneLoad.vcards(checked(AWKWARD).persona(), PhoneLoad.Version.V4).split("\r\n"))
            assertThat(line.getBytes(UTF_8).length).isLessThanOrEqualTo(75);
    }

    /**
     * A shell runs the script; an adb that runs what it is given in a shell of its own, as adb
     * does.
     */
    @Test
    void scriptGivesAdbWhatThePersonaSays() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no /bin/sh");
        Path log = folder.resolve("log");
        adb(
                """
                #!/bin/sh
                case $1 in
                get-serialno) echo %s ;;
                emu) shift; printf '%%s|' "$@" >>'%s'; echo >>'%s' ;;
                shell) content() { printf '%%s|' "$@" >>'%s'; echo >>'%s'; }; eval "$2" ;;
                esac
                """
                        .formatted("emulator-5554", log, log, log, log));
        run(PhoneLoad.script(checked(AWKWARD).persona(), AWKWARD));
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo("sms|send|+12025550102|It's $HOME `id` \"q\" \\ ünï|");
        assertThat(lines.get(1))
                .startsWith(
                        "insert|--uri|content://sms/sent|--bind|address:s:+12025550103|--bind|body:s:plain|");
        assertThat(lines.get(2)).contains("content://call_log/calls|--bind|number:s:+12025550104|");

        Files.delete(log);
        adb(
                """
                #!/bin/sh
                case $1 in
                get-serialno) echo 0123456789 ;;
                shell) content() { printf '%%s|' "$@" >>'%s'; echo >>'%s'; }; eval "$2" ;;
                esac
                """
                        .formatted(log, log));
        run(PhoneLoad.script(checked(AWKWARD).persona(), AWKWARD));
        assertThat(Files.readAllLines(log).getFirst())
                .startsWith(
                        "insert|--uri|content://sms/inbox|--bind|address:s:+12025550102|--bind|body:s:It's"
                                + " $HOME `id` \"q\" \\ ünï|");
    }

    private void adb(String script) throws Exception {
        Path adb = folder.resolve("adb");
        Files.writeString(adb, script);
        Files.setPosixFilePermissions(adb, PosixFilePermissions.fromString("rwx------"));
    }

    private void run(String script) throws Exception {
        Path file = folder.resolve("load.sh");
        Files.writeString(file, script);
        ProcessBuilder b = new ProcessBuilder("/bin/sh", file.toString()).redirectErrorStream(true);
        b.environment().merge("PATH", folder.toString(), (old, mine) -> mine + ":" + old);
        Process p = b.start();
        String said = new String(p.getInputStream().readAllBytes(), UTF_8);
        assertThat(p.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(p.exitValue()).as(said).isZero();
    }
}
