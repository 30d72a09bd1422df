package dev.telltale.bytes.codec;

/**
 * Push tokenizer for JSON text (RFC 8259) in UTF-8, any chunking, bounded memory; a byte order mark
 * is skipped, several texts in a row (NDJSON, RFC 7464 separators) are taken as one array-less
 * sequence. Nesting is bounded.
 */
public final class JsonTokens {
    public JsonTokens(JsonHandler handler) {
        throw new UnsupportedOperationException();
    }

    /** The next bytes of the text. */
    public void feed(byte[] bytes, int from, int length) {}

    /** The text ends; an open token or container is reported as malformed. */
    public void end() {}

    /** True once {@link JsonHandler#malformed} was called: further bytes are ignored. */
    public boolean failed() {
        return false;
    }
}
