package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * "Resumed 0-RTT Handshake" of <a href="https://www.rfc-editor.org/rfc/rfc8448#section-4">RFC 8448
 * section 4</a>, its records as they are printed there.
 */
class Rfc8448EarlyDataTest {
    private static final String CLIENT_HELLO =
            "1603010200010001fc03031bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc"
                    + "419d7876487d95000006130113031302010001cd0000000b0009000006736572766572ff"
                    + "01000100000a00140012001d00170018001901000101010201030104003300260024001d"
                    + "0020e4ffb68ac05f8d96c99da26698346c6be16482badddafe051a66b4f18d668f0b002a"
                    + "0000002b0003020304000d0020001e040305030603020308040805080604010501060102"
                    + "010402050206020202002d00020101001c00024001001500570000000000000000000000"
                    + "000000000000000000000000000000000000000000000000000000000000000000000000"
                    + "000000000000000000000000000000000000000000000000000000000000000000000000"
                    + "00000000002900dd00b800b22c035d829359ee5ff7af4ec900000000262a6494dc486d2c"
                    + "8a34cb33fa90bf1b0070ad3c498883c9367c09a2be785abc55cd226097a3a982117283f8"
                    + "2a03a143efd3ff5dd36d64e861be7fd61d2827db279cce145077d454a3664d4e6da4d29e"
                    + "e03725a6a4dafcd0fc67d2aea70529513e3da2677fa5906c5b3f7d8f92f228bda40dda72"
                    + "1470f9fbf297b5aea617646fac5c03272e970727c621a79141ef5f7de6505e5bfbc388e9"
                    + "3343694093934ae4d357fad6aacb0021203add4fb2d8fdf822a0ca3cf7678ef5e88dae99"
                    + "0141c5924d57bb6fa31b9e5f9d";
    private static final String EARLY_DATA =
            "1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0";
    private static final String SERVER_HELLO =
            "16030300600200005c03033ccfd2dec890222763472ae8136777c9d7358777bb66e91ea5"
                    + "122495f559ea2d00130100003400290002000000330024001d0020121761ee42c333e1b9"
                    + "e77b60dd57c2053cd94512ab47f115e86eff50942cea31002b00020304";
    private static final String SERVER_FLIGHT =
            "1703030061dc48237b4b879f50d0d4d262ea8b4716eb40ddc1eb957e11126e8a7149c2d0"
                    + "12d37a7115957e64ce30008b9e0323f2c05a9c1c77b4f37849a695ab255060a33fee770c"
                    + "a95cb8486bfd0843b87024865ca35cc41c4e515c64dcb1369f98635bc7a5";
    private static final String END_OF_EARLY_DATA =
            "1703030015aca6fc944841298df99593725f9bf9754429b12f09";
    private static final String CLIENT_FINISHED =
            "170303003500f8b467d14cf22a4b3f0b6ae0d8e6cc8d08e0db3515ef5c2bdf1922eafbb7"
                    + "0009964716d834fb70c3d2a56c5b1f5f6bdba6c333cf";
    private static final String CLIENT_DATA =
            "1703030043b1cebce242aa201be9ae5e1cb2a9aa4b33d4e866af1edb068919237741aa03"
                    + "1d7a74d491c99b9d4e232b74206bc6fbaa04fe78be44a9b4f54320a17eb76992afac3103";
    private static final String SERVER_DATA =
            "1703030043275e9f20acff57bc000657d3867df039cccf79047884cf75771746f740b5a8"
                    + "3f462a0954c3581393a203a25a7dd14141ef1a37900cdb62ff62dee1ba39ab2590cbf194";
    private static final String CLIENT_ALERT = "17030300130facce3246bdfc6369838d6a82ae6de5d422dc";
    private static final String SERVER_ALERT = "17030300135b18af444e8e1eec7158fb62d8f2577d37ba5d";

    private static final String EARLY =
            "CLIENT_EARLY_TRAFFIC_SECRET 3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62";
    private static final String HANDSHAKE =
            """
            CLIENT_HANDSHAKE_TRAFFIC_SECRET 2faac08f851d35fea3604fcb4de82dc62c9b164a70974d0462e27f1ab278700f
            SERVER_HANDSHAKE_TRAFFIC_SECRET fe927ae271312e8bf0275b581c54eef020450dc4ecffaa05a1a35d27518e7803\
            """;
    private static final String APPLICATION =
            """
            CLIENT_TRAFFIC_SECRET_0 2abbf2b8e381d23dbebe1dd2a7d16a8bf484cb4950d23fb7fb7fa8547062d9a1
            SERVER_TRAFFIC_SECRET_0 cc21f1bf8feb7dd5fa505bd9c4b468a9984d554a993dc49e6d285598fb672691\
            """;

    private static Transcript trace(String... secrets) {
        Transcript t = Transcript.tcp().port(443);
        t.sent(hex(CLIENT_HELLO)).sent(hex(EARLY_DATA));
        t.answered(hex(SERVER_HELLO)).answered(hex(SERVER_FLIGHT));
        t.sent(hex(END_OF_EARLY_DATA)).sent(hex(CLIENT_FINISHED)).sent(hex(CLIENT_DATA));
        t.answered(hex(SERVER_DATA)).sent(hex(CLIENT_ALERT)).answered(hex(SERVER_ALERT));
        t.secrets = Secrets.none();
        t.identityNames = false;
        String random = CLIENT_HELLO.substring(22, 86);
        String log =
                String.join("\n", secrets)
                        .lines()
                        .map(l -> l.replace(" ", " " + random + " "))
                        .collect(Collectors.joining("\n", "", "\n"));
        KeyLog.read(log.getBytes(StandardCharsets.US_ASCII), t.secrets);
        return t;
    }

    private static byte[] hex(String s) {
        return HexFormat.of().parseHex(s);
    }

    /** 00 01 02 .. 31 (hex) in both directions. */
    private static final String DATA =
            IntStream.range(0, 50).mapToObj(Character::toString).collect(Collectors.joining());

    @Test
    void opensEarlyDataAndWhatFollows() {
        Transcript t = trace(EARLY, HANDSHAKE, APPLICATION).play();
        String sent = String.join("", t.parts(Side.INITIATOR));
        assertThat(sent).contains("ABCDEF").contains(DATA);
        assertThat(t.parts(Side.RESPONDER)).anyMatch(p -> p.endsWith("=" + DATA));
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        for (int longest : new int[] {1, 50})
            assertThat(
                            trace(EARLY, HANDSHAKE, APPLICATION)
                                    .play(new Random(1), longest)
                                    .canonical())
                    .isEqualTo(t.canonical());
    }

    /** Without its key the early data stays closed, and is counted; the rest opens. */
    @Test
    void opensWhatFollowsWithoutTheEarlyKey() {
        Transcript t = trace(HANDSHAKE, APPLICATION).play();
        assertThat(String.join("", t.parts(Side.INITIATOR)))
                .doesNotContain("ABCDEF")
                .contains(DATA);
        // 28 bytes of early data, and the 26 of the record that ends it.
        assertThat(t.accounted.get(Side.INITIATOR).toString()).contains("ENCRYPTED NO_KEYS=54");
    }
}
