package dev.telltale.identify;

import dev.telltale.model.Form;
import org.jspecify.annotations.Nullable;

/**
 * A form with the bytes to look for.
 *
 * @param bytes the whole rendering, {@link Form#full} bytes
 * @param padding how many {@code =} may follow a whole rendering and belong to it then
 * @param rendering that the bytes are, which says itself what may stand around it
 */
record Literal(
        Form form,
        byte[] bytes,
        Token token,
        boolean ignoreCase,
        int padding,
        @Nullable Rendering rendering) {

    Literal(Form form, byte[] bytes, Token token, boolean ignoreCase, int padding) {
        this(form, bytes, token, ignoreCase, padding, null);
    }

    private static final byte[] FOLD = new byte[256];

    static {
        for (int i = 0; i < 256; i++) FOLD[i] = (byte) (i >= 'A' && i <= 'Z' ? i | 0x20 : i);
    }

    /** Lower case for ASCII letters, everything else unchanged. */
    static byte fold(byte b) {
        return FOLD[b & 0xff];
    }

    /**
     * End of the match at {@code s}: {@link Form#length} bytes at least, then as far as text and
     * rendering agree, and all that a token of its own; -1 where there is none.
     */
    int match(byte[] b, int lo, int hi, int s) {
        int end = agree(b, s, Math.min(hi, s + bytes.length));
        if (end - s < form.length()) return -1;
        if (end - s == bytes.length && padding > 0) {
            int pad = 0;
            while (pad < padding && end + pad < hi && b[end + pad] == '=') pad++;
            if (pad == padding) end += pad;
        }
        Rendering r = rendering;
        return r == null ? token.end(b, lo, hi, s, end) : r.end(b, lo, hi, s, end);
    }

    private int agree(byte[] b, int s, int stop) {
        int i = s;
        if (ignoreCase) while (i < stop && FOLD[b[i] & 0xff] == FOLD[bytes[i - s] & 0xff]) i++;
        else while (i < stop && b[i] == bytes[i - s]) i++;
        return i;
    }
}
