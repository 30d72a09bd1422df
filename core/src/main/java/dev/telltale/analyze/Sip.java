package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Anomaly;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * SIP messages (RFC 3261 7). A request and its responses are one exchange, found by Call-ID and
 * CSeq; compact field names (7.3.3) are told by their long ones, so that a place is the same
 * whichever was sent.
 *
 * <pre>
 * request:  method SP Request-URI SP "SIP/2.0" CRLF      response: "SIP/2.0" SP code SP reason CRLF
 * fields CRLF [ body of Content-Length bytes ]
 * </pre>
 */
final class Sip {
    private static final int MAX_PENDING = 64;
    private static final int LONGEST_METHOD = 20;
    private static final Set<String> SCHEMES =
            Set.of("sip:", "sips:", "tel:", "urn:", "im:", "pres:");
    private static final String VERSION = "sip/2.0";

    private final Context context;
    private final List<Pending> pending = new ArrayList<>(0);
    private boolean identified;

    private record Pending(String id, Side asker, Talk talk) {}

    /** A request and its responses; a response may come before the request's body is over. */
    private static final class Talk {
        final ExchangeSink exchange;
        private int open;
        private boolean over;

        Talk(ExchangeSink exchange) {
            this.exchange = exchange;
        }

        MessageSink message(Side side) {
            open++;
            return exchange.message(side);
        }

        void closed() {
            if (--open == 0 && over) exchange.end();
        }

        void over() {
            if (over) return;
            over = true;
            if (open == 0) exchange.end();
        }
    }

    Sip(Context context) {
        this.context = context;
    }

    /** A start line; sure once it is whole. */
    static Match startLine(byte[] b, int from, int to) {
        int n = Math.min(VERSION.length() + 1, to - from);
        if (FieldLines.begins(b, from, to, (VERSION + " ").substring(0, n)))
            return n <= VERSION.length()
                    ? Match.MORE
                    : to - from < n + 3
                            ? Match.MORE
                            : FieldLines.number(b, from + n, from + n + 3) >= 100
                                    ? Match.SERVER
                                    : Match.NO;
        int i = from;
        while (i < to && i - from <= LONGEST_METHOD && b[i] >= 'A' && b[i] <= 'Z') i++;
        if (i == to) return i - from <= LONGEST_METHOD ? Match.MORE : Match.NO;
        if (i == from || b[i] != ' ') return Match.NO;
        i++;
        boolean scheme = false;
        boolean more = false;
        for (String s : SCHEMES) {
            int k = Math.min(s.length(), to - i);
            if (!FieldLines.begins(b, i, to, s.substring(0, k))) continue;
            scheme |= k == s.length();
            more |= k < s.length();
        }
        if (!scheme) return more ? Match.MORE : Match.NO;
        int end = FieldLines.lineEnd(b, i, to);
        if (b[end - 1] != '\n') return Match.MORE;
        int stop = FieldLines.trimEnd(b, i, end);
        return stop - i > 8 && FieldLines.is(b, stop - 7, stop, VERSION) ? Match.CLIENT : Match.NO;
    }

    /** One message whose head was read; its body is what follows. */
    final class Message {
        final MessageSink sink;
        final Hint hint;
        final long length;
        private final Talk talk;

        Message(MessageSink sink, Hint hint, long length, Talk talk) {
            this.sink = sink;
            this.hint = hint;
            this.length = length;
            this.talk = talk;
        }

        MessageSink.PartSink body() {
            return sink.open(PartKind.BODY, "", hint);
        }

        void end() {
            sink.end();
            talk.closed();
        }
    }

