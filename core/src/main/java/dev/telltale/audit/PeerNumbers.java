package dev.telltale.audit;

import dev.telltale.attribute.Domains;
import dev.telltale.model.Persona;

/** Destinations that are telephone numbers: those of the persona are not shown. */
final class PeerNumbers {
    /**
     * National numbers are told from each other by their last digits, however the rest is written.
     */
    private static final int TELLING_DIGITS = 8;

    private PeerNumbers() {}

    /** {@code host}, or {@code {contacts[0].phone}} where it is that number. */
    static String shown(String host, Persona persona) {
        if (!isNumber(host) || Domains.isIp(host)) return host;
        String end = end(host);
        if (end.length() < 6) return host;
        for (Persona.Entry e : persona.entries()) {
            if (isNumber(e.value()) && end(e.value()).equals(end))
                return "{" + e.identifier().id() + "}";
        }
        return host;
    }

    /** Six and more digits and what numbers are grouped with. Asked once a flow: no pattern. */
    private static boolean isNumber(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if ((c < '0' || c > '9') && "+()-. ".indexOf(c) < 0) return false;
        }
        return s.length() >= 6;
    }

    private static String end(String number) {
        String digits = number.replaceAll("[^0-9]", "");
        return digits.substring(Math.max(0, digits.length() - TELLING_DIGITS));
    }
}
