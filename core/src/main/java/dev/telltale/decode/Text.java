package dev.telltale.decode;

import dev.telltale.decode.Decoders.Decoder;
import dev.telltale.model.ByteClass;
import dev.telltale.model.ReasonCode;

/**
 * What a text may hide: JSON and form data as a value, percent-encoding, and tokens that are hex or
 * base 64. What is neither understood nor written by hand is said to be unexplained.
 */
final class Text {
    /** Of base 64: PEM has 64 letters (RFC 7468), mail up to 76 (RFC 2045). */
    private static final int SHORTEST_LINE = 60;

    private static final int LONGEST_LINE = 76;

    private final Layer layer;

    /** What a token was decoded to last is noise. */
    private boolean noise;

    Text(Layer layer) {
        this.layer = layer;
    }

    /** Text of any length, in stretches that end between tokens. */
    void stretches(byte[] b, int i, int to, boolean last) {
        while (i < to) {
            int n = to - i;
            if (last && n <= Layer.SEGMENT) {
                boolean value = layer.at == 0 && !layer.rest;
                layer.u.scanned(n);
                if (value) layer.u.value(layer, "", KeySource.NONE, 0, b, i, to);
                look(b, i, to, layer.at, value, value && layer.shortFormsCount, Chars.of(b, i, to));
                layer.at = layer.base + to;
                return;
            }
            if (n < Layer.SEGMENT) return;
            int end = i + Layer.SEGMENT;
            int cut = end;
            while (cut > i
                    && (Chars.of(b[cut - 1])
                                    & (Chars.TOKEN
                                            | Chars.EQUALS
                                            | Chars.PERCENT
                                            | Chars.HIGH
                                            | Chars.BREAK))
                            != 0) cut--;
            if (cut == i) {
                int flags = Chars.of(b, i, end);
                Decoder d = longToken(b, i, end, flags);
                if (d != Decoders.NONE && !layer.deeper()) {
                    layer.u.tooDeep(layer, layer.at);
                } else if (d != Decoders.NONE) {
                    layer.hits().dropFrom(layer.at + Layer.SEGMENT);
                    layer.scanAt = layer.at + Layer.SEGMENT;
                    // Never refused: text codings do not break.
                    if (layer.start(d, false, b, i, (int) (layer.scanAt - layer.base), false))
                        return;
                }
                cut = end;
                if ((flags & Chars.BREAK) != 0) while (Chars.of(b[cut - 1]) != Chars.BREAK) cut--;
                else while (cut > end - 4 && (b[cut] & 0xc0) == 0x80) cut--;
            }
            layer.u.scanned(cut - i);
            look(b, i, cut, layer.at, false, false, Chars.of(b, i, cut));
            layer.at += cut - i;
            i = cut;
        }
    }

    private static Decoder longToken(byte[] b, int i, int end, int flags) {
        if ((flags & Chars.PERCENT) != 0 && (flags & Chars.BREAK) == 0 && Percent.any(b, i, end))
            return Decoders.PERCENT;
        if ((flags & ~(Chars.DIGIT | Chars.HEX_LETTER)) == 0) return Decoders.HEX;
        // Padding ends a text: where there is some already, these are many short ones.
        if ((flags & ~(Chars.TOKEN | Chars.BREAK)) != 0) return Decoders.NONE;
        if ((flags & Chars.BREAK) != 0 && !evenLines(b, i, end)) return Decoders.NONE;
        return (flags & Chars.URL) != 0 ? Decoders.BASE64URL : Decoders.BASE64;
    }

    /** Lines of one length, as encoders break them: not a list of tokens. */
    private static boolean evenLines(byte[] b, int i, int end) {
        int width = -1;
        int start = i;
        for (int p = i; p < end; p++) {
            if (b[p] != '\n') continue;
            int n = p - start - (p > start && b[p - 1] == '\r' ? 1 : 0);
            if (width >= 0 && n != width) return false;
            width = n;
            start = p + 1;
        }
        return width >= SHORTEST_LINE && width <= LONGEST_LINE && width % 4 == 0;
    }

