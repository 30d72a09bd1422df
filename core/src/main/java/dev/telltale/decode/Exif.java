package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;

/**
 * Where a picture was taken, and what its Windows fields say, from <a
 * href="https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf">Exif</a>: a TIFF within
 * JPEG, PNG, WebP, HEIF or by itself, found by its header wherever it stands. All its other texts
 * are found as they stand, with the picture around them.
 *
 * <pre>
 * "II" 42 or "MM" 42 (16), where the first directory is (32); directory: entries (16); entry: tag (16),
 *     type (16), values (32), the value or where it is (32); all offsets from the header on
 * tag 8825: directory of the place; in it 1 "N" or "S", 2 degrees, minutes, seconds, 3 "E" or "W", 4
 * type 2 text, 3 (16), 4 (32), 5 two of 32: numerator and denominator, ...
 * </pre>
 */
final class Exif implements KeySource {
    /** Bytes of a TIFF that are kept. */
    private static final int KEPT = 1 << 16;

    /** Headers of TIFF that are looked at in one picture. */
    private static final int HEADERS = 8;

    private static final int ENTRIES = 512;
    private static final int PLACE = 0x8825;
    private static final List<Integer> WINDOWS = List.of(0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f);

    private final Layer layer;
    private byte[] kept = {};
    private int length;
    private long start;
    private int headers;
    private boolean keeping;
    private boolean little;

    /** The last three bytes before what is fed next. */
    private int before;

    private List<String> keys = List.of();

    Exif(Layer layer) {
        this.layer = layer;
    }

    void begin() {
        length = 0;
        headers = 0;
        keeping = false;
        before = 0;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    /** The next bytes of the picture, at {@code offset} of the layer. */
    void feed(byte[] b, int i, int to, long offset) {
        int p = i;
        while (p < to) {
            if (keeping) {
                int n = Math.min(to - p, KEPT - length);
                keep(b, p, n);
                p += n;
                if (length == KEPT) read();
                continue;
            }
            if (headers == HEADERS) return;
            int last = before;
            for (; p < to; p++) {
                last = last << 8 | b[p] & 0xff;
                if (last == 0x49492a00 || last == 0x4d4d002a) break;
            }
            before = last;
            if (p == to) return;
            p++;
            headers++;
            keeping = true;
            length = 0;
            start = offset + (p - i) - 4;
            byte[] header = {
                (byte) (last >> 24), (byte) (last >> 16), (byte) (last >> 8), (byte) last
            };
            little = header[0] == 'I';
            keep(header, 0, 4);
        }
    }

    /** No more comes, or bytes are missing. */
    void end() {
        if (keeping) read();
        before = 0;
    }

    private void keep(byte[] b, int from, int n) {
        if (length + n > kept.length) {
            int had = kept.length;
            kept = Arrays.copyOf(kept, Math.min(KEPT, Math.max(2 * had, length + n)));
            layer.u.grown(kept.length - had);
        }
        System.arraycopy(b, from, kept, length, n);
        length += n;
    }

    private long number(int p, int n) {
        return little ? Kept.little(kept, p, n) : Kept.big(kept, p, n);
    }

    private void read() {
        keeping = false;
        if (length < 14) return;
        directory(number(4, 4), false);
    }

    private void directory(long at, boolean place) {
        if (at < 8 || at > length - 2) return;
        int p = (int) at;
        int entries = (int) number(p, 2);
        if (entries > ENTRIES) return;
        int[] where = new int[5];
        boolean south = false;
        boolean west = false;
        for (int k = 0; k < entries; k++) {
            int e = p + 2 + 12 * k;
            if (e + 12 > length) break;
            int tag = (int) number(e, 2);
            int type = (int) number(e + 2, 2);
            long count = number(e + 4, 4);
            long value = number(e + 8, 4);
            if (!place && tag == PLACE) directory(value, true);
            if (!place
                    && WINDOWS.contains(tag)
                    && value >= 8
                    && count > 4
                    && count <= length - value) windows((int) value, (int) count);
            if (!place || tag > 4) continue;
            if (tag == 1) south = kept[e + 8] == 'S';
            if (tag == 3) west = kept[e + 8] == 'W';
            if ((tag == 2 || tag == 4)
                    && type == 5
                    && count == 3
                    && value >= 8
                    && value <= length - 24) where[tag] = (int) value;
        }
        if (where[2] > 0 && where[4] > 0) told(where[2], where[4], south, west);
    }

    private void windows(int p, int n) {
        keys = List.of("Windows");
        byte[] plain = new String(kept, p, n & ~1, UTF_16LE).replace("\0", "").getBytes(UTF_8);
        layer.recoded("exif", "utf-16le", plain, start + p, n & ~1, this);
    }

    private void told(int latitude, int longitude, boolean south, boolean west) {
        double a = degrees(latitude);
        double o = degrees(longitude);
        if (!(a <= 90 && o <= 180)) return;
        if (south) a = -a;
        if (west) o = -o;
        keys = List.of("GPS");
        int from = Math.min(latitude, longitude);
        int n = Math.max(latitude, longitude) + 24 - from;
        // Seconds with few decimals come to degrees that are a little off.
        for (int decimals = 6; decimals >= 2; decimals--) {
            String text = rounded(a, decimals) + "," + rounded(o, decimals);
            if (layer.shown("exif", "degrees", text, start + from, n, this)) return;
        }
    }

    private static String rounded(double degrees, int decimals) {
        return new BigDecimal(degrees).setScale(decimals, RoundingMode.HALF_UP).toPlainString();
    }

    /** Three fractions: degrees, minutes, seconds. */
    private double degrees(int p) {
        double sum = 0;
        double share = 1;
        for (int k = 0; k < 3; k++) {
            long whole = number(p + 8 * k, 4);
            long part = number(p + 8 * k + 4, 4);
            if (whole != 0 && part == 0) return Double.NaN;
            if (whole != 0) sum += share * whole / part;
            share /= 60;
        }
        return sum;
    }
}
