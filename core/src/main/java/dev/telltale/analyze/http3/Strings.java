package dev.telltale.analyze.http3;

import dev.telltale.bytes.codec.HpackHuffman;
import java.util.Arrays;

/**
 * Integers and strings of QPACK (<a href="https://www.rfc-editor.org/rfc/rfc9204#section-4.1">RFC
 * 9204 4.1</a>) in an array.
 */
final class Strings {
    private static final int NO_NUMBER = -1;

    byte[] b = {};
    int i;
    int to;

    /** What is wrong, or empty. */
    String problem = "";

    /** The bytes end before what was to be read. */
    boolean cut;

    // The string read last.
    byte[] string = {};
    int from;
    int length;
    boolean plain;

    /** Bytes of decoded strings, where they go to no arena of another. */
    private byte[] own = new byte[256];

    void begin(byte[] bytes, int begin, int end) {
        b = bytes;
        i = begin;
        to = end;
        problem = "";
        cut = false;
    }

    /** An integer whose first byte holds {@code prefix} bits of it; -1 where it is malformed. */
    long number(int prefix) {
        if (i >= to) return cut();
        int mask = (1 << prefix) - 1;
        long n = b[i++] & mask;
        if (n < mask) return n;
        for (int shift = 0; i < to; shift += 7) {
            int c = b[i++];
            if (shift > 56) {
                problem = "A number is too large.";
                return NO_NUMBER;
            }
            n += (long) (c & 0x7f) << shift;
            if (c >= 0) {
                if (n >= 0 && n < 1L << 62) return n;
                problem = "A number is too large.";
                return NO_NUMBER;
            }
        }
        return cut();
    }

    private int cut() {
        cut = true;
        problem = "A field section ends inside a field.";
        return NO_NUMBER;
    }

    /**
     * A string whose length has {@code prefix} bits in the first byte, and the Huffman flag above
     * them; false where it is not all there, then as much of it as there is.
     *
     * @param arena where a decoded string goes, at {@code at}; null for a place of its own
     */
    boolean string(int prefix, byte[] arena, int at) {
        if (i >= to) {
            cut();
            length = 0;
            return false;
        }
        boolean huffman = (b[i] & 1 << prefix) != 0;
        long n = number(prefix);
        length = 0;
        if (n < 0) return false;
        boolean whole = n <= to - i;
        if (!whole) {
            n = to - i;
            cut();
            problem = "A string is longer than its field section.";
        }
        plain = !huffman;
        if (huffman) {
            int most = HpackHuffman.mostDecoded((int) n);
            byte[] out = arena;
            if (out.length == 0) {
                if (own.length < most) own = new byte[most];
                out = own;
                at = 0;
            }
            int decoded = HpackHuffman.decode(b, i, (int) n, out, at);
            string = out;
            from = at;
            length = decoded < 0 ? ~decoded : decoded;
        } else {
            string = b;
            from = i;
            length = (int) n;
        }
        i += (int) n;
        return whole;
    }

    /** Most bytes that a string which ends before {@link #to} may become. */
    int most() {
        return HpackHuffman.mostDecoded(to - i);
    }

    byte[] copy() {
        return Arrays.copyOfRange(string, from, from + length);
    }
}
