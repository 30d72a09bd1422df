package dev.telltale.bytes;

/** What is left of the {@link Limits} of one part. Shared by all its layers; not thread-safe. */
public final class Budget {
    private final Limits limits;
    private long left;

    /** Bytes of the part that have come. */
    private long fed;

    public Budget(Limits limits) {
        this.limits = limits;
        this.left = limits.bytes();
    }

    public Limits limits() {
        return limits;
    }

    /** So many more bytes of the part are there. */
    public void fed(long n) {
        fed += n;
    }

    /** Takes {@code n} bytes; false once they are used up. */
    public boolean take(long n) {
        left -= n;
        return some();
    }

    public boolean admits(int depth) {
        return depth <= limits.depth() && left > 0 && some();
    }

    private boolean some() {
        return left >= 0 && limits.bytes() - left <= limits.partFrom() + fed * limits.ratio();
    }

    /** False where a decompressor makes suspiciously much of little. */
    public boolean plausible(long consumed, long produced) {
        return produced < limits.ratioFrom() || produced <= consumed * limits.ratio();
    }

    /** For the next part. */
    public void reset() {
        left = limits.bytes();
        fed = 0;
    }
}
