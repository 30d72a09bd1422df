package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.telltale.model.Disguise;
import dev.telltale.model.Form;
import dev.telltale.model.Hits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Digests by their first bytes. They are too many to be searched for one by one (every algorithm,
 * of every normal form, of its base64 or hex, of its digest, of two identifiers joined), but what
 * carries one is a token of its own: it is decoded and looked up. A hit is made again from the
 * value and compared as far as the token goes, so a prefix that agrees by accident is none.
 *
 * <p>Immutable; safe for several threads.
 */
final class DigestIndex {
    /** Shortest token that is looked up by eight bytes: 64 bits of hex, 96 of base64. */
    static final int SHORTEST = PersonaMatcher.DIGEST_CHARACTERS;

    /** Shortest token at all; below {@link #SHORTEST} it counts under a telling key only. */
    static final int SHORTEST_TOLD = 8;

    /** Longest: SHA-512 in hex. */
    private static final int LONGEST = 128;

    /** Shortest raw digest that is told from chance. */
    private static final int SHORTEST_RAW = 12;

    private static final int LONGEST_RAW = 64;

    /** Below that only what is all of a digest. */
    private static final int WHOLE_RAW = 8;

    /**
     * Forms of so few bits must never count without a telling key, however little was scanned:
     * accidental matches of all of them together are no rarity.
     */
    private static final double TOLD_ONLY = 12;

    /** Identifiers of one scope of which pairs are joined. */
    private static final int JOINED = 14;

    /**
     * With more sources than this (an address book) digests of digests are made of the canonical
     * normal forms only, and of less usual ones only the usual digests.
     */
    private static final int MANY = 1_500;

    /**
     * More sources than forms could be numbered for; of those beyond, the common digests are found
     * all the same, because they are literals.
     */
    private static final int MOST = 200_000;

    private static final List<String> SEPARATORS = List.of("", "-", "_", ":", "|", ",", ".");

    /** How the input of the outer digest was made of the value. */
    private record Inner(String label, int digest, Writing rendering) {
        private static final int NONE = -1;

        byte[] of(byte[] value) {
            return rendering.of(digest == NONE ? value : Digest.ALL.get(digest).of(value));
        }
    }

    private enum Writing {
        RAW("raw"),
        HEX("hex"),
        UPPER_HEX("upper-case hex"),
        BASE64("base64");

        private final String label;

        Writing(String label) {
            this.label = label;
        }

        byte[] of(byte[] b) {
            return switch (this) {
                case RAW -> b;
                case HEX -> HexFormat.of().formatHex(b).getBytes(ISO_8859_1);
                case UPPER_HEX -> HexFormat.of().withUpperCase().formatHex(b).getBytes(ISO_8859_1);
                case BASE64 -> Base64.getEncoder().encode(b);
            };
        }
    }

    /** The first is the value itself, then its encodings, then its digests. */
    private static final List<Inner> INNERS = inners();

    private static List<Inner> inners() {
        List<Inner> all = new ArrayList<>();
        for (Writing r : Writing.values())
            all.add(new Inner(r == Writing.RAW ? "" : r.label, Inner.NONE, r));
        for (Digest d : Digest.COMMON)
            for (Writing r : Writing.values())
                all.add(new Inner(d.label() + " > " + r.label, d.ordinal(), r));
        return List.copyOf(all);
    }

    /** How a digest is written; the ordinal is part of a form's number. */
    private enum Encoding {
        HEX("hex", 4),
        BASE64URL("base64url", 6),
        BASE64("base64", 6),
        BASE32("base32", 5),
        RAW("raw", 8),
        DECIMAL("decimal", 3),
        /** So short a part that it counts as a whole value under a telling key only. */
        HEX_START("hex", 4),
        BASE64URL_START("base64url", 6),
        BASE64_START("base64", 6);

        private final String label;
        private final int bits;

        Encoding(String label, int bits) {
            this.label = label;
            this.bits = bits;
        }
    }

    private static final Encoding[] ENCODINGS = Encoding.values();

    /** How likely software hashes a normal form. */
    enum Usage {
        CANONICAL,
        COMMON,
        RARE,
        RAREST,
        JOINED;

        boolean isUsual() {
            return this == CANONICAL || this == COMMON;
        }
    }

    /**
     * A text that digests are made of.
     *
     * @param identifier index of the persona's entry; {@code other} of the one it is joined with,
     *     or -1
     * @param joins digests of it and another such value are looked for
     */
    record Source(
            int identifier,
            int other,
            String normal,
            Usage usage,
            boolean joins,
            byte[] bytes,
            double bits,
            List<String> telling) {
        boolean canonical() {
            return usage == Usage.CANONICAL;
        }
    }

