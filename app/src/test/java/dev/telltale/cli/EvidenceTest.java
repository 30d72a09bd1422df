package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.lab.LabRun;
import dev.telltale.proof.Check;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every path of evidence is walked again by other codecs, and one that leads elsewhere is told. */
class EvidenceTest {
    @TempDir Path dir;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console =
            new Console(
                    new PrintStream(out, true, UTF_8),
                    new PrintStream(err, true, UTF_8),
                    false,
                    false,
                    Map.of());

    private int telltale(List<String> args) {
        out.reset();
        err.reset();
        return Main.run(
                Main.commandLine(new CoreCalls(), console), console, args.toArray(String[]::new));
    }

    private String said() {
        return out.toString(UTF_8) + err.toString(UTF_8);
    }

    /** The lab's phones that hide what they send, each in its way. */
    @ParameterizedTest
    @ValueSource(strings = {"hider", "harvester", "own-crypto", "quic-user", "sms-activator"})
    void ofTheLabsPhonesIsWalked(String firmware) throws Exception {
        LabRun.Files files = LabRun.of(firmware).play(dir);
        List<String> audit = new ArrayList<>(List.of("audit"));
        List<String> verify = new ArrayList<>(List.of("verify", dir + "/out"));
        for (Path c : files.captures()) {
            audit.add(c.toString());
            verify.addAll(List.of("--capture", c.toString()));
        }
        List<String> rest =
                List.of("-p", files.persona().toString(), "--run", files.run().toString());
        audit.addAll(rest);
        audit.addAll(List.of("-o", dir + "/out"));
        verify.addAll(rest);
        telltale(audit);
        assertThat(telltale(verify)).as(said()).isZero();
        Matcher m = Pattern.compile("evidence: (\\d+) of (\\d+) pieces lead").matcher(said());
        assertThat(m.find()).as(said()).isTrue();
        assertThat(Integer.parseInt(m.group(1))).isPositive();
        // The salt of one, and the key of the other, stand where no path leads.
        if (List.of("harvester", "hider").contains(firmware)) return;
        assertThat(m.group(1)).as(said()).isEqualTo(m.group(2));
    }

    private static final String PERSONA =
            """
            persona: forms
            region: US
            identifiers:
              imei: "001072145093124"
              imsi: "001017305629418"
              iccid: "8999101740583629146"
              msisdn: "+12025550143"
              android_id: "9774d56d682e549c"
              advertising_id: "38400000-8cf0-11bd-b23e-10b96e40000d"
              wifi_mac: "00:00:5e:00:53:17"
              email: asha.rao@example.org
              name: Asha Rao
              location: {lat: 19.07598, lon: 72.87766}
              notes: ["the door code is 7731 today"]
            """;

