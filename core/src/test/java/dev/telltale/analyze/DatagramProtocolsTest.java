package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Datagrams made by hand after the RFCs named in each reader. */
class DatagramProtocolsTest {
    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s.replace(" ", ""));
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] dhcp(int type, String hostName, String vendor) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("01 01 06 00 12345678 0000 0000 00000000 00000000 00000000 00000000"));
        out.writeBytes(hex("a45046129fc3 00000000000000000000"));
        out.writeBytes(new byte[192]);
        out.writeBytes(hex("63825363 3501"));
        out.write(type);
        out.writeBytes(hex("3d07 01 a45046129fc3"));
        out.write(12);
        out.write(hostName.length());
        out.writeBytes(ascii(hostName));
        out.write(60);
        out.write(vendor.length());
        out.writeBytes(ascii(vendor));
        out.writeBytes(hex("3704 01030f06 ff 000000"));
        return out.toByteArray();
    }

    /** Cut anywhere or changed anywhere: accounted for, nothing thrown ({@link Transcript}). */
    private static void damage(int port, byte[] datagram) {
        for (int n = 1; n < datagram.length; n++)
            Transcript.udp(port).sent(Arrays.copyOf(datagram, n)).play();
        Random r = new Random(5);
        for (int i = 0; i < 300; i++) {
            byte[] b = datagram.clone();
            for (int k = r.nextInt(4); k >= 0; k--) b[r.nextInt(b.length)] = (byte) r.nextInt();
            Transcript t = Transcript.udp(port).sent(b);
            t.identityNames = false;
            t.play();
        }
    }

    @Test
    void dhcpTellsNameVendorAndHardware() {
        byte[] d = dhcp(1, "Ashas-phone", "android-dhcp-14");
        Flows flow = new Flows(68, 67);
        String told = flow.sent(d);
        assertThat(told)
                .contains("dhcp DISCOVER")
                .contains("frame[host-name]=Ashas-phone")
                .contains("frame[vendor-class]=android-dhcp-14")
                .contains("frame[parameter-list]=\u0001\u0003\u000f\u0006")
                .contains("frame[chaddr]=\u00a4PF\u0012\u009f\u00c3")
                .contains("frame[client-id]=\u00a4PF\u0012\u009f\u00c3");
        damage(67, d);
    }

    /** Plays datagrams between two ports. */
    private record Flows(int from, int to) {
        String sent(byte[] d) {
            Transcript t = Transcript.udp(to).clientPort(from).sent(d);
            t.identityNames = false;
            return t.play().text();
        }
    }

    @Test
    void dhcpv6() {
        // SOLICIT; client id DUID-LL; FQDN "phone"; vendor class; in a relay's message too.
        byte[] solicit =
                hex(
                        "01 aabbcc 0001 000a 0003 0001 a45046129fc3 0027 0007 00 05 70686f6e65 0010 0006 00000137 6d73");
        String told = new Flows(546, 547).sent(solicit);
        assertThat(told)
                .contains("dhcpv6 SOLICIT")
                .contains("frame[client-id]=\0\u0003\0\u0001\u00a4PF\u0012\u009f\u00c3")
                .contains("frame[fqdn]=\0\u0005phone")
                .contains("frame[vendor-class]=");
        ByteBuffer relay = ByteBuffer.allocate(34 + 4 + solicit.length);
        relay.put((byte) 12).position(34);
        relay.putShort((short) 9).putShort((short) solicit.length).put(solicit);
        assertThat(new Flows(547, 547).sent(relay.array()))
                .contains("dhcpv6 RELAY-FORW")
                .contains("frame[fqdn]=\0\u0005phone");
        damage(547, relay.array());
    }

    @Test
    void ssdp() {
        Transcript t =
                Transcript.udp(1900)
                        .sent(
                                "M-SEARCH * HTTP/1.1\nHOST: 239.255.255.250:1900\nST: ssdp:all\nUSER-AGENT: Android/14 UPnP/2.0 phone/1\n\n")
                        .answered(
                                "HTTP/1.1 200 OK\nUSN: uuid:38400000-8cf0-11bd-b23e-10b96e40000d\nLOCATION: http://192.168.43.1/d.xml\n\n")
                        .play();
        assertThat(t.text())
                .contains("ssdp M-SEARCH ://:1900 *")
                .contains("header[USER-AGENT]=Android/14 UPnP/2.0 phone/1")
                .contains("header[USN]=uuid:38400000-8cf0-11bd-b23e-10b96e40000d");
        damage(1900, Transcript.bytes("NOTIFY * HTTP/1.1\nNT: x\n\nbody"));
    }

    @Test
    void netbiosNames() {
        StringBuilder name = new StringBuilder();
        for (char c : "ASHAS-PHONE    \0".toCharArray())
            name.append((char) ('A' + (c >> 4))).append((char) ('A' + (c & 15)));
        byte[] d =
                concat(
                        hex("0001 2910 0001 0000 0000 0001 20"),
                        ascii(name.toString()),
                        hex("00 0020 0001"));
        Transcript t = Transcript.udp(137).sent(d).play();
        assertThat(t.text())
                .contains("nbns REGISTRATION ://:137 ASHAS-PHONE")
                .contains("name[]=ASHAS-PHONE");
        damage(137, d);
    }

    @Test
    void stun() {
        byte[] d =
                concat(
                        hex("0001 001c 2112a442 000102030405060708090a0b 0006 0004"),
                        ascii("ab:c"),
                        hex("8022 000b"),
                        ascii("agent 1.0.0"),
                        hex("00"));
        byte[] whole = Arrays.copyOf(d, 20 + 0x1c);
        Transcript t = Transcript.udp(3478).sent(whole).play();
        assertThat(t.text())
                .contains("stun BINDING ://:3478")
                .contains("frame[USERNAME]=ab:c")
                .contains("frame[SOFTWARE]=agent 1.0.0");
        damage(3478, whole);
    }

    @Test
    void ntpIsNamedAndWhatFollowsItTold() {
        byte[] d = new byte[48];
        d[0] = 0x23;
        Transcript t =
                Transcript.udp(123).sent(d).sent(concat(d, ascii("0123456789abcdef"))).play();
        assertThat(t.identified).containsExactly("ntp  NONE ");
        assertThat(t.text()).contains("ntp EXTENSION").contains("frame[]=0123456789abcdef");
    }

    private static byte[] concat(byte[]... all) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] b : all) out.writeBytes(b);
        return out.toByteArray();
    }

    @Test
    void dnsOverHttpsTellsNames() {
        String head =
                "Host: dns.example.org\nContent-Type: application/dns-message\nContent-Length: ";
        Transcript t =
                Transcript.tcp()
                        .sent(
                                concat(
                                        Transcript.bytes(
                                                "POST /dns-query HTTP/1.1\n"
                                                        + head
                                                        + DnsTest.QUERY.length() / 2
                                                        + "\n\n"),
                                        hex(DnsTest.QUERY)))
                        .answered(
                                concat(
                                        Transcript.bytes(
                                                "HTTP/1.1 200 OK\n"
                                                        + head
                                                        + DnsTest.ANSWER.length() / 2
                                                        + "\n\n"),
                                        hex(DnsTest.ANSWER)));
        Transcript whole = Damage.check(t, 60);
        assertThat(whole.parts(Side.INITIATOR)).contains("name[]=www.example.org");
        assertThat(whole.names)
                .containsExactly("192.0.2.7=www.example.org", "2001:db8::1=www.example.org");
    }

    @Test
    void serverSentEvents() {
        Transcript t =
                Transcript.tcp()
                        .sent("GET /events HTTP/1.1\nHost: a.example\n\n")
                        .answered(
                                """
                                HTTP/1.1 200 OK
                                Content-Type: text/event-stream; charset=utf-8
                                Transfer-Encoding: chunked

                                24
                                event: push
                                id: 7
                                data: 4901542032
                                9
                                37518


                                14
                                data: a
                                data: b


                                0

                                """);
        Transcript whole = Damage.check(t, 100);
        assertThat(whole.parts(Side.RESPONDER))
                .contains(
                        "frame[event]=push",
                        "frame[id]=7",
                        "frame[data]=490154203237518",
                        "frame[data]=a\nb");
        assertThat(whole.anomalies).isEmpty();
        String data = "z".repeat(700_000);
        Transcript endless =
                Transcript.tcp()
                        .sent("GET /events HTTP/1.1\nHost: a.example\n\n")
                        .answered(
                                "HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\ndata: "
                                        + data
                                        + "\n\ndata: 2\n\n");
        endless.play();
        assertThat(endless.parts(Side.RESPONDER))
                .contains("frame[data]=data: " + data, "frame[data]=2");
    }
}
