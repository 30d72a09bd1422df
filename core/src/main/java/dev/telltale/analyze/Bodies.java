package dev.telltale.analyze;

import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.Side;
import java.util.Locale;

/**
 * Bodies of HTTP messages that are a protocol of their own: server-sent events and DNS messages.
 * Every other is one BODY part. For every version of HTTP.
 */
public final class Bodies {
    private Bodies() {}

    /**
     * Opens the body of {@code message}.
     *
     * @param host of the message's exchange
     */
    public static MessageSink.PartSink open(
            Context context, Side side, String host, MessageSink message, Hint hint) {
        String type = hint.mediaType();
        if (hint.codings().isEmpty() && type.length() >= EVENTS.length()) {
            if (is(type, EVENTS)) return new EventStream(context, side, host, message);
            if (is(type, DNS)) return new DnsBody(context, side, host, message, hint);
        }
        return message.open(PartKind.BODY, "", hint);
    }

    private static final String EVENTS = "text/event-stream";
    private static final String DNS = "application/dns-message";

    private static boolean is(String type, String what) {
        if (!type.regionMatches(true, 0, what, 0, what.length())) return false;
        String rest = type.substring(what.length()).strip().toLowerCase(Locale.ROOT);
        return rest.isEmpty() || rest.startsWith(";");
    }
}
