package dev.telltale.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.Limits;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What is no CBOR, MessagePack or UTF-16 must not be taken for it; what is long must not be lost.
 */
class ItemHeadTest {
    private static final String IMEI = "356938035643809";

    @Test
    void randomBytesAreNone() {
        Random r = new Random(11);
        for (int i = 0; i < 50_000; i++) {
            byte[] b = new byte[8 + r.nextInt(200)];
            r.nextBytes(b);
            b[0] |= (byte) 0x80;
            assertThat(Cbor.begins(b, 0, b.length, true, "")).as("cbor %d", i).isFalse();
            assertThat(MsgPack.begins(b, 0, b.length, true, "")).as("msgpack %d", i).isFalse();
            b[i & 1] = 0;
            assertThat(Utf16.begins(b, 0, b.length, true)).as("utf-16 %d", i).isFalse();
        }
    }

    /** A text longer than any window, with a gap inside it, then another. */
    @Test
    void goesOnBehindALongTextWithAGap() {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        int n = 300_000;
        o.writeBytes(new byte[] {(byte) 0x82, (byte) 0xa1, 'a', (byte) 0xdb});
        o.writeBytes(new byte[] {0, (byte) (n >> 16), (byte) (n >> 8), (byte) n});
        for (int i = 0; i < n; i++) o.write(i % 7 == 0 ? ' ' : 'x');
        o.writeBytes(new byte[] {(byte) 0xa4, 'i', 'm', 'e', 'i', (byte) 0xaf});
        o.writeBytes(IMEI.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        byte[] b = o.toByteArray();
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(new Literals(IMEI), Limits.DEFAULT)
                        .open(
                                PartKind.BODY,
                                "",
                                new Hint("application/msgpack", List.of(), -1),
                                false,
                                log);
        p.feed(b, 0, 200_000);
        p.gap(50_000, ReasonCode.GAP);
        p.feed(b, 250_000, b.length - 250_000);
        p.end();
        assertThat(log.anomalies).isEmpty();
        assertThat(log.sightings.stream().map(Log.Sighting::chain))
                .containsExactly("msgpack=(imei)");
    }

    /** The budget of depth ends within lists; nothing throws, and it is said. */
    @Test
    void listsWithinListsEnd() {
        byte[] b = new byte[5000];
        java.util.Arrays.fill(b, (byte) 0x81);
        for (String type : List.of("application/cbor", "application/msgpack")) {
            Log log = new Log();
            Unwrapper.Part p =
                    new Unwrapper(new Literals(IMEI), Limits.DEFAULT)
                            .open(PartKind.BODY, "", new Hint(type, List.of(), -1), false, log);
            p.feed(b, 0, b.length);
            p.end();
            assertThat(log.anomalies).anyMatch(a -> a.startsWith("LIMIT"));
        }
    }
}
