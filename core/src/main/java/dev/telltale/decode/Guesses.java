package dev.telltale.decode;

import dev.telltale.decode.Decoders.Decoder;
import dev.telltale.decode.Decoders.Kind;
import dev.telltale.decode.Decoders.Trust;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encodings that nothing in the bytes announces, tried on what nothing explains: XOR with one byte
 * or with a key that stands before the text, and base 64 in an alphabet of its own. A guess is
 * right where a form of the persona comes out, or JSON or gzip; so a wrong one tells nothing.
 *
 * <p>What was received is not guessed at: it would cost as much as what was sent.
 */
final class Guesses {
    /** Leaves up to here are tried with every key; longer ones with the one that makes text. */
    static final int SHORT = 4 << 10;

    /** Longest key of a repeating XOR that stands before its text. */
    private static final int LONGEST_KEY = 16;

    /** Shortest text that is guessed at. */
    private static final int SHORTEST = 8;

    /** Bytes that may be searched under wrong keys for one part. */
    private static final int EFFORT = 2 << 20;

    /** A stream of text under one key, which its first bytes tell. */
    static final Decoder XOR =
            new Decoder("xor", Kind.CODEC, Trust.TRIED, List.of(), Decoders.NEVER, Xor::new);

    private final Unwrapper u;

    /** Of a text in an alphabet of its own: twelve bytes. */
    private static final int LEAST_LETTERS = 16;

    private int effort = EFFORT;
    private byte[] values = new byte[256];

    Guesses(Unwrapper u) {
        this.u = u;
    }

    /** For the next part. */
    void reset() {
        effort = EFFORT;
    }

    // ------------------------------------------------------------------------------------------------ XOR

    /** True where some key makes text of all of it: it is worth a layer of its own. */
    boolean worth(byte[] b, int from, int to) {
        if (u.received || to - from < SHORTEST) return false;
        if (sameHalf(b, from, to)) return true;
        for (int n = 1; n <= LONGEST_KEY && to - from - n >= SHORTEST; n++)
            if (repeated(b, from, to, n)) return true;
        return false;
    }

    /** Looks behind XOR; true where it was one. All of {@code l}'s bytes are given. */
    boolean xor(Layer l, byte[] b, int from, int to) {
        int n = to - from;
        if (u.received || n < SHORTEST || n > SHORT || !l.deeper()) return false;
        if (sameHalf(b, from, to)) {
            for (int k = 1; k < 256; k++)
                if (printable(b, from, to, k) && under(l, b, from, to, k)) return true;
        }
        for (int key = 1; key <= LONGEST_KEY && n - key >= SHORTEST; key++)
            if (repeated(b, from, to, key) && underItsHead(l, b, from, to, key)) return true;
        int gzip = (b[from] ^ 0x1f) & 0xff;
        if (n >= 18
                && gzip != 0
                && Gzip.begins(
                        new byte[] {
                            0x1f,
                            (byte) (b[from + 1] ^ gzip),
                            (byte) (b[from + 2] ^ gzip),
                            (byte) (b[from + 3] ^ gzip)
                        },
                        0,
                        4)
                && under(l, b, from, to, gzip)) return true;
        // Text among other bytes.
        if (n >= 12 && mostlyOneHalf(b, from, to)) {
            for (int k = 1; k < 256 && effort > 0; k++) {
                effort -= n;
                if (under(l, b, from, to, k)) return true;
            }
        }
        return false;
    }

    /** Digits, or other letters of one row of ASCII, that XOR has made letters of another row. */
    boolean shiftedRow(Layer l, byte[] b, int from, int to, long offset) {
        if (u.received || to - from > 64 || !l.deeper()) return false;
        int row = row(b, from, to);
        if (row < 0) return false;
        for (int low = 0; low < 16; low++) {
            int k = (row ^ 0x30) | low;
            if (k == 0) continue;
            Layer x = l.below();
            byte[] plain = x.room(to - from);
            for (int i = from; i < to; i++) plain[i - from] = (byte) (b[i] ^ k);
            if (x.holdsForm(plain, to - from)) {
                found(l, "xor", plain, to - from, offset, to - from);
                return true;
            }
        }
        return false;
    }

    /** High bits that ten bytes in a row share, if not those of digits; else -1. */
    private static int row(byte[] b, int from, int to) {
        int run = 0;
        for (int i = from; i < to; i++) {
            run = i > from && ((b[i] ^ b[i - 1]) & 0xf0) == 0 ? run + 1 : 0;
            if (run == 9) return (b[i] & 0xf0) == 0x30 ? -1 : b[i] & 0xf0;
        }
        return -1;
    }

