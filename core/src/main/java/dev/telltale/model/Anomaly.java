package dev.telltale.model;

/**
 * Something malformed, cut or contradictory in the input, and what was done about it. Never holds
 * payload bytes.
 *
 * @param where the place: {@code frame 118}, {@code flow 7 offset 312}, {@code entry 4}, {@code
 *     byte 4711}
 * @param text one plain sentence
 */
public record Anomaly(Kind kind, String where, String text) implements Comparable<Anomaly> {
    public enum Kind {
        /** The file ends inside a record. */
        CAPTURE_TRUNCATED,
        /** The file or a block in it does not follow its format. */
        CAPTURE_MALFORMED,
        /** The file could not be read at all. */
        CAPTURE_UNREADABLE,
        PACKET_MALFORMED,
        /** A link type or protocol this version does not take apart. */
        UNSUPPORTED_LINK,
        OVERLAP_CONFLICT,
        PROTOCOL_VIOLATION,
        /** Content-Encoding, Content-Length or a type that the bytes contradict. */
        LYING_METADATA,
        DECODE_ERROR,
        /**
         * A limit (depth, bytes, ratio, flows, headers) was reached; what lies beyond was not
         * looked at.
         */
        LIMIT,
        /** The stages do not agree on how many bytes there were: a defect of ours. */
        ACCOUNTING;

        /** Part of the input was not looked at: nothing may be concluded from not having seen. */
        public boolean blinds() {
            return switch (this) {
                case CAPTURE_UNREADABLE,
                        CAPTURE_TRUNCATED,
                        CAPTURE_MALFORMED,
                        UNSUPPORTED_LINK,
                        LIMIT,
                        ACCOUNTING ->
                        true;
                case PACKET_MALFORMED,
                        OVERLAP_CONFLICT,
                        PROTOCOL_VIOLATION,
                        LYING_METADATA,
                        DECODE_ERROR ->
                        false;
            };
        }
    }

    @Override
    public int compareTo(Anomaly o) {
        int c = kind.compareTo(o.kind);
        if (c == 0) c = where.compareTo(o.where);
        return c != 0 ? c : text.compareTo(o.text);
    }
}
