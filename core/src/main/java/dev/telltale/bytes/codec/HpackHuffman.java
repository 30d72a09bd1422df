package dev.telltale.bytes.codec;

/**
 * The Huffman code of HPACK (<a href="https://www.rfc-editor.org/rfc/rfc7541#appendix-B">RFC 7541
 * appendix B</a>), which QPACK uses too (RFC 9204 4.1.2). It is canonical: the lengths of the codes
 * say all.
 */
public final class HpackHuffman {
    /** Code length of each byte and of EOS, base 36. */
    private static final String LENGTHS =
            "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca"
                    + "d67777777777777777777777878djde6f56565666577666567655677777fbeds"
                    + "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn"
                    + "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq"
                    + "u";

    private static final int EOS = 256;
    private static final int NODES = 256;

    /** Set where a symbol was completed within the four bits; it is in the low byte. */
    private static final int SYMBOL = 1 << 8;

    /** Set where the four bits led into EOS. */
    private static final int FAILED = 1 << 9;

    private static final int NODE_SHIFT = 16;

    /**
     * By inner node of the code's tree and the next four bits: the node then, and the symbol
     * passed.
     */
    private static final int[] STEPS = new int[NODES * 16];

    /** Whether the bits since the last symbol are all ones, and fewer than eight: padding (5.2). */
    private static final boolean[] PADDING = new boolean[NODES];

    static {
        int[] children = new int[NODES * 2]; // inner nodes as themselves, leaves as ~symbol
        int nodes = 1;
        int code = 0;
        int before = 0;
        for (int bits = 1; bits <= 30; bits++) {
            for (int symbol = 0; symbol <= EOS; symbol++) {
                if (Character.digit(LENGTHS.charAt(symbol), 36) != bits) continue;
                code <<= bits - before;
                before = bits;
                int node = 0;
                for (int k = bits - 1; k > 0; k--) {
                    int slot = 2 * node + (code >> k & 1);
                    if (children[slot] == 0) children[slot] = nodes++;
                    node = children[slot];
                }
                children[2 * node + (code & 1)] = ~symbol;
                code++;
            }
        }
        for (int node = 0; node < NODES; node++) {
            for (int nibble = 0; nibble < 16; nibble++) {
                int at = node;
                int told = 0;
                for (int k = 3; k >= 0 && told != FAILED; k--) {
                    int next = children[2 * at + (nibble >> k & 1)];
                    if (next >= 0) {
                        at = next;
                    } else {
                        told = ~next == EOS ? FAILED : SYMBOL | ~next;
                        at = 0;
                    }
                }
                STEPS[16 * node + nibble] = at << NODE_SHIFT | told;
            }
        }
        for (int node = 0, ones = 0; ones < 8; ones++, node = children[2 * node + 1])
            PADDING[node] = true;
    }

    private HpackHuffman() {}

    /** Most bytes that {@code length} coded bytes become. */
    public static int mostDecoded(int length) {
        return (int) Math.min(Integer.MAX_VALUE, length * 8L / 5);
    }

    /**
     * Decodes {@code length} bytes into {@code out} at {@code to}, which has room for {@link
     * #mostDecoded}.
     *
     * @return the number of bytes decoded; {@code ~number} where what follows them is no code, or
     *     the padding is wrong
     */
    public static int decode(byte[] b, int from, int length, byte[] out, int to) {
        int node = 0;
        int o = to;
        for (int i = from; i < from + length; i++) {
            int step = STEPS[node << 4 | b[i] >> 4 & 15];
            if ((step & SYMBOL) != 0) out[o++] = (byte) step;
            else if ((step & FAILED) != 0) return ~(o - to);
            step = STEPS[step >> NODE_SHIFT << 4 | b[i] & 15];
            if ((step & SYMBOL) != 0) out[o++] = (byte) step;
            else if ((step & FAILED) != 0) return ~(o - to);
            node = step >> NODE_SHIFT;
        }
        return PADDING[node] ? o - to : ~(o - to);
    }
}
