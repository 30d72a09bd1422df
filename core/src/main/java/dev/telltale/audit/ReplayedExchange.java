package dev.telltale.audit;

import dev.telltale.model.Exchange;
import dev.telltale.model.PartKind;
import dev.telltale.model.Range;
import dev.telltale.model.Side;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One exchange as it was read.
 *
 * @param capture SHA-256
 * @param started when its first byte was seen
 * @param messages in the order in which they began
 */
public record ReplayedExchange(
        String capture, Exchange exchange, Instant started, List<Message> messages) {

    /**
     * @param status of an answer, 0 where there is none
     * @param ended when its last byte was seen
     */
    public record Message(Side side, int status, Instant began, Instant ended, List<Part> parts) {

        public Optional<Part> first(PartKind kind) {
            return parts.stream().filter(p -> p.kind() == kind).findFirst();
        }
    }

    /**
     * @param name of a header field, as sent
     * @param codings Content-Encoding, in the order applied
     * @param bytes as sent, the first ones where there were too many
     * @param size how many there were, missing ones too
     * @param missing true where the capture lacks some of them
     */
    public record Part(
            PartKind kind,
            String name,
            String mediaType,
            List<String> codings,
            byte[] bytes,
            long size,
            boolean missing,
            List<Spot> spots) {

        public boolean whole() {
            return !missing && bytes.length == size;
        }
    }

    /**
     * An identifier of the persona in a part.
     *
     * @param range of the part's bytes that hold it, in whatever coding
     * @param inside where those are the whole of a declared coding (Content-Encoding), its bytes in
     *     what the coding gives; else empty
     */
    public record Spot(String kind, Range range, Optional<Range> inside) {}
}