    private boolean under(Layer l, byte[] b, int from, int to, int k) {
        int n = to - from;
        byte[] plain = l.below().room(n);
        for (int i = 0; i < n; i++) plain[i] = (byte) (b[from + i] ^ k);
        if (!right(l, plain, n)) return false;
        found(l, "xor", plain, n, 0, n);
        return true;
    }

    private boolean underItsHead(Layer l, byte[] b, int from, int to, int key) {
        int n = to - from - key;
        byte[] plain = l.below().room(n);
        for (int i = 0; i < n; i++) plain[i] = (byte) (b[from + key + i] ^ b[from + i % key]);
        if (!right(l, plain, n)) return false;
        found(l, "xor", plain, n, key, n);
        return true;
    }

    private static boolean right(Layer l, byte[] plain, int n) {
        return l.below().holdsForm(plain, n)
                || n >= 16
                        && plain[0] == '{'
                        && Json.begins(plain, 0, n, true)
                        && Chars.isText(plain, 0, n, true)
                || n >= 18 && Gzip.begins(plain, 0, n);
    }

    private static void found(Layer l, String how, byte[] plain, int n, long offset, int from) {
        Layer x = l.child(how, false, offset, from, KeySource.NONE);
        x.all(plain, 0, n);
        l.absorb(x, offset, offset + from);
    }

    /** All bytes have the same highest bit, as ASCII has under any one key. */
    private static boolean sameHalf(byte[] b, int from, int to) {
        for (int i = from + 1; i < to; i++) if ((b[i] ^ b[from]) < 0) return false;
        return true;
    }

    private static boolean mostlyOneHalf(byte[] b, int from, int to) {
        int high = 0;
        for (int i = from; i < to; i++) high += b[i] >>> 31;
        int n = to - from;
        return 4 * high >= 3 * n || 4 * high <= n;
    }

    private static boolean printable(byte[] b, int from, int to, int k) {
        for (int i = from; i < to; i++) if (!written(b[i] ^ k)) return false;
        return true;
    }

    private static boolean repeated(byte[] b, int from, int to, int key) {
        for (int i = from + key; i < to; i++)
            if (!written(b[i] ^ b[from + (i - from) % key])) return false;
        return true;
    }

    private static boolean written(int c) {
        return c >= 0x20 && c < 0x7f || c == '\n' || c == '\r' || c == '\t';
    }

    /**
     * The key under which the first bytes of something long are text in ASCII, nearly all of them,
     * and with as many spaces, quotes or digits as text has; 0 where there is none.
     */
    static int textKey(byte[] b, int from, int to) {
        int n = to - from;
        int[] counts = new int[256];
        for (int i = from; i < to; i++) counts[b[i] & 0xff]++;
        int kinds = 0;
        int commonest = 0;
        for (int c : counts) {
            if (c > 0) kinds++;
            commonest = Math.max(commonest, c);
        }
        // Zeros are blanks under a key, and no text.
        if (kinds < 10 || commonest > n / 2) return 0;
        int best = 0;
        int most = 0;
        for (int k = 1; k < 256; k++) {
            int text = 0;
            int common = 0;
            for (int c = 0x20; c < 0x7f; c++) text += counts[c ^ k];
            text += counts['\n' ^ k] + counts['\r' ^ k] + counts['\t' ^ k];
            if (text < n - n / 16) continue;
            for (int c = '0'; c <= '9'; c++) common += counts[c ^ k];
            for (int c : COMMON) common += counts[c ^ k];
            if (common > most) {
                most = common;
                best = k;
            }
        }
        return most >= n / 3 ? best : 0;
    }

    private static final int[] COMMON = " etaonisrh\"".chars().toArray();

    /** Its key is what makes text of its first bytes. */
    private static final class Xor extends Codec {
        private int key;

        @Override
        void begin() {
            super.begin();
            key = 0;
        }

        @Override
        int output(byte[] out, int offset, int length) {
            if (key == 0) key = textKey(in, at, Math.min(to, at + 1024));
            int n = Math.min(length, to - at);
            for (int i = 0; i < n; i++) out[offset + i] = (byte) (in[at + i] ^ key);
            at += n;
            return n;
        }
    }

