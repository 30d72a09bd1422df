package dev.telltale.publish;

import dev.telltale.publish.Advisory.Invalid;
import dev.telltale.report.Printable;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * The file an advisory is written in: what no audit knows, and which audits it rests on.
 *
 * @param audit its path as written; {@code after} likewise, or empty
 * @param auditSha256 empty where the file does not say; {@code afterSha256} likewise
 */
public record AdvisoryFile(
        String audit, String auditSha256, String after, String afterSha256, JsonNode root) {

    private static final Set<String> KEYS =
            Set.of(
                    "audit",
                    "audit_sha256",
                    "after",
                    "after_sha256",
                    "id",
                    "title",
                    "status",
                    "summary",
                    "publisher",
                    "product",
                    "affected",
                    "what_to_do",
                    "until",
                    "maker",
                    "revisions",
                    "supersedes",
                    "superseded_by",
                    "withdrawn");

    /** An id becomes a file name and part of a feed; longer text has no place in it. */
    private static final String ID = "[A-Za-z0-9][A-Za-z0-9._:+/-]{0,63}";

    /** Names that the site's own files have. */
    private static final Set<String> TAKEN = Set.of("feed", "index");

    private static final int LONGEST = 20_000;
    private static final int MOST = 200;

    public static AdvisoryFile read(String yaml) throws Invalid {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JacksonException e) {
            throw new Invalid("not YAML: " + String.valueOf(e.getOriginalMessage()).strip());
        }
        known("the advisory", root, KEYS);
        return new AdvisoryFile(
                required(root, "audit"),
                text(root, "audit_sha256"),
                text(root, "after"),
                text(root, "after_sha256"),
                root);
    }

    /** With the facts of its audits. */
    public Advisory advisory(Facts facts) throws Invalid {
        same("audit", auditSha256, facts.auditSha256());
        if (!after.isEmpty()) same("after", afterSha256, facts.afterSha256());
        String id = required(root, "id");
        if (!id.matches(ID))
            throw new Invalid("id: letters, digits and . _ : + / - (64 at most), no '" + id + "'");
        JsonNode publisher = part("publisher", Set.of("name", "namespace", "contact", "site"));
        JsonNode product = part("product", Set.of("brand", "model"));
        JsonNode affected = part("affected", Set.of("since", "builds", "fixed", "who"));
        JsonNode maker = part("maker", Set.of("asked", "answered", "answer"));
        Advisory advisory =
                new Advisory(
                        id,
                        required(root, "title"),
                        status(),
                        required(root, "summary"),
                        new Advisory.Publisher(
                                required(publisher, "publisher.", "name"),
                                url("publisher.namespace", text(publisher, "namespace"), true),
                                required(publisher, "publisher.", "contact"),
                                url("publisher.site", text(publisher, "site"), false)),
                        new Advisory.Product(
                                required(product, "product.", "brand"),
                                required(product, "product.", "model")),
                        new Advisory.Affected(
                                text(affected, "since"),
                                texts(affected, "builds"),
                                texts(affected, "fixed"),
                                required(affected, "affected.", "who")),
                        texts(root, "what_to_do"),
                        text(root, "until"),
                        new Advisory.Maker(
                                text(maker, "asked"),
                                text(maker, "answered"),
                                text(maker, "answer")),
                        revisions(),
                        texts(root, "supersedes"),
                        text(root, "superseded_by"),
                        text(root, "withdrawn"),
                        facts);
        checked(advisory);
        return advisory;
    }

    private static void checked(Advisory a) throws Invalid {
        if (TAKEN.contains(a.fileName())) throw new Invalid("id: " + a.id() + " is taken");
        if (a.affected().builds().isEmpty()) throw new Invalid("affected.builds is missing");
        if (a.whatToDo().isEmpty()) throw new Invalid("what_to_do is missing");
        Set<String> builds = new HashSet<>(a.affected().builds());
        for (String fixed : a.affected().fixed())
            if (builds.contains(fixed))
                throw new Invalid("affected: build " + fixed + " is both affected and fixed");
        String after = a.facts().afterBuild();
        if (!after.isEmpty() && a.affected().fixed().contains(after) && !a.facts().better())
            throw new Invalid(
                    "affected.fixed: the audit of build "
                            + after
                            + " does not show that all is fixed");
        if (a.supersededBy().equals(a.id()) || a.supersedes().contains(a.id()))
            throw new Invalid("an advisory cannot supersede itself");
    }

    private static void same(String key, String written, String is) throws Invalid {
        if (!written.isEmpty() && !written.equalsIgnoreCase(is))
            throw new Invalid(
                    key + ": that file has changed (SHA-256 " + is + ", not " + written + ")");
    }

    private Advisory.Status status() throws Invalid {
        String status = required(root, "status");
        for (Advisory.Status s : Advisory.Status.values())
            if (s.name().toLowerCase(Locale.ROOT).equals(status)) return s;
        throw new Invalid("status: draft, interim or final, not '" + status + "'");
    }

    private List<Advisory.Revision> revisions() throws Invalid {
        List<Advisory.Revision> all = new ArrayList<>();
        Instant before = Instant.MIN;
        for (JsonNode r : root.path("revisions")) {
            known("revisions", r, Set.of("number", "date", "summary"));
            int number = r.path("number").asInt(0);
            if (number != all.size() + 1)
                throw new Invalid("revisions: they are numbered 1, 2, 3 ..., oldest first");
            Optional<Instant> date = date(text(r, "date"));
            if (date.isPresent() && date.get().isBefore(before))
                throw new Invalid("revisions: number " + number + " is older than the one before");
            before = date.orElse(before);
            all.add(new Advisory.Revision(number, date, required(r, "revisions.", "summary")));
        }
        if (all.isEmpty()) throw new Invalid("revisions is missing");
        if (all.size() > MOST) throw new Invalid("revisions: more than " + MOST);
        return List.copyOf(all);
    }

    private static Optional<Instant> date(String text) throws Invalid {
        if (text.isEmpty()) return Optional.empty();
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            throw new Invalid("date: not a time like 2014-08-07T10:00:00Z: " + text);
        }
    }

    private static String url(String key, String text, boolean required) throws Invalid {
        if (text.isEmpty() && !required) return "";
        try {
            URI uri = URI.create(text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null) return uri.toString();
        } catch (IllegalArgumentException e) {
            throw new Invalid(key + ": not a URL: " + text);
        }
        throw new Invalid(key + ": a URL like https://lab.example.org is missing");
    }

    // --- reading YAML ---

    private JsonNode part(String key, Set<String> keys) throws Invalid {
        JsonNode part = root.path(key);
        if (part.isMissingNode()) throw new Invalid(key + " is missing");
        known(key, part, keys);
        return part;
    }

    static void known(String what, JsonNode of, Set<String> keys) throws Invalid {
        if (!of.isObject()) throw new Invalid(what + ": a mapping is missing");
        for (String key : of.propertyNames())
            if (!keys.contains(key)) throw new Invalid(what + ": unknown key '" + key + "'");
    }

    static String required(JsonNode of, String key) throws Invalid {
        return required(of, "", key);
    }

    private static String required(JsonNode of, String where, String key) throws Invalid {
        String text = text(of, key);
        if (text.isEmpty()) throw new Invalid(where + key + " is missing");
        return text;
    }

    static String text(JsonNode of, String key) throws Invalid {
        JsonNode value = of.path(key);
        if (value.isMissingNode() || value.isNull()) return "";
        if (!value.isValueNode()) throw new Invalid(key + ": text is expected");
        String text = value.asString("").strip();
        if (text.length() > LONGEST) throw new Invalid(key + ": longer than " + LONGEST);
        return text;
    }

    /** A list, or one text. */
    static List<String> texts(JsonNode of, String key) throws Invalid {
        JsonNode value = of.path(key);
        if (!value.isArray()) {
            String one = text(of, key);
            return one.isEmpty() ? List.of() : List.of(one);
        }
        List<String> all = new ArrayList<>();
        for (JsonNode n : value) {
            if (!n.isValueNode()) throw new Invalid(key + ": a list of texts is expected");
            String text = n.asString("").strip();
            if (!text.isEmpty()) all.add(text);
        }
        if (all.size() > MOST) throw new Invalid(key + ": more than " + MOST);
        return List.copyOf(all);
    }

    // --- the draft ---

    /** A file to be edited: what the audits say is in it, the rest is empty. */
    public static String draft(Path audit, Optional<Path> after, Facts facts, Instant now) {
        String brand = facts.device().map(d -> d.brand()).orElse("");
        String model = facts.device().map(d -> d.model()).orElse("");
        String build = facts.device().map(d -> d.build()).orElse("");
        boolean fixed = facts.better() && !facts.afterBuild().isEmpty();
        String id =
                "TT-"
                        + Year.from(now.atOffset(ZoneOffset.UTC))
                        + "-"
                        + facts.auditSha256().substring(0, 8);
        String product = (brand + " " + model).strip();
        String title = (product.isEmpty() ? "" : product + ": ") + facts.headline();
        return """
        # An advisory to edit; what is empty and not marked optional is needed.
        audit: %s
        audit_sha256: %s
        after: %s                       # optional: the audit of a later build
        after_sha256: %s
        id: %s
        title: %s
        status: draft                   # draft, interim or final
        summary: %s
        publisher:
          name: ""
          namespace: ""                 # a URL that is yours, like https://lab.example.org
          contact: ""
          site: ""                      # optional: where the site's folder is served from
        product: {brand: %s, model: %s}
        affected:
          since: ""                     # optional: the first build known to do it
          builds: [%s]
          fixed: [%s]
          who: ""                       # who is affected
        what_to_do: []                  # one line each
        until: ""                       # optional
        maker: {asked: "", answered: "", answer: ""}
        revisions:                      # add one for each update
          - {number: 1, summary: "First published."}
        supersedes: []                  # ids of advisories that this one replaces
        superseded_by: ""               # the id of the one that replaces it
        withdrawn: ""                   # why it no longer stands
        """
                .formatted(
                        quoted(audit.toString()),
                        quoted(facts.auditSha256()),
                        quoted(after.map(Path::toString).orElse("")),
                        quoted(facts.afterSha256()),
                        quoted(id),
                        quoted(title),
                        quoted(facts.headline()),
                        quoted(brand),
                        quoted(model),
                        build.isEmpty() ? "" : quoted(build),
                        fixed ? quoted(facts.afterBuild()) : "");
    }

    /** A JSON string is a YAML string, once it holds nothing that YAML refuses. */
    private static String quoted(String s) {
        return JsonMapper.shared().writeValueAsString(Printable.of(s));
    }
}
