package dev.telltale.bytes;

/**
 * What one part of a message may cost. Captures come from attackers: every loop and buffer over
 * their bytes is bounded by one of these.
 *
 * @param depth layers within layers
 * @param bytes bytes that decoders may produce for one part, all layers together
 * @param ratio produced bytes per byte consumed by a decompressor, once more than {@code ratioFrom}
 *     bytes were produced
 */
public record Limits(int depth, long bytes, int ratio, long ratioFrom) {
    public static final Limits DEFAULT = new Limits(16, 4L << 30, 400, 16 << 20);
}
