package dev.telltale.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Audit;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads sealed by the platform, or by openssl, are opened by keys of the persona. */
class PayloadKeysTest {
    private static final String IMEI = "490154203237518";
    private static final String JSON = "{\"imei\":\"" + IMEI + "\",\"event\":\"boot\"}";

    @TempDir Path dir;
    private int port = 40_000;
    private final Random random = new Random(5);
    private final StringBuilder keys = new StringBuilder();

    private Audit audit(Traffic traffic) throws Exception {
        return audit(traffic, Keys.NONE);
    }

    private Audit audit(Traffic traffic, Keys seen) throws Exception {
        String yaml =
                "persona: sealed\nidentifiers: {imei: \""
                        + IMEI
                        + "\"}\n"
                        + (keys.isEmpty() ? "" : "payload_keys:\n" + keys);
        Persona persona =
                Personas.read(Files.writeString(dir.resolve("persona.yaml"), yaml)).persona();
        Path file = traffic.write(dir.resolve("t.pcap"));
        Auditor.Options options = Auditor.Options.DEFAULT;
        var observed =
                Auditor.observe(
                        List.of(file),
                        seen,
                        persona,
                        Optional.empty(),
                        options,
                        Workers.CALLER,
                        Progress.NONE);
        return Auditor.conclude(observed, Policies.DEFAULT, options, Auditor.InputHashes.NONE);
    }