    private final int firstForm;
    private final Source[] sources;

    /** By slot: first eight bytes of a digest, and which one it is plus one; 0 where free. */
    private final long[] keys;

    private final int[] recipes;

    /** The same by four bytes, of the digests that are written short. */
    private final int[] shortKeys;

    private final int[] shortRecipes;

    /** What is in the tables, as bits that stay in the cache: most tokens are in neither. */
    private final long[] marks;

    private final long[] shortMarks;

    /** What a recipe number is made of: source, inner, outer. */
    private static final int OUTERS = Digest.ALL.size();

    private static final int PER_SOURCE = INNERS.size() * OUTERS;

    /**
     * @param firstForm number of the first form that is this index's
     */
    DigestIndex(List<Source> values, int firstForm) {
        this.firstForm = firstForm;
        List<Source> usual = values.stream().filter(v -> v.usage().isUsual()).toList();
        List<Source> some = values.size() > MOST ? usual : values;
        List<Source> all = new ArrayList<>(some.subList(0, Math.min(MOST, some.size())));
        joined(values, all);
        sources = all.toArray(Source[]::new);
        Filling by8 = new Filling(1 << 14);
        Filling by4 = new Filling(1 << 12);
        for (int s = 0; s < sources.length; s++) fill(s, by8, by4, usual.size() > MANY);
        keys = by8.keys;
        recipes = by8.recipes;
        shortRecipes = by4.recipes;
        shortKeys = new int[by4.keys.length];
        for (int i = 0; i < shortKeys.length; i++) shortKeys[i] = (int) by4.keys[i];
        marks = marks(by8);
        shortMarks = marks(by4);
    }

    private static void joined(List<Source> values, List<Source> all) {
        List<Source> canonical = values.stream().filter(Source::joins).limit(JOINED).toList();
        for (Source a : canonical)
            for (Source b : canonical) {
                if (a.identifier() == b.identifier()) continue;
                for (String separator : SEPARATORS) all.add(joined(a, b, separator));
            }
    }

    private static Source joined(Source a, Source b, String separator) {
        byte[] s = separator.getBytes(ISO_8859_1);
        byte[] bytes = Arrays.copyOf(a.bytes(), a.bytes().length + s.length + b.bytes().length);
        System.arraycopy(s, 0, bytes, a.bytes().length, s.length);
        System.arraycopy(b.bytes(), 0, bytes, a.bytes().length + s.length, b.bytes().length);
        String normal = "joined" + (separator.isEmpty() ? "" : " by " + separator);
        return new Source(
                a.identifier(),
                b.identifier(),
                normal,
                Usage.JOINED,
                false,
                bytes,
                Math.max(a.bits(), b.bits()),
                a.telling());
    }

    private void fill(int s, Filling by8, Filling by4, boolean many) {
        Source source = sources[s];
        boolean usual = source.usage().isUsual();
        for (int i = 0; i < INNERS.size(); i++) {
            List<Digest> outers = outers(source, INNERS.get(i), many);
            if (outers.isEmpty()) continue;
            byte[] input = INNERS.get(i).of(source.bytes());
            for (Digest d : outers) {
                byte[] raw = d.of(input);
                int recipe = s * PER_SOURCE + i * OUTERS + d.ordinal();
                if (raw.length >= 8) by8.put(big(raw, 8), recipe);
                if (i == 0 && (usual && Digest.COMMON.contains(d) || single(source, raw)))
                    by4.put(big(raw, 4), recipe);
            }
        }
    }

    private static boolean single(Source source, byte[] raw) {
        return source.usage() != Usage.JOINED && raw.length < SHORTEST_RAW;
    }

    /**
     * Every digest is made of a value as it is; of what was made of it, the common ones. Of less
     * usual normal forms and of joined values only what software is known to do is tried: the
     * digest itself, and the digest of a hex digest.
     */
    private static List<Digest> outers(Source source, Inner inner, boolean many) {
        boolean itself = inner.label().isEmpty();
        boolean hexDigest =
                inner.rendering() == Writing.HEX
                        && inner.digest() != Inner.NONE
                        && Digest.USUAL.contains(Digest.ALL.get(inner.digest()));
        return switch (source.usage()) {
            case CANONICAL ->
                    itself
                            ? Digest.ALL
                            : many && !hexDigest ? List.of() : many ? Digest.USUAL : Digest.COMMON;
            case COMMON ->
                    itself
                            ? many ? Digest.COMMON : Digest.ALL
                            : hexDigest && !many ? Digest.USUAL : List.of();
            case RARE -> itself ? many ? Digest.USUAL : Digest.ALL : List.of();
            case RAREST -> itself ? many ? Digest.USUAL : Digest.COMMON : List.of();
            case JOINED -> itself ? Digest.USUAL : List.of();
        };
    }

