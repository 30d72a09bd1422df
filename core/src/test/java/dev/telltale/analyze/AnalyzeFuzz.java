package dev.telltale.analyze;

import static dev.telltale.fuzz.Fuzzed.same;

import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import java.util.Random;

/**
 * Any conversation through the analyzers, with any key log. A stream is played as it was cut and in
 * small pieces, and both must tell the same; {@link Transcript} holds each play to the sums, the
 * offsets and the order of calls.
 *
 * <pre>
 * flags: 1 UDP, 2 joined midway, 4 ends by RST, 8 by the end of the capture
 * port of the responder                    2 bytes
 * events, each:
 *   0 sent, 1 answered, 2 lost of what was sent, 3 lost of what was answered, 4 lines of a key log
 *   length                                 2 bytes
 *   bytes, none where lost
 * </pre>
 */
public final class AnalyzeFuzz {
    public static final int SENT = 0;
    public static final int ANSWERED = 1;
    public static final int SENT_LOST = 2;
    public static final int ANSWERED_LOST = 3;
    public static final int KEYS = 4;

    private AnalyzeFuzz() {}

    public static void run(byte[] in) {
        if (in.length < 6) return;
        String once = script(in).play().canonical();
        if ((in[0] & 1) == 1) return; // Datagrams are not cut.
        same(
                "the transcript",
                once,
                script(in).play(new Random(3), 1 + in.length / 60).canonical());
    }

    private static Transcript script(byte[] in) {
        Transcript t = (in[0] & 1) == 1 ? Transcript.udp(port(in)) : Transcript.tcp();
        t.port(port(in));
        t.identityNames = false;
        t.secrets = Secrets.none();
        if ((in[0] & 2) != 0) t.midway();
        if ((in[0] & 4) != 0) t.endingWith(StreamEvent.How.RESET);
        if ((in[0] & 8) != 0) t.endingWith(StreamEvent.How.END_OF_CAPTURE);
        int at = 3;
        while (at + 3 <= in.length) {
            int what = (in[at] & 0xff) % 5;
            int length = (in[at + 1] & 0xff) << 8 | in[at + 2] & 0xff;
            at += 3;
            if (what == SENT_LOST || what == ANSWERED_LOST) {
                if (length > 0) t.lost(what == SENT_LOST ? Side.INITIATOR : Side.RESPONDER, length);
                continue;
            }
            byte[] bytes = Arrays.copyOfRange(in, at, Math.min(in.length, at + length));
            at += bytes.length;
            switch (what) {
                case SENT -> t.sent(bytes);
                case ANSWERED -> t.answered(bytes);
                default -> KeyLog.read(bytes, t.secrets);
            }
        }
        return t;
    }

    private static int port(byte[] in) {
        return (in[1] & 0xff) << 8 | in[2] & 0xff;
    }
}
