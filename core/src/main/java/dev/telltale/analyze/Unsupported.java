package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.ByteClass;
import dev.telltale.model.Protection;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;

/**
 * Protocols that are recognised and not taken apart: what they carry is named and counted as not
 * read, instead of being searched as if nothing were hidden in it.
 *
 * <ul>
 *   <li>SSH (RFC 4253 4.2): an identification line, then encrypted packets
 *   <li>SPDY (ALPN spdy/2, spdy/3, spdy/3.1), which phones spoke until 2016: header blocks are
 *       compressed with a dictionary of its own
 * </ul>
 */
final class Unsupported implements StreamAnalyzer {
    private static final byte[] SSH = {'S', 'S', 'H', '-'};

    private final Context context;
    private final boolean ssh;

    Unsupported(Context context, Side client) {
        this.context = context;
        this.ssh = !spdy(context);
        Secured secured =
                ssh && context.secured().protection() == Protection.NONE
                        ? new Secured(Protection.OTHER, "", "")
                        : context.secured();
        context.sink().identified(ssh ? "ssh" : "spdy", context.serverName(), secured);
    }

    private static boolean spdy(Context context) {
        return context.upgrade().startsWith("spdy/");
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        Match yes = side == Side.INITIATOR ? Match.CLIENT : Match.SERVER;
        if (spdy(context)) return yes;
        for (int i = 0; i < SSH.length; i++) {
            if (i == length) return Match.MORE;
            if (b[from + i] != SSH[i]) return Match.NO;
        }
        return yes;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        context.account(
                side,
                context.serverName(),
                ssh ? ByteClass.ENCRYPTED : ByteClass.OPAQUE,
                length,
                ReasonCode.UNSUPPORTED);
        context.forget(side, offset + length);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        context.account(side, context.serverName(), ByteClass.MISSING, length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {}
}
