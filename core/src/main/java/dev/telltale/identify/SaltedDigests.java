package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.model.Disguise;
import dev.telltale.model.Form;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Digests of the persona's values together with something that travelled beside them: a salt before
 * or behind, or a key of an HMAC (RFC 2104). Nothing can be looked up, since the salt is new each
 * time; so each salt is tried with each value, the likely ways first, within an {@link Effort}.
 *
 * <p>For one thread.
 */
public final class SaltedDigests {
    /**
     * What may be a salt.
     *
     * @param name where it stands: {@code query[nonce]}
     * @param telling its name or nature says that it is one: tried in all ways, others in the usual
     *     three
     */
    public record Salt(String name, byte[] value, boolean telling) {}

    /**
     * What may be a digest.
     *
     * @param text letters, or bytes where {@code raw}
     */
    public record Sought(byte[] text, boolean raw) {}

    /**
     * A salted digest.
     *
     * @param sought index into what was sought
     * @param form its label without the salt
     * @param salt words for the salt and its place, that follow the label
     * @param recipe how it was made, to be tried first on the next message of the kind
     */
    public record Solution(int sought, Form form, String salt, Recipe recipe) {}

    /** How much may still be computed; counted in digests. */
    public static final class Effort {
        private long left;

        public Effort(long digests) {
            left = digests;
        }

        public boolean over() {
            return left <= 0;
        }
    }

    /** How far to go. */
    public enum Depth {
        /** Each salt before and behind each value, and as an HMAC's key. */
        USUAL,
        /** Of what is called a salt: also separators, other renderings and other digests. */
        THOROUGH
    }

    private enum Way {
        BEFORE("before it"),
        BEHIND("behind it"),
        AROUND("around it"),
        /** HMAC under the salt. */
        KEY(""),
        /** HMAC of the salt, under the value. */
        KEYED("");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    /**
     * @param salt name of the salt
     * @param second name of one more between salt and value, or behind the value, or empty
     * @param apart the second stands on the other side of the value
     * @param inner digest whose hex is salted in the value's place, or -1
     * @param again the hex of the salted digest is digested once more
     * @param decoded the salt's hex was undone
     */
    public record Recipe(
            String algorithm,
            String way,
            String salt,
            String second,
            boolean apart,
            String separator,
            int inner,
            boolean again,
            boolean decoded) {}

    private static final List<String> SEPARATORS =
            List.of(":", "-", "_", "|", ",", ".", "&", "+", " ", "#", ";", "/");

    /** Shortest digest that counts: 64 bits. */
    private static final int SHORTEST = 8;

    /** Of so many salts pairs are tried. */
    private static final int PAIRED = 5;

    private final DigestIndex.Source[] all;
    private final DigestIndex.Source[] canonical;
    private final List<Algorithm> algorithms = new ArrayList<>();
    private final Map<Integer, byte[][]> innerDigests = new HashMap<>();

    SaltedDigests(List<DigestIndex.Source> sources) {
        all = sources.stream().filter(s -> s.usage().isUsual()).toArray(DigestIndex.Source[]::new);
        canonical =
                sources.stream()
                        .filter(DigestIndex.Source::canonical)
                        .toArray(DigestIndex.Source[]::new);
        for (Digest d : Digest.ALL) {
            int length = d.of(new byte[0]).length;
            if (length >= 16) algorithms.add(new Algorithm(d, length));
        }
    }

    /** Values that are tried. */
    public int values() {
        return canonical.length;
    }

    /** One digest, and its HMAC where the platform has it. */
    private static final class Algorithm {
        private final Digest digest;
        private final int length;
        private final @Nullable MessageDigest platform;
        private final @Nullable Mac mac;

        Algorithm(Digest digest, int length) {
            this.digest = digest;
            this.length = length;
            String title = digest.title();
            platform = digestNamed(title);
            mac =
                    macNamed(
                            "Hmac"
                                    + (title.startsWith("SHA-")
                                            ? "SHA" + title.substring(4)
                                            : title));
        }

