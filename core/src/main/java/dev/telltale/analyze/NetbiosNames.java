package dev.telltale.analyze;

import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;
import java.util.Arrays;

/**
 * NetBIOS name service (RFC 1002 4.2): the name asked for or registered. Each of its 16 bytes is
 * two letters, A for 0 to P for 15 (RFC 1001 14.1).
 */
final class NetbiosNames implements DatagramAnalyzer {
    private static final int PORT = 137;
    private static final int HEADER = 12;
    private static final int NAME = 32;

    private final Context context;
    private boolean seen;

    NetbiosNames(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        if (context.port(Side.INITIATOR) != PORT && context.port(Side.RESPONDER) != PORT)
            return false;
        int name = from + HEADER;
        if (length < HEADER + 1 + NAME + 1 + 4 || b[name] != NAME) return false;
        byte[] plain = new byte[16];
        for (int i = 0; i < 16; i++) {
            int high = b[name + 1 + 2 * i] - 'A';
            int low = b[name + 2 + 2 * i] - 'A';
            if (high < 0 || high > 15 || low < 0 || low > 15) return false;
            plain[i] = (byte) (high << 4 | low);
        }
        if (!seen) context.sink().identified("nbns", "", context.secured());
        seen = true;
        // The last byte says what kind of service it is; before it, the name is padded.
        int n = 15;
        while (n > 0 && (plain[n - 1] == ' ' || plain[n - 1] == 0)) n--;
        byte[] target = Arrays.copyOf(plain, n);
        boolean answer = b[from + 2] < 0;
        ExchangeSink e =
                context.exchange(
                        "nbns",
                        operation(b[from + 2] >> 3 & 15, answer),
                        "",
                        context.serverName(),
                        PORT,
                        target);
        MessageSink m = e.message(side);
        if (n > 0)
            m.part(
                    PartKind.NAME,
                    "",
                    target,
                    0,
                    n,
                    new Wire(offset + HEADER + 1, 2L * n, "netbios", false));
        int rest = name + 1 + NAME + 1;
        context.readable(side, context.serverName(), length);
        m.part(PartKind.FRAME, "", b, rest, from + length - rest, offset + (rest - from));
        m.end();
        e.end();
        return true;
    }

    private static String operation(int opcode, boolean answer) {
        String what =
                switch (opcode) {
                    case 0 -> "QUERY";
                    case 5 -> "REGISTRATION";
                    case 6 -> "RELEASE";
                    case 7 -> "WACK";
                    case 8, 9 -> "REFRESH";
                    case 15 -> "MULTIHOMED REGISTRATION";
                    default -> "OPCODE" + opcode;
                };
        return answer ? "ANSWER " + what : what;
    }

    @Override
    public void end() {}
}
