package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import org.junit.jupiter.api.Test;

/** Dialogues after the examples of RFC 5321, RFC 1939, RFC 9051, RFC 959, RFC 6120 and RFC 3261. */
class TextProtocolsTest {
    @Test
    void smtp() {
        Transcript t =
                Transcript.tcp()
                        .port(587)
                        .answered("220-mail.example.org ESMTP\n220 ready\n")
                        .sent("EHLO [192.168.43.17]\n")
                        .answered("250-mail.example.org\n250-AUTH PLAIN LOGIN\n250 SIZE 1000\n")
                        .sent("AUTH LOGIN\n")
                        .answered("334 VXNlcm5hbWU6\n")
                        .sent("YXNoYQ==\n")
                        .answered("334 UGFzc3dvcmQ6\n")
                        .sent("c2VjcmV0\n")
                        .answered("235 ok\n")
                        .sent("MAIL FROM:<asha.rao@example.org>\nRCPT TO:<v.sen@example.org>\n")
                        .answered("250 ok\n250 ok\n")
                        .sent("DATA\n")
                        .answered("354 go on\n")
                        .sent(
                                """
                                From: Asha <asha.rao@example.org>
                                Subject: IMEI
                                 of my phone
                                Content-Type: text/plain

                                It is 490154203237518.
                                ..with a dot
                                .
                                """)
                        .answered("250 queued\n")
                        .sent("QUIT\n")
                        .answered("221 bye\n");
        Transcript whole = Damage.check(t, 200);
        assertThat(whole.text())
                .isEqualTo(
                        """
                        smtp GREETING ://:587\040
                          <
                            frame[]=mail.example.org ESMTP
                            frame[]=ready
                        smtp EHLO ://:587 [192.168.43.17]
                          >
                            name[]=[192.168.43.17]
                          <
                            frame[]=mail.example.org
                            frame[]=AUTH PLAIN LOGIN
                            frame[]=SIZE 1000
                        smtp AUTH ://:587\040
                          >
                            frame[password]=LOGIN
                          >
                            frame[password]=YXNoYQ==
                          >
                            frame[password]=c2VjcmV0
                          <
                            frame[]=VXNlcm5hbWU6
                          <
                            frame[]=UGFzc3dvcmQ6
                          <
                            frame[]=ok
                        smtp MAIL ://:587 FROM:<asha.rao@example.org>
                          >
                            name[]=FROM:<asha.rao@example.org>
                          <
                            frame[]=ok
                        smtp RCPT ://:587 TO:<v.sen@example.org>
                          >
                            name[]=TO:<v.sen@example.org>
                          <
                            frame[]=ok
                        smtp DATA ://:587\040
                          >
                          >
                            header[From]=Asha <asha.rao@example.org>
                            header[Subject]=IMEI
                            header[Subject]=of my phone
                            header[Content-Type]=text/plain
                            body[] text/plain [] -1=It is 490154203237518.\r
                        .with a dot\r

                          <
                            frame[]=go on
                          <
                            frame[]=queued
                        smtp QUIT ://:587\040
                          >
                          <
                            frame[]=bye
                        """);
        assertThat(whole.anomalies).isEmpty();
    }

