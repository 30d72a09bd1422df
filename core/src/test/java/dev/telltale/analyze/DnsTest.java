package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Wire bytes made by hand after RFC 1035, RFC 6891, RFC 9460 and RFC 6762. */
class DnsTest {
    /** id beef, RD, one question: www.example.org A IN. */
    static final String QUERY =
            "beef 0100 0001 0000 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001"
                    .replace(" ", "");

    /**
     * The same with an answer: www CNAME cdn.example.org (compressed), cdn A 192.0.2.7, AAAA
     * 2001:db8::1.
     */
    static final String ANSWER =
            ("beef 8180 0001 0003 0000 0000 03777777 076578616d706c65 036f7267 00 0001 0001"
                            + "c00c 0005 0001 0000003c 0006 0363646e c010"
                            + "c02d 0001 0001 0000003c 0004 c0000207"
                            + "c02d 001c 0001 0000003c 0010 20010db8000000000000000000000001")
                    .replace(" ", "");

    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replace(" ", ""));
    }

    @Test
    void questionAndAnswerAreOneExchange() {
        Transcript t = Transcript.udp(53).sent(hex(QUERY)).answered(hex(ANSWER)).play();
        assertThat(t.text())
                .isEqualTo(
                        """
                        dns QUERY A ://:53 www.example.org
                          >
                            name[]=www.example.org
                          <
                            name[]=www.example.org
                            name[CNAME]=cdn.example.org
                        """);
        assertThat(t.names)
                .containsExactly("192.0.2.7=www.example.org", "2001:db8::1=www.example.org");
        assertThat(t.anomalies).isEmpty();
        assertThat(t.identified).containsExactly("dns  NONE ");
    }

    @Test
    void idsTellQueriesApart() {
        byte[] aaaa = hex(QUERY);
        aaaa[1] = 1;
        aaaa[aaaa.length - 3] = 28;
        byte[] answer = hex(ANSWER);
        Transcript t = Transcript.udp(53).sent(hex(QUERY)).sent(aaaa).answered(answer).play();
        assertThat(t.text()).startsWith("dns QUERY A").contains("dns QUERY AAAA");
        assertThat(t.exchanges.get(0).messages).hasSize(2);
        assertThat(t.exchanges.get(1).messages).hasSize(1);
    }

    @Test
    void overTcp() {
        Transcript t =
                Transcript.tcp()
                        .port(53)
                        .sent(hex("0021" + QUERY + "0021" + QUERY.replace("beef", "0001")))
                        .answered(hex("%04x".formatted(ANSWER.length() / 2) + ANSWER))
                        .play();
        assertThat(t.exchanges).hasSize(2);
        assertThat(t.names).hasSize(2);
        assertThat(t.again().play(new java.util.Random(1), 1).canonical()).isEqualTo(t.canonical());
    }

    @Test
    void serviceBindingTextAndOptions() {
        String head = "0001 8180 0001 0002 0000 0001 0161 00 0041 0001";
        // a HTTPS 1 svc.a alpn=h2 ipv4hint=192.0.2.8; a TXT "id=867345021234563" "x"; OPT with
        // option 65001.
        String https =
                "c00c 0041 0001 0000003c 0018 0001 03737663 0161 00 0001 0003 026832 0004 0004 c0000208";
        String opt = "00 0029 04d0 00000000 000a fde9 0006 a45046129fc3";
        String txt = "c00c 0010 0001 0000003c 0015 12 69643d383637333435303231323334353633 0178";
        Transcript t = Transcript.udp(53).answered(hex(head + https + txt + opt)).play();
        assertThat(t.anomalies).isEmpty();
        assertThat(t.parts(Side.RESPONDER))
                .containsExactly(
                        "name[]=a",
                        "name[HTTPS]=svc.a",
                        "frame[HTTPS.1]=\u0002h2",
                        "frame[TXT]=id=867345021234563",
                        "frame[TXT]=x",
                        "frame[OPT.65001]=\u00a4PF\u0012\u009f\u00c3");
        assertThat(t.names).containsExactly("192.0.2.8=a");
    }

    @Test
    void multicastAnnouncementOfADeviceName() {
        // Asha's phone.local A 192.168.43.17, no question.
        String announcement =
                "0000 8400 0000 0001 0000 0000 0c 417368612773 2070686f6e65 05 6c6f63616c 00 0001 8001 00000078 0004 c0a82b11";
        Transcript t = Transcript.udp(5353).sent(hex(announcement)).play();
        assertThat(t.text())
                .isEqualTo(
                        """
                        mdns ANSWER A ://:40000 Asha's phone.local
                          >
                            name[]=Asha's phone.local
                        """);
        assertThat(t.names).containsExactly("192.168.43.17=Asha's phone.local");
    }

    @Test
    void malformedRecordsAreSearchedAsTheyAre() {
        byte[] cut = java.util.Arrays.copyOf(hex(ANSWER), hex(ANSWER).length - 3);
        Transcript t = Transcript.udp(53).sent(hex(QUERY)).answered(cut).play();
        assertThat(t.anomalies).hasSize(1);
        assertThat(t.parts(Side.RESPONDER)).anyMatch(p -> p.startsWith("frame[]=\u00c0\u002d"));
        assertThat(t.names).containsExactly("192.0.2.7=www.example.org");
    }

    @Test
    void compressionLoopsEnd() {
        // A question whose name points at itself, and one that points forward.
        for (String name : new String[] {"c00c", "c00e c00c", "0161 c00c", "c0ff"}) {
            Transcript t =
                    Transcript.udp(53)
                            .sent(hex("0001 0100 0001 0000 0000 0000" + name + "0001 0001"))
                            .play();
            assertThat(t.text()).startsWith("udp DATA");
        }
    }

    @Test
    void portAloneMakesNoDns() {
        assertThat(Transcript.udp(53).sent("hello, this is no DNS").play().text())
                .startsWith("udp DATA");
        assertThat(Transcript.udp(9999).sent(hex(QUERY)).play().text()).startsWith("udp DATA");
        assertThat(Transcript.tcp().port(53).sent("GET / HTTP/1.1\nHost: a\n\n").play().text())
                .startsWith("http/1.1 GET");
    }

    @Test
    void addressesAreWrittenAsRfc5952Says() {
        assertThat(Dns.ipv6(hex("20010db8000000000000000000000001"), 0)).isEqualTo("2001:db8::1");
        assertThat(Dns.ipv6(hex("20010db8000000010001000100010001"), 0))
                .isEqualTo("2001:db8:0:1:1:1:1:1");
        assertThat(Dns.ipv6(hex("20010000000000010000000000000001"), 0)).isEqualTo("2001:0:0:1::1");
        assertThat(Dns.ipv6(hex("00000000000000000000000000000000"), 0)).isEqualTo("::");
        assertThat(Dns.ipv6(hex("00000000000000000000000000000001"), 0)).isEqualTo("::1");
        assertThat(Dns.ipv6(hex("fe800000000000000000000000000000"), 0)).isEqualTo("fe80::");
    }
}
