package dev.telltale.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.telltale.model.Audit;
import dev.telltale.model.Finding;
import dev.telltale.model.Outcome;
import dev.telltale.model.Verdict;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.CustomNode;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What programs and other people's tools read, read by others than us. */
public class OutputFormatsTest {

    static Stream<Audit> audits() {
        return Stream.of(
                RedMi.firstStart(),
                RedMi.inconclusive(),
                RedMi.pass(),
                RedMi.silent(),
                allowed(),
                TextReportTest.hostile(),
                TextReportTest.many());
    }

    /** One finding is let pass with a reason. */
    private static Audit allowed() {
        Audit base = RedMi.firstStart();
        Finding f = base.findings().getFirst();
        return base.with(
                new Verdict(
                        Outcome.PASS,
                        "no claim beyond {this} [device](x)",
                        List.of(
                                new Verdict.Reason(
                                        "own rule",
                                        "",
                                        "",
                                        Outcome.PASS,
                                        "waived by A until 2027",
                                        List.of(f.id(), "not a finding")))));
    }

    // --- SARIF ---

    private static final Schema SARIF = sarifSchema();

    private static Schema sarifSchema() {
        try (InputStream in =
                OutputFormatsTest.class.getResourceAsStream("schemas/sarif-2.1.0-rtm.5.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
                    .getSchema(new String(Objects.requireNonNull(in).readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Errors of {@code json} against the schema of SARIF 2.1.0. */
    public static List<Error> sarifErrors(String json) {
        return SARIF.validate(json, InputFormat.JSON);
    }

    private static String sarif(Audit audit) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Sarif.write(audit, out);
        return out.toString(UTF_8);
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("audits")
    void sarifFollowsItsSchema(Audit audit) throws IOException {
        String json = sarif(audit);
        assertThat(sarifErrors(json)).isEmpty();
        JsonNode run = new ObjectMapper().readTree(json).get("runs").get(0);
        JsonNode rules = run.get("tool").get("driver").get("rules");
        for (JsonNode result : run.get("results")) {
            int index = result.get("ruleIndex").asInt();
            assertThat(rules.get(index).get("id")).isEqualTo(result.get("ruleId"));
        }
        long located =
                run.get("results")
                        .valueStream()
                        .filter(r -> r.has("partialFingerprints"))
                        .map(r -> r.get("partialFingerprints").get("telltaleFinding/v1").asString())
                        .distinct()
                        .count();
        assertThat(located)
                .isEqualTo(audit.findings().stream().map(Finding::id).distinct().count());
    }

    @Test
    void theSchemaRefusesWhatIsNoSarif() throws IOException {
        String json = sarif(RedMi.firstStart());
        assertThat(
                        sarifErrors(
                                json.replace("\"level\" : \"error\"", "\"level\" : \"grave\"")
                                        .replace("\"level\": \"error\"", "\"level\": \"grave\"")))
                .isNotEmpty();
    }

    @Test
    void sarifTellsFailureDoubtAndWaiverApart() throws IOException {
        JsonNode fail = results(RedMi.firstStart());
        assertThat(fail.valueStream().map(r -> r.get("level").asString())).contains("error");
        JsonNode open = results(RedMi.inconclusive());
        assertThat(open.valueStream().filter(r -> r.has("kind")).map(r -> r.get("kind").asString()))
                .contains("open");
        JsonNode waived = results(allowed());
        JsonNode first = waived.get(0);
        assertThat(first.get("suppressions").get(0).get("justification").asString())
                .contains("waived by A");
        assertThat(waived.get(1).get("kind").asString()).isEqualTo("informational");
    }

    private static JsonNode results(Audit audit) throws IOException {
        return new ObjectMapper().readTree(sarif(audit)).get("runs").get(0).get("results");
    }

    @Test
    void sarifMessagesHoldNoPlaceholderAndNoLink() {
        assertThat(Sarif.literal("a {0} [x](y) \\")).isEqualTo("a {{0}} \\[x\\](y) \\\\");
        assertThat(Sarif.uri("../a b.pcap")).isEqualTo("%2E%2E%2Fa%20b.pcap");
        assertThat(Sarif.uri("javascript:x")).isEqualTo("javascript%3Ax");
        assertThat(Sarif.uri("run-1.pcapng")).isEqualTo("run-1.pcapng");
    }

    // --- JUnit XML ---

    private static byte[] junit(Audit audit) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JunitXml.write(audit, out);
        return out.toByteArray();
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("audits")
    void junitCountsAddUp(Audit audit) throws Exception {
        DocumentBuilderFactory xml = DocumentBuilderFactory.newInstance();
        xml.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document d = xml.newDocumentBuilder().parse(new ByteArrayInputStream(junit(audit)));
        Element root = d.getDocumentElement();
        counts(root);
        NodeList suites = root.getElementsByTagName("testsuite");
        for (int i = 0; i < suites.getLength(); i++) counts((Element) suites.item(i));
        assertThat(root.getAttribute("tests"))
                .isEqualTo(Integer.toString(audit.verdict().reasons().size() + 1));
        boolean green =
                root.getElementsByTagName("failure").getLength() == 0
                        && root.getElementsByTagName("error").getLength() == 0;
        assertThat(green).isEqualTo(audit.verdict().outcome() == Outcome.PASS);
    }

    private static void counts(Element e) {
        for (String[] of :
                new String[][] {
                    {"tests", "testcase"}, {"failures", "failure"}, {"errors", "error"}
                })
            assertThat(e.getAttribute(of[0]))
                    .isEqualTo(Integer.toString(e.getElementsByTagName(of[1]).getLength()));
    }

    @Test
    void xmllintReadsJunit(@TempDir Path dir) throws Exception {
        int n = 0;
        for (Audit audit : audits().toList()) {
            Path file = Files.write(dir.resolve(n++ + ".xml"), junit(audit));
            assertThat(run("xmllint", "--noout", "--nonet", file.toString())).isEmpty();
        }
    }

    /** What a program says; the test is skipped where there is none of that name. */
    public static String run(String... command) throws IOException, InterruptedException {
        try {
            Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
            p.getOutputStream().close();
            String said = new String(p.getInputStream().readAllBytes(), UTF_8);
            int code = p.waitFor();
            return code == 0 ? said : "exit " + code + ": " + said;
        } catch (IOException e) {
            Assumptions.abort(command[0] + " is not installed");
            throw e;
        }
    }

    // --- CSV ---

    static String csv(Audit audit) throws IOException {
        StringBuilder out = new StringBuilder();
        FindingsCsv.write(audit, out);
        return out.toString();
    }

    public static List<CSVRecord> records(String csv) throws IOException {
        CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
        try (CSVParser parser = CSVParser.parse(new StringReader(csv), format)) {
            return parser.getRecords();
        }
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("audits")
    void csvHasARowForEachFinding(Audit audit) throws IOException {
        List<CSVRecord> records = records(csv(audit));
        assertThat(records).hasSize(audit.findings().size()).allMatch(CSVRecord::isConsistent);
        for (int i = 0; i < records.size(); i++) {
            Finding f = audit.findings().get(i);
            assertThat(records.get(i).get("id")).isEqualTo(f.id());
            assertThat(records.get(i).get("protection"))
                    .isEqualTo(f.worst().secured().protection().name());
            assertThat(records.get(i).get("sightings")).isEqualTo(Long.toString(f.sightings()));
        }
    }

    @Test
    void pythonReadsTheSameCsv(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("f.csv"), csv(RedMi.firstStart()));
        String said =
                run(
                        "python3",
                        "-c",
                        "import csv,sys\n"
                                + "for r in csv.DictReader(open(sys.argv[1],encoding='utf-8',newline=''),strict=True):"
                                + " print(r['id'],r['place'],sep='|')",
                        file.toString());
        List<String> expected =
                RedMi.firstStart().findings().stream().map(f -> f.id() + "|" + f.place()).toList();
        assertThat(said.lines()).containsExactlyElementsOf(expected);
    }

    // --- Markdown ---

    private static final Parser MARKDOWN =
            Parser.builder()
                    .extensions(List.of(TablesExtension.create(), AutolinkExtension.create()))
                    .build();

    /** Nodes that could do something, and rows of tables. */
    public static final class Seen extends AbstractVisitor {
        public long active;
        long rows;

        @Override
        public void visit(HtmlBlock n) {
            active++;
        }

        @Override
        public void visit(HtmlInline n) {
            active++;
        }

        @Override
        public void visit(Link n) {
            active++;
        }

        @Override
        public void visit(Image n) {
            active++;
        }

        @Override
        public void visit(CustomNode n) {
            if (n instanceof TableRow) rows++;
            visitChildren(n);
        }

        public static Seen in(String markdown) {
            Seen seen = new Seen();
            MARKDOWN.parse(markdown).accept(seen);
            return seen;
        }
    }

    public static String plainText(String markdown) {
        Node document = MARKDOWN.parse(markdown);
        return TextContentRenderer.builder()
                .extensions(List.of(TablesExtension.create()))
                .build()
                .render(document);
    }

    private static String markdown(Audit audit) throws IOException {
        StringBuilder out = new StringBuilder();
        MarkdownReport.write(audit, out, Look.PLAIN);
        return out.toString();
    }

    @ParameterizedTest(name = "[{index}]")
    @MethodSource("audits")
    void markdownIsTextAndTables(Audit audit) throws IOException {
        String markdown = markdown(audit);
        Seen seen = Seen.in(markdown);
        assertThat(seen.active).isZero();
        if (!audit.findings().isEmpty()) assertThat(seen.rows).isGreaterThan(1);
        assertThat(plainText(markdown))
                .startsWith(Words.english().get("outcome." + audit.verdict().outcome()))
                .contains(Printable.of(new Headline(audit, Words.english()).sentence()).strip());
    }

    @Test
    void markdownNamesWhatLeft() throws IOException {
        assertThat(plainText(markdown(RedMi.firstStart())))
                .contains("IMEI", "unprotected", "phone numbers of contacts 1–4")
                .contains("GET /pass/activate/dev/{imei}/activating · query[imsi]");
    }

    @Test
    void theParserSeesWhatIsActive() {
        assertThat(Seen.in("www.example.org <b>x</b> [a](b) ![c](d)").active).isEqualTo(5);
    }

    @Test
    void punctuationStaysItself() {
        for (String s :
                List.of(
                        "# x",
                        "1. x",
                        "- x",
                        "+ x",
                        "=== x",
                        "> x",
                        "a_b_c *d* `e` ~f~ |g| &amp; <h> [i](j) !k",
                        "http://example.org www.example.org a@example.org",
                        "\\*x\\*",
                        "| a | b |"))
            assertThat(plainText(MarkdownReport.text(s)).strip().replace("\"", ""))
                    .as(s)
                    .isEqualTo(s);
        for (String s : List.of("`", "a``b", "`x`", "| ` |", "<b>"))
            assertThat(plainText(MarkdownReport.code(s)).strip().replaceAll("^\"|\"$", ""))
                    .as(s)
                    .isEqualTo(s);
    }
}
