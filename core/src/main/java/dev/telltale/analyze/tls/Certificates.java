package dev.telltale.analyze.tls;

import javax.security.auth.x500.X500Principal;

/**
 * Names in a Certificate message, of its first certificate.
 *
 * <pre>
 * up to TLS 1.2 (RFC 5246 7.4.2):  certificate_list&lt;0..2^24-1&gt; of cert&lt;1..2^24-1&gt;
 * TLS 1.3 (RFC 8446 4.4.2):        certificate_request_context&lt;0..2^8-1&gt;, then the same with extensions behind each
 *
 * Certificate (RFC 5280 4.1): SEQUENCE { SEQUENCE { [0] version, serial INTEGER, SEQUENCE signature,
 *                             SEQUENCE issuer, SEQUENCE validity, SEQUENCE subject, ...
 * </pre>
 */
record Certificates(String subject, String issuer) {
    static final byte TYPE = 11;
    static final Certificates NONE = new Certificates("", "");
    private static final int LONGEST_NAME = 4096;

    static Certificates read(byte[] b, int from, int to, boolean tls13) {
        int i = tls13 ? Vectors.end8(b, from, to) : from;
        if (i < 0 || i + 6 > to) return NONE;
        int cert = i + 6;
        int end = cert + Vectors.int24(b, i + 3);
        if (end > to) return NONE;
        int at = into(b, cert, end);
        at = into(b, at, end);
        if (at < 0 || at >= end) return NONE;
        if (b[at] == (byte) 0xa0) at = over(b, at, end);
        at = over(b, at, end); // serial
        at = over(b, at, end); // signature
        int issuer = at;
        at = over(b, at, end);
        int validity = at;
        at = over(b, at, end);
        int subject = at;
        at = over(b, at, end);
        return at < 0 ? NONE : new Certificates(name(b, subject, at), name(b, issuer, validity));
    }

    private static String name(byte[] b, int from, int to) {
        if (to - from > LONGEST_NAME) return "";
        try {
            return new X500Principal(java.util.Arrays.copyOfRange(b, from, to)).getName();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The first element inside of the one at {@code i}. */
    private static int into(byte[] b, int i, int to) {
        return element(b, i, to, false);
    }

    private static int over(byte[] b, int i, int to) {
        return element(b, i, to, true);
    }

    /**
     * DER: tag, length (short, or long with up to three bytes), contents; -1 where it does not fit.
     */
    private static int element(byte[] b, int i, int to, boolean end) {
        if (i < 0 || i + 2 > to) return -1;
        int n = b[i + 1] & 0xff;
        int at = i + 2;
        if (n >= 0x80) {
            int bytes = n & 0x7f;
            if (bytes > 3 || at + bytes > to) return -1;
            n = 0;
            for (int k = 0; k < bytes; k++) n = n << 8 | b[at++] & 0xff;
        }
        if (n > to - at) return -1;
        return end ? at + n : at;
    }
}