    /**
     * A text value, or a stretch of text, at {@code offset}; its hits are the first that are still
     * to be told.
     *
     * @param value all of layer layer's text
     * @param whole short forms count as well
     */
    void look(byte[] b, int s, int e, long offset, boolean value, boolean whole, int flags) {
        int n = e - s;
        if (n == 0) return;
        if (whole && n <= Layer.WHOLE_VALUE) layer.wholeForms(b, s, e, offset);
        boolean percent = (flags & Chars.PERCENT) != 0 || layer.plus && (flags & Chars.PLUS) != 0;
        if ((percent || n >= Hex.SHORTEST)
                && !layer.hashed(offset, offset + n)
                && !layer.plain(offset, offset + n)) {
            if ((flags & Chars.AMPERSAND) != 0
                    && Entities.any(b, s, e)
                    && !markup(b, s, e, value)
                    && entities(b, s, e, offset)) {
                layer.tellBefore(offset + n);
                return;
            }
            if (!value || !structure(b, s, e, offset, flags)) {
                // A bare plus may be a letter of base 64 that nobody encoded.
                boolean bare = percent && (flags & ~(Chars.TOKEN | Chars.EQUALS)) == 0;
                // Before letters of base 85, which may give text by chance; this gives a form.
                boolean row = value && (flags & ~Chars.TOKEN) == 0;
                if (row && layer.u.guesses.shiftedRow(layer, b, s, e, offset)
                        || value && spelled(b, s, e, offset, flags)) {
                    layer.tellBefore(offset + n);
                    return;
                }
                if (bare && tokens(b, s, e, offset, flags, value, true)) {
                    percent = false;
                } else if (!percent || !percent(b, s, e, offset)) {
                    if (n >= Hex.SHORTEST) tokens(b, s, e, offset, flags, value, false);
                }
            }
        }
        layer.tellBefore(offset + n);
    }

    /** JSON or form data in a value: taken apart in place, since its bytes are the value's. */
    private boolean structure(byte[] b, int s, int e, long offset, int flags) {
        byte first = b[s];
        int last = e - 1;
        while (last > s && (b[last] == ' ' || b[last] == '\n' || b[last] == '\r')) last--;
        boolean bracket =
                first == '{' && b[last] == '}'
                        || first == '[' && b[last] == ']'
                        || first == '"' && b[last] == '"' && last > s;
        if (bracket && Json.begins(b, s, e, true) && layer.deeper()) {
            Json j = layer.json();
            j.begin(offset);
            j.feed(b, s, e - s);
            j.end();
            long failed = j.failedAt();
            if (failed >= 0) {
                layer.tellBefore(failed);
                int i = s + (int) (failed - offset);
                look(b, i, e, failed, false, false, flags);
            }
            return true;
        }
        if (first == '<' && Xml.begins(b, s, e) && layer.deeper()) {
            layer.xml().begin();
            layer.xml().feed(b, s, e, offset - s, true);
            return true;
        }
        if ((flags & Chars.EQUALS) == 0 || (flags & Chars.SPACE) != 0) return false;
        int q = s;
        int slash = FormData.indexOf(b, s, e, (byte) '/');
        int question = FormData.indexOf(b, s, e, (byte) '?');
        if (question < e && slash < question) q = question + 1;
        else if ((flags & Chars.AMPERSAND) == 0) return false;
        int hash = FormData.indexOf(b, q, e, (byte) '#');
        if (!FormData.begins(b, q, hash, true, q > s) || !layer.deeper()) return false;
        if (q > s) look(b, s, q - 1, offset, false, false, Chars.of(b, s, q - 1));
        boolean before = layer.plus;
        layer.plus = false;
        layer.form().begin();
        layer.form().feed(b, q, hash, offset - s, true);
        layer.plus = before;
        if (hash < e) {
            long h = offset + (hash - s);
            layer.tellBefore(h);
            look(b, hash, e, h, false, false, Chars.of(b, hash, e));
        }
        return true;
    }

