package dev.telltale.decode;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.brotli.dec.BrotliInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Brotli, <a href="https://www.rfc-editor.org/rfc/rfc7932">RFC 7932</a>: has no magic, so it is
 * tried where declared only. The native decoder is loaded on first use; where there is none, a Java
 * one takes over, which needs the compressed bytes whole.
 */
final class Brotli extends Codec {
    /** What the Java decoder holds at most. */
    private static final int HELD = 64 << 20;

    private static final class Native {
        static final boolean THERE = Brotli4jLoader.isAvailable();
    }

    private DecoderJNI.@Nullable Wrapper wrapper;
    private ByteBuffer ready = ByteBuffer.allocate(0);
    private boolean pulled;
    private final boolean inJava;
    private ByteArrayOutputStream held = new ByteArrayOutputStream();
    private @Nullable BrotliInputStream stream;

    Brotli(boolean inJava) {
        this.inJava = inJava || !Native.THERE;
    }

    @Override
    void begin() {
        super.begin();
        close();
        ready = ByteBuffer.allocate(0);
        held = new ByteArrayOutputStream();
        stream = null;
        pulled = false;
    }

    @Override
    int output(byte[] out, int offset, int length) {
        try {
            return inJava ? inJava(out, offset, length) : natively(out, offset, length);
        } catch (IOException e) {
            return fail("invalid brotli data");
        }
    }

    private int natively(byte[] out, int offset, int length) throws IOException {
        DecoderJNI.Wrapper w = wrapper;
        if (w == null) wrapper = w = new DecoderJNI.Wrapper(1 << 14);
        while (true) {
            if (ready.hasRemaining()) {
                int n = Math.min(length, ready.remaining());
                ready.get(out, offset, n);
                return n;
            }
            switch (w.getStatus()) {
                case DONE -> {
                    if (w.hasOutput()) {
                        ready = w.pull();
                        continue;
                    }
                    return finish();
                }
                case OK -> w.push(0);
                case NEEDS_MORE_OUTPUT -> {
                    ready = w.pull();
                    pulled = true;
                }
                case NEEDS_MORE_INPUT -> {
                    if (w.hasOutput()) {
                        ready = w.pull();
                        pulled = true;
                        continue;
                    }
                    if (pulled) {
                        // It says so after a pull even where it could go on with the bits it holds.
                        pulled = false;
                        w.push(0);
                        continue;
                    }
                    if (at == to) return 0;
                    ByteBuffer room = w.getInputBuffer();
                    room.clear();
                    int n = Math.min(room.remaining(), to - at);
                    room.put(in, at, n);
                    at += n;
                    w.push(n);
                }
                case ERROR -> {
                    return fail("invalid brotli data");
                }
            }
        }
    }

    private int inJava(byte[] out, int offset, int length) throws IOException {
        BrotliInputStream s = stream;
        if (s == null) {
            if (held.size() + (to - at) > HELD)
                return fail("too long for the decoder that is here");
            held.write(in, at, to - at);
            at = to;
            if (!last) return 0;
            stream = s = new BrotliInputStream(new ByteArrayInputStream(held.toByteArray()));
            held.reset();
        }
        int n = s.read(out, offset, length);
        return n <= 0 ? finish() : n;
    }

    @Override
    void close() {
        if (wrapper != null) wrapper.destroy();
        wrapper = null;
    }
}
