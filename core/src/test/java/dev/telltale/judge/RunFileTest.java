package dev.telltale.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.Run;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

class RunFileTest {

    private static final String WHOLE =
            """
            run: redmi-1s-unit-3-2014-07
            device: {brand: Xiaomi, model: HM 1S, build: JHACNBA13.0, region: IN, unit: 3}
            captured: {wifi: full, cellular: none, sms: log, bluetooth: none}
            clock: {offset_ms: -250, zone: Asia/Kolkata}
            phases:
              - {name: out-of-box, from: 2014-08-07T10:00:00Z, to: 2014-08-07T10:20:00Z, steps: [{name: insert SIM, at: 2014-08-07T10:01:00Z}]}
              - name: opted-in
                from: 2014-08-07T15:50:00+05:30
                to: 2014-08-07T11:00:00Z
            consents:
              - {service: mi-cloud, given: 2014-08-07T10:24:30Z, withdrawn: null, covers: {domains: [Xiaomi.com], identifiers: [imsi, imei, msisdn]}}
              - {service: ads, given: 2014-08-07T10:24:30Z, withdrawn: 2014-08-07T10:30:00Z, covers: {domains: example.net}}
            controls: [{name: canary-1, value: 0123, from: device}]
            attachments: [{file: consent-screen.png, sha256: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}]
            """;

    private static Run read(String yaml) throws InvalidFile {
        return RunFile.read("dir/run-1.yaml", yaml.getBytes(UTF_8));
    }

    @Test
    void readsTheContract() throws InvalidFile {
        Run run = read(WHOLE);
        assertThat(run.name()).isEqualTo("redmi-1s-unit-3-2014-07");
        assertThat(run.device())
                .contains(new Run.Device("Xiaomi", "HM 1S", "JHACNBA13.0", "IN", "3"));
        assertThat(run.captured())
                .isEqualTo(
                        Map.of(
                                "wifi",
                                "full",
                                "cellular",
                                "none",
                                "sms",
                                "log",
                                "bluetooth",
                                "none"));
        assertThat(run.clockOffsetMillis()).isEqualTo(-250);
        assertThat(run.zone()).isEqualTo("Asia/Kolkata");
        assertThat(run.phases())
                .containsExactly(
                        new Run.Phase(
                                "out-of-box",
                                Instant.parse("2014-08-07T10:00:00Z"),
                                Instant.parse("2014-08-07T10:20:00Z"),
                                List.of(
                                        new Run.Step(
                                                "insert SIM",
                                                Instant.parse("2014-08-07T10:01:00Z")))),
                        new Run.Phase(
                                "opted-in",
                                Instant.parse("2014-08-07T10:20:00Z"),
                                Instant.parse("2014-08-07T11:00:00Z"),
                                List.of()));
        assertThat(run.consents())
                .containsExactly(
                        new Run.Consent(
                                "mi-cloud",
                                Instant.parse("2014-08-07T10:24:30Z"),
                                Optional.empty(),
                                List.of("xiaomi.com"),
                                List.of("imsi", "imei", "msisdn")),
                        new Run.Consent(
                                "ads",
                                Instant.parse("2014-08-07T10:24:30Z"),
                                Optional.of(Instant.parse("2014-08-07T10:30:00Z")),
                                List.of("example.net"),
                                List.of()));
        assertThat(run.controls()).containsExactly(new Run.Control("canary-1", "0123", "device"));
        assertThat(run.attachments().getFirst().sha256()).isEqualTo("a".repeat(64));
    }

    @Test
    void everythingButTheNameIsOptional() throws InvalidFile {
        assertThat(read("consents: []\n"))
                .isEqualTo(
                        new Run(
                                "run-1",
                                Optional.empty(),
                                Map.of(),
                                0,
                                "",
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of()));
    }

