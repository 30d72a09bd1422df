package dev.telltale.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.telltale.bytes.Limits;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a vendor encrypts in his own way is never called read, and told from packed bodies. */
class OwnFramingTest {
    private static byte[] noise(int seed, int n) {
        byte[] b = new byte[n];
        new Random(seed).nextBytes(b);
        return b;
    }

    /** Records as a messenger sends them over port 80 and 443: type, F1 03 or F1 04, length. */
    private static byte[] records(int... lengths) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int k = 0; k < lengths.length; k++) {
            out.writeBytes(
                    new byte[] {
                        (byte) (k == 0 ? 0x19 : 0x17),
                        (byte) 0xf1,
                        4,
                        (byte) (lengths[k] >>> 8),
                        (byte) lengths[k]
                    });
            out.writeBytes(noise(k, lengths[k]));
        }
        return out.toByteArray();
    }

    private static Log run(Hint hint, byte[] body) {
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(new Literals("867345021234563"), Limits.DEFAULT)
                        .open(PartKind.BODY, "", hint, false, log);
        p.feed(body, 0, body.length);
        p.end();
        return log;
    }

    @Test
    void recordsOfAVendorAreProprietary() {
        for (byte[] body : new byte[][] {records(300), records(161, 900, 64), records(3000, 9000)})
            assertThat(run(Hint.NONE, body).unread)
                    .singleElement()
                    .satisfies(u -> {
                        assertThat(u.byteClass()).isEqualTo(ByteClass.OPAQUE);
                        assertThat(u.reason()).isEqualTo(ReasonCode.PROPRIETARY);
                        assertThat(u.bytes()).isEqualTo(body.length);
                    });
    }

    @Test
    void noiseWithoutAFrameIsOpaqueAndInAnUnknownStreamProprietary() {
        for (int seed = 0; seed < 50; seed++) {
            byte[] body = noise(seed, 200 + seed);
            assertThat(run(Hint.NONE, body).unread)
                    .singleElement()
                    .extracting(Log.Unread::reason)
                    .isEqualTo(ReasonCode.OPAQUE_PAYLOAD);
            assertThat(run(Hint.PROPRIETARY, body).unread)
                    .singleElement()
                    .extracting(Log.Unread::reason)
                    .isEqualTo(ReasonCode.PROPRIETARY);
        }
    }

    /** What is no noise is searched like any other, whatever its frame. */
    @Test
    void aFrameAroundTextHidesNothing() {
        byte[] text = "imei=867345021234563".getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[5 + text.length];
        System.arraycopy(new byte[] {0x19, (byte) 0xf1, 4, 0, (byte) text.length}, 0, body, 0, 5);
        System.arraycopy(text, 0, body, 5, text.length);
        Log log = run(Hint.PROPRIETARY, body);
        assertThat(log.sightings).hasSize(1);
        assertThat(log.unread).noneMatch(u -> u.byteClass() == ByteClass.OPAQUE);
    }
}
