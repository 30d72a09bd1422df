package dev.telltale.analyze.tls;

import dev.telltale.analyze.Context;
import dev.telltale.analyze.DatagramAnalyzer;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;

/**
 * DTLS records without keys. A datagram holds whole records; those of epoch 0 are the handshake in
 * the clear.
 *
 * <pre>
 * DTLSPlaintext (RFC 6347 4.1, RFC 9147 4):
 *   type (8), version (16) = FE FD | FE FF, epoch (16), sequence (48), length (16), fragment
 * DTLSCiphertext (RFC 9147 4): 001CSLEE, connection id, sequence (8|16), length (0|16), record
 * </pre>
 */
public final class Dtls implements DatagramAnalyzer {
    private static final int HEADER = 13;
    private static final int MAX_FRAGMENT = (1 << 14) + 2048;
    private static final int HANDSHAKE = 22;

    private final Context context;
    private boolean seen;
    private String version = "";

    public Dtls(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        String host = context.serverName();
        if (seen && (b[from] & 0xe0) == 0x20) { // DTLS 1.3 ciphertext shows no version or type
            context.account(side, host, ByteClass.ENCRYPTED, length, ReasonCode.NO_KEYS);
            return true;
        }
        if (record(b, from, length) < 0) return false;
        int i = from;
        int to = from + length;
        long readable = 0;
        long encrypted = 0;
        for (int n; i < to && (n = record(b, i, to - i)) >= 0; i += HEADER + n) {
            readable += HEADER;
            boolean clear = b[i + 3] == 0 && b[i + 4] == 0;
            if (clear) readable += n;
            else encrypted += n;
            identify(b, i);
        }
        encrypted += to - i;
        context.readable(side, host, readable);
        context.account(side, host, ByteClass.ENCRYPTED, encrypted, ReasonCode.NO_KEYS);
        return true;
    }

    @Override
    public void end() {}

    private void identify(byte[] b, int i) {
        // A ClientHello's record says 1.0 for old middleboxes' sake (RFC 6347 4.2.1), so the last
        // one seen counts.
        String v = b[i + 2] == (byte) 0xfd ? "1.2" : "1.0";
        if (seen && v.compareTo(version) <= 0) return;
        seen = true;
        version = v;
        String weak = v.equals("1.0") ? "DTLS 1.0 is deprecated (RFC 8996)" : "";
        context.sink()
                .identified("dtls", context.serverName(), new Secured(Protection.DTLS, v, weak));
    }

    /** Length of the fragment of a whole record, or -1. */
    private static int record(byte[] b, int i, int length) {
        if (length < HEADER) return -1;
        int type = b[i] & 0xff;
        if (type < 20 || type > 26) return -1;
        if (b[i + 1] != (byte) 0xfe || (b[i + 2] != (byte) 0xfd && b[i + 2] != (byte) 0xff))
            return -1;
        int n = (b[i + 11] & 0xff) << 8 | (b[i + 12] & 0xff);
        if (n > MAX_FRAGMENT || n > length - HEADER) return -1;
        return type == HANDSHAKE && n == 0 ? -1 : n;
    }
}
