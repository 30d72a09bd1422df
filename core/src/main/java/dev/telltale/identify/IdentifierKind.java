package dev.telltale.identify;

import dev.telltale.model.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known about one kind of identifier: a row of {@link IdentifierKinds}.
 *
 * @param name as in personas and audits: {@code contact_phone}
 * @param title as a sentence names it: {@code phone number of a contact}
 * @param personal counts against the phone under the default policy
 * @param forms how a value is commonly written; the first one is the canonical
 * @param digests that are tried on the forms that ask for it
 * @param validator what is wrong with a value
 * @param telling lower-case fragments of keys under which values of this kind stand
 * @param finds pairs that must match
 * @param ignores pairs that must not match
 */
record IdentifierKind(
        String name,
        String title,
        Scope scope,
        boolean personal,
        Forms forms,
        List<Digest> digests,
        Validator validator,
        List<String> telling,
        List<Example> finds,
        List<Example> ignores) {

    /** Of which two are joined before they are hashed, to make one key of a device or user. */
    private static final Set<String> JOINED =
            Set.of(
                    "imei",
                    "imsi",
                    "iccid",
                    "msisdn",
                    "android_id",
                    "advertising_id",
                    "serial",
                    "wifi_mac",
                    "model",
                    "email",
                    "account");

    boolean joins() {
        return JOINED.contains(name);
    }

    /** Makes the normal forms of a value; forms that come out alike are merged into the first. */
    @FunctionalInterface
    interface Forms {
        /**
         * @param region ISO 3166 alpha-2 or empty
         */
        List<NormalForm> of(String value, String region);
    }

    @FunctionalInterface
    interface Validator {
        /**
         * What is wrong with {@code value}, as a sentence part without the value itself; empty
         * where nothing is.
         */
        Optional<String> complaint(String value, String region);
    }

    /**
     * @param text bytes in which a persona with this value has (or has not) been told
     */
    record Example(String value, String text) {}
}
