package dev.telltale.identify;

import java.util.Arrays;

/**
 * The default alphabet of short messages, eight letters in seven bytes (3GPP TS 23.038 6.1.2,
 * 6.2.1).
 */
final class Gsm7 {
    private static final String ALPHABET =
            "@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5"
                    + "\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e\u001b\u00c6\u00e6\u00df\u00c9"
                    + " !\"#\u00a4%&'()*+,-./0123456789:;<=>?"
                    + "\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00c4\u00d6\u00d1\u00dc\u00a7"
                    + "\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0";

    private Gsm7() {}

    /**
     * The whole bytes that {@code text} fills, at most {@code most}; none where a letter is not of
     * the alphabet.
     */
    static byte[] packed(String text, int most) {
        byte[] out = new byte[text.length()];
        int size = 0;
        int held = 0;
        int bits = 0;
        for (int i = 0; i < text.length(); i++) {
            int septet = ALPHABET.indexOf(text.charAt(i));
            if (septet < 0) return new byte[0];
            held |= septet << bits;
            bits += 7;
            if (bits < 8) continue;
            out[size++] = (byte) held;
            held >>>= 8;
            bits -= 8;
        }
        return Arrays.copyOf(out, Math.min(size, most));
    }
}
