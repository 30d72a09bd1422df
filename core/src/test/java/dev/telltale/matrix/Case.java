package dev.telltale.matrix;

import java.util.List;
import java.util.Set;

/**
 * One value in one dress, on its way.
 *
 * @param ids identifiers it is of: one, or two joined
 * @param forms labels of which one must be given
 * @param what kind, form, digest, encoding and carrier, for who reads of a miss
 */
record Case(List<String> ids, Set<String> forms, List<String> chain, String what, Make make) {

    /** Made when it is needed: twenty thousand together are large. */
    @FunctionalInterface
    interface Make {
        Carrier.Talk talk(String host);
    }
}
