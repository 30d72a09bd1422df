package dev.telltale.analyze;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;

/**
 * DHCPv6 (RFC 8415). Its client identifier (DUID) holds a hardware address or a UUID that stays for
 * life.
 *
 * <pre>
 * type (8) transaction id (24) | options: code (16) length (16) value
 * relay (types 12, 13): type (8) hops (8) link address (128) peer address (128) | options, one of which holds the message
 * </pre>
 */
final class Dhcpv6 implements DatagramAnalyzer {
    private static final int CLIENT = 546;
    private static final int SERVER = 547;
    private static final int RELAYED = 9;
    private static final int MAX_RELAYS = 32; // RFC 8415 7.6: HOP_COUNT_LIMIT is 8, older ones 32

    private final Context context;
    private boolean seen;

    Dhcpv6(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        int here = context.port(side);
        int there = context.port(side.other());
        boolean ports = there == SERVER || there == CLIENT || here == SERVER;
        if (!ports || length < 4 || b[from] < 1 || b[from] > 36) return false;
        int to = from + length;
        if (!options(b, from, to)) return false;
        if (!seen) context.sink().identified("dhcpv6", "", context.secured());
        seen = true;
        ExchangeSink e =
                context.exchange(
                        "dhcpv6",
                        operation(b[from]),
                        "",
                        context.serverName(),
                        SERVER,
                        new byte[0]);
        MessageSink m = e.message(side);
        context.readable(side, context.serverName(), length);
        tell(m, side, b, from, to, offset - from, 0);
        m.end();
        e.end();
        return true;
    }

    private static int head(byte type) {
        return type == 12 || type == 13 ? 34 : 4;
    }

    /** Whether the options fill the message; the first at least must. */
    private static boolean options(byte[] b, int from, int to) {
        int i = from + head(b[from]);
        return i == to || i + 4 <= to && i + 4 + int16(b, i + 2) <= to && int16(b, i) != 0;
    }

    /**
     * @param shift what makes a stream offset of an index
     */
    private void tell(
            MessageSink m, Side side, byte[] b, int from, int to, long shift, int relays) {
        int i = from + head(b[from]);
        while (i < to) {
            int end = i + 4 > to ? to + 1 : i + 4 + int16(b, i + 2);
            if (end > to) {
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        shift + i,
                        "A DHCPv6 option is cut off.");
                m.part(PartKind.FRAME, "", b, i, to - i, shift + i);
                return;
            }
            int code = int16(b, i);
            if (code == RELAYED && end - i - 4 >= 4 && relays < MAX_RELAYS)
                tell(m, side, b, i + 4, end, shift, relays + 1);
            else if (i + 4 < end)
                m.part(PartKind.FRAME, name(code), b, i + 4, end - i - 4, shift + i + 4);
            i = end;
        }
    }

    private static String operation(byte type) {
        return switch (type) {
            case 1 -> "SOLICIT";
            case 2 -> "ADVERTISE";
            case 3 -> "REQUEST";
            case 4 -> "CONFIRM";
            case 5 -> "RENEW";
            case 6 -> "REBIND";
            case 7 -> "REPLY";
            case 8 -> "RELEASE";
            case 9 -> "DECLINE";
            case 10 -> "RECONFIGURE";
            case 11 -> "INFORMATION-REQUEST";
            case 12 -> "RELAY-FORW";
            case 13 -> "RELAY-REPL";
            default -> "TYPE" + type;
        };
    }

    private static String name(int code) {
        return switch (code) {
            case 1 -> "client-id";
            case 2 -> "server-id";
            case 3 -> "ia-na";
            case 4 -> "ia-ta";
            case 6 -> "option-request";
            case 11 -> "authentication";
            case 13 -> "status";
            case 15 -> "user-class";
            case 16 -> "vendor-class";
            case 17 -> "vendor-options";
            case 18 -> "interface-id";
            case 25 -> "ia-pd";
            case 37 -> "remote-id";
            case 39 -> "fqdn";
            case 79 -> "client-link-layer-address";
            default -> "option-" + code;
        };
    }

    private static int int16(byte[] b, int i) {
        return (b[i] & 0xff) << 8 | (b[i + 1] & 0xff);
    }

    @Override
    public void end() {}
}
