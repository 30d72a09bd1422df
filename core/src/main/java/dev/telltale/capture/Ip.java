package dev.telltale.capture;

/** Addresses as text: IPv4 dotted, IPv6 in the form of RFC 5952. */
final class Ip {
    private Ip() {}

    /**
     * @param b 4 or 16 bytes
     */
    static String text(byte[] b) {
        return b.length == 4
                ? (b[0] & 0xff) + "." + (b[1] & 0xff) + "." + (b[2] & 0xff) + "." + (b[3] & 0xff)
                : six(b);
    }

    private static String six(byte[] b) {
        int best = -1;
        int bestLength = 1;
        for (int g = 0; g < 8; g++) {
            int n = 0;
            while (g + n < 8 && group(b, g + n) == 0) n++;
            if (n > bestLength) {
                best = g;
                bestLength = n;
            }
            g += n;
        }
        StringBuilder s = new StringBuilder(39);
        for (int g = 0; g < 8; g++) {
            if (g == best) {
                s.append("::");
                g += bestLength - 1;
                continue;
            }
            if (!s.isEmpty() && s.charAt(s.length() - 1) != ':') s.append(':');
            s.append(Integer.toHexString(group(b, g)));
        }
        return s.toString();
    }

    private static int group(byte[] b, int g) {
        return (b[2 * g] & 0xff) << 8 | (b[2 * g + 1] & 0xff);
    }
}
