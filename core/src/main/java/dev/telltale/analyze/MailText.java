package dev.telltale.analyze;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A mail message (RFC 5322) as it comes, line by line: fields, an empty line, and the body. */
final class MailText {
    private final MessageSink message;
    private boolean inBody;
    private String field = "";
    private String type = "";
    private String transfer = "";
    private MessageSink.@Nullable PartSink part;

    MailText(MessageSink message) {
        this.message = message;
    }

    /**
     * A line with its end.
     *
     * @return bytes of it that are the caller's to account for; the others went into the body
     */
    int line(byte[] b, int from, int to, long at) {
        if (inBody) {
            feed(b, from, to - from, at);
            return 0;
        }
        int end = FieldLines.trimEnd(b, from, to);
        if (end == from) {
            inBody = true;
            return to - from;
        }
        int value = from;
        if (FieldLines.blank(b[from]) && !field.isEmpty()) {
            while (value < end && FieldLines.blank(b[value])) value++;
        } else {
            int colon = from;
            while (colon < end && b[colon] > ' ' && b[colon] != ':') colon++;
            if (colon == end || b[colon] != ':' || colon == from) {
                // No field: a body without a head.
                inBody = true;
                feed(b, from, to - from, at);
                return 0;
            }
            field = new String(b, from, colon - from, ISO_8859_1);
            value = colon + 1;
            while (value < end && FieldLines.blank(b[value])) value++;
        }
        if (field.equalsIgnoreCase("content-type")) type += text(b, value, end);
        if (field.equalsIgnoreCase("content-transfer-encoding")) transfer += text(b, value, end);
        if (value < end)
            message.part(PartKind.HEADER, field, b, value, end - value, at + (value - from));
        return to - from;
    }

    private static String text(byte[] b, int from, int to) {
        return new String(b, from, to - from, ISO_8859_1);
    }

    /** Bytes of the body whatever they are. */
    void feed(byte[] b, int from, int n, long at) {
        inBody = true;
        if (n > 0) part().feed(b, from, n, at);
    }

    void gap(long n, ReasonCode reason) {
        inBody = true;
        part().gap(n, reason);
    }

    private MessageSink.PartSink part() {
        MessageSink.PartSink p = part;
        if (p != null) return p;
        boolean base64 = transfer.strip().toLowerCase(Locale.ROOT).equals("base64");
        Hint hint = new Hint(type, base64 ? List.of("base64") : List.of(), -1);
        return part = message.open(PartKind.BODY, "", hint);
    }

    void end() {
        if (part != null) part.end();
        part = null;
    }
}