    /**
     * What only a whole value may be: quoted-printable, hex in pairs, base 85, lz-string.
     *
     * @return whether it was understood
     */
    private boolean spelled(byte[] b, int s, int e, long offset, int flags) {
        int n = e - s;
        if ((flags & Chars.EQUALS) != 0 && QuotedPrintable.any(b, s, e)) {
            if (!layer.deeper()) return false;
            byte[] plain = layer.below().room(n);
            int m = QuotedPrintable.decode(b, s, e, plain);
            return tried("quoted-printable", plain, m, offset, n);
        }
        if (n < 2 * Hex.SHORTEST || n > Base85.LONGEST || !layer.deeper()) return false;
        if (SpacedHex.mayBe(b, s, e)) {
            byte[] plain = layer.below().room(n);
            int m = SpacedHex.decode(b, s, e, plain);
            if (m > 0 && tried("hex", plain, m, offset, n)) return true;
        }
        if ((flags & Chars.HIGH) != 0) return b[e - 1] == ' ' && packed(b, s, e, offset, true);
        if ((flags & Chars.OTHER) == 0) return false;
        if (Base85.marked(b, s, e)) return base85(Base85.ASCII85, b, s + 2, e - 2, offset + 2);
        if ((flags & (Chars.SPACE | Chars.BREAK)) != 0) return false;
        for (Base85 d : Base85.ALL) if (base85(d, b, s, e, offset)) return true;
        return false;
    }

    private boolean base85(Base85 d, byte[] b, int s, int e, long offset) {
        if (e - s < Base85.SHORTEST) return false;
        byte[] plain = layer.below().room(4 * (e - s));
        // Most texts are none of it, which their first letters show.
        int m = d.decode(b, s, s + 10, plain);
        if (m < 0 || !Chars.isText(plain, 0, m, false) && !known(plain, m)) return false;
        m = d.decode(b, s, e, plain);
        if (m <= 0 || !Chars.isText(plain, 0, m, true) && !known(plain, m)) return false;
        return tried(d.name, plain, m, offset, e - s);
    }

    private static boolean known(byte[] plain, int n) {
        for (Decoder d : Decoders.sniffed(plain[0])) {
            if (d.trust() == Decoders.Trust.MAGIC
                    && d.sniff().begins(plain, 0, n, false, "", false)) return true;
        }
        return false;
    }

    /** Text of lz-string in letters of its own. */
    private boolean packed(byte[] b, int s, int e, long offset, boolean utf16) {
        byte[] bytes = layer.below().room(2 * (e - s) + 2);
        int m = utf16 ? LzString.ofUtf16(b, s, e, bytes) : LzString.ofUri(b, s, e, bytes);
        if (m < 0 || !LzString.begins(bytes, 0, m, true)) return false;
        return tried(utf16 ? "lz-string-utf16" : "lz-string-uri", bytes, m, offset, e - s);
    }

    /** References within markup are undone where the markup has been taken apart. */
    private static boolean markup(byte[] b, int s, int e, boolean value) {
        return value && Xml.begins(b, s, e);
    }

    private boolean entities(byte[] b, int s, int e, long offset) {
        if (!layer.deeper()) {
            layer.u.tooDeep(layer, offset);
            return false;
        }
        Layer l = layer.child("entities", false, offset, e - s, KeySource.NONE);
        byte[] plain = l.room(e - s + 4);
        int m = Entities.decode(b, s, e, plain);
        if (!layer.u.budget.take(m)) {
            layer.u.tooDeep(layer, offset);
            return false;
        }
        l.all(plain, 0, m);
        layer.absorb(l, offset, offset + (e - s));
        return true;
    }

    private boolean percent(byte[] b, int s, int e, long offset) {
        if (!layer.deeper()) {
            layer.u.tooDeep(layer, offset);
            return false;
        }
        Layer l = layer.child("percent", false, offset, e - s, KeySource.NONE);
        byte[] plain = l.room(e - s);
        int m = Percent.decode(b, s, e, layer.plus, plain);
        if (m < 0) return false;
        if (!layer.u.budget.take(m)) {
            layer.u.tooDeep(layer, offset);
            return false;
        }
        layer.u.value(l, "", KeySource.NONE, 0, plain, 0, m);
        l.all(plain, 0, m);
        layer.absorb(l, offset, offset + (e - s));
        return true;
    }

