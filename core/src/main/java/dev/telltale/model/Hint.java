package dev.telltale.model;

import java.util.List;

/**
 * What the protocol claims about a part; the bytes have the last word.
 *
 * @param mediaType Content-Type as sent (may carry parameters), or empty
 * @param codings Content-Encoding codings in the order applied, lower case; empty list for none
 * @param declared declared length of the part in wire bytes, -1 where none
 * @param messageCoding coding of the messages inside the part that say they have one ({@code
 *     grpc-encoding}), or empty
 * @param ifOpaque why the part cannot be read, should it turn out to be noise
 */
public record Hint(
        String mediaType,
        List<String> codings,
        long declared,
        String messageCoding,
        ReasonCode ifOpaque) {
    public static final Hint NONE = new Hint("", List.of(), -1);

    /** Of a stream whose protocol nobody but its vendor knows. */
    public static final Hint PROPRIETARY = new Hint("", List.of(), -1, "", ReasonCode.PROPRIETARY);

    public Hint(String mediaType, List<String> codings, long declared, String messageCoding) {
        this(mediaType, codings, declared, messageCoding, ReasonCode.OPAQUE_PAYLOAD);
    }

    public Hint(String mediaType, List<String> codings, long declared) {
        this(mediaType, codings, declared, "");
    }
}