    @Test
    void smtpChunksAndStartTls() {
        Transcript t =
                Transcript.tcp()
                        .port(25)
                        .answered("220 mail.example.org\n")
                        .sent("EHLO a\n")
                        .answered("250 ok\n")
                        .sent("BDAT 7 LAST\nhello\n")
                        .answered("250 ok\n")
                        .sent("STARTTLS\n")
                        .answered("220 go\n")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0, 23, 3, 3, 0, 1, 9})
                        .answered(new byte[] {22, 3, 3, 0, 2, 2, 0});
        Transcript whole = Damage.check(t, 60);
        assertThat(whole.text()).contains("body[]  [] 7=hello").contains("smtp STARTTLS");
        assertThat(whole.identified.toString()).contains("smtp").contains("tls");
    }

    @Test
    void ftp() {
        Transcript t =
                Transcript.tcp()
                        .port(2121)
                        .answered("220 files.example.org\n")
                        .sent("USER asha\n")
                        .answered("331 password?\n")
                        .sent("PASS s3cret\n")
                        .answered("230-hello\n you are in\n230 done\n")
                        .sent("STOR 490154203237518.zip\n")
                        .answered("150 ok\n226 stored\n")
                        .sent("QUIT\n");
        Transcript whole = Damage.check(t, 100);
        assertThat(whole.text())
                .contains("ftp GREETING")
                .contains("ftp USER ://:2121 asha")
                .contains("ftp PASS ://:2121 \n")
                .contains("frame[password]=s3cret")
                .contains("STOR ://:2121 490154203237518.zip")
                .contains("frame[]=stored");
        Transcript tls =
                Transcript.tcp()
                        .port(21)
                        .answered("220 FTP\n")
                        .sent("AUTH TLS\n")
                        .answered("234 go\n")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0})
                        .play();
        assertThat(tls.identified.toString()).contains("ftp").contains("tls");
    }

    @Test
    void pop3() {
        Transcript t =
                Transcript.tcp()
                        .port(110)
                        .answered("+OK POP3 ready <1@example.org>\n")
                        .sent("USER asha\n")
                        .answered("+OK\n")
                        .sent("PASS secret\n")
                        .answered("+OK 1 message\n")
                        .sent("LIST\n")
                        .answered("+OK\n1 120\n.\n")
                        .sent("RETR 1\n")
                        .answered(
                                """
                                +OK 120 octets
                                Subject: hi
                                Content-Transfer-Encoding: base64

                                NDkwMTU0MjAzMjM3NTE4
                                .
                                """)
                        .sent("STLS\n")
                        .answered("-ERR no\n")
                        .sent("QUIT\n")
                        .answered("+OK\n");
        Transcript whole = Damage.check(t, 100);
        assertThat(whole.text())
                .contains("pop3 USER ://:110 asha")
                .contains("frame[password]=secret")
                .contains("header[Subject]=hi")
                .contains("body[]  [base64] -1=NDkwMTU0MjAzMjM3NTE4")
                .contains("pop3 QUIT");
    }

    @Test
    void imap() {
        Transcript t =
                Transcript.tcp()
                        .port(143)
                        .answered("* OK IMAP4rev2 ready\n")
                        .sent("a1 LOGIN asha secret\n")
                        .answered("a1 OK in\n")
                        .sent("a2 SELECT inbox\n")
                        .answered("* 1 EXISTS\n* FLAGS (\\Seen)\na2 OK done\n")
                        .sent("a3 UID FETCH 1 (BODY[])\n")
                        .answered(
                                "* 1 FETCH (UID 7 BODY[] {47}\nSubject: hi\nX-Imei: 490154203237518\n\nhello\n"
                                        + " FLAGS ())\na3 OK done\n")
                        .sent("a4 APPEND sent {17+}\nSubject: a\n\nb\n\na5 AUTHENTICATE PLAIN\n")
                        .answered("a4 OK\n+ \n")
                        .sent("AGFzaGEAc2VjcmV0\n")
                        .answered("a5 OK\n")
                        .sent("a6 STARTTLS\n")
                        .answered("a6 OK\n")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0});
        Transcript whole = Damage.check(t, 200);
        assertThat(whole.text())
                .contains("imap LOGIN ://:143 \n  >\n    frame[password]=asha secret")
                .contains("imap SELECT")
                .contains("frame[]=1 EXISTS")
                .contains("header[X-Imei]=490154203237518")
                .contains("=hello")
                .contains("frame[]= FLAGS ())")
                .contains("imap APPEND")
                .contains("header[Subject]=a\n    body[]=b")
                .contains("frame[password]=AGFzaGEAc2VjcmV0");
        assertThat(whole.identified.toString()).contains("imap").contains("tls");
    }

    static final String STREAM =
            "<?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client'"
                    + " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

    @Test
    void xmpp() {
        Transcript t =
                Transcript.tcp()
                        .port(5222)
                        .sent(STREAM)
                        .answered(
                                STREAM
                                        + "<stream:features><starttls xmlns='urn:x'/></stream:features>")
                        .sent(
                                "<auth mechanism='PLAIN'>AGFzaGEAc2VjcmV0</auth>\n"
                                        + "<message to='v.sen@example.org' id=\"m>1\"><body>IMEI &lt;490154203237518&gt;"
                                        + "</body><!-- c --><x><![CDATA[a<b]]></x></message> ")
                        .answered("<success/><iq type='result'><query name='n'/></iq>")
                        .sent("<iq type='get' id='1'><ping/></iq></stream:stream>");
        Transcript whole = Damage.check(t, 200);
        assertThat(whole.text())
                .contains("xmpp stream ://:5222")
                .contains(
                        "xmpp message ://:5222 \n  >\n    frame[to]=v.sen@example.org\n    frame[id]=m>1")
                .contains("frame[body]=IMEI <490154203237518>")
                .contains("frame[x]=a<b")
                .contains("frame[query.name]=n")
                .contains("xmpp auth");
        assertThat(whole.anomalies).isEmpty();
        Transcript tls =
                Transcript.tcp()
                        .port(5222)
                        .sent(STREAM)
                        .answered(STREAM + "<stream:features/>")
                        .sent("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
                        .answered("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
                        .sent(new byte[] {22, 3, 1, 0, 2, 1, 0})
                        .play();
        assertThat(tls.identified.toString()).contains("xmpp").contains("tls");
    }

    @Test
    void dialectsOfXmpp() {
        Transcript t =
                Transcript.tcp()
                        .port(5222)
                        .sent(
                                "<stream:stream xmlns=\"xm\" xmlns:stream=\"xm\" to=\"push.example.org\" model=\"HM 1S\">")
                        .answered("<stream:stream xmlns=\"xm\"><bind/>")
                        .sent("<bind id='1'><token>x</token></bind>");
        Transcript whole = Damage.check(t, 60);
        assertThat(whole.text()).contains("frame[model]=HM 1S").contains("frame[token]=x");
    }

    @Test
    void googlesPush() {
        byte[] login = {
            41, 2, 20, 0x0a, 4, 'a', '-', '1', '4', 0x1a, 12, '4', '9', '0', '1', '5', '4', '2',
            '0', '3', '2', '3', '7'
        };
        Transcript t =
                Transcript.tcp()
                        .port(5228)
                        .sent(login)
                        .answered(
                                new byte[] {41, 3, 4, 0x0a, 2, 'i', 'd', 7, 0, 8, 3, 'x', 'y', 'z'})
                        .sent(new byte[] {0, 0, 4, 2, 'b', 'y'});
        Transcript whole = Damage.check(t, 100);
        assertThat(whole.text())
                .contains("mcs LoginRequest")
                .contains("490154203237")
                .contains("mcs LoginResponse")
                .contains("mcs DataMessageStanza")
                .contains("=xyz")
                .contains("mcs Close");
        assertThat(whole.anomalies).isEmpty();
    }

    @Test
    void aLongStanzaIsToldAsItComes() {
        String body = "y".repeat(600_000);
        Transcript t =
                Transcript.tcp()
                        .port(5222)
                        .sent(STREAM + "<message><body>" + body + "</body></message><iq/>");
        assertThat(t.again().play(new java.util.Random(1), 5000).canonical())
                .isEqualTo(t.again().play().canonical());
        t.play();
        assertThat(t.parts(Side.INITIATOR))
                .contains("frame[]=<message><body>" + body + "</body></message>");
        assertThat(t.text()).contains("xmpp iq");
    }

    static final String REGISTER =
            """
            REGISTER sip:ims.example.org SIP/2.0
            v: SIP/2.0/TCP 192.168.43.17:5060;branch=z9hG4bK1
            f: <sip:+919812345678@ims.example.org>;tag=1
            t: <sip:+919812345678@ims.example.org>
            i: call-1@192.168.43.17
            CSeq: 1 REGISTER
            Authorization: Digest username="asha", response="6629fae49393a05397450978507c4ef1"
            l: 0

            """;
    static final String MESSAGE =
            """
            MESSAGE sip:+919811112222@ims.example.org SIP/2.0
            Via: SIP/2.0/TCP 192.168.43.17:5060;branch=z9hG4bK2
            From: <sip:+919812345678@ims.example.org>;tag=2
            To: <sip:+919811112222@ims.example.org>
            Call-ID: call-2@192.168.43.17
            CSeq: 2 MESSAGE
            Content-Type: text/plain
            Content-Length: 22

            Meet at gate 4 at nine\
            """;

    static String response(int status, int cseq, String method) {
        return """
        SIP/2.0 %d Reason
        Call-ID: call-%d@192.168.43.17
        CSeq: %d %s
        Content-Length: 0

        """
                .formatted(status, cseq, cseq, method);
    }

    @Test
    void sipOverTcp() {
        Transcript t =
                Transcript.tcp()
                        .port(5060)
                        .sent(REGISTER)
                        .answered(response(100, 1, "REGISTER") + response(200, 1, "REGISTER"))
                        .sent("\n\n" + MESSAGE)
                        .answered(response(202, 2, "MESSAGE"));
        Transcript whole = Damage.check(t, 150);
        assertThat(whole.exchanges).hasSize(2);
        assertThat(whole.text())
                .contains("sip REGISTER ://:5060 sip:ims.example.org")
                .contains("header[From]=<sip:+919812345678@ims.example.org>;tag=1")
                .contains("header[Via]=SIP/2.0/TCP")
                .contains("body[] text/plain [] 22=Meet at gate 4 at nine");
        assertThat(whole.anomalies).isEmpty();
    }

    @Test
    void sipOverUdp() {
        Transcript t =
                Transcript.udp(5060)
                        .sent(REGISTER)
                        .sent(REGISTER)
                        .answered(response(200, 1, "REGISTER"))
                        .sent(new byte[] {13, 10, 13, 10})
                        .sent(MESSAGE)
                        .answered(response(200, 2, "MESSAGE"))
                        .play();
        assertThat(t.exchanges).hasSize(2);
        assertThat(t.exchanges.getFirst().messages).hasSize(3);
        assertThat(t.parts(Side.INITIATOR))
                .contains("body[] text/plain [] 22=Meet at gate 4 at nine");
    }

    @Test
    void httpStaysHttp() {
        for (int port : new int[] {21, 25, 110, 143, 5060, 5222}) {
            Transcript t =
                    Transcript.tcp()
                            .port(port)
                            .sent("OPTIONS * HTTP/1.1\nHost: a\n\n")
                            .answered("HTTP/1.1 200 OK\nContent-Length: 0\n\n")
                            .play();
            assertThat(t.text()).startsWith("http/1.1 OPTIONS");
        }
    }
}
