package dev.telltale.analyze;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.Side;
import java.util.Set;

/**
 * The control connection of FTP (RFC 959, RFC 2228 and RFC 4217 for AUTH TLS). Files go over
 * connections of their own, which are told as data.
 */
final class Ftp extends CommandStream {
    private static final Set<String> VERBS =
            Set.of(
                    "USER", "PASS", "ACCT", "CWD", "XCWD", "CDUP", "XCUP", "SMNT", "QUIT", "REIN",
                    "PORT", "PASV", "TYPE", "STRU", "MODE", "RETR", "STOR", "STOU", "APPE", "ALLO",
                    "REST", "RNFR", "RNTO", "ABOR", "DELE", "RMD", "XRMD", "MKD", "XMKD", "PWD",
                    "XPWD", "LIST", "NLST", "SITE", "SYST", "STAT", "HELP", "NOOP", "AUTH", "PBSZ",
                    "PROT", "CCC", "EPRT", "EPSV", "FEAT", "OPTS", "SIZE", "MDTM", "MLSD", "MLST",
                    "CLNT", "LANG", "MFMT");
    private static final Set<String> FIRST =
            Set.of("user ", "auth tls\r\n", "auth ssl\r\n", "feat\r\n", "syst\r\n");
    private static final Set<String> LATER =
            Set.of("pasv\r\n", "epsv\r\n", "type i\r\n", "type a\r\n", "retr ", "stor ", "cwd ");

    Ftp(Context context, Side client) {
        super(context, client, "ftp", VERBS);
    }

    static boolean port(Context context) {
        return context.flow().responder().port() == 21;
    }

    /**
     * After {@link Smtp}, whose greeting has the same number, and {@link Pop3}, which has USER too.
     */
    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        int to = from + length;
        Match client = firstWord(b, from, to, FIRST);
        if (client != Match.CLIENT && (context.lossy() && !Pop3.port(context) || port(context))) {
            Match later = firstWord(b, from, to, LATER);
            if (later != Match.NO) client = later;
        }
        if (client == Match.CLIENT && FieldLines.lineEnd(b, from, to) == to && b[to - 1] != '\n')
            return Match.MORE;
        if (client != Match.NO) return client;
        if (code(b, from, to) != 220) return Match.NO;
        int end = FieldLines.lineEnd(b, from, to);
        return port(context) || FieldLines.holds(b, from, end, "ftp") ? Match.SERVER : Match.NO;
    }

    @Override
    void said(Command c, byte[] b, int argument, int end) {
        if (c.verb.equals("AUTH")) requests.hold();
    }

    @Override
    void reply(byte[] b, int from, int to, long at) {
        int code = code(b, from, to);
        Command c = answering();
        tell(c, b, from, code < 0 ? from : from + 4, to, at);
        if (code < 0 || b[from + 3] == '-') return;
        boolean tls = code == 234 && c.verb.equals("AUTH");
        if (code < 200) pause(c);
        else done(c);
        if (tls) handOver();
        else requests.release();
    }
}
