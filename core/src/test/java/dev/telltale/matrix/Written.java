package dev.telltale.matrix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Set;

/**
 * A value of the persona in one normal form, made here and not by the product.
 *
 * @param id of the identifier
 * @param forms names it may be found under; more than one where two say the same
 * @param text it is text
 * @param searched looked for as it is, not only as a digest
 * @param strong tells enough to count under any key and without one
 * @param hashed digests of it are looked for
 * @param key tells the kind
 */
record Written(
        String id,
        Set<String> forms,
        byte[] bytes,
        boolean text,
        boolean searched,
        boolean strong,
        boolean hashed,
        String key) {

    String string() {
        return new String(bytes, UTF_8);
    }
}