    // ------------------------------------------------------------------------------------------------ alphabets

    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String DIGITS = "0123456789";

    private record Alphabet(String name, byte[] value, boolean turns) {}

    /** The standard ones first, which count turned only; the other ones as they are. */
    private static final List<Alphabet> ALPHABETS = alphabets();

    private static List<Alphabet> alphabets() {
        String standard = UPPER + LOWER + DIGITS + "+/";
        String url = UPPER + LOWER + DIGITS + "-_";
        List<Alphabet> all = new ArrayList<>();
        all.add(alphabet("rotated", standard, true));
        all.add(alphabet("rotated", url, true));
        for (String s : List.of(standard, url)) {
            all.add(alphabet("swapped-case", LOWER + UPPER + s.substring(52), false));
            all.add(alphabet("digits-first", DIGITS + s.substring(0, 52) + s.substring(62), false));
            all.add(alphabet("digits-first", DIGITS + LOWER + UPPER + s.substring(62), false));
        }
        all.add(alphabet("bcrypt", "./" + UPPER + LOWER + DIGITS, false));
        all.add(alphabet("crypt", "./" + DIGITS + UPPER + LOWER, false));
        all.add(alphabet("xx", "+-" + DIGITS + UPPER + LOWER, false));
        all.add(alphabet("imap", UPPER + LOWER + DIGITS + "+,", false));
        return List.copyOf(all);
    }

    private static Alphabet alphabet(String name, String letters, boolean turns) {
        byte[] value = new byte[128];
        Arrays.fill(value, (byte) -1);
        for (int i = 0; i < 64; i++) value[letters.charAt(i)] = (byte) i;
        return new Alphabet("base64-" + name, value, turns);
    }

    /** Letters of both cases, as nearly any text in base 64 has and most ids have not. */
    static boolean mixed(byte[] b, int from, int to) {
        boolean small = false;
        boolean capital = false;
        for (int i = from; i < to; i++) {
            small |= b[i] >= 'a' && b[i] <= 'z';
            capital |= b[i] >= 'A' && b[i] <= 'Z';
            if (small && capital) return true;
        }
        return false;
    }

    /** Looks behind base 64 in other alphabets; true where it was in one. */
    boolean alphabet(Layer l, byte[] b, int from, int to, int pad, long offset) {
        int n = to - from;
        if (u.received || n < LEAST_LETTERS || n > SHORT || n % 4 == 1 || !l.deeper()) return false;
        if (values.length < n) values = new byte[SHORT];
        for (Alphabet a : ALPHABETS) {
            if (b[from] < 0 || !a.turns && (a.value[b[from]] < 8 || a.value[b[from]] > 31))
                continue;
            if (!valued(a, b, from, to)) continue;
            for (int turn = a.turns ? 1 : 0; turn < (a.turns ? 64 : 1); turn++) {
                // The first byte is a letter of ASCII.
                int first = values[0] - turn & 63;
                if (first < 8 || first > 31 || !begins(n, turn)) continue;
                byte[] plain = l.below().room(n);
                int m = decode(n, turn, plain);
                if (!Chars.isText(plain, 0, m, true) || !right(l, plain, m)) continue;
                found(l, a.name, plain, m, offset, n + pad);
                return true;
            }
        }
        return false;
    }

    private boolean valued(Alphabet a, byte[] b, int from, int to) {
        for (int i = from; i < to; i++) {
            byte v = b[i] < 0 ? -1 : a.value[b[i]];
            if (v < 0) return false;
            values[i - from] = v;
        }
        return true;
    }

    /** The first twelve letters give printable text. */
    private boolean begins(int n, int turn) {
        for (int i = 0; i + 4 <= Math.min(n, 12); i += 4) {
            int four = 0;
            for (int j = 0; j < 4; j++) four = four << 6 | values[i + j] - turn & 63;
            if (!printed(four >> 16) || !printed(four >> 8 & 0xff) || !printed(four & 0xff))
                return false;
        }
        return true;
    }

    /** Also the first bytes of letters in UTF-8. */
    private static boolean printed(int c) {
        return written(c) || c >= 0x80;
    }

    private int decode(int n, int turn, byte[] plain) {
        int held = 0;
        int have = 0;
        int m = 0;
        for (int i = 0; i < n; i++) {
            held = held << 6 | values[i] - turn & 63;
            have += 6;
            if (have < 8) continue;
            have -= 8;
            plain[m++] = (byte) (held >> have);
        }
        return m;
    }
}