        private static @Nullable MessageDigest digestNamed(String name) {
            try {
                return MessageDigest.getInstance(name);
            } catch (GeneralSecurityException e) {
                return null;
            }
        }

        private static @Nullable Mac macNamed(String name) {
            try {
                return Mac.getInstance(name);
            } catch (GeneralSecurityException e) {
                return null;
            }
        }

        boolean usual() {
            return Digest.COMMON.contains(digest)
                    || digest == Digest.SHA224
                    || digest == Digest.SHA384;
        }

        byte[] of(byte[] before, byte[] value, byte[] behind) {
            MessageDigest d = platform;
            if (d == null) return digest.of(joined(before, value, behind));
            d.update(before);
            d.update(value);
            d.update(behind);
            return d.digest();
        }
    }

    private static byte[] joined(byte[]... pieces) {
        int n = 0;
        for (byte[] p : pieces) n += p.length;
        byte[] b = new byte[n];
        n = 0;
        for (byte[] p : pieces) {
            System.arraycopy(p, 0, b, n, p.length);
            n += p.length;
        }
        return b;
    }

    /**
     * Tries {@code salts} on what is sought.
     *
     * @param solved those that need no further look; filled further
     */
    public List<Solution> solve(
            List<Salt> salts, List<Sought> sought, boolean[] solved, Depth depth, Effort effort) {
        Search s = new Search(sought, solved, effort);
        switch (depth) {
            case USUAL -> usual(s, salts);
            case THOROUGH -> thorough(s, salts);
        }
        return s.solutions;
    }

    /** Tries what has been right before, on other salts of the same names. */
    public List<Solution> again(
            Recipe r, List<Salt> salts, List<Sought> sought, boolean[] solved, Effort effort) {
        Search s = new Search(sought, solved, effort);
        for (Salt one : salts) {
            if (!one.name().equals(r.salt)) continue;
            if (r.second.isEmpty()) {
                s.run(r, one.value(), NOTHING, all);
            } else {
                for (Salt two : salts)
                    if (two.name().equals(r.second)) s.run(r, one.value(), two.value(), all);
            }
        }
        return s.solutions;
    }

    private static final byte[] NOTHING = {};

    private static final List<Way> FIRST = List.of(Way.BEFORE, Way.BEHIND, Way.KEY);

    private void usual(Search s, List<Salt> salts) {
        for (boolean telling : new boolean[] {true, false})
            for (Salt salt : salts) {
                if (salt.telling() != telling) continue;
                for (Algorithm a : algorithms) {
                    if (!a.usual() || !s.fits(a, false)) continue;
                    for (Way w : FIRST) s.run(plain(a, w, salt.name()), salt.value(), canonical);
                }
            }
    }

    private void thorough(Search s, List<Salt> salts) {
        List<Salt> telling = salts.stream().filter(Salt::telling).toList();
        for (Salt salt : telling)
            for (Algorithm a : algorithms) {
                if (!s.fits(a, true)) continue;
                byte[] v = salt.value();
                boolean exact = a.usual() && s.fits(a, false);
                if (exact) {
                    for (Way w : FIRST) s.run(plain(a, w, salt.name()), v, all);
                    ways(s, a, salt, v);
                } else {
                    for (Way w : FIRST) s.run(plain(a, w, salt.name()), v, canonical);
                }
            }
        pairs(s, telling.subList(0, Math.min(PAIRED, telling.size())));
    }

