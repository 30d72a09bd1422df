package dev.telltale.bytes.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HpackHuffmanTest {
    /** RFC 7541 C.4 and C.6. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f1e3c2e5f23a6ba0ab90f4ff | www.example.com",
                "a8eb10649cbf | no-cache",
                "25a849e95ba97d7f | custom-key",
                "25a849e95bb8e8b4bf | custom-value",
                "6402 | 302",
                "aec3771a4b | private",
                "d07abe941054d444a8200595040b8166e082a62d1bff | Mon, 21 Oct 2013 20:13:21 GMT",
                "9d29ad171863c78f0b97c8e9ae82ae43d3 | https://www.example.com",
                "640eff | 307",
                "9bd9ab | gzip",
                "94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007"
                        + " | foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
            })
    void decodesWhatTheRfcShows(String hex, String text) {
        assertThat(decoded(HexFormat.of().parseHex(hex))).isEqualTo(text);
    }

    @Test
    void refusesEosAndLongPadding() {
        assertThat(HpackHuffman.decode(new byte[] {-1, -1, -1, -1}, 0, 4, new byte[16], 0))
                .isNegative();
    }

    private static String decoded(byte[] coded) {
        byte[] out = new byte[HpackHuffman.mostDecoded(coded.length)];
        int n = HpackHuffman.decode(coded, 0, coded.length, out, 0);
        assertThat(n).isNotNegative();
        return new String(out, 0, n, ISO_8859_1);
    }
}
