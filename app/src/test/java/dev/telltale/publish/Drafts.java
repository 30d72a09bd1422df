package dev.telltale.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.audit.Comparer;
import dev.telltale.model.Audit;
import dev.telltale.report.AuditJson;
import dev.telltale.report.AuditJsonReader;
import dev.telltale.report.RedMi;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Advisories for tests, from the audit of the 2014 story. */
final class Drafts {
    static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

    private Drafts() {}

    static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    static Comparer.Input input(Audit audit) {
        return new Comparer.Input(
                "run", Site.sha256(new String(AuditJson.bytes(audit), UTF_8)), audit);
    }

    static Facts facts() throws Advisory.Invalid {
        return Facts.of(input(RedMi.firstStart()), Optional.empty());
    }

    /** As a publisher would fill it in. */
    static String yaml(Facts facts) {
        return AdvisoryFile.draft(Path.of("audit.json"), Optional.empty(), facts, NOW)
                .replaceFirst("id: \".*\"", "id: \"LAB-2026-001\"")
                .replace("status: draft", "status: final")
                .replace("name: \"\"", "name: \"Lab of Example\"")
                .replace("namespace: \"\"", "namespace: \"https://lab.example.org\"")
                .replace("contact: \"\"", "contact: \"advisories at lab.example.org\"")
                .replace("  site: \"\"", "  site: \"https://lab.example.org/advisories\"")
                .replace("who: \"\"", "who: \"Everybody who uses this phone.\"")
                .replace("what_to_do: []", "what_to_do: [\"Update it.\", \"Do not opt in.\"]");
    }

    static Advisory advisory(String yaml, Facts facts) throws Advisory.Invalid {
        return AdvisoryFile.read(yaml).advisory(facts);
    }

    /** One more revision. */
    static String revised(String yaml, int number, String why) {
        return yaml.replace(
                "supersedes:",
                "  - {number: " + number + ", summary: \"" + why + "\"}\nsupersedes:");
    }

    /** The audit with another text in the place of one. */
    static Audit with(Audit audit, String text, String other) throws IOException {
        String escaped = JsonMapper.shared().writeValueAsString(other);
        String json =
                new String(AuditJson.bytes(audit), UTF_8)
                        .replace(text, escaped.substring(1, escaped.length() - 1));
        return AuditJsonReader.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }
}
