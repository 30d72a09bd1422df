package dev.telltale.decode;

/** Lengths that digests have, whole or cut where software cuts them. */
final class DigestShape {
    private DigestShape() {}

    /** MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512. */
    static boolean bytes(long n) {
        return n == 16 || n == 20 || n == 28 || n == 32 || n == 48 || n == 64;
    }

    /**
     * @param n letters, with padding
     */
    static boolean token(int n, int flags) {
        if (n < 16 || n > 128) return false;
        if ((flags & ~(Chars.DIGIT | Chars.HEX_LETTER)) == 0) return n % 8 == 0;
        // Of the letters of base 64, padded or not, and of base 32.
        return switch (n) {
            case 16, 22, 24, 26, 27, 28, 32, 38, 40, 43, 44, 52, 56, 64, 86, 88, 103, 104 -> true;
            default -> false;
        };
    }
}
