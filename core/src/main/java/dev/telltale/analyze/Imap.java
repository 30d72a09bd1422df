package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.analyze.StreamProtocol.Match;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * IMAP (RFC 9051, RFC 3501). A command and all that answers it are one exchange; literals are read
 * as the mail they nearly always are.
 *
 * <pre>
 * client:  tag SP command [SP arguments] CRLF          server:  "*" SP response CRLF, "+" SP text CRLF,
 * literal: "{" number ["+"] "}" CRLF, then that many bytes       tag SP (OK / NO / BAD) SP text CRLF
 * </pre>
 */
final class Imap extends LineStream {
    private static final int MAX_PENDING = 256;
    private static final int LONGEST_TAG = 32;
    private static final Set<String> VERBS =
            Set.of(
                    "CAPABILITY",
                    "NOOP",
                    "LOGOUT",
                    "STARTTLS",
                    "AUTHENTICATE",
                    "LOGIN",
                    "ENABLE",
                    "SELECT",
                    "EXAMINE",
                    "CREATE",
                    "DELETE",
                    "RENAME",
                    "SUBSCRIBE",
                    "UNSUBSCRIBE",
                    "LIST",
                    "LSUB",
                    "NAMESPACE",
                    "STATUS",
                    "APPEND",
                    "IDLE",
                    "CHECK",
                    "CLOSE",
                    "UNSELECT",
                    "EXPUNGE",
                    "SEARCH",
                    "FETCH",
                    "STORE",
                    "COPY",
                    "MOVE",
                    "UID",
                    "ID",
                    "COMPRESS",
                    "GETQUOTA",
                    "GETQUOTAROOT",
                    "SORT",
                    "THREAD",
                    "XLIST",
                    "GETACL",
                    "XAPPLEPUSHSERVICE");

    private final ArrayDeque<Command> pending = new ArrayDeque<>(2);
    private final Turn sent = new Turn();
    private final Turn answered = new Turn();
    private @Nullable Command dialogue;
    private boolean identified;
    private boolean greeted;

    private static final class Command {
        final ExchangeSink exchange;
        final String tag;
        final String verb;

        Command(ExchangeSink exchange, String tag, String verb) {
            this.exchange = exchange;
            this.tag = tag;
            this.verb = verb;
        }
    }

    /** A command or response on its way: it goes on behind each literal. */
    private static final class Turn {
        @Nullable Command command;
        @Nullable MessageSink message;
        @Nullable MailText literal;

        /** Bytes of a literal's line that has not ended. */
        final Kept line = new Kept();

        boolean ends;
    }

    Imap(Context context, Side client) {
        super(context, client);
    }

    static Match probe(Context context, Side side, byte[] b, int from, int length) {
        int to = from + length;
        if (b[from] == '*') {
            Match best = Match.NO;
            for (String w : Set.of("* ok", "* preauth", "* bye")) {
                int n = Math.min(w.length(), length);
                if (!FieldLines.begins(b, from, to, w.substring(0, n))) continue;
                if (n == w.length()) return Match.SERVER;
                best = Match.MORE;
            }
            return best;
        }
        int i = from;
        while (i < to && i - from <= LONGEST_TAG && tagByte(b[i])) i++;
        if (i == to) return i - from <= LONGEST_TAG ? Match.MORE : Match.NO;
        if (i == from || b[i] != ' ') return Match.NO;
        int v = ++i;
        while (i < to && i - v <= 20 && letter(b[i])) i++;
        String verb = new String(b, v, i - v, ISO_8859_1).toUpperCase(Locale.ROOT);
        if (i == to) {
            for (String known : VERBS) if (known.startsWith(verb)) return Match.MORE;
            return Match.NO;
        }
        if (b[i] != ' ' && b[i] != '\r' || !VERBS.contains(verb)) return Match.NO;
        // Words that other protocols have too are believed as whole lines only.
        int end = FieldLines.lineEnd(b, i, to);
        return b[end - 1] == '\n' ? Match.CLIENT : Match.MORE;
    }

    private static boolean tagByte(byte v) {
        return letter(v) || v >= '0' && v <= '9' || v == '.' || v == '-' || v == '_';
    }

