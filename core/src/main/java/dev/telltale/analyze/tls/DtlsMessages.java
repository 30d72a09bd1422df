package dev.telltale.analyze.tls;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts the handshake messages of one side together: they come in fragments, in any order and more
 * than once. Each is told once, as soon as it is whole.
 *
 * <pre>
 * Handshake (RFC 6347 4.2.2): type (8), length (24), message_seq (16), fragment_offset (24), fragment_length (24), fragment
 * </pre>
 */
final class DtlsMessages {
    private static final int HEADER = 12;
    private static final int LONGEST = 1 << 16;
    private static final int MOST_OPEN = 32;
    private static final int MOST_DONE = 1 << 12;

    interface Handler {
        /**
         * @param header as if the message had come in one fragment
         * @param pieces pairs: position in the message and stream offset
         */
        void message(byte[] header, byte[] body, long[] pieces);
    }

    private static final class Open {
        final byte[] body;
        final BitSet there = new BitSet();
        long[] pieces = {};

        Open(int length) {
            body = new byte[length];
        }
    }

    private final Handler handler;
    private final Map<Integer, Open> open = new LinkedHashMap<>();

    /** Epoch and number of messages that were told; numbers begin anew with each handshake. */
    private final BitSet done = new BitSet();

    DtlsMessages(Handler handler) {
        this.handler = handler;
    }

    /** The fragments in a record of {@code epoch}; the record's content stands at {@code at}. */
    void feed(int epoch, byte[] b, int from, int length, long at) {
        int i = from;
        int to = from + length;
        while (to - i >= HEADER) {
            int size = Vectors.int24(b, i + 1);
            int seq = Vectors.int16(b, i + 4);
            int offset = Vectors.int24(b, i + 6);
            int n = Vectors.int24(b, i + 9);
            if (n > to - i - HEADER || offset + n > size || size > LONGEST) return;
            fragment(epoch, b, i, size, seq, offset, n, at + (i - from) + HEADER);
            i += HEADER + n;
        }
    }

    private void fragment(
            int epoch, byte[] b, int i, int size, int seq, int offset, int n, long at) {
        int id = (epoch & 3) << 10 | seq & 0x3ff;
        if (id >= MOST_DONE || done.get(id)) return;
        Open m = open.get(id);
        if (m == null || m.body.length != size) {
            if (open.size() >= MOST_OPEN) open.remove(open.keySet().iterator().next());
            m = new Open(size);
            open.put(id, m);
        }
        System.arraycopy(b, i + HEADER, m.body, offset, n);
        m.there.set(offset, offset + n);
        if (m.pieces.length < 256) {
            m.pieces = Arrays.copyOf(m.pieces, m.pieces.length + 2);
            m.pieces[m.pieces.length - 2] = offset;
            m.pieces[m.pieces.length - 1] = at;
        }
        if (m.there.cardinality() < size) return;
        open.remove(id);
        done.set(id);
        byte[] header = Arrays.copyOfRange(b, i, i + HEADER);
        header[6] = header[7] = header[8] = 0;
        System.arraycopy(header, 1, header, 9, 3);
        handler.message(header, m.body, m.pieces);
    }
}
