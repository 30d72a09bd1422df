package dev.telltale.analyze;

import dev.telltale.model.Anomaly;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;

/**
 * DHCP (RFC 2131, options RFC 2132 and IANA registry "BOOTP Vendor Extensions and DHCP Options"). A
 * phone tells its name, vendor and hardware address here, and how it is built by what it asks for.
 *
 * <pre>
 * op (8) htype (8) hlen (8) hops (8) xid (32) secs (16) flags (16) ciaddr (32) yiaddr (32) siaddr (32) giaddr (32)
 * chaddr (16 bytes) sname (64 bytes) file (128 bytes) | 63 82 53 63 | options: code (8) length (8) value; 0 pads, 255 ends
 * </pre>
 */
final class Dhcp implements DatagramAnalyzer {
    private static final int SERVER = 67;
    private static final int CLIENT = 68;
    private static final int FIXED = 240;
    private static final int MESSAGE_TYPE = 53;
    private static final int CLIENT_ID = 61;

    private final Context context;
    private boolean seen;

    Dhcp(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        int server = context.port(side.other());
        int client = context.port(side);
        boolean ports =
                (server == SERVER || server == CLIENT) && (client == SERVER || client == CLIENT);
        if (!ports || length < FIXED || b[from] != 1 && b[from] != 2) return false;
        if (b[from + 236] != 0x63
                || (b[from + 237] & 0xff) != 0x82
                || b[from + 238] != 0x53
                || b[from + 239] != 0x63) return false;
        if (!seen) context.sink().identified("dhcp", "", context.secured());
        seen = true;
        int to = from + length;
        ExchangeSink e =
                context.exchange(
                        "dhcp",
                        operation(b, from, to),
                        "",
                        context.serverName(),
                        SERVER,
                        new byte[0]);
        MessageSink m = e.message(side);
        context.readable(side, context.serverName(), length);
        int hardware = Math.min(b[from + 2] & 0xff, 16);
        part(m, "chaddr", b, from + 28, from + 28 + hardware, offset + 28);
        text(m, "sname", b, from + 44, 64, offset + 44);
        text(m, "file", b, from + 108, 128, offset + 108);
        int i = from + FIXED;
        while (i < to && (b[i] & 0xff) != 255) {
            int code = b[i] & 0xff;
            if (code == 0) {
                i++;
                continue;
            }
            if (i + 2 > to || i + 2 + (b[i + 1] & 0xff) > to) {
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION,
                        side,
                        offset + (i - from),
                        "A DHCP option is cut off.");
                part(m, "", b, i, to, offset + (i - from));
                break;
            }
            int end = i + 2 + (b[i + 1] & 0xff);
            // A client id begins with what kind it is.
            int value = i + 2 + (code == CLIENT_ID ? 1 : 0);
            if (code != MESSAGE_TYPE) part(m, name(code), b, value, end, offset + (value - from));
            i = end;
        }
        m.end();
        e.end();
        return true;
    }

    private static void part(MessageSink m, String name, byte[] b, int from, int to, long at) {
        if (from < to) m.part(PartKind.FRAME, name, b, from, to - from, at);
    }

    /** A field that ends with its first zero. */
    private static void text(MessageSink m, String name, byte[] b, int from, int size, long at) {
        int n = 0;
        while (n < size && b[from + n] != 0) n++;
        part(m, name, b, from, from + n, at);
    }

    private static String operation(byte[] b, int from, int to) {
        int i = from + FIXED;
        while (i + 2 < to && (b[i] & 0xff) != 255) {
            if (b[i] == 0) {
                i++;
                continue;
            }
            if (b[i] == MESSAGE_TYPE)
                return switch (b[i + 2]) {
                    case 1 -> "DISCOVER";
                    case 2 -> "OFFER";
                    case 3 -> "REQUEST";
                    case 4 -> "DECLINE";
                    case 5 -> "ACK";
                    case 6 -> "NAK";
                    case 7 -> "RELEASE";
                    case 8 -> "INFORM";
                    default -> "TYPE" + (b[i + 2] & 0xff);
                };
            i += 2 + (b[i + 1] & 0xff);
        }
        return b[from] == 1 ? "BOOTREQUEST" : "BOOTREPLY";
    }

    private static String name(int code) {
        return switch (code) {
            case 12 -> "host-name";
            case 15 -> "domain-name";
            case 17 -> "root-path";
            case 43 -> "vendor-options";
            case 50 -> "requested-address";
            case 54 -> "server-id";
            case 55 -> "parameter-list";
            case 56 -> "message";
            case 60 -> "vendor-class";
            case CLIENT_ID -> "client-id";
            case 66 -> "tftp-server";
            case 67 -> "bootfile";
            case 77 -> "user-class";
            case 81 -> "fqdn";
            case 82 -> "relay-agent";
            case 93 -> "client-system";
            case 97 -> "client-uuid";
            case 119 -> "domain-search";
            case 124 -> "vendor-identifying-class";
            case 125 -> "vendor-identifying-options";
            default -> "option-" + code;
        };
    }

    @Override
    public void end() {}
}
