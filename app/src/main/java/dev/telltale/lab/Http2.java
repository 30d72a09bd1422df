package dev.telltale.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * As much of HTTP/2 (RFC 9113) as a phone and a server need for one exchange after another: a
 * stream each, no compression of header fields beyond what HPACK (RFC 7541) demands of the reader,
 * for both ends are the lab's.
 *
 * <pre>
 * +-----------+------+-------+---------------+-----------+
 * | length 24 | type | flags | stream id 32  | payload   |
 * +-----------+------+-------+---------------+-----------+
 * </pre>
 */
final class Http2 {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int LONGEST = 1 << 14;

    private Http2() {}

    private record Frame(int type, int flags, int stream, byte[] payload) {}

    /** What the server says to a request. */
    interface Answering {
        Service.Response answer(Service.Request request) throws IOException;
    }

    /** The phone's end: one connection, its streams odd. */
    static final class Client {
        private final InputStream in;
        private final OutputStream out;
        private int next = 1;

        Client(InputStream in, OutputStream out) throws IOException {
            this.in = in;
            this.out = out;
            out.write(PREFACE);
            write(out, new Frame(SETTINGS, 0, 0, new byte[0]));
        }

        /** Status and body of the answer. */
        PhoneHttp.Answer exchange(PhoneHttp.Call call, Map<String, String> fields)
                throws IOException {
            int stream = next;
            next += 2;
            Map<String, String> all = new LinkedHashMap<>();
            all.put(":method", call.method());
            all.put(":scheme", call.scheme());
            all.put(":authority", call.host());
            all.put(":path", call.target());
            all.putAll(fields);
            boolean body = call.body().length > 0;
            int flags = END_HEADERS | (body ? 0 : END_STREAM);
            write(out, new Frame(HEADERS, flags, stream, block(all)));
            if (body) write(out, new Frame(DATA, END_STREAM, stream, call.body()));
            out.flush();
            Map<String, String> headers = Map.of();
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            while (true) {
                Frame f = read(in);
                if (f.type() == SETTINGS && (f.flags() & ACK) == 0)
                    write(out, new Frame(SETTINGS, ACK, 0, new byte[0]));
                if (f.stream() != stream) continue;
                if (f.type() == HEADERS) headers = fields(f.payload());
                if (f.type() == DATA) content.writeBytes(f.payload());
                if ((f.flags() & END_STREAM) != 0) break;
            }
            int status = Integer.parseInt(headers.getOrDefault(":status", "0"));
            return new PhoneHttp.Answer(status, headers, content.toByteArray());
        }
    }

    /** The server's end, until the phone closes. */
    static void serve(InputStream in, OutputStream out, Answering answering) throws IOException {
        if (!java.util.Arrays.equals(in.readNBytes(PREFACE.length), PREFACE))
            throw new IOException("No HTTP/2 preface");
        write(out, new Frame(SETTINGS, 0, 0, new byte[0]));
        Map<String, String> fields = Map.of();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            Frame f;
            try {
                f = read(in);
            } catch (EOFException e) {
                return;
            }
            if (f.type() == SETTINGS && (f.flags() & ACK) == 0)
                write(out, new Frame(SETTINGS, ACK, 0, new byte[0]));
            if (f.type() == HEADERS) {
                fields = fields(f.payload());
                body.reset();
            }
            if (f.type() == DATA) body.writeBytes(f.payload());
            if (f.stream() == 0 || (f.flags() & END_STREAM) == 0) continue;
            Map<String, String> headers = new LinkedHashMap<>(fields);
            headers.put("host", fields.getOrDefault(":authority", ""));
            Service.Response r =
                    answering.answer(
                            new Service.Request(
                                    fields.getOrDefault(":method", ""),
                                    fields.getOrDefault(":path", ""),
                                    headers,
                                    body.toByteArray()));
            byte[] content = r.body().getBytes(UTF_8);
            Map<String, String> said = new LinkedHashMap<>();
            said.put(":status", Integer.toString(r.status()));
            if (!r.contentType().isEmpty()) said.put("content-type", r.contentType());
            write(out, new Frame(HEADERS, END_HEADERS, f.stream(), block(said)));
            write(out, new Frame(DATA, END_STREAM, f.stream(), content));
            out.flush();
        }
    }

    private static void write(OutputStream out, Frame f) throws IOException {
        if (f.payload().length > LONGEST) throw new IOException("A frame is too long");
        ByteBuffer b = ByteBuffer.allocate(9 + f.payload().length);
        b.put((byte) (f.payload().length >> 16)).putShort((short) f.payload().length);
        b.put((byte) f.type()).put((byte) f.flags()).putInt(f.stream()).put(f.payload());
        out.write(b.array());
    }

    private static Frame read(InputStream in) throws IOException {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) throw new EOFException("The connection breaks off");
        ByteBuffer b = ByteBuffer.wrap(head);
        int length = (b.get() & 0xff) << 16 | b.getShort() & 0xffff;
        if (length > LONGEST) throw new IOException("A frame is too long");
        byte[] payload = new byte[length];
        int type = b.get();
        int flags = b.get();
        if (in.readNBytes(payload, 0, length) < length)
            throw new EOFException("The connection breaks off");
        return new Frame(type, flags, b.getInt() & Integer.MAX_VALUE, payload);
    }

    /** Literal fields without indexing, new names (RFC 7541, 6.2.2), no Huffman code. */
    private static byte[] block(Map<String, String> fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fields.forEach((name, value) -> {
            out.write(0);
            text(out, name);
            text(out, value);
        });
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        int n = bytes.length;
        if (n < 127) {
            out.write(n);
        } else {
            out.write(127);
            for (n -= 127; n >= 128; n >>= 7) out.write(n & 127 | 128);
            out.write(n);
        }
        out.writeBytes(bytes);
    }

    private static Map<String, String> fields(byte[] block) throws IOException {
        Map<String, String> fields = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(block);
        while (in.hasRemaining()) {
            if (in.get() != 0) throw new IOException("A header field the lab does not write");
            String name = text(in);
            fields.put(name, text(in));
        }
        return fields;
    }

    private static String text(ByteBuffer in) throws IOException {
        int n = in.get() & 0xff;
        if (n > 127) throw new IOException("A header field the lab does not write");
        if (n == 127) {
            int shift = 0;
            int b;
            do {
                b = in.get();
                n += (b & 127) << shift;
                shift += 7;
            } while ((b & 128) != 0 && shift < 21);
        }
        if (n > in.remaining()) throw new IOException("A header field breaks off");
        byte[] bytes = new byte[n];
        in.get(bytes);
        return new String(bytes, US_ASCII);
    }
}