    /**
     * Tries what may be hex or base 64.
     *
     * @param only say nothing of what was not understood
     * @return whether the text as a whole is such a token and was understood
     */
    private boolean tokens(
            byte[] b, int s, int e, long offset, int flags, boolean value, boolean only) {
        if ((flags & ~(Chars.TOKEN | Chars.EQUALS)) == 0) {
            int pad = e;
            while (pad > s && b[pad - 1] == '=' && e - pad < 2) pad--;
            if ((flags & Chars.EQUALS) == 0 || FormData.indexOf(b, s, pad, (byte) '=') == pad) {
                return token(b, s, pad, e - pad, offset, Chars.of(b, s, pad), only);
            }
        } else if (value
                && e - s >= Layer.OPAQUE
                && (flags & ~(Chars.TOKEN | Chars.EQUALS | Chars.BREAK)) == 0
                && brokenBase64(b, s, e, offset, flags)) {
            return true;
        }
        if (only || e - s < Layer.UNEXPLAINED) return false;
        // Full stop and comma are letters of some alphabets.
        if (value
                && (flags & ~(Chars.TOKEN | Chars.EQUALS | Chars.OTHER)) == 0
                && Guesses.mixed(b, s, e)) {
            int end = e;
            while (end > s && b[end - 1] == '=') end--;
            if (layer.u.guesses.alphabet(layer, b, s, end, e - end, offset)) return true;
        }
        // Only runs of so many are looked at, so it is enough to look at each so-manieth byte, and
        // backwards from there to what breaks the run off.
        int p = s;
        while (e - p >= Layer.UNEXPLAINED) {
            int k = p + Layer.UNEXPLAINED - 1;
            while (k >= p && (Chars.of(b[k]) & Chars.TOKEN) != 0) k--;
            if (k >= p) {
                p = k + 1;
                continue;
            }
            int start = p;
            p += Layer.UNEXPLAINED;
            while (p < e && (Chars.of(b[p]) & Chars.TOKEN) != 0) p++;
            int lines = linesEnd(b, start, p, e);
            if (lines > p) {
                int all = Chars.of(b, start, lines);
                if (brokenBase64(b, start, lines, offset + (start - s), all)) {
                    p = lines;
                    continue;
                }
            }
            int pad = 0;
            while (pad < 2 && p + pad < e && b[p + pad] == '=') pad++;
            token(
                    b,
                    start,
                    p,
                    (p - start + pad) % 4 == 0 ? pad : 0,
                    offset + (start - s),
                    Chars.of(b, start, p),
                    false);
        }
        return false;
    }

    /** End of the lines as long as {@code [start, p)}, the last of which may be shorter. */
    private static int linesEnd(byte[] b, int start, int p, int e) {
        int width = p - start;
        if (width < SHORTEST_LINE || width > LONGEST_LINE || width % 4 != 0) return p;
        int end = p;
        while (true) {
            int line = end;
            if (line < e && b[line] == '\r') line++;
            if (line >= e || b[line] != '\n') return end;
            line++;
            int q = line;
            while (q < e && (Chars.of(b[q]) & Chars.TOKEN) != 0) q++;
            if (q == line || q - line > width) return end;
            while (q < e && q - line < width && b[q] == '=') q++;
            // Words begin a line, too.
            if (q < e && (Chars.of(b[q]) & Chars.BREAK) == 0) return end;
            end = q;
            if (q - line < width || b[q - 1] == '=') return end;
        }
    }

    /** Base 64 in lines, as mail has it. */
    private boolean brokenBase64(byte[] b, int s, int e, long offset, int flags) {
        if (!evenLines(b, s, Math.max(s, lastLine(b, s, e))) || !layer.deeper()) return false;
        int end = e;
        while (end > s && (b[end - 1] == '\n' || b[end - 1] == '\r' || b[end - 1] == '=')) end--;
        if (FormData.indexOf(b, s, end, (byte) '=') < end) return false;
        Decoder d = (flags & Chars.URL) != 0 ? Decoders.BASE64URL : Decoders.BASE64;
        Layer l = layer.child(d.name(), false, offset, e - s, KeySource.NONE);
        byte[] plain = l.room(e - s);
        int m = Base64.decode(b, s, end, plain);
        if (!layer.u.budget.take(m)) {
            layer.u.tooDeep(layer, offset);
            return false;
        }
        l.token = true;
        l.all(plain, 0, m);
        layer.absorb(l, offset, offset + (e - s));
        if (!l.recognised) unexplained(b, s, e, offset, flags, l, m, l.opaque > 0);
        return true;
    }

    private static int lastLine(byte[] b, int s, int e) {
        int p = e;
        while (p > s && (b[p - 1] == '\n' || b[p - 1] == '\r')) p--;
        while (p > s && b[p - 1] != '\n') p--;
        return p;
    }

