package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Suites and versions that nothing of today speaks any more, by the JDK's own TLS with all of them
 * allowed, and an RSA key.
 */
class TlsLegacyTest {
    @TempDir static Path dir;

    private static final String GET =
            "GET /old?imsi=404450123456789 HTTP/1.1\r\nHost: old.example.org\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @BeforeAll
    static void keys() throws Exception {
        for (String bits : List.of("2048", "512")) {
            run(
                    java("keytool"),
                    "-genkeypair",
                    "-alias",
                    "a",
                    "-keyalg",
                    "RSA",
                    "-keysize",
                    bits,
                    "-dname",
                    "CN=old.example.org",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    dir.resolve(bits + ".p12").toString(),
                    "-storepass",
                    "changeit",
                    "-sigalg",
                    bits.equals("512") ? "SHA1withRSA" : "SHA256withRSA",
                    "-validity",
                    "3650",
                    "-J-Djava.security.properties=" + allowed());
        }
    }

    private static String java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    private static Path allowed() throws IOException {
        Path file = dir.resolve("allowed.properties");
        Files.writeString(
                file,
                """
                jdk.tls.disabledAlgorithms=
                jdk.certpath.disabledAlgorithms=
                jdk.security.legacyAlgorithms=
                jdk.tls.legacyAlgorithms=
                """);
        return file;
    }

    private static String run(String... command) throws Exception {
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (p.waitFor() != 0) throw new IOException(String.join(" ", command) + "\n" + said);
        return said;
    }

    private static Transcript talk(String bits, String version, String suite, String... texts)
            throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                java("java"),
                                "-Djava.security.properties=" + allowed(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                JssePeer.class.getName(),
                                dir.resolve(bits + ".p12").toString(),
                                version,
                                suite));
        command.addAll(List.of(texts));
        Transcript t = Transcript.tcp().port(443);
        t.identityNames = false;
        for (String line : run(command.toArray(String[]::new)).lines().toList()) {
            if (line.startsWith(">")) t.sent(HexFormat.of().parseHex(line.substring(1)));
            else if (line.startsWith("<")) t.answered(HexFormat.of().parseHex(line.substring(1)));
        }
        KeyStore store =
                KeyStore.getInstance(dir.resolve(bits + ".p12").toFile(), "changeit".toCharArray());
        byte[] key = store.getKey("a", "changeit".toCharArray()).getEncoded();
        String pem =
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n";
        KeyLog.read(pem.getBytes(StandardCharsets.US_ASCII), t.secrets);
        return t;
    }

    private static void holds(String bits, String version, String suite, String weak)
            throws Exception {
        Transcript t = talk(bits, version, suite, GET, OK, GET, OK).play();
        assertThat(t.text())
                .as(version + " " + suite)
                .contains("GET https://old.example.org:443 /old?imsi=404450123456789");
        assertThat(t.parts(Side.RESPONDER)).contains("body[]  [] 2=ok");
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        assertThat(t.exchanges.getLast().exchange.secured().weak()).contains(weak);
        assertThat(t.again().play(new Random(3), 30).canonical()).isEqualTo(t.canonical());
    }

    @Test
    void suitesOfTheNineties() throws Exception {
        for (String version : List.of("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2")) {
            holds("2048", version, "SSL_RSA_WITH_RC4_128_SHA", "RC4");
            holds("2048", version, "SSL_RSA_WITH_RC4_128_MD5", "RC4");
            holds("2048", version, "SSL_RSA_WITH_3DES_EDE_CBC_SHA", "64 bits");
            holds(
                    "2048",
                    version,
                    "TLS_RSA_WITH_AES_128_CBC_SHA",
                    version.equals("TLSv1.2")
                            ? ""
                            : version.equals("SSLv3") ? "SSL 3.0" : "deprecated");
            holds("2048", version, "SSL_RSA_WITH_NULL_SHA", "does not encrypt");
        }
        holds("2048", "TLSv1.1", "SSL_RSA_WITH_DES_CBC_SHA", "DES is broken");
        holds("2048", "TLSv1.2", "TLS_RSA_WITH_AES_256_CBC_SHA256", "");
    }

    @Test
    void exportGrades() throws Exception {
        for (String version : List.of("SSLv3", "TLSv1")) {
            holds("512", version, "SSL_RSA_EXPORT_WITH_RC4_40_MD5", "export-grade");
            holds("512", version, "SSL_RSA_EXPORT_WITH_DES40_CBC_SHA", "export-grade");
        }
    }

    /**
     * A stream cipher has no records: its key stream must be moved on over what is lost, headers
     * left out.
     */
    @Test
    void rc4GoesOnAfterALoss() throws Exception {
        Transcript whole =
                talk(
                        "2048",
                        "TLSv1.2",
                        "SSL_RSA_WITH_RC4_128_SHA",
                        GET,
                        OK,
                        GET,
                        OK,
                        GET.replace("/old", "/last"),
                        OK);
        List<Transcript.Event> events = whole.script;
        List<Integer> gets = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            boolean client = events.get(i).side() == Side.INITIATOR;
            if (client && events.get(i).bytes()[0] == 23) gets.add(i);
        }
        for (int from : List.of(0, 3, 20)) {
            Transcript t = whole.again();
            t.script.clear();
            for (int i = 0; i < events.size(); i++) {
                byte[] b = events.get(i).bytes();
                boolean hole = i == gets.get(1);
                if (!hole) {
                    t.script.add(events.get(i));
                    continue;
                }
                if (from > 0)
                    t.script.add(
                            new Transcript.Event(
                                    Side.INITIATOR, java.util.Arrays.copyOf(b, from), 0));
                t.script.add(new Transcript.Event(Side.INITIATOR, new byte[0], b.length - from));
            }
            assertThat(t.play().text()).as("from " + from).contains("/last?imsi");
        }
    }
}
