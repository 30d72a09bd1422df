package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one MQTT packet, and tells the properties of version 5 (2.2.2). */
final class MqttReader {
    final byte[] b;
    final int to;

    /** Where the first byte of the array stands in the stream. */
    final long at;

    /** Next byte to read. */
    int i;

    /** The string or binary data just read. */
    int start;

    int end;

    /** Topic Alias among the properties last read, or 0. */
    int alias;

    String contentType = "";

    MqttReader(byte[] b, int from, int to, long at) {
        this.b = b;
        this.i = from;
        this.to = to;
        this.at = at;
        this.start = from;
        this.end = from;
    }

    boolean skip(int n) {
        if (to - i < n) return false;
        i += n;
        return true;
    }

    /** Length (16) and bytes. */
    boolean string() {
        if (to - i < 2) return false;
        int n = (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
        if (to - i - 2 < n) return false;
        start = i + 2;
        end = i = start + n;
        return true;
    }

    /** A number in 7 bits a byte, low ones first; -1 where it does not end. */
    private int varint() {
        int n = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            if (i >= to) return -1;
            byte v = b[i++];
            n |= (v & 0x7f) << shift;
            if (v >= 0) return n;
        }
        return -1;
    }

    /** Reads a list of properties; false where it is none, with the place kept. */
    boolean properties() {
        int keep = i;
        int n = varint();
        if (n < 0 || n > to - i || !walk(i + n, null, "")) {
            i = keep;
            return false;
        }
        return true;
    }

    /** Whether the properties at {@code from}, found readable, hold any text. */
    boolean says(int from) {
        return b[from] != 0;
    }

    /** Tells the properties at {@code from}, which were found readable. */
    void tell(MessageSink m, int from, String prefix) {
        int keep = i;
        i = from;
        int n = varint();
        if (n > 0) walk(i + n, m, prefix);
        i = keep;
    }

    private boolean walk(int stop, @Nullable MessageSink m, String prefix) {
        if (m == null) {
            alias = 0;
            contentType = "";
        }
        while (i < stop) {
            int id = b[i++] & 0xff;
            switch (id) {
                // byte
                case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a -> i += 1;
                // two bytes
                case 0x13, 0x21, 0x22 -> i += 2;
                case 0x23 -> {
                    if (stop - i < 2) return false;
                    alias = (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
                    i += 2;
                }
                // four bytes
                case 0x02, 0x11, 0x18, 0x27 -> i += 4;
                // Subscription Identifier
                case 0x0b -> {
                    if (varint() < 0) return false;
                }
                case 0x03 -> {
                    if (!field(stop, m, prefix + "content-type")) return false;
                    contentType = new String(b, start, end - start, UTF_8);
                }
                case 0x08 -> {
                    if (!field(stop, m, prefix + "response-topic")) return false;
                }
                case 0x09 -> {
                    if (!field(stop, m, prefix + "correlation-data")) return false;
                }
                case 0x12 -> {
                    if (!field(stop, m, prefix + "assigned-client-id")) return false;
                }
                case 0x15 -> {
                    if (!field(stop, m, prefix + "authentication-method")) return false;
                }
                case 0x16 -> {
                    if (!field(stop, m, prefix + "authentication-data")) return false;
                }
                case 0x1a -> {
                    if (!field(stop, m, prefix + "response-information")) return false;
                }
                case 0x1c -> {
                    if (!field(stop, m, prefix + "server-reference")) return false;
                }
                case 0x1f -> {
                    if (!field(stop, m, prefix + "reason-string")) return false;
                }
                // User Property: a pair
                case 0x26 -> {
                    if (!field(stop, m, prefix + "user-property")) return false;
                    String key = new String(b, start, end - start, UTF_8);
                    if (!field(stop, m, key)) return false;
                }
                default -> {
                    return false;
                }
            }
            if (i > stop) return false;
        }
        return i == stop;
    }

    private boolean field(int stop, @Nullable MessageSink m, String name) {
        if (!string() || end > stop) return false;
        if (m != null) part(m, name, start, end);
        return true;
    }

    void part(MessageSink m, String name, int from, int end) {
        if (from < end) m.part(PartKind.FRAME, name, b, from, end - from, at + from);
    }
}
