package dev.telltale.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/**
 * Tape archives, <a
 * href="https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06">ustar</a>
 * with the longer names of GNU and pax: each file is a layer under its name, headers are searched.
 *
 * <pre>
 * header of 512 bytes: name (100), mode, owner, group (8 each), size (12, octal), time (12),
 * checksum (8) of the header with blanks for itself, type (1), link (100), "ustar" ...; data, zeros
 * up to a multiple of 512; two blocks of zeros at the end
 * </pre>
 */
final class Tar implements Apart, KeySource {
    private static final int BLOCK = 512;
    private static final int NAME = 256;

    private final Layer layer;
    private List<String> keys = List.of();
    private String broken = "";
    private boolean over;

    /** A name that the header before gave, or empty. */
    private String longName = "";

    /** Bytes of the file at hand that are still to come, -1 before a header; then of zeros. */
    private long left = -1;

    private long padding;

    Tar(Layer layer) {
        this.layer = layer;
    }

    static boolean begins(byte[] b, int s, int e) {
        return e - s >= BLOCK
                && b[s + 257] == 'u'
                && b[s + 258] == 's'
                && b[s + 259] == 't'
                && b[s + 260] == 'a'
                && b[s + 261] == 'r'
                && isHeader(b, s);
    }

    private static boolean isHeader(byte[] b, int s) {
        long sum = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += b[s + i] & 0xff;
        return octal(b, s + 148, 8) == sum && octal(b, s + 124, 12) >= 0;
    }

    /** A number in octal digits, or from the high bit on in bytes; -1 where it is none. */
    private static long octal(byte[] b, int p, int n) {
        long v = 0;
        if (b[p] < 0) {
            for (int i = 1; i < n; i++) v = v << 8 | b[p + i] & 0xff;
            return v & Long.MAX_VALUE;
        }
        int i = 0;
        while (i < n && b[p + i] == ' ') i++;
        for (; i < n && b[p + i] != 0 && b[p + i] != ' '; i++) {
            if (b[p + i] < '0' || b[p + i] > '7') return -1;
            v = v << 3 | b[p + i] - '0';
        }
        return v;
    }

    @Override
    public void begin(String mediaType, String coding) {
        broken = "";
        over = false;
        left = -1;
        padding = 0;
        longName = "";
    }

    @Override
    public String name() {
        return "tar";
    }

    @Override
    public boolean named(String mediaType) {
        // The magic is announcement enough.
        return true;
    }

    @Override
    public String broken() {
        return broken;
    }

    @Override
    public boolean over() {
        return over;
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public int feed(byte[] b, int i, int to, long base, boolean last) {
        while (true) {
            if (left >= 0) {
                int n = (int) Math.min(left, to - i);
                layer.feedPart(b, i, i + n);
                i += n;
                left -= n;
                if (left > 0 && !last) return i;
                layer.closePart(base + i);
                if (left > 0) return fail(i, "ends inside a file");
                left = -1;
            }
            int zeros = (int) Math.min(padding, to - i);
            layer.aside(b, i, i + zeros, base + i);
            i += zeros;
            padding -= zeros;
            if (padding > 0 || i == to) return i;
            if (to - i < BLOCK && !last) return i;
            int next = header(b, i, to, base, last);
            if (next == i) return i;
            i = next;
        }
    }

    private int fail(int i, String why) {
        broken = why;
        left = -1;
        return i;
    }

    private int header(byte[] b, int i, int to, long base, boolean last) {
        if (to - i < BLOCK || !isHeader(b, i)) {
            over = true;
            return i;
        }
        long size = octal(b, i + 124, 12);
        int type = b[i + 156];
        int body = i + BLOCK;
        if (type == 'L' || type == 'x') {
            if (size > Layer.SEGMENT / 2) return fail(i, "a name that is too long");
            int whole = body + (int) (size + BLOCK - 1) / BLOCK * BLOCK;
            if (to < whole) return last ? fail(i, "ends inside a name") : i;
            String text = new String(b, body, (int) size, UTF_8);
            longName = type == 'L' ? text.replace("\0", "") : path(text);
            layer.aside(b, i, whole, base + i);
            return whole;
        }
        String prefix = b[i + 345] == 0 || b[i + 262] != 0 ? "" : text(b, i + 345, 155) + "/";
        String name = longName.isEmpty() ? prefix + text(b, i, 100) : longName;
        longName = "";
        keys = List.of(name.substring(0, Math.min(name.length(), NAME)));
        layer.aside(b, i, body, base + i);
        // Links and folders have none, whatever their size says.
        boolean data = type == 0 || type == '0' || type == '7' || type == 'S' || type == 'g';
        if (!data) size = 0;
        left = size;
        padding = -size & BLOCK - 1;
        layer.openPart("tar", base + body, this, "", List.of());
        return body;
    }

    private static String text(byte[] b, int p, int n) {
        int e = p;
        while (e < p + n && b[e] != 0) e++;
        return new String(b, p, e - p, UTF_8);
    }

    /** The name in records of {@code length path=name LF}, or empty. */
    private static String path(String records) {
        int p = records.indexOf(" path=");
        if (p < 0) return "";
        int e = records.indexOf('\n', p);
        return records.substring(p + 6, e < 0 ? records.length() : e);
    }

    @Override
    public boolean gap(byte[] b, int i, int to, long base, long missing) {
        if (i < to || left < missing) {
            if (left >= 0) layer.closePart(base + i);
            left = -1;
            return false;
        }
        layer.gapPart(missing);
        left -= missing;
        return true;
    }
}