    /** Open addressing, at most half full. The first recipe of a key is the simplest; it stays. */
    private static final class Filling {
        private long[] keys;
        private int[] recipes;
        private int size;

        Filling(int room) {
            keys = new long[room];
            recipes = new int[room];
        }

        void put(long key, int recipe) {
            if (++size > keys.length / 2) {
                long[] k = keys;
                int[] r = recipes;
                keys = new long[2 * k.length];
                recipes = new int[2 * k.length];
                for (int i = 0; i < k.length; i++) if (r[i] != 0) place(k[i], r[i]);
            }
            place(key, recipe + 1);
        }

        private void place(long key, int recipe) {
            int i = slot(key, keys.length);
            while (recipes[i] != 0) i = i + 1 & keys.length - 1;
            keys[i] = key;
            recipes[i] = recipe;
        }
    }

    private static long[] marks(Filling filled) {
        int bits = Math.clamp(8L * filled.keys.length, 1 << 16, 1 << 24);
        long[] marks = new long[Integer.highestOneBit(bits) / 64];
        for (int i = 0; i < filled.keys.length; i++)
            if (filled.recipes[i] != 0) {
                long h = mixed(filled.keys[i]);
                marks[(int) (h >>> 38) & marks.length - 1] |= 1L << (h >>> 32);
            }
        return marks;
    }

    private static boolean marked(long[] marks, long key) {
        long h = mixed(key);
        return (marks[(int) (h >>> 38) & marks.length - 1] >>> (h >>> 32) & 1) != 0;
    }

    private static int slot(long key, int room) {
        return (int) (mixed(key) >>> 40) & room - 1;
    }

    private static long mixed(long key) {
        return (key ^ key >>> 29) * 0x9E3779B97F4A7C15L;
    }

    private static long big(byte[] b, int n) {
        long k = 0;
        for (int i = 0; i < n; i++) k = k << 8 | b[i] & 0xff;
        return n == 4 ? (int) k : k;
    }

    // ------------------------------------------------------------------------------------------------ look-up

    private static final int IS_HEX = 1, IS_BASE64 = 2, IS_URL = 4, IS_UPPER32 = 8, IS_LOWER32 = 16;
    private static final int IS_DIGIT = 32;

    /** Which alphabets a letter belongs to. */
    private static final byte[] ALPHABETS = new byte[256];

    private static final byte[] VALUE16 = new byte[256];
    private static final byte[] VALUE64 = new byte[256];
    private static final byte[] VALUE32 = new byte[256];

