package dev.telltale.decode;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/**
 * Zstandard, one or more frames, <a href="https://www.rfc-editor.org/rfc/rfc8878#section-3.1">RFC
 * 8878 section 3.1</a>: magic 0xFD2FB528, little-endian.
 */
final class Zstd extends Codec {
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    /** Between frames: what follows is a frame or not ours. */
    private boolean between;

    static boolean begins(byte[] b, int from, int to) {
        return to - from >= 4
                && b[from] == 0x28
                && b[from + 1] == (byte) 0xb5
                && b[from + 2] == 0x2f
                && b[from + 3] == (byte) 0xfd;
    }

    @Override
    void begin() {
        super.begin();
        context.reset();
        between = true;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        ByteBuffer target = ByteBuffer.wrap(out, offset, length);
        while (true) {
            if (between) {
                if (to - at < 4) return last ? finish() : 0;
                if (!begins(in, at, to)) return finish();
                between = false;
            }
            ByteBuffer source = ByteBuffer.wrap(in, at, to - at);
            try {
                between = context.decompressByteBufferStream(target, source);
            } catch (ZstdException e) {
                return fail("invalid zstd data");
            }
            boolean still = source.position() == at && target.position() == offset;
            at = source.position();
            int n = target.position() - offset;
            if (n > 0) return n;
            if (!between && (still || at == to)) return 0;
        }
    }

    @Override
    void close() {
        context.close();
    }
}
