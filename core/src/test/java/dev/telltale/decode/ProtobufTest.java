package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import dev.telltale.bytes.Limits;
import dev.telltale.model.Hint;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What fixtures of a few bytes do not show: long values, gaps, and what is no message. */
class ProtobufTest {
    private static final String IMEI = "356938035643809";

    private interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Writing w) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        w.to(out);
        out.flush();
        return bytes.toByteArray();
    }

    private static Log run(byte[] body, Hint hint, Random cut, int gapAt, int gap) {
        Log log = new Log();
        Unwrapper u = new Unwrapper(new Literals(IMEI, "355555555555553"), Limits.DEFAULT);
        Unwrapper.Part p = u.open(PartKind.BODY, "", hint, false, log);
        for (int i = 0; i < body.length; ) {
            if (i == gapAt) {
                p.gap(gap, ReasonCode.GAP);
                i += gap;
                continue;
            }
            int n = Math.min(body.length - i, 1 + cut.nextInt(1 << cut.nextInt(17)));
            if (i < gapAt) n = Math.min(n, gapAt - i);
            p.feed(body, i, n);
            i += n;
        }
        p.end();
        return log;
    }

    private static Hint proto() {
        return new Hint("application/x-protobuf", List.of(), -1);
    }

    private static byte[] long_() throws IOException {
        String text = "lorem ipsum dolor ".repeat(9000);
        byte[] inner =
                message(i -> {
                    for (int k = 0; k < 9; k++) i.writeString(1, text.substring(k, 20_000 + k));
                    i.writeString(2, IMEI);
                });
        return message(o -> {
            o.writeByteArray(6, inner);
            o.writeString(7, text + "355555555555553");
        });
    }

    @Test
    void valuesLongerThanIsWaitedFor() throws IOException {
        byte[] body = long_();
        assertThat(body.length).isGreaterThan(4 * Layer.SEGMENT);
        Log whole = run(body, proto(), new Random(0), -1, 0);
        assertThat(whole.sightings.stream().map(Log.Sighting::chain))
                .containsExactly("protobuf=(#6.#2)", "protobuf=(#7)");
        for (int seed = 1; seed < 12; seed++)
            assertThat(Log.difference(whole, run(body, proto(), new Random(seed), -1, 0)))
                    .as("seed " + seed)
                    .isEmpty();
    }

    @Test
    void whatComesBehindAGapIsStillSearched() throws IOException {
        byte[] body = long_();
        for (int at : new int[] {3, 5_000, 150_000, 200_000})
            assertThat(run(body, proto(), new Random(at), at, 1000).sightings)
                    .as("gap at " + at)
                    .hasSize(2);
    }

    /** The next message of a call is known by its length, whatever is lost of this one. */
    @Test
    void aGapInACallCostsOneMessage() throws IOException {
        byte[] first = message(o -> o.writeString(1, "x".repeat(300_000)));
        byte[] second = Independent.encode("gzip", message(o -> o.writeString(1, IMEI)));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] m : List.of(first, second)) {
            body.write(m == second ? 1 : 0);
            for (int i = 0; i < 4; i++) body.write(m.length >>> 24 - 8 * i);
            body.writeBytes(m);
        }
        Hint hint = new Hint("application/grpc", List.of(), -1, "gzip");
        for (int at : new int[] {100, 150_000, 290_000})
            assertThat(run(body.toByteArray(), hint, new Random(at), at, 5000).sightings)
                    .as("gap at " + at)
                    .singleElement()
                    .extracting(Log.Sighting::chain)
                    .isEqualTo("grpc=([]) > [gzip] > protobuf=(#1)");
    }

    /** Two doubles are a place only where they may be degrees. */
    @Test
    void doublesBeyondDegreesAreNoPlace() throws IOException {
        Literals m = new Literals("19.07598,72.87766", "1719.5,72.87766", "72.87766");
        byte[] body =
                message(o -> {
                    o.writeString(1, "a place");
                    o.writeDouble(2, 19.07598);
                    o.writeDouble(3, 72.87766);
                    o.writeDouble(4, 1719.5);
                    o.writeDouble(5, 72.87766);
                });
        Log log = new Log();
        Unwrapper.Part p =
                new Unwrapper(m, Limits.DEFAULT).open(PartKind.BODY, "", proto(), false, log);
        p.feed(body, 0, body.length);
        p.end();
        assertThat(log.sightings.stream().map(s -> m.text(s.form())))
                .contains("19.07598,72.87766", "72.87766")
                .doesNotContain("1719.5,72.87766");
    }

    /** Random bytes must not pass as read. */
    @Test
    void noiseIsNoMessage() {
        Random r = new Random(4);
        int taken = 0;
        for (int k = 0; k < 20_000; k++) {
            byte[] b = new byte[64 + r.nextInt(400)];
            r.nextBytes(b);
            if (Protobuf.begins(b, 0, b.length, true, "")) taken++;
        }
        assertThat(taken).isZero();
        byte[] text = "Some words; and numbers, 12 of them.\n".getBytes(UTF_8);
        assertThat(Protobuf.begins(text, 0, text.length, true, "")).isFalse();
    }
}
