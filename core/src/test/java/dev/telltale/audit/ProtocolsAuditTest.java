package dev.telltale.audit;

import static dev.telltale.audit.Traffic.Turn.client;
import static dev.telltale.audit.Traffic.Turn.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.telltale.audit.Traffic.Turn;
import dev.telltale.model.Anomaly;
import dev.telltale.model.Audit;
import dev.telltale.model.Direction;
import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Persona;
import dev.telltale.model.Progress;
import dev.telltale.model.Protection;
import dev.telltale.model.Workers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * For each protocol, an identifier planted where it would leak is found by the whole audit, at the
 * right place, also where its packets come in pieces and out of order.
 */
class ProtocolsAuditTest {
    private static final String IMEI = "490154203237518";
    private static final String NUMBER = "+919812345678";
    private static final String MAC = "a4:50:46:12:9f:c3";
    private static final String PHONE = "192.168.43.17";
    private static final String SERVER = "203.0.113.10";
    private static final String PERSONA =
            """
            persona: test-unit
            region: IN
            identifiers:
              imei: "490154203237518"
              msisdn: "+919812345678"
              wifi_mac: a4:50:46:12:9f:c3
              device_name: Asha's phone
              email: asha.rao@example.org
              custom: {push_token: Zx81-rotten-apple-77}
            """;

    @TempDir Path dir;
    private Persona persona;

    @BeforeEach
    void persona() throws Exception {
        persona = Personas.read(Files.writeString(dir.resolve("persona.yaml"), PERSONA)).persona();
    }

    private Audit audit(Traffic traffic) throws Exception {
        Auditor.Options options = Auditor.Options.DEFAULT;
        Audit a =
                Auditor.conclude(
                        Auditor.observe(
                                List.of(traffic.write(dir.resolve("a.pcap"))),
                                persona,
                                Optional.empty(),
                                options,
                                Workers.CALLER,
                                Progress.NONE),
                        Policies.DEFAULT,
                        options,
                        Auditor.InputHashes.NONE);
        assertThat(a.anomalies())
                .as("accounting")
                .noneMatch(x -> x.kind().name().equals("ACCOUNTING"));
        return a;
    }

    /** The same conversation whole, and in small pieces out of order. */
    private List<Audit> tcp(int port, Turn... turns) throws Exception {
        return List.of(
                audit(new Traffic().tcp(PHONE, 40_000, SERVER, port, 1400, null, turns)),
                audit(new Traffic().tcp(PHONE, 40_000, SERVER, port, 9, new Random(4), turns)));
    }

    private static void found(
            List<Audit> audits, String id, Direction direction, Disguise disguise, String place) {
        for (Audit a : audits) {
            assertThat(a.findings())
                    .filteredOn(f -> f.identifier().id().equals(id) && f.direction() == direction)
                    .extracting(Finding::place)
                    .contains(place);
            Finding f =
                    a.findings().stream()
                            .filter(x ->
                                    x.identifier().id().equals(id)
                                            && x.direction() == direction
                                            && x.place().equals(place))
                            .findFirst()
                            .orElseThrow();
            assertThat(f.worst().disguise()).isEqualTo(disguise);
            assertThat(f.worst().secured().protection()).isEqualTo(Protection.NONE);
        }
    }

