package dev.telltale.decode;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Raw DEFLATE, <a href="https://www.rfc-editor.org/rfc/rfc1951">RFC 1951</a>: has no magic, so it
 * is tried where declared only.
 */
class Deflate extends Codec {
    private final Inflater inflater = new Inflater(true);

    @Override
    void begin() {
        super.begin();
        inflater.reset();
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int n = inflate(out, offset, length);
        return n == 0 && inflater.finished() ? finish() : n;
    }

    protected final boolean inflated() {
        return inflater.finished();
    }

    protected final void again() {
        inflater.reset();
    }

    protected final int inflate(byte[] out, int offset, int length) {
        if (!broken().isEmpty()) return 0;
        long before = inflater.getBytesWritten();
        try {
            inflater.setInput(in, at, to - at);
            int n = inflater.inflate(out, offset, length);
            at = to - inflater.getRemaining();
            return n;
        } catch (DataFormatException e) {
            at = to - inflater.getRemaining();
            fail("invalid deflate data");
            // What was written before the flaw is good.
            return (int) (inflater.getBytesWritten() - before);
        }
    }

    @Override
    void close() {
        inflater.end();
    }
}
