package dev.telltale.decode;

import java.util.Arrays;

/**
 * <a href="https://pieroxy.net/blog/pages/lz-string/index.html">lz-string</a>, which web pages pack
 * texts with: words of a growing dictionary in bits, the lowest of each first. As bytes (also out
 * of base 64), in letters that URIs may hold, or 15 bits a character of UTF-16.
 *
 * <pre>
 * word of w bits: 0 a new character of 8 bits follows, 1 one of 16, 2 the end, else an entry; w is 2
 * at first, and grows as the dictionary fills
 * </pre>
 */
final class LzString extends Codec {
    /** Bytes of the packed text that are kept; longer ones end there. */
    private static final int LONGEST = 1 << 20;

    /** Shorter ones are not believed: random letters come to some text and to an end too often. */
    private static final int SHORTEST = 20;

    private static final byte[] VALUE = new byte[256];

    static {
        Arrays.fill(VALUE, (byte) -1);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
        for (int i = 0; i < 64; i++) VALUE[letters.charAt(i)] = (byte) i;
        VALUE['/'] = 63;
    }

    // The dictionary: an entry is one before it and a character more.
    private int[] prefix = new int[64];
    private char[] letter = new char[64];
    private int[] size = new int[64];
    private int entries;

    private byte[] kept = {};
    private int keptTo;
    private long bit;

    private char[] text = {};
    private int length;
    private int written;
    private boolean unpacked;
    private boolean flawed;

    /** The last text came to its end; it was cut. */
    private boolean ended;

    private boolean cut;

    /** Characters that are unpacked of one text. */
    private static final int MOST = 1 << 22;

    /** So many characters of a text that goes on tell it. */
    private static final int ENOUGH = 128;

    /** Whether it reads as a packed text that ends where the bytes do, or goes on behind them. */
    static boolean begins(byte[] b, int s, int e, boolean complete) {
        if (e - s < SHORTEST) return false;
        // The first character: mostly one of ASCII.
        int first = (b[s] & 0xff) >> 6;
        if (first == 0 && !printable((char) first(b, s))) return false;
        if (first == 1 || first == 3) return false;
        LzString l = new LzString();
        int n = l.unpack(b, s, e, 1 << 12);
        return complete ? n >= 8 && l.ended : l.length >= ENOUGH && (n >= 0 || l.cut);
    }

    private static int first(byte[] b, int s) {
        int v = 0;
        for (int k = 0; k < 8; k++) v |= (b[s + (2 + k >> 3)] >> 7 - (2 + k & 7) & 1) << k;
        return v;
    }

    private static boolean printable(char c) {
        if (c < 0x100) return c >= ' ' && c < 0x7f || c == '\n' || c == '\t' || c >= 0xc0;
        // Signs that are no letters stand among such as are.
        return Character.isLetter(c)
                || c >= 0x2010 && c < 0x2040
                || c >= 0x3000 && c < 0x3020
                || c >= 0xff00
                || Character.isSurrogate(c);
    }

    /**
     * Whether the first two letters may begin such a text: a character of 8 bits that is no
     * control.
     */
    static boolean mayBe(byte[] b, int s, int e) {
        if (6 * (e - s) < 8 * SHORTEST - 8) return false;
        int v = VALUE[b[s] & 0xff] << 6 | VALUE[b[s + 1] & 0xff];
        if (v < 0 || (v & 0x400) != 0) return false;
        if ((v & 0x800) != 0) return true;
        return printable((char) (Integer.reverse(v >> 2 & 0xff) >>> 24));
    }

    /** Puts what letters for URIs mean as bytes into {@code out}; -1 where it is something else. */
    static int ofUri(byte[] b, int s, int e, byte[] out) {
        int o = 0;
        int v = 0;
        int n = 0;
        for (int p = s; p < e; p++) {
            int c = VALUE[b[p] & 0xff];
            if (c < 0) return -1;
            v = v << 6 | c;
            n += 6;
            if (n >= 8) out[o++] = (byte) (v >> (n -= 8));
        }
        if (n > 0) out[o++] = (byte) (v << 8 - n);
        return o;
    }

    /** The same of characters of UTF-8, whose number less 32 has 15 bits. */
    static int ofUtf16(byte[] b, int s, int e, byte[] out) {
        int o = 0;
        long v = 0;
        int n = 0;
        for (int p = s; p < e; ) {
            int c = b[p] & 0xff;
            int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : 2;
            if (c >= 0xf0 || e - p <= more) return -1;
            if (more > 0) c &= 0x3f >> more;
            for (int k = 1; k <= more; k++) c = c << 6 | b[p + k] & 0x3f;
            p += more + 1;
            c -= 32;
            if (c < 0 || c > 0x7fff) return -1;
            // The space at the end is none of it.
            if (p == e && c == 0) break;
            v = v << 15 | c;
            n += 15;
            while (n >= 8) out[o++] = (byte) (v >> (n -= 8));
        }
        if (n > 0) out[o++] = (byte) (v << 8 - n);
        return o;
    }

