package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import org.junit.jupiter.api.Test;

class Http1Test {
    private static void tells(Transcript t, String expected) {
        assertThat(t.play().text()).isEqualTo(expected);
    }

    @Test
    void requestAndResponse() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "POST /a?imei=1 HTTP/1.1\nHost: example.org\nContent-Type: text/plain\nContent-Length: 5\n\nhello")
                        .answered(
                                "HTTP/1.1 200 OK\nContent-Encoding: GZIP\nContent-Length: 2\n\nok");
        tells(
                t,
                """
                http/1.1 POST http://example.org:80 /a?imei=1
                  >
                    target[]=/a?imei=1
                    header[Host]=example.org
                    header[Content-Type]=text/plain
                    header[Content-Length]=5
                    body[] text/plain [] 5=hello
                  <
                    header[Content-Encoding]=GZIP
                    header[Content-Length]=2
                    body[]  [gzip] 2=ok
                """);
        assertThat(t.anomalies).isEmpty();
        assertThat(t.identified).containsExactly("http/1.1 example.org NONE ");
    }

    @Test
    void pipeliningPairsInOrderAndHeadHasNoBody() {
        tells(
                Transcript.tcp()
                        .sent(
                                "HEAD /1 HTTP/1.1\nHost: a\n\nGET /2 HTTP/1.1\nHost: a\n\nGET /3 HTTP/1.0\n\n")
                        .answered(
                                "HTTP/1.1 200 OK\nContent-Length: 900\n\nHTTP/1.1 304 Not Modified\nContent-Length: 7\n\n")
                        .answered("HTTP/1.0 200 OK\n\nuntil the end"),
                """
                http/1.1 HEAD http://a:80 /1
                  >
                    target[]=/1
                    header[Host]=a
                  <
                    header[Content-Length]=900
                http/1.1 GET http://a:80 /2
                  >
                    target[]=/2
                    header[Host]=a
                  <
                    header[Content-Length]=7
                http/1.0 GET http://:80 /3
                  >
                    target[]=/3
                  <
                    body[]=until the end
                """);
    }

    @Test
    void chunkedWithExtensionAndTrailer() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: gzip, chunked\n\n5;id=77\nhello\n006 \n world\n0\nX-Sum: 9\n\n")
                        .answered("HTTP/1.1 204 No Content\n\n");
        tells(
                t,
                """
                http/1.1 POST http://a:80 /
                  >
                    target[]=/
                    header[Host]=a
                    header[Transfer-Encoding]=gzip, chunked
                    body[]  [gzip] -1=hello world
                    header[X-Sum]=9
                  >
                    frame[chunk-ext]=;id=77\r

                  <
                """
                        .replace("\\r", "\r")
                        .replace(";id=77\n\n", ";id=77\r\n\n"));
        assertThat(t.anomalies).isEmpty();
    }

    @Test
    void continueThenBody() {
        tells(
                Transcript.tcp()
                        .sent(
                                "PUT /x HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 3\n\n")
                        .answered("HTTP/1.1 100 Continue\n\n")
                        .sent("abc")
                        .answered("HTTP/1.1 201 Created\nContent-Length: 0\n\n"),
                """
                http/1.1 PUT http://a:80 /x
                  >
                    target[]=/x
                    header[Host]=a
                    header[Expect]=100-continue
                    header[Content-Length]=3
                    body[]  [] 3=abc
                  <
                  <
                    header[Content-Length]=0
                """);
    }

    @Test
    void refusedExpectationAndNextRequest() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "PUT /x HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 300\n\n")
                        .answered("HTTP/1.1 417 No\nContent-Length: 0\n\n")
                        .sent("GET /y HTTP/1.1\nHost: a\n\n")
                        .answered("HTTP/1.1 200 OK\nContent-Length: 1\n\ny");
        assertThat(t.play().text()).contains("GET http://a:80 /y\n").contains("=y\n");
        assertThat(t.parts(Side.INITIATOR)).noneMatch(p -> p.startsWith("body"));
    }

    @Test
    void connectOpensATunnelWhoseContentDecides() {
        Transcript t =
                Transcript.tcp()
                        .port(3128)
                        .sent("CONNECT inner.example:8080 HTTP/1.1\nHost: inner.example:8080\n\n")
                        .answered("HTTP/1.1 200 Connection established\n\n")
                        .sent("GET /in HTTP/1.1\nHost: inner.example\n\n")
                        .answered("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
        tells(
                t,
                """
                http/1.1 CONNECT http://inner.example:8080 inner.example:8080
                  >
                    target[]=inner.example:8080
                    header[Host]=inner.example:8080
                  <
                http/1.1 GET http://inner.example:3128 /in
                  >
                    target[]=/in
                    header[Host]=inner.example
                  <
                    header[Content-Length]=2
                    body[]  [] 2=hi
                """);
    }

    @Test
    void refusedConnectGoesOn() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "CONNECT b:443 HTTP/1.1\nHost: b:443\n\nGET /next HTTP/1.1\nHost: a\n\n")
                        .answered("HTTP/1.1 407 Auth\nContent-Length: 2\n\nno")
                        .answered("HTTP/1.1 200 OK\nContent-Length: 3\n\nyes");
        assertThat(t.play().text())
                .contains("GET http://a:80 /next")
                .contains("=no\n")
                .contains("=yes\n");
    }

    @Test
    void upgradeTurnsTheRestIntoData() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "GET /ws HTTP/1.1\nHost: a\nConnection: keep-alive, Upgrade\nUpgrade: websocket\n\n")
                        .answered("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n\n")
                        .answered("server frame")
                        .sent("client frame");
        assertThat(t.play().text())
                .contains("tcp DATA ://a:80")
                .contains("frame[]=server frame")
                .contains("frame[]=client frame");
    }

    @Test
    void lyingContentLengths() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "POST /short HTTP/1.1\nHost: a\nContent-Length: 4\n\nbody and moreGET /2 HTTP/1.1\nHost: a\n\n")
                        .answered("HTTP/1.1 200 OK\nContent-Length: 100\n\nfew");
        assertThat(t.play().text())
                .contains("body[]  [] 4=body")
                .contains("http/1.1 DATA ://a:80")
                .contains("frame[]= and more\n")
                .contains("GET http://a:80 /2")
                .contains("body[]  [] 100=few");
        assertThat(t.anomalies).extracting(Anomaly::kind).contains(Anomaly.Kind.LYING_METADATA);
    }

    @Test
    void contentLengthGivenTwice() {
        Transcript same =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nContent-Length: 3, 3\nContent-Length: 3\n\nabc");
        assertThat(same.play().anomalies).isEmpty();
        assertThat(same.text()).contains("3=abc");
        Transcript other =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nContent-Length: 3\nContent-Length: 9\n\nabc");
        assertThat(other.play().text()).contains("3=abc");
        assertThat(other.anomalies)
                .extracting(Anomaly::kind)
                .containsExactly(Anomaly.Kind.LYING_METADATA);
        Transcript both =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nContent-Length: 3\nTransfer-Encoding: chunked\n\n4\nabcd\n0\n\n");
        assertThat(both.play().text()).contains("body[]=abcd");
        assertThat(both.anomalies).hasSize(1);
    }

    @Test
    void badAndHugeChunkSizes() {
        Transcript bad =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\nabc\nDELETE /x HTTP/1.1\nHost: a\n\n");
        assertThat(bad.play().text()).contains("body[]=abc").contains("DELETE http://a:80 /x");
        Transcript huge =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nfffffffffffffffff1\nabc");
        assertThat(huge.play().text()).contains("frame[]=fffffffffffffffff1\r\nabc");
        Transcript large =
                Transcript.tcp()
                        .sent(
                                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n7fffffff0\nabc");
        assertThat(large.play().text()).contains("body[]=abc");
    }

    @Test
    void gapsInBodies() {
        assertThat(
                        Transcript.tcp()
                                .sent("POST / HTTP/1.1\nHost: a\nContent-Length: 10\n\nabc")
                                .lost(Side.INITIATOR, 4)
                                .sent("hijGET /2 HTTP/1.1\nHost: a\n\n")
                                .play()
                                .text())
                .contains("10=abc<gap 4>hij")
                .contains("GET http://a:80 /2");
        assertThat(
                        Transcript.tcp()
                                .sent(
                                        "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\na\nabc")
                                .lost(Side.INITIATOR, 7)
                                .sent("\n2\nkl\n0\n\nGET /2 HTTP/1.1\nHost: a\n\n")
                                .play()
                                .text())
                .contains("body[]=abc<gap 7>kl")
                .contains("GET http://a:80 /2");
        assertThat(
                        Transcript.tcp()
                                .sent(
                                        "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\na\nabc")
                                .lost(Side.INITIATOR, 9)
                                .sent("kl\n0\n\nGET /2 HTTP/1.1\nHost: a\n\n")
                                .play()
                                .text())
                .contains("body[]=abc<gap 7>\n    frame[]=kl\r\n0\r\n\r\n\n")
                .contains("GET http://a:80 /2");
    }

    @Test
    void gapsInHeads() {
        Transcript t =
                Transcript.tcp()
                        .sent("GET /1 HTTP/1.1\nHost: a\nX-I")
                        .lost(Side.INITIATOR, 20)
                        .sent("-Rest: 1\n\nGET /2 HTTP/1.1\nHost: a\n\n")
                        .answered(
                                "HTTP/1.1 200 OK\nContent-Length: 1\n\n1HTTP/1.1 200 OK\nContent-Length: 1\n\n2");
        assertThat(t.play().text())
                .contains("GET http://a:80 /1")
                .contains("frame[]=X-I\n    frame[]=-Rest: 1")
                .contains("GET http://a:80 /2");
        assertThat(t.exchanges).hasSize(2);
        assertThat(t.accounted.get(Side.INITIATOR)).containsEntry("a MISSING GAP", 20L);
    }

    @Test
    void joinedMidway() {
        Transcript t =
                Transcript.tcp()
                        .midway()
                        .answered("of a body that began before")
                        .sent("GET /2 HTTP/1.1\nHost: a\n\n")
                        .answered("HTTP/1.1 200 OK\nContent-Length: 1\n\n2");
        tells(
                t,
                """
                http/1.1 DATA ://:80\s
                  <
                    frame[]=of a body that began before
                http/1.1 GET http://a:80 /2
                  >
                    target[]=/2
                    header[Host]=a
                  <
                    header[Content-Length]=1
                    body[]  [] 1=2
                """);
        assertThat(
                        Transcript.tcp()
                                .midway()
                                .answered("HTTP/1.1 200 OK\nContent-Length: 1\n\n1")
                                .sent("GET /2 HTTP/1.1\nHost: a\n\n")
                                .play()
                                .text())
                .startsWith(
                        "http/1.1 ? http://:80 \n  <\n    header[Content-Length]=1\n    body[]  [] 1=1\nhttp/1.1 GET");
    }

    @Test
    void responseBeforeItsRequestInTheCaptureWaits() {
        Transcript t =
                Transcript.tcp()
                        .answered("HTTP/1.1 200 OK\nContent-Length: 1\n\n1")
                        .sent("GET /1 HTTP/1.1\nHost: a\n\n");
        assertThat(t.play().exchanges).hasSize(1);
        assertThat(t.text()).contains("GET http://a:80 /1").contains("=1\n");
        Transcript alone =
                Transcript.tcp().answered("HTTP/1.1 408 Timeout\nContent-Length: 1\n\n1");
        assertThat(alone.play().text()).startsWith("http/1.1 ? http://:80");
    }

    @Test
    void oldAndOddForms() {
        Transcript t =
                Transcript.tcp()
                        .port(8080)
                        .sent(
                                "\n\nGET http://u@b.example:81/p q?x HTTP/1.1\nhost: other:9\nA : 1\nno colon here 867345021234563\nB: 1\n  2\nC:\n  3\n\n");
        tells(
                t,
                """
                http/1.1 GET http://b.example:81 http://u@b.example:81/p q?x
                  >
                    target[]=http://u@b.example:81/p q?x
                    header[host]=other:9
                    header[A]=1
                    frame[]=no colon here 867345021234563
                    header[B]=1\r\n  2
                    header[C]=3
                """
                        .replace("1\\r\\n", "1\r\n"));
        assertThat(t.anomalies).hasSize(5);
        assertThat(
                        Transcript.tcp()
                                .sent("OPTIONS * HTTP/1.1\nHost: [2001:db8::1]:8080\n\n")
                                .play()
                                .text())
                .startsWith("http/1.1 OPTIONS http://2001:db8::1:8080 *\n");
        assertThat(Transcript.tcp().sent("BREW /pot HTTP/1.0\n\n").play().text())
                .startsWith("http/1.0 BREW");
    }

    @Test
    void simpleRequestAndResponse() {
        tells(
                Transcript.tcp().sent("GET /old\n").answered("<html>"),
                """
                http/0.9 GET http://:80 /old
                  >
                    target[]=/old
                  <
                    body[]=<html>
                """);
        tells(
                Transcript.tcp().sent("GET /old\nHost: a\n\n").answered("HTTP/1.0 200 OK\n\nx"),
                """
                http/0.9 GET http://a:80 /old
                  >
                    target[]=/old
                    header[Host]=a
                  <
                    body[]=x
                """);
    }

    @Test
    void bareLineFeeds() {
        byte[] wire =
                "POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n"
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Transcript t = Transcript.tcp().sent(wire);
        assertThat(t.play().text()).contains("body[]=abc");
        assertThat(t.anomalies).isEmpty();
    }

    @Test
    void whatIsNoHttpIsData() {
        for (String s :
                new String[] {
                    "OPTIONS sip:a@example.org SIP/3.0\n\n",
                    "RFB 003.008\n",
                    "GETX\n",
                    "\u0000\u0001\u0002",
                    "G"
                }) {
            Transcript t = Transcript.tcp().sent(s);
            assertThat(t.play().text()).as(s).startsWith("tcp DATA ://:80 \n");
            assertThat(t.exchanges).hasSize(1);
        }
    }

    @Test
    void dataTellsTurns() {
        tells(
                Transcript.tcp()
                        .port(2525)
                        .answered("200 hi\n")
                        .sent("HALO x\n")
                        .sent("MAIL")
                        .answered("250\n"),
                """
                tcp DATA ://:2525\s
                  >
                    frame[]=HALO x\r
                MAIL
                  <
                    frame[]=200 hi\r

                  <
                    frame[]=250\r

                """
                        .replace("\\r", "\r")
                        .replace("x\n", "x\r\n")
                        .replace("hi\n\n", "hi\r\n\n")
                        .replace("250\n\n", "250\r\n\n"));
    }

    @Test
    void anEmptyFlowTellsNothing() {
        Transcript t = Transcript.tcp().play();
        assertThat(t.exchanges).isEmpty();
        assertThat(Transcript.tcp().lost(Side.INITIATOR, 9).play().accounted.get(Side.INITIATOR))
                .containsEntry(" MISSING GAP", 9L);
    }

    @Test
    void heads256KLongAndFieldsWithoutEndAreBounded() {
        Transcript t =
                Transcript.tcp()
                        .sent(
                                "GET / HTTP/1.1\nHost: a\n"
                                        + "X: y\n".repeat(100_000)
                                        + "Z: 867345021234563");
        assertThat(t.play().anomalies).extracting(Anomaly::kind).contains(Anomaly.Kind.LIMIT);
        assertThat(t.parts(Side.INITIATOR).getLast()).endsWith("867345021234563");
        assertThat(t.parts(Side.INITIATOR)).hasSizeLessThan(2 * Http1Head.MAX_FIELDS);
    }

    @Test
    void manyRequestsWithoutResponseStayPaired() {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 1100; i++)
            requests.append("GET /").append(i).append(" HTTP/1.1\nHost: a\n\n");
        StringBuilder responses = new StringBuilder();
        for (int i = 0; i < 1100; i++)
            responses.append("HTTP/1.1 200 OK\nContent-Length: 4\n\n").append("%04d".formatted(i));
        Transcript t =
                Transcript.tcp()
                        .sent(requests.toString())
                        .answered(responses.toString())
                        .endingWith(StreamEvent.How.END_OF_CAPTURE);
        assertThat(t.play().text()).contains("GET http://a:80 /1099\n").contains("4=1099\n");
        Transcript.Exchanged last =
                t.exchanges.stream()
                        .filter(e ->
                                new String(
                                                e.exchange.target(),
                                                java.nio.charset.StandardCharsets.US_ASCII)
                                        .equals("/1099"))
                        .findFirst()
                        .orElseThrow();
        assertThat(last.messages.get(1).parts).contains("body[]  [] 4=1099");
    }
}
