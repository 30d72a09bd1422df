package dev.telltale.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.telltale.audit.Comparer;
import dev.telltale.model.Audit;
import dev.telltale.model.Comparison;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** The comparison as JSON and as text. */
public class ComparisonTest {

    private static final Schema SCHEMA = schema();

    private static Schema schema() {
        try (InputStream in =
                ComparisonJson.class.getResourceAsStream("telltale.comparison-1.schema.json")) {
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

    private static Comparer.Input input(String name, Audit audit) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(AuditJson.bytes(audit));
            return new Comparer.Input(name, HexFormat.of().formatHex(hash), audit);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static Comparison compare(Audit... audits) {
        List<Comparer.Input> inputs = Stream.of(audits).map(a -> input("run", a)).toList();
        return Comparer.compare(inputs, Optional.empty());
    }

    private static Comparison withBaseline() {
        return Comparer.compare(
                List.of(input("a", RedMi.firstStart()), input("b", RedMi.firstStart())),
                Optional.of(input("idle", RedMi.firstStart())));
    }

    static Stream<Comparison> comparisons() {
        return Stream.of(
                compare(RedMi.firstStart(), RedMi.pass()),
                compare(RedMi.pass(), RedMi.firstStart()),
                compare(RedMi.firstStart(), RedMi.inconclusive()),
                compare(RedMi.firstStart(), RedMi.firstStart()),
                compare(RedMi.silent(), RedMi.silent()),
                compare(RedMi.firstStart(), RedMi.pass(), RedMi.inconclusive()),
                withBaseline());
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void everyOutputIsValidAndSafeOnATerminal(Comparison c) {
        String json = new String(ComparisonJson.bytes(c), UTF_8);
        assertThat(errors(json)).isEmpty();
        assertThat(ComparisonJson.bytes(c)).isEqualTo(ComparisonJson.bytes(c));
        assertThat(json.replace("\n", "").codePoints().allMatch(Printable::isShown)).isTrue();
        for (int columns : new int[] {40, 80, 100}) {
            StringBuilder text = new StringBuilder();
            ComparisonText.write(c, text, new Look(columns, false));
            assertThat(text.toString().lines()).allMatch(l -> Printable.width(l) <= columns);
        }
    }

    @Test
    void hasTheShapeOfTheContract() {
        JsonNode json =
                new ObjectMapper()
                        .readTree(
                                ComparisonJson.bytes(
                                        compare(RedMi.firstStart(), RedMi.inconclusive())));
        assertThat(json.at("/schema").asString()).isEqualTo("telltale.comparison/1");
        assertThat(json.at("/runs/0/outcome").asString()).isEqualTo("FAIL");
        assertThat(json.at("/items/0/status").asString()).isEqualTo("not_exercised");
        assertThat(json.at("/items/0/findings/0").asString()).hasSize(16);
        assertThat(json.at("/items/0/findings/1").isNull()).isTrue();
        assertThat(json.at("/coverage/0/before/bytes").asLong()).isPositive();
        assertThat(json.at("/outcome").asString()).isEqualTo("UNDECIDED");
    }

    /** Each breaks one promise of the contract; the schema must notice. */
    @ParameterizedTest
    @CsvSource({
        "/schema, '\"telltale.comparison/2\"'",
        "/outcome, '\"better\"'",
        "/runs/0/audit, '\"abc\"'",
        "/runs/0/outcome, '\"OK\"'",
        "/items/0/status, '\"gone\"'",
        "/items/0/identifier, '\"\"'",
        "/items/0/missing, '[]'",
        "/items/0/why, '\"\"'",
        "/items/0/seen/0/of, '0'",
        "/coverage/0/before, '{}'",
        "/missing_steps, '[1]'",
    })
    void schemaNotices(String pointer, String value) {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json =
                mapper.readTree(
                        ComparisonJson.bytes(compare(RedMi.firstStart(), RedMi.inconclusive())));
        int slash = pointer.lastIndexOf('/');
        ObjectNode parent = (ObjectNode) json.at(pointer.substring(0, slash));
        assertThat(errors(json.toString())).isEmpty();
        parent.set(pointer.substring(slash + 1), mapper.readTree(value));
        assertThat(errors(json.toString())).isNotEmpty();
    }

    @Test
    void sentencesCountIdentifiersAndNotPlaces() {
        StringBuilder text = new StringBuilder();
        ComparisonText.write(compare(RedMi.firstStart(), RedMi.firstStart()), text, Look.PLAIN);
        assertThat(text.toString().lines().filter(l -> !l.isBlank()).findFirst())
                .contains("  SAME   8 leave as before.");
    }

    @Test
    void aHostileNameStaysText() {
        Comparison c =
                Comparer.compare(
                        List.of(
                                input("\u001b[31mred", RedMi.silent()),
                                input("<b>&\u202e", RedMi.inconclusive())),
                        Optional.empty());
        StringBuilder text = new StringBuilder();
        ComparisonText.write(c, text, Look.PLAIN);
        assertThat(text.toString()).doesNotContain("\u001b").doesNotContain("\u202e");
        assertThat(errors(new String(ComparisonJson.bytes(c), UTF_8))).isEmpty();
    }
}