    private static Turn bytes(boolean client, byte[]... all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] b : all) out.writeBytes(b);
        return new Turn(client, out.toByteArray());
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static final String UPGRADE =
            "GET /push/"
                    + IMEI
                    + " HTTP/1.1\r\nHost: push.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private static byte[] frame(int first, boolean masked, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        out.write((masked ? 0x80 : 0) | payload.length);
        byte[] key = masked ? new byte[] {7, 77, -7, 1} : new byte[4];
        if (masked) out.writeBytes(key);
        for (int i = 0; i < payload.length; i++) out.write(payload[i] ^ key[i & 3]);
        return out.toByteArray();
    }

    @Test
    void webSocket() throws Exception {
        Deflater d = new Deflater(9, true);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (String s : List.of("{\"hello\":1}", "{\"hello\":{\"msisdn\":\"" + NUMBER + "\"}}")) {
            d.setInput(utf8(s));
            byte[] out = new byte[200];
            int n = d.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
            sent.writeBytes(frame(0xc1, true, java.util.Arrays.copyOf(out, n - 4)));
        }
        List<Audit> all =
                tcp(
                        80,
                        client(UPGRADE),
                        server(SWITCHED),
                        bytes(true, sent.toByteArray()),
                        bytes(true, frame(0x81, true, utf8("{\"mac\":\"" + MAC + "\"}"))),
                        bytes(
                                false,
                                frame(0x81, false, utf8("{\"token\":\"Zx81-rotten-apple-77\"}"))));
        String place = "GET /push/{imei} · frame";
        found(all, "msisdn[0]", Direction.SENT, Disguise.PLAIN, place + ".hello.msisdn");
        found(all, "wifi_mac[0]", Direction.SENT, Disguise.PLAIN, place + ".mac");
        found(all, "custom.push_token[0]", Direction.RECEIVED, Disguise.PLAIN, place + ".token");
        for (Audit a : all)
            assertThat(a.findings())
                    .flatExtracting(f -> f.evidence())
                    .extracting(e -> e.request())
                    .allMatch(r -> r.equals("GET http://push.example.org/push/{imei}"));
    }

    private static void string(ByteArrayOutputStream out, String s) {
        out.write(0);
        out.write(s.length());
        out.writeBytes(utf8(s));
    }

    private static byte[] packet(int first, ByteArrayOutputStream body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        assertThat(body.size()).isLessThan(128);
        out.write(body.size());
        out.writeBytes(body.toByteArray());
        return out.toByteArray();
    }

    @Test
    void mqtt() throws Exception {
        ByteArrayOutputStream connect = new ByteArrayOutputStream();
        string(connect, "MQTT");
        connect.writeBytes(new byte[] {4, (byte) 0xc2, 0, 60});
        string(connect, "android-" + MAC);
        string(connect, "asha.rao@example.org");
        string(connect, "hunter2hunter2");
        ByteArrayOutputStream publish = new ByteArrayOutputStream();
        String encoded = Base64.getUrlEncoder().encodeToString(utf8(IMEI));
        string(publish, "dev/" + IMEI + "/" + encoded + "/up");
        publish.writeBytes(utf8("{\"phone\":\"" + NUMBER + "\"}"));
        List<Audit> all =
                tcp(
                        1883,
                        bytes(true, packet(0x10, connect)),
                        bytes(false, new byte[] {0x20, 2, 0, 0}),
                        bytes(true, packet(0x30, publish)));
        found(all, "wifi_mac[0]", Direction.SENT, Disguise.PLAIN, "CONNECT · frame[client-id]");
        found(all, "email[0]", Direction.SENT, Disguise.PLAIN, "CONNECT · frame[username]");
        String place = "PUBLISH dev/{imei}/{imei}/up · ";
        found(all, "imei[0]", Direction.SENT, Disguise.PLAIN, place + "path");
        found(all, "msisdn[0]", Direction.SENT, Disguise.PLAIN, place + "body.phone");
        for (Audit a : all) {
            assertThat(a.toString()).doesNotContain("hunter2").doesNotContain(encoded);
            assertThat(a.findings())
                    .flatExtracting(f -> f.evidence())
                    .extracting(e -> e.request())
                    .contains("PUBLISH dev/{imei}/{imei}/up");
        }
    }

    private static final String MESSAGE =
            "MESSAGE sip:v.sen@ims.example.org SIP/2.0\r\nf: <sip:"
                    + NUMBER
                    + "@ims.example.org>;tag=1\r\ni: c1\r\n"
                    + "CSeq: 1 MESSAGE\r\nAuthorization: Digest username=\"a\", response=\"6629fae49393a05397450978507c4ef1\"\r\n"
                    + "c: text/plain\r\nl: 20\r\n\r\nimei="
                    + IMEI;

    @Test
    void sip() throws Exception {
        List<Audit> all = new java.util.ArrayList<>(tcp(5060, client(MESSAGE)));
        all.add(audit(new Traffic().udp(PHONE, 5060, SERVER, 5060, utf8(MESSAGE))));
        found(all, "msisdn[0]", Direction.SENT, Disguise.PLAIN, "MESSAGE · header[from]");
        for (Audit a : all) {
            assertThat(a.findings())
                    .filteredOn(f -> f.identifier().id().equals("imei[0]"))
                    .extracting(Finding::place)
                    .allMatch(p -> p.startsWith("MESSAGE · body"))
                    .hasSize(1);
            assertThat(a.toString()).doesNotContain("6629fae49393a05397450978507c4ef1");
        }
    }

    @Test
    void mail() throws Exception {
        String imei64 = Base64.getEncoder().encodeToString(utf8("imei " + IMEI));
        List<Audit> all =
                tcp(
                        587,
                        server("220 mail.example.org ESMTP\r\n"),
                        client("EHLO phone\r\n"),
                        server("250 AUTH PLAIN\r\n"),
                        client(
                                "AUTH PLAIN "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        utf8(
                                                                "\0asha.rao@example.org\0hunter2hunter2"))
                                        + "\r\n"),
                        server("235 ok\r\n"),
                        client("MAIL FROM:<asha.rao@example.org>\r\n"),
                        server("250 ok\r\n"),
                        client("DATA\r\n"),
                        server("354 go\r\n"),
                        client(
                                "Subject: "
                                        + NUMBER
                                        + "\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                                        + imei64
                                        + "\r\n.\r\n"),
                        server("250 ok\r\n"));
        found(all, "email[0]", Direction.SENT, Disguise.ENCODED, "AUTH · frame[password]");
        found(all, "email[0]", Direction.SENT, Disguise.PLAIN, "MAIL · name");
        found(all, "msisdn[0]", Direction.SENT, Disguise.PLAIN, "DATA · header[subject]");
        for (Audit a : all) {
            assertThat(a.findings()).extracting(Finding::place).contains("DATA · body");
            assertThat(a.toString())
                    .doesNotContain("hunter2")
                    .doesNotContain("AGFzaGE")
                    .contains("MAIL FROM:<{email}>");
        }
    }

    @Test
    void otherTextProtocols() throws Exception {
        List<Audit> ftp =
                tcp(
                        21,
                        server("220 ftp\r\n"),
                        client("USER asha.rao@example.org\r\n"),
                        server("331 ok\r\n"),
                        client("PASS hunter2hunter2\r\n"),
                        server("230 ok\r\n"),
                        client("STOR " + IMEI + ".zip\r\n"),
                        server("550 no\r\n"));
        found(ftp, "imei[0]", Direction.SENT, Disguise.PLAIN, "STOR · name");
        List<Audit> imap =
                tcp(
                        143,
                        server("* OK ready\r\n"),
                        client("a LOGIN asha.rao@example.org hunter2hunter2\r\n"),
                        server("a OK\r\n"),
                        client("b FETCH 1 BODY[]\r\n"),
                        server(
                                "* 1 FETCH (BODY[] {23}\r\nSubject: "
                                        + NUMBER.substring(1)
                                        + "\r\n)\r\nb OK\r\n"));
        found(imap, "email[0]", Direction.SENT, Disguise.PLAIN, "LOGIN · frame[password]");
        found(imap, "msisdn[0]", Direction.RECEIVED, Disguise.PLAIN, "FETCH · header[subject]");
        List<Audit> pop =
                tcp(
                        110,
                        server("+OK POP3\r\n"),
                        client("RETR 1\r\n"),
                        server("+OK\r\nTo: asha.rao@example.org\r\n\r\n" + IMEI + "\r\n.\r\n"));
        found(pop, "imei[0]", Direction.RECEIVED, Disguise.PLAIN, "RETR · body");
        List<Audit> xmpp =
                tcp(
                        5222,
                        client(
                                "<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"),
                        client("<message><body>call " + NUMBER + "</body></message>"));
        found(xmpp, "msisdn[0]", Direction.SENT, Disguise.PLAIN, "message · frame[body]");
        for (List<Audit> list : List.of(ftp, imap, pop, xmpp))
            for (Audit a : list) assertThat(a.toString()).doesNotContain("hunter2");
    }

    @Test
    void datagrams() throws Exception {
        ByteArrayOutputStream dhcp = new ByteArrayOutputStream();
        dhcp.writeBytes(HexFormat.of().parseHex("0101060012345678"));
        dhcp.writeBytes(new byte[20]);
        dhcp.writeBytes(HexFormat.of().parseHex("a45046129fc3"));
        dhcp.writeBytes(new byte[10 + 192]);
        dhcp.writeBytes(HexFormat.of().parseHex("63825363350101"));
        dhcp.write(12);
        dhcp.write("Asha's phone".length());
        dhcp.writeBytes(utf8("Asha's phone"));
        dhcp.write(255);
        String ssdp = "M-SEARCH * HTTP/1.1\r\nUSER-AGENT: phone " + IMEI + "\r\n\r\n";
        List<Audit> all =
                List.of(
                        audit(
                                new Traffic()
                                        .udp(PHONE, 68, SERVER, 67, dhcp.toByteArray())
                                        .udp(PHONE, 40_001, "239.255.255.250", 1900, utf8(ssdp))));
        found(all, "device_name[0]", Direction.SENT, Disguise.PLAIN, "DISCOVER · frame[host-name]");
        found(all, "imei[0]", Direction.SENT, Disguise.PLAIN, "M-SEARCH · header[user-agent]");
    }

    @Test
    void bodiesThatAreProtocols() throws Exception {
        byte[] dns =
                HexFormat.of()
                        .parseHex(
                                "00000100000100000000000"
                                        + "00f343930313534323033323337353138"
                                        + "076578616d706c65036f72670000010001");
        String get = Base64.getUrlEncoder().withoutPadding().encodeToString(dns);
        List<Audit> all =
                tcp(
                        80,
                        client(
                                "GET /dns-query?dns="
                                        + get
                                        + " HTTP/1.1\r\nHost: dns.example.org\r\n\r\n"),
                        server("HTTP/1.1 204 No\r\n\r\n"),
                        bytes(
                                true,
                                utf8(
                                        "POST /dns-query HTTP/1.1\r\nHost: dns.example.org\r\nContent-Type: application/dns-message\r\nContent-Length: "
                                                + dns.length
                                                + "\r\n\r\n"),
                                dns),
                        server("HTTP/1.1 204 No\r\n\r\n"),
                        client("GET /events HTTP/1.1\r\nHost: push.example.org\r\n\r\n"),
                        server(
                                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: a\r\ndata: {\"n\":\r\ndata: \""
                                        + NUMBER
                                        + "\"}\r\n\r\n"));
        found(all, "imei[0]", Direction.SENT, Disguise.PLAIN, "POST /dns-query · name");
        found(all, "imei[0]", Direction.SENT, Disguise.ENCODED, "GET /dns-query · query[dns]");
        found(all, "msisdn[0]", Direction.RECEIVED, Disguise.PLAIN, "GET /events · frame[data].n");
    }

    /** Captures of others are read whole: every byte that was sent is accounted for once. */
    @Test
    void everyCaptureAddsUp() throws Exception {
        Path above = Path.of("").toAbsolutePath();
        while (above != null && !Files.isDirectory(above.resolve("shared/corpus")))
            above = above.getParent();
        assumeThat(above).as("shared/corpus lies in no folder above this one").isNotNull();
        int captures = 0;
        for (String folder : List.of("protocols", "decryption/captures"))
            try (Stream<Path> files = Files.list(above.resolve("shared/corpus").resolve(folder))) {
                for (Path f : files.sorted().toList()) {
                    Audit a;
                    try {
                        a =
                                Auditor.conclude(
                                        Auditor.observe(
                                                List.of(f),
                                                persona,
                                                Optional.empty(),
                                                Auditor.Options.DEFAULT,
                                                Workers.CALLER,
                                                Progress.NONE),
                                        Policies.DEFAULT,
                                        Auditor.Options.DEFAULT,
                                        Auditor.InputHashes.NONE);
                    } catch (UnreadableInput e) {
                        continue;
                    }
                    assertThat(a.anomalies())
                            .as(f.getFileName().toString())
                            .noneMatch(x -> x.kind() == Anomaly.Kind.ACCOUNTING);
                    captures++;
                }
            }
        assertThat(captures).isGreaterThan(140);
    }
}
