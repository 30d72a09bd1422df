package dev.telltale.model;

import java.util.List;
import java.util.Locale;

/**
 * One rendering of one identifier: normal form, then digest, then encoding. Two identifiers with
 * the same value have a form each.
 *
 * @param id index into the matcher's forms
 * @param identifier index into {@link Persona#entries}
 * @param normal name of the normal form: {@code 15 digits}, {@code E.164}, {@code lat,lon}
 * @param canonical true where it is the kind's first normal form, not repeated in the label of a
 *     digest
 * @param digest {@code sha1}, ... or empty
 * @param encoding of the digest: {@code hex}, {@code base64}, {@code base64url}, {@code raw}, or
 *     empty
 * @param disguise PLAIN for normal forms, HASHED for digests; decoders around it can only raise it
 * @param bits information of the normal form in its alphabet, at most what a truncated digest keeps
 * @param bounded true where a match must stand alone as a token: positions are then bytes / (length
 *     + 1)
 * @param length bytes of the shortest prefix that counts; less than {@code full} for digests only
 * @param full bytes of the whole rendering
 * @param whole true where it counts only as a whole value
 * @param telling lower-case fragments of keys that tell this kind (imei, deviceid): with one of
 *     them a weak form counts
 */
public record Form(
        int id,
        int identifier,
        String normal,
        boolean canonical,
        String digest,
        String encoding,
        Disguise disguise,
        double bits,
        boolean bounded,
        int length,
        int full,
        boolean whole,
        List<String> telling) {

    /**
     * What matched, as the audit names it: {@code sha1 > base64url > first 16}, {@code 15 digits}.
     *
     * @param matched bytes that matched
     */
    public String label(int matched) {
        StringBuilder s = new StringBuilder();
        if (digest.isEmpty() || !canonical) s.append(normal);
        if (!digest.isEmpty()) s.append(s.isEmpty() ? "" : " > ").append(digest);
        if (!encoding.isEmpty()) s.append(" > ").append(encoding);
        if (matched < full) s.append(" > first ").append(matched);
        return s.toString();
    }

    /** True where {@code key} tells that a value under it is of this kind. */
    public boolean toldBy(String key) {
        String k = key.toLowerCase(Locale.ROOT);
        for (String t : telling) if (k.contains(t)) return true;
        return false;
    }
}