    /**
     * A run of letters of the base 64 alphabets, maybe padded: hex, base 64, an id, or just a word.
     *
     * @param only say nothing where it was not understood
     * @return whether it was understood
     */
    private boolean token(byte[] b, int s, int e, int pad, long offset, int flags, boolean only) {
        int n = e - s;
        if (n < Hex.SHORTEST || layer.hashed(offset, offset + n)) return false;
        if (layer.plain(offset, offset + n)) return true;
        if (n >= Layer.UNEXPLAINED && layer.digestToken(b, s, e, pad, offset)) return true;
        if (flags == Chars.DIGIT && n % 2 == 1) return false;
        if (!layer.deeper()) {
            if (n >= Layer.UNEXPLAINED && Noise.looksRandom(b, s, e)) {
                layer.u.tooDeep(layer, offset);
                layer.u.unread(layer, ByteClass.OPAQUE, ReasonCode.BUDGET, n, Noise.hash(b, s, e));
            }
            return false;
        }
        Layer l = layer.below();
        int decoded = 0;
        boolean noisy = false;
        if ((flags & ~(Chars.DIGIT | Chars.HEX_LETTER)) == 0 && n % 2 == 0 && pad == 0) {
            byte[] plain = l.room(n);
            decoded = Hex.decode(b, s, e, plain);
            if (tried("hex", plain, decoded, offset, n)) return true;
            noisy = noise;
        }
        if (n >= Layer.UNEXPLAINED
                && (flags & ~(Chars.DIGIT | Chars.HEX_LETTER | Chars.LETTER)) == 0) {
            if (base32(b, s, e, pad, offset, false) || base32(b, s, e, pad, offset, true))
                return true;
        }
        // Few texts of hex digits alone are base 64, but some are.
        if (decoded == 0 || l.explained.size == 0 && plausible(b, s, n)) {
            if (base64(n, pad, flags) && !(n == 36 && Noise.isUuid(b, s, e))) {
                boolean hex = decoded > 0;
                String name = (flags & Chars.URL) != 0 ? "base64url" : "base64";
                byte[] plain = l.room(n);
                int m = Base64.decode(b, s, e, plain);
                if (tried(name, plain, m, offset, n + pad)) return true;
                if (!hex) {
                    decoded = m;
                    noisy = noise;
                }
            }
        }
        // Its letters are those of base 64, but its bits need not come to whole bytes.
        if (LzString.mayBe(b, s, e) && packed(b, s, e, offset, false)) return true;
        if (n >= Layer.UNEXPLAINED && flags != Chars.DIGIT && base58(b, s, e, pad, offset, flags))
            return true;
        if (only || flags == Chars.DIGIT) return false;
        if (layer.u.guesses.shiftedRow(layer, b, s, e, offset)) return true;
        boolean letters = decoded == 0 || (flags & ~(Chars.DIGIT | Chars.HEX_LETTER)) != 0;
        if (letters && Guesses.mixed(b, s, e)) {
            if (layer.u.guesses.alphabet(layer, b, s, e, pad, offset)) return true;
        }
        if (n < Layer.UNEXPLAINED) return false;
        if (unexplained(b, s, e + pad, offset, flags, l, decoded, noisy)
                || (flags & Chars.SLASH) == 0) return false;
        int p = s;
        while (p < e) {
            int q = FormData.indexOf(b, p, e, (byte) '/');
            if (q - p >= Layer.UNEXPLAINED && q - p < n)
                token(b, p, q, 0, offset + (p - s), Chars.of(b, p, q), false);
            p = q + 1;
        }
        return false;
    }

    private boolean base58(byte[] b, int s, int e, int pad, long offset, int flags) {
        if (pad > 0 || (flags & (Chars.URL | Chars.PLUS | Chars.SLASH)) != 0) return false;
        if (!Base58.fits(b, s, e)) return false;
        byte[] plain = layer.below().room(e - s);
        int m = Base58.decode(b, s, e, plain);
        if (m == 0
                || !Chars.isText(plain, 0, m, true)
                        && rubbish(plain, m)
                        && !layer.below().holdsForm(plain, m)) {
            layer.u.scanned(m);
            return false;
        }
        return tried("base58", plain, m, offset, e - s);
    }

