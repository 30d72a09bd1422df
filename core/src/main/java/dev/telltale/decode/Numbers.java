package dev.telltale.decode;

/**
 * Numbers of binary structures, looked at as they would be printed: in decimal, long ones in hex
 * too (MAC addresses, the Android ID), and two real ones that may be degrees as a pair, because
 * places are kept so.
 */
final class Numbers {
    /** Numbers nearer to zero are no identifier of their own. */
    private static final long SMALL = 10_000_000;

    private static final double DEGREES = 180;

    private final Layer layer;
    private final String name;
    private final KeySource keys;

    /** The real number before, where the value before was one. */
    private String half = "";

    private long halfAt;
    private int halfWidth;

    Numbers(Layer layer, String name, KeySource keys) {
        this.layer = layer;
        this.name = name;
        this.keys = keys;
    }

    /** Something else stands before what follows. */
    void none() {
        half = "";
    }

    /**
     * @param order what the step is called behind {@code int}: how the number stands in its bytes
     */
    void integer(String order, long v, boolean unsigned, long at, int n) {
        half = "";
        if (v > -SMALL && v < SMALL || n == 0) return;
        String text = unsigned ? Long.toUnsignedString(v) : Long.toString(v);
        layer.shown(name, "int" + order, text, at, n, keys);
        if (v >>> 40 != 0) layer.shown(name, "hex-int" + order, Items.hex(v), at, n, keys);
    }

    /** A number of 4 or 8 bytes. */
    void real(String order, double d, long at, int n) {
        if (!(Math.abs(d) >= 1e-6 && Math.abs(d) < 1L << 53)) {
            half = "";
            return;
        }
        String text = Items.printed(d, n);
        String as = (n == 8 ? "double" : "float") + order;
        if (Math.abs(d) > DEGREES) {
            half = "";
            layer.shown(name, as, text, at, n, keys);
            return;
        }
        boolean pair = !half.isEmpty() && halfWidth == n && halfAt < at;
        if (pair) layer.shown(name, as, half + "," + text, halfAt, (int) (at + n - halfAt), keys);
        else layer.shown(name, as, text, at, n, keys);
        half = text;
        halfAt = at;
        halfWidth = n;
    }
}
