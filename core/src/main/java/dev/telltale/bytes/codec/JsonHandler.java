package dev.telltale.bytes.codec;

/**
 * Takes the tokens of a JSON text (RFC 8259) from {@link JsonTokens}. Arrays are the tokenizer's or
 * its caller's and valid during the call only. {@code at} is the offset in the text of the token's
 * first content byte (after the quote for strings).
 */
public interface JsonHandler {
    void startObject(long at);

    void endObject(long at);

    void startArray(long at);

    void endArray(long at);

    /**
     * A member name, without quotes; {@code escaped} where it holds a backslash escape, still
     * undone.
     */
    void key(byte[] bytes, int from, int length, boolean escaped, long at);

    /** A whole string value, without quotes, escapes still undone. */
    void string(byte[] bytes, int from, int length, boolean escaped, long at);

    /**
     * A piece of a string value longer than the tokenizer's limit for whole values; escape
     * sequences are never cut in two. After the {@code last} piece (maybe empty) no {@link #string}
     * follows for this value.
     */
    void stringPiece(byte[] bytes, int from, int length, boolean escaped, long at, boolean last);

    /** A number, {@code true}, {@code false} or {@code null}, as written. */
    void literal(byte[] bytes, int from, int length, long at);

    /** The text breaks RFC 8259 at {@code at}; no token follows. What came before stands. */
    void malformed(long at, String why);
}