    private boolean base32(byte[] b, int s, int e, int pad, long offset, boolean extended) {
        if (!Base32.fits(b, s, e, extended)) return false;
        byte[] plain = layer.below().room(e - s);
        int m = Base32.decode(b, s, e, extended, plain);
        // Digits and capitals are ids more often than not: only what makes sense is believed.
        if (!Chars.isText(plain, 0, m, true)
                && rubbish(plain, m)
                && !layer.below().holdsForm(plain, m)) {
            layer.u.scanned(m);
            return false;
        }
        return tried(extended ? "base32hex" : "base32", plain, m, offset, e - s + pad);
    }

    /** Looks at what a token was decoded to; true where that was understood. */
    private boolean tried(String decoder, byte[] plain, int n, long offset, int from) {
        noise = false;
        Layer l = layer.below();
        if (!layer.u.budget.take(n)) {
            layer.u.tooDeep(layer, offset);
            return false;
        }
        if (rubbish(plain, n)
                && !l.holdsForm(plain, n)
                && layer.u.knownKeys.isEmpty()
                && !layer.u.guesses.worth(plain, 0, n)) {
            layer.u.scanned(n);
            return false;
        }
        l = layer.child(decoder, false, offset, from, KeySource.NONE);
        l.token = true;
        l.all(plain, 0, n);
        // Under XOR a text may be another text.
        if (l.recognised && l.explained.size == 0 && l.deeper())
            layer.u.guesses.shiftedRow(l, plain, 0, n, 0);
        layer.absorb(l, offset, offset + from);
        noise = l.opaque > 0;
        return l.recognised;
    }

    /**
     * What most tokens are decoded to, because they are ids, keys and digests: a few bytes that are
     * no text and begin like nothing that is known, so that a layer would do no more than search
     * them.
     */
    private static boolean rubbish(byte[] plain, int n) {
        if (n == 0 || n >= Layer.OPAQUE || plain[0] == '-' || Chars.isText(plain, 0, n, true))
            return false;
        for (Decoder d : Decoders.sniffed(plain[0])) {
            if (d.trust() == Decoders.Trust.TEXT) continue;
            if (d.sniff().begins(plain, 0, n, true, "", false)) return false;
        }
        return true;
    }

    /**
     * Base 64 of text in ASCII begins with a letter that makes the first byte's high bit zero and
     * its next two not.
     */
    private static boolean plausible(byte[] b, int s, int n) {
        return b[s] >= 'I' && b[s] <= 'f' && n % 4 != 1;
    }

    private static boolean base64(int n, int pad, int flags) {
        if (n % 4 == 1 || pad > 0 && (n + pad) % 4 != 0 || flags == Chars.DIGIT) return false;
        return (flags & Chars.URL) == 0 || (flags & (Chars.PLUS | Chars.SLASH)) == 0;
    }

    /**
     * Says that a token was not understood, if it does not look like something written.
     *
     * @param tried what it was decoded to last, not recognised
     * @param decoded to how many bytes, 0 where it could not be
     * @param noise the decoded bytes are
     */
    private boolean unexplained(
            byte[] b,
            int s,
            int e,
            long offset,
            int flags,
            Layer tried,
            int decoded,
            boolean noise) {
        int n = e - s;
        if (layer.u.received) {
            layer.u.receivedHash(Noise.hash(b, s, e));
            return false;
        }
        if (tried.explained.size > 0 || layer.overlapped(offset, offset + n)) return true;
        boolean hex = (flags & ~(Chars.DIGIT | Chars.HEX_LETTER)) == 0;
        boolean digest = DigestShape.token(n, flags);
        if (decoded >= Layer.OPAQUE && !noise && !hex) {
            if (digest) layer.u.digestShaped(layer, b, s, e, offset, false, false);
            return false;
        }
        boolean opaqueToken = decoded >= Layer.OPAQUE && noise;
        if (!opaqueToken) {
            if (!Noise.looksRandom(b, s, e)) return false;
            opaqueToken = (hex ? n / 2 : decoded == 0 ? n * 3 / 4 : decoded) >= Layer.OPAQUE;
        }
        if (digest) layer.u.digestShaped(layer, b, s, e, offset, false, true);
        layer.u.unread(
                layer,
                opaqueToken ? ByteClass.OPAQUE : ByteClass.READABLE,
                opaqueToken ? ReasonCode.OPAQUE_PAYLOAD : ReasonCode.UNEXPLAINED,
                n,
                Noise.hash(b, s, e));
        return true;
    }
}
