package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import dev.telltale.report.AuditJson;
import dev.telltale.report.AuditJsonReader;
import dev.telltale.report.Chromium;
import dev.telltale.report.OutputFormatsTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A phone that knows it is watched: names in its traffic, in the file and in the persona aim at
 * those who read the reports. All goes in as a recording and comes out through every output.
 */
class HostileOutputsTest {

    private static final String IMEI = "490154203237518";

    /** Each stands as a key of a query, so that it becomes part of a finding's place. */
    private static final List<String> PAYLOADS =
            List.of(
                    "<script>alert(x)</script>",
                    "\"><img src=x onerror=alert(x)>",
                    "'onmouseover='alert(x)",
                    "</code></style><svg onload=alert(x)>",
                    "javascript:alert(x)",
                    "=HYPERLINK(\"http://evil.example.org\",\"x\")",
                    "x;=a+b",
                    "@SUM(x)",
                    "+a-b",
                    "[a](javascript:alert(x))",
                    "![a](http://evil.example.org/a.png)",
                    "| a | b |",
                    "``` x ```",
                    "http://www.evil.example.org/",
                    "@everyone",
                    "\u001b]0;owned\u0007\u001b[2J",
                    "\u202egpj.exe\u2066",
                    "a\u0000b\r\nc",
                    "{0} {{1}} ${x} %s",
                    "]]><x/>&xxe;",
                    "\ud800",
                    "\ufffe\uffff");

    private static final String FILE =
            "=cmd|' <img src=x onerror=alert(x)> [a](b) `c` \u001b[31m.har";

    @TempDir static Path dir;
    private static Path out;
    private static Path revealed;
    private static String printed = "";

