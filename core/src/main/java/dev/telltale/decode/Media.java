package dev.telltale.decode;

/**
 * Formats that are recognised by their first bytes and left as they are: pictures, sound, film,
 * fonts, documents. Not understood, but known for what they are, so that their bytes are no blind
 * spot.
 */
final class Media {
    private Media() {}

    /** Enough bytes to tell. */
    static final int ENOUGH = 16;

    static boolean begins(byte[] b, int s, int e) {
        int n = e - s;
        if (n < 8) return false;
        int first = int32(b, s);
        return switch (b[s] & 0xff) {
            case 0xff -> (first & 0xffffff00) == 0xffd8ff00 || n >= 4 && mpegFrame(b, s);
            case 0x89 -> first == 0x89504e47;
            case 'G' ->
                    first == 0x47494638 && (b[s + 4] == '7' || b[s + 4] == '9') && b[s + 5] == 'a';
            case 'R' ->
                    first == 0x52494646
                            && n >= 12
                            && (is(b, s + 8, "WEBP")
                                    || is(b, s + 8, "WAVE")
                                    || is(b, s + 8, "AVI "));
            case 'I' ->
                    (first & 0xffffff00) == 0x49443300 && (b[s + 3] & 0xff) < 5
                            || first == 0x49492a00;
            case 'M' -> first == 0x4d4d002a || first == 0x4d546864;
            case 'O' -> first == 0x4f676753 || first == 0x4f54544f;
            case 'w' -> first == 0x774f4646 || first == 0x774f4632;
            case '%' -> first == 0x25504446 && b[s + 4] == '-';
            case 'f' -> first == 0x664c6143;
            case 'B' -> b[s + 1] == 'M' && n >= 14 && int32(b, s + 6) == 0;
            case '#' -> is(b, s, "#!AMR");
            case 0x1a -> first == 0x1a45dfa3;
            case 0 ->
                    is(b, s + 4, "ftyp")
                            || is(b, s + 4, "styp")
                            || is(b, s + 4, "moof")
                            || first == 0x00010000 && b[s + 4] == 0 && b[s + 5] < 64 && b[s + 5] > 0
                            || first == 0x00000100 && b[s + 5] == 0 && b[s + 4] > 0;
            default -> false;
        };
    }

    /**
     * An MPEG audio frame's header: sync, a version, a layer, a bit rate and a sampling rate that
     * exist.
     */
    private static boolean mpegFrame(byte[] b, int s) {
        int h = int32(b, s);
        return (h & 0xffe00000) == 0xffe00000
                && (h >> 19 & 3) != 1
                && (h >> 17 & 3) == 1
                && (h >> 12 & 15) != 15
                && (h >> 12 & 15) != 0
                && (h >> 10 & 3) != 3;
    }

    private static int int32(byte[] b, int p) {
        return b[p] << 24 | (b[p + 1] & 0xff) << 16 | (b[p + 2] & 0xff) << 8 | b[p + 3] & 0xff;
    }

    private static boolean is(byte[] b, int p, String ascii) {
        for (int i = 0; i < ascii.length(); i++) if (b[p + i] != ascii.charAt(i)) return false;
        return true;
    }
}
