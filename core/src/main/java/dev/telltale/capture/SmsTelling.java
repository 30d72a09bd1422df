package dev.telltale.capture;

import dev.telltale.model.Anomaly;
import dev.telltale.model.Endpoint;
import dev.telltale.model.ExchangeSink;
import dev.telltale.model.FlowSinks;
import dev.telltale.model.Hint;
import dev.telltale.model.MessageSink;
import dev.telltale.model.MessageSink.PartSink;
import dev.telltale.model.PartKind;
import dev.telltale.model.ReasonCode;
import dev.telltale.model.Secured;
import dev.telltale.model.Side;
import java.util.List;

/**
 * Tells messages and calls of the channel {@code sms}: the phone is the initiator, the peer's
 * number the host. The number is no part: that a peer learns its own number is no news. Protection
 * is none: what the radio link ciphers every message centre reads.
 */
final class SmsTelling {
    private static final int CHUNK = 64 << 10;

    private final FlowSinks flows;
    private int entries;
    private long start = Long.MAX_VALUE;
    private long end = Long.MIN_VALUE;

    SmsTelling(FlowSinks flows) {
        this.flows = flows;
    }

    /**
     * @param lost bytes of this part that could not be kept or are not in the file
     */
    record Content(
            PartKind kind,
            String name,
            String mediaType,
            byte[] bytes,
            int length,
            long lost,
            ReasonCode why) {}

    /**
     * @param operation {@code SMS}, {@code MMS} or {@code CALL}
     * @param number of the peer as written
     * @param time nanoseconds since the epoch, 0 where unknown
     * @param box Android's word for the direction: 1 received, 2 sent
     */
    void tell(String operation, String number, long time, String box, List<Content> contents) {
        if (time != 0) {
            start = Math.min(start, time);
            end = Math.max(end, time);
        }
        EntryTelling told =
                new EntryTelling(
                        flows, entries++, new Endpoint("", "", 0), new Endpoint("", "", 0), time);
        String host = host(number);
        if (host.isEmpty())
            told.anomaly(
                    Anomaly.Kind.CAPTURE_MALFORMED, "The entry does not say whose number it is.");
        if (!box.equals("1") && !box.equals("2")) {
            told.anomaly(
                    Anomaly.Kind.CAPTURE_MALFORMED,
                    "The entry does not say who sent it; taken as sent by the phone.");
        }
        ExchangeSink x =
                told.exchange("sms", operation, "", host, 0, new byte[0], Secured.NONE, "", "");
        MessageSink m = told.message(x, box.equals("1") ? Side.RESPONDER : Side.INITIATOR);
        told.readable(number.length());
        for (Content c : contents) {
            if (c.kind != PartKind.BODY) {
                told.part(m, c.kind, c.name, c.bytes, 0, c.length);
                told.missing(c.lost, c.why);
                continue;
            }
            PartSink part = m.open(c.kind, c.name, new Hint(c.mediaType, List.of(), -1));
            for (int i = 0; i < c.length; i += CHUNK)
                part.feed(c.bytes, i, Math.min(CHUNK, c.length - i), -1);
            if (c.lost > 0) part.gap(c.lost, c.why);
            part.end();
        }
        if (contents.stream().anyMatch(c -> c.why == ReasonCode.BUDGET && c.lost > 0)) {
            told.anomaly(
                    Anomaly.Kind.LIMIT,
                    "The message is longer than is looked at; its beginning was used.");
        }
        m.end();
        x.end();
        told.end();
    }

    CaptureTotals totals() {
        return CaptureTotals.of(0, entries, start, end);
    }

    /**
     * A number without what people write between its digits; a sender that is a name stays as it
     * is.
     */
    private static String host(String number) {
        String s = number.strip();
        if (s.length() > 256 || s.equals("null")) return "";
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= '0' && c <= '9' || c == '+' || c == '*' || c == '#') digits.append(c);
            else if (" -().\u00a0/".indexOf(c) < 0) return s;
        }
        return digits.toString();
    }
}
