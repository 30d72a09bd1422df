package dev.telltale.judge;

import dev.telltale.model.Coverage;
import dev.telltale.model.ReasonCode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was not read at one destination: how much, why, what it may be, what to do about it. */
final class BlindSpots {
    /**
     * Shortest form in which most identifiers can leave: a number packed into bytes, a short hash.
     */
    private static final int SHORTEST = 8;

    private BlindSpots() {}

    static List<ReasonCode> codes(Coverage.Share d) {
        return d.reasons().stream()
                .filter(r -> r.code() != ReasonCode.UNEXPLAINED && r.bytes() > 0)
                .map(Coverage.Reason::code)
                .toList();
    }

    /**
     * @param identifiers how many the persona has
     */
    static String text(Coverage.Share d, int identifiers) {
        long unread = d.sent().bytes() - d.sent().readable();
        List<ReasonCode> codes = codes(d);
        String why =
                d.reasons().stream()
                        .filter(r -> codes.contains(r.code()))
                        .map(r -> r.code() + " " + r.bytes() + " bytes")
                        .collect(Collectors.joining(", "));
        String first =
                String.format(
                        Locale.ROOT,
                        "%d of %d bytes sent to %s could not be read%s.",
                        unread,
                        d.sent().bytes(),
                        d.host(),
                        why.isEmpty() ? "" : " (" + why + ")");
        String advice =
                codes.stream().map(BlindSpots::advice).distinct().collect(Collectors.joining(" "));
        // Of a refused handshake the bytes that are there say nothing of those that were not sent.
        String room = codes.contains(ReasonCode.PINNED) ? "" : room(unread, identifiers) + " ";
        return (first + " " + room + advice).strip();
    }

    private static String room(long unread, int identifiers) {
        long values = unread / SHORTEST;
        if (values == 0) return "They are too few for all but the shortest values.";
        if (values >= identifiers)
            return "They could have carried any of the persona's " + identifiers + " identifiers.";
        return "They could have carried "
                + values
                + " of the persona's "
                + identifiers
                + " identifiers.";
    }

    /** What to do; one sentence. */
    private static String advice(ReasonCode code) {
        return switch (code) {
            case NONE, UNEXPLAINED -> "";
            case NO_KEYS ->
                    "Give the TLS key log of this recording with --keys, or record through an"
                            + " interceptor.";
            case QUIC_NO_KEYS ->
                    "Give the QUIC key log with --keys, or block UDP port 443 so that the phone"
                            + " falls back to TCP.";
            case PROPRIETARY ->
                    "It is the vendor's own protocol: what it carries takes reverse engineering.";
            case OPAQUE_PAYLOAD ->
                    "The app itself encrypted or packed it: a key known from reverse engineering"
                            + " goes under payload_keys in the persona.";
            case GAP -> "Packets are missing: record closer to the phone or with a larger buffer.";
            case TRUNCATED -> "Packets were cut short: record them whole.";
            case BUDGET -> "Decoding stopped at a limit that guards against decompression bombs.";
            case UNDECODABLE -> "The bytes contradict the format they claim.";
            case BODY_ABSENT ->
                    "The recording names bodies that it does not hold: export it with content.";
            case UNSUPPORTED -> "This version does not take that protocol or format apart.";
            case PINNED ->
                    "The app hung up on the interceptor's certificate: what it had to say was"
                            + " never sent. Unpin it, or hook its TLS library for a key log.";
            case CHANNEL_NOT_CAPTURED -> "The run says that this channel was not recorded.";
        };
    }
}
