package dev.telltale.identify;

/**
 * When a match stands alone, by the alphabet it is written in. Without this an IMEI would be
 * "found" inside any longer number.
 *
 * <p>Common to all: the ends of the bytes at hand are boundaries, and so is a percent escape on the
 * left ({@code %3D3569...}: the D belongs to the escape). {@code _} and {@code -} around numbers,
 * hex and words are boundaries ({@code id_3569...}). No rule looks further than {@link #LOOK}
 * bytes.
 */
enum Token {
    /**
     * Decimal digits: no digit beside it; not the fraction of a decimal number ({@code 0.3569...});
     * not a stretch of a longer hex token ({@code a3569...b}), while letters that no hex token has
     * are fine ({@code imei3569...}, {@code id3569...}).
     */
    NUMBER {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && digit(b[e])) return -1;
            boolean open = s == lo || escaped(b, lo, s);
            if (!open && (digit(b[s - 1]) || fraction(b, lo, s))) return -1;
            return inHex(b, open ? s : lo, hi, s, e) ? -1 : e;
        }
    },
    /**
     * 14 digits that two more follow and no third: an IMEI with software version instead of the
     * check digit.
     */
    IMEISV {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e + 2 > hi || !digit(b[e]) || !digit(b[e + 1])) return -1;
            return NUMBER.end(b, lo, hi, s, e + 2);
        }
    },
    /**
     * Coordinates: as numbers, and neither sign nor digits beyond: {@code -52.5} and {@code 52.51}
     * are not {@code 52.5}.
     */
    DECIMAL {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && (digit(b[e]) || (b[e] == '.' && e + 1 < hi && digit(b[e + 1]))))
                return -1;
            if (e + 1 < hi
                    && (b[e] | 0x20) == 'e'
                    && (digit(b[e + 1]) || b[e + 1] == '-' || b[e + 1] == '+')) return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            byte p = b[s - 1];
            if (digit(p) || p == '.') return -1;
            if (p == '-' && (s - 1 == lo || !alnum(b[s - 2]))) return -1;
            return e;
        }
    },
    /**
     * One coordinate: as coordinates, and not one of two numbers, for a pair counts only where both
     * agree.
     */
    ALONE {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (DECIMAL.end(b, lo, hi, s, e) < 0) return -1;
            if (e < hi && separator(b[e])) {
                int i = e + 1;
                if (i < hi && b[i] == ' ') i++;
                if (i < hi && (b[i] == '-' || b[i] == '+')) i++;
                if (i < hi && digit(b[i])) return -1;
            }
            int k = s;
            if (k > lo && b[k - 1] == '+') k--;
            if (k > lo && b[k - 1] == ' ') k--;
            if (k > lo && separator(b[k - 1])) k--;
            return k < s && k > lo && digit(b[k - 1]) ? -1 : e;
        }
    },
    /** Dotted IPv4: no further octet and no digit beside it. */
    IPV4 {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && (digit(b[e]) || (b[e] == '.' && e + 1 < hi && digit(b[e + 1]))))
                return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            if (digit(b[s - 1]) || (b[s - 1] == '.' && s - 1 > lo && digit(b[s - 2]))) return -1;
            return e;
        }
    },
    /** Hex digits: no letter or digit beside it, but for the prefix {@code 0x}. */
    HEX {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && alnum(b[e])) return -1;
            if (s == lo || !alnum(b[s - 1]) || escaped(b, lo, s)) return e;
            boolean prefix =
                    (b[s - 1] | 0x20) == 'x'
                            && s - 2 >= lo
                            && b[s - 2] == '0'
                            && (s - 2 == lo || !alnum(b[s - 3]));
            return prefix ? e : -1;
        }
    },
    /**
     * Pairs of hex digits with separators: as hex, and no further pair ({@code aa:bb:...} of an
     * EUI-64).
     */
    MAC {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (HEX.end(b, lo, hi, s, e) < 0) return -1;
            byte sep = b[s + 2];
            if (sep != ':' && sep != '-') return e;
            if (e + 2 < hi
                    && b[e] == sep
                    && hex(b[e + 1])
                    && hex(b[e + 2])
                    && (e + 3 == hi || !alnum(b[e + 3]))) return -1;
            if (s - 3 >= lo
                    && b[s - 1] == sep
                    && hex(b[s - 2])
                    && hex(b[s - 3])
                    && (s - 3 == lo || !alnum(b[s - 4]))) return -1;
            return e;
        }
    },
    /**
     * Words and names: no letter or digit beside an edge that is itself one, in any alphabetic
     * script. Scripts written without spaces have no such edges, so that names in them are found
     * inside sentences.
     */
    WORD {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && letterBefore(b, s, e) && letterAt(b, e, hi)) return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            return letterAt(b, s, e) && letterBefore(b, lo, s) ? -1 : e;
        }
    },
    /** E-mail addresses: nothing beside it that would make it another address. */
    EMAIL {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi
                    && (alnum(b[e])
                            || b[e] == '-'
                            || (b[e] == '.' && e + 1 < hi && alnum(b[e + 1])))) return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            byte p = b[s - 1];
            return alnum(p) || p < 0 || p == '.' || p == '-' || p == '_' || p == '+' ? -1 : e;
        }
    },
    /** Dotted package names: no letter, digit or underscore, and no further label beside it. */
    PACKAGE {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi
                    && (alnum(b[e])
                            || b[e] == '_'
                            || (b[e] == '.' && e + 1 < hi && alnum(b[e + 1])))) return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            byte p = b[s - 1];
            return alnum(p) || p == '_' || (p == '.' && s - 1 > lo && alnum(b[s - 2])) ? -1 : e;
        }
    },
    /**
     * Base64 (RFC 4648 section 4). A slash on the left is a boundary: it is more often a path's
     * than the token's.
     */
    BASE64 {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && (alnum(b[e]) || b[e] == '+' || b[e] == '/')) return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            return alnum(b[s - 1]) || b[s - 1] == '+' ? -1 : e;
        }
    },
    /** Base64url (RFC 4648 section 5). */
    BASE64URL {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            if (e < hi && (alnum(b[e]) || b[e] == '-' || b[e] == '_')) return -1;
            if (s == lo || escaped(b, lo, s)) return e;
            return alnum(b[s - 1]) || b[s - 1] == '-' || b[s - 1] == '_' ? -1 : e;
        }
    },
    /** Raw bytes: anything may stand beside them. */
    BYTES {
        @Override
        int end(byte[] b, int lo, int hi, int s, int e) {
            return e;
        }
    };

    /** How far a rule may look to either side of a match. */
    static final int LOOK = 24;

    /**
     * End of the token that the match {@code [s, e)} is, most often {@code e}; -1 where it is only
     * a part of a longer one.
     */
    abstract int end(byte[] b, int lo, int hi, int s, int e);

    static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean hex(int c) {
        int l = c | 0x20;
        return digit(c) || (l >= 'a' && l <= 'f');
    }

    static boolean alnum(int c) {
        int l = c | 0x20;
        return digit(c) || (l >= 'a' && l <= 'z');
    }

    private static boolean separator(int c) {
        return c == ',' || c == ';' || c == ' ' || c == '|' || c == '/' || c == '_';
    }

    /** True where {@code %XX} ends right before {@code s}. */
    private static boolean escaped(byte[] b, int lo, int s) {
        return s - 3 >= lo && b[s - 3] == '%' && hex(b[s - 2]) && hex(b[s - 1]);
    }

    /**
     * True where a dot after a plain integer stands before {@code s}; after {@code v1.} or {@code
     * a.1.} it is a separator.
     */
    private static boolean fraction(byte[] b, int lo, int s) {
        if (b[s - 1] != '.' || s - 1 == lo || !digit(b[s - 2])) return false;
        int i = s - 2;
        int stop = Math.max(lo, s - LOOK);
        while (i > stop && digit(b[i - 1])) i--;
        return i == lo || !(alnum(b[i - 1]) || b[i - 1] == '.' || b[i - 1] == '_');
    }

    /** True where a hex letter adjoins and all letters and digits that adjoin are hex digits. */
    private static boolean inHex(byte[] b, int lo, int hi, int s, int e) {
        int i = s;
        int stop = Math.max(lo, s - LOOK);
        for (; i > stop && alnum(b[i - 1]); i--) if (!hex(b[i - 1])) return false;
        int j = e;
        int end = Math.min(hi, e + LOOK);
        for (; j < end && alnum(b[j]); j++) if (!hex(b[j])) return false;
        return i < s || j > e;
    }

    /**
     * True where the UTF-8 character that starts at {@code i} is a letter or digit of a script that
     * separates its words.
     */
    private static boolean letterAt(byte[] b, int i, int end) {
        int c = b[i] & 0xff;
        if (c < 0x80) return alnum(c);
        if (c == 0xc2) return i + 1 < end && (b[i + 1] & 0xff) == 0xaa;
        return c >= 0xc3 && c <= 0xe1;
    }

    private static boolean letterBefore(byte[] b, int lo, int i) {
        int k = i - 1;
        while (k > lo && k > i - 4 && (b[k] & 0xc0) == 0x80) k--;
        return letterAt(b, k, i);
    }
}
