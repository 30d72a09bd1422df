package dev.telltale.proof;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.telltale.model.Persona;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.util.encoders.Base32;

/**
 * Whether bytes are what an audit says they are: an identifier of the persona in a named form. Made
 * anew from the persona, by {@link Writings} and {@link Digests}.
 */
final class Stated {
    /** What the forms' names are made of. */
    private static final String THEN = " > ";

    private static final Pattern FIRST = Pattern.compile(" > first \\d+$");
    private static final List<String> WRITTEN =
            List.of("hex", "base64", "base64url", "base32", "raw", "decimal");
    private static final List<String> INNER = List.of("raw", "hex", "upper-case hex", "base64");

    /** Rare writings that are not all made here: the second reading alone vouches for those. */
    private static final Set<String> UNWRITTEN =
            Set.of(
                    "written together",
                    "in groups",
                    "in groups, 14 digits",
                    "PLMN, MSIN apart",
                    "filled with F",
                    "dashes, no leading zeros",
                    "spaces",
                    "as a number",
                    "as a number, little-endian",
                    "in hex",
                    "in hex, little-endian",
                    "country code apart",
                    "country code in brackets",
                    "trunk prefix in brackets",
                    "dialled from abroad",
                    "national format");

    private final Persona persona;
    private final Map<String, List<byte[]>> writings = new HashMap<>();

    Stated(Persona persona) {
        this.persona = persona;
    }

    enum Answer {
        YES,
        NO,
        /** The form's name is not one that this can make. */
        UNKNOWN
    }

    /**
     * @param identifier id in the persona
     * @param form as the audit names it
     */
    Answer is(byte[] bytes, String identifier, String form) {
        Persona.Entry entry = null;
        for (Persona.Entry e : persona.entries())
            if (e.identifier().id().equals(identifier)) entry = e;
        if (entry == null) return Answer.NO;
        String whole = FIRST.matcher(form).replaceFirst("");
        List<String> words = List.of(whole.split(THEN));
        int n = words.size();
        if (n >= 2 && Digests.known(words.get(n - 2)) && WRITTEN.contains(words.get(n - 1)))
            return digest(bytes, entry, words);
        // Salted, keyed, or of an algorithm that nobody here knows.
        if (whole.contains(" from ") || words.stream().anyMatch(Stated::digestLike))
            return Answer.UNKNOWN;
        String how = n >= 1 ? words.get(n - 1) : "";
        byte[] plain =
                switch (how) {
                    case "reversed" -> org.bouncycastle.util.Arrays.reverse(bytes);
                    case "rot13" -> rot13(bytes);
                    case "rot47" -> rot47(bytes);
                    default -> bytes;
                };
        for (byte[] w : of(entry)) {
            if (same(plain, w, form)) return Answer.YES;
            if (how.startsWith("base64") && withinBase64(bytes, w)) return Answer.YES;
        }
        if (UNWRITTEN.contains(words.getFirst())) return Answer.UNKNOWN;
        // Pieces may lack the separators of what they are together.
        return form.endsWith(", in pieces") ? Answer.UNKNOWN : Answer.NO;
    }

    /** {@code sha256}, {@code hmac-sha1}, {@code xxh64}. */
    private static boolean digestLike(String word) {
        return word.matches("[a-z]+[a-z0-9]*[0-9-][a-z0-9-]*")
                && !word.startsWith("base")
                && !word.startsWith("rot")
                && !word.equals("upper-case");
    }

    /** Whether bytes are the identifier without what may stand between its parts. */
    boolean isOfPieces(byte[] bytes, String identifier) {
        String seen = bare(bytes);
        for (Persona.Entry e : persona.entries())
            if (e.identifier().id().equals(identifier))
                for (byte[] w : of(e)) if (!seen.isEmpty() && bare(w).equals(seen)) return true;
        return false;
    }

    private static String bare(byte[] b) {
        return new String(b, UTF_8).replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
    }

    private List<byte[]> of(Persona.Entry entry) {
        return writings.computeIfAbsent(
                entry.identifier().id(), k -> Writings.of(entry, persona.region()).all());
    }

    /** In either case of letters; long texts by their beginning. */
    private static boolean same(byte[] bytes, byte[] w, String form) {
        boolean beginning = bytes.length < w.length && bytes.length >= 90;
        byte[] head = beginning ? Arrays.copyOf(w, bytes.length) : w;
        if (Arrays.equals(bytes, head)) return true;
        if (bytes.length == w.length || beginning)
            if (folded(bytes).equals(folded(head))) return true;
        // Letters beyond ASCII may change their length with their case.
        if (new String(bytes, UTF_8).equalsIgnoreCase(new String(w, UTF_8))) return true;
        return form.startsWith("16 digits") && version(bytes, w);
    }

    /** An IMEI with two digits of software version in place of its check digit. */
    private static boolean version(byte[] bytes, byte[] w) {
        return bytes.length == 16 && w.length == 14 && Arrays.equals(bytes, 0, 14, w, 0, 14);
    }

    private static String folded(byte[] b) {
        char[] c = new String(b, ISO_8859_1).toCharArray();
        for (int i = 0; i < c.length; i++) if (c[i] >= 'A' && c[i] <= 'Z') c[i] += 32;
        return new String(c);
    }

