package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that do not take the certificate they are shown, and protocols nobody takes apart. */
class CoveragePeersTest {
    @TempDir static Path dir;
    private static Openssl openssl;

    @BeforeAll
    static void certificates() throws Exception {
        assumeTrue(Openssl.present(), "no OpenSSL 3 on this machine");
        openssl = new Openssl(dir);
        openssl.certificate("rsa", "rsa:2048");
        openssl.certificate("ec", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
    }

    @AfterAll
    static void stop() {
        if (openssl != null) openssl.close();
    }

    private static final List<String> GET =
            List.of("GET / HTTP/1.0\r\nHost: api.example.org\r\n\r\n");

    @Test
    void aClientThatRefusesTheCertificateIsPinned() throws Exception {
        openssl.serve("", "-www");
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            Openssl.Recorded r = openssl.talk(GET, version, "-quiet", "-verify_return_error");
            assertThat(openssl.clientSaid()).contains("verify failed");
            Transcript with = r.play();
            assertThat(with.accounted.get(Side.INITIATOR).toString())
                    .as(version)
                    .contains("lab.example.org ENCRYPTED PINNED");
            Transcript without = r.script();
            without.secrets = Secrets.none();
            assertThat(without.play().accounted.get(Side.INITIATOR).toString())
                    .as(version + " without keys")
                    .contains("lab.example.org ENCRYPTED PINNED");
        }
    }

    @Test
    void aClientThatGoesOnIsNot() throws Exception {
        openssl.serve("", "-www");
        for (String version : List.of("-tls1_2", "-tls1_3")) {
            Openssl.Recorded r = openssl.talk(GET, version, "-quiet");
            assertThat(r.play().accounted.toString()).doesNotContain("PINNED");
            Transcript without = r.script();
            without.secrets = Secrets.none();
            assertThat(without.play().accounted.toString())
                    .doesNotContain("PINNED")
                    .contains("NO_KEYS");
        }
    }

    @Test
    void whatNobodyTakesApartIsNotCalledRead() {
        Transcript ssh =
                Transcript.tcp()
                        .port(22)
                        .answered("SSH-2.0-OpenSSH_9.2\n")
                        .sent("SSH-2.0-dropbear\n")
                        .sent(new byte[400])
                        .play();
        assertThat(ssh.accounted.get(Side.INITIATOR).toString())
                .isEqualTo("{ ENCRYPTED UNSUPPORTED=418}");
        assertThat(ssh.identified).anyMatch(i -> i.startsWith("ssh"));
    }

    /** After STARTTLS the stream is TLS, whatever was said before. */
    @Test
    void startTlsOfMailAndChat() throws Exception {
        openssl.serve("", "-www");
        for (String[] dialogue :
                new String[][] {
                    {"220 mx ESMTP\n", "EHLO a\n", "250 STARTTLS\n", "STARTTLS\n", "220 go\n"},
                    {"* OK IMAP4rev1\n", "a STARTTLS\n", "a OK begin\n"},
                    {"+OK POP3\n", "STLS\n", "+OK begin\n"},
                    {"220 FTP\n", "AUTH TLS\n", "234 go\n"},
                    {
                        "",
                        "<stream:stream to='a' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
                        "<stream:stream from='a'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
                        "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
                        "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                    }
                }) {
            Openssl.Recorded r = openssl.talk(GET, "-tls1_2", "-quiet");
            Transcript t = Transcript.tcp().port(5222);
            boolean answer = true;
            for (String line : dialogue) {
                byte[] b = line.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
                if (b.length > 0 && answer) t.answered(b);
                if (b.length > 0 && !answer) t.sent(b);
                answer = !answer;
            }
            t.script.addAll(r.events());
            t.identityNames = false;
            KeyLog.read(r.keyLog(), t.secrets = Secrets.none());
            assertThat(t.play().text()).as(dialogue[1]).contains("GET https://api.example.org");
            assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        }
    }

    @Test
    void tlsThroughAProxy() throws Exception {
        openssl.serve("", "-www");
        Openssl.Recorded inner = openssl.talk(GET, "-tls1_3", "-quiet");
        Transcript t = Transcript.tcp().port(8080);
        t.sent("CONNECT api.example.org:443 HTTP/1.1\nHost: api.example.org:443\n\n")
                .answered("HTTP/1.1 200 OK\n\n");
        t.script.addAll(inner.events());
        t.identityNames = false;
        KeyLog.read(inner.keyLog(), t.secrets = Secrets.none());
        assertThat(t.play().text()).contains("CONNECT ").contains("GET https://api.example.org");
    }
}