    private void ways(Search s, Algorithm a, Salt salt, byte[] v) {
        String name = salt.name();
        for (String separator : SEPARATORS)
            for (Way w : List.of(Way.BEFORE, Way.BEHIND))
                s.run(recipe(a, w, name, separator, -1, false, false), v, canonical);
        s.run(plain(a, Way.AROUND, name), v, canonical);
        s.run(plain(a, Way.KEYED, name), v, canonical);
        for (Way w : FIRST) {
            for (Digest d : Digest.USUAL)
                s.run(recipe(a, w, name, "", d.ordinal(), false, false), v, canonical);
            s.run(recipe(a, w, name, "", -1, true, false), v, canonical);
        }
        unhexed(v)
                .ifPresent(raw -> {
                    for (Way w : FIRST)
                        s.run(recipe(a, w, name, "", -1, false, true), raw, canonical);
                });
    }

    private void pairs(Search s, List<Salt> salts) {
        for (Salt one : salts)
            for (Salt two : salts) {
                if (one == two || one.name().equals(two.name())) continue;
                for (Algorithm a : algorithms) {
                    if (!a.usual() || !s.fits(a, false)) continue;
                    for (Way w : List.of(Way.BEFORE, Way.BEHIND))
                        for (boolean apart : new boolean[] {false, true})
                            s.run(
                                    new Recipe(
                                            a.digest.name(),
                                            w.name(),
                                            one.name(),
                                            two.name(),
                                            apart,
                                            "",
                                            -1,
                                            false,
                                            false),
                                    one.value(),
                                    two.value(),
                                    canonical);
                }
            }
    }

    private static Recipe plain(Algorithm a, Way w, String salt) {
        return recipe(a, w, salt, "", -1, false, false);
    }

    private static Recipe recipe(
            Algorithm a,
            Way w,
            String salt,
            String separator,
            int inner,
            boolean again,
            boolean decoded) {
        return new Recipe(
                a.digest.name(), w.name(), salt, "", false, separator, inner, again, decoded);
    }

    private static Optional<byte[]> unhexed(byte[] v) {
        if (v.length < 8 || v.length % 2 != 0) return Optional.empty();
        for (byte b : v) if (!Token.hex(b)) return Optional.empty();
        return Optional.of(HexFormat.of().parseHex(new String(v, ISO_8859_1)));
    }

    private Algorithm algorithm(String name) {
        for (Algorithm a : algorithms) if (a.digest.name().equals(name)) return a;
        throw new IllegalArgumentException(name);
    }

    // ------------------------------------------------------------------------------------------------ one message

    /** A reading of something sought: the same letters may be hex and base 64. */
    private record Reading(int sought, byte[] raw, String encoding, int bitsPerLetter) {}

    private final class Search {
        private final List<Sought> sought;
        private final boolean[] solved;
        private final Effort effort;
        private final Map<Long, List<Reading>> byStart = new HashMap<>();
        private final boolean[] lengths = new boolean[129];
        private int longest;
        private final List<Solution> solutions = new ArrayList<>();

        Search(List<Sought> sought, boolean[] solved, Effort effort) {
            this.sought = sought;
            this.solved = solved;
            this.effort = effort;
            for (int i = 0; i < sought.size(); i++) {
                if (solved[i]) continue;
                for (Reading r : readings(i, sought.get(i))) {
                    byStart.computeIfAbsent(start(r.raw), k -> new ArrayList<>(1)).add(r);
                    lengths[r.raw.length] = true;
                    longest = Math.max(longest, r.raw.length);
                }
            }
        }

        /**
         * Some of what is sought has this digest's length, or, where it may be cut, no more than
         * it. What has the length of no digest is cut in any case.
         */
        boolean fits(Algorithm a, boolean cut) {
            if (lengths[a.length]) return true;
            if (cut) return shorterThan(a.length);
            if (!Digest.USUAL.contains(a.digest)) return false;
            for (int n = SHORTEST; n < a.length; n++)
                if (lengths[n] && !DIGEST_LENGTHS.contains(n)) return true;
            return false;
        }

        private boolean shorterThan(int n) {
            for (int i = SHORTEST; i < n; i++) if (lengths[i]) return true;
            return false;
        }

