package dev.telltale.persona;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Values that cannot be taken for one another, nor can what is left of them: neither holds the
 * other, neither their beginnings nor their ends agree, and their digests differ from the first
 * characters on.
 */
final class Unlike {
    /** Apps cut values and digests, seldom below this. */
    private static final int SHORTEST = 8;

    private static final int TRIES = 1_000;

    private final List<String> plain = new ArrayList<>();
    private final List<String> digests = new ArrayList<>();

    /** The first value made that is like none before. */
    String next(Supplier<String> make) {
        for (int i = 0; i < TRIES; i++) {
            String value = make.get();
            if (add(value, true)) return value;
        }
        throw new IllegalStateException("no more values that differ from those before");
    }

    /** For values of a narrow range: their beginnings are the range's own. */
    String nextOfRange(Supplier<String> make) {
        for (int i = 0; i < TRIES; i++) {
            String value = make.get();
            if (add(value, false)) return value;
        }
        throw new IllegalStateException("no more values that differ from those before");
    }

    private boolean add(String value, boolean beginnings) {
        String bare = value.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
        for (String other : plain) {
            if (other.contains(bare) || bare.contains(other)) return false;
            if (beginnings && head(other).equals(head(bare))) return false;
            if (tail(other).equals(tail(bare))) return false;
        }
        List<String> hashed = new ArrayList<>();
        for (String form : List.of(value, bare))
            for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
                String d = digest(algorithm, form).substring(0, SHORTEST);
                if (digests.contains(d)) return false;
                if (!hashed.contains(d)) hashed.add(d);
            }
        plain.add(bare);
        digests.addAll(hashed);
        return true;
    }

    private static String head(String s) {
        return s.substring(0, Math.min(SHORTEST, s.length()));
    }

    private static String tail(String s) {
        return s.substring(Math.max(0, s.length() - SHORTEST));
    }

    private static String digest(String algorithm, String value) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(value.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
