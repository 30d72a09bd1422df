package dev.telltale.capture;

import java.math.BigDecimal;

/** Times since the epoch as captures write them, in nanoseconds; 0 stands for no time. */
final class EpochTime {
    private static final int LONGEST = 40;
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private EpochTime() {}

    /** Seconds with any fraction. */
    static long seconds(String written) {
        return scaled(written, 9);
    }

    static long millis(String written) {
        return scaled(written, 6);
    }

    private static long scaled(String written, int digits) {
        String s = written.strip();
        if (s.isEmpty() || s.length() > LONGEST) return 0;
        try {
            BigDecimal d = new BigDecimal(s);
            if (d.signum() <= 0 || (long) d.precision() - d.scale() > 19) return 0;
            BigDecimal n = d.scaleByPowerOfTen(digits);
            return n.compareTo(MOST) > 0 ? 0 : n.longValue();
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
