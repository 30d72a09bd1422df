package dev.telltale.analyze.tls;

import static dev.telltale.analyze.tls.Vectors.end16;
import static dev.telltale.analyze.tls.Vectors.end8;
import static dev.telltale.analyze.tls.Vectors.int16;

import java.util.Arrays;

/**
 * ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2; RFC 6347 4.2.1 for the cookie of DTLS).
 *
 * <pre>
 * version (16), random (32 bytes), session_id&lt;0..32&gt;, [cookie&lt;0..2^8-1&gt;,] cipher_suites&lt;2..2^16-2&gt;,
 * compression_methods&lt;1..2^8-1&gt;, extensions&lt;0..2^16-1&gt;
 * Extension: type (16), data&lt;0..2^16-1&gt;
 * </pre>
 *
 * Positions count in the array that was read; what is malformed ends the reading.
 */
final class ClientHello {
    static final byte TYPE = 1;

    static final int SERVER_NAME = 0; // RFC 6066 3
    static final int SIGNATURE_ALGORITHMS = 13; // RFC 8446 4.2.3
    static final int USE_SRTP = 14; // RFC 5764 4.1.1
    static final int ALPN = 16; // RFC 7301 3.1
    static final int SESSION_TICKET = 35; // RFC 5077 3.2
    static final int EARLY_DATA = 42; // RFC 8446 4.2.10
    static final int SUPPORTED_VERSIONS = 43; // RFC 8446 4.2.1
    static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d; // RFC 9849

    int version;
    byte[] random = {};
    byte[] session = {};
    byte[] ticket = {};
    int[] suites = {};
    int[] extensions = {};
    int[] signatures = {};
    int[] versions = {};
    boolean named;
    boolean earlyData;
    boolean ech;
    boolean srtp;

    /** The first host_name of the SNI; length 0 where there is none. */
    int nameFrom;

    int nameLength;

    /** The names offered by ALPN with their length bytes; length 0 where there are none. */
    int alpnFrom;

    int alpnLength;

    /** The first name offered by ALPN. */
    byte[] firstAlpn = {};

    private ClientHello() {}

    static ClientHello read(byte[] b, int from, int to, boolean dtls) {
        ClientHello h = new ClientHello();
        if (to - from < 34) return h;
        h.version = int16(b, from);
        h.random = Arrays.copyOfRange(b, from + 2, from + 34);
        int i = end8(b, from + 34, to);
        if (i > 0) h.session = Arrays.copyOfRange(b, from + 35, i);
        if (dtls) i = end8(b, i, to);
        int suites = i;
        i = end16(b, i, to);
        if (i < 0) return h;
        h.suites = list(b, suites + 2, i);
        i = end8(b, i, to);
        int end = end16(b, i, to);
        if (end < 0) return h;
        int[] types = new int[(end - i) / 4];
        int n = 0;
        for (i += 2; i + 4 <= end; ) {
            int type = int16(b, i);
            int data = i + 4;
            int next = data + int16(b, i + 2);
            if (next > end) break;
            types[n++] = type;
            h.extension(type, b, data, next);
            i = next;
        }
        h.extensions = Arrays.copyOf(types, n);
        return h;
    }

    private void extension(int type, byte[] b, int data, int next) {
        switch (type) {
            case SERVER_NAME -> {
                named = true;
                serverName(b, data, next);
            }
            case ALPN -> {
                if (data + 2 >= next) return;
                alpnFrom = data + 2;
                alpnLength = next - alpnFrom;
                int end = end8(b, alpnFrom, next);
                if (end > 0) firstAlpn = Arrays.copyOfRange(b, alpnFrom + 1, end);
            }
            case SIGNATURE_ALGORITHMS -> {
                if (data + 2 <= next) signatures = list(b, data + 2, next);
            }
            case SUPPORTED_VERSIONS -> {
                if (data + 1 <= next) versions = list(b, data + 1, next);
            }
            case SESSION_TICKET -> ticket = Arrays.copyOfRange(b, data, next);
            case EARLY_DATA -> earlyData = true;
            case USE_SRTP -> srtp = true;
            case ENCRYPTED_CLIENT_HELLO -> ech = true;
            default -> {}
        }
    }

    private static int[] list(byte[] b, int from, int to) {
        int[] out = new int[(to - from) / 2];
        for (int i = 0; i < out.length; i++) out[i] = int16(b, from + 2 * i);
        return out;
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
}
