package dev.telltale.record.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
    private final Access access = new Access(List.of("192.168.43.0/24", "fd00::/8"), "s3cret");

    private static InetAddress ip(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "::1, true",
        "192.168.43.7, true",
        "192.168.44.7, false",
        "fd12::1, true",
        "fe80::1, false",
        "2001:db8::1, false"
    })
    void letsInWhoIsNamed(String from, boolean admitted) throws Exception {
        assertThat(access.admits(ip(from))).isEqualTo(admitted);
        assertThat(new Access(List.of(), "").isGiven()).isFalse();
        assertThat(access.isToken("s3cret")).isTrue();
        assertThat(access.isToken("")).isFalse();
        assertThat(new Access(List.of(), "").isToken("")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 169.254.169.254, 80, link-local",
        "127.0.0.1, fe80::1, 80, link-local",
        "127.0.0.1, 127.0.0.1, 8080, recorder itself",
        "127.0.0.1, 0.0.0.0, 8080, recorder itself",
        "192.168.43.7, 127.0.0.1, 22, no destination",
        "192.168.43.7, ::1, 22, no destination",
        "127.0.0.1, 224.0.0.1, 80, group"
    })
    void someDestinationsAreNone(String from, String to, int port, String why) throws Exception {
        access.listening(new InetSocketAddress(ip("127.0.0.1"), 8080));
        assertThat(access.refused(ip(from), new InetSocketAddress(ip(to), port)).orElseThrow())
                .contains(why);
        assertThat(access.refused(ip(from), new InetSocketAddress(ip("198.51.100.1"), port)))
                .isEmpty();
    }

    @Test
    void aNetworkMustBeOne() {
        for (String bad : List.of("example.org", "1.2.3.4/33", "1.2.3/8", "::/129", "1.2.3.4/x"))
            assertThatThrownBy(() -> new Access(List.of(bad), "")).hasMessageContaining(bad);
    }

    @Test
    void ofARequestOnlyWhatIsForProxiesIsChanged() {
        ByteBuf bytes =
                Unpooled.copiedBuffer(
                        "POST http://u:p@Server.example:81?q HTTP/1.1\r\nHost: Server.example:81\r\n"
                                + "Proxy-Connection: keep-alive\r\nX-A:  b \r\nproxy-authorization: x\r\n\r\nrest",
                        StandardCharsets.ISO_8859_1);
        RequestHead head = RequestHead.take(bytes).orElseThrow();
        assertThat(head.host() + " " + head.port()).isEqualTo("server.example 81");
        assertThat(head.forServer())
                .isEqualTo("POST /?q HTTP/1.1\r\nHost: Server.example:81\r\nX-A:  b \r\n\r\n");
        assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).isEqualTo("rest");
        for (String bad : List.of("GET ftp://x/ HTTP/1.1", "GET http://x:99999/ HTTP/1.1", "hello"))
            assertThat(
                            RequestHead.take(
                                            Unpooled.copiedBuffer(
                                                    bad + "\r\n\r\n", StandardCharsets.UTF_8))
                                    .orElseThrow()
                                    .form())
                    .isEqualTo(RequestHead.Form.UNKNOWN);
    }

    @Test
    void aHelloThatIsCutOrWrongIsNone() {
        byte[] record = {22, 3, 1, 0, 5, 1, 0, 0, 1, 3};
        assertThat(Hello.of(Unpooled.wrappedBuffer(record))).isInstanceOf(Hello.NotTls.class);
        assertThat(Hello.of(Unpooled.wrappedBuffer(record, 0, 7)))
                .isInstanceOf(Hello.Unfinished.class);
        assertThat(Hello.of(Unpooled.wrappedBuffer(new byte[] {'G'})))
                .isInstanceOf(Hello.NotTls.class);
    }
}
