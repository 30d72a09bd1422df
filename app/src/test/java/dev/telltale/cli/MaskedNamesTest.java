package dev.telltale.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that stand in names: of hosts, of files, as the phone's own addresses. */
class MaskedNamesTest {
    private static final String IMEI = "001072145093124";

    @TempDir Path dir;

    @Test
    void ofThePhoneAreMasked() throws Exception {
        Sealed sealed = Sealed.play(dir, 0);
        sealed.audit("-o", sealed.folder.toString(), "--device", "192.168.43.17");
        String json = Files.readString(sealed.folder.resolve("audit.json"));
        assertThat(json)
                .contains(
                        "\"device\":[{\"ip\":\"{local_ip}\",\"mac\":\"{wifi_mac}\",\"how\":\"option\"}]",
                        "\"options\": {\"device\":\"{local_ip[0]}\"")
                .doesNotContain("192.168.43.17", "00:00:5e:00:53:17");
        // And yet the same audit can be made again.
        assertThat(sealed.verify(sealed.folder)).as(sealed.out() + sealed.err()).isZero();
        Path shown = dir.resolve("shown");
        sealed.audit("-o", shown.toString(), "--reveal");
        assertThat(Files.readString(shown.resolve("audit.json")))
                .contains("\"ip\":\"192.168.43.17\",\"mac\":\"00:00:5e:00:53:17\"");
    }

    @Test
    void ofHostsAndFilesAreMasked() throws Exception {
        String digest =
                HexFormat.of()
                        .formatHex(MessageDigest.getInstance("MD5").digest(IMEI.getBytes(UTF_8)));
        Path har = dir.resolve("phone-" + IMEI + ".har");
        StringBuilder entries = new StringBuilder();
        for (String host :
                new String[] {
                    IMEI + ".a.example.com", digest + ".b.example.com", "plain.example.com"
                })
            entries.append(entries.isEmpty() ? "" : ",")
                    .append(
                            "{\"startedDateTime\":\"2026-01-01T00:00:00.000Z\",\"request\":{\"method\":\"GET\",\"url\":\"https://%s/x?id=%s\",\"httpVersion\":\"HTTP/1.1\",\"headers\":[{\"name\":\"Host\",\"value\":\"%s\"}]},\"response\":{\"status\":204,\"headers\":[]}}"
                                    .formatted(host, IMEI, host));
        Files.writeString(har, "{\"log\":{\"version\":\"1.2\",\"entries\":[" + entries + "]}}");
        Path persona = dir.resolve("persona.yaml");
        Files.writeString(persona, "persona: p\nidentifiers:\n  imei: \"" + IMEI + "\"\n");
        Sealed sealed = Sealed.play(Files.createDirectory(dir.resolve("lab")), 0);
        Path out = dir.resolve("out");
        Files.createDirectory(out);
        Files.writeString(out.resolve("notes-" + IMEI + ".txt"), "x");
        sealed.telltale(
                "audit",
                har.toString(),
                "-p",
                persona.toString(),
                "-o",
                out.toString(),
                "--format",
                "text,json,har");
        String json = Files.readString(out.resolve("audit.json"));
        assertThat(json)
                .contains(
                        "{imei}.a.example.com",
                        "{imei}.b.example.com",
                        "\"plain.example.com\"",
                        "phone-{imei}.har");
        String all =
                json
                        + sealed.out()
                        + Files.readString(out.resolve("report.txt"))
                        + Files.readString(out.resolve("exchanges.har"))
                        + Files.readString(out.resolve("manifest.json"));
        assertThat(all).doesNotContain(IMEI, digest);
        assertThat(
                        sealed.telltale(
                                "verify",
                                out.toString(),
                                "--capture",
                                har.toString(),
                                "-p",
                                persona.toString()))
                .as(sealed.out() + sealed.err())
                .isZero();
    }
}
