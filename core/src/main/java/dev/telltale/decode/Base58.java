package dev.telltale.decode;

import java.util.Arrays;

/**
 * Base 58 with Bitcoin's alphabet: the bytes are one number, so that nothing is known before the
 * end; each zero byte at the front is a letter of its own.
 */
final class Base58 {
    private Base58() {}

    /** Longer ones are not looked at: the work grows with the square. */
    static final int LONGEST = 512;

    private static final byte[] VALUE = new byte[256];

    static {
        Arrays.fill(VALUE, (byte) -1);
        String alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        for (int i = 0; i < 58; i++) VALUE[alphabet.charAt(i)] = (byte) i;
    }

    static boolean fits(byte[] b, int from, int to) {
        if (to - from > LONGEST) return false;
        for (int p = from; p < to; p++) if (VALUE[b[p] & 0xff] < 0) return false;
        return true;
    }

    /**
     * Bytes written to {@code out} of what {@link #fits}; it needs as many as there are letters.
     */
    static int decode(byte[] b, int from, int to, byte[] out) {
        int zeros = 0;
        while (from + zeros < to && b[from + zeros] == '1') zeros++;
        // Words of 32 bits, the lowest first; five letters at a time.
        int[] words = new int[(to - from) * 6 / 32 + 1];
        int used = 0;
        for (int p = from + zeros; p < to; ) {
            long carry = 0;
            long factor = 1;
            for (int k = 0; k < 5 && p < to; k++) {
                carry = carry * 58 + VALUE[b[p++] & 0xff];
                factor *= 58;
            }
            for (int w = 0; w < used; w++) {
                carry += (words[w] & 0xffffffffL) * factor;
                words[w] = (int) carry;
                carry >>>= 32;
            }
            if (carry != 0) words[used++] = (int) carry;
        }
        int n = 0;
        while (n < zeros) out[n++] = 0;
        boolean begun = false;
        for (int w = used - 1; w >= 0; w--) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                byte c = (byte) (words[w] >>> shift);
                begun |= c != 0;
                if (begun) out[n++] = c;
            }
        }
        return n;
    }
}
