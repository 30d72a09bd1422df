package dev.telltale.analyze.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The examples of RFC 7541 appendix C, and what they leave open. */
class HpackTest {
    private final Hpack hpack =
            new Hpack((b, from, n) -> new String(b, from, n, StandardCharsets.ISO_8859_1));
    private final Fields fields = new Fields();

    private List<String> decode(String hex) {
        byte[] b = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(hpack.decode(b, 0, b.length, fields)).isEqualTo(b.length);
        assertThat(fields.problem).isEmpty();
        return told();
    }

    private List<String> told() {
        List<String> all = new ArrayList<>();
        for (int k = 0; k < fields.count; k++)
            all.add(
                    fields.unknown[k]
                            ? "?"
                            : fields.names[k]
                                    + ": "
                                    + new String(
                                            fields.value(k),
                                            fields.from(k),
                                            fields.length(k),
                                            StandardCharsets.ISO_8859_1));
        return all;
    }

    /** C.2: each kind of representation. */
    @Test
    void representations() {
        assertThat(decode("400a637573746f6d2d6b65790d637573746f6d2d686561646572"))
                .containsExactly("custom-key: custom-header");
        assertThat(decode("be")).containsExactly("custom-key: custom-header");
        assertThat(decode("040c2f73616d706c652f70617468")).containsExactly(":path: /sample/path");
        assertThat(decode("100870617373776f726406736563726574"))
                .containsExactly("password: secret");
        assertThat(decode("82")).containsExactly(":method: GET");
        // Of these only the first went into the table.
        assertThat(decode("be")).containsExactly("custom-key: custom-header");
    }

    private static final String[] FIRST = {
        ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"
    };
    private static final String[] SECOND = {
        ":method: GET",
        ":scheme: http",
        ":path: /",
        ":authority: www.example.com",
        "cache-control: no-cache"
    };
    private static final String[] THIRD = {
        ":method: GET",
        ":scheme: https",
        ":path: /index.html",
        ":authority: www.example.com",
        "custom-key: custom-value"
    };

    /** C.3 */
    @Test
    void requestsWithoutHuffmanCoding() {
        assertThat(decode("828684410f7777772e6578616d706c652e636f6d")).containsExactly(FIRST);
        assertThat(decode("828684be58086e6f2d6361636865")).containsExactly(SECOND);
        assertThat(decode("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"))
                .containsExactly(THIRD);
    }

    /** C.4 */
    @Test
    void requestsWithHuffmanCoding() {
        assertThat(decode("828684418cf1e3c2e5f23a6ba0ab90f4ff")).containsExactly(FIRST);
        assertThat(decode("828684be5886a8eb10649cbf")).containsExactly(SECOND);
        assertThat(decode("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"))
                .containsExactly(THIRD);
    }

    private static final String[] FOUND = {
        ":status: 302",
        "cache-control: private",
        "date: Mon, 21 Oct 2013 20:13:21 GMT",
        "location: https://www.example.com"
    };
    private static final String[] MOVED = {
        ":status: 307",
        "cache-control: private",
        "date: Mon, 21 Oct 2013 20:13:21 GMT",
        "location: https://www.example.com"
    };
    private static final String[] OK = {
        ":status: 200",
        "cache-control: private",
        "date: Mon, 21 Oct 2013 20:13:22 GMT",
        "location: https://www.example.com",
        "content-encoding: gzip",
        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
    };

    /** The examples' table holds 256 bytes, which the settings said; here the block says it. */
    private static final String TABLE_OF_256 = "3fe101";

    /** C.5 */
    @Test
    void responsesWithoutHuffmanCoding() {
        assertThat(
                        decode(
                                TABLE_OF_256
                                        + "4803333032580770726976617465611d4d6f6e2c203231204f6374203230"
                                        + "31332032303a31333a323120474d546e1768747470733a2f2f7777772e65"
                                        + "78616d706c652e636f6d"))
                .containsExactly(FOUND);
        assertThat(decode("4803333037c1c0bf")).containsExactly(MOVED);
        assertThat(
                        decode(
                                "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d"
                                        + "54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f"
                                        + "50495541585157454f49553b206d61782d6167653d333630303b20766572"
                                        + "73696f6e3d31"))
                .containsExactly(OK);
        evicted();
    }

    /** C.6 */
    @Test
    void responsesWithHuffmanCoding() {
        assertThat(
                        decode(
                                TABLE_OF_256
                                        + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e0"
                                        + "82a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"))
                .containsExactly(FOUND);
        assertThat(decode("4883640effc1c0bf")).containsExactly(MOVED);
        assertThat(
                        decode(
                                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab"
                                        + "77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5"
                                        + "291f9587316065c003ed4ee5b1063d5007"))
                .containsExactly(OK);
        evicted();
    }

    /** After C.5.3 and C.6.3 three entries of 215 bytes are left. */
    private void evicted() {
        assertThat(decode("c0bfbe"))
                .containsExactly(
                        "date: Mon, 21 Oct 2013 20:13:22 GMT",
                        "content-encoding: gzip",
                        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
        assertThat(decode("c1")).containsExactly("?");
    }

    /** Indexes count from the newest entry: those seen since the loss are sure, others unknown. */
    @Test
    void joinedMidwayNothingIsGuessed() {
        hpack.lost();
        assertThat(decode("82 86 be 410161"))
                .containsExactly(":method: GET", ":scheme: http", "?", ":authority: a");
        assertThat(decode("be bf")).containsExactly(":authority: a", "?");
    }

    @Test
    void neverThrows() {
        Random r = new Random(1);
        for (int k = 0; k < 200_000; k++) {
            byte[] b = new byte[1 + r.nextInt(40)];
            r.nextBytes(b);
            int end = hpack.decode(b, 0, b.length, fields);
            assertThat(end).isBetween(0, b.length);
            told();
        }
    }
}