        void run(Recipe r, byte[] salt, DigestIndex.Source[] values) {
            run(r, salt, NOTHING, values);
        }

        void run(Recipe r, byte[] salt, byte[] second, DigestIndex.Source[] values) {
            if (byStart.isEmpty() || effort.over()) return;
            Algorithm a = algorithm(r.algorithm);
            Way way = Way.valueOf(r.way);
            Mac mac = a.mac;
            boolean hmac = way == Way.KEY || way == Way.KEYED;
            if (hmac && (mac == null || salt.length == 0)) return;
            byte[] between = r.separator.getBytes(ISO_8859_1);
            byte[] before = NOTHING;
            byte[] behind = NOTHING;
            switch (way) {
                case BEFORE -> {
                    before = joined(salt, between, r.apart ? NOTHING : second);
                    behind = r.apart ? second : NOTHING;
                }
                case BEHIND -> {
                    behind = joined(r.apart ? NOTHING : second, between, salt);
                    before = r.apart ? second : NOTHING;
                }
                case AROUND -> before = behind = salt;
                case KEY, KEYED -> {}
            }
            try {
                if (way == Way.KEY && mac != null) mac.init(new SecretKeySpec(salt, "Hmac"));
                for (int i = 0; i < values.length && !effort.over(); i++) {
                    byte[] v = r.inner < 0 ? values[i].bytes() : inner(r.inner, values)[i];
                    byte[] made;
                    if (hmac && mac != null) {
                        if (way == Way.KEYED) {
                            if (v.length == 0) continue;
                            mac.init(new SecretKeySpec(v, "Hmac"));
                        }
                        made = mac.doFinal(way == Way.KEYED ? salt : v);
                        effort.left -= 2;
                    } else {
                        made = a.of(before, v, behind);
                        effort.left--;
                    }
                    if (r.again) {
                        made = a.of(NOTHING, hex(made), NOTHING);
                        effort.left--;
                    }
                    look(made, r, values[i]);
                }
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            settle();
        }

        private void look(byte[] made, Recipe r, DigestIndex.Source source) {
            List<Reading> same = byStart.get(start(made));
            if (same == null) return;
            for (Reading reading : same) {
                int n = reading.raw.length;
                if (n > made.length || !Arrays.equals(made, 0, n, reading.raw, 0, n)) continue;
                if (told(reading.sought, source.identifier())) continue;
                solutions.add(solution(reading, r, source, made.length));
            }
        }

        private boolean told(int soughtIndex, int identifier) {
            for (Solution s : solutions)
                if (s.sought() == soughtIndex && s.form().identifier() == identifier) return true;
            return false;
        }

        /**
         * What is solved is not looked for any further; two identifiers may have the same value.
         */
        private void settle() {
            boolean any = false;
            for (Solution s : solutions) {
                any |= !solved[s.sought()];
                solved[s.sought()] = true;
            }
            if (any) byStart.values().forEach(list -> list.removeIf(r -> solved[r.sought]));
            byStart.values().removeIf(List::isEmpty);
        }

        private Solution solution(Reading reading, Recipe r, DigestIndex.Source v, int length) {
            Digest d = Digest.valueOf(r.algorithm);
            boolean hmac = r.way.equals(Way.KEY.name()) || r.way.equals(Way.KEYED.name());
            String digest = (hmac ? "hmac-" : "") + d.label();
            if (r.inner >= 0) digest = Digest.ALL.get(r.inner).label() + " > hex > " + digest;
            if (r.again) digest += " > hex > " + d.label();
            int matched = sought.get(reading.sought).text().length;
            int full =
                    reading.raw.length < length
                            ? (length * 8 + reading.bitsPerLetter - 1) / reading.bitsPerLetter
                            : matched;
            Form form =
                    new Form(
                            -1,
                            v.identifier(),
                            v.normal(),
                            v.canonical(),
                            digest,
                            reading.encoding,
                            Disguise.SALTED,
                            Math.min(v.bits(), 8.0 * reading.raw.length),
                            !sought.get(reading.sought).raw(),
                            matched,
                            full,
                            false,
                            v.telling());
            return new Solution(reading.sought, form, words(r), r);
        }
    }

