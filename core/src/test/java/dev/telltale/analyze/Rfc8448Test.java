package dev.telltale.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.model.Side;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * "Simple 1-RTT Handshake" of <a href="https://www.rfc-editor.org/rfc/rfc8448#section-3">RFC 8448
 * section 3</a>, its records as they are printed there.
 */
class Rfc8448Test {
    private static final String CLIENT_HELLO =
            "16030100c4010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2"
                    + "ef6283024dece7000006130113031302010000910000000b0009000006736572766572ff"
                    + "01000100000a00140012001d001700180019010001010102010301040023000000330026"
                    + "0024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529a"
                    + "af2c002b0003020304000d0020001e040305030603020308040805080604010501060102"
                    + "010402050206020202002d00020101001c00024001";
    private static final String SERVER_HELLO =
            "160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac1"
                    + "55772ed3e2692800130100002e00330024001d0020c9828876112095fe66762bdbf7c672"
                    + "e156d6cc253b833df1dd69b1b04e751f0f002b00020304";
    private static final String SERVER_FLIGHT =
            "17030302a2d1ff334a56f5bff6594a07cc87b580233f500f45e489e7f33af35edf7869fc"
                    + "f40aa40aa2b8ea73f848a7ca07612ef9f945cb960b4068905123ea78b111b429ba9191cd"
                    + "05d2a389280f526134aadc7fc78c4b729df828b5ecf7b13bd9aefb0e57f271585b8ea9bb"
                    + "355c7c79020716cfb9b1183ef3ab20e37d57a6b9d7477609aee6e122a4cf51427325250c"
                    + "7d0e509289444c9b3a648f1d71035d2ed65b0e3cdd0cbae8bf2d0b227812cbb360987255"
                    + "cc744110c453baa4fcd610928d809810e4b7ed1a8fd991f06aa6248204797e36a6a73b70"
                    + "a2559c09ead686945ba246ab66e5edd8044b4c6de3fcf2a89441ac66272fd8fb330ef819"
                    + "0579b3684596c960bd596eea520a56a8d650f563aad27409960dca63d3e688611ea5e22f"
                    + "4415cf9538d51a200c27034272968a264ed6540c84838d89f72c24461aad6d26f59ecaba"
                    + "9acbbb317b66d902f4f292a36ac1b639c637ce343117b659622245317b49eeda0c6258f1"
                    + "00d7d961ffb138647e92ea330faeea6dfa31c7a84dc3bd7e1b7a6c7178af36879018e3f2"
                    + "52107f243d243dc7339d5684c8b0378bf30244da8c87c843f5e56eb4c5e8280a2b48052c"
                    + "f93b16499a66db7cca71e4599426f7d461e66f99882bd89fc50800becca62d6c74116dbd"
                    + "2972fda1fa80f85df881edbe5a37668936b335583b599186dc5c6918a396fa48a181d6b6"
                    + "fa4f9d62d513afbb992f2b992f67f8afe67f76913fa388cb5630c8ca01e0c65d11c66a1e"
                    + "2ac4c85977b7c7a6999bbf10dc35ae69f5515614636c0b9b68c19ed2e31c0b3b66763038"
                    + "ebba42f3b38edc0399f3a9f23faa63978c317fc9fa66a73f60f0504de93b5b845e275592"
                    + "c12335ee340bbc4fddd502784016e4b3be7ef04dda49f4b440a30cb5d2af939828fd4ae3"
                    + "794e44f94df5a631ede42c1719bfdabf0253fe5175be898e750edc53370d2b";
    private static final String CLIENT_FINISHED =
            "170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38"
                    + "f80338ac98fc46deb384bd1caeacab6867d726c40546";
    private static final String TICKET =
            "17030300de3a6b8f90414a97d6959c3487680de5134a2b240e6cffac116e95d41d6af8f6"
                    + "b580dcf3d11d63c758db289a015940252f55713e061dc13e078891a38efbcf5753ad8ef1"
                    + "70ad3c7353d16d9da773b9ca7f2b9fa1b6c0d4a3d03f75e09c30ba1e62972ac46f75f7b9"
                    + "81be63439b2999ce13064615139891d5e4c5b406f16e3fc181a77ca475840025db2f0a77"
                    + "f81b5ab05b94c01346755f69232c86519d86cbeeac87aac347d143f9605d64f650db4d02"
                    + "3e70e952ca49fe5137121c74bc2697687e248746d6df353005f3bce18696129c8153556b"
                    + "3b6c6779b37bf15985684f";
    private static final String CLIENT_DATA =
            "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8"
                    + "a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4";
    private static final String SERVER_DATA =
            "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf9"
                    + "7d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d";
    private static final String CLIENT_ALERT = "1703030013c9872760655666b74d7ff1153efd6db6d0b0e3";
    private static final String SERVER_ALERT = "1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9";
    private static final String CLIENT_HANDSHAKE =
            "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21";
    private static final String SERVER_HANDSHAKE =
            "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38";
    private static final String CLIENT_APPLICATION =
            "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
    private static final String SERVER_APPLICATION =
            "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643";

