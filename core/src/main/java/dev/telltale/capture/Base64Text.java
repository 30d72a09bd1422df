package dev.telltale.capture;

import java.util.Arrays;

/**
 * Base64 (RFC 4648 section 4 and 5) as files carry it: in pieces, with line ends between. Anything
 * else in it ends a group as padding does.
 */
final class Base64Text {
    private static final byte[] VALUES = new byte[256];

    static {
        Arrays.fill(VALUES, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < 64; i++) VALUES[alphabet.charAt(i)] = (byte) i;
        VALUES['-'] = 62;
        VALUES['_'] = 63;
        for (char c : " \t\r\n".toCharArray()) VALUES[c] = -2;
    }

    private int bits;
    private int have;

    /**
     * Decodes a piece; {@code to} has room for as many bytes as it is long. Returns how many came
     * out.
     */
    int decode(byte[] b, int from, int length, byte[] to, int at) {
        int o = at;
        for (int i = from; i < from + length; i++) {
            int v = VALUES[b[i] & 0xff];
            if (v >= 0) {
                bits = bits << 6 | v;
                have += 6;
                if (have >= 8) {
                    have -= 8;
                    to[o++] = (byte) (bits >> have);
                }
            } else if (v == -1) {
                have = 0;
            }
        }
        return o - at;
    }
}
