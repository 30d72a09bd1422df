package dev.telltale.attribute;

import com.google.common.net.InetAddresses;

/** A network: {@code 192.0.2.0/24}. */
record Prefix(byte[] address, int bits) {

    static Prefix of(String text) {
        int slash = text.indexOf('/');
        return new Prefix(
                InetAddresses.forString(text.substring(0, slash)).getAddress(),
                Integer.parseInt(text.substring(slash + 1)));
    }

    boolean holds(byte[] other) {
        if (other.length != address.length) return false;
        for (int i = 0; i < bits; i++) {
            int differ = (address[i >> 3] ^ other[i >> 3]) >> 7 - (i & 7);
            if ((differ & 1) != 0) return false;
        }
        return true;
    }
}
