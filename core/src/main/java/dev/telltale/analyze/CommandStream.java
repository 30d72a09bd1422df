package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.model.ExchangeSink;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Side;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What FTP, SMTP and POP3 have in common: the client says a command in a line, the server answers
 * in order, and now and then one of them sends text that ends with a line of a single dot (RFC 5321
 * 4.5.2). A command and its answers are one exchange, named by the command; its argument is the
 * target unless it may be a password.
 */
abstract class CommandStream extends LineStream {
    private static final int MAX_PENDING = 256;
    private static final int LONGEST_VERB = 12;

    /** Commands whose argument never appears anywhere. */
    private static final Set<String> SECRET = Set.of("PASS", "ACCT", "AUTH", "APOP");

    private final String protocol;
    private final Set<String> verbs;
    private final ArrayDeque<Command> pending = new ArrayDeque<>(2);
    private @Nullable Text sentText;
    private @Nullable Text answeredText;
    private @Nullable Command sentBy;
    private @Nullable Command answeredBy;
    private boolean identified;
    private boolean greeted;

    /** The command whose further lines (of a SASL dialogue) the client is sending. */
    private @Nullable Command dialogue;

    static final class Command {
        final ExchangeSink exchange;
        final String verb;
        final boolean argument;
        @Nullable MessageSink reply;

        /** Its last answer came; it ends with its text. */
        boolean over;

        private boolean ended;

        Command(ExchangeSink exchange, String verb, boolean argument) {
            this.exchange = exchange;
            this.verb = verb;
            this.argument = argument;
        }

        void end() {
            if (ended) return;
            ended = true;
            if (reply != null) reply.end();
            exchange.end();
        }
    }

    /** Text up to a line of a single dot. */
    private static final class Text {
        final MessageSink message;
        final MailText mail;
        boolean midLine;

        Text(MessageSink message) {
            this.message = message;
            this.mail = new MailText(message);
        }

        void end() {
            mail.end();
            message.end();
        }
    }

    CommandStream(Context context, Side client, String protocol, Set<String> verbs) {
        super(context, client);
        this.protocol = protocol;
        this.verbs = verbs;
    }

    /** Reads a line of an answer. */
    abstract void reply(byte[] b, int from, int to, long at);

    /** A command was read and its exchange opened. */
    void said(Command command, byte[] b, int argument, int end) {}

    @Override
    final void line(Half half, byte[] b, int from, int to, long at) {
        Text text = half.request ? sentText : answeredText;
        if (text != null) textLine(half, text, b, from, to, at);
        else if (!half.request) reply(b, from, to, at);
        else if (dialogue != null) dialogueLine(half, dialogue, b, from, to, at);
        else command(half, b, from, to, at);
    }

    private void command(Half half, byte[] b, int from, int to, long at) {
        int end = FieldLines.trimEnd(b, from, to);
        if (end == from) {
            readable(half, to - from);
            return;
        }
        int v = from;
        while (v < end && !FieldLines.blank(b[v])) v++;
        String verb =
                v - from > LONGEST_VERB
                        ? ""
                        : new String(b, from, v - from, ISO_8859_1).toUpperCase(Locale.ROOT);
        if (!verbs.contains(verb)) {
            piece(half, b, from, to - from, at);
            return;
        }
        identify();
        int a = v;
        while (a < end && FieldLines.blank(b[a])) a++;
        boolean secret = SECRET.contains(verb);
        byte[] target = secret ? new byte[0] : Arrays.copyOfRange(b, a, end);
        Command c = open(verb, target, a < end);
        MessageSink m = c.exchange.message(half.side);
        if (a < end) {
            long where = at + (a - from);
            if (secret) m.part(PartKind.FRAME, "password", b, a, end - a, where);
            else m.part(PartKind.NAME, "", b, a, end - a, where);
        }
        m.end();
        readable(half, to - from);
        said(c, b, a, end);
    }

    private Command open(String verb, byte[] target, boolean argument) {
        ExchangeSink e =
                context.exchange(
                        protocol,
                        verb,
                        "",
                        context.serverName(),
                        context.port(client.other()),
                        target);
        Command c = new Command(e, verb, argument);
        if (pending.size() >= MAX_PENDING) {
            Command oldest = pending.removeFirst();
            if (telling(oldest)) pending.addFirst(oldest);
            else oldest.end();
        }
        pending.addLast(c);
        return c;
    }

    /** Whether text of {@code c} is being told. */
    private boolean telling(Command c) {
        return sentText != null && sentBy == c
                || answeredText != null && answeredBy == c
                || chunk != null && chunkBy == c;
    }

    final void identify() {
        if (identified) return;
        identified = true;
        context.sink().identified(protocol, context.serverName(), context.secured());
    }

    /** The oldest command that waits for an answer, or one that was not captured. */
    final Command answering() {
        Command c = pending.peekFirst();
        if (c != null) return c;
        identify();
        boolean greeting = !greeted && !context.lossy();
        return open(greeting ? "GREETING" : "", new byte[0], false);
    }

    /** Tells one line of an answer, whose words begin at {@code words}. */
    final void tell(Command c, byte[] b, int from, int words, int to, long at) {
        greeted = true;
        MessageSink m = c.reply;
        if (m == null) m = c.reply = c.exchange.message(answers.side);
        int end = FieldLines.trimEnd(b, Math.min(words, to), to);
        if (words < end) m.part(PartKind.FRAME, "", b, words, end - words, at + (words - from));
        readable(answers, to - from);
    }

