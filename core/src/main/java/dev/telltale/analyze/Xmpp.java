package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import dev.telltale.model.StreamEvent;
import org.jspecify.annotations.Nullable;

/**
 * XMPP (RFC 6120): an XML stream each way, each child of its root a stanza and told as an exchange
 * of its own, by the name of its element. STARTTLS and compression hand over to what follows.
 *
 * <pre>
 * <?xml version='1.0'?><stream:stream to='example.org' xmlns='jabber:client' ...>
 *   <message to='...'><body>...</body></message>  <iq type='get'> ... </iq>  ...
 * </stream:stream>
 * </pre>
 */
final class Xmpp implements StreamAnalyzer {
    private static final int MAX_STANZA = 256 << 10;
    private static final int MAX_DEPTH = 256;

    private final Context context;
    private final Side client;
    private final Data rest;
    private final Half initiator;
    private final Half responder;
    private @Nullable StreamFlow tunnel;
    private boolean identified;
    private int closed;

    Xmpp(Context context, Side client) {
        this.context = context;
        this.client = client;
        this.rest = new Data(context, client);
        this.initiator = new Half(Side.INITIATOR);
        this.responder = new Half(Side.RESPONDER);
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        if (b[from] != '<') return Match.NO;
        Match who = side == Side.INITIATOR ? Match.CLIENT : Match.SERVER;
        int to = from + length;
        if (context.lossy())
            for (String s : new String[] {"<message ", "<iq ", "<presence", "<stream:features"}) {
                int n = Math.min(s.length(), length);
                if (!FieldLines.begins(b, from, to, s.substring(0, n))) continue;
                return n < s.length() ? Match.MORE : who;
            }
        int i = from;
        int n = Math.min(5, length);
        if (FieldLines.begins(b, from, to, "<?xml".substring(0, n))) {
            while (i < to && b[i] != '>') i++;
            i++;
            while (i < to && (b[i] == '\r' || b[i] == '\n' || FieldLines.blank(b[i]))) i++;
            if (i >= to) return Match.MORE;
        }
        String root = "<stream:stream";
        n = Math.min(root.length(), to - i);
        if (!FieldLines.begins(b, i, to, root.substring(0, n))) return Match.NO;
        if (n < root.length()) return Match.MORE;
        // Whatever its namespaces: vendors speak dialects of it.
        return i + n == to ? Match.MORE : nameEnds(b[i + n]) ? who : Match.NO;
    }

    private static boolean nameEnds(byte v) {
        return v == '>' || v == '/' || v == '\r' || v == '\n' || FieldLines.blank(v);
    }

    @Override
    public void data(Side side, long offset, byte[] bytes, int from, int length) {
        half(side).data(bytes, from, length, offset);
    }

    @Override
    public void gap(Side side, long offset, long length, ReasonCode reason) {
        if (tunnel != null) {
            half(side).abandon();
            tunnel.gap(side, offset, length, reason);
            return;
        }
        Half h = half(side);
        h.abandon();
        h.lost = true;
        h.depth = 1;
        context.account(side, context.serverName(), ByteClass.MISSING, length, reason);
    }

    @Override
    public void closed(Side side, StreamEvent.How how) {
        half(side).abandon();
        closed |= side == Side.INITIATOR ? 1 : 2;
        rest.closed(side, how);
        if (tunnel != null) tunnel.closed(side, how);
    }

    private Half half(Side side) {
        return side == Side.INITIATOR ? initiator : responder;
    }

    private enum State {
        TEXT,
        /** Behind an opening bracket. */
        BRACKET,
        OPEN,
        CLOSE,
        INSTRUCTION,
        DECLARATION,
        COMMENT,
        CDATA
    }

    private final class Half {
        final Side side;
        private final Kept kept = new Kept();
        private State state = State.TEXT;
        private int depth = context.lossy() ? 1 : 0;
        private int quote;
        private byte before;
        private byte before2;
        private int tagAt;

        /** Behind a gap: up to a stanza's beginning nothing is known. */
        boolean lost = context.lossy();

        private boolean astray;

        // A stanza too long to be taken apart.
        private @Nullable ExchangeSink exchange;
        private @Nullable MessageSink message;
        private MessageSink.@Nullable PartSink part;

        Half(Side side) {
            this.side = side;
        }

        void data(byte[] b, int from, int length, long at) {
            int to = from + length;
            for (int i = from; i < to; i++) {
                long here = at + (i - from);
                if (tunnel != null) {
                    tunnel.data(side, here, b, i, to - i);
                    return;
                }
                if (astray) {
                    rest.data(side, here, b, i, to - i);
                    return;
                }
                if (lost) {
                    i = seek(b, i, to, here) - 1;
                    continue;
                }
                if (state == State.TEXT && depth <= 1 && kept.size == 0 && b[i] != '<') {
                    outside(b[i], here);
                    continue;
                }
                kept.add(b[i], here);
                step(b[i]);
                if (kept.size >= MAX_STANZA) spill();
            }
        }

        /** White space between stanzas keeps the way open (RFC 6120 4.4). */
        private void outside(byte v, long at) {
            if (v == ' ' || v == '\n' || v == '\r' || v == '\t') {
                context.readable(side, context.serverName(), 1);
                return;
            }
            context.anomaly(
                    Anomaly.Kind.PROTOCOL_VIOLATION, side, at, "Text stands between XMPP stanzas.");
            kept.add(v, at);
            leave();
        }

        private void leave() {
            abandon();
            astray = true;
        }

        /** What may begin a stanza in the middle of a stream. */
        private static final String[] BEGINNINGS = {
            "<message ", "<message>", "<iq ", "<presence", "<stream:", "<?xml"
        };