    private void post(Traffic t, String path, byte[] body, String... headers) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(("POST " + path + " HTTP/1.1\r\nHost: api.example.com\r\n").getBytes(UTF_8));
        for (String h : headers) all.writeBytes((h + "\r\n").getBytes(UTF_8));
        all.writeBytes(("Content-Length: " + body.length + "\r\n\r\n").getBytes(UTF_8));
        all.writeBytes(body);
        t.tcp(
                "192.168.43.17",
                port++,
                "203.0.113.10",
                80,
                1_000,
                null,
                new Traffic.Turn(true, all.toByteArray()),
                Traffic.Turn.server("HTTP/1.1 204 No Content\r\n\r\n"));
    }

    private byte[] bytes(int n) {
        byte[] b = new byte[n];
        random.nextBytes(b);
        return b;
    }

    private static String hex(byte[] b) {
        return HexFormat.of().formatHex(b);
    }

    private void key(String name, String cipher, byte[] key, byte[] iv) {
        keys.append("  - {name: ")
                .append(name)
                .append(", cipher: ")
                .append(cipher)
                .append(", key: \"hex:")
                .append(hex(key))
                .append('"');
        if (iv.length > 0) keys.append(", iv: \"hex:").append(hex(iv)).append('"');
        keys.append("}\n");
    }

    private static byte[] both(byte[]... all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] b : all) out.writeBytes(b);
        return out.toByteArray();
    }

    private static byte[] sealed(String cipher, byte[] key, byte[] iv, byte[] text)
            throws Exception {
        Cipher c = Cipher.getInstance(cipher);
        String algorithm = cipher.split("[/-]")[0];
        SecretKeySpec k = new SecretKeySpec(key, algorithm);
        if (cipher.contains("GCM")) c.init(Cipher.ENCRYPT_MODE, k, new GCMParameterSpec(128, iv));
        else if (cipher.equals("ChaCha20"))
            c.init(Cipher.ENCRYPT_MODE, k, new ChaCha20ParameterSpec(iv, 0));
        else if (iv.length == 0) c.init(Cipher.ENCRYPT_MODE, k);
        else c.init(Cipher.ENCRYPT_MODE, k, new IvParameterSpec(iv));
        return c.doFinal(text);
    }

    private static byte[] value(byte[] b) {
        return ("{\"d\":\"" + Base64.getEncoder().encodeToString(b) + "\"}").getBytes(UTF_8);
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
    void everyCipherInEveryModeThePlatformHas() throws Exception {
        Map<String, int[]> ciphers = new TreeMap<>();
        ciphers.put("AES/ECB/PKCS5Padding", new int[] {32, 0});
        ciphers.put("AES/CBC/PKCS5Padding", new int[] {16, 16});
        ciphers.put("AES/CTR/NoPadding", new int[] {24, 16});
        ciphers.put("AES/GCM/NoPadding", new int[] {16, 12});
        ciphers.put("DES/ECB/PKCS5Padding", new int[] {8, 0});
        ciphers.put("DES/CBC/PKCS5Padding", new int[] {8, 8});
        ciphers.put("DESede/CBC/PKCS5Padding", new int[] {24, 8});
        ciphers.put("RC4", new int[] {16, 0});
        ciphers.put("ChaCha20", new int[] {32, 12});
        ciphers.put("ChaCha20-Poly1305", new int[] {32, 12});
        Traffic t = new Traffic();
        Map<String, String> steps = new TreeMap<>();
        int i = 0;
        for (Map.Entry<String, int[]> e : ciphers.entrySet()) {
            String name = "k" + i++;
            byte[] k = bytes(e.getValue()[0]);
            byte[] iv = bytes(e.getValue()[1]);
            key(name, e.getKey(), k, iv);
            post(t, "/" + name + "/fixed", value(sealed(e.getKey(), k, iv, JSON.getBytes(UTF_8))));
            steps.put("/" + name + "/fixed", name);
            byte[] own = bytes(iv.length);
            byte[] first = both(own, sealed(e.getKey(), k, own, JSON.getBytes(UTF_8)));
            post(t, "/" + name + "/first", first);
            steps.put("/" + name + "/first", name);
            post(
                    t,
                    "/" + name + "/alone",
                    value(both(own, sealed(e.getKey(), k, own, IMEI.getBytes(UTF_8)))));
            steps.put("/" + name + "/alone", name);
            String page = "event=boot&session=4711&screen=settings of the phone\n";
            byte[] large =
                    (page.repeat(6_000) + "imei=" + IMEI + "\n" + page.repeat(50)).getBytes(UTF_8);
            post(t, "/" + name + "/large", both(own, sealed(e.getKey(), k, own, large)));
            steps.put("/" + name + "/large", name);
        }
        Map<String, Finding> found = byPath(audit(t));
        assertThat(found.keySet()).isEqualTo(steps.keySet());
        steps.forEach((path, name) -> {
            Finding.Variant v = found.get(path).worst();
            assertThat(v.disguise()).as(path).isEqualTo(Disguise.ENCRYPTED_KNOWN_KEY);
            assertThat(v.chain()).as(path).anyMatch(s -> s.endsWith("(" + name + ")"));
        });
        assertThat(found.get("/k1/fixed").worst().chain())
                .containsExactly("json", "base64", "aes-ctr(k1)", "json");
        assertThat(found.get("/k1/fixed").worst().explanation())
                .isEqualTo(
                        "your IMEI (15 digits), inside aes-ctr(k1) in base64, in the body, field"
                                + " d.imei");
    }

    @Test
    void digestsAndGzipInside() throws Exception {
        byte[] k = bytes(16);
        byte[] iv = bytes(16);
        key("v1", "AES/CBC/PKCS5Padding", k, new byte[0]);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream z = new GZIPOutputStream(packed)) {
            z.write(JSON.getBytes(UTF_8));
        }
        Traffic t = new Traffic();
        post(t, "/gzip", both(iv, sealed("AES/CBC/PKCS5Padding", k, iv, packed.toByteArray())));
        byte[] zero = new byte[16];
        post(t, "/zero", value(sealed("AES/CBC/PKCS5Padding", k, zero, JSON.getBytes(UTF_8))));
        Map<String, Finding> found = byPath(audit(t));
        assertThat(found.get("/gzip").worst().chain())
                .containsExactly("aes-cbc(v1)", "gzip", "json");
        assertThat(found).containsKey("/zero");
    }

    @Test
    void aKeyWrappedInAKnownOne() throws Exception {
        KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");
        g.initialize(2048);
        KeyPair rsa = g.generateKeyPair();
        key("app", "RSA/ECB/PKCS1Padding", rsa.getPrivate().getEncoded(), new byte[0]);
        Traffic t = new Traffic();
        for (String mode : List.of("CBC/PKCS5Padding", "GCM/NoPadding", "ECB/PKCS5Padding")) {
            byte[] k = bytes(16);
            byte[] iv = bytes(mode.startsWith("GCM") ? 12 : mode.startsWith("CBC") ? 16 : 0);
            Cipher c = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            c.init(Cipher.ENCRYPT_MODE, rsa.getPublic());
            String wrapped = Base64.getEncoder().encodeToString(c.doFinal(k));
            byte[] text = both(iv, sealed("AES/" + mode, k, iv, JSON.getBytes(UTF_8)));
            String data = Base64.getEncoder().encodeToString(text);
            String path = "/" + mode.substring(0, 3);
            post(
                    t,
                    path + "/behind",
                    ("{\"data\":\"" + data + "\",\"key\":\"" + wrapped + "\"}").getBytes(UTF_8));
            post(t, path + "/header", text, "X-Key: " + wrapped);
        }
        Map<String, Finding> found = byPath(audit(t));
        assertThat(found).hasSize(6);
        found.values()
                .forEach(f ->
                        assertThat(f.worst().disguise()).isEqualTo(Disguise.ENCRYPTED_KNOWN_KEY));
    }

    /** Wheeler and Needham's Corrected Block TEA, as xxtea libraries lay bytes out. */
    private static byte[] xxtea(byte[] key, byte[] text) {
        int n = (text.length + 3) / 4 + 1;
        int[] v = new int[n];
        ByteBuffer.wrap(Arrays.copyOf(text, 4 * (n - 1)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(v, 0, n - 1);
        v[n - 1] = text.length;
        int[] k = new int[4];
        ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(k);
        int sum = 0;
        int z = v[n - 1];
        for (int rounds = 6 + 52 / n; rounds > 0; rounds--) {
            sum += 0x9e3779b9;
            int e = sum >>> 2 & 3;
            for (int p = 0; p < n; p++) {
                int y = v[(p + 1) % n];
                int mx =
                        ((z >>> 5 ^ y << 2) + (y >>> 3 ^ z << 4))
                                ^ ((sum ^ y) + (k[p & 3 ^ e] ^ z));
                z = v[p] += mx;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : v) out.putInt(word);
        return out.array();
    }

    @Test
    void xxtea() throws Exception {
        byte[] k = bytes(16);
        key("x", "XXTEA", k, new byte[0]);
        Traffic t = new Traffic();
        post(t, "/x", value(xxtea(k, JSON.getBytes(UTF_8))));
        assertThat(byPath(audit(t)).get("/x").worst().chain())
                .containsExactly("json", "base64", "xxtea(x)", "json");
    }

    @Test
    void sm4ByOpenssl() throws Exception {
        byte[] k = bytes(16);
        byte[] iv = bytes(16);
        Traffic t = new Traffic();
        for (String mode : List.of("ecb", "cbc", "ctr")) {
            key("sm-" + mode, "SM4/" + mode, k, mode.equals("ecb") ? new byte[0] : iv);
            byte[] sealed = openssl(mode, k, iv);
            assumeTrue(sealed.length > 0, "openssl with SM4 is not here");
            post(t, "/" + mode, value(sealed));
        }
        Map<String, Finding> found = byPath(audit(t));
        assertThat(found.keySet()).containsExactly("/cbc", "/ctr", "/ecb");
    }

    private byte[] openssl(String mode, byte[] k, byte[] iv) throws Exception {
        ProcessBuilder b =
                new ProcessBuilder("openssl", "enc", "-sm4-" + mode, "-K", hex(k), "-nosalt");
        if (!mode.equals("ecb")) b.command().addAll(List.of("-iv", hex(iv)));
        Process p;
        try {
            p = b.redirectErrorStream(false).start();
        } catch (java.io.IOException e) {
            return new byte[0];
        }
        try (var in = p.getOutputStream()) {
            in.write(JSON.getBytes(UTF_8));
        }
        byte[] out = p.getInputStream().readAllBytes();
        assertThat(p.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return p.exitValue() == 0 ? out : new byte[0];
    }

    @Test
    void keysThatAHookingToolLogged() throws Exception {
        byte[] a = bytes(16);
        byte[] b = bytes(32);
        byte[] iv = bytes(16);
        Path log = dir.resolve("hooks.log");
        Files.writeString(
                log,
                "[*] attached to com.example.app\n"
                        + "{\"time\":1,\"algorithm\":\"AES/CBC/PKCS5Padding\",\"op\":\"ENCRYPT\",\"key\":\""
                        + hex(a)
                        + "\",\"iv\":\""
                        + hex(iv)
                        + "\"}\nSecretKeySpec algorithm=AES key="
                        + Base64.getEncoder().encodeToString(b)
                        + "\n");
        Keys seen = Keys.read(List.of(log));
        assertThat(seen.warnings()).isEmpty();
        byte[] nonce = bytes(12);
        Traffic t = new Traffic();
        post(t, "/a", value(sealed("AES/CBC/PKCS5Padding", a, iv, JSON.getBytes(UTF_8))));
        post(t, "/b", both(nonce, sealed("AES/GCM/NoPadding", b, nonce, JSON.getBytes(UTF_8))));
        Map<String, Finding> found = byPath(audit(t, seen));
        assertThat(found.get("/a").worst().chain()).contains("aes-cbc(seen 1)");
        assertThat(found.get("/b").worst().chain()).contains("aes-gcm(seen 2)");
        Path none = Files.writeString(dir.resolve("none.log"), "nothing of use: here\n");
        assertThat(Keys.read(List.of(none)).warnings()).hasSize(1);
    }

    /** Without the key it is opaque; with one that is not right, too. */
    @Test
    void aWrongKeyOpensNothing() throws Exception {
        Traffic t = new Traffic();
        for (int i = 0; i < 60; i++) {
            post(t, "/a" + i, value(bytes(16 * (1 + i % 9))));
            post(t, "/b" + i, bytes(64 + 8 * i));
        }
        Audit without = audit(t);
        for (String c :
                List.of(
                        "AES/CBC/NoPadding",
                        "AES/ECB/PKCS5Padding",
                        "AES/GCM/NoPadding",
                        "AES/CTR/NoPadding")) key(c.substring(4, 7), c, bytes(16), new byte[0]);
        key("des", "DES/ECB/NoPadding", bytes(8), new byte[0]);
        key("rc4", "RC4", bytes(16), new byte[0]);
        key("tea", "XXTEA", bytes(16), new byte[0]);
        Audit with = audit(t);
        assertThat(with.findings()).isEmpty();
        assertThat(with.coverage()).isEqualTo(without.coverage());
        assertThat(
                        with.coverage().destinations().getFirst().reasons().stream()
                                .filter(r -> r.code() == ReasonCode.OPAQUE_PAYLOAD)
                                .mapToLong(r -> r.bytes())
                                .sum())
                .isPositive();
    }
}