    /** An answer that is no last one is over. */
    final void pause(Command c) {
        if (c.reply != null) c.reply.end();
        c.reply = null;
    }

    /** The last answer to {@code c} is over. */
    final void done(Command c) {
        if (dialogue == c) dialogue = null;
        pending.remove(c);
        if (telling(c)) {
            // Answered before its text is over.
            pause(c);
            c.over = true;
        } else {
            c.end();
        }
    }

    final void dialogue(Command c) {
        dialogue = c;
    }

    private void dialogueLine(Half half, Command c, byte[] b, int from, int to, long at) {
        int end = FieldLines.trimEnd(b, from, to);
        if (end > from) {
            MessageSink m = c.exchange.message(half.side);
            m.part(PartKind.FRAME, "password", b, from, end - from, at);
            m.end();
        }
        readable(half, to - from);
    }

    // --- Text

    /** The client's text belongs to {@code c}. */
    final void sends(Command c) {
        if (sentText != null) return;
        sentText = new Text(c.exchange.message(requests.side));
        sentBy = c;
    }

    /** The server's text is the rest of its answer to {@code c}. */
    final void answers(Command c) {
        pause(c);
        answeredText = new Text(c.exchange.message(answers.side));
        answeredBy = c;
    }

    private void textLine(Half half, Text text, byte[] b, int from, int to, long at) {
        boolean whole = b[to - 1] == '\n';
        boolean start = !text.midLine;
        text.midLine = !whole;
        int i = from;
        if (start && b[from] == '.') {
            if (whole && FieldLines.trimEnd(b, from, to) == from + 1) {
                readable(half, to - from);
                endText(half, text);
                return;
            }
            readable(half, 1);
            i++;
        }
        readable(half, text.mail.line(b, i, to, at + (i - from)));
    }

    private void endText(Half half, Text text) {
        text.end();
        if (half.request) {
            sentText = null;
            Command c = sentBy;
            if (c != null && c.over && !telling(c)) c.end();
        } else {
            answeredText = null;
            Command c = answeredBy;
            answeredBy = null;
            if (c != null) done(c);
        }
    }

    @Override
    final void piece(Half half, byte[] b, int from, int n, long at) {
        Text text = half.request ? sentText : answeredText;
        if (text != null) text.mail.feed(b, from, n, at);
        else super.piece(half, b, from, n, at);
    }

    @Override
    final void lost(Half half, long n, ReasonCode reason) {
        Text text = half.request ? sentText : answeredText;
        if (text != null) {
            text.mail.gap(n, reason);
            return;
        }
        super.lost(half, n, reason);
        // Commands or answers may be missing: what waits may have been answered.
        pending.removeIf(c -> {
            if (telling(c)) return false;
            c.end();
            return true;
        });
        dialogue = null;
        if (!half.request) requests.release();
    }

    // --- Counted bytes (SMTP's BDAT)

    private @Nullable MessageSink chunk;
    private @Nullable Command chunkBy;
    private MessageSink.@Nullable PartSink chunkPart;

    final void chunk(Command c, long n) {
        if (n <= 0 || chunk != null) return;
        MessageSink m = c.exchange.message(requests.side);
        chunk = m;
        chunkBy = c;
        chunkPart = m.open(PartKind.BODY, "", new Hint("", List.of(), n));
        requests.count(n);
    }

    @Override
    final void counted(Half half, byte[] b, int from, int n, long at) {
        if (chunkPart != null) chunkPart.feed(b, from, n, at);
        else super.counted(half, b, from, n, at);
    }

    @Override
    final void countedGap(Half half, long n, ReasonCode reason) {
        if (chunkPart != null) chunkPart.gap(n, reason);
        else super.countedGap(half, n, reason);
    }

    @Override
    final void countedEnd(Half half, long at) {
        if (chunkPart != null) chunkPart.end();
        if (chunk != null) chunk.end();
        chunkPart = null;
        chunk = null;
        Command c = chunkBy;
        if (c != null && c.over && !telling(c)) c.end();
    }

    @Override
    final void ended(Half half) {
        Text text = half.request ? sentText : answeredText;
        if (text != null) endText(half, text);
        if (half.request) countedEnd(half, 0);
    }

    @Override
    final void over() {
        ended(requests);
        ended(answers);
        for (Command c : pending) c.end();
        pending.clear();
    }

    /** An answer's code of three digits (RFC 5321 4.2, RFC 959 4.2), or -1. */
    static int code(byte[] b, int from, int to) {
        if (to - from < 4) return -1;
        int n = 0;
        for (int i = from; i < from + 3; i++) {
            if (b[i] < '0' || b[i] > '9') return -1;
            n = 10 * n + b[i] - '0';
        }
        byte after = b[from + 3];
        return n >= 100
                        && n < 600
                        && (after == ' ' || after == '-' || after == '\r' || after == '\n')
                ? n
                : -1;
    }

    /** How {@code [from, to)} begins like one of {@code words}, each with what must follow it. */
    static StreamProtocol.Match firstWord(byte[] b, int from, int to, Set<String> words) {
        StreamProtocol.Match best = StreamProtocol.Match.NO;
        for (String w : words) {
            int n = Math.min(w.length(), to - from);
            if (!FieldLines.begins(b, from, from + n, w.substring(0, n))) continue;
            if (n == w.length()) return StreamProtocol.Match.CLIENT;
            best = StreamProtocol.Match.MORE;
        }
        return best;
    }
}
