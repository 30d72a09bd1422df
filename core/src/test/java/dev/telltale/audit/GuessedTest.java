package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Audit;
import dev.telltale.model.Certainty;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** XOR and alphabets of base 64 that nothing announces. */
class GuessedTest {
    private static final String IMEI = "490154203237518";
    private static final String MAIL = "asha.rao@example.org";
    private static final String PERSONA =
            """
            persona: guessed
            identifiers:
              imei: "490154203237518"
              email: asha.rao@example.org
            """;

    private static final String STANDARD =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    @TempDir Path dir;
    private int port = 40_000;

    private Audit audit(Traffic traffic) throws Exception {
        Persona persona =
                Personas.read(Files.writeString(dir.resolve("persona.yaml"), PERSONA)).persona();
        Path file = traffic.write(dir.resolve("t.pcap"));
        Auditor.Options options = Auditor.Options.DEFAULT;
        var seen =
                Auditor.observe(
                        List.of(file),
                        persona,
                        Optional.empty(),
                        options,
                        Workers.CALLER,
                        Progress.NONE);
        return Auditor.conclude(seen, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
    }

    private void post(Traffic t, String path, byte[] body) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(
                ("POST "
                                + path
                                + " HTTP/1.1\r\nHost: api.example.com\r\nContent-Length: "
                                + body.length
                                + "\r\n\r\n")
                        .getBytes(UTF_8));
        all.writeBytes(body);
        t.tcp(
                "192.168.43.17",
                port++,
                "203.0.113.10",
                80,
                400,
                null,
                new Traffic.Turn(true, all.toByteArray()),
                Traffic.Turn.server("HTTP/1.1 204 No Content\r\n\r\n"));
    }

    private static byte[] xor(byte[] text, byte... key) {
        byte[] b = text.clone();
        for (int i = 0; i < b.length; i++) b[i] ^= key[i % key.length];
        return b;
    }

    private static byte[] bytes(String s) {
        return s.getBytes(UTF_8);
    }

