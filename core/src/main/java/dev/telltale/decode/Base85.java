package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.List;

/**
 * Base 85: five letters for four bytes. Ascii85 (with or without {@code <~ ~>}, {@code z} for four
 * zeros), <a href="https://rfc.zeromq.org/spec/32/">Z85</a>, and the alphabet of <a
 * href="https://www.rfc-editor.org/rfc/rfc1924">RFC 1924</a>.
 */
final class Base85 {
    static final Base85 ASCII85 = new Base85("ascii85", ascii(), true);
    static final Base85 Z85 =
            new Base85(
                    "z85",
                    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            + ".-:+=^!/*?&<>()[]{}@%$#",
                    false);
    static final Base85 RFC1924 =
            new Base85(
                    "base85",
                    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                            + "!#$%&()*+-;<=>?@^_`{|}~",
                    false);

    static final List<Base85> ALL = List.of(Z85, RFC1924, ASCII85);

    /** Shorter texts are not tried, and longer ones neither. */
    static final int SHORTEST = 15;

    static final int LONGEST = 1 << 16;

    final String name;
    private final byte[] values = new byte[256];
    private final boolean ascii;

    private Base85(String name, String alphabet, boolean ascii) {
        this.name = name;
        this.ascii = ascii;
        Arrays.fill(values, (byte) -1);
        for (int i = 0; i < 85; i++) values[alphabet.charAt(i)] = (byte) i;
    }

    private static String ascii() {
        byte[] b = new byte[85];
        for (int i = 0; i < 85; i++) b[i] = (byte) ('!' + i);
        return new String(b, ISO_8859_1);
    }

    /** Whether it is marked as Ascii85. */
    static boolean marked(byte[] b, int from, int to) {
        return to - from >= 6
                && b[from] == '<'
                && b[from + 1] == '~'
                && b[to - 2] == '~'
                && b[to - 1] == '>';
    }

    /** Bytes written to {@code out}, which has room for four for each letter, or -1. */
    int decode(byte[] b, int from, int to, byte[] out) {
        int o = 0;
        long v = 0;
        int n = 0;
        for (int p = from; p < to; p++) {
            int c = b[p] & 0xff;
            if (ascii && c == 'z' && n == 0) {
                Arrays.fill(out, o, o += 4, (byte) 0);
                continue;
            }
            if (ascii && c <= ' ') continue;
            if (values[c] < 0) return -1;
            v = v * 85 + values[c];
            if (++n < 5) continue;
            if (v > 0xffffffffL) return -1;
            for (int shift = 24; shift >= 0; shift -= 8) out[o++] = (byte) (v >>> shift);
            v = 0;
            n = 0;
        }
        if (n == 1) return -1;
        if (n > 1) {
            for (int k = n; k < 5; k++) v = v * 85 + 84;
            if (v > 0xffffffffL) return -1;
            for (int k = 0; k < n - 1; k++) out[o++] = (byte) (v >>> 24 - 8 * k);
        }
        return o;
    }
}
