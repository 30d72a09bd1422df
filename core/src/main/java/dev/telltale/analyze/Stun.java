package dev.telltale.analyze;

import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;

/**
 * STUN (RFC 8489) and TURN (RFC 8656), known by the magic cookie. Addresses are masked with the
 * cookie (RFC 8489 14.2); text is not.
 *
 * <pre>
 * 00 (2) type (14) length (16) | 21 12 a4 42 | transaction id (96) | attributes: type (16) length (16) value, padded to 32 bits
 * </pre>
 */
final class Stun implements DatagramAnalyzer {
    private static final int HEADER = 20;
    private static final int[] COOKIE = {0x21, 0x12, 0xa4, 0x42};

    private final Context context;
    private boolean seen;

    Stun(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        if (length < HEADER || (b[from] & 0xc0) != 0) return false;
        for (int i = 0; i < 4; i++) if ((b[from + 4 + i] & 0xff) != COOKIE[i]) return false;
        int size = int16(b, from + 2);
        if (size != length - HEADER || (size & 3) != 0) return false;
        if (!seen) context.sink().identified("stun", "", context.secured());
        seen = true;
        int type = int16(b, from);
        boolean answer = (type & 0x100) != 0;
        Side server = answer ? side : side.other();
        ExchangeSink e =
                context.exchange(
                        "stun",
                        operation(type),
                        "",
                        context.serverName(),
                        context.port(server),
                        new byte[0]);
        MessageSink m = e.message(side);
        context.readable(side, context.serverName(), length);
        int to = from + length;
        int i = from + HEADER;
        while (i + 4 <= to) {
            int n = Math.min(int16(b, i + 2), to - i - 4);
            String name = name(int16(b, i));
            if (n > 0) m.part(PartKind.FRAME, name, b, i + 4, n, offset + (i + 4 - from));
            i += 4 + (n + 3 & ~3);
        }
        m.end();
        e.end();
        return true;
    }

    /** Method and class (RFC 8489 5): the class stands in bits 4 and 8. */
    private static String operation(int type) {
        int method = type & 0xf | type >> 1 & 0x70 | type >> 2 & 0xf80;
        String name =
                switch (method) {
                    case 1 -> "BINDING";
                    case 3 -> "ALLOCATE";
                    case 4 -> "REFRESH";
                    case 6 -> "SEND";
                    case 7 -> "DATA";
                    case 8 -> "CREATE-PERMISSION";
                    case 9 -> "CHANNEL-BIND";
                    case 10 -> "CONNECT";
                    case 11 -> "CONNECTION-BIND";
                    default -> "METHOD" + method;
                };
        return switch (type & 0x110) {
            case 0 -> name;
            case 0x10 -> name + " INDICATION";
            case 0x100 -> name + " SUCCESS";
            default -> name + " ERROR";
        };
    }

    /** IANA registry "STUN Attributes". */
    private static String name(int type) {
        return switch (type) {
            case 0x0001 -> "MAPPED-ADDRESS";
            case 0x0006 -> "USERNAME";
            case 0x0008 -> "MESSAGE-INTEGRITY";
            case 0x0009 -> "ERROR-CODE";
            case 0x000c -> "CHANNEL-NUMBER";
            case 0x000d -> "LIFETIME";
            case 0x0012 -> "XOR-PEER-ADDRESS";
            case 0x0013 -> "DATA";
            case 0x0014 -> "REALM";
            case 0x0015 -> "NONCE";
            case 0x0016 -> "XOR-RELAYED-ADDRESS";
            case 0x001c -> "MESSAGE-INTEGRITY-SHA256";
            case 0x001e -> "USERHASH";
            case 0x0020 -> "XOR-MAPPED-ADDRESS";
            case 0x0024 -> "PRIORITY";
            case 0x8022 -> "SOFTWARE";
            case 0x8023 -> "ALTERNATE-SERVER";
            case 0x8028 -> "FINGERPRINT";
            case 0x8029 -> "ICE-CONTROLLED";
            case 0x802a -> "ICE-CONTROLLING";
            default -> "attribute-" + Integer.toHexString(type);
        };
    }

    private static int int16(byte[] b, int i) {
        return (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
    }

    @Override
    public void end() {}
}
