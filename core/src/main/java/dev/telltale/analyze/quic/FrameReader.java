package dev.telltale.analyze.quic;

import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a packet (<a href="https://www.rfc-editor.org/rfc/rfc9000#section-19">RFC
 * 9000 19</a>, DATAGRAM RFC 9221, RESET_STREAM_AT and ACK_FREQUENCY of the drafts of that name).
 *
 * <pre>
 * 00 PADDING                    01 PING
 * 02 ACK: largest, delay, count, first range, (gap, range)*; 03: and ECT0, ECT1, CE
 * 04 RESET_STREAM: id, error, final size      05 STOP_SENDING: id, error
 * 06 CRYPTO: offset, length, data             07 NEW_TOKEN: length, token
 * 08..0f STREAM: id, [04: offset,] [02: length,] data; 01: FIN
 * 10 MAX_DATA  11 MAX_STREAM_DATA: id, max  12, 13 MAX_STREAMS  14 DATA_BLOCKED
 * 15 STREAM_DATA_BLOCKED: id, max  16, 17 STREAMS_BLOCKED
 * 18 NEW_CONNECTION_ID: sequence, retire prior to, length (8), id, reset token (16 bytes)
 * 19 RETIRE_CONNECTION_ID  1a PATH_CHALLENGE, 1b PATH_RESPONSE: 8 bytes
 * 1c CONNECTION_CLOSE: error, frame type, length, reason; 1d: without frame type
 * 1e HANDSHAKE_DONE  1f IMMEDIATE_ACK  24 RESET_STREAM_AT: id, error, final size, reliable size
 * 30 DATAGRAM: data; 31: length, data  af ACK_FREQUENCY: 4 numbers
 * </pre>
 *
 * All numbers are {@link Varint}s. Positions count in the plaintext of the packet.
 */
final class FrameReader {
    interface Handler {
        void crypto(long offset, int from, int length);

        void stream(long id, long offset, int from, int length, boolean fin);

        void reset(long id, long finalSize);

        void newConnectionId(int from, int length);

        void datagram(int from, int length);

        /** A text that the peer gives with its close. */
        void reason(int from, int length);
    }

    private byte[] b = {};
    private int i;
    private int to;
    private @Nullable String problem;

    /**
     * Reads the frames in {@code [0, length)}.
     *
     * @return where it stopped: at {@code length}, or at a frame that is unknown or malformed
     */
    int read(byte[] plain, int length, Handler h) {
        b = plain;
        i = 0;
        to = length;
        problem = null;
        while (i < to) {
            int start = i;
            if (b[i] == 0) {
                i++;
                continue;
            }
            frame(h);
            if (problem != null) return start;
        }
        return to;
    }

    /** What is wrong with the frame that reading stopped at. */
    String problem() {
        return problem == null ? "" : problem;
    }

    private void frame(Handler h) {
        long type = number();
        if (type >= 8 && type <= 15) {
            stream((int) type, h);
            return;
        }
        switch ((int) Math.min(type, Integer.MAX_VALUE)) {
            case 0x01, 0x1e, 0x1f -> {}
            case 0x02, 0x03 -> acknowledgment(type == 3);
            case 0x04 -> {
                long id = number();
                number();
                long size = number();
                if (problem == null) h.reset(id, size);
            }
            case 0x24 -> {
                long id = number();
                number();
                number();
                long size = number();
                if (problem == null) h.reset(id, size);
            }
            case 0x05, 0x11, 0x15 -> {
                number();
                number();
            }
            case 0x06 -> {
                long offset = number();
                int n = length();
                if (problem == null) h.crypto(offset, i, n);
                i += n;
            }
            case 0x07 -> {
                int n = length();
                i += n;
            }
            case 0x10, 0x12, 0x13, 0x14, 0x16, 0x17, 0x19 -> number();
            case 0x18 -> {
                number();
                number();
                int n = i < to ? b[i++] & 0xff : 0;
                if (n == 0 || n > Packet.MAX_CONNECTION_ID || n + 16 > to - i) {
                    problem = "A NEW_CONNECTION_ID frame is malformed.";
                    return;
                }
                if (problem == null) h.newConnectionId(i, n);
                i += n + 16;
            }
            case 0x1a, 0x1b -> skip(8);
            case 0x1c, 0x1d -> {
                number();
                if (type == 0x1c) number();
                int n = length();
                if (problem == null && n > 0) h.reason(i, n);
                i += n;
            }
            case 0x30, 0x31 -> {
                int n = type == 0x31 ? length() : to - i;
                if (problem == null && n > 0) h.datagram(i, n);
                i += n;
            }
            case 0xaf -> {
                for (int k = 0; k < 4; k++) number();
            }
            default -> {
                if (problem == null) problem = "A frame has a type that is not known.";
            }
        }
    }

    private void stream(int type, Handler h) {
        long id = number();
        long offset = (type & 4) != 0 ? number() : 0;
        int n = (type & 2) != 0 ? length() : to - i;
        if (problem != null) return;
        if (offset + n >= 1L << 62) {
            problem = "A stream is longer than streams may be.";
            return;
        }
        h.stream(id, offset, i, n, (type & 1) != 0);
        i += n;
    }

    private void acknowledgment(boolean ecn) {
        number();
        number();
        long count = number();
        number();
        for (long k = 0; k < count && problem == null; k++) {
            number();
            number();
        }
        for (int k = 0; ecn && k < 3; k++) number();
    }

    private long number() {
        long n = Varint.read(b, i, to);
        if (n < 0) {
            problem = "A frame is longer than its packet.";
            i = to;
            return 0;
        }
        i += Varint.size(b[i]);
        return n;
    }

    private int length() {
        long n = number();
        if (n > to - i) problem = "A frame is longer than its packet.";
        return problem == null ? (int) n : 0;
    }

    private void skip(int n) {
        if (n > to - i) problem = "A frame is longer than its packet.";
        else i += n;
    }
}
