package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Messages of HTTP/3 (RFC 9114): a HEADERS frame whose fields are literals with literal names
 * (QPACK, RFC 9204, section 4.5.6), then DATA.
 */
final class Http3 {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int LITERAL = 0x20;

    /** What a control stream begins with: its type, and settings of which there are none. */
    static final byte[] CONTROL = {0, 4, 0};

    private Http3() {}

    record Message(Map<String, String> fields, byte[] body) {}

    static byte[] message(Map<String, String> fields, byte[] body) {
        ByteArrayOutputStream section = new ByteArrayOutputStream();
        section.writeBytes(new byte[] {0, 0});
        fields.forEach((name, value) -> {
            text(section, LITERAL, 7, name);
            text(section, 0, 127, value);
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        frame(out, HEADERS, section.toByteArray());
        if (body.length > 0) frame(out, DATA, body);
        return out.toByteArray();
    }

    private static void frame(ByteArrayOutputStream out, int type, byte[] payload) {
        out.write(type);
        out.writeBytes(QuicPackets.varint2(payload.length));
        out.writeBytes(payload);
    }

    private static void text(ByteArrayOutputStream out, int flags, int most, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        int n = bytes.length;
        if (n < most) {
            out.write(flags | n);
        } else {
            out.write(flags | most);
            for (n -= most; n >= 128; n >>= 7) out.write(n & 127 | 128);
            out.write(n);
        }
        out.writeBytes(bytes);
    }

    static Message read(byte[] stream) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.wrap(stream);
        while (in.hasRemaining()) {
            int type = in.get();
            byte[] payload = new byte[in.getShort() & 0x3fff];
            in.get(payload);
            if (type == DATA) body.writeBytes(payload);
            else if (type == HEADERS)
                fields(ByteBuffer.wrap(payload, 2, payload.length - 2), fields);
            else throw new IOException("A frame the lab does not write: " + type);
        }
        return new Message(fields, body.toByteArray());
    }

    private static void fields(ByteBuffer in, Map<String, String> into) throws IOException {
        while (in.hasRemaining()) {
            int first = in.get() & 0xff;
            if ((first & 0xf8) != LITERAL) throw new IOException("A field the lab does not write");
            String name = text(in, first & 7, 7);
            into.put(name, text(in, in.get() & 0xff, 127));
        }
    }

    private static String text(ByteBuffer in, int prefix, int most) {
        int n = prefix;
        if (n == most) {
            int shift = 0;
            int b;
            do {
                b = in.get();
                n += (b & 127) << shift;
                shift += 7;
            } while ((b & 128) != 0);
        }
        byte[] bytes = new byte[n];
        in.get(bytes);
        return new String(bytes, US_ASCII);
    }
}
