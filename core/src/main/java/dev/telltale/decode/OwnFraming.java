package dev.telltale.decode;

/**
 * Records that a vendor frames in his own way, as TLS is framed but by no standard: what they hold
 * is encrypted by the app itself, most often beside or inside of HTTP.
 *
 * <pre>
 * record: type (8), version (16), length (16), length bytes; all of one version, one behind the other
 * message: length (16 or 32, either byte order) of all that follows, or of all there is; the rest
 * </pre>
 */
final class OwnFraming {
    private OwnFraming() {}

    /**
     * @param complete the bytes end at {@code e}
     */
    static boolean begins(byte[] b, int s, int e, boolean complete) {
        return records(b, s, e, complete) || complete && counted(b, s, e);
    }

    private static boolean records(byte[] b, int s, int e, boolean complete) {
        int i = s;
        for (int n = 0; e - i >= 5; n++) {
            if (b[i + 1] != b[s + 1] || b[i + 2] != b[s + 2] || b[i] == 0 || b[i] > 0x40)
                return false;
            int length = (b[i + 3] & 0xff) << 8 | b[i + 4] & 0xff;
            if (length == 0) return false;
            i += 5 + length;
            if (i == e && complete) return true;
            // The rest of it is not there to be looked at: two headers that agree are enough.
            if (i > e) return n > 0 && !complete;
        }
        return false;
    }

    private static boolean counted(byte[] b, int s, int e) {
        int n = e - s;
        if (n < 64) return false;
        int big =
                (b[s] & 0xff) << 24
                        | (b[s + 1] & 0xff) << 16
                        | (b[s + 2] & 0xff) << 8
                        | b[s + 3] & 0xff;
        int little = Integer.reverseBytes(big);
        int bigShort = big >>> 16;
        int littleShort = little & 0xffff;
        return big == n
                || big == n - 4
                || little == n
                || little == n - 4
                || bigShort == n
                || bigShort == n - 2
                || littleShort == n
                || littleShort == n - 2;
    }
}