    @Test
    void jsonIsYaml() throws InvalidFile {
        Run run =
                read(
                        "{\"run\":\"r\",\"phases\":[{\"name\":\"p\",\"from\":\"2014-08-07T10:00:00Z\",\"to\":\"2014-08-07T10:01:00Z\",\"steps\":[]}]}");
        assertThat(run.phases().getFirst().name()).isEqualTo("p");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "telemetry: []                              | 1:1: unknown key 'telemetry' in run",
                "phase: []                                  | 1:1: unknown key 'phase' in run. Did"
                    + " you mean 'phases'?",
                "run: x\\nconsent: []                        | 2:1: unknown key 'consent' in run."
                    + " Did you mean 'consents'?",
                "captured: {wifi: ful}                      | 1:18: wifi is one of full, partial,"
                    + " log, none. Did you mean 'full'?",
                "captured: {wi-fi: full}                    | 1:12: unknown key 'wi-fi' in"
                    + " captured. Did you mean 'wifi'?",
                "clock: {offset_ms: 1s}                     | 1:20: offset_ms is a whole number of"
                    + " milliseconds",
                "clock: {zone: Mars/Olympus}                | 1:15: zone is not a time zone like"
                    + " Asia/Kolkata or +05:30",
                "phases: [{name: a, from: 2014-08-07T10:00:00, to: 2014-08-07T10:01:00Z}] | 1:26:"
                    + " not a time with its zone, like 2014-08-07T10:00:00Z",
                "phases: [{name: a, from: 2014-08-07T10:01:00Z}] | 1:10: phases wants to",
                "phases: [{name: a, from: 2014-08-07T10:01:00Z, to: 2014-08-07T10:00:00Z}] | 1:52:"
                    + " phase ends before it begins",
                "phases: [{name: a, from: 2014-08-07T10:00:00Z, to: 2014-08-07T10:05:00Z}, {name:"
                    + " b, from: 2014-08-07T10:04:00Z, to: 2014-08-07T10:06:00Z}] | 1:75: phase"
                    + " overlaps phase 'a'",
                "consents: [{service: x}]                   | 1:12: consents wants given",
                "consents: [{given: 2014-08-07T10:00:00Z, withdrawn: 2014-08-07T09:00:00Z}] | 1:53:"
                    + " consent is withdrawn before it is given",
                "controls: [{name: c, from: phone}]         | 1:28: from is one of device,"
                    + " recorder",
                "attachments: [{file: a, sha256: 12}]       | 1:33: sha256 is 64 hexadecimal"
                    + " digits",
                "run: a\\nrun: b                             | 2:1: duplicate key 'run'",
                "run: [a, b]                                | 1:6: run wants a single value, not a"
                    + " list",
                "- run                                      | 1:1: run wants a mapping with run,"
                    + " device, captured, clock, phases, consents, controls, attachments",
                "'run: \"open'                              | 1:11: not YAML: found unexpected end"
                    + " of stream",
                "run: a\\n---\\nrun: b                        | 3:1: a second document: a file"
                    + " holds one run",
            })
    void saysWhatIsWrongWithLineAndColumn(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
                .isInstanceOf(InvalidFile.class)
                .hasMessage("dir/run-1.yaml:" + message);
    }

    @Test
    void hostileFilesAreErrors() {
        assertThatThrownBy(() -> read("")).hasMessageContaining("empty");
        assertThatThrownBy(() -> read("run: " + "[".repeat(100_000)))
                .isInstanceOf(InvalidFile.class);
        assertThatThrownBy(() -> RunFile.read("r", new byte[] {'r', (byte) 0xff}))
                .hasMessage("r:1:1: not UTF-8 text");
        assertThatThrownBy(() -> RunFile.read("r", new byte[5 << 20]))
                .hasMessageContaining("larger than 4 MB");
        StringBuilder laughs =
                new StringBuilder(
                        "consents:\n  - {given: 2014-08-07T10:00:00Z, covers: {domains: &d [");
        laughs.repeat("a, ", 10_000).append("]}}\n");
        laughs.repeat("  - {given: 2014-08-07T10:00:00Z, covers: {domains: *d}}\n", 40);
        assertThatThrownBy(() -> read(laughs.toString()))
                .hasMessageContaining("more than 200000 items");
    }

    /** Whatever is changed in a good file, it is read or it is one line about it. */
    @Test
    void corruptedFilesAreReadOrRefusedInOneLine() {
        Random random = new Random(7);
        byte[] good = WHOLE.getBytes(UTF_8);
        for (int i = 0; i < 2_000; i++) {
            byte[] bad = good.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                RunFile.read("r", bad);
            } catch (InvalidFile e) {
                assertThat(e.getMessage()).matches("r:\\d+:\\d+: .+");
            }
        }
    }

    @Test
    void commentsOfARecordingAddUp() throws InvalidFile {
        Run run =
                RunFile.ofComments(
                        "rec.pcapng",
                        List.of(
                                "telltale:"
                                    + " {\"run\":\"unit-3\",\"clock\":{\"offset_ms\":-250},\"consents\":[]}",
                                "telltale:{\"phases\":[{\"name\":\"a\",\"from\":\"2014-08-07T10:00:00Z\",\"to\":\"2014-08-07T10:20:00Z\"}]}",
                                "telltale:"
                                    + " {\"phases\":[{\"name\":\"b\",\"from\":\"2014-08-07T10:20:00Z\",\"to\":\"2014-08-07T10:30:00Z\"}]}",
                                // The same again, as where two files of one recording are audited.
                                "telltale:"
                                    + " {\"phases\":[{\"name\":\"a\",\"from\":\"2014-08-07T10:00:00Z\",\"to\":\"2014-08-07T10:20:00Z\"}]}",
                                "telltale:"
                                    + " {\"consents\":[{\"service\":\"s\",\"given\":\"2014-08-07T10:05:00Z\"}]}",
                                "telltale:"
                                    + " {\"controls\":[{\"name\":\"c\",\"value\":\"v\",\"from\":\"device\"}],\"run\":\"unit-3b\"}"));
        assertThat(run.name()).isEqualTo("unit-3b");
        assertThat(run.clockOffsetMillis()).isEqualTo(-250);
        assertThat(run.phases()).extracting(Run.Phase::name).containsExactly("a", "b");
        assertThat(run.consents()).hasSize(1);
        assertThat(run.controls()).extracting(Run.Control::name).containsExactly("c");
    }

    @Test
    void aBadCommentSaysWhichAndWhere() {
        assertThatThrownBy(() ->
                        RunFile.ofComments(
                                "rec.pcapng", List.of("telltale: {}", "telltale: {\"phasen\":[]}")))
                .isInstanceOf(InvalidFile.class)
                .hasMessage(
                        "rec.pcapng, run comment 2:1:3: unknown key 'phasen' in run comment."
                                + " Did you mean 'phases'?");
    }
}
