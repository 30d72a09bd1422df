package dev.telltale.compare;

import dev.telltale.model.Disguise;
import dev.telltale.model.Finding;
import dev.telltale.model.Protection;
import dev.telltale.model.Secured;
import java.util.Comparator;
import java.util.Set;

/** What is worse for the owner of the phone. */
final class Severity {
    private Severity() {}

    /**
     * Numbers that can all be tried: a hash of one is no anonymity, because there are few of them
     * or lists of all that are in use.
     */
    private static final Set<String> COUNTABLE =
            Set.of(
                    "imei",
                    "imsi",
                    "iccid",
                    "msisdn",
                    "serial",
                    "wifi_mac",
                    "bluetooth_mac",
                    "bssid",
                    "operator",
                    "local_ip",
                    "email",
                    "location",
                    "contact_phone",
                    "contact_email",
                    "sms_peer",
                    "call_peer",
                    "app");

    static boolean isCountable(String kind) {
        return COUNTABLE.contains(kind);
    }

    /** 0 for none, 1 for one that does not hold, 2 for one that does. */
    static int protection(Secured s) {
        if (s.protection() == Protection.NONE) return 0;
        return s.weak().isEmpty() ? 2 : 1;
    }

    /** How far a disguise keeps the value from whoever gets it: encoding not at all. */
    static int disguise(String kind, Disguise disguise) {
        return switch (disguise) {
            case PLAIN, ENCODED, SPLIT, DEPENDS_ON -> 0;
            case HASHED -> isCountable(kind) ? 0 : 1;
            case SALTED, ENCRYPTED_KNOWN_KEY -> 2;
        };
    }

    /** 0 where it was not given, 1 where nothing is known, 2 where it was. */
    static int consent(Finding.Variant v) {
        return v.consented().map(c -> c ? 2 : 0).orElse(1);
    }

    /** Worst first, and the same order whatever order they came in. */
    static final Comparator<Finding> FINDINGS =
            Comparator.comparingInt((Finding f) -> protection(f.worst().secured()))
                    .thenComparingInt(f -> consent(f.worst()))
                    .thenComparing(f -> f.worst().disguise())
                    .thenComparing(f -> f.worst().secured())
                    .thenComparing(f -> f.worst().host())
                    .thenComparing(f -> f.worst().form())
                    .thenComparing(f -> String.join("\n", f.worst().chain()))
                    .thenComparing(f -> f.worst().phase())
                    .thenComparing(Finding::firstSeen)
                    .thenComparing(Finding::id);
}
