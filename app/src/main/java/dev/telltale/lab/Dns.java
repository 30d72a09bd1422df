package dev.telltale.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * DNS messages with one question for an A record (RFC 1035, section 4).
 *
 * <pre>
 * +----+-------+---------+---------+---------+---------+----------+--------+
 * | id | flags | QDCOUNT | ANCOUNT | NSCOUNT | ARCOUNT | question | answer |
 * +----+-------+---------+---------+---------+---------+----------+--------+
 * </pre>
 */
final class Dns {
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int ANSWER = 0x8180;
    private static final int NO_SUCH_NAME = 3;
    static final int TTL_SECONDS = 300;

    private Dns() {}

    static byte[] query(int id, String host) {
        ByteBuffer out = ByteBuffer.allocate(512);
        header(out, id, RECURSION_DESIRED, 0);
        out.put(name(host)).putShort((short) 1).putShort((short) 1);
        return written(out);
    }

    /** Answers {@code query}; without an address: there is no such name. */
    static byte[] response(byte[] query, Optional<Ip4> address) {
        ByteBuffer in = ByteBuffer.wrap(query);
        ByteBuffer out = ByteBuffer.allocate(512);
        int flags = address.isPresent() ? ANSWER : ANSWER | NO_SUCH_NAME;
        header(out, in.getShort(0), flags, address.isPresent() ? 1 : 0);
        out.put(query, 12, query.length - 12);
        // The name again, as a pointer to the question's.
        address.ifPresent(ip ->
                out.putShort((short) 0xc00c)
                        .putShort((short) 1)
                        .putShort((short) 1)
                        .putInt(TTL_SECONDS)
                        .putShort((short) 4)
                        .putInt(ip.bits()));
        return written(out);
    }

    /** The name a query asks for. */
    static String asked(byte[] query) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = 12;
        while (at < query.length && query[at] != 0) {
            int length = query[at] & 0xff;
            if (length > 63 || at + 1 + length > query.length) throw new IOException("No DNS name");
            if (!name.isEmpty()) name.append('.');
            name.append(new String(query, at + 1, length, StandardCharsets.US_ASCII));
            at += 1 + length;
        }
        return name.toString();
    }

    /** The address in the answer to {@code query}. */
    static Ip4 address(byte[] query, byte[] response) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(response);
        if (response.length < query.length + 16
                || in.getShort(0) != ByteBuffer.wrap(query).getShort(0)
                || in.getShort(6) != 1) {
            throw new IOException("The lab does not know the host " + asked(query));
        }
        return new Ip4(in.getInt(query.length + 12));
    }

    private static void header(ByteBuffer out, int id, int flags, int answers) {
        out.putShort((short) id).putShort((short) flags);
        out.putShort((short) 1).putShort((short) answers).putShort((short) 0).putShort((short) 0);
    }

    private static byte[] name(String host) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String label : host.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length == 0 || bytes.length > 63) throw new IllegalArgumentException(host);
            out.write(bytes.length);
            out.writeBytes(bytes);
        }
        out.write(0);
        return out.toByteArray();
    }

    private static byte[] written(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }
}