    private static boolean letter(byte v) {
        return v >= 'A' && v <= 'Z' || v >= 'a' && v <= 'z';
    }

    private void identify() {
        if (identified) return;
        identified = true;
        context.sink().identified("imap", context.serverName(), context.secured());
    }

    private ExchangeSink open(String operation) {
        return context.exchange(
                "imap",
                operation,
                "",
                context.serverName(),
                context.port(client.other()),
                new byte[0]);
    }

    @Override
    void line(Half half, byte[] b, int from, int to, long at) {
        identify();
        Turn t = half.request ? sent : answered;
        lineFrom = from;
        wordsFrom = 0;
        secretLine = false;
        if (t.message == null && !begin(half, t, b, from, to, at)) return;
        MessageSink m = t.message;
        if (m == null) return;
        int end = FieldLines.trimEnd(b, from, to);
        if (wordsFrom > from) from = Math.min(wordsFrom, end);
        long literal = literal(b, from, end);
        if (from < end)
            m.part(
                    PartKind.FRAME,
                    secretLine ? "password" : "",
                    b,
                    from,
                    end - from,
                    at + (from - lineFrom));
        readable(half, to - lineFrom);
        if (literal > 0 && b[to - 1] == '\n') {
            t.literal = new MailText(m);
            half.count(literal);
        } else if (literal != 0 || b[to - 1] == '\n') {
            endTurn(half, t);
        }
    }

    // What begin() found of the line being read.
    private int lineFrom;
    private int wordsFrom;
    private boolean secretLine;

    /** The first line of a command or response; false where it was told as something else. */
    private boolean begin(Half half, Turn t, byte[] b, int from, int to, long at) {
        int end = FieldLines.trimEnd(b, from, to);
        if (end == from) {
            readable(half, to - from);
            return false;
        }
        int i = from;
        while (i < end && !FieldLines.blank(b[i])) i++;
        String tag = i - from > LONGEST_TAG ? "" : new String(b, from, i - from, ISO_8859_1);
        while (i < end && FieldLines.blank(b[i])) i++;
        if (half.request) return command(half, t, tag, b, from, i, to, end, at);
        Command c = tag.equals("*") || tag.equals("+") ? pending.peekFirst() : tagged(tag);
        boolean known = c != null && !tag.equals("*") && !tag.equals("+");
        if (c == null) {
            if (tag.equals("*") && !greeted && !context.lossy())
                c = new Command(open("GREETING"), "", "");
            else c = new Command(open(""), "", "");
        }
        greeted = true;
        t.command = c;
        t.message = c.exchange.message(half.side);
        t.ends = known || !pending.contains(c);
        wordsFrom = i;
        tls = known && c.verb.equals("STARTTLS") && FieldLines.begins(b, i, end, "ok");
        if (tag.equals("+") && (c.verb.equals("AUTHENTICATE") || c.verb.equals("IDLE")))
            dialogue = c;
        return true;
    }

    private boolean tls;

    private boolean command(
            Half half, Turn t, String tag, byte[] b, int from, int i, int to, int end, long at) {
        Command d = dialogue;
        if (d != null) {
            t.command = d;
            t.message = d.exchange.message(half.side);
            secretLine = !d.verb.equals("IDLE");
            if (!secretLine) dialogue = null;
            return true;
        }
        int v = i;
        while (i < end && letter(b[i])) i++;
        String verb = new String(b, v, i - v, ISO_8859_1).toUpperCase(Locale.ROOT);
        if (tag.isEmpty() || !VERBS.contains(verb)) {
            piece(half, b, from, to - from, at);
            return false;
        }
        if (verb.equals("UID")) {
            int w = i;
            while (w < end && FieldLines.blank(b[w])) w++;
            int x = w;
            while (x < end && letter(b[x])) x++;
            String what = new String(b, w, x - w, ISO_8859_1).toUpperCase(Locale.ROOT);
            if (VERBS.contains(what)) {
                verb = "UID " + what;
                i = x;
            }
        }
        while (i < end && FieldLines.blank(b[i])) i++;
        Command c = new Command(open(verb), tag, verb);
        if (pending.size() == MAX_PENDING) {
            Command oldest = pending.removeFirst();
            if (oldest != answered.command) oldest.exchange.end();
            else answered.ends = true;
        }
        pending.addLast(c);
        t.command = c;
        t.message = c.exchange.message(half.side);
        t.ends = false;
        secretLine = verb.equals("LOGIN") || verb.equals("AUTHENTICATE");
        wordsFrom = i;
        if (verb.equals("STARTTLS") || verb.equals("AUTHENTICATE")) half.hold();
        return true;
    }

