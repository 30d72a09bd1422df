package dev.telltale.dissect;

/** Addresses as text. */
final class Addresses {
    private static final long V4_MAPPED = 0xffffL << 32;

    private Addresses() {}

    /** An IPv4 address lies in the low 32 bits of {@code low}. */
    static String ip(int version, long high, long low) {
        return version == 4 ? v4((int) low) : v6(high, low);
    }

    /**
     * As {@link #ip}, and an IPv4 address that stands mapped in an IPv6 header (as recorders write
     * a phone's that reached an IPv6 server through them) is the IPv4 address: one phone, not two.
     */
    static String end(int version, long high, long low) {
        boolean mapped = version == 6 && high == 0 && (low & ~0xffffffffL) == V4_MAPPED;
        return mapped ? v4((int) low) : ip(version, high, low);
    }

    static String v4(int a) {
        return (a >>> 24) + "." + ((a >>> 16) & 255) + "." + ((a >>> 8) & 255) + "." + (a & 255);
    }

    /**
     * RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as
     * {@code ::}.
     */
    static String v6(long high, long low) {
        if (high == 0 && (low & ~0xffffffffL) == V4_MAPPED) return "::ffff:" + v4((int) low);
        int[] g = new int[8];
        for (int i = 0; i < 4; i++) {
            g[i] = (int) (high >>> (48 - 16 * i)) & 0xffff;
            g[i + 4] = (int) (low >>> (48 - 16 * i)) & 0xffff;
        }
        int best = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int j = i;
            while (j < 8 && g[j] == 0) j++;
            if (j - i > bestLength) {
                best = i;
                bestLength = j - i;
            }
            i = Math.max(i, j - 1);
        }
        StringBuilder s = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == best) {
                s.append("::");
                i += bestLength - 1;
                continue;
            }
            if (i > 0 && s.charAt(s.length() - 1) != ':') s.append(':');
            s.append(Integer.toHexString(g[i]));
        }
        return s.toString();
    }

    /** Empty for a negative (unknown) address. */
    static String mac(long mac) {
        if (mac < 0) return "";
        StringBuilder s = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            if (shift < 40) s.append(':');
            int b = (int) (mac >>> shift) & 255;
            s.append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
        }
        return s.toString();
    }
}
