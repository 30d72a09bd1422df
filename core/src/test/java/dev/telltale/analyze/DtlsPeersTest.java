package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What openssl's client sent to openssl's server in datagrams is what comes out. */
class DtlsPeersTest {
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

    private static final List<String> SAYS =
            List.of("imei=867345021234563\n", "imsi=404450123456789\n", "Q\n");

    private static Transcript script(Openssl.Recorded r) {
        return r.script(Transcript.udp(4433).endingWith(StreamEvent.How.END_OF_CAPTURE));
    }

    private static void holds(Openssl.Recorded r, String version) throws Exception {
        Transcript t = script(r).play();
        assertThat(t.parts(Side.INITIATOR))
                .as(openssl.clientSaid())
                .anyMatch(p -> p.contains("imei=867345021234563"))
                .anyMatch(p -> p.contains("imsi=404450123456789"));
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        assertThat(t.identified).contains("dtls lab.example.org DTLS " + version);
        assertThat(t.handshakes).hasSize(1);
        assertThat(t.handshakes.getFirst().opened()).isTrue();
        assertThat(t.handshakes.getFirst().serverName()).isEqualTo("lab.example.org");
        assertThat(t.handshakes.getFirst().ja4()).startsWith("d");
        assertThat(t.handshakes.getFirst().subject()).contains("CN=lab.example.org");
        Transcript closed = script(r);
        closed.secrets = Secrets.none();
        assertThat(closed.play().text()).doesNotContain("imei=");
        assertThat(closed.accounted.toString()).contains("NO_KEYS");
    }

    @Test
    void suitesOfDtls12() throws Exception {
        openssl.serve("", "-dtls1_2", "-mtu", "400", "-cipher", Openssl.EVERYTHING);
        for (String suite :
                List.of(
                        "ECDHE-ECDSA-AES128-GCM-SHA256",
                        "ECDHE-RSA-CHACHA20-POLY1305",
                        "ECDHE-ECDSA-AES256-CCM8",
                        "AES256-CCM",
                        "ECDHE-ECDSA-AES256-SHA384",
                        "CAMELLIA128-SHA256",
                        "ARIA128-GCM-SHA256",
                        "NULL-SHA256"))
            holds(
                    openssl.talkDatagrams(
                            "-dtls1_2", SAYS, "-mtu", "400", "-cipher", suite + ":@SECLEVEL=0"),
                    "1.2");
        // The other order of MAC and encryption.
        holds(
                openssl.talkDatagrams(
                        "-dtls1_2", SAYS, "-no_etm", "-cipher", "AES128-SHA256:@SECLEVEL=0"),
                "1.2");
    }

    @Test
    void dtls10() throws Exception {
        openssl.serve("answer of the server\n", "-dtls1", "-cipher", Openssl.EVERYTHING);
        Openssl.Recorded r =
                openssl.talkDatagrams("-dtls1", SAYS, "-cipher", "AES128-SHA:@SECLEVEL=0");
        holds(r, "1.0");
        assertThat(script(r).play().parts(Side.RESPONDER))
                .anyMatch(p -> p.contains("answer of the server"));
    }

    @Test
    void rsaKeyAlone() throws Exception {
        openssl.serve("", "-dtls1_2", "-cipher", Openssl.EVERYTHING);
        Openssl.Recorded r =
                openssl.talkDatagrams("-dtls1_2", SAYS, "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0");
        holds(new Openssl.Recorded(r.events(), Files.readAllBytes(openssl.key("rsa"))), "1.2");
    }

    /** As in a call over the web: other protocols share the ports. */
    @Test
    void lostDoubledReorderedAndMixedWithOthers() throws Exception {
        openssl.serve("", "-dtls1_2", "-use_srtp", "SRTP_AES128_CM_SHA1_80");
        Openssl.Recorded r =
                openssl.talkDatagrams(
                        "-dtls1_2", SAYS, "-use_srtp", "SRTP_AES128_CM_SHA1_80", "-mtu", "300");
        holds(r, "1.2");
        byte[] stun = new byte[20];
        stun[1] = 1;
        byte[] rtp = new byte[172];
        new Random(3).nextBytes(rtp);
        rtp[0] = (byte) 0x80;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Transcript.Event> events = new ArrayList<>(r.events());
            events.add(events.get(random.nextInt(events.size()))); // sent again
            // Neighbours change places; the records of one epoch may do so anywhere.
            int k = random.nextInt(events.size() - 1);
            Collections.swap(events, k, k + 1);
            events.add(0, new Transcript.Event(Side.INITIATOR, stun, 0));
            events.add(events.size() - 1, new Transcript.Event(Side.RESPONDER, rtp, 0));
            Transcript t = script(new Openssl.Recorded(events, r.keyLog())).play();
            assertThat(t.parts(Side.INITIATOR))
                    .as("seed " + seed)
                    .anyMatch(p -> p.contains("imei=867345021234563"));
            assertThat(t.accounted.get(Side.RESPONDER).toString()).contains("UNSUPPORTED");
        }
        // A datagram of application data that is lost costs what it held.
        for (int k = 0; k < r.events().size(); k++) {
            List<Transcript.Event> events = new ArrayList<>(r.events());
            events.remove(k);
            Transcript t = script(new Openssl.Recorded(events, r.keyLog())).play();
            String all = String.join("", t.parts(Side.INITIATOR));
            boolean data = r.events().get(k).bytes()[0] == 23;
            if (data)
                assertThat(all.contains("imei=") || all.contains("imsi="))
                        .as("without " + k)
                        .isTrue();
        }
        // Without its beginning nothing can be opened, and nothing is called readable.
        List<Transcript.Event> rest = r.events().stream().filter(e -> e.bytes()[0] == 23).toList();
        Transcript t = script(new Openssl.Recorded(rest, r.keyLog())).play();
        assertThat(t.accounted.get(Side.INITIATOR).toString()).contains("NO_KEYS");
        for (Transcript.Event e : r.events())
            for (int n = 1; n < e.bytes().length; n += 7)
                script(
                                new Openssl.Recorded(
                                        List.of(
                                                new Transcript.Event(
                                                        e.side(), Arrays.copyOf(e.bytes(), n), 0)),
                                        r.keyLog()))
                        .play();
    }
}