    private @Nullable Command tagged(String tag) {
        for (Command c : pending) if (c.tag.equals(tag)) return c;
        return null;
    }

    /** Length of the literal that the line announces, 0 for none. */
    private static long literal(byte[] b, int from, int end) {
        if (end - from < 3 || b[end - 1] != '}') return 0;
        int open = end - 2;
        if (b[open] == '+') open--;
        int digits = open;
        while (open > from && b[open] >= '0' && b[open] <= '9') open--;
        if (b[open] != '{' || open == digits) return 0;
        return Math.max(0, FieldLines.number(b, open + 1, end));
    }

    private void endTurn(Half half, Turn t) {
        MessageSink m = t.message;
        Command c = t.command;
        if (t.literal != null) t.literal.end();
        t.literal = null;
        t.message = null;
        t.command = null;
        if (m != null) m.end();
        if (c == null) return;
        if (half.request) {
            if (t.ends) c.exchange.end();
            t.ends = false;
            return;
        }
        if (t.ends) {
            t.ends = false;
            if (dialogue == c) dialogue = null;
            pending.remove(c);
            if (sent.command != c) c.exchange.end();
            else sent.ends = true;
        }
        if (tls) {
            tls = false;
            handOver();
        } else if (c.verb.equals("AUTHENTICATE") || c.verb.equals("STARTTLS") || c.verb.isEmpty()) {
            requests.release();
        }
    }

    // --- Literals

    @Override
    void counted(Half half, byte[] b, int from, int n, long at) {
        Turn t = half.request ? sent : answered;
        MailText mail = t.literal;
        if (mail == null) {
            super.counted(half, b, from, n, at);
            return;
        }
        int i = from;
        int to = from + n;
        while (i < to) {
            int end = FieldLines.lineEnd(b, i, Math.min(to, i + MAX_LINE - t.line.size));
            t.line.add(b, i, end - i, at + (i - from));
            if (b[end - 1] == '\n' || t.line.size == MAX_LINE) mailLine(half, t, mail);
            i = end;
        }
    }

    private void mailLine(Half half, Turn t, MailText mail) {
        int n = t.line.size;
        long at = t.line.at;
        byte[] b = t.line.take();
        if (n > 0) readable(half, mail.line(b, 0, n, at));
    }

    @Override
    void countedGap(Half half, long n, ReasonCode reason) {
        Turn t = half.request ? sent : answered;
        if (t.literal == null) {
            super.countedGap(half, n, reason);
            return;
        }
        mailLine(half, t, t.literal);
        t.literal.gap(n, reason);
    }

    @Override
    void countedEnd(Half half, long at) {
        Turn t = half.request ? sent : answered;
        if (t.literal == null) return;
        mailLine(half, t, t.literal);
        t.literal.end();
        t.literal = null;
    }

    // --- Gaps and the end

    @Override
    void lost(Half half, long n, ReasonCode reason) {
        finishTurn(half);
        super.lost(half, n, reason);
        pending.removeIf(c -> {
            if (c == sent.command || c == answered.command) return false;
            c.exchange.end();
            return true;
        });
        dialogue = null;
        if (!half.request) requests.release();
    }

    private void finishTurn(Half half) {
        Turn t = half.request ? sent : answered;
        if (t.literal != null) mailLine(half, t, t.literal);
        if (t.message != null) endTurn(half, t);
    }

    @Override
    void ended(Half half) {
        finishTurn(half);
    }

    @Override
    void over() {
        finishTurn(requests);
        finishTurn(answers);
        for (Command c : pending) c.exchange.end();
        pending.clear();
    }
}
