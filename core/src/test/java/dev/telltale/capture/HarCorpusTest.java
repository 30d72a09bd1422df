package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Archives that browsers, proxies and test benches made, beside what Jackson's tree of the same
 * file says.
 */
class HarCorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Path corpus = Path.of("");

    @BeforeAll
    static void find() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/corpus"))) {
            folder = folder.getParent();
        }
        assumeTrue(
                folder != null, "no shared/corpus beside this checkout: nothing to compare with");
        corpus = folder.resolve("shared/corpus");
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder :
                List.of("reporthar/android", "mitmproxy/har_files", "mitmproxy/flows")) {
            try (Stream<Path> all = Files.list(corpus.resolve(folder))) {
                all.filter(p -> p.toString().endsWith(".har")).sorted().forEach(files::add);
            }
        }
        return files;
    }

    private static Told read(Path path) throws Exception {
        try (CaptureFile file = CaptureFiles.open(path, false)) {
            assertThat(file).isInstanceOf(ExchangeCapture.class);
            return Told.read((ExchangeCapture) file);
        }
    }

    private static JsonNode tree(Path path) throws IOException {
        String text = Files.readString(path, StandardCharsets.UTF_8);
        return JSON.readTree(text.startsWith("\uFEFF") ? text.substring(1) : text)
                .path("log")
                .path("entries");
    }

    @Test
    void tellsEveryEntryAsItsTreeHasIt() throws Exception {
        List<Path> files = files();
        assertThat(files).hasSizeGreaterThan(15);
        int bodies = 0;
        for (Path path : files) {
            Told told = read(path);
            JsonNode entries = tree(path);
            assertThat(told.entries).as(path.toString()).hasSize(entries.size());
            assertThat(told.totals.exchanges()).isEqualTo(entries.size());
            assertThat(told.anomalies).as(path.toString()).isEmpty();
            for (int i = 0; i < entries.size(); i++) {
                String where = path + " entry " + i;
                Told.Entry e = told.entries.get(i);
                JsonNode request = entries.get(i).path("request");
                JsonNode response = entries.get(i).path("response");
                assertThat(e.exchange().operation())
                        .as(where)
                        .isEqualTo(request.path("method").stringValue());
                String url = request.path("url").stringValue();
                String target = new String(e.exchange().target(), StandardCharsets.UTF_8);
                String port = url.matches("[a-z]+://[^/]*:\\d+.*") ? ":" + e.exchange().port() : "";
                assertThat(e.exchange().scheme() + "://" + e.exchange().host() + port + target)
                        .as(where)
                        .isEqualTo(url);
                assertThat(e.parts(Side.INITIATOR, PartKind.HEADER))
                        .as(where)
                        .containsExactlyElementsOf(fields(request));
                assertThat(e.parts(Side.RESPONDER, PartKind.HEADER))
                        .as(where)
                        .containsExactlyElementsOf(fields(response));
                bodies += body(e, Side.INITIATOR, request.path("postData"), where);
                bodies += body(e, Side.RESPONDER, response.path("content"), where);
            }
        }
        assertThat(bodies).isGreaterThan(50);
    }

    private static List<String> fields(JsonNode message) {
        List<String> fields = new ArrayList<>();
        for (JsonNode f : message.path("headers")) {
            if (!f.path("name").stringValue().startsWith(":")) {
                fields.add(f.path("name").stringValue() + "=" + f.path("value").stringValue());
            }
        }
        return fields;
    }

    private static int body(Told.Entry e, Side side, JsonNode body, String where) {
        String text = body.path("text").isString() ? body.path("text").stringValue() : "";
        assertThat(e.hasBody(side)).as(where).isEqualTo(!text.isEmpty());
        if (text.isEmpty()) return 0;
        boolean packed = body.path("encoding").isString();
        byte[] expected =
                packed ? Base64.getDecoder().decode(text) : text.getBytes(StandardCharsets.UTF_8);
        byte[] told = e.body(side).bytes.toByteArray();
        byte[] latin1 = text.getBytes(StandardCharsets.ISO_8859_1);
        if (!MessageDigest.isEqual(told, latin1)) assertThat(told).as(where).isEqualTo(expected);
        assertThat(e.body(side).gaps).as(where).isEmpty();
        return 1;
    }

    /** mitmproxy's own reading of other tools' archives. */
    @Test
    void agreesWithMitmproxyOnBodies() throws Exception {
        int compared = 0;
        for (Path path : files()) {
            Path expected = Path.of(path.toString().replaceFirst("\\.har$", ".json"));
            if (!Files.exists(expected)) continue;
            Told told = read(path);
            JsonNode flows = JSON.readTree(Files.readString(expected));
            for (int i = 0; i < flows.size(); i++) {
                JsonNode request = flows.get(i).path("request");
                Told.Entry e = told.entries.get(i);
                assertThat(e.exchange().host()).isEqualTo(request.path("host").stringValue());
                assertThat(e.exchange().port()).isEqualTo(request.path("port").intValue());
                assertThat(new String(e.exchange().target(), StandardCharsets.UTF_8))
                        .isEqualTo(request.path("path").stringValue());
                if (!e.hasBody(Side.INITIATOR)) continue;
                String digest =
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(
                                                        e.body(Side.INITIATOR)
                                                                .bytes
                                                                .toByteArray()));
                assertThat(digest).isEqualTo(request.path("contentHash").stringValue());
                compared++;
            }
        }
        assertThat(compared).isPositive();
    }

    @Test
    void findsWhatIsKnownToHaveBeenSent() throws Exception {
        List<String> rows = Files.readAllLines(corpus.resolve("reporthar/truth.tsv"));
        String persona = Files.readString(corpus.resolve("reporthar/persona.yaml"));
        int seen = 0;
        for (String row : rows.subList(1, rows.size())) {
            String[] c = row.split("\t", -1);
            if (!c[6].equals("plain")) continue;
            java.util.regex.Matcher m =
                    java.util.regex.Pattern.compile("\\b" + c[5] + ": *\"?([^\\s\"}]+)")
                            .matcher(persona);
            assertThat(m.find()).as(c[5]).isTrue();
            Told.Entry e =
                    read(corpus.resolve("reporthar").resolve(c[0]))
                            .entries
                            .get(Integer.parseInt(c[1]));
            assertThat(e.exchange().host()).isEqualTo(c[2]);
            String text = c[4].equals("url") ? e.url() : e.body(Side.INITIATOR).text();
            assertThat(text).as(row).contains(m.group(1));
            seen++;
        }
        assertThat(seen).isGreaterThan(15);
    }

    @Test
    void keepsOnAfterABrokenFile() throws Exception {
        Told told = read(corpus.resolve("mitmproxy/corrupted_har/brokenfile.har"));
        assertThat(told.entries).isEmpty();
        assertThat(told.anomalies).isNotEmpty();
    }
}