    @BeforeAll
    static void audit() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode har = json.createObjectNode();
        ObjectNode log = har.putObject("log").put("version", "1.2");
        log.putObject("creator").put("name", "x").put("version", "1");
        ArrayNode entries = log.putArray("entries");
        int n = 0;
        for (String payload : PAYLOADS) {
            // A recipient each, so that none is one of many places that are only counted.
            String host = "h.p" + n++ + ".test";
            ObjectNode entry = entries.addObject();
            entry.put("startedDateTime", "2026-01-01T00:00:00Z").put("time", 1);
            ObjectNode request = entry.putObject("request");
            request.put("method", "POST")
                    .put("url", "http://" + host + "/a?" + encoded(payload) + "=" + IMEI)
                    .put("httpVersion", "HTTP/1.1");
            request.putArray("headers").addObject().put("name", "Host").put("value", host);
            request.putArray("cookies");
            request.putArray("queryString");
            request.put("headersSize", -1).put("bodySize", -1);
            request.putObject("postData")
                    .put("mimeType", "application/json")
                    .put("text", json.createObjectNode().put(payload, IMEI).toString());
            ObjectNode response = entry.putObject("response");
            response.put("status", 204).put("statusText", "").put("httpVersion", "HTTP/1.1");
            response.putArray("headers");
            response.putArray("cookies");
            response.putObject("content").put("size", 0).put("mimeType", "text/plain");
            response.put("redirectURL", "").put("headersSize", -1).put("bodySize", 0);
            entry.putObject("cache");
            entry.putObject("timings").put("send", 0).put("wait", 0).put("receive", 0);
        }
        Path capture = dir.resolve(FILE);
        Files.writeString(capture, har.toString().replace("\ud800", "\\ud800"));
        Path persona = dir.resolve("persona.yaml");
        Files.writeString(
                persona, "persona: \"<b>p</b>\"\nidentifiers:\n  imei: \"" + IMEI + "\"\n");
        out = dir.resolve("run");
        revealed = dir.resolve("revealed");
        printed = run("audit", capture.toString(), "-p", persona.toString(), "-o", out.toString());
        run(
                "audit",
                capture.toString(),
                "-p",
                persona.toString(),
                "-o",
                revealed.toString(),
                "--reveal");
    }

    private static String encoded(String s) {
        StringBuilder e = new StringBuilder();
        for (byte b : s.getBytes(UTF_8)) e.append(String.format("%%%02X", b & 0xFF));
        return e.toString();
    }

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console =
                new Console(out, new PrintStream(err, true, UTF_8), false, false, Map.of());
        int code = Main.run(Main.commandLine(new CoreCalls(), console), console, args);
        assertThat(code).as(err.toString(UTF_8)).isEqualTo(Exit.FAIL);
        return out.toString(UTF_8);
    }

    /** Nothing that moves a cursor, turns the direction of writing or hides. */
    private static void harmless(String s) {
        assertThat(s.replaceAll("\r?\n", ""))
                .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}]");
    }

    private static String read(String file) throws IOException {
        return Files.readString(out.resolve(file), UTF_8);
    }

    /** Every payload arrived: else the tests below would show nothing. */
    @Test
    void thePayloadsAreInTheAudit() throws IOException {
        String places = new ObjectMapper().readTree(read("audit.json")).get("findings").toString();
        assertThat(new ObjectMapper().readTree(read("audit.json")).get("findings").size())
                .isGreaterThan(PAYLOADS.size());
        assertThat(places)
                .contains("<script>alert(x)</script>")
                .contains("HYPERLINK")
                .contains("javascript:alert(x)")
                .contains("owned");
    }

    @Test
    void onlyFixedNamesAreWritten() throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(out)) {
            names = files.map(f -> f.getFileName().toString()).toList();
        }
        assertThat(names)
                .contains(OutputFormat.ALL.stream().map(OutputFormat::file).toArray(String[]::new))
                .allMatch(n -> n.matches("[a-z]+\\.[a-z]+"));
    }

    @Test
    void text() throws IOException {
        assertThat(printed).contains("owned").isEqualTo(read("report.txt"));
        harmless(printed);
    }

    @Test
    void json() throws IOException {
        String json = read("audit.json");
        harmless(json);
        byte[] again =
                AuditJson.bytes(
                        AuditJsonReader.read(new ByteArrayInputStream(json.getBytes(UTF_8))));
        assertThat(new String(again, UTF_8)).isEqualTo(json);
    }

    @Test
    void html() throws IOException {
        try (Chromium chromium = Chromium.start();
                Chromium.Visit visit =
                        chromium.visit(out.resolve("report.html"), 1280, ColorScheme.LIGHT)) {
            assertThat(visit.told()).isEmpty();
            assertThat(visit.asked()).hasSize(1);
            Object active =
                    visit.page()
                            .evaluate(
                                    """
                                    [...document.querySelectorAll('*')].filter(e =>
                                        ['SCRIPT', 'IMG', 'IFRAME', 'OBJECT', 'FORM', 'LINK', 'IMAGE', 'X'].includes(e.tagName.toUpperCase())
                                        || [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style'
                                            || a.name.endsWith('href') && !a.value.startsWith('#'))).length
                                    """);
            assertThat(active).isEqualTo(0);
            assertThat((String) visit.page().evaluate("document.body.textContent"))
                    .contains(
                            "<script>alert(x)</script>", "<svg onload=alert(x)>", "\\x1B]0;owned");
            assertThat(visit.axe()).isEmpty();
            assertThat((Integer) visit.page().evaluate("document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(1280);
        }
        harmless(read("report.html"));
    }

    @Test
    void markdown() throws IOException {
        String markdown = read("report.md");
        assertThat(OutputFormatsTest.Seen.in(markdown).active).isZero();
        assertThat(OutputFormatsTest.plainText(markdown))
                .contains("<script>alert(x)</script>", "[a](javascript:alert(x))", "``` x ```");
        harmless(markdown);
    }

    @Test
    void csv() throws IOException {
        String csv = read("findings.csv");
        List<CSVRecord> records = OutputFormatsTest.records(csv);
        assertThat(records).hasSizeGreaterThan(PAYLOADS.size());
        List<String> cells = new ArrayList<>();
        for (CSVRecord r : records) r.forEach(cells::add);
        assertThat(cells).noneMatch(c -> c.matches("(?s)[\\s]*[=+@\\-＝＋－＠\\t\\r].*"));
        // A spreadsheet whose separator is another one must find no formula either.
        for (String separator : List.of(";", "\t", "|"))
            for (String line : csv.split("\r\n"))
                for (String cell : line.split(java.util.regex.Pattern.quote(separator)))
                    assertThat(cell.strip()).doesNotMatch("[=+@\\-].*");
        assertThat(csv).contains("\"'=cmd|'", ";'=a+b");
        harmless(csv);
    }

    @Test
    void sarif() throws IOException {
        String json = read("report.sarif");
        assertThat(OutputFormatsTest.sarifErrors(json)).isEmpty();
        JsonNode run = new ObjectMapper().readTree(json).get("runs").get(0);
        String uri = run.get("artifacts").get(0).get("location").get("uri").asString();
        assertThat(uri).matches("[A-Za-z0-9%._~-]+");
        assertThat(URLDecoder.decode(uri, UTF_8)).isEqualTo(FILE);
        for (JsonNode r : run.get("results"))
            assertThat(r.get("message").get("text").asString())
                    .doesNotContainPattern("(?<!\\\\)\\[[^\\]]*(?<!\\\\)\\]\\(");
        harmless(json);
    }

    @Test
    void junit() throws Exception {
        DocumentBuilderFactory xml = DocumentBuilderFactory.newInstance();
        xml.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        assertThat(
                        xml.newDocumentBuilder()
                                .parse(out.resolve("junit.xml").toFile())
                                .getDocumentElement()
                                .getElementsByTagName("failure")
                                .getLength())
                .isPositive();
        harmless(read("junit.xml"));
    }

    /** Masked means in every output: as it stands, encoded, or as a digest. */
    @Test
    void noOutputGivesTheValueAway() throws Exception {
        List<String> gives = new ArrayList<>(List.of(IMEI));
        byte[] bytes = IMEI.getBytes(UTF_8);
        gives.add(HexFormat.of().formatHex(bytes));
        gives.add(HexFormat.ofDelimiter(" ").formatHex(bytes));
        gives.add(Base64.getEncoder().encodeToString(bytes));
        for (String digest : List.of("MD5", "SHA-1", "SHA-256")) {
            byte[] d = MessageDigest.getInstance(digest).digest(bytes);
            gives.add(HexFormat.of().formatHex(d).substring(0, 16));
            gives.add(Base64.getUrlEncoder().encodeToString(d).substring(0, 12));
        }
        for (OutputFormat<?> format : OutputFormat.ALL) {
            String text = read(format.file());
            for (String g : gives) assertThat(text).as(format.name()).doesNotContainIgnoringCase(g);
        }
        for (String file : List.of("audit.json", "report.html", "findings.csv", "report.sarif"))
            assertThat(Files.readString(revealed.resolve(file))).as(file).contains(IMEI);
        assertThat(Files.readString(revealed.resolve("report.html")))
                .contains("34 39 30 31 35 34 32 30");
    }
}
