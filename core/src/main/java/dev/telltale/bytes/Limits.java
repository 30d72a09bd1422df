package dev.telltale.bytes;

/**
 * What one part of a message may cost. Captures come from attackers: every loop and buffer over
 * their bytes is bounded by one of these.
 *
 * @param depth layers within layers
 * @param bytes bytes that decoders may produce for one part, all layers together
 * @param ratio produced bytes per byte consumed by a decompressor, once more than {@code ratioFrom}
 *     bytes were produced
 * @param partFrom bytes that decoders may produce for one part, all layers together, beyond {@code
 *     ratio} for each byte of it: what holds compressors within compressors, each of which stays
 *     under its own ratio, and many small bombs beside each other
 */
public record Limits(int depth, long bytes, int ratio, long ratioFrom, long partFrom) {
    public static final Limits DEFAULT = new Limits(16, 4L << 30, 400, 16 << 20, 32 << 10);
}
