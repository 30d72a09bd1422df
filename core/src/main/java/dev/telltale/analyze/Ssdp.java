package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.util.Arrays;
import java.util.Set;

/**
 * SSDP (UPnP Device Architecture 2.0, section 1): HTTP-like datagrams, one message each. An answer
 * to a search comes from another port and another address than the search went to, so that it is an
 * exchange of its own.
 */
final class Ssdp implements DatagramAnalyzer {
    private static final int PORT = 1900;
    private static final Set<String> METHODS = Set.of("NOTIFY", "M-SEARCH");

    private final Context context;
    private boolean seen;

    Ssdp(Context context) {
        this.context = context;
    }

    @Override
    public boolean datagram(Side side, long offset, byte[] b, int from, int length) {
        if (context.port(Side.INITIATOR) != PORT && context.port(Side.RESPONDER) != PORT)
            return false;
        int to = from + length;
        int line = FieldLines.lineEnd(b, from, to);
        int stop = FieldLines.trimEnd(b, from, line);
        boolean answer = FieldLines.begins(b, from, stop, "http/1.");
        int method = from;
        while (method < stop && method - from < 10 && b[method] != ' ') method++;
        String operation = new String(b, from, method - from, ISO_8859_1);
        boolean request =
                METHODS.contains(operation)
                        && stop - from > 10
                        && FieldLines.begins(b, stop - 8, stop, "http/1.");
        if (!answer && !request) return false;
        if (!seen) context.sink().identified("ssdp", "", context.secured());
        seen = true;
        int target = Math.min(stop, method + 1);
        int targetTo = answer ? target : Math.max(target, stop - 9);
        ExchangeSink e =
                context.exchange(
                        "ssdp",
                        answer ? "ANSWER" : operation,
                        "",
                        context.serverName(),
                        PORT,
                        Arrays.copyOfRange(b, target, targetTo));
        MessageSink m = e.message(side);
        int end = FieldLines.blockEnd(b, from, to);
        int head = end < 0 ? to : end;
        context.readable(side, context.serverName(), head - from);
        FieldLines.each(
                b,
                line,
                head,
                (name, nameTo, value, valueTo) -> {
                    if (value == valueTo) return;
                    long at = offset + (value - from);
                    if (nameTo < 0) m.part(PartKind.FRAME, "", b, value, valueTo - value, at);
                    else
                        m.part(
                                PartKind.HEADER,
                                context.name(b, name, nameTo - name),
                                b,
                                value,
                                valueTo - value,
                                at);
                });
        if (head < to) {
            MessageSink.PartSink body = m.open(PartKind.BODY, "", Hint.NONE);
            body.feed(b, head, to - head, offset + (head - from));
            body.end();
        }
        m.end();
        e.end();
        return true;
    }

    @Override
    public void end() {}
}
