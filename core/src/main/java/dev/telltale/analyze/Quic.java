package dev.telltale.analyze;

import dev.telltale.model.ByteClass;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;

/**
 * QUIC without keys: known by a long header (or Google's of before the standard), after which every
 * datagram of the flow is closed to us.
 *
 * <pre>
 * Long Header Packet (RFC 9000 17.2, invariant part RFC 8999 5.1):
 *   Header Form (1) = 1, Fixed Bit (1) = 1, Type (2), Type-Specific (4),
 *   Version (32),
 *   DCID Length (8), DCID (0..160),
 *   SCID Length (8), SCID (0..160), ...
 * </pre>
 */
final class Quic implements DatagramAnalyzer {
    private static final int MAX_CONNECTION_ID = 20;
    private final Context context;
    private boolean seen;

    Quic(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] bytes, int from, int length) {
        if (!seen) {
            String version = version(bytes, from, length);
            if (version.isEmpty()) return false;
            seen = true;
            context.sink().identified("quic", "", new Secured(Protection.QUIC, version, ""));
        }
        context.account(
                side, context.serverName(), ByteClass.ENCRYPTED, length, ReasonCode.QUIC_NO_KEYS);
        return true;
    }

    @Override
    public void end() {}

    /** Version a long header names, or empty where this is none. */
    private static String version(byte[] b, int from, int length) {
        String google = googleVersion(b, from, length);
        if (!google.isEmpty()) return google;
        if (length < 7 || (b[from] & 0xc0) != 0xc0) return "";
        String version = label(int32(b, from + 1));
        if (version.isEmpty()) return "";
        int dcid = b[from + 5] & 0xff;
        if (dcid > MAX_CONNECTION_ID || 6 + dcid >= length) return "";
        int scid = b[from + 6 + dcid] & 0xff;
        if (scid > MAX_CONNECTION_ID || 7 + dcid + scid >= length) return "";
        return version;
    }

    /**
     * Google QUIC up to Q043 (draft-hamilton-early-deployment-quic-00 6.1), which phones spoke
     * until about 2019: flags with the version bit and an 8-byte connection id, then the version.
     */
    private static String googleVersion(byte[] b, int from, int length) {
        if (length < 14 || (b[from] & 0x89) != 0x09 || b[from + 9] != 'Q') return "";
        return label(int32(b, from + 9));
    }

    /** IANA registry "QUIC Versions", and the drafts and private ones that were deployed. */
    private static String label(int version) {
        if (version == 1) return "1";
        if (version == 0x6b3343cf) return "2"; // RFC 9369
        if (version >>> 8 == 0xff0000) return "draft-" + (version & 0xff);
        if (version >>> 4 == 0xfaceb00) return "mvfst"; // Facebook
        int family = version >>> 24;
        boolean digits = true;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int c = version >>> shift & 0xff;
            digits &= c >= '0' && c <= '9';
        }
        // Google's own before the standard: Q046, Q050, T051.
        if (digits && (family == 'Q' || family == 'T')) {
            return ""
                    + (char) family
                    + (char) (version >>> 16 & 0xff)
                    + (char) (version >>> 8 & 0xff)
                    + (char) (version & 0xff);
        }
        return "";
    }

    private static int int32(byte[] b, int i) {
        return (b[i] & 0xff) << 24
                | (b[i + 1] & 0xff) << 16
                | (b[i + 2] & 0xff) << 8
                | (b[i + 3] & 0xff);
    }
}
