package dev.telltale.identify;

import java.util.Arrays;

/** Decimal digits, two a byte. An odd number of them is filled up with 1111. */
final class Bcd {
    private Bcd() {}

    /** The first digit in the high nibble. */
    static byte[] straight(String digits) {
        byte[] b = new byte[(digits.length() + 1) / 2];
        for (int i = 0; i < 2 * b.length; i++)
            b[i / 2] |= (byte) (nibble(digits, i) << (i % 2 == 0 ? 4 : 0));
        return b;
    }

    /** The first digit in the low nibble: semi-octets, TBCD (3GPP TS 23.040 9.1.2.3). */
    static byte[] swapped(String digits) {
        byte[] b = new byte[(digits.length() + 1) / 2];
        for (int i = 0; i < 2 * b.length; i++)
            b[i / 2] |= (byte) (nibble(digits, i) << (i % 2 == 0 ? 0 : 4));
        return b;
    }

    /**
     * The value of a Mobile Identity (3GPP TS 24.008 10.5.1.4): the first digit above the type and
     * the bit that says whether their number is odd.
     *
     * @param type 1 IMSI, 2 IMEI
     */
    static byte[] mobileIdentity(String digits, int type) {
        byte[] rest = swapped(digits.substring(1));
        byte[] b = new byte[1 + rest.length];
        b[0] = (byte) (digits.charAt(0) - '0' << 4 | digits.length() % 2 << 3 | type);
        System.arraycopy(rest, 0, b, 1, rest.length);
        return b;
    }

    /**
     * An address field of a short message (3GPP TS 23.040 9.1.2.5): number of digits, type
     * (international, E.164), semi-octets.
     */
    static byte[] smsAddress(String digits) {
        byte[] number = swapped(digits);
        byte[] b =
                Arrays.copyOf(new byte[] {(byte) digits.length(), (byte) 0x91}, 2 + number.length);
        System.arraycopy(number, 0, b, 2, number.length);
        return b;
    }

    private static int nibble(String digits, int i) {
        return i < digits.length() ? digits.charAt(i) - '0' : 0xf;
    }
}
