package dev.telltale.analyze.quic;

import java.util.Arrays;

/**
 * The handshake messages of one side at one level of encryption: CRYPTO frames put in order (RFC
 * 9001 4.1.3).
 *
 * <pre>
 * Handshake (RFC 8446 4): msg_type (8), length (24), body
 * </pre>
 */
final class Crypto implements Reassembly.Taker {
    /** Memory of bytes that came early. */
    private static final long MAX_HELD = 256 << 10;

    /** Longest message that is read. */
    private static final int LONGEST = 1 << 18;

    private static final int HEADER = 4;

    interface Reader {
        /** A message: its body is {@code [from, to)}, which begins at {@code at} of the stream. */
        void message(Crypto crypto, int type, byte[] b, int from, int to, long at);
    }

    private final Reader reader;
    private final Reassembly in = new Reassembly(this);
    private byte[] message = {};
    private int size;
    private long messageAt;
    private boolean lost;

    Crypto(Reader reader) {
        this.reader = reader;
    }

    StreamMap map() {
        return in.map;
    }

    void add(long offset, byte[] b, int from, int length, Origin origin) {
        if (lost) return;
        in.add(offset, b, from, length, origin);
        // What is missing is sent again; if not, the handshake is lost to us.
        if (in.cost() > MAX_HELD) lost = true;
    }

    @Override
    public void data(long offset, byte[] b, int from, int length) {
        if (lost) return;
        if (size == 0) messageAt = offset;
        if (message.length < size + length)
            message = Arrays.copyOf(message, Math.max(size + length, 2 * message.length));
        System.arraycopy(b, from, message, size, length);
        size += length;
        int i = 0;
        while (size - i >= HEADER) {
            int n =
                    (message[i + 1] & 0xff) << 16
                            | (message[i + 2] & 0xff) << 8
                            | message[i + 3] & 0xff;
            if (n > LONGEST) {
                lost = true;
                break;
            }
            if (size - i - HEADER < n) break;
            i += HEADER;
            reader.message(this, message[i - HEADER], message, i, i + n, messageAt + i);
            i += n;
        }
        System.arraycopy(message, i, message, 0, size - i);
        size -= i;
        messageAt += i;
        if (size == 0 || lost) message = new byte[0];
    }

    @Override
    public void gap(long offset, long length) {
        lost = true;
    }

    @Override
    public void late(byte[] b, int from, int length, Origin origin) {}
}
