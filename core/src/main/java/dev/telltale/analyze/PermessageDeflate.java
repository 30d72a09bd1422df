package dev.telltale.analyze;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The compressed messages of one side of a WebSocket (RFC 7692 7.2.2): each is a piece of one raw
 * DEFLATE stream (RFC 1951) whose last four bytes, 00 00 ff ff, are left out. The window is kept
 * from message to message; a sender that starts afresh with each (no context takeover) refers to
 * nothing before it, so that what was agreed on need not be known.
 *
 * <p>Joined midway, the window is not known: then two inflaters run, one with zeros in it and one
 * with ones, and where they differ the byte was copied from what was never seen.
 */
final class PermessageDeflate {
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
    private static final int WINDOW = 1 << 15;

    /** Bytes made of a byte, once more than {@link #FREE} were made: beyond it is a bomb. */
    private static final int MAX_RATIO = 400;

    /** Final blocks in one message. */
    private static final int MAX_FINALS = 16;

    private static final long FREE = 16 << 20;

    /** Takes what was inflated; bytes that nobody knows are 0. */
    interface Out {
        void inflated(byte[] b, int length, int unknown);
    }

    private final Inflater inflater = new Inflater(true);
    private @Nullable Inflater other;
    private final byte[] out = new byte[8192];
    private byte[] second = {};

    /** The last bytes made, for a stream that goes on behind a final block. */
    private final byte[] window = new byte[2 * WINDOW];

    private int filled;
    private int finals;
    private long consumed;
    private long produced;
    private String broken = "";

    /**
     * @param unseen the messages before were not seen
     */
    PermessageDeflate(boolean unseen) {
        if (!unseen) return;
        other = new Inflater(true);
        second = new byte[out.length];
        byte[] ones = new byte[WINDOW];
        Arrays.fill(ones, (byte) 0xff);
        inflater.setDictionary(new byte[WINDOW]);
        other.setDictionary(ones);
    }

    /** Why nothing more can be inflated, or empty. */
    String broken() {
        return broken;
    }

    void feed(byte[] b, int from, int length, Out to) {
        consumed += length;
        run(b, from, length, to);
    }

    void endOfMessage(Out to) {
        run(TAIL, 0, TAIL.length, to);
        finals = 0;
    }

    private void run(byte[] b, int from, int length, Out to) {
        if (!broken.isEmpty()) return;
        Inflater o = other;
        inflater.setInput(b, from, length);
        if (o != null) o.setInput(b, from, length);
        try {
            while (true) {
                int n = inflater.inflate(out);
                if (o != null && o.inflate(second) != n)
                    throw new DataFormatException("The window is not known.");
                if (n > 0) {
                    give(n, o != null, to);
                    if (!broken.isEmpty()) return;
                }
                if (inflater.finished()) {
                    restart(b, from + length);
                    o = other;
                    if (!broken.isEmpty() || inflater.needsInput()) return;
                } else if (n == 0) {
                    if (inflater.needsDictionary())
                        throw new DataFormatException("A dictionary is asked for.");
                    return;
                }
            }
        } catch (DataFormatException e) {
            broken = "A compressed message cannot be inflated.";
        }
    }

    private void give(int n, boolean compare, Out to) {
        produced += n;
        if (produced > FREE && produced / MAX_RATIO > consumed) {
            broken = "Compressed messages make more of their bytes than is followed.";
            return;
        }
        remember(n);
        int unknown = 0;
        if (compare)
            for (int i = 0; i < n; i++)
                if (out[i] != second[i]) {
                    out[i] = 0;
                    unknown++;
                }
        to.inflated(out, n, unknown);
    }

    private void remember(int n) {
        if (filled + n > window.length) {
            System.arraycopy(window, filled - WINDOW, window, 0, WINDOW);
            filled = WINDOW;
        }
        System.arraycopy(out, 0, window, filled, n);
        filled += n;
    }

    /** A final block may end a message and the window stays (RFC 7692 7.2.3.4). */
    private void restart(byte[] b, int to) {
        int left = inflater.getRemaining();
        inflater.reset();
        int known = Math.min(filled, WINDOW);
        if (known > 0) inflater.setDictionary(window, filled - known, known);
        if (++finals > MAX_FINALS) broken = "A compressed message ends too often.";
        inflater.setInput(b, to - left, left);
        if (other != null) {
            other.end();
            other = null;
        }
    }

    void close() {
        inflater.end();
        if (other != null) other.end();
    }
}
