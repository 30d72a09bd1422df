package dev.telltale.identify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Ways to write a value that no decoder can be asked to undo, because nothing tells that they were
 * used: the letters are as ordinary as any. They are looked for as they are; what is found is
 * undone with what stands around it, and has to stand alone as the value itself would.
 */
record Rendering(Way way, byte[] bytes, NormalForm of) {

    /** Longer values are looked for by their beginning. */
    private static final int BEGINNING = 96;

    enum Way {
        REVERSED("reversed", true),
        ROT13("rot13", true),
        ROT47("rot47", false),
        /** By how many bytes stand before the value in a group of three. */
        BASE64_AT_0("base64", false),
        BASE64_AT_1("base64", false),
        BASE64_AT_2("base64", false),
        BASE64URL_AT_0("base64url", false),
        BASE64URL_AT_1("base64url", false),
        BASE64URL_AT_2("base64url", false);

        final String label;
        final boolean ignoreCase;

        Way(String label, boolean ignoreCase) {
            this.label = label;
            this.ignoreCase = ignoreCase;
        }

        boolean isBase64() {
            return ordinal() >= BASE64_AT_0.ordinal();
        }

        int before() {
            return (ordinal() - BASE64_AT_0.ordinal()) % 3;
        }
    }

    /** Every rendering of a normal form that differs from it. */
    static List<Rendering> of(NormalForm f) {
        boolean cut = f.bytes().length > BEGINNING;
        NormalForm value =
                cut ? NormalForm.raw(f.name(), Arrays.copyOf(f.bytes(), BEGINNING), f.bits()) : f;
        byte[] b = value.bytes();
        List<Rendering> all = new ArrayList<>();
        if (ascii(b)) {
            all.add(new Rendering(Way.REVERSED, reversed(b, 0, b.length), value));
            all.add(new Rendering(Way.ROT13, rotated(b, 0, b.length, Way.ROT13), value));
            all.add(new Rendering(Way.ROT47, rotated(b, 0, b.length, Way.ROT47), value));
        }
        base64(all, value);
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

    private static byte[] reversed(byte[] b, int from, int to) {
        byte[] r = new byte[to - from];
        for (int i = 0; i < r.length; i++) r[i] = b[to - 1 - i];
        return r;
    }

    /** Both rotations undo themselves. */
    private static byte[] rotated(byte[] b, int from, int to, Way way) {
        byte[] r = Arrays.copyOfRange(b, from, to);
        for (int i = 0; i < r.length; i++) {
            int l = r[i] | 0x20;
            if (way == Way.ROT47) {
                if (r[i] > ' ' && r[i] < 0x7f) r[i] = (byte) ('!' + (r[i] - '!' + 47) % 94);
            } else if (l >= 'a' && l <= 'z') {
                r[i] += (byte) (l < 'n' ? 13 : -13);
            }
        }
        return r;
    }

    /**
     * Base64 of any text around the value: for each of the three places it can have in a group of
     * three bytes, the letters that depend on it alone. What decodes as a token is found without
     * these; they find it where the token is cut, glued to something or has its own alphabet's rest
     * around it.
     */
    private static void base64(List<Rendering> all, NormalForm value) {
        for (Way way : Way.values()) {
            if (!way.isBase64()) continue;
            int before = way.before();
            byte[] padded = new byte[before + value.bytes().length];
            System.arraycopy(value.bytes(), 0, padded, before, value.bytes().length);
            boolean url = way.ordinal() >= Way.BASE64URL_AT_0.ordinal();
            byte[] text = (url ? Base64.getUrlEncoder() : Base64.getEncoder()).encode(padded);
            int from = own(before);
            byte[] own = Arrays.copyOfRange(text, from, Math.max(from, padded.length * 8 / 6));
            if (url && new String(own, US_ASCII).chars().noneMatch(c -> c == '-' || c == '_'))
                continue;
            all.add(new Rendering(way, own, value));
        }
    }

    /** The first letter that depends on nothing before the value. */
    private static int own(int before) {
        return (before * 8 + 5) / 6;
    }

    // ------------------------------------------------------------------------------------ matches

    /** {@code e}, or -1 where the match {@code [s, e)}, undone, would be none. */
    int end(byte[] b, int lo, int hi, int s, int e) {
        if (way.isBase64()) return aloneInBase64(b, lo, hi, s) ? e : -1;
        int from = Math.max(lo, s - Token.LOOK);
        int to = Math.min(hi, e + Token.LOOK);
        if (way == Way.ROT47) {
            // Where marks are letters that were rotated, and where just marks, nobody can tell.
            int left = s;
            while (left > from && isWordLike(b[left - 1])) left--;
            int right = e;
            while (right < to && isWordLike(b[right])) right++;
            from = left;
            to = right;
        }
        boolean turned = way == Way.REVERSED;
        byte[] plain = turned ? reversed(b, from, to) : rotated(b, from, to, way);
        int at = turned ? to - e : s - from;
        int end = at + e - s;
        return of.token().end(plain, 0, plain.length, at, end) < 0 ? -1 : e;
    }

    private static boolean isWordLike(byte b) {
        return Token.alnum(b) || b == '_' || b == '`';
    }

    private static final byte[] VALUE = new byte[256];

    static {
        Arrays.fill(VALUE, (byte) -1);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < 64; i++) VALUE[letters.charAt(i)] = (byte) i;
        VALUE['-'] = 62;
        VALUE['_'] = 63;
    }

    /**
     * Whether the letters around {@code s}, where the value's own begin, hold the rest of its first
     * and last byte, and nothing beside it that it would be a part of. Numbers that differ in their
     * last digit alone may differ in the last letter alone.
     */
    private boolean aloneInBase64(byte[] b, int lo, int hi, int s) {
        int from = s;
        int stop = Math.max(lo, s - Token.LOOK * 4 / 3);
        while (from > stop && VALUE[b[from - 1] & 0xff] >= 0) from--;
        int to = s;
        byte[] value = of.bytes();
        stop = Math.min(hi, s + (value.length + Token.LOOK) * 4 / 3);
        while (to < stop && VALUE[b[to] & 0xff] >= 0) to++;
        int start = (s - from) * 6 - (own(way.before()) * 6 - way.before() * 8);
        if (start < 0) return false;
        int at = start / 8;
        byte[] plain = decoded(b, from, to, start % 8);
        int end = at + value.length;
        if (end > plain.length || !Arrays.equals(plain, at, end, value, 0, value.length))
            return false;
        return of.token().end(plain, 0, plain.length, at, end) >= 0;
    }

    /** The whole bytes in the letters {@code [from, to)} after the first {@code skipped} bits. */
    private static byte[] decoded(byte[] b, int from, int to, int skipped) {
        byte[] out = new byte[Math.max(0, ((to - from) * 6 - skipped) / 8)];
        int held = 0;
        int bits = -skipped;
        int n = 0;
        for (int i = from; i < to; i++) {
            held = held << 6 | VALUE[b[i] & 0xff];
            bits += 6;
            if (bits < 8) continue;
            bits -= 8;
            out[n++] = (byte) (held >>> bits);
        }
        return out;
    }
}
