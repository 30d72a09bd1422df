package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.audit.Auditor;
import dev.telltale.audit.Keys;
import dev.telltale.audit.Personas;
import dev.telltale.audit.Policies;
import dev.telltale.audit.Traffic;
import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Protection;
import dev.telltale.model.Side;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What openssl carried: the same places as in the clear, under TLS, and nothing without the keys.
 */
class ProtocolsInTlsTest {
    private static final String IMEI = "490154203237518";

    /** A client that says nothing of its own, and still goes when its input ends. */
    private static final String[] QUIET = {"-quiet", "-no_ign_eof"};

    @TempDir Path dir;

    private static String latin(byte[]... all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] b : all) out.writeBytes(b);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private List<Finding> findings(Openssl.Recorded r, Keys keys, Random order) throws Exception {
        Persona persona =
                Personas.read(
                                Files.writeString(
                                        dir.resolve("persona.yaml"),
                                        "persona: p\nidentifiers:\n  imei: \"" + IMEI + "\"\n"))
                        .persona();
        Traffic.Turn[] turns =
                r.events().stream()
                        .map(e -> new Traffic.Turn(e.side() == Side.INITIATOR, e.bytes()))
                        .toArray(Traffic.Turn[]::new);
        Path file =
                new Traffic()
                        .tcp("192.168.43.17", 40_000, "203.0.113.10", 8443, 700, order, turns)
                        .write(dir.resolve("a.pcap"));
        Auditor.Options options = Auditor.Options.DEFAULT;
        Audit a =
                Auditor.conclude(
                        Auditor.observe(
                                List.of(file),
                                keys,
                                persona,
                                Optional.empty(),
                                options,
                                Workers.CALLER,
                                Progress.NONE),
                        Policies.DEFAULT,
                        options,
                        Auditor.InputHashes.NONE);
        assertThat(a.anomalies()).noneMatch(x -> x.kind().name().equals("ACCOUNTING"));
        return a.findings();
    }

    private void found(Openssl.Recorded r, String... places) throws Exception {
        Keys keys = Keys.read(List.of(Files.write(dir.resolve("k.txt"), r.keyLog())));
        for (Random order : new Random[] {null, new Random(6)}) {
            List<Finding> all = findings(r, keys, order);
            assertThat(all).extracting(Finding::place).containsExactlyInAnyOrder(places);
            assertThat(all).allMatch(f -> f.direction() == Direction.SENT);
            assertThat(all).allMatch(f -> f.worst().secured().protection() == Protection.TLS);
            assertThat(all).allMatch(f -> f.destination().domain().equals("example.org"));
        }
        assertThat(findings(r, Keys.NONE, null)).isEmpty();
    }

    @Test
    void insideTls() throws Exception {
        assumeTrue(Openssl.present(), "no OpenSSL 3 on this machine");
        try (Openssl openssl = new Openssl(dir)) {
            openssl.certificate("rsa", "rsa:2048");
            openssl.certificate("ec", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
            openssl.serve("", "-quiet");
            found(
                    openssl.talk(
                            List.of(
                                    latin(
                                            MqttTest.connect(5, "a-" + IMEI, "u", "p"),
                                            MqttTest.publish(5, "dev/" + IMEI, "x"))),
                            QUIET),
                    "CONNECT · frame[client-id]",
                    "PUBLISH dev/{imei} · path");
            found(
                    openssl.talk(
                            List.of(
                                    "MESSAGE sip:a@lab.example.org SIP/2.0\r\nFrom: <sip:"
                                            + IMEI
                                            + "@x>\r\nCall-ID: 1\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"),
                            QUIET),
                    "MESSAGE · header[from]");
            found(
                    openssl.talk(
                            List.of(
                                    TextProtocolsTest.STREAM,
                                    "<message><body>" + IMEI + "</body></message>"),
                            QUIET),
                    "message · frame[body]");
            found(
                    openssl.talk(List.of("EHLO x\r\n", "MAIL FROM:<" + IMEI + "@x>\r\n"), QUIET),
                    "MAIL · name");
            openssl.serve(WebSocketTest.SWITCHED.replace("\n", "\r\n"), "-quiet");
            found(
                    openssl.talk(
                            List.of(
                                    WebSocketTest.UPGRADE.replace("\n", "\r\n"),
                                    latin(WebSocketTest.text(true, "{\"imei\":\"" + IMEI + "\"}"))),
                            QUIET),
                    "GET /chat · frame.imei");
        }
    }
}