    private static byte[] rot13(byte[] b) {
        byte[] r = b.clone();
        for (int i = 0; i < r.length; i++) {
            int base = r[i] >= 'a' && r[i] <= 'z' ? 'a' : r[i] >= 'A' && r[i] <= 'Z' ? 'A' : 0;
            if (base != 0) r[i] = (byte) (base + (r[i] - base + 13) % 26);
        }
        return r;
    }

    private static byte[] rot47(byte[] b) {
        byte[] r = b.clone();
        for (int i = 0; i < r.length; i++)
            if (r[i] >= 33 && r[i] <= 126) r[i] = (byte) (33 + (r[i] - 33 + 47) % 94);
        return r;
    }

    /** The letters of base 64 that the value alone decides, wherever it began in its group. */
    private static boolean withinBase64(byte[] bytes, byte[] value) {
        String seen = new String(bytes, ISO_8859_1).replace('-', '+').replace('_', '/');
        byte[] v = value.length > 96 ? Arrays.copyOf(value, 96) : value;
        for (int before = 0; before < 3; before++) {
            byte[] padded = new byte[before + v.length];
            System.arraycopy(v, 0, padded, before, v.length);
            String text = Base64.getEncoder().encodeToString(padded);
            int from = new int[] {0, 2, 3}[before];
            if (text.substring(from, Math.max(from, padded.length * 8 / 6)).equals(seen))
                return true;
        }
        return false;
    }

    // --- digests

    private Answer digest(byte[] bytes, Persona.Entry entry, List<String> words) {
        int n = words.size();
        String outer = words.get(n - 2);
        String written = words.get(n - 1);
        List<byte[]> inputs = new ArrayList<>();
        List<byte[]> values =
                words.getFirst().startsWith("joined") ? joined(entry, words.getFirst()) : of(entry);
        String way = n >= 3 ? words.get(n - 3) : "";
        String inner = n >= 4 && INNER.contains(way) ? words.get(n - 4) : "";
        for (byte[] v : values) {
            inputs.add(v);
            if (Digests.known(inner)) Digests.of(inner, v).ifPresent(d -> inputs.add(as(way, d)));
            else if (INNER.contains(way)) inputs.add(as(way, v));
        }
        for (byte[] input : inputs)
            if (Digests.of(outer, input).filter(d -> shown(bytes, d, written)).isPresent())
                return Answer.YES;
        return Answer.NO;
    }

    private static byte[] as(String way, byte[] b) {
        return switch (way) {
            case "hex" -> HexFormat.of().formatHex(b).getBytes(ISO_8859_1);
            case "upper-case hex" ->
                    HexFormat.of().withUpperCase().formatHex(b).getBytes(ISO_8859_1);
            case "base64" -> Base64.getEncoder().encode(b);
            default -> b;
        };
    }

    private static final Pattern JOINED = Pattern.compile("joined(?: by (.*))?");

    private List<byte[]> joined(Persona.Entry entry, String name) {
        Matcher m = JOINED.matcher(name);
        String by = m.matches() && m.group(1) != null ? m.group(1) : "";
        List<byte[]> all = new ArrayList<>();
        for (Persona.Entry other : persona.entries()) {
            if (other == entry) continue;
            for (byte[] a : of(entry))
                for (byte[] b : of(other)) {
                    if (all.size() > 200_000) return all;
                    byte[] s = by.getBytes(UTF_8);
                    all.add(org.bouncycastle.util.Arrays.concatenate(a, s, b));
                    all.add(org.bouncycastle.util.Arrays.concatenate(b, s, a));
                }
        }
        return all;
    }

    /** {@code bytes} are the digest so written, or the first part of it. */
    private static boolean shown(byte[] bytes, byte[] digest, String written) {
        String seen = new String(bytes, ISO_8859_1).replaceAll("=+$", "");
        return switch (written) {
            case "raw" ->
                    bytes.length <= digest.length
                            && Arrays.equals(bytes, Arrays.copyOf(digest, bytes.length));
            case "hex" ->
                    HexFormat.of().formatHex(digest).startsWith(seen.toLowerCase(Locale.ROOT));
            case "base64", "base64url" -> {
                String s = seen.replace('-', '+').replace('_', '/');
                int whole = Math.min(digest.length, s.length() * 6 / 8);
                Base64.Encoder e = Base64.getEncoder().withoutPadding();
                yield e.encodeToString(digest).startsWith(s)
                        || e.encodeToString(Arrays.copyOf(digest, whole)).equals(s);
            }
            case "base32" -> {
                String s = seen.toUpperCase(Locale.ROOT);
                int whole = Math.min(digest.length, s.length() * 5 / 8);
                yield Base32.toBase32String(digest).replace("=", "").startsWith(s)
                        || Base32.toBase32String(Arrays.copyOf(digest, whole))
                                .replace("=", "")
                                .equals(s);
            }
            case "decimal" ->
                    new BigInteger(digest).toString().equals(seen)
                            || new BigInteger(1, digest).toString().equals(seen);
            default -> false;
        };
    }
}