    private static String hash(String algorithm, String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8)));
    }

    private static byte[] gzip(String text) throws Exception {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        try (GZIPOutputStream g = new GZIPOutputStream(b)) {
            g.write(text.getBytes(UTF_8));
        }
        return b.toByteArray();
    }

    private static byte[] zlib(String text) throws Exception {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        try (DeflaterOutputStream g = new DeflaterOutputStream(b)) {
            g.write(text.getBytes(UTF_8));
        }
        return b.toByteArray();
    }

    private static String base64(byte[] b) {
        return Base64.getEncoder().encodeToString(b);
    }

    /** One a line of a form, made by the JDK. */
    private static List<String> disguises() throws Exception {
        String imei = "001072145093124";
        String deep = base64(gzip("{\"id\":\"" + base64(imei.getBytes(UTF_8)) + "\"}"));
        return List.of(
                imei,
                "00-107214-509312-4",
                base64(imei.getBytes(UTF_8)),
                HexFormat.of().formatHex(imei.getBytes(UTF_8)),
                hash("MD5", imei),
                hash("SHA-1", imei).toUpperCase(java.util.Locale.ROOT),
                hash("SHA-256", imei).substring(0, 20),
                hash("SHA-512", "00107214509312"),
                hash("SHA3-256", imei),
                hash("SHA-384", imei),
                hash("MD5", hash("MD5", imei)),
                hash("SHA-1", base64(imei.getBytes(UTF_8))),
                hash("SHA-256", imei + ":" + "001017305629418"),
                base64(HexFormat.of().parseHex(hash("SHA-1", imei))),
                new StringBuilder(imei).reverse().toString(),
                "001-01-7305629418",
                "8999101740583629146",
                "+1 202-555-0143",
                "(202) 555-0143",
                hash("SHA-256", "+12025550143"),
                hash("MD5", "2025550143"),
                "9774D56D682E549C",
                Long.toUnsignedString(0x9774d56d682e549cL),
                hash("SHA-1", "9774d56d682e549c"),
                "384000008CF011BDB23E10B96E40000D",
                hash("SHA-1", "38400000-8CF0-11BD-B23E-10B96E40000D"),
                "00-00-5E-00-53-17",
                "0000.5e00.5317",
                hash("MD5", "00:00:5E:00:53:17"),
                "Asha.Rao@Example.org",
                hash("SHA-256", "asha.rao@example.org"),
                "RAO, ASHA",
                "nfun.enb@rknzcyr.bet",
                "19.0760,72.8777",
                "72.87766,19.07598",
                "19\u00b004'33.5\"N 72\u00b052'39.6\"E",
                "The door code is 7731 TODAY",
                deep,
                base64(zlib("imei=" + imei)),
                base64(imei.getBytes(UTF_16LE)));
    }

    /** As bodies, form fields and JSON, by a recorder that keeps text. */
    private Path har(List<String> values) throws Exception {
        StringBuilder s = new StringBuilder("{\"log\":{\"version\":\"1.2\",\"entries\":[");
        int n = 0;
        for (String v : values) {
            String json = "{\"a\":{\"v\":\"" + escaped(v) + "\"}}";
            String form = "x=1&v=" + URLEncoder.encode(v, UTF_8);
            for (String[] body :
                    new String[][] {
                        {"application/json", json},
                        {"application/x-www-form-urlencoded", form},
                        {"text/plain", v}
                    }) {
                if (n > 0) s.append(',');
                s.append(
                                "{\"startedDateTime\":\"2026-01-01T00:00:00.000Z\",\"time\":1,\"request\":{\"method\":\"POST\",\"url\":\"https://a.example.com/p")
                        .append(n++)
                        .append(
                                "x\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"queryString\":[],\"cookies\":[],\"headersSize\":-1,\"bodySize\":")
                        .append(body[1].getBytes(UTF_8).length)
                        .append(",\"postData\":{\"mimeType\":\"")
                        .append(body[0])
                        .append("\",\"text\":\"")
                        .append(escaped(body[1]))
                        .append(
                                "\"}},\"response\":{\"status\":200,\"statusText\":\"\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[],\"cookies\":[],\"content\":{\"size\":0,\"mimeType\":\"\"},\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":0},\"cache\":{},\"timings\":{\"send\":0,\"wait\":1,\"receive\":0}}");
            }
        }
        Path file = dir.resolve("forms.har");
        Files.writeString(file, s.append("]}}").toString());
        return file;
    }

    private static String escaped(String s) {
        StringBuilder b = new StringBuilder();
        for (char c : s.toCharArray()) {
            if (c == '"' || c == '\\') b.append('\\').append(c);
            else if (c < 0x20 || c == '\u00b0') b.append(String.format("\\u%04x", (int) c));
            else b.append(c);
        }
        return b.toString();
    }

    @Test
    void ofManyFormsIsWalked() throws Exception {
        Path persona = dir.resolve("persona.yaml");
        Files.writeString(persona, PERSONA);
        List<String> values = disguises();
        Path har = har(values);
        List<String> p = List.of("-p", persona.toString());
        List<String> audit = new ArrayList<>(List.of("audit", har.toString(), "-o", dir + "/out"));
        audit.addAll(p);
        telltale(audit);
        String json = Files.readString(dir.resolve("out/audit.json"));
        Set<Integer> found =
                Pattern.compile("\"entry\":(\\d+)")
                        .matcher(json)
                        .results()
                        .map(r -> Integer.parseInt(r.group(1)))
                        .collect(Collectors.toSet());
        List<String> notFound = new ArrayList<>();
        for (int i = 0; i < 3 * values.size(); i++)
            if (!found.contains(i)) notFound.add(i % 3 + " " + values.get(i / 3));
        assertThat(notFound).isEmpty();
        List<String> verify =
                new ArrayList<>(List.of("verify", dir + "/out", "--capture", har.toString()));
        verify.addAll(p);
        assertThat(telltale(verify)).as(said()).isZero();
        assertThat(said()).doesNotContain("rest on the second reading");
    }

    /** Captures of others: header compression, masks, frames, gRPC, QUIC. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "grpc_stream_reassembly_sample.pcapng.gz",
                "grpc_person_search_protobuf_with_image.pcapng.gz",
                "http3-qpack-reassembly-anon.pcapng",
                "quic-with-secrets.pcapng",
                "websocket-compressed.pcapng.gz",
                "websocket.pcapng.gz"
            })
    void ofOthersCapturesIsWalked(String name) throws Exception {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve("shared/corpus")))
            above = above.getParent();
        assumeThat(above).as("shared/corpus lies in no folder above this one").isNotNull();
        Path capture = above.resolve("shared/corpus/decryption/captures").resolve(name);
        Path persona = dir.resolve("persona.yaml");
        Files.writeString(
                persona,
                """
                persona: words
                identifiers:
                  custom: {a: text/html, b: "gzip, deflate", c: Mozilla/5.0, d: localhost,
                    e: application/grpc, f: keep-alive, g: websocket, h: no-cache, i: Hello world,
                    k: streamtest, l: person_search, m: rock it with HTML5}
                """);
        List<String> rest = List.of("-p", persona.toString());
        List<String> audit =
                new ArrayList<>(List.of("audit", capture.toString(), "-o", dir + "/out"));
        audit.addAll(rest);
        telltale(audit);
        assertThat(Files.readString(dir.resolve("out/audit.json")))
                .contains("\"layer\":\"stream\"");
        List<String> verify =
                new ArrayList<>(List.of("verify", dir + "/out", "--capture", capture.toString()));
        verify.addAll(rest);
        assertThat(telltale(verify)).as(said()).isZero();
        assertThat(said()).doesNotContain("rest on the second reading");
    }

    /** The walk alone, without hashes, sees that a path leads elsewhere. */
    @Test
    void thatLeadsElsewhereIsTold() throws Exception {
        Sealed sealed = Sealed.play(dir, 0);
        Path alone = dir.resolve("alone.json");
        sealed.audit("-o", "-", "--format", "json");
        String json = sealed.out();
        Files.writeString(alone, json);
        assertThat(sealed.checks(alone, Sealed.once()))
                .allMatch(c -> c.outcome() == Check.Outcome.HOLDS);
        Pattern range = Pattern.compile("\"ranges\":\\[\\[(\\d+),(\\d+)\\]\\]");
        List<String> changed = new ArrayList<>();
        changed.add(
                once(
                        json,
                        range,
                        m ->
                                "\"ranges\":[["
                                        + (Long.parseLong(m.group(1)) + 1)
                                        + ","
                                        + m.group(2)
                                        + "]]"));
        changed.add(
                once(
                        json,
                        range,
                        m ->
                                "\"ranges\":[["
                                        + m.group(1)
                                        + ","
                                        + (Long.parseLong(m.group(2)) - 1)
                                        + "]]"));
        changed.add(
                once(
                        json,
                        Pattern.compile("(\"ranges\":\\[\\[\\d+,(\\d+)\\]\\]\\})"),
                        m ->
                                m.group(1)
                                        + ",{\"layer\":\"hex\",\"ranges\":[[0,"
                                        + m.group(2)
                                        + "]]}"));
        changed.add(
                once(
                        json,
                        Pattern.compile("\"frames\":\\[(\\d+)\\]"),
                        m -> "\"frames\":[" + (Long.parseLong(m.group(1)) + 1) + "]"));
        changed.add(once(json, Pattern.compile("\"flow\":(\\d+)"), m -> "\"flow\":9" + m.group(1)));
        // Another identifier's: sms[0].peer for sms[1].peer and the other way round.
        changed.add(
                json.replace("\"id\":\"sms[0].peer\"", "\"id\":\"#\"")
                        .replace("\"id\":\"sms[1].peer\"", "\"id\":\"sms[0].peer\"")
                        .replace("\"id\":\"#\"", "\"id\":\"sms[1].peer\""));
        for (String c : changed) {
            assertThat(c).isNotEqualTo(json);
            Files.writeString(alone, c);
            assertThat(sealed.checks(alone, Sealed.once()))
                    .as("change " + changed.indexOf(c))
                    .anyMatch(k ->
                            k.outcome() == Check.Outcome.DIFFERS && k.subject().equals("evidence"));
        }
    }

    private static String once(
            String text, Pattern what, java.util.function.Function<Matcher, String> by) {
        Matcher m = what.matcher(text);
        assertThat(m.find()).isTrue();
        return text.substring(0, m.start()) + by.apply(m) + text.substring(m.end());
    }
}
