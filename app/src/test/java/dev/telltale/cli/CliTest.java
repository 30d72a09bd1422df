package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.audit.UnreadableInput;
import dev.telltale.model.Attribution;
import dev.telltale.model.Audit;
import dev.telltale.model.Coverage;
import dev.telltale.model.Identifier;
import dev.telltale.model.Inspection;
import dev.telltale.model.Observations;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Scope;
import dev.telltale.model.Workers;
import dev.telltale.proof.Salt;
import dev.telltale.proof.Seal;
import dev.telltale.report.AuditJson;
import dev.telltale.report.Look;
import dev.telltale.report.RedMi;
import dev.telltale.report.TextReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CliTest {

    /** Answers what the test wants, remembers what it was asked. */
    private static final class StandIn implements Core {
        private Audit audit = RedMi.firstStart();
        private @Nullable UnreadableInput unreadable;
        private @Nullable RuntimeException defect;
        private @Nullable Error error;
        private @Nullable AuditRequest asked;
        private int workers;
        private List<String> warnings = List.of();
        private List<String> requests = List.of();

        private void fail() throws UnreadableInput {
            if (unreadable != null) throw unreadable;
            if (defect != null) throw defect;
            if (error != null) throw error;
        }

        @Override
        public Audit audit(
                AuditRequest request, Workers threads, Progress progress, Consumer<String> say)
                throws UnreadableInput {
            asked = request;
            workers = threads.count();
            warnings.forEach(say);
            progress.at(1, 2);
            fail();
            return audit;
        }

        @Override
        public Audit conclude(Observations seen, AuditRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Inspection inspect(Path capture, List<Path> keys, Workers threads, Progress progress)
                throws UnreadableInput {
            fail();
            return inspection(capture.toString());
        }

        @Override
        public void requests(Path capture, List<Path> keys, Consumer<byte[]> lines)
                throws UnreadableInput {
            fail();
            for (String line : requests) lines.accept(line.getBytes(UTF_8));
        }

        @Override
        public Checked persona(Path file) throws UnreadableInput {
            fail();
            return new Checked(
                    new Persona(
                            "redmi-lab-1",
                            "IN",
                            Stream.of(
                                            new Identifier("imei[0]", "imei", Scope.DEVICE, true),
                                            new Identifier("imei[1]", "imei", Scope.DEVICE, true),
                                            new Identifier(
                                                    "contacts[0].phone",
                                                    "contact_phone",
                                                    Scope.CONTACT,
                                                    true),
                                            new Identifier(
                                                    "custom.fb_anon_id[0]",
                                                    "custom",
                                                    Scope.DEVICE,
                                                    true))
                                    .map(i -> new Persona.Entry(i, "SECRET-VALUE"))
                                    .toList(),
                            List.of()),
                    warnings);
        }
    }

    private static Inspection inspection(String name) {
        Audit a = RedMi.firstStart();
        Audit.CaptureInfo c = a.inputs().captures().getFirst();
        return new Inspection(
                name,
                c.sha256(),
                c.format(),
                c.bytes(),
                c.packets(),
                c.exchanges(),
                c.start(),
                c.end(),
                c.device(),
                List.of(
                        new Inspection.Host(
                                "api.account.xiaomi.com",
                                new TreeSet<>(List.of("198.51.100.12")),
                                new TreeSet<>(List.of(80)),
                                new TreeSet<>(List.of("http/1.1")),
                                new TreeSet<>(List.of("NONE")),
                                new TreeSet<>(),
                                new TreeSet<>(),
                                new TreeSet<>(),
                                new TreeSet<>(),
                                12,
                                38,
                                new Coverage.Sums(39_213, 39_101, 0, 0, 112),
                                12_000,
                                Attribution.NONE)),
                a.coverage(),
                a.anomalies(),
                List.of(),
                new TreeMap<>());
    }

    private final StandIn core = new StandIn();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private boolean terminal;

    private int run(String... args) {
        return run(out, args);
    }

    private int run(OutputStream to, String... args) {
        Console console =
                new Console(to, new PrintStream(err, true, UTF_8), terminal, false, environment);
        return Main.run(Main.commandLine(core, console), console, args);
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }

    /** Exit code 2, nothing on stdout, one line on stderr. */
    private void refuses(String line, String... args) {
        assertThat(run(args)).isEqualTo(Exit.USAGE);
        assertThat(out()).isEmpty();
        assertThat(err()).isEqualTo("telltale: " + line + "\n");
    }

    private static String text(Audit audit, Look look) {
        StringBuilder text = new StringBuilder();
        TextReport.write(audit, text, look);
        return text.toString();
    }

    // --- exit codes and stdout ---

    @Test
    void exitCodeIsTheVerdict() {
        assertThat(run("audit", "x.pcap", "-p", "p.yaml")).isEqualTo(1);
        core.audit = RedMi.inconclusive();
        assertThat(run("audit", "x.pcap", "-p", "p.yaml")).isEqualTo(3);
        core.audit = RedMi.pass();
        assertThat(run("audit", "x.pcap", "-p", "p.yaml")).isEqualTo(0);
        assertThat(err()).isEmpty();
    }

    @Test
    void textIsTheDefault() {
        run("audit", "x.pcap", "-p", "p.yaml");
        assertThat(out()).isEqualTo(text(core.audit, Look.PLAIN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--format json", "--format=json", "--format json -o -", "-o- --format json"})
    void oneFormatGoesToStdout(String options) {
        run(args("audit x.pcap -p p.yaml " + options));
        assertThat(out()).isEqualTo(new String(AuditJson.bytes(core.audit), UTF_8));
        assertThat(err()).isEmpty();
    }

    private static String[] args(String line) {
        return line.split(" ");
    }

    @Test
    void aFolderTakesAllAndTheTextIsStillPrinted(@TempDir Path dir) throws IOException {
        Path runs = dir.resolve("runs/1");
        assertThat(run("audit", "x.pcap", "-p", "p.yaml", "-o", runs.toString())).isEqualTo(1);
        assertThat(out()).isEqualTo(text(core.audit, Look.PLAIN));
        assertThat(Files.readString(runs.resolve("report.txt")))
                .isEqualTo(text(core.audit, Look.PLAIN));
        assertThat(Files.readAllBytes(runs.resolve("audit.json"))).isEqualTo(committed(runs));
        try (Stream<Path> files = Files.list(runs)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "report.txt",
                            "audit.json",
                            "report.html",
                            "report.md",
                            "findings.csv",
                            "report.sarif",
                            "junit.xml",
                            "manifest.json",
                            "custody.jsonl",
                            "persona.salt");
        }
        // Again, over what is there.
        core.audit = RedMi.pass();
        assertThat(
                        run(
                                "audit",
                                "x.pcap",
                                "-p",
                                "p.yaml",
                                "-o",
                                runs.toString(),
                                "--format",
                                "text"))
                .isZero();
        assertThat(Files.readAllBytes(runs.resolve("audit.json"))).isEqualTo(committed(runs));
    }

    /** In a run folder the audit is bound to its persona. */
    private byte[] committed(Path folder) throws IOException {
        try {
            Audit a =
                    Seal.committed(
                            core.audit, core.persona(Path.of("p.yaml")).persona(), Salt.in(folder));
            assertThat(a.persona().commitment()).startsWith("hmac-sha256:");
            return AuditJson.bytes(a);
        } catch (UnreadableInput e) {
            throw new AssertionError(e);
        }
    }

    /** What an audit has once said can be written again, without the captures. */
    @Test
    void anAuditIsWrittenAgainInAnotherForm(@TempDir Path dir) throws IOException {
        Path json = dir.resolve("audit.json");
        Files.write(json, AuditJson.bytes(core.audit));
        assertThat(run("report", dir.toString())).isZero();
        assertThat(out()).isEqualTo(text(core.audit, Look.PLAIN));
        out.reset();
        assertThat(run("report", json.toString(), "--format", "json")).isZero();
        assertThat(out()).isEqualTo(Files.readString(json));
        out.reset();
        assertThat(core.asked).isNull();
        assertThat(run("report", json.toString(), "--lang", "de")).isZero();
        assertThat(out()).contains("NICHT BESTANDEN").doesNotContain("FAIL  ");
        out.reset();
        assertThat(run("report", json.toString(), "--lang", "de", "--format", "json")).isZero();
        assertThat(out()).isEqualTo(Files.readString(json));
        assertThat(run("report", dir.resolve("none").toString())).isEqualTo(2);
        assertThat(err()).contains("does not exist");
        Files.writeString(dir.resolve("manifest.json"), "{}");
        assertThat(run("report", dir.toString(), "-o", dir.toString())).isEqualTo(2);
        assertThat(err()).contains("is sealed by its manifest.json");
        assertThat(dir.resolve("report.html")).doesNotExist();
    }

    @Test
    void optionsReachCore() {
        run(
                args(
                        "audit a.pcap b.har -p p.yaml --run r.yaml --keys k1 --keys k2 --policy"
                                + " strict --device A4-50-46-12-9F-C3 --reveal --evidence 5"
                                + " --workers 3"));
        assertThat(core.asked)
                .isEqualTo(
                        new Core.AuditRequest(
                                List.of(Path.of("a.pcap"), Path.of("b.har")),
                                Path.of("p.yaml"),
                                Optional.of(Path.of("r.yaml")),
                                List.of(Path.of("k1"), Path.of("k2")),
                                "strict",
                                Optional.of("A4-50-46-12-9F-C3"),
                                true,
                                5));
        assertThat(core.workers).isEqualTo(3);
        run("audit", "x.pcap", "-p", "p.yaml");
        assertThat(core.asked)
                .isEqualTo(
                        new Core.AuditRequest(
                                List.of(Path.of("x.pcap")),
                                Path.of("p.yaml"),
                                Optional.empty(),
                                List.of(),
                                "no-personal-data",
                                Optional.empty(),
                                false,
                                10_000));
    }

    @Test
    void warningsGoToStderr() {
        core.warnings = List.of("p.yaml:3: imei[0]: wrong check digit; searched for as written");
        assertThat(run("audit", "x.pcap", "-p", "p.yaml", "--format", "json")).isEqualTo(1);
        assertThat(out()).startsWith("{");
        assertThat(err())
                .isEqualTo(
                        "telltale: p.yaml:3: imei[0]: wrong check digit; searched for as"
                                + " written\n");
    }

    // --- wrong usage: one line, exit code 2 ---

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "audit                                    | missing -p or --persona PERSONA.yaml,"
                        + " CAPTURE (try: telltale audit --help)",
                "audit x.pcap                             | missing -p or --persona PERSONA.yaml"
                        + " (try: telltale audit --help)",
                "audit -p p.yaml                          | missing CAPTURE (try: telltale audit"
                        + " --help)",
                "audit x.pcap -p                          | missing -p or --persona PERSONA.yaml"
                        + " (try: telltale audit --help)",
                "audit x.pcap -p p.yaml --kyes k          | unknown option '--kyes'. Did you mean"
                        + " --keys? (try: telltale audit --help)",
                "audt x.pcap                              | unknown command 'audt'. Did you mean"
                        + " audit? (try: telltale --help)",
                "persona chek p.yaml                      | unknown command 'chek'. Did you mean"
                        + " check? (try: telltale persona --help)",
                "--no-such-option                         | unknown option '--no-such-option' (try:"
                        + " telltale --help)",
                "inspect a.pcap b.pcap                    | one argument too many: 'b.pcap' (try:"
                        + " telltale inspect --help)",
                "audit x -p p --format pdf                | unknown format 'pdf'; known: text,"
                        + " json, html, markdown, csv, sarif, junit, har",
                "audit x -p p --format text,json          | several formats need a folder: give one"
                        + " --format, or -o DIR",
                "audit x -p p --format text,json -o -     | several formats need a folder: give one"
                        + " --format, or -o DIR",
                "audit x -p p --lang xx                   | unknown language 'xx'; known: en, de",
                "audit x -p p -o -                        | -o - needs one --format: text, json, html, markdown, csv, sarif, junit",
                "audit x -p p --evidence -1               | --evidence -1 is less than nothing;"
                        + " give 0 or more",
                "audit x -p p --workers 0                 | --workers 0 is not between 1 and 1024",
                "audit x -p p --device phone              | --device phone is neither an IP address"
                        + " nor a MAC address (telltale inspect lists them)",
                "audit x -p p --evidence many             | Invalid value for option '--evidence':"
                        + " 'many' is not an int (try: telltale audit --help)",
            })
    void wrongUsageIsOneLine(String line, String message) {
        refuses(message, args(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.7", "2001:db8::9", "a4:50:46:12:9f:c3", "A4-50-46-12-9F-C3"})
    void devicesAreAddresses(String device) {
        assertThat(run("audit", "x", "-p", "p", "--device", device)).isEqualTo(1);
    }

    @Test
    void aFileIsNoFolder(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "");
        refuses(
                "-o " + file + " is a file; give a folder, or - for stdout",
                "audit",
                "x",
                "-p",
                "p",
                "-o",
                file.toString());
        assertThat(core.asked).isNull();
    }

    @Test
    void aFolderThatCannotBeWrittenIsOneLine(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("f"), "");
        assertThat(run("audit", "x", "-p", "p", "-o", file.resolve("sub").toString())).isEqualTo(2);
        assertThat(err())
                .startsWith("telltale: cannot write " + file.resolve("sub"))
                .hasLineCount(1);
    }

    @Test
    void unreadableInputIsOneLine() {
        core.unreadable = new UnreadableInput("cat.jpg: a JPEG image,\nnot a capture");
        refuses("cat.jpg: a JPEG image, not a capture", "audit", "cat.jpg", "-p", "p");
        err.reset();
        refuses("cat.jpg: a JPEG image, not a capture", "inspect", "cat.jpg");
        err.reset();
        refuses("cat.jpg: a JPEG image, not a capture", "inspect", "cat.jpg", "--requests");
        err.reset();
        refuses("cat.jpg: a JPEG image, not a capture", "persona", "check", "cat.jpg");
    }

    @Test
    void messagesCannotMoveTheTerminal() {
        core.unreadable = new UnreadableInput("evil\u001b[2J.pcap: no such file");
        refuses("evil\\x1B[2J.pcap: no such file", "audit", "x", "-p", "p");
    }

    @Test
    void noCommandShowsHelpOnStderr() {
        assertThat(run()).isEqualTo(2);
        assertThat(out()).isEmpty();
        assertThat(err()).contains("Usage: telltale").contains("telltale demo");
    }

    // --- defects ---

    @Test
    void aDefectIsOneLineWithoutWhatWasRead() throws IOException {
        core.defect = new IllegalStateException("404450123456789");
        assertThat(run("audit", "x", "-p", "p")).isEqualTo(70);
        assertThat(out()).isEmpty();
        assertThat(err())
                .hasLineCount(1)
                .startsWith("telltale: internal error, IllegalStateException at ");
        Path file =
                Path.of(err().replaceAll("(?s).*stack trace is in (.*), please report it.*", "$1"));
        assertThat(file)
                .content()
                .contains("IllegalStateException", "CliTest")
                .doesNotContain("404450123456789");
        Files.delete(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--debug audit x -p p", "audit x -p p --debug"})
    void debugPrintsTheStackTrace(String line) {
        core.defect = new IllegalStateException("boom");
        assertThat(run(args(line))).isEqualTo(70);
        assertThat(err()).contains("boom").contains("\tat ");
    }

    @Test
    void outOfMemorySaysWhatToDo() {
        core.error = new OutOfMemoryError();
        assertThat(run("audit", "x", "-p", "p")).isEqualTo(70);
        assertThat(err())
                .isEqualTo(
                        "telltale: out of memory; give it more: TELLTALE_JAVA_OPTS=-Xmx2g telltale"
                                + " ...\n");
    }

    // --- stdout that ends early ---

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void aReaderThatWentAwayIsNoError() {
        assertThat(run(failing("Broken pipe"), "audit", "x", "-p", "p")).isEqualTo(1);
        assertThat(run(failing("Broken pipe"), "audit", "x", "-p", "p", "--format", "json"))
                .isEqualTo(1);
        core.requests = List.of("GET\thttp://x/\t1\n");
        assertThat(run(failing("Broken pipe"), "inspect", "x", "--requests")).isZero();
        assertThat(err()).isEmpty();
    }

    @Test
    void aFullDiskIsOne() {
        assertThat(run(failing("No space left on device"), "audit", "x", "-p", "p")).isEqualTo(2);
        assertThat(err())
                .isEqualTo("telltale: cannot write to standard output: No space left on device\n");
    }

    // --- the terminal ---

    @Test
    void coloursOnATerminalOnly() {
        run("audit", "x", "-p", "p");
        assertThat(out()).doesNotContain("\u001b");
        out.reset();
        terminal = true;
        run("audit", "x", "-p", "p");
        assertThat(out()).contains("\u001b[1;31mFAIL\u001b[0m");
        out.reset();
        environment.put("NO_COLOR", "1");
        run("audit", "x", "-p", "p");
        assertThat(out()).doesNotContain("\u001b");
    }

    @Test
    void columnsAreHeeded() {
        environment.put("COLUMNS", "60");
        run("audit", "x", "-p", "p");
        assertThat(out()).isEqualTo(text(core.audit, new Look(60, false)));
        out.reset();
        environment.put("COLUMNS", "wide");
        run("audit", "x", "-p", "p");
        assertThat(out()).isEqualTo(text(core.audit, Look.PLAIN));
    }

    // --- inspect, persona check ---

    @Test
    void requestsAreByteForByteInAPipeAndHarmlessOnATerminal() {
        core.requests = List.of("GET\thttp://x/\u001b[31m\u009b\t1\n", "POST\thttp://y/\t2\n");
        assertThat(run("inspect", "x.pcap", "--requests")).isZero();
        assertThat(out()).isEqualTo(String.join("", core.requests));
        out.reset();
        terminal = true;
        run("inspect", "x.pcap", "--requests");
        assertThat(out()).isEqualTo("GET\thttp://x/\\x1B[31m\\x9B\t1\nPOST\thttp://y/\t2\n");
    }

    @Test
    void inspectNamesHostsAndWhatCouldBeRead() {
        assertThat(run("inspect", "x.pcap")).isZero();
        assertThat(out())
                .contains("api.account.xiaomi.com", "192.168.43.17", "unprotected", "no keys");
    }

    @Test
    void personaCheckNamesKindsAndWarningsButNoValue() {
        core.warnings = List.of("p.yaml:3: imei[0]: wrong check digit; searched for as written");
        assertThat(run("persona", "check", "p.yaml")).isZero();
        assertThat(out())
                .contains("redmi-lab-1", "4 identifiers", "IMEIs 1 and 2, fb_anon_id")
                .contains("phone number of contact 1", "warning: p.yaml:3: imei[0]")
                .doesNotContain("SECRET-VALUE");
    }

    // --- help ---

    @Test
    void everyCommandTeachesByExample() {
        Console console =
                new Console(out, new PrintStream(err, true, UTF_8), false, false, Map.of());
        CommandLine telltale = Main.commandLine(core, console);
        for (String command : telltale.getSubcommands().keySet()) {
            if (command.equals("generate-completion")) continue;
            out.reset();
            assertThat(run(command, "--help")).isZero();
            assertThat(out()).containsPattern("Examples?:").contains("telltale " + command);
            assertThat(out().lines()).allMatch(l -> l.length() <= 80);
        }
        assertThat(err()).isEmpty();
    }

    @Test
    void versionIsOneLine() {
        assertThat(run("--version")).isZero();
        assertThat(out()).startsWith("telltale ").hasLineCount(1);
    }

    @Test
    void completionScriptCoversEveryCommand() {
        assertThat(run("generate-completion")).isZero();
        assertThat(out()).contains("audit", "inspect", "persona", "demo", "--reveal", "--requests");
    }
}
