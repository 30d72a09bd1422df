package dev.telltale.identify;

/** Check digits by ISO/IEC 7812-1 Annex B. */
final class Luhn {
    private Luhn() {}

    /** The digit that makes {@code digits} valid when it is put behind them. */
    static char checkDigit(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int d = digits.charAt(digits.length() - 1 - i) - '0';
            if (i % 2 == 0) d = d > 4 ? 2 * d - 9 : 2 * d;
            sum += d;
        }
        return (char) ('0' + (10 - sum % 10) % 10);
    }

    static boolean valid(String digits) {
        int n = digits.length() - 1;
        return n > 0 && checkDigit(digits.substring(0, n)) == digits.charAt(n);
    }
}
