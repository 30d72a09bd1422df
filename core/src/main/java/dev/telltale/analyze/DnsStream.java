package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** DNS over TCP (RFC 1035 4.2.2, RFC 7766): each message after its length in two bytes. */
final class DnsStream implements StreamAnalyzer {
    private final Context context;
    private final Dns dns;
    private final Data rest;
    private final Half initiator = new Half(Side.INITIATOR);
    private final Half responder = new Half(Side.RESPONDER);
    private int closed;

    DnsStream(Context context, Side client) {
        this.context = context;
        this.dns = new Dns(context);
        this.rest = new Data(context, client);
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        if (Dns.protocol(context).isEmpty()) return Match.NO;
        if (length < 2 + Dns.HEADER) return Match.MORE;
        int size = (b[from] & 0xff) << 8 | (b[from + 1] & 0xff);
        if (size < Dns.HEADER || !Dns.plausibleHeader(b, from + 2)) return Match.NO;
        return b[from + 4] < 0 ? Match.SERVER : Match.CLIENT;
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        half(side).abandon();
        rest.gap(side, offset, length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        half(side).abandon();
        closed |= side == Side.INITIATOR ? 1 : 2;
        rest.closed(side, how);
        if (closed == 3) dns.end();
    }

    private Half half(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    private final class Half {
        private final Side side;
        private byte @Nullable [] buffer;
        private int size;
        private long bufferAt;

        /** Where messages begin is no longer known. */
        private boolean astray;

        Half(Side side) {
            this.side = side;
        }

        void data(byte[] b, int from, int length, long at) {
            int i = from;
            int to = from + length;
            while (i < to) {
                if (astray) {
                    rest.data(side, at + (i - from), b, i, to - i);
                    return;
                }
                if (size == 0) bufferAt = at + (i - from);
                int want = want();
                int n = Math.min(want - size, to - i);
                byte[] buf = buffer == null ? new byte[512] : buffer;
                if (buf.length < size + n)
                    buf = Arrays.copyOf(buf, Math.max(size + n, Math.min(want, 2 * buf.length)));
                System.arraycopy(b, i, buf, size, n);
                buffer = buf;
                size += n;
                i += n;
                if (size >= 2 && size == want()) take();
            }
        }

        /** Bytes of the whole message with its length, as far as known. */
        private int want() {
            byte[] buf = buffer;
            if (size < 2 || buf == null) return 2;
            return 2 + ((buf[0] & 0xff) << 8 | (buf[1] & 0xff));
        }

        private void take() {
            byte[] buf = buffer;
            if (buf == null) return;
            int n = size;
            if (!Dns.plausible(buf, 2, n - 2)) {
                context.anomaly(
                        Anomaly.Kind.PROTOCOL_VIOLATION, side, bufferAt, "This is no DNS message.");
                abandon();
                return;
            }
            buffer = null;
            size = 0;
            context.readable(side, "", 2);
            dns.message(side, bufferAt + 2, buf, 2, n - 2);
            context.forget(side, bufferAt + n);
        }

        void abandon() {
            astray = true;
            byte[] buf = buffer;
            buffer = null;
            if (buf != null) rest.data(side, bufferAt, buf, 0, size);
            size = 0;
        }
    }
}