    private static byte[] hex(String... lines) {
        return HexFormat.of().parseHex(String.join("", lines));
    }

    private static Transcript trace(String keyLog) {
        Transcript t =
                Transcript.tcp()
                        .port(443)
                        .sent(hex(CLIENT_HELLO))
                        .answered(hex(SERVER_HELLO))
                        .answered(hex(SERVER_FLIGHT))
                        .sent(hex(CLIENT_FINISHED))
                        .answered(hex(TICKET))
                        .sent(hex(CLIENT_DATA))
                        .answered(hex(SERVER_DATA))
                        .sent(hex(CLIENT_ALERT))
                        .answered(hex(SERVER_ALERT));
        t.secrets = Secrets.none();
        t.identityNames = false;
        KeyLog.read(keyLog.getBytes(StandardCharsets.US_ASCII), t.secrets);
        return t;
    }

    private static String log(String... labels) {
        StringBuilder s = new StringBuilder("# a comment\n\nsomething else\n");
        String random = CLIENT_HELLO.substring(22, 86);
        for (int i = 0; i < labels.length; i += 2)
            s.append(labels[i])
                    .append(' ')
                    .append(random)
                    .append(' ')
                    .append(labels[i + 1])
                    .append('\n');
        return s.toString();
    }

    private static final String ALL =
            log(
                    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                    CLIENT_HANDSHAKE,
                    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
                    SERVER_HANDSHAKE,
                    "CLIENT_TRAFFIC_SECRET_0",
                    CLIENT_APPLICATION,
                    "SERVER_TRAFFIC_SECRET_0",
                    SERVER_APPLICATION);

    /** 00 01 02 .. 31 (hex) in both directions. */
    private static String payload() {
        StringBuilder s = new StringBuilder();
        for (char c = 0; c < 50; c++) s.append(c);
        return s.toString();
    }

    @Test
    void opensWhatIsPrinted() {
        Transcript t = trace(ALL).play();
        for (Side side : Side.values())
            assertThat(t.parts(side)).anyMatch(p -> p.endsWith("=" + payload()));
        assertThat(t.handshakes).hasSize(1);
        assertThat(t.handshakes.getFirst().cipher()).isEqualTo("TLS_AES_128_GCM_SHA256");
        assertThat(t.handshakes.getFirst().serverName()).isEqualTo("server");
        assertThat(t.handshakes.getFirst().subject()).isEqualTo("CN=rsa");
        assertThat(t.accounted.toString()).doesNotContain("ENCRYPTED");
        for (int longest : new int[] {1, 50})
            assertThat(trace(ALL).play(new Random(1), longest).canonical())
                    .isEqualTo(t.canonical());
    }

    /** The keys of the application data alone do, too: as some tools log them. */
    @Test
    void opensWithApplicationSecretsAlone() {
        Transcript t =
                trace(
                                log(
                                        "CLIENT_TRAFFIC_SECRET_0",
                                        CLIENT_APPLICATION,
                                        "SERVER_TRAFFIC_SECRET_0",
                                        SERVER_APPLICATION))
                        .play();
        for (Side side : Side.values())
            assertThat(t.parts(side)).anyMatch(p -> p.endsWith("=" + payload()));
    }
}
