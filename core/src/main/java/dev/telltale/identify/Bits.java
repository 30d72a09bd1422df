package dev.telltale.identify;

/**
 * Information of a written value: how unlikely it is that a token of its length and alphabet is
 * this value by accident. Always on the low side, because what is called certain rests on it.
 *
 * <ul>
 *   <li>a free digit log2(10), a hex digit 4; digits that follow from others (check digits, fixed
 *       prefixes) nothing
 *   <li>a letter of a name or word 3: a little below the entropy of English letters when the two
 *       before are known (Shannon 1951: 3.1 to 3.3); outside ASCII 6, because few alphabets share
 *       them
 *   <li>a letter of running text 2: below the entropy once eight letters before are known (2.3
 *       there)
 *   <li>a letter of a code that mixes letters and digits 4, because codes use few of the 26
 * </ul>
 */
final class Bits {
    static final double DIGIT = Math.log(10) / Math.log(2);
    static final double HEX = 4;

    /**
     * What remains of a value of one or two distinct symbols ({@code 02:00:00:00:00:00}): such
     * values are placeholders.
     */
    private static final double PLACEHOLDER = 12;

    private static final double CAP = 128;

    private Bits() {}

    static double digits(int free, String value) {
        return placeholder(value) ? Math.min(PLACEHOLDER, free * DIGIT) : free * DIGIT;
    }

    static double hex(int free, String value) {
        return placeholder(value) ? Math.min(PLACEHOLDER, free * HEX) : free * HEX;
    }

    /** Names, accounts, serial numbers, anything without a known shape. */
    static double word(String value) {
        double bits = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= '0' && c <= '9') bits += DIGIT;
            else if (c >= 0x80) bits += Character.isLetter(c) ? 6 : 1;
            else if (!Character.isLetter(c)) bits += 1;
            else bits += inCode(value, i) ? 4 : 3;
        }
        return Math.min(CAP, placeholder(value) ? Math.min(PLACEHOLDER, bits) : bits);
    }

    /** Sentences. */
    static double text(String value) {
        return Math.min(80, Math.min(2.0 * value.length(), word(value)));
    }

    /** A letter next to a digit, or a capital after a small letter: not a word's. */
    private static boolean inCode(String s, int i) {
        char p = i > 0 ? s.charAt(i - 1) : ' ';
        char n = i + 1 < s.length() ? s.charAt(i + 1) : ' ';
        return Character.isDigit(p)
                || Character.isDigit(n)
                || (Character.isUpperCase(s.charAt(i)) && Character.isLowerCase(p));
    }

    /** True for values whose letters and digits are of one or two distinct symbols. */
    static boolean placeholder(String value) {
        long seen = 0;
        int distinct = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 0x80) return false;
            if (!Token.alnum(c)) continue;
            long bit = 1L << (Token.digit(c) ? c - '0' : 10 + (c | 0x20) - 'a');
            if ((seen & bit) == 0) distinct++;
            seen |= bit;
        }
        return distinct <= 2;
    }
}