    /**
     * Reads the head {@code [from, to)}, which begins with a start line, and tells its fields; its
     * bytes are accounted for.
     */
    Message head(Side side, byte[] b, int from, int to, long at) {
        if (!identified) {
            identified = true;
            context.sink().identified("sip", context.serverName(), context.secured());
        }
        int line = FieldLines.lineEnd(b, from, to);
        int stop = FieldLines.trimEnd(b, from, line);
        boolean response = FieldLines.begins(b, from, stop, VERSION);
        int method = from;
        while (method < stop && b[method] != ' ') method++;
        int uri = Math.min(stop, method + 1);
        int uriTo = response ? uri : Math.max(uri, stop - 8);
        Fields f = new Fields(b);
        FieldLines.each(b, line, to, f);
        String operation = response ? f.cseqMethod : new String(b, from, method - from, ISO_8859_1);
        int status = response ? (int) FieldLines.number(b, uri, Math.min(stop, uri + 3)) : 0;
        byte[] target = Arrays.copyOfRange(b, uri, uriTo);
        Talk talk = talk(side, operation, target, f.id(), response);
        MessageSink m = talk.message(side);
        if (response && status >= 200 || !waiting(talk)) talk.over();
        if (uri < uriTo) m.part(PartKind.NAME, "", b, uri, uriTo - uri, at + (uri - from));
        FieldLines.each(
                b,
                line,
                to,
                (name, nameTo, value, valueTo) -> {
                    if (value == valueTo) return;
                    long where = at + (value - from);
                    if (nameTo < 0) m.part(PartKind.FRAME, "", b, value, valueTo - value, where);
                    else
                        m.part(
                                PartKind.HEADER,
                                longName(context.name(b, name, nameTo - name)),
                                b,
                                value,
                                valueTo - value,
                                where);
                });
        context.readable(side, context.serverName(), to - from);
        if (response && status >= 200) pending.removeIf(p -> p.talk == talk);
        return new Message(m, new Hint(f.type, f.codings, f.length), f.length, talk);
    }

    private boolean waiting(Talk talk) {
        for (Pending p : pending) if (p.talk == talk) return true;
        return false;
    }

    private Talk talk(Side side, String operation, byte[] target, String id, boolean response) {
        for (Pending p : pending) {
            if (!p.id.equals(id) || p.asker == side == response) continue;
            // A request that comes again (over UDP) is another message of the same exchange.
            return p.talk;
        }
        Side server = response ? side : side.other();
        ExchangeSink e =
                context.exchange(
                        "sip", operation, "", context.serverName(), context.port(server), target);
        Talk talk = new Talk(e);
        if (response || operation.equals("ACK")) return talk;
        if (pending.size() == MAX_PENDING) pending.removeFirst().talk.over();
        pending.add(new Pending(id, side, talk));
        return talk;
    }

    void end() {
        for (Pending p : pending) p.talk.over();
        pending.clear();
    }

    void odd(Side side, long at, String text) {
        context.anomaly(Anomaly.Kind.PROTOCOL_VIOLATION, side, at, text);
    }

    /** The fields that say what belongs together and how long the body is. */
    private static final class Fields implements FieldLines.Field {
        private final byte[] b;
        private String callId = "";
        private String cseq = "";
        String cseqMethod = "";
        String type = "";
        List<String> codings = List.of();
        long length = -1;

        Fields(byte[] b) {
            this.b = b;
        }

        String id() {
            return cseq + " " + callId;
        }

        @Override
        public void field(int name, int nameTo, int value, int valueTo) {
            if (nameTo < 0) return;
            String text = new String(b, value, valueTo - value, ISO_8859_1);
            switch (longName(new String(b, name, nameTo - name, ISO_8859_1))
                    .toLowerCase(Locale.ROOT)) {
                case "call-id" -> callId = text;
                case "cseq" -> {
                    cseq = text;
                    cseqMethod = text.substring(text.lastIndexOf(' ') + 1);
                    if (cseqMethod.length() > LONGEST_METHOD) cseqMethod = "";
                }
                case "content-type" -> type = text;
                case "content-encoding" ->
                        codings = List.of(text.toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*"));
                case "content-length" -> length = FieldLines.number(b, value, valueTo);
                default -> {}
            }
        }
    }

    /** IANA registry "SIP Header Fields", compact forms. */
    private static String longName(String name) {
        if (name.length() != 1) return name;
        return switch (name) {
            case "a" -> "Accept-Contact";
            case "b" -> "Referred-By";
            case "c" -> "Content-Type";
            case "d" -> "Request-Disposition";
            case "e" -> "Content-Encoding";
            case "f" -> "From";
            case "i" -> "Call-ID";
            case "j" -> "Reject-Contact";
            case "k" -> "Supported";
            case "l" -> "Content-Length";
            case "m" -> "Contact";
            case "n" -> "Identity-Info";
            case "o" -> "Event";
            case "r" -> "Refer-To";
            case "s" -> "Subject";
            case "t" -> "To";
            case "u" -> "Allow-Events";
            case "v" -> "Via";
            case "x" -> "Session-Expires";
            case "y" -> "Identity";
            default -> name;
        };
    }
}
