package dev.telltale.dissect;

import java.nio.ByteBuffer;

/**
 * A link header for a packet that was put together: Ethernet where both addresses are known, else
 * Linux cooked, which can do without.
 */
final class LinkHeader {
    private LinkHeader() {}

    static int linkType(long sourceMac, long targetMac) {
        return sourceMac >= 0 && targetMac >= 0 ? 1 : 113;
    }

    static byte[] of(long sourceMac, long targetMac, int etherType) {
        if (linkType(sourceMac, targetMac) == 1) {
            ByteBuffer b = ByteBuffer.allocate(14);
            mac(b, targetMac);
            mac(b, sourceMac);
            return b.putShort((short) etherType).array();
        }
        ByteBuffer b = ByteBuffer.allocate(16).putShort((short) 0).putShort((short) 1);
        b.putShort((short) (sourceMac >= 0 ? 6 : 0));
        mac(b, Math.max(0, sourceMac));
        return b.putShort((short) 0).putShort((short) etherType).array();
    }

    private static void mac(ByteBuffer b, long mac) {
        b.putShort((short) (mac >>> 32)).putInt((int) mac);
    }
}
