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
 */
public record Hint(String mediaType, List<String> codings, long declared, String messageCoding) {
    public static final Hint NONE = new Hint("", List.of(), -1);

    public Hint(String mediaType, List<String> codings, long declared) {
        this(mediaType, codings, declared, "");
    }
}
