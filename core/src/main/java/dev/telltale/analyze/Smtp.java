package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Side;
import java.util.Set;

/**
 * SMTP (RFC 5321) and LMTP (RFC 2033), with AUTH (RFC 4954), STARTTLS (RFC 3207) and BDAT (RFC
 * 3030). The mail is the body of {@code DATA}, without the dots that were put before its own.
 */
final class Smtp extends CommandStream {
    private static final Set<String> VERBS =
            Set.of(
                    "EHLO",
                    "HELO",
                    "LHLO",
                    "MAIL",
                    "RCPT",
                    "DATA",
                    "BDAT",
                    "RSET",
                    "VRFY",
                    "EXPN",
                    "HELP",
                    "NOOP",
                    "QUIT",
                    "AUTH",
                    "STARTTLS",
                    "ETRN",
                    "XCLIENT");
    private static final Set<String> FIRST = Set.of("ehlo ", "helo ", "lhlo ");
    private static final Set<String> LATER = Set.of("mail from:", "rcpt to:", "starttls\r\n");

    Smtp(Context context, Side client) {
        super(context, client, "smtp", VERBS);
    }

    static boolean port(Context context) {
        int port = context.flow().responder().port();
        return port == 25 || port == 587 || port == 465 || port == 2525;
    }

    /**
     * A greeting that says so, or one that says nothing at a port of mail; else the client tells.
     */
    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        int to = from + length;
        Match client = firstWord(b, from, to, FIRST);
        if (client != Match.NO) return client;
        if (context.lossy() || port(context)) {
            client = firstWord(b, from, to, LATER);
            if (client != Match.NO) return client;
        }
        for (int i = 0; i < Math.min(length, 3); i++)
            if (b[from + i] != "220".charAt(i)) return Match.NO;
        if (length < 4) return Match.MORE;
        if (code(b, from, to) < 0) return Match.NO;
        int end = FieldLines.lineEnd(b, from, to);
        if (FieldLines.holds(b, from, end, "smtp")) return Match.SERVER;
        if (b[end - 1] != '\n') return Match.MORE;
        if (Ftp.port(context) || FieldLines.holds(b, from, end, "ftp")) return Match.NO;
        return port(context) ? Match.SERVER : Match.MORE;
    }

    @Override
    void said(Command c, byte[] b, int argument, int end) {
        switch (c.verb) {
            case "DATA", "STARTTLS" -> requests.hold();
            case "BDAT" -> chunk(c, FieldLines.number(b, argument, end));
            case "AUTH" -> requests.hold();
            default -> {}
        }
    }

    @Override
    void reply(byte[] b, int from, int to, long at) {
        int code = code(b, from, to);
        Command c = answering();
        tell(c, b, from, code < 0 ? from : from + 4, to, at);
        if (code < 0 || b[from + 3] == '-') return;
        if (code == 354 && c.verb.equals("DATA")) {
            pause(c);
            sends(c);
        } else if (code == 334) {
            pause(c);
            dialogue(c);
        } else {
            boolean tls = code == 220 && c.verb.equals("STARTTLS");
            done(c);
            if (tls) {
                handOver();
                return;
            }
        }
        requests.release();
    }
}
