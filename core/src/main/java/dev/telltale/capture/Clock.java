package dev.telltale.capture;

/**
 * The clock of a pcapng interface: what its ticks are worth (options if_tsresol and if_tsoffset,
 * draft-ietf-opsawg-pcapng section 4.2). Times beyond what nanoseconds in 64 bits hold (the years
 * 1677 to 2262) become the nearest that they hold.
 */
final class Clock {
    private static final long SECOND = 1_000_000_000L;

    private final boolean binary;
    private final int exponent;
    private final long offset;

    /** Ticks to nanoseconds, by multiplying or dividing; 0 where it needs more. */
    private final long factor;

    /**
     * @param resolution if_tsresol: the negative power of 10, or with the high bit set of 2, that a
     *     tick is of a second
     * @param offsetSeconds added to all times
     */
    Clock(int resolution, long offsetSeconds) {
        binary = (resolution & 0x80) != 0;
        exponent = resolution & 0x7f;
        int digits = Math.abs(9 - exponent);
        factor = digits <= 18 ? power(digits) : 0;
        boolean holds =
                Math.abs(offsetSeconds) >= 0 && Math.abs(offsetSeconds) <= Long.MAX_VALUE / SECOND;
        offset =
                holds
                        ? offsetSeconds * SECOND
                        : offsetSeconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /**
     * @param ticks unsigned
     */
    long nanos(long ticks) {
        return offset == 0 ? plain(ticks) : add(plain(ticks), offset);
    }

    private long plain(long ticks) {
        if (binary) return binary(ticks);
        if (exponent > 9) {
            if (factor > 0) return Long.divideUnsigned(ticks, factor);
            // 10^19 is still less than 2^64.
            return exponent == 28 && Long.compareUnsigned(ticks, 0x8ac7230489e80000L) >= 0 ? 1 : 0;
        }
        return ticks < 0 || ticks > Long.MAX_VALUE / factor ? Long.MAX_VALUE : ticks * factor;
    }

    /** {@code ticks * 10^9 / 2^exponent} with 128 bits in between. */
    private long binary(long ticks) {
        long high = Math.unsignedMultiplyHigh(ticks, SECOND);
        long low = ticks * SECOND;
        if (exponent >= 64) return exponent - 64 > 63 ? 0 : high >>> exponent - 64;
        if (exponent == 0) return high != 0 || low < 0 ? Long.MAX_VALUE : low;
        if (high >>> exponent - 1 != 0) return Long.MAX_VALUE;
        return high << 64 - exponent | low >>> exponent;
    }

    private static long power(int digits) {
        long p = 1;
        for (int i = 0; i < digits; i++) p *= 10;
        return p;
    }

    /** Sum, or the nearest value there is. */
    static long add(long a, long b) {
        long sum = a + b;
        if (((a ^ sum) & (b ^ sum)) < 0) return a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        return sum;
    }
}