    private static byte[] both(byte[] a, byte[] b) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(a);
        all.writeBytes(b);
        return all.toByteArray();
    }

    private static byte[] value(String v) {
        return bytes("{\"v\":\"" + v + "\"}");
    }

    private static String hex(byte[] b) {
        return HexFormat.of().formatHex(b);
    }

    private static String base64(byte[] b) {
        return Base64.getEncoder().encodeToString(b);
    }

    private static String lettersOf(String text, String alphabet) {
        StringBuilder out = new StringBuilder();
        for (char c : base64(bytes(text)).toCharArray()) {
            int i = STANDARD.indexOf(c);
            out.append(i < 0 ? c : alphabet.charAt(i));
        }
        return out.toString();
    }

    private static byte[] gzip(byte[] b) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(out)) {
            z.write(b);
        }
        return out.toByteArray();
    }

    private static Map<String, Finding> byPath(Audit audit) {
        Map<String, Finding> all = new TreeMap<>();
        for (Finding f : audit.findings()) {
            String path = f.place().substring(5, f.place().indexOf(" ·"));
            assertThat(all.put(path, f)).as(path).isNull();
        }
        return all;
    }

    @Test
    void xor() throws Exception {
        byte[] imei = bytes(IMEI);
        byte[] json = bytes("{\"imei\":\"" + IMEI + "\",\"event\":\"boot\"}");
        String page = "event=boot&session=4711&screen=settings of the phone, and more of that\n";
        byte[] large = bytes(page.repeat(1_500) + "imei=" + IMEI + "\n" + page.repeat(200));
        Map<String, byte[]> bodies = new TreeMap<>();
        bodies.put("/hex", value(hex(xor(imei, (byte) 0xa7))));
        bodies.put("/hex-printable", value(hex(xor(imei, (byte) 0x5a))));
        bodies.put("/base64", value(base64(xor(bytes(MAIL), (byte) 0x91))));
        bodies.put("/base64-low", value(base64(xor(bytes(MAIL), (byte) 0x07))));
        bodies.put("/letters", value(new String(xor(imei, (byte) 0x5a), ISO_8859_1)));
        bodies.put("/raw", xor(imei, (byte) 0xee));
        bodies.put("/json", xor(json, (byte) 0xc3));
        bodies.put("/large", xor(large, (byte) 0xb4));
        bodies.put("/gzip", xor(gzip(json), (byte) 0x4c));
        byte[] among = new byte[300];
        new Random(7).nextBytes(among);
        for (int i = 0; i < among.length; i++) among[i] &= 0x7f;
        System.arraycopy(bytes(" " + MAIL + " "), 0, among, 100, MAIL.length() + 2);
        bodies.put("/among", xor(among, (byte) 0x99));
        byte[] key = {1, (byte) 0x8f, 0x33, (byte) 0xfe};
        bodies.put("/head", both(key, xor(json, key)));
        byte[] longKey = bytes("k9#Lq!x2Vw0$zT7m");
        bodies.put("/head-16", value(base64(both(longKey, xor(json, longKey)))));
        bodies.put("/inside", value(base64(xor(bytes(base64(json)), (byte) 0xd2))));
        Traffic t = new Traffic();
        bodies.forEach((path, body) -> post(t, path, body));

        Map<String, Finding> found = byPath(audit(t));

        assertThat(found.keySet()).isEqualTo(bodies.keySet());
        bodies.keySet()
                .forEach(path -> {
                    Finding f = found.get(path);
                    assertThat(f.worst().disguise()).as(path).isEqualTo(Disguise.ENCODED);
                    assertThat(f.certainty()).as(path).isEqualTo(Certainty.CERTAIN);
                    assertThat(f.worst().chain()).as(path).contains("xor");
                });
        assertThat(found.get("/hex").worst().chain()).containsExactly("json", "hex", "xor");
        assertThat(found.get("/hex").worst().form()).isEqualTo("15 digits");
        assertThat(found.get("/gzip").worst().chain()).containsExactly("xor", "gzip", "json");
        assertThat(found.get("/gzip").place()).isEqualTo("POST /gzip · body.imei");
    }

    @Test
    void alphabets() throws Exception {
        String text = "imei=" + IMEI + "; mail?";
        Map<String, String> values = new TreeMap<>();
        for (int by : new int[] {1, 13, 40, 63})
            values.put(
                    "rotated" + by,
                    lettersOf(text, STANDARD.substring(by) + STANDARD.substring(0, by)));
        String url = STANDARD.replace('+', '-').replace('/', '_');
        values.put("rotated-url", lettersOf(text, url.substring(9) + url.substring(0, 9)));
        values.put("reversed", lettersOf(text, new StringBuilder(STANDARD).reverse().toString()));
        String upper = STANDARD.substring(0, 26);
        String lower = STANDARD.substring(26, 52);
        String digits = STANDARD.substring(52, 62);
        values.put("swapped-case", lettersOf(text, lower + upper + digits + "+/"));
        values.put("digits-first", lettersOf(text, digits + upper + lower + "+/"));
        values.put("bcrypt", lettersOf(text, "./" + upper + lower + digits));
        values.put("crypt", lettersOf(text, "./" + digits + upper + lower));
        values.put("xx", lettersOf(text, "+-" + digits + upper + lower));
        values.put("imap", lettersOf(text + "???", upper + lower + digits + "+,"));
        Traffic t = new Traffic();
        values.forEach((name, v) -> post(t, "/" + name, value(v)));

        Map<String, Finding> found = byPath(audit(t));

        assertThat(found).hasSameSizeAs(values);
        values.keySet()
                .forEach(name -> {
                    Finding f = found.get("/" + name);
                    assertThat(f.worst().disguise()).as(name).isEqualTo(Disguise.ENCODED);
                    assertThat(f.worst().chain())
                            .as(name)
                            .contains(
                                    name.equals("reversed")
                                            // Which is XOR of what base 64 gives with 255.
                                            ? "xor"
                                            : "base64-"
                                                    + (name.startsWith("rotated")
                                                            ? "rotated"
                                                            : name));
                });
    }

    /** Bytes, tokens and texts of nobody: one planted value is all that is found. */
    @Test
    void whatIsRandomStaysSo() throws Exception {
        Random random = new Random(11);
        Traffic t = new Traffic();
        for (int i = 0; i < 400; i++) {
            byte[] b = new byte[8 + random.nextInt(i % 20 == 0 ? 6_000 : 200)];
            random.nextBytes(b);
            if (i % 3 == 0) for (int j = 0; j < b.length; j++) b[j] &= 0x7f;
            if (i % 3 == 1) for (int j = 0; j < b.length; j++) b[j] = (byte) (b[j] & 15 | 0x90);
            post(t, "/r" + i, i % 2 == 0 ? b : value(i % 4 == 1 ? hex(b) : base64(b)));
        }
        post(t, "/known", value(hex(xor(bytes(IMEI), (byte) 0x81))));
        assertThat(audit(t).findings())
                .extracting(Finding::place)
                .containsExactly("POST /known · body.v");
    }
}
