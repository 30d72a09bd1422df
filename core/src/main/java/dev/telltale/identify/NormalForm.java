package dev.telltale.identify;

import java.nio.charset.StandardCharsets;

/**
 * One way an identifier is commonly written.
 *
 * @param name as the audit shows it: {@code 15 digits}, {@code E.164}
 * @param bytes UTF-8, or raw
 * @param ignoreCase ASCII letters match in either case
 * @param bits information it carries, see {@link Bits}
 * @param searched looked for as it is
 * @param hashed looked for as a digest too
 */
record NormalForm(
        String name,
        byte[] bytes,
        Token token,
        boolean ignoreCase,
        double bits,
        boolean searched,
        boolean hashed) {

    static NormalForm of(String name, String text, Token token, double bits) {
        return new NormalForm(
                name, text.getBytes(StandardCharsets.UTF_8), token, true, bits, true, false);
    }

    static NormalForm raw(String name, byte[] bytes, double bits) {
        return new NormalForm(name, bytes, Token.BYTES, false, bits, true, false);
    }

    /** The same, looked for as a digest too. */
    NormalForm andHashed() {
        return new NormalForm(name, bytes, token, ignoreCase, bits, searched, true);
    }

    /** Cut: the rest of a long text follows. */
    boolean isBeginning() {
        return token == Token.BYTES && ignoreCase;
    }

    /** The same, looked for as a digest only. */
    NormalForm onlyHashed() {
        return new NormalForm(name, bytes, token, ignoreCase, bits, false, true);
    }
}
