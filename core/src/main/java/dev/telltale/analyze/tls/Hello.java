package dev.telltale.analyze.tls;

/**
 * ClientHello and ServerHello (RFC 8446 4.1.2, 4.1.3; RFC 5246 7.4.1), as far as a passer-by needs
 * them.
 *
 * <pre>
 * ClientHello: version (16), random (32 bytes), session_id&lt;0..32&gt;, cipher_suites&lt;2..2^16-2&gt;,
 *              compression_methods&lt;1..2^8-1&gt;, extensions&lt;0..2^16-1&gt;
 * ServerHello: version (16), random (32 bytes), session_id&lt;0..32&gt;, cipher_suite (16), compression_method (8),
 *              extensions&lt;0..2^16-1&gt;
 * Extension:   type (16), data&lt;0..2^16-1&gt;
 * </pre>
 */
final class Hello {
    static final byte CLIENT = 1;
    static final byte SERVER = 2;

    /** Longest that is kept; those with keys of post-quantum groups have about 2,000 bytes. */
    static final int LONGEST = 1 << 16;

    private static final int SERVER_NAME = 0; // RFC 6066 3
    private static final int ALPN = 16; // RFC 7301 3.1
    private static final int SUPPORTED_VERSIONS = 43; // RFC 8446 4.2.1

    /** The first host_name of the SNI; length 0 where there is none. */
    int nameFrom;

    int nameLength;

    /** The names offered by ALPN with their length bytes; length 0 where there are none. */
    int alpnFrom;

    int alpnLength;

    private Hello() {}

    /** Reads the body of a ClientHello; what is malformed ends it. */
    static Hello client(byte[] b, int from, int to) {
        Hello h = new Hello();
        int i = from + 34;
        i = vector8(b, i, to);
        i = vector16(b, i, to);
        i = vector8(b, i, to);
        int end = vector16(b, i, to);
        if (end < 0) return h;
        for (i += 2; i + 4 <= end; ) {
            int type = int16(b, i);
            int data = i + 4;
            int next = data + int16(b, i + 2);
            if (next > end) break;
            if (type == SERVER_NAME) h.serverName(b, data, next);
            else if (type == ALPN && data + 2 < next) {
                h.alpnFrom = data + 2;
                h.alpnLength = next - h.alpnFrom;
            }
            i = next;
        }
        return h;
    }

    /** ServerNameList: length (16), then name_type (8) = 0 host_name, name&lt;1..2^16-1&gt;. */
    private void serverName(byte[] b, int from, int to) {
        for (int i = from + 2; i + 3 <= to; ) {
            int n = int16(b, i + 1);
            if (i + 3 + n > to) return;
            if (b[i] == 0 && nameLength == 0) {
                nameFrom = i + 3;
                nameLength = n;
            }
            i += 3 + n;
        }
    }

    /** The version the server chose, -1 where it is cut off before that. */
    static int serverVersion(byte[] b, int from, int to) {
        if (to - from < 2) return -1;
        int version = int16(b, from);
        int i = vector8(b, from + 34, to);
        if (i < 0) return version;
        i += 3;
        int end = vector16(b, i, to);
        if (end < 0) return version;
        for (i += 2; i + 4 <= end; ) {
            int next = i + 4 + int16(b, i + 2);
            if (next > end) break;
            if (int16(b, i) == SUPPORTED_VERSIONS && next - i == 6) return int16(b, i + 4);
            i = next;
        }
        return version;
    }

    /** End of a vector whose length byte stands at {@code i}, -1 where it does not fit. */
    private static int vector8(byte[] b, int i, int to) {
        if (i < 0 || i >= to) return -1;
        int end = i + 1 + (b[i] & 0xff);
        return end > to ? -1 : end;
    }

    private static int vector16(byte[] b, int i, int to) {
        if (i < 0 || i + 2 > to) return -1;
        int end = i + 2 + int16(b, i);
        return end > to ? -1 : end;
    }

    private static int int16(byte[] b, int i) {
        return (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
    }
}
