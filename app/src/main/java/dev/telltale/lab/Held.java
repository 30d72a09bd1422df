package dev.telltale.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Keeps what is written until its writer has to hear from the other side. So a turn goes out in one
 * piece, whatever a protocol library flushes in between, and turns alternate the same way every
 * time.
 */
final class Held extends OutputStream {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final OutputStream out;

    Held(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) {
        held.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        held.write(bytes, offset, length);
    }

    void release() throws IOException {
        if (held.size() == 0) return;
        byte[] bytes = held.toByteArray();
        held.reset();
        out.write(bytes, 0, bytes.length);
        out.flush();
    }
}
