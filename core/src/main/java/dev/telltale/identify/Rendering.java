package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Ways to write a value that no decoder can be asked to undo, because nothing tells that they were
 * used: the letters are as ordinary as any. They are looked for as they are.
 *
 * @param encoding as forms name it
 */
record Rendering(String encoding, byte[] bytes, Token token, boolean ignoreCase) {

    /** Longer values are looked for by their beginning. */
    private static final int BEGINNING = 96;

    /** Every rendering of a normal form that differs from it. */
    static List<Rendering> of(NormalForm f) {
        boolean cut = f.bytes().length > BEGINNING;
        byte[] b = cut ? Arrays.copyOf(f.bytes(), BEGINNING) : f.bytes();
        List<Rendering> all = new ArrayList<>();
        if (ascii(b)) {
            Token beside =
                    cut ? Token.BYTES : f.token() == Token.NUMBER ? Token.NUMBER : Token.WORD;
            all.add(new Rendering("reversed", reversed(b), beside, true));
            all.add(new Rendering("rot13", rot13(b), beside, true));
            all.add(new Rendering("rot47", rot47(b), Token.BYTES, false));
        }
        base64(all, b);
        all.removeIf(r ->
                r.bytes.length < PersonaMatcher.SEARCHED_FROM
                        || Arrays.equals(folded(r.bytes), folded(b)));
        return all;
    }

    private static boolean ascii(byte[] b) {
        for (byte x : b) if (x < 0x20 || x == 0x7f) return false;
        return true;
    }

    private static byte[] folded(byte[] b) {
        byte[] f = new byte[b.length];
        for (int i = 0; i < b.length; i++) f[i] = Literal.fold(b[i]);
        return f;
    }

    private static byte[] reversed(byte[] b) {
        byte[] r = new byte[b.length];
        for (int i = 0; i < b.length; i++) r[i] = b[b.length - 1 - i];
        return r;
    }

    private static byte[] rot13(byte[] b) {
        byte[] r = b.clone();
        for (int i = 0; i < r.length; i++) {
            int l = r[i] | 0x20;
            if (l >= 'a' && l <= 'z') r[i] += (byte) (l < 'n' ? 13 : -13);
        }
        return r;
    }

    private static byte[] rot47(byte[] b) {
        byte[] r = b.clone();
        for (int i = 0; i < r.length; i++)
            if (r[i] > ' ' && r[i] < 0x7f) r[i] = (byte) ('!' + (r[i] - '!' + 47) % 94);
        return r;
    }

    /**
     * Base64 of any text around the value: for each of the three places it can have in a group of
     * three bytes, the letters that depend on it alone. What decodes as a token is found without
     * these; they find it where the token is cut, glued to something or has its own alphabet's rest
     * around it.
     */
    private static void base64(List<Rendering> all, byte[] value) {
        for (int before = 0; before < 3; before++) {
            byte[] padded = new byte[before + value.length];
            System.arraycopy(value, 0, padded, before, value.length);
            int from = (before * 8 + 5) / 6;
            int to = padded.length * 8 / 6;
            for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
                byte[] text = encoder.encode(padded);
                byte[] own = Arrays.copyOfRange(text, from, Math.max(from, to));
                boolean url = encoder == Base64.getUrlEncoder();
                if (url && new String(own, US_ASCII).chars().noneMatch(c -> c == '-' || c == '_'))
                    continue;
                all.add(new Rendering(url ? "base64url" : "base64", own, Token.BYTES, false));
            }
        }
    }
}