        private int seek(byte[] b, int i, int to, long at) {
            while (i < to) {
                kept.add(b[i], at);
                i++;
                at++;
                boolean may = false;
                for (String s : BEGINNINGS) {
                    int n = Math.min(s.length(), kept.size);
                    if (!FieldLines.begins(kept.b, 0, kept.size, s.substring(0, n))) continue;
                    may = true;
                    if (n < s.length()) continue;
                    lost = false;
                    int size = kept.size;
                    long where = kept.at;
                    byte[] again = kept.take();
                    state = State.TEXT;
                    data(again, 0, size, where);
                    return i;
                }
                if (may) continue;
                int size = kept.size;
                long where = kept.at;
                byte[] gone = kept.take();
                // Only the last byte can begin anything: no beginning holds two brackets.
                boolean last = gone[size - 1] == '<' && size > 1;
                rest.data(side, where, gone, 0, last ? size - 1 : size);
                if (last) kept.add(gone[size - 1], where + size - 1);
            }
            return i;
        }

        private void step(byte v) {
            switch (state) {
                case TEXT -> {
                    if (v == '<') {
                        state = State.BRACKET;
                        tagAt = kept.size - 1;
                    }
                }
                case BRACKET -> {
                    quote = 0;
                    state =
                            v == '/'
                                    ? State.CLOSE
                                    : v == '?'
                                            ? State.INSTRUCTION
                                            : v == '!' ? State.DECLARATION : State.OPEN;
                    if (state == State.INSTRUCTION && depth == 1 && tagAt == 0) depth = 0;
                }
                case OPEN -> {
                    if (quote != 0) {
                        if (v == quote) quote = 0;
                    } else if (v == '"' || v == '\'') {
                        quote = v;
                    } else if (v == '>') {
                        state = State.TEXT;
                        if (root()) {
                            depth = 1;
                            unit();
                        } else if (before != '/') {
                            if (++depth > MAX_DEPTH) leave();
                        } else if (depth <= 1) {
                            unit();
                        }
                    }
                }
                case CLOSE -> {
                    if (v != '>') break;
                    state = State.TEXT;
                    depth = Math.max(0, depth - 1);
                    if (depth <= 1) unit();
                }
                case INSTRUCTION -> {
                    if (v == '>' && before == '?') state = State.TEXT;
                }
                case DECLARATION -> {
                    int n = kept.size - tagAt;
                    if (n == 4 && v == '-' && before == '-') state = State.COMMENT;
                    else if (n == 9 && before == 'A') state = State.CDATA;
                    else if (v == '>') state = State.TEXT;
                }
                case COMMENT -> {
                    if (v == '>' && before == '-' && before2 == '-') state = State.TEXT;
                }
                case CDATA -> {
                    if (v == '>' && before == ']' && before2 == ']') state = State.TEXT;
                }
            }
            before2 = before;
            before = v;
        }

        private boolean root() {
            return FieldLines.begins(kept.b, tagAt, kept.size, "<stream:stream");
        }

        /** A stanza, or the beginning or end of the stream, is whole. */
        private void unit() {
            if (part != null) {
                feed();
                endLong();
                return;
            }
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (!identified) {
                identified = true;
                context.sink().identified("xmpp", context.serverName(), context.secured());
            }
            String name = XmlParts.name(b, 0, n);
            if (!name.isEmpty()) {
                ExchangeSink e = open(name);
                MessageSink m = e.message(side);
                XmlParts.tell(m, b, 0, n, at);
                m.end();
                e.end();
            }
            context.readable(side, context.serverName(), n);
            context.forget(side, at + n);
            boolean server = side != client;
            if (server && (name.equals("proceed") || name.equals("compressed")))
                tunnel = new StreamFlow(context.nested(context.sink(), context.secured(), "", ""));
        }

        private ExchangeSink open(String name) {
            return context.exchange(
                    "xmpp",
                    name,
                    "",
                    context.serverName(),
                    context.port(client.other()),
                    new byte[0]);
        }

        /** A stanza longer than is taken apart is told as it is. */
        private void spill() {
            if (part == null) {
                String name = XmlParts.name(kept.b, 0, kept.size);
                ExchangeSink e = open(name.isEmpty() ? "DATA" : name);
                exchange = e;
                MessageSink m = e.message(side);
                message = m;
                part = m.open(PartKind.FRAME, "", Hint.NONE);
            }
            feed();
        }

        private void feed() {
            int n = kept.size;
            long at = kept.at;
            // The tag being read is looked at again when it ends.
            boolean tag = state != State.TEXT && n - tagAt < 64;
            int keep = tag ? n - tagAt : 0;
            byte[] b = kept.take();
            if (part != null && n > keep) part.feed(b, 0, n - keep, at);
            for (int i = n - keep; i < n; i++) kept.add(b[i], at + i);
            tagAt = 0;
        }

        private void endLong() {
            int n = kept.size;
            long at = kept.at;
            byte[] b = kept.take();
            if (n > 0 && part != null) part.feed(b, 0, n, at);
            if (part != null) part.end();
            if (message != null) message.end();
            if (exchange != null) exchange.end();
            part = null;
            message = null;
            exchange = null;
        }

        /** What is kept goes no further. */
        void abandon() {
            if (part != null) {
                endLong();
            } else {
                int n = kept.size;
                long at = kept.at;
                byte[] b = kept.take();
                if (n > 0) rest.data(side, at, b, 0, n);
            }
            state = State.TEXT;
            quote = 0;
        }
    }
}
