package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.rometools.rome.feed.synd.SyndEntry;
import com.rometools.rome.feed.synd.SyndFeed;
import com.rometools.rome.io.SyndFeedInput;
import dev.telltale.audit.Comparer;
import dev.telltale.model.Audit;
import dev.telltale.model.Outcome;
import dev.telltale.report.RedMi;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is published, read by others than us. */
class SiteTest {
    private static final Schema CSAF = csaf();
    private static final Instant LATER = Drafts.NOW.plusSeconds(86_400);

    @TempDir Path dir;
    private Facts facts =
            new Facts(
                    "",
                    Outcome.PASS,
                    "",
                    "",
                    Optional.empty(),
                    List.of(),
                    "",
                    "",
                    List.of(),
                    false);
    private String yaml = "";

    @BeforeEach
    void draft() throws Exception {
        facts = Drafts.facts();
        yaml = Drafts.yaml(facts);
    }

    private static Schema csaf() {
        try (InputStream in = SiteTest.class.getResourceAsStream("schemas/csaf-2.0.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(Objects.requireNonNull(in).readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Error> csafErrors(String json) {
        return CSAF.validate(json, InputFormat.JSON);
    }

    private Site.Published publish(String file, Instant now) throws Exception {
        return new Site(dir, Drafts.at(now), "1.0").publish(Drafts.advisory(file, facts));
    }

    private String file(String name) throws IOException {
        return Files.readString(dir.resolve(name));
    }

    private SyndFeed atom() throws Exception {
        return new SyndFeedInput().build(dir.resolve(Site.ATOM).toFile());
    }

    private JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(file(name));
    }

    @Test
    void saysWhatThePhoneDoesToAllReaders() throws Exception {
        assertThat(facts.leaks()).isNotEmpty();
        publish(yaml, Drafts.NOW);
        String html = file("lab-2026-001.html");
        assertThat(html)
                .contains("Content-Security-Policy", "Xiaomi", "IMEI", "unprotected", "Update it.")
                .contains("No answer is recorded.", facts.auditSha256());
        assertThat(file("lab-2026-001.md")).contains("IMEI", "## What to do", "- Update it.");
        String csaf = file("lab-2026-001.json");
        assertThat(csafErrors(csaf)).isEmpty();
        JsonNode document = JsonMapper.shared().readTree(csaf);
        assertThat(document.at("/document/category").asString())
                .isEqualTo("csaf_security_advisory");
        assertThat(document.at("/document/tracking/initial_release_date").asString())
                .isEqualTo("2026-03-01T10:00:00Z");
        assertThat(document.at("/vulnerabilities/0/cwe/id").asString()).isEqualTo("CWE-319");
        assertThat(document.at("/vulnerabilities/0/product_status/known_affected/0").asString())
                .isEqualTo(
                        document.at(
                                        "/product_tree/branches/0/branches/0/branches/0/product/product_id")
                                .asString());
        // The schema does find what is wrong.
        assertThat(csafErrors(csaf.replace("\"final\"", "\"done\""))).isNotEmpty();
    }

    @Test
    void feedsAreReadByOthers() throws Exception {
        publish(yaml, Drafts.NOW);
        SyndEntry entry = atom().getEntries().getFirst();
        assertThat(entry.getTitle()).contains("Xiaomi");
        assertThat(entry.getLink())
                .isEqualTo("https://lab.example.org/advisories/lab-2026-001.html");
        assertThat(entry.getCategories()).extracting(c -> c.getName()).contains("imei", "FAIL");
        JsonNode feed = json(Site.JSON);
        assertThat(feed.path("version").asString()).isEqualTo("https://jsonfeed.org/version/1.1");
        JsonNode item = feed.at("/items/0");
        assertThat(item.path("id").asString()).isEqualTo(entry.getUri());
        assertThat(item.path("url").asString()).isEqualTo(entry.getLink());
        assertThat(item.path("tags").toString()).contains("kind:imei", "outcome:FAIL");
        Path xmllint = Path.of("/usr/bin/xmllint");
        Assumptions.assumeTrue(Files.isExecutable(xmllint), "needs xmllint (libxml2-utils)");
        Process lint =
                new ProcessBuilder(
                                xmllint.toString(),
                                "--noout",
                                "--nonet",
                                dir.resolve(Site.ATOM).toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(new String(lint.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(lint.waitFor()).isZero();
    }

    @Test
    void anUpdateKeepsItsIdAndItsFirstDate() throws Exception {
        publish(yaml, Drafts.NOW);
        SyndEntry before = atom().getEntries().getFirst();
        assertThat(publish(yaml, LATER).changed()).isFalse();
        assertThat(atom().getEntries().getFirst().getUpdatedDate())
                .isEqualTo(before.getUpdatedDate());

        String changed = yaml.replace("answer: \"\"", "answer: \"It is a feature.\"");
        assertThatThrownBy(() -> publish(changed, LATER))
                .hasMessageContaining("has changed since it was published; add number 2");
        publish(Drafts.revised(changed, 2, "The maker answered."), LATER);
        List<SyndEntry> entries = atom().getEntries();
        assertThat(entries).hasSize(1);
        assertThat(entries.getFirst().getUri()).isEqualTo(before.getUri());
        assertThat(entries.getFirst().getPublishedDate()).isEqualTo(before.getPublishedDate());
        assertThat(entries.getFirst().getUpdatedDate().toInstant()).isEqualTo(LATER);
        String csaf = file("lab-2026-001.json");
        assertThat(csafErrors(csaf)).isEmpty();
        assertThat(json("lab-2026-001.json").at("/document/tracking/revision_history")).hasSize(2);
        assertThat(file("lab-2026-001.html")).contains("It is a feature.");
        assertThatThrownBy(() -> publish(yaml, LATER)).hasMessageContaining("number 2");
    }

    @Test
    void whatIsWithdrawnOrSupersededStaysWithANotice() throws Exception {
        publish(yaml, Drafts.NOW);
        String second =
                yaml.replace("LAB-2026-001", "LAB-2026-002")
                        .replace("supersedes: []", "supersedes: [LAB-2026-001]");
        assertThat(publish(second, Drafts.NOW).remarks())
                .singleElement()
                .asString()
                .contains("LAB-2026-001 still stands");
        String over = yaml.replace("superseded_by: \"\"", "superseded_by: LAB-2026-002");
        publish(Drafts.revised(over, 2, "Superseded."), LATER);
        assertThat(atom().getEntries())
                .extracting(SyndEntry::getTitle)
                .anyMatch(t -> t.startsWith("Superseded: "));
        assertThat(file("lab-2026-001.html")).contains("superseded by LAB-2026-002");
        assertThat(csafErrors(file("lab-2026-001.json"))).isEmpty();

        String gone = second.replace("withdrawn: \"\"", "withdrawn: \"The wrong phone.\"");
        publish(Drafts.revised(gone, 2, "Withdrawn."), LATER);
        assertThat(atom().getEntries()).hasSize(2);
        assertThat(file("lab-2026-002.html")).contains("withdrawn: The wrong phone.");
        String csaf = file("lab-2026-002.json");
        assertThat(csafErrors(csaf)).isEmpty();
        assertThat(csaf).contains("csaf_base").doesNotContain("vulnerabilities");
    }

    @Test
    void whatASilentPhoneGivesIsAnInformationalAdvisory() throws Exception {
        facts = Facts.of(Drafts.input(RedMi.pass()), Optional.empty());
        String file = Drafts.yaml(facts).replace("builds: []", "builds: [\"1\"]");
        publish(file, Drafts.NOW);
        String csaf = file("lab-2026-001.json");
        assertThat(csafErrors(csaf)).isEmpty();
        assertThat(csaf).contains("csaf_informational_advisory").doesNotContain("product_tree");
    }

    @Test
    void fixedIsWhatALaterAuditShows() throws Exception {
        Comparer.Input before = Drafts.input(RedMi.firstStart());
        Audit later = Drafts.with(RedMi.firstStart(), "JHACNBA13.0", "JHACNBA14.0");
        facts = Facts.of(before, Optional.of(Drafts.input(later)));
        assertThat(facts.afterBuild()).isEqualTo("JHACNBA14.0");
        assertThat(facts.since()).isNotEmpty().allMatch(s -> s.contains("still sent"));
        String claims = Drafts.yaml(facts).replace("fixed: []", "fixed: [JHACNBA14.0]");
        assertThatThrownBy(() -> publish(claims, Drafts.NOW))
                .hasMessageContaining("does not show that all is fixed");
        publish(Drafts.yaml(facts).replace("fixed: []", "fixed: [JHACNBA15.0]"), Drafts.NOW);
        assertThat(file("lab-2026-001.html"))
                .contains("Said to be fixed in build JHACNBA15.0; that was not audited.")
                .contains("still sent");
        assertThat(csafErrors(file("lab-2026-001.json"))).isEmpty();
    }

    @Test
    void whatShowsValuesIsNotPublished() throws Exception {
        Audit base = RedMi.firstStart();
        Audit.Inputs in = base.inputs();
        Audit revealed =
                new Audit(
                        base.toolVersion(),
                        new Audit.Inputs(
                                in.captures(),
                                in.keySha256(),
                                in.runSha256(),
                                in.policySha256(),
                                in.policyName(),
                                in.reference(),
                                new Audit.Options("", 1, true)),
                        base.persona(),
                        base.run(),
                        base.verdict(),
                        base.coverage(),
                        base.findings(),
                        base.anomalies());
        assertThatThrownBy(() -> Facts.of(Drafts.input(revealed), Optional.empty()))
                .isInstanceOf(Advisory.Invalid.class)
                .hasMessageContaining("--reveal");
    }

    /** From the capture, and from the publisher's own file. */
    @Test
    void payloadsAreTextInAllThatIsPublished() throws Exception {
        String evil =
                "</title><script>alert(1)</script>]]>&xxe; [a](javascript:alert(1))"
                        + " ![i](http://e.example/i) \u001b]0;owned\u0007\u202e{{title}} <img src=x"
                        + " onerror=alert(1)> \ufffe";
        facts =
                Facts.of(
                        Drafts.input(Drafts.with(RedMi.firstStart(), "Xiaomi", evil)),
                        Optional.empty());
        assertThat(facts.leaks()).anyMatch(l -> l.company().contains("<script>"));
        String quoted =
                JsonMapper.shared()
                        .writeValueAsString(evil)
                        .replace("\u202e", "\\u202e")
                        .replace("\ufffe", "\\ufffe");
        String file =
                Drafts.yaml(facts)
                        .replaceFirst(
                                "summary: \".*\"", "summary: " + Matcher.quoteReplacement(quoted))
                        .replace("who: \"Everybody who uses this phone.\"", "who: " + quoted);
        publish(file, Drafts.NOW);
        String html = file("lab-2026-001.html");
        assertThat(html).contains("&lt;script&gt;").doesNotContain("<script", "<img");
        assertThat(csafErrors(file("lab-2026-001.json"))).isEmpty();
        atom().getEntries()
                .forEach(e ->
                        assertThat(e.getContents().getFirst().getValue())
                                .contains("&lt;script&gt;")
                                .doesNotContain("<script", "<img"));
        assertThat(json(Site.JSON).at("/items/0/content_html").asString())
                .doesNotContain("<script", "<img");
        Parser.builder()
                .build()
                .parse(file("lab-2026-001.md"))
                .accept(
                        new AbstractVisitor() {
                            @Override
                            public void visit(HtmlInline n) {
                                throw new AssertionError(n.getLiteral());
                            }

                            @Override
                            public void visit(HtmlBlock n) {
                                throw new AssertionError(n.getLiteral());
                            }

                            @Override
                            public void visit(Link n) {
                                throw new AssertionError(n.getDestination());
                            }

                            @Override
                            public void visit(Image n) {
                                throw new AssertionError(n.getDestination());
                            }
                        });
        for (Path p : files())
            assertThat(Files.readString(p))
                    .as(p.toString())
                    .doesNotContain("\u001b", "\u0007", "\u202e", "\ufffe");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(dir)) {
            return all.toList();
        }
    }

    @Test
    void anIdIsNoWayOutOfTheFolder() throws Exception {
        for (String id : List.of("../../evil", "a\\\\b", "-x", "", "feed", "FEED", "x".repeat(65)))
            assertThatThrownBy(() -> publish(yaml.replace("LAB-2026-001", id), Drafts.NOW))
                    .as(id)
                    .isInstanceOf(Advisory.Invalid.class);
        publish(yaml.replace("LAB-2026-001", "a/../../b"), Drafts.NOW);
        TreeSet<String> names = new TreeSet<>();
        for (Path p : files()) names.add(p.getFileName().toString());
        assertThat(names)
                .containsExactly("a_b.html", "a_b.json", "a_b.md", "feed.atom", "feed.json");
        assertThatThrownBy(() -> publish(yaml.replace("LAB-2026-001", "a_b"), Drafts.NOW))
                .hasMessageContaining("its files would be those of a/../../b");
    }
}