    static {
        String base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < 64; i++) VALUE64[base64.charAt(i)] = (byte) i;
        VALUE64['-'] = 62;
        VALUE64['_'] = 63;
        for (int c = 0; c < 128; c++) {
            int a = 0;
            boolean digit = c >= '0' && c <= '9';
            boolean upper = c >= 'A' && c <= 'Z';
            boolean lower = c >= 'a' && c <= 'z';
            if (digit) a |= IS_DIGIT;
            if (Token.hex(c)) {
                a |= IS_HEX;
                VALUE16[c] = (byte) Character.digit(c, 16);
            }
            if (digit || upper || lower) a |= IS_BASE64 | IS_URL;
            if (c == '+' || c == '/') a |= IS_BASE64;
            if (c == '-' || c == '_') a |= IS_URL;
            if (upper || c >= '2' && c <= '7') a |= IS_UPPER32;
            if (lower || c >= '2' && c <= '7') a |= IS_LOWER32;
            ALPHABETS[c] = (byte) a;
            if (upper || lower) VALUE32[c] = (byte) ((c | 0x20) - 'a');
            else if (digit && c >= '2') VALUE32[c] = (byte) (c - '2' + 26);
        }
    }

    /**
     * Appends the digests that a token is: letters of hex, base64, base64url or base32 with nothing
     * of the kind beside them.
     *
     * @param padding number of {@code =} behind {@code to} that belong to it
     */
    void token(byte[] b, int from, int to, int padding, Hits hits) {
        int n = to - from;
        if (n < SHORTEST || n > LONGEST) return;
        int alphabets = alphabets(b, from, to);
        int before = hits.size();
        if ((alphabets & IS_HEX) != 0 && padding == 0)
            by8(decode(b, from, 4, 64), Encoding.HEX, b, from, to, 0, hits);
        if (hits.size() == before && (alphabets & (IS_BASE64 | IS_URL)) != 0) {
            Encoding e = base64(alphabets, n, padding);
            by8(decode(b, from, 6, 64), e, b, from, to, padding, hits);
        }
        if (hits.size() == before && (alphabets & (IS_UPPER32 | IS_LOWER32)) != 0)
            by8(decode(b, from, 5, 64), Encoding.BASE32, b, from, to, padding, hits);
    }

    /** Where both alphabets agree, padding is base64's habit and its absence base64url's. */
    private static Encoding base64(int alphabets, int n, int padding) {
        if ((alphabets & IS_URL) == 0) return Encoding.BASE64;
        if ((alphabets & IS_BASE64) == 0) return Encoding.BASE64URL;
        return padding > 0 ? Encoding.BASE64 : Encoding.BASE64URL;
    }

    /** Appends the digest that the bytes {@code [from, to)} are, or the first part of one. */
    void raw(byte[] b, int from, int to, Hits hits) {
        int n = to - from;
        if (n < SHORTEST_RAW && n != WHOLE_RAW || n > LONGEST_RAW) return;
        long key = 0;
        for (int i = from; i < from + 8; i++) key = key << 8 | b[i] & 0xff;
        by8(key, Encoding.RAW, b, from, to, 0, hits);
    }

    /**
     * Appends the digests that a whole value is and that are too short to be told from chance: they
     * count under a telling key only.
     */
    void whole(byte[] b, int from, int to, Hits hits) {
        int n = to - from;
        if (n < SHORTEST_TOLD || n > 20) return;
        int alphabets = alphabets(b, from, to);
        int before = hits.size();
        if (n < SHORTEST) {
            if ((alphabets & IS_HEX) != 0)
                by4((int) decode(b, from, 4, 32), Encoding.HEX_START, b, from, to, hits);
            if (hits.size() == before && (alphabets & (IS_BASE64 | IS_URL)) != 0) {
                Encoding e =
                        base64(alphabets, n, 0) == Encoding.BASE64
                                ? Encoding.BASE64_START
                                : Encoding.BASE64URL_START;
                by4((int) decode(b, from, 6, 32), e, b, from, to, hits);
            }
        }
        if (hits.size() > before) return;
        boolean minus = b[from] == '-';
        if ((alphabets & IS_DIGIT) == 0 && !(minus && (alphabets(b, from + 1, to) & IS_DIGIT) != 0))
            return;
        long number;
        try {
            String text = new String(b, from, n, ISO_8859_1);
            number = minus ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return;
        }
        if (number == (int) number || number >>> 32 == 0)
            by4((int) number, Encoding.DECIMAL, b, from, to, hits);
        by8(number, Encoding.DECIMAL, b, from, to, 0, hits);
    }

    private static int alphabets(byte[] b, int from, int to) {
        int all = 0xff;
        for (int i = from; i < to && all != 0; i++) all &= b[i] < 0 ? 0 : ALPHABETS[b[i]];
        return all;
    }

    /** The first {@code wanted} bits of a text of so many bits a letter. */
    private static long decode(byte[] b, int from, int bits, int wanted) {
        byte[] values = values(bits);
        int whole = wanted / bits;
        long key = 0;
        for (int i = from; i < from + whole; i++) key = key << bits | values[b[i]];
        int rest = wanted - whole * bits;
        return rest == 0 ? key : key << rest | values[b[from + whole]] >>> bits - rest;
    }

    /** What a letter stands for in an alphabet of {@code bits} a letter: hex, base 32, base 64. */
    static int letter(byte c, int bits) {
        return c < 0 ? 0 : values(bits)[c];
    }

    private static byte[] values(int bits) {
        return switch (bits) {
            case 4 -> VALUE16;
            case 5 -> VALUE32;
            default -> VALUE64;
        };
    }

    private void by8(long key, Encoding e, byte[] b, int from, int to, int padding, Hits hits) {
        if (!marked(marks, key)) return;
        int first = hits.size();
        for (int i = slot(key, keys.length); recipes[i] != 0; i = i + 1 & keys.length - 1)
            if (keys[i] == key) told(recipes[i] - 1, e, b, from, to, padding, hits, first);
    }

    private void by4(int key, Encoding e, byte[] b, int from, int to, Hits hits) {
        if (!marked(shortMarks, key)) return;
        int first = hits.size();
        int room = shortKeys.length;
        for (int i = slot(key, room); shortRecipes[i] != 0; i = i + 1 & room - 1)
            if (shortKeys[i] == key) told(shortRecipes[i] - 1, e, b, from, to, 0, hits, first);
    }

    /** Told once for each identifier, the simplest first; of two joined, for both. */
    private void told(
            int recipe, Encoding e, byte[] b, int from, int to, int padding, Hits hits, int first) {
        if (!agrees(made(recipe), e, b, from, to)) return;
        Source s = sources[recipe / PER_SOURCE];
        int form = firstForm + 2 * (recipe * ENCODINGS.length + e.ordinal());
        once(s.identifier(), form, from, to + padding, hits, first);
        if (s.other() >= 0) once(s.other(), form + 1, from, to + padding, hits, first);
    }

    private void once(int identifier, int form, int from, int to, Hits hits, int first) {
        for (int i = first; i < hits.size(); i++)
            if (identifier(hits.form(i)) == identifier) return;
        hits.add(form, from, to);
    }

    private byte[] made(int recipe) {
        int within = recipe % PER_SOURCE;
        byte[] input = INNERS.get(within / OUTERS).of(sources[recipe / PER_SOURCE].bytes());
        return Digest.ALL.get(within % OUTERS).of(input);
    }

    /**
     * Bits left over at the end are not looked at: what is cut before encoding leaves zeros there.
     */
    private static boolean agrees(byte[] raw, Encoding e, byte[] b, int from, int to) {
        int n = to - from;
        return switch (e) {
            case RAW ->
                    (n >= SHORTEST_RAW ? n <= raw.length : n == raw.length)
                            && Arrays.equals(raw, 0, n, b, from, to);
            case DECIMAL -> {
                String text = new String(b, from, n, ISO_8859_1);
                yield raw.length == 4
                        ? text.equals(Integer.toString((int) big(raw, 4)))
                                || text.equals(Integer.toUnsignedString((int) big(raw, 4)))
                        : raw.length == 8
                                && (text.equals(Long.toString(big(raw, 8)))
                                        || text.equals(Long.toUnsignedString(big(raw, 8))));
            }
            case HEX, BASE32, BASE64, BASE64URL, HEX_START, BASE64URL_START, BASE64_START -> {
                int whole = n * e.bits / 8;
                if (whole > raw.length || n > (raw.length * 8 + e.bits - 1) / e.bits) yield false;
                long held = 0;
                int have = 0;
                int at = 0;
                byte[] values = values(e.bits);
                for (int i = from; i < to; i++) {
                    held = held << e.bits | values[b[i]];
                    have += e.bits;
                    if (have < 8) continue;
                    have -= 8;
                    if ((byte) (held >>> have) != raw[at++]) yield false;
                }
                yield true;
            }
        };
    }

    // ------------------------------------------------------------------------------------------------ forms

    int identifier(int form) {
        int f = form - firstForm;
        Source s = sources[f / 2 / ENCODINGS.length / PER_SOURCE];
        return f % 2 == 0 ? s.identifier() : s.other();
    }

    Form form(int id) {
        int f = id - firstForm;
        Encoding e = ENCODINGS[f / 2 % ENCODINGS.length];
        int recipe = f / 2 / ENCODINGS.length;
        Source s = sources[recipe / PER_SOURCE];
        Inner inner = INNERS.get(recipe % PER_SOURCE / OUTERS);
        Digest outer = Digest.ALL.get(recipe % OUTERS);
        int raw = made(recipe).length;
        int full =
                switch (e) {
                    case RAW -> raw;
                    case DECIMAL -> 1;
                    case HEX, BASE32, BASE64, BASE64URL, HEX_START, BASE64URL_START, BASE64_START ->
                            (raw * 8 + e.bits - 1) / e.bits;
                };
        boolean told = raw < WHOLE_RAW || e.ordinal() >= Encoding.HEX_START.ordinal();
        int length =
                e == Encoding.RAW
                        ? Math.min(raw, SHORTEST_RAW)
                        : Math.min(full, told ? SHORTEST_TOLD : SHORTEST);
        double kept = Math.min(8.0 * raw, e == Encoding.DECIMAL ? 64 : length * e.bits);
        return new Form(
                id,
                identifier(id),
                s.normal(),
                s.canonical(),
                (inner.label().isEmpty() ? "" : inner.label() + " > ") + outer.label(),
                e.label,
                Disguise.HASHED,
                Math.min(s.bits(), told ? TOLD_ONLY : kept),
                true,
                length,
                full,
                told,
                s.telling());
    }
}
