package dev.telltale.analyze;

import dev.telltale.model.ByteClass;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.Wire;

/** A DNS message as a body (DNS over HTTPS, RFC 8484 6): its names are told as those of DNS are. */
final class DnsBody implements MessageSink.PartSink {
    private static final int LONGEST = 65_535;

    private final Context context;
    private final Side side;
    private final String host;
    private final MessageSink message;
    private final Hint hint;
    private final Kept kept = new Kept();

    /** Where the last byte ends in the stream, and whether all stand in a row. */
    private long end;

    private boolean row = true;
    private boolean made;
    private MessageSink.PartSink rest;

    DnsBody(Context context, Side side, String host, MessageSink message, Hint hint) {
        this.context = context;
        this.side = side;
        this.host = host;
        this.message = message;
        this.hint = hint;
        this.rest = this;
    }

    @Override
    public void feed(byte[] b, int from, int length, long at) {
        if (rest != this) {
            rest.feed(b, from, length, at);
            return;
        }
        if (kept.size + length > LONGEST) {
            other();
            rest.feed(b, from, length, at);
            return;
        }
        keep(b, from, length, at, length);
    }

    @Override
    public void feed(byte[] b, int from, int length, Wire wire) {
        made = true;
        if (rest == this && kept.size + length > LONGEST) other();
        if (rest != this) rest.feed(b, from, length, wire);
        else keep(b, from, length, wire.at(), wire.length());
    }

    private void keep(byte[] b, int from, int length, long at, long wireLength) {
        if (kept.size > 0 && at != end) row = false;
        kept.add(b, from, length, at);
        end = at + wireLength;
    }

    /** It is no DNS message: a body like others. */
    private void other() {
        rest = message.open(PartKind.BODY, "", hint);
        int n = kept.size;
        long at = kept.at;
        byte[] b = kept.take();
        if (n == 0) return;
        if (row && !made) {
            rest.feed(b, 0, n, at);
        } else {
            if (!made) context.readable(side, host, n);
            rest.feed(b, 0, n, new Wire(at, Math.max(1, end - at), "dns-message", false));
        }
    }

    @Override
    public void gap(long length, ReasonCode reason) {
        if (rest == this) other();
        rest.gap(length, reason);
    }

    @Override
    public void end() {
        if (rest == this && kept.size > 0 && !Dns.plausible(kept.b, 0, kept.size)) other();
        if (rest != this) {
            rest.end();
            return;
        }
        int n = kept.size;
        if (n == 0) return;
        long at = kept.at;
        if (!made) context.account(side, host, ByteClass.READABLE, n, ReasonCode.NONE);
        MessageSink where = row && !made ? message : new Elsewhere(message, at, end - at);
        new Dns(context).carried(where, side, row && !made ? at : 0, kept.b, 0, n);
        kept.take();
    }

    /** Tells parts of a message whose bytes do not stand in a row as made from all of them. */
    private record Elsewhere(MessageSink to, long at, long length) implements MessageSink {
        @Override
        public void part(PartKind kind, String name, byte[] b, int from, int n, long ignored) {
            to.part(
                    kind,
                    name,
                    b,
                    from,
                    n,
                    new Wire(at, Math.max(1, length), "dns-message", false));
        }

        @Override
        public PartSink open(PartKind kind, String name, Hint hint) {
            return to.open(kind, name, hint);
        }

        @Override
        public void end() {
            to.end();
        }
    }
}
