package dev.telltale.analyze;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes HTTP/2 frames (RFC 9113 4.1), with fields as literals or by index (RFC 7541 6). */
final class H2Writer {
    static final int DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5;
    static final int PING = 6, CONTINUATION = 9;
    static final int END_STREAM = 1, END_HEADERS = 4, PADDED = 8, PRIORITY = 0x20;

    static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        H2Writer w = new H2Writer();
        return w.add(type, flags, stream, payload).bytes();
    }

    H2Writer preface() {
        out.writeBytes(PREFACE);
        return add(SETTINGS, 0, 0, new byte[0]);
    }

    H2Writer add(int type, int flags, int stream, byte[] payload) {
        int n = payload.length;
        byte[] head = {
            (byte) (n >>> 16),
            (byte) (n >>> 8),
            (byte) n,
            (byte) type,
            (byte) flags,
            (byte) (stream >>> 24),
            (byte) (stream >>> 16),
            (byte) (stream >>> 8),
            (byte) stream
        };
        out.writeBytes(head);
        out.writeBytes(payload);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** Alternately names and values, none of them going into the table. */
    static byte[] fields(String... namesAndValues) {
        return literals(0x10, namesAndValues);
    }

    /** The same, each added to the table. */
    static byte[] indexed(String... namesAndValues) {
        return literals(0x40, namesAndValues);
    }

    private static byte[] literals(int how, String... namesAndValues) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            b.write(how);
            string(b, namesAndValues[i]);
            string(b, namesAndValues[i + 1]);
        }
        return b.toByteArray();
    }

    private static void string(ByteArrayOutputStream b, String s) {
        byte[] bytes = s.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            b.write(bytes.length);
        } else {
            b.write(127);
            int rest = bytes.length - 127;
            for (; rest >= 128; rest >>>= 7) b.write(rest & 127 | 128);
            b.write(rest);
        }
        b.writeBytes(bytes);
    }

    static byte[] join(byte[]... all) {
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        for (byte[] x : all) b.writeBytes(x);
        return b.toByteArray();
    }

    static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** With {@code padding} zeros behind it. */
    static byte[] padded(int padding, byte[] payload) {
        return join(new byte[] {(byte) padding}, payload, new byte[padding]);
    }
}
