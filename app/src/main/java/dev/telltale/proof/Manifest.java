package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.Audit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run folder holds and what it was made of, by hashes: schema {@code telltale.manifest/1}.
 * All in it follows from the audit and the files, so that it can be made again; it is what is
 * signed.
 */
record Manifest(Audit audit, List<File> files) {
    static final String FILE = "manifest.json";
    static final String SCHEMA = "telltale.manifest/1";
    private static final String PLAIN = "sha256:";
    private static final int LARGEST = 4 << 20;
    private static final int MOST_FILES = 1_000;

    /**
     * @param digest {@code sha256:} and hex, or {@code hmac-sha256:} and hex of what may hold
     *     values of the persona: of those a plain hash would let them be tried
     */
    record File(String name, String digest, long bytes) {
        boolean keyed() {
            return digest.startsWith(Salt.KEYED);
        }
    }

    /**
     * As it reads now.
     *
     * @param key where it may hold values of the persona
     */
    static File file(Path path, String name, Optional<Salt> key) throws IOException {
        String digest = key.isPresent() ? key.get().keyed(path) : PLAIN + Hashing.sha256(path);
        return new File(name, digest, Files.size(path));
    }

    byte[] bytes() {
        StringBuilder s = new StringBuilder("{\n");
        s.append("  ").append(Json.fields("schema", SCHEMA)).append(",\n");
        s.append("  \"tool\": {")
                .append(Json.fields("name", "telltale", "version", audit.toolVersion()))
                .append("},\n");
        s.append("  \"persona\": {")
                .append(
                        Json.fields(
                                "name",
                                audit.persona().name(),
                                "commitment",
                                audit.persona().commitment()))
                .append("},\n");
        Audit.Inputs in = audit.inputs();
        s.append("  \"inputs\": {\n");
        list(
                s,
                "    ",
                "captures",
                in.captures().stream()
                        .map(c ->
                                Json.fields("name", c.name(), "sha256", c.sha256())
                                        + ",\"bytes\":"
                                        + c.bytes())
                        .toList());
        s.append(",\n");
        list(
                s,
                "    ",
                "keys",
                in.keySha256().stream().map(k -> Json.fields("sha256", k)).toList());
        s.append(",\n    \"run\": {").append(Json.fields("sha256", in.runSha256()));
        s.append("},\n    \"policy\": {")
                .append(Json.fields("name", in.policyName(), "sha256", in.policySha256()));
        s.append("},\n");
        list(
                s,
                "    ",
                "reference",
                in.reference().stream()
                        .map(r ->
                                Json.fields(
                                        "name", r.name(), "date", r.date(), "sha256", r.sha256()))
                        .toList());
        s.append("\n  },\n");
        list(
                s,
                "  ",
                "files",
                files.stream()
                        .map(f ->
                                Json.fields("name", f.name(), "digest", f.digest())
                                        + ",\"bytes\":"
                                        + f.bytes())
                        .toList());
        return s.append("\n}\n").toString().getBytes(UTF_8);
    }

    private static void list(StringBuilder s, String indent, String name, List<String> items) {
        s.append(indent).append(Json.quoted(name)).append(": [");
        for (int i = 0; i < items.size(); i++)
            s.append(i == 0 ? "\n" : ",\n")
                    .append(indent)
                    .append("  {")
                    .append(items.get(i))
                    .append('}');
        s.append(items.isEmpty() ? "]" : "\n" + indent + "]");
    }

    /**
     * What a manifest says of files; the rest is compared as bytes.
     *
     * @param problem why it cannot be read, or empty
     */
    record Named(List<File> files, String problem) {}

    static Named read(Path manifest) throws IOException {
        if (Files.size(manifest) > LARGEST) return new Named(List.of(), "is too large");
        try {
            JsonNode root = JsonMapper.shared().readTree(Files.readAllBytes(manifest));
            if (!root.path("schema").asString("").equals(SCHEMA))
                return new Named(List.of(), "is no " + SCHEMA);
            List<File> files = new ArrayList<>();
            for (JsonNode f : root.path("files")) {
                if (files.size() == MOST_FILES) return new Named(List.of(), "names too much");
                String name = f.path("name").asString("");
                if (!Bundle.isName(name)) return new Named(List.of(), "names no proper file");
                files.add(
                        new File(name, f.path("digest").asString(""), f.path("bytes").asLong(-1)));
            }
            return new Named(List.copyOf(files), "");
        } catch (JacksonException e) {
            return new Named(List.of(), "is no JSON");
        }
    }
}
