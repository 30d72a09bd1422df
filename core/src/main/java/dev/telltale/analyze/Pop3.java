package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Side;
import java.util.Set;

/** POP3 (RFC 1939, RFC 2449, STLS RFC 2595). The mail is the body of the answer to {@code RETR}. */
final class Pop3 extends CommandStream {
    private static final Set<String> VERBS =
            Set.of(
                    "USER", "PASS", "APOP", "AUTH", "STAT", "LIST", "RETR", "DELE", "NOOP", "RSET",
                    "QUIT", "TOP", "UIDL", "CAPA", "STLS", "LANG", "UTF8");
    private static final Set<String> FIRST = Set.of("capa\r\n", "apop ", "stls\r\n");
    private static final Set<String> AT_PORT =
            Set.of("user ", "auth ", "stat\r\n", "list", "uidl", "retr ", "top ", "dele ");

    Pop3(Context context, Side client) {
        super(context, client, "pop3", VERBS);
    }

    static boolean port(Context context) {
        int port = context.flow().responder().port();
        return port == 110 || port == 995;
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        int to = from + length;
        Match client = firstWord(b, from, to, FIRST);
        if (client == Match.NO && port(context)) client = firstWord(b, from, to, AT_PORT);
        if (client != Match.NO) return client;
        if (!FieldLines.begins(b, from, to, "+ok".substring(0, Math.min(3, length))))
            return Match.NO;
        if (length < 4) return Match.MORE;
        if (port(context)) return Match.SERVER;
        int end = FieldLines.lineEnd(b, from, to);
        if (FieldLines.holds(b, from, end, "pop3")) return Match.SERVER;
        return b[end - 1] == '\n' ? Match.NO : Match.MORE;
    }

    @Override
    void said(Command c, byte[] b, int argument, int end) {
        if (c.verb.equals("STLS") || c.verb.equals("AUTH")) requests.hold();
    }

    @Override
    void reply(byte[] b, int from, int to, long at) {
        Command c = answering();
        boolean ok = FieldLines.begins(b, from, to, "+ok");
        boolean error = FieldLines.begins(b, from, to, "-err");
        int words = from + (ok ? 3 : error ? 4 : 0);
        while (words < to && FieldLines.blank(b[words])) words++;
        tell(c, b, from, words, to, at);
        if (!ok && !error) {
            if (b[from] == '+') {
                pause(c);
                dialogue(c);
                requests.release();
            }
            return;
        }
        boolean text =
                switch (c.verb) {
                    case "RETR", "TOP", "CAPA" -> true;
                    case "LIST", "UIDL" -> !c.argument;
                    default -> false;
                };
        if (ok && text) {
            answers(c);
            return;
        }
        boolean tls = ok && c.verb.equals("STLS");
        done(c);
        if (tls) handOver();
        else requests.release();
    }
}
