package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.Map;

/**
 * Character references of <a href="https://html.spec.whatwg.org/#character-references">HTML</a> and
 * XML: numbers, and the names of ASCII signs and Latin-1 letters.
 */
final class Entities extends Codec {
    /** Longest reference: {@code &#x0010FFFF;} and some. */
    private static final int LONGEST = 12;

    private static final String[] LATIN1 =
            ("nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg"
                            + " plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo"
                            + " frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring"
                            + " AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH"
                            + " Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute"
                            + " Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring"
                            + " aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth"
                            + " ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute"
                            + " ucirc uuml yacute thorn yuml")
                    .split(" ");

    private static final Map<String, Integer> NAMES = new HashMap<>();

    static {
        for (int i = 0; i < LATIN1.length; i++) NAMES.put(LATIN1[i], 0xa0 + i);
        String[] signs = {
            "amp&",
            "lt<",
            "gt>",
            "quot\"",
            "apos'",
            "commat@",
            "plus+",
            "colon:",
            "period.",
            "comma,",
            "hyphen-",
            "dash-",
            "lowbar_",
            "sol/",
            "bsol\\",
            "num#",
            "lpar(",
            "rpar)",
            "lsqb[",
            "rsqb]",
            "lbrack[",
            "rbrack]",
            "lcub{",
            "rcub}",
            "lbrace{",
            "rbrace}",
            "equals=",
            "excl!",
            "quest?",
            "percnt%",
            "dollar$",
            "ast*",
            "semi;",
            "Tab\t",
            "NewLine\n",
            "verbar|",
            "grave`",
            "Hat^"
        };
        for (String s : signs) {
            int n = s.length() - 1;
            NAMES.put(s.substring(0, n), (int) s.charAt(n));
        }
        // A hyphen in HTML is U+2010, but senders mean the sign.
    }

    /** Value and length of the reference just read. */
    private int value;

    private int size;

    /** Reads the reference at {@code p}; false where none is there. */
    private boolean read(byte[] b, int p, int to) {
        int end = p + 1;
        int limit = Math.min(to, p + LONGEST);
        while (end < limit && b[end] != ';' && b[end] != '&') end++;
        if (end == limit || b[end] != ';' || end - p < 3) return false;
        size = end + 1 - p;
        if (b[p + 1] != '#') {
            int c = Chars.of(b, p + 1, end);
            if ((c & ~(Chars.LETTER | Chars.HEX_LETTER | Chars.DIGIT)) != 0) return false;
            Integer v = NAMES.get(new String(b, p + 1, end - p - 1, ISO_8859_1));
            value = v == null ? -1 : v;
            return v != null;
        }
        boolean hex = (b[p + 2] | 0x20) == 'x';
        int v = 0;
        int digits = p + (hex ? 3 : 2);
        if (digits == end) return false;
        for (int k = digits; k < end; k++) {
            int d = Hex.value(b[k]);
            if (d < 0 || !hex && d > 9) return false;
            v = v * (hex ? 16 : 10) + d;
        }
        value = v;
        return v > 0 && v <= Character.MAX_CODE_POINT && (v < 0xd800 || v > 0xdfff);
    }

    /** Whether there is a reference in {@code [from, to)}. */
    static boolean any(byte[] b, int from, int to) {
        Entities e = new Entities();
        for (int p = from; p < to; p++) if (b[p] == '&' && e.read(b, p, to)) return true;
        return false;
    }

    /** Bytes written to {@code out}, which has room for as many as {@code [from, to)} has. */
    static int decode(byte[] b, int from, int to, byte[] out) {
        Entities e = new Entities();
        e.begin();
        e.input(b, from, to, true);
        int n = 0;
        while (true) {
            int m = e.output(out, n, to - from - n + 4);
            if (m == 0) return n;
            n += m;
        }
    }

    @Override
    int output(byte[] out, int offset, int length) {
        int o = offset;
        while (at < to && offset + length - o >= 4) {
            if (in[at] == '&') {
                if (to - at < LONGEST && !last) break;
                if (read(in, at, to)) {
                    at += size;
                    o += Utf16.utf8(value, out, o);
                    continue;
                }
            }
            out[o++] = in[at++];
        }
        if (o == offset && at == to && last) return finish();
        return o - offset;
    }
}