    @Override
    void begin() {
        super.begin();
        keptTo = 0;
        unpacked = false;
        written = length = 0;
    }

    @Override
    int output(byte[] out, int offset, int n) {
        if (!unpacked) {
            int m = Math.min(to - at, LONGEST - keptTo);
            if (keptTo + m > kept.length)
                kept = Arrays.copyOf(kept, Math.max(2 * kept.length, keptTo + m));
            System.arraycopy(in, at, kept, keptTo, m);
            at += m;
            keptTo += m;
            if (at < to) return fail("longer than is kept");
            if (!last) return 0;
            unpacked = true;
            int m2 = unpack(kept, 0, keptTo, Integer.MAX_VALUE);
            // What was unpacked before it broke off is there all the same.
            if (m2 < 0 && length == 0) return fail("no text of lz-string");
            flawed = m2 < 0;
        }
        int o = offset;
        while (written < length && offset + n - o >= 4) {
            int c = text[written++];
            if (Character.isHighSurrogate((char) c)
                    && written < length
                    && Character.isLowSurrogate(text[written]))
                c = Character.toCodePoint((char) c, text[written++]);
            o += Utf16.utf8(c, out, o);
        }
        if (o > offset) return o - offset;
        return flawed ? fail("ends early") : finish();
    }

    private int bits(byte[] b, int s, int e, int n) {
        int v = 0;
        for (int k = 0; k < n; k++) {
            int p = s + (int) (bit >> 3);
            if (p >= e) return -1;
            v |= (b[p] >> 7 - (int) (bit & 7) & 1) << k;
            bit++;
        }
        return v;
    }

    /** Characters of the text, at most some more than {@code enough}; -1 where it is none. */
    private int unpack(byte[] b, int s, int e, int enough) {
        boolean trial = enough < Integer.MAX_VALUE;
        bit = 0;
        length = 0;
        ended = cut = false;
        entries = 3;
        int width = 2;
        int grow = 4;
        int before = -1;
        while (true) {
            int code = bits(b, s, e, before < 0 ? 2 : width);
            cut = code < 0;
            if (cut) return -1;
            if (code == 2) break;
            if (code < 2) {
                int c = bits(b, s, e, code == 0 ? 8 : 16);
                cut = c < 0;
                if (cut || trial && !printable((char) c)) return -1;
                add(-1, (char) c);
                code = entries - 1;
                if (before >= 0 && --grow == 0) grow = 1 << width++;
            } else if (before < 0) {
                return -1;
            }
            if (before < 0) {
                width = 3;
                say(code);
                before = code;
                continue;
            }
            if (code > entries || code < 3) return -1;
            char head = code == entries ? head(before) : head(code);
            if (code == entries) {
                say(before);
                append(head);
            } else {
                say(code);
            }
            add(before, head);
            before = code;
            if (--grow == 0) grow = 1 << width++;
            if (length > enough) return length;
            if (length > MOST) return -1;
        }
        // The end stands in the last byte, or in the one before where bits were in sixteens.
        ended = s + (int) (bit + 7 >> 3) + 3 >= e && zeros(b, s, e);
        return ended ? length : -1;
    }

    /** What is left of the last letters is empty. */
    private boolean zeros(byte[] b, int s, int e) {
        for (long k = bit; s + (k >> 3) < e; k++)
            if ((b[s + (int) (k >> 3)] >> 7 - (int) (k & 7) & 1) != 0) return false;
        return true;
    }

    private void add(int p, char c) {
        if (entries >= prefix.length) {
            prefix = Arrays.copyOf(prefix, 2 * entries);
            letter = Arrays.copyOf(letter, 2 * entries);
            size = Arrays.copyOf(size, 2 * entries);
        }
        prefix[entries] = p;
        letter[entries] = c;
        size[entries] = p < 0 ? 1 : size[p] + 1;
        entries++;
    }

    private char head(int entry) {
        while (prefix[entry] >= 0) entry = prefix[entry];
        return letter[entry];
    }

    private void say(int entry) {
        int n = size[entry];
        if (length + n > text.length)
            text = Arrays.copyOf(text, Math.max(2 * text.length, length + n));
        for (int k = length + n - 1; entry >= 0; entry = prefix[entry]) text[k--] = letter[entry];
        length += n;
    }

    private void append(char c) {
        if (length == text.length) text = Arrays.copyOf(text, 2 * length);
        text[length++] = c;
    }
}
