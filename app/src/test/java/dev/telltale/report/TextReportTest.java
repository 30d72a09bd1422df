package dev.telltale.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Coverage;
import dev.telltale.model.Destination;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Identifier;
import dev.telltale.model.Outcome;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Scope;
import dev.telltale.model.Secured;
import dev.telltale.model.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextReportTest {

    /** {@code -Dapprove=true} writes what the code says now; the diff is for a person to judge. */
    private static void matches(String approved, String text) throws IOException {
        if (Boolean.getBoolean("approve"))
            Files.writeString(Path.of("src/test/resources/dev/telltale/report", approved), text);
        try (InputStream in = TextReportTest.class.getResourceAsStream(approved)) {
            assertThat(in).as("approved text %s", approved).isNotNull();
            assertThat(text).isEqualTo(new String(in.readAllBytes(), UTF_8));
        }
    }

    private static String text(Audit audit, Look look) {
        StringBuilder text = new StringBuilder();
        TextReport.write(audit, text, look);
        return text.toString();
    }

    @Test
    void tellsTheStory() throws IOException {
        matches("first-start.txt", text(RedMi.firstStart(), Look.PLAIN));
    }

    @Test
    void tellsTheStoryOnANarrowTerminal() throws IOException {
        matches("first-start-48.txt", text(RedMi.firstStart(), new Look(48, false)));
    }

    @Test
    void tellsWhyItCannotTell() throws IOException {
        matches("inconclusive.txt", text(RedMi.inconclusive(), Look.PLAIN));
        matches("silent.txt", text(RedMi.silent(), Look.PLAIN));
    }

    @Test
    void tellsWhatAPassIsWorth() throws IOException {
        matches("pass.txt", text(RedMi.pass(), Look.PLAIN));
    }

    @Test
    void coloursChangeNothingButColours() {
        String coloured = text(RedMi.firstStart(), new Look(80, true));
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))
                .isEqualTo(text(RedMi.firstStart(), Look.PLAIN));
        assertThat(coloured).contains("\u001b[31munprotected\u001b[0m");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 48, 60, 72, 80, 100, 250})
    void noLineIsWiderThanThePage(int columns) {
        Look look = new Look(columns, false);
        for (Audit audit :
                List.of(
                        RedMi.firstStart(),
                        RedMi.inconclusive(),
                        RedMi.pass(),
                        hostile(),
                        many())) {
            assertThat(text(audit, look).lines())
                    .allMatch(l -> Printable.width(l) <= look.columns());
        }
    }

    // --- a capture that wants to write on the terminal ---

    private static final String EVIL =
            "\u001b]0;owned\u0007\u202e\u009b31m\r\n\u0000小米 " + "x".repeat(5000) + " {0} {9}";

    static Audit hostile() {
        Destination to =
                new Destination(
                        EVIL,
                        EVIL,
                        List.of(EVIL),
                        1,
                        EVIL,
                        EVIL,
                        "CN",
                        OptionalInt.empty(),
                        false,
                        Map.of(EVIL, EVIL));
        Identifier who = new Identifier("custom." + EVIL + "[0]", "custom", Scope.DEVICE, true);
        Finding.Variant v =
                RedMi.variant(
                        new Secured(Protection.TLS, EVIL, EVIL),
                        Disguise.ENCODED,
                        EVIL,
                        List.of(EVIL),
                        EVIL,
                        2);
        Finding f =
                RedMi.finding(
                        who, to, EVIL, List.of(v), Optional.of(new Finding.SetShare(EVIL, 1, 2)));
        Audit base = RedMi.audit(List.of(f), RedMi.run(), RedMi.coverage());
        return new Audit(
                EVIL,
                base.inputs(),
                new Audit.PersonaSummary(EVIL, EVIL, List.of(who)),
                base.run(),
                new Verdict(
                        Outcome.INCONCLUSIVE,
                        EVIL,
                        List.of(
                                new Verdict.Reason(
                                        EVIL, EVIL, EVIL, Outcome.INCONCLUSIVE, EVIL, List.of()))),
                new Coverage(
                        base.coverage().sent(),
                        List.of(
                                new Coverage.Share(
                                        EVIL,
                                        base.coverage().sent(),
                                        List.of(
                                                new Coverage.Reason(
                                                        ReasonCode.NO_KEYS, 9_112, 0))))),
                base.findings(),
                List.of(new Anomaly(Anomaly.Kind.LIMIT, EVIL, EVIL)));
    }

    @Test
    void nothingOfACaptureMovesTheTerminal() {
        String text = text(hostile(), Look.PLAIN);
        assertThat(text.replace("\n", "").codePoints()).allMatch(Printable::isShown);
        assertThat(text).contains("\\x1B]0;owned\\x07\\u202E\\x9B31m");
        String coloured = text(hostile(), new Look(80, true));
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "").replace("\n", "").codePoints())
                .allMatch(Printable::isShown);
    }

    // --- long lists ---

    static Audit many() {
        List<Finding> findings = new ArrayList<>();
        Finding imei = RedMi.firstStart().findings().getFirst();
        for (int i = 0; i < 47; i++) {
            findings.add(
                    RedMi.finding(
                            imei.identifier(),
                            imei.destination(),
                            "GET /a/" + i + " · query[imsi]",
                            imei.variants(),
                            Optional.empty()));
        }
        for (int i = 0; i < 30; i++) {
            Destination to =
                    new Destination(
                            "h.r" + i + ".example.org",
                            "r" + i + ".example.org",
                            List.of(),
                            443,
                            "",
                            "",
                            "",
                            OptionalInt.empty(),
                            false,
                            Map.of());
            findings.add(
                    RedMi.finding(
                            imei.identifier(),
                            to,
                            "GET / · query[x]",
                            imei.variants(),
                            Optional.empty()));
        }
        return RedMi.audit(findings, RedMi.run(), RedMi.coverage());
    }

    /** Ten thousand findings at two hundred recipients. */
    static Audit huge() {
        Finding imei = RedMi.firstStart().findings().getFirst();
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String domain = "r" + i % 200 + ".example.org";
            findings.add(
                    RedMi.finding(
                            new Identifier(
                                    "contacts[" + i + "].phone",
                                    "contact_phone",
                                    Scope.CONTACT,
                                    true),
                            new Destination(
                                    domain,
                                    domain,
                                    List.of(),
                                    443,
                                    "",
                                    "",
                                    "",
                                    OptionalInt.empty(),
                                    false,
                                    Map.of()),
                            "POST /c" + i + " · body.x",
                            imei.variants(),
                            Optional.empty()));
        }
        Audit base = RedMi.audit(findings, RedMi.run(), RedMi.coverage());
        return new Audit(
                base.toolVersion(),
                base.inputs(),
                new Audit.PersonaSummary(
                        "many", "", findings.stream().map(Finding::identifier).toList()),
                base.run(),
                base.verdict(),
                base.coverage(),
                base.findings(),
                base.anomalies());
    }

    @Test
    void longListsAreCountedNotCut() {
        String text = text(many(), Look.PLAIN);
        assertThat(text)
                .contains("and 37 more places")
                .contains("11 more recipients")
                .contains("31 recipients");
        // A recipient is always named.
        for (int i = 0; i < 30; i++) assertThat(text).contains("r" + i + ".example.org");
    }

    @Test
    void identifiersAlikeShareARow() {
        List<Finding> findings = new ArrayList<>();
        Finding first = RedMi.firstStart().findings().get(4);
        for (int i : new int[] {0, 1, 2, 3, 6, 8, 9, 10, 20, 30, 40, 50, 60, 70}) {
            findings.add(
                    RedMi.finding(
                            new Identifier(
                                    "contacts[" + i + "].phone",
                                    "contact_phone",
                                    Scope.CONTACT,
                                    true),
                            first.destination(),
                            first.place(),
                            first.variants(),
                            Optional.of(new Finding.SetShare("contacts", 14, 200))));
        }
        String text =
                text(RedMi.audit(findings, RedMi.run(), RedMi.coverage()), new Look(100, false));
        assertThat(text.replaceAll("\\s+", " "))
                .contains("contacts 1–4, 7, 9–11, 21, unprotected", "31, 41 and 3 more")
                .contains("13 more likewise")
                .contains("14 of 200 contacts");
    }

    @Test
    void certaintyIsSaidWhereItIsNotFull() {
        Finding f = RedMi.firstStart().findings().getFirst();
        Finding weak =
                new Finding(
                        f.id(),
                        f.identifier(),
                        Direction.RECEIVED,
                        f.destination(),
                        f.place(),
                        f.worst(),
                        f.variants(),
                        f.sightings(),
                        f.firstSeen(),
                        f.lastSeen(),
                        f.set(),
                        Certainty.MEDIUM,
                        0.02,
                        f.evidence());
        String text = text(RedMi.audit(List.of(weak), RedMi.run(), RedMi.coverage()), Look.PLAIN);
        assertThat(text)
                .contains("WHAT CAME BACK TO THE PHONE")
                .contains("Medium certainty: 0.02 expected accidental matches");
    }

    // --- words ---

    @Test
    void everyConstantHasItsWord() {
        Words words = Words.english();
        Advice advice = new Advice(words);
        for (ReasonCode code : ReasonCode.values())
            assertThat(advice.name(code) + advice.line(code)).doesNotContain("{");
        for (Protection p : Protection.values())
            assertThat(words.get("protection." + p)).isNotEmpty();
        for (Disguise d : Disguise.values()) assertThat(words.get("disguise." + d)).isNotEmpty();
        for (Outcome o : Outcome.values()) assertThat(words.get("outcome." + o)).isNotEmpty();
        for (Anomaly.Kind k : Anomaly.Kind.values())
            assertThat(words.get("anomaly." + k)).isNotEmpty();
        for (Scope s : Scope.values()) assertThat(words.get("scope." + s)).isNotEmpty();
        for (Certainty c : Certainty.values())
            if (c != Certainty.CERTAIN) assertThat(words.get("certainty." + c)).isNotEmpty();
    }

    /** The kinds of the persona's contract. */
    @ParameterizedTest
    @ValueSource(
            strings = {
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
                "custom"
            })
    void everyKindHasItsWord(String kind) {
        assertThat(Words.english().has("kind." + kind)).isTrue();
    }

    @Test
    void valuesStandForThemselves() {
        assertThat(Words.english().get("list.and", "{1}", "{0}")).isEqualTo("{1} and {0}");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "9000, 9.0 kB",
        "99949, 99.9 kB",
        "612004, 612 kB",
        "999499, 999 kB",
        "999999, 1.0 MB",
        "1500000000, 1.5 GB",
        "9223372036854775807, 9.2 EB"
    })
    void bytesAreShort(long n, String text) {
        assertThat(Words.english().amounts().bytes(n)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 100 %",
        "0, 5, 0 %",
        "0, 0, 100 %",
        "999999, 1000000, >99.9 %",
        "1, 1000000, <0.1 %",
        "1, 3, 33 %",
        "19, 200, 9.5 %",
        "199, 200, 99.5 %"
    })
    void percentNeverRoundsToAllOrNothing(long part, long whole, String text) {
        assertThat(Words.english().amounts().percent(part, whole)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.02, 0.02", "0.000000000001, 1e-12", "0, 0", "12.5, 12.5", "150, 150"})
    void smallNumbersAreShort(double d, String text) {
        assertThat(Words.english().amounts().small(d)).isEqualTo(text);
    }
}