    private static final List<Integer> DIGEST_LENGTHS = List.of(16, 20, 28, 32, 48, 64);

    private static String words(Recipe r) {
        Way way = Way.valueOf(r.way);
        String from = " from " + r.salt + (r.decoded ? " (its hex undone)" : "");
        if (way == Way.KEY) return "key" + from;
        if (way == Way.KEYED) return "of the value" + from + " under it";
        String separator = r.separator.isEmpty() ? "" : " and \"" + r.separator + "\"";
        String other = way == Way.BEFORE ? Way.BEHIND.words : Way.BEFORE.words;
        String second =
                r.second.isEmpty() ? "" : " and " + r.second + (r.apart ? " " + other : " between");
        return "salt" + from + separator + " " + way.words + second;
    }

    /** Hex digests of {@code values}, made once. */
    private byte[][] inner(int digest, DigestIndex.Source[] values) {
        int key = digest << 1 | (values == all ? 1 : 0);
        return innerDigests.computeIfAbsent(
                key,
                k -> {
                    Digest d = Digest.ALL.get(digest);
                    byte[][] made = new byte[values.length][];
                    for (int i = 0; i < made.length; i++) made[i] = hex(d.of(values[i].bytes()));
                    return made;
                });
    }

    private static byte[] hex(byte[] b) {
        return HexFormat.of().formatHex(b).getBytes(ISO_8859_1);
    }

    private static long start(byte[] b) {
        long k = 0;
        for (int i = 0; i < SHORTEST; i++) k = k << 8 | b[i] & 0xff;
        return k;
    }

    // ------------------------------------------------------------------------------------------------ readings

    private static List<Reading> readings(int index, Sought s) {
        byte[] t = s.text();
        List<Reading> all = new ArrayList<>(2);
        if (s.raw()) {
            add(all, index, t, "raw", 8);
            return all;
        }
        int n = t.length;
        while (n > 0 && t[n - 1] == '=') n--;
        boolean hex = n == t.length;
        boolean url = true;
        boolean standard = true;
        boolean small = false;
        boolean capital = false;
        boolean base32 = true;
        for (int i = 0; i < n; i++) {
            int c = t[i];
            boolean digit = Token.digit(c);
            hex &= Token.hex(c);
            boolean alnum = Token.alnum(c);
            standard &= alnum || c == '+' || c == '/';
            url &= alnum || c == '-' || c == '_';
            small |= c >= 'a' && c <= 'z';
            capital |= c >= 'A' && c <= 'Z';
            base32 &= alnum && !digit || c >= '2' && c <= '7';
        }
        if (hex) add(all, index, bits(t, n, 4), "hex", 4);
        if (standard || url)
            add(
                    all,
                    index,
                    bits(t, n, 6),
                    standard && (!url || n < t.length) ? "base64" : "base64url",
                    6);
        if (base32 && !(small && capital)) add(all, index, bits(t, n, 5), "base32", 5);
        return all;
    }

    private static void add(List<Reading> all, int index, byte[] raw, String encoding, int bits) {
        if (raw.length >= SHORTEST && raw.length <= 64)
            all.add(new Reading(index, raw, encoding, bits));
    }

    private static byte[] bits(byte[] t, int n, int bits) {
        byte[] out = new byte[n * bits / 8];
        long held = 0;
        int have = 0;
        int at = 0;
        for (int i = 0; i < n && at < out.length; i++) {
            held = held << bits | DigestIndex.letter(t[i], bits);
            have += bits;
            if (have < 8) continue;
            have -= 8;
            out[at++] = (byte) (held >>> have);
        }
        return out;
    }
}
