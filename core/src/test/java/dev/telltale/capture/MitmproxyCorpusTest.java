package dev.telltale.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Side;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.brotli.dec.BrotliInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dumps that others made, of all ages, and HARs that mitmproxy made of the same flows. */
class MitmproxyCorpusTest {
    private static Path corpus = Path.of("");

    @BeforeAll
    static void find() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("shared/corpus/mitmproxy")))
            folder = folder.getParent();
        assumeTrue(
                folder != null, "no shared/corpus beside this checkout: nothing to compare with");
        corpus = folder.resolve("shared/corpus/mitmproxy");
    }

    private static List<Path> dumps() throws IOException {
        try (Stream<Path> all = Files.walk(corpus)) {
            return all.filter(p -> p.toString().endsWith(".mitm")).sorted().toList();
        }
    }

    private static Told read(Path path) throws Exception {
        try (CaptureFile file = CaptureFiles.open(path, false)) {
            assertThat(file.format()).isEqualTo("mitmproxy");
            return Told.read((ExchangeCapture) file);
        }
    }

    @Test
    void opensDumpsOfEveryVersion() throws Exception {
        Map<String, List<String>> urls =
                Map.of(
                        "dumpfile-010.mitm", List.of("http://example.com:80/"),
                        "dumpfile-011.mitm", List.of("https://example.com:443/"),
                        "dumpfile-018.mitm", List.of("https://www.example.com:443/"),
                        "dumpfile-10.mitm", List.of("https://example.com:443/"),
                        "dumpfile-19.mitm", List.of("https://cloudflare-quic.com:443/"),
                        "dumpfile-7.mitm",
                                List.of("http://example.com:80/", "https://example.com:443/"));
        int seen = 0;
        for (Path path : dumps()) {
            Told told = read(path);
            assertThat(told.anomalies).as(path.toString()).isEmpty();
            assertThat(told.entries)
                    .as(path.toString())
                    .isNotEmpty()
                    .allSatisfy(e -> {
                        assertThat(e.exchanges).hasSize(1);
                        assertThat(e.anomalies).isEmpty();
                    });
            List<String> want = urls.get(path.getFileName().toString());
            if (want == null) continue;
            seen++;
            assertThat(told.entries.stream().map(Told.Entry::url)).isEqualTo(want);
        }
        assertThat(seen).isEqualTo(urls.size());
    }

    @Test
    void tellsTheSameAsTheHarOfTheSameFlows() throws Exception {
        int pairs = 0;
        int bodies = 0;
        for (Path dump : dumps()) {
            Path har = Path.of(dump.toString().replace(".mitm", ".har"));
            if (!Files.exists(har)) continue;
            pairs++;
            String name = dump.getFileName().toString().replace(".mitm", "");
            List<Told.Entry> flows = new ArrayList<>(read(dump).entries);
            // A HAR has no place for them.
            flows.removeIf(e -> e.exchange().protocol().equals("tcp"));
            JsonNode entries = JsonMapper.shared().readTree(har.toFile()).get("log").get("entries");
            assertThat(flows).as(name).hasSize(entries.size());
            for (int i = 0; i < flows.size(); i++)
                bodies += same(name + " " + i, flows.get(i), entries.get(i));
        }
        assertThat(pairs).isEqualTo(7);
        assertThat(bodies).isEqualTo(11);
    }

    private static int same(String name, Told.Entry flow, JsonNode entry) throws IOException {
        JsonNode request = entry.get("request");
        assertThat(flow.exchange().operation())
                .as(name)
                .isEqualTo(request.get("method").asString());
        String url =
                flow.url()
                        .replaceFirst("^(http://[^/]*):80/", "$1/")
                        .replaceFirst("^(https://[^/]*):443/", "$1/");
        // The HAR was made by a version that took the request's own host for a name.
        String want = request.get("url").asString();
        if (name.startsWith("event_stream")) {
            url = url.replaceFirst("//[^/]*", "//");
            want = want.replaceFirst("//[^/]*", "//");
        }
        assertThat(url).as(name).isEqualTo(want);
        int bodies = 0;
        JsonNode post = request.get("postData");
        if (post != null && !post.get("text").asString().isEmpty()) {
            bodies += same(name, flow, Side.INITIATOR, post.get("text").asString(), "");
        }
        JsonNode content = entry.get("response").get("content");
        if (content.has("text") && !content.get("text").asString().isEmpty()) {
            String encoding = content.has("encoding") ? content.get("encoding").asString() : "";
            bodies += same(name, flow, Side.RESPONDER, content.get("text").asString(), encoding);
        } else if (!flow.hasBody(Side.INITIATOR)) {
            assertThat(flow.hasBody(Side.RESPONDER)).as(name).isFalse();
        }
        return bodies;
    }

    /**
     * The HAR keeps protobuf that was gzip as if it were text: what it holds is no body any more.
     */
    private static final Set<String> SPOILT = Set.of("diff_data 3");

    private static int same(String name, Told.Entry flow, Side side, String text, String encoding)
            throws IOException {
        if (SPOILT.contains(name)) return 0;
        byte[] want =
                encoding.equals("base64")
                        ? Base64.getDecoder().decode(text)
                        : text.getBytes(StandardCharsets.UTF_8);
        Told.Part body = flow.body(side);
        assertThat(plain(body)).as(name + " " + side).isEqualTo(want);
        return 1;
    }

    private static byte[] plain(Told.Part body) throws IOException {
        byte[] b = body.bytes.toByteArray();
        for (String coding : body.hint.codings().reversed()) {
            InputStream in = new ByteArrayInputStream(b);
            try {
                b =
                        switch (coding) {
                            case "gzip" -> new GZIPInputStream(in).readAllBytes();
                            case "br" -> new BrotliInputStream(in).readAllBytes();
                            default -> b;
                        };
            } catch (IOException e) {
                // A body whose coding lies is kept as it is, by mitmproxy too.
                return b;
            }
        }
        return b;
    }
}
