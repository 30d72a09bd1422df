package dev.telltale.analyze.tls;

import static dev.telltale.analyze.tls.Vectors.end16;
import static dev.telltale.analyze.tls.Vectors.end8;
import static dev.telltale.analyze.tls.Vectors.int16;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * ServerHello (RFC 8446 4.1.3, RFC 5246 7.4.1.3).
 *
 * <pre>
 * version (16), random (32 bytes), session_id&lt;0..32&gt;, cipher_suite (16), compression_method (8), extensions&lt;0..2^16-1&gt;
 * drafts of TLS 1.3 before 22: version (16) = 7F nn, random (32 bytes), cipher_suite (16), extensions&lt;0..2^16-1&gt;
 * </pre>
 */
final class ServerHello {
    static final byte TYPE = 2;

    private static final int ENCRYPT_THEN_MAC = 22; // RFC 7366 2
    private static final int EXTENDED_MASTER_SECRET = 23; // RFC 7627 5.1

    /** RFC 8446 4.1.3: the random of a HelloRetryRequest. */
    private static final byte[] RETRY =
            HexFormat.of()
                    .parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

    /** The version chosen, as on the wire; -1 where the message is cut off before that. */
    int version = -1;

    byte[] random = {};
    byte[] session = {};
    int suite = -1;
    int compression;
    boolean encryptThenMac;
    boolean extendedMaster;
    String alpn = "";

    private ServerHello() {}

    static ServerHello read(byte[] b, int from, int to) {
        ServerHello h = new ServerHello();
        if (to - from < 2) return h;
        h.version = int16(b, from);
        if (to - from < 34) return h;
        h.random = Arrays.copyOfRange(b, from + 2, from + 34);
        boolean short13 = h.version >>> 8 == 0x7f;
        int i = from + 34;
        if (!short13) {
            int session = i + 1;
            i = end8(b, i, to);
            if (i < 0) return h;
            h.session = Arrays.copyOfRange(b, session, i);
        }
        int rest = short13 ? 2 : 3;
        if (i + rest > to) return h;
        h.suite = int16(b, i);
        if (!short13) h.compression = b[i + 2];
        i += rest;
        int end = end16(b, i, to);
        if (end < 0) return h;
        for (i += 2; i + 4 <= end; ) {
            int data = i + 4;
            int next = data + int16(b, i + 2);
            if (next > end) break;
            h.extension(int16(b, i), b, data, next);
            i = next;
        }
        return h;
    }

    /** Of a ServerHello, and of the EncryptedExtensions that TLS 1.3 has some of them in. */
    void extension(int type, byte[] b, int data, int next) {
        switch (type) {
            case ClientHello.SUPPORTED_VERSIONS -> {
                if (next - data == 2) version = int16(b, data);
            }
            case ENCRYPT_THEN_MAC -> encryptThenMac = true;
            case EXTENDED_MASTER_SECRET -> extendedMaster = true;
            case ClientHello.ALPN -> {
                int end = end8(b, data + 2, next);
                if (end > 0)
                    alpn = new String(b, data + 3, end - data - 3, StandardCharsets.ISO_8859_1);
            }
            default -> {}
        }
    }

    boolean retry() {
        return Arrays.equals(random, RETRY);
    }

    /** 18 to 28 for a draft of TLS 1.3, 0 for none. */
    int draft() {
        return version >>> 8 == 0x7f ? version & 0xff : 0;
    }

    boolean tls13() {
        return version == 0x304 || version >>> 8 == 0x7f;
    }
}
