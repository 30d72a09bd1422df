package dev.telltale.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Evidence;
import dev.telltale.model.Finding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

class AuditJsonTest {

    private static final Schema SCHEMA = schema();

    private static Schema schema() {
        try (InputStream in = AuditJson.class.getResourceAsStream("telltale.audit-1.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(Objects.requireNonNull(in).readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Errors of {@code json} against the shipped schema; tests of other outputs use it too. */
    public static List<Error> errors(String json) {
        return SCHEMA.validate(json, InputFormat.JSON);
    }

    static Stream<Audit> audits() {
        return Stream.of(
                RedMi.firstStart(), RedMi.inconclusive(), RedMi.pass(), RedMi.silent(), odd());
    }

    /** Exchange capture, received, no run, hostile text, times that need rounding. */
    private static Audit odd() {
        Audit a = RedMi.inconclusive();
        Finding f = RedMi.firstStart().findings().getFirst();
        Evidence e =
                new Evidence(
                        0,
                        List.of(),
                        OptionalInt.of(0),
                        0,
                        Instant.parse("2014-08-07T10:00:02Z"),
                        "GET http://x/\u001b[31m\u202e\u009b\"\\\u0000",
                        List.of(),
                        "");
        Finding odd =
                new Finding(
                        f.id(),
                        f.identifier(),
                        dev.telltale.model.Direction.RECEIVED,
                        f.destination(),
                        f.place(),
                        f.worst(),
                        f.variants(),
                        f.sightings(),
                        f.firstSeen(),
                        f.lastSeen(),
                        Optional.empty(),
                        dev.telltale.model.Certainty.LOW,
                        0.25,
                        List.of(e));
        return new Audit(
                "",
                new Audit.Inputs(
                        List.of(
                                new Audit.CaptureInfo(
                                        "broken.pcap",
                                        "",
                                        "unreadable",
                                        0,
                                        0,
                                        0,
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of())),
                        List.of(),
                        "",
                        "",
                        "",
                        List.of()),
                a.persona(),
                Optional.empty(),
                a.verdict(),
                a.coverage(),
                List.of(odd),
                List.of(
                        new Anomaly(
                                Anomaly.Kind.CAPTURE_UNREADABLE, "broken.pcap", "it is a JPEG")));
    }

    @ParameterizedTest
    @MethodSource("audits")
    void isValidAndComesBackEqual(Audit audit) throws IOException {
        byte[] json = AuditJson.bytes(audit);
        assertThat(errors(new String(json, UTF_8))).isEmpty();
        assertThat(AuditJsonReader.read(new ByteArrayInputStream(json))).isEqualTo(audit);
    }

    @ParameterizedTest
    @MethodSource("audits")
    void sameAuditGivesSameBytes(Audit audit) throws IOException {
        byte[] json = AuditJson.bytes(audit);
        assertThat(AuditJson.bytes(audit)).isEqualTo(json);
        assertThat(AuditJson.bytes(AuditJsonReader.read(new ByteArrayInputStream(json))))
                .isEqualTo(json);
    }

    @Test
    void orderOfMapsDoesNotShow() {
        Map<String, String> forth = new java.util.LinkedHashMap<>();
        Map<String, String> back = new java.util.LinkedHashMap<>();
        for (int i = 0; i < 9; i++) forth.put("s" + i, "x");
        for (int i = 8; i >= 0; i--) back.put("s" + i, "x");
        assertThat(AuditJson.bytes(withSources(forth)))
                .isEqualTo(AuditJson.bytes(withSources(back)));
    }

    private static Audit withSources(Map<String, String> sources) {
        Audit a = RedMi.firstStart();
        Finding f = a.findings().getFirst();
        var d = f.destination();
        var to =
                new dev.telltale.model.Destination(
                        d.host(),
                        d.domain(),
                        d.ips(),
                        d.port(),
                        "",
                        "",
                        "",
                        OptionalInt.empty(),
                        false,
                        sources);
        return RedMi.audit(
                List.of(RedMi.finding(f.identifier(), to, f.place(), f.variants(), f.set())),
                RedMi.run(),
                RedMi.coverage());
    }

    @Test
    void hasTheShapeOfTheContract() {
        JsonNode json = new ObjectMapper().readTree(AuditJson.bytes(RedMi.firstStart()));
        assertThat(json.propertyNames())
                .containsExactly(
                        "schema",
                        "tool",
                        "inputs",
                        "persona",
                        "run",
                        "verdict",
                        "coverage",
                        "findings",
                        "anomalies",
                        "controls",
                        "unexplained");
        assertThat(json.at("/inputs/captures/0/start").asString())
                .isEqualTo("2014-08-07T10:00:02.000118Z");
        JsonNode finding = json.at("/findings/0");
        assertThat(finding.at("/protection").asString()).isEqualTo("NONE");
        assertThat(finding.at("/direction").asString()).isEqualTo("sent");
        assertThat(finding.at("/consented").isBoolean()).isTrue();
        assertThat(finding.at("/set").isNull()).isTrue();
        assertThat(finding.at("/accidental").asDouble()).isEqualTo(1e-12);
        assertThat(finding.at("/evidence/0/frames").toString()).isEqualTo("[118,119]");
        assertThat(finding.at("/evidence/0/entry").isNull()).isTrue();
        assertThat(finding.at("/evidence/0/path/1/ranges").toString()).isEqualTo("[[0,8],[12,8]]");
        JsonNode odd = new ObjectMapper().readTree(AuditJson.bytes(odd()));
        assertThat(odd.at("/run").isNull()).isTrue();
        assertThat(odd.at("/findings/0/evidence/0/entry").asInt()).isZero();
    }

    @Test
    void nothingInItMovesATerminal() {
        String json = new String(AuditJson.bytes(odd()), UTF_8);
        assertThat(json.replace("\n", "").codePoints().allMatch(Printable::isShown)).isTrue();
        assertThat(json).contains("\\u001B[31m\\u202E\\u009B\\\"\\\\\\u0000");
    }

    @Test
    void halfASurrogatePairIsReplaced() throws IOException {
        Audit a = RedMi.silent();
        Audit half = withAnomaly(a, "a\ud800b\udc00 \ud83d\ude00");
        Audit read = AuditJsonReader.read(new ByteArrayInputStream(AuditJson.bytes(half)));
        assertThat(read.anomalies().getFirst().where()).isEqualTo("a\ufffdb\ufffd \ud83d\ude00");
    }

    private static Audit withAnomaly(Audit a, String where) {
        return new Audit(
                a.toolVersion(),
                a.inputs(),
                a.persona(),
                a.run(),
                a.verdict(),
                a.coverage(),
                a.findings(),
                List.of(new Anomaly(Anomaly.Kind.LIMIT, where, "text")));
    }

    @Test
    void timesAreCutToMicroseconds() {
        Audit a = RedMi.firstStart();
        Finding f = a.findings().getFirst();
        Finding.Variant v = f.worst();
        Instant nanos = Instant.parse("2014-08-07T10:00:02.123456789Z");
        Finding.Variant exact =
                new Finding.Variant(
                        v.host(),
                        v.app(),
                        v.protocol(),
                        v.secured(),
                        v.disguise(),
                        v.form(),
                        v.chain(),
                        v.phase(),
                        v.consented(),
                        v.explanation(),
                        1,
                        nanos,
                        nanos);
        Audit audit =
                RedMi.audit(
                        List.of(
                                RedMi.finding(
                                        f.identifier(),
                                        f.destination(),
                                        f.place(),
                                        List.of(exact),
                                        Optional.empty())),
                        RedMi.run(),
                        RedMi.coverage());
        String json = new String(AuditJson.bytes(audit), UTF_8);
        assertThat(json).contains("\"2014-08-07T10:00:02.123456Z\"").doesNotContain("123456789");
        assertThat(errors(json)).isEmpty();
    }

    @Test
    void everyPieceOfEvidenceIsOneLine() {
        String json = new String(AuditJson.bytes(RedMi.firstStart()), UTF_8);
        assertThat(json.lines().filter(l -> l.contains("\"frames\":")))
                .hasSameSizeAs(RedMi.firstStart().findings())
                .allMatch(l -> l.strip().startsWith("{\"capture\":0,") && l.strip().endsWith("}"));
    }

    /** Each breaks one promise of the contract; the schema must notice. */
    @ParameterizedTest
    @CsvSource({
        "/schema, '\"telltale.audit/2\"'",
        "/verdict/outcome, '\"fail\"'",
        "/verdict/scope, '\"\"'",
        "/coverage/sent/bytes, '-1'",
        "/coverage/destinations/0/reasons/0/code, '\"LAZY\"'",
        "/inputs/captures/0/start, '\"7 Aug 2014\"'",
        "/inputs/captures/0/sha256, '\"abc\"'",
        "/findings/0/id, '\"0123456789ABCDEF\"'",
        "/findings/0/direction, '\"SENT\"'",
        "/findings/0/protection, '\"SSL\"'",
        "/findings/0/disguise, '\"base64\"'",
        "/findings/0/consented, '\"no\"'",
        "/findings/0/variants, '[]'",
        "/findings/0/sightings, '0'",
        "/findings/0/certainty, '\"sure\"'",
        "/findings/0/accidental, '\"1e-12\"'",
        "/findings/0/identifier/scope, '\"phone\"'",
        "/findings/0/destination/country, '\"China\"'",
        "/findings/0/destination/port, '70000'",
        "/findings/0/evidence/0/frames/0, '0'",
        "/findings/0/evidence/0/entry, '\"0\"'",
        "/findings/0/evidence/0/path/0/ranges/0, '[1]'",
        "/findings/0/evidence/0/path/0/ranges/0, '[1,2,3]'",
        "/anomalies/0/kind, '\"ODD\"'",
        "/run/captured/wifi, '\"most\"'",
        "/run/phases/0/from, 'null'",
    })
    void schemaNotices(String pointer, String value) {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(AuditJson.bytes(RedMi.firstStart()));
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = json.at(pointer.substring(0, slash));
        JsonNode changed = mapper.readTree(value);
        String last = pointer.substring(slash + 1);
        switch (parent) {
            case ObjectNode o -> assertThat(o.replace(last, changed)).isNotNull();
            case tools.jackson.databind.node.ArrayNode array ->
                    array.set(Integer.parseInt(last), changed);
            default -> throw new AssertionError(pointer);
        }
        assertThat(errors(json.toString())).isNotEmpty();
    }

    /** Every field written is one the contract names, and none of those may be left out. */
    @Test
    void schemaNoticesEveryMissingField() {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(AuditJson.bytes(RedMi.firstStart()));
        // What came after the first version: older audits do not have it.
        List<String> optional =
                List.of(
                        "personal",
                        "weak",
                        "explanation",
                        "values",
                        "name",
                        "codes",
                        "rules",
                        "controls",
                        "unexplained",
                        "title",
                        "licence",
                        "stale",
                        "options");
        List<String> unnoticed = new ArrayList<>();
        remove(json, json, "", unnoticed);
        assertThat(unnoticed)
                .allMatch(p ->
                        optional.contains(p.substring(p.lastIndexOf('/') + 1))
                                || p.contains("/captured/")
                                || p.contains("/sources/"));
    }

    private static void remove(JsonNode root, JsonNode node, String path, List<String> unnoticed) {
        if (node instanceof ObjectNode o) {
            for (String name : List.copyOf(o.propertyNames())) {
                JsonNode value = o.remove(name);
                if (errors(root.toString()).isEmpty()) unnoticed.add(path + "/" + name);
                o.set(name, value);
                remove(root, value, path + "/" + name, unnoticed);
            }
        } else if (node.isArray() && !node.isEmpty()) {
            remove(root, node.get(0), path + "/0", unnoticed);
        }
    }

    @Test
    void readersIgnoreUnknownFields() throws IOException {
        Audit audit = RedMi.firstStart();
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(AuditJson.bytes(audit));
        addUnknown(json);
        assertThat(errors(json.toString())).isEmpty();
        assertThat(AuditJsonReader.read(new ByteArrayInputStream(mapper.writeValueAsBytes(json))))
                .isEqualTo(audit);
    }

    private static void addUnknown(JsonNode node) {
        for (JsonNode child : node) addUnknown(child);
        if (node instanceof ObjectNode o && !isMap(o))
            o.putArray("added_later").addObject().put("x", 1.5);
    }

    private static boolean isMap(ObjectNode o) {
        return o.has("wifi") || (o.has("company") && o.size() == 2) || o.isEmpty();
    }

    @Test
    void readerSaysWhatIsWrongAndWhere() {
        String good = new String(AuditJson.bytes(RedMi.firstStart()), UTF_8);
        assertThatThrownBy(() -> read("{}")).hasMessage("schema: missing");
        assertThatThrownBy(() -> read("[]")).hasMessage("not a JSON object");
        assertThatThrownBy(() -> read("")).hasMessage("not a JSON object");
        assertThatThrownBy(() -> read("{\"schema\":\"telltale.audit/2\"}"))
                .hasMessageContaining("telltale.audit/2");
        assertThatThrownBy(() ->
                        read(
                                good.replace(
                                        "\"direction\": \"sent\"", "\"direction\": \"sideways\"")))
                .hasMessage("findings[0].direction: unknown value \"sideways\"");
        assertThatThrownBy(() -> read(good.replace("\"disguise\": \"HASHED\"", "\"disguise\": 7")))
                .hasMessage("findings[0].disguise: not a string");
        assertThatThrownBy(() -> read(good.replace("\"port\":80", "\"port\":8000000000")))
                .hasMessage("findings[0].destination.port: out of range");
        assertThatThrownBy(() ->
                        read(good.replace("\"at\":\"2014-08-07T10:01:00Z\"", "\"at\":\"noon\"")))
                .hasMessageStartingWith("run.phases[0].steps[0].at: not a time");
    }

    /** Cut anywhere, it is one clear error, never another exception. */
    @Test
    void aCutDocumentIsOneClearError() {
        byte[] json = AuditJson.bytes(RedMi.firstStart());
        for (int cut = 0; cut < json.length - 3; cut += 37) {
            byte[] part = java.util.Arrays.copyOf(json, cut);
            assertThatThrownBy(() -> AuditJsonReader.read(new ByteArrayInputStream(part)))
                    .isInstanceOf(AuditJsonReader.Malformed.class)
                    .message()
                    .doesNotContain("\n");
        }
    }

    private static Audit read(String json) throws IOException {
        return AuditJsonReader.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }

    @Test
    void aFailingStreamFailsTheWriting() {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("No space left on device");
                    }
                };
        assertThatThrownBy(() -> AuditJson.write(RedMi.firstStart(), full))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    @Test
    void infinityIsStillJson() {
        Audit a = RedMi.firstStart();
        Finding f = a.findings().getFirst();
        Finding wild =
                new Finding(
                        f.id(),
                        f.identifier(),
                        f.direction(),
                        f.destination(),
                        f.place(),
                        f.worst(),
                        f.variants(),
                        f.sightings(),
                        f.firstSeen(),
                        f.lastSeen(),
                        f.set(),
                        f.certainty(),
                        Double.POSITIVE_INFINITY,
                        f.evidence());
        Audit audit = RedMi.audit(List.of(wild), RedMi.run(), RedMi.coverage());
        assertThat(errors(new String(AuditJson.bytes(audit), UTF_8))).isEmpty();
    }
}
